"""What no table of a run keeps, found by stepping it once more: its firms, their measures, why parks stand as they do."""

from __future__ import annotations

import threading
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from eipsim.agents.firm.columns import STOCK
from eipsim.errors import InputError, Mistake, RunError
from eipsim.explain import Explanation, explain_measure, explain_park
from eipsim.market.catalogue import measure_names
from eipsim.model.model import EIPModel
from eipsim.runs.firms import firm_table
from eipsim.runs.simulation import Run

MOST_YEARS, MOST_FIRMS = 2, 32  # that are kept of a run
PICKLED = "the run no longer knows how it was made; simulate again"


class Measures(NamedTuple):
    """What each firm has [firms, measures] at the end of the year; 0 = has not."""

    installed_year: np.ndarray
    first_adopted: np.ndarray
    from_stock: np.ndarray
    subsidised: np.ndarray


class Inside(NamedTuple):
    """A run at the end of a year: `firms` a row a firm (runs/firms.py), `measures` in the same order, `parks` by id."""

    year: int
    firms: pd.DataFrame
    measures: Measures
    parks: dict[str, Explanation]


_ends: WeakKeyDictionary[Run, dict[int, Inside]] = WeakKeyDictionary()
_weighed: WeakKeyDictionary[Run, dict[tuple[str, int], tuple[Explanation, ...]]] = WeakKeyDictionary()
_one_at_a_time = threading.RLock()  # two tabs that ask for the same step the run once


def inside(run: Run, year: int | None = None) -> Inside:
    """The run at the end of `year` (default: its last); as long as a run takes, and kept.

    InputError for a year that the run does not have, RunError for a run that was pickled.
    """
    first, last = run.provenance["years"]
    year = last if year is None else year
    if not first <= year <= last:
        raise InputError(Mistake("year", f"{year} is not in the run", f"allowed: {first} to {last}"))
    with _one_at_a_time:
        kept = _ends.setdefault(run, {})
        if year not in kept:
            found = _looked_into(run, year)
            for old in list(kept)[: len(kept) - MOST_YEARS + 1]:
                del kept[old]
            kept[year] = found
        return kept[year]


def weighed_up(run: Run, firm_id: str, year: int) -> tuple[Explanation, ...]:
    """Why a firm did or did not take each measure in `year`, in the order of the measures; InputError for an unknown firm."""
    with _one_at_a_time:
        kept = _weighed.setdefault(run, {})
        if (firm_id, year) not in kept:
            if run.again is None:
                raise RunError(PICKLED)
            with run.again() as model:
                row = model.world.firm_row(firm_id)
                found = tuple(explain_measure(model, row, name, year) for name in measure_names())
            for old in list(kept)[: len(kept) - MOST_FIRMS + 1]:
                del kept[old]
            kept[firm_id, year] = found
        return kept[firm_id, year]


def _looked_into(run: Run, year: int) -> Inside:
    if run.again is None:
        raise RunError(PICKLED)
    with run.again() as model:
        while model.year < year:
            model.step()
        world = model.world
        parks = {own: explain_park(model, row, year) for row, own in enumerate(world.park_ids)}
        return Inside(year, firm_table(model), _measures(model), parks)


def _measures(model: EIPModel) -> Measures:
    firms = model.state.firms[model.this_year.rows]
    installed = firms["installed_year"].astype(np.int64)
    stock = (firms["origin"] == STOCK) & (installed > 0)
    return Measures(installed, firms["first_adopted"].astype(np.int64), stock, firms["subsidised"].astype(bool))


def measures_of(found: Inside, park_id: str) -> pd.DataFrame:
    """A row per measure that tenants of a park use: how many, how many of them did not begin with it, and with public money."""
    rows = (found.firms["park_id"] == park_id).to_numpy()
    own = Measures(*(values[rows] for values in found.measures))
    used = own.installed_year > 0
    table = pd.DataFrame(
        {
            "measure": measure_names(),
            "firms": used.sum(axis=0),
            "adopted": (used & ~own.from_stock).sum(axis=0),
            "subsidised": (used & own.subsidised).sum(axis=0),
        }
    )
    return table[table["firms"] > 0].sort_values("firms", ascending=False, kind="stable")
