"""Notebooks as pages of the site, with what their last run has shown: a run is kept until the notebook or eipsim changes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbclient import NotebookClient
from nbconvert import MarkdownExporter
from pages import ROOT

KEPT = ROOT / "build/notebooks"
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
AT_ONCE = 2


class NotebookPage(NamedTuple):
    """A notebook as Markdown, and its pictures by the name that the page has for them."""

    name: str
    text: str
    pictures: dict[str, bytes]


def notebook_pages(execute: bool) -> Iterator[NotebookPage]:
    """Every notebook as a page; with `execute` those whose outputs are not kept are run first, two at a time."""
    if execute:
        missing = [notebook for notebook in NOTEBOOKS if not kept(notebook).exists()]
        with ThreadPoolExecutor(AT_ONCE) as workers:
            list(workers.map(run, missing))
    return map(page_of_notebook, NOTEBOOKS)


def page_of_notebook(notebook: Path) -> NotebookPage:
    """The page of a notebook as it was run last, or without outputs where it was not."""
    source = kept(notebook) if kept(notebook).exists() else notebook
    text, resources = MarkdownExporter().from_filename(str(source), {"unique_key": notebook.stem})
    return NotebookPage(notebook.stem, text, {Path(name).name: data for name, data in resources["outputs"].items()})


def run(notebook: Path) -> None:
    """Run a notebook where it lies and keep it with its outputs; raises what its first failing cell raises."""
    cells = nbformat.read(notebook, as_version=4)
    NotebookClient(cells, timeout=600, resources={"metadata": {"path": str(notebook.parent)}}).execute()
    KEPT.mkdir(parents=True, exist_ok=True)
    for older in KEPT.glob(f"{notebook.stem}-*.ipynb"):
        older.unlink()
    draft = kept(notebook).with_suffix(".partial")
    nbformat.write(cells, draft)
    os.replace(draft, kept(notebook))


def kept(notebook: Path) -> Path:
    """Where the run of a notebook is kept; the name says of which notebook and which eipsim."""
    digest = hashlib.sha256(notebook.read_bytes() + digest_of_package()).hexdigest()[:16]
    return KEPT / f"{notebook.stem}-{digest}.ipynb"


@cache
def digest_of_package() -> bytes:
    """What tells one state of the package from another: its code and its data."""
    files = sorted(f for f in (ROOT / "eipsim").rglob("*") if f.is_file() and "__pycache__" not in f.parts)
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).digest()
