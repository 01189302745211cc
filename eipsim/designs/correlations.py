"""Factors that are known together: rank correlations, put into points by moving values within each factor's column.

Method of Iman and Conover (1982, Communications in Statistics: Simulation and Computation 11): every factor keeps its own values,
so its distribution and the even cover of its range stay to the last digit; only which value of one
meets which of another changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
import scipy  # loads scipy.special when points are made, not when a stored design is read
from pydantic import Field, model_validator

from eipsim.designs.distributions import refuse
from eipsim.errors import did_you_mean
from eipsim.scenarios.values import Frozen, Text

SURE = 1e-9  # least eigenvalue of correlations that can hold together


class Correlation(Frozen):
    """Two factors that are drawn together."""

    factors: tuple[Text, ...]
    """Two factors that have a range."""
    rank: Annotated[float, Field(gt=-1, lt=1)]
    """Spearman's rank correlation between them: above 0 high values meet high ones, below 0 low ones."""

    @model_validator(mode="before")
    @classmethod
    def _is_written_as_one(cls, given: Any) -> Any:
        """Refuses in plain words what does not say two factors and their correlation."""
        if isinstance(given, Correlation):
            return given
        hint = "write {factors: [a, b], rank: 0.7}"
        refuse(isinstance(given, Mapping), f"= {given!r:.60} is no correlation", hint)
        for name in given:
            refuse(
                name in cls.model_fields,
                f"has {name!r}, which no correlation knows",
                did_you_mean(name, cls.model_fields),
            )
        factors = given.get("factors")
        refuse(isinstance(factors, list | tuple) and len(factors) == 2, "needs two factors", hint)
        return given


def correlated_factors(correlations: Sequence[Correlation]) -> list[str]:
    """The factors that are drawn together with another, each once."""
    return list(dict.fromkeys(name for one in correlations for name in one.factors))


def correlation_matrix(correlations: Sequence[Correlation]) -> np.ndarray:
    """Correlations [factors, factors] of normal scores that have these rank correlations; those not said are 0."""
    names = correlated_factors(correlations)
    matrix = np.eye(len(names))
    for one in correlations:
        a, b = (names.index(name) for name in one.factors)
        matrix[a, b] = matrix[b, a] = 2.0 * np.sin(np.pi * one.rank / 6.0)
    return matrix


def can_hold(correlations: Sequence[Correlation]) -> bool:
    """Whether there are factors that are all correlated so."""
    return bool(np.linalg.eigvalsh(correlation_matrix(correlations)).min() > SURE)


def with_correlations(unit: np.ndarray, names: Sequence[str], correlations: Sequence[Correlation]) -> np.ndarray:
    """Points [rows, columns] whose columns `names` hold the values they had, in an order that has these rank correlations."""
    columns = [list(names).index(name) for name in correlated_factors(correlations)]
    ranks = np.argsort(np.argsort(unit[:, columns], axis=0, kind="stable"), axis=0, kind="stable")
    scores = scipy.special.ndtri((ranks + 0.5) / len(unit))
    by_chance, wanted = (np.linalg.cholesky(m) for m in (np.corrcoef(scores.T), correlation_matrix(correlations)))
    mixed = scores @ np.linalg.inv(by_chance).T @ wanted.T
    points = unit.copy()
    for k, column in enumerate(columns):
        points[np.argsort(mixed[:, k], kind="stable"), column] = np.sort(unit[:, column])
    return points
