"""The one door to the compiler.

`@compiled` turns a plain numerical function into machine code and leaves it a plain Python function when compilation is
switched off (`NUMBA_DISABLE_JIT=1`); both give the same bits, because no fast-math is used and exp and log are our own
(`eipsim.core.arithmetic`). `@allocating` is for functions that make an array: all others are compiled without numba's
reference counting, whose atomic counters would cost several times the arithmetic. `@inlined` is put in place of every call:
short arithmetic, so that a loop around it can be vectorised, and the verbs of the year of firms, exchanges and shared systems,
because a call hands over every field of every table and these are some seventy words; `@rule` is the same under the name that
says what a behavioural formula is.

Machine code is kept on disk (`compiled_cache`).
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numba

from eipsim.core.cache_folder import cache_folder

try:
    from eipsim.core.compiled_cache import keep_on_disk, watch
except (ImportError, AttributeError):  # this numba's cache is built otherwise

    def keep_on_disk(dispatcher) -> None:
        """Keep nothing: numba's own way would miss edits of what a function calls."""

    def watch(watcher: Any) -> None:
        """Tell nobody: what a helper compiles would not be kept."""

    warnings.warn(f"numba {numba.__version__} is unknown to eipsim: every process compiles anew", stacklevel=2)

try:
    from eipsim.core.compiled_lean import LeanDispatcher as Dispatcher
except (ImportError, AttributeError):  # numba's own does the same in twice the time
    from numba.core.registry import CPUDispatcher as Dispatcher  # type: ignore[no-redef]

# A folder for each compiler: while one replaces the records of another, a third process could read half of each.
COMPILER = f"numba-{numba.__version__}-python-{sys.version_info.major}.{sys.version_info.minor}"
numba.config.CACHE_DIR = os.environ.get("NUMBA_CACHE_DIR") or str(cache_folder() / "compiled" / COMPILER)
IS_COMPILED = not numba.config.DISABLE_JIT
WRITTEN: dict[int, Callable] = {}  # without compilation, the functions that would be compiled, by the id of their code
ALWAYS = {"nopython": True, "boundscheck": None, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}


def once_for_all(**options) -> Callable:
    """The decorator, such that a function is compiled once per types of its arguments and kept on disk.

    Numba would compile it again for every constant it is called with.
    """

    def decorate(function: Callable):
        if not IS_COMPILED:
            WRITTEN[id(function.__code__)] = function
            return function
        dispatcher: Any = Dispatcher(function, {}, ALWAYS | options)
        template = dispatcher.get_call_template
        dispatcher.get_call_template = lambda args, kws: template(plain(args), dict(zip(kws, plain(kws.values()))))
        keep_on_disk(dispatcher)
        return dispatcher

    return decorate


def plain(kinds) -> tuple:
    """The types, with constants as what they are constants of."""
    return tuple(numba.types.unliteral(kind) for kind in kinds)


compiled = once_for_all(_nrt=False)
allocating = once_for_all()
inlined = once_for_all(_nrt=False, forceinline=True)
rule = inlined

KEPT = 32  # functions of a user in memory


@lru_cache(maxsize=KEPT)
def machine_code(function: Callable, arguments: tuple):
    """A user's function in machine code, or None where it cannot have any that takes these arguments, which it takes in Python.

    Once a process: with another object of the same function all that calls it would be compiled again.
    """
    if not IS_COMPILED:
        return function
    try:
        fast = numba.njit(function)
        fast(*arguments)
    except Exception:  # it has answered in Python, so whatever this is, only the compiler minds
        return None
    return fast


LINE = 64  # bytes of a cache line
AHEAD = 3  # rows to prefetch ahead of the one that is worked on
TOGETHER = 8  # rows that are worked on together


def _lowest_bit(bits):
    """Number of the lowest bit that is set in `bits` > 0: how loops visit only the measures that matter.

    >>> _lowest_bit(12)
    2
    """
    return (int(bits) & -int(bits)).bit_length() - 1


def _prefetch(table, i, column=""):
    """Ask for row `i` of a table ahead of its use: a national table exceeds the cache, and a row is many lines."""


if IS_COMPILED:
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.cpython.unsafe.numbers import trailing_zeros as lowest_bit
    from numba.extending import intrinsic

    def ask_for(context, builder, array, i, offsets):
        """One instruction for each line of row `i` at one of the `offsets` [bytes]."""
        byte_pointer = ir.IntType(8).as_pointer()
        row = cgutils.gep(builder, array.data, i)
        kind = ir.FunctionType(ir.VoidType(), [byte_pointer] + [ir.IntType(32)] * 3)
        fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        for offset in offsets:
            line = cgutils.pointer_add(builder, row, context.get_constant(types.intp, offset), byte_pointer)
            builder.call(fetch, [line] + [ir.IntType(32)(flag) for flag in (1, 3, 1)])  # for writing, keep, data

    def prefetching(half):
        """`_prefetch` for one half of a row (0 or 1), as one machine instruction per cache line; it changes no result.

        In halves, because a processor can have some dozen lines on their way at once, fewer than a row has.
        """

        @intrinsic
        def prefetch(typingctx, table, i):
            def codegen(context, builder, signature, args):
                array = context.make_array(signature.args[0])(context, builder, args[0])
                size = context.get_abi_sizeof(context.get_data_type(signature.args[0].dtype))
                lines = range(0, size, LINE)
                middle = len(lines) // 2
                ask_for(context, builder, array, args[1], lines[middle:] if half else lines[:middle])
                return context.get_dummy_value()

            return types.void(table, types.intp), codegen

        return prefetch

    prefetch_front, prefetch_back = prefetching(0), prefetching(1)

    @intrinsic(prefer_literal=True)
    def prefetch_cell(typingctx, table, i, column):
        """`_prefetch` for one cell of a row, of which little else is asked."""
        name = column.literal_value

        def codegen(context, builder, signature, args):
            array = context.make_array(signature.args[0])(context, builder, args[0])
            field = signature.args[0].dtype.fields[name]
            last = field.offset + context.get_abi_sizeof(context.get_data_type(field.type)) - 1
            ask_for(context, builder, array, args[1], [*range(field.offset, last, LINE), last])
            return context.get_dummy_value()

        return types.void(table, types.intp, column), codegen

else:
    prefetch_front, prefetch_back, prefetch_cell, lowest_bit = _prefetch, _prefetch, _prefetch, _lowest_bit


@inlined
def prefetch_row(table, i):
    """Ask for the whole of row `i` of a table."""
    prefetch_front(table, i)
    prefetch_back(table, i)
