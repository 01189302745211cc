"""Sections as one HTML file that stands by itself: no script, no network, pictures inside; it prints on A4.

Whatever comes from files of users is shown as it is written and never obeyed: markup is escaped, and so are marks that change the
direction of text and control characters.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from eipsim.core.names import printable
from eipsim.report.blocks import Section

TEMPLATE = "report.html.jinja"
PER_CENT = re.compile(r"(?<=\d) %")  # which no line is broken before


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


def _in_base64(content: str) -> str:
    return base64.b64encode(content.encode()).decode("ascii")


def _shown(value: Any) -> Any:
    """Text with what would be obeyed made visible, to be escaped afterwards; what the template's own macros made as it is."""
    return value if hasattr(value, "__html__") else PER_CENT.sub("\u00a0%", printable(str(value)))
