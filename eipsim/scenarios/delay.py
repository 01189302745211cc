"""`later_by`: what the file that a scenario extends sets itself, moved by some years; what that file inherits keeps its dates.

Paths, `from`, `until` and `screening_year` of levers and programmes move. What would begin after the last year is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eipsim.core.later import Later
from eipsim.data.yaml_tree import Node
from eipsim.scenarios.continuation import is_path

if TYPE_CHECKING:
    from eipsim.core import years as calendar
else:
    calendar = Later("eipsim.core.years")  # numpy comes with it, which a list of the library does without

DATED = ("from", "until", "screening_year")


def delayed(tree: Node, years: int) -> Node:
    """The tree of one file with its levers and programmes `years` later.

    >>> from eipsim.data.yaml_tree import from_python
    >>> file = from_python({"levers": {"carbon_price": {2029: 15, 2050: 120}, "fine_usd": {"value": 5, "from": 2045}}}, "")
    >>> delayed(file, 9).plain()
    {'levers': {'carbon_price': {2038: 15, 2050: 75.0}}}
    """
    if not (years and isinstance(tree.value, dict)):
        return tree
    later = {
        name: Node(_each(tree.value[name], years), tree.value[name].place)
        for name in ("levers", "programmes")
        if tree.has(name) and isinstance(tree.value[name].value, dict)
    }
    return Node(tree.value | later, tree.place)


def _each(section: Node, years: int) -> dict[Any, Node]:
    """The levers or programmes of a section, without those that would come after the last year."""
    moved = {name: _moved(node, years) for name, node in section.value.items()}
    return {name: node for name, node in moved.items() if node is not None}


def _moved(node: Node, years: int) -> Node | None:
    """A lever in any of its forms, one of its entries, or a programme; None when nothing is left of it before the end."""
    if isinstance(node.value, list):
        left = [entry for entry in (_moved(one, years) for one in node.value) if entry is not None]
        return Node(left, node.place) if left or not node.value else None
    if not isinstance(node.value, dict):
        return node
    if is_path(node.value):
        return _path(node, years)
    return _entry(node, years)


def _entry(node: Node, years: int) -> Node | None:
    content = dict(node.value)
    for word in DATED:
        if word in content and isinstance(content[word].value, int):
            content[word] = Node(content[word].value + years, content[word].place)
    if "from" in content and _is_after_the_end(content["from"].value):
        return None
    if "until" in content and _is_after_the_end(content["until"].value):
        del content["until"]
    if "path" in content and is_path(content["path"].value):
        path = _path(content["path"], years)
        if path is None:
            return None
        content["path"] = path
    return Node(content, node.place)


def _path(node: Node, years: int) -> Node | None:
    """A path moved; where it goes on beyond the last year, it ends there at the level that it has reached."""
    moved = {year + years: level for year, level in node.value.items()}
    inside = {year: level for year, level in moved.items() if not _is_after_the_end(year)}
    if not inside:
        return None
    first, beyond = max(inside), min(moved.keys() - inside.keys(), default=None)
    before, after = inside[first].value, moved[beyond].value if beyond else None
    if first < calendar.LAST_YEAR and isinstance(before, int | float) and isinstance(after, int | float):
        level = before + (after - before) * (calendar.LAST_YEAR - first) / (beyond - first)
        inside[calendar.LAST_YEAR] = Node(level, node.place)
    return Node(inside, node.place)


def _is_after_the_end(year: Any) -> bool:
    return isinstance(year, int) and year > calendar.LAST_YEAR
