"""Where eipsim keeps what can be made again: compiled code and built worlds."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """The folder for this user; `EIPSIM_CACHE` moves it."""
    return Path(os.environ.get("EIPSIM_CACHE") or platformdirs.user_cache_dir("eipsim"))


def beyond_newest(kept: int, folder: str | Path, names: str) -> list[Path]:
    """Files of `folder` with such `names` other than the newest `kept`."""
    return sorted(Path(folder).glob(names), key=_modified)[:-kept]


def _modified(file: Path) -> float:
    """When `file` was written; 0 when another process has just removed it."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0
