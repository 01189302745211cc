"""Which uncertain inputs decide what comes out, from a store whose design allows to tell."""

from __future__ import annotations

import math

import pandas as pd

from eipsim.analysis.sensitivity.indices import AS_DUMMY, CONSTANT, NOTHING, Sensitivity, sensitivity
from eipsim.errors import InputError
from eipsim.figures import Chart
from eipsim.figures.panels import Bar, bars
from eipsim.figures.style import as_svg
from eipsim.outcomes.nodes import PER_YEAR
from eipsim.report.blocks import Block, Command, Picture, Prose, Section, Table
from eipsim.report.sources import Source, StoreSource
from eipsim.report.summary import key_outcomes
from eipsim.report.words import Words

SHOWN = 10  # factors of a picture
MOST = 3  # outcomes
NOTES = {CONSTANT: "note-constant", NOTHING: "note-nothing", AS_DUMMY: "note-dummy"}
SHARES = ("S1", "ST")


def section(source: Source, words: Words) -> Section:
    title = words.say("sensitivity-title")
    if not isinstance(source, StoreSource):
        return Section("sensitivity", title, [Prose(words.say("sensitivity-needs-store"))])
    blocks: list[Block] = []
    for outcome in key_outcomes(source)[:MOST]:
        expression = f"sum({outcome})" if source.unit(outcome).endswith(PER_YEAR) else f"{outcome} @{source.years[-1]}"
        try:
            found = sensitivity(source.study, expression, scenarios=policy_of(source))
        except InputError:
            break  # what the design does not allow for one outcome, it allows for none
        blocks += _told(found, words, outcome, policy_of(source))
    if not blocks:
        command = Command(
            f"eipsim sensitivity STORE --outcome '{(key_outcomes(source) or ['OUTCOME'])[0]} @{source.years[-1]}'"
        )
        return Section("sensitivity", title, [Prose(words.say("sensitivity-not-allowed")), command])
    return Section("sensitivity", title, [*blocks, Prose(words.say("sensitivity-limits"))])


def _told(found: Sensitivity, words: Words, outcome: str, scenario: str) -> list[Block]:
    """One outcome: the factors by their index, the largest first, with intervals."""
    rows = found.ranked(*map(str, found.table[["scenario", "outcome"]].iloc[0]))
    rows = rows[(rows["kind"] == "factor") | (rows["kind"] == "group")]
    clear = (rows["note"] == "") & (rows["low"] > 0.0)
    name = words.outcome(outcome)
    if rows.empty or not clear.iloc[0]:  # what may be the largest cannot be told from nothing
        return [Prose(words.say("sensitivity-none", outcome=name))]
    title = words.say(
        "sensitivity-finding", factor=str(rows.iloc[0]["factor"]), outcome=name, scenario=words.inside(scenario)
    )
    index = words.say("index-share" if found.main in SHARES else "index-other", index=found.main)
    shown = rows.assign(clear=clear)[rows["estimate"].notna()].head(SHOWN)
    picture = Picture(title, as_svg(_drawn(words, shown, index)), _caption(words, found.noise.iloc[0]))
    head = [words.say("head-factor"), index, words.say("head-interval"), words.say("head-note")]
    cells = [[str(row.factor), words.number(float(row.estimate), 2), _ends(words, row), _note(words, row.note)]
             for row in shown.itertuples()]  # fmt: skip
    return [picture, Table(words.say("sensitivity-table", outcome=name), head, cells, (1, 2))]


def _drawn(words: Words, shown: pd.DataFrame, index: str) -> Chart:
    """A bar a factor, blue where its index can be told from nothing."""
    rows = [
        Bar(str(row.factor), {"main" if row.clear else "faint": float(row.estimate)}, float(row.low), float(row.high),
            words.number(float(row.estimate), 2))
        for row in shown.itertuples()
    ]  # fmt: skip
    legend = {"main": words.say("legend-matters"), "faint": words.say("legend-not-told")}
    if shown["clear"].all():
        del legend["faint"]
    return bars(rows, index, words.language.number, legend)


def _caption(words: Words, noise: pd.Series) -> str:
    """How many points there are, and what luck makes of a run."""
    luck = float(noise["noise_share"])
    told = (
        words.say("sensitivity-luck", share=words.percent(luck))
        if math.isfinite(luck)
        else words.say("sensitivity-no-luck")
    )
    return f"{words.say('sensitivity-caption', n=int(noise['rows']))} {told}"


def _note(words: Words, note: str) -> str:
    return words.say(NOTES[note]) if note in NOTES else ""


def _ends(words: Words, row: object) -> str:
    low, high = float(getattr(row, "low")), float(getattr(row, "high"))  # noqa: B009
    if not (math.isfinite(low) and math.isfinite(high)):
        return "–"
    return words.say("from-to", low=words.number(low, 2), high=words.number(high, 2))


def policy_of(source: Source) -> str:
    """The scenario that is looked at: the first that is held against the baseline, else the only one."""
    return (source.others or source.scenarios)[0]
