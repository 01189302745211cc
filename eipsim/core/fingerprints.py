"""What results and machine code are made from, as hashes. A docstring or a comment more or less changes neither."""

from __future__ import annotations

import hashlib
import io
import sys
import tokenize
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

PACKAGE = Path(__file__).parents[1]
LAYOUT = (tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)
_known: WeakKeyDictionary = WeakKeyDictionary()  # function -> what it says itself, and the functions it calls


# ---- files ---------------------------------------------------------------------------------------------------------------


def sources(folders: Iterable[str]) -> list[Path]:
    """The Python files of these folders of eipsim, in a fixed order."""
    return sorted(file for folder in folders for file in (PACKAGE / folder).rglob("*.py"))


def hash_of_sources(folders: Iterable[str]) -> str:
    """Hash of what the Python files of these folders of eipsim say, whatever is remarked in them."""
    digest = hashlib.sha256()
    for file in sources(folders):
        digest.update(f"{file.relative_to(PACKAGE).as_posix()}\n{without_remarks(file.read_text('utf-8'))}\n".encode())
    return digest.hexdigest()[:16]


def without_remarks(source: str) -> str:
    """Python source without comments, docstrings and empty lines: the same in every version of Python, unlike a syntax tree.

    >>> without_remarks('"What it is."\\n\\nx = "#1"  # and why\\n')
    'x = "#1"'
    """
    lines = source.splitlines()
    for first, start, last, end in reversed(list(_remarks(source))):
        lines[first - 1 : last] = [lines[first - 1][:start] + lines[last - 1][end:]]
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _remarks(source: str) -> Iterator[tuple[int, int, int, int]]:
    """Where comments and statements that are nothing but a string begin and end: line, column, line, column."""
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    before = tokenize.NEWLINE
    for token, after in pairwise(tokens):
        alone = before in LAYOUT and after.type in (tokenize.NEWLINE, tokenize.COMMENT)
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and alone):
            yield *token.start, *token.end
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            before = token.type


def short_hash(said: Any) -> str:
    """Of what something says as a text: for names that tell apart what is looked at once more anyway."""
    return hashlib.sha256(str(said).encode()).hexdigest()[:10]


# ---- compiled functions --------------------------------------------------------------------------------------------------


def hash_of_function(compiled: Any) -> str:
    """Hash of all that the machine code of a compiled function is made from: itself and every function that it reaches."""
    said = reached(compiled)
    own = said.pop(plain(compiled))
    how = [str(sys.version_info[:2]), type(compiled).__name__, options(compiled)]
    all_said = "\n".join([*how, own, *sorted(said.values())])
    return hashlib.sha256(all_said.encode()).hexdigest()[:20]


def reached(compiled: Any) -> dict[FunctionType | None, str]:
    """A compiled function and every function that it reaches, with what each says itself."""
    said: dict[FunctionType | None, str] = {}
    waiting = [compiled]
    while waiting:
        function = plain(waiting.pop())
        if function not in said:
            if function not in _known:
                _known[function] = _tell(function)
            said[function], calls = _known[function]
            waiting += calls
    return said


def plain(compiled: Any) -> FunctionType | None:
    """The Python function behind a compiled one or an instruction of our own; None for anything else."""
    function = getattr(compiled, "py_func", None) or getattr(compiled, "_defn", None)
    return function if isinstance(function, FunctionType) else None


def options(compiled: Any) -> str:
    return repr(sorted(getattr(compiled, "targetoptions", {}).items()))


def _tell(function: Any) -> tuple[str, list]:
    """The function in so many words: bytecode, constants and the values it names; and the compiled functions among these."""
    calls: list = []
    said = [f"{function.__module__}.{function.__qualname__}", _value(function.__defaults__, calls, ())]
    for code in _codes(function.__code__):
        constants = code.co_consts[1:] if code.co_consts[:1] == (function.__doc__,) else code.co_consts
        taken = code.co_argcount + code.co_kwonlyargcount
        said += [code.co_code.hex(), repr(code.co_names), repr(code.co_varnames[:taken]), str(code.co_flags & 0xC)]
        said += [_value(constant, calls, ()) for constant in constants if not isinstance(constant, CodeType)]
        named = {name: function.__globals__[name] for name in code.co_names if name in function.__globals__}
        said += [f"{name}={_value(value, calls, code.co_names)}" for name, value in named.items()]
    said += [_value(cell.cell_contents, calls, ()) for cell in function.__closure__ or ()]
    return "\n".join(said), calls


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A code object and those of the functions written inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _value(value: Any, calls: list, names: tuple[str, ...]) -> str:
    """A value as machine code freezes it; of what cannot stand in machine code only the kind is told.

    `names`: what the code may ask of it, if it is a module.
    """
    if plain(value) is not None:
        calls.append(value)
        return f"{value.__module__}.{value.__qualname__} {options(value)}"
    if isinstance(value, ModuleType):
        own = {name: vars(value)[name] for name in names if name in vars(value) and _is_eipsim(value)}
        return value.__name__ + "".join(f" {name}={_value(one, calls, ())}" for name, one in own.items())
    if isinstance(value, np.ndarray | np.void):
        return f"{value.dtype!r} {value.shape} {value.tobytes().hex()}"
    if isinstance(value, tuple):
        return f"{type(value).__qualname__} {[_value(one, calls, ()) for one in value]}"
    if isinstance(value, frozenset):
        return f"frozenset {sorted(repr(one) for one in value)}"
    if value is None or isinstance(value, bool | int | float | complex | str | bytes | np.generic | np.dtype):
        return f"{type(value).__qualname__} {value!r}"
    named = value if hasattr(value, "__qualname__") else type(value)
    return f"{named.__module__}.{named.__qualname__} {getattr(value, '_fields', '')}"


def _is_eipsim(module: ModuleType) -> bool:
    return module.__name__.split(".")[0] == __name__.split(".")[0]
