"""Why a firm did or did not take a measure in a year.

The numbers are those of the decision itself: the run is replayed to the moment in which firms decide, and the one firm
then lives through its year with the model's own verbs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from eipsim.agents.firm import boilers, decision, project, stock
from eipsim.agents.firm import year as firm_year
from eipsim.agents.firm.agent import Firm
from eipsim.agents.firm.applying import hold_one
from eipsim.agents.firm.columns import NOT_RECOMMENDED, STOCK
from eipsim.agents.firm.stock import EXCLUDES
from eipsim.agents.regulator.applications import may_apply
from eipsim.agents.regulator.rationing import favours_to
from eipsim.agents.surroundings import standing
from eipsim.core.draws import draw, wrapping
from eipsim.core.money import CENTS
from eipsim.core.numbers import number, share, usd, years
from eipsim.explain.allowances import told_of_allowances
from eipsim.explain.rule import told_by_rule
from eipsim.explain.wording import Explanation, check_year
from eipsim.market import uses
from eipsim.market.books import coverage_of
from eipsim.market.catalogue import BOILERS, N_BOILERS, STREAMS, measure_labels, measure_names
from eipsim.market.fuels import fuel_of_row
from eipsim.rules.acceptance import yearly_hazard
from eipsim.rules.investment import investment_budget
from eipsim.rules.option import Option

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel

ENERGY_WORDS = ("electricity", "coal and diesel", "oil and gas", "biomass")
# Verdict -> what it means, for a firm, a measure and a year.
VERDICTS = {
    "absent": "the firm is not in its park in this year",
    "took it": "adopted in this year",
    "renewed it": "worn out in this year and renewed at once",
    "chosen at renewal": "took the place of a boiler that was worn out in this year",
    "new boiler": "its boiler is new in this year, and of another kind",
    "has it from stock": "came with the firm's initial stock",
    "adopted it before": "adopted in an earlier year",
    "not applicable": "does nothing in the firm's sector, or saves a fuel that it does not burn",
    "not available": "not yet on the market",
    "not known": "not noticed yet",
    "excluded": "cannot be had together with a measure that is installed",
    "never pays": "costs more to run than it saves",
    "not accepted": "known, but not accepted yet",
    "cannot pay": "accepted, but beyond the year's budget",
}
OF_BOILERS = {"chosen at renewal", "new boiler"}  # those that come up only where boilers have an end of life
STREAM_WORDS = {
    "dear_fuel": "fuel oil and gas",
    "fossil": "fossil fuel",
    "solid_waste": "ordinary waste",
    "material": "materials",
    "energy_all": "all energy",
}
FUEL_WORDS = {"fuel_oil": "fuel oil", "natural_gas": "natural gas"}
# model -> (year, its replay at the moment of decision)
_moments: WeakKeyDictionary[EIPModel, tuple[int, EIPModel]] = WeakKeyDictionary()


def explain_measure(model: EIPModel, row: int, measure: str, year: int) -> Explanation:
    """Why the firm of `row` did or did not take `measure` (a name) in `year`. InputError if one is unknown."""
    m = model.measure_number(measure)
    check_year(model, year)
    firms = model.world.firms
    if not firms.entry_year[row] <= year < firms.exit_year[row]:
        return _absent(model, row, m, year)
    with wrapping():
        return _Case(_moment(model, year), row, m).explanation()


def _moment(model: EIPModel, year: int) -> EIPModel:
    """The run at the moment of `year` in which firms decide; the last one asked for is kept."""
    kept = _moments.get(model)
    if kept is None or kept[0] != year:
        kept = _moments[model] = (year, model.replay_to_decisions(year))
    return kept[1]


def _title(model: EIPModel, row: int, m: int, year: int) -> str:
    return f"{model.world.firm_id(row)} and {measure_labels(model.world.tables)[m]} ({measure_names()[m]}) in {year}"


def _asked(model: EIPModel, row: int, m: int, year: int) -> dict[str, Any]:
    return {"firm": model.world.firm_id(row), "measure": measure_names()[m], "year": year}


def _absent(model: EIPModel, row: int, m: int, year: int) -> Explanation:
    entry, leave = int(model.world.firms.entry_year[row]), int(model.world.firms.exit_year[row])
    when = f"it enters in {entry}" if year < entry else f"it left in {leave}"
    facts = _asked(model, row, m, year) | {"entry_year": entry}
    sentence = f"No: the firm is not in its park in {year}; {when}."
    return Explanation(_title(model, row, m, year), "absent", sentence, (), facts)


class _Case:
    """One firm and one measure when firms decide in one year: the firm lives through the year and is put back."""

    def __init__(self, model: EIPModel, row: int, m: int):
        self.model, self.row, self.m, self.year = model, row, m, model.year
        self.firms, self.surroundings = model.state.firms, model.state.surroundings
        self.constants = model.state.market.constants
        self.catalogue = model.state.market.catalogue
        self.park, self.sector = int(self.firms.park[row]), int(self.firms.sector[row])
        self.lines: list[str] = []
        self.facts = _asked(model, row, m, model.year) | {"rule": model.rule.name}
        self._live()

    # ---- replay ------------------------------------------------------------------------------------------------------

    def _live(self) -> None:
        """Live through the year by the model's own verbs, keep what the firm was at each stage, and put all back."""
        firm = self.model.agent_of_row(self.model.firm_class, self.row)
        sectors = self.surroundings.sectors
        self.sector_peers = float(sectors.count[self.sector, self.m] / max(sectors.firms[self.sector], 1))
        shared, at_moment = self._shared(), self._state()
        if self.row in may_apply(self.model.state, self.model.this_year):
            hold_one(self.firms, self.row, 0.0, 0)  # whose boiler is worn out replaces it before anybody applies
        self.before = self._state()
        self._weigh_boilers()
        firm.retire()
        self.retired = self._state()
        firm.learn()
        hold_one(self.firms, self.row, float(at_moment.voucher_rate), int(at_moment.voucher_left))
        self.knowing = self._state()
        self.growth = float(self.surroundings.sectors.growth[self.sector])
        self.log_size = float(project.log_size_now(self.firms[self.row], self.surroundings))
        self._weigh_up()
        self.chance = float(firm.weigh()[self.m]) if self._is(self.knowing.open_bits) else None
        self.option = self._option()
        self.firms[self.row] = self.knowing
        firm.consider_measures()
        self.after = self._state()
        self.firms[self.row] = at_moment
        for table, column, place, value in shared:
            table[column][place] = value

    def _shared(self) -> list[tuple]:
        """Cells outside the firm's row that its verbs change."""
        park = [(self.surroundings.parks, column, self.park) for column in ("count", "firms", "tally")]
        sector = [(self.surroundings.sectors, column, self.sector) for column in ("count", "firms")]
        return [(table, column, at, np.copy(table[column][at])) for table, column, at in park + sector]

    def _state(self) -> Any:
        return self.firms[self.row].copy()

    def _is(self, bits: int) -> bool:
        return bool((int(bits) >> self.m) & 1)

    def _weigh_boilers(self) -> None:
        """Chances [fossil, BOILERS] of what replaces the boiler, where it comes to its end in this year; none otherwise."""
        firm = self.firms[self.row]
        self.boiler_chances: np.ndarray | None = None
        if self.constants.boiler_lifetime == 0.0:
            return
        ends = boilers.must_end(firm, self.catalogue, self.surroundings, self.year)
        if ends or boilers.is_worn_out(firm, self.year):
            pull, seen = np.zeros(1 + N_BOILERS), (self.catalogue, self.surroundings, self.year, self.constants)
            self.boiler_chances = pull / max(boilers.weigh_boilers(firm, *seen, pull), math.ulp(0.0))

    def _weigh_up(self) -> None:
        """ln of cost before subsidy, of yearly saving (both over size) and of payback [m] of every option."""
        firm, surroundings, options = self.firms[self.row], self.surroundings, range(len(measure_names()))
        self.log_costs = np.array([project.log_cost(firm, k, surroundings) for k in options])
        saving = [project.log_saving(firm, k, self.catalogue, surroundings, self.constants) for k in options]
        self.paybacks = self.log_costs - np.array(saving)
        self.costing = float(self.log_costs[self.m]), float(saving[self.m])

    def _option(self) -> Option:
        """The option as the rule sees it; without meaning unless it is open."""
        decision.lay_out_options(self.firms, self.row, self.catalogue, self.surroundings, self.constants, 0)
        place = (int(self.knowing.open_bits) & ((1 << self.m) - 1)).bit_count()  # options lie in the order of measures
        return decision.option_at(self.firms, self.catalogue, self.surroundings, place)

    # ---- verdict -----------------------------------------------------------------------------------------------------

    @property
    def lost(self) -> bool:
        """Worn out in this year and not renewed."""
        return bool(self.before.installed_year[self.m] > 0 and self.retired.installed_year[self.m] == 0)

    @property
    def has_new_boiler(self) -> bool:
        """The boiler was replaced in this year, or came with the firm."""
        ends = self.constants.boiler_lifetime > 0.0
        return ends and bool(boilers.is_new(self.knowing, self.year, self.constants))

    @property
    def does_something(self) -> bool:
        """The measure is for the firm's sector, and the firm uses what it saves."""
        return bool(stock.does_something(self.before, self.m, self.catalogue))

    def verdict(self) -> str:
        """One of VERDICTS, from what the model's verbs did."""
        m, after = self.m, self.after
        if after.installed_year[m] > 0 and self.knowing.installed_year[m] == 0:
            return "took it"
        if after.installed_year[m] > 0 and self.before.installed_year[m] == 0:
            return "chosen at renewal"
        if after.installed_year[m] > 0:
            if self.before.installed_year[m] != after.installed_year[m]:
                return "renewed it"
            return "has it from stock" if after.origin[m] == STOCK else "adopted it before"
        if not self.does_something:
            return "not applicable"
        if self.has_new_boiler and m in BOILERS:
            return "new boiler"
        if self.knowing.known_year[m] == 0:
            return "not available" if self.year < self.catalogue.available_from[m] else "not known"
        return self._verdict_on_a_known_option()

    def _verdict_on_a_known_option(self) -> str:
        if not self._is(self.knowing.open_bits) or self._excluded_by(self.after):
            return "excluded"
        if self.costing[1] <= project.NEVER_PAYS:
            return "never pays"
        return "cannot pay" if self.after.margin[self.m] <= 1.0 else "not accepted"

    def _why_not_applicable(self) -> str:
        in_sector = self.catalogue.reach[self.m, self.sector] > 0.0
        return f"No: the {'firm burns none of what the measure saves' if in_sector else 'measure does nothing in this sector'}."

    def _excluded_by(self, state: Any) -> list[str]:
        """Labels of the installed measures that exclude this one."""
        bits = int(state.installed_bits) & int(EXCLUDES[self.m])
        return [label for k, label in enumerate(measure_labels(self.model.world.tables)) if (bits >> k) & 1]

    # ---- in words ----------------------------------------------------------------------------------------------------

    def explanation(self) -> Explanation:
        verdict = self.verdict()
        self.tell_firm()
        self.tell_measure()
        if self.does_something and self.knowing.installed_year[self.m] == 0:
            self.tell_knowledge()
            if self.knowing.known_year[self.m] > 0:
                self.tell_project()
                if self.chance is not None:
                    self.tell_decision()
                    self.tell_payment(verdict)
        title = _title(self.model, self.row, self.m, self.year)
        return Explanation(title, verdict, self.sentence(verdict), tuple(self.lines), self.facts)

    def say(self, line: str, **facts: Any) -> None:
        self.lines.append(line)
        self.facts |= {name: value.item() if isinstance(value, np.generic) else value for name, value in facts.items()}

    def tell_firm(self) -> None:
        w, f = self.model.world, self.knowing
        owner = "foreign" if f.foreign else "domestic"
        finance = "finance-constrained" if f.constrained else "not finance-constrained"
        size = math.exp(self.log_size)
        park = f"{w.park_names[self.park]} ({w.park_ids[self.park]}, {w.provinces[w.parks.province[self.park]]})"
        known = f"has known of cleaner production since {f.aware_year}"
        aware = known if f.aware_year else "has not heard of cleaner production"
        audited = f"last audited in {f.audit_year}" if f.audit_year else "never audited"
        self.say(
            f"Firm: {w.sector_names[self.sector]} ({w.sectors[self.sector]}), {f.employees:,.0f} employees, {owner}, "
            f"{finance}, in {park} since {f.entry_year}.",
            sector=w.sectors[self.sector], park=w.park_ids[self.park], employees=f.employees,
            constrained=bool(f.constrained),
        )  # fmt: skip
        output = "2024 prices" if self.growth == 1.0 else "2024 prices and the output of the year"
        bill = f"Size (energy and water bill at {output}): {usd(size)} a year"
        self.say(f"{bill}. It {aware}; {audited}.", size_usd=size)
        fuel = fuel_of_row(int(f.price_row), w.tables)
        if fuel:
            self.say(f"Its main fuel is {FUEL_WORDS.get(fuel, fuel)}.", main_fuel=fuel)
        self._tell_operation()
        self._tell_favours()
        for line, facts in told_of_allowances(self.model, self.row):
            self.say(line, **facts)

    def _tell_operation(self) -> None:
        """How the price of energy has changed what it uses from day to day, where it has."""
        operation = self.model.state.operation
        if operation is None:
            return
        f = self.knowing
        z, r = int(self.surroundings.parks.zone[self.park]), int(f.price_row)
        dearer = operation.price[z, r, int(f.covered)] / operation.expected[z, r, int(f.foreseen)] - 1.0
        factors = self.model.this_year.prices.operation[z, r, coverage_of(f)][: uses.N_ENERGY]
        told = [
            f"{name} costs {100.0 * dearer[k]:+.3g} % and it uses {100.0 * (factors[k] - 1.0):+.3g} %"
            for k, name in enumerate(ENERGY_WORDS)
            if f.use[k] > 0.0 and (dearer[k] != 0.0 or factors[k] != 1.0)
        ]
        facts = {"energy_price_over_expected": (1.0 + dearer).tolist(), "operation": factors.tolist()}
        if told:
            self.say(f"Against what was to be expected: {'; '.join(told)}, with what it has.", **facts)

    def _tell_favours(self) -> None:
        """How programmes that favour some firms over others weigh this one in the year."""
        state, facts = self.model.state, []
        for favoured in favours_to(state, self.model.this_year, self.row):
            audited = self.knowing.audit_year == self.year and state.books.audits_given[favoured.giver, self.row] > 0
            by, reference = favoured.weights, math.exp(favoured.weights.log_reference)
            facts.append({
                "programme": favoured.title, "size_exponent": by.size_exponent, "willingness": by.willingness,
                "reference_usd": reference, "weight": favoured.weight, "audited": bool(audited),
            })  # fmt: skip
            self.say(
                f"{favoured.title} favours some firms (size exponent {by.size_exponent:g}, willingness "
                f"{by.willingness:g}): this one has a weight of {number(favoured.weight)}, one with the median bill of "
                f"those it may serve ({usd(reference)} a year) and no effect of its own 1. "
                + ("It was audited." if audited else "It was not audited."),
                selection=facts,
            )  # fmt: skip

    def tell_measure(self) -> None:
        k, m = self.catalogue, self.m
        reach, stream = float(k.reach[m, self.sector]), STREAM_WORDS.get(STREAMS[k.stream[m]], STREAMS[k.stream[m]])
        if reach <= 0.0:
            self.say(f"Measure: does nothing in sector {self.model.world.sectors[self.sector]}.", applicable=False)
            return
        if not self.does_something:
            self.say(f"Measure: saves {stream}, of which the firm uses none.", applicable=False)
            return
        what = "shifts" if k.saves[m] == 0.0 else "saves"
        self.say(
            f"Measure: {what} {share(reach)} of {stream} by design, lasts {k.lifetime[m]} years, on the market since "
            f"{k.available_from[m]}.",
            applicable=True, engineering_share=reach, lifetime=k.lifetime[m], available_from=k.available_from[m],
        )  # fmt: skip
        self._tell_installed()

    def _tell_installed(self) -> None:
        m, before, after = self.m, self.before, self.after
        if before.installed_year[m] > 0:
            origin = "initial stock" if before.origin[m] == STOCK else f"adopted first in {before.first_adopted[m]}"
            self.say(f"Installed in {before.installed_year[m]} ({origin}).", installed_year=before.installed_year[m])
        by_choice = self.boiler_chances is not None and m in BOILERS
        if self.lost:
            self.say(f"It wore out in {self.year} and was not renewed.", worn_out=True)
        elif 0 < before.installed_year[m] != after.installed_year[m]:
            at_once = f"renewed at once (renewal share {share(self.constants.renewal_share)})"
            self.say(f"It wore out in {self.year} and was {'chosen again' if by_choice else at_once}.")
        if self.boiler_chances is not None and by_choice:
            self._tell_boilers(self.boiler_chances)
        for label in self._excluded_by(self.knowing):
            self.say(f"Cannot be had together with {label}, which is installed.", excluded=True)

    def _tell_boilers(self, of_kinds: np.ndarray) -> None:
        """Among what the firm chose when its boiler was worn out, and by how much heat has become dearer or cheaper."""
        labels = ("a fossil boiler", *(measure_labels(self.model.world.tables)[k] for k in BOILERS))
        chances = {label: float(chance) for label, chance in zip(labels, of_kinds) if chance > 0.0}
        b, seen = BOILERS.tolist().index(self.m), (self.catalogue, self.surroundings, self.year, self.constants)
        relative = float(boilers.relative_cost_of(self.before, b, *seen))
        told = ", ".join(f"{label} {share(chance)}" for label, chance in chances.items())
        self.say(
            f"Its boiler came to its end in {self.year}; chances of the next: {told}. Heat by this measure costs "
            f"{number(relative)} times what it did in 2024 over burning on.",
            boiler_chances=chances, relative_cost_of_heat=relative,
        )  # fmt: skip

    def tell_knowledge(self) -> None:
        f, m = self.knowing, self.m
        if f.known_year[m] > 0:
            self.say(f"Known since {f.known_year[m]}: {self._how_known()}.", known_year=f.known_year[m])
            return
        p, s, key = self.surroundings.parks[self.park], self.surroundings.sectors[self.sector], np.uint64(f.key)
        bar = float(draw(self.surroundings.streams[firm_year.OPTION_DRAW], key, 0, m))
        unaware = float(p.unaware[m] * s.unaware[m] * p.unaware_information[standing(f)])
        left = unaware / (float(f.awareness_bar[m]) / bar)
        self.say(
            f"Not known: the chance of not having noticed it since it came is {left:.4f}; it is noticed when that "
            f"falls to {bar:.4f}, its draw.",
            chance_not_noticed=left, notices_at=bar,
        )  # fmt: skip
        self._tell_hazards()

    def _tell_hazards(self) -> None:
        constants, p, o = self.constants, self.surroundings.parks[self.park], self.model.state.operators[self.park]
        if self.year < self.catalogue.available_from[self.m]:
            return
        levers = self.model.this_year.levers.of_firm(self.knowing.foreign)
        information = levers.information[self.park, self.sector]
        hazards = {
            "on its own": constants.base_rate,
            "its park operator": constants.operator_rate * o.facilitation,
            f"neighbours in the park ({share(p.peers[self.m])} have it)": constants.park_peer_rate * p.peers[self.m],
            f"its sector ({share(self.sector_peers)} have it)": constants.sector_peer_rate * self.sector_peers,
            "the ministry's information": constants.information_rate * information,
        }
        if constants.training_option_rate > 0.0:
            hazards["training in the park"] = constants.training_option_rate * o.training
        told = "; ".join(f"{source} {hazard:.4f}" for source, hazard in hazards.items())
        more = self._attention()
        if more != 1.0:
            told += f"; times {more:.3f}, by its energy bill over what was to be expected"
        total = float(sum(hazards.values())) * more
        self.say(f"Hazard of noticing it in {self.year}: {total:.4f} a year ({told}).", hazard_of_noticing=total)

    def _attention(self) -> float:
        """By what its energy bill multiplies the hazard."""
        if self.constants.salience == 0.0:
            return 1.0
        return float(firm_year.attention_of(self.firms[self.row], self.surroundings, self.constants))

    def _how_known(self) -> str:
        f, m = self.knowing, self.m
        recommended, known = f.recommended[m] != NOT_RECOMMENDED, int(f.known_year[m])
        if self.lost:
            return "it had the measure until it wore out in this year"
        if recommended and known == f.audit_year:
            return f"recommended by the audit of {known}"
        if f.episode[m] > 0 and recommended:
            return "fresh again since then, after it wore out or was recommended again by an audit"
        if f.episode[m] > 0:
            return "it had the measure until it wore out in that year"
        return f"recommended by the audit of {known}" if recommended else self._how_noticed()

    def _how_noticed(self) -> str:
        """Whether anybody recommended it who is no auditor, which is kept only where it matters."""
        if self.constants.recp_by_cause == 0.0:
            return "noticed without an audit"
        advised = (int(self.knowing.advised_bits) >> self.m) & 1
        return "recommended by its operator, a training or a peer" if advised else "noticed without a recommendation"

    def tell_project(self) -> None:
        size, (log_cost, log_saving) = math.exp(self.log_size), self.costing
        cost, hidden = math.exp(log_cost) * size, self.constants.hidden_cost_share
        pays = log_saving > project.NEVER_PAYS
        saving = math.exp(log_saving) * size if pays else 0.0
        subsidy = self._subsidy(cost)
        self.say(
            f"Project: cost {usd(cost)} ({share(cost / size)} of size), of which hidden cost "
            f"{usd(cost * hidden / (1.0 + hidden))}; subsidy {usd(subsidy)}"
            + (f" (voucher of {share(self.knowing.voucher_rate)})" if self.knowing.voucher_rate > 0.0 else "")
            + ".",
            cost_usd=cost, subsidy_usd=subsidy, cost_share=cost / size, voucher_rate=self.knowing.voucher_rate,
        )  # fmt: skip
        self._tell_application(cost, subsidy)
        self._tell_loan(cost - subsidy)
        if not pays:
            dear = "at this year's prices it costs more to run than it saves"
            self.say(f"It saves nothing worth having: {dear}.", saving_usd=0.0)
            return
        net = (cost - subsidy) / saving
        self.say(
            f"It saves {usd(saving)} a year ({share(saving / size)} of size): payback {years(cost / saving)}"
            + (f", {years(net)} after the subsidy" if subsidy > 0.0 else "") + ".",
            saving_usd=saving, payback_years=cost / saving,
        )  # fmt: skip

    def _tell_application(self, cost: float, subsidy: float) -> None:
        """Where vouchers are applied for: whether its turn came, and whether it had anything to apply with."""
        state, year = self.model.state, self.model.this_year
        if self.row not in may_apply(state, year):
            return
        levers, f = year.levers, self.knowing
        served, applied = bool(f.voucher_rate > 0.0), bool(self.after.subsidy > self.before.subsidy)
        rate = float(levers.of_firm(f.foreign).capital_subsidy[self.park, self.sector])
        cap = f", up to {usd(levers.voucher_cap_usd)} in the year" if subsidy < rate * cost else ""
        self.say(
            f"Vouchers of {share(rate)} are applied for{cap}. "
            + {
                (False, False): "Its turn did not come, so it decides at full cost.",
                (True, False): "When its turn came it would have built nothing with one, and did not apply.",
                (True, True): "It applied with what it would build with one, and was served.",
            }[served, applied],
            voucher_served=served, voucher_applied=applied,
        )  # fmt: skip

    def _tell_loan(self, own: float) -> None:
        """What a bank lends of a cost, less voucher, and what it asks for that; nothing where loans are not followed."""
        loans, lent = self.model.state.loans, own * self.loan
        if not loans.are_followed or lent <= 0.0:
            return
        f, levers = self.knowing, self.model.this_year.levers
        relief = float(self.surroundings.parks[self.park].interest_relief[standing(f)])
        points = min(levers.of_firm(f.foreign).interest_subsidy[self.park, self.sector], loans.terms.rate)
        line = f"Loan: {usd(lent)} of it, over {loans.terms.years} years at {share(loans.terms.rate)} a year above inflation"
        if relief > 0.0:
            line += (
                f"; the public pays {share(points)} a year of that, which is worth {usd(relief * lent)} today and is "
                f"deducted from the cost"
            )
        self.say(
            f"{line}.", loan_usd=lent, loan_years=loans.terms.years, loan_rate=loans.terms.rate, interest_subsidy=points,
            interest_relief_usd=relief * lent,
        )  # fmt: skip

    def _subsidy(self, cost: float) -> float:
        return min(self.knowing.voucher_rate * cost, self.knowing.voucher_left / CENTS)

    def tell_decision(self) -> None:
        """Acceptance by the rule in force, and how near the firm has come."""
        own_class = self._own_weigh()
        if own_class:
            self.lines.append(f"Rule: firms weigh by {own_class}.weigh, a rule of the user's own.")
        elif self.costing[1] > project.NEVER_PAYS:
            for line, facts in told_by_rule(self.model, self.m, self.knowing, self.option):
                self.say(line, **facts)
        self._tell_hazard_of_acceptance()

    def _own_weigh(self) -> str:
        kind = self.model.firm_class
        return "" if kind.weigh is Firm.weigh or hasattr(kind, "own_python_rule") else kind.__name__

    def _tell_hazard_of_acceptance(self) -> None:
        f, m, constants = self.knowing, self.m, self.constants
        chance = float(self.chance)  # type: ignore[arg-type]
        fresh = self.year - f.known_year[m] < constants.stale_years
        hazard = float(yearly_hazard(chance)) * (1.0 if fresh else constants.stale_factor)
        key = np.uint64(f.key)
        bar = float(draw(self.surroundings.streams[firm_year.ACCEPTANCE_DRAW], key, f.episode[m], m))
        before, after = float(f.margin[m]) * bar, float(f.margin[m]) * bar * (1.0 - hazard)
        age = "fresh" if fresh else f"stale (hazard times {number(constants.stale_factor)})"
        self.say(
            f"Two-year acceptance {share(chance)}; the option is {age}, so {hazard:.4f} in this year.",
            acceptance=chance, fresh=bool(fresh), yearly_hazard=hazard,
        )  # fmt: skip
        accepted = float(f.margin[m]) <= 1.0 or self.after.margin[m] <= 1.0 or self._is(self.after.adopted_bits)
        self.say(
            f"Chance of not having accepted falls from {before:.4f} to {after:.4f}; the firm accepts when it falls to "
            f"{bar:.4f}, its draw: {'accepted' if accepted else 'not accepted yet'}.",
            chance_not_accepted=after, accepts_at=bar, accepted=bool(accepted),
        )  # fmt: skip

    def tell_payment(self, verdict: str) -> None:
        """What the year's budget could pay, and what stood before this option in the order of payback."""
        f, constants = self.knowing, self.constants
        share_of_revenue, factor = constants.investment_budget_share, constants.constrained_budget_factor
        budget = investment_budget(f.revenue * self.growth, share_of_revenue, f.constrained, factor)
        due = min(f.debt_service / CENTS, budget)
        repaid = min(f.overdraft / CENTS, budget - due)
        line = f"Budget for measures in {self.year}: {usd(budget)}"
        if due > 0.0:
            line += f", of which {usd(due)} go to its loans"
            self.facts["debt_service_usd"] = float(due)
        if repaid > 0.0:
            line += f", of which {usd(repaid)} go to earlier projects"
        if verdict not in ("took it", "cannot pay"):
            self.say(line + ".", budget_usd=budget, repaid_usd=repaid)
            return
        *earlier, (_, needed) = self._payments()
        if earlier:
            labels = measure_labels(self.model.world.tables)
            line += "; bought first: " + ", ".join(f"{labels[k]} ({usd(cash)})" for k, cash in earlier)
        left = max(budget - due - repaid - sum(cash for _, cash in earlier), 0.0)
        self.say(line + ".", budget_usd=budget, repaid_usd=repaid)
        self._tell_turn(left, needed)

    def _tell_turn(self, left: float, needed: float) -> None:
        lent = f", {share(self.loan)} of the cost being lent" if self.loan > 0.0 else ""
        bound = "a finance-constrained firm cannot pay more"
        limit = bound if self.knowing.constrained else "it may start while any is left"
        self.say(
            f"When its turn came {usd(left)} were left ({limit}); it needs {usd(needed)} of own cash{lent}.",
            left_usd=left, cash_needed_usd=needed,
        )  # fmt: skip

    @property
    def loan(self) -> float:
        """Share of the cost, less voucher, that is lent to it."""
        return float(project.lent_share(self.firms[self.row], self.surroundings, self.constants))

    def _payments(self) -> list[tuple[int, float]]:
        """Measure and own cash [USD] of what was bought in this year with a shorter payback, then of this option."""
        new = int(self.after.adopted_bits) & ~int(self.knowing.installed_bits)
        quicker = [k for k in range(len(self.paybacks)) if (new >> k) & 1 and self.paybacks[k] < self.paybacks[self.m]]
        voucher, payments = self.knowing.voucher_left / CENTS, []
        for k in (*sorted(quicker, key=lambda k: self.paybacks[k]), self.m):
            cost = math.exp(self.log_costs[k] + self.log_size)
            subsidy = min(self.knowing.voucher_rate * cost, voucher)
            voucher -= subsidy
            payments.append((k, float((cost - subsidy) * (1.0 - self.loan))))
        return payments

    def sentence(self, verdict: str) -> str:
        m, y, before, after = self.m, self.year, self.before, self.after
        again = " again, after it had worn out" if self.lost else ""
        paid = ", with a voucher" if after.subsidised[m] and after.first_adopted[m] == y else ""
        stock, renewed = after.installed_year[m], before.installed_year[m]
        return {
            "took it": f"Yes: the firm took it{again} in {y}{paid}.",
            "renewed it": f"Renewal, no new decision: installed in {renewed}, worn out and renewed in {y}.",
            "chosen at renewal": f"Yes: its boiler came to its end in {y}, and the firm chose this in its place.",
            "new boiler": f"No: its boiler is new in {y}, and of another kind.",
            "has it from stock": f"It has the measure already: initial stock of {stock}, credited to no policy.",
            "adopted it before": f"It has the measure already: first adopted in {after.first_adopted[m]}.",
            "excluded": f"No: it cannot be had together with {', '.join(self._excluded_by(after))}.",
            "not applicable": self._why_not_applicable(),
            "not available": f"No: the measure comes to the market in {self.catalogue.available_from[m]}.",
            "not known": "No: the firm does not know of it.",
            "never pays": f"No: at the prices of {y} it would cost more to run than it saves.",
            "not accepted": "No: the firm knows of it but has not accepted it yet.",
            "cannot pay": f"No: the firm has accepted it but could not pay for it in {y}.",
        }[verdict]
