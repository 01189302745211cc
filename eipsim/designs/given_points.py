"""Points that somebody else has chosen: read from a file, and held against the factors they are for."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from eipsim.core.names import shown
from eipsim.data.csv_files import AS_WRITTEN, CsvFile, read_csv
from eipsim.data.tables import how_to_write
from eipsim.designs.distributions import Continuous, Uniform
from eipsim.designs.factors import Discrete, Factor, choice_of, is_number, label_of
from eipsim.designs.samplers import GivenPoints
from eipsim.errors import Mistake

SHOWN = 12
MOST_TOLD = 100  # values that are not allowed; more say nothing more
MOST_BYTES = 100_000_000  # of a file of points
Complaint = tuple[str, str]  # a mistake without place: what, hint


class ReadPoints(NamedTuple):
    """Points, what is wrong with them, and, when they stand in a file, the place of its header and of each point."""

    points: list[dict[str, Any]]
    found: list[Complaint | Mistake]
    header: str = ""
    places: tuple[str, ...] = ()


def points_of(sampler: GivenPoints, folder: Path, factors: Collection[str]) -> ReadPoints:
    """The points of a list or a file beside the design; what is wrong in the file, and with the names of their factors."""
    read = ReadPoints(list(sampler.points or ()), [])
    if sampler.file is not None:
        read = _read(folder / sampler.file)
    if read.points:
        lacking = [name for name in factors if name not in read.points[0]]
        read.found.extend(_differing(read.points))
        for name in lacking:
            what = f"has no values of the factor {name}"
            read.found.append(Mistake(read.header, what, f"give it a column {name}") if read.header else (what, ""))
    return read


def _read(file: Path) -> ReadPoints:
    """The points of a file; its mistakes at its own lines, those of the file as a whole without place."""
    if not os.path.exists(file):
        return ReadPoints([], [(f"file {file} cannot be read: there is no such file", "")])
    read = read_csv(file, str(file), MOST_BYTES, None)
    found: list[Complaint | Mistake] = [*read.mistakes, *_of_header(read)]
    if found:
        return ReadPoints([], found)
    points = [{name: _number_or_text(text) for name, text in row.items()} for _, row in read.records()]
    places = tuple(read.where(line) for line, _ in read.rows)
    none = [] if points else [Mistake(read.where(1), "has no rows", "write one for each point")]
    return ReadPoints(points, list(none), read.where(1), places)


def _of_header(read: CsvFile) -> list[Mistake]:
    twice = sorted({name for name in read.header if read.header.count(name) > 1})
    return [Mistake(read.where(1), f"column {shown(name)} stands twice", "keep one") for name in twice]


def _number_or_text(text: str) -> Any:
    text = text.strip()
    number = float(text) if AS_WRITTEN.fullmatch(text) else math.inf
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


def values_refused(sampler: GivenPoints, factors: Mapping[str, Any]) -> Iterator[tuple[int, str, str]]:
    """The first values that their factor cannot take: row of the point, what, hint."""
    refused = (
        (row, f"{name} = {shown(point[name])} is not allowed", _allowed(factor, point[name]))
        for name, factor in factors.items()
        for row, point in enumerate(sampler.points or ())
        if name in point and not _can_take(factor, point[name])
    )
    return islice(refused, MOST_TOLD)


def _can_take(factor: Factor, value: Any) -> bool:
    if isinstance(factor, Discrete):
        return value in factor.labels
    low, high = factor.support
    return is_number(value) and low <= value <= high


def _allowed(factor: Factor, value: Any) -> str:
    if isinstance(factor, Continuous):
        low, high = factor.support
        written = f"{how_to_write(value)}; " if isinstance(value, str) and value else ""
        return f"{written}allowed: {low:g} to {high:g}"
    return "allowed: " + ", ".join(map(str, factor.labels[:SHOWN])) + (", ..." if len(factor.labels) > SHOWN else "")
