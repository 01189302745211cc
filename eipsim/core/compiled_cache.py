"""Machine code on disk, named by what it was made from.

numba names its own records by file and line: it throws them away when a comment in their file has changed, and keeps them when
a function that they call has changed in another file. Ours are named by a hash of a function and all it reaches
(`fingerprints`): an edit costs the functions that reach it and no others, and copies of eipsim share what they have in common.
"""

from __future__ import annotations

import contextlib
import tempfile
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import llvmlite.binding as llvm
import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile
from numba.core.runtime import _nrt_python
from numba.core.sigutils import normalize_signature
from numba.core.types import Dispatcher

from eipsim.core.cache_folder import beyond_newest, why_not_own
from eipsim.core.fingerprints import hash_of_function, short_hash

VERSIONS = 16  # of a function that are kept
REMEDY = "set EIPSIM_CACHE to a folder of your own that can be written"
locators: Any = CompileResultCacheImpl._locator_classes
_told: set[str] = set()


class Watcher(Protocol):
    """Somebody who is told what is compiled."""

    def missing(self, dispatcher: Any, kinds: tuple) -> bool:
        """Machine code for these types is not on disk and will be made, unless this says that it has come there."""
        ...

    def made(self, dispatcher: Any, kinds: tuple) -> None:
        """It has been made."""


class Nobody:
    """Minds nothing."""

    def missing(self, dispatcher: Any, kinds: tuple) -> bool:
        return False

    def made(self, dispatcher: Any, kinds: tuple) -> None:
        pass


_watchers: list[Watcher] = [Nobody()]


def watch(watcher: Any) -> None:
    """From now on this `Watcher` is told, and nobody else."""
    _watchers[:] = [watcher]


class Place(locators[0]):
    """One folder for all, wherever the sources stand."""

    def __init__(self, py_func, py_file):
        super().__init__(py_func, py_file)
        self._cache_path = numba.config.CACHE_DIR

    @classmethod
    def from_function(cls, py_func, py_file):
        """The folder, whether it can be written or not: that is seen when something is to be kept."""
        return cls(py_func, py_file)


class Record(CompileResultCacheImpl):
    """What is kept of a compiled function, without the surroundings of functions in its code that look nothing up there."""

    _locator_classes = (Place,)

    def reduce(self, data):
        *most, surroundings = super().reduce(data)
        code = str(data.library._final_module)
        return *most, tuple(one for one in surroundings if code.count(one.env_name) > 1)  # not declared only


class Shelf(FunctionCache):
    """The records of one compiled function, a file and its index for each types of its arguments and each processor.

    Never two of them in one: two processes would each write the index as they know it.
    """

    _impl_class = Record

    def __init__(self, dispatcher):
        super().__init__(dispatcher.py_func)
        self.dispatcher, self.made_from = dispatcher, ""
        function = f"{dispatcher.py_func.__module__}.{dispatcher.py_func.__qualname__}"
        self.name = function.replace("<", "").replace(">", "")

    def stem(self, kinds: tuple) -> str:
        """What the names of the files for these types begin with, whatever the processor."""
        if not self.made_from:  # not before machine code is asked for: a function below this one may not be there yet
            self.made_from = hash_of_function(self.dispatcher)
        return f"{self.name}-{self.made_from}-{short_hash(kinds)}-"

    def find(self, kinds: tuple) -> None:
        processor = self.dispatcher.targetctx.codegen().magic_tuple()
        stem = f"{self.stem(kinds)}{short_hash(processor)}"
        self._cache_file = IndexDataCacheFile(self._cache_path, stem, self.made_from)

    def load_overload(self, sig, target_context):
        found = self.read(sig, target_context)
        if found is None:
            self.tell_of_other_processors(sig)
            if can_be_written() and _watchers[0].missing(self.dispatcher, sig):
                found = self.read(sig, target_context)
        return found

    def tell_of_other_processors(self, kinds: tuple) -> None:
        own = Path(self._cache_file._index_path).name
        if any(file.name != own for file in Path(self._cache_path).glob(f"{self.stem(kinds)}*.nbi")):
            what = (
                "has machine code of another processor: compiled once for this one as well, for ten seconds to a minute"
            )
            tell_once(what, "nothing need be done; both are kept")

    def read(self, sig, target_context):
        """What is kept, or None. What cannot be read is thrown away: a broken file can raise anything."""
        self.find(sig)
        if not is_own():
            return None
        try:
            name_helpers()
            with self._guard_against_spurious_io_errors():
                return self._load_overload(sig, target_context)
        except OSError:  # no folder: told of when something is to be kept
            return None
        except Exception as error:
            what = f"has machine code that cannot be read ({type(error).__name__}): it is compiled anew, for seconds"
            tell_once(what, "if this comes again, delete the folder")
            with contextlib.suppress(OSError):
                self._cache_file.flush()
            return None

    def save_overload(self, sig, data):
        """Keep machine code, unless it was made for a function passed in, a user's rule.

        Its record would name the module of the rule, and processes that lack it could read no record.
        """
        kinds = normalize_signature(sig)[0]
        if is_own() and not any(isinstance(kind, Dispatcher) for kind in kinds):
            self.find(kinds)
            try:
                super().save_overload(
                    sig, data._replace(type_annotation="")
                )  # nobody reads what numba has to say about it
                self.forget_oldest()
            except OSError as error:
                tell_unwritable(error)
            _watchers[0].made(self.dispatcher, kinds)

    def _index_key(self, sig, codegen):
        """Types and processor; all else stands in the name. Numba's own differs between processes for an inner function."""
        return sig, codegen.magic_tuple()

    def flush(self):
        """Forget all of this version of the function."""
        hash_of = self.stem(()).rpartition("-")[0].rpartition("-")[0]
        for file in Path(self._cache_path).glob(f"{hash_of}-*"):
            file.unlink(missing_ok=True)

    def forget_oldest(self) -> None:
        """Remove all but the last few versions of the function."""
        for index in beyond_newest(VERSIONS, self._cache_path, f"{self.name}-*.nbi"):
            for file in index.parent.glob(f"{index.stem}.*"):
                file.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def name_helpers() -> None:
    """Give machine code that comes from disk the functions of numba that it calls, as `rtsys.initialize` does.

    That compiles something too, and numba's own way of loading gets ready to compile anything: a third of a second and 30 MB.
    """
    for name, address in _nrt_python.c_helpers.items():
        llvm.add_symbol(name if name.startswith("_") else f"NRT_{name}", address)


@lru_cache(maxsize=1)
def is_own() -> bool:
    """Whether machine code on disk can only be this user's: to load a record runs what it holds. Asked once a process."""
    if reason := why_not_own(numba.config.CACHE_DIR):
        tell_once(f"{reason}: its machine code is not used, and every process compiles anew", REMEDY)
    return not reason


@lru_cache(maxsize=1)
def can_be_written() -> bool:
    """Whether machine code can be kept; tried once a process."""
    if not is_own():
        return False
    try:
        Path(numba.config.CACHE_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=numba.config.CACHE_DIR):
            return True
    except OSError as error:
        tell_unwritable(error)
        return False


def tell_unwritable(error: OSError) -> None:
    what = f"cannot be written ({error}): every process compiles anew, for some ten seconds to a minute"
    tell_once(what, REMEDY)


def tell_once(what: str, remedy: str) -> None:
    """A warning about the folder of machine code, each kind once a process."""
    kind = what.partition("(")[0]
    if kind not in _told:
        _told.add(kind)
        warnings.warn(f"{numba.config.CACHE_DIR} {what}; {remedy}", RuntimeWarning, stacklevel=2)


def keep_on_disk(dispatcher) -> None:
    """Look the machine code of this compiled function up on disk, and keep there what has to be made."""
    dispatcher._cache = Shelf(dispatcher)
