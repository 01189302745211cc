"""The page of a province: what became of it, on the map of 2024 and on that of July 2025."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from eipsim.outcomes.registry import UNITS
from eipsim.report.blocks import Block, Heading, Link, Prose, Section, Table
from eipsim.report.places import how_to_run, maps_of, world_behind
from eipsim.report.reruns import provinces_again, why_not_again
from eipsim.report.sources import RUN, STORE, Source
from eipsim.report.words import Words

OF_PROVINCE = (
    "parks_operating", "parks_converted", "parks_certified", "firms", "recp_firm_share", "exchanges_operating", "co2_t",
    "co2_avoided_t", "firm_investment_usd", "firm_saving_usd", "jobs",
)  # fmt: skip
YEARS = (2015, 2024, 2030, 2040, 2050)
MAPS = {"provinces.csv": "province-map-2024", "provinces_2025.csv": "province-map-2025"}
COLUMNS = {"provinces.csv": "province", "provinces_2025.csv": "province_2025"}  # of the table of parks
MOST_PARKS = 40


def section(source: Source, words: Words, name: str) -> Section:
    """A province on both maps: of a run over the years, of a comparison in the last year of every scenario."""
    world = world_behind(source)
    called = {} if world is None else maps_of(world, name)
    own = next(iter(called.values()), name)
    title = words.say("province-title", province=own)
    if source.kind == STORE or world is None:
        return Section("province", title, [Prose(words.say("province-needs-run")), how_to_run(source)])
    blocks = _over_years(source, words, called) if source.kind == RUN else _by_scenario(source, words, called)
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
        blocks.append(
            Table(certified_of(words, name, found.loc[years[-1]], years[-1]), head, cells, range(1, len(head)))
        )
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


def parks_table(words: Words, parks: pd.DataFrame, most: int = MOST_PARKS) -> Table:
    rows = parks.sort_values("firms", ascending=False, kind="stable").head(most)
    cells: list[list[str | Link]] = [
        [Link(str(row.name_), f"park/{row.park_id}"), str(row.park_id), words.say(f"of-state-{row.state}"),
         words.count(row.firms), words.number(row.score)]
        for row in rows.rename(columns={"name": "name_"}).itertuples()
    ]  # fmt: skip
    head = [words.say(f"head-{name}") for name in ("park", "id", "state", "firms", "score")]
    year, some = str(int(parks["year"].iloc[0])), len(parks) > most
    given = {"n": len(parks), "year": year} | ({"most": most} if some else {})
    return Table(words.say("province-parks-some" if some else "province-parks", **given), head, cells, (3, 4))
