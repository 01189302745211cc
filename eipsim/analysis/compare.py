"""What a policy changes: every scenario against the baseline in paired runs.

Differences and their intervals, additional adopters, what a voucher adds, and what an additional tonne costs whom.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eipsim.analysis.answers import PAYERS, Policy, Setting, answer
from eipsim.analysis.intervals import (
    NO_INTERVAL,
    Interval,
    counted_share,
    mean_interval,
    no_width,
    pairing,
    ratio_interval,
)
from eipsim.core.later import Later
from eipsim.core.numbers import cells
from eipsim.data.parameters import parameter_values
from eipsim.errors import InputError, Mistake, Mistakes, RunError
from eipsim.exports.arrays import Part, dataset
from eipsim.exports.iamc import iamc_table, region_of
from eipsim.model.own_rules import RuleLike
from eipsim.outcomes.compared import TONNES, TRANSFERS
from eipsim.outcomes.headlines import HEADLINES
from eipsim.outcomes.registry import OUTCOMES, UNITS
from eipsim.runs.departures import common_to
from eipsim.runs.national_sums import warnings_of_sums
from eipsim.runs.pairs import ADOPTION, AVOIDED_TRANSFERS, OF_VOUCHERS
from eipsim.runs.provenance import model_told
from eipsim.runs.saving import Saved
from eipsim.runs.simulation import Progress
from eipsim.scenarios.loading import ScenarioLike, default_scenario, load_scenario
from eipsim.sweeps.paired_runs import simulate_pairs
from eipsim.sweeps.tasks import Case, Cases, Shared
from eipsim.world.columns import WorldLike

if TYPE_CHECKING:
    import xarray

    from eipsim.figures.style import Chart

figures = Later("eipsim.figures")  # which stand above
DISCOUNT_RATE = "finance.social_discount_rate"
NOBODY_SUBSIDISED = "nobody is subsidised"
ALL_MEASURES = "all"  # in the place of a measure
PER_VOUCHER = (
    "additional_per_voucher", "net_per_voucher", "additional_per_1000_usd", "net_per_1000_usd", "years_sooner",
)  # fmt: skip
MONEY_IN_ALL_ONLY = "vouchers are not applied for: their money is known of all measures only"
NO_TONNE = "no additional tonne: emissions do not fall"
UNCERTAIN_TONNE = "the additional tonnes cannot be told from zero"
OTHER_DRIVERS = "the drivers differ from the baseline's: the tonnes include what they change"


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Saved):
    """Scenarios against a baseline, replicate by replicate with the same draws.

    pathways : a row per scenario, replicate and year with all outcomes, the baseline first; units, failures in `attrs`
    adoption : a row per scenario and replicate: adopters and adoptions, additional, lost, subsidised, free-riding; vouchers
    vouchers : a row per scenario, replicate and measure: what the firms that used a voucher adopt, and how much of it in the
        baseline too (`eipsim.runs.pairs.voucher_counts`)
    transfers : payments to the public that measures avoid [USD/yr], per scenario, replicate and year
    baseline : label of the scenario the others are compared with
    discount_rate : by scenario, 1/yr
    notes : by scenario, what to keep in mind
    provenance : what decided the results
    warnings : what the comparison cannot be used for as it stands

    >>> comparison = compare("carbon-price", world="pilot-parks", replicates=2, years=(2015, 2030))
    >>> comparison                                                              # doctest: +ELLIPSIS
    Comparison of carbon-price with baseline, world pilot-parks, 2015-2030, seed 1, 2
      replicates
      carbon-price: ... tCO2 less in all (95 %: ...
    >>> comparison.summary().columns.tolist()
    ['scenario', 'quantity', 'unit', 'year', 'value', 'low', 'high', 'note']
    """

    pathways: pd.DataFrame
    adoption: pd.DataFrame
    vouchers: pd.DataFrame
    transfers: pd.DataFrame
    baseline: str
    discount_rate: Mapping[str, float]
    notes: Mapping[str, str]
    provenance: dict[str, Any]
    warnings: tuple[str, ...] = ()

    @property
    def failures(self) -> list[dict[str, Any]]:
        """A row for every run that failed: scenario, replicate, error, message."""
        return self.pathways.attrs["failures"]

    @property
    def scenarios(self) -> list[str]:
        """The scenarios that are compared with the baseline and have a finished pair."""
        return [name for name in self._finished if name != self.baseline and len(self.replicates(name))]

    @property
    def years(self) -> np.ndarray:
        return np.unique(self.pathways["year"])

    def replicates(self, scenario: str) -> np.ndarray:
        """Replicates in which both the scenario and the baseline came to their end."""
        first, second = (self._finished.get(name, np.array([], dtype=int)) for name in (scenario, self.baseline))
        return np.intersect1d(first, second)

    @cached_property
    def _finished(self) -> dict[str, np.ndarray]:
        """Replicates of each scenario that came to their end."""
        return {name: of.unique() for name, of in self.pathways.groupby("scenario", sort=False)["replicate"]}

    def values(self, scenario: str, paired_with: str) -> np.ndarray:
        """Outcomes of `scenario` [replicates, years, outcomes] in the replicates that it shares with `paired_with`."""
        other = self.replicates(paired_with if scenario == self.baseline else scenario)
        rows = self.pathways[(self.pathways["scenario"] == scenario) & self.pathways["replicate"].isin(other)]
        return rows[list(OUTCOMES)].to_numpy().reshape(len(other), len(self.years), len(OUTCOMES))

    @cached_property
    def answer(self) -> list[str]:
        """What the comparison says in three sentences: the effect, the cost of a tonne and whose it is, how certain that is."""
        if not self.scenarios:
            return []
        setting = Setting(self.baseline, int(self.years[0]), int(self.years[-1]), bool(self.provenance.get("ensemble")))
        return answer([self._policy(scenario) for scenario in self.scenarios], setting)

    def _policy(self, scenario: str) -> Policy:
        """What the answer tells of a scenario, of all years and not discounted."""
        told = self.costs[self.costs["scenario"] == scenario].set_index("quantity")

        def of(name: str) -> Interval:
            return tuple(told.loc[f"cumulative_{name}", ["value", "low", "high"]].astype(float))

        tonnes, no_ratio = of(TONNES), str(told.loc["cumulative_total_cost_per_tonne", "note"])
        costs, each = ({part: of(f"{part}_{what}") for part in PAYERS} for what in ("cost", "cost_per_tonne"))
        gaps = self.extra_flows(scenario)["tonnes"].sum(axis=1)
        return Policy(scenario, tonnes, costs, each, no_ratio, of(TRANSFERS), gaps, self.notes[scenario])

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Paired differences from the baseline: a row per scenario, outcome and year.

        baseline, value : means over replicates; difference with low and high, its 95 % interval by Student's t;
        rho : correlation of the scenario with the baseline over replicates; pairing_gain : variance of the difference
        with independent draws over that with the same draws; runs_saved : further runs of both that independent draws
        would need for the same interval, each with its own interval and none below five replicates; replicates : pairs;
        note : where the interval has no width, what so few pairs leave open.
        """
        frames = [self._differences_of(scenario) for scenario in self.scenarios]
        columns = ["scenario", "outcome", "unit", "year"]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)

    def _differences_of(self, scenario: str) -> pd.DataFrame:
        with_policy, without = self.values(scenario, scenario), self.values(self.baseline, scenario)
        columns = {
            "baseline": without.mean(axis=0),
            "value": with_policy.mean(axis=0),
            **dict(zip(("difference", "low", "high"), mean_interval(with_policy - without))),
            **pairing(with_policy, without),
        }
        outcomes = [name for name in OUTCOMES for _ in self.years]
        of = {
            "outcome": outcomes,
            "unit": [UNITS[name] for name in outcomes],
            "year": np.tile(self.years, len(OUTCOMES)),
        }
        numbers = {name: values.T.ravel() for name, values in columns.items()}
        gaps = (with_policy - without).T.reshape(len(outcomes), -1)
        notes = [no_width(gap, "pairs") for gap in gaps]
        return pd.DataFrame({"scenario": scenario} | of | numbers).assign(replicates=len(with_policy), note=notes)

    @cached_property
    def adopters(self) -> pd.DataFrame:
        """Means over replicates of the counts of `adoption`, and what a voucher adds, with 95 % intervals."""
        return _quantities([row for scenario in self.scenarios for row in self._adopters_of(scenario)])

    def _adopters_of(self, scenario: str) -> list[dict[str, Any]]:
        counts = self.adoption[self.adoption["scenario"] == scenario]
        each = {name: counts[name].to_numpy(float) for name in ADOPTION}
        rows = [
            _row(scenario, name, _unit_of(name), mean_interval(of), no_width(of, "pairs")) for name, of in each.items()
        ]
        share = _share_of(each["free_riding_adoptions"], each["subsidised_adoptions"])
        note = NOBODY_SUBSIDISED if np.isnan(share[0]) else ""
        rows.append(_row(scenario, "free_riding_adoption_share", "share", share, note))
        added = self.voucher_adoptions.query("scenario == @scenario and measure == @ALL_MEASURES").set_index("quantity")
        for name in (name for name in PER_VOUCHER if name in added.index):
            told = added.loc[name]
            rows.append(_row(scenario, name, told["unit"], tuple(told[["value", "low", "high"]]), told["note"]))
        return rows

    @cached_property
    def voucher_adoptions(self) -> pd.DataFrame:
        """What vouchers add, by measure and in all: a row per scenario, measure and quantity, with 95 % intervals.

        Counts are those of `vouchers`, means over replicates; `net` is additional + beside - given_up. Per voucher: of all
        measures, of the vouchers used, one a firm and year; of a measure, of those that paid for it. Per 1,000 USD: of public
        money for vouchers, administration included. `years_sooner`: mean over the adoptions that the baseline has too. Ratios
        are of means over replicates; NaN, with the reason in `note`. Empty where no voucher was used.
        """
        tables = [self._voucher_adoptions_of(scenario) for scenario in self.scenarios]
        return pd.DataFrame([row for table in tables for row in table], columns=list(OF_MEASURES))

    def _voucher_adoptions_of(self, scenario: str) -> list[dict[str, Any]]:
        replicates = self.replicates(scenario)
        counts = self.adoption[self.adoption["scenario"] == scenario].set_index("replicate").loc[replicates]
        own = self.vouchers[self.vouchers["scenario"] == scenario].set_index("replicate")
        if not counts["vouchers_used"].any():
            return []
        each = {measure: of.loc[replicates] for measure, of in own.groupby("measure", sort=False) if of["bought"].any()}
        total = (
            own.groupby(level=0)[list(OF_VOUCHERS)].sum().loc[replicates].assign(money_usd=counts["voucher_money_usd"])
        )
        rows = _added_by(scenario, ALL_MEASURES, total, counts["vouchers_used"].to_numpy(float))
        for measure, of in each.items():
            rows += _added_by(scenario, measure, of, of["bought"].to_numpy(float))
        return rows

    @cached_property
    def costs(self) -> pd.DataFrame:
        """Cost of each scenario beyond the baseline's, in all and per additional tonne, with 95 % intervals.

        public : spending of regulators and donors, vouchers included; private : firms' and operators' own money, interest
        and what firms forgo as energy is dear, less what firms save and operators earn; total : both, less the interest that
        banks get. What firms pay to
        the public (carbon price, charges, fines) is a transfer, told apart and in none of the three. Additional tonnes : what
        the baseline emits (scopes 1 and 2) beyond the scenario.
        `discounted` costs and tonnes are discounted to the first year reported. A cost per tonne is the ratio of means
        over replicates; NaN, with the reason in `note`, where there is no additional tonne.
        """
        return _quantities([row for scenario in self.scenarios for row in self._costs_of(scenario)])

    def _costs_of(self, scenario: str) -> list[dict[str, Any]]:
        flows, rows = self.extra_flows(scenario), []
        factor = (1.0 + self.discount_rate[scenario]) ** -(self.years - self.years[0])
        for name, weight in {"cumulative": np.ones_like(factor), "discounted": factor}.items():
            total = {part: values @ weight for part, values in flows.items()}
            tonnes, transfers = total.pop("tonnes"), total.pop("transfers")
            note = self.notes[scenario]
            rows.append(_row(scenario, f"{name}_{TONNES}", "tCO2", mean_interval(tonnes), note))
            rows.append(_row(scenario, f"{name}_{TRANSFERS}", "USD", mean_interval(transfers)))
            rows += [_row(scenario, f"{name}_{part}_cost", "USD", mean_interval(cost)) for part, cost in total.items()]
            reason = no_ratio_because(mean_interval(tonnes))
            for part, cost in total.items():
                per_tonne = NO_INTERVAL if reason else ratio_interval(cost, tonnes)
                rows.append(_row(scenario, f"{name}_{part}_cost_per_tonne", "USD/tCO2", per_tonne, reason))
        return rows

    def extra_flows(self, scenario: str) -> dict[str, np.ndarray]:
        """Costs, transfers to the public and tonnes of the scenario beyond the baseline, [replicates, years]."""
        gap = self.values(scenario, scenario) - self.values(self.baseline, scenario)
        of = dict(zip(OUTCOMES, np.moveaxis(gap, -1, 0)))
        return extra_flows(of, self._transfers_of(scenario, scenario) - self._transfers_of(self.baseline, scenario))

    def _transfers_of(self, scenario: str, paired_with: str) -> np.ndarray:
        wanted = self.replicates(paired_with)
        rows = self.transfers[(self.transfers["scenario"] == scenario) & self.transfers["replicate"].isin(wanted)]
        return rows[AVOIDED_TRANSFERS].to_numpy(float).reshape(len(wanted), len(self.years))

    def summary(self, years: Sequence[int] | None = None) -> pd.DataFrame:
        """One tidy table: differences in `years` (default: the last), adopters, costs.

        Columns: scenario, quantity, unit, year (missing for quantities of the whole period), value, low, high, note.
        """
        wanted = self.years[-1:] if years is None else np.asarray(years)
        unknown_years = np.setdiff1d(wanted, self.years)
        if unknown_years.size:
            allowed = f"allowed: {self.years[0]} to {self.years[-1]}"
            raise InputError(Mistake("years", f"{unknown_years.tolist()} are not in the comparison", allowed))
        rows = self.differences[self.differences["year"].isin(wanted)]
        yearly = rows.drop(columns="value").rename(columns={"outcome": "quantity", "difference": "value"})
        parts = [yearly[[*SUMMARY]], self.adopters, self.costs]
        table = pd.concat([part for part in parts if len(part)], ignore_index=True)
        table["year"] = table["year"].astype("Int64")
        return table.assign(note=table["note"].fillna(""))[list(SUMMARY)]

    def told(self) -> list[str]:
        """What was compared, and of each scenario the additional tonnes and what one of them costs the public and all."""
        case, years = self.provenance["cases"][0], self.years
        runs = f"{years[0]}-{years[-1]}, seed {self.provenance['seed']}, {self.provenance['replicates']} replicates"
        changed = "".join(f", {one}" for one in common_to([case]) if not one.startswith(("seed=", "years=")))
        names = ", ".join(self.scenarios)
        head = f"Comparison of {names} with {self.baseline}, world {case['world']}, {runs}{changed}"
        failed = [f"{len(self.failures)} runs failed: see failures"] if self.failures else []
        return [head, *map(self._told_of, self.scenarios), *failed]

    def _told_of(self, scenario: str) -> str:
        of = self.costs[self.costs["scenario"] == scenario].set_index("quantity")
        tonnes = of.loc["cumulative_additional_tonnes"]
        (mean, low, high), unit = cells(tonnes[["value", "low", "high"]].astype(float).tolist(), "tCO2")
        fell = f"{scenario}: {mean} {unit} less in all (95 %: {low} to {high})"
        public, total = (of.loc[f"cumulative_{who}_cost_per_tonne"] for who in ("public", "total"))
        if np.isnan(public["value"]):
            return f"{fell}; cost per tonne not told: {public['note']}"
        each = [f"{who['value']:,.0f} USD" for who in (public, total)]
        return f"{fell}; a tonne costs the public {each[0]}, all together {each[1]}"

    def small_table(self) -> pd.DataFrame:
        """Of each scenario what it changes in the last year, with its interval."""
        rows = self.differences[self.differences["year"] == self.years[-1]].set_index(["scenario", "outcome"])
        shown = []
        for scenario, name in itertools.product(self.scenarios, HEADLINES):
            row = rows.loc[(scenario, name)]
            numbers, unit = cells(row[["difference", "low", "high"]].astype(float).tolist(), row["unit"])
            unit = "percentage points" if row["unit"] == "share" else unit
            shown.append([scenario, OUTCOMES[name].label, *numbers, unit])
        head = f"difference in {self.years[-1]}"
        return pd.DataFrame(shown, columns=["scenario", "outcome", head, "low", "high", "unit"])

    def plot(self, outcome: str = "co2_avoided_t") -> Chart:
        """The way of `outcome` in every scenario, with bands over replicates."""
        return figures.pathways(self, outcome)

    def to_xarray(self) -> xarray.Dataset:
        """Outcomes by scenario, replicate and year, and adopters by scenario and replicate, as an xarray Dataset.

        Units, labels and meanings are attributes of the variables. Needs `pip install 'eipsim[iamc]'`.
        """
        outcomes = self.pathways[["scenario", "replicate", "year", *OUTCOMES]]
        outcomes.attrs = {"units": dict(UNITS)}
        return dataset(
            [
                Part(outcomes, ("scenario", "replicate", "year")),
                Part(self.transfers, ("scenario", "replicate", "year")),
                Part(self.adoption, ("scenario", "replicate")),
            ],
            {**self.provenance, "baseline": self.baseline},
        )

    def to_iamc(self, region: str | None = None, replicates: bool = False) -> pd.DataFrame:
        """Outcomes in the format of the IAMC, as `Run.to_iamc`: means over replicates, which add up as the outcomes do.

        With `replicates` each of them has rows of its own, told apart by a column more, which pyam reads too.
        """
        country = region_of(self.provenance["cases"][0]["world"]) if region is None else region
        keys = ["scenario", *(["replicate"] if replicates else []), "year"]
        values = self.pathways.groupby(keys, sort=False)[list(OUTCOMES)].mean().reset_index().assign(region=country)
        return iamc_table(values, model_told(self.provenance), ("replicate",) if replicates else ())

    @property
    def manifest(self) -> dict[str, Any]:
        return {
            **self.provenance,
            "baseline": self.baseline,
            "failures": self.failures,
            "warnings": self.warnings,
            "units": dict(UNITS),
        }

    def files(self) -> dict[str, pd.DataFrame]:
        return {
            "pathways.parquet": self.pathways.rename_axis(None), "differences.csv": self.differences,
            "adoption.csv": self.adoption, "summary.csv": self.summary(),
        } | ({} if self.voucher_adoptions.empty else {"voucher_adoptions.csv": self.voucher_adoptions})  # fmt: skip


# What a cost beyond the baseline's is made of.
COST_OUTCOMES = (
    "public_spending_usd", "public_revenue_usd", "firm_investment_usd", "firm_saving_usd", "operator_spending_usd",
    "operator_revenue_usd", "co2_t",
)  # fmt: skip
# The same, which older stores lack: interest that banks get, from firms and for them, and what firms forgo as energy is dear.
NEWER_COST_OUTCOMES = ("interest_paid_usd", "interest_subsidised_usd", "operation_cost_usd")


def extra_flows(gap: Mapping[str, np.ndarray], avoided: np.ndarray) -> dict[str, np.ndarray]:
    """Costs, transfers to the public and tonnes beyond the baseline's, from the `gap` in each outcome that costs are made of.

    `avoided` : the gap in payments to the public that measures avoid: paying less is no saving to society.
    """
    saved = gap["firm_saving_usd"] - avoided
    operators = gap["operator_spending_usd"] - gap["operator_revenue_usd"]
    interest, by_public, forgone = (gap.get(name, np.zeros_like(saved)) for name in NEWER_COST_OUTCOMES)
    public, private = gap["public_spending_usd"], gap["firm_investment_usd"] + operators - saved + interest + forgone
    # what banks earn is no cost to society
    costs = {"public": public, "private": private, "total": public + private - interest - by_public}
    return costs | {"transfers": gap["public_revenue_usd"], "tonnes": -gap["co2_t"]}


SUMMARY = ("scenario", "quantity", "unit", "year", "value", "low", "high", "note")


def compare(
    scenarios: Cases,
    baseline: ScenarioLike | None = None,
    replicates: int = 20,
    jobs: int = 1,
    *,
    seed: int = 1,
    world: WorldLike = "vietnam",
    rule: RuleLike = None,
    years: tuple[int, int] | None = None,
    settings: Mapping[str, Any] | None = None,
    backend: str = "loky",
    progress: Progress | None = None,
    trust: bool = False,
    ensemble: bool = False,
) -> Comparison:
    """Compare `scenarios` with `baseline` in paired runs: replicate r has the same draws in all of them.

    Without `baseline` that is the scenario baseline, in a folder: world no-eip-policy.

    With `ensemble` replicate r has the calibrated parameter set r, in a synthetic population of its own, which all scenarios
    share: intervals then contain what is not known of parameters and of the firms too.

    `scenarios` is one, a sequence, or a mapping of label to scenario; the other arguments are those of `simulate_many`.
    Runs that fail are left out together with their partner and listed in `failures`. Raises RunError when no pair is
    left.
    """
    base, cases = _with_baseline(scenarios, default_scenario(world) if baseline is None else baseline)
    shared = Shared(seed, world, rule, years, settings, trust, ensemble)
    pairs = simulate_pairs(cases, replicates, jobs, shared, backend, progress)
    first, *others = pairs.cases
    rates = {case.label: parameter_values(case.scenario.parameters)[DISCOUNT_RATE] for case in pairs.cases}
    notes = {case.label: _note(case, first) for case in pairs.cases}
    provenance = pairs.pathways.attrs["provenance"]
    comparison = Comparison(
        pairs.pathways, pairs.adoption, pairs.vouchers, pairs.transfers, base, rates, notes, provenance,
        tuple(warnings_of_sums({case.label: case.scenario for case in pairs.cases}, base, world, seed)),
    )  # fmt: skip
    if others and not comparison.scenarios:
        raise RunError("no pair of runs came to its end: " + "; ".join(failure_lines(comparison.failures)))
    return comparison


def failure_lines(failures: Sequence[Mapping[str, Any]], most: int = 5) -> list[str]:
    """Failures as lines of text, not more than `most`."""
    lines = [f"{f['scenario']}, replicate {f['replicate']}: {f['message']} ({f['error']})" for f in failures[:most]]
    return lines + ([f"and {len(failures) - most} more"] if len(failures) > most else [])


def _with_baseline(scenarios: Cases, baseline: ScenarioLike) -> tuple[str, dict[str, ScenarioLike]]:
    """Label of the baseline, and all cases by label with the baseline first."""
    if isinstance(scenarios, Mapping):
        labelled = dict(scenarios)
    else:
        given: list[Any] = list(scenarios) if isinstance(scenarios, list | tuple | set) else [scenarios]
        labelled = _by_name(given)
    base = _by_name([baseline])
    name, scenario = next(iter(base.items()))
    others = {label: case for label, case in labelled.items() if label != name}
    if not others:
        raise InputError(Mistake("scenarios", f"there is nothing to compare with {name}", "name another scenario"))
    return name, {name: scenario} | others


def _by_name(given: Sequence[ScenarioLike]) -> dict[str, ScenarioLike]:
    """Scenarios by their names. InputError with the mistakes of all."""
    loaded, found = [], Mistakes()
    for scenario in given:
        with found.collected():
            loaded.append(load_scenario(scenario))
    names = [scenario.name for scenario in loaded]
    found += [Mistake("scenarios", f"{name} occurs twice") for name in dict.fromkeys(names) if names.count(name) > 1]
    found.tell()
    return dict(zip(names, loaded))


def _note(case: Case, baseline: Case) -> str:
    return OTHER_DRIVERS if case.scenario.drivers != baseline.scenario.drivers else ""


def no_ratio_because(tonnes: Interval) -> str:
    """Why a cost per tonne would mean nothing, of the mean of the tonnes with its interval; empty when it means something."""
    mean, low, _ = tonnes
    if mean <= 0.0:
        return NO_TONNE
    return UNCERTAIN_TONNE if low <= 0.0 else ""


OF_MEASURES = ("scenario", "measure", "quantity", "unit", "value", "low", "high", "note")


def _added_by(scenario: str, measure: str, counts: pd.DataFrame, vouchers: np.ndarray) -> list[dict[str, Any]]:
    """Rows of `voucher_adoptions` for a measure or all, from its `counts` and the `vouchers` that paid for it, by replicate."""
    of = {name: counts[name].to_numpy(float) for name in OF_VOUCHERS}
    of["net"] = of["additional"] + of["beside"] - of["given_up"]
    units = {name: _unit_of(name) for name in of} | dict.fromkeys(PER_VOUCHER[:2], "measures in firms per voucher")
    units |= dict.fromkeys(PER_VOUCHER[2:4], "measures in firms per 1,000 USD") | {"years_sooner": "yr"}
    thousands = of["money_usd"] / 1000.0
    ratios = (
        (of["additional"], vouchers), (of["net"], vouchers), (of["additional"], thousands), (of["net"], thousands),
        (of["years_brought_forward"], of["adoptions"] - of["additional"]),
    )  # fmt: skip
    told = {name: mean_interval(values) for name, values in of.items()}
    told |= {name: ratio_interval(*ratio) for name, ratio in zip(PER_VOUCHER, ratios)}
    unknown_money = bool(np.isnan(thousands).any())
    return [
        dict(zip(OF_MEASURES, (scenario, measure, name, units[name], *map(float, interval),
                               MONEY_IN_ALL_ONLY if unknown_money and "usd" in name else "")))
        for name, interval in told.items()
    ]  # fmt: skip


def _unit_of(count: str) -> str:
    """
    >>> _unit_of("additional_adopters"), _unit_of("voucher_money_usd"), _unit_of("years_brought_forward")
    ('firms', 'USD', 'yr')
    """
    units = {"adopters": "firms", "usd": "USD", "vouchers_used": "vouchers", "years": "yr"}
    return next((unit for part, unit in units.items() if part in count), "measures in firms")


def _share_of(part: np.ndarray, whole: np.ndarray) -> Interval:
    """Share of counts [replicates] in others, within 0 to 1; where it is none or all of them in every replicate, with the exact
    interval of as many cases as one replicate has: the same firms are asked in each."""
    if whole.any() and (not part.any() or (part == whole).all()):
        cases = max(1, round(whole.mean()))
        return counted_share(cases if part.any() else 0, cases)
    share, low, high = (np.clip(value, 0.0, 1.0) for value in ratio_interval(part, whole))
    return share, low, high


def _row(scenario: str, quantity: str, unit: str, interval: Interval, note: str = "") -> dict[str, Any]:
    value, low, high = (float(number) for number in interval)
    return dict(zip(SUMMARY, (scenario, quantity, unit, pd.NA, value, low, high, note)))


def _quantities(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(SUMMARY)).astype({"year": "Int64"})
