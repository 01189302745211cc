"""Code of a user's own, named as FILE.py:NAME: a decision rule, an instrument, a model of a design.

It is read without being run (`mistakes_in`), run from the bytes whose hash is noted (`load`), and what goes wrong in it is
told by the line of its file. A file that names code is a program: it runs when the user has agreed, see `refuse`.
"""

from __future__ import annotations

import ast
import hashlib
import io
import os
import reprlib
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from eipsim.core.phrases import Phrase
from eipsim.errors import InputError, Mistake, did_you_mean, refuse_all, unknown

KEPT = 32  # files of a user in memory
MOST_BYTES = 1_000_000
MOST_SHOWN = 60  # characters of a value
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Named(NamedTuple):
    """Code that a file names: the place where it stands there, and FILE.py:NAME or module:name."""

    where: str
    given: str


class Asked(NamedTuple):
    """What code is for, and how it is called: with so many arguments, and with these by name."""

    purpose: str
    takes: tuple[str, ...]
    by_name: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.purpose} takes {', '.join((*self.takes, *self.by_name))}"


def is_code(said: object) -> bool:
    """Whether something that stands in a file or option names code in a file.

    >>> is_code("my_rule.py:three_years"), is_code("npv_hurdle")
    (True, False)
    """
    return isinstance(said, str) and ".py:" in said


def is_named(given: str) -> bool:
    """Whether a text has the form FILE.py:NAME.

    >>> is_named("my_policy.py:early_bird"), is_named("my_policy.py"), is_named("a.py:b c")
    (True, False, False)
    """
    file, _, name = given.rpartition(":")
    return file.endswith(".py") and name.isidentifier()


def short(given: str) -> str:
    """FILE.py:NAME without the folders of its file."""
    return given.replace("\\", "/").rpartition("/")[2]


def file_of(given: str) -> str:
    """The file of FILE.py:NAME."""
    return given.rpartition(":")[0]


def digest_of(given: str) -> str:
    """sha256 of the file of FILE.py:NAME."""
    return hashlib.sha256(Path(file_of(given)).read_bytes()).hexdigest()


def by_content(given: str) -> str:
    """FILE.py:NAME with the hash of the file in place of its name: what decides a result."""
    return f"{digest_of(given)}:{given.rpartition(':')[2]}"


def refuse(named: Iterable[Named]) -> None:
    """InputError for code that files name and that the user has not agreed to run."""
    hint = Phrase("read it, then say --trust; in Python: trust=True", "hint-trust")
    refuse_all(Mistake(n.where, _names(n.given), hint) for n in named)


def _names(given: str) -> Phrase:
    return Phrase(f"names code, which runs only when you agree: {given}", "mistake-own-code", code=given)


def refuse_changed(files: Mapping[str, str]) -> None:
    """InputError for files of code that no longer have the sha256 under which the user has agreed to them."""
    hint = "results of both cannot be mixed: put it back, or use another store"
    changed = [file for file, digest in files.items() if not os.path.isfile(file) or digest_of(f"{file}:") != digest]
    if changed:
        raise InputError([Mistake(file, "has changed since the sweep began", hint) for file in changed])


# ---- loading -------------------------------------------------------------------------------------------------------------


def load(given: str, where: str) -> Any:
    """What FILE.py:NAME names; the file is run anew. InputError for a missing file or name, or a file that raises."""
    return _member(_run, given, where)


def load_once(given: str, where: str) -> Any:
    """The same from a file that is run once a process as long as its content stays, so that it is compiled once as well."""
    return _member(_run_once, given, where)


def _member(run: Callable[[str, bytes], ModuleType], given: str, where: str) -> Any:
    file, _, name = given.rpartition(":")
    module = run(file, _content(file, where))
    names = [n for n, value in vars(module).items() if callable(value) and not n.startswith("_")]
    if name not in names:
        raise InputError(unknown(file, "function", name, names))
    return getattr(module, name)


def _content(file: str, where: str) -> bytes:
    if not os.path.isfile(file):
        raise InputError(Mistake(where, f"file {file!r} does not exist"))
    content = Path(file).read_bytes()
    if len(content) > MOST_BYTES:
        raise InputError(Mistake(file, f"is larger than {MOST_BYTES} bytes: this is no code of a user's own"))
    _refuse_what_is_no_text(file, content)
    return content


def _refuse_what_is_no_text(file: str, content: bytes) -> None:
    """InputError where bytes are not of the encoding that the file declares: the compiler passes over them in comments."""
    try:
        content.decode(tokenize.detect_encoding(io.BytesIO(content).readline)[0])
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(Mistake(f"{file}:{line}", "is not UTF-8 text", "save the file as UTF-8")) from None
    except SyntaxError:  # of its first lines, where an encoding would be declared
        raise InputError(Mistake(f"{file}:1", "is not UTF-8 text", "save the file as UTF-8")) from None


def _run(file: str, content: bytes) -> ModuleType:
    """The module that a file with this content makes. Its name tells contents apart, for dataclasses look modules up."""
    module = ModuleType(f"own_{Path(file).stem}_{hashlib.sha256(content).hexdigest()[:12]}")
    module.__file__ = file
    sys.modules[module.__name__] = module
    try:
        exec(compile(content, file, "exec"), vars(module))
    except (Exception, SystemExit) as error:
        what = f"cannot be read as Python: {message_of(error)}"
        raise InputError(Mistake(place_of_error(error, file), what)) from error
    return module


_run_once = lru_cache(maxsize=KEPT)(_run)


def message_of(error: BaseException) -> str:
    """Its kind and what it says, also where saying it fails."""
    try:
        return f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
    except Exception:
        return type(error).__name__


def shown(value: Any) -> str:
    """A value of a user's code as a message shows it, also where its own `repr` fails.

    >>> shown("high"), shown(list(range(99)))
    ("'high'", '[0, 1, 2, 3, 4, 5, ...]')
    """
    writer = reprlib.Repr()
    writer.maxother = writer.maxstring = MOST_SHOWN
    return writer.repr(value)


def place_of_error(error: BaseException, file: str, otherwise: str = "") -> str:
    """The last line of `file` that took part in an error, as `file:line`."""
    lines = [error.lineno or 1] if isinstance(error, SyntaxError) and error.filename == file else []
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    return f"{file}:{lines[-1]}" if lines else otherwise or file


# ---- reading without running ---------------------------------------------------------------------------------------------


def mistakes_in(given: str, where: str, asked: Asked | None) -> list[Mistake]:
    """What keeps FILE.py:NAME from being run for what is `asked`, as far as can be seen without running it; None: is it there?"""
    file, _, name = given.rpartition(":")
    try:
        tree = _tree(file, _content(file, where))
    except InputError as error:
        return error.mistakes
    definitions = dict(_definitions(tree.body))
    if name not in definitions and "*" not in definitions:
        names = [n for n in definitions if not n.startswith("_")]
        return [Mistake(where, f"{file} has no function {name!r}", did_you_mean(name, names))]
    found = definitions.get(name)
    return [] if found is None or asked is None else list(_misfits(found, file, asked))


def line_of(given: str) -> str:
    """Where FILE.py:NAME is defined, as `file:line`."""
    file, _, name = given.rpartition(":")
    found = dict(_definitions(_tree(file, _content(file, file)).body)).get(name)
    return f"{file}:{found.lineno}" if found is not None else file


def _tree(file: str, content: bytes) -> ast.Module:
    try:
        return ast.parse(content, file)
    except SyntaxError as error:
        where = f"{file}:{error.lineno}" if error.lineno else file
        raise InputError(Mistake(where, f"cannot be read as Python: {error.msg}")) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise InputError(Mistake(file, f"cannot be read as Python: {error or type(error).__name__}")) from None


def _definitions(body: Iterable[ast.stmt]) -> Iterator[tuple[str, Definition | None]]:
    """Names that statements of a module make, with the function or class; None where only running would tell what it is."""
    for statement in body:
        if isinstance(statement, Definition):
            yield statement.name, statement
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name.partition(".")[0], None) for alias in statement.names)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield from ((node.id, None) for t in targets for node in ast.walk(t) if isinstance(node, ast.Name))
        else:
            for child in ast.iter_child_nodes(statement):
                block = child.body if isinstance(child, ast.ExceptHandler | ast.match_case) else [child]
                yield from _definitions(part for part in block if isinstance(part, ast.stmt))


def _misfits(found: Definition, file: str, asked: Asked) -> Iterator[Mistake]:
    """Why a function or class cannot be called as `asked`."""
    where = f"{file}:{found.lineno}"
    if isinstance(found, ast.AsyncFunctionDef):
        yield Mistake(where, f"{found.name} is async and cannot be called here", str(asked))
    elif found.decorator_list:
        return  # what a decorator makes of it, only running would tell
    elif isinstance(found, ast.FunctionDef):
        if not _fits(found.args, asked):
            yield Mistake(where, f"{found.name} takes {_told(found.args)}", str(asked))
    else:
        yield from _misfits_of_class(found, where, asked)


def _misfits_of_class(found: ast.ClassDef, where: str, asked: Asked) -> Iterator[Mistake]:
    known = dict(_definitions(found.body))
    begin, call = known.get("__init__"), known.get("__call__")
    if isinstance(begin, ast.FunctionDef) and not _fits(begin.args, Asked("", ("self",))):
        yield Mistake(where, f"{found.name} cannot be made without arguments", "its __init__ takes self only")
    if "__call__" not in known and not found.bases:
        yield Mistake(where, f"{found.name} has no __call__", f"a class is made once a run and called; {asked}")
    elif isinstance(call, ast.FunctionDef) and not _fits(call.args, asked._replace(takes=("self", *asked.takes))):
        yield Mistake(f"{where.rpartition(':')[0]}:{call.lineno}", f"{found.name} takes {_told(call.args)}", str(asked))


def _fits(given: ast.arguments, asked: Asked) -> bool:
    """Whether arguments can be called as `asked`."""
    positional = [*given.posonlyargs, *given.args]
    most, named = len(positional), {argument.arg for argument in (*given.args, *given.kwonlyargs)}
    needed = [a.arg for a in positional[: most - len(given.defaults)][len(asked.takes) :]]
    needed += [a.arg for a, default in zip(given.kwonlyargs, given.kw_defaults) if default is None]
    takes_all = len(asked.takes) <= most or given.vararg is not None
    knows_all = given.kwarg is not None or named.issuperset(asked.by_name)
    return takes_all and knows_all and set(needed) <= set(asked.by_name)


def _told(given: ast.arguments) -> str:
    return f"({ast.unparse(given)})"
