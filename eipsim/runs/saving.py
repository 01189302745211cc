"""Result folders and files: written whole or not at all, and never over something that eipsim did not write.

Files go to a hidden folder beside the target, which takes the target's name when everything is there; a single file likewise.
A full disk, a mistake or Ctrl-C leaves nothing behind.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eipsim.core.later import Later
from eipsim.core.shown import Shown
from eipsim.errors import InputError, Mistake

if TYPE_CHECKING:
    import pandas as pd

    from eipsim.exports.codebook import Meaning

codebooks, workbooks = (
    Later("eipsim.exports.codebook"),
    Later("eipsim.exports.excel"),
)  # with pandas, which questions do not need
MANIFEST, CODEBOOK = "manifest.json", "codebook.csv"


@contextmanager
def new_folder(folder: str | Path, manifest: Mapping[str, Any], force: bool = False) -> Iterator[Path]:
    """A folder to write into; it becomes `folder`, with a manifest that lists its files, when the block ends well.

    Raises InputError when `folder` exists (with `force`: when it is not a result folder) or cannot be written.
    """
    target = Path(folder)
    check_folder(target, force)
    parent = target.absolute().parent
    made = [folder for folder in target.absolute().parents if not folder.exists()]  # the deepest first
    draft: Path | None = None
    try:
        parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.absolute().name}.", suffix=".partial", dir=parent))
        draft.chmod(0o777 & ~_umask())
        yield draft
        files = sorted(file.relative_to(draft).as_posix() for file in draft.rglob("*") if file.is_file())
        (draft / MANIFEST).write_text(as_json({**manifest, "files": files}) + "\n", encoding="utf-8")
        _put_in_place(draft, target)
    except OSError as error:
        what = f"cannot be written: {error.strerror or error}"
        raise InputError(Mistake(f"output folder {target}", what, "nothing was left behind")) from error
    finally:
        if draft is not None and draft.exists():
            shutil.rmtree(draft, ignore_errors=True)
        _remove_empty(made)


def check_folder(folder: str | Path, force: bool = False) -> None:
    """Raise InputError unless results may be written to `folder`; to be asked before a long run, too."""
    target, where = Path(folder), f"output folder {folder}"
    if not os.path.lexists(target):
        return
    if not os.path.isdir(target):
        raise InputError(Mistake(where, "is a file", "choose another name"))
    if not any(target.iterdir()):
        return
    if not force:
        raise InputError(Mistake(where, "exists", "nothing is overwritten without --force (in Python: force=True)"))
    foreign = _foreign_files(target)
    if foreign:
        shown = ", ".join(foreign[:3]) + (f" and {len(foreign) - 3} more" if len(foreign) > 3 else "")
        what = f"holds what eipsim did not write: {shown}"
        raise InputError(Mistake(where, what, "it is not replaced; choose another folder"))


@contextmanager
def new_file(file: str | Path, suffix: str, force: bool = False) -> Iterator[Path]:
    """A draft to write to; it becomes `file`, whose name ends in `suffix`, when the block ends well.

    Raises InputError when `file` exists (unless `force`), is called otherwise, or cannot be written.
    """
    target, where = Path(file), f"file {file}"
    if target.suffix.lower() != suffix:
        raise InputError(Mistake(where, f"does not end in {suffix}", f"write {target.with_suffix(suffix).name}"))
    if os.path.isdir(target):
        raise InputError(Mistake(where, "is a folder", "choose another name"))
    if os.path.lexists(target) and not force:
        raise InputError(Mistake(where, "exists", "nothing is overwritten without --force (in Python: force=True)"))
    made = [folder for folder in target.absolute().parents if not folder.exists()]  # the deepest first
    draft: Path | None = None
    try:
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(f".partial{suffix}", f".{target.name}.", target.absolute().parent)
        os.close(handle)
        draft = Path(name)
        yield draft
        draft.chmod(0o666 & ~_umask())
        os.replace(draft, target)
    except OSError as error:
        what = f"cannot be written: {error.strerror or error}"
        raise InputError(Mistake(where, what, "nothing was left behind")) from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
        _remove_empty(made)


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path, also: Mapping[str, Meaning] | None = None) -> None:
    """Tables by the names of their files, and in the codebook of the folder a row for each of their columns.

    also : what columns mean that only these tables have
    """
    for name, table in tables.items():
        write_table(table, folder / name)
    book = folder / CODEBOOK
    codebooks.codebook(tables, also).to_csv(book, mode="a", header=not book.exists(), index=False)


def write_table(frame: pd.DataFrame, file: Path, suffix: str = "") -> None:
    """A table as CSV or Parquet, by `suffix` or the name of `file`; Parquet keeps `attrs` (units) in its metadata."""
    keeps_index = frame.index.name is not None
    if (suffix or file.suffix) == ".parquet":
        frame.to_parquet(file, index=keeps_index)
    else:
        frame.to_csv(file, index=keeps_index)


class Saved(Shown):
    """Results that can be written: `files` are their tables, by the name of the file, `manifest` where they come from."""

    @property
    def manifest(self) -> dict[str, Any]:
        raise NotImplementedError

    def files(self) -> dict[str, pd.DataFrame]:
        raise NotImplementedError

    def meanings(self) -> dict[str, Meaning]:
        """Unit and meaning of columns that only these results have."""
        return {}

    def save(self, folder: str | Path, force: bool = False, also: Callable[[Path], object] | None = None) -> Path:
        """Write all tables and the manifest to `folder`, all or nothing; `also` writes more into the same folder.

        Raises InputError when `folder` exists and `force` is not given, or when it cannot be written.
        """
        with new_folder(folder, self.manifest, force) as draft:
            write_tables(self.files(), draft, self.meanings())
            if also is not None:
                also(draft)
        return Path(folder)

    def to_excel(self, file: str | Path, force: bool = False) -> Path:
        """Write all tables as sheets of one workbook, `file`.xlsx; sheets of their own tell units, sources and what was run.

        Raises InputError for a table that no sheet can hold, when `file` exists and `force` is not given, or when it cannot
        be written; nothing is left behind then. Needs `pip install 'eipsim[iamc]'`.
        """
        tables = {Path(name).stem: table for name, table in self.files().items()}
        about = {name: told for name, told in self.manifest.items() if name != "units"}
        with new_file(file, ".xlsx", force) as draft:
            workbooks.write_workbook(draft, tables, about, codebooks.codebook(tables, self.meanings()))
        return Path(file)


def as_json(content: Any, ascii_only: bool = False) -> str:
    """`content` as JSON that every reader accepts: NaN and infinity are null, what JSON does not know is text."""
    return json.dumps(_plain(content), indent=2, ensure_ascii=ascii_only, allow_nan=False)


def _plain(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    if content is None or isinstance(content, bool | int | str):
        return content
    if type(content).__name__ in ("NAType", "NaTType"):  # what pandas has for missing
        return None
    if hasattr(content, "item"):
        return _plain(content.item())
    if isinstance(content, float):
        return content if math.isfinite(content) else None
    return str(content)


def _foreign_files(folder: Path) -> list[str]:
    """What stands in `folder` beside the files its manifest lists; everything when it has no manifest."""
    try:
        listed = set(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]) | {MANIFEST}
    except (OSError, ValueError, KeyError, TypeError):
        listed = set()
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if not file.is_dir()}
    return sorted(there - listed)


def _put_in_place(draft: Path, target: Path) -> None:
    """Give `draft` the name `target`; the results that stood there go when the new ones are in place."""
    if target.is_symlink():
        target = target.resolve()
    if not target.exists():
        os.rename(draft, target)
        return
    old = draft.with_suffix(".old")
    os.rename(target, old)
    try:
        os.rename(draft, target)
    except BaseException:
        os.rename(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _remove_empty(folders: list[Path]) -> None:
    """Remove those of `folders` that are empty: parents made for results that then did not come."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:  # it holds the results, or was never made
            return


def _umask() -> int:
    """The process's mask for new files; reading it means setting it for a moment."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
