"""Sections as one HTML file that stands by itself: no script, no network, pictures inside; it prints on A4.

Whatever comes from files of users is shown as it is written and never obeyed: markup is escaped, and so are marks that change the
direction of text and control characters.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from eipsim.core.names import printable
from eipsim.report.blocks import Section

TEMPLATE = "report.html.jinja"


@dataclass(frozen=True)
class Page:
    """A report before it is laid out: text in one language."""

    lang: str
    kicker: str
    title: str
    subtitle: str
    contents: str
    footer: str
    generator: str
    sections: Sequence[Section]


def as_html(page: Page) -> str:
    return _template().render(**vars(page))


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, finalize=_shown
    )
    environment.globals |= {"kind": _kind, "base64": _in_base64}
    return environment.get_template(TEMPLATE)


def _kind(block: Any) -> str:
    return type(block).__name__


def _in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _shown(value: Any) -> str:
    """Text with what would be obeyed made visible; markup in it is escaped afterwards."""
    return printable(str(value))
