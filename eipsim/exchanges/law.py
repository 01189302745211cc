"""What the law asks of an exchange: how far it is eased, what a licence costs, and the way of an application."""

from __future__ import annotations

from eipsim.core.compiled import inlined
from eipsim.core.draws import draw
from eipsim.exchanges.catalogue import REFORMED_CLASS
from eipsim.exchanges.columns import REFUSED
from eipsim.exchanges.scene import end
from eipsim.policy.symbiosis import NO_REFORM
from eipsim.rules.symbiosis import eased, licence_years


@inlined
def degree_of_reform(kind, here):
    """How far the law is eased for the exchange [0-1]: by the country's reform of its stream, or by the donor park's sandbox."""
    if kind.reform == NO_REFORM:
        return 0.0
    return max(here.eased[kind.reform], here.sandbox)


@inlined
def needs_sandbox(kind, here):
    """It is the sandbox of the donor's park that eases the law, and not yet a reform."""
    return kind.reform != NO_REFORM and here.sandbox > here.eased[kind.reform]


@inlined
def licence_cost(exchange, kind, here, common):
    """USD that the law of the year asks for."""
    return eased(common.cost[exchange.legal_class], common.cost[REFORMED_CLASS], degree_of_reform(kind, here))


@inlined
def months_needed(exchange, degree, common):
    """Months of the procedure for this project under the law of the year and the lever on its duration."""
    months, legal, place = common.months, exchange.legal_class, exchange.months_draw
    today = months[legal, 0] + place * (months[legal, 1] - months[legal, 0])
    least, most = months[REFORMED_CLASS, 0], months[REFORMED_CLASS, 1]
    return common.months_factor * eased(today, least + place * (most - least), degree)


@inlined
def chance_of_refusal(exchange, degree, common, constants):
    """Probability that the application is refused when the law is eased to `degree`."""
    today, reformed = common.refusal[exchange.legal_class], common.refusal[REFORMED_CLASS]
    return min(1.0, constants.refusal_scale * eased(today, reformed, degree))


@inlined
def ask_the_law(exchange, kind, here, common, constants):
    """The application of the exchange: pending, granted, or refused; a refused one is made again later, or given up."""
    degree, year = degree_of_reform(kind, here), common.year
    if exchange.applied_year == 0 and not applies_again(exchange, degree, year, constants):
        return
    if year - exchange.applied_year < licence_years(months_needed(exchange, degree, common), exchange.time_of_year):
        return
    refusal = chance_of_refusal(exchange, degree, common, constants)
    if draw(common.licence, exchange.key, exchange.identified_year, exchange.refusals) < refusal:
        exchange.refusals += 1
        exchange.refused_year, exchange.refused_degree, exchange.applied_year = year, degree, 0
        exchange.first_refused = year if exchange.first_refused == 0 else exchange.first_refused
    else:
        exchange.licensed_year, exchange.sandbox = year, needs_sandbox(kind, here)


@inlined
def applies_again(exchange, degree, year, constants):
    """After a refusal: at once when the law has been eased since, else after some years; given up in the end."""
    eased_since = degree > exchange.refused_degree
    if not eased_since and year - exchange.first_refused >= constants.review_years:
        end(exchange, REFUSED, year)
        return False
    if eased_since or year - exchange.refused_year >= constants.reapply_years:
        exchange.applied_year = year
        return True
    return False
