"""The kinds of value a scenario is made of, and how a wrong one is told."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from eipsim.core.years import FIRST_YEAR, LAST_YEAR

MOST_AUDITS = 10_000_000  # far beyond any country: catches a slip of the pen before it becomes an overflow


class FrozenDict(dict):
    """A dict that cannot be changed: content of a frozen model."""

    def _refuse(self, *_: object, **__: object) -> None:
        raise TypeError("a scenario is frozen; make another one with load_scenario(scenario, ...) or apply_settings")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse  # type: ignore[assignment]

    def __reduce__(self) -> tuple:
        return FrozenDict, (dict(self),)

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


class Frozen(BaseModel):
    """A model whose content cannot change and that knows no other keys than its own; `descriptions` reads what fields mean."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def told(what: str, hint: str = "") -> PydanticCustomError:
    """A mistake in our own words; the loader puts file, line and name before it."""
    return PydanticCustomError("told", "{what}", {"what": what, "hint": hint})


def raise_all(found: list[tuple[tuple, PydanticCustomError, Any]]) -> None:
    """Raise all of `found` at once: (where in the value, mistake, the value)."""
    if found:
        lines = [InitErrorDetails(type=error, loc=where, input=value) for where, error, value in found]
        raise ValidationError.from_exception_data("scenario", lines)


def misplaced_years(path: dict[int, float]) -> list[tuple[tuple, PydanticCustomError, Any]]:
    """Years of a path that do not stand in order: one of them is likely a slip of the pen."""
    years = list(path)
    wrong = [later for earlier, later in pairwise(years) if later < earlier]
    return [((year,), told("stands after a later year", "write the years from first to last"), year) for year in wrong]


def in_sorted_years(path: dict[int, float]) -> dict[int, float]:
    raise_all(misplaced_years(path))
    return path


def in_order(first: int, last: int) -> None:
    """A period must not end before it begins."""
    if last < first:
        raise told(f"has until {last} before from {first}", "until is the last year; it may equal from")


Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)]
Year = Annotated[int, Field(strict=True, ge=FIRST_YEAR, le=LAST_YEAR)]
Count = Annotated[int, Field(strict=True, ge=0, le=MOST_AUDITS)]
Text = Annotated[str, Field(strict=True, max_length=10_000)]
Names = Annotated[tuple[Text, ...], Field(min_length=1)]
RawPath = Annotated[dict[Year, Number], Field(min_length=1), AfterValidator(FrozenDict)]
YearPath = Annotated[RawPath, AfterValidator(in_sorted_years)]
Level = Literal["low", "central", "high"]
