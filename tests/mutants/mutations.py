"""What can be changed in a function: every place, one change at a time, in the tree of its text.

Left out is what no number can depend on: words for people, and calls that ask for memory ahead of its use.

A mutant takes the place of the function's code, so that every name under which others have imported it means the mutant;
decorated functions are mutants like all others, because without compilation the decorators of eipsim hand back what they get.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
RECKONED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum", "maximum": "minimum"}
SILENT = (ast.Raise, ast.JoinedStr, ast.Assert)  # words for people, and checks that only they see
ASKS_AHEAD = (
    "prefetch",
    "look_ahead",
)  # calls for memory that will be needed: they do nothing where nothing is compiled


@dataclass(frozen=True)
class Mutant:
    """One change: in which module and function, at which line, what it makes of what."""

    module: str
    function: str
    line: int
    place: int  # of the change among those of the function
    what: str


def mutants_of(file: Path, module: str) -> Iterator[Mutant]:
    """Every change of every function of a module, methods among them, functions within functions left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for path, function in functions_of(tree):
        for place, (node, what, _) in enumerate(changes(function)):
            yield Mutant(module, path, node.lineno, place, what)


def functions_of(tree: ast.AST, above: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in getattr(tree, "body", []):
        if isinstance(node, ast.FunctionDef):
            yield above + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from functions_of(node, f"{above}{node.name}.")


def changes(function: ast.FunctionDef) -> list[tuple[Any, str, Callable[[], None]]]:
    """Where, what, and what makes the change in the tree; always in the same order."""
    found: list[tuple[Any, str, Callable[[], None]]] = []
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    for statement in body:
        _collect(statement, found)
    return found


def _collect(node: ast.AST, found: list) -> None:
    if isinstance(node, SILENT) or (isinstance(node, ast.AnnAssign) and node.value is None) or _asks_ahead(node):
        return
    _of(node, found)
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                _collect(child, found)


def _of(node: ast.AST, found: list) -> None:
    def add(what: str, name: str, value: Any, of: Any = None) -> None:
        found.append((of or node, what, lambda: setattr(node, name, value)))

    if isinstance(node, ast.Compare):
        for k, op in enumerate(node.ops):
            if type(op) in COMPARED:
                ops = [COMPARED[type(op)]() if j == k else other for j, other in enumerate(node.ops)]
                add(f"{_word(op)} becomes {_word(ops[k])}", "ops", ops)
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in RECKONED:
        other = RECKONED[type(node.op)]()
        add(f"{_word(node.op)} becomes {_word(other)}", "op", other)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        add(f"{_word(node.op)} becomes {_word(other)}", "op", other)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        add(f"{_word(node.op)} is left out", "op", ast.UAdd() if isinstance(node.op, ast.USub) else _Yes())
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        add(f"{node.value} becomes {not node.value}", "value", not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        add(f"{node.value} becomes {node.value + 1}", "value", node.value + 1)
    elif isinstance(node, ast.Call) and (name := _called(node)) in CALLED:
        target = node.func
        field = "id" if isinstance(target, ast.Name) else "attr"
        found.append((node, f"{name} becomes {CALLED[name]}", lambda: setattr(target, field, CALLED[name])))
    elif isinstance(node, ast.If | ast.IfExp):
        add("a condition is turned round", "test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        add("a call is left out", "value", ast.Constant(None))


class _Yes(ast.UAdd):
    """What is left of `not`: the truth of a value, which `+` keeps for True, False and numbers."""


def _asks_ahead(node: ast.AST) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id.startswith(ASKS_AHEAD)


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _word(op: ast.AST) -> str:
    return type(op).__name__


# ---- putting one in ------------------------------------------------------------------------------------------------------


def put_in(mutant: Mutant) -> None:
    """The function is the mutant from now on, in this process. LookupError where its code cannot be reached."""
    module = importlib.import_module(mutant.module)
    target = unwrapped(module, mutant.function)
    target.__code__ = code_of(mutant, Path(str(module.__file__)), target.__code__)


def code_of(mutant: Mutant, file: Path, original: CodeType) -> CodeType:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    function = copy.deepcopy(dict(functions_of(tree))[mutant.function])
    changes(function)[mutant.place][2]()
    function.decorator_list = []
    made = compile(ast.fix_missing_locations(ast.Module([function], [])), str(file), "exec")
    (code,) = [c for c in made.co_consts if isinstance(c, CodeType) and c.co_name == function.name]
    if code.co_freevars != original.co_freevars:
        raise LookupError("it uses names of a function around it")
    return code


def unwrapped(module: Any, path: str) -> FunctionType:
    """The plain function behind a name, whatever its decorators have made of it."""
    *classes, name = path.split(".")
    holder = module
    for one in classes:
        holder = getattr(holder, one)
    found = inspect.getattr_static(holder, name)
    for attribute in ("fget", "func", "__func__", "py_func"):
        found = getattr(found, attribute, found) if not isinstance(found, FunctionType) else found
    found = inspect.unwrap(found)
    if not isinstance(found, FunctionType):
        raise LookupError(f"{path} is no function")
    return found
