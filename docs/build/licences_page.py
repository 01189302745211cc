"""The page of licences: of the programs that eipsim needs, from their metadata, and of its data, from the tables of sources."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageMetadata, metadata, requires

import pandas as pd
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pages import GENERATED, ROOT, markdown_table

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_FOR_USERS = ("dev", "docs")  # what only tests, checks and the site need
ALWAYS = "always"
LONGEST = 40  # letters of a licence that is named; what is longer is its text
COPYLEFT = re.compile(r"GPL|GNU|GENERAL PUBLIC|SSPL", re.IGNORECASE)

INTRODUCTION = """\
# Licences

eipsim is under the [MIT licence](../LICENSE). It comes without the programs that it needs; pip fetches them, and these are their
licences, as they state them themselves, in the versions of `constraints.txt`. *Needed for* is `always`, or the first extra of
`pyproject.toml` that brings it (`pip install 'eipsim[analysis]'`). What only tests and checks need is not listed."""

NONE_COPYLEFT = "None of them asks that what uses it be under the same licence."
SOME_COPYLEFT = """\
**{names}: under the licence of GNU,** and needed for {groups} only, through other programs: eipsim neither imports nor
contains it. Who passes on a bundle of eipsim *with* that extra (a container, say) passes it on under the terms of that licence.
Without the extra nothing of it is installed."""

DATA = """\
## Data

What stands in `eipsim/data/` are numbers and names of facts: prices, factors, counts, thresholds of decrees, places of parks.
Each row names its source (`eipsim/data/sources.csv`; of parks `eipsim/data/parks/sources.csv`). The collection is under the
licence of eipsim; cite the sources beside it. What asks for more:

* **OpenStreetMap** (Open Database License): the points of some parks. Where they are shown, credit "OpenStreetMap contributors".
* **Natural Earth** (public domain): `outline.geojson`, simplified.
* **technology-data** of PyPSA, from catalogues of the Danish Energy Agency: some cost paths of technologies.
* **World Bank** (World Development Indicators, Enterprise Surveys): single figures, with attribution.

What the sources of parks were noted to be when they were read:"""


def page() -> str:
    needed = rows()
    table = markdown_table(("program", "version", "licence", "needed for"), needed)
    strict = [row for row in needed if COPYLEFT.search(row[2])]
    caution = NONE_COPYLEFT
    if strict:
        caution = SOME_COPYLEFT.format(names=listed(row[0] for row in strict), groups=listed(row[3] for row in strict))
    return "\n\n".join((f"{GENERATED}{INTRODUCTION}", caution, table, DATA, notes())) + "\n"


def rows() -> list[tuple[str, str, str, str]]:
    """Name, version, licence and first use of everything that a user may install with eipsim."""
    pins, found = pinned(), {}
    for group, requirements in groups():
        for name in closure(requirements):
            found.setdefault(name, group)
    return [(metadata(name)["Name"], pins[name], licence(metadata(name)), found[name]) for name in sorted(found)]


def groups() -> Iterator[tuple[str, list[str]]]:
    yield ALWAYS, PROJECT["dependencies"]
    extras = PROJECT["optional-dependencies"]
    yield from ((f"`{name}`", extras[name]) for name in extras if name not in NOT_FOR_USERS)


def closure(requirements: Iterable[str]) -> set[str]:
    """Names of what these need, and of what that needs in turn, with this Python on this system."""
    found: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(line) for line in requirements]
    while waiting:
        wanted = waiting.pop()
        name, extras = canonicalize_name(wanted.name), frozenset(wanted.extras) | {""}
        if name == PROJECT["name"]:  # an extra that has another one in it
            waiting += [
                Requirement(line) for extra in wanted.extras for line in PROJECT["optional-dependencies"][extra]
            ]
        elif (name, extras) not in found:
            found.add((name, extras))
            waiting += [one for one in needs(name) if applies(one, extras)]
    return {name for name, _ in found}


@cache
def needs(name: str) -> list[Requirement]:
    return [Requirement(line) for line in requires(name) or ()]


def applies(wanted: Requirement, extras: frozenset[str]) -> bool:
    """Whether something is needed here, by who asked for it with these extras."""
    return wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in extras)


def pinned() -> dict[str, str]:
    """By name the versions of `constraints.txt`, of which some programs have one for each Python."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            pin = Requirement(line)
            found.setdefault(canonicalize_name(pin.name), []).append(str(pin.specifier).removeprefix("=="))
    return {name: " or ".join(versions) for name, versions in found.items()}


def licence(stated: PackageMetadata) -> str:
    """What a program says its licence is: the expression, else its name, else its class, else the first line of its text.

    >>> from email.message import Message
    >>> stated = Message()
    >>> stated["License"] = "Copyright (c) 2001, by somebody who has written down the whole text here"
    >>> stated["Classifier"] = "License :: OSI Approved :: BSD License"
    >>> licence(stated)
    'BSD License'
    """
    text = (stated.get("License") or "").strip()
    first = text.partition("\n")[0].strip()
    classes = [one.rpartition(" :: ")[2] for one in stated.get_all("Classifier") or () if one.startswith("License ::")]
    is_name = first and first != "UNKNOWN" and first == text and len(first) <= LONGEST and "Copyright" not in first
    return stated.get("License-Expression") or (first if is_name else "") or ", ".join(classes) or first or "not stated"


def listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def notes() -> str:
    """How many sources of parks there are of each kind of note."""
    noted = pd.read_csv(ROOT / "eipsim/data/parks/sources.csv")["licence_note"].value_counts(sort=False)
    many_first = sorted(noted.items(), key=lambda item: -item[1])
    return markdown_table(("note", "sources"), [(str(note), str(n)) for note, n in many_first])
