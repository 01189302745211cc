"""Expected values given one input: penalised splines for numbers, means for labels.

Eilers and Marx (1996): a rich basis of cubic B-splines over the ranks of the input, its wiggles penalised; how much is
chosen by generalised cross-validation, for every option by itself.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.interpolate import BSpline
from scipy.linalg import eigh

from eipsim.analysis.subsets import is_numeric

KNOTS, DEGREE, ORDER = 20, 3, 2
PENALTIES = np.logspace(-6.0, 8.0, 57)
FEW_LEVELS = 6  # up to so many different values each has a mean of its own


class Smoother:
    """How expected values depend on one input, for any number of options measured in the same states.

    `expected(values, times)` is of states each counted so many times: what a resample is.
    """

    def __init__(self, inputs: pd.Series):
        self.codes, levels = pd.factorize(inputs, use_na_sentinel=False)
        self.is_spline = is_numeric(inputs) and len(levels) > FEW_LEVELS
        if self.is_spline:
            self.basis = spline_basis(pd.Series(inputs).rank().to_numpy())

    def expected(self, values: np.ndarray, times: np.ndarray | None = None) -> np.ndarray:
        """Expected value of each option [options, states] given the input of the state; means are kept."""
        times = np.ones(values.shape[1]) if times is None else times.astype(float)
        return self._splines(values, times) if self.is_spline else self._means(values, times)

    def _means(self, values: np.ndarray, times: np.ndarray) -> np.ndarray:
        counts = np.maximum(np.bincount(self.codes, times), 1e-300)
        return np.stack([(np.bincount(self.codes, row * times) / counts)[self.codes] for row in values])

    @cached_property
    def _once(self) -> tuple[np.ndarray, np.ndarray]:
        return decomposed(self.basis, np.ones(self.basis.shape[0]))

    def _splines(self, values: np.ndarray, times: np.ndarray) -> np.ndarray:
        n = times.sum()
        means = (values @ times / n)[:, None]
        centred = values - means
        sizes, turned = self._once if (times == 1.0).all() else decomposed(self.basis, times)
        loads = (self.basis.T @ (centred * times).T).T @ turned
        shrunk = 1.0 / (1.0 + PENALTIES[:, None] * sizes)
        total, freedom = centred**2 @ times, shrunk.sum(axis=1)
        explained = (2.0 * shrunk - shrunk**2) @ (loads**2).T
        scores = (total - explained) / (1.0 - np.minimum(freedom, n - 1.0) / n)[:, None] ** 2
        best = shrunk[np.argmin(scores, axis=0)]
        fitted = (self.basis @ (turned @ (loads * best).T)).T
        return fitted - (fitted @ times / n)[:, None] + means


def spline_basis(ranks: np.ndarray) -> Any:
    """Cubic B-splines at ranks 1 to n, [n, functions], of which four a row are not zero; ties have equal rows.

    It stays sparse: products of it are small, and threads of a dense library would spend their time waiting for each other.
    """
    inner = np.linspace(0.0, 1.0, min(KNOTS, max(len(np.unique(ranks)) - DEGREE, 2)))
    knots = np.concatenate([np.repeat(inner[0], DEGREE), inner, np.repeat(inner[-1], DEGREE)])
    return BSpline.design_matrix((ranks - 0.5) / len(ranks), knots, DEGREE).tocsr()


def decomposed(basis: Any, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sizes of the penalty and directions in which basis and penalty are both diagonal: all that any strength needs."""
    rough = np.diff(np.eye(basis.shape[1]), ORDER, axis=0)
    gram = (basis.multiply(times[:, None]).T @ basis).toarray()
    ridge = 1e-9 * np.trace(gram) / len(gram)
    sizes, turned = eigh(rough.T @ rough, gram + ridge * np.eye(len(gram)))
    return np.maximum(sizes, 0.0), turned
