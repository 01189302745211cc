"""Stores that are filled instead of run: results that a test has made up, in a real store of a real design."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from eipsim.analysis.study import Study
from eipsim.designs.reading import load_design
from eipsim.stores.store import Store


def never(settings, *, scenario, draws, years):
    """The model that designs of filled stores name; it is not asked."""
    raise AssertionError("a filled store is not run")


def study(outcomes, rows=None, *, folder=None, scenarios=None, years=(2050, 2050), **more):
    """A study of outcomes {name: [scenarios, rows, replicates] or [..., years]} at these rows; NaN = no result.

    Rows that are equal are one run, so give rows that differ.
    """
    arrays = {name: np.asarray(values, dtype=float) for name, values in outcomes.items()}
    shape, n_years = next(iter(arrays.values())).shape[:3], years[1] - years[0] + 1
    array = np.stack(
        [np.broadcast_to(v.reshape(*v.shape[:3], -1), (*shape, n_years)) for v in arrays.values()], axis=-1
    )
    rows = pd.DataFrame({"x": np.linspace(0.0, 1.0, shape[1])}) if rows is None else pd.DataFrame(rows)
    design = {
        "scenarios": scenarios or [chr(ord("a") + k) for k in range(shape[0])], "model": "memory:never",
        "years": list(years), "replicates": shape[2], "outcomes": list(outcomes),
        "factors": {name: factor(rows[name]) for name in rows},
        "sampler": {"method": "listed", "points": rows.to_dict("records")}, **more,
    }  # fmt: skip
    folder = Path(folder or tempfile.mkdtemp(prefix="eipsim-test-")) / "store"
    return Study(Store.fill(folder, load_design(design), array))


def factor(values):
    """A factor that has these values."""
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return {"choice": sorted(set(values))}
    if values.nunique() == 1:
        return {"uniform": [float(values.iloc[0]) - 1.0, float(values.iloc[0]) + 1.0]}
    if (values % 1 == 0).all():
        return {"integers": [int(values.min()), int(values.max())]}
    return {"uniform": [float(values.min()), float(values.max())]}


# ---- models with known answers, to be run by a sweep -----------------------------------------------------------------


def in_the_planted_box(settings, *, scenario, draws, years):
    """50 parks certified in a box of four of its factors, 150 elsewhere."""
    x = settings
    inside = 0.3 < x["x0"] < 0.8 and x["x1"] < 0.6 and x["rule"] != "peers" and x["count"] >= 2
    return {"parks_certified": 50.0 if inside else 150.0}


RHO, EFFECT = 0.9, 0.5


def correlated(settings, *, scenario, draws, years):
    """EFFECT in scenario b, plus noise of variance 1 of which the share RHO is the same in all scenarios."""
    shared = np.random.default_rng([1, draws]).normal()
    own = np.random.default_rng([2, draws, ord(scenario)]).normal()
    effect = EFFECT if scenario == "b" else 0.0
    return {"parks_certified": effect + np.sqrt(RHO) * shared + np.sqrt(1.0 - RHO) * own}
