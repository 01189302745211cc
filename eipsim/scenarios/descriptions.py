"""What the fields of scenarios and designs mean: the lines below them in their classes, read when a schema or page is written."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from eipsim.scenarios.values import Frozen


def words_of(model: type[Frozen]) -> dict[str, str]:
    """What the line below each field of a model says, of those it inherits too.

    >>> from eipsim.scenarios.entries import Drivers
    >>> words_of(Drivers)["fuel_price"]
    'Prices of fuels without policy.'
    """
    kinds = [kind for kind in reversed(model.__mro__) if issubclass(kind, Frozen) and kind is not Frozen]
    return {name: words for kind in kinds for name, words in _lines_below_fields(kind)}


def _lines_below_fields(kind: type) -> Iterator[tuple[str, str]]:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef)
    for pair in pairwise(definition.body):
        match pair:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                yield name, inspect.cleandoc(words)


def described_schema(model: type[Frozen]) -> dict[str, Any]:
    """The JSON schema of a model, every field with its words."""
    schema = model.model_json_schema(by_alias=True)
    kinds: dict[str, type[Frozen]] = {kind.__name__: kind for kind in _kinds_of(Frozen)}
    for name, part in {model.__name__: schema, **schema["$defs"]}.items():
        for field, words in words_of(kinds[name]).items() if name in kinds else ():
            part["properties"][kinds[name].model_fields[field].alias or field]["description"] = words
    return schema


def _kinds_of(model: type[Frozen]) -> Iterator[type[Frozen]]:
    for kind in model.__subclasses__():
        yield kind
        yield from _kinds_of(kind)
