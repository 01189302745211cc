"""Placed trees: the plain content of a YAML file in which every value knows its file and line.

Reading goes through the YAML node graph rather than finished Python objects, because only there are duplicate keys,
odd keys and lines still visible. Only plain data is accepted: no tags, no objects, no unbounded aliases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from eipsim.core.names import LONGEST_SHOWN, shortened, shown
from eipsim.core.plain_files import content_of
from eipsim.data.yaml_words import AT_ITS_BEGINNING, in_words
from eipsim.errors import Mistake

MOST_VALUES = 20_000  # the parser reads some ten thousand a second
MOST_BYTES = 500_000  # of a file; the largest scenario of the library has 8,000
TYPED = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float")}
NAMED_KINDS = {"null": "nothing", "bool": "true or false", "int": "a whole number", "float": "a number"}
MANY_VALUES = (
    "a scenario has hundreds; many points of a design stand in a table (sampler: {method: listed, file: points.csv})"
)
ODD_BLANKS = re.compile(r"^ *([\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000])", re.MULTILINE)  # as web pages have them
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # first bytes
PLAIN = TYPED | {f"tag:yaml.org,2002:{name}" for name in ("str", "timestamp", "merge", "value", "map", "seq")}


@dataclass(frozen=True)
class Node:
    """A dict or list of nodes, or a scalar, with its place: `file:line`, an option or an argument."""

    value: Any
    place: str

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        return [child.plain() for child in self.value] if isinstance(self.value, list) else self.value

    def has(self, step: object) -> bool:
        """Whether `step` is a key or position of this node."""
        if isinstance(self.value, list):
            return isinstance(step, int) and 0 <= step < len(self.value)
        return isinstance(self.value, dict) and step in self.value

    def said(self, step: object) -> tuple[object, ...]:
        """How the file says `step`; a node made of several files, or of a short form, says it otherwise."""
        return (step,)

    def follow(self, path: tuple[object, ...]) -> tuple[Node, tuple[object, ...]]:
        """The deepest node along `path`, and the part of the path that is really there, as the file says it.

        Steps that the file leaves out (a lever given as a plain number has no list and no `value`) are passed over.
        """
        node, taken = self, list[object]()
        for step in path:
            if node.has(step):
                taken += node.said(step)
                node = node.value[step]
        return node, tuple(taken)


def from_python(value: Any, place: str) -> Node:
    """Plain Python data as a tree with one `place`."""
    if isinstance(value, Mapping):
        return Node({key: from_python(child, place) for key, child in value.items()}, place)
    if isinstance(value, list | tuple):
        return Node([from_python(child, place) for child in value], place)
    return Node(value, place)


def read_file(file: Path, label: str, most_bytes: int, kind: str) -> tuple[Node, list[Mistake]]:
    """As `read_tree` of a file that is to be a `kind` (scenario, design); one that cannot be read has an empty tree."""
    try:
        content = content_of(file, most_bytes)
    except (OSError, ValueError) as error:
        return Node({}, label), [Mistake(label, f"cannot be read: {getattr(error, 'strerror', None) or error}")]
    if len(content) > most_bytes:
        return Node({}, label), [Mistake(label, f"is larger than {most_bytes / 1e6:g} MB: this is no {kind}")]
    if content.startswith(UTF_16) or content.count(b"\0") > len(content) // 4:
        return Node({}, label), [Mistake(f"{label}:1", "is saved as UTF-16 (Unicode text)", "save the file as UTF-8")]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return Node({}, label), [Mistake(f"{label}:{line}", "is not UTF-8 text", "save the file as UTF-8")]
    return read_tree(text, label)


def read_tree(text: str, label: str) -> tuple[Node, list[Mistake]]:
    """The tree of a YAML `text` and every mistake of its form; `label` is the file's name in places."""
    tree, found = _read_once(text, label)
    return tree, list(found)


@lru_cache(maxsize=4)  # whether a file is a decree, a design or a scenario is asked one after the other
def _read_once(text: str, label: str) -> tuple[Node, list[Mistake]]:
    if text.count("\n") + text.count(",") > MOST_VALUES:
        return Node({}, label), [Mistake(label, f"holds more than {MOST_VALUES:,} values", MANY_VALUES)]
    if found := ODD_BLANKS.search(text):
        line, sign = text.count("\n", 0, found.start()) + 1, f"U+{ord(found[1]):04X}"
        return Node({}, label), [
            Mistake(f"{label}:{line}", f"the line begins with other blanks ({sign})", "indent with plain blanks")
        ]
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
        reader = _Reader(yaml.constructor, label)
        return (Node({}, f"{label}:1") if root is None else reader.node(root)), reader.mistakes
    except MarkedYAMLError as error:
        return Node({}, label), [_mistake_of(error, text, label)]
    except RecursionError:
        return Node({}, label), [Mistake(label, "brackets are nested too deeply to be read")]
    except (YAMLError, ValueError, AttributeError, TypeError, AssertionError, LookupError) as error:
        # ruamel.yaml lets some of its own failures escape on malformed input
        return Node({}, label), [Mistake(label, *in_words(" ".join(str(error).split()), ""))]


def _mistake_of(error: MarkedYAMLError, text: str, label: str) -> Mistake:
    """What the parser refuses, at its line; of what is opened and never closed, at the line that opens it."""
    problem = " ".join(str(error.problem or error.context or "cannot be read").split())
    lines, mark = text.splitlines(), error.problem_mark or error.context_mark
    if error.context_mark and mark and (mark.line >= len(lines) or re.match(AT_ITS_BEGINNING, problem)):
        mark = error.context_mark
    row = mark.line if mark else 0
    what, hint = in_words(problem, lines[row] if row < len(lines) else "")
    return Mistake(f"{label}:{row + 1}", what, hint)


def _merges(key: Any) -> bool:
    """Whether a key is YAML's `<<`, without quotes."""
    return isinstance(key, ScalarNode) and key.value == "<<" and not key.style


def _has_no_colon(key: Any, value: Any) -> bool:
    """Whether a name stands alone in brackets, as 2 in {capital_subsidy: 0,2}."""
    return isinstance(value, ScalarNode) and value.value == "" and value.start_mark.index == key.end_mark.index


class _Reader:
    """Walks YAML nodes into placed nodes and collects mistakes."""

    def __init__(self, constructor: Any, label: str):
        self.constructor, self.label, self.left = constructor, label, MOST_VALUES
        self.mistakes: list[Mistake] = []
        self.open: set[int] = set()

    def node(self, node: Any, key: Any = None) -> Node:
        place = f"{self.label}:{(key or node).start_mark.line + 1}"
        self.left -= 1
        if self.left < 0 or id(node) in self.open:
            if self.left >= -1:
                self.mistakes.append(Mistake(place, "an alias repeats itself without end or the file is too large"))
            return Node(None, place)
        if str(node.tag) not in PLAIN:
            tag = shortened(str(node.tag), LONGEST_SHOWN)
            self.mistakes.append(Mistake(place, f"the tag {tag} is not allowed", "write plain values"))
            return Node(None, place)
        self.open.add(id(node))
        try:
            return Node(self.content(node, place), place)
        finally:
            self.open.discard(id(node))

    def content(self, node: Any, place: str) -> Any:
        if isinstance(node, MappingNode):
            return dict(self.pairs(node))
        if isinstance(node, SequenceNode):
            return [self.node(child) for child in node.value]
        return self.scalar(node, place)

    def pairs(self, node: MappingNode) -> Iterator[tuple[Any, Node]]:
        """Keys and values; a key given twice is a mistake that names the line of the first.

        What `<<` takes from another mapping comes first, so that what the mapping says itself is laid over it.
        """
        merged = [pair for pair in node.value if _merges(pair[0])]
        for key_node, value_node in merged:
            yield from self.taken_over(key_node, value_node)
        yield from self.own_pairs([pair for pair in node.value if pair not in merged])

    def taken_over(self, key_node: ScalarNode, value_node: Any) -> Iterator[tuple[Any, Node]]:
        """The pairs of the mapping, or mappings, that stand after `<<`; of several the first decides."""
        sources = value_node.value[::-1] if isinstance(value_node, SequenceNode) else [value_node]
        for source in sources:
            content = self.node(source).value
            if isinstance(content, dict):
                yield from content.items()
            else:
                place = f"{self.label}:{key_node.start_mark.line + 1}"
                self.mistakes.append(
                    Mistake(place, "<< takes over a mapping, and this is none", "write <<: *name of a mapping")
                )

    def own_pairs(self, pairs: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Node]]:
        seen: dict[Any, int] = {}
        for key_node, value_node in pairs:
            line = key_node.start_mark.line + 1
            place = f"{self.label}:{line}"
            key = self.scalar(key_node, place) if isinstance(key_node, ScalarNode) else None
            if not isinstance(key, str | int) or isinstance(key, bool):
                odd = shown(key_node.value) if isinstance(key_node, ScalarNode) else "a list or mapping"
                self.mistakes.append(Mistake(place, f"{odd} cannot be a key", "keys are words or years"))
            elif key in seen:
                self.mistakes.append(
                    Mistake(place, f"{shortened(str(key), LONGEST_SHOWN)} is given twice", f"first on line {seen[key]}")
                )
            elif _has_no_colon(key_node, value_node):
                hint = "write name: value; decimals stand after a point, as 0.2"
                self.mistakes.append(Mistake(place, f"{shown(key_node.value)} stands alone, without a value", hint))
            else:
                seen[key] = line
                yield key, self.node(value_node, key_node)

    def scalar(self, node: ScalarNode, place: str) -> Any:
        """A number, truth value or nothing where YAML says so; every other scalar is text."""
        if str(node.tag) not in TYPED:
            return node.value
        try:
            return self.constructor.construct_object(node)
        except (ValueError, OverflowError, YAMLError, LookupError):
            kind = NAMED_KINDS[str(node.tag).rsplit(":", 1)[-1]]
            self.mistakes.append(Mistake(place, f"{shown(node.value)} cannot be read as {kind}", "put text in quotes"))
            return None
