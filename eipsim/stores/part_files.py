"""The parts of a store, read whole: what is damaged is remembered, and its runs count as missing."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pandas as pd

from eipsim.stores.files import DamagedError, part_files, read_frame

Content = TypeVar("Content")


class PartFiles:
    """The Parquet parts in a folder.

    damaged : parts that could not be read, with the reason; filled as reading meets them
    """

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)
        self.damaged: dict[Path, str] = {}

    def frames(self, name: str) -> list[pd.DataFrame]:
        """The parts of `name` (PAIRS, FAILURES) that can be read."""
        frames = (self.whole(file, read_frame) for file in part_files(self.folder / name))
        return [frame for frame in frames if frame is not None and len(frame)]

    def whole(self, file: Path, read: Callable[[Path], Content]) -> Content | None:
        """What `read` makes of a part; None, and noted, when it is damaged, or gone because parts were merged."""
        try:
            return read(file)
        except DamagedError as error:
            if file not in self.damaged:
                what = f"{file} is damaged ({error}): its runs count as missing"
                warnings.warn(f"{what}; the same `eipsim sweep` runs them again", RuntimeWarning, stacklevel=4)
            self.damaged[file] = str(error)
        except FileNotFoundError:  # its content is in another part now
            pass
        return None


def stamp_of(file: Path) -> tuple[int, int] | None:
    """Size and time of a file, which change when it is changed; None where it is gone."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
