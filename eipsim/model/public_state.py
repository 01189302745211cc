"""What instruments of a user's own may see: the parks at the end of a year, and the outcomes of the nation and its provinces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np

from eipsim.agents.operator.columns import CERTIFICATE_STATES
from eipsim.errors import unknown
from eipsim.market import books
from eipsim.model.state import State, Year
from eipsim.outcomes.registry import OUTCOMES
from eipsim.outcomes.views import YearEnd
from eipsim.policy.own import ParksSeen

BY_PROVINCE = tuple(name for name, outcome in OUTCOMES.items() if "province" in outcome.reach)


class ByProvince(Mapping[str, np.ndarray]):
    """Outcomes of the provinces, each worked out when it is asked for; to be asked within the call that it is given to."""

    def __init__(self, state: State, last: Year | None):
        self._view = None if last is None else YearEnd(state, last).by_province()
        self._nothing = np.full(len(state.world.provinces), np.nan)

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in BY_PROVINCE:
            raise KeyError(str(unknown("by_province", "outcome", name, BY_PROVINCE)))
        if self._view is None:
            return self._nothing.copy()
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.array(OUTCOMES[name].formula(self._view), dtype=float)

    def __iter__(self) -> Iterator[str]:
        return iter(BY_PROVINCE)

    def __len__(self) -> int:
        return len(BY_PROVINCE)


def parks_seen(state: State, last: Year | None, outcomes: np.ndarray) -> ParksSeen:
    """The country when nothing has changed since the end of the year `last` with these national `outcomes` [n_outcomes].

    `last` is None, and the outcomes NaN, before the first year.
    """
    w, o, firms = state.world, state.operators, state.books.counts[:, books.COUNT["firms"]]
    number = w.first_year - 1 if last is None else last.number
    recp = state.books.counts[:, books.COUNT["recp_measured"]]
    return ParksSeen(
        ids=w.park_ids, names=w.park_names, provinces=tuple(w.provinces), sectors=tuple(w.sectors),
        province=o.province.astype(np.int64), zone=state.surroundings.parks.zone.astype(np.int64),
        operating=np.asarray(o.operating_year <= number), committed=np.asarray(o.commit_year > 0),
        converted=np.asarray(o.converted_year > 0), certificate=np.array(CERTIFICATE_STATES)[o.certificate],
        score=o.score.mean(axis=1), firms=firms.copy(), recp_share=recp / np.where(firms > 0, firms, np.nan),
        nation=MappingProxyType(dict(zip(OUTCOMES, map(float, outcomes)))), by_province=ByProvince(state, last),
    )  # fmt: skip
