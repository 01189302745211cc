"""What a design will take before it is run: runs, room on disk, memory. The time of a run is measured by the sweep."""

from __future__ import annotations

from dataclasses import dataclass

from eipsim.designs.design import Design

# Measured on pilot parks, all outcomes, parts of eight runs as a sweep first writes them; larger parts take less.
BYTES_STORED = {"double": 4.7, "single": 2.6}  # a value
BYTES_OF_INDEX = 35.0  # a run in index.parquet
# Measured on a million runs of 28 factors, which took 1.2 GB to plan.
BYTES_OF_PROCESS = 150e6
BYTES_PLANNED = 150.0  # a run
COPIES_OF_POINTS = 4  # in the unit cube, as values, as a table, and while they are made
BYTES_OF_VALUE = 8


@dataclass(frozen=True)
class Estimate:
    """Sizes of a design. `runs` counts every (scenario, row, replicate); `memory_bytes` is that of the process that plans."""

    scenarios: int
    rows: int
    replicates: int
    runs: int
    years: int
    outcomes: int
    values: int
    disk_bytes: int
    memory_bytes: int
    bytes_of_outcome: int


def estimate(design: Design) -> Estimate:
    """The sizes of `design`, without making its points.

    `bytes_of_outcome`: memory that one outcome of all runs and years takes when it is analysed.
    """
    first, last = design.period
    years, outcomes, runs = last - first + 1, len(design.outcomes or {}), design.n_runs
    values = runs * years * outcomes
    columns = len(design.columns)
    disk = values * BYTES_STORED[design.precision] + runs * BYTES_OF_INDEX + design.n_rows * columns * BYTES_OF_VALUE
    memory = BYTES_OF_PROCESS + runs * BYTES_PLANNED + COPIES_OF_POINTS * design.n_rows * columns * BYTES_OF_VALUE
    return Estimate(
        len(design.scenarios), design.n_rows, design.replicates, runs, years, outcomes, values, int(disk), int(memory),
        runs * years * BYTES_OF_VALUE,
    )  # fmt: skip
