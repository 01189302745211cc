"""An exchange from year to year: it is feasible, negotiated, licensed, begun, goes on, and ends."""

from __future__ import annotations

from eipsim.core.compiled import inlined
from eipsim.core.draws import draw
from eipsim.exchanges import columns as col
from eipsim.exchanges.columns import (
    DOES_NOT_PAY,
    FEASIBLE,
    IDENTIFIED,
    NEGOTIATING,
    NOT_AGREED,
    NOT_FEASIBLE,
    OPERATING,
    OUTSIDE,
)
from eipsim.exchanges.law import ask_the_law
from eipsim.exchanges.scene import end, is_there, search_again
from eipsim.exchanges.worth import reserve, running_benefit
from eipsim.rules.symbiosis import NegotiationWeights, negotiation_probability


@inlined
def proceed(scene, exchanges, row, search, flows):
    """An exchange that does not operate yet goes as far as benefit, partners and law let it this year."""
    year = scene.common.year
    # the donor has a fixed share of the joint benefit, so one sign speaks for both
    if not exchanges.donor_benefit[row] > 0.0:
        give_up_when_hopeless(scene, exchanges, row)
        return
    exchanges.infeasible_since[row] = 0
    reserve(scene, exchanges, row, exchanges.tentative[row])
    if exchanges.state[row] == IDENTIFIED:
        exchanges.state[row], exchanges.feasible_year[row] = FEASIBLE, year
        return
    if exchanges.state[row] == FEASIBLE:
        exchanges.state[row], exchanges.negotiating_year[row] = NEGOTIATING, year
    if exchanges.agreed_year[row] == 0:
        negotiate(scene, exchanges, row, search)
    if exchanges.agreed_year[row] > 0 and exchanges.state[row] == NEGOTIATING:
        ask_the_law(scene, exchanges, row)
    if exchanges.licensed_year[row] > 0:
        begin(scene, exchanges, row, flows)


@inlined
def give_up_when_hopeless(scene, exchanges, row):
    """Without a joint benefit nothing moves on; after `review_years` of that the exchange is given up."""
    year = scene.common.year
    if exchanges.infeasible_since[row] == 0:
        never = exchanges.feasible_year[row] == 0
        exchanges.infeasible_since[row] = exchanges.identified_year[row] if never else year
    if year - exchanges.infeasible_since[row] >= scene.constants.review_years:
        end(scene, exchanges, row, NOT_FEASIBLE)


@inlined
def negotiate(scene, exchanges, row, search):
    """Agreement by a yearly draw; after `negotiation_years` the partners give up, trust is lost, and the donor looks again."""
    year = scene.common.year
    if draw(scene.common.negotiation, exchanges.key[row], year, 0) < chance_of_agreement(scene, exchanges, row):
        exchanges.agreed_year[row], exchanges.applied_year[row] = year, year
    # the first year of talks counts as one
    elif year - exchanges.negotiating_year[row] + 1 >= scene.constants.negotiation_years:
        end(scene, exchanges, row, NOT_AGREED)
        scene.sites.failures[exchanges.donor_park[row]] += 1
        search_again(scene, exchanges, row, search)


@inlined
def chance_of_agreement(scene, exchanges, row):
    """Probability that the partners agree this year; of two parks the mean of what moves them."""
    sites, constants = scene.sites, scene.constants
    here, there = exchanges.donor_park[row], exchanges.receiver_park[row]
    return negotiation_probability(
        constants.negotiation_rate,
        NegotiationWeights(constants.trust_weight, constants.facilitation_weight, constants.experience_weight),
        0.5 * (sites.trust[here] + sites.trust[there]),
        0.5 * (sites.facilitation[here] + sites.facilitation[there]),
        has_experience(scene, exchanges, row),
        0.5 * (sites.effect[here] + sites.effect[there]),
    )


@inlined
def has_experience(scene, exchanges, row):
    """1 when one of the partners has begun an exchange before, else 0."""
    i, j, links = exchanges.donor[row], exchanges.receiver[row], scene.tenants.links
    return 1.0 if (i != OUTSIDE and links[i] > 0) or (j != OUTSIDE and links[j] > 0) else 0.0


@inlined
def begin(scene, exchanges, row, flows):
    """The exchange is built and runs: its capital and licence are paid, trust grows."""
    p = exchanges.donor_park[row]
    exchanges.state[row], exchanges.operating_year[row] = OPERATING, scene.common.year
    # what is built is the limit from now on, however much the donor may have later
    exchanges.quantity[row] = exchanges.design[row] = exchanges.tentative[row]
    flows[p, col.F_CAPEX] += exchanges.capex_usd[row] + scene.constants.transaction_cost_usd
    flows[p, col.F_LICENCE] += exchanges.licence_usd[row]
    scene.sites.successes[p] += 1
    if exchanges.receiver_park[row] != p:
        scene.sites.successes[exchanges.receiver_park[row]] += 1
    if exchanges.donor[row] != OUTSIDE:
        scene.tenants.links[exchanges.donor[row]] += 1
    if exchanges.receiver[row] != OUTSIDE:
        scene.tenants.links[exchanges.receiver[row]] += 1


@inlined
def go_on(scene, exchanges, row):
    """An exchange in operation: it moves what it can, and ends when it has not paid for `unpaid_years`."""
    quantity = exchanges.tentative[row]
    if quantity > 0.0 and running_benefit(scene, exchanges, row, quantity) > 0.0:
        exchanges.unpaid[row], exchanges.quantity[row] = 0, quantity
        reserve(scene, exchanges, row, quantity)
        return
    exchanges.unpaid[row] += 1
    if exchanges.unpaid[row] >= scene.constants.unpaid_years:
        end(scene, exchanges, row, DOES_NOT_PAY)


@inlined
def partner_has_left(scene, exchanges, row):
    i, j = exchanges.donor[row], exchanges.receiver[row]
    return (i != OUTSIDE and not is_there(scene, i)) or (j != OUTSIDE and not is_there(scene, j))
