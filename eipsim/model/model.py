"""The model: one Mesa model, one year a step. `EIPModel.step` reads as the schedule of MODEL.md section 2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import mesa
import numpy as np
import pandas as pd

from eipsim import explain
from eipsim.agents import Firm, ParkOperator, Regulator
from eipsim.agents.firm import year as firm_year
from eipsim.agents.mesa_support import LazyAgents
from eipsim.agents.operator import year as operator_year
from eipsim.agents.operator.year import ParkPolicy
from eipsim.agents.regulator import rationing
from eipsim.agents.regulator import year as regulator_year
from eipsim.agents.surroundings import spread_word
from eipsim.certification import criteria as certification
from eipsim.core import own_code
from eipsim.core.columns import new_table
from eipsim.core.draws import PROCESSES, drawn, process_streams, wrapping
from eipsim.data.parameters import parameter_values
from eipsim.errors import InputError, Mistake, RunError, unknown
from eipsim.exchanges.checks import check_exchanges
from eipsim.exchanges.symbiosis import Symbiosis
from eipsim.exchanges.tables import net_of_exchanges, symbiosis_of_parks
from eipsim.infrastructure import operation as infrastructure
from eipsim.market import books as accounts
from eipsim.market.catalogue import N_SECTORS, build_catalogue, measure_names
from eipsim.market.constants import build_constants
from eipsim.market.drivers import build_drivers
from eipsim.market.prices import YearlyPrices
from eipsim.model import attraction, population
from eipsim.model.own_rules import OwnRule, find_rule, with_own_rule
from eipsim.model.public_state import parks_seen
from eipsim.outcomes.observation import Detail, observe
from eipsim.outcomes.registry import OUTCOMES, POSITION, outcome_frame
from eipsim.policy.levers import replace_lever, resolve
from eipsim.policy.own import OwnInstruments
from eipsim.rules.acceptance import RULES
from eipsim.rules.investment import annuity
from eipsim.scenarios.loading import apply_settings, load_scenario
from eipsim.world import World, build_world

STEPPINGS = ("compiled", "agents")
ATTRACTION = "population.attraction_strength"


def checked_seed(rng: Any) -> int:
    """The seed as a whole number >= 0. A NumPy generator gives one; None is refused, because results must be repeatable."""
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**63))
    if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or not 0 <= rng < 2**64:
        raise InputError(Mistake("seed", f"{rng!r} is not a whole number of 0 or more"))
    return int(rng)


class EIPModel(LazyAgents):
    """Industrial parks on their way to eco-industrial parks, firm by firm, from 2015 to 2050.

    Parameters
    ----------
    scenario : name of a library scenario, path of a file, or Scenario
    world : name of a recipe ("vietnam", "pilot-parks", "folder:PATH") or World
    rng : seed, a whole number; world and run are pure functions of it
    rule : decision rule, one of `eipsim.rules.acceptance.RULES`, a function, or "file.py:function"; None = acceptance curve
    stepping : "compiled", or "agents" to step every agent through Mesa's AgentSet (same results, bit for bit)
    years : first and last year to report; None = those of the scenario. Every run begins in 2015.
    settings : values by name, as `--set` on the command line, e.g. {"behaviour.peer_weight": 0}
    replicate : number of the replicate: same world, other draws
    detail : also keep flows by park and avoided CO2 by measure (slower)
    firm_class, operator_class, regulator_class : subclasses whose overridden verbs are stepped in Python
    trust : you agree that code which the file of the scenario names (`instruments`) is run
    """

    def __init__(
        self,
        scenario: Any = "baseline",
        world: str | World = "vietnam",
        rng: int = 1,
        rule: str | Callable | None = None,
        stepping: str = "compiled",
        years: tuple[int, int] | None = None,
        settings: Mapping[str, Any] | None = None,
        replicate: int = 0,
        detail: bool = False,
        firm_class: type[Firm] = Firm,
        operator_class: type[ParkOperator] = ParkOperator,
        regulator_class: type[Regulator] = Regulator,
        *,
        trust: bool = False,
    ):
        seed = checked_seed(rng)
        super().__init__(rng=seed)
        self.seed_number, self.replicate, self.stepping = seed, int(replicate), stepping
        if stepping not in STEPPINGS:
            raise InputError(unknown("stepping", "stepping", stepping, STEPPINGS))
        self.case = apply_settings(load_scenario(scenario, trust), dict(settings or {}))
        own_code.refuse(self.case.strange_code)
        self.parameters = parameter_values(self.case.parameters)
        self.world = world if isinstance(world, World) else self._build_world(world, seed)
        self.first_reported, self.last_year = self._checked_years(years or self.case.years)
        self.rule: OwnRule = find_rule(rule)
        if self.parameters[ATTRACTION] > 0.0:
            self.world = self._attracted(firm_class, operator_class, regulator_class)
        self.rule_number, self.own_rule = self.rule.number, self.rule.compiled
        self.firm_class = with_own_rule(firm_class, self.rule)
        self.operator_class, self.regulator_class = operator_class, regulator_class
        self._lay_out()
        self.year = self.world.first_year - 1
        self._rows: list[np.ndarray] = []
        self.detail = Detail() if detail else None
        self.datacollector = mesa.DataCollector({"year": "year"} | {name: name for name in OUTCOMES})

    # ---- set-up ------------------------------------------------------------------------------------------------------

    def _build_world(self, recipe: str, seed: int) -> World:
        values = self.parameters
        return build_world(
            recipe,
            seed,
            exit_rate=values["population.exit_rate"],
            intensity_sigma=values["population.intensity_sigma"],
            births=self.case.drivers.births,
        )

    def _attracted(self, *classes: type) -> World:
        """The world in which newcomers have gone by the scores that parks have without them: see `eipsim.attraction`."""
        without = apply_settings(self.case, {ATTRACTION: 0.0})
        first = EIPModel(
            without,
            self.world,
            self.seed_number,
            self.rule.given,
            "compiled",
            None,
            None,
            self.replicate,
            False,
            *classes,
        )
        streams = first.surroundings.streams
        scores = attraction.scores_of_run(first)
        first.__dict__.clear()  # see simulation.stepping_model
        return attraction.attracted(self.world, scores, self.parameters[ATTRACTION], attraction.entry_stream(streams))

    def _checked_years(self, years: tuple[int, int]) -> tuple[int, int]:
        first, last = years
        least, most = self.world.first_year, self.world.last_year
        if not (least <= first <= last <= most):
            raise InputError(
                Mistake("years", f"{first}-{last} is not a period", f"allowed: {least}-{most}, first before last")
            )
        return int(first), int(last)

    def _lay_out(self) -> None:
        """Columns, tables and surroundings of the run."""
        c = self.constants = build_constants(self.parameters)
        self.catalogue = build_catalogue(c)
        drivers = self.drivers = build_drivers(self.case.drivers.model_dump())
        self.yearly = YearlyPrices(self.catalogue, drivers, c)
        self.lever_paths = resolve(self.case, self.world)
        self.decrees = certification.read_decrees(tuple(self.case.decrees))
        streams = process_streams(self.seed_number, self.replicate)
        self.firm_table = population.build_firms(self.world, c, self.catalogue, drivers, streams)
        self.operator_table = population.build_operators(self.world, c, streams)
        self.regulator_table = population.build_regulators(len(self.world.provinces))
        self.surroundings = population.build_surroundings(
            self.world, c, self.catalogue, self.yearly, streams, self.lever_paths.zones, self.lever_paths.n_zones
        )
        self.n_parks, self.n_sectors = self.operator_table.key.size, N_SECTORS
        self.flows = np.zeros((self.n_parks, len(accounts.FLOWS)))
        self.ledger = new_table(2 * N_SECTORS, accounts.LEDGER_COLUMNS)
        self.counts = np.zeros((self.n_parks, len(accounts.COUNTS)), dtype=np.int64)
        self.recp_park, self.recp_sector = np.zeros(self.n_parks), np.zeros(self.n_sectors)
        self.dossier_priority = drawn(self.operator_table.key, streams[PROCESSES["dossier priority"]])
        self.born_draw = drawn(self.operator_table.key, streams[PROCESSES["born eco"]])
        self.adaptive_audits, self.vouchers_dealt = 0, 0
        givers = len(self.lever_paths.programmes) + 1  # each programme, and the adaptive regulator
        self.audits_given = np.zeros((givers, self.firm_table.size), dtype=np.uint8)
        adaptive = self.case.regulator.adaptive
        self.instruments = OwnInstruments(self.case.instruments, self.world)
        self.adaptive_level, self.audits_owed = (adaptive.start if adaptive else 0.0), 0.0
        self._threshold_toe = np.inf
        infrastructure.lay_out(self)
        self.symbiosis = Symbiosis(self, self.case.exchange_tables)
        self.criteria_rows: list[tuple[int, certification.Decree, np.ndarray]] = []

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
        while self.year < self.last_year:
            self.step()
        return self

    def move_drivers(self) -> None:
        """Prices, levers, entry and exit of firms, birth of parks."""
        self.levers = self._adapted(self.lever_paths.year(self.year))
        if self.case.instruments:
            self.levers = self.instruments.adapt(self.levers, parks_seen(self), self.year)
        tables = self.yearly.of_year(self.year, self.levers)
        now = self.surroundings
        for name in ("log_unit_saving", "electricity_price", "fuel_price", "management_cost"):
            now.markets[name] = getattr(tables, name)
        now.sectors["log_unit_cost"] = tables.log_unit_cost
        now.log_annuity[:] = self._log_annuities()
        now.parks["soft_loan"] = self.levers.soft_loan
        self.prices = tables.accounts
        self._mark_covered_firms()
        o = self.operator_table
        born = o.established_year == self.year
        o.born_eco[born] = self.born_draw[born] < self.levers.eip_duty[o.province[born]]
        entry, leave = self.world.firms.entry_year, self.world.firms.exit_year
        gone = np.flatnonzero((leave == self.year) & (entry < self.year))
        come = np.flatnonzero((entry == self.year) & (leave > self.year))
        self._alive = (entry <= self.year) & (self.year < leave)
        self._rows_alive = np.flatnonzero(self._alive)
        self._first_alive = np.searchsorted(self._rows_alive, self.world.parks.start)
        firm_year.all_leave(self.firm_table, gone, self.catalogue, now)
        firm_year.all_enter(self.firm_table, come, self.catalogue, now, self.year, self.constants)
        self.sync_agents()

    def let_regulators_act(self) -> None:
        """Audits, vouchers, inspections; money comes in with what it pays for, or as a donor's budget."""
        regulator_year.open_books(self.regulator_table)
        rationing.take_back_vouchers(self)
        if self._steps_agents(self.regulator_class, Regulator, ("act",)):
            self._each(self.regulator_class, "act")
        else:
            rationing.deal(self)
            regulator_year.all_inspect(
                self.regulator_table, self.firm_table, self.operator_table, self.rows_alive(), self.first_alive(),
                self.world.firms.key, self.surroundings, self.year, self.levers.inspection_probability, self.levers.fine_usd,
                self.constants.inspection_cost_usd,
            )  # fmt: skip
        regulator_year.fine_lapsed(self.regulator_table, self.operator_table, self.levers.fine_usd)

    def let_operators_act(self) -> None:
        """Commitment, facilitation, training, scores, shared infrastructure."""
        self.park_policy = self._park_policy()
        if self._steps_agents(self.operator_class, ParkOperator, ("operate",)):
            self._each(self.operator_class, "operate")
        else:
            operator_year.all_operate(self.operator_table, self.park_policy, self.year, self.constants)
        infrastructure.invest(self)

    def let_firms_learn_and_decide(self) -> None:
        """What wears out is renewed or lost, options become known, and every firm buys what it accepts and can pay.

        A firm decides on last year's peers, so its whole year can be lived through before the next firm's begins.
        """
        self.let_word_spread()
        self.flows[:] = 0.0
        self.counts[:] = 0
        self.surroundings.sectors.practising[:] = 0
        verbs = ("retire", "learn", "consider_measures")
        if self._steps_agents(self.firm_class, Firm, (*verbs, "weigh", "settle")):
            for verb in verbs:
                self._each(self.firm_class, verb)
            accounts.book_all(
                self.firm_table, self._rows_alive, self.surroundings, self.prices, self.year, self.ledger, self.flows,
                self.counts,
            )  # fmt: skip
            return
        with self.rule.guarded():
            firm_year.live_and_book_all(
                self.firm_table, self._rows_alive, self.catalogue, self.surroundings, self.year, self.constants,
                self.rule_number, self.own_rule, self.prices, self.ledger, self.flows, self.counts,
            )  # fmt: skip

    def let_word_spread(self) -> None:
        """Last year's peers, operators and the ministry make options and cleaner production known."""
        spread_word(
            self.surroundings, self.operator_table, self.recp_park, self.recp_sector, self.levers.information,
            self.catalogue, self.year, self.constants,
        )  # fmt: skip

    def let_parks_exchange(self) -> None:
        """Shared infrastructure serves tenants; of what is left, by-products go from firm to firm: old exchanges are
        reviewed, new ones found, agreed, licensed and begun."""
        infrastructure.deliver(self)
        self.symbiosis.step(self)

    def keep_accounts(self) -> None:
        """Every balance of the year's resources, emissions and money is checked; regulators close their books."""
        grid = self.drivers.grid_factor[self.year - self.world.first_year]
        accounts.check_balances(self.flows, self.counts, grid, self.year)
        accounts.check_money(self.counts, rationing.vouchers_used(self), self.year)
        infrastructure.check_services(self)
        served = infrastructure.net_of_infrastructure(self.flows, self.infrastructure_flows, grid)
        check_exchanges(self.symbiosis, self, served)
        self.net_flows = net_of_exchanges(served, self.exchange_flows)
        rationing.settle_vouchers(self)
        carbon = self.net_flows[:, accounts.CARBON_PAID].sum()
        self.regulator_table.earmarked[0] += int(carbon * self.constants.carbon_earmark_share * 100)
        regulator_year.close_books(self.regulator_table, self.year)
        self._remember_practice()

    def grant_certificates(self) -> None:
        """Granted, renewed, revoked under the decree in force; which of its criteria bind is kept."""
        decree, facts, levers = certification.decree_of(self.decrees, self.year), self.park_facts(), self.levers
        certification.decide(
            decree,
            facts,
            levers.certification_capacity,
            self.dossier_priority,
            self.constants,
            levers.certification_duration,
        )
        if decree is not None:
            self.criteria_rows.append((self.year, decree, certification.binding(decree, facts)))

    def observe(self) -> None:
        """One row of outcomes; flows by park and measure when asked for."""
        self._rows.append(observe(self))
        if self.detail is not None:
            self.detail.keep(self)
        self.datacollector.collect(self)

    # ---- what the year needs -----------------------------------------------------------------------------------------

    def _mark_covered_firms(self) -> None:
        """Firms at or above the energy threshold of the carbon price; nobody moves unless the threshold does."""
        if self.levers.carbon_threshold_toe != self._threshold_toe:
            self._threshold_toe = self.levers.carbon_threshold_toe
            self.firm_table.covered[:] = self.firm_table.toe >= self._threshold_toe

    def _log_annuities(self) -> np.ndarray:
        """ln of what a dollar a year over each measure's life is worth, at the rate of the rule in force."""
        is_real_option = RULES[min(self.rule_number, len(RULES) - 1)] == "real_option"
        rate = self.constants.risk_free_rate if is_real_option else self.constants.hurdle_rate
        return np.log([annuity(rate, float(life)) for life in self.catalogue.lifetime])

    def _adapted(self, levers):
        """The year's levers after the adaptive regulator has moved the one that it steers, by the gap to its target."""
        rule = self.case.regulator.adaptive
        if rule is None:
            return levers
        years, targets = zip(*sorted(rule.target.items()))
        if self._rows and self.year - 1 >= years[0]:
            target = float(np.interp(self.year - 1, years, targets))
            gap = (target - self._rows[-1][POSITION[rule.outcome]]) / target if target else 0.0
            moved = self.adaptive_level + rule.gain * (rule.most - rule.least) * min(max(gap, -1.0), 1.0)
            self.adaptive_level = min(max(moved, rule.least), rule.most)
        self.regulator_table.adaptive_level[0] = self.adaptive_level
        if rule.lever == "audits":
            self.audits_owed += self.adaptive_level if self.year > years[0] else 0.0  # what is left of an audit waits
            self.adaptive_audits = int(self.audits_owed)
            self.audits_owed -= self.adaptive_audits
            return levers
        return replace_lever(levers, rule.lever, self.adaptive_level) if self.year > years[0] else levers

    def _park_policy(self) -> ParkPolicy:
        o, n_provinces = self.operator_table, len(self.world.provinces)
        committed = (o.commit_year > 0) & (o.operating_year < self.year)
        there = o.operating_year < self.year
        in_programme = np.zeros(self.n_parks, dtype=np.bool_)
        for programme in self.lever_paths.programmes:
            if programme.commits_parks and programme.first_year <= self.year <= programme.last_year:
                in_programme |= programme.eligible
        n_groups = max(len(self.world.groups), 1)
        grouped = o.group >= 0

        def share(of: np.ndarray, n: int, among: np.ndarray) -> np.ndarray:
            total = np.bincount(of[there & among], minlength=n)
            return np.bincount(of[committed & among], minlength=n) / np.maximum(total, 1)

        return ParkPolicy(
            provincial_support=self.levers.provincial_support, facilitation_grant=self.levers.facilitation_grant,
            training=self.levers.training, monitoring=self.levers.monitoring,
            premium=float(self.levers.certification_premium), in_programme=in_programme,
            committed_province=share(o.province, n_provinces, np.ones_like(grouped)),
            committed_group=share(o.group, n_groups, grouped),
        )  # fmt: skip

    def _remember_practice(self) -> None:
        """Shares of firms that apply RECP, by park and sector: next year's example."""
        firms, sectors = self.counts[:, accounts.FIRMS], self.surroundings.sectors
        self.recp_park = self.counts[:, accounts.RECP] / np.maximum(firms, 1)
        self.recp_sector = sectors.practising / np.maximum(sectors.firms, 1)

    def book_national(self, line: str, usd: float, payer: str) -> None:
        """The nation spends `usd` on `line`, money that `payer` (donor or appropriation) provides."""
        cents = int(usd * 100.0 + 0.5)
        self.regulator_table[line][0] += cents
        self.regulator_table[payer][0] += cents

    def park_facts(self) -> certification.ParkFacts:
        """What certificates are decided on, at the end of the year."""
        counts = self.counts
        return certification.ParkFacts(
            self.year, counts[:, accounts.FIRMS], counts[:, accounts.AWARE], counts[:, accounts.RECP],
            counts[:, accounts.RECP_MEASURED], self.operator_table, *symbiosis_of_parks(self),
        )  # fmt: skip

    # ---- agents ------------------------------------------------------------------------------------------------------

    def alive_mask(self) -> np.ndarray:
        """bool [n_rows]: firms that are in their park this year."""
        return self._alive

    def rows_alive(self, park: int | None = None) -> np.ndarray:
        """Rows of the firms of this year, of one park or of all."""
        if park is None:
            return self._rows_alive
        first, end = self._first_alive[park : park + 2]
        return self._rows_alive[first:end]

    def first_alive(self) -> np.ndarray:
        """int64 [p + 1]: where the firms of each park begin in `rows_alive()`; the last is the end."""
        return self._first_alive

    def rows_present(self) -> dict[type, np.ndarray]:
        year = max(self.year, self.world.first_year)
        f = self.firm_table
        provinces = np.unique(self.operator_table.province) + 1
        return {
            self.regulator_class: np.concatenate([[0], provinces]),
            self.operator_class: np.flatnonzero(self.operator_table.established_year <= year),
            self.firm_class: np.flatnonzero((f.entry_year <= year) & (year < f.exit_year)),
        }

    def firm(self, firm: str | int) -> Firm:
        """One firm by its id ("P352-017-0") or row."""
        return self.agent_of_row(self.firm_class, firm if isinstance(firm, int) else self.world.firm_row(firm))

    def park(self, park: str | int) -> ParkOperator:
        """One park operator by park id, name (with or without accents) or row."""
        return self.agent_of_row(self.operator_class, park if isinstance(park, int) else self.world.park_index(park))

    def _steps_agents(self, kind: type, base: type, verbs: tuple[str, ...]) -> bool:
        """Step this kind one by one: asked for, or a verb is overridden in Python."""
        return self.stepping == "agents" or any(getattr(kind, verb) is not getattr(base, verb) for verb in verbs)

    def _each(self, kind: type, verb: str) -> None:
        self.agents_by_type[kind].do(verb)

    # ---- results -----------------------------------------------------------------------------------------------------

    @property
    def exchange_table(self) -> Any:
        """Every exchange ever identified, a row each (exchanges.columns.EXCHANGE_COLUMNS)."""
        return self.symbiosis.table[: self.n_exchanges]

    @property
    def n_exchanges(self) -> int:
        return self.symbiosis.n

    @property
    def exchange_flows(self) -> np.ndarray:
        """What exchanges moved this year, by park [p, EXCHANGE_FLOWS]."""
        return self.symbiosis.flows

    @property
    def outcomes(self) -> pd.DataFrame:
        """The outcomes so far, a row a year, units in `attrs["units"]`."""
        first = self.world.first_year
        skip = max(self.first_reported - first, 0)
        rows = np.array(self._rows[skip:]).reshape(-1, len(OUTCOMES))
        return outcome_frame(range(first + skip, first + skip + len(rows)), rows)

    def __getattr__(self, name: str):
        """The latest value of an outcome, so that Mesa reporters can name it."""
        if name in POSITION and self.__dict__.get("_rows"):
            return float(self._rows[-1][POSITION[name]])
        raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")

    def replay(self, year: int) -> EIPModel:
        """A new model of the same run, stepped to the end of `year`: the past, exactly as it was."""
        if not self.world.first_year - 1 <= year <= self.world.last_year:
            raise InputError(Mistake("year", f"{year} is outside {self.world.first_year}-{self.world.last_year}"))
        case = apply_settings(self.case, {ATTRACTION: 0.0}) if self.parameters[ATTRACTION] > 0.0 else self.case
        model = EIPModel(  # the world already has the newcomers where they went
            case, self.world, self.seed_number, self.rule.given, self.stepping, None, None, self.replicate, False,
            self.firm_class, self.operator_class, self.regulator_class,
        )  # fmt: skip
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
        return model

    def explain_measure(self, row: int, measure: str, year: int) -> explain.Explanation:
        """Why the firm of `row` did or did not take `measure` in `year`."""
        return explain.explain_measure(self, row, measure, year)

    def explain_park(self, row: int, year: int) -> explain.Explanation:
        """Why the park of `row` is or is not certified in `year`, criterion by criterion."""
        return explain.explain_park(self, row, year)

    def measure_number(self, measure: str) -> int:
        """Row of a measure in the catalogue, by name."""
        if measure not in measure_names():
            raise InputError(unknown("measure", "measure", measure, measure_names()))
        return measure_names().index(measure)
