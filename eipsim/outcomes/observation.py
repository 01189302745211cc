"""What a run is asked: its table of outcomes, and questions about parts of the country."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eipsim.outcomes.chronicle import KeptYears
from eipsim.outcomes.cohorts import Cohort, Question
from eipsim.outcomes.recommendations import Identified, Recommendations
from eipsim.outcomes.registry import BY_FIRM, IDENTIFIED, OUTCOMES, RECOMMENDED, UNITS
from eipsim.outcomes.views import YearEnd

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel


Answer = float | np.ndarray  # of a question by park: of every park, NaN where it is not in the cohort or has no tenants


def outcome_frame(years: KeptYears) -> pd.DataFrame:
    """National outcomes as a table by year, with units in `attrs`."""
    index = pd.RangeIndex(years.first, years.last + 1, name="year")
    frame = pd.DataFrame(years.outcomes(), columns=list(OUTCOMES), index=index)
    frame.attrs["units"] = dict(UNITS)
    return frame


def answer(questions: Iterable[Question], model: EIPModel, years: Iterator[int]) -> dict[Question, Answer]:
    """Step `model` through `years` and answer every question. Nothing else is worked out, nor kept beside the chronicle."""
    of_firms: dict[int, list[Question]] = {}
    of_places: dict[tuple[str, Cohort], list[Question]] = {}
    for question in questions:
        if question.cohort.by_firm or question.name in BY_FIRM:
            of_firms.setdefault(question.year, []).append(question)
        else:
            of_places.setdefault((question.name, question.cohort), []).append(question)
    answers = answers_by_firm(of_firms, model, years)
    kept = model.chronicle.since(model.world.first_year)
    for (name, cohort), asked in of_places.items():
        of_years = kept.values(name, cohort).reshape(kept.n_years, -1)
        there = [question for question in asked if kept.first <= question.year <= kept.last]
        for question in there:
            values = of_years[question.year - kept.first]
            answers[question] = values.copy() if cohort.by_park else float(values[0])
    return answers


def answers_by_firm(asked: dict[int, list[Question]], model: EIPModel, years: Iterator[int]) -> dict[Question, Answer]:
    """Step `model` through `years` and answer what is `asked` of firms in each, while they can be seen as they are."""
    implemented, identified = Recommendations(model.state), Identified(model.state)
    kept_until = ((implemented, last_year_of(RECOMMENDED, asked)), (identified, last_year_of(IDENTIFIED, asked)))
    answers = dict[Question, Answer]()
    for year in years:
        for written, last in kept_until:
            if year <= last:
                written.keep(model.state, model.this_year)
        if year in asked:
            programmes = model.lever_paths.programmes
            end = YearEnd(model.state, model.this_year, implemented.table, programmes, identified.table)
            answers |= {question: end.answer(question.name, question.cohort) for question in asked[year]}
    return answers


def last_year_of(names: Collection[str], asked: dict[int, list[Question]]) -> int:
    """The last year in which one of these quantities is `asked`; 0 = never."""
    return max((year for year, group in asked.items() if any(question.name in names for question in group)), default=0)
