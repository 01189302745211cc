"""What is left of every balance over parameter sets from the full ranges: `python tests/numbers/residuals.py [--sets 1000]`.

Every set is a run of the pilot parks to 2050, half of them under the full package; the model itself stops a run whose balances
do not close to 1e-9. Here the largest gap of all years and parks is told, of what is drawn between low and high and of extremes.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from scipy.stats import qmc

from eipsim.data.parameters import load_parameters
from eipsim.errors import ConservationError
from eipsim.market import books
from eipsim.model.model import EIPModel
from eipsim.policy.levers import LEVERS

SEED, CASES = 1, ("baseline", "full-package")
PRICES = ("carbon_price", "electricity_price_change")


def extremes() -> dict[str, dict[str, Any]]:
    """Every parameter at an end at once; the highest prices, and one without bound, which is refused."""
    known = load_parameters()
    ends = {end: {name: getattr(p, end) for name, p in known.items()} for end in ("low", "high", "least", "most")}
    nothing = {name: 0.0 for name, p in known.items() if p.least <= 0.0 <= p.most}
    return {
        "all low": ends["low"],
        "all high": ends["high"],
        "all at the least that is allowed": ends["least"],
        "all at the most that is allowed": ends["most"],
        "zero wherever zero is allowed": nothing,
        "the highest prices that levers take": {f"levers.{name}": LEVERS[name].most for name in PRICES},
        "a price without bound": {"levers.carbon_price": math.inf},
    }


def drawn(count: int) -> Iterator[dict[str, float]]:
    """Sets from a scrambled Latin hypercube over low to high of all parameters."""
    known = load_parameters()
    for point in qmc.LatinHypercube(len(known), rng=np.random.default_rng(SEED)).random(count):
        yield {name: p.low + u * (p.high - p.low) for (name, p), u in zip(known.items(), point)}


def gap_of(model: EIPModel) -> float:
    """The largest relative gap of mass, energy, water and emissions of the year in any park."""
    flows, uses = model.state.books.flows, books.N_USES
    used, without = flows[:, books.USED : books.USED + uses], flows[:, books.WITHOUT : books.WITHOUT + uses]
    avoided = flows[:, books.AVOIDED : books.AVOIDED + uses]
    gaps = np.abs(without - avoided - used) / (np.abs(without) + np.abs(used) + 1.0)
    scope_2 = flows[:, books.USED + books.ELECTRICITY] * model.this_year.grid_factor
    off = np.abs(scope_2 - flows[:, books.SCOPE_2]) / (1.0 + np.abs(scope_2))
    return float(max(gaps.max(), off.max()))


def run(settings: Mapping[str, Any], number: int) -> tuple[float, bool]:
    """The largest gap of a run, and whether all its outcomes are numbers."""
    model, worst = EIPModel(CASES[number % len(CASES)], "pilot-parks", SEED, settings=settings, replicate=number), 0.0
    while model.running:
        model.step()
        worst = max(worst, gap_of(model))
    return worst, bool(np.isfinite(model.outcomes.to_numpy()).all())


def row(what: str, sets: Iterator[Mapping[str, Any]] | list[Mapping[str, Any]]) -> dict[str, Any]:
    gaps, broken, refused, not_numbers = [], [], [], 0
    for number, settings in enumerate(sets):
        try:
            gap, is_finite = run(settings, number)
        except ConservationError as error:
            broken.append(str(error))
            continue
        except Exception as error:
            refused.append(f"{type(error).__name__}: {error}"[:300])
            continue
        gaps.append(gap)
        not_numbers += not is_finite
    runs = len(gaps) + len(broken) + len(refused)
    return {
        "what": what, "runs": runs, "largest gap": max(gaps, default=None), "broken": broken, "ended": refused,
        "with an outcome that is no number": not_numbers,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=1000)
    given = parser.parse_args()
    for what, settings in extremes().items():
        print(json.dumps(row(what, [settings] * len(CASES))), flush=True)
    print(json.dumps(row("drawn from low to high", drawn(given.sets))), flush=True)


if __name__ == "__main__":
    main()
