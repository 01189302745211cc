"""Pages of the site that are made of registries and tables each time it is built, so that they cannot be out of date.

They are written as if they lay in docs/reference/: their links are those of documents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import fields
from itertools import groupby

import typer
from pages import markdown_table
from site_links import text_of
from typer.cli import get_docs_for_click

import eipsim
from eipsim import simulate
from eipsim.cli import app
from eipsim.cli.listings import Row, listing_of
from eipsim.core.names import PLAIN_LETTERS, fold_name
from eipsim.data.csv_files import read_csv
from eipsim.data.loading import FOLDER
from eipsim.data.parameters import Parameter, load_parameters
from eipsim.exports.codebook import codebook
from eipsim.language import language
from eipsim.outcomes.registry import OUTCOMES, QUANTITIES, Outcome
from eipsim.policy.lever import Lever
from eipsim.policy.levers import LEVERS, Levers
from eipsim.report.limits import TERMS

BUILT = "This page is made from {of} each time the site is built; `eipsim show {kind}` prints the same.\n"
SYNTHESISED = "synthesised"
SHORTENED = re.compile(r"\*\*Commands\*\*:\n\n(?:\* .*\n)+\n")  # lists of commands with the beginning of what each does


def named(name: str) -> str:
    """A name in code that links can lead to."""
    return f'<span id="{name}"></span>`{name}`'


def sources_of(cell: str) -> str:
    """Ids of sources as links to the page of sources."""
    ids = cell.replace(";", " ").split()
    known = known_sources()
    return ", ".join(f"[{name}](sources.md#{name})" if name in known else name for name in ids)


def known_sources() -> set[str]:
    return {row["source_id"] for _, row in read_csv(FOLDER / "sources.csv").records()}


# ---- levers, outcomes, parameters --------------------------------------------------------------------------------------


def levers() -> str:
    """Every lever under its kind: what it is, what it may be, who sets it, and which module does what with it."""
    parts = ["# Levers\n", BUILT.format(of="the registry `eipsim/policy/levers.py`", kind="levers")]
    parts.append("How a scenario sets them: [scenarios](../scenarios.md#levers-what-how-much-when-where-for-whom).\n")
    for kind in Levers.__mro__[1:-1]:
        parts.append(f"## {(kind.__doc__ or '').strip().rstrip('.')}\n")
        parts += [lever_section(LEVERS[declared.name]) for declared in fields(kind)]
    return "\n".join(parts)


def lever_section(lever: Lever) -> str:
    bounds = f"{lever.unit}, {lever.least:g} to {lever.most:g}; {lever.default:g} unless a scenario says otherwise"
    aimed = ", ".join(lever.targets) or "the nation as a whole"
    facts = {"What": lever.definition, "Unit": bounds, "Aimed at": aimed, "Set by": lever.setter}
    told = [f"* **{name}:** {fact}" for name, fact in facts.items()]
    readers = [f"    * `eipsim/{module.replace('.', '/')}.py` {how}" for module, how in lever.read_by.items()]
    return "\n".join([f"### {lever.name}\n", *told, "* **Read by:**", *readers]) + "\n"


def outcomes() -> str:
    """Columns of every run, and what can be asked for besides."""
    in_every_run = [outcome_section(q) for q in OUTCOMES.values()]
    when_asked = [outcome_section(q) for name, q in QUANTITIES.items() if name not in OUTCOMES]
    return f"""# Outcomes

{BUILT.format(of="the registry `eipsim/outcomes/registry.py`", kind="quantities")}
## In every run

{"".join(in_every_run)}
## When asked for

In expressions of facts, conditions and designs, such as `sum(co2_avoided_t | province="Bắc Ninh")`.

{"".join(when_asked)}"""


def outcome_section(q: Outcome) -> str:
    better = f", better {q.better}" if q.better else ""
    parts = f"also by {', '.join(q.reach)}" if q.reach else "for the nation only"
    return f"#### {q.name} {{#{q.name}}}\n\n{q.label} [{q.unit}]: {q.definition}. A {q.kind}{better}; {parts}.\n\n"


def parameters() -> str:
    """Every uncertain constant, by group."""
    parts = ["# Parameters\n", BUILT.format(of="`eipsim/data/parameters.csv`", kind="parameters")]
    parts.append(
        "What the statuses mean: [input data](../odd.md#iiiiii-input-data). The range is what analyses explore.\n"
    )
    ordered = sorted(load_parameters().values(), key=group_of)
    for group, members in groupby(ordered, key=group_of):
        parts += [f"## {group}\n", *map(parameter_section, members)]
    return "\n".join(parts)


def group_of(parameter: Parameter) -> str:
    return parameter.name.split(".")[0]


def parameter_section(p: Parameter) -> str:
    source, unit = f" ({sources_of(p.source)})" if p.source else "", "" if p.unit == "1" else f" {p.unit}"
    return f"""#### {p.name} {{#{p.name}}}

**{p.central:g}**{unit}, range {p.low:g} to {p.high:g}, allowed {p.least:g} to {p.most:g}; {p.status}{source}. {p.note}
"""


# ---- parks, sources, words ---------------------------------------------------------------------------------------------


def parks() -> str:
    """The parks that are listed by name, by province."""
    rows = listing_of("parks")
    listed = sorted((row for row in rows if row["status"] != SYNTHESISED), key=lambda row: fold_name(row["province"]))
    parts = [
        f"""# Parks

{BUILT.format(of="the world `vietnam`", kind="parks")}
{len(listed)} parks are listed by name; {len(rows) - len(listed)} more are synthesised up to the official counts and stand in no
list. What no source tells of a park is drawn and marked *drawn*. Tenants are those of 2024, and synthetic: a firm of a named park
is not a real firm. `eipsim explain park "Amata" --year 2030` tells why a park is where it is.
"""
    ]
    for province, members in groupby(listed, key=lambda row: row["province"]):
        parts += [f"## {spelt(province)}\n", *map(park_section, members)]
    parts.append(f"## Sources of the list\n\n{table_of('parks/sources.csv')}\n")
    return "\n".join(parts)


def park_section(park: Row) -> str:
    """A park under a heading of its own, which a search finds."""
    drawn = f"; drawn: {park['drawn']}" if park["drawn"] else ""
    size = f"{park['area_ha']:g} ha, {park['firms']} tenants"
    return f"""#### {spelt(park["name"])} {{#{park["id"]}}}

`{park["id"]}`, {park["status"]}, founded {park["established"]}, {size}{drawn}. Sources: {park["source"]}.
"""


def spelt(name: str) -> str:
    """A name, and beside it in plain letters where those are others, so that a search finds it by them."""
    apart = unicodedata.normalize("NFKD", name.translate(PLAIN_LETTERS))
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return name if plain == name else f"{name} ({plain})"


def sources() -> str:
    rows = [
        (named(row["source_id"]), linked(row["title"], row["url"]), row["year"],
         row["type"], row["reliability"])
        for _, row in read_csv(FOLDER / "sources.csv").records()
    ]  # fmt: skip
    table = markdown_table(("id", "source", "year", "type", "reliability"), rows)
    where = "Where numbers come from (`eipsim/data/sources.csv`); those of parks stand with [the parks](parks.md)."
    return f"# Sources\n\n{where}\n\n{table}\n"


def linked(title: str, address: str) -> str:
    """A title that leads to an address, where what the table has is one."""
    return f"[{title}]({address})" if address.startswith("http") and " " not in address else title


def title_of(document: str) -> str:
    """The first heading of a document."""
    return next(line for line in text_of(document).splitlines() if line.startswith("# ")).lstrip("# ")


def glossary() -> str:
    """The words of the project, and the terms of law in both languages."""
    english, vietnamese = language("en"), language("vi")
    words = [
        (f"**{row['term']}**", row["definition"], f"[{title_of(row['where'].split('#')[0])}](../../{row['where']})")
        for row in listing_of("words")
    ]
    terms = [
        (vietnamese.say(f"term-{name}"), english.say(f"term-{name}"), english.say(f"article-{name}")) for name in TERMS
    ]
    heads = [english.say(f"head-{name}") for name in ("vietnamese", "english", "article")]
    return f"""# Glossary

{BUILT.format(of="`eipsim/data/glossary.csv` and the catalogue of both languages, `eipsim/data/language/`", kind="words")}
## Words of the project

{markdown_table(("word", "meaning", "more"), words)}

## {english.say("terms-title")} in both languages

{english.say("terms-intro")} {english.say("terms-note")}

{markdown_table(heads, terms)}
"""


def table_of(name: str) -> str:
    """A table of the data as it stands."""
    rows = [row for _, row in read_csv(FOLDER / name).records()]
    return markdown_table(tuple(rows[0]), [tuple(row.values()) for row in rows])


# ---- commands, files, Python -------------------------------------------------------------------------------------------


def commands() -> str:
    """Every command with its arguments and options, as `--help` has them."""
    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="eipsim")
    text = get_docs_for_click(obj=command, ctx=context, name="eipsim", title="Commands")
    return SHORTENED.sub("", text).replace("```console\n$ ", "```text\n")


def files() -> str:
    """What a run writes, column by column."""
    run = simulate("baseline", world="pilot-parks", years=(2015, 2025))
    parts = [
        """# Files

`eipsim run` writes these into its folder, with `manifest.json` (what was run, with hashes of scenario, parameters and data) and
`codebook.csv` (this page). Files that people write: [scenarios](../scenarios.md#fields-of-a-file),
[designs](../designs.md#reference), [facts](../validation.md), [decrees](../scenarios.md#drivers-parameters-decrees),
[countries](../own-country.md#what-you-need).
Stores of sweeps: [what is in a store](../sweeps.md#what-is-in-a-store).
"""
    ]
    book = codebook(run.files())
    for name, columns in book.groupby("table", sort=False):
        rows = [(f"`{c.column}`", c.type, c.unit, c.meaning) for c in columns.itertuples()]
        parts.append(f"## {name}\n\n{markdown_table(('column', 'type', 'unit', 'meaning'), rows)}\n")
    return "\n".join(parts)


def interface() -> str:
    """The public names of `eipsim`, whose docstrings are read where they live."""
    entries = [f"::: eipsim.{home}.{name}" for name, home in eipsim.HOMES.items() if not is_module(name, home)]
    modules = [f"::: eipsim.{home}" for name, home in eipsim.HOMES.items() if is_module(name, home)]
    return "# Python interface\n\n" + "\n\n".join([*entries, *modules]) + "\n"


def is_module(name: str, home: str) -> bool:
    return home == name


PAGES: dict[str, Callable[[], str]] = {
    f"reference/{page.__name__}.md": page
    for page in (levers, outcomes, parameters, parks, sources, glossary, commands, files, interface)
}
