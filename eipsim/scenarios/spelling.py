"""What people write otherwise than the schema has it, and what is clear all the same.

One name where a list is meant, a park by its number, a title that is a number, years and numbers in quotes, a period as
2015-2030: each becomes what was meant, in its place. What is not clear stays as it is, for the schema to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from eipsim.data.yaml_tree import Node

TEXTS = {"title", "description", "question", "source"}
LISTS = {"parks", "provinces", "sectors", "owners", "decrees", "instruments", "sources"}
NUMBERS = {
    "from", "until", "screening_year", "year", "since", "of_year", "later_by", "value", "audits", "budget_usd", "choose_parks",
    "at_least", "at_most",
}  # fmt: skip
PATHS = {"path", "target"}
NAMED = {"programmes", "targets"}  # sections whose names are the user's own, and may be any of these words
IN_DIGITS = re.compile(r"-?\d+(?:\.\d+)?")
PERIOD = re.compile(r"(\d{4})\s*[-–:]\s*(\d{4})")


def as_meant(tree: Node) -> Node:
    """The tree of a file, or of what is put over one, as the schema has it.

    >>> from eipsim.data.yaml_tree import from_python
    >>> as_meant(from_python({"levers": {"training": {"value": "1", "parks": 352}}, "years": "2015-2030"}, "")).plain()
    {'levers': {'training': {'value': 1, 'parks': ['352']}}, 'years': [2015, 2030]}
    """
    if not isinstance(tree.value, dict):
        return tree
    sections = {name: _section(name, node) for name, node in tree.value.items()}
    return Node(sections, tree.place)


def _section(name: object, node: Node) -> Node:
    """One key of a file with what stands under it."""
    if name in ("levers", "parameters"):
        return _each(node, lambda one: _path(_number(one)) if name == "levers" else _number(one))
    if name in NAMED:
        return _each(node, _words)
    return _years(node) if name == "years" else _word(name, node)


def _each(section: Node, read: Callable[[Node], Node]) -> Node:
    """A section with what stands under each of its names read."""
    if not isinstance(section.value, dict):
        return section
    return Node({name: _words(read(node)) for name, node in section.value.items()}, section.place)


def _words(node: Node) -> Node:
    """What stands under words of the schema, in a mapping or in each of a list of them."""
    if isinstance(node.value, dict):
        return Node({name: _word(name, child) for name, child in node.value.items()}, node.place)
    return Node([_words(child) for child in node.value], node.place) if isinstance(node.value, list) else node


def _word(name: object, node: Node) -> Node:
    """The value of one word of the schema."""
    if name in TEXTS:
        return _text(node)
    if name in LISTS:
        return _list(node)
    if name in NUMBERS:
        return _number(node)
    return _words(_path(node) if name in PATHS else node)


def _text(node: Node) -> Node:
    return Node(str(node.value), node.place) if _is_number(node.value) else node


def _list(node: Node) -> Node:
    """A list of names; a single one stands for a list of one."""
    if isinstance(node.value, list):
        return Node([_text(child) for child in node.value], node.place)
    return Node([_text(node)], node.place) if isinstance(node.value, str) or _is_number(node.value) else node


def _number(node: Node) -> Node:
    """A number, also one that stands in quotes."""
    if not (isinstance(node.value, str) and IN_DIGITS.fullmatch(node.value.strip())):
        return node
    number = float(node.value)
    return Node(int(number) if number.is_integer() and "." not in node.value else number, node.place)


def _path(node: Node) -> Node:
    """A path, also with its years or levels in quotes; another mapping stays as it is."""
    if not isinstance(node.value, dict) or not all(_is_year(key) for key in node.value):
        return node
    return Node({int(year): _number(level) for year, level in node.value.items()}, node.place)


def _years(node: Node) -> Node:
    """First and last year, also as 2015-2030 or in quotes."""
    if isinstance(node.value, str) and (period := PERIOD.fullmatch(node.value.strip())):
        return Node([Node(int(year), node.place) for year in period.groups()], node.place)
    return Node([_number(year) for year in node.value], node.place) if isinstance(node.value, list) else node


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_year(key: object) -> bool:
    return isinstance(key, int) or (isinstance(key, str) and bool(re.fullmatch(r"\d{4}", key)))
