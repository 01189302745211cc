"""The model: one Mesa model, one year a step. `EIPModel.step` reads as the schedule of MODEL.md section 2."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from eipsim import explain
from eipsim.agents import Firm, ParkOperator, Regulator
from eipsim.agents.answers import refuse_answers
from eipsim.agents.firm import applying
from eipsim.agents.firm import year as firm_year
from eipsim.agents.mesa_support import LateCollector, LazyAgents, collect, repetition
from eipsim.agents.operator import year as operator_year
from eipsim.agents.regulator import applications, inspections, rationing
from eipsim.agents.regulator import year as regulator_year
from eipsim.agents.regulator.adaptive import adapt
from eipsim.agents.surroundings import NOT_WEIGHED
from eipsim.certification import pursuit
from eipsim.certification.criteria import ParkRecords
from eipsim.core import own_code
from eipsim.core.columns import as_bytes
from eipsim.core.draws import process_streams, wrapping
from eipsim.core.threads import a_single_run
from eipsim.data.parameters import parameter_values
from eipsim.errors import InputError, Mistake, RunError, unknown
from eipsim.infrastructure import operation as infrastructure
from eipsim.market import books as accounts
from eipsim.market.catalogue import measure_called
from eipsim.model import attraction
from eipsim.model.arguments import checked_seed, period_of, seed_of, settings_of
from eipsim.model.at_a_glance import ShownModel
from eipsim.model.closing import grant_certificates, keep_accounts, park_records
from eipsim.model.opening import let_word_spread, new_year, open_year
from eipsim.model.own_rules import OwnRule, RuleLike, find_rule, with_own_rule
from eipsim.model.public_state import parks_seen
from eipsim.model.state import Year, new_state
from eipsim.outcomes.attribution import Detail
from eipsim.outcomes.chronicle import Chronicle
from eipsim.outcomes.observation import outcome_frame
from eipsim.outcomes.registry import OUTCOMES
from eipsim.policy.levers import Levers, resolve_once
from eipsim.policy.own import OwnInstruments
from eipsim.scenarios.loading import ScenarioLike, apply_settings, default_scenario, load_scenario
from eipsim.world import World, build_world, require_totals
from eipsim.world.cache import RATES
from eipsim.world.columns import WorldLike
from eipsim.world.places import places_km

STEPPINGS = ("compiled", "agents")
ATTRACTION = "population.attraction_strength"
STEPS_OF_LEARNING = ("retire", "learn")
STEPS_OF_FIRMS = (*STEPS_OF_LEARNING, "consider_measures")
VERBS = {
    Firm: (*STEPS_OF_FIRMS, "weigh", "settle", "apply_for_voucher"),
    ParkOperator: ("operate",),
    Regulator: ("act",),
}


class EIPModel(ShownModel, LazyAgents):
    """Industrial parks on their way to eco-industrial parks, firm by firm, from 2015 to 2050.

    Parameters
    ----------
    scenario : name of a library scenario, path of a file, or Scenario; None = baseline, in a folder: world no-eip-policy
    world : name of a recipe ("vietnam", "pilot-parks", "folder:PATH") or World
    rng, or seed : a whole number; world and run are pure functions of it. None = 1
    rule : decision rule, one of `eipsim.rules.acceptance.RULES`, a function, or "file.py:function"; None = acceptance curve
    stepping : "compiled", or "agents" to step every agent through Mesa's AgentSet (same results, bit for bit)
    years : first and last year to report; None = those of the scenario. Every run begins in 2015.
    settings : values by name, as `--set` on the command line, e.g. {"behaviour.peer_weight": 0}
    kwargs : more settings, each an argument of its own, as Mesa's batches and sliders give them
    replicate : number of the replicate: same world, other draws; None = 0, or that of the iteration in `mesa.batch_run`
    population : seed of the synthetic population of a recipe; None = that of the run, `rng`
    detail : also keep flows by park and avoided CO2 by measure (slower)
    firm_class, operator_class, regulator_class : subclasses whose overridden verbs are stepped in Python
    trust : you agree that code which the file of the scenario names (`instruments`) is run

    `state` is what the run holds, `this_year` what the year of the last step has brought (eipsim.model.state).

    >>> model = EIPModel("baseline", "pilot-parks", 1)
    >>> model
    EIPModel: baseline, world pilot-parks, seed 1
      no year stepped yet; reports 2015-2050; rule acceptance_curve, stepping compiled
    >>> model.step()
    >>> model.park("Amata")                                                     # doctest: +ELLIPSIS
    Operator of Amata (P...), ...
    """

    this_year: Year

    def __init__(
        self,
        scenario: ScenarioLike | None = None,
        world: WorldLike = "vietnam",
        rng: int | None = None,
        rule: RuleLike = None,
        stepping: str = "compiled",
        years: tuple[int, int] | None = None,
        settings: Mapping[str, Any] | None = None,
        replicate: int | None = None,
        detail: bool = False,
        firm_class: type[Firm] = Firm,
        operator_class: type[ParkOperator] = ParkOperator,
        regulator_class: type[Regulator] = Regulator,
        *,
        seed: int | None = None,
        population: int | None = None,
        trust: bool = False,
        **kwargs: Any,
    ):
        seed = seed_of(rng, seed)
        super().__init__(rng=seed)
        self.seed_number, self.stepping = seed, stepping
        self.replicate = repetition() if replicate is None else int(replicate)
        if stepping not in STEPPINGS:
            raise InputError(unknown("stepping", "stepping", stepping, STEPPINGS))
        named = default_scenario(world) if scenario is None else scenario
        self.case = apply_settings(load_scenario(named, trust), settings_of(settings, kwargs, ARGUMENTS))
        own_code.refuse(self.case.strange_code)
        self.parameters = parameter_values(self.case.parameters)
        self.world = self._world_of(world, seed, population)
        self.first_reported, self.last_year = period_of(years or self.case.years, self.world)
        self.rule: OwnRule = find_rule(rule)
        if self.parameters[ATTRACTION] > 0.0:
            self.world = self._attracted(firm_class, operator_class, regulator_class)
        self.rule_number, self.own_rule = self.rule.number, self.rule.compiled
        self.firm_class = with_own_rule(firm_class, self.rule)
        self.operator_class, self.regulator_class = operator_class, regulator_class
        self.by_agents = self._stepped_one_by_one()
        self.lever_paths = resolve_once(self.case, self.world)
        streams = process_streams(seed, self.replicate)
        self.state = new_state(self.world, self.case, self.parameters, self.lever_paths, streams, self.rule.name)
        self.instruments = OwnInstruments(self.case.instruments, self.world, self.state.maps)
        self.year = self.world.first_year - 1
        self.chronicle = Chronicle(self.state)
        self.detail = Detail() if detail else None
        self.datacollector = LateCollector(tuple(OUTCOMES), self.chronicle)

    # ---- set-up ------------------------------------------------------------------------------------------------------

    def _world_of(self, given: WorldLike, seed: int, population: int | None) -> World:
        """The world that is given, or that of a recipe with the firms of a population."""
        if not isinstance(given, World):
            return self._build_world(given, seed if population is None else checked_seed(population, "population"))
        if population is not None and population != given.seed:
            what = f"{population} is not that of the world that is given, which is {given.seed}"
            raise InputError(Mistake("population", what, "leave it out, or name the recipe of the world"))
        return given

    def _build_world(self, recipe: str, seed: int) -> World:
        rates: dict[str, Any] = {name: self.parameters[f"population.{name}"] for name in RATES}
        return require_totals(build_world(recipe, seed, births=self.case.drivers.births, **rates))

    def _stepped_one_by_one(self) -> dict[type, bool]:
        """Which kinds of agents are: those for which it is asked, and those of which a verb is overridden in Python."""
        kinds = {Firm: self.firm_class, ParkOperator: self.operator_class, Regulator: self.regulator_class}
        return {
            base: self.stepping == "agents"
            or any(getattr(kind, verb) is not getattr(base, verb) for verb in VERBS[base])
            for base, kind in kinds.items()
        }

    def _attracted(self, *classes: type) -> World:
        """The world in which newcomers have gone by the scores that parks have without them: see `eipsim.attraction`."""
        first = self._again("compiled", *classes)
        streams = first.state.surroundings.streams
        scores, maps = attraction.scores_of_run(first), first.state.maps
        first.__dict__.clear()  # see simulation.stepping_model
        strength, stream = self.parameters[ATTRACTION], attraction.entry_stream(streams)
        return attraction.attracted(self.world, scores, strength, stream, maps)

    # ---- the year ----------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One year. Raises ConservationError when a balance does not close."""
        if self.year >= self.world.last_year:
            raise RunError(f"the world ends in {self.world.last_year}: there is no year to step into")
        with wrapping():
            self.year += 1
            self.move_drivers()
            self.let_regulators_act()
            self.let_operators_act()
            self.let_firms_learn_and_decide()
            self.let_parks_exchange()
            self.keep_accounts()
            self.grant_certificates()
            self.observe()
        self.running = self.year < self.last_year

    def run(self) -> EIPModel:
        """All years to the last; returns the model itself."""
        with a_single_run():
            while self.year < self.last_year:
                self.step()
        return self

    def move_drivers(self) -> None:
        """Prices, levers, entry and exit of firms, birth of parks."""
        voucher_rule = self.case.regulator.voucher_rule
        self.this_year = new_year(self.state, self.year, *self._levers(), self.lever_paths, voucher_rule)
        open_year(self.state, self.this_year, self.rule_number)
        self.sync_agents()

    def _levers(self) -> tuple[Levers, int]:
        """The year's levers, moved by the adaptive regulator and by the user's own instruments, and the regulator's audits."""
        rule = self.case.regulator.adaptive
        achieved = self.chronicle.latest(rule.outcome) if rule and self.chronicle.n_years else None
        levers, audits = adapt(rule, self.state.regulators, self.lever_paths.year(self.year), self.year, achieved)
        return self._moved(levers), audits

    def _moved(self, levers: Levers) -> Levers:
        """The year's levers after the user's own instruments have moved them."""
        if not self.case.instruments:
            return levers
        last, outcomes = None, np.full(len(OUTCOMES), np.nan)
        if self.chronicle.n_years:
            last, outcomes = self.this_year, self.chronicle.since(self.chronicle.last_year).outcomes()[0]
        return self.instruments.adapt(levers, parks_seen(self.state, last, outcomes), self.year)

    def let_regulators_act(self) -> None:
        """Audits, vouchers, inspections; money comes in with what it pays for, or as a donor's budget.

        Operators that pursue the certificate have asked for auditors by then: these are shared.
        """
        state, year = self.state, self.this_year
        regulator_year.open_books(state.regulators)
        pursuit.look_ahead(state, year)
        rationing.take_back_vouchers(state)
        if self.by_agents[Regulator]:
            self._each(self.regulator_class, "act")
        else:
            rationing.deal(state, year)
            inspections.inspect(state, year)
        regulator_year.fine_lapsed(state.regulators, state.operators, year.levers.fine_usd)

    def let_operators_act(self) -> None:
        """Commitment, facilitation, training, scores, what the certificate still needs, shared infrastructure."""
        state, year = self.state, self.this_year
        if self.by_agents[ParkOperator]:
            self._each(self.operator_class, "operate")
        else:
            operator_year.all_operate(state.operators, year.park_policy, year.number, state.market.constants)
        pursuit.commission(state, year)
        infrastructure.invest(state, year)

    def let_firms_learn_and_decide(self) -> None:
        """What wears out is renewed or lost, options become known, and every firm buys what it accepts and can pay.

        A firm decides on last year's peers, so its whole year can be lived through before the next firm's begins; unless it
        applies for a voucher, which it does when all have learnt and nobody has decided.
        """
        self.let_word_spread()
        state, year = self.state, self.this_year
        accounts.open_books(state.books)
        state.surroundings.sectors.practising[:] = 0
        weighed = self.let_firms_apply()
        if self.by_agents[Firm]:
            for verb in STEPS_OF_FIRMS:
                self._each(self.firm_class, verb)
            accounts.book_all(state.firms, year.rows, state.surroundings, year.prices, year.number, state.books)
            return
        firms, rule = state.firms, (self.rule_number, self.own_rule)
        situation, start = self._situation(), self.world.parks.start
        situation = situation._replace(surroundings=situation.surroundings._replace(weighed=weighed))
        with self.rule.guarded():
            firm_year.let_live(firms, year.rows, start, situation, rule, year.prices, state.books)

    def let_firms_apply(self) -> np.ndarray:
        """Where vouchers are applied for: firms learn, apply with what they would build, and are served while the budget lasts.

        What they have learnt, and what has worn out, is the same when they live through the rest of the year. Gives the chances
        that they have weighed [firms, o], if all of them have.
        """
        state, year, rows = self.state, self.this_year, applications.may_apply(self.state, self.this_year)
        if rows.size == 0:
            return NOT_WEIGHED
        offer, rule = applications.offer_to(state, year, rows), (self.rule_number, self.own_rule)
        if self.by_agents[Firm]:
            made = self._apply_one_by_one(rows, offer)
        else:
            with self.rule.guarded():
                made = applying.let_apply(state.firms, rows, self.world.parks.start, self._situation(), rule, offer)
        served = applications.serve(state, year, rows, made)
        self._let_say_anyway(served, made)
        applications.write_down(state, year, served, made)
        return made.chances if rows.size == year.rows.size else NOT_WEIGHED

    def _let_say_anyway(self, served: np.ndarray, made: applying.Applications) -> None:
        """Those who are served say what they would buy without a voucher."""
        if self.by_agents[Firm]:
            for row in served:
                self.firm(int(row)).say_what_it_would_buy_anyway(made)
            return
        firms, start, rule = self.state.firms, self.world.parks.start, (self.rule_number, self.own_rule)
        with self.rule.guarded():
            applying.let_say_anyway(firms, served, start, self._situation(), rule, made)

    def _apply_one_by_one(self, rows: np.ndarray, offer: applying.Offer) -> applying.Applications:
        made, firms = applying.no_applications(self.state.firms.size), [self.firm(int(row)) for row in rows]
        for verb in STEPS_OF_LEARNING:
            for firm in firms:
                getattr(firm, verb)()
        for firm in firms:
            firm.apply_for_voucher(offer, made)
        return made

    def _situation(self) -> firm_year.Situation:
        """What all firms live through the year with."""
        market = self.state.market
        return firm_year.Situation(market.catalogue, self.state.surroundings, self.this_year.number, market.constants)

    def let_word_spread(self) -> None:
        """Last year's peers, operators and the ministry make options and cleaner production known."""
        let_word_spread(self.state, self.this_year)

    def let_parks_exchange(self) -> None:
        """Shared infrastructure serves tenants; of what is left, by-products go from firm to firm: old exchanges are
        reviewed, new ones found, agreed, licensed and begun."""
        infrastructure.deliver(self.state, self.this_year)
        self.state.exchanges.step(self.state, self.this_year)

    def keep_accounts(self) -> None:
        """Every balance of the year's resources, emissions and money is checked; regulators close their books."""
        keep_accounts(self.state, self.this_year)

    def grant_certificates(self) -> None:
        """Granted, renewed, revoked under the decree in force; which of its criteria bind is kept."""
        grant_certificates(self.state, self.this_year)

    def observe(self) -> None:
        """The end of the year is kept, from which outcomes follow; flows by park and measure when asked for."""
        self.chronicle.keep(self.state, self.this_year)
        if self.detail is not None:
            self.detail.keep(self.state, self.this_year)
        collect(self)

    def park_records(self) -> ParkRecords:
        """What certificates are decided on, at the end of the year."""
        return park_records(self.state, self.this_year)

    # ---- agents ------------------------------------------------------------------------------------------------------

    def alive_mask(self) -> np.ndarray:
        """bool [n_rows]: firms that are in their park this year."""
        return self.world.alive(self.year)

    def rows_alive(self, park: int | None = None) -> np.ndarray:
        """Rows of the firms of this year, of one park or of all."""
        year = self.this_year
        return year.rows if park is None else year.rows[year.first[park] : year.first[park + 1]]

    def rows_present(self) -> dict[type, np.ndarray]:
        year = max(self.year, self.world.first_year)
        f, operators = self.world.firms, self.state.operators
        provinces, home = operators.province, self.state.maps.in_force(year)
        if home is not None:  # the seat of a province acts, whether or not there are parks in just that part
            provinces = np.concatenate([provinces, home[provinces]])
        return {
            self.regulator_class: np.concatenate([[0], np.unique(provinces) + 1]),
            self.operator_class: np.flatnonzero(operators.established_year <= year),
            self.firm_class: np.flatnonzero((f.entry_year <= year) & (year < f.exit_year)),
        }

    def firm(self, firm: str | int) -> Firm:
        """One firm by its id ("P352-017-0") or row."""
        return self.agent_of_row(self.firm_class, firm if isinstance(firm, int) else self.world.firm_row(firm))

    def park(self, park: str | int) -> ParkOperator:
        """One park operator by park id, name (with or without accents) or row."""
        return self.agent_of_row(self.operator_class, park if isinstance(park, int) else self.world.park_index(park))

    def _each(self, kind: type, verb: str) -> None:
        agents = self.agents_by_type[kind]
        refuse_answers(agents, verb, agents.map(verb))

    def place_of_park(self, park: int) -> tuple[float, float]:
        """Where a park, and each of its firms, is: km east and north of the south-western corner of all parks."""
        east, north = self._places[park]
        return float(east), float(north)

    def extent(self) -> tuple[float, float]:
        east, north = self._places.max(axis=0)
        return float(east), float(north)

    @cached_property
    def _places(self) -> np.ndarray:
        return places_km(self.world.parks.latitude, self.world.parks.longitude)

    # ---- results -----------------------------------------------------------------------------------------------------

    @property
    def outcomes(self) -> pd.DataFrame:
        """The outcomes so far, a row a year, units in `attrs["units"]`."""
        return outcome_frame(self.chronicle.since(self.first_reported))

    def __getattr__(self, name: str) -> float:
        """The latest value of an outcome, so that Mesa reporters can name it; NaN before the first year."""
        if name in OUTCOMES and "chronicle" in self.__dict__:
            return self.chronicle.latest(name) if self.chronicle.n_years else float("nan")
        raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")

    def _again(self, stepping: str, *classes: type) -> EIPModel:
        """A new model of the same run in the same world, which has the newcomers where they are."""
        case = apply_settings(self.case, {ATTRACTION: 0.0}) if self.parameters[ATTRACTION] > 0.0 else self.case
        return EIPModel(
            case, self.world, self.seed_number, self.rule.given, stepping, None, None, self.replicate, False, *classes
        )

    def replay(self, year: int) -> EIPModel:
        """A new model of the same run, stepped to the end of `year`: the past, exactly as it was."""
        if not self.world.first_year - 1 <= year <= self.world.last_year:
            raise InputError(Mistake("year", f"{year} is outside {self.world.first_year}-{self.world.last_year}"))
        model = self._again(self.stepping, self.firm_class, self.operator_class, self.regulator_class)
        while model.year < year:
            model.step()
        return model

    def replay_to_decisions(self, year: int) -> EIPModel:
        """A new model of the same run, stepped to the moment of `year` in which firms decide: for explanations."""
        model = self.replay(year - 1)
        with wrapping():
            model.year = year
            model.move_drivers()
            model.let_regulators_act()
            model.let_operators_act()
            model.let_word_spread()
            model._know_who_gets_vouchers()
        return model

    def _know_who_gets_vouchers(self) -> None:
        """Firms have the vouchers that they will get, but have neither learnt nor lost anything yet: for explanations."""
        state = self.state
        if applications.may_apply(state, self.this_year).size == 0:
            return
        tables = state.firms, state.surroundings.parks, state.surroundings.sectors
        before = [table.copy() for table in tables]
        self.let_firms_apply()
        vouchers = {name: state.firms[name].copy() for name in ("voucher_rate", "voucher_left")}
        for table, kept in zip(tables, before):
            as_bytes(table)[:] = as_bytes(kept)
        for name, values in vouchers.items():
            state.firms[name][:] = values

    def explain_measure(self, row: int, measure: str, year: int) -> explain.Explanation:
        """Why the firm of `row` did or did not take `measure` in `year`."""
        return explain.explain_measure(self, row, measure, year)

    def explain_park(self, row: int, year: int) -> explain.Explanation:
        """Why the park of `row` is or is not certified in `year`, criterion by criterion."""
        return explain.explain_park(self, row, year)

    def measure_number(self, measure: str) -> int:
        """Row of a measure in the catalogue, by id, name or label, or by words that only one of these has."""
        return measure_called(measure, self.world.tables)


ARGUMENTS = tuple(inspect.signature(EIPModel).parameters)
