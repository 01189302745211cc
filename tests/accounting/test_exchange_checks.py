"""What is checked of exchanges every year, on a few firms of two parks: whatever is broken by hand is told, and nothing else."""

from itertools import product

import numpy as np
import pytest
from helpers import tenants_of

from eipsim.agents.firm.stock import ENERGY_MANAGEMENT
from eipsim.errors import ConservationError
from eipsim.exchanges import columns as col
from eipsim.exchanges import worth
from eipsim.exchanges.catalogue import N_POOLS, NO_DEMAND
from eipsim.exchanges.checks import (
    GIVEN,
    GIVES,
    LEFT,
    NOT_THE_SUM,
    PAIRS,
    TAKES,
    breach_of_parks,
    check_exchanges,
    displaced_units,
    find_breach,
    has,
    uses_of,
)
from eipsim.exchanges.columns import OPERATING, OUTSIDE
from eipsim.exchanges.parks import symbiosis_of_parks
from eipsim.infrastructure import tables
from eipsim.market import books as accounts
from eipsim.market import uses
from eipsim.model.model import EIPModel

YEAR = 2018
# Everything is found and agreed at once, and lawful; whatever is thrown away costs.
OPEN = {
    "levers.symbiosis_screening": 1.0, "exchanges.screening_probability": 0.9, "exchanges.negotiation_rate": 1.0,
    "levers.licence_months_factor": 0.0, "exchanges.least_value_usd": 0.0, "exchanges.transaction_cost_usd": 10.0,
    "exchanges.management_cost_usd": 1.0, "levers.waste_reuse_reform": 1.0, "levers.wastewater_reuse_reform": 1.0,
    "levers.hazardous_reuse_reform": 1.0, "levers.landfill_charge_usd_t": 40.0, "levers.wastewater_charge_usd_m3": 0.3,
}  # fmt: skip
FUEL = [accounts.USED + k for k in (uses.COAL_DIESEL, uses.DEAR_FUEL, uses.BIOMASS)]


@pytest.fixture
def model():
    model = EIPModel("no-eip-policy", tenants_of(), 11, settings=OPEN)
    while model.year < YEAR:
        model.step()
    return model


def served(model):
    """Flows of parks after shared infrastructure, on which exchanges draw."""
    books, shared = model.state.books.flows, model.state.infrastructure.flows
    return tables.net_of_infrastructure(books, shared, model.state.market.drivers.grid_factor[YEAR - 2015])


def found(model):
    """What is found broken: (what, place, moved, there)."""
    x = model.state.exchanges
    return find_breach(x.scene, x.table, x.live, x.partners, x.flows, served(model))


def at_work(model):
    """The rows of exchanges in operation that move something, largest first."""
    table = model.state.exchanges.table
    rows = model.state.exchanges.operating
    rows = rows[table.quantity[rows] > 0.0]
    return rows[np.argsort(-table.quantity[rows])]


def test_a_year_in_which_everything_holds_is_found_so(model):
    assert at_work(model).size > 10
    assert found(model)[0] == 0
    check_exchanges(model.state.exchanges, model.world, model.this_year, served(model))


# ---- parks -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", range(len(PAIRS)))
def test_a_park_may_give_of_each_stream_what_it_has_and_no_more(stream):
    given, there = PAIRS[stream]
    flows, has_this_year = np.zeros((3, len(col.EXCHANGE_FLOWS))), np.zeros((3, len(accounts.FLOWS)))
    has_this_year[1, there] = 1e6
    for one in FUEL if there in FUEL else ():
        has_this_year[1, one] = 1e6 + one  # another amount of each fuel
    limit = has_this_year[1, FUEL].sum() if there in FUEL else 1e6
    for moved in (0.0, 1.0, limit, limit * (1.0 + 5e-10)):
        flows[1, given] = moved
        assert breach_of_parks(flows, has_this_year)[0] == 0
    for moved in (limit * (1.0 + 2e-9), 2.0 * limit, -1e-3):
        flows[1, given] = moved
        assert breach_of_parks(flows, has_this_year) == (stream + 1, 1, moved, limit)


def test_the_first_park_and_stream_that_are_broken_are_told(model):
    flows = model.state.exchanges.flows
    flows[1, col.F_WATER], flows[1, col.F_WASTE] = -1.0, 1e15
    with pytest.raises(ConservationError, match=f"{YEAR}: exchanges of ordinary waste in park row 1: 1e\\+15 of "):
        check_exchanges(model.state.exchanges, model.world, model.this_year, served(model))
    flows[0, col.F_WATER] = -2.0
    assert list(GIVEN)[found(model)[0] - 1] == "water"
    assert found(model)[1:3] == (0, -2.0)


# ---- exchanges -------------------------------------------------------------------------------------------------------------


BROKEN = (
    ("quantity", -1.0, "an exchange is negative"),
    ("licensed_year", 0, "without what the law asks for"),
    ("licensed_year", YEAR + 1, "without what the law asks for"),
)


def test_one_exchange_that_may_not_be_is_enough(model):
    table = model.state.exchanges.table
    for column, value, message in BROKEN:
        for row in at_work(model)[[0, -1]]:
            kept = table[column][row]
            table[column][row] = value
            with pytest.raises(ConservationError, match=message):
                check_exchanges(model.state.exchanges, model.world, model.this_year, served(model))
            table[column][row] = kept
    table.licensed_year[at_work(model)[0]] = YEAR
    assert found(model)[0] == 0


def test_both_partners_must_be_there_in_the_year(model):
    table, tenants = model.state.exchanges.table, model.state.exchanges.scene.tenants
    for side in ("donor", "receiver"):
        firm = next(table[side][row] for row in at_work(model) if table[side][row] != OUTSIDE)
        for column, value in (("exit_year", YEAR), ("entry_year", YEAR + 1)):
            kept = tenants[column][firm]
            tenants[column][firm] = value
            with pytest.raises(ConservationError, match="after a partner has left"):
                check_exchanges(model.state.exchanges, model.world, model.this_year, served(model))
            assert found(model) == (LEFT, 0, 0.0, 0.0)
            tenants[column][firm] = kept
        tenants.exit_year[firm], tenants.entry_year[firm] = YEAR + 1, YEAR
        assert found(model)[0] == 0


def test_what_a_park_gives_is_the_sum_of_its_exchanges(model):
    flows = model.state.exchanges.flows
    for stream, park in product((col.F_WASTE, col.F_HAZARDOUS, col.F_WASTEWATER), (0, 1)):
        told = flows[park, stream]
        for wrong in (told + 1e-3, told - 1e-3) if told else (1e-3,):
            flows[park, stream] = wrong
            with pytest.raises(
                ConservationError, match=f"{col.EXCHANGE_FLOWS[stream]} is not the sum of its exchanges"
            ):
                check_exchanges(model.state.exchanges, model.world, model.this_year, served(model))
            assert found(model) == (NOT_THE_SUM, stream, 0.0, 0.0)
        flows[park, stream] = told * (1.0 + 5e-10)
        assert found(model)[0] == 0


# ---- firms -----------------------------------------------------------------------------------------------------------------


def amounts(model):
    """What every firm gives of each stream [firm, stream] and is given of each demand [firm, demand] in its exchanges."""
    x, n = model.state.exchanges, model.world.n_firms
    e, kinds = x.table[at_work(model)], x.types.types
    given, taken = np.zeros((n, N_POOLS)), np.zeros((n, NO_DEMAND))
    pools = (e.donor != OUTSIDE) & (kinds.stream[e.kind] < N_POOLS)
    np.add.at(given, (e.donor[pools], kinds.stream[e.kind][pools]), (e.quantity * kinds.drawn[e.kind])[pools])
    wanted = (e.receiver != OUTSIDE) & (kinds.demand[e.kind] != NO_DEMAND)
    np.add.at(
        taken, (e.receiver[wanted], kinds.demand[e.kind][wanted]), (e.quantity * displaced_units(e, kinds))[wanted]
    )
    return given, taken


def test_firms_give_and_take_within_what_they_have_and_use(model):
    given, taken = amounts(model)
    scene, n = model.state.exchanges.scene, model.world.n_firms
    assert (given > 0.0).any(axis=0).sum() >= 2
    assert (taken > 0.0).any(axis=0).sum() >= 2
    there = np.array([[has(scene, i, stream) for stream in range(N_POOLS)] for i in range(n)])
    used = np.array([[uses_of(scene, i, demand) for demand in range(NO_DEMAND)] for i in range(n)])
    assert (given <= there * (1.0 + 1e-9)).all()
    assert (taken <= used * (1.0 + 1e-9)).all()
    f, c, level = model.state.firms, scene.constants, [level_of(scene, i) for i in range(n)]
    ratio = model.this_year.prices.wastewater_ratio[f.sector]
    fuel = f.use[:, [uses.COAL_DIESEL, uses.DEAR_FUEL, uses.BIOMASS]].sum(axis=1) * level
    # nothing is served by shared systems here, and nothing moves with prices
    np.testing.assert_allclose(there[:, 0], fuel * c.recoverable_heat_share, rtol=1e-12)
    np.testing.assert_allclose(there[:, 1], f.use[:, uses.WASTE] * level, rtol=1e-12)
    np.testing.assert_allclose(there[:, 2], f.use[:, uses.HAZARDOUS] * level, rtol=1e-12)
    np.testing.assert_allclose(there[:, 3], f.use[:, uses.WATER] * level * ratio, rtol=1e-12)
    np.testing.assert_allclose(
        used, np.stack([fuel, f.use[:, uses.WATER] * level, f.use[:, uses.MATERIAL] * level], axis=1)
    )


def level_of(scene, i):
    tenant = scene.tenants[i]
    return scene.rates[scene.sites[tenant.park].zone, tenant.price_row].level


def test_a_firm_that_gives_more_than_it_has_is_told_with_what_it_gives(model):
    given, _ = amounts(model)
    columns = {1: uses.WASTE, 3: uses.WATER}  # of the streams of waste and wastewater
    for stream in np.flatnonzero((given > 0.0).any(axis=0)):
        if stream not in columns:
            continue
        firm, column = int(given[:, stream].argmax()), columns[stream]
        kept = model.state.firms.use[firm, column]
        model.state.firms.use[firm, column] = 1e-6
        what, who, moved, there = found(model)
        assert (what, who) == (GIVES, firm)
        assert moved == pytest.approx(given[firm, stream], rel=1e-9)
        assert there == pytest.approx(has(model.state.exchanges.scene, firm, stream))
        with pytest.raises(ConservationError, match=f"{model.world.firm_id(firm)} gives .* in exchanges"):
            check_exchanges(model.state.exchanges, model.world, model.this_year, served(model))
        model.state.firms.use[firm, column] = kept


def test_a_firm_that_is_given_a_little_more_than_it_uses_is_told_too(model):
    x, f = model.state.exchanges, model.state.firms
    _, taken = amounts(model)
    firm = int(taken[:, worth.FUEL_DEMAND].argmax())
    used, most = uses_of(x.scene, firm, worth.FUEL_DEMAND), taken[firm, worth.FUEL_DEMAND]
    assert 0.0 < most <= used
    f.use[firm, [uses.COAL_DIESEL, uses.DEAR_FUEL, uses.BIOMASS]] *= most / used * 0.99
    what, who, moved, there = found(model)
    assert (what, who) == (TAKES, firm)
    assert (moved, there) == (pytest.approx(most, rel=1e-9), pytest.approx(0.99 * most, rel=1e-9))
    with pytest.raises(ConservationError, match=r"takes .* in exchanges"):
        check_exchanges(x, model.world, model.this_year, served(model))


def test_only_what_operates_is_counted(model):
    table = model.state.exchanges.table
    rows = at_work(model)
    assert (table.state[rows] == OPERATING).all()
    table.state[rows] = col.ENDED
    model.state.exchanges.flows[:] = 0.0
    assert found(model)[0] == 0


# ---- links -----------------------------------------------------------------------------------------------------------------


def test_links_are_those_of_exchanges_in_operation_and_users_are_counted_once_in_every_year(model):
    x, f = model.state.exchanges, model.state.firms
    table, parks = x.table, range(model.world.n_parks)
    f.violation_year[:] = np.arange(f.size) % 3 * 2010
    f.installed_bits[: f.size // 2] |= 1 << ENERGY_MANAGEMENT
    only_receives, only_looks = 4, 9
    for side in (table.donor, table.receiver):
        table.state[x.live[side[x.live] == only_looks]] = col.IDENTIFIED
    table.donor[x.live[table.donor[x.live] == only_receives]] = 5
    live = [table[row] for row in x.live]
    working = [e for e in live if e.state == OPERATING]

    def has_iso(e):
        return all(i == OUTSIDE or f.installed_bits[i] >> ENERGY_MANAGEMENT & 1 for i in (e.donor, e.receiver))

    def last(e):
        return max(0 if i == OUTSIDE else f.violation_year[i] for i in (e.donor, e.receiver))

    of_park = [[e for e in working if p in (e.donor_park, e.receiver_park)] for p in parks]
    partners = {
        i
        for e in live
        if e.state in (OPERATING, col.NEGOTIATING, col.FEASIBLE)
        for i in (e.donor, e.receiver)
        if i != OUTSIDE
    }
    assert only_receives in {e.receiver for e in working} - {e.donor for e in live}
    assert only_looks not in partners
    assert any(has_iso(e) for e in working)
    assert not all(has_iso(e) for e in working)
    for _ in range(2):
        links = symbiosis_of_parks(model.state, model.this_year)
        assert links.links.tolist() == [len(es) for es in of_park]
        assert links.certified.tolist() == [sum(map(has_iso, es)) for es in of_park]
        assert links.users.tolist() == [sum(f.park[i] == p for i in partners) for p in parks]
        assert links.cleanest.tolist() == [min((last(e) for e in es if has_iso(e)), default=0) for es in of_park]
