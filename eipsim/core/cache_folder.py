"""Where eipsim keeps what can be made again: compiled code and built worlds."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import platformdirs

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_folder() -> Path:
    """The folder for this user; `EIPSIM_CACHE` moves it."""
    return Path(os.environ.get("EIPSIM_CACHE") or platformdirs.user_cache_dir("eipsim"))


def why_not_own(folder: str | Path) -> str:
    """Why code that is kept in `folder` may be somebody else's; empty where only this user, and root, can write there.

    A folder of one's own that others may write to is closed to them. Systems without owners of files are trusted.
    """
    if not hasattr(os, "geteuid"):
        return ""
    place, ours = Path(folder).absolute(), (0, os.geteuid())
    if os.path.isdir(place):
        status = place.stat()
        if status.st_uid not in ours:
            return f"belongs to another user (number {status.st_uid})"
        if status.st_mode & OTHERS_WRITE and not _closed(place, status.st_mode):
            return "can be written by others"
    for above in place.parents:
        mode = above.stat().st_mode if os.path.isdir(above) else 0
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            return f"lies in {above}, which everybody can write to"
    return ""


def _closed(folder: Path, mode: int) -> bool:
    """Whether a folder could be closed to others; what they have written there by then is gone."""
    try:
        folder.chmod(stat.S_IMODE(mode) & ~OTHERS_WRITE)
        for file in folder.iterdir():
            if file.lstat().st_uid not in (0, os.geteuid()):
                file.unlink()
    except OSError:
        return False
    return True


def beyond_newest(kept: int, folder: str | Path, names: str) -> list[Path]:
    """Files of `folder` with such `names` other than the newest `kept`."""
    return sorted(Path(folder).glob(names), key=_modified)[:-kept]


def _modified(file: Path) -> float:
    """When `file` was written; 0 when another process has just removed it."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0
