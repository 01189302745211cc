"""What an expression is made of: numbers, quantities that are asked for, and what is done with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eipsim.outcomes.cohorts import Cohort
from eipsim.outcomes.traits import IS, Condition

SUM, PER_YEAR = "sum", "/yr"  # a sum over years of what has this unit has it without
OVER_YEARS = (SUM, "mean", "min", "max")  # one number of those of several years
FIRST_YEAR = "first_year"  # of a condition; the others are of numbers
PARK_SHARE, PARK_QUANTILE = "park_share", "park_quantile"  # the share of parks for which a condition holds
OVER_PARKS = ("park_sum", "park_mean", "park_sd", "park_min", "park_max", "park_median", PARK_QUANTILE, PARK_SHARE)
FUNCTIONS = (*OVER_YEARS, FIRST_YEAR, *OVER_PARKS)


@dataclass(eq=False)
class Number:
    value: float
    column: int


@dataclass(eq=False)
class Filter:
    """`key` is one of FILTERS or PLACE; `names` are any of which it must be (`sign` IS) or none of (IS_NOT).

    condition : of a trait, what is asked of it
    where : of which text the column is
    """

    key: str
    names: tuple[str, ...]
    column: int
    sign: str = IS
    condition: Condition | None = None
    where: str = ""


@dataclass(eq=False)
class Asked:
    """A quantity of some firms or parks in some years; `cohort` is known once names are looked up in a world.

    scenario : name of the scenario whose run it is asked of; empty = that of all who name none
    by_park : of every park on its own
    """

    name: str
    column: int
    unit: str = ""
    filters: tuple[Filter, ...] = ()
    years: tuple[int, ...] = ()
    has_filters: bool = False
    cohort: Cohort | None = None
    scenario: str = ""
    scenario_column: int = 0
    by_park: bool = False


@dataclass(eq=False)
class Operation:
    """`sign` between two parts, before one (- and not), or one of FUNCTIONS; `level` of PARK_QUANTILE."""

    sign: str
    parts: tuple[Node, ...]
    column: int
    level: float = 0.0


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


def column_of(node: Node) -> int:
    return column_of(node.parts[0]) if isinstance(node, Operation) and len(node.parts) == 2 else node.column


def years_of(node: Node) -> tuple[int, ...]:
    """The years that a node has values of; none for a number and for what is put together over years."""
    if isinstance(node, Operation):
        over_years = node.sign in OVER_YEARS or node.sign == FIRST_YEAR
        return () if over_years else max((years_of(part) for part in node.parts), key=len)
    return node.years if isinstance(node, Asked) else ()


def length_of(node: Node) -> int:
    """Values that a node has: one a year, one for a number."""
    return len(years_of(node)) or 1


def unit_of(node: Node) -> str:
    """The unit of a node as far as it follows from its parts: ratios of one unit have none, nor do sums over years have years.

    >>> saved, firms = Asked("electricity_saved_mwh", 1, "MWh/yr"), Asked("firms", 1, "firms")
    >>> unit_of(Operation("/", (saved, saved), 1)), unit_of(Operation("/", (saved, firms), 1))
    ('', 'MWh/yr per firm')
    >>> unit_of(Operation("sum", (saved,), 1)), unit_of(Operation("mean", (saved,), 1))
    ('MWh', 'MWh/yr')
    """
    if isinstance(node, Asked):
        return node.unit
    if isinstance(node, Number) or node.sign in (FIRST_YEAR, PARK_SHARE):
        return ""
    if node.sign == SUM:
        return unit_of(node.parts[0]).removesuffix(PER_YEAR)
    if len(node.parts) == 1:
        return unit_of(node.parts[0])
    left, right = map(unit_of, node.parts)
    if node.sign == "/":
        return "" if left == right else f"{left or '1'} per {right.removesuffix('s')}" if right else left
    return " x ".join(filter(None, (left, right))) if node.sign == "*" else left or right
