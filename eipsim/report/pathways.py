"""Ways through the years, and how far they come towards what laws and plans ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eipsim.core.numbers import scale_of
from eipsim.figures.panels import MOST_FANS, Mark, Way, ways
from eipsim.figures.style import as_svg
from eipsim.report.blocks import Block, Heading, Picture, Prose, Section, Table
from eipsim.report.sources import RUN, Source
from eipsim.report.summary import finding, key_outcomes, runs_of
from eipsim.report.words import Words, of_runs
from eipsim.runs.targets import Reached, reached
from eipsim.scenarios.entries import Target

DRAWN = (
    "parks_certified", "provinces_committed_share", "recp_firm_share", "co2_total_t", "co2_avoided_t", "public_spending_usd",
)  # fmt: skip
MOST_WAYS = 6  # scenarios in a picture, so that lines can be told apart
PERCENT = 100.0


class Aim(NamedTuple):
    """How the runs of a scenario stand to a target: `reached` of every run that can tell."""

    scenario: str
    target: Target
    reached: list[Reached]


def section(source: Source, words: Words) -> Section:
    blocks: list[Block] = []
    aims = aims_of(source)
    outcomes = [name for name in DRAWN if source.values(name) is not None] or key_outcomes(source)
    if outcomes and len(source.years) > 1:
        blocks += [picture(source, words, outcome, aims) for outcome in outcomes]
    else:
        blocks.append(Prose(words.say("pathways-nothing")))
    if len(source.scenarios) > MOST_WAYS and blocks:
        blocks.append(Prose(words.say("pathways-some", n=MOST_WAYS)))
    blocks += [Heading(words.say("targets-title")), *targets(source, words, aims)]
    return Section("pathways", words.say("pathways-title"), blocks)


def picture(source: Source, words: Words, outcome: str, aims: list[Aim]) -> Picture:
    """The way of an outcome in every scenario, with what is aimed at where that is a level of it."""
    unit, years = source.unit(outcome), source.years
    shown = shown_scenarios(source, outcome)
    runs = {name: runs_of(source, name, outcome) for name in shown}
    runs = {name: values[np.isfinite(values).all(axis=1)] for name, values in runs.items()}
    runs = {name: values for name, values in runs.items() if len(values)}
    middles = {name: np.median(values, axis=0) for name, values in runs.items()}
    scale = scale_of(max((float(np.abs(values).max()) for values in runs.values()), default=0.0), unit)
    series = [
        Way(f"{words.scenario(name)}\n{words.quantity(float(middles[name][-1]), unit)}", values / scale.size)
        for name, values in runs.items()
    ]
    marks = [Mark(words.named("aim", mark.label, mark.label), mark.year, mark.level / scale.size)
             for mark in marks_of(source, outcome, aims)]  # fmt: skip
    first = next(iter(middles))
    title = finding(source, words, outcome) if source.others else words.finding_of_way(
        outcome, unit, (float(middles[first][0]), float(middles[first][-1])), years
    )  # fmt: skip
    axis = words.language.scaled(scale, unit)
    svg = as_svg(ways(years, series, axis, words.language.number, marks))
    n = max(len(values) for values in runs.values())
    caption = [words.say("pathways-caption" if n > 1 else "pathways-caption-one", n=n, year=str(years[-1]))]
    caption += [words.say("pathways-some-bands")] if n > 1 and len(series) > MOST_FANS else []
    caption += [words.say("pathways-marks")] if marks else []
    return Picture(title, svg, " ".join(caption))


def shown_scenarios(source: Source, outcome: str) -> list[str]:
    """The scenarios of a picture: all, or the baseline and those that end farthest from it."""
    names = list(source.scenarios)
    if len(names) <= MOST_WAYS:
        return names
    ends = {name: float(np.nanmedian(runs_of(source, name, outcome)[:, -1])) for name in names}
    far = sorted(names[1:], key=lambda name: -abs(ends[name] - ends[names[0]]))[: MOST_WAYS - 1]
    return [name for name in names if name == names[0] or name in far]


# ---- targets -----------------------------------------------------------------------------------------------------------


def aims_of(source: Source) -> list[Aim]:
    """Every target of every scenario, held against all runs."""
    return [
        Aim(scenario, target, list(_reached(source, scenario, name, target)))
        for scenario in source.scenarios
        for name, target in source.targets(scenario).items()
    ]


def _reached(source: Source, scenario: str, name: str, target: Target) -> Iterator[Reached]:
    """The target in every run that has what it asks for."""
    needed = [outcome for outcome in (target.outcome, target.per) if outcome]
    columns = {outcome: source.values(outcome) for outcome in needed}
    if any(values is None or scenario not in values for values in columns.values()):
        yield from reached({name: target}, pd.DataFrame(index=pd.Index([], dtype=int)))
        return
    arrays: Mapping[str, np.ndarray] = {outcome: values[scenario] for outcome, values in columns.items() if values}
    for run in range(len(arrays[target.outcome])):
        frame = pd.DataFrame({outcome: values[run] for outcome, values in arrays.items()}, index=list(source.years))
        if not frame.isna().any(axis=None):
            yield from reached({name: target}, frame)


def targets(source: Source, words: Words, aims: list[Aim]) -> list[Block]:
    """A table of targets: what is asked, what the runs reach, and how many meet it."""
    if not aims:
        kept = [Reached(**one) for one in source.manifest.get("targets", [])] if source.kind == RUN else []
        if not kept:
            return [Prose(words.say("targets-none"))]
        rows = [target_row(words, source.scenarios[0], [one]) for one in kept]
        sources = {one.target: one.source for one in kept}
    else:
        rows = [target_row(words, aim.scenario, aim.reached) for aim in aims if aim.reached]
        sources = {aim.reached[0].target: aim.target.source for aim in aims if aim.reached}
    if not rows:
        return [Prose(words.say("targets-none"))]
    met = sum(1 for row in rows if row[-1] == words.say("target-met-all"))
    head = [words.say(f"head-{name}") for name in ("scenario", "target", "year", "asked", "reached", "verdict")]
    if len(source.scenarios) == 1:
        head, rows = head[1:], [row[1:] for row in rows]
    told = ((words.named("aim", name), words.named("aim-source", name, said)) for name, said in sources.items())
    note = " · ".join(f"{name}: {said}" for name, said in told)
    return [Table(words.say("targets-finding", met=met, n=len(rows)), head, rows, note=note)]


def target_row(words: Words, scenario: str, found: list[Reached]) -> list[str]:
    """Scenario, target, year, what is asked for, what runs reach, in how many it is met."""
    one, known = found[0], [each for each in found if each.value is not None]
    asked = words.say("target-at-least" if one.at_least else "target-at-most", level=amount(words, one.level, one.unit))
    if not known:
        came, verdict = words.say("target-cannot-tell"), words.say("target-unknown")
    else:
        told = of_runs(np.array([float(each.value or 0.0) for each in known]))
        came = amount(words, told.value, one.unit)
        if told.n > 1 and told.high > told.low:
            came += f" ({words.say('from-to', low=words.number(told.low), high=words.number(told.high))})"
        verdict = verdict_of(words, sum(bool(each.is_met) for each in known), len(known))
    return [words.scenario(scenario), words.named("aim", one.target, one.target), str(one.year), asked, came, verdict]


def verdict_of(words: Words, met: int, n: int) -> str:
    if met == n:
        return words.say("target-met-all")
    return words.say("target-met-none") if met == 0 else words.say("target-met-some", met=met, n=n)


def amount(words: Words, value: float, unit: str) -> str:
    """Shares of targets come in per cent already."""
    return f"{words.number(value)} %" if unit == "%" else words.quantity(value, unit)


def marks_of(source: Source, outcome: str, aims: list[Aim]) -> list[Mark]:
    """Targets that are a level of the outcome itself, in its unit; of those of a year of the past, of the first scenario's."""
    marks: dict[tuple[str, int], Mark] = {}
    for aim in aims:
        target: Any = aim.target
        in_years = target.year in source.years and (target.of_year is None or target.of_year in source.years)
        if (
            target.outcome != outcome
            or target.per is not None
            or target.since is not None
            or not in_years
            or not aim.reached
        ):
            continue
        level = target.level
        if target.of_year is not None:
            runs = runs_of(source, aim.scenario, outcome)[:, list(source.years).index(target.of_year)]
            level *= float(np.nanmedian(runs))
        name = aim.reached[0].target
        marks.setdefault((name, target.year), Mark(name, target.year, level))
    return list(marks.values())
