"""Notebooks as pages of the site, with what their last run has shown: a run is kept until the notebook or eipsim changes."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbclient import NotebookClient
from nbconvert import MarkdownExporter
from pages import ROOT
from site_links import with_links_of_the_site

KEPT = ROOT / "build/notebooks"
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
AT_ONCE, SECONDS = 2, 600
OWN_STYLE = re.compile(r"<style scoped>.*?</style>\n", re.DOTALL)  # of tables by pandas
TABLE = re.compile(r"<table[^>]*>")
QUIETLY = ["--IPKernelApp.log_level=ERROR"]


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
    cells = nbformat.read(kept(notebook) if kept(notebook).exists() else notebook, as_version=4)
    for cell in cells.cells:
        if cell.cell_type == "markdown":
            cell.source = with_links_of_the_site(cell.source, f"notebooks/{notebook.name}")
    text, resources = MarkdownExporter().from_notebook_node(
        cells, {"unique_key": notebook.stem, "output_files_dir": "."}
    )
    pictures = {Path(name).name: data for name, data in resources["outputs"].items()}
    return NotebookPage(notebook.stem, as_other_pages(text), pictures)


def as_other_pages(text: str) -> str:
    """Tables and pictures of outputs as those of other pages are.

    >>> as_other_pages('<div>\\n<style scoped>\\n.x {}\\n</style>\\n<table border="1" class="dataframe">')
    '<div>\\n<table>'
    """
    text = TABLE.sub("<table>", OWN_STYLE.sub("", text))
    return text.replace("![png](", "![Figure that the cell above draws](")


def run(notebook: Path) -> None:
    """Run a notebook where it lies and keep it with its outputs; raises what its first failing cell raises."""
    cells = nbformat.read(notebook, as_version=4)
    where = {"metadata": {"path": str(notebook.parent)}}
    NotebookClient(cells, timeout=SECONDS, startup_timeout=SECONDS, resources=where, extra_arguments=QUIETLY).execute()
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
