"""What a run is asked: its table of outcomes, and questions about parts of the country."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pandas as pd

from eipsim.outcomes.chronicle import KeptYears
from eipsim.outcomes.cohorts import Cohort, Question
from eipsim.outcomes.recommendations import Recommendations
from eipsim.outcomes.registry import OUTCOMES, RECOMMENDED, UNITS
from eipsim.outcomes.views import YearEnd

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel


def outcome_frame(years: KeptYears) -> pd.DataFrame:
    """National outcomes as a table by year, with units in `attrs`."""
    index = pd.RangeIndex(years.first, years.last + 1, name="year")
    frame = pd.DataFrame(years.outcomes(), columns=list(OUTCOMES), index=index)
    frame.attrs["units"] = dict(UNITS)
    return frame


def answer(questions: Iterable[Question], model: EIPModel, years: Iterator[int]) -> dict[Question, float]:
    """Step `model` through `years` and answer every question. Nothing else is worked out, nor kept beside the chronicle."""
    of_firms: dict[int, list[Question]] = {}
    of_places: dict[tuple[str, Cohort], list[Question]] = {}
    for question in questions:
        if question.cohort.by_firm or question.name in RECOMMENDED:
            of_firms.setdefault(question.year, []).append(question)
        else:
            of_places.setdefault((question.name, question.cohort), []).append(question)
    answers = answers_by_firm(of_firms, model, years)
    kept = model.chronicle.since(model.world.first_year)
    for (name, cohort), asked in of_places.items():
        values = kept.values(name, cohort)
        answers |= {q: float(values[q.year - kept.first]) for q in asked if kept.first <= q.year <= kept.last}
    return answers


def answers_by_firm(asked: dict[int, list[Question]], model: EIPModel, years: Iterator[int]) -> dict[Question, float]:
    """Step `model` through `years` and answer what is `asked` of firms in each, while they can be seen as they are."""
    kept_until = max((year for year, group in asked.items() if any(q.name in RECOMMENDED for q in group)), default=0)
    recommendations, answers = Recommendations(model.state), {}
    for year in years:
        if year > kept_until and year not in asked:
            continue
        if year <= kept_until:
            recommendations.keep(model.state, model.this_year)
        end = YearEnd(model.state, model.this_year, recommendations.table, model.lever_paths.programmes)
        for question in asked.get(year, ()):
            answers[question] = end.measure(question.name, question.cohort)
    return answers
