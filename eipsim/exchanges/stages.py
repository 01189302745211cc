"""How many exchanges are in a stage at the end of each year, told from the years of their steps, which never change again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Stage(NamedTuple):
    """When exchanges come into a stage and leave it: columns of EXCHANGE_COLUMNS; None = they never leave."""

    begins: str
    ends: str | None = None
    screened: bool = False  # only those that a screening named


STAGES = {
    "identified": Stage("identified_year"),
    "feasible": Stage("feasible_year"),
    "operating": Stage("operating_year", "ended_year"),
    "screened": Stage("identified_year", screened=True),
    "screened_feasible": Stage("feasible_year", screened=True),
}


def exchanges_in_stage(
    found: np.recarray, name: str, years: tuple[int, int], place: np.ndarray, n_places: int
) -> np.ndarray:
    """Exchanges `found` [n] in a stage at the end of each year from the first of `years` to the last, year after year, by their
    `place` (int [n], -1 = not counted): int64 [years * n_places]."""
    stage = STAGES[name]
    there = (found[stage.begins] > 0) & (place >= 0)
    if stage.screened:
        there &= found.screened
    change = changes(found[stage.begins][there], place[there], years, n_places)
    if stage.ends is not None:
        there &= found[stage.ends] > 0
        change -= changes(found[stage.ends][there], place[there], years, n_places)
    return change.cumsum(axis=0).ravel()


def changes(when: np.ndarray, place: np.ndarray, years: tuple[int, int], n_places: int) -> np.ndarray:
    """Events by year and `place` [n]: int64 [years, n_places]. Those before the first year are in it, later ones nowhere."""
    first, last = years
    n_years = last - first + 1
    row = np.clip(when.astype(np.int64) - first, 0, n_years)
    return np.bincount(row * n_places + place, minlength=(n_years + 1) * n_places).reshape(-1, n_places)[:n_years]
