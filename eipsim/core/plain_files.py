"""Files of a user's as bytes: pipes and devices, which need not end, are not opened, and no more is read than is asked for."""

from __future__ import annotations

import stat
from pathlib import Path


def content_of(file: Path, most: int) -> bytes:
    """What a regular `file` holds, at most one byte more than `most`. OSError, in words, for what is none."""
    mode = file.stat().st_mode
    if not stat.S_ISREG(mode):
        raise OSError(f"it is {'a folder' if stat.S_ISDIR(mode) else 'a pipe or device'}, not a file")
    with file.open("rb") as opened:
        return opened.read(most + 1)
