"""The frame of every page: name, search, language, light and dark, tabs; what the address got wrong; small print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import solara
from solara.lab import theme

from eipsim.dashboard.address import Address
from eipsim.dashboard.opening import opened
from eipsim.dashboard.widgets import Html, Notice, escaped, link, told
from eipsim.language import LANGUAGES
from eipsim.report.words import Words

TABS = {"": "dash-tab-what-if", "pathways": "dash-tab-pathways", "map": "dash-tab-map", "funnel": "dash-tab-funnel",
        "money": "dash-tab-money"}  # fmt: skip
STORE = "store"

Go = Callable[[str], None]


@solara.component
def Shell(address: Address, words: Words, search: solara.Element, children: Sequence[solara.Element] = ()):
    """The frame around the page that the address names."""
    with solara.Div(classes=["e-app"], attributes={"lang": address.language}):
        solara.Div(classes=["e-skip"], children=[Html(f'<a href="#main">{escaped(words.say("dash-skip"))}</a>')])
        with solara.Div(classes=["e-top"]):
            home = link("eipsim", address.at().written(opened()))
            Html(f"{home}<small>{escaped(words.say('dash-subtitle'))}</small>", classes="e-brand")
            solara.Div(classes=["e-search"], children=[search])
            with solara.Div(classes=["e-switches"]):
                Languages(address)
                Darkness(words)
        Html(tabs(address, words), classes="e-tabs")
        with solara.Div(classes=["e-main"], attributes={"id": "main"}):
            if address.mistakes:
                Notice(words, [told(one, words) for one in address.mistakes])
            solara.Div(children=list(children))
            Html(escaped(words.say("footer")), tag="footer", classes="e-footer")


def tabs(address: Address, words: Words) -> str:
    """The tabs as links, so that the keyboard reaches them; the store's where there is one."""
    shown = TABS | ({STORE: "dash-tab-store"} if opened().stores else {})
    links = []
    for page, message in shown.items():
        here = ' aria-current="page"' if address.page == page else ""
        href = escaped(address.at(*[page] if page else []).written(opened()))
        links.append(f'<a href="{href}"{here}>{escaped(words.say(message))}</a>')
    return f'<nav aria-label="{escaped(words.say("dash-pages"))}">{"".join(links)}</nav>'


@solara.component
def Languages(address: Address):
    """A link to the same page in each language."""
    links = [
        f'<a lang="{code}" href="{escaped(replace(address, language=code).written(opened()))}"'
        f"{' aria-current=true' if code == address.language else ''}>{escaped(name)}</a>"
        for code, name in LANGUAGES.items()
    ]
    Html(" · ".join(links), classes="e-languages")


@solara.component
def Darkness(words: Words):
    """The switch between light and dark."""
    dark = solara.use_trait_observe(theme, "dark_effective")

    def turn() -> None:
        theme.dark = not theme.dark_effective

    solara.Button(words.say("dash-light" if dark else "dash-dark"), on_click=turn, text=True, small=True)
