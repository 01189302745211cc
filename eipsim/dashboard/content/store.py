"""A store's page: fans, which inputs decide, which policy is best, and under which inputs a policy fails."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd

from eipsim.analysis.choice.rank_tables import Ranking
from eipsim.analysis.choice.ranking import less_is_better, rank
from eipsim.analysis.discovery.discovery import FEW_CASES, Discovery, discover
from eipsim.analysis.study import Study
from eipsim.core.numbers import NOTHING, significant
from eipsim.errors import InputError
from eipsim.figures.found_boxes import box_limits
from eipsim.figures.panels import Bar, bars
from eipsim.figures.ranks import rank_map
from eipsim.figures.style import as_svg
from eipsim.outcomes.expressions import parse_expression
from eipsim.outcomes.nodes import PER_YEAR
from eipsim.report import influences, pathways, summary
from eipsim.report.blocks import Block, Command, Fold, Picture, Prose, Section, Table
from eipsim.report.influences import policy_of
from eipsim.report.sources import STORE, StoreSource
from eipsim.report.words import Words, unit_in_all

MOST_RANKED = 3  # outcomes
KEPT = 8  # analyses, which both languages tell
WORST = 0.25  # of the runs of a policy: those in which it is said to fail
WITH_FACTORS = "factors:\n  behaviour.peer_weight:\n  measures.realisation:\nsampler: {method: sobol, n: 64}"
PERCENT = 100.0
FAINT, MAIN = "faint", "main"


def source_of_store(study: Study) -> StoreSource:
    return StoreSource(STORE, study.store.folder, {})


def store_title(study: Study, words: Words) -> str:
    return words.say("page-store", title=str(study.design.title or study.store.folder.name))


def store_sections(study: Study, words: Words) -> list[Section]:
    """Everything that a store allows to say; what it does not, in a sentence that names the design that would."""
    return [section() for section in store_parts(study, words)]


def store_parts(study: Study, words: Words) -> list[Callable[[], Section]]:
    """The sections one by one, so that the quick ones are there before the slow."""
    source = source_of_store(study)
    return [
        lambda: summary.section(source, words), lambda: pathways.section(source, words),
        lambda: what_decides(source, words), lambda: ranks(source, words), lambda: failing(source, words),
    ]  # fmt: skip


def in_all(source: StoreSource, outcome: str) -> str:
    """The expression of an outcome: of a flow the sum of all years, of everything else the last year."""
    return f"sum({outcome})" if source.unit(outcome).endswith(PER_YEAR) else f"{outcome} @{source.years[-1]}"


def what_decides(source: StoreSource, words: Words) -> Section:
    """The inputs by their indices, as the report has them."""
    found = influences.section(source, words)
    if any(isinstance(block, Picture) for block in found.blocks):
        return found
    return Section(
        found.name, found.title, [*found.blocks, Prose(words.say("store-needs-factors")), Command(WITH_FACTORS)]
    )


def told_first(source: StoreSource) -> list[str]:
    """The outcomes that reports tell, those of headlines first."""
    names = summary.key_outcomes(source)
    return [
        *(name for name in summary.HEADLINES if name in names),
        *(name for name in names if name not in summary.HEADLINES),
    ]


@lru_cache(maxsize=KEPT)
def _ranked(source: StoreSource, value: str) -> Ranking:
    return rank(source.study, value)


@lru_cache(maxsize=KEPT)
def _discovered(source: StoreSource, where: str, scenario: str) -> Discovery:
    return discover(source.study, where, scenarios=scenario)


# ---- ranks -------------------------------------------------------------------------------------------------------------


def ranks(source: StoreSource, words: Words) -> Section:
    """Which scenario is best, outcome by outcome, and how sure that is."""
    title = words.say("page-ranks")
    if len(source.scenarios) < 2:
        command = Command("scenarios: [baseline, carbon-price, technical-assistance]\nbaseline: baseline")
        return Section("ranks", title, [Prose(words.say("store-needs-scenarios")), command])
    blocks: list[Block] = []
    for outcome in told_first(source)[:MOST_RANKED]:
        try:
            found = _ranked(source, in_all(source, outcome))
        except InputError:
            continue  # what follows says that none could be ranked, and the command for one says why
        blocks += ranked(found, words, outcome, source)
    if not blocks:
        name = (summary.key_outcomes(source) or ["OUTCOME"])[0]
        value = in_all(source, name)
        blocks = [Prose(words.say("store-not-ranked")), Command(f'eipsim rank {source.folder} --value "{value}"')]
    return Section("ranks", title, blocks)


def ranked(found: Ranking, words: Words, outcome: str, source: StoreSource) -> list[Block]:
    """A bar a scenario with the share of states in which it is best, and the means as a table."""
    table, unit = found.table(), unit_in_all(source.unit(outcome))
    when = words.when(source.unit(outcome), source.years)
    if (table["rank"] == 1).all():
        return [Prose(words.say("ranks-tie", outcome=words.outcome(outcome), when=when))]
    best = table.iloc[0]
    title = words.say(
        "ranks-finding",
        scenario=words.inside(str(best["scenario"])),
        outcome=words.outcome(outcome),
        when=when,
        best=round(float(best["best_share"]) * found.states.n),
        n=found.states.n,
    )
    drawn = [
        Bar(words.scenario(row.scenario), {MAIN if place == 0 else FAINT: PERCENT * row.best_share},
            PERCENT * row.best_share_low, PERCENT * row.best_share_high, words.percent(row.best_share))
        for place, row in enumerate(table.itertuples())
    ]  # fmt: skip
    svg = as_svg(bars(drawn, words.say("ranks-axis"), words.language.number, {}))
    picture = Picture(title, svg, words.say("ranks-caption", n=found.states.n))
    rows = [
        [words.scenario(row.scenario), str(row.rank), words.quantity(row.mean, unit),
         ends(words, row.mean_low, row.mean_high, unit), words.percent(row.best_share), words.quantity(row.regret, unit)]
        for row in table.itertuples()
    ]  # fmt: skip
    head = [words.say(f"head-{name}") for name in ("scenario", "rank", "mean", "interval", "best-share", "regret")]
    told = Table(
        words.say("ranks-table", outcome=words.outcome(outcome)), head, rows, (1, 2, 3, 4, 5), words.say("ranks-note")
    )
    own = Picture(
        words.say("ranks-map", outcome=words.outcome(outcome)), as_svg(rank_map(found)), words.say("english-figure")
    )
    return [picture, told, Fold(words.say("fold-figure"), [own])]


def ends(words: Words, low: float, high: float, unit: str) -> str:
    """Both ends of an interval in one scale; nothing where there are none."""
    return words.language.range(low, high, unit) if math.isfinite(low) and math.isfinite(high) else NOTHING


# ---- failures ----------------------------------------------------------------------------------------------------------


def failing(source: StoreSource, words: Words) -> Section:
    """The inputs under which the policy is among its own worst runs, where such inputs are found."""
    title, scenario = words.say("page-failing"), policy_of(source)
    names, design = told_first(source), Command(WITH_FACTORS)
    if not names or not len(source.study.rows.columns):
        return Section("failing", title, [Prose(words.say("store-needs-factors")), design])
    for outcome in names:
        where = fails_where(source, scenario, outcome)
        try:
            found = _discovered(source, where, scenario)
        except InputError:
            continue
        blocks = failures(found, words, outcome, scenario)
        if found.of_interest.sum() < FEW_CASES:
            blocks = [Prose(words.say("store-needs-factors")), design]
        return Section(
            "failing", title, [Prose(words.say("failing-means", share=words.percent(WORST), where=where)), *blocks]
        )
    where = fails_where(source, scenario, names[0])
    command = f'eipsim discover {source.folder} --where "{where}" --scenario {scenario}'
    return Section("failing", title, [Prose(words.say("store-not-discovered")), Command(command)])


def fails_where(source: StoreSource, scenario: str, outcome: str) -> str:
    """The condition of the worst quarter of a policy's runs, from the side of which less is worse or better."""
    expression = in_all(source, outcome)
    values = source.study.values(expression)[source.study.scenarios.index(scenario)].ravel()
    values = values[np.isfinite(values)]
    if not values.size:
        return f"{expression} < 0"
    less = less_is_better(parse_expression(expression, years=tuple(source.years)))
    limit = significant(float(np.quantile(values, 1.0 - WORST if less else WORST))).replace(",", "")
    return f"{expression} {'>' if less else '<'} {limit}"


def failures(found: Discovery, words: Words, outcome: str, scenario: str) -> list[Block]:
    """The boxes that are told, with their limits; that none was found, where there is none."""
    given = {"scenario": words.inside(scenario), "outcome": words.outcome(outcome), "n": len(found.rows)}
    if not found.boxes:
        return [Prose(words.say("failing-none", **given))]
    blocks: list[Block] = []
    for number, box in enumerate(found.boxes, 1):
        title = words.say("failing-finding", density=words.percent(box.density), base=words.percent(found.base),
                          coverage=words.percent(box.coverage), **given)  # fmt: skip
        limits = found.limits()
        rows = [limit_row(words, row) for _, row in limits[limits["box"] == number].iterrows()]
        head = [words.say(f"head-{name}") for name in ("factor", "from", "to", "found-again")]
        blocks.append(Table(title, head, rows, (1, 2, 3), words.say("failing-note")))
        own = Picture(title, as_svg(box_limits(found, number)), words.say("english-figure"))
        blocks.append(Fold(words.say("fold-figure"), [own]))
    return blocks


def limit_row(words: Words, row: pd.Series) -> list[str]:
    again = words.percent(float(row["resamples"]))
    if row["labels"]:
        return [str(row["factor"]), str(row["labels"]), NOTHING, again]
    return [str(row["factor"]), words.number(float(row["low"])), words.number(float(row["high"])), again]
