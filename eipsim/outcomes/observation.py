"""What a run is asked: its row of outcomes every year, and questions about parts of the country."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eipsim.outcomes.cohorts import Question
from eipsim.outcomes.recommendations import keep_recommendations, no_recommendations
from eipsim.outcomes.registry import OUTCOMES, RECOMMENDED, UNITS
from eipsim.outcomes.views import View, YearEnd

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel
    from eipsim.model.state import State, Year


def observe(state: State, year: Year) -> np.ndarray:
    """Outcomes of the nation [n_outcomes], in the order of `OUTCOMES`."""
    nation = View(YearEnd(state, year))
    return np.concatenate([outcome.formula(nation) for outcome in OUTCOMES.values()]).astype(float)


def outcome_frame(years: Sequence[int] | range, rows: np.ndarray) -> pd.DataFrame:
    """Outcomes [n_years, n_outcomes] as a table by year, with units in `attrs`."""
    frame = pd.DataFrame(rows, columns=list(OUTCOMES), index=pd.Index(years, name="year"))
    frame.attrs["units"] = dict(UNITS)
    return frame


def answer(questions: Iterable[Question], model: EIPModel, years: Iterator[int]) -> dict[Question, float]:
    """Step `model` through `years` and answer every question in its year. What is not asked for is not kept."""
    asked: dict[int, list[Question]] = {}
    for question in questions:
        asked.setdefault(question.year, []).append(question)
    kept_until = max((q.year for group in asked.values() for q in group if q.name in RECOMMENDED), default=0)
    recommended, answers = no_recommendations(model.state.firms.size), {}
    for year in years:
        end = YearEnd(model.state, model.this_year, recommended, model.lever_paths.programmes)
        if year <= kept_until:
            keep_recommendations(end)
        for question in asked.get(year, ()):
            answers[question] = end.measure(question.name, question.cohort)
    return answers
