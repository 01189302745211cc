"""Beginning a store, and refusing to go on with one that belongs to something else."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from eipsim.designs.design import Design
from eipsim.designs.differences import differences
from eipsim.errors import InputError, Mistake
from eipsim.stores.codebooks import codebook_of
from eipsim.stores.files import (
    PRECISIONS,
    DamagedError,
    cannot_write,
    is_same_table,
    part_files,
    provenance_of_part,
    read_frame,
    write_frame,
    write_text,
)
from eipsim.stores.layout import ALL_NAMES, CODEBOOK, DESIGN, FAILURES, FORMAT, INDEX, ROWS, RUN, RUNS

NEW_FOLDER = "choose another folder, or go back to what it was stored with"


def lay_out(folder: Path, design: Design) -> None:
    """Write what follows from the design alone; design.json last, so that it stands for the whole."""
    mark = {"digest": design.digest}
    try:
        for name in (RUNS, FAILURES):
            (folder / name).mkdir(parents=True, exist_ok=True)
        write_frame(folder / ROWS, _rows_of(design), mark)
        write_frame(folder / INDEX, _index_of(design), mark)
        write_text(folder / CODEBOOK, codebook_of(design).to_csv(index=False))
        write_text(folder / DESIGN, json.dumps(content_of(design), indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise cannot_write(folder, error) from error


def is_laid_out(folder: Path, design: Design) -> bool:
    """Whether rows and index are whole and those of the design: a session may have been killed while it wrote them."""
    tables = {ROWS: _rows_of(design), INDEX: _index_of(design)}
    try:
        return all(
            provenance_of_part(folder / name).get("digest") == design.digest and is_same_table(folder / name, table)
            for name, table in tables.items()
        )
    except (DamagedError, OSError):
        return False


def _rows_of(design: Design) -> pd.DataFrame:
    return design.rows.rename_axis("row").reset_index()


def _index_of(design: Design) -> pd.DataFrame:
    return design.runs()[["key", *RUN, "draws", "population"]]


def refuse_foreign_folder(folder: Path) -> None:
    """InputError for a file, and for a folder that holds what is not of a store."""
    where = f"store {folder}"
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise InputError(Mistake(where, "is a file, not a folder", "choose another name"))
    names = sorted(file.name for file in folder.iterdir()) if os.path.isdir(folder) else []
    others = [name for name in names if name not in ALL_NAMES and not name.endswith(".tmp")]
    if others:
        what = f"holds what eipsim did not write: {', '.join(others[:3])}"
        raise InputError(Mistake(where, what, "choose another folder"))


def refuse_other_design(folder: Path, stored: Design, design: Design, extend: bool) -> None:
    """InputError with what differs, unless the new design only adds runs and `extend` is given."""
    found = differences(stored, design)
    changed: list[Mistake] = [one for one in found if not one.extends]
    if changed:
        raise InputError([*changed, Mistake(f"store {folder}", "holds runs of another design", NEW_FOLDER)])
    if found and not extend:
        hint = "with --extend the stored runs are kept and the new ones added"
        raise InputError([*found, Mistake(f"store {folder}", "holds a smaller design", hint)])


def refuse_results_of_unknown(folder: Path) -> None:
    """InputError for results of which nothing says any more to which design they belong."""
    if part_files(folder / RUNS):
        what = f"holds results, but neither {DESIGN} nor tables of this design"
        raise InputError(Mistake(f"store {folder}", what, "choose another folder, or put them back"))


def refuse_other_model(folder: Path, stored_with: Mapping[str, Any], design: Design) -> None:
    """InputError when the same design would have other results now: the model, its data or a scenario file has changed.

    stored_with : version of the model that the store was laid out with
    """
    used = described(design)["model"]
    before = {name: stored_with.get(name) for name in used}
    if before == used and not _has_other_keys(folder, design):  # what was laid out is damaged, and no more
        return
    changed = [f"{name}: {before[name]} is now {now}" for name, now in used.items() if before[name] != now]
    what = f"was made with another version of the model or its data ({'; '.join(changed) or 'other contents'})"
    raise InputError(Mistake(f"store {folder}", what, f"results of both cannot be mixed; {NEW_FOLDER}"))


def _has_other_keys(folder: Path, design: Design) -> bool:
    """Whether the index can be read and names other runs."""
    try:
        return not read_frame(folder / INDEX)["key"].equals(design.runs()["key"])
    except (DamagedError, OSError, KeyError):
        return False


def described(design: Design) -> dict[str, Any]:
    """What design.json says of a design, as it is read."""
    return json.loads(json.dumps(content_of(design)))


def checked(content: Any) -> dict[str, Any]:
    """What design.json says, when it says all that is asked of it. ValueError, KeyError, TypeError otherwise."""
    first, last = map(int, content["years"])
    if content["precision"] not in PRECISIONS or not all(isinstance(name, str) for name in content["outcomes"]):
        raise ValueError("its outcomes are none")
    texts = {name: str(content[name]) for name in ("digest", "title")}
    parts = {name: dict(content[name]) for name in ("model", "design")}
    return {**content, **texts, **parts, "format": int(content["format"]), "years": [first, last]}


def content_of(design: Design) -> dict[str, Any]:
    """What design.json says of a design."""
    return {
        "format": FORMAT,
        "digest": design.digest,
        "title": design.title,
        "outcomes": list(design.outcomes or ()),
        "years": [int(year) for year in design.period],
        "precision": design.precision,
        "baseline": design.baseline,
        "model": dict(design.made_with or {}),
        "design": design.document(),
    }
