"""Machine code on disk, named by what it was made from.

numba names its own records by file and line: it throws them away when a comment in their file has changed, and keeps them when
a function that they call has changed in another file. Ours are named by a hash of a function and all it reaches
(`fingerprints`): an edit costs the functions that reach it and no others, and copies of eipsim share what they have in common.
"""

from __future__ import annotations

from typing import Any

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile
from numba.core.sigutils import normalize_signature
from numba.core.types import Dispatcher

from eipsim.core.cache_folder import beyond_newest
from eipsim.core.fingerprints import hash_of_function

VERSIONS = 16  # of a function that are kept
locators: Any = CompileResultCacheImpl._locator_classes


class Place(locators[0]):
    """One folder for all, wherever the sources stand; if it cannot be written, numba's other places follow."""

    def __init__(self, py_func, py_file):
        super().__init__(py_func, py_file)
        self._cache_path = numba.config.CACHE_DIR


class Record(CompileResultCacheImpl):
    _locator_classes = (Place, *locators[1:])


class Shelf(FunctionCache):
    """The records of one compiled function."""

    _impl_class = Record

    def __init__(self, dispatcher):
        super().__init__(dispatcher.py_func)
        self.dispatcher, self.found = dispatcher, False
        function = f"{dispatcher.py_func.__module__}.{dispatcher.py_func.__qualname__}"
        self.name = function.replace("<", "").replace(">", "")

    def find(self) -> None:
        """Not before machine code is asked for: until then a function below this one in its file is not there yet."""
        if not self.found:
            made_from = hash_of_function(self.dispatcher)
            self._cache_file = IndexDataCacheFile(self._cache_path, f"{self.name}-{made_from}", made_from)
            self.found = True

    def load_overload(self, sig, target_context):
        self.find()
        return super().load_overload(sig, target_context)

    def save_overload(self, sig, data):
        """Keep machine code, unless it was made for a function passed in, a user's rule.

        Its record would name the module of the rule, and processes that lack it could read no record.
        """
        if not any(isinstance(kind, Dispatcher) for kind in normalize_signature(sig)[0]):
            self.find()
            super().save_overload(sig, data._replace(type_annotation=""))  # nobody reads what numba has to say about it
            self.forget_oldest()

    def _index_key(self, sig, codegen):
        """Types and processor; all else stands in the name. Numba's own differs between processes for an inner function."""
        return sig, codegen.magic_tuple()

    def flush(self):
        self.find()
        super().flush()

    def forget_oldest(self) -> None:
        """Remove all but the last few versions of the function."""
        for index in beyond_newest(VERSIONS, self._cache_path, f"{self.name}-*.nbi"):
            for file in index.parent.glob(f"{index.stem}.*"):
                file.unlink(missing_ok=True)


def keep_on_disk(dispatcher) -> None:
    """Look the machine code of this compiled function up on disk, and keep there what has to be made."""
    dispatcher._cache = Shelf(dispatcher)
