"""Numbers as people read them: the one home of scales, digits, shares and money in explanations, tables and figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

SCALES = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"))
MANY = 1e4  # from here on numbers are told in thousands, millions, billions
DIGITS = 3  # significant ones
NOTHING = "–"  # stands for a number that is not there
POINTS = "percentage points"  # the unit of what two shares differ by


class Scale(NamedTuple):
    """How numbers are told: divided by `size`; `unit` says so."""

    size: float
    unit: str


def scale_of(largest: float, unit: str) -> Scale:
    """A readable scale for numbers up to `largest`: shares in per cent, large numbers in thousands, millions, billions.

    >>> scale_of(1_234_567.0, "USD/yr"), scale_of(0.2, "share"), scale_of(9_999.0, "t")
    (Scale(size=1000000.0, unit='million USD/yr'), Scale(size=0.01, unit='%'), Scale(size=1.0, unit='t'))
    """
    if unit.startswith("share"):
        return Scale(0.01, "%")
    if unit == POINTS:
        return Scale(0.01, POINTS)
    if abs(largest) < MANY:
        return Scale(1.0, unit)
    size, word = next((size, word) for size, word in SCALES if abs(largest) >= size)
    return Scale(size, f"{word} {unit}")


def scale_of_all(largest: float, unit: str) -> Scale:
    """A scale for rows of very different sizes, up to `largest`: the smallest in which none is told in five digits.

    >>> scale_of_all(2.5e9, "USD"), scale_of_all(7_000.0, "t")
    (Scale(size=1000000.0, unit='million USD'), Scale(size=1.0, unit='t'))
    """
    if unit.startswith("share") or unit == POINTS or abs(largest) < MANY:
        return scale_of(0.0, unit)
    size, word = next((scale for scale in reversed(SCALES) if abs(largest) < MANY * scale[0]), SCALES[0])
    return Scale(size, f"{word} {unit}")


def of_differences(unit: str) -> str:
    """The unit of what two numbers of `unit` differ by: shares differ in percentage points.

    >>> of_differences("share"), of_differences("%"), of_differences("tCO2/yr")
    ('percentage points', 'percentage points', 'tCO2/yr')
    """
    return POINTS if unit.startswith("share") or unit == "%" else unit


def places_before(value: float) -> int:
    """Digits before the decimal point; 0 or less where there are none.

    >>> places_before(123.4), places_before(0.5), places_before(0.01)
    (3, 0, -1)
    """
    return math.floor(math.log10(abs(value))) + 1


def significant(value: float, digits: int = DIGITS, strip: bool = True) -> str:
    """A number rounded to `digits` significant digits; zeros at the end are dropped if `strip`.

    >>> significant(1234.5), significant(0.02345), significant(-3.0), significant(0.0), significant(46.0, strip=False)
    ('1,230', '0.0234', '-3', '0', '46.0')
    """
    if value == 0.0:
        return "0"
    rounded = float(f"{value:.{digits}g}")
    text = f"{rounded:,.{max(0, digits - places_before(rounded))}f}"
    return text.rstrip("0").rstrip(".") if strip and "." in text else text


def number(value: float) -> str:
    """A number in a sentence, with three digits but never without its last whole one.

    >>> number(12.0), number(0.12345), number(12345.6)
    ('12', '0.123', '12,346')
    """
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


def cell(value: float | None, digits: int = DIGITS) -> str:
    """A number in a table, with about `digits` significant digits, whole numbers as they are.

    >>> [cell(value) for value in (12.3456, 1234567.0, 0.5, -0.0, -3.0, float("nan"))]
    ['12.3', '1,234,567', '0.500', '0', '-3', '–']
    """
    if value is None or not math.isfinite(value):
        return NOTHING if value is None or math.isnan(value) else str(value)
    if value == round(value) and abs(value) < 1e15:
        return f"{value:z,.0f}"
    return f"{value:z,.{min(max(digits - max(places_before(value), 0), 0), 6)}f}"


def cells(
    values: Sequence[float], unit: str, unscaled: Sequence[str] = (), largest: float | None = None
) -> tuple[list[str], str]:
    """A row of one quantity: all values in one scale with the same number of decimals, and their unit.

    unscaled : units that are never told in thousands or millions
    largest : of the rows that are told in one scale, where there are others beside this one

    >>> cells([-0.001, 12.5], "USD"), cells([12_300.0], "parks", unscaled=["parks"])
    ((['0.0', '12.5'], 'USD'), (['12,300'], 'parks'))
    >>> cells([9_000.0, -310.0], "t", largest=2.5e6), cells([9_000.0, -310.0], "t", largest=2.5e8)
    ((['9.00', '-0.31'], 'thousand t'), (['0.009', '0.000'], 'million t'))
    """
    alone = largest is None
    if unit in unscaled:
        size = 1.0
    else:
        size, unit = scale_of(largest_of(values), unit) if largest is None else scale_of_all(largest, unit)
    scaled = [value / size for value in values]
    finite = [abs(value) for value in scaled if math.isfinite(value)]
    if all(value == round(value) for value in finite):  # also when there is none
        return [cell(value) for value in scaled], unit
    places = max(places_before(max(finite)), 1 if alone else 0)
    decimals = max(DIGITS - places, 0 if size == 1.0 else 1)
    return [f"{value:z,.{decimals}f}" if math.isfinite(value) else cell(value) for value in scaled], unit


def largest_of(values: Iterable[float]) -> float:
    """The largest size among the numbers that there are; 0 where there is none.

    >>> largest_of([1.0, -3.0, float("nan")]), largest_of([])
    (3.0, 0.0)
    """
    return max((abs(value) for value in values if math.isfinite(value)), default=0.0)


# ---- with their unit -------------------------------------------------------------------------------------------------


def with_unit(value: float, unit: str) -> str:
    """A number in a sentence on a scale of its own, with its unit.

    >>> with_unit(2.111e6, "t"), with_unit(-0.0476, "share"), with_unit(0.0012, "percentage points")
    ('2.11 million t', '-4.76 %', '0.12 percentage points')
    """
    scale = scale_of(value, unit)
    return f"{significant(value / scale.size)} {scale.unit}".strip()


def usd(amount: float) -> str:
    """Money in whole dollars; cents where it is little.

    >>> usd(1234567.8), usd(3.456), usd(-20.0)
    ('1,234,568 USD', '3.46 USD', '-20.00 USD')
    """
    return f"{amount:,.0f} USD" if abs(amount) >= 100.0 else f"{amount:,.2f} USD"


def share(part: float) -> str:
    """A share of one as per cent, with three digits.

    >>> share(0.12345), share(0.000123)
    ('12.3 %', '0.0123 %')
    """
    return f"{100.0 * part:.3g} %"


def whole_share(part: float) -> str:
    """A share of one in whole per cent.

    >>> whole_share(0.126), whole_share(float("nan"))
    ('13 %', '–')
    """
    return NOTHING if math.isnan(part) else f"{100.0 * part:.0f} %"


def years(value: float) -> str:
    return f"{value:.2f} years" if value < 1e4 else "never"


def duration(seconds: float) -> str:
    """A length of time in words.

    >>> duration(0.012), duration(90), duration(7200), duration(200000)
    ('0.012 s', '1.5 min', '2.0 h', '2.3 days')
    """
    for unit, name in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds / unit:.1f} {name}"
    return f"{seconds:.3g} s"


def room(count: float) -> str:
    """A number of bytes.

    >>> room(3_400_000), room(5.2e9)
    ('3.4 MB', '5.2 GB')
    """
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
