"""Beginning a store, and refusing to go on with one that belongs to something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eipsim.errors import InputError, Mistake
from eipsim.stores import files as parts
from eipsim.stores.files import DamagedError, cannot_write
from eipsim.stores.store import (
    CLAIMS,
    DAMAGED,
    DESIGN,
    FAILURES,
    FORMAT,
    INDEX,
    MANIFEST,
    PAIRS,
    ROWS,
    RUN,
    RUNS,
    Store,
)

ALL_NAMES = (DESIGN, ROWS, INDEX, MANIFEST, RUNS, PAIRS, FAILURES, CLAIMS, DAMAGED)
NEW_FOLDER = "choose another folder, or go back to what it was stored with"


def lay_out(store: Store, design: Any) -> None:
    """Write what follows from the design alone; design.json last, so that it stands for the whole."""
    runs = design.runs()[["key", *RUN, "draws"]]
    mark = {"digest": design.digest}
    try:
        for name in (RUNS, FAILURES):
            (store.folder / name).mkdir(parents=True, exist_ok=True)
        parts.write_frame(store.folder / ROWS, design.rows.rename_axis("row").reset_index(), mark)
        parts.write_frame(store.folder / INDEX, runs, mark)
        parts.write_text(store.folder / DESIGN, json.dumps(content_of(design), indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise cannot_write(store.folder, error) from error
    store.forget_layout()


def is_laid_out(store: Store) -> bool:
    """Whether rows and index belong to the design: a session may have been killed while it wrote them."""
    try:
        marks = [parts.provenance_of_part(store.folder / name).get("digest") for name in (ROWS, INDEX)]
    except (DamagedError, FileNotFoundError):
        return False
    return marks == [store.content["digest"]] * 2


def refuse_foreign_folder(folder: Path) -> None:
    """InputError for a file, and for a folder that holds what is not of a store."""
    where = f"store {folder}"
    if folder.exists() and not folder.is_dir():
        raise InputError(Mistake(where, "is a file, not a folder", "choose another name"))
    names = sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []
    others = [name for name in names if name not in ALL_NAMES and not name.endswith(".tmp")]
    if others:
        what = f"holds what eipsim did not write: {', '.join(others[:3])}"
        raise InputError(Mistake(where, what, "choose another folder"))


def refuse_other_design(store: Store, design: Any, extend: bool) -> None:
    """InputError with what differs, unless the new design only adds runs and `extend` is given."""
    changed, added = differences(store.design, design)
    if changed:
        raise InputError([*changed, Mistake(f"store {store.folder}", "holds runs of another design", NEW_FOLDER)])
    if added and not extend:
        hint = "with --extend the stored runs are kept and the new ones added"
        raise InputError([*added, Mistake(f"store {store.folder}", "holds a smaller design", hint)])


def refuse_other_model(store: Store, design: Any) -> None:
    """InputError when the same design has other keys now: the model, its data or a scenario file has changed."""
    stored, now = store.index(), design.runs()
    if len(stored) == len(now) and (stored["key"].to_numpy() == now["key"].to_numpy()).all():
        return
    was, is_now = store.content.get("model", {}), content_of(design)["model"]
    changed = [f"{name}: {was.get(name)} is now {is_now[name]}" for name in is_now if was.get(name) != is_now[name]]
    what = f"was made with another version of the model or its data ({'; '.join(changed) or 'other contents'})"
    raise InputError(Mistake(f"store {store.folder}", what, f"results of both cannot be mixed; {NEW_FOLDER}"))


def content_of(design: Any) -> dict[str, Any]:
    """What design.json says of a design."""
    return {
        "format": FORMAT,
        "digest": design.digest,
        "title": design.title,
        "outcomes": list(design.outcomes),
        "years": [int(year) for year in design.years],
        "precision": design.precision,
        "baseline": design.baseline,
        "model": dict(design.made_with or {}),
        "design": design.document(),
    }


def differences(stored: Any, design: Any) -> tuple[list[Mistake], list[Mistake]]:
    """What differs between two designs: what makes them two studies, and what only adds runs."""
    found = list(stored.differences(design))
    added = [mistake for mistake in found if getattr(mistake, "extends", False)]
    return [mistake for mistake in found if mistake not in added], added
