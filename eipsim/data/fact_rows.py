"""Rows of a table of observed facts, as `eipsim validate` reads them."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import FiniteFloat, field_validator, model_validator

from eipsim.data.tables import TableRow

INPUT, FITTED, TEST = "input", "fitted", "test"
ROLES = {
    TEST: "nobody looked at it when the model was made",
    FITTED: "the model was made with it in view: parameters were calibrated or assumed, or a mechanism designed, to meet it",
    INPUT: "the model is told it, or what it follows from: met by construction",
}
PERIOD = re.compile(r"(\d{4})(?:\s*(?:-|–|\.\.)\s*(\d{4}))?")


class FactRow(TableRow):
    """One observed fact: what was observed, between which bounds, who says so, and what it was to the model (ROLES)."""

    name: str
    expression: str
    filter: str = ""
    year: tuple[int, ...] = ()
    years: tuple[int, ...] = ()
    low: FiniteFloat | None = None
    high: FiniteFloat | None = None
    role: Literal["test", "fitted", "input"] | None = None
    source: str
    unit: str = ""
    status: str = ""
    note: str = ""

    @field_validator("year", "years", mode="before")
    @classmethod
    def _as_years(cls, text: object) -> object:
        """`2024`, `2020-2024` or `2016; 2020; 2024` as years."""
        if not isinstance(text, str):
            return text
        found: list[int] = []
        for part in filter(None, map(str.strip, text.replace(",", ";").split(";"))):
            period = PERIOD.fullmatch(part)
            if period is None or int(period[2] or period[1]) < int(period[1]):
                raise ValueError("write a year, a period or several: 2024, 2020-2024, 2016; 2024")
            found += range(int(period[1]), int(period[2] or period[1]) + 1)
        return tuple(dict.fromkeys(found))

    @model_validator(mode="after")
    def _is_an_interval(self) -> FactRow:
        if self.low is None and self.high is None:
            raise ValueError("low and high are both empty; at least one bound is needed")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low = {self.low:g} is above high = {self.high:g}")
        if self.year and self.years:
            raise ValueError("year and years are both given; keep one of the two columns")
        return self

    @property
    def all_years(self) -> tuple[int, ...]:
        return self.year or self.years
