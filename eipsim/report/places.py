"""The page of a province or of a park: what became of it, and why it is or is not certified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from eipsim.core.names import fold_name
from eipsim.core.years import NEVER
from eipsim.errors import InputError, Mistake, unknown
from eipsim.explain import explain_park
from eipsim.infrastructure.items import item_labels, item_names
from eipsim.outcomes.registry import UNITS
from eipsim.report.blocks import Block, Command, Heading, Points, Prose, Section, Table
from eipsim.report.reruns import model_again, stepped_to, why_not_again, world_of
from eipsim.report.sources import RUN, STORE, Source
from eipsim.report.words import Words
from eipsim.world import World

OF_PROVINCE = (
    "parks_operating", "parks_converted", "parks_certified", "firms", "recp_firm_share", "exchanges_operating", "co2_t",
    "co2_avoided_t", "firm_investment_usd", "firm_saving_usd", "jobs",
)  # fmt: skip
YEARS = (2015, 2024, 2030, 2040, 2050)
YES_NO = "yes/no"
MAPS = {"provinces.csv": "province-map-2024", "provinces_2025.csv": "province-map-2025"}
MOST_PARKS = 40
LABELS = dict(zip(item_names(), item_labels()))


def check_places(source: Source, province: str | None, park: str | None) -> None:
    """InputError for a province or park that the world of the source does not have."""
    world = _world(source)
    if world is None:
        return
    found = []
    if province is not None and not maps_of(world, province):
        names = dict.fromkeys([*world.provinces, *world.provinces_2025])
        where = f"--province, world {world.recipe}, maps of 2024 and 2025"
        found.append(unknown(where, "province", province, names))
    if park is not None:
        try:
            world.park_index(park)
        except InputError as error:
            found += [Mistake(f"--park, {one.where}", one.what, one.hint) for one in error.mistakes]
    if found:
        raise InputError(found)


def _world(source: Source) -> World | None:
    if source.kind == STORE:
        design = source.study.design  # type: ignore[attr-defined]
        return None if design.model else world_of({"world": design.world, "seed": design.seed})
    return next((world_of(case) for case in source.cases()), None)


def maps_of(world: World, name: str) -> dict[str, str]:
    """The province as each map calls it, by the table that has it: empty where neither map knows it."""
    maps = {"provinces.csv": world.provinces, "provinces_2025.csv": world.provinces_2025}
    found = {table: next((own for own in names if fold_name(own) == fold_name(name)), None) for table, names in maps.items()}
    return {table: own for table, own in found.items() if own is not None}


# ---- a province ----------------------------------------------------------------------------------------------------------


def province_section(source: Source, words: Words, name: str) -> Section:
    title = words.say("province-title", province=name)
    world = _world(source)
    if source.kind != RUN or world is None:
        return Section("province", title, [Prose(words.say("province-needs-run")), _how_to_run(source)])
    blocks: list[Block] = []
    parks = source.table("parks.parquet")
    for file, own in maps_of(world, name).items():
        blocks += _on_a_map(source, words, file, own, parks)
    successor = dict(zip(world.provinces, world.provinces_2025)).get(next(iter(maps_of(world, name).values())))
    if successor and fold_name(successor) != fold_name(name):
        blocks.append(Prose(words.say("province-merged", province=name, successor=successor)))
    return Section("province", title, blocks)


def _on_a_map(source: Source, words: Words, file: str, name: str, parks: pd.DataFrame | None) -> list[Block]:
    """What a table of provinces says of one in some years, and its parks in the last year."""
    table = source.table(file)
    heading = Heading(words.say(MAPS[file], province=name))
    rows = None if table is None else table[table["province"] == name].set_index("year")
    if rows is None or rows.empty:
        return [heading, Prose(words.say("province-no-table" if rows is None else "province-no-parks"))]
    years = [year for year in YEARS if year in rows.index] or [int(rows.index[-1])]
    outcomes = [outcome for outcome in OF_PROVINCE if outcome in rows]
    cells = [[words.outcome(outcome), *(words.quantity(float(rows.at[year, outcome]), UNITS[outcome]) for year in years)]
             for outcome in outcomes]  # fmt: skip
    last = years[-1]
    told = words.say(
        "province-finding", province=name, year=str(last), certified=int(rows.at[last, "parks_certified"]),
        parks=int(rows.at[last, "parks_operating"]),
    )  # fmt: skip
    head = [words.say("head-outcome"), *map(str, years)]
    blocks: list[Block] = [heading, Table(told, head, cells, range(1, len(head)), words.say("province-note"))]
    column = "province" if file == "provinces.csv" else "province_2025"
    if parks is not None and column in parks:
        here = parks[(parks["year"] == parks["year"].max()) & (parks[column] == name)]
        blocks += [parks_table(words, here)] if len(here) else []
    return blocks


def parks_table(words: Words, parks: pd.DataFrame) -> Table:
    rows = parks.sort_values("firms", ascending=False, kind="stable").head(MOST_PARKS)
    cells = [
        [str(row.name_), str(row.park_id), words.say(f"of-state-{row.state}"), words.count(row.firms), words.number(row.score)]
        for row in rows.rename(columns={"name": "name_"}).itertuples()
    ]  # fmt: skip
    head = [words.say(f"head-{name}") for name in ("park", "id", "state", "firms", "score")]
    return Table(words.say("province-parks", n=len(parks), year=str(int(parks["year"].iloc[0]))), head, cells, (3, 4))


def _how_to_run(source: Source) -> Command:
    return Command(f"eipsim run {(source.others or source.scenarios)[0]} --out run")


# ---- a park --------------------------------------------------------------------------------------------------------------


def park_section(source: Source, words: Words, name: str) -> Section:
    """A park in the last year of every scenario, run again; a store says how."""
    cases = source.cases()
    if not cases:
        return Section("park", words.say("park-title", park=name), [Prose(words.say("park-needs-run")), _how_to_run(source)])
    blocks: list[Block] = []
    title = name
    for case in cases:
        label = str(case.get("label", case["scenario"]))
        if len(cases) > 1:
            blocks.append(Heading(words.scenario(label)))
        why = why_not_again(case)
        model = None if why else model_again(case)
        if model is None:
            blocks.append(Prose(words.say(why or "again-other-world")))
            continue
        row = model.world.park_index(name)
        title = model.world.label_of_park(row)
        year = int(source.years[-1])
        facts = explain_park(stepped_to(model, year), row, year)
        blocks += park_page(words, facts.verdict, facts.facts, year)
        model.__dict__.clear()  # a model is part of a circle, which would keep it in memory
    blocks.append(Prose(words.say("park-synthetic")))
    return Section("park", words.say("park-title", park=title), blocks)


def park_page(words: Words, verdict: str, facts: Mapping[str, Any], year: int) -> list[Block]:
    """The answer, the criteria with what the park has and needs, and what led to it."""
    failing = [row for row in facts["criteria"] if not row["holds"]]
    if verdict == "absent":
        return [Prose(words.say("park-absent", year=str(year)))]
    lines = [words.say(f"park-verdict-{verdict}", year=str(year), granted=_year(facts["certified_year"]), applied=_year(facts["applied_year"]))]
    if verdict != "certified" and facts["criteria"]:
        lines.append(words.say("park-failing" if failing else "park-none-failing", n=len(failing), of=len(facts["criteria"])))
    blocks: list[Block] = [Prose(" ".join(lines)), Points(history(words, facts))]
    if facts["criteria"]:
        cells = [[words.named("criterion", row["criterion"]), _has(words, row), _amount(words, row["needed"], row["unit"]),
                  words.say("holds" if row["holds"] else "fails")] for row in facts["criteria"]]  # fmt: skip
        head = [words.say(f"head-{name}") for name in ("criterion", "has", "needed", "verdict")]
        blocks.append(Table(words.say("park-criteria", decree=str(facts["decree"]), year=str(year)), head, cells, (1, 2)))
    else:
        blocks.append(Prose(words.say("park-no-decree", year=str(year))))
    return blocks


def history(words: Words, facts: Mapping[str, Any]) -> list[str]:
    """The steps of the park and what its operator does, a sentence each."""
    steps = [
        words.say(f"park-{step}", year=_year(facts[f"{step}_year"])) if facts[f"{step}_year"] > 0 else words.say(f"park-not-{step}")
        for step in ("commit", "converted", "applied")
    ]  # fmt: skip
    if facts["certificate_benefit_usd"] > 0.0:
        cost, benefit = facts["certificate_cost_usd"], words.quantity(facts["certificate_benefit_usd"], "USD/yr")
        if cost is None:
            steps.append(words.say("park-out-of-reach", benefit=benefit))
        else:
            told = "park-pursues" if facts["pursues"] else "park-does-not-pursue"
            steps.append(words.say(told, benefit=benefit, cost=words.quantity(cost, "USD/yr")))
    if facts["operator_audits_done"]:
        steps.append(words.say("park-audits", n=int(facts["operator_audits_done"])))
    systems = [words.say("park-system", system=words.named("system", one["item"], LABELS[one["item"]]), year=str(one["built_year"]),
                         used=words.percent(one["used"] / one["capacity"]), n=int(one["tenants"]))
               for one in facts["infrastructure"]]  # fmt: skip
    steps.append(words.say("park-systems", systems="; ".join(systems)) if systems else words.say("park-no-systems"))
    if facts["tenants_on_record"]:
        steps.append(words.say("park-on-record", n=int(facts["tenants_on_record"])))
    return steps




def _year(year: int) -> str:
    return str(int(year))


def _has(words: Words, row: Mapping[str, Any]) -> str:
    if row["unit"] == "years" and row["value"] >= NEVER:
        return words.say("no-violation")
    return _amount(words, row["value"], row["unit"])


def _amount(words: Words, value: float, unit: str) -> str:
    if unit == YES_NO:
        return words.say("yes" if value > 0.0 else "no")
    return words.quantity(value, unit)
