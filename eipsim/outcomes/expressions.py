"""A small language for asking a run: outcomes of years and of parts of the country, and arithmetic with them.

    parks_certified @2025
    park_score_mean["Amata"] @2024 - @2020
    options_implemented / options_identified | programme="GEIPP phase I", park="Amata" @2024
    recp_firm_share | park_state=committed, owner!=foreign, employees>=300 @2024
    options_implemented / options_identified | years_since_audit=3 @2024
    sum(public_spending_usd @2020..2024) / 5
    first_year(parks_certified >= 100 @2025..2050)                        (the year after the last one where it never is)
    park_sd(recp_firm_share @2024)                                        (over parks)
    co2_t[subsidy] / co2_t[baseline] @2030                                (two scenarios, run by run with the same draws)
    parks_certified @2050 < 100 and recp_firm_share @2030 >= 0.2          (a condition)

Arithmetic is as everywhere. Within the same parentheses, what follows `|` (of whom) holds for every quantity before it that has
no filter yet, and what follows `@` (when) for every quantity before it that has no year yet; what holds for none is a mistake.
A year alone stands for what it is compared with, in that year. What many runs have stored under a name of its own is written
with that name, in quotes where it is not a single word.
"""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, reduce
from typing import Any

import numpy as np
from lark import Lark, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from eipsim.errors import InputError, Mistake, Mistakes, unknown
from eipsim.outcomes.nodes import (
    FIRST_YEAR,
    FUNCTIONS,
    OVER_PARKS,
    PARK_QUANTILE,
    PARK_SHARE,
    Asked,
    Expression,
    Filter,
    Node,
    Number,
    Operation,
    column_of,
    length_of,
    quantities_of,
    years_of,
)
from eipsim.outcomes.quoting import missing_quotes, nearest_function
from eipsim.outcomes.registry import QUANTITIES
from eipsim.outcomes.traits import FILTERS, IS, IS_NOT, TRAITS, condition_of, out_of_reach

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
filter: NAME (EQUAL | COMPARE) (_value | WORD RANGE WORD | "(" _value ("," _value)* ")")
_value: STRING | WORD
?atom: NUMBER -> number
    | NAME place? scenario? -> quantity
    | STRING -> named
    | FUNCTION "(" disjunction ("," NUMBER)? ")" -> applied
    | "(" disjunction ")" -> group
    | "@" years -> same
place: "[" STRING "]"
scenario: "[" SCENARIO "]"
filters_alone: "|"? filter ("," filter)*
OR: "or"
AND: "and"
NOT: "not"
RANGE: ".."
PLUS: "+"
MINUS: "-" | "−" | "–"
STAR: "*" | "×"
SLASH: "/" | "÷"
EQUAL: "="
COMPARE: "<=" | ">=" | "==" | "!=" | "<" | ">" | "≤" | "≥"
FUNCTION.2: /(FUNCTIONS)(?=\s*\()/
NAME: /[A-Za-z_]\w*/
WORD: /\w+(\.\w+)*/
SCENARIO: /\w[\w.\/-]*/
YEAR: /\d+/
NUMBER: /\d+(\.\d+)?([eE][+-]?\d+)?/
STRING: /"[^"\n]*"|'[^'\n]*'|“[^”\n]*”/
%ignore /\s+/
""".replace("FUNCTIONS", "|".join(FUNCTIONS))
WORDS = {
    "NUMBER": "a number", "NAME": "a name", "STRING": "a name in quotes",
    "FUNCTION": "a function such as sum(...) or park_mean(...)", "SCENARIO": "a scenario",
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


# ---- from text to expression --------------------------------------------------------------------------------------------


def parse_expression(
    text: str,
    where: str = "expression",
    *,
    filters: tuple[Filter, ...] = (),
    years: tuple[int, ...] = (),
    stored: Mapping[str, str] | None = None,
    over_time: bool = False,
    paired: bool = False,
) -> Expression:
    """The expression that `text` is, a number. `years` hold for quantities that do not say their own, `filters` for all.

    `stored` : units of further names that may stand for a quantity; `over_time` : a number for each of `years` will do;
    `paired` : quantities may name the scenario whose run they are asked of.
    Raises InputError with every mistake, each with the column it stands at.

    >>> parse_expression("park_score_mean['Amata'] @2024 - @2020").years
    [2020, 2024]
    """
    return _parse(text, where, WHOLE, _Given(filters, years, stored or {}, over_time, paired))


def parse_condition(
    text: str, where: str = "condition", *, years: tuple[int, ...] = (), stored: Mapping[str, str] | None = None
) -> Expression:
    """The condition that `text` is, true or false: `parks_certified @2050 < 100`. Raises InputError.

    >>> parse_condition("parks_certified @2050 < 100 or not firms @2030 > 2 * firms @2015").years
    [2015, 2030, 2050]
    """
    return _parse(text, where, TRUTH, _Given((), years, stored or {}))


def parse_filters(text: str, where: str = "filter") -> tuple[Filter, ...]:
    """Filters as they stand after `|`: `programme="GEIPP phase I", park="Amata"`. Raises InputError.

    A text that is nothing else may leave the quotes out.

    >>> parse_filters("programme=GEIPP phase I, park=Amata")[0].names
    ('GEIPP phase I',)
    """
    if not text.strip():
        return ()
    text = UNQUOTED.sub(r'="\1"', text)
    builder = _Builder(where, _Given())
    found = builder.filters(_tree(text, where, "filters_alone"))
    builder.mistakes.tell()
    return found


@dataclass(frozen=True)
class _Given:
    """What an expression is given from outside, as `parse_expression` has it."""

    filters: tuple[Filter, ...] = ()
    years: tuple[int, ...] = ()
    stored: Mapping[str, str] = field(default_factory=dict)
    over_time: bool = False
    paired: bool = False


def _parse(text: str, where: str, wanted: str, given: _Given) -> Expression:
    try:
        builder = _Builder(where, given)
        root = builder.node(_tree(text, where, "start"))
        builder.mark(builder.scope, (), given.years)
        builder.add_filters(root)
        builder.check(root, wanted)
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
        raise InputError(_at(where, error.column, what, _hint(text, error.column, error.allowed))) from None
    except UnexpectedToken as error:
        ended = error.token.type == "$END"
        what = "ends too early" if ended else f"{str(error.token)!r} cannot stand here"
        column = len(text.rstrip()) + 1 if ended else error.column
        hint = _hint(text, column, error.accepts or error.expected)
        raise InputError(_at(where, column, what, hint)) from None
    except UnexpectedInput as error:  # whatever else lark may raise
        raise InputError(Mistake(where, f"cannot be read: {error}")) from None


def _hint(text: str, column: int, terminals: Any) -> str:
    """What was probably meant where a text can no longer be read, else what could stand there."""
    return missing_quotes(text, column) or nearest_function(text, column) or _wanted(terminals)


def _wanted(terminals: Any) -> str:
    """What could stand at a place, in words."""
    order = list(WORDS)
    names = sorted(set(terminals or ()) & set(order), key=order.index)
    return "allowed: " + ", ".join(dict.fromkeys(WORDS[name] for name in names)) if names else ""


def _at(where: str, column: int, what: str, hint: str = "") -> Mistake:
    return Mistake(where, f"column {column}: {what}", hint)


class _Builder:
    """From lark's tree to nodes; collects mistakes. `scope`: quantities so far within the innermost parentheses."""

    def __init__(self, where: str, given: _Given):
        self.where, self.given = where, given
        self.units = {name: quantity.unit for name, quantity in QUANTITIES.items()} | dict(given.stored)
        self.scope: list[Asked] = []
        self.found: list[Asked] = []
        self.mistakes = Mistakes()

    def add(self, column: int, what: str, hint: str = "") -> None:
        self.mistakes.append(_at(self.where, column, what, hint))

    def node(self, tree: Any) -> Node:
        return getattr(self, f"_{tree.data}")(tree, *tree.children)

    def _number(self, tree: Any, token: Any) -> Node:
        if not np.isfinite(float(token)):
            self.add(token.column, f"{token} is too large a number")
        return Number(float(token), token.column)

    def _quantity(self, tree: Any, name: Any, *brackets: Any) -> Node:
        asked = self._asked(str(name), name.column)
        for bracket in brackets:
            (token,) = bracket.children
            if bracket.data == "place":
                asked.filters = (Filter(PLACE, (str(token)[1:-1],), token.column, where=self.where),)
            else:
                asked.scenario, asked.scenario_column = str(token), token.column
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

    def _applied(self, tree: Any, name: Any, inner: Any, level: Any = None) -> Node:
        node = Operation(str(name), (self._enclosed(inner),), name.column, 0.0 if level is None else float(level))
        self._check_level(node, level)
        if node.sign in OVER_PARKS:
            self._ask_by_park(node)
        return node

    def _check_level(self, node: Operation, level: Any) -> None:
        """A quantile says which, and nothing else does."""
        example = f"for example: {PARK_QUANTILE}(firms @2024, 0.9)"
        if node.sign == PARK_QUANTILE and (level is None or node.level > 1.0):
            self.add(node.column, f"{PARK_QUANTILE} needs a level between 0 and 1", example)
        elif node.sign != PARK_QUANTILE and level is not None:
            self.add(level.column, f"{node.sign} takes no number after a comma", example)

    def _ask_by_park(self, node: Operation) -> None:
        asked = list(quantities_of(node))
        if not asked:
            self.add(node.column, f"{node.sign} needs a quantity", f"for example: {node.sign}(firms @2024)")
        if any(one.by_park for one in asked):
            self.add(
                node.column, f"{node.sign} stands around another function over parks", "there is nothing left in it"
            )
        for one in asked:
            one.by_park = True

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
        if filters and not self.mark(self.scope, filters, ()):
            self._tell_vanished("filter", filters[0].column)
        if years and not self.mark(self.scope, (), years[0]):
            self._tell_vanished("year", next(mark for mark in marks if mark.data == "mark").meta.column)
        return node

    def mark(self, scope: list[Asked], filters: tuple[Filter, ...], years: tuple[int, ...]) -> int:
        """Give filters to the quantities of `scope` that have none yet, years to those that have none. How many are reached."""
        without_filters = [asked for asked in scope if filters and not asked.has_filters]
        without_years = [asked for asked in scope if years and not asked.years]
        for asked in without_filters:
            asked.filters, asked.has_filters = (*asked.filters, *filters), True
        for asked in without_years:
            asked.years = years
        return len(without_filters) + len(without_years)

    def _tell_vanished(self, kind: str, column: int) -> None:
        why = f"all before it have a {kind} of their own" if self.scope else "there is none before it"
        hint = f"a {kind} holds for what stands before it, within the same parentheses, without a {kind} of its own"
        self.add(column, f"this {kind} reaches no quantity: {why}", hint)

    def add_filters(self, root: Node) -> None:
        """The filters that are given from outside hold for every quantity, beside its own."""
        for asked in quantities_of(root):
            for one in asked.filters:
                if any((one.key, one.sign) == (other.key, other.sign) for other in self.given.filters):
                    hint = f"the filter for the whole of it says {one.key}{one.sign} too; keep one"
                    self.add(one.column, f"{one.key} is filtered twice", hint)
            asked.filters = (*asked.filters, *self.given.filters)

    def filters(self, tree: Any) -> tuple[Filter, ...]:
        found = tuple(self._filter(*child.children) for child in tree.children)
        self._refuse_twice(found)
        return found

    def _filter(self, key: Any, sign: Any, *values: Any) -> Filter:
        names = tuple(str(value)[1:-1] if value.type == "STRING" else str(value) for value in values)
        if any(value.type == "RANGE" for value in values):
            names = ("".join(names),)
        one = Filter(str(key), names, values[0].column, _plain(sign).replace("==", IS), where=self.where)
        if one.key in TRAITS:
            try:
                one.condition = condition_of(one.key, one.sign, names)
            except InputError as error:
                for mistake in error.mistakes:
                    self.add(one.column, mistake.what, mistake.hint)
        elif one.key not in FILTERS:
            mistake = unknown("", "filter", key, FILTERS)
            self.add(key.column, mistake.what, f"{mistake.hint}; `eipsim show filters` lists them")
        elif one.sign not in (IS, IS_NOT):
            self.add(sign.column, f"{one.key} is a name, not a number", f"write {one.key}= or {one.key}!=")
        return one

    def _refuse_twice(self, filters: tuple[Filter, ...]) -> None:
        for position, one in enumerate(filters):
            if any((one.key, one.sign) == (earlier.key, earlier.sign) for earlier in filters[:position]):
                several = f'any of several write {one.key}{one.sign}("...", "...")'
                is_number = one.key in TRAITS and TRAITS[one.key].number is not None
                hint = f"a range write {one.key}=3..5" if is_number else several
                self.add(one.column, f"{one.key} is filtered twice", f"for {hint}")

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
        self.scope += [one for one in asked if one.years]  # a filter further on holds for them, too
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

    def check(self, root: Node, wanted: str) -> None:
        """Every quantity has a year and can be cut as asked, and the whole is `wanted`, of one year or those that may be."""
        most_years = len(self.given.years) if self.given.over_time else 1
        self.found = list(quantities_of(root))
        for asked in self.found:
            self._check_asked(asked)
        kind = self._kind(root)
        if kind != wanted and not self.mistakes:
            compares = "a condition compares: parks_certified @2050 < 100"
            hint = compares if wanted == TRUTH else "leave the comparison out"
            self.add(column_of(root), f"is {kind}, not {wanted}", hint)
        if not self.mistakes and length_of(root) not in (1, most_years):
            hint = "put them together with sum(), mean(), min() or max(), or write which year: @2050"
            self.add(column_of(root), "has several values, one a year", hint)

    def _check_asked(self, asked: Asked) -> None:
        if asked.name not in self.units:
            return
        if not asked.years:
            self.add(asked.column, f"{asked.name} has no year", f"write for example {asked.name} @2025")
        if asked.scenario and not self.given.paired:
            what = f"the runs asked here are of one scenario each, not of {asked.scenario}"
            hint = f'`eipsim validate` pairs scenarios; a park or province stands in quotes: {asked.name}["{asked.scenario}"]'
            self.add(asked.scenario_column, what, hint)
        cuts = [(one.key, one.where, one.column) for one in asked.filters if one.key in FILTERS]
        cuts += [("park", self.where, asked.column)] if asked.by_park else []
        if asked.name not in QUANTITIES:
            if asked.filters or asked.by_park:
                column = asked.filters[0].column if asked.filters else asked.column
                self.add(column, f"{asked.name} is stored as it is and takes no filter")
            return
        for key, where, column in cuts:
            if mistake := out_of_reach(asked.name, key):
                others = "; within parentheses a filter is for what stands there alone" if len(self.found) > 1 else ""
                self.mistakes.append(_at(where, column, mistake.what, mistake.hint + others))

    def _kind(self, node: Node) -> str:
        """Number or condition; tells parts of the wrong kind, and of several years of different number."""
        if not isinstance(node, Operation):
            return WHOLE
        is_logic = node.sign in ("and", "or", "not", FIRST_YEAR, PARK_SHARE)
        for part in node.parts:
            kind = self._kind(part)
            if kind != (TRUTH if is_logic else WHOLE):
                needs = TRUTH if is_logic else WHOLE
                self.add(column_of(part), f"is {kind}, but {node.sign!r} needs {needs}")
        lengths = {length_of(part) for part in node.parts} - {1}
        if len(lengths) > 1:
            self.add(node.column, f"{node.sign!r} joins {' and '.join(map(str, sorted(lengths)))} years")
        if node.sign == FIRST_YEAR:
            if not years_of(node.parts[0]):
                self.add(node.column, "needs a condition on years", "first_year(parks_certified >= 100 @2025..2050)")
            return WHOLE
        if node.sign in FUNCTIONS:
            return WHOLE
        return TRUTH if is_logic or node.sign in ("<", "<=", ">", ">=", "==", "!=") else WHOLE


def _plain(sign: Any) -> str:
    """A sign as `evaluation` has it."""
    return SIGNS.get(sign, str(sign))


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
