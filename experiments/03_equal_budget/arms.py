"""Every instrument in several designs that spend the same: who gets it, when, and how much a firm may get at most.

A plain grid for each instrument, nothing optimised. One factor scales what a design spends, until public spending beyond the
baseline has the present value of the yardstick's (`equal_budget.py`). `python experiments/03_equal_budget/arms.py [--jobs N]`
solves all and writes `design.yaml`; designs that cannot spend so much are left out, and said.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from equal_budget import ACCEPTED, Budget, in_digits, solve_factor
from ruamel.yaml import YAML

from eipsim.designs.points import with_settings
from eipsim.errors import InputError, RunError
from eipsim.scenarios.loading import load_scenario
from eipsim.sweeps.workers import run_tasks

DESIGN = Path(__file__).resolve().parent / "design.yaml"
SIX = [
    "TP. Hồ Chí Minh",
    "Đồng Nai",
    "Tây Ninh",
    "Hải Phòng",
    "Bắc Ninh",
    "Đà Nẵng",
]  # with more than half of all parks
EARLY, EVEN, LATE, LASTING = (2026, 2030), (2026, 2035), (2031, 2040), (2026, 2050)
PROGRAMME = "National audit programme"
START, FEW = 0.5, 5  # factor that is tried first, runs in which proportion may find it
USD_PER_AUDIT = 6000  # with administration, as in technical-assistance
HEAD = """\
title: Single instruments in their designs, all of which spend the same
question: Which instrument does most with the same public money when each may be designed at its best?
# Written by arms.py, which solves the levels. A row is one of the calibrated parameter sets, in a population and with draws of
# its own, as in 01_policy_comparison.
"""
REST = """\
baseline: baseline
world: vietnam
years: [2015, 2050]
draws: independent
factors: {parameter_set: {ensemble: calibrated}}
outcomes: [co2_avoided_t, recp_firm_share, exchanges_operating, parks_certified, public_spending_usd]
sampler: {method: latin, n: 16}
"""
Case = tuple[str, dict[str, Any]]  # the scenario of the library that it starts from, and what is set


def audits(rule: str, years: tuple[int, int]) -> Callable[[float], Case]:
    """Free audits: who comes first, and when."""

    def at(factor: float) -> Case:
        n, name = round(10_000 * factor), f"programmes.{PROGRAMME}"
        return "technical-assistance", {
            **{f"{name}.{field}": value for field, value in zip(("from", "until"), years)},
            f"{name}.rule": rule,
            f"{name}.audits": n,
            f"{name}.budget_usd": USD_PER_AUDIT * n,
            "levers.auditors_per_year": lever(500 + round(n / (years[1] - years[0] + 1)) + 1, years),
        }

    return at


def subsidy(owners: list[str] | None, years: tuple[int, int], cap: float) -> Callable[[float], Case]:
    """A fifth of the cost: for whom, when, and the most that a firm gets in a year."""

    def at(factor: float) -> Case:
        return "baseline", {
            "levers.capital_subsidy": lever(0.2, years, owners=owners),
            "levers.subsidy_budget_usd": lever(30_000_000 * factor, years),
            "levers.voucher_cap_usd": lever(cap, years),
        }

    return at


def enforcement(targeting: float, years: tuple[int, int]) -> Callable[[float], Case]:
    """Twice the fine and more inspections: aimed at those on record or not, for ten years or for good."""

    def at(factor: float) -> Case:
        return "baseline", {
            "levers.inspection_probability": lever(0.3 * factor, years),
            "levers.inspection_targeting": lever(targeting, years),
            "levers.fine_usd": lever(4740, years),
        }

    return at


def spread(origins: dict[str, float], provinces: list[str] | None, years: tuple[int, int]) -> Callable[[float], Case]:
    """Levers for all parks, or those of some provinces, and when."""

    def at(factor: float) -> Case:
        return "baseline", {
            f"levers.{name}": lever(level * factor, years, provinces=provinces) for name, level in origins.items()
        }

    return at


def lever(value: float, years: tuple[int, int], **where: Any) -> list[dict[str, Any]]:
    """A lever at one value in these years; in others it stays as enacted."""
    reach = {name: targets for name, targets in where.items() if targets is not None}
    return [{"value": float(in_digits(value)), "from": years[0], "until": years[1], **reach}]


def grid() -> Iterator[tuple[str, Callable[[float], Case]]]:
    """Every design by its name, `instrument: who, when, cap`, with what it sets at a factor."""
    for who, rule in {"by lot": "random", "largest users": "dirty_first", "smallest": "small_first"}.items():
        for years in (EARLY, EVEN, LATE):
            yield f"audits: {who}, {span(years)}", audits(rule, years)
    for who, owners in {"all firms": None, "domestic": ["domestic"]}.items():
        for years in (EARLY, EVEN, LATE):
            for cap in (5_000.0, 50_000.0):
                yield f"subsidy: {who}, {span(years)}, cap {cap / 1000:.0f} k", subsidy(owners, years, cap)
    for who, targeting in {"by lot": 0.0, "on record": 0.6}.items():
        for years in (EVEN, LASTING):
            yield f"enforcement: {who}, {span(years)}", enforcement(targeting, years)
    shared = {"infrastructure_studies": 0.2, "infrastructure_cofunding": 0.3, "infrastructure_soft_loan": 0.7}
    spreads = {
        "screening": ({"symbiosis_screening": 0.2}, (EARLY, EVEN, LATE)),
        "facilitation": ({"facilitation_grant": 0.5}, (EVEN, LATE, LASTING)),
        "shared systems": (shared, (EARLY, EVEN, LATE)),
    }
    for name, (origins, times) in spreads.items():
        for who, provinces in {"all parks": None, "six provinces": SIX}.items():
            for years in times:
                yield f"{name}: {who}, {span(years)}", spread(origins, provinces, years)


def span(years: tuple[int, int]) -> str:
    return f"{years[0]}-{years[1] % 100}"


def solved(name: str, common: float, baseline: np.ndarray) -> tuple[float, str]:
    """The factor of the design of this name, or 0 and why there is none."""
    budget, case = Budget(), dict(grid())[name]
    budget.baseline = baseline  # every process would run it again

    def spending(factor: float) -> float:
        scenario, settings = case(factor)
        return budget.beyond_baseline(with_settings(load_scenario(scenario), settings))

    try:
        return in_proportion(spending, common) or solve_factor(spending, common, START, name), ""
    except RunError as error:
        return 0.0, str(error)


def in_proportion(spending: Callable[[float], float], common: float) -> float:
    """The factor if spending is nearly proportional to it, found in a few runs; else 0."""
    factor = START
    for _ in range(FEW):
        try:
            spent = spending(factor)
        except InputError:  # out of the lever's bounds
            return 0.0
        if abs(spent / common - 1.0) <= ACCEPTED:
            return factor
        if spent <= 0.0:
            return 0.0
        factor *= common / spent
    return 0.0


def document(factors: dict[str, float]) -> str:
    """The design of all arms that were solved."""
    cases = dict(grid())
    scenarios: dict[str, Any] = {"baseline": "baseline"}
    for name, factor in factors.items():
        scenario, settings = cases[name](factor)
        scenarios[name] = {"extends": scenario, "set": settings}
    text, writer = io.StringIO(), YAML(typ="safe", pure=True)
    writer.default_flow_style, writer.allow_unicode, writer.width = None, True, 130
    writer.sort_base_mapping_type_on_output = False
    writer.dump({"scenarios": scenarios}, text)
    return HEAD + text.getvalue() + REST


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jobs", type=int, default=-1)
    jobs = parser.parse_args().jobs
    budget, names = Budget(), list(dict(grid()))
    print(f"common budget, present value beyond the baseline: {budget.common / 1e6:.3f} million USD", flush=True)
    tasks = [(name, budget.common, budget.baseline) for name in names]
    found = dict(zip(names, run_tasks(solved, tasks, jobs, "loky", None)))
    for name, (factor, why) in found.items():
        print(f"{name}: {why or f'at {factor:.4g} of where it starts'}")
    DESIGN.write_text(document({name: factor for name, (factor, _) in found.items() if factor}), encoding="utf-8")


if __name__ == "__main__":
    main()
