"""How a file is laid over the one it extends.

Levers, programmes, targets, parameters and drivers are joined by name. A lever given again goes on from the inherited one; a
programme, with its selection, a target and the regulator's block are joined field by field; everything else is replaced. `null`
removes what was inherited.
"""

from __future__ import annotations

from eipsim.data.yaml_tree import Node
from eipsim.scenarios.continuation import continued

# How many levels below a section are joined by name before the later file simply wins.
DEPTHS = {"levers": 1, "parameters": 1, "drivers": 1, "programmes": 3, "targets": 2, "regulator": 2}
OWN_WORDS = (
    "title",
    "description",
    "question",
    "group",
    "later_by",
)  # a file speaks for itself: these are not inherited


def merge(parent: Node, child: Node) -> Node:
    """The tree of `child` laid over `parent`. A section that is named but left empty changes nothing."""
    if not isinstance(child.value, dict) or not isinstance(parent.value, dict):
        return child
    joined = dict(parent.value)
    for key, node in child.value.items():
        depth = DEPTHS.get(key, 0)
        if node.value is None and depth and key != "regulator":
            continue
        if key == "sources" and key in joined:
            node = _both_lists(joined[key], node)
        joined[key] = _laid_over(joined.get(key), node, depth, key == "levers")
    return Node({key: node for key, node in joined.items() if node.value is not None}, child.place)


def inherited(parent: Node) -> Node:
    """What a file that extends `parent` gets from it."""
    if not isinstance(parent.value, dict):
        return parent
    return Node({key: node for key, node in parent.value.items() if key not in OWN_WORDS}, parent.place)


def _laid_over(old: Node | None, new: Node, depth: int, continues: bool) -> Node:
    if depth == 0:
        return continued(old, new) if continues else new
    if not isinstance(new.value, dict):
        return new
    joined = dict(old.value) if old is not None and isinstance(old.value, dict) else {}
    for key, node in new.value.items():
        joined[key] = _laid_over(joined.get(key), node, depth - 1, continues)
    return Node({key: node for key, node in joined.items() if node.value is not None}, new.place)


def _both_lists(old: Node, new: Node) -> Node:
    if not isinstance(old.value, list) or not isinstance(new.value, list):
        return new
    said = [node.value for node in old.value]
    return Node([*old.value, *(node for node in new.value if node.value not in said)], new.place)
