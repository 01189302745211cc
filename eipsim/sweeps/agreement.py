"""What the user of a sweep has agreed to run, so that going on with it needs no second yes.

The note is kept in the user's own folder and not in the store: a store is a folder that comes from anywhere, and one that
brought its own consent would let a stranger's code run unasked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from eipsim.core.cache_folder import cache_folder
from eipsim.core.own_code import Named
from eipsim.designs.design import Design
from eipsim.designs.run_keys import content_of, source_of


def not_agreed(design: Design, folder: str | Path) -> list[Named]:
    """Code that files name, and that this user has not yet agreed to run, as it stands now, for the store in `folder`."""
    return [named for named in design.strange_code if not _note(named, folder).exists()]


def remember(design: Design, folder: str | Path) -> None:
    """Note that the user has agreed to all code of the design for this store. Where that cannot be kept, it is asked again."""
    for note in {_note(named, folder) for named in _named_in(design)}:
        with suppress(OSError):
            note.parent.mkdir(parents=True, exist_ok=True)
            note.touch()


def _named_in(design: Design) -> Iterator[Named]:
    return design.code_named(lambda path: "")


def _note(named: Named, folder: str | Path) -> Path:
    """Where a yes is noted: by what the file of code holds, not by its name, and by the store."""
    what = f"{content_of(str(source_of(named.given)))} {Path(folder).resolve()}"
    return cache_folder() / "agreed" / hashlib.sha256(what.encode()).hexdigest()
