"""Parameter sets of one's own: a CSV file with a column a parameter and a row a set; a column `weight` if some are likelier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from eipsim.core.names import shown
from eipsim.data.csv_files import AS_WRITTEN, CsvFile, read_csv
from eipsim.data.parameters import load_parameters, mistakes_in
from eipsim.data.tables import how_to_write
from eipsim.designs.factors import WEIGHT
from eipsim.errors import Mistake, unknown

MOST_TOLD = 100
Sets = tuple[dict[str, float], ...]


def read_sets(file: Path) -> tuple[Sets, list[Mistake]]:
    """The sets of a file, and every mistake at its line."""
    read = read_csv(file, str(file))
    found = [*read.mistakes, *_of_header(read)]
    if not found and not read.rows:
        found = [Mistake(read.where(1), "has no rows", "write one for each set")]
    if not found:
        found = [mistake for line, row in read.records() for mistake in _not_numbers(row, read.where(line))]
    if not found:
        sets = tuple({name: float(text) for name, text in row.items()} for _, row in read.records())
        return sets, mistakes_of_sets(sets, [read.where(line) for line, _ in read.rows])
    return (), list(islice(found, MOST_TOLD))


def _of_header(read: CsvFile) -> Iterator[Mistake]:
    known = [*load_parameters(), WEIGHT]
    for name in dict.fromkeys(read.header):
        if name not in known:
            yield unknown(read.where(1), "parameter", name, known)
        elif read.header.count(name) > 1:
            yield Mistake(read.where(1), f"column {shown(name)} stands twice", "keep one")
    if read.header and not set(read.header) - {WEIGHT}:
        yield Mistake(read.where(1), "names no parameter", "a column for each parameter that the sets have")


def _not_numbers(row: Mapping[str, str], where: str) -> Iterator[Mistake]:
    for name, text in row.items():
        if not AS_WRITTEN.fullmatch(text.strip()):
            yield Mistake(where, f"{name} = {shown(text)} is not a number", how_to_write(text) if text else "write one")


def mistakes_of_sets(sets: Sequence[Mapping[str, float]], places: Sequence[str]) -> list[Mistake]:
    """What is wrong with sets, each at its place: other parameters than the first, values out of range, weights of nothing."""
    found: list[Mistake] = []
    for one, where in zip(sets, places):
        if set(one) != set(sets[0]):
            odd = ", ".join(sorted(set(one) ^ set(sets[0])))
            found.append(Mistake(where, f"differs from the first set in {odd}", "give every set the same parameters"))
        found += mistakes_in({name: value for name, value in one.items() if name != WEIGHT}, where)
        if one.get(WEIGHT, 1.0) <= 0.0:
            found.append(
                Mistake(where, f"weight = {one[WEIGHT]:g} is not above 0", "leave the set out, or give it a weight")
            )
    return found[:MOST_TOLD]
