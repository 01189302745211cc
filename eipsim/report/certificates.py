"""Why parks are not certified: which criteria fail, and which of them alone, in the last year of a run."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eipsim.figures.panels import Bar, bars
from eipsim.figures.style import as_svg
from eipsim.report.blocks import Block, Command, Picture, Prose, Section, Table
from eipsim.report.sources import RUN, Source
from eipsim.report.words import Words
from eipsim.runs.tables import STATES

NUMBERS = (1, 2, 3)
YES_NO, SHARE = "yes/no", "share"


def section(source: Source, words: Words) -> Section:
    title = words.say("certificates-title")
    criteria = source.table("criteria.csv") if source.kind == RUN else None
    if criteria is None:
        scenario = (source.others or source.scenarios)[0]
        command = Command(f"eipsim run {scenario} --out run")
        return Section("certificates", title, [Prose(words.say("certificates-need-run")), command])
    blocks: list[Block] = []
    parks = source.table("parks.parquet")
    if parks is not None:
        blocks.append(Prose(states_in_words(words, parks[parks["year"] == parks["year"].max()])))
    if criteria.empty:
        return Section("certificates", title, [*blocks, Prose(words.say("certificates-no-decree"))])
    last = criteria[criteria["year"] == criteria["year"].max()]
    return Section("certificates", title, [*blocks, *binding(words, last)])


def states_in_words(words: Words, parks: pd.DataFrame) -> str:
    """How far parks have come, each counted in the furthest state that it has reached."""
    counts = parks["state"].astype(str).value_counts()
    told = [words.say(f"state-{state}", n=int(counts[state])) for state in reversed(STATES) if counts.get(state, 0)]
    return words.say(
        "certificates-states", year=str(int(parks["year"].iloc[0])), parks=len(parks), states="; ".join(told)
    )


def binding(words: Words, last: pd.DataFrame) -> list[Block]:
    """The criteria of the decree in force as bars and as a table, the one that most parks fail first."""
    rows = last.sort_values(["failing", "failing_alone"], ascending=False, kind="stable")
    year, parks = str(int(rows["year"].iloc[0])), int(rows["parks"].iloc[0])
    per, legend = (
        100.0 / max(parks, 1),
        {"light": words.say("legend-failing"), "dark": words.say("legend-failing-alone")},
    )
    drawn = [
        Bar(criterion(words, row), {"light": per * row["failing"], "dark": per * row["failing_alone"]},
            told=f"{words.count(row['failing'])} / {words.count(row['failing_alone'])}")
        for _, row in rows.iterrows()
    ]  # fmt: skip
    svg = as_svg(bars(drawn, words.say("certificates-axis", parks=parks), words.language.number, legend))
    head = [words.say(f"head-{name}") for name in ("criterion", "failing", "failing-alone", "shortfall-median")]
    cells = [[criterion(words, row), words.count(row["failing"]), words.count(row["failing_alone"]), shortfall(words, row)]
             for _, row in rows.iterrows()]  # fmt: skip
    decree = words.say("certificates-caption", decree=str(rows["decree"].iloc[0]), year=year)
    table = Table(words.say("certificates-table"), head, cells, NUMBERS, words.say("certificates-note"))
    return [Picture(finding(words, rows, year, parks), svg, decree), table]


def finding(words: Words, rows: pd.DataFrame, year: str, parks: int) -> str:
    """What most parks fail, and what stands most often alone between a park and its certificate."""
    most, alone = rows.iloc[0], rows.loc[rows["failing_alone"].idxmax()]
    if parks == 0 or most["failing"] == 0:
        return words.say("certificates-finding-none", year=year)
    n, name = int(most["failing"]), criterion(words, most)
    told = [words.say("certificates-finding", year=year, n=n, parks=parks, criterion=name)]
    if n := int(alone["failing_alone"]):
        told.append(words.say("certificates-finding-alone", n=n, criterion=criterion(words, alone)))
    return " ".join(told)


def criterion(words: Words, row: pd.Series) -> str:
    return words.named("criterion", str(row["criterion"]))


def shortfall(words: Words, row: pd.Series) -> str:
    """By how much the median park that fails a criterion fails it."""
    value = float(row["shortfall"]) if pd.notna(row["shortfall"]) else np.nan
    unit = str(row["unit"])
    return words.quantity(value, "" if unit == YES_NO else unit)
