"""Notebooks as they stand in git: without outputs, built alike, named where readers look, with links that lead somewhere."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
BEFORE_THE_FIRST_STEP = ("**Question.**", "**How long.**", "**To enlarge:**")


def cells(notebook: Path, kind: str) -> list[str]:
    found = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == kind]


def links(notebook: Path) -> list[str]:
    found = re.findall(r"\]\(([^)\s]+)\)", "\n".join(cells(notebook, "markdown")))
    return [link.split("#")[0] for link in found if "://" not in link]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_is_kept_without_what_its_last_run_left(notebook):
    code = [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert code
    assert [(cell["outputs"], cell["execution_count"]) for cell in code] == [([], None)] * len(code)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_says_what_it_asks_and_how_long_it_takes_and_ends_with_a_finding_and_where_to_go_on(notebook):
    first, *others = cells(notebook, "markdown")
    assert [part for part in BEFORE_THE_FIRST_STEP if part not in first] == []
    headings = re.findall(r"^## (.*)$", "\n".join(others), flags=re.MULTILINE)
    assert headings[-2:] == ["Finding", "Go on"]
    assert "print(" in cells(notebook, "code")[-1]  # the finding is worked out


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_is_named_where_readers_look(notebook):
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    assert any(f"notebooks/{notebook.name}" in page.read_text(encoding="utf-8") for page in pages)


@pytest.mark.parametrize(("notebook", "following"), list(pairwise(NOTEBOOKS)), ids=lambda file: file.stem)
def test_a_notebook_leads_to_the_next_one_and_to_pages_that_exist(notebook, following):
    assert following.name in links(notebook)
    assert [link for link in links(notebook) if not (notebook.parent / link).exists()] == []
