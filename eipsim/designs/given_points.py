"""Points that somebody else has chosen: read from a file, and held against the factors they are for."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from eipsim.data.csv_files import read_csv
from eipsim.designs.distributions import Continuous, Uniform
from eipsim.designs.factors import Discrete, Factor, choice_of, is_number, label_of
from eipsim.designs.samplers import GivenPoints
from eipsim.errors import Mistake

SHOWN = 12
MOST_BYTES = 100_000_000  # of a file of points
Complaint = tuple[str, str]  # a mistake without place: what, hint


def points_of(
    sampler: GivenPoints, folder: Path, factors: Collection[str]
) -> tuple[list[dict[str, Any]], list[Complaint | Mistake]]:
    """The points of a list or a file beside the design; what is wrong in the file, and with the names of their factors."""
    found: list[Complaint | Mistake] = []
    points = list(sampler.points or ())
    if sampler.file is not None:
        points, found = _read(folder / sampler.file)
    if points:
        found += _differing(points)
        found += [(f"has no values of the factor {name}", "") for name in factors if name not in points[0]]
    return points, found


def _read(file: Path) -> tuple[list[dict[str, Any]], list[Complaint | Mistake]]:
    """The points of a file; its mistakes at its own lines, those of the file as a whole without place."""
    if not file.exists():
        return [], [(f"file {file} cannot be read: there is no such file", "")]
    read = read_csv(file, str(file), MOST_BYTES, None)
    if read.mistakes:
        return [], list(read.mistakes)
    points = [{name: _number_or_text(text) for name, text in row.items()} for _, row in read.records()]
    return points, [] if points else [Mistake(read.where(1), "has no rows", "write one for each point")]


def _number_or_text(text: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _differing(points: list[dict[str, Any]]) -> Iterator[Complaint]:
    names = set(points[0])
    for number, point in enumerate(points, 1):
        if set(point) != names:
            odd = ", ".join(sorted(set(point) ^ names))
            yield f"point {number} differs from the first in its factors: {odd}", "give every point every factor"


def that_holds(values: list[Any]) -> Factor:
    """A factor that can take all of these values: a range of numbers, or a choice."""
    distinct = list({label_of(value): value for value in values}.values())
    if len(distinct) > 1 and all(map(is_number, distinct)):
        return Uniform(uniform=(min(distinct), max(distinct)))
    return choice_of(distinct)


def values_refused(sampler: GivenPoints, factors: Mapping[str, Any]) -> Iterator[Complaint]:
    """Values that their factor cannot take."""
    for name, factor in factors.items():
        for number, point in enumerate(sampler.points or (), 1):
            if not _can_take(factor, point.get(name)):
                yield f"point {number}: {name} = {point.get(name)!r} is not allowed", _allowed(factor)


def _can_take(factor: Factor, value: Any) -> bool:
    if isinstance(factor, Discrete):
        return value in factor.labels
    low, high = factor.support
    return is_number(value) and low <= value <= high


def _allowed(factor: Factor) -> str:
    if isinstance(factor, Continuous):
        low, high = factor.support
        return f"allowed: {low:g} to {high:g}"
    return "allowed: " + ", ".join(map(str, factor.labels[:SHOWN])) + (", ..." if len(factor.labels) > SHOWN else "")
