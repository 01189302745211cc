"""Which page of the site a file of the project is, and links between files turned into links between pages.

Documents are written to be read where they lie; nothing in them knows of the site.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from pages import ROOT

START = "index.md"
AT_THE_ROOT = {"README.md": START, "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
PICTURES = (".png", ".svg")
FENCED = re.compile(r"(^ *```.*?^ *```\s*?$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^)\s]+)\)")


def page_of(file: str) -> str | None:
    """The page, or picture, that a file of the project is on the site; None where it is neither.

    >>> page_of("docs/odd.md"), page_of("experiments/02_what_matters/README.md"), page_of("notebooks/01_first_run.ipynb")
    ('odd.md', 'experiments/02_what_matters.md', 'notebooks/01_first_run.md')
    >>> page_of("eipsim/data/sources.csv")
    """
    path = PurePosixPath(file)
    if file in AT_THE_ROOT:
        return AT_THE_ROOT[file]
    if path.suffix in PICTURES:
        return file.removeprefix("docs/")
    if path.suffix == ".ipynb":
        return str(path.with_suffix(".md"))
    if path.suffix != ".md":
        return None
    if path.parts[0] == "experiments":
        return "experiments/index.md" if len(path.parts) == 2 else f"{path.parent}.md"
    return file.removeprefix("docs/") if path.parts[0] == "docs" else None


def with_links_of_the_site(text: str, file: str) -> str:
    """The text of `file` with links to other files as links to their pages; what is no page is named instead."""
    here = page_of(file)
    assert here is not None
    return outside_of_code(text, lambda part: LINK.sub(lambda link: _link(link, file, here), part))


def outside_of_code(text: str, change: Callable[[str], str]) -> str:
    """The text with everything changed that stands in no block of code."""
    parts = FENCED.split(text)
    return "".join(part if i % 2 else change(part) for i, part in enumerate(parts))


def _link(link: re.Match, file: str, here: str) -> str:
    mark, label, target = link.groups()
    address, hash_, anchor = target.partition("#")
    if "://" in target or not address:
        return link[0]
    there = os.path.normpath(PurePosixPath(file).parent / address)
    pages = [page_of(name) for name in (there, f"{there}/README.md") if (ROOT / name).is_file()]
    if not any(pages):
        return label if there in label else f"{label} (`{there}`)"
    page = next(filter(None, pages))
    return f"{mark}[{label}]({os.path.relpath(page, PurePosixPath(here).parent)}{hash_}{anchor})"


def documents() -> list[str]:
    """Files outside docs/ that are pages of the site, notebooks apart."""
    found = [*AT_THE_ROOT, "experiments/README.md"]
    return found + [str(file.relative_to(ROOT)) for file in sorted(ROOT.glob("experiments/*/README.md"))]


def pictures() -> list[str]:
    """Pictures outside docs/ that pages show."""
    return [str(file.relative_to(ROOT)) for file in sorted(ROOT.glob("experiments/*/figures/*.png"))]


def text_of(file: str) -> str:
    return Path(ROOT / file).read_text(encoding="utf-8")
