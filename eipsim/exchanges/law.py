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
def degree_of_reform(scene, exchanges, row):
    """How far the law is eased for the exchange [0-1]: by the country's reform of its stream, or by the donor park's sandbox."""
    p, reform = exchanges.donor_park[row], scene.types.reform[exchanges.kind[row]]
    if reform == NO_REFORM:
        return 0.0
    return max(scene.sites.eased[p, reform], scene.sites.sandbox[p])


@inlined
def needs_sandbox(scene, exchanges, row):
    """It is the sandbox of the donor's park that eases the law, and not yet a reform."""
    p, reform = exchanges.donor_park[row], scene.types.reform[exchanges.kind[row]]
    return reform != NO_REFORM and scene.sites.sandbox[p] > scene.sites.eased[p, reform]


@inlined
def licence_cost(scene, exchanges, row):
    """USD that the law of the year asks for."""
    today, reformed = scene.classes.cost[exchanges.legal_class[row]], scene.classes.cost[REFORMED_CLASS]
    return eased(today, reformed, degree_of_reform(scene, exchanges, row))


@inlined
def months_needed(scene, exchanges, row, degree):
    """Months of the procedure for this project under the law of the year and the lever on its duration."""
    months, legal, place = scene.classes.months, exchanges.legal_class[row], exchanges.months_draw[row]
    today = months[legal, 0] + place * (months[legal, 1] - months[legal, 0])
    least, most = months[REFORMED_CLASS, 0], months[REFORMED_CLASS, 1]
    return scene.common.months_factor * eased(today, least + place * (most - least), degree)


@inlined
def chance_of_refusal(scene, exchanges, row, degree):
    """Probability that the application is refused when the law is eased to `degree`."""
    today, reformed = scene.classes.refusal[exchanges.legal_class[row]], scene.classes.refusal[REFORMED_CLASS]
    return min(1.0, scene.constants.refusal_scale * eased(today, reformed, degree))


@inlined
def ask_the_law(scene, exchanges, row):
    """The application of the exchange: pending, granted, or refused; a refused one is made again later, or given up."""
    degree, year = degree_of_reform(scene, exchanges, row), scene.common.year
    if exchanges.applied_year[row] == 0 and not applies_again(scene, exchanges, row, degree):
        return
    months = months_needed(scene, exchanges, row, degree)
    if year - exchanges.applied_year[row] < licence_years(months, exchanges.time_of_year[row]):
        return
    refusals, refusal = exchanges.refusals[row], chance_of_refusal(scene, exchanges, row, degree)
    if draw(scene.common.licence, exchanges.key[row], exchanges.identified_year[row], refusals) < refusal:
        exchanges.refusals[row] += 1
        exchanges.refused_year[row], exchanges.refused_degree[row], exchanges.applied_year[row] = year, degree, 0
        exchanges.first_refused[row] = year if exchanges.first_refused[row] == 0 else exchanges.first_refused[row]
    else:
        exchanges.licensed_year[row] = year
        exchanges.sandbox[row] = needs_sandbox(scene, exchanges, row)


@inlined
def applies_again(scene, exchanges, row, degree):
    """After a refusal: at once when the law has been eased since, else after some years; given up in the end."""
    year, eased_since = scene.common.year, degree > exchanges.refused_degree[row]
    if not eased_since and year - exchanges.first_refused[row] >= scene.constants.review_years:
        end(scene, exchanges, row, REFUSED)
        return False
    if eased_since or year - exchanges.refused_year[row] >= scene.constants.reapply_years:
        exchanges.applied_year[row] = year
        return True
    return False
