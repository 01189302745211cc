"""Points that somebody else has chosen: read from a file, and held against the factors they are for."""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from eipsim.designs.distributions import Continuous, Uniform
from eipsim.designs.factors import Discrete, Factor, choice_of, is_number, label_of
from eipsim.designs.samplers import GivenPoints

SHOWN = 12
Complaint = tuple[str, str]  # a mistake without place: what, hint


def points_of(
    sampler: GivenPoints, folder: Path, factors: Collection[str]
) -> tuple[list[dict[str, Any]], list[Complaint]]:
    """The points of a list or a file beside the design, and what is wrong with the names of their factors."""
    found: list[Complaint] = []
    points = list(sampler.points or ())
    if sampler.file is not None:
        points, found = _read(folder / sampler.file)
    if points:
        found += _differing(points)
        found += [(f"has no values of the factor {name}", "") for name in factors if name not in points[0]]
    return points, found


def _read(file: Path) -> tuple[list[dict[str, Any]], list[Complaint]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return [], [(f"file {file} cannot be read: {getattr(error, 'strerror', None) or error}", "")]
    points = [{name: _number_or_text(text) for name, text in row.items() if name is not None} for row in rows]
    return points, [] if points else [(f"file {file} has no rows", "")]


def _number_or_text(text: str | None) -> Any:
    try:
        number = float(text or "")
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
