"""A small language for asking a run: outcomes of years and of parts of the country, and arithmetic with them.

    parks_certified @2025
    park_score_mean["Amata"] @2024 - @2020
    options_implemented / options_identified | programme="GEIPP phase I", park="Amata" @2024
    sum(public_spending_usd @2020..2024) / 5
    first_year(parks_certified >= 100 @2025..2050)                        (the year after the last one where it never is)
    parks_certified @2050 < 100 and recp_firm_share @2030 >= 0.2          (a condition)

Arithmetic is as everywhere. What follows `|` (of whom) and `@` (when) holds for every quantity before it, within the same
parentheses, that has no year yet. A year alone stands for what it is compared with, in that year. What many runs have
stored under a name of its own is written with that name, in quotes where it is not a single word.
"""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any

import numpy as np
from lark import Lark, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from eipsim.errors import InputError, Mistake, Mistakes, unknown
from eipsim.outcomes.cohorts import Cohort
from eipsim.outcomes.registry import DIMENSIONS, LEVELS, QUANTITIES

GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction | disjunction OR conjunction -> binary
?conjunction: negation | conjunction AND negation -> binary
?negation: comparison | NOT negation -> unary
?comparison: sum | sum (COMPARE sum)+ -> comparison
?sum: product | sum (PLUS | MINUS) product -> binary
?product: signed | product (STAR | SLASH) signed -> binary
?signed: marked | MINUS signed -> unary
?marked: atom | atom mark+ -> marked
mark: "|" filter ("," filter)* -> filters
    | "@" years
years: YEAR (RANGE YEAR)?
filter: NAME "=" (STRING | WORD | "(" STRING ("," STRING)* ")")
?atom: NUMBER -> number
    | NAME ("[" STRING "]")? -> quantity
    | STRING -> named
    | REDUCER "(" disjunction ")" -> reduced
    | "(" disjunction ")" -> group
    | "@" years -> same
filters_alone: "|"? filter ("," filter)*
OR: "or"
AND: "and"
NOT: "not"
RANGE: ".."
PLUS: "+"
MINUS: "-" | "−" | "–"
STAR: "*" | "×"
SLASH: "/" | "÷"
COMPARE: "<=" | ">=" | "==" | "!=" | "<" | ">" | "≤" | "≥"
REDUCER.2: /(sum|mean|min|max|first_year)(?=\s*\()/
NAME: /[A-Za-z_]\w*/
WORD: /\w[\w.]*/
YEAR: /\d+/
NUMBER: /\d+(\.\d+)?([eE][+-]?\d+)?/
STRING: /"[^"\n]*"|'[^'\n]*'|“[^”\n]*”/
%ignore /\s+/
"""
WORDS = {
    "NUMBER": "a number", "NAME": "a name", "STRING": "a name in quotes",
    "REDUCER": "sum(...), mean(...), min(...), max(...), first_year(...)",
    "WORD": "a single word", "YEAR": "a year", "LPAR": "(", "RPAR": ")", "LSQB": "[", "RSQB": "]", "AT": "@year",
    "COMMA": "a comma",
    "VBAR": "| filter", "__ANON_0": "|", "EQUAL": "=", "PLUS": "+", "MINUS": "-", "STAR": "*", "SLASH": "/", "RANGE": "..",
    "COMPARE": "a comparison (<, <=, >, >=, ==, !=)", "AND": "and", "OR": "or", "NOT": "not", "$END": "the end",
}  # fmt: skip
PLACE = "place"  # what `outcome["name"]` filters by: a park, else a province
SIGNS = {"−": "-", "–": "-", "×": "*", "÷": "/", "≤": "<=", "≥": ">="}
# In the filter column of a table quotes may be left out.
UNQUOTED = re.compile(r"""=\s*([^\s"'“(][^,"'“]*?)\s*(?=,|$)""")
LONGEST = 2000  # characters
WHOLE, TRUTH = "a number", "a condition"

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "<": np.less, "<=": np.less_equal,
    ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal, "and": np.logical_and, "or": np.logical_or,
}  # fmt: skip
REDUCERS: dict[str, Callable[..., Any]] = {"sum": np.sum, "mean": np.mean, "min": np.min, "max": np.max}
FIRST_YEAR = "first_year"  # of a condition; the other reducers are of numbers


# ---- what an expression is made of --------------------------------------------------------------------------------------


@dataclass(eq=False)
class Number:
    value: float
    column: int


@dataclass(eq=False)
class Filter:
    """`key` is one of DIMENSIONS or PLACE; `names` are any of which it must be."""

    key: str
    names: tuple[str, ...]
    column: int


@dataclass(eq=False)
class Asked:
    """A quantity of some firms or parks in some years; `cohort` is known once names are looked up in a world."""

    name: str
    column: int
    unit: str = ""
    filters: tuple[Filter, ...] = ()
    years: tuple[int, ...] = ()
    has_filters: bool = False
    cohort: Cohort | None = None


@dataclass(eq=False)
class Operation:
    """`sign` between two parts, before one (- and not), or a name of REDUCERS or FIRST_YEAR."""

    sign: str
    parts: tuple[Node, ...]
    column: int


Node = Number | Asked | Operation


@dataclass(eq=False)
class Expression:
    """A parsed text. `is_condition`: true or false, not a number."""

    text: str
    root: Node
    is_condition: bool
    where: str = ""

    def __str__(self) -> str:
        return self.text

    @property
    def asked(self) -> list[Asked]:
        """Every quantity, from left to right."""
        return list(quantities_of(self.root))

    @property
    def years(self) -> list[int]:
        return sorted({year for asked in self.asked for year in asked.years})

    @property
    def unit(self) -> str:
        return unit_of(self.root)


def quantities_of(node: Node) -> Iterator[Asked]:
    if isinstance(node, Asked):
        yield node
    elif isinstance(node, Operation):
        for part in node.parts:
            yield from quantities_of(part)


# ---- from text to expression --------------------------------------------------------------------------------------------


def parse_expression(
    text: str,
    where: str = "expression",
    *,
    filters: tuple[Filter, ...] = (),
    years: tuple[int, ...] = (),
    stored: Mapping[str, str] | None = None,
    over_time: bool = False,
) -> Expression:
    """The expression that `text` is, a number. `filters` and `years` hold for quantities that do not say their own.

    `stored` : units of further names that may stand for a quantity; `over_time` : a number for each of `years` will do.
    Raises InputError with every mistake, each with the column it stands at.

    >>> parse_expression("park_score_mean['Amata'] @2024 - @2020").years
    [2020, 2024]
    """
    return _parse(text, where, WHOLE, filters, years, stored, over_time)


def parse_condition(
    text: str, where: str = "condition", *, years: tuple[int, ...] = (), stored: Mapping[str, str] | None = None
) -> Expression:
    """The condition that `text` is, true or false: `parks_certified @2050 < 100`. Raises InputError.

    >>> parse_condition("parks_certified @2050 < 100 or not firms @2030 > 2 * firms @2015").years
    [2015, 2030, 2050]
    """
    return _parse(text, where, TRUTH, (), years, stored)


def parse_filters(text: str, where: str = "filter") -> tuple[Filter, ...]:
    """Filters as they stand after `|`: `programme="GEIPP phase I", park="Amata"`. Raises InputError.

    A text that is nothing else may leave the quotes out.

    >>> parse_filters("programme=GEIPP phase I, park=Amata")[0].names
    ('GEIPP phase I',)
    """
    if not text.strip():
        return ()
    text = UNQUOTED.sub(r'="\1"', text)
    builder = _Builder(text, where, None)
    found = builder.filters(_tree(text, where, "filters_alone"))
    builder.mistakes.tell()
    return found


def _parse(
    text: str,
    where: str,
    wanted: str,
    filters: tuple[Filter, ...],
    years: tuple[int, ...],
    stored: Mapping[str, str] | None,
    over_time: bool = False,
) -> Expression:
    try:
        builder = _Builder(text, where, stored)
        root = builder.node(_tree(text, where, "start"))
        builder.mark(builder.scope, filters, years)
        builder.check(root, wanted, len(years) if over_time else 1)
    except RecursionError:
        raise InputError(Mistake(where, "is nested too deeply to be read")) from None
    builder.mistakes.tell()
    return Expression(text, root, wanted == TRUTH, where)


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", start=["start", "filters_alone"], propagate_positions=True)


def _tree(text: str, where: str, start: str) -> Any:
    """The tree of a text. InputError at the column where it can no longer be read."""
    if not text.strip():
        raise InputError(Mistake(where, "is empty", "for example: parks_certified @2025"))
    if len(text) > LONGEST:
        raise InputError(Mistake(where, f"has {len(text)} characters", f"at most {LONGEST} are read"))
    try:
        return _parser().parse(text, start=start)
    except UnexpectedCharacters as error:
        rest = text[error.pos_in_stream :]
        open_quote = rest[:1] in "\"'“"
        what = "this quotation mark is never closed" if open_quote else f"{rest[:1]!r} means nothing here"
        raise InputError(_at(where, error.column, what, _wanted(error.allowed))) from None
    except UnexpectedToken as error:
        ended = error.token.type == "$END"
        what = "ends too early" if ended else f"{str(error.token)!r} cannot stand here"
        column = len(text.rstrip()) + 1 if ended else error.column
        raise InputError(_at(where, column, what, _wanted(error.accepts or error.expected))) from None
    except UnexpectedInput as error:  # whatever else lark may raise
        raise InputError(Mistake(where, f"cannot be read: {error}")) from None


def _wanted(terminals: Any) -> str:
    """What could stand at a place, in words."""
    order = list(WORDS)
    names = sorted(set(terminals or ()) & set(order), key=order.index)
    return "allowed: " + ", ".join(dict.fromkeys(WORDS[name] for name in names)) if names else ""


def _at(where: str, column: int, what: str, hint: str = "") -> Mistake:
    return Mistake(where, f"column {column}: {what}", hint)


class _Builder:
    """From lark's tree to nodes; collects mistakes. `scope`: quantities so far within the innermost parentheses."""

    def __init__(self, text: str, where: str, stored: Mapping[str, str] | None):
        self.text, self.where = text, where
        self.units = {name: quantity.unit for name, quantity in QUANTITIES.items()} | dict(stored or {})
        self.scope: list[Asked] = []
        self.mistakes = Mistakes()

    def add(self, column: int, what: str, hint: str = "") -> None:
        self.mistakes.append(_at(self.where, column, what, hint))

    def node(self, tree: Any) -> Node:
        return getattr(self, f"_{tree.data}")(tree, *tree.children)

    def _number(self, tree: Any, token: Any) -> Node:
        return Number(float(token), token.column)

    def _quantity(self, tree: Any, name: Any, place: Any = None) -> Node:
        asked = self._asked(str(name), name.column)
        if place is not None:
            asked.filters = (Filter(PLACE, (str(place)[1:-1],), place.column),)
        return asked

    def _named(self, tree: Any, token: Any) -> Node:
        return self._asked(str(token)[1:-1], token.column)

    def _asked(self, name: str, column: int) -> Asked:
        if name not in self.units:
            mistake = unknown("", "outcome", name, self.units)
            self.add(column, mistake.what, f"{mistake.hint}; `eipsim show quantities` lists them")
        asked = Asked(name, column, self.units.get(name, ""))
        self.scope.append(asked)
        return asked

    def _reduced(self, tree: Any, name: Any, inner: Any) -> Node:
        return Operation(str(name), (self._enclosed(inner),), name.column)

    def _group(self, tree: Any, inner: Any) -> Node:
        return self._enclosed(inner)

    def _enclosed(self, inner: Any) -> Node:
        """What stands in parentheses: marks inside reach nothing outside, marks outside reach what is inside."""
        outer, self.scope = self.scope, []
        node = self.node(inner)
        self.scope = [*outer, *self.scope]
        return node

    def _marked(self, tree: Any, atom: Any, *marks: Any) -> Node:
        node = self.node(atom)
        if atom.data == "same":
            self.add(marks[0].meta.column, "a year alone takes no filter or second year", "write the quantity out")
            return node
        filters = tuple(f for mark in marks if mark.data == "filters" for f in self.filters(mark))
        years = [self.years(mark.children[0]) for mark in marks if mark.data == "mark"]
        if len(years) > 1:
            self.add(marks[-1].meta.column, "the year is said twice", "for several years write @2020..2024")
        self._refuse_twice(filters)
        self.mark(self.scope, filters, years[0] if years else ())
        return node

    def mark(self, scope: list[Asked], filters: tuple[Filter, ...], years: tuple[int, ...]) -> None:
        """Give the quantities of `scope` that have no year yet filters (unless they have some) and years."""
        for asked in scope:
            if not asked.years:
                if filters and not asked.has_filters:
                    asked.filters, asked.has_filters = (*asked.filters, *filters), True
                asked.years = years

    def filters(self, tree: Any) -> tuple[Filter, ...]:
        found = []
        for child in tree.children:
            key, *names = child.children
            if str(key) not in DIMENSIONS:
                mistake = unknown("", "filter", key, DIMENSIONS)
                self.add(key.column, mistake.what, mistake.hint)
            unquoted = tuple(str(n) if n.type == "WORD" else str(n)[1:-1] for n in names)
            found.append(Filter(str(key), unquoted, names[0].column))
        self._refuse_twice(tuple(found))
        return tuple(found)

    def _refuse_twice(self, filters: tuple[Filter, ...]) -> None:
        for position, one in enumerate(filters):
            if any(one.key == earlier.key for earlier in filters[:position]):
                hint = f'for any of several write {one.key}=("...", "...")'
                self.add(one.column, f"{one.key} is filtered twice", hint)

    def years(self, tree: Any) -> tuple[int, ...]:
        tokens = [token for token in tree.children if token.type == "YEAR"]
        for token in tokens:
            if len(token) != 4:
                self.add(token.column, f"{token} is not a year", "for example: 2025")
        first, last = int(tokens[0]), int(tokens[-1])
        if last < first:
            self.add(tokens[0].column, f"{first}..{last} is reversed", "write the first year first")
        return tuple(range(first, min(last, first + 9999) + 1)) if last >= first else (first,)

    def _same(self, tree: Any, years: Any) -> Node:
        """Only reached where nothing stands before the year; `_binary` takes care of all others."""
        self.add(tree.meta.column, "a year alone stands for what it is compared with", "write the quantity before it")
        return Number(np.nan, tree.meta.column)

    def _binary(self, tree: Any, left: Any, sign: Any, right: Any) -> Node:
        first = self.node(left)
        second = self._again(first, sign, right) if right.data == "same" else self.node(right)
        return Operation(_plain(sign), (first, second), sign.column)

    def _again(self, left: Node, sign: Any, tree: Any) -> Node:
        """`left` once more, in the years of `tree`; in a ratio without its constant factors, which would cancel."""
        node = copy.deepcopy(_without_factors(left) if _plain(sign) in "*/" else left)
        asked, years = list(quantities_of(node)), self.years(tree.children[0])
        for one in asked:
            one.years = one.years and years  # without a year there is nothing to compare with, which is told later
        if not asked:
            self.add(tree.meta.column, "there is no quantity to take in another year", "write one before the sign")
        return node

    def _unary(self, tree: Any, sign: Any, inner: Any) -> Node:
        return Operation(_plain(sign), (self.node(inner),), sign.column)

    def _comparison(self, tree: Any, *children: Any) -> Node:
        """`a < b <= c` is `a < b and b <= c`."""
        parts = [self.node(children[0])]
        for sign, child in zip(children[1::2], children[2::2]):
            parts.append(self._again(parts[-1], sign, child) if child.data == "same" else self.node(child))
        both = zip(children[1::2], itertools.pairwise(parts))
        pairs = (Operation(_plain(sign), two, sign.column) for sign, two in both)
        return reduce(lambda before, pair: Operation("and", (before, pair), pair.column), pairs)

    # ---- what may stand where -------------------------------------------------------------------------------------------

    def check(self, root: Node, wanted: str, most_years: int = 1) -> None:
        """Every quantity has a year and can be cut as asked, and the whole is `wanted` and of one year (or `most_years`)."""
        for asked in quantities_of(root):
            self._check_asked(asked)
        kind = self._kind(root)
        if kind != wanted and not self.mistakes:
            compares = "a condition compares: parks_certified @2050 < 100"
            hint = compares if wanted == TRUTH else "leave the comparison out"
            self.add(_column(root), f"is {kind}, not {wanted}", hint)
        if not self.mistakes and _length(root) not in (1, most_years):
            hint = "put them together with sum(), mean(), min() or max(), or write which year: @2050"
            self.add(_column(root), "has several values, one a year", hint)

    def _check_asked(self, asked: Asked) -> None:
        if asked.name not in self.units:
            return
        if not asked.years:
            self.add(asked.column, f"{asked.name} has no year", f"write for example {asked.name} @2025")
        if asked.filters and asked.name not in QUANTITIES:
            self.add(asked.filters[0].column, f"{asked.name} is stored as it is and takes no filter")
            return
        for one in asked.filters:
            if one.key in DIMENSIONS and (mistake := out_of_reach(asked.name, one.key)):
                self.add(one.column, mistake.what, mistake.hint)

    def _kind(self, node: Node) -> str:
        """Number or condition; tells parts of the wrong kind, and of several years of different number."""
        if not isinstance(node, Operation):
            return WHOLE
        is_logic = node.sign in ("and", "or", "not", FIRST_YEAR)
        for part in node.parts:
            kind = self._kind(part)
            if kind != (TRUTH if is_logic else WHOLE):
                needs = TRUTH if is_logic else WHOLE
                self.add(_column(part), f"is {kind}, but {node.sign!r} needs {needs}")
        lengths = {_length(part) for part in node.parts} - {1}
        if len(lengths) > 1:
            self.add(node.column, f"{node.sign!r} joins {' and '.join(map(str, sorted(lengths)))} years")
        if node.sign == FIRST_YEAR:
            if not _years(node.parts[0]):
                self.add(node.column, "needs a condition on years", "first_year(parks_certified >= 100 @2025..2050)")
            return WHOLE
        return TRUTH if is_logic or node.sign in ("<", "<=", ">", ">=", "==", "!=") else WHOLE


def _plain(sign: Any) -> str:
    """A sign as ARITHMETIC has it."""
    return SIGNS.get(sign, str(sign))


def out_of_reach(name: str, dimension: str) -> Mistake | None:
    """The mistake of asking for an outcome of a part of the country that it is not kept for."""
    quantity = QUANTITIES[name]
    if dimension in quantity.reach:
        return None
    allowed = f"it can be had by {', '.join(quantity.reach)}" if quantity.reach else "it can be had without filter only"
    return Mistake("", f"{name} is {LEVELS[quantity.level][0]} and cannot be had by {dimension}", allowed)


def _without_factors(node: Node) -> Node:
    """A product without the numbers in front of it or after it."""
    if isinstance(node, Operation) and node.sign in ("*", "/") and len(node.parts) == 2:
        left, right = node.parts
        if not list(quantities_of(right)):
            return _without_factors(left)
        if node.sign == "*" and not list(quantities_of(left)):
            return _without_factors(right)
        if node.sign == "*" or list(quantities_of(left)):
            return Operation(node.sign, (_without_factors(left), right), node.column)
    return node


def _column(node: Node) -> int:
    return _column(node.parts[0]) if isinstance(node, Operation) and len(node.parts) == 2 else node.column


def _length(node: Node) -> int:
    """Values that a node has: one a year, one for a number."""
    return len(_years(node)) or 1


def _years(node: Node) -> tuple[int, ...]:
    """The years that a node has values of; none for a number and for what is put together over years."""
    if isinstance(node, Operation):
        reduced = node.sign in REDUCERS or node.sign == FIRST_YEAR
        return () if reduced else max((_years(part) for part in node.parts), key=len)
    return node.years if isinstance(node, Asked) else ()


# ---- from expression to value -------------------------------------------------------------------------------------------


def evaluate(expression: Expression, value: Callable[[Asked, int], Any]) -> np.ndarray:
    """The expression [n] (numbers, or bool of a condition); `value(asked, year)` gives a quantity in n runs, or a number.

    What has no value (a ratio with nothing below, a score of a park that is not there) is NaN; a condition on it is false.

    >>> evaluate(parse_expression("2 * firms @2020 - 1"), lambda asked, year: float(year)).tolist()
    [4039.0]
    """
    return evaluate_over_time(expression, value)[..., 0]


def evaluate_over_time(expression: Expression, value: Callable[[Asked, int], Any]) -> np.ndarray:
    """As `evaluate`, [n, years]: one column, or one for each year of an expression parsed with `over_time`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        result = _value(expression.root, value)
    return result if expression.is_condition else np.where(np.isfinite(result), result, np.nan)


def _value(node: Node, value: Callable[[Asked, int], Any]) -> np.ndarray:
    """[n, years] of a node."""
    if isinstance(node, Number):
        return np.full((1, 1), node.value)
    if isinstance(node, Asked):
        columns = [np.atleast_1d(np.asarray(value(node, year), dtype=float)) for year in node.years]
        return np.stack(columns, axis=-1)
    parts = [_value(part, value) for part in node.parts]
    if node.sign == FIRST_YEAR:
        return _first_year(parts[0], _years(node.parts[0]))
    if node.sign in REDUCERS:
        return REDUCERS[node.sign](parts[0], axis=-1, keepdims=True)
    if len(parts) == 1:
        return np.logical_not(parts[0]) if node.sign == "not" else -parts[0]
    return ARITHMETIC[node.sign](*parts)


def _first_year(holds: np.ndarray, years: tuple[int, ...]) -> np.ndarray:
    """The first of `years` in which it `holds` [n, years]; the year after the last where it never does."""
    first = np.asarray(years, dtype=float)[holds.argmax(axis=-1)]
    return np.where(holds.any(axis=-1), first, years[-1] + 1.0)[..., None]


def values_in(table: Any) -> Callable[[Asked, int], np.ndarray]:
    """For `evaluate`: national outcomes from a tidy table (year, outcomes, and what names a run), runs in order of its rows.

    Raises InputError for a year or an outcome that the table does not hold, and for a filter, since its rows are of the nation.
    """

    def value(asked: Asked, year: int) -> np.ndarray:
        rows = table[table["year"] == year]
        if asked.filters or asked.name not in table or rows.empty:
            what = "a part of the country" if asked.filters else f"{asked.name} @{year}"
            raise InputError(_at("expression", asked.column, f"the table of runs does not hold {what}"))
        return rows[asked.name].to_numpy()

    return value


# ---- in words -------------------------------------------------------------------------------------------------------------


def unit_of(node: Node) -> str:
    """The unit of a node as far as it follows from its parts: ratios of one unit have none.

    >>> unit_of(parse_expression("options_implemented / options_identified @2024").root)
    ''
    >>> unit_of(parse_expression("electricity_saved_mwh / firms @2019").root)
    'MWh/yr per firm'
    """
    if isinstance(node, Asked):
        return node.unit
    if isinstance(node, Number) or node.sign == FIRST_YEAR:
        return ""
    if len(node.parts) == 1:
        return unit_of(node.parts[0])
    left, right = map(unit_of, node.parts)
    if node.sign == "/":
        return "" if left == right else f"{left or '1'} per {right.removesuffix('s')}" if right else left
    return " x ".join(filter(None, (left, right))) if node.sign == "*" else left or right
