"""Why an exchange operates or not: what it could move, what it is worth to each side, what partners and law said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eipsim.core.numbers import number, share, usd
from eipsim.errors import InputError, Mistake, did_you_mean
from eipsim.exchanges.catalogue import CLASSES
from eipsim.exchanges.columns import END_REASONS, ENDED, EXCHANGE_STATES, IDENTIFIED, NEGOTIATING, OPERATING, OUTSIDE
from eipsim.exchanges.tables import exchange_ids, plant_names
from eipsim.explain.wording import Explanation, check_year
from eipsim.policy.symbiosis import REFORMS
from eipsim.rules.symbiosis import NegotiationWeights, eased, negotiation_probability

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel
    from eipsim.model.state import State

SIDES = ("donor", "receiver")


def find_exchange(state: State, name: str, year: int) -> int:
    """Row of an exchange by its id, as in `P352-017-1:IS14`. InputError with the nearest one when there is none yet."""
    exchanges = state.exchanges
    names = {each: n for n, each in enumerate(exchange_ids(exchanges, state.world, np.arange(exchanges.n)))}
    if name in names:
        return names[name]
    near = did_you_mean(name, names) if names else "no exchange has been identified yet"
    where = f"exchange in {year}"
    raise InputError(Mistake(where, f"{name!r} is unknown", f"{near}; exchanges.csv of a run lists all"))


def explain_exchange(model: EIPModel, name: str, year: int) -> Explanation:
    """How the exchange `name` stood at the end of `year`. InputError for a year outside the model's, or an unknown exchange."""
    check_year(model, year)
    state = model.state if model.year == year else model.replay(year).state
    return _ExchangeCase(state, find_exchange(state, name, year), year).explanation()


class _ExchangeCase:
    """One exchange at the end of a year."""

    def __init__(self, state: State, row: int, year: int):
        exchanges = state.exchanges
        self.world, self.constants, self.year = state.world, state.market.constants, year
        self.scene, self.types = exchanges.scene, exchanges.types
        self.exchange, self.name = exchanges.found[row], exchange_ids(exchanges, state.world, np.array([row]))[0]
        self.unit = self.types.units[self.exchange.kind]

    def explanation(self) -> Explanation:
        title = f"{self.name}: {self.types.names[self.exchange.kind]}, {self.year}"
        lines = [self.who(), self.how_much(), self.worth(), *self.steps(), self.law(), *self.talks(), *self.this_year()]
        return Explanation(title, EXCHANGE_STATES[self.exchange.state], self.sentence(), tuple(lines), self.facts())

    def sentence(self) -> str:
        """Why it is where it is."""
        exchange = self.exchange
        if exchange.state == OPERATING:
            return (
                f"Operates since {exchange.operating_year}: {number(float(exchange.quantity))} {self.unit} this year."
            )
        if exchange.state == ENDED:
            begun = f"after operating from {exchange.operating_year}" if exchange.operating_year else "before it began"
            return f"Ended in {exchange.ended_year}, {begun}: {END_REASONS[exchange.ended_because]}."
        if exchange.state == IDENTIFIED or exchange.infeasible_since:
            return f"Does not operate: it does not pay ({usd(self.joint_benefit())} a year for both)."
        if exchange.state == NEGOTIATING:
            return self.why_not_yet()
        return f"Not yet: found feasible in {exchange.feasible_year}; negotiation begins in the year after."

    def joint_benefit(self) -> float:
        """USD/yr of both partners together."""
        return float(self.exchange.donor_benefit + self.exchange.receiver_benefit)

    def why_not_yet(self) -> str:
        exchange = self.exchange
        if not exchange.agreed_year:
            return f"Not yet: the partners have been negotiating since {exchange.negotiating_year}."
        if exchange.applied_year:
            return f"Not yet: agreed in {exchange.agreed_year}; the application of {exchange.applied_year} is being processed."
        refused = f"refused by law in {exchange.refused_year} ({exchange.refusals} times so far)"
        return f"Not yet: agreed in {exchange.agreed_year}, but {refused}."

    def who(self) -> str:
        names = []
        for side, other in zip(
            SIDES, (plant_names(self.types)[self.exchange.plant], self.types.partners[self.exchange.kind])
        ):
            row = int(self.exchange[side])
            names.append(other if row == OUTSIDE else self.firm(row))
        where = "in one park" if self.exchange.donor_park == self.exchange.receiver_park else "between two parks"
        where = where if int(self.exchange.receiver) != OUTSIDE else "with a partner outside the parks"
        return f"Partners: {names[0]} gives, {names[1]} takes; {number(float(self.exchange.distance_km))} km apart, {where}."

    def firm(self, row: int) -> str:
        w = self.world
        return f"{w.firm_id(row)} ({w.sector_names[w.firms.sector[row]]})"

    def how_much(self) -> str:
        exchange = self.exchange
        return (
            f"Quantity: {number(float(exchange.potential))} {self.unit} a year when it was identified, "
            f"{number(float(exchange.tentative))} possible now, {number(float(exchange.quantity))} moved this year."
        )

    def worth(self) -> str:
        exchange, constants = self.exchange, self.constants
        return (
            f"Worth: a unit saves both {usd(float(exchange.unit_margin))} (donor's disposal {usd(float(exchange.donor_value))}, "
            f"receiver's purchase {usd(float(exchange.receiver_value))}, less moving and running it); capital "
            f"{usd(float(exchange.capex_usd))}, licence {usd(float(exchange.licence_usd))}, search and contract "
            f"{usd(float(constants.transaction_cost_usd))}: "
            f"{usd(self.joint_benefit())} a year together, {usd(float(exchange.donor_benefit))} for the donor."
        )

    def steps(self) -> list[str]:
        """The dates of its steps."""
        words = {
            "identified_year": "identified" + (" by a screening" if self.exchange.screened else ""),
            "feasible_year": "found feasible", "negotiating_year": "negotiations begun",
            "agreed_year": "agreed", "first_refused": "first refused by law",
            "licensed_year": "licensed" + (" in a sandbox" if self.exchange.sandbox else ""), "operating_year": "begun",
            "ended_year": "ended",
        }  # fmt: skip
        taken = [f"{word} in {self.exchange[name]}" for name, word in words.items() if self.exchange[name] > 0]
        return ["Steps: " + ", ".join(taken) + "."]

    def law(self) -> str:
        """What the law asks for this year."""
        degree, legal, constants = self.degree(), int(self.exchange.legal_class), self.constants
        classes = self.types.classes
        refusal = min(1.0, constants.refusal_scale * eased(classes.refusal[legal], classes.refusal[1], degree))
        cost = eased(classes.cost[legal], classes.cost[1], degree)
        reform = REFORMS[self.types.types.reform[self.exchange.kind]]
        eased_by = f"eased to {share(degree)} by the reform for {reform} or a sandbox" if degree > 0 else "as it stands"
        return f"Law: class {CLASSES[legal]}, {eased_by}: {usd(float(cost))}, refused with probability {share(float(refusal))}."

    def degree(self) -> float:
        """How far the law is eased for it, 0 to 1."""
        reform = self.types.types.reform[self.exchange.kind]
        if reform == 0:
            return 0.0
        sites = self.scene.sites[self.exchange.donor_park]
        return float(max(sites.eased[reform], sites.sandbox))

    def talks(self) -> list[str]:
        """The chance of agreeing this year, for an exchange that has not agreed."""
        exchange = self.exchange
        if exchange.state != NEGOTIATING or exchange.agreed_year:
            return []
        sites, parks, constants = self.scene.sites, [exchange.donor_park, exchange.receiver_park], self.constants
        trust, help_given, effect = (sites[name][parks].mean() for name in ("trust", "facilitation", "effect"))
        links = [self.scene.tenants.links[int(exchange[side])] for side in SIDES if int(exchange[side]) != OUTSIDE]
        chance = negotiation_probability(
            constants.negotiation_rate,
            NegotiationWeights(constants.trust_weight, constants.facilitation_weight, constants.experience_weight),
            trust, help_given, float(np.any(np.array(links) > 0)), effect,
        )  # fmt: skip
        told = f"agreed next year with probability {share(float(chance))}; trust {number(float(trust))} of 1"
        return [f"Negotiation: {told}."]

    def this_year(self) -> list[str]:
        if self.exchange.state != OPERATING:
            return []
        return [f"CO2 avoided this year: {number(float(self.exchange.co2_t))} t, transport deducted."]

    def facts(self) -> dict[str, Any]:
        exchange = self.exchange
        names = [n for n in exchange.dtype.names if n not in ("key", "kind", "state", "ended_because", "slot", "plant")]
        plain = {name: exchange[name].item() for name in names}
        return {
            "exchange": self.name, "type": self.types.ids[exchange.kind], "year": self.year,
            "state": EXCHANGE_STATES[exchange.state], "ended_because": END_REASONS[exchange.ended_because],
            "unit": self.unit, **plain,
        }  # fmt: skip
