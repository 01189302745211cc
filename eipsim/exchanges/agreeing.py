"""An exchange from year to year: it is feasible, negotiated, licensed, begun, goes on, and ends."""

from __future__ import annotations

from eipsim.core.compiled import inlined
from eipsim.core.draws import draw
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
from eipsim.exchanges.scene import end, is_there
from eipsim.exchanges.worth import reserve, running_benefit
from eipsim.rules.symbiosis import NegotiationWeights, negotiation_probability


@inlined
def proceed(deal, account):
    """An exchange that does not operate yet goes as far as benefit, partners and law let it this year.

    `account` is that of the donor's park.
    """
    exchange, year = deal.exchange, deal.common.year
    # the donor has a fixed share of the joint benefit, so one sign speaks for both
    if not exchange.donor_benefit > 0.0:
        give_up_when_hopeless(exchange, year, deal.constants)
        return
    exchange.infeasible_since = 0
    reserve(deal, exchange.tentative)
    if exchange.state == IDENTIFIED:
        exchange.state, exchange.feasible_year = FEASIBLE, year
        return
    if exchange.state == FEASIBLE:
        exchange.state, exchange.negotiating_year = NEGOTIATING, year
    if exchange.agreed_year == 0:
        negotiate(deal)
    if exchange.agreed_year > 0 and exchange.state == NEGOTIATING:
        ask_the_law(exchange, deal.kind, deal.here, deal.common, deal.constants)
    if exchange.licensed_year > 0:
        begin(deal, account)


@inlined
def give_up_when_hopeless(exchange, year, constants):
    """Without a joint benefit nothing moves on; after `review_years` of that the exchange is given up."""
    if exchange.infeasible_since == 0:
        exchange.infeasible_since = exchange.identified_year if exchange.feasible_year == 0 else year
    if year - exchange.infeasible_since >= constants.review_years:
        end(exchange, NOT_FEASIBLE, year)


@inlined
def negotiate(deal):
    """Agreement by a yearly draw; after `negotiation_years` the partners give up, and trust is lost."""
    exchange, year = deal.exchange, deal.common.year
    if draw(deal.common.negotiation, exchange.key, year, 0) < chance_of_agreement(deal):
        exchange.agreed_year, exchange.applied_year = year, year
    # the first year of talks counts as one
    elif year - exchange.negotiating_year + 1 >= deal.constants.negotiation_years:
        end(exchange, NOT_AGREED, year)
        deal.here.failures += 1


@inlined
def chance_of_agreement(deal):
    """Probability that the partners agree this year; of two parks the mean of what moves them."""
    here, there, constants = deal.here, deal.there, deal.constants
    return negotiation_probability(
        constants.negotiation_rate,
        NegotiationWeights(constants.trust_weight, constants.facilitation_weight, constants.experience_weight),
        0.5 * (here.trust + there.trust),
        0.5 * (here.facilitation + there.facilitation),
        has_experience(deal.exchange, deal.donor, deal.receiver),
        0.5 * (here.effect + there.effect),
    )


@inlined
def has_experience(exchange, donor, receiver):
    """1 when one of the partners has begun an exchange before, else 0."""
    one = exchange.donor != OUTSIDE and donor.links > 0
    return 1.0 if one or (exchange.receiver != OUTSIDE and receiver.links > 0) else 0.0


@inlined
def begin(deal, account):
    """The exchange is built and runs: its capital and licence are paid, trust grows."""
    exchange = deal.exchange
    exchange.state, exchange.operating_year = OPERATING, deal.common.year
    # what is built is the limit from now on, however much the donor may have later
    exchange.quantity, exchange.design = exchange.tentative, exchange.tentative
    account.capex_usd += exchange.capex_usd + deal.constants.transaction_cost_usd
    account.licence_usd += exchange.licence_usd
    deal.here.successes += 1
    if exchange.receiver_park != exchange.donor_park:
        deal.there.successes += 1
    if exchange.donor != OUTSIDE:
        deal.donor.links += 1
    if exchange.receiver != OUTSIDE:
        deal.receiver.links += 1


@inlined
def go_on(deal):
    """An exchange in operation: it moves what it can, and ends when it has not paid for `unpaid_years`."""
    exchange, quantity = deal.exchange, deal.exchange.tentative
    if quantity > 0.0 and running_benefit(exchange, quantity, deal.constants) > 0.0:
        exchange.unpaid, exchange.quantity = 0, quantity
        reserve(deal, quantity)
        return
    exchange.unpaid += 1
    if exchange.unpaid >= deal.constants.unpaid_years:
        end(exchange, DOES_NOT_PAY, deal.common.year)


@inlined
def partner_has_left(deal):
    exchange, year = deal.exchange, deal.common.year
    donor_left = exchange.donor != OUTSIDE and not is_there(deal.donor, year)
    return donor_left or (exchange.receiver != OUTSIDE and not is_there(deal.receiver, year))
