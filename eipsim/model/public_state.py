"""What instruments of a user's own may see: the parks at the end of a year, and the outcomes of the nation and its provinces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from eipsim.agents.operator.year import CERTIFICATE_STATES
from eipsim.errors import unknown
from eipsim.market import books
from eipsim.outcomes.cohorts import QUANTITIES, Cohort, YearView
from eipsim.outcomes.registry import OUTCOMES
from eipsim.policy.own import ParksSeen

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel

BY_PROVINCE = tuple(name for name in OUTCOMES if "province" in QUANTITIES[name].reach)


class ByProvince(Mapping[str, np.ndarray]):
    """Outcomes of the provinces, each worked out when it is asked for; to be asked within the call that it is given to."""

    def __init__(self, measure: Callable[[str], np.ndarray]):
        self._measure, self._known = measure, dict[str, np.ndarray]()

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in BY_PROVINCE:
            raise KeyError(str(unknown("by_province", "outcome", name, BY_PROVINCE)))
        if name not in self._known:
            self._known[name] = self._measure(name)
        return self._known[name].copy()

    def __iter__(self) -> Iterator[str]:
        return iter(BY_PROVINCE)

    def __len__(self) -> int:
        return len(BY_PROVINCE)


def parks_seen(model: EIPModel, last: np.ndarray | None) -> ParksSeen:
    """The state of `model` when nothing has changed since the end of last year; `last`: its outcomes, None before the first."""
    w, o, counts = model.world, model.state.operators, model.state.books.counts
    view = YearView(model)
    view.year = model.year - 1
    n_provinces = len(w.provinces)
    outcomes = np.full(len(OUTCOMES), np.nan) if last is None else last

    def measure(name: str) -> np.ndarray:
        if last is None:
            return np.full(n_provinces, np.nan)
        return np.array([view.measure(name, Cohort(provinces=(row,))) for row in range(n_provinces)])

    with np.errstate(invalid="ignore"):
        recp_share = counts[:, books.RECP_MEASURED] / np.where(
            counts[:, books.FIRMS] > 0, counts[:, books.FIRMS], np.nan
        )
    return ParksSeen(
        ids=w.park_ids, names=w.park_names, provinces=tuple(w.provinces), sectors=tuple(w.sectors),
        province=np.array(o.province, dtype=np.int64), zone=np.array(model.lever_paths.zones),
        operating=np.asarray(o.operating_year < model.year), committed=np.asarray(o.commit_year > 0),
        converted=np.asarray(o.converted_year > 0), certificate=np.array(CERTIFICATE_STATES)[o.certificate],
        score=o.score.mean(axis=1), firms=counts[:, books.FIRMS].copy(), recp_share=recp_share,
        nation=MappingProxyType(dict(zip(OUTCOMES, map(float, outcomes)))), by_province=ByProvince(measure),
    )  # fmt: skip
