"""One run as data: `simulate(scenario, seed)` steps a model through its years and keeps tables, never the model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from eipsim.core.compiled import watch
from eipsim.core.compiled_ahead import effort_of, id_of
from eipsim.core.machine import cores
from eipsim.core.threads import a_single_run, cpu_seconds
from eipsim.errors import Mistake, Mistakes, refuse_all
from eipsim.exchanges.tables import exchange_flow_table, exchange_table
from eipsim.model.arguments import checked_seed
from eipsim.model.model import EIPModel
from eipsim.model.own_rules import RuleLike
from eipsim.model.population import return_firms
from eipsim.outcomes.observation import outcome_frame
from eipsim.outcomes.recommendations import Recommendations
from eipsim.runs.abatement import abatement_table
from eipsim.runs.first_start import FirstStart
from eipsim.runs.metabolism import material_flows_table
from eipsim.runs.provenance import provenance_of
from eipsim.runs.saving import Saved
from eipsim.runs.tables import (
    avoided_table,
    criteria_table,
    infrastructure_table,
    option_table,
    park_table,
    province_table,
    voucher_table,
)
from eipsim.runs.targets import mistakes_in_targets, reached
from eipsim.scenarios.loading import ScenarioLike
from eipsim.world.columns import WorldLike

Progress = Callable[[int, int], object]  # called with (done, total)
watch(FirstStart(id_of, effort_of, cores()))


@dataclass(frozen=True, eq=False)
class Run(Saved):
    """The results of one simulation, and where they come from.

    outcomes : a row a year, the outcomes of `eipsim.outcomes`; units in `attrs["units"]`
    provenance : what decided the results (scenario, parameters, data, world, rule, seed), versions, commit, time taken
    parks : a row per year and park established by then: place, state, scores, years of its steps, firms
    provinces : a row per year and province: every outcome that exists by province, as expressions give it; shares, means
        and intensities are missing where there is nothing below, all others sum to the nation's
    provinces_2025 : the same by the provinces of July 2025 in all years; None unless asked for with `detail=True`
    options : a row a measure: how many options audits have identified, and how many of them firms have accepted,
        implemented and still use at the end of the last year
    criteria : a row per year and criterion of the decree in force: how many parks fail it, how many fail nothing else
    infrastructure : a row per shared system that was ever ordered, as it stands in the last year
    exchanges : a row per by-product exchange ever identified: partners, years of its steps, quantity, why it ended
    avoided_by_measure : tCO2/yr, a row a year, a column a measure; None unless asked for with `detail=True`
    exchange_flows : a row per year and exchange in operation, what it moved; None unless asked for with `detail=True`
    material_flows : a row per park and sector of its tenants, water, materials and waste of the last year (metabolism.py);
        None unless asked for with `detail=True`
    abatement : a row per measure, system and type of exchange, CO2 avoided in the last year and its cost (abatement.py);
        None unless asked for with `detail=True`
    vouchers : a row per year and measure: adoptions with vouchers that firms applied for, how many of them, and dollars, would
        have come anyway (tables.voucher_table); None where nobody applied
    """

    outcomes: pd.DataFrame
    provenance: dict[str, Any]
    parks: pd.DataFrame = field(repr=False)
    provinces: pd.DataFrame = field(repr=False)
    options: pd.DataFrame = field(repr=False)
    criteria: pd.DataFrame = field(repr=False)
    infrastructure: pd.DataFrame = field(repr=False)
    exchanges: pd.DataFrame = field(repr=False)
    avoided_by_measure: pd.DataFrame | None = field(default=None, repr=False)
    exchange_flows: pd.DataFrame | None = field(default=None, repr=False)
    material_flows: pd.DataFrame | None = field(default=None, repr=False)
    abatement: pd.DataFrame | None = field(default=None, repr=False)
    vouchers: pd.DataFrame | None = field(default=None, repr=False)
    provinces_2025: pd.DataFrame | None = field(default=None, repr=False)

    def files(self) -> dict[str, pd.DataFrame]:
        """The tables that there are, by the names of their files."""
        tables = {
            "outcomes.csv": self.outcomes, "outcomes.parquet": self.outcomes, "parks.parquet": self.parks,
            "provinces.csv": self.provinces, "options.csv": self.options, "criteria.csv": self.criteria,
            "infrastructure.csv": self.infrastructure, "exchanges.csv": self.exchanges,
            "exchange_flows.parquet": self.exchange_flows, "avoided_by_measure.csv": self.avoided_by_measure,
            "material_flows.parquet": self.material_flows, "abatement.csv": self.abatement,
            "vouchers.csv": self.vouchers,
            "provinces_2025.csv": self.provinces_2025,
        }  # fmt: skip
        return {name: table for name, table in tables.items() if table is not None}

    @property
    def manifest(self) -> dict[str, Any]:
        """The provenance and the units of the tables."""
        return {**self.provenance, "units": dict(self.outcomes.attrs["units"])}


def simulate(
    scenario: ScenarioLike | None = None,
    seed: int = 1,
    *,
    world: WorldLike = "vietnam",
    rule: RuleLike = None,
    years: tuple[int, int] | None = None,
    settings: Mapping[str, Any] | None = None,
    replicate: int = 0,
    population: int | None = None,
    detail: bool = False,
    progress: Progress | None = None,
    trust: bool = False,
) -> Run:
    """Simulate `scenario` and return its results; the same arguments give the same results, bit for bit.

    Parameters
    ----------
    scenario : name of a library scenario, path of a file, or Scenario; None = baseline, in a folder: world no-eip-policy
    seed : whole number; world and run are pure functions of it
    world : "vietnam", "pilot-parks", "folder:PATH" or a World
    rule : decision rule: a name, a function, or "file.py:function"; None = acceptance curve
    years : first and last year to report; None = those of the scenario. Every run begins in 2015.
    settings : values by name, e.g. {"behaviour.peer_weight": 0}
    replicate : number of the replicate: same world, other draws
    population : seed of the synthetic population of parks' tenants; None = `seed`. The draws of the run stay those of `seed`.
    detail : also give avoided CO2 by measure and its cost, material flows of parks, exchanges by year (slower)
    progress : called with (years done, years in all)
    trust : you agree that code which the file of the scenario names (`instruments`) is run

    Raises InputError (bad input), RunError (a user's rule raised), ConservationError (a balance does not close).
    """
    arguments = checked_arguments(years, replicate)
    wall, cpu = time.perf_counter(), cpu_seconds()
    arguments |= {"settings": settings, "population": population, "detail": detail, "trust": trust}
    with stepping_model(scenario, world, seed, rule, **arguments) as model:
        refuse_all(mistakes_in_targets(model.case))
        recommendations = Recommendations(model.state)
        with a_single_run():
            for _ in stepping(model, progress):
                recommendations.keep(model.state, model.this_year)
        kept = model.chronicle.since(model.first_reported)
        outcomes, recommended = outcome_frame(kept), recommendations.by_province(kept.start)
        parks, provinces = park_table(model.world, kept), province_table(model.world, kept, recommended)
        avoided = None if model.detail is None else avoided_table(model, model.detail.avoided)
        options, criteria, systems = option_table(model), criteria_table(model), infrastructure_table(model)
        exchanges, moved, flows, abatement = exchange_table(model.state.exchanges, model.world), None, None, None
        successors = None
        if model.detail is not None:
            reported = [entry for entry in model.detail.exchanges if entry[0] >= model.first_reported]
            moved = exchange_flow_table(model.state.exchanges, model.world, reported)
            flows = material_flows_table(model)
            successors = province_table(model.world, kept, recommended, model.state.maps)
            abatement = abatement_table(model.state, model.this_year, model.detail.capital)
        provenance = provenance_of(model, settings, time.perf_counter() - wall, cpu_seconds() - cpu)
        if targets := reached(model.case.targets, outcomes):
            provenance["targets"] = [one._asdict() for one in targets]
        vouchers = voucher_table(model)
    tables = (options, criteria, systems, exchanges, avoided, moved, flows, abatement, vouchers, successors)
    return Run(outcomes, provenance, parks, provinces, *tables)


@contextmanager
def stepping_model(
    scenario: ScenarioLike | None, world: WorldLike, seed: int, rule: RuleLike, **more: Any
) -> Iterator[EIPModel]:
    """A model that is emptied when the block ends, so that its memory is free at once.

    A Mesa model is part of reference cycles (its own step is stored in it), which would live on until the next full
    garbage collection; with an empty `__dict__` there is no cycle left.
    """
    model = EIPModel(scenario, world, checked_seed(seed), rule, **more)
    try:
        yield model
    finally:
        state = model.state
        return_firms(state.world, state.market, state.firms)
        state.exchanges.give_back()
        model.chronicle.give_back()
        model.__dict__.clear()


def stepping(model: EIPModel, progress: Progress | None = None) -> Iterator[int]:
    """Step `model` to its last year; yields each year when it is done."""
    first, last = model.year, model.last_year
    while model.year < last:
        model.step()
        if progress is not None:
            progress(model.year - first, last - first)
        yield model.year


def checked_arguments(years: Any, replicate: Any) -> dict[str, Any]:
    """`years` as two whole numbers or None and `replicate` as a whole number. InputError with both mistakes."""
    found = Mistakes()
    if years is not None and not (isinstance(years, tuple | list) and len(years) == 2 and all(map(_is_whole, years))):
        found.append(Mistake("years", f"{years!r} is not a period", "give first and last year, as (2015, 2050)"))
    if not _is_whole(replicate) or not 0 <= replicate < 2**32:
        found.append(Mistake("replicate", f"{replicate!r} is not a whole number of 0 or more"))
    found.tell()
    return {"years": years if years is None else tuple(int(year) for year in years), "replicate": int(replicate)}


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
