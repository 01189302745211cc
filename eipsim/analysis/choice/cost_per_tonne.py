"""What an additional tonne costs, and whom: the public, of that free riders, and firms and operators.

The costs are those of `eipsim compare`, over all rows and replicates of a stored design whose runs come in pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from eipsim.analysis.choice import scores
from eipsim.analysis.compare import COST_OUTCOMES, DISCOUNT_RATE, NEWER_COST_OUTCOMES, extra_flows, no_ratio_because
from eipsim.analysis.states_of_world import States, states_of
from eipsim.analysis.study import Study, StudyLike, study_of
from eipsim.data.parameters import parameter_values
from eipsim.errors import InputError, Mistake, Mistakes
from eipsim.runs.pairs import AVOIDED_TRANSFERS

SUBSIDY, SUBSIDISED, FREE = "subsidy_paid_usd", "subsidised_adoptions", "free_riding_adoptions"
NEEDED = (*COST_OUTCOMES, SUBSIDY)
PARTS = ("public", "free_riders", "private", "total", "transfers")
COLUMNS = ("scenario", "period", "part", "cost", "cost_low", "cost_high", "per_tonne", "low", "high", "note")


def cost_per_tonne(study: StudyLike, scenarios: Sequence[str] | None = None) -> pd.DataFrame:
    """Cost of each scenario beyond the baseline's, in all and per additional tonne of CO2, with 95 % intervals.

    A row per scenario, period (cumulative or discounted to the first year) and part: public spending; free_riders, the
    part of public spending that vouchers for measures make which the baseline has too; private, own money of firms and
    operators, interest and what is forgone as energy is dear included, less what they save and earn; total, public and private
    less the interest that banks get;
    transfers, what firms pay to the public, which is in none of the others. The part `tonnes` has the additional tonnes in place
    of a cost.

    Vouchers of free riders are those beyond the baseline's times their share among subsidised adoptions: counts of
    measures, not sums of money, are stored firm by firm.

    Raises InputError for a design without a baseline and for outcomes that are not stored.
    """
    study = study_of(study)
    base = _baseline_of(study)
    wanted = [name for name in scenarios or study.scenarios if name != base]
    newer = [name for name in NEWER_COST_OUTCOMES if name in study.outcomes and name in study.store.columns]
    yearly = {name: study.pathway(name) for name in (*NEEDED, *newer, AVOIDED_TRANSFERS)}
    states = states_of(study, {f"co2_t @{study.years[-1]}": yearly["co2_t"][..., -1]}, scenarios=[base, *wanted])
    flows = {name: _by_state(states, values) for name, values in yearly.items()}
    shares = states.of(free_shares(study))
    rows = [
        row
        for position, name in enumerate(states.scenarios[1:], 1)
        for row in _of(study, name, {key: of[position] - of[0] for key, of in flows.items()}, shares[position], states)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table.attrs["provenance"] = {"origin": study.origin}
    return table


def has_what_costs_need(study: Study) -> bool:
    """Whether the store has what costs need."""
    design, stored = study.design, set(study.outcomes.values())
    return design.baseline is not None and design.model is None and set(NEEDED) <= stored


def _baseline_of(study: Study) -> str:
    """The scenario that costs are beyond of. InputError when the store lacks what they need."""
    where = str(study.store.folder)
    if study.design.baseline is None:
        hint = "write `baseline: NAME` in the design, so that runs come in pairs"
        raise InputError(Mistake(where, "the design has no baseline to compare costs with", hint))
    missing = [name for name in NEEDED if name not in study.outcomes.values()]
    Mistakes(Mistake(where, f"{name} is not stored", "costs need it") for name in missing).tell()
    return study.design.baseline


def _by_state(states: States, yearly: np.ndarray) -> np.ndarray:
    """[scenarios, states, years]."""
    return np.stack([states.of(yearly[..., year]) for year in range(yearly.shape[-1])], axis=-1)


def free_shares(study: Study) -> np.ndarray:
    """Share of free riders among subsidised adoptions, [scenarios, rows, replicates]; 0 where nothing is subsidised."""
    pairs = study.store.pairs()
    index = pd.MultiIndex.from_frame(study.index[["scenario", "row", "replicate"]].astype({"scenario": str}))
    keyed = pairs.assign(scenario=pairs["scenario"].astype(str)).set_index(["scenario", "row", "replicate"])
    counts = keyed[[FREE, SUBSIDISED]].reindex(index).fillna(0.0).to_numpy(float)
    return (counts[:, 0] / np.maximum(counts[:, 1], 1.0)).reshape(study.shape)


def _of(
    study: Study, scenario: str, gap: dict[str, np.ndarray], free: np.ndarray, states: States
) -> list[dict[str, Any]]:
    """The rows of one scenario; arrays are [states, years]."""
    yearly = extra_flows(gap, gap[AVOIDED_TRANSFERS]) | {"free_riders": gap[SUBSIDY] * free[:, None]}
    rate = discount_rates(study, scenario, states)
    age = np.arange(len(study.years))
    rows = []
    for period, weight in {"cumulative": np.ones((1, len(age))), "discounted": (1.0 + rate[:, None]) ** -age}.items():
        total = {part: (values * weight).sum(axis=1) for part, values in yearly.items()}
        tonnes = scores.interval(total["tonnes"], states.blocks, states.draws)
        reason = no_ratio_because(tonnes)
        rows.append(_row(scenario, period, "tonnes", tonnes))
        for part in PARTS:
            each = (
                scores.NO_INTERVAL
                if reason
                else scores.ratio(total[part], total["tonnes"], states.blocks, states.draws)
            )
            rows.append(
                _row(scenario, period, part, scores.interval(total[part], states.blocks, states.draws), each, reason)
            )
    return rows


def discount_rates(study: Study, scenario: str, states: States) -> np.ndarray:
    """The social discount rate of every state: a factor of the design, else that of the scenario."""
    if DISCOUNT_RATE in states.rows:
        return states.rows[DISCOUNT_RATE].to_numpy(float)
    own = parameter_values(study.design.run(scenario, 0).scenario.parameters)[DISCOUNT_RATE]
    return np.full(states.n, own)


def _row(scenario: str, period: str, part: str, cost: Any, each: Any = scores.NO_INTERVAL, note: str = "") -> dict:
    return dict(zip(COLUMNS, (scenario, period, part, *map(float, cost), *map(float, each), note)))
