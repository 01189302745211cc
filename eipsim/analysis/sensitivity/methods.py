"""Every method of sensitivity analysis behind one door, and SALib behind a guard.

SALib is given what it can be trusted with: numbers that are all there and vary, points of the unit cube in the order of the
design, a fresh description of it, a seed of 1 or more. What it ignores is refused, and its global settings are put back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from eipsim.analysis.sensitivity import salib, sobol
from eipsim.analysis.sensitivity.morris import by_morris
from eipsim.analysis.sensitivity.salib import IndexValues, Sample, contained, is_constant
from eipsim.errors import Mistake, Mistakes

INDEPENDENT = "independent"
LEAST_ROWS = {"hdmr": 300, "delta": 100, "pawn": 50, "rsa": 50, "rbd_fast": 50}


@dataclass(frozen=True)
class Method:
    """A way to analyse.

    samplers : designs it can read; None = any, row by row
    main : the index that factors are ranked by; share : its indices are shares of variance
    independent : whether factors must be independent of each other
    block : rows that belong together (None: all), by number of factors or groups; 1 = every row for itself
    in_steps : it compares points that differ in one factor: without own draws a step of the dummy repeats a run, and the
        dummy has 0 by construction, however few the points are
    """

    title: str
    analyse: Callable[[Sample, np.ndarray], list[IndexValues]]
    main: str
    samplers: tuple[str, ...] | None = None
    takes_groups: bool = False
    share: bool = True
    independent: bool = False
    block: Callable[[Sample], int | None] = lambda sample: 1
    in_steps: bool = False


def analyse(name: str, sample: Sample, y: np.ndarray) -> list[IndexValues]:
    """Indices of outputs `y` [rows, seeds, columns] by a method of METHODS; NaN for columns that are constant.

    Raises InputError where the method cannot read this design, and ValueError for numbers that are missing.
    """
    check(name, sample)
    if y.ndim != 3 or len(y) != len(sample.unit):
        raise ValueError(f"outputs of {len(y)} rows, points of {len(sample.unit)}")
    if not np.isfinite(y).all() or not np.isfinite(sample.unit).all():
        missing = int((~np.isfinite(y)).sum())
        raise ValueError(f"{missing} outputs are missing: they are to be refused or dropped before")
    if np.any((sample.unit < 0.0) | (sample.unit > 1.0)):
        raise ValueError("points lie outside the unit cube")
    flat = is_constant(y)
    if flat.all():
        nothing = np.full((len(sample.names), *y.shape[1:]), np.nan)
        return [IndexValues(METHODS[name].main, sample.names, nothing, nothing[:, 0].copy(), [""] * len(sample.names))]
    with contained():
        found = METHODS[name].analyse(sample, y)
    for one in found:
        one.values[:, flat] = np.nan
        one.half[:, flat.all(axis=0)] = np.nan
    return found


def check(name: str, sample: Sample) -> None:
    """InputError unless the method can read the design: its sampler, its groups, its number of rows."""
    method, used = METHODS[name], sample.settings.method
    found = Mistakes()
    if method.samplers is not None and used not in method.samplers:
        fit = ", ".join(key for key, one in METHODS.items() if one.samplers is None or used in one.samplers)
        need = " or ".join(method.samplers)
        what = f"{name} needs a design sampled by {need}, this one is by {used}"
        found.append(Mistake("method", what, f"allowed: {fit}"))
    if sample.is_grouped and not method.takes_groups:
        able = ", ".join(key for key, one in METHODS.items() if one.takes_groups)
        what = f"{name} knows no groups: SALib would pass over them in silence"
        found.append(Mistake("method", what, f"with groups: {able}"))
    if sample.is_correlated and method.independent:
        able = ", ".join(key for key, one in METHODS.items() if one.samplers is None and not one.independent)
        what = f"{name} takes factors for independent, and some of this design were drawn together"
        found.append(Mistake("method", what, f"with correlations: {able}"))
    if len(sample.unit) < LEAST_ROWS.get(name, 0):
        found.append(Mistake("method", f"{name} needs {LEAST_ROWS[name]} rows or more, there are {len(sample.unit)}"))
    found.tell()


# ---- the methods -------------------------------------------------------------------------------------------------------


def by_sobol(sample: Sample, y: np.ndarray) -> list[IndexValues]:
    """S1, ST and, with second order, S2; seeds are resampled together, block by block."""
    names, settings = sample.names, sample.settings
    blocks = sobol.blocks_of(y.reshape(len(y), -1), len(names), settings.second_order)
    draws = sobol.bootstrapped(blocks, settings.resamples, settings.seed)
    pairs = list(sobol.pairs(len(names)))
    found = []
    for index, values in sobol.indices(blocks).items():
        many = np.nanmean(draws[index].reshape(*draws[index].shape[:2], *y.shape[1:]), axis=2)
        is_pair = index == sobol.SECOND
        first = [names[j] for j, _ in pairs] if is_pair else names
        second = [names[k] for _, k in pairs] if is_pair else [""] * len(names)
        half = sample.normal * many.std(axis=1, ddof=1)
        found.append(IndexValues(index, first, values.reshape(len(values), *y.shape[1:]), half, second))
    return found


def _points(sample: Sample) -> int:
    return len(sample.names) + 1


METHODS: dict[str, Method] = {
    "sobol": Method("Sobol' indices", by_sobol, "ST", ("sobol", "saltelli"), takes_groups=True, in_steps=True,
                    block=lambda s: sobol.rows_of_block(len(s.names), s.settings.second_order)),
    "morris": Method("Morris screening", by_morris, "mu_star", ("morris",), takes_groups=True, share=False, block=_points,
                     in_steps=True),
    "fast": Method("Extended FAST", salib.by_fast, "ST", ("fast",), block=lambda s: None),
    "rbd_fast": Method("RBD-FAST", salib.by_rbd_fast, "S1", independent=True),
    "delta": Method("Delta, independent of moments", salib.by_delta, "delta"),
    "pawn": Method("PAWN", salib.by_pawn, "pawn", takes_groups=True),
    "rsa": Method("Regional sensitivity", salib.by_rsa, "rsa", takes_groups=True, share=False),
    "hdmr": Method("High-dimensional model representation", salib.by_hdmr, "ST"),
    "dgsm": Method("Derivative-based measure", salib.by_dgsm, "dgsm", ("finite_difference",), share=False, block=_points,
                   in_steps=True),
    "factorial": Method("Main effects", salib.by_factorial, "main_effect", ("fractional_factorial",), share=False,
                        block=lambda s: None),
}  # fmt: skip


def dummy_is_0(method: str, draws: str) -> bool:
    """Whether a factor that does nothing has an index of 0 however few the points are, so that it proves nothing."""
    return METHODS[method].in_steps and draws != INDEPENDENT


USUAL = {
    "sobol": "sobol", "saltelli": "sobol", "morris": "morris", "fast": "fast", "rbd_fast": "rbd_fast",
    "finite_difference": "dgsm", "fractional_factorial": "factorial",
}  # fmt: skip
FALLBACK = "pawn"  # of designs that no method was made for


def usual_method(sampler: str) -> str:
    """The method that a design is analysed by when nobody says which."""
    return USUAL.get(sampler, FALLBACK)
