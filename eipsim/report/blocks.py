"""What a report is made of: sections of sentences, lists, tables and pictures. How they look is the template's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Prose:
    """A sentence or a few."""

    text: str


@dataclass(frozen=True)
class Points:
    """Sentences as a list."""

    items: Sequence[str]


@dataclass(frozen=True)
class Command:
    """What can be typed into a terminal."""

    text: str


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    text: str


@dataclass(frozen=True)
class Link:
    """A cell that leads to the page of a thing (`park/P352`), on pages that have one of it; elsewhere it is its text."""

    text: str
    to: str


@dataclass(frozen=True)
class Table:
    """Rows of text under a title that states the finding; `numbers` are the columns that are aligned on the right.

    The first cell of a row is its name. `note` is small print.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str | Link]]
    numbers: Sequence[int] = ()
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A figure as SVG; its title states the finding, the caption what is drawn."""

    title: str
    svg: str
    caption: str = ""


@dataclass(frozen=True)
class Links:
    """Where one may go from here, after a word that says what these are."""

    text: str
    links: Sequence[Link]


@dataclass(frozen=True)
class Fold:
    """What is opened by those who want it, under its title."""

    title: str
    blocks: Sequence[Block]


Block = Prose | Points | Command | Heading | Table | Picture | Links | Fold


@dataclass(frozen=True)
class Section:
    """A part of a report under its heading; `name` is that of its anchor."""

    name: str
    title: str
    blocks: Sequence[Block] = field(default_factory=list)
