"""The pathway to the least CO2 that the levers reach, at least cost to society: `net-zero-2050` of the library.

    python experiments/10_least_cost_pathway/least_cost.py results/least-cost

The ladders of `instruments.yaml` are climbed in the pilot parks: of all rungs that lower the CO2 of 2050, the one that costs
society least per tonne is taken, until none lowers it any more. In the country, rungs that it does without are then taken back.
Three tables are written into the folder, and with `--library` the scenario.
"""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from eipsim import compare, run_sweep
from eipsim.analysis.compare import Comparison
from eipsim.analysis.study import Study
from eipsim.data.loading import read_facts
from eipsim.data.parameters import parameter_values
from eipsim.runs.saving import write_table
from eipsim.scenarios.files import LIBRARY
from eipsim.scenarios.loading import load_scenario
from eipsim.scenarios.schema import Scenario

HERE = Path(__file__).parent
INSTRUMENTS: dict[str, list[dict[str, Any]]] = YAML(typ="safe").load(HERE / "instruments.yaml")
GRID = {"grid": "low"}  # the electricity of the pathway and of what it is held against
CO2, LAST, NOW = "co2_total_t", 2050, 2024
LEAST = 0.001  # of the CO2 of 2024: what a rung must lower that of 2050 by, and what taking one back may raise it by
PILOTS, PILOT_REPLICATES, COUNTRY, FEW, MANY = "pilot-parks", 2, "vietnam", 1, 5
SOURCE = "derived: experiments/10_least_cost_pathway, out of levels that are assumed"
Rungs = Mapping[str, int]  # how far up each ladder; one that is not named is not used


class Worth(NamedTuple):
    """What a choice of rungs leaves in 2050 [tCO2] and costs society beyond the reference [USD, present value of 2015]."""

    co2: float
    cost: float


def case_of(rungs: Rungs) -> Scenario:
    """The scenario with these rungs."""
    levers: dict[str, Any] = {}
    programmes: dict[str, Any] = {}
    for instrument, rung in rungs.items():
        content = INSTRUMENTS[instrument][rung]
        levers |= {name: entry_of(said) | {"source": SOURCE} for name, said in content["levers"].items()}
        programmes |= {name: said | {"source": SOURCE} for name, said in content.get("programmes", {}).items()}
    return load_scenario("baseline", drivers=GRID, levers=levers, programmes=programmes)


def entry_of(said: Mapping[Any, Any]) -> dict[str, Any]:
    """A level of a lever as an entry: a value with its years, or the path of one that is nothing else."""
    return dict(said) if "value" in said else {"path": dict(said)}


def worths(cases: Mapping[str, Rungs], world: str, replicates: int, seed: int = 1) -> dict[str, Worth]:
    """Each of the cases against enacted policy with the same grid, in paired runs."""
    compared = compare(
        {name: case_of(rungs) for name, rungs in cases.items()}, case_of({}), replicates, world=world, seed=seed
    )
    return {name: worth_of(compared, name) for name in cases}


def worth_of(compared: Comparison, name: str) -> Worth:
    """Cost to society: what `eipsim compare` calls total, the output that firms forgo because energy is dear included."""
    differences = compared.differences[compared.differences["scenario"] == name].set_index(["outcome", "year"])
    rate = parameter_values({})["finance.social_discount_rate"]
    weight = (1.0 + rate) ** -(compared.years - compared.years[0])
    cost = compared.extra_flows(name)["total"].mean(axis=0)
    return Worth(float(differences.loc[(CO2, LAST), "value"]), float(cost @ weight))


# ---- up the ladders ----------------------------------------------------------------------------------------------------


def climb(world: str = PILOTS, replicates: int = PILOT_REPLICATES) -> tuple[dict[str, int], pd.DataFrame]:
    """Rungs taken one after the other, the cheapest tonne of 2050 first, until no rung lowers the CO2 of 2050; a row a step."""
    taken: dict[str, int] = {}
    enough, at = LEAST * co2_of_today(world, replicates), Worth(co2_of_today(world, replicates, LAST), 0.0)
    steps = [("", 0, at.co2, at.cost, np.nan)]
    while True:
        tried = {f"{name} {rung}": taken | {name: rung} for name, rung in higher(taken)}
        found = worths(tried, world, replicates) if tried else {}
        lower = {name: worth for name, worth in found.items() if at.co2 - worth.co2 >= enough}
        if not lower:
            return taken, pd.DataFrame(
                steps, columns=["instrument", "rung", "co2_2050_t", "cost_usd", "usd_per_tonne_a_year"]
            )
        best = min(lower, key=lambda name: per_tonne(at, lower[name]))
        name, _, rung = best.rpartition(" ")
        steps.append((name, int(rung) + 1, *lower[best], per_tonne(at, lower[best])))
        taken[name], at = int(rung), lower[best]
        print(f"{name}, rung {int(rung) + 1}: {at.co2:,.0f} t left, {at.cost / 1e6:,.0f} million USD", flush=True)


def higher(taken: Rungs) -> list[tuple[str, int]]:
    """Every rung above those that are taken."""
    return [
        (name, rung) for name, ladder in INSTRUMENTS.items() for rung in range(taken.get(name, -1) + 1, len(ladder))
    ]


def per_tonne(before: Worth, after: Worth) -> float:
    """What a tonne a year less in 2050 costs, present value."""
    return (after.cost - before.cost) / (before.co2 - after.co2)


def co2_of_today(world: str, replicates: int, year: int = NOW) -> float:
    """CO2 of a year under enacted policy with the grid of the pathway [t]."""
    compared = compare({"same": case_of({})}, case_of({}), replicates, world=world)
    rows = compared.differences.set_index(["outcome", "year"])
    return float(rows.loc[(CO2, year), "value"])


# ---- back down, in the country -----------------------------------------------------------------------------------------


def take_back(taken: Rungs, world: str = COUNTRY, replicates: int = FEW) -> tuple[dict[str, int], pd.DataFrame]:
    """Rungs that the country does without: the CO2 of 2050 hardly rises, and society pays less. A row a rung that was tried."""
    kept, rows = dict(taken), []
    most = LEAST * co2_of_today(world, replicates)
    at = worths({"all": kept}, world, replicates)["all"]
    for name in sorted(taken, key=list(INSTRUMENTS).index):
        fewer = {"none": {key: rung for key, rung in kept.items() if key != name}}
        fewer |= {str(rung): kept | {name: rung} for rung in range(kept[name])}
        for choice, worth in worths(fewer, world, replicates).items():
            spared = worth.co2 - at.co2 <= most and worth.cost <= at.cost
            rows.append((name, choice, *worth, spared))
            if spared:
                kept, at = dict(fewer[choice]), worth
                print(f"{name}: {choice} will do", flush=True)
                break
    return kept, pd.DataFrame(rows, columns=["instrument", "rung", "co2_2050_t", "cost_usd", "does_without"])


# ---- what is left ------------------------------------------------------------------------------------------------------

PARTS = {"fuels": "co2_scope1_t", "electricity": "co2_scope2_t", "processes": "co2_process_t"}


def residual(pathway: Rungs, world: str = COUNTRY, replicates: int = MANY) -> pd.DataFrame:
    """CO2 of today and what is left of it in 2050, by sector and by part: baseline and pathway, means of some replicates [t]."""
    sectors = read_facts("archetypes")["arch_id"]
    asked = {f"{sector} {part}": f"{name} | sector={sector}" for sector in sectors for part, name in PARTS.items()}
    cases = {"baseline": case_of({}), "pathway": case_of(pathway)}
    with TemporaryDirectory() as folder:
        design = {"world": world, "years": [2015, LAST], "replicates": replicates, "outcomes": asked}
        files = {name: written(case, Path(folder) / f"{name}.yaml") for name, case in cases.items()}
        study = Study(run_sweep({"scenarios": files, **design}, Path(folder) / "store"))
        found = {label: study.pathway(f'"{label}"').mean(axis=(1, 2)) for label in asked}
    rows = [
        (*label.split(" "), of[0, NOW - 2015], of[0, -1], of[1, -1]) for label, of in found.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["sector", "part", f"co2_{NOW}_t", "baseline_2050_t", "pathway_2050_t"])


def written(case: Scenario, file: Path) -> str:
    with file.open("w", encoding="utf-8") as out:
        YAML(typ="safe").dump(plain(case.document()), out)
    return str(file)


def plain(content: Any) -> Any:
    """Content as files have it."""
    if isinstance(content, dict):
        return {key: plain(value) for key, value in content.items()}
    return [plain(value) for value in content] if isinstance(content, list | tuple) else content


def share_left(left: pd.DataFrame) -> float:
    """What is left in 2050 over the CO2 of today."""
    return float(left["pathway_2050_t"].sum() / left[f"co2_{NOW}_t"].sum())


# ---- the scenario ------------------------------------------------------------------------------------------------------

TARGET = "Net zero"  # of the baseline: what may be left of today's CO2 for the title to say so
DESCRIPTION = """\
The deepest cut of the CO2 of 2050 that the levers reach, put together at least cost to society: of all instruments,
each at a few levels, the one that makes the next tonne cheapest was added until none lowered emissions any more, and
what the country does without was taken back (experiments/10_least_cost_pathway). In 2050 {percent} per cent of the CO2
of 2024 are left, from energy and processes, while output has grown. {most}. What could take that away is not in the
catalogue of measures: hydrogen for furnaces and as a feedstock, biogas, electric furnaces and kilns, and capture and
storage of CO2. The electricity grid becomes clean quickly, which no lever of the parks brings about."""
TEXT = """\
title: "{title}"
group: packages
question: How near to net zero do the levers of the model bring the parks by 2050, at the least cost to society?
description: >
{description}
extends: baseline
drivers: {{grid: low}}

levers:
{levers}"""


def scenario_text(rungs: Rungs, left: pd.DataFrame) -> str:
    """The file of the library."""
    share, contents = share_left(left), [INSTRUMENTS[name][rungs[name]] for name in INSTRUMENTS if name in rungs]
    percent = f"{100.0 * share:.0f}"
    missed = f"Towards net zero at least cost: {percent} per cent of the CO2 of {NOW} left"
    title = "Net zero at least cost" if share <= case_of({}).targets[TARGET].level else missed
    levers = "".join(lever_lines(name, said) for content in contents for name, said in content["levers"].items())
    programmes = "".join(
        programme_lines(name, said) for content in contents for name, said in content.get("programmes", {}).items()
    )
    words = DESCRIPTION.format(percent=percent, most=most_of_it(left)).replace("\n", " ")
    indent = {"initial_indent": "  ", "subsequent_indent": "  "}
    text = TEXT.format(title=title, description=textwrap.fill(words, 125, **indent), levers=levers)
    return f"{text}\nprogrammes:\n{programmes}" if programmes else text


def most_of_it(left: pd.DataFrame) -> str:
    """Where most of what is left comes from, as a sentence without its full stop."""
    total = left["pathway_2050_t"].sum()
    by_part = left.groupby("part")["pathway_2050_t"].sum() / total
    by_sector = (left.groupby("sector")["pathway_2050_t"].sum() / total).sort_values(ascending=False)
    names = read_facts("archetypes").set_index("arch_id")["name"]
    sectors = "; ".join(f"{names[sector]} ({100 * share:.0f} %)" for sector, share in by_sector.head(4).items())
    fuels, processes = (f"{100 * by_part[part]:.0f} per cent" for part in ("fuels", "processes"))
    return f"Fuels are {fuels} of that and processes {processes}; the sectors with most are {sectors}"


def lever_lines(name: str, said: Mapping[Any, Any]) -> str:
    words = ", ".join(f"{key}: {in_yaml(value)}" for key, value in entry_of(said).items())
    return f'  {name}:\n    - {{{words}, source: "{SOURCE}"}}\n'


def programme_lines(name: str, said: Mapping[str, Any]) -> str:
    title = f"National programme of free audits, {said['from']}-{said['until']}"
    words = {"title": title} | dict(said) | {"commits_parks": False, "source": f'"{SOURCE}"'}
    return f"  {name}:\n" + "".join(f"    {key}: {in_yaml(value)}\n" for key, value in words.items())


def in_yaml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {each}" for key, each in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--library", action="store_true", help="write the scenario net-zero-2050 of the library too")
    arguments = parser.parse_args()
    taken, steps = climb()
    kept, tried = take_back(taken)
    left = residual(kept)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, table in {"steps": steps, "taken_back": tried, "residual": left}.items():
        write_table(table, arguments.folder / f"{name}.csv")
    print(f"{share_left(left):.1%} of the CO2 of {NOW} is left; kept: {kept}")
    if arguments.library:
        (LIBRARY / "net-zero-2050.yaml").write_text(scenario_text(kept, left), encoding="utf-8")


if __name__ == "__main__":
    main()
