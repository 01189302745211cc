"""A firm moves in, hears of options, is audited, buys and moves away: each step of its year on one firm, by hand."""

import math

import numpy as np
import pytest
from helpers import constants_with, tiny_world

from eipsim.agents.firm import stock
from eipsim.agents.firm import year as firm_year
from eipsim.agents.firm.year import Situation
from eipsim.agents.surroundings import TALLY, standing
from eipsim.core.draws import draw
from eipsim.market.catalogue import N_MEASURES
from eipsim.model.model import EIPModel

YEAR = 2016
EVERY = (1 << N_MEASURES) - 1
CONSTANTS = {
    "recp_by_cause": 0.0, "salience": 0.0, "identify_probability": 1.0, "boiler_lifetime": 0.0, "loan_years": 0.0,
    "investment_budget_share": 0.1, "constrained_budget_factor": 0.5, "stale_factor": 0.25, "stale_years": 3,
}  # fmt: skip
pytestmark = pytest.mark.usefixtures("draws_wrap_round")


@pytest.fixture
def model():
    return EIPModel("no-eip-policy", tiny_world(2), 1)


@pytest.fixture
def made(model):
    """A firm that has nothing, knows nothing and uses everything, and what surrounds it."""
    model.step()
    own, firm = constants_with(model, **CONSTANTS), model.state.firms[0]
    surroundings, measures = model.state.surroundings, model.state.market.catalogue
    measures.available_from[:], measures.reach[:] = 2000, 0.2
    firm.gross_level[:] = 1.0
    for bits in ("installed_bits", "adopted_bits", "known_bits", "open_bits", "advised_bits"):
        firm[bits] = 0
    for years in ("installed_year", "known_year", "first_adopted", "recommended", "subsidised"):
        firm[years][:] = 0
    firm.waiting_bits, firm.aware_year, firm.awareness_of_recp, firm.heeded = EVERY, 2015, 0.0, 0
    firm.voucher_rate, firm.voucher_left, firm.audit_year, firm.constrained, firm.debt_service = 0.0, 0, 0, False, 0
    park, sector = surroundings.parks[firm.park], surroundings.sectors[firm.sector]
    park.unaware[:], sector.unaware[:], park.unaware_information[:] = 0.8, 0.5, 1.0
    park.unaware_information[standing(firm)] = 0.5  # together: a fifth
    firm.awareness_bar[:] = 0.01
    return firm, Situation(measures, surroundings, YEAR, own)


def seen_by(firm, surroundings):
    """The row of prices that the firm sees, to be changed."""
    return surroundings.markets[surroundings.parks[firm.park].first_market + firm.price_row]


def learn(model, situation):
    firm_year.learn_one(model.state.firms, 0, situation)


def bits(*measures):
    return sum(1 << m for m in measures)


# ---- what becomes known ----------------------------------------------------------------------------------------------------


def test_an_option_is_noticed_once_the_chance_of_not_having_is_down_to_its_bar_and_it_is_sold(model, made):
    firm, situation = made
    firm.awareness_bar[[0, 1, 2, 3]] = 0.5 * 0.8 * 0.5, 0.1999, 0.9, 0.9
    situation.measures.available_from[[2, 3]] = YEAR + 1, YEAR
    learn(model, situation)
    assert firm.known_year[:4].tolist() == [YEAR, 0, 0, YEAR]
    assert firm.known_bits == bits(0, 3)
    assert firm.waiting_bits == EVERY & ~bits(0, 3)
    assert firm.open_bits == bits(0, 3)
    assert firm.advised_bits == 0
    firm.waiting_bits, firm.awareness_bar[:] = bits(5), 0.9
    learn(model, situation)
    assert np.flatnonzero(firm.known_year).tolist() == [0, 3, 5]


@pytest.mark.parametrize(("draw_of_firm", "before", "after"), [(0.125, 0, YEAR), (0.1249, 0, 0), (0.125, 2012, 2012)])
def test_a_firm_hears_of_cleaner_production_by_its_own_draw(model, made, draw_of_firm, before, after):
    firm, situation = made
    park, sector = situation.surroundings.parks[firm.park], situation.surroundings.sectors[firm.sector]
    park.unheard, sector.unheard, park.unheard_information[:] = 0.5, 0.5, 1.0
    park.unheard_information[standing(firm)] = 0.5
    firm.aware_year, firm.awareness_of_recp, firm.waiting_bits = before, draw_of_firm, 0
    learn(model, situation)
    assert firm.aware_year == after


def test_what_operator_training_or_a_peer_that_practises_had_part_in_is_recommended_by_its_share(model, made):
    firm, situation = made
    surroundings = situation.surroundings
    park, sector = surroundings.parks[firm.park], surroundings.sectors[firm.sector]
    luck = np.array(
        [draw(surroundings.streams[firm_year.RECOMMENDATION_DRAW], firm.key, 0, m) for m in range(N_MEASURES)]
    )
    park.hazard[:], sector.hazard[:], park.hazard_information[:] = 0.2, 0.3, 9.0
    park.hazard_information[standing(firm)] = 0.5
    park.advice[:], sector.advice[:] = 0.75 * luck, 0.25 * luck + np.where(np.arange(N_MEASURES) % 2, 1e-6, -1e-6)
    firm.awareness_bar[:] = 1.0
    situation.constants.recp_by_cause = 1.0
    learn(model, situation)
    assert firm.known_bits == EVERY
    assert firm.advised_bits == bits(*range(1, N_MEASURES, 2))


def test_who_has_a_larger_energy_bill_than_expected_looks_more_closely_once_a_year(model, made):
    firm, situation = made
    surroundings, constants = situation.surroundings, situation.constants
    park, sector = surroundings.parks[firm.park], surroundings.sectors[firm.sector]
    park.hazard[:], sector.hazard[:], park.hazard_information[:] = 0.02, 0.03, 9.0
    park.hazard_information[standing(firm)] = 0.05
    market = seen_by(firm, surroundings)
    market.energy_price[:], market.expected_price[:] = [[1.0] * 4, [1.44] * 4], [[1.0] * 4, [7.0] * 4]
    firm.covered, firm.foreseen, constants.salience = True, False, 0.5
    assert firm_year.attention_of(firm, surroundings, constants) == pytest.approx(1.2)
    learn(model, situation)
    np.testing.assert_allclose(firm.awareness_bar, 0.01 * math.exp(0.2 * 0.1), rtol=1e-6)
    assert firm.heeded == YEAR - 2015 + 1
    learn(model, situation)
    np.testing.assert_allclose(firm.awareness_bar, 0.01 * math.exp(0.2 * 0.1), rtol=1e-6)
    firm.foreseen = True  # what was foreseen is no surprise, and a bill below it draws less
    assert firm_year.attention_of(firm, surroundings, constants) == pytest.approx(math.sqrt(1.44 / 7.0))


# ---- audits ----------------------------------------------------------------------------------------------------------------


def told(tally):
    return {name: int(count) for name, count in zip(TALLY, tally, strict=True) if count}


def test_an_audit_names_what_a_firm_lacks_and_makes_it_fresh(made):
    firm, situation = made
    measures, tally = situation.measures, situation.surroundings.parks[firm.park].tally
    measures.available_from[1] = YEAR + 1
    firm.installed_year[2], firm.known_year[3], firm.known_bits, firm.recommended[4] = 2015, 2013, bits(3), 2
    firm.waiting_bits, firm.aware_year, tally[:] = EVERY & ~bits(3), 0, 0
    firm_year.receive_audit(firm, situation)
    named = [m for m in range(N_MEASURES) if m not in (1, 2)]
    assert np.flatnonzero(firm.known_year == YEAR).tolist() == named
    assert firm.advised_bits == bits(*named)
    assert firm.recommended[:6].tolist() == [1, 0, 0, 1, 2, 1]
    assert (firm.audit_year, firm.aware_year, bool(firm.measured)) == (YEAR, YEAR, True)
    assert told(tally) == {"options_identified": len(named) - 1, "audits": 1, "assisted": 1, "years_audited": 1}
    tally[:], firm.aware_year = 0, 2014
    firm_year.receive_audit(firm, situation)  # once more in the year: one more audit, nobody and nothing new
    assert firm.aware_year == 2014
    assert told(tally) == {"audits": 1}
    tally[:] = 0
    firm_year.receive_audit(firm, situation._replace(year=YEAR + 2))
    assert told(tally) == {"options_identified": 1, "audits": 1, "years_audited": 1}  # what is sold by now


def test_an_audit_that_identifies_nothing_names_nothing(made):
    firm, situation = made
    situation.constants.identify_probability = 0.0
    firm_year.receive_audit(firm, situation)
    assert not firm.known_year.any()
    assert not firm.recommended.any()
    assert firm.audit_year == YEAR


# ---- what is bought --------------------------------------------------------------------------------------------------------


def opened(firm, known=YEAR, margin=2.0, *measures):
    for m in measures:
        firm.open_bits, firm.known_bits = firm.open_bits | bits(m), firm.known_bits | bits(m)
        firm.known_year[m], firm.margin[m] = known, margin
    firm.waiting_bits &= ~int(firm.open_bits)


def settle(model, situation, chance):
    firm_year.settle_one(model.state.firms, 0, situation, np.full(N_MEASURES, chance))


def affordable(model, situation, n=2):
    """The n options that pay back soonest, none of which excludes another, and what they cost [cents]."""
    firm, left, chosen = model.state.firms[0], EVERY, []
    while len(chosen) < n:
        m = int(firm_year.quickest(firm, *situation[:2], situation.constants, np.int64(left), np.int64(0)))
        left &= ~(1 << m)
        if not any((stock.EXCLUDES[m] >> other) & 1 for other in chosen):
            chosen.append(m)
    return chosen, [int(firm_year.cost_in_cents(firm, m, situation.surroundings)) for m in chosen]


def test_an_option_comes_nearer_each_year_and_is_bought_when_it_has_come(model, made):
    firm, situation = made
    (m, _), (cost, _) = affordable(model, situation)
    opened(firm, YEAR, 2.0, m)
    firm.revenue, firm.invested, firm.overdraft = 1e12, 0, 0
    settle(model, situation, 0.36)  # a fifth a year
    assert firm.margin[m] == np.float32(1.6)
    assert firm.installed_bits == 0
    firm.margin[m] = np.float32(1.25)
    settle(model, situation, 0.36)
    assert firm.installed_bits == bits(m)
    assert (firm.installed_year[m], firm.first_adopted[m], firm.subsidised[m]) == (YEAR, YEAR, 0)
    assert firm.invested == cost
    assert firm.overdraft == 0


def test_what_a_budget_does_not_pay_is_paid_out_of_the_next_ones(model, made):
    firm, situation = made
    (m, other), (cost, dear) = affordable(model, situation)
    opened(firm, YEAR, 0.5, m)
    growth = situation.surroundings.sectors.growth[firm.sector]
    firm.revenue, firm.invested, firm.overdraft = cost / 100 / 0.1 / growth / 4, 0, 0
    settle(model, situation, 0.0)
    budget = int(firm.revenue * growth * 0.1 * 100)
    assert firm.invested == cost
    assert firm.overdraft == cost - budget
    opened(firm, YEAR, 0.5, other)
    settle(model, situation, 0.0)  # all of the budget goes into what is owed
    assert firm.overdraft == cost - 2 * budget
    assert firm.installed_bits == bits(m)
    firm.overdraft = budget // 2
    settle(model, situation, 0.0)
    assert firm.installed_bits == bits(m, other)
    assert firm.overdraft == dear - (budget - budget // 2)
    assert firm.invested == cost + dear


def test_loans_pay_their_share_of_what_is_bought(model, made):
    firm, situation = made
    (m, _), (cost, _) = affordable(model, situation)
    situation.constants.loan_years, situation.constants.loan_share = 5.0, 0.6
    opened(firm, YEAR, 0.5, m)
    firm.revenue, firm.invested, firm.borrowed, firm.overdraft = 1e12, 0, 0, 0
    firm.voucher_rate, firm.voucher_left, firm.subsidy = 0.25, 10**12, 0
    settle(model, situation, 0.0)
    subsidy = int(0.25 * cost + 0.5)
    own = cost - subsidy
    assert (firm.subsidy, firm.voucher_left, firm.invested) == (subsidy, 10**12 - subsidy, own)
    assert firm.borrowed == own - int(own * (1.0 - 0.6))
    assert firm.subsidised[m] == 1


def test_an_installed_option_counts_once_for_who_recommended_and_who_paid_it(made):
    firm, situation = made
    tally = situation.surroundings.parks[firm.park].tally
    firm.recommended[0], firm.first_adopted[1], tally[:], firm.applies_recp, firm.aware_year = 1, 2010, 0, False, 0
    firm_year.install(firm, 0, situation, np.int64(0))
    assert firm.recommended[0] == 2
    assert not firm.applies_recp  # it has not heard of cleaner production
    assert told(tally) == {"options_implemented": 1}
    firm.aware_year = YEAR
    firm_year.install(firm, 1, situation, np.int64(700))
    assert (firm.first_adopted[1], firm.subsidised[1], bool(firm.applies_recp)) == (2010, 0, True)
    assert int(tally.sum()) == 1
    firm.applies_recp, situation.constants.recp_by_cause = False, 1.0
    firm_year.install(firm, 2, situation, np.int64(0))
    assert not firm.applies_recp
    firm.advised_bits = bits(3)
    firm_year.install(firm, 3, situation, np.int64(0))
    assert firm.applies_recp


# ---- coming and going ------------------------------------------------------------------------------------------------------


def test_who_leaves_is_nobodys_peer_any_more(made):
    firm, situation = made
    park, sector = situation.surroundings.parks[firm.park], situation.surroundings.sectors[firm.sector]
    firm.installed_bits, firm.debt_service = bits(1, 4), 500
    park.count[:], sector.count[:], park.firms, sector.firms = 7, 9, 2, 3
    firm_year.leave(firm, situation.surroundings)
    gone = np.isin(np.arange(N_MEASURES), [1, 4])
    assert (park.firms, sector.firms, firm.debt_service) == (1, 2, 0)
    np.testing.assert_array_equal(park.count, 7 - gone)
    np.testing.assert_array_equal(sector.count, 9 - gone)


@pytest.mark.parametrize("year", [2015, 2016])
def test_who_moves_in_brings_what_is_common_and_bars_of_its_own(model, made, year):
    firm, situation = made
    measures, surroundings = situation.measures, situation.surroundings
    park, sector = surroundings.parks[firm.park], surroundings.sectors[firm.sector]
    surroundings.vintages.penetration[:], common = 0.0, 2
    surroundings.vintages[year - 2015].penetration[firm.sector, common] = 1.0
    park.firms, sector.firms, park.count[:], sector.count[:], park.solar_cost = 5, 6, 0, 0, 0.125
    park.unheard, sector.unheard, park.unheard_information[:] = 0.5, 0.5, 0.5
    firm_year.enter(firm, situation._replace(year=year))
    assert (park.firms, sector.firms, park.count[common], sector.count[common]) == (6, 7, 1, 1)
    key, streams = firm.key, surroundings.streams
    age = draw(streams[firm_year.AGE_DRAW], key, 0, common) * measures.lifetime[common] if year == 2015 else 0.0
    assert firm.installed_year[common] == year - int(age)
    assert firm.installed_bits == bits(common)
    assert firm.waiting_bits == EVERY & ~bits(common)
    assert firm.awareness_of_recp == pytest.approx(0.125 * draw(streams[firm_year.HEARSAY_DRAW], key, 0, 0), rel=1e-6)
    for m in range(N_MEASURES):
        noticed = 0.2 * draw(streams[firm_year.OPTION_DRAW], key, 0, m)
        assert firm.awareness_bar[m] == pytest.approx(noticed, rel=1e-6)
        if m != common:
            accepted = 1.0 / draw(streams[firm_year.ACCEPTANCE_DRAW], key, 0, m)
            assert firm.margin[m] == pytest.approx(accepted, rel=1e-6)
        own = firm_year.draw_normal(streams[firm_year.COST_DRAW], key, 0, m) * measures.cost_sigma[m]
        assert firm.cost_factor[m] == pytest.approx(own + (0.125 if m == firm_year.SOLAR else 0.0), rel=1e-5, abs=1e-7)
    assert firm.margin[common] == np.inf
