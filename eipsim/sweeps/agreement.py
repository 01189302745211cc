"""What the user of a sweep has agreed to run: a store remembers it by the hash of every file."""

from __future__ import annotations

from pathlib import Path

from eipsim.core.own_code import Named
from eipsim.designs.design import Design
from eipsim.designs.run_keys import source_of
from eipsim.stores.store import DESIGN, Store


def not_agreed(design: Design, folder: str | Path) -> list[Named]:
    """Code that files name, and that the sweeps of the store in `folder` have not run as it stands now."""
    strange = design.strange_code
    if not strange or not (Path(folder) / DESIGN).is_file():
        return list(strange)
    agreed = set((Store(folder).content["design"].get("files") or {}).values())
    return [named for named in strange if (design.files or {}).get(str(source_of(named.given))) not in agreed]
