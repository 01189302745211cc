"""The pages of a run, or of two side by side: pathways, map, funnel, money."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pandas as pd
import solara

from eipsim.dashboard.address import Address, Ask
from eipsim.dashboard.charts import Line, lines
from eipsim.dashboard.choosing import Chooser
from eipsim.dashboard.computing import Stop, run_at_hand, run_of, use_computed
from eipsim.dashboard.funnel_page import play_of_funnel
from eipsim.dashboard.map_page import play_of_map
from eipsim.dashboard.money_page import Shown, by_owner, by_payer, by_province, by_size, firms_of
from eipsim.dashboard.opening import opened
from eipsim.dashboard.playing import Play, Player, side_by_side
from eipsim.dashboard.svg import HALF
from eipsim.dashboard.widgets import Card, Figure, Html, Status, escaped
from eipsim.outcomes.registry import OUTCOMES
from eipsim.report.pathways import DRAWN
from eipsim.report.words import Words
from eipsim.runs.simulation import Run

Go = Callable[[str], None]


def label_of(ask: Ask, words: Words) -> str:
    """What a run is called: its scenario, and that levers have been moved."""
    name = words.scenario(ask.scenario)
    return words.say("dash-with-levers", scenario=name, n=len(ask.levers)) if ask.levers else name


def asks_of(address: Address) -> list[Ask]:
    """The runs of a page: the one that is asked for and the one beside it, where that is another."""
    return list(dict.fromkeys([address.ask, address.other]))


def query_of(address: Address) -> str:
    """What follows the path in the links of a page."""
    query = address.written(opened()).partition("?")[2]
    return f"?{query}" if query else ""


@solara.component
def WithRuns(address: Address, words: Words, show: Callable[[dict[Ask, Run]], solara.Element]):
    """What `show` makes of the runs of a page by what was asked, when they are there."""
    asks = asks_of(address)

    def compute(stop: Stop) -> Iterator[list[Run]]:
        yield [run_of(ask, stop) for ask in asks]

    at_hand = [run for ask in asks if (run := run_at_hand(ask)) is not None]
    computed = use_computed(compute, tuple(asks), at_once=at_hand if len(at_hand) == len(asks) else None)
    with solara.Div():
        Status(words, computed.busy and computed.of != tuple(asks), computed.error)
        if computed.value is not None:
            show(dict(zip(computed.of, computed.value)))


# ---- pathways ------------------------------------------------------------------------------------------------------------


@solara.component
def Pathways(address: Address, words: Words, go: Go):
    """Ways of the key outcomes through the years."""
    Chooser(address, words, ("scenario", "beside", "world", "outcome"), go)

    def show(runs: dict[Ask, Run]) -> solara.Element:
        names = dict.fromkeys([address.outcome, *DRAWN])
        with solara.Div(classes=["e-two"]) as shown:
            for name in names:
                title, svg = pathway(runs, name, address, words)
                Figure(title, svg, words.say("dash-pathways-caption", year=str(address.year)))
        return shown

    WithRuns(address, words, show)


def pathway(runs: dict[Ask, Run], outcome: str, address: Address, words: Words) -> tuple[str, str]:
    """The finding and the drawing of an outcome in one run or two."""
    unit, years = OUTCOMES[outcome].unit, next(iter(runs.values())).outcomes.index
    series = [
        Line(look_of(ask), label_of(ask, words), run.outcomes[outcome].to_numpy(float)) for ask, run in runs.items()
    ]
    return finding(series, outcome, unit, years, words), lines(words, years, series, unit, address.year, HALF)


def look_of(ask: Ask) -> str:
    """The name that decides how a run looks: of its scenario, or of what the levers make of it."""
    return f"{ask.scenario} with {len(ask.levers)} levers moved" if ask.levers else ask.scenario


def finding(series: list[Line], outcome: str, unit: str, years: pd.Index, words: Words) -> str:
    """From where to where a way leads, or where the first of two ends beside the second."""
    first, *others = series
    ends = float(first.values[0]), float(first.values[-1])
    if not others:
        return words.finding_of_way(outcome, unit, ends, list(years))
    end = float(others[0].values[-1])
    given = {"outcome": words.outcome(outcome), "when": words.say("in-year", year=str(years[-1]))}
    if ends[1] == end:
        return words.say("finding-none-differs", n=1, baseline=others[0].label, **given)
    change = words.change(ends[1], end, unit, others[0].label)
    return words.say("finding-differs", n=1, scenario=first.label, change=change, **given)


# ---- what is played --------------------------------------------------------------------------------------------------------


@solara.component
def MapPage(address: Address, words: Words, go: Go):
    """Every park by what it has become."""
    Chooser(address, words, ("scenario", "beside", "world"), go)
    query = query_of(address)
    WithRuns(address, words, lambda runs: Played(runs, address, words, go, play_of_map_with(words, query)))


def play_of_map_with(words: Words, query: str) -> Callable[[Run, str], Play]:
    return lambda run, label: play_of_map(run, label, words, query)


@solara.component
def FunnelPage(address: Address, words: Words, go: Go):
    """How far options, firms and parks come."""
    Chooser(address, words, ("scenario", "beside", "world"), go)
    WithRuns(
        address,
        words,
        lambda runs: Played(runs, address, words, go, lambda run, label: play_of_funnel(run, label, words)),
    )


@solara.component
def Played(runs: dict[Ask, Run], address: Address, words: Words, go: Go, play: Callable[[Run, str], Play]):
    """What is played of one run, or of two side by side."""
    played = solara.use_memo(
        lambda: side_by_side([play(run, label_of(ask, words)) for ask, run in runs.items()]),
        [*runs, words.language.code, address.page],
    )

    def moved(year: int) -> None:
        if year != address.year:
            go(replace(address, year=int(year)).written(opened()))

    Card(children=[Player(played, list(next(iter(runs.values())).outcomes.index), address.year, words, moved)])


# ---- money -----------------------------------------------------------------------------------------------------------------


@solara.component
def MoneyPage(address: Address, words: Words, go: Go):
    """Who pays, and who gains."""
    Chooser(address, words, ("scenario", "beside", "world"), go)

    def show(runs: dict[Ask, Run]) -> solara.Element:
        return solara.Div(
            classes=["e-two"] if len(runs) > 1 else [],
            children=[Money(run, ask, address, words) for ask, run in runs.items()],
        )

    WithRuns(address, words, show)


@solara.component
def Money(run: Run, ask: Ask, address: Address, words: Words):
    """The money of one run."""

    def page(province: str) -> str:
        return address.at("province", province).written(opened())

    def compute(stop: Stop) -> Iterator[list[Shown]]:
        known = [by_payer(run, words), by_province(run, words, page)]
        yield known
        firms = firms_of(run, stop)
        yield [*known, by_size(firms, words), by_owner(firms, words)]

    computed = use_computed(compute, (id(run), words.language.code))
    with solara.Div(classes=["e-column"]):
        Html(escaped(words.say("dash-money-of", scenario=label_of(ask, words))), tag="h2", classes="e-finding")
        Status(words, computed.busy, computed.error)
        figures = [Figure(shown.title, shown.svg, shown.caption) for shown in computed.value or ()]
        solara.Div(classes=["e-figures"], children=figures)
