"""The documentation site is built without a warning, loads nothing from elsewhere, and its search finds what people look for.

Notebooks are shown with the outputs of their last run where there is one; running them is for `make site`.
"""

import ast
import html
import json
import logging
import re
from html.parser import HTMLParser

import pytest
import typer
from mkdocs.commands.build import build
from mkdocs.config import load_config
from pages import ROOT
from site_notebooks import NOTEBOOKS
from site_reference import PAGES

import eipsim
from eipsim.cli import app
from eipsim.cli.listings import listing_of
from eipsim.data.parameters import load_parameters
from eipsim.outcomes.registry import QUANTITIES
from eipsim.policy.levers import LEVERS

pytestmark = pytest.mark.xdist_group("site")  # what is made once for the file is made once

# What a browser fetches by itself: tag and attribute.
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
MECHANISMS = (ROOT / "docs/model.md").read_text(encoding="utf-8").split("\n## ")[1:]
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


class Fetched(HTMLParser):
    """Addresses that a page makes a browser fetch, and text of its equations."""

    def __init__(self, page):
        super().__init__()
        self.addresses, self.equations = [], 0
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self.equations += tag == "math"
        if tag in LOADED and told.get("rel") not in ("canonical", "next", "prev"):
            self.addresses += [told[LOADED[tag]]] if told.get(LOADED[tag]) else []


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built site; the build stops at the first warning, also of links and anchors that lead nowhere."""
    folder = tmp_path_factory.mktemp("site")
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True)
    config.extra["run_notebooks"] = False
    logger = logging.getLogger("mkdocs")
    level = logger.level
    logger.setLevel(logging.WARNING)
    build(config)
    logger.setLevel(level)
    return folder


@pytest.fixture(scope="module")
def pages(site):
    """What every page makes a browser fetch, by its place."""
    return {str(page.relative_to(site)): Fetched(page) for page in sorted(site.rglob("*.html"))}


@pytest.fixture(scope="module")
def found(site):
    """The sections that the search looks through: their address, and title with text in lower case."""
    entries = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))["docs"]
    return {entry["location"]: f"{entry['title']} {entry['text']}".casefold() for entry in entries}


def text_of(site, page):
    return (site / page).read_text(encoding="utf-8")


def test_nothing_is_loaded_from_elsewhere(site, pages):
    assert len(pages) > 80
    addresses = {(page, address) for page, fetched in pages.items() for address in fetched.addresses}
    assert len(addresses) > 500
    assert [pair for pair in addresses if re.match(r"(\w+:)?//", pair[1])] == []
    styles = "".join(style.read_text(encoding="utf-8") for style in site.rglob("*.css"))
    assert not re.search(r"(@import|url\()\s*['\"]?(\w+:)?//", styles)


def test_an_address_elsewhere_would_be_seen(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<script src="https://elsewhere/x.js"></script><a href="https://elsewhere">', encoding="utf-8")
    assert Fetched(page).addresses == ["https://elsewhere/x.js"]


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("Amata", "reference/parks.html#P352"),
        ("Thang Long", "reference/parks.html#P001"),
        ("Thăng Long", "reference/parks.html#P001"),
        ("facilitation_grant", "reference/levers.html#facilitation_grant"),
        ("behaviour.peer_weight", "reference/parameters.html#behaviour.peer_weight"),
        ("parks_certified", "reference/outcomes.html#parks_certified"),
        ("acceptance is one half at the pivot payback", "model.html#the-decision"),
        ("pull", "model.html#boilers"),
        ("free rider", "reference/glossary.html"),
        ("khu công nghiệp sinh thái", "reference/glossary.html"),
        ("simulate_many", "reference/interface.html"),
        ("exchanges.csv", "reference/files.html"),
    ],
)
def test_the_search_finds(asked, page, found):
    assert [place for place, text in found.items() if asked.casefold() in text and place.startswith(page)]


def test_every_lever_outcome_and_parameter_has_its_entry_with_all_that_the_registry_says(site, found):
    for name, lever in LEVERS.items():
        told = found[f"reference/levers.html#{name}"]
        said = [lever.definition, lever.setter, *lever.read_by.values()]
        assert [part for part in said if part.casefold() not in plain(told)] == [], name
    for name, outcome in QUANTITIES.items():
        assert outcome.definition.casefold() in plain(found[f"reference/outcomes.html#{name}"])
    for name, p in load_parameters().items():
        told = plain(found[f"reference/parameters.html#{name}"])
        assert f"range {p.low:g} to {p.high:g}" in told
        assert all(part in told for part in (f"{p.central:g}", p.status, *p.source.casefold().split(";")))


def plain(text):
    """Text without marks of HTML."""
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def test_every_listed_park_word_command_and_public_name_is_there(site):
    parks, words = text_of(site, "reference/parks.html"), text_of(site, "reference/glossary.html")
    listed = [row["id"] for row in listing_of("parks") if row["status"] != "synthesised"]
    assert [name for name in listed if f'id="{name}"' not in parks] == []
    assert [row["term"] for row in listing_of("words") if f"<strong>{row['term']}</strong>" not in words] == []
    commands, interface = text_of(site, "reference/commands.html"), text_of(site, "reference/interface.html")
    names = [*typer.main.get_command(app).commands, "explain park", "cluster submit"]
    assert [name for name in names if f"<code>eipsim {name}</code>" not in commands] == []
    assert [name for name, home in eipsim.HOMES.items() if f'id="eipsim.{home}' not in interface] == []


def test_every_notebook_is_a_page_and_every_page_that_is_made_has_text(site):
    for page in [*PAGES, *(f"notebooks/{notebook.stem}.md" for notebook in NOTEBOOKS)]:
        assert len(text_of(site, page.replace(".md", ".html"))) > 10_000, page


# ---- the model, mechanism by mechanism ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda text: text.partition("\n")[0])
def test_a_mechanism_has_its_equation_source_limit_case_and_tests_that_there_are(mechanism):
    for part in ("*In code:*", "```math", "- **Source.** ", "- **Limit case.** ", "- **Shown by**"):
        assert part in mechanism
    named = NAMED_TEST.findall(mechanism)
    assert named
    assert [f"{file}::{name}" for file, name in named if name not in functions_of(file)] == []


def functions_of(file):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_file_of_rules_is_the_code_of_a_mechanism():
    told = (ROOT / "docs/model.md").read_text(encoding="utf-8")
    rules = {file.name for file in (ROOT / "eipsim/rules").glob("*.py")} - {"__init__.py"}
    shared = {"investment.py", "option.py"}  # annuities, and what all decision rules see
    assert {name for name in rules - shared if f"`eipsim/rules/{name}`" not in told} == set()


def test_every_equation_is_shown_as_one(site, pages):
    written = sum(file.read_text(encoding="utf-8").count("```math") for file in (ROOT / "docs").glob("*.md"))
    assert written > 25
    assert sum(page.equations for page in pages.values()) == written
    assert "\\text" not in text_of(site, "model.html")
