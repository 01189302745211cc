"""The page of a province or of a park: what became of it, and why it is or is not certified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from eipsim.core.names import fold_name
from eipsim.core.numbers import NOTHING
from eipsim.core.years import NEVER
from eipsim.errors import InputError, Mistake, unknown
from eipsim.explain import explain_park
from eipsim.infrastructure.items import item_labels, item_names
from eipsim.outcomes.registry import UNITS
from eipsim.report.blocks import Block, Command, Heading, Points, Prose, Section, Table
from eipsim.report.reruns import model_again, provinces_again, stepped_to, why_not_again, world_of
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
COLUMNS = {"provinces.csv": "province", "provinces_2025.csv": "province_2025"}  # of the table of parks
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
    """A province on both maps: of a run over the years, of a comparison in the last year of every scenario."""
    world = _world(source)
    called = {} if world is None else maps_of(world, name)
    own = next(iter(called.values()), name)
    title = words.say("province-title", province=own)
    if source.kind == STORE or world is None:
        return Section("province", title, [Prose(words.say("province-needs-run")), _how_to_run(source)])
    if source.kind == RUN:
        blocks = _over_years(source, words, called)
    else:
        blocks = _by_scenario(source, words, called)
    successor = dict(zip(world.provinces, world.provinces_2025)).get(own, own)
    if successor != own:
        blocks.append(Prose(words.say("province-merged", province=own, successor=successor)))
    return Section("province", title, [*blocks, Prose(words.say("province-note"))])


def _over_years(source: Source, words: Words, called: Mapping[str, str]) -> list[Block]:
    """What the tables of a run say of a province, on each map, or once where both say the same."""
    blocks: list[Block] = []
    rows = {file: rows_of(source.table(file), name) for file, name in called.items()}
    alike = len(rows) == 2 and same(*rows.values())
    for file, name in list(called.items())[: 1 if alike else 2]:
        blocks.append(Heading(words.say("province-both-maps" if alike else MAPS[file], province=name)))
        found = rows[file]
        if found is None or found.empty:
            blocks.append(Prose(words.say("province-no-table" if found is None else "province-no-parks")))
            continue
        years = [year for year in YEARS if year in found.index] or [int(found.index[-1])]
        head = [words.say("head-outcome"), *map(str, years)]
        cells = [[words.outcome(outcome), *(words.quantity(float(found.at[year, outcome]), UNITS[outcome]) for year in years)]
                 for outcome in OF_PROVINCE if outcome in found]  # fmt: skip
        blocks.append(Table(certified_of(words, name, found.loc[years[-1]], years[-1]), head, cells, range(1, len(head))))
        blocks += _its_parks(source, words, file, name)
    return blocks


def _by_scenario(source: Source, words: Words, called: Mapping[str, str]) -> list[Block]:
    """The first run of every scenario made again: a province in the last year, a column a scenario."""
    blocks: list[Block] = []
    found: dict[str, dict[str, pd.Series]] = {file: {} for file in called}
    year = int(source.years[-1])
    for case in source.cases():
        label, why = str(case.get("label", case["scenario"])), why_not_again(case)
        tables = {} if why else provinces_again(case)
        if not tables:
            blocks.append(Prose(f"{words.scenario(label)}: {words.say(why or 'again-other-world')}"))
        for file, name in called.items():
            rows = rows_of(tables.get(file), name)
            if rows is not None and year in rows.index:
                found[file][label] = rows.loc[year]
    for file, by_scenario in found.items():
        if not by_scenario:
            continue
        head = [words.say("head-outcome"), *map(words.scenario, by_scenario)]
        cells = [[words.outcome(outcome), *(words.quantity(float(row[outcome]), UNITS[outcome]) for row in by_scenario.values())]
                 for outcome in OF_PROVINCE]  # fmt: skip
        blocks.append(Heading(words.say(MAPS[file], province=called[file])))
        title = words.say("province-scenarios", province=called[file], year=str(year))
        blocks.append(Table(title, head, cells, range(1, len(head))))
    return blocks or [Prose(words.say("province-no-parks"))]


def rows_of(table: pd.DataFrame | None, name: str) -> pd.DataFrame | None:
    """The rows of a province by year; None where there is no such table."""
    return None if table is None else table[table["province"] == name].set_index("year")


def same(one: pd.DataFrame | None, other: pd.DataFrame | None) -> bool:
    """Whether both maps give a province the same parks."""
    if one is None or other is None or len(one) != len(other):
        return False
    columns = [outcome for outcome in OF_PROVINCE if outcome in one]
    return bool(one[columns].equals(other[columns]))


def certified_of(words: Words, name: str, row: pd.Series, year: int) -> str:
    certified, parks = int(row["parks_certified"]), int(row["parks_operating"])
    return words.say("province-finding", province=name, year=str(year), certified=certified, parks=parks)


def _its_parks(source: Source, words: Words, file: str, name: str) -> list[Block]:
    """The parks of a province in the last year."""
    parks, column = source.table("parks.parquet"), COLUMNS[file]
    if parks is None or column not in parks:
        return []
    here = parks[(parks["year"] == parks["year"].max()) & (parks[column] == name)]
    return [parks_table(words, here)] if len(here) else []


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
    cases, world = source.cases(), _world(source)
    title = name if world is None else world.label_of_park(world.park_index(name))
    if not cases:
        return Section("park", words.say("park-title", park=title), [Prose(words.say("park-needs-run")), _how_to_run(source)])
    blocks: list[Block] = []
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
    return [*blocks, *systems(words, facts)]


def systems(words: Words, facts: Mapping[str, Any]) -> list[Block]:
    """The shared systems that serve somebody, as a table."""
    rows = [
        [words.named("system", one["item"], LABELS[one["item"]]), str(one["built_year"]),
         words.percent(one["used"] / one["capacity"]), words.count(one["tenants"]) if one["tenants"] else NOTHING]
        for one in facts["infrastructure"]
    ]  # fmt: skip
    head = [words.say(f"head-{name}") for name in ("system", "since", "used", "tenants")]
    return [Table(words.say("park-systems", n=len(rows)), head, rows, (1, 2, 3))] if rows else []


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
        elif cost == 0.0:
            steps.append(words.say("park-nothing-missing", benefit=benefit))
        else:
            told = "park-pursues" if facts["pursues"] else "park-does-not-pursue"
            steps.append(words.say(told, benefit=benefit, cost=words.quantity(cost, "USD/yr")))
    if facts["operator_audits_done"]:
        steps.append(words.say("park-audits", n=int(facts["operator_audits_done"])))
    if not facts["infrastructure"]:
        steps.append(words.say("park-no-systems"))
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
