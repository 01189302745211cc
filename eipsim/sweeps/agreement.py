"""What the user of a sweep has agreed to run, so that going on with it needs no second yes.

The note is kept in the user's own folder and not in the store: a store is a folder that comes from anywhere, and one that
brought its own consent would let a stranger's code run unasked.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from eipsim.core.cache_folder import cache_folder
from eipsim.core.own_code import Named
from eipsim.designs.design import Design
from eipsim.designs.run_keys import content_of, source_of


def not_agreed(design: Design, folder: str | Path) -> list[Named]:
    """Code that files name, and that this user has not yet agreed to run, as it stands now, for the store in `folder`."""
    return [n for n in design.strange_code if not _note(content_of(str(source_of(n.given))), folder).exists()]


def remember(design: Design, folder: str | Path) -> None:
    """Note that the user has agreed to all code of the design for this store. Where that cannot be kept, it is asked again."""
    read = design.files or {}  # by what it held when the user agreed, should it have changed since
    named = {str(source_of(code.given)) for code in design.code_named(lambda path: "")}
    for note in {_note(read[file], folder) for file in named & read.keys()}:
        with suppress(OSError):
            note.parent.mkdir(parents=True, exist_ok=True)
            note.touch()


def _note(digest: str, folder: str | Path) -> Path:
    """Where a yes is noted: by what a file of code holds, not by its name, and by the store."""
    return cache_folder() / "agreed" / hashlib.sha256(f"{digest} {Path(folder).resolve()}".encode()).hexdigest()
