"""What exchanges and the policies on them must and must not do: P1, P3, P4, P7, P8, the legal gate, exits, S4."""

from dataclasses import replace

import numpy as np
import pytest
from helpers import differences, part_of, same_tables, tiny_world

from eipsim.exchanges.columns import DOES_NOT_PAY, ENDED, NEGOTIATING, OPERATING, OUTSIDE, PARTNER_LEFT, REFUSED
from eipsim.exchanges.tables import exchange_ids
from eipsim.model.model import EIPModel
from eipsim.world import build_world

SCREENED = {"levers.symbiosis_screening": {"value": 1.0, "from": 2018}, "exchanges.screening_probability": 0.2}
WITHOUT_STRENGTH = {
    "a screening of nothing": {"levers.symbiosis_screening": 0.0},
    "reforms of degree zero": {
        "levers.waste_reuse_reform": 0.0, "levers.wastewater_reuse_reform": 0.0, "levers.hazardous_reuse_reform": 0.0,
    },
    "licences as slow as today": {"levers.licence_months_factor": 1.0},
    "a sandbox that allows nothing": {"levers.sandbox": 0.0},
}  # fmt: skip
FROM_2030 = {
    "screening": {"symbiosis_screening": 1.0},
    "waste reform": {"waste_reuse_reform": 1.0},
    "wastewater reform": {"wastewater_reuse_reform": 1.0},
    "hazardous reform": {"hazardous_reuse_reform": 1.0},
    "fast licences": {"licence_months_factor": 0.2},
    "sandbox": {"sandbox": 1.0},
}
SCARCITY = "measures.biomass_price_rise"  # what all burn together moves the price of biomass
# No price of biomass that all make together, and no shared systems: what firms see is no sum over firms in their order.
NOTHING_SUMMED = {SCARCITY: 0.0, "operators.infrastructure_rate": 0.0, "operators.infrastructure_rate_alone": 0.0}
REFORMS = ("waste_reuse_reform", "wastewater_reuse_reform", "hazardous_reuse_reform")
EASY = {
    "exchanges.transaction_cost_usd": 500.0,
    "exchanges.management_cost_usd": 50.0,
    "exchanges.least_value_usd": 100.0,
}


def run(settings=None, until=2036, world="pilot-parks", seed=3, scenario="no-eip-policy", **more):
    model = EIPModel(scenario, world, seed, settings=SCREENED | (settings or {}), **more)
    while model.year < until:
        model.step()
    return model


def changed(a, b):
    """Everything in which two models differ, exchanges included."""
    tables = [f"exchange_table.{name}" for name in same_tables(a.state.exchanges.found, b.state.exchanges.found)]
    return differences(a, b) + tables if a.state.exchanges.n == b.state.exchanges.n else ["n_exchanges"]


@pytest.fixture(scope="module")
def nothing():
    return run()


@pytest.fixture(scope="module")
def easy():
    """Many exchanges, refusals and exits among them."""
    return run(EASY | {"exchanges.screening_probability": 0.6}, until=2040)


@pytest.mark.parametrize("policy", WITHOUT_STRENGTH.values(), ids=WITHOUT_STRENGTH)
def test_p1_a_policy_without_strength_is_bitwise_no_policy(policy):
    plain = EIPModel("no-eip-policy", "pilot-parks", 3, years=(2015, 2036)).run()
    weak = EIPModel("no-eip-policy", "pilot-parks", 3, settings=policy, years=(2015, 2036)).run()
    assert changed(plain, weak) == []
    assert plain.state.exchanges.n > 0


@pytest.mark.parametrize("levers", FROM_2030.values(), ids=FROM_2030)
def test_p4_a_policy_from_2030_leaves_every_year_before_bitwise_unchanged(levers):
    policy = {f"levers.{name}": {"value": value, "from": 2030} for name, value in levers.items()}
    if "symbiosis_screening" in levers:
        policy["levers.symbiosis_screening"] = {2018: 0.5, 2029: 0.5, 2030: 1.0}
    first = SCREENED | EASY | ({"levers.symbiosis_screening": {2018: 0.5}} if "symbiosis_screening" in levers else {})
    a, b = (EIPModel("no-eip-policy", "pilot-parks", 3, settings=first | s) for s in ({}, policy))
    for model in (a, b):
        while model.year < 2029:
            model.step()
    assert changed(a, b) == []
    assert changed(a.run(), b.run()), "the policy does nothing at all: the test shows nothing"


def test_p3_a_policy_in_one_province_leaves_the_others_bitwise_unchanged():
    """Partners in other parks are switched off by a kernel too short to reach them, and what all make of the price of biomass."""
    alone = EASY | {"exchanges.exchange_distance_km": 0.1, "exchanges.sandbox_evidence": 1e9, SCARCITY: 0.0}
    policy = {
        "levers.symbiosis_screening": {"value": 1.0, "provinces": ["Hải Phòng"]},
        "levers.sandbox": {"value": 1.0, "parks": ["P016"]},
    }
    a, b = (
        EIPModel("no-eip-policy", "pilot-parks", 3, settings=alone | s, years=(2015, 2035)).run() for s in ({}, policy)
    )
    park = a.world.park_index("P016")
    others = [m.state.exchanges.found[m.state.exchanges.found.donor_park != park] for m in (a, b)]
    assert others[0].size == others[1].size > 10
    assert same_tables(*others) == []
    elsewhere = np.arange(a.world.n_parks) != park
    np.testing.assert_array_equal(a.state.books.net_flows[elsewhere], b.state.books.net_flows[elsewhere])
    assert (b.state.exchanges.found.donor_park == park).sum() > 2 * (a.state.exchanges.found.donor_park == park).sum()


def test_p2_a_stronger_screening_finds_every_exchange_no_later():
    """Opportunity by opportunity, as long as no search comes to nothing and begins again."""

    def found(probability):
        settings = {"exchanges.screening_probability": probability, "exchanges.least_value_usd": 0.0}
        model = run(settings, until=2030)
        e = model.state.exchanges.found[model.state.exchanges.found.episode == 0]
        return dict(zip(e.key.tolist(), e.identified_year.tolist()))

    weak, strong = found(0.05), found(0.2)
    both = set(weak) & set(strong)
    assert len(both) > 0.95 * len(weak), "more than a few searches ended differently"
    later = [key for key in both if strong[key] > weak[key]]  # what was to be exchanged had gone into another exchange
    assert len(later) <= 0.005 * len(both)
    assert sum(strong[key] < weak[key] for key in both) > 0.1 * len(both)


def shuffled(world, seed):
    """The same parks and firms in another order, and the row that each firm and park had."""
    order = np.random.default_rng(seed)
    parks = order.permutation(world.n_parks)
    start = world.parks.start
    firms = [order.permutation(np.arange(start[p], start[p + 1])) for p in parks]
    return part_of(world, parks, firms), parks, np.concatenate(firms)


def test_p7_permuting_firms_and_parks_changes_no_exchange():
    world = build_world("pilot-parks", 4)
    turned, parks, rows = shuffled(world, 9)
    a, b = (run(EASY | NOTHING_SUMMED, world=w, seed=4) for w in (world, turned))
    assert a.state.exchanges.n == b.state.exchanges.n > 300
    positions = ("donor", "receiver", "donor_park", "receiver_park", "slot")
    assert same_tables(a.state.exchanges.found, b.state.exchanges.found, without=positions) == []
    ours, theirs = a.state.exchanges.found, b.state.exchanges.found
    np.testing.assert_array_equal(ours.donor_park, parks[theirs.donor_park])
    for side in ("donor", "receiver"):
        tenants = theirs[side] != OUTSIDE
        np.testing.assert_array_equal(ours[side][tenants], rows[theirs[side][tenants]])
    np.testing.assert_array_equal(a.state.exchanges.flows[parks], b.state.exchanges.flows)
    np.testing.assert_array_equal(a.state.exchanges.scene.sites.trust[parks], b.state.exchanges.scene.sites.trust)


def test_p7_permuting_changes_no_more_than_the_last_digits_of_the_whole_model():
    """The price of biomass, and what a shared system serves, are sums over firms in their order."""
    world = build_world("pilot-parks", 4)
    a, b = (run(EASY, world=w, seed=4) for w in (world, shuffled(world, 9)[0]))
    ours, theirs = a.state.exchanges.found, b.state.exchanges.found
    np.testing.assert_array_equal(ours.key, theirs.key)
    np.testing.assert_array_equal(ours.state, theirs.state)
    np.testing.assert_allclose(ours.quantity, theirs.quantity, rtol=1e-9)
    assert a.this_year.biomass_price_factor > 1.0


def test_p8_agents_stepped_one_by_one_exchange_the_same():
    compiled, stepped = run(until=2026), run(until=2026, stepping="agents")
    assert changed(compiled, stepped) == []
    np.testing.assert_array_equal(compiled.state.exchanges.flows, stepped.state.exchanges.flows)


def test_the_order_in_which_rows_are_served_is_by_worth_and_incumbents_first(easy):
    """Of two exchanges that want one firm's waste, the one in operation is never thrown out by a better newcomer."""
    e = easy.state.exchanges.found
    assert e.size > 500
    assert (e.ended_because == PARTNER_LEFT).any()


# ---- the legal gate ----------------------------------------------------------------------------------------------------


def test_no_exchange_crosses_a_closed_gate():
    """Refused with certainty: whatever needs a permit waits, until the reform."""
    closed = EASY | {"exchanges.refusal_scale": 100.0, "exchanges.exchange_hurdle_rate": 0.01}
    model = run(closed | {f"levers.{name}": {"value": 0.0} for name in REFORMS})
    e = model.state.exchanges.found
    gated = model.state.exchanges.types.classes.refusal[e.legal_class] > 0.0
    assert gated.sum() > 100
    assert (e.operating_year[gated] == 0).all()
    assert (e.licensed_year[gated] == 0).all()
    assert (e.refusals[gated] > 0).sum() > 20
    assert (e.operating_year[~gated] > 0).any()
    assert (e.ended_because == REFUSED).any()


def test_what_operates_was_licensed_and_has_waited_its_months(easy):
    e, types = easy.state.exchanges.found, easy.state.exchanges.types
    begun = e[e.operating_year > 0]
    assert (begun.licensed_year == begun.operating_year).all()
    assert (begun.licensed_year >= begun.agreed_year).all()
    months = types.classes.months[begun.legal_class]
    needed = months[:, 0] + begun.months_draw * (months[:, 1] - months[:, 0])
    wait = begun.licensed_year - begun.agreed_year
    assert (wait >= (begun.time_of_year + needed / 12.0).astype(int)).all()
    assert wait.max() >= 2


def test_the_reform_lets_begin_what_the_law_refused():
    strict = EASY | {"exchanges.refusal_scale": 1.3}
    before = run(strict)
    after = run(strict | {f"levers.{name}": {"value": 1.0, "from": 2022} for name in REFORMS})
    classes = (2, 3)
    count = [
        np.isin(m.state.exchanges.found.legal_class, classes) & (m.state.exchanges.found.operating_year > 0)
        for m in (before, after)
    ]
    assert count[1].sum() > 2 * count[0].sum()
    again = after.state.exchanges.found[count[1]]
    assert (again.refusals > 0).any(), "no refused exchange applied again after the reform"


def test_evidence_of_sandboxes_brings_the_reform_forward_and_a_sandbox_alone_helps_only_its_park():
    world = build_world("pilot-parks", 3)
    sandbox = EASY | {"levers.sandbox": {"value": 1.0, "parks": ["P352"]}}
    soon = run(sandbox | {"exchanges.sandbox_evidence": 3.0})
    never = run(sandbox | {"exchanges.sandbox_evidence": 1e9})
    home = world.park_index("P352")
    waste = 1
    assert soon.state.exchanges.evidence[waste] >= 3.0
    assert (soon.state.exchanges.scene.sites.eased[:, waste] == 1.0).all()
    assert (never.state.exchanges.scene.sites.eased == 0.0).all()
    assert never.state.exchanges.found.sandbox.any()
    assert (never.state.exchanges.found.donor_park[never.state.exchanges.found.sandbox] == home).all()


def test_shorter_procedures_bring_exchanges_forward():
    slow, fast = (run(EASY | {"levers.licence_months_factor": f}) for f in (3.0, 0.0))
    waits = [
        (m.state.exchanges.found.licensed_year - m.state.exchanges.found.agreed_year)[
            m.state.exchanges.found.licensed_year > 0
        ]
        for m in (slow, fast)
    ]
    assert waits[1].mean() < waits[0].mean()


# ---- ends --------------------------------------------------------------------------------------------------------------


def test_no_exchange_goes_on_after_the_exit_of_a_partner(easy):
    e, leave = easy.state.exchanges.found, easy.world.firms.exit_year
    for side in (e.donor, e.receiver):
        tenants = side != OUTSIDE
        gone = leave[side[tenants]] <= easy.year
        assert (e.state[tenants][gone] == ENDED).all()
        ended = e.ended_year[tenants][gone]
        assert (ended <= leave[side[tenants]][gone]).all()
    assert (e.ended_because == PARTNER_LEFT).sum() > 50


def test_an_exchange_that_no_longer_pays_for_two_years_ends_and_none_moves_while_it_does_not():
    model = run(EASY | {"exchanges.screening_probability": 0.6}, until=2026)
    running = model.state.exchanges.operating
    assert running.size > 20
    model.state.exchanges.table.donor_value[running] = -1e6
    model.step()
    assert (model.state.exchanges.found.quantity[running] == 0.0).all()
    assert (model.state.exchanges.found.state[running] != ENDED).sum() > 0
    model.step()
    still = model.state.exchanges.found[running]
    assert (still.state == ENDED).all()
    assert np.isin(still.ended_because, (DOES_NOT_PAY, PARTNER_LEFT)).all()
    assert (still.ended_because == DOES_NOT_PAY).sum() > 15


def test_the_donor_whose_partner_left_may_look_again(easy):
    e = easy.state.exchanges.found
    again = e[e.episode > 0]
    assert again.size > 0
    for n in np.flatnonzero(e.episode > 0)[:20]:
        earlier = e[(e.key == e.key[n]) & (e.episode < e.episode[n])]
        assert (earlier.state == ENDED).all()
    assert len(set(exchange_ids(easy.state.exchanges, easy.world, range(e.size)))) == e.size


# ---- trust -------------------------------------------------------------------------------------------------------------


def test_trust_rises_with_success_and_falls_with_failure():
    good, bad = (
        run(EASY | {"exchanges.negotiation_rate": rate, "exchanges.negotiation_years": 1}) for rate in (1.0, 0.0)
    )
    start = good.state.market.constants.trust_initial
    assert good.state.exchanges.scene.sites.trust.max() > start
    assert (good.state.exchanges.scene.sites.trust >= start).all()
    assert bad.state.exchanges.scene.sites.trust.min() < start
    assert (bad.state.exchanges.found.operating_year == 0).all()
    assert not (bad.state.exchanges.found.state == OPERATING).any()


def test_facilitation_and_the_operators_effect_help_to_agree():
    facilitated = run(EASY | {"levers.facilitation_grant": 1.0, "exchanges.brokering_rate": 0.0})
    alone = run(EASY | {"exchanges.brokering_rate": 0.0})

    def agreed(model):
        tried = model.state.exchanges.found[model.state.exchanges.found.negotiating_year > 0]
        return (tried.agreed_year > 0).sum() / max((tried.state != NEGOTIATING).sum(), 1)

    assert agreed(facilitated) > agreed(alone)


# ---- S4, partners ------------------------------------------------------------------------------------------------------


def test_s4_more_sectors_in_a_park_more_exchanges():
    """Parks of sixty alike firms of 1, 3, 6, 12, 18 sectors drawn at random, without partners outside: feasible and operating."""
    order = np.random.default_rng(5)
    identified, operating = [], []
    counts = (1, 3, 6, 12, 18)
    for n_sectors in counts:
        draws = []
        for repeat in range(8):
            sectors = order.permutation(18)[:n_sectors]
            world = tiny_world(60, n_parks=1, sectors=sectors, employees=300.0)
            settings = EASY | {"exchanges.screening_probability": 0.5, "exchanges.refusal_scale": 0.0}
            model = run(settings, until=2026, world=world, seed=repeat)
            inside = model.state.exchanges.found[model.state.exchanges.found.receiver != OUTSIDE]
            draws.append((inside.size, (inside.operating_year > 0).sum()))
        identified.append(np.mean(draws, axis=0)[0])
        operating.append(np.mean(draws, axis=0)[1])
    for path in (identified, operating):
        assert np.corrcoef(np.log(counts), path)[0, 1] > 0.8
        assert path[-1] > 1.5 * path[0]
        assert path[0] < path[2] < 1.2 * path[-1]


def test_partners_are_sought_in_the_park_first_and_then_nearby_and_known_ones_only():
    """Wood offcuts (IS04) of one park, boilers in another: known at once when near, never when out of reach."""
    world = tiny_world(20, n_parks=2, sectors=[5] * 20 + [1] * 20, employees=400.0)

    def partners(away_degrees, **more):
        parks = world.parks._replace(latitude=np.array([10.0, 10.0 + away_degrees]))
        moved = replace(world, parks=parks, digest=f"moved {away_degrees}")
        model = run(EASY | {"exchanges.screening_probability": 0.9} | more, until=2024, world=moved)
        e = model.state.exchanges.found
        wood = e[model.state.exchanges.types.ids.index("IS04") == e.kind]
        return (wood.receiver_park == 1).sum(), (wood.receiver == OUTSIDE).sum(), wood.size

    near, outside, n = partners(0.0)
    assert near == n > 10
    assert outside == 0
    some, outside, n = partners(0.3)  # 33 km: a partner is known with probability 0.19
    assert 0 < some <= n
    none, outside, n = partners(2.0)
    assert none == 0 < outside == n


def test_what_shared_infrastructure_takes_is_not_exchanged():
    model = run(EASY | {"exchanges.screening_probability": 0.6}, until=2024)
    rows = model.state.exchanges.operating
    donors = model.state.exchanges.found.donor[rows]
    donors = np.unique(donors[donors != OUTSIDE])
    twin = run(EASY | {"exchanges.screening_probability": 0.6}, until=2024)
    everything = twin.state.firms.use * twin.this_year.prices.intensity
    twin.state.infrastructure.services.waste[:] = everything[:, 5]
    twin.state.exchanges.step(twin.state, replace(twin.this_year, number=twin.year + 1))
    types = twin.state.exchanges.types.types
    e = twin.state.exchanges.found[twin.state.exchanges.operating]
    assert donors.size > 5
    assert (e.quantity[types.stream[e.kind] == 1] == 0.0).all()
