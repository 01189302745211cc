"""Why an exchange operates or not: what it could move, what it is worth to each side, what partners and law said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eipsim.core.numbers import number, share, usd
from eipsim.errors import InputError, Mistake, did_you_mean
from eipsim.exchanges.catalogue import CLASSES
from eipsim.exchanges.columns import END_REASONS, ENDED, EXCHANGE_STATES, IDENTIFIED, NEGOTIATING, OPERATING, OUTSIDE
from eipsim.exchanges.tables import exchange_ids, plant_name
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
        self.e, self.name = exchanges.found[row], exchange_ids(exchanges, state.world, np.array([row]))[0]
        self.unit = self.types.units[self.e.kind]

    def explanation(self) -> Explanation:
        title = f"{self.name}: {self.types.names[self.e.kind]}, {self.year}"
        lines = [self.who(), self.how_much(), self.worth(), *self.steps(), self.law(), *self.talks(), *self.this_year()]
        return Explanation(title, EXCHANGE_STATES[self.e.state], self.sentence(), tuple(lines), self.facts())

    def sentence(self) -> str:
        """Why it is where it is."""
        e = self.e
        if e.state == OPERATING:
            return f"Operates since {e.operating_year}: {number(float(e.quantity))} {self.unit} this year."
        if e.state == ENDED:
            begun = f"after operating from {e.operating_year}" if e.operating_year else "before it began"
            return f"Ended in {e.ended_year}, {begun}: {END_REASONS[e.ended_because]}."
        if e.state == IDENTIFIED or e.infeasible_since:
            return f"Does not operate: it does not pay ({usd(float(e.donor_benefit + e.receiver_benefit))} a year for both)."
        if e.state == NEGOTIATING:
            return self.why_not_yet()
        return f"Not yet: found feasible in {e.feasible_year}; negotiation begins in the year after."

    def why_not_yet(self) -> str:
        e = self.e
        if not e.agreed_year:
            return f"Not yet: the partners have been negotiating since {e.negotiating_year}."
        if e.applied_year:
            return f"Not yet: agreed in {e.agreed_year}; the application of {e.applied_year} is being processed."
        refused = f"refused by law in {e.refused_year} ({e.refusals} times so far)"
        return f"Not yet: agreed in {e.agreed_year}, but {refused}."

    def who(self) -> str:
        names = []
        for side, other in zip(SIDES, (plant_name(self.types, self.e.plant), self.types.partners[self.e.kind])):
            row = int(self.e[side])
            names.append(other if row == OUTSIDE else self.firm(row))
        where = "in one park" if self.e.donor_park == self.e.receiver_park else "between two parks"
        where = where if int(self.e.receiver) != OUTSIDE else "with a partner outside the parks"
        return f"Partners: {names[0]} gives, {names[1]} takes; {number(float(self.e.distance_km))} km apart, {where}."

    def firm(self, row: int) -> str:
        w = self.world
        return f"{w.firm_id(row)} ({w.sector_names[w.firms.sector[row]]})"

    def how_much(self) -> str:
        e = self.e
        return (
            f"Quantity: {number(float(e.potential))} {self.unit} a year when it was identified, "
            f"{number(float(e.tentative))} possible now, {number(float(e.quantity))} moved this year."
        )

    def worth(self) -> str:
        e, c = self.e, self.constants
        joint = float(e.donor_benefit + e.receiver_benefit)
        return (
            f"Worth: a unit saves both {usd(float(e.unit_margin))} (donor's disposal {usd(float(e.donor_value))}, "
            f"receiver's purchase {usd(float(e.receiver_value))}, less moving and running it); capital "
            f"{usd(float(e.capex_usd))}, licence {usd(float(e.licence_usd))}, search and contract "
            f"{usd(float(c.transaction_cost_usd))}: {usd(joint)} a year together, {usd(float(e.donor_benefit))} for the donor."
        )

    def steps(self) -> list[str]:
        """The dates of its steps."""
        words = {
            "identified_year": "identified" + (" by a screening" if self.e.screened else ""), "feasible_year": "found feasible",
            "negotiating_year": "negotiations begun", "agreed_year": "agreed", "first_refused": "first refused by law",
            "licensed_year": "licensed" + (" in a sandbox" if self.e.sandbox else ""), "operating_year": "begun",
            "ended_year": "ended",
        }  # fmt: skip
        taken = [f"{word} in {self.e[name]}" for name, word in words.items() if self.e[name] > 0]
        return ["Steps: " + ", ".join(taken) + "."]

    def law(self) -> str:
        """What the law asks for this year."""
        degree, legal, c = self.degree(), int(self.e.legal_class), self.constants
        classes = self.types.classes
        refusal = min(1.0, c.refusal_scale * eased(classes.refusal[legal], classes.refusal[1], degree))
        cost = eased(classes.cost[legal], classes.cost[1], degree)
        reform = REFORMS[self.types.types.reform[self.e.kind]]
        eased_by = f"eased to {share(degree)} by the reform for {reform} or a sandbox" if degree > 0 else "as it stands"
        return f"Law: class {CLASSES[legal]}, {eased_by}: {usd(float(cost))}, refused with probability {share(float(refusal))}."

    def degree(self) -> float:
        """How far the law is eased for it, 0 to 1."""
        reform = self.types.types.reform[self.e.kind]
        if reform == 0:
            return 0.0
        sites = self.scene.sites[self.e.donor_park]
        return float(max(sites.eased[reform], sites.sandbox))

    def talks(self) -> list[str]:
        """The chance of agreeing this year, for an exchange that has not agreed."""
        e = self.e
        if e.state != NEGOTIATING or e.agreed_year:
            return []
        sites, parks, c = self.scene.sites, [e.donor_park, e.receiver_park], self.constants
        trust, help_given, effect = (sites[name][parks].mean() for name in ("trust", "facilitation", "effect"))
        links = [self.scene.tenants.links[int(e[side])] for side in SIDES if int(e[side]) != OUTSIDE]
        chance = negotiation_probability(
            c.negotiation_rate, NegotiationWeights(c.trust_weight, c.facilitation_weight, c.experience_weight),
            trust, help_given, float(np.any(np.array(links) > 0)), effect,
        )  # fmt: skip
        told = f"agreed next year with probability {share(float(chance))}; trust {number(float(trust))} of 1"
        return [f"Negotiation: {told}."]

    def this_year(self) -> list[str]:
        if self.e.state != OPERATING:
            return []
        return [f"CO2 avoided this year: {number(float(self.e.co2_t))} t, transport deducted."]

    def facts(self) -> dict[str, Any]:
        e = self.e
        names = [n for n in e.dtype.names if n not in ("key", "kind", "state", "ended_because", "slot", "plant")]
        plain = {name: e[name].item() for name in names}
        return {
            "exchange": self.name, "type": self.types.ids[e.kind], "year": self.year,
            "state": EXCHANGE_STATES[e.state], "ended_because": END_REASONS[e.ended_because], "unit": self.unit, **plain,
        }  # fmt: skip
