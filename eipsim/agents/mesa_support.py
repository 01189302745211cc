"""Everything in which Mesa versions differ, or that eipsim needs Mesa to do otherwise. The rest is plain public API.

* Mesa before 3.4.2 keeps every model alive through the class attribute `Agent._ids`; `RowAgent` replaces it.
* Mesa's collector takes a copy of every reported number in every step; `LateCollector` waits until somebody looks.
* Agent objects are made when somebody looks (`LazyAgents`), because a national run never needs them; so is their space.
* Iterations of a batch are told apart (`repetition`): Mesa makes the same model again, and ours would give the same numbers.
* Before Mesa 3.4 a batch looks agents up under the number of the year before (`collect`).
* Mesa 3.5 hands a model that it makes anew a scenario of its own, if the model has one: ours has none.
"""

from __future__ import annotations

import gc
import inspect
import itertools
import sys
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

EDGE_KM = 1.0  # from the outermost places to the edge of the space, which is open


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
        self.pos = self.place()

    def place(self) -> tuple[float, float] | None:
        """Where it is, in km east and north of the south-western corner of the space; None where it has no place."""
        return None


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


def repetition() -> int:
    """The number of the iteration in which `mesa.batch_run` is making a model again; 0 for all else.

    A batch that gives every iteration a seed of its own repeats nothing.
    """
    frame = sys._getframe(1)
    while frame.f_globals.get("__name__") != "mesa.batchrunner":
        if frame.f_back is None:
            return 0
        frame = frame.f_back
    kind, (_, iteration, parameters) = frame.f_locals["model_cls"], frame.f_locals["run"]
    seed = parameters.get("seed" if "seed" in inspect.signature(kind).parameters else "rng")
    has_seeds = "rng" in inspect.signature(frame.f_globals["batch_run"]).parameters  # from Mesa 3.4 on
    return 0 if has_seeds and seed is not None else iteration


def collect(model: mesa.Model) -> None:
    """The model's collector collects, whosever it is.

    What agents report is kept under its number among all that was collected, where a batch looks for it, and not under the step
    before which something may have been collected, or not. The table of a collector shows the step in either case.
    """
    collector: Any = model.datacollector
    collector.collect(model)
    if not hasattr(collector, "_collection_steps") and model.steps in collector._agent_records:
        last = collector._agent_records.pop(model.steps)
        collector._agent_records[len(collector._agent_records)] = last


class LazyAgents(mesa.Model):
    """A model whose agents are made at the first look and kept up with entries and exits from then on."""

    _made: dict | None = None
    _space: Any = None
    datacollector: Any

    @property
    def scenario(self) -> None:
        """No scenario of Mesa's: what Mesa 3.5 gives every model is not kept. Ours is `case`."""

    @scenario.setter
    def scenario(self, given: Any) -> None:
        pass

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
                    self._leave(made.pop(row))
                for row in rows.tolist():
                    if row not in made:
                        made[row] = self._enter(kind(self, row))
        finally:
            if collecting:
                gc.enable()

    def agent_of_row(self, kind: type, row: int):
        """The agent of one row. Outside the model's agent sets when nobody has asked for those, or when it has left."""
        if self._made is not None and row in self._made.get(kind, ()):
            return self._made[kind][row]
        view: Any = object.__new__(kind)
        view.model, view.row, view.unique_id = self, row, -1
        view.pos = view.place()
        return view

    def _enter(self, agent: RowAgent) -> RowAgent:
        if self._space is not None and agent.pos is not None:
            place, agent.pos = agent.pos, None  # what has a place already, Mesa would not put anywhere
            self._space.place_agent(agent, place)
        return agent

    def _leave(self, agent: RowAgent) -> None:
        if self._space is not None and agent.pos is not None:
            self._space.remove_agent(agent)
        agent.remove()

    def extent(self) -> tuple[float, float]:
        """How far places of agents reach, in km to the east and to the north."""
        raise NotImplementedError(f"{type(self).__name__} must say how large its space is")

    @property
    def space(self) -> mesa.space.ContinuousSpace:
        """Mesa's space with all agents that have a place, in km; made at the first look and kept up from then on."""
        if self._space is None:
            east, north = self.extent()
            agents = list(self.agents)
            edges = east + EDGE_KM, north + EDGE_KM, False, -EDGE_KM, -EDGE_KM
            self._space = mesa.space.ContinuousSpace(*edges)
            for agent in agents:
                self._enter(agent)
        return self._space

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
