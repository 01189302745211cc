"""What if: levers are moved and the run follows, the baseline beside it; how sure the difference is, from pairs of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import solara

from eipsim.dashboard.address import Address, Ask, Moved, moved_lever
from eipsim.dashboard.charts import Line, lines
from eipsim.dashboard.choosing import Chooser
from eipsim.dashboard.computing import Computed, Stop, case_of, outcomes_at_hand, outcomes_of, run_at_hand, use_computed
from eipsim.dashboard.levers import out_of_range, shown_levers
from eipsim.dashboard.opening import opened
from eipsim.dashboard.pages import Go, label_of, look_of
from eipsim.dashboard.scenario_file import file_of, name_of
from eipsim.dashboard.widgets import Card, Figure, Html, Notice, Status, Table, Tiles, escaped, told
from eipsim.errors import InputError
from eipsim.outcomes.registry import OUTCOMES
from eipsim.report.reruns import world_of
from eipsim.report.sources import COMPARISON
from eipsim.report.summary import KEY
from eipsim.report.words import Told, Words, in_all, of_pairs, unit_in_all
from eipsim.runs.simulation import Run
from eipsim.scenarios.checking import questions_about

PAIRS = 6  # pairs of runs, of which the first is shown at once
TILES = ("parks_certified", "recp_firm_share", "co2_avoided_t", "public_spending_usd")


@dataclass(frozen=True, eq=False)
class Pairs:
    """Outcomes of the runs of a what-if and of the baseline, with the same draws, replicate by replicate."""

    mine: list[pd.DataFrame]
    base: list[pd.DataFrame]

    @property
    def years(self) -> list[int]:
        return [int(year) for year in self.mine[0].index]

    def values(self, outcome: str) -> tuple[np.ndarray, np.ndarray]:
        """[runs, years] of both."""
        return tuple(np.array([run[outcome].to_numpy(float) for run in runs]) for runs in (self.mine, self.base))  # type: ignore[return-value]

    def difference(self, outcome: str) -> Told:
        """What the what-if adds, with its 95 % interval: of flows in all years, of everything else in the last."""
        mine, base = (in_all(values, OUTCOMES[outcome].unit) for values in self.values(outcome))
        return of_pairs(COMPARISON, mine, base)


def pairs_of(ask: Ask, base: Ask, stop: Stop) -> Iterator[Pairs]:
    """Pairs of runs, one more each time."""
    mine, others = [], []
    for replicate in range(PAIRS if ask != base else 1):
        others.append(outcomes_of(base, stop, replicate))
        mine.append(outcomes_of(ask, stop, replicate))
        yield Pairs(list(mine), list(others))


@solara.component
def WhatIf(address: Address, words: Words, go: Go):
    """Levers at the left, what comes of them at the right."""
    base = replace(address.other, scenario=address.beside)
    at_hand = [outcomes_at_hand(ask) for ask in (address.ask, base)]
    known = None if any(one is None for one in at_hand) else Pairs([at_hand[0]], [at_hand[1]])  # type: ignore[list-item]
    computed = use_computed(lambda stop: pairs_of(address.ask, base, stop), (address.ask, base), known)
    Chooser(address, words, ("scenario", "beside", "world", "rule", "seed", "outcome"), go)
    with solara.Div(classes=["e-split"]):
        with solara.Div(classes=["e-second"]):
            LeverPanel(address, words, go)
        with solara.Div():
            Status(words, computed.busy and computed.of != (address.ask, base), computed.error)
            with solara.Div():
                if computed.value is not None:
                    Answer(computed, address, words)
            Save(address.ask, words)


@solara.component
def LeverPanel(address: Address, words: Words, go: Go):
    """The levers. What is typed out of range is told beside its lever, and changes nothing."""
    typed, set_typed = solara.use_state(dict[str, str]())
    try:
        scenario = opened().scenario(address.ask.scenario)
    except InputError as error:
        Notice(words, [told(one, words) for one in error.mistakes])
        return

    def moved(of: dict[str, str]) -> None:
        read = moved_lever(of["name"], f"{of['value']}@{of['year']}")
        if not isinstance(read, Moved):
            set_typed({**typed, of["name"]: out_of_range(of["name"], of["value"], words)})
            return
        cleared(of["name"], address.ask.with_lever(read))

    def cleared(name: str, ask: Ask | None = None) -> None:
        set_typed({other: told for other, told in typed.items() if other != name})
        go(replace(address, ask=ask or address.ask.without_lever(name)).written(opened()))

    groups = shown_levers(address.ask, scenario, typed, words)
    say = {"from": words.say("dash-from"), "back": words.say("dash-back")}
    with Card(words.say("dash-levers"), words.say("dash-levers-note")):
        _Levers(groups=groups, say=say, event_moved=moved, event_cleared=lambda name: cleared(name))


@solara.component_vue("levers.vue", vuetify=False)
def _Levers(groups: list, say: dict, event_moved: Callable[[dict], None], event_cleared: Callable[[str], None]):
    """Sliders and fields."""


# ---- what comes of it --------------------------------------------------------------------------------------------------------


@solara.component
def Answer(computed: Computed[Pairs], address: Address, words: Words):
    """The difference in a sentence, how sure it is, the numbers, and the way through the years."""
    pairs = computed.value
    assert pairs is not None
    ask, base = computed.of
    mine, other, alone = label_of(ask, words), label_of(base, words), ask == base
    with Card(classes="e-answer"):
        Html(escaped(sentence(pairs, address.outcome, mine, other, words, alone)), tag="p", classes="e-finding")
        if not alone:
            told, unit = pairs.difference(address.outcome), unit_in_all(OUTCOMES[address.outcome].unit)
            more = words.say("dash-more-pairs", n=len(pairs.mine), all=PAIRS) if computed.busy else ""
            Html(f'<p role="status">{escaped(f"{words.spread_of_difference(told, unit)} {more}")}</p>', classes="e-sub")
    run = run_at_hand(ask)
    questions = questions_of(ask, run, words) if run else []
    with solara.Div():
        if questions:
            Notice(words, questions, words.say("dash-questions"))
    Tiles([tile(pairs, name, other, words, alone) for name in TILES])
    unit = OUTCOMES[address.outcome].unit
    series = series_of(pairs, address.outcome, {ask: mine, base: other})
    years = pairs.years
    Figure(words.outcome(address.outcome), lines(words, years, series, unit), words.say("dash-what-if-caption"))
    if not alone:
        head = [words.say(f"dash-head-{name}") for name in ("outcome", "mine", "base", "difference", "spread")]
        Table(words.say("dash-differences"), head, [row(pairs, name, words) for name in KEY], right=(1, 2, 3))


def questions_of(ask: Ask, run: Run, words: Words) -> list[str]:
    """What a run tells is worth a question, in the language of the page: what the scenario is asked, and its world's tables."""
    asked = run.provenance.get("questions", [])
    world = world_of(run.provenance) if asked else None
    known = {str(one): one for one in questions_about(case_of(ask), world)} if world else {}
    return [told(known.get(text, text), words, "told-question") for text in asked]


def sentence(pairs: Pairs, outcome: str, mine: str, base: str, words: Words, alone: bool) -> str:
    """What the what-if changes, as reports say it: an effect only where its interval does not hold zero."""
    unit, years = OUTCOMES[outcome].unit, pairs.years
    values, others = pairs.values(outcome)
    if alone:
        return words.finding_of_way(outcome, unit, (values[0][0], values[0][-1]), years)
    told = pairs.difference(outcome)
    given = {"outcome": words.outcome(outcome), "when": words.when(unit, years), "n": 1}
    if told.value == 0.0 or (np.isfinite(told.low) and told.holds_zero):
        return words.say("finding-none-differs", baseline=base, **given)
    level = float(in_all(others, unit).mean())
    change = words.change(level + told.value, level, unit_in_all(unit), base)
    return words.say("finding-differs", change=change, scenario=mine, **given)


def tile(pairs: Pairs, outcome: str, base: str, words: Words, alone: bool) -> tuple[str, str, str]:
    """An outcome in the last year of the first run, and what the baseline has."""
    unit, last = OUTCOMES[outcome].unit, pairs.years[-1]
    mine, other = (float(values[0][-1]) for values in pairs.values(outcome))
    name = f"{words.outcome(outcome)} {words.say('in-year', year=str(last))}"
    beside = "" if alone else words.say("dash-beside", name=base, value=words.quantity(other, unit))
    return name, words.quantity(mine, unit), beside


def series_of(pairs: Pairs, outcome: str, labels: dict[Ask, str]) -> list[Line]:
    """Both ways through the years; bands from the lowest to the highest of several runs."""
    values = pairs.values(outcome)
    return [Line(look_of(ask), label, runs[0], band(runs)) for (ask, label), runs in zip(labels.items(), values)]


def band(runs: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    return None if len(runs) < 3 else (runs.min(axis=0), runs.max(axis=0))


def row(pairs: Pairs, outcome: str, words: Words) -> list[str]:
    """A row of the table of differences."""
    unit = OUTCOMES[outcome].unit
    mine, base = (float(in_all(values, unit).mean()) for values in pairs.values(outcome))
    told, whole = pairs.difference(outcome), unit_in_all(unit)
    name = f"{words.outcome(outcome)}, {words.when(unit, pairs.years)}"
    return [name, words.quantity(mine, whole), words.quantity(base, whole), words.signed(told.value, whole),
            words.spread_of_difference(told, whole)]  # fmt: skip


@solara.component
def Save(ask: Ask, words: Words):
    """The what-if as a scenario file, for the browser to save: the dashboard itself writes nothing."""
    title = label_of(ask, words)
    with Card(words.say("dash-save-title"), words.say("dash-save-note")):
        solara.FileDownload(
            file_of(ask, title), filename=f"{name_of(title)}.yaml", label=words.say("dash-save"), mime_type="text/yaml"
        )
