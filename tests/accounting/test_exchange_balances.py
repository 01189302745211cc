"""Exchanges in the accounts (C1, C6): every tonne, m3 and GJ once, nothing beyond what is there, after the firm's own savings."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from helpers import level_now, tiny_world, used_now
from hypothesis import given, settings
from hypothesis import strategies as st

from eipsim.errors import ConservationError
from eipsim.exchanges import columns as col
from eipsim.exchanges.checks import check_exchanges, displaced_units
from eipsim.exchanges.columns import ENDED, EXCHANGE_FLOWS, OPERATING, OUTSIDE
from eipsim.exchanges.parks import net_of_exchanges
from eipsim.exchanges.scene import Deal
from eipsim.exchanges.worth import reserve
from eipsim.infrastructure import operation as infrastructure
from eipsim.infrastructure.columns import FLOW
from eipsim.infrastructure.tables import net_of_infrastructure
from eipsim.market import books as ac
from eipsim.market import uses
from eipsim.model.model import EIPModel

# Everything is found at once, agreed at once and lawful: exchanges as far as benefit and quantities let them.
OPEN = {
    "levers.symbiosis_screening": 1.0, "exchanges.screening_probability": 0.9, "exchanges.negotiation_rate": 1.0,
    "exchanges.refusal_scale": 0.0, "levers.licence_months_factor": 0.0, "exchanges.least_value_usd": 0.0,
    "exchanges.transaction_cost_usd": 100.0, "exchanges.management_cost_usd": 10.0, "levers.waste_reuse_reform": 1.0,
    "levers.wastewater_reuse_reform": 1.0, "levers.hazardous_reuse_reform": 1.0,
}  # fmt: skip
CHARGES = {"levers.landfill_charge_usd_t": 40.0, "levers.wastewater_charge_usd_m3": 0.3, "levers.carbon_price": 30.0}


def busy(scenario="full-package", world="pilot-parks", until=2035, seed=2, **more):
    model = EIPModel(
        scenario, world, seed, settings=OPEN | CHARGES | {"levers.carbon_threshold_toe": 0.0} | more, detail=True
    )
    while model.year < until:
        model.step()
    return model


@pytest.fixture(scope="module")
def model():
    return busy()


def running(model):
    table = model.state.exchanges.found
    return table[table.state == OPERATING]


def test_many_kinds_of_exchange_operate_in_the_test_world(model):
    e = running(model)
    assert e.size > 200
    assert np.unique(e.kind).size >= 15
    assert (e.donor_park != e.receiver_park).any()


def test_c1_of_every_stream_and_park_generated_is_avoided_plus_exchanged_plus_disposed(model):
    e, types = running(model), model.state.exchanges.types.types
    rows, f = model.rows_alive(), model.state.firms
    level = level_now(model, rows)
    streams = {"waste_t": (uses.WASTE, 1), "hazardous_waste_t": (uses.HAZARDOUS, 2)}
    for outcome, (use, stream) in streams.items():
        generated = np.bincount(f.park[rows], weights=f.stock_use[rows, use] * level, minlength=model.world.n_parks)
        avoided = model.state.books.flows[:, ac.AVOIDED + use]
        mine = (types.stream[e.kind] == stream) & (e.donor != OUTSIDE)
        given_away = np.bincount(
            e.donor_park[mine], weights=e.quantity[mine] * types.drawn[e.kind[mine]], minlength=model.world.n_parks
        )
        diverted = model.state.infrastructure.flows[:, FLOW["waste_diverted_t"]]
        to_hub = diverted if use == uses.WASTE else 0.0
        disposed = model.state.books.net_flows[:, ac.USED + use]
        np.testing.assert_allclose(generated, avoided + given_away + to_hub + disposed, rtol=1e-9, atol=1e-6)
        assert getattr(model, outcome) == pytest.approx(disposed.sum(), rel=1e-12)
        assert given_away.sum() > 0.0
        assert disposed.min() >= 0.0


def test_c1_wastewater_water_and_fuel_close_too(model):
    x = dict(zip(EXCHANGE_FLOWS, model.state.exchanges.flows.T))
    served = net_of_infrastructure(
        model.state.books.flows,
        model.state.infrastructure.flows,
        model.state.market.drivers.grid_factor[model.year - 2015],
    )
    np.testing.assert_allclose(
        served[:, ac.WASTEWATER],
        model.state.books.net_flows[:, ac.WASTEWATER] + x["wastewater_exchanged_m3"],
        rtol=1e-9,
    )
    np.testing.assert_allclose(
        served[:, ac.USED + uses.WATER],
        model.state.books.net_flows[:, ac.USED + uses.WATER] + x["water_displaced_m3"],
        rtol=1e-9,
    )
    by_fuel = x["coal_displaced_gj"] + x["dear_fuel_displaced_gj"] + x["biomass_displaced_gj"]
    np.testing.assert_allclose(by_fuel, x["fuel_displaced_gj"], rtol=1e-9)
    assert x["wastewater_exchanged_m3"].sum() > 0.0 < x["fuel_displaced_gj"].sum()


def test_c6_no_firm_gives_or_takes_more_than_it_has_over_all_its_exchanges(model):
    e, types, f = running(model), model.state.exchanges.types.types, model.state.firms
    use = used_now(model, np.arange(f.size))
    for stream, column in ((1, uses.WASTE), (2, uses.HAZARDOUS)):
        mine = (types.stream[e.kind] == stream) & (e.donor != OUTSIDE)
        given_away = np.bincount(e.donor[mine], weights=(e.quantity * types.drawn[e.kind])[mine], minlength=f.size)
        assert (given_away <= use[:, column] * (1.0 + 1e-9)).all()
    fuel = use[:, [uses.COAL_DIESEL, uses.DEAR_FUEL, uses.BIOMASS]].sum(axis=1)
    mine = (types.demand[e.kind] == 0) & (e.receiver != OUTSIDE)
    taken = np.bincount(e.receiver[mine], weights=(e.quantity * displaced_units(e, types))[mine], minlength=f.size)
    assert (taken <= fuel * (1.0 + 1e-9)).all()
    assert (e.quantity > 0.0).sum() > 100


def test_no_donor_has_two_exchanges_of_one_type_at_once(model):
    e = model.state.exchanges.found
    live = e[e.state != ENDED]
    assert np.unique(live.key).size == live.size


def test_c6_what_a_donor_saves_at_source_cannot_be_exchanged(model):
    """Half of a donor's waste avoided: it gives no more than what is left, in the same year."""
    twin = busy(until=2034)
    e = running(twin)
    mine = (twin.state.exchanges.types.types.stream[e.kind] == 1) & (e.donor != OUTSIDE) & (e.quantity > 0.0)
    donors = np.unique(e.donor[mine])

    deliver = infrastructure.deliver

    def halve(*args):
        twin.state.firms.use[donors, uses.WASTE] *= 0.5
        return deliver(*args)

    with patch("eipsim.model.model.infrastructure.deliver", halve):
        twin.year += 1
        twin.move_drivers()
        twin.let_regulators_act()
        twin.let_operators_act()
        twin.let_firms_learn_and_decide()
        twin.let_parks_exchange()
    for donor in donors[twin.state.exchanges.scene.tenants.exit_year[donors] > twin.year]:
        moved = twin.state.exchanges.found
        moved = moved[(moved.donor == donor) & (twin.state.exchanges.types.types.stream[moved.kind] == 1)]
        (left,) = twin.state.firms.use[donor, uses.WASTE] * level_now(twin, np.array([donor]))
        assert moved.quantity.sum() <= left * (1.0 + 1e-9)
    assert twin.state.exchanges.flows[:, col.F_WASTE].sum() < 0.75 * model_waste(model, 2035)


def model_waste(model, year):
    """t of waste that exchanges moved in a year of a run with detail."""
    types = model.state.exchanges.types.types
    for when, rows, moved in model.detail.exchanges:
        if when == year:
            mine = types.stream[model.state.exchanges.found.kind[rows]] == 1
            return moved[0][mine].sum()
    raise AssertionError(year)


def test_co2_of_exchanges_is_booked_once_by_the_factor_of_the_type_less_transport(model):
    e, types = running(model), model.state.exchanges.types.types
    arrives = np.maximum(0.0, 1.0 - types.loss_per_km[e.kind] * e.distance_km)
    factor = (e.quantity * types.co2[e.kind] * arrives).sum()
    tkm = (e.quantity * e.distance_km)[~types.piped[e.kind]].sum()
    x = model.state.exchanges.flows.sum(axis=0)
    assert x[col.F_TKM] == pytest.approx(tkm, rel=1e-9)
    assert x[col.F_CO2_PARK] + x[col.F_CO2_OUTSIDE] == pytest.approx(factor - 0.09e-3 * tkm, rel=1e-9)
    assert e.co2_t.sum() == pytest.approx(factor - 0.09e-3 * tkm, rel=1e-9)
    assert (model.state.books.net_flows[:, ac.SCOPE_1] >= 0.0).all()
    assert model.co2_avoided_outside_t == pytest.approx(x[col.F_CO2_OUTSIDE], rel=1e-12)
    assert x[col.F_CO2_PARK] > 0.0


def test_c7_charges_and_carbon_that_exchanges_spare_are_not_public_revenue(model):
    x = model.state.exchanges.flows.sum(axis=0)
    assert x[col.F_CHARGES] > 0.0 < x[col.F_CARBON]
    served = net_of_infrastructure(model.state.books.flows, model.state.infrastructure.flows, 0.0)
    lost = served[:, ac.CHARGES_PAID].sum() - model.state.books.net_flows[:, ac.CHARGES_PAID].sum()
    assert lost == pytest.approx(x[col.F_CHARGES], rel=1e-9)
    revenue = (
        model.state.books.net_flows[:, [ac.CARBON_PAID, ac.CHARGES_PAID]].sum()
        + model.state.regulators.fines.sum() / 100.0
    )
    assert model.public_revenue_usd == pytest.approx(revenue, rel=1e-12)


def test_both_sides_gain_from_every_exchange_that_begins(model):
    e = model.state.exchanges.found
    begun = e[(e.operating_year == model.year)]
    assert begun.size > 0
    assert (begun.donor_benefit > 0.0).all()
    assert (begun.receiver_benefit > 0.0).all()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda e, x: e.quantity.__setitem__(slice(None), e.quantity * 1.01), "not the sum"),
        (lambda e, x: e.quantity.__setitem__(0, -1.0), "negative"),
        (lambda e, x: e.licensed_year.__setitem__(slice(None), 0), "law"),
        (lambda e, x: x.__setitem__((0, col.F_WASTE), 1e12), "ordinary waste"),
        (lambda e, x: x.__setitem__((0, col.F_WATER), -1.0), "water"),
    ],
)
def test_a_broken_balance_of_exchanges_stops_the_run(damage, message):
    twin = busy(until=2022)
    served = twin.state.books.flows.copy()
    rows = twin.state.exchanges.operating
    table = twin.state.exchanges.table[rows]
    order = np.argsort(-table.quantity)
    flows = twin.state.exchanges.flows
    damaged = table[order].copy()
    damage(damaged, flows)
    twin.state.exchanges.table[rows[order]] = damaged
    with pytest.raises(ConservationError, match=message):
        check_exchanges(twin.state.exchanges, twin.world, twin.this_year, served)


def test_a_firm_that_gives_more_than_it_has_stops_the_run():
    twin = busy(until=2022)
    e = running(twin)
    donor = e.donor[(e.donor != OUTSIDE) & (twin.state.exchanges.types.types.stream[e.kind] == 1)][0]
    twin.state.firms.use[donor, uses.WASTE] *= 1e-3
    with pytest.raises(ConservationError, match="gives"):
        check_exchanges(twin.state.exchanges, twin.world, twin.this_year, twin.state.books.flows)


def test_an_exchange_with_a_firm_that_has_left_stops_the_run():
    twin = busy(until=2022)
    e = running(twin)
    partner = e.receiver[e.receiver != OUTSIDE][0]
    twin.state.exchanges.scene.tenants.exit_year[partner] = 2022
    with pytest.raises(ConservationError, match="left"):
        check_exchanges(twin.state.exchanges, twin.world, twin.this_year, twin.state.books.flows)


def test_net_flows_are_flows_less_exchanges_and_never_negative():
    flows, exchanged = np.full((2, len(ac.FLOWS)), 10.0), np.zeros((2, len(EXCHANGE_FLOWS)))
    exchanged[0, [col.F_WASTE, col.F_CO2_PARK, col.F_DONOR, col.F_RECEIVER]] = 4.0, 10.0 + 1e-12, 3.0, 2.0
    net = net_of_exchanges(flows, exchanged)
    assert net[0, ac.USED + uses.WASTE] == 6.0
    assert net[0, ac.SCOPE_1] == 0.0
    assert net[0, ac.SAVING] == 15.0
    np.testing.assert_array_equal(net[1], flows[1])


@st.composite
def small_parks(draw):
    """A few parks with firms of random sectors, sizes, entries and exits."""
    n_firms, n_parks = draw(st.integers(2, 12)), draw(st.integers(1, 3))
    n = n_firms * n_parks
    sectors = draw(st.lists(st.integers(0, 17), min_size=n, max_size=n))
    world = tiny_world(n_firms, n_parks, sectors=sectors, employees=draw(st.floats(1.0, 5000.0)))
    scale = np.array(draw(st.lists(st.floats(0.0, 30.0), min_size=n, max_size=n)))
    leave = np.array(draw(st.lists(st.sampled_from([2016, 2018, 2021, 9999]), min_size=n, max_size=n)), dtype=np.int16)
    f = world.firms
    firms = f._replace(
        waste_t=f.waste_t * scale, hazardous_t=f.hazardous_t * scale[::-1], water_m3=f.water_m3 * scale,
        fuel_gj=f.fuel_gj * scale[::-1], exit_year=leave,
    )  # fmt: skip
    return replace(world, firms=firms, digest=f"small {draw(st.integers(0, 10**9))}")


@settings(max_examples=25, deadline=None)
@given(small_parks(), st.integers(0, 5))
def test_balances_hold_in_random_small_parks(world, seed):
    """The run-time checks see every park, firm and exchange of every year; here they must also have had something to see."""
    model = EIPModel("no-eip-policy", world, seed, settings=OPEN | CHARGES | {"exchanges.value_spread": 2.0})
    while model.year < 2024:
        model.step()
        e, types = model.state.exchanges.found, model.state.exchanges.types.types
        assert np.isfinite(model.state.exchanges.flows).all()
        assert (model.state.books.net_flows[:, : ac.WITHOUT] >= 0.0).all()
        assert (e.quantity[e.state != OPERATING] == 0.0).all()
        gone = model.world.firms.exit_year <= model.year
        for side in (e.donor, e.receiver):
            tenants = side != OUTSIDE
            assert (e.state[tenants][gone[side[tenants]]] == ENDED).all()
        tonnes = e.quantity[(e.state == OPERATING) & (types.measure[e.kind] == 0)].sum()
        assert model.exchange_tonnes == pytest.approx(tonnes, rel=1e-9, abs=1e-9)


def test_reserving_twice_leaves_nothing_negative():
    model = busy(until=2020)
    scene = model.state.exchanges.scene
    exchange = model.state.exchanges.table[model.state.exchanges.operating[0]]
    donor, receiver = scene.tenants[exchange.donor], scene.tenants[exchange.receiver]
    here, there = scene.sites[exchange.donor_park], scene.sites[exchange.receiver_park]
    deal = Deal(
        exchange, scene.types[exchange.kind], donor, scene.firms[exchange.donor], receiver, scene.plants[exchange.plant],
        here, there, scene.common[0], scene.constants,
    )  # fmt: skip
    for _ in range(3):
        reserve(deal, 1e12)
    assert (scene.tenants.supply >= 0.0).all()
    assert (scene.tenants.demand >= 0.0).all()
