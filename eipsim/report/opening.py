"""Opening results: of which command they are, and whether this version can read them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from eipsim.errors import InputError, Mistake
from eipsim.report.sources import COMPARISON, FILES, RUN, STORE, ComparisonSource, RunSource, Source, StoreSource, told
from eipsim.runs.provenance import versions
from eipsim.runs.saving import MANIFEST
from eipsim.stores.layout import DESIGN

HOW = "give a folder that `eipsim run`, `eipsim compare` or `eipsim sweep` has written"
SOURCES: dict[str, type[Source]] = {RUN: RunSource, COMPARISON: ComparisonSource}


def open_source(folder: str | Path) -> Source:
    """The results in a folder. InputError when there are none, or they cannot be read, or are of a newer version."""
    path = Path(folder)
    if os.path.isfile(path / DESIGN):
        store = StoreSource(STORE, path, {})
        store.study.store.index()  # what cannot be read is told now
        return store
    manifest = read_manifest(path)
    kind = next((kind for kind, files in FILES.items() if all((path / file).is_file() for file in files)), None)
    if kind is None:
        raise InputError(Mistake(f"results {path}", "are of another command", HOW))
    source = SOURCES[kind](kind, path, manifest)
    with told(path / MANIFEST):
        _ = source.scenarios, source.baseline, source.years
    return source


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a folder of results says of itself. InputError when it is none, is damaged, or of a newer version."""
    where = f"results {folder}"
    if not os.path.exists(folder):
        raise InputError(Mistake(where, "there is no such folder", HOW))
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        own = dict(content.get("versions") or {}).get("eipsim", "")
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(Mistake(where, f"holds neither results ({MANIFEST}) nor a store ({DESIGN})", HOW)) from None
    except (OSError, ValueError, AttributeError, TypeError):
        raise InputError(
            Mistake(f"{where}/{MANIFEST}", "cannot be read as a manifest", "run the command again")
        ) from None
    mine = versions()["eipsim"]
    if numbers_of(own) > numbers_of(mine):
        what = f"was written by eipsim {own}, which is newer than this one ({mine})"
        raise InputError(Mistake(where, what, "install that version"))
    return content


def numbers_of(version: object) -> tuple[int, ...]:
    """The numbers of a version, by which it is older or newer.

    >>> numbers_of("0.10.1") > numbers_of("0.9"), numbers_of("unknown")
    (True, ())
    """
    return tuple(int(part) for part in re.findall(r"\d+", str(version))[:3])
