"""One run as data: `simulate(scenario, seed)` steps a model through its years and keeps tables, never the model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eipsim.core.compiled import watch
from eipsim.core.compiled_ahead import effort_of, id_of
from eipsim.core.later import Later
from eipsim.core.machine import cores
from eipsim.core.threads import a_single_run, cpu_seconds
from eipsim.errors import InputError, Mistake, Mistakes, RunError, refuse_all
from eipsim.exchanges.tables import exchange_flow_table, exchange_table
from eipsim.exports.arrays import Part, dataset
from eipsim.exports.geojson import feature_collection
from eipsim.exports.iamc import iamc_table, region_of
from eipsim.model.arguments import checked_seed
from eipsim.model.model import EIPModel
from eipsim.model.own_rules import RuleLike
from eipsim.model.population import return_firms
from eipsim.outcomes.headlines import headline, small_table, summary_table
from eipsim.outcomes.observation import outcome_frame
from eipsim.outcomes.recommendations import Recommendations
from eipsim.runs.abatement import abatement_table
from eipsim.runs.departures import case_told
from eipsim.runs.firms import firm_table
from eipsim.runs.first_start import FirstStart
from eipsim.runs.metabolism import material_flows_table
from eipsim.runs.provenance import model_told, provenance_of
from eipsim.runs.saving import Saved, as_json, new_file
from eipsim.runs.tables import (
    PARK_FACTS,
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

if TYPE_CHECKING:
    import xarray

    from eipsim.figures.style import Chart

figures = Later("eipsim.figures")  # which stand above runs
Progress = Callable[[int, int], object]  # called with (done, total)
watch(FirstStart(id_of, effort_of, cores()))


@dataclass(frozen=True, eq=False, repr=False)
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
    again : steps the same run once more, for what is worked out on demand (`firms`); None in a run that was pickled

    >>> run = simulate("baseline", world="pilot-parks", seed=1, years=(2015, 2030))
    >>> run                                                                     # doctest: +ELLIPSIS
    Run: baseline, world pilot-parks, 2015-2030, seed 1
      2030: CO2 avoided ... tCO2/yr; ...
    >>> print(run.summary([2030]).loc["parks_operating"].to_string())
    outcome    Parks operating
    unit                 parks
    2030                   8.0
    >>> len(run.firms) == int(run.outcomes.loc[2030, "firms"])
    True
    """

    outcomes: pd.DataFrame
    provenance: dict[str, Any]
    parks: pd.DataFrame
    provinces: pd.DataFrame
    options: pd.DataFrame
    criteria: pd.DataFrame
    infrastructure: pd.DataFrame
    exchanges: pd.DataFrame
    avoided_by_measure: pd.DataFrame | None = None
    exchange_flows: pd.DataFrame | None = None
    material_flows: pd.DataFrame | None = None
    abatement: pd.DataFrame | None = None
    vouchers: pd.DataFrame | None = None
    provinces_2025: pd.DataFrame | None = None
    again: Callable[[], AbstractContextManager[EIPModel]] | None = None

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

    # ---- at a glance -------------------------------------------------------------------------------------------------

    def told(self) -> list[str]:
        """What was run, and the first headlines of its last year."""
        of = self.provenance
        first, last = of["years"]
        draws = f", replicate {of['replicate']}" if of["replicate"] else ""
        case = f"Run: {case_told(of)}, world {of['world']}, {first}-{last}, seed {of['seed']}{draws}"
        return [case, headline(self.outcomes)]

    def small_table(self) -> pd.DataFrame:
        return small_table(self.outcomes)

    def summary(self, years: list[int] | None = None) -> pd.DataFrame:
        """A row per outcome, by its name: label, unit, its value in each of `years` (default: the first, 2030, the last)."""
        return summary_table(self.outcomes, years)

    def plot(self, outcome: str = "co2_avoided_t") -> Chart:
        """The way of `outcome` from year to year; `eipsim.figures` has all other figures of a run."""
        return figures.pathways(self, outcome)

    # ---- firms -------------------------------------------------------------------------------------------------------

    @cached_property
    def firms(self) -> pd.DataFrame:
        """A row per firm that is in its park in the last year; units in `attrs["units"]`. See `firms_in`."""
        return self.firms_in(self.provenance["years"][1])

    def firms_in(self, year: int) -> pd.DataFrame:
        """A row per firm that is in its park in `year`: what it is, has adopted, and used and saved in the year.

        The run is stepped once more for it, which takes as long as it took. Raises InputError for a year that the run does not
        have, RunError for a run that was pickled, which no longer knows how it was made.
        """
        first, last = self.provenance["years"]
        if not first <= year <= last:
            raise InputError(Mistake("year", f"{year} is not in the run", f"allowed: {first} to {last}"))
        if self.again is None:
            raise RunError(
                "firms are worked out by stepping the run once more, and a run that was pickled cannot: simulate again"
            )
        with self.again() as model:
            while model.year < year:
                model.step()
            return firm_table(model)

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: the tables. What the run was made with may be a function of the user's, which cannot be."""
        return {**self.__dict__, "again": None}

    # ---- in other forms ----------------------------------------------------------------------------------------------

    def to_xarray(self) -> xarray.Dataset:
        """Outcomes by year, by year and province (`..._by_province`), and parks by year (`..._by_park`), as an xarray Dataset.

        Units, labels and meanings are attributes of the variables, what was run those of the whole. Needs
        `pip install 'eipsim[iamc]'`.
        """
        outcomes = self.outcomes.reset_index()
        outcomes.attrs = self.outcomes.attrs
        parts = [
            Part(outcomes, ("year",)),
            Part(self.provinces, ("year", "province"), "_by_province"),
            Part(_with_names_of_parks(self.parks), ("year", "park_id"), "_by_park", PARK_FACTS),
        ]
        return dataset(parts, self.provenance)

    def to_iamc(self, region: str | None = None, provinces: bool = False) -> pd.DataFrame:
        """Outcomes in the format of the IAMC: a row per model, scenario, region, variable and unit, a column a year.

        region : what the country is called; None = by the world. With `provinces`, each is a region too, as `Viet Nam|Ha Noi`.
        `eipsim.exports.iamc.iamc_variables()` says what each variable is. pyam reads it: `pyam.IamDataFrame(run.to_iamc())`.
        """
        country = region_of(self.provenance["world"]) if region is None else region
        tables = [self.outcomes.reset_index().assign(region=country)]
        if provinces:
            below = self.provinces[[name for name in self.provinces if name in {*self.outcomes.columns, "year"}]]
            tables.append(below.assign(region=country + "|" + self.provinces["province"].astype(str)))
        values = pd.concat(tables, ignore_index=True).assign(scenario=case_told(self.provenance))
        return iamc_table(values, model_told(self.provenance))

    def to_geojson(self, file: str | Path, year: int | None = None, force: bool = False) -> Path:
        """Write the parks of `year` (default: the last) as GeoJSON (RFC 7946), a point each with the columns of `parks`.

        Raises InputError for a year that is not in the run, when `file` exists and `force` is not given, or cannot be written.
        """
        of = self.provenance
        about = {"scenario": case_told(of), "world": of["world"], "seed": of["seed"], "model": model_told(of)}
        content = feature_collection(self.parks, year, about)
        with new_file(file, ".geojson", force) as draft:
            draft.write_text(as_json(content) + "\n", encoding="utf-8")
        return Path(file)


def _with_names_of_parks(parks: pd.DataFrame) -> pd.DataFrame:
    """The table of parks in which no column is called like the dimension of provinces."""
    renamed = parks.rename(columns={"name": "park_name", "province": "park_province"})
    renamed.attrs = parks.attrs
    return renamed


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

    >>> run = simulate("baseline", world="pilot-parks", seed=1, years=(2015, 2020))
    >>> int(run.outcomes.loc[2020, "parks_operating"]), run.outcomes.attrs["units"]["co2_t"]
    (8, 'tCO2/yr')
    """
    arguments = checked_arguments(years, replicate)
    wall, cpu = time.perf_counter(), cpu_seconds()
    arguments |= {"settings": settings, "population": population, "trust": trust}
    again = partial(stepping_model, scenario, world, seed, rule, **arguments)
    with again(detail=detail) as model:
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
    return Run(outcomes, provenance, parks, provinces, *tables, again)


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
