"""Shared infrastructure: what operators build, who connects, what it delivers, and where the money goes."""

from itertools import pairwise
from unittest.mock import patch

import numpy as np
import pytest
from helpers import differences, tiny_world
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from eipsim.agents.firm.year import SOLAR
from eipsim.core.years import NEVER
from eipsim.data.loading import read_facts
from eipsim.errors import ConservationError
from eipsim.exchanges.parks import symbiosis_of_parks
from eipsim.infrastructure.checks import check_services
from eipsim.infrastructure.columns import FLOW, FLOWS
from eipsim.infrastructure.items import (
    N_ITEMS,
    PLANT,
    POINTS,
    build_items,
    item_labels,
    item_names,
    item_number,
    item_value,
    legal_terms,
)
from eipsim.infrastructure.tables import net_of_infrastructure
from eipsim.market import books as ac
from eipsim.market.uses import BIOMASS, COAL_DIESEL, ELECTRICITY, WASTE, WATER
from eipsim.model.model import EIPModel
from eipsim.rules.infrastructure import connects, grant_element, net_present_value, served_share
from eipsim.rules.investment import annuity

PACKAGE = {
    "levers.infrastructure_cofunding": 0.6, "levers.infrastructure_soft_loan": 0.5, "levers.solar_rules": 1.0,
    "levers.wastewater_reuse_reform": 1.0, "levers.waste_reuse_reform": 1.0,
    "operators.infrastructure_rate_alone": 0.3, "operators.commitment_base_rate": 0.2, "levers.landfill_charge_usd_t": 20.0,
    "levers.wastewater_charge_usd_m3": 0.3, "levers.carbon_price": 20.0, "levers.carbon_threshold_toe": 0.0,
}  # fmt: skip


def stepped(settings=None, scenario="no-eip-policy", world="pilot-parks", seed=3, to=2050):
    """The model stepped to a year, and after every year (flows of infrastructure, table of systems)."""
    model, years = EIPModel(scenario, world, seed, settings=settings or {}), []
    while model.year < to:
        model.step()
        years.append((model.state.infrastructure.flows.copy(), model.state.infrastructure.systems.copy()))
    return model, years


@pytest.fixture(scope="module")
def package():
    return stepped(PACKAGE)


# ---- limit cases with known answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("hurdle", [0.05, 0.12, 0.3])
@pytest.mark.parametrize("lifetime", [1.0, 10.0, 25.0])
def test_npv_is_zero_when_the_benefit_is_the_annuity_of_the_capital(hurdle, lifetime):
    benefit = 1e6 / annuity(hurdle, lifetime)
    value = net_present_value(benefit, 1e6, lifetime, hurdle, 0.0, 0.0, 0.3)
    assert value == pytest.approx(0.0, abs=1e-6)
    assert net_present_value(0.6 * benefit, 1e6, lifetime, hurdle, 0.4, 0.0, 0.3) == pytest.approx(0.0, abs=1e-6)
    assert net_present_value(0.0, 1e6, lifetime, hurdle, 0.0, 0.0, 0.3) == -1e6


def test_npv_at_the_central_hurdle_by_hand():
    """100 a year for 20 years at 12 % is worth 746.94 (textbook annuity factor 7.4694)."""
    assert net_present_value(100.0, 500.0, 20.0, 0.12, 0.0, 0.0, 0.3) == pytest.approx(246.944, abs=1e-3)


def test_a_soft_loan_at_the_market_rate_is_worth_nothing_and_a_free_one_is_the_loan_less_its_repayments():
    assert grant_element(0.12, 0.12, 10.0) == 0.0
    assert grant_element(0.12, 0.2, 10.0) == 0.0  # nobody takes a dearer loan
    assert grant_element(0.12, 1e-9, 10.0) == pytest.approx(1.0 - 0.1 * annuity(0.12, 10.0), rel=1e-6)


@given(
    st.floats(0.0, 1e6), st.floats(1.0, 1e8), st.floats(1.0, 40.0), st.floats(0.01, 1.0), st.floats(0.0, 0.9),
    st.floats(0.0, 1.0), st.floats(0.0, 0.9), st.floats(0.0, 1.0),
)  # fmt: skip
def test_npv_rises_with_grant_and_loan(benefit, capital, life, hurdle, grant, loan, more_grant, more_loan):
    gift = grant_element(hurdle, 0.04, 10.0)
    value = net_present_value(benefit, capital, life, hurdle, grant, loan, gift)
    slack = 1e-9 * capital
    assert net_present_value(benefit, capital, life, hurdle, max(grant, more_grant), loan, gift) >= value - slack
    assert net_present_value(benefit, capital, life, hurdle, grant, max(loan, more_loan), gift) >= value - slack


@given(st.floats(0.0, 1e9), st.floats(0.0, 1e9))
def test_nobody_gets_more_than_asked_and_all_together_no_more_than_the_capacity(capacity, demand):
    share = served_share(capacity, demand)
    assert 0.0 <= share <= 1.0
    assert share * demand <= capacity * (1.0 + 1e-12) + 1e-300  # the smallest numbers have no twelve digits


def test_a_tenant_connects_when_its_saving_repays_the_connection_at_its_hurdle_rate():
    items, c = items_of_viet_nam(), constants()
    fire = items[item_number("fire-service")]
    assert fire.years_worth == pytest.approx((1.0 - (1.0 + c.hurdle_rate) ** -20.0) / c.hurdle_rate)
    limit = 1000.0 * fire.years_worth
    assert connects(1000.0, limit * 0.999, fire.years_worth)
    assert not connects(1000.0, limit * 1.001, fire.years_worth)
    assert not connects(-1.0, 0.0, fire.years_worth)


# ---- the tables ------------------------------------------------------------------------------------------------------


def test_every_figure_of_the_items_has_range_status_and_a_place():
    table = read_facts("infrastructure_items")
    low, central, high = (table[column].astype(float) for column in ("low", "central", "high"))
    assert ((low <= central) & (central <= high)).all()
    assert set(table["status"]) <= {"sourced", "derived", "assumed"}
    assert (table["unit"] != "").all()
    named = set(item_names()) | {"steam"}
    assert set(table["item"]) == named
    known = set(items_of_viet_nam().dtype.names) | {f"{p}_points" for p in POINTS}
    assert set(table["parameter"]) <= known | {"roof_share", "fuel_per_tonne"}
    assert len(set(item_labels())) == N_ITEMS


def test_every_row_of_infrastructure_costs_and_every_exchange_of_that_kind_has_its_item():
    keys = read_facts("infrastructure_keys")
    exchanges = read_facts("is_exchange_keys")
    wanted = set(exchanges[exchanges["kind"] == "infrastructure"]["is_id"])
    assert set(";".join(keys["exchange_ids"]).split(";")) - {""} == wanted
    built_from = {"INF1", "INF4", "INF5", "INF6", "INF7", "INF8", "INF10", "INF11", "INF12"}
    assert set(keys["cost_row"]) - {""} == built_from  # INF2, INF3, INF9 are fees


def constants():
    return EIPModel("no-eip-policy", tiny_world(1)).state.market.constants


def items_of_viet_nam():
    world = tiny_world(1)
    return build_items(constants(), world.sectors, world.tables)


def test_capital_comes_in_usd_per_yearly_unit():
    items = items_of_viet_nam()
    plant, boiler, solar = (items[item_number(n)] for n in ("wastewater-plant", "biomass-steam", "solar-fleet"))
    assert plant.capital == pytest.approx(904.0 / 330.0)
    assert boiler.capital == pytest.approx(140_000.0 / 5000.0)
    assert solar.capital == pytest.approx(500.0 / 1.215)
    assert items[item_number("fire-service")].fixed_capital == 700_000.0


def test_a_reform_gives_reuse_the_terms_of_class_r1():
    items = items_of_viet_nam()
    reuse, fire = items[item_number("irrigation-reuse")], items[item_number("fire-service")]
    assert reuse.refusal.tolist() == [legal_terms("R2")[2], legal_terms("R1")[2]] == [0.7, 0.05]
    assert fire.refusal[0] == fire.refusal[1]  # no reform concerns it


# ---- what operators build --------------------------------------------------------------------------------------------


def test_most_items_are_built_somewhere_and_what_never_pays_is_not(package):
    model, _ = package
    built = {
        item_names()[k]
        for k in set(model.state.infrastructure.systems.kind[model.state.infrastructure.systems.decided_year > 0])
    }
    assert {
        "irrigation-reuse",
        "sludge-reuse",
        "steam-network",
        "solar-fleet",
        "waste-hub",
        "fire-service",
        "logistics",
    } <= built
    nothing = stepped(PACKAGE | {"operators.tariff_factor": 0.0})[0].state.infrastructure.systems
    paid_by_tariff = [item_number(n) for n in ("solar-fleet", "fire-service", "logistics", "steam-network")]
    assert (nothing.decided_year[np.isin(nothing.kind, paid_by_tariff)] == 0).all()


def decisions(settings, **more):
    """First year of decision of every system [parks x items]; 9999 = never."""
    model, years = stepped(PACKAGE | settings, **more)
    first = np.full(len(model.state.infrastructure.systems), 9999)
    for _, table in years:
        first = np.minimum(first, np.where(table.decided_year > 0, table.decided_year.astype(int), 9999))
    return first


def test_public_studies_never_build_later_or_less_and_are_paid_for_by_park():
    paths = [decisions({"levers.infrastructure_studies": share}, to=2030) for share in (0.0, 0.2, 1.0)]
    for less, more in pairwise(paths):
        assert (more <= less).all()
    assert (paths[-1] < paths[0]).sum() > 3
    unwilling = {"operators.operator_hurdle_rate": 0.5}  # so that studies are all that is paid
    studied, plain = (
        EIPModel("no-eip-policy", "pilot-parks", 3, settings=unwilling | more, years=(2015, 2020)).run()
        for more in ({"levers.infrastructure_studies": {"value": 0.5, "from": 2020}}, {})
    )
    spent = (studied.outcomes - plain.outcomes).public_spending_usd[2020]
    assert spent == 0.5 * studied.parameters["operators.study_cost_usd"] * plain.outcomes.parks_operating[2020]


def test_more_cofunding_never_builds_later_or_less_system_by_system():
    paths = [decisions({"levers.infrastructure_cofunding": share}, to=2030) for share in (0.0, 0.2, 0.4, 0.6, 0.9)]
    for less, more in pairwise(paths):
        assert (more <= less).all()
    assert (paths[-1] < paths[0]).sum() > 3


def test_softer_loans_never_build_later_or_less_system_by_system():
    paths = [decisions({"levers.infrastructure_soft_loan": share}, to=2030) for share in (0.0, 0.5, 1.0)]
    for less, more in pairwise(paths):
        assert (more <= less).all()
    assert (paths[-1] < paths[0]).any()


def test_a_higher_hurdle_never_builds_sooner():
    low, high = (decisions({"operators.operator_hurdle_rate": rate}, to=2030) for rate in (0.08, 0.3))
    assert (high >= low).all()
    assert (high > low).any()


def test_operators_that_never_study_build_nothing_and_the_year_is_that_of_no_infrastructure():
    never = {"operators.infrastructure_rate": 0.0, "operators.infrastructure_rate_alone": 0.0}
    never |= {"operators.certificate_budget_share": 0.0}  # nor do they commission studies for the certificate
    model, years = stepped(never, scenario="baseline")
    assert all((flows == 0.0).all() for flows, _ in years)
    assert (model.outcomes[["shared_infrastructure", "operator_revenue_usd"]] == 0.0).all().all()
    assert not model.state.infrastructure.services.connected.any()
    np.testing.assert_array_equal(model.state.operators.points, 0.0)


def test_reuse_of_wastewater_waits_for_its_licence_and_the_reform_opens_it():
    """With refusals certain nothing with a gate is built; under the reform it is."""
    item = item_number("irrigation-reuse")

    def built(reform):
        model, _ = stepped(PACKAGE | {"levers.wastewater_reuse_reform": reform}, to=2035)
        systems = model.state.infrastructure.systems[item::N_ITEMS]
        return (systems.decided_year > 0).sum(), (systems.refused_year > 0).sum()

    closed, opened = built(0.0), built(1.0)
    assert opened[0] > closed[0]
    assert opened[1] < closed[1]


def test_a_system_operates_no_sooner_than_its_licence_allows(package):
    _, years = package
    solar = item_number("solar-fleet")
    months = legal_terms("R1")[0]  # under the solar rules of the package
    for _, table in years:
        rows = table[solar::N_ITEMS]
        new = (rows.decided_year > 0) & (rows.built_year > 0)
        assert (rows.ready_year[new] >= rows.decided_year[new] + int(0.5 + months / 12.0)).all()
    slow, _ = stepped(PACKAGE | {"levers.solar_rules": 0.0})
    rows = slow.state.infrastructure.systems[solar::N_ITEMS]
    first = (rows.built_year > 0) & (rows.ready_year == rows.built_year)
    assert (rows.built_year[first] > 0).all()


def test_what_needs_a_wastewater_plant_is_built_only_where_one_stands():
    plants = PACKAGE | {"operators.plant_share": 0.0, "levers.infrastructure_cofunding": 0.0}
    table = stepped(plants)[0].state.infrastructure.systems
    without = np.flatnonzero(table.built_year[PLANT::N_ITEMS] == 0)
    assert without.size > 3
    for name in ("irrigation-reuse", "process-water-reuse", "sludge-reuse"):
        assert (table.decided_year[item_number(name) :: N_ITEMS][without] == 0).all()


def test_a_park_born_eco_pays_less_and_studies_with_full_effort():
    world = tiny_world(40, 6, established=2018, entry=2018)
    born, plain = (
        stepped({"levers.eip_duty": duty, "operators.infrastructure_rate": 0.6}, world=world)[0] for duty in (1.0, 0.0)
    )
    assert (born.state.infrastructure.terms.cost_factor == 0.8).all()
    assert (plain.state.infrastructure.terms.cost_factor == 1.0).all()
    assert born.shared_infrastructure > plain.shared_infrastructure


# ---- what systems do -------------------------------------------------------------------------------------------------


def test_nothing_is_negative_and_no_capacity_is_exceeded_in_any_year(package):
    _, years = package
    for flows, table in years:
        assert (flows >= 0.0).all()
        for column in ("capacity", "used", "demand", "ordered", "standing", "capital", "grant", "tariff", "connected"):
            assert (table[column] >= 0).all(), column
        assert (table.used <= table.capacity * (1.0 + 1e-9)).all()
        assert (table.used <= np.maximum(table.demand, 0.0) * (1.0 + 1e-9)).all()


def test_no_firm_is_given_more_than_it_uses_or_loses_more_than_it_has(package):
    model, _ = package
    use, s, rows = (
        model.state.firms.use * model.this_year.prices.intensity,
        model.state.infrastructure.services,
        model.rows_alive(),
    )
    assert (s.electricity <= use[:, ELECTRICITY])[rows].all()
    assert (s.water <= use[:, WATER])[rows].all()
    assert (s.waste <= use[:, WASTE])[rows].all()
    assert (s.fuel <= use[:, 1:4] * (1.0 + 1e-12))[rows].all()
    served = s.connected[rows] != 0
    assert served.any()
    for name in ("electricity", "water", "waste", "fuel"):
        assert (s[name][rows[served]] > 0.0).any(), name
        assert (s[name][rows[~served]] == 0.0).all(), name


def test_what_firms_get_is_what_parks_book_and_what_parks_book_is_in_the_outcomes(package):
    model, years = package
    flows, s, rows = years[-1][0].sum(axis=0), model.state.infrastructure.services, model.rows_alive()
    assert s.electricity[rows].sum() == pytest.approx(flows[FLOW["solar_mwh"]])
    assert s.water[rows].sum() == pytest.approx(flows[FLOW["water_displaced_m3"]])
    assert s.waste[rows].sum() == pytest.approx(flows[FLOW["waste_taken_t"]])
    assert s.wastewater[rows].sum() == pytest.approx(flows[FLOW["wastewater_reused_m3"]])
    assert s.saving[rows].sum() == pytest.approx(flows[FLOW["tenant_saving_usd"]])
    assert flows[FLOW["solar_mwh"]] > 0.0
    served = net_of_infrastructure(
        model.state.books.flows, model.state.infrastructure.flows, model.state.market.drivers.grid_factor[-1]
    )
    bought = served[:, ac.USED + ELECTRICITY].sum()
    expected = (
        model.state.books.flows[:, ac.USED + ELECTRICITY].sum()
        - flows[FLOW["solar_mwh"]]
        + flows[FLOW["electricity_added_mwh"]]
    )
    assert bought == pytest.approx(expected)
    assert served[:, ac.SCOPE_2].sum() == pytest.approx(bought * model.state.market.drivers.grid_factor[-1])


def test_firms_that_left_are_connected_to_nothing(package):
    model, _ = package
    gone = model.world.firms.exit_year <= model.year
    assert gone.any()
    assert not model.state.infrastructure.services.connected[gone].any()
    for name in ("electricity", "water", "waste", "wastewater", "steam_given", "saving"):
        assert (model.state.infrastructure.services[name][gone] == 0.0).all()


def test_a_firm_with_its_own_panels_is_not_in_the_fleet(package):
    model, _ = package
    own = (model.state.firms.installed_bits >> SOLAR) & 1 == 1
    bit = 1 << item_number("solar-fleet")
    alive = model.alive_mask()
    assert (own & alive).any()
    assert not (model.state.infrastructure.services.connected[own & alive] & bit).any()


def test_steam_and_biomass_together_never_serve_more_than_a_boiler_makes(package):
    model, _ = package
    firms, prices, fuels = model.state.firms, model.this_year.prices, slice(COAL_DIESEL, BIOMASS + 1)
    zone = model.state.surroundings.parks.zone[firms.park]
    operation = prices.operation[zone, firms.price_row, firms.covered + 2 * firms.foreseen][:, fuels]
    fuel = model.state.infrastructure.services.fuel.sum(axis=1)
    output = prices.intensity * prices.growth[firms.price_row]
    burnt = output * (firms.use[:, fuels] * operation).sum(axis=1)
    assert (fuel <= item_value("steam-network", "stream_share") * burnt * (1.0 + 1e-9) + 1e-9)[model.rows_alive()].all()
    assert fuel.sum() > 0.0


def test_a_broken_system_stops_the_run():
    model, _ = stepped(PACKAGE, to=2030)
    infrastructure = model.state.infrastructure
    check_services(infrastructure, model.state.books.flows, model.year)
    row = int(np.flatnonzero(model.state.infrastructure.systems.used > 0.0)[0])
    kept = model.state.infrastructure.systems.used[row]
    model.state.infrastructure.systems.used[row] = 2.0 * model.state.infrastructure.systems.capacity[row]
    with pytest.raises(ConservationError, match="capacity"):
        check_services(infrastructure, model.state.books.flows, model.year)
    model.state.infrastructure.systems.used[row] = kept
    for name, told in (
        ("solar_mwh", "electricity"),
        ("waste_taken_t", "waste"),
        ("wastewater_reused_m3", "wastewater"),
    ):
        before = model.state.infrastructure.flows[0, FLOW[name]]
        model.state.infrastructure.flows[0, FLOW[name]] = 1e15
        with pytest.raises(ConservationError, match=told):
            check_services(infrastructure, model.state.books.flows, model.year)
        model.state.infrastructure.flows[0, FLOW[name]] = -1.0
        with pytest.raises(ConservationError, match=name):
            check_services(infrastructure, model.state.books.flows, model.year)
        model.state.infrastructure.flows[0, FLOW[name]] = before


# ---- money (C3, C7) --------------------------------------------------------------------------------------------------


def test_c3_what_operators_receive_is_what_the_public_pays_to_the_cent_in_every_year():
    model = EIPModel("no-eip-policy", "pilot-parks", 3, settings=PACKAGE)
    paid_in_all = 0
    while model.year < model.last_year:
        model.step()
        paid = int(model.state.regulators.infrastructure.sum())
        assert paid == int(model.state.operators.grants.sum())
        assert paid == round(model.state.infrastructure.flows[:, FLOW["grant_usd"]].sum() * 100)
        assert (model.state.regulators.balance >= 0).all()
        paid_in_all += paid
    assert paid_in_all > 0
    assert paid_in_all == round(model.state.infrastructure.systems.grant.sum() * 100)


def test_c3_a_public_budget_is_never_overspent_and_a_smaller_one_pays_less():
    spent = []
    for budget in (0.0, 1e5, 1e6, 1e13):
        model, total = EIPModel("no-eip-policy", "pilot-parks", 3, settings=PACKAGE), 0
        model = EIPModel(
            "no-eip-policy", "pilot-parks", 3, settings=PACKAGE | {"levers.infrastructure_budget_usd": budget}
        )
        while model.year < 2035:
            model.step()
            assert model.state.regulators.infrastructure.sum() <= budget * 100
            total += int(model.state.regulators.infrastructure.sum())
        spent.append(total)
    assert spent[0] == 0
    assert spent == sorted(spent)
    assert spent[1] > 0


def test_p1_cofunding_without_budget_is_bitwise_no_cofunding():
    without = {name: value for name, value in PACKAGE.items() if "cofunding" not in name and "soft_loan" not in name}
    no_budget = PACKAGE | {"levers.infrastructure_budget_usd": 0.0}
    a, b = (EIPModel("no-eip-policy", "pilot-parks", 3, settings=s).run() for s in (without, no_budget))
    assert (b.state.operators.grants == 0).all()
    systems = ("decided_year", "built_year", "capacity", "capital")
    for column in systems:  # what is built is what is worth it without public money
        assert (a.state.infrastructure.systems[column] >= 0).all()
    assert b.state.infrastructure.systems.capital.sum() == pytest.approx(
        a.state.infrastructure.systems.capital.sum(), rel=0.35
    )


def test_c7_tariffs_grants_and_charges_cancel_in_the_social_total(package):
    """What all gain together is real: resources spared less resources spent, whatever the tariff and the grant are."""
    model, years = package
    for flows, _ in years:
        of = dict(zip(FLOWS, flows.sum(axis=0)))
        tenants = of["tenant_saving_usd"] - of["connection_usd"]
        operators = of["tariff_usd"] + of["other_income_usd"] - of["running_usd"] - of["licence_usd"]
        operators -= of["capital_usd"] - of["grant_usd"]
        public = -of["grant_usd"] - of["carbon_avoided_usd"] - of["charges_avoided_usd"]
        spared = of["tenant_saving_usd"] + of["tariff_usd"] - of["carbon_avoided_usd"]
        real = spared + of["other_income_usd"] - of["charges_avoided_usd"] - of["running_usd"]
        real -= of["capital_usd"] + of["licence_usd"] + of["connection_usd"]
        assert tenants + operators + public == pytest.approx(real, rel=1e-9, abs=1e-3)
    o = model.state.operators
    assert o.revenue.sum() / 100 == pytest.approx(of["tariff_usd"] + of["other_income_usd"], rel=1e-9)
    assert model.operator_revenue_usd == o.revenue.sum() / 100


def test_operators_spend_what_they_build_run_and_ask_licences_for_less_grants(package):
    model, years = package
    flows = years[-1][0]
    own = sum(flows[:, FLOW[n]] for n in ("capital_usd", "running_usd", "licence_usd")) - flows[:, FLOW["grant_usd"]]
    c, o = model.state.market.constants, model.state.operators
    helped = np.maximum(o.in_programme, model.this_year.park_policy.facilitation_grant)
    facilitation = c.facilitation_cost_usd * o.facilitation * (1.0 - helped)
    np.testing.assert_allclose(o.spending / 100, own + facilitation, atol=0.03)


# ---- scores and certificates -----------------------------------------------------------------------------------------


def test_scores_rise_by_the_points_of_what_operates_and_their_ceilings_too(package):
    model, _ = package
    o, items = model.state.operators, model.state.infrastructure.items
    up = (model.state.infrastructure.systems.used > 0.0).reshape(model.world.n_parks, N_ITEMS)
    np.testing.assert_allclose(o.points, up @ items.points)
    assert (o.points_counted <= items.points.sum(axis=0) + 1e-9).all()
    never = {"operators.infrastructure_rate": 0.0, "operators.infrastructure_rate_alone": 0.0}
    without = stepped(PACKAGE | never)[0].state.operators
    assert (o.score >= without.score - 1e-9).all()
    assert (o.score > without.score + 1.0).any()
    assert (o.score <= 100.0).all()


def shared_links(model):
    """What certificates ask of symbiosis, as if nobody exchanged anything."""
    with patch.object(model.state.exchanges, "n_live", 0):
        return symbiosis_of_parks(model.state, model.this_year)


def test_a_system_that_two_tenants_share_counts_as_symbiosis_and_the_plant_of_the_law_does_not(package):
    model, _ = package
    links, certified, _, cleanest = shared_links(model)
    systems = model.state.infrastructure.systems.reshape(model.world.n_parks, N_ITEMS)
    for p in range(model.world.n_parks):
        shared = [
            k for k in range(N_ITEMS) if k != PLANT and systems.built_year[p, k] > 0 and systems.connected[p, k] >= 2
        ]
        owned = [k for k in range(N_ITEMS) if model.state.infrastructure.items.owned[k] and systems.used[p, k] > 0.0]
        assert links[p] == len(shared) + len(owned)
    assert (certified <= links).all()
    assert (cleanest < NEVER).all()
    assert (cleanest[certified == 0] == 0).all()
    counted, _ = stepped(PACKAGE | {"operators.plant_counts": 1.0})
    assert (shared_links(counted).links >= links).all()


def test_a_monitoring_platform_makes_a_park_monitored():
    paid = PACKAGE | {"levers.infrastructure_cofunding": 0.9}
    model, _ = stepped(paid)
    k = item_number("monitoring-platform")
    systems = model.state.infrastructure.systems[k::N_ITEMS]
    has = (systems.used > 0.0) & (systems.built_year < 2050)
    assert has.any()
    assert model.state.operators.monitored[has].all()


# ---- repeatability ---------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_systems_and_another_replicate_gives_others():
    a, b, c = (EIPModel("no-eip-policy", "pilot-parks", 3, settings=PACKAGE, replicate=r).run() for r in (0, 0, 1))
    np.testing.assert_array_equal(a.state.infrastructure.systems, b.state.infrastructure.systems)
    assert differences(a, b) == []
    assert (a.state.infrastructure.systems.decided_year != c.state.infrastructure.systems.decided_year).any()


@examples(max_examples=12, deadline=None)
@given(
    firms=st.integers(1, 30), parks=st.integers(1, 4), sectors=st.lists(st.integers(0, 17), min_size=1, max_size=6),
    cofunding=st.floats(0.0, 0.9), seed=st.integers(0, 1000),
)  # fmt: skip
def test_balances_hold_in_any_small_country(firms, parks, sectors, cofunding, seed):
    """Every run checks its balances each year; here they are checked for random parks under strong policy."""
    world = tiny_world(firms, parks, sectors=sectors)
    model, years = stepped(PACKAGE | {"levers.infrastructure_cofunding": cofunding}, world=world, seed=seed, to=2030)
    for flows, table in years:
        assert (flows >= 0.0).all()
        assert (table.used <= table.capacity * (1.0 + 1e-9)).all()
    assert (model.state.books.net_flows[:, ac.USED : ac.WITHOUT] >= -1e-6).all()
