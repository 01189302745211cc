"""One exchange, step by step: what it moves and is worth, who agrees, what the law says, what is booked, when it ends."""

import numpy as np
import pytest
from helpers import constants_with, tenants_of, tiny_world
from hypothesis import given
from hypothesis import strategies as st

from eipsim.agents.firm.columns import FIRM_COLUMNS
from eipsim.core.columns import Table, new_table
from eipsim.core.draws import draw
from eipsim.exchanges import agreeing, booking, catalogue, law, partners, worth
from eipsim.exchanges import columns as col
from eipsim.exchanges import scene as exchange_scene
from eipsim.exchanges import year as exchange_year
from eipsim.exchanges.agreeing import chance_of_agreement
from eipsim.exchanges.catalogue import (
    BASES,
    CUBIC_METRES,
    FUEL,
    GIGAJOULES,
    MATERIAL,
    NO_DEMAND,
    TONNES,
    TYPE_COLUMNS,
    WATER,
)
from eipsim.exchanges.columns import (
    ACCOUNT,
    DOES_NOT_PAY,
    ENDED,
    FEASIBLE,
    IDENTIFIED,
    NEGOTIATING,
    NOT_AGREED,
    NOT_FEASIBLE,
    OPERATING,
    OUTSIDE,
    PARTNER_LEFT,
    REFUSED,
)
from eipsim.exchanges.partners import joint_worth
from eipsim.exchanges.places import pairs_within, straight_km
from eipsim.exchanges.scene import Deal, Ranks, Surveyed
from eipsim.exchanges.tables import year_or_missing
from eipsim.exchanges.year import change_trust, live_through_year
from eipsim.market import uses
from eipsim.model.model import EIPModel
from eipsim.policy.symbiosis import NO_REFORM
from eipsim.world import build_world

YEAR = 2030
TERMS = {
    "review_years": 5.0, "negotiation_years": 3.0, "unpaid_years": 3.0, "reapply_years": 2.0, "transaction_cost_usd": 1000.0,
    "management_cost_usd": 100.0, "bargaining_share": 0.6, "connection_share": 0.25, "trust_gain": 0.2, "trust_loss": 0.5,
    "refusal_scale": 2.0, "negotiation_rate": 0.4,
}  # fmt: skip
HASTY = {  # everything is noticed at once, whatever it is worth; talks take two years
    "levers.symbiosis_screening": 1.0, "exchanges.screening_probability": 0.9, "exchanges.negotiation_years": 2.0,
    "exchanges.least_value_usd": 0.0, "exchanges.transaction_cost_usd": 10.0, "exchanges.management_cost_usd": 1.0,
}  # fmt: skip
HEAT, WASTE, HAZARDOUS, WASTEWATER, NO_POOL = range(5)
COMMON = col.common_columns(len(catalogue.read_exchange_types().ids))
pytestmark = pytest.mark.usefixtures("draws_wrap_round")


@pytest.fixture(scope="module")
def constants():
    return constants_with(EIPModel("no-eip-policy", tiny_world(1), 1), **TERMS)


def row(columns, **values):
    return new_table(1, columns, **values)[0]


def common(**values):
    defaults = {
        "year": YEAR,
        "months_factor": 1.0,
        "rate_of_capital": 0.1,
        "transport_cost": 0.2,
        "transport_co2": 1e-4,
    }
    return row(COMMON, **defaults | {"negotiation": 7, "licence": 8} | values)


@pytest.fixture
def deal(constants):
    """Between firms 3 and 4 of two parks: 50 t of waste, 10 USD a tonne, 20 km by road."""
    exchange = row(
        col.EXCHANGE_COLUMNS, key=99, donor=3, receiver=4, donor_park=0, receiver_park=1, plant=-1, distance_km=20.0,
        identified_year=2028, supply_factor=1.0, donor_value=6.0, receiver_value=4.0, capex_unit=30.0, legal_class=2,
        tentative=50.0, unit_margin=8.0, donor_benefit=1.0, receiver_benefit=1.0,
    )  # fmt: skip
    kind = row(
        TYPE_COLUMNS, stream=WASTE, drawn=2.0, demand=MATERIAL, displaced=1.0, demand_share=0.5, opex=1.0, co2=0.5,
        supply_base=catalogue.WASTE_BASE, supply=0.5, additional=1.0,
        reform=NO_REFORM, measure=TONNES, in_park=True,
    )  # fmt: skip
    donor = row(col.TENANT_COLUMNS, level=1.0, supply=[500.0, 400.0, 300.0, 200.0], exit_year=2050, entry_year=2015)
    receiver = row(col.TENANT_COLUMNS, level=1.0, demand=[900.0, 800.0, 700.0], use=[900.0, 800.0, 700.0], exit_year=2050,
                   entry_year=2015, mix=[0.5, 0.3, 0.2], carbon=1000.0, carbon_price=9.0)  # fmt: skip
    donor.charge[:] = 3.0, 5.0, 7.0
    firm = row(FIRM_COLUMNS, employees=100)
    firm.use[:], firm.gross_use[:] = np.arange(100.0, 100.0 + uses.N_USES), 200.0
    here, there = row(col.SITE_COLUMNS, trust=0.4), row(col.SITE_COLUMNS, trust=0.6)
    return Deal(
        exchange, kind, donor, firm, receiver, row(col.PLANT_COLUMNS, left=60.0), here, there, common(), constants
    )


def account():
    return np.zeros(1, dtype=ACCOUNT).view(Table)[0]


# ---- what it moves ---------------------------------------------------------------------------------------------------------


def left(deal):
    return worth.supply_left(deal.exchange, deal.kind, deal.donor, deal.firm, deal.plant, deal.common)


def test_a_donor_gives_what_it_makes_as_far_as_others_have_left_it(deal):
    waste = float(deal.firm.use[uses.WASTE])
    deal.kind.additional, deal.exchange.supply_factor = 0.8, 1.5
    assert left(deal) == pytest.approx(waste * 0.5 * 1.5 * 0.8)
    deal.donor.supply[WASTE] = 20.0
    assert left(deal) == 10.0  # two tonnes are drawn by each
    deal.kind.stream = NO_POOL
    assert left(deal) == pytest.approx(waste * 0.5 * 1.5 * 0.8)


def test_a_municipal_plant_gives_what_it_has_left_from_its_first_year(deal):
    deal.exchange.donor = OUTSIDE
    for first, expected in ((YEAR, 60.0), (YEAR + 1, 0.0)):
        deal.plant.from_year = first
        assert left(deal) == expected


@pytest.mark.parametrize("base", BASES[:7])
def test_supply_goes_with_its_base_at_the_level_of_the_year(deal, base):
    firm, donor, now = deal.firm, deal.donor, common()
    donor.level, donor.sector, donor.price_row = 1.5, 4, 6
    donor.fuels[:], now.coal_share[6], now.wastewater_ratio[4] = (30.0, 20.0, 10.0), 0.4, 0.7
    donor.use[:] = 11.0, 12.0, 13.0
    number = BASES.index(base)
    expected = {
        catalogue.EMPLOYEES_BASE: 100 * firm.use[uses.WASTE] / 200.0 * 1.5, catalogue.COAL_BASE: 1.5 * 30.0 * 0.4,
        catalogue.BIOMASS_AND_COAL_BASE: 1.5 * (30.0 * 0.4 + 10.0), catalogue.FUEL_BASE: 11.0,
        catalogue.WASTEWATER_BASE: 12.0 * 0.7, catalogue.WASTE_BASE: 1.5 * firm.use[uses.WASTE],
        catalogue.HAZARDOUS_BASE: 1.5 * firm.use[uses.HAZARDOUS],
    }  # fmt: skip
    deal.kind.supply_base = number
    assert worth.base_of(deal.kind, firm, donor, now) == pytest.approx(expected[number], rel=1e-12)


def test_supply_per_employee_falls_with_what_is_saved_at_source(deal):
    deal.kind.supply_base, deal.kind.stream = catalogue.EMPLOYEES_BASE, NO_POOL
    assert worth.base_of(deal.kind, deal.firm, deal.donor, common()) == pytest.approx(
        100 * deal.firm.use[uses.MATERIAL] / 200.0
    )
    deal.firm.gross_use[:] = 0.0
    assert worth.base_of(deal.kind, deal.firm, deal.donor, common()) == 0.0


def test_a_receiver_takes_a_share_of_its_use_and_no_more_than_others_have_left_it(deal):
    def taken():
        return worth.demand_left(deal.exchange, deal.kind, deal.receiver)

    assert taken() == pytest.approx(0.5 * 700.0 / 4.0)  # materials by their value
    deal.receiver.demand[MATERIAL] = 8.0
    assert taken() == 2.0
    deal.kind.demand, deal.kind.displaced, deal.kind.piped, deal.kind.loss_per_km = WATER, 2.0, True, 0.01
    assert taken() == pytest.approx(0.5 * 800.0 / (2.0 * 0.8))  # a fifth is lost on the way
    deal.kind.displaced = 0.0
    assert taken() == worth.UNLIMITED
    deal.kind.demand = NO_DEMAND
    assert taken() == worth.UNLIMITED
    deal.exchange.receiver, deal.kind.external_limit = OUTSIDE, 33.0
    assert taken() == 33.0


def test_what_a_unit_displaces_is_its_value_or_what_arrives(deal):
    deal.kind.displaced = 3.0
    assert worth.displaced_unit(deal.exchange, deal.kind) == 12.0
    deal.exchange.receiver_value = -4.0
    assert worth.displaced_unit(deal.exchange, deal.kind) == 0.0
    deal.kind.demand, deal.kind.loss_per_km = FUEL, 0.02
    assert worth.displaced_unit(deal.exchange, deal.kind) == pytest.approx(3.0 * 0.6)


def test_what_is_reserved_is_gone_for_others(deal):
    worth.reserve(deal, 50.0)
    assert deal.donor.supply.tolist() == [500.0, 300.0, 300.0, 200.0]
    assert deal.receiver.demand.tolist() == [900.0, 800.0, 500.0]
    assert deal.plant.left == 60.0
    deal.exchange.donor, deal.exchange.receiver = OUTSIDE, OUTSIDE
    worth.reserve(deal, 50.0)
    assert deal.plant.left == 10.0
    assert deal.receiver.demand[MATERIAL] == 500.0
    assert deal.donor.supply[WASTE] == 300.0


# ---- what it is worth ------------------------------------------------------------------------------------------------------


def margin(deal):
    return worth.unit_margin(deal.exchange, deal.kind, deal.donor, deal.receiver, deal.common)


def test_a_unit_is_worth_what_both_sides_save_less_moving_and_running(deal):
    assert margin(deal) == pytest.approx(6.0 + 2.0 * 3.0 + 4.0 + 9.0 * 0.5 - 0.2 * 20.0 - 1.0)
    deal.kind.piped, deal.kind.loss_per_km = True, 0.01
    assert margin(deal) == pytest.approx(6.0 + 2.0 * 3.0 + 0.8 * (4.0 + 9.0 * 0.5) - 1.0)
    deal.kind.in_park = False
    assert margin(deal) == pytest.approx(6.0 + 2.0 * 3.0 + 0.8 * 4.0 - 1.0)
    deal.exchange.donor = OUTSIDE
    assert margin(deal) == pytest.approx(6.0 + 0.8 * 4.0 - 1.0)


@pytest.mark.parametrize(
    ("stream", "charge"), [(HEAT, 0.0), (WASTE, 6.0), (HAZARDOUS, 10.0), (WASTEWATER, 14.0), (NO_POOL, 0.0)]
)
def test_charges_are_avoided_on_what_is_drawn(deal, stream, charge):
    deal.kind.stream = stream
    assert worth.charge_avoided(deal.exchange, deal.kind, deal.donor) == charge


def test_pipes_cost_more_the_longer_they_are(deal):
    def capital():
        return worth.capital_per_unit(deal.exchange, deal.kind, deal.constants)

    deal.kind.central_km = 10.0
    assert capital() == 30.0
    deal.kind.piped = True
    assert capital() == pytest.approx(30.0 * (0.25 + 0.75 * 2.0))
    deal.kind.central_km = 0.0
    assert capital() == 30.0


def test_partners_are_ranked_by_margin_less_capital():
    assert joint_worth(50.0, 8.0, 30.0, common()) == pytest.approx(50.0 * (8.0 - 0.1 * 30.0))


def test_the_benefit_is_shared_after_capital_licence_and_management(deal):
    deal.common.cost[2], quantity = 700.0, 0.5 * deal.firm.use[uses.WASTE]
    worth.weigh_up(deal)
    unit = margin(deal)
    joint = quantity * unit - 100.0 - 0.1 * (quantity * 30.0 + 700.0 + 1000.0)
    assert deal.exchange.tentative == pytest.approx(quantity)
    assert deal.exchange.unit_margin == pytest.approx(unit)
    assert (deal.exchange.licence_usd, deal.exchange.capex_usd) == (700.0, pytest.approx(quantity * 30.0))
    assert deal.exchange.donor_benefit == pytest.approx(0.6 * joint)
    assert deal.exchange.receiver_benefit == pytest.approx(0.4 * joint)
    deal.exchange.state, deal.exchange.design, deal.exchange.capex_usd = OPERATING, 40.0, 5.0
    deal.common.cost[2] = 900.0
    worth.weigh_up(deal)
    assert (deal.exchange.tentative, deal.exchange.licence_usd, deal.exchange.capex_usd) == (40.0, 700.0, 5.0)


def test_what_stands_pays_when_its_margin_covers_management(deal):
    assert worth.running_benefit(deal.exchange, 50.0, deal.constants) == 300.0


def test_an_opportunity_is_worth_at_most_what_both_sides_could_save(deal):
    assert worth.largest_worth(deal.exchange, deal.kind, deal.donor, 10.0) == 10.0 * (6.0 + 6.0 + 4.0)
    deal.exchange.donor_value, deal.exchange.receiver_value = -20.0, 4.0
    assert worth.largest_worth(deal.exchange, deal.kind, deal.donor, 10.0) == 40.0
    deal.exchange.receiver_value = -4.0
    assert worth.largest_worth(deal.exchange, deal.kind, deal.donor, 10.0) == 0.0


# ---- how far it gets -------------------------------------------------------------------------------------------------------


def test_without_a_benefit_it_waits_and_is_given_up_after_some_years(deal):
    exchange = deal.exchange
    exchange.donor_benefit = 0.0
    agreeing.proceed(deal, account())
    assert (exchange.infeasible_since, exchange.state) == (2028, IDENTIFIED)  # since it was identified
    exchange.infeasible_since = YEAR - 4
    agreeing.proceed(deal, account())
    assert exchange.state == IDENTIFIED
    exchange.infeasible_since = YEAR - 5
    agreeing.proceed(deal, account())
    assert (exchange.state, exchange.ended_because, exchange.ended_year) == (ENDED, NOT_FEASIBLE, YEAR)


def test_a_spell_without_benefit_begins_anew_once_it_has_been_feasible(deal):
    exchange = deal.exchange
    exchange.infeasible_since = YEAR - 4
    agreeing.proceed(deal, account())
    assert (exchange.infeasible_since, exchange.state, exchange.feasible_year) == (0, FEASIBLE, YEAR)
    assert deal.donor.supply[WASTE] == 300.0  # it holds what it will move
    exchange.donor_benefit = 0.0
    agreeing.proceed(deal, account())
    assert exchange.infeasible_since == YEAR


def talks(deal, rate, since=YEAR):
    exchange = deal.exchange
    exchange.state, exchange.negotiating_year, exchange.agreed_year = NEGOTIATING, since, 0
    deal.constants.negotiation_rate = rate
    agreeing.negotiate(deal)
    return exchange.agreed_year, exchange.state, exchange.ended_because


def test_partners_agree_by_their_draw_or_give_up_after_some_years(deal):
    chance = chance_of_agreement(deal)
    luck = draw(deal.common.negotiation, deal.exchange.key, YEAR, 0)
    assert 0.0 < chance < 1.0
    assert talks(deal, 1.0) == (YEAR, NEGOTIATING, 0)
    assert deal.exchange.applied_year == YEAR
    assert talks(deal, 0.0, YEAR - 1) == (0, NEGOTIATING, 0)
    assert deal.here.failures == 0
    assert talks(deal, 0.0, YEAR - 2) == (0, ENDED, NOT_AGREED)  # the first year of talks counts as one
    assert (deal.here.failures, deal.there.failures) == (1, 0)
    deal.constants.negotiation_rate = TERMS["negotiation_rate"]
    agreed = talks(deal, TERMS["negotiation_rate"])[0] == YEAR
    assert agreed == (luck < chance)


def test_two_parks_agree_as_their_mean(deal):
    plain = chance_of_agreement(deal)
    for name in ("trust", "facilitation", "effect"):
        here, there = float(deal.here[name]), float(deal.there[name])
        deal.here[name] = here + 0.2
        more = chance_of_agreement(deal)
        deal.here[name], deal.there[name] = here, there + 0.2
        assert chance_of_agreement(deal) == pytest.approx(more)
        assert more > plain
        deal.there[name] = there
    deal.donor.links = 1
    assert chance_of_agreement(deal) > plain


@pytest.mark.parametrize(
    ("donor", "receiver", "of_donor", "of_receiver", "experience"),
    [
        (3, 4, 0, 0, 0.0),
        (3, 4, 1, 0, 1.0),
        (3, 4, 0, 1, 1.0),
        (OUTSIDE, 4, 1, 0, 0.0),
        (3, OUTSIDE, 0, 1, 0.0),
        (3, OUTSIDE, 1, 0, 1.0),
    ],
)
def test_who_has_begun_an_exchange_before_has_experience(deal, donor, receiver, of_donor, of_receiver, experience):
    deal.exchange.donor, deal.exchange.receiver = donor, receiver
    deal.donor.links, deal.receiver.links = of_donor, of_receiver
    assert agreeing.has_experience(deal.exchange, deal.donor, deal.receiver) == experience


def test_what_begins_is_built_for_what_it_moves_and_counts_as_a_success_of_both_parks(deal):
    books, exchange = account(), deal.exchange
    exchange.capex_usd, exchange.licence_usd = 1500.0, 200.0
    agreeing.begin(deal, books)
    assert (exchange.state, exchange.operating_year, exchange.quantity, exchange.design) == (
        OPERATING,
        YEAR,
        50.0,
        50.0,
    )
    assert (books.capex_usd, books.licence_usd) == (2500.0, 200.0)
    assert (deal.here.successes, deal.there.successes, deal.donor.links, deal.receiver.links) == (1, 1, 1, 1)
    exchange.receiver_park, exchange.receiver, exchange.donor = 0, OUTSIDE, OUTSIDE
    agreeing.begin(deal, books)
    assert (deal.here.successes, deal.there.successes, deal.donor.links, deal.receiver.links) == (2, 1, 1, 1)
    assert (books.capex_usd, books.licence_usd) == (5000.0, 400.0)


def test_what_operates_goes_on_while_it_pays_and_ends_when_it_has_not_for_some_years(deal):
    exchange = deal.exchange
    exchange.state, exchange.unpaid = OPERATING, 2
    agreeing.go_on(deal)
    assert (exchange.unpaid, exchange.quantity, deal.donor.supply[WASTE]) == (0, 50.0, 300.0)
    exchange.unit_margin = 2.0  # 50 x 2 - 100: nothing is left
    exchange.quantity = 0.0
    for unpaid in (1, 2):
        agreeing.go_on(deal)
        assert (exchange.unpaid, exchange.state, exchange.quantity) == (unpaid, OPERATING, 0.0)
    agreeing.go_on(deal)
    assert (exchange.state, exchange.ended_because) == (ENDED, DOES_NOT_PAY)


def test_nothing_to_move_does_not_pay(deal):
    deal.exchange.state, deal.exchange.tentative, deal.exchange.unit_margin = OPERATING, 0.0, 8.0
    agreeing.go_on(deal)
    assert deal.exchange.unpaid == 1


@pytest.mark.parametrize(
    ("donor", "receiver", "gone"), [(3, 4, True), (OUTSIDE, 4, False), (OUTSIDE, OUTSIDE, False), (3, OUTSIDE, True)]
)
def test_a_donor_that_is_gone_ends_what_it_gives(deal, donor, receiver, gone):
    deal.exchange.donor, deal.exchange.receiver = donor, receiver
    assert not agreeing.partner_has_left(deal)
    deal.donor.exit_year = YEAR
    assert agreeing.partner_has_left(deal) == gone


def test_a_receiver_that_is_gone_ends_it_too(deal):
    deal.receiver.exit_year = YEAR
    assert agreeing.partner_has_left(deal)
    deal.exchange.receiver = OUTSIDE
    assert not agreeing.partner_has_left(deal)


def test_only_what_a_sandbox_made_lawful_and_moves_something_is_evidence(deal):
    exchange = deal.exchange
    deal.kind.reform, exchange.state, exchange.design = 1, OPERATING, 50.0
    for sandbox, supply, evidence in ((False, 400.0, 0.0), (True, 400.0, 1.0), (True, 0.0, 0.0)):
        deal.common.evidence[:], exchange.sandbox, deal.donor.supply[WASTE], exchange.quantity = (
            0.0,
            sandbox,
            supply,
            0.0,
        )
        live_through_year(deal, account(), account())
        assert deal.common.evidence[1] == evidence
        assert deal.common.evidence.sum() == evidence


# ---- the law ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reform", "eased", "sandbox", "degree", "needs"),
    [(NO_REFORM, 0.9, 0.9, 0.0, False), (1, 0.3, 0.0, 0.3, False), (1, 0.3, 0.8, 0.8, True), (1, 0.8, 0.8, 0.8, False)],
)
def test_the_law_is_eased_by_a_reform_or_a_sandbox(deal, reform, eased, sandbox, degree, needs):
    deal.kind.reform, deal.here.sandbox, deal.here.eased[1] = reform, sandbox, eased
    assert law.degree_of_reform(deal.kind, deal.here) == degree
    assert law.needs_sandbox(deal.kind, deal.here) == needs


def test_months_cost_and_refusal_lie_between_todays_law_and_the_reformed_one(deal):
    now, exchange = deal.common, deal.exchange
    now.months[2], now.months[catalogue.REFORMED_CLASS], now.months_factor = (12.0, 24.0), (2.0, 4.0), 0.5
    now.cost[2], now.cost[catalogue.REFORMED_CLASS] = 1000.0, 200.0
    now.refusal[2], now.refusal[catalogue.REFORMED_CLASS] = 0.3, 0.1
    exchange.months_draw = 0.25
    assert law.months_needed(exchange, 0.0, now) == pytest.approx(0.5 * 15.0)
    assert law.months_needed(exchange, 1.0, now) == pytest.approx(0.5 * 2.5)
    assert law.chance_of_refusal(exchange, 0.5, now, deal.constants) == pytest.approx(2.0 * 0.2)
    now.refusal[2] = 0.9
    assert law.chance_of_refusal(exchange, 0.0, now, deal.constants) == 1.0
    deal.kind.reform, deal.here.eased[1] = 1, 0.25
    assert law.licence_cost(exchange, deal.kind, deal.here, now) == pytest.approx(800.0)


def asked(deal, applied, refusal, months=0.0):
    exchange = deal.exchange
    exchange.state, exchange.agreed_year, exchange.applied_year = NEGOTIATING, applied or YEAR - 1, applied
    deal.common.refusal[:], deal.common.months[:] = refusal / 2.0, months
    law.ask_the_law(exchange, deal.kind, deal.here, deal.common, deal.constants)
    return int(exchange.licensed_year), int(exchange.refusals)


def test_an_application_is_pending_granted_or_refused(deal):
    exchange = deal.exchange
    exchange.time_of_year = 0.5
    assert asked(deal, YEAR, 0.0, months=18.0) == (0, 0)  # two years
    assert asked(deal, YEAR - 1, 0.0, months=18.0) == (0, 0)
    assert asked(deal, YEAR - 2, 0.0, months=18.0) == (YEAR, 0)
    exchange.licensed_year = 0
    assert asked(deal, YEAR, 1.0) == (0, 1)
    assert (exchange.refused_year, exchange.first_refused, exchange.applied_year) == (YEAR, YEAR, 0)
    exchange.first_refused = YEAR - 3
    assert asked(deal, YEAR, 1.0) == (0, 2)
    assert exchange.first_refused == YEAR - 3


@pytest.mark.parametrize(
    ("degree", "first", "last", "again", "state"),
    [
        (0.0, YEAR - 1, YEAR - 1, False, NEGOTIATING),
        (0.0, YEAR - 2, YEAR - 2, True, NEGOTIATING),  # after some years
        (0.0, YEAR - 4, YEAR - 1, False, NEGOTIATING),
        (0.0, YEAR - 5, YEAR - 1, False, ENDED),  # given up
        (0.5, YEAR - 5, YEAR - 1, True, NEGOTIATING),  # the law has been eased since
        (0.2, YEAR - 1, YEAR - 1, False, NEGOTIATING),  # it is as it was then
    ],
)
def test_what_was_refused_is_applied_for_again_or_given_up(deal, degree, first, last, again, state):
    exchange = deal.exchange
    exchange.state, exchange.first_refused, exchange.refused_year, exchange.refused_degree = (
        NEGOTIATING,
        first,
        last,
        0.2,
    )
    assert law.applies_again(exchange, degree, YEAR, deal.constants) == again
    assert exchange.state == state
    assert exchange.applied_year == (YEAR if again else 0)
    assert exchange.ended_because == (REFUSED if state == ENDED else 0)


def test_a_licence_knows_whether_only_a_sandbox_made_it_lawful(deal):
    deal.kind.reform, deal.here.sandbox = 1, 1.0
    assert asked(deal, YEAR, 0.0) == (YEAR, 0)
    assert deal.exchange.sandbox


# ---- what is booked --------------------------------------------------------------------------------------------------------


def booked(deal, quantity=10.0):
    here, there = account(), account()
    deal.exchange.quantity = quantity
    booking.book_exchange(deal, here, there)
    return tuple({name: float(one[name]) for name in one.dtype.names if one[name]} for one in (here, there))


def test_both_parks_are_told_their_part_of_what_is_moved(deal):
    here, there = booked(deal)
    running = 10.0 * 8.0 - 100.0
    assert here == pytest.approx(
        {"donor_saving_usd": 0.6 * running, "charges_saved_usd": 60.0, "waste_exchanged_t": 20.0, "tonnes": 10.0,
         "transport_tkm": 200.0, "co2_outside_t": -200.0 * 1e-4}
    )  # fmt: skip
    assert there == pytest.approx(
        {
            "receiver_saving_usd": 0.4 * running,
            "material_displaced_usd": 40.0,
            "co2_in_park_t": 5.0,
            "carbon_saved_usd": 45.0,
        }
    )
    assert deal.receiver.carbon == 995.0
    assert deal.exchange.co2_t == pytest.approx(5.0 - 0.02)


def test_no_more_co2_is_avoided_in_a_park_than_the_receiver_emits(deal):
    deal.receiver.carbon = 2.0
    here, there = booked(deal)
    assert there["co2_in_park_t"] == 2.0
    assert here["co2_outside_t"] == pytest.approx(3.0 - 0.02)
    deal.kind.in_park = False
    here, there = booked(deal)
    assert "co2_in_park_t" not in there
    assert here["co2_outside_t"] == pytest.approx(5.0 - 0.02)


def test_who_is_no_tenant_is_booked_nothing(deal):
    deal.exchange.receiver = OUTSIDE
    here, there = booked(deal)
    assert there == {}
    assert here["co2_outside_t"] == pytest.approx(5.0 - 0.02)
    deal.exchange.donor = OUTSIDE
    assert set(booked(deal)[0]) == {"tonnes", "transport_tkm", "co2_outside_t"}


@pytest.mark.parametrize(("measure", "name"), [(TONNES, "tonnes"), (CUBIC_METRES, "water_m3"), (GIGAJOULES, "heat_gj")])
def test_a_unit_is_counted_as_what_it_is(deal, measure, name):
    deal.kind.measure, deal.kind.piped = measure, True
    here, _ = booked(deal)
    assert {one: here.get(one, 0.0) for one in ("tonnes", "water_m3", "heat_gj", "transport_tkm")} == {
        one: 10.0 if one == name else 0.0 for one in ("tonnes", "water_m3", "heat_gj", "transport_tkm")
    }


@pytest.mark.parametrize(
    ("stream", "name"),
    [
        (HEAT, None),
        (WASTE, "waste_exchanged_t"),
        (HAZARDOUS, "hazardous_exchanged_t"),
        (WASTEWATER, "wastewater_exchanged_m3"),
    ],
)
def test_what_is_drawn_is_booked_by_stream(deal, stream, name):
    deal.kind.stream = stream
    here, _ = booked(deal)
    drawn = {one: amount for one, amount in here.items() if one.endswith(("exchanged_t", "exchanged_m3"))}
    assert drawn == ({} if name is None else {name: 20.0})


def test_what_is_displaced_is_booked_by_what_it_replaces(deal):
    for demand, expected in (
        (
            FUEL,
            {
                "fuel_displaced_gj": 10.0,
                "coal_displaced_gj": 5.0,
                "dear_fuel_displaced_gj": 3.0,
                "biomass_displaced_gj": 2.0,
            },
        ),
        (WATER, {"water_displaced_m3": 10.0}),
        (MATERIAL, {"material_displaced_usd": 40.0}),
        (NO_DEMAND, {}),
    ):
        deal.kind.demand = demand
        _, there = booked(deal)
        assert {one: amount for one, amount in there.items() if "displaced" in one} == pytest.approx(expected)


# ---- afterwards ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("successes", "failures", "trust"),
    [(0, 0, 0.4), (1, 0, 1.0 - 0.6 * 0.8), (2, 0, 1.0 - 0.6 * 0.64), (0, 1, 0.2), (0, 2, 0.1)],
)
def test_trust_follows_the_year_which_is_then_forgotten(constants, successes, failures, trust):
    site = row(col.SITE_COLUMNS, trust=0.4, successes=successes, failures=failures)
    for _ in range(2):
        change_trust(site, constants)
        assert site.trust == pytest.approx(trust)
        assert (site.successes, site.failures) == (0, 0)


def test_a_year_that_never_was_or_is_beyond_the_end_is_missing():
    told = year_or_missing(np.array([0, -1, 2015, 2050, 9998, 9999, 10000]))
    assert np.isnan(told.to_numpy(dtype=float, na_value=np.nan)).tolist() == [
        True,
        True,
        False,
        False,
        False,
        True,
        True,
    ]
    assert told.dropna().tolist() == [2015, 2050, 9998]


# ---- who is noticed, and whose turn it is ----------------------------------------------------------------------------------


def in_turn(later, less, keys):
    n = len(keys)
    order, spare = np.full(n, -1, dtype=np.int64), np.empty(n, dtype=np.int64)
    ranks = Ranks(np.array(later, dtype=np.bool_), np.array(less, dtype=float), np.array(keys, dtype=np.uint64))
    exchange_year.put_in_order(order, spare, n, ranks)
    return order.tolist()


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 10**9)), max_size=40, unique_by=lambda rank: rank[2]
    )
)
def test_exchanges_are_served_by_state_then_worth_then_key(ranks):
    later, less, keys = ([rank[k] for rank in ranks] for k in range(3))
    assert in_turn(later, less, keys) == sorted(range(len(ranks)), key=ranks.__getitem__)


def test_what_is_noticed_is_what_the_chance_of_not_having_noticed_it_has_fallen_to():
    sites = new_table(2, col.SITE_COLUMNS, first_slot=[0, 3], end_slot=[3, 5], unnoticed=[0.5, 0.9])
    bar, noticed = np.array([0.5, 0.4999, 0.6, 0.9, 0.1]), np.full(5, -1)
    assert exchange_year.notice(sites, bar, noticed) == 3
    assert noticed[:3].tolist() == [0, 2, 3]


def test_a_screening_finds_what_was_not_due_anyway(constants):
    site = row(col.SITE_COLUMNS, unnoticed=0.8, facilitation=0.5, screening=0.5)
    constants.spontaneous_rate, constants.brokering_rate, constants.screening_probability = 0.02, 0.1, 0.6
    exchange_year.look_around(site, constants)
    assert site.unscreened == pytest.approx(0.8 * np.exp(-0.07))
    assert site.unnoticed == pytest.approx(0.8 * np.exp(-0.07) * 0.7)


@pytest.mark.parametrize("km", [1.0, 30.0, 400.0])
def test_all_pairs_of_parks_within_reach_are_found_and_no_others(km):
    parks = build_world("pilot-parks", 1).parks
    places = parks.latitude.size
    expected = {
        (p, q)
        for p in range(places)
        for q in range(places)
        if p != q and straight_km(parks.latitude[p], parks.longitude[p], parks.latitude[q], parks.longitude[q]) <= km
    }
    here, there = pairs_within(parks, km)
    assert set(zip(here.tolist(), there.tolist())) == expected
    assert here.size == len(expected)
    assert len(expected) > 0 or km == 1.0


def waiting(common, sector=0, n_kinds=5):
    """Two firms of a sector that can start three types, the second with its opportunities after those of the first."""
    common.kinds[sector], common.n_kinds[sector], common.identification = np.arange(common.kinds.shape[1]) + 1, 3, 11
    return new_table(2, col.MOVE_COLUMNS, key=[7, 8], first_slot=[0, 3], park=[0, 1], sector=sector), n_kinds


def test_every_opportunity_and_every_search_for_it_waits_for_luck_of_its_own():
    now = row(COMMON)
    firms, n_kinds = waiting(now)
    found = {
        (slot, episode): exchange_scene.chance_to_wait_for(firms[0], slot, episode, now, n_kinds, 1.0)
        for slot in range(3)
        for episode in range(4)
    }
    assert len(set(found.values())) == 12
    for (slot, episode), chance in found.items():
        assert chance == draw(now.identification, np.uint64(7), 0, slot + 1 + n_kinds * episode)
        assert exchange_scene.chance_to_wait_for(firms[0], slot, episode, now, n_kinds, 0.25) == 0.25 * chance
    many = [exchange_scene.chance_to_wait_for(firms[0], 0, episode, now, n_kinds, 1.0) for episode in (99, 100, 101)]
    assert many[0] != many[1] == many[2]


def test_who_moves_in_waits_to_notice_and_who_leaves_notices_nothing_any_more(scene):
    made, *_ = scene
    now = new_table(1, COMMON)
    firms, _ = waiting(now[0])
    made.sites.unnoticed[:] = [0.5, 0.25, 1.0]
    made, bar = made._replace(common=now), np.full(7, 9.0)
    exchange_year.come_and_go(made, bar, firms[:1], firms[1:])
    luck = [exchange_scene.chance_to_wait_for(firms[0], slot, 0, now[0], made.types.size, 0.5) for slot in range(3)]
    assert bar.tolist() == [*luck, *[exchange_scene.NOT_WAITING] * 3, 9.0]
    exchange_year.come_and_go(made, bar, firms[1:], firms[:1])
    luck = [exchange_scene.chance_to_wait_for(firms[1], slot, 0, now[0], made.types.size, 0.25) for slot in range(3, 6)]
    assert bar.tolist() == [*[exchange_scene.NOT_WAITING] * 3, *luck, 9.0]


def test_who_could_not_agree_waits_to_notice_the_opportunity_anew():
    """Nobody ever agrees: after two years of talks an exchange ends, and its opportunity waits by another draw."""
    model = EIPModel("no-eip-policy", tenants_of(), 11, settings=HASTY | {"exchanges.negotiation_rate": 0.0})
    while model.year < 2017:
        model.step()
    x = model.state.exchanges
    ended = x.table[x.table.ended_because == NOT_AGREED]
    assert len(ended) > 5
    assert (ended.ended_year == 2017).all()
    assert (x.search.episodes[ended.slot] == ended.episode + 1).all()
    for exchange in ended:
        tenant, slot = x.scene.tenants[exchange_scene.anchor_of(exchange)], exchange.slot
        unnoticed, kinds = x.scene.sites[tenant.park].unnoticed, x.scene.types.size
        luck = exchange_scene.chance_to_wait_for(
            tenant, slot, exchange.episode + 1, x.scene.common[0], kinds, unnoticed
        )
        assert x.search.bar[slot] == luck


def test_whose_partner_has_left_waits_to_notice_the_opportunity_anew_and_who_leaves_does_not():
    model = EIPModel("no-eip-policy", tenants_of(), 11, settings=HASTY)
    while model.year < 2017:
        model.step()
    x = model.state.exchanges
    within = x.table[x.live][(x.table[x.live].donor != OUTSIDE) & (x.table[x.live].receiver != OUTSIDE)]
    donors, receivers = set(within.donor.tolist()), set(within.receiver.tolist())
    gone = max(donors & receivers)
    x.scene.tenants.exit_year[gone] = 2018  # to its partners; the firm itself does not know
    before = x.search.episodes.copy()
    model.step()
    ended = x.table[(x.table.ended_year == 2018) & (x.table.ended_because == PARTNER_LEFT)]
    given, taken = ended[ended.donor == gone], ended[(ended.receiver == gone) & (ended.donor != OUTSIDE)]
    assert given.size
    assert taken.size
    np.testing.assert_array_equal(x.search.episodes[given.slot], before[given.slot])
    np.testing.assert_array_equal(x.search.episodes[taken.slot], before[taken.slot] + 1)


# ---- whom it is made with --------------------------------------------------------------------------------------------------


@pytest.fixture
def scene(constants):
    """A donor in the first of three parks, and three tenants in each who could take what it gives, 0, 5 and 30 km away."""
    model = EIPModel("no-eip-policy", tiny_world(4, n_parks=3), 1)
    model.step()
    made = model.state.exchanges.scene
    made = made._replace(types=made.types[:1].copy())
    tenants, kind = made.tenants, made.types
    tenants.year[:] = made.common[0].year  # they are known
    tenants.key[:] = np.arange(100, 112)
    tenants.demand[:], tenants.use[:], tenants.charge[:], tenants.carbon_price[:] = 80.0, 80.0, 0.0, 0.0
    made.common[0].transport_cost, made.common[0].rate_of_capital, constants.circuity = 0.02, 0.1, 1.5
    kind.takers[0] = [3, *[-1] * (kind.takers.shape[1] - 1)]
    kind.demand, kind.displaced, kind.demand_share, kind.piped, kind.longest_km = WATER, 1.0, 1.0, False, np.inf
    kind.opex, kind.loss_per_km, kind.stream, kind.in_park, kind.external = 0.0, 0.0, NO_POOL, False, False
    members = new_table(12, col.MEMBER_COLUMNS, key=tenants.key, row=np.arange(12), entry_year=2015, exit_year=2050)
    for p in range(3):
        made.sites.first_member[p] = np.where(np.arange(made.sites.first_member.shape[1]) <= 3, 4 * p, 4 * p + 4)
    made.sites.inner_km[:], made.sites.first_near[:], made.sites.end_near[:] = 1.0, [0, 2, 2], [2, 2, 2]
    near = new_table(2, col.NEIGHBOUR_COLUMNS, km=[5.0, 30.0], known=1.0, park=[1, 2])
    asked = new_table(12, col.ASKED_COLUMNS)
    nowhere = np.full((3, 1), -1, dtype=np.int32)
    surveyed = Surveyed(members, near, nowhere, nowhere.astype(float), asked, np.zeros(1, dtype=np.int32))
    exchange = row(
        col.EXCHANGE_COLUMNS, key=5, donor=0, receiver=OUTSIDE, donor_value=2.0, receiver_value=1.0, capex_unit=10.0
    )
    return made._replace(constants=constants), surveyed, exchange


def found(scene, supply=50.0):
    """(whether anybody, receiver, its park, km by road)."""
    made, surveyed, exchange = scene
    anybody = partners.find_receiver(made, surveyed, exchange, supply)
    return bool(anybody), int(exchange.receiver), int(exchange.receiver_park), float(exchange.distance_km)


def test_of_two_who_are_as_good_the_larger_key_is_taken(scene):
    assert found(scene) == (True, 3, 0, 1.5)
    scene[0].tenants.key[1] = 999
    assert found(scene) == (True, 1, 0, 1.5)


def test_who_takes_most_is_taken_and_who_can_take_nothing_never(scene):
    scene[0].tenants.demand[1:4, WATER] = [10.0, 40.0, 0.0]
    assert found(scene) == (True, 2, 0, 1.5)
    scene[0].tenants.demand[:, WATER] = 0.0
    assert found(scene)[:2] == (False, OUTSIDE)


def test_neighbours_are_asked_only_where_nobody_in_the_park_makes_it_worth_while(scene):
    made, surveyed, _ = scene
    made.tenants.demand[1:4, WATER] = 0.0
    assert found(scene) == (True, 7, 1, 7.5)
    made.tenants.demand[4:8, WATER] = 0.0
    made.tenants.demand[11, WATER] = 30.0
    assert found(scene) == (True, 10, 2, 45.0)  # who takes more
    made.types.longest_km[0] = 29.0
    assert found(scene)[0] is False
    made.types.longest_km[0] = 30.0
    assert found(scene)[0] is True
    surveyed.near.known[1] = 0.0
    assert found(scene)[0] is False  # they do not know one another


def test_a_partner_outside_is_taken_where_it_is_worth_more_than_a_loss_within(scene):
    made, _, exchange = scene
    kind = made.types[0]
    exchange.donor_value, exchange.receiver_value = 0.5, 0.2  # 0.7 a unit, less 0.03 of way and 1.0 of capital
    assert found(scene)[:3] == (True, 3, 0)  # the best of all, though a loss
    kind.external, kind.external_limit, kind.central_km, kind.farthest_km, kind.distance_sigma = (
        True,
        5.0,
        1.5,
        99.0,
        0.0,
    )
    assert found(scene) == (True, OUTSIDE, 0, 1.5)  # a smaller loss
    kind.external_limit = 500.0
    assert found(scene) == (True, 3, 0, 1.5)  # no smaller one
    kind.external_limit = 0.0
    assert found(scene)[1] == 3
    exchange.donor_value, kind.external_limit = 5.0, 500.0
    assert found(scene)[1] == 3  # it pays within the park


def test_nobody_within_takes_what_only_partners_outside_may(scene):
    made, _, _ = scene
    made.types.takers[0, 0] = -1
    assert found(scene)[0] is False
    kind = made.types[0]
    kind.external, kind.external_limit, kind.central_km, kind.farthest_km, kind.distance_sigma = (
        True,
        50.0,
        12.0,
        99.0,
        0.0,
    )
    assert found(scene) == (True, OUTSIDE, 0, 12.0)
    kind.farthest_km = 9.0
    assert found(scene)[3] == 9.0


@pytest.mark.parametrize(
    ("z", "expected"), [(0.0, 5.0), (1.2815515655446004, 9.0), (-1.2815515655446004, 3.0), (-10.0, 0.0)]
)
def test_a_value_lies_between_its_percentiles(z, expected):
    assert partners.between(np.array([3.0, 5.0, 9.0]), z) == pytest.approx(expected)
    assert partners.between(np.array([-3.0, 5.0, 9.0]), -10.0) == -3.0


def test_no_project_is_absurd():
    assert [partners.limited(z) for z in (-9.0, -2.0, 0.5, 2.0, 9.0)] == [-2.0, -2.0, 0.5, 2.0, 2.0]


def test_only_heat_is_lost_on_its_way_through_a_pipe():
    types = catalogue.read_exchange_types()
    units = np.array([unit.split()[-1] for unit in types.units])
    heat = types.types.piped & np.isin(units, ["steam", "GJ"])
    assert heat.sum() == 3
    assert (types.types.loss_per_km[heat] > 0.0).all()
    assert (types.types.loss_per_km[~heat] == 0.0).all()
    assert (types.types.longest_km[types.types.piped] < np.inf).all()
    assert (types.types.longest_km[~types.types.piped] == np.inf).all()
