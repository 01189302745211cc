"""What a tab of the browser shows: the page that its address names. Solara loads this module; `serving.serve` starts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import solara

from eipsim.dashboard.address import Address, read_address
from eipsim.dashboard.computing import Stop, run_at_hand, run_of, use_computed
from eipsim.dashboard.firm_page import FirmPage
from eipsim.dashboard.opening import opened
from eipsim.dashboard.pages import FunnelPage, MapPage, MoneyPage, Pathways
from eipsim.dashboard.park_page import ParkPage
from eipsim.dashboard.province_page import ProvincePage
from eipsim.dashboard.search import SearchBox
from eipsim.dashboard.shell import STORE, TABS, Go, Shell
from eipsim.dashboard.store_page import StorePages
from eipsim.dashboard.what_if import WhatIf
from eipsim.dashboard.widgets import Html, Notice, Status
from eipsim.language import language
from eipsim.report.words import Words
from eipsim.runs.simulation import Run

STYLE = Path(__file__).with_name("style.css")
# Pages of something in a run, which the second part of the address names: page(run, name, words).
OF_A_RUN: dict[str, Callable[[Run, str, Words], solara.Element]] = {
    "park": ParkPage, "firm": FirmPage, "province": ProvincePage,
}  # fmt: skip
TAB_PAGES = {"": WhatIf, "pathways": Pathways, "map": MapPage, "funnel": FunnelPage, "money": MoneyPage}
PATHS = ("park", "firm", "province", STORE)


@solara.component
def Dashboard(children: Sequence[solara.Element] = ()):
    """The whole of a tab; `children` are what Solara would show of a route, which is nothing."""
    solara.Style(STYLE)
    router = solara.use_router()
    address = solara.use_memo(
        lambda: read_address(router.path, router.search or "", opened()), [router.path, router.search]
    )
    words = Words(language(address.language))
    solara.Title(words.say("dash-title"))

    def go(path: str) -> None:
        """To a path of the dashboard; what is asked for stays, where the path says nothing else."""
        query = address.written(opened()).partition("?")[2]
        router.push(path if "?" in path or not query else f"{path}?{query}")

    page = solara.Div(children=[page_of(address, words, go)], key=address.page)
    Shell(address, words, SearchBox(address, words), children=[page])


def page_of(address: Address, words: Words, go: Go) -> solara.Element:
    """The page that an address names."""
    if address.page in TABS:
        return TAB_PAGES[address.page](address, words, go)
    if address.page in OF_A_RUN and len(address.parts) == 2:
        page, name = OF_A_RUN[address.page], address.parts[1]
        by_new_map = address.page == "province"  # which only runs with details have
        return OfRun(address, words, lambda run: page(run, name, words), detail=by_new_map)
    if address.page == STORE and len(address.parts) <= 2:
        return StorePages(address, words)
    return Notice(words, [words.say("dash-no-page", path="/".join(address.parts))])


@solara.component
def OfRun(address: Address, words: Words, show: Callable[[Run], solara.Element], detail: bool = False):
    """A page of the run that is asked for, when it is there."""

    def compute(stop: Stop) -> Iterator[Run]:
        yield run_of(address.ask, stop, detail=detail)

    asked = address.ask, detail
    computed = use_computed(compute, asked, at_once=run_at_hand(address.ask, detail=detail))
    with solara.Div():
        Status(words, computed.busy, computed.error)
        if computed.value is not None and computed.of == asked:
            show(computed.value)


@solara.component
def Nothing(name="", other=""):  # Solara would call annotations, which are text here
    """What stands behind each route: `Dashboard` shows everything."""
    Html("")


routes = [solara.Route("/", component=Nothing, layout=Dashboard)]
routes += [solara.Route(path, component=Nothing) for path in (*[page for page in TABS if page], *PATHS)]
