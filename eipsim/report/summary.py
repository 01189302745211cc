"""The first page: what came out, in sentences, each number with what is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from eipsim.report.blocks import Block, Points, Prose, Section
from eipsim.report.sources import RUN, Source
from eipsim.report.words import Told, Words, in_all, of_pairs, of_runs, unit_in_all

# What is told first of every source, as far as it has it.
KEY = (
    "parks_certified", "parks_converted", "recp_firm_share", "co2_avoided_t", "co2_total_t", "public_spending_usd",
    "firm_investment_usd", "firm_saving_usd",
)  # fmt: skip
HEADLINES = ("co2_avoided_t", "parks_certified", "recp_firm_share")
MOST_OTHERS = 6  # outcomes that are told of a store that has none of these


def key_outcomes(source: Source) -> list[str]:
    """The outcomes that are told: those of KEY, else the first that there are."""
    known = [name for name in KEY if name in source.stored() and source.values(name) is not None]
    return known or [name for name in source.stored() if source.values(name) is not None][:MOST_OTHERS]


def section(source: Source, words: Words) -> Section:
    names, blocks = key_outcomes(source), list[Block]()
    if not names:
        return Section("summary", words.say("summary-title"), [Prose(words.say("summary-nothing"))])
    first = source.baseline or source.scenarios[0]
    blocks.append(Prose(words.say(f"summary-{source.kind}", n=source.n_runs, scenario=words.scenario(first),
                                  others=len(source.others), folder=source.name)))  # fmt: skip
    blocks.append(Points([level(source, words, first, name) for name in names]))
    for other in source.others:
        blocks.append(Prose(words.say("summary-against", scenario=words.scenario(other), baseline=words.inside(first))))
        blocks.append(Points(list(differences(source, words, other, names))))
    return Section("summary", words.say("summary-title"), blocks)


def level(source: Source, words: Words, scenario: str, outcome: str) -> str:
    """What an outcome comes to in a scenario: of a flow in all years, of everything else in the last."""
    told, unit = level_of(source, scenario, outcome), unit_in_all(source.unit(outcome))
    return words.say(
        "summary-level", outcome=words.outcome(outcome), value=words.quantity(told.value, unit),
        when=words.when(source.unit(outcome), source.years), spread=words.spread(told, unit),
    )  # fmt: skip


def level_of(source: Source, scenario: str, outcome: str) -> Told:
    return of_runs(in_all(runs_of(source, scenario, outcome), source.unit(outcome)))


def differences(source: Source, words: Words, other: str, outcomes: Sequence[str]) -> Iterator[str]:
    """What a scenario changes, outcome by outcome; those that it leaves as they are in one sentence at the end."""
    same = []
    for outcome in outcomes:
        told, unit = difference(source, other, outcome), unit_in_all(source.unit(outcome))
        if told.value == told.low == told.high == 0.0 or not np.isfinite(told.value):
            same.append(words.outcome(outcome))
            continue
        given = {
            "outcome": words.outcome(outcome), "difference": words.signed(told.value, unit),
            "when": words.when(source.unit(outcome), source.years), "spread": words.spread_of_difference(told, unit),
        }  # fmt: skip
        yield words.say("summary-unclear" if told.holds_zero else "summary-difference", **given)
    if same:
        yield words.say("summary-same", outcomes="; ".join(same))


def difference(source: Source, other: str, outcome: str) -> Told:
    """What a scenario makes of an outcome beyond the baseline's."""
    unit, base = source.unit(outcome), source.baseline or source.scenarios[0]
    gaps = (in_all(runs_of(source, name, outcome), unit) for name in (other, base))
    return of_pairs(source.kind, *gaps)


def runs_of(source: Source, scenario: str, outcome: str) -> np.ndarray:
    """[runs, years] of an outcome that the source has."""
    found = source.values(outcome) or {}
    return found[scenario]


def headline(source: Source, words: Words) -> str:
    """The title of the report: what is found, of the first outcome of HEADLINES that there is."""
    outcome = next((name for name in HEADLINES if name in key_outcomes(source)), None)
    if outcome is None:
        return words.say("title-plain", name=words.scenario(source.scenarios[0]))
    if source.kind == RUN or not source.others:
        return _headline_of_one(source, words, outcome)
    return finding(source, words, outcome)


def _headline_of_one(source: Source, words: Words, outcome: str) -> str:
    told, unit = level_of(source, source.scenarios[0], outcome), unit_in_all(source.unit(outcome))
    return words.say(
        "title-level", scenario=words.scenario(source.scenarios[0]), outcome=words.outcome(outcome),
        value=words.quantity(told.value, unit), when=words.when(source.unit(outcome), source.years),
    )  # fmt: skip


def finding(source: Source, words: Words, outcome: str) -> str:
    """The largest difference from the baseline in one sentence, or that there is none that is clear."""
    first, unit = source.baseline or source.scenarios[0], source.unit(outcome)
    given = {"outcome": words.outcome(outcome), "when": words.when(unit, source.years)}
    gaps = {name: difference(source, name, outcome) for name in source.others}
    clear = {name: gap for name, gap in gaps.items() if np.isfinite(gap.value) and not gap.holds_zero}
    if not clear:
        return words.say("finding-none-differs", baseline=words.inside(first), n=len(gaps), **given)
    far = max(clear, key=lambda name: abs(clear[name].value))
    base = level_of(source, first, outcome).value
    change = words.change(base + clear[far].value, base, unit_in_all(unit), words.inside(first))
    return words.say("finding-differs", change=change, scenario=words.inside(far), n=len(gaps), **given)
