"""The one door to the compiler.

`@compiled` turns a plain numerical function into machine code and leaves it a plain Python function when compilation is
switched off (`NUMBA_DISABLE_JIT=1`); both give the same bits, because no fast-math is used and exp and log are our own
(`eipsim.rules.arithmetic`). `@allocating` is for functions that make an array: all others are compiled without numba's
reference counting, whose atomic counters would cost several times the arithmetic. `@inlined` is put in place of every call:
short arithmetic, so that a loop around it can be vectorised, and the verbs of the year of firms, exchanges and shared systems,
because a call hands over every field of every table and these are some seventy words; `@rule` is the same under the name that
says what a behavioural formula is.

numba's cache does not notice an edit in another file, so the cache folder carries a hash of the sources: change one and
all are compiled again, once.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numba
import platformdirs
from numba.core.sigutils import normalize_signature
from numba.core.types import Dispatcher

PACKAGE = Path(__file__).parents[1]
NEVER_COMPILED = (
    "__init__.py", "__main__.py", "analysis", "cli", "designs", "errors.py", "explain", "figures", "scenarios",
    "stores", "sweeps",
)  # fmt: skip


def sources_hash() -> str:
    """Hash of what compiled code is made from: the sources of the model, and the tables that name its columns."""
    digest = hashlib.sha256()
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.relative_to(PACKAGE).parts[0] not in NEVER_COMPILED:
            digest.update(file.read_bytes())
    for table in ("parameters", "measure_names", "applicability"):
        digest.update((PACKAGE / "data" / f"{table}.csv").read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Where eipsim keeps what can be made again: compiled code and built worlds. `EIPSIM_CACHE` moves it."""
    return Path(os.environ.get("EIPSIM_CACHE") or platformdirs.user_cache_dir("eipsim"))


numba.config.CACHE_DIR = os.environ.get("NUMBA_CACHE_DIR") or str(cache_folder() / f"compiled-{sources_hash()}")
IS_COMPILED = not numba.config.DISABLE_JIT


def once_for_all(decorate: Callable) -> Callable:
    """The decorator, such that a function is compiled once per types of its arguments and kept on disk.

    Numba would compile it again for every constant it is called with. Machine code made for a function passed in, a
    user's rule, is not kept: its record names the module of the rule, and processes that lack it could read no record.
    """

    def decorated(function: Callable):
        dispatcher = decorate(function)
        if IS_COMPILED:
            template, save = dispatcher.get_call_template, dispatcher._cache.save_overload
            dispatcher.get_call_template = lambda args, kws: template(plain(args), dict(zip(kws, plain(kws.values()))))
            dispatcher._cache.save_overload = lambda kinds, code: None if is_for_a_rule(kinds) else save(kinds, code)
        return dispatcher

    return decorated


def plain(kinds) -> tuple:
    """The types, with constants as what they are constants of."""
    return tuple(numba.types.unliteral(kind) for kind in kinds)


def is_for_a_rule(kinds) -> bool:
    """Whether one of the arguments of these types, a tuple or signature, is a compiled function."""
    return any(isinstance(kind, Dispatcher) for kind in normalize_signature(kinds)[0])


compiled = once_for_all(numba.njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True, _nrt=False))
allocating = once_for_all(numba.njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True))
inlined = once_for_all(
    numba.njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True, _nrt=False, forceinline=True)
)
rule = inlined

LINE = 64  # bytes of a cache line
AHEAD = 3  # rows to prefetch ahead of the one that is worked on
TOGETHER = 8  # rows that are worked on together


def _lowest_bit(bits):
    """Number of the lowest bit that is set in `bits` > 0: how loops visit only the measures that matter.

    >>> _lowest_bit(12)
    2
    """
    return (int(bits) & -int(bits)).bit_length() - 1


def _prefetch(table, i):
    """Ask for row `i` of a table ahead of its use: a national table exceeds the cache, and a row is many lines."""


if IS_COMPILED:
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.extending import intrinsic

    def prefetching(half):
        """`_prefetch` for one half of a row (0 or 1), as one machine instruction per cache line; it changes no result.

        In halves, because a processor can have some dozen lines on their way at once, fewer than a row has.
        """

        @intrinsic
        def prefetch(typingctx, table, i):
            def codegen(context, builder, signature, args):
                array = context.make_array(signature.args[0])(context, builder, args[0])
                size = context.get_abi_sizeof(context.get_data_type(signature.args[0].dtype))
                byte_pointer = ir.IntType(8).as_pointer()
                row = cgutils.gep(builder, array.data, args[1])
                kind = ir.FunctionType(ir.VoidType(), [byte_pointer] + [ir.IntType(32)] * 3)
                fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
                lines = range(0, size, LINE)
                middle = len(lines) // 2
                for offset in lines[middle:] if half else lines[:middle]:
                    line = cgutils.pointer_add(builder, row, context.get_constant(types.intp, offset), byte_pointer)
                    builder.call(
                        fetch, [line] + [ir.IntType(32)(flag) for flag in (1, 3, 1)]
                    )  # for writing, keep, data
                return context.get_dummy_value()

            return types.void(table, types.intp), codegen

        return prefetch

    prefetch_front, prefetch_back = prefetching(0), prefetching(1)

    @intrinsic
    def lowest_bit(typingctx, bits):
        """`_lowest_bit` as one machine instruction."""

        def codegen(context, builder, signature, args):
            return builder.cttz(args[0], ir.IntType(1)(1))

        return types.int64(types.int64), codegen

else:
    prefetch_front, prefetch_back, lowest_bit = _prefetch, _prefetch, _lowest_bit


@inlined
def prefetch_row(table, i):
    """Ask for the whole of row `i` of a table."""
    prefetch_front(table, i)
    prefetch_back(table, i)
