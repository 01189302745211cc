"""Everything in which Mesa versions differ, or that eipsim needs Mesa to do otherwise. The rest is plain public API.

* Mesa before 3.4.2 keeps every model alive through the class attribute `Agent._ids`; `RowAgent` replaces it.
* Mesa's collector takes a copy of every reported number in every step; `LateCollector` waits until somebody looks.
* Agent objects are made when somebody looks (`LazyAgents`), because a national run never needs them.
* `rng=` is understood by Mesa 3.3 to 4; `seed=`, `model.steps` and `model.time` are not used.
"""

from __future__ import annotations

import gc
import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import TYPE_CHECKING, Any

# As it is loaded, Mesa looks up the source of every call that is going on: of few, in a thread.
with ThreadPoolExecutor(1) as _thread:
    _thread.submit(import_module, "mesa").result()

import mesa
import numpy as np

from eipsim.core.shown import Shown

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel


class _Ids:
    """Counts unique ids in the model itself, so that no class attribute keeps a model alive. Inert from Mesa 3.4.2 on."""

    def __getitem__(self, model: EIPModel):
        return model.__dict__.setdefault("_id_counter", itertools.count(1))


class RowAgent(Shown, mesa.Agent):
    """An agent that is a view of one row of its own model's columns."""

    _ids = _Ids()
    model: EIPModel

    def __init__(self, model: EIPModel, row: int):
        self.row = row
        super().__init__(model)


class LateCollector(mesa.DataCollector):
    """Mesa's collector of the model's year and of outcomes, which are worked out when somebody looks at what was collected.

    Mesa alone would work out and copy every number in every year, whether or not it is ever read. `source` is a chronicle of
    the run, in which `names` are the columns of its outcomes.
    """

    def __init__(self, names: Sequence[str], source: Any):
        self._names, self._source, self._is_collecting = tuple(names), source, True
        super().__init__({"year": "year"})
        self._collected |= {name: [] for name in names}
        self._is_collecting = False

    @property
    def model_vars(self) -> dict[str, list]:
        """A list a column, with a number for each time something was collected."""
        if not self._is_collecting:
            self._fill()
        return self._collected

    @model_vars.setter
    def model_vars(self, collected: dict[str, list]) -> None:
        self._collected = collected

    def collect(self, model: mesa.Model) -> None:
        self._is_collecting = True
        try:
            super().collect(model)
        finally:
            self._is_collecting = False

    def _fill(self) -> None:
        """Years of which nothing is kept, as the one before the first, have no numbers."""
        years, first = self._collected["year"], self._source.first_year
        done = len(self._collected[self._names[0]])
        if done == len(years):
            return
        rows = self._source.since(first).outcomes(self._names)
        kept = dict(enumerate(rows.tolist(), first))
        for year in years[done:]:
            for name, value in zip(self._names, kept.get(year, [None] * len(self._names))):
                self._collected[name].append(value)


class LazyAgents(mesa.Model):
    """A model whose agents are made at the first look and kept up with entries and exits from then on."""

    _made: dict | None = None

    def rows_present(self) -> dict[type, np.ndarray]:
        """Rows of the agents that exist now, by agent class, in the order in which they are to be made."""
        raise NotImplementedError(f"{type(self).__name__} must say which agents exist")

    def sync_agents(self) -> None:
        """Make the agents that have come and remove those that have gone. Cheap when nobody has looked yet."""
        if self._made is None:
            return
        collecting = gc.isenabled()
        gc.disable()
        try:
            for kind, rows in self.rows_present().items():
                present, made = set(rows.tolist()), self._made.setdefault(kind, {})
                for row in [row for row in made if row not in present]:
                    made.pop(row).remove()
                for row in rows.tolist():
                    if row not in made:
                        made[row] = kind(self, row)
        finally:
            if collecting:
                gc.enable()

    def agent_of_row(self, kind: type, row: int):
        """The agent of one row. Outside the model's agent sets when nobody has asked for those, or when it has left."""
        if self._made is not None and row in self._made.get(kind, ()):
            return self._made[kind][row]
        view: Any = object.__new__(kind)
        view.model, view.row, view.unique_id, view.pos = self, row, -1, None
        return view

    def _look(self) -> None:
        if self._made is None:
            self._made = {}
            self.sync_agents()

    @property
    def agents(self):
        self._look()
        return mesa.Model.agents.fget(self)

    @property
    def agents_by_type(self):
        self._look()
        return mesa.Model.agents_by_type.fget(self)

    @property
    def agent_types(self):
        self._look()
        return mesa.Model.agent_types.fget(self)
