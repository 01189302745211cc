"""Every scenario of the library runs, and differs from the one it is held against where it should and only there: P1, P3, P4.

Two things of the default set link everything to everything: operators who look every year at the criteria that fail commission
audits where a policy has brought the certificate nearer, and biomass is the dearer the more of it the country burns. What a
scenario must leave alone is therefore asked exactly without these two, in eight parks; in the country, with all as it is by
default, what operators can move by their audits is left out.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from helpers import differences, same_tables

from eipsim.model.model import EIPModel
from eipsim.outcomes.registry import OUTCOMES
from eipsim.policy.levers import LEVERS
from eipsim.runs.simulation import simulate
from eipsim.scenarios import list_scenarios, load_scenario

SEED = 3
# What no scenario of the library can move: firms come and go whatever policy does (attraction has strength zero).
GIVEN = ("firms", "jobs", "parks_established", "parks_operating")
ADVICE = ("audits_done", "firms_assisted", "options_identified")
PARKS = ("parks_converted", "park_score_mean")
OTHERS_MONEY = ("subsidy_paid_usd", "inspections_done")
SAVINGS = ("electricity_saved_mwh", "fuel_saved_gj", "water_saved_m3", "waste_avoided_t", "material_saved_usd")
LOOKED_FOR = ("exchanges_identified", "exchanges_operating")
ENFORCED = {
    "parks_applied", "parks_certified", "parks_lapsed", "public_spending_usd", "public_revenue_usd", "inspections_done",
    "violations_found",
}  # fmt: skip
# No operator pursues the certificate, and the price of biomass does not rise with its use.
UNLINKED = {"operators.certificate_budget_share": 0.0, "measures.biomass_price_rise": 0.0}
PURSUED = {*ADVICE, *SAVINGS, "recp_firm_share"}  # what audits that operators commission can move
PACKAGE = ("recp_firm_share", "exchange_tonnes", "shared_infrastructure", "co2_avoided_t", "public_spending_usd")


@dataclass(frozen=True)
class Expected:
    """How a scenario stands to `against`: outcomes that are higher and lower in `year`, and those equal in all years.

    since : with it the sums from that year to `year` are compared, where a single year of few parks says little
    """

    against: str
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    year: int = 2050
    since: int | None = None


# What audited firms save is no longer there for an exchange: those are not the same.
AUDITS = Expected(
    "baseline", ("audits_done", "recp_firm_share", "co2_avoided_t"), ("electricity_mwh",),
    (*OTHERS_MONEY, *PARKS, "shared_infrastructure"), since=2026,
)  # fmt: skip
SUBSIDY = Expected(
    "baseline", ("recp_measures_installed", "subsidy_paid_usd", "public_spending_usd"), (),
    (*ADVICE, *PARKS, "inspections_done", "shared_infrastructure"), year=2035,
)  # fmt: skip
INSPECTIONS = Expected(
    "baseline", ("inspections_done", "public_spending_usd", "public_revenue_usd"), (),
    tuple(name for name in OUTCOMES if name not in ENFORCED),
)  # fmt: skip
SCREENING = Expected(
    "baseline", ("exchanges_identified", "exchanges_operating", "public_spending_usd"), (),
    (*ADVICE, *OTHERS_MONEY, "parks_converted"), year=2035,
)  # fmt: skip
FACILITATION = Expected(
    "baseline", ("exchanges_operating", "shared_infrastructure", "public_spending_usd", "park_score_mean"), (),
    (*ADVICE, *OTHERS_MONEY, "parks_converted"), year=2035,
)  # fmt: skip
SHARED = Expected(
    "baseline", ("shared_infrastructure", "operator_revenue_usd", "co2_avoided_t"), ("co2_scope1_t",),
    (*ADVICE, *OTHERS_MONEY, *SAVINGS, "exchanges_identified", "parks_converted", "recp_firm_share"),
)  # fmt: skip
EXPECTED = {
    "no-eip-policy": Expected(
        "baseline", ("co2_t", "electricity_mwh"), ("recp_firm_share", "parks_converted", "exchanges_identified", "audits_done"),
        ("subsidy_paid_usd", "parks_lapsed"),
    ),
    "covid-shock-off": Expected(
        "baseline", ("audits_done",), (), (*PARKS, *OTHERS_MONEY, *LOOKED_FOR, "public_spending_usd"), year=2021,
    ),
    # Measures avoid more over the years, and may avoid less in one of them: firms that use less have less left to save.
    "carbon-price": Expected(
        "baseline", ("public_revenue_usd", "co2_avoided_t", "operation_co2_t"), ("co2_t", "co2_total_t"),
        (*ADVICE, *PARKS, *OTHERS_MONEY, "public_spending_usd", "shared_infrastructure"), since=2029,
    ),
    # Not CO2: dear electricity saves some, and keeps heat pumps and electric boilers out.
    "dearer-electricity": Expected(
        "baseline", ("electricity_saved_mwh", "operation_saved_mwh"), ("electricity_mwh",),
        (*ADVICE, *PARKS, *OTHERS_MONEY, "public_spending_usd"),
    ),
    # Certificates come with what operators do for them: see `CERTIFIED`.
    "certification-benefits": Expected(
        "baseline", ("park_score_mean", "shared_infrastructure"), (),
        (*ADVICE, *OTHERS_MONEY, *SAVINGS, *LOOKED_FOR, "public_spending_usd", "recp_firm_share"),
    ),
    "legal-reform": Expected(
        "baseline", ("exchanges_feasible", "exchanges_operating", "exchange_tonnes", "exchange_saving_usd"), ("waste_t",),
        (*ADVICE, *OTHERS_MONEY, *SAVINGS, "parks_converted", "public_spending_usd", "exchanges_identified"), since=2026,
    ),
    "technical-assistance": AUDITS, "equal-budget/technical-assistance": AUDITS, "equal-budget/adaptive-audits": AUDITS,
    "equal-budget/steady-audits": AUDITS,
    "subsidy": SUBSIDY, "equal-budget/subsidy": SUBSIDY,
    "enforcement": INSPECTIONS, "equal-budget/enforcement": INSPECTIONS,
    "screening": SCREENING, "equal-budget/screening": SCREENING,
    "operator-facilitation": FACILITATION, "equal-budget/operator-facilitation": FACILITATION,
    # Exchanges that run leave their partners with other amounts, so that later searches do not name quite the same ones.
    "green-finance": Expected(
        "baseline",
        ("recp_measures_installed", "loans_outstanding_usd", "interest_subsidised_usd", "public_spending_usd"), (),
        (*ADVICE, *PARKS, *OTHERS_MONEY), year=2035,
    ),
    "industrial-urban-exchange": Expected(
        "screening", ("exchanges_feasible", "exchanges_operating", "exchange_tonnes"), ("waste_t",),
        (*ADVICE, *OTHERS_MONEY, "parks_converted", "public_spending_usd"), since=2026,
    ),
    "shared-systems": SHARED, "equal-budget/shared-systems": SHARED,
    "national-target-2030": Expected(
        "baseline", ("audits_done", "recp_firm_share", "public_spending_usd"), (), (*OTHERS_MONEY, "parks_lapsed"),
    ),
    "full-package": Expected("baseline", PACKAGE, ("co2_t", "waste_t", "electricity_mwh")),
    "net-zero-2050": Expected(
        "baseline", ("recp_firm_share", "shared_infrastructure", "co2_avoided_t", "operation_co2_t", "public_spending_usd"),
        ("co2_t", "co2_total_t", "fuel_gj"),
    ),
    "delayed-action": Expected("full-package", ("co2_t",), ("recp_firm_share", "exchange_tonnes"), year=2034),
}  # fmt: skip
# In the country some things are linked that are not in eight parks: what firms save, or an operator builds, leaves less for an
# exchange somewhere, firms that pay more have bought what an audit would have found, a carbon price makes shared steam worth it
# somewhere, and new parks are born under the duty. Nothing of phase II happens in the eight: its five parks are others.
CERTIFIED = EXPECTED["certification-benefits"]
NATIONAL = EXPECTED | {
    "without-phase-two": Expected(
        "baseline", (), ("audits_done", "options_implemented", "parks_converted", "exchanges_identified"), OTHERS_MONEY,
        year=2030,
    ),
    "covid-shock-off": replace(EXPECTED["covid-shock-off"], same=(*PARKS, *OTHERS_MONEY, "public_spending_usd")),
    "certification-benefits": replace(
        CERTIFIED, more=(*CERTIFIED.more, "parks_certified", "operator_audits_done"), same=(*OTHERS_MONEY, "public_spending_usd"),
    ),
    "legal-reform": replace(
        EXPECTED["legal-reform"], same=(*ADVICE, *OTHERS_MONEY, "parks_converted", "public_spending_usd"),
    ),
    "dearer-electricity": replace(EXPECTED["dearer-electricity"], same=(*OTHERS_MONEY, "parks_converted")),
    "carbon-price": replace(
        EXPECTED["carbon-price"], same=(*OTHERS_MONEY, "public_spending_usd", "parks_converted"),
    ),
    "technical-assistance": replace(AUDITS, same=(*OTHERS_MONEY, "parks_converted")),
    "shared-systems": replace(SHARED, same=(*OTHERS_MONEY, "parks_converted")),
    "national-target-2030": replace(EXPECTED["national-target-2030"], same=OTHERS_MONEY),
}  # fmt: skip


def assert_differs_as_expected(case, held_against, expected):
    first = expected.since or expected.year
    ours, theirs = (table.loc[first : expected.year].sum() for table in (case, held_against))
    for name in expected.more:
        assert ours[name] > theirs[name], f"{name} is not higher"
    for name in expected.less:
        assert ours[name] < theirs[name], f"{name} is not lower"
    for name in (*GIVEN, *expected.same):
        np.testing.assert_array_equal(case[name], held_against[name], err_msg=name)


@cache
def pilot(name):
    return EIPModel(name, "pilot-parks", SEED).run()


@cache
def unlinked(name):
    return EIPModel(name, "pilot-parks", SEED, settings=UNLINKED).run()


def test_every_scenario_is_held_against_another():
    assert {*NATIONAL, "baseline"} == set(list_scenarios())


@pytest.mark.parametrize("name", EXPECTED)
def test_a_scenario_differs_where_it_should_and_only_there(name):
    expected = EXPECTED[name]
    assert_differs_as_expected(unlinked(name).outcomes, unlinked(expected.against).outcomes, expected)


def test_phase_two_leaves_the_pilot_parks_alone():
    told = pilot("without-phase-two").outcomes.drop(columns="public_spending_usd")
    assert told.equals(pilot("baseline").outcomes.drop(columns="public_spending_usd"))


@cache
def national(name):
    return simulate(name, 1, world="vietnam").outcomes


@pytest.mark.xdist_group("national library")
@pytest.mark.parametrize("name", [name for name in NATIONAL if not name.startswith("equal-budget/")])
def test_a_scenario_differs_in_the_country_where_it_should_and_only_there(name):
    """With everything as it is by default; the equal budgets run in the country in their own test."""
    expected = NATIONAL[name]
    expected = replace(expected, same=tuple(outcome for outcome in expected.same if outcome not in PURSUED))
    assert_differs_as_expected(national(name), national(expected.against), expected)


# ---- P1: at zero strength ----------------------------------------------------------------------------------------------

AUDIT_PROGRAMME = "programmes.National audit programme"
SCREENED = [{"value": 1, "from": 2022, "until": 2022, "parks": ["P016", "P292", "P352", "P213", "P456", "P457"]}]
NO_SCREENING = {"levers.symbiosis_screening": [*SCREENED, {"value": 0.0, "from": 2026, "until": 2035}]}
REFORMS = ("waste_reuse_reform", "wastewater_reuse_reform", "hazardous_reuse_reform", "solar_rules", "sandbox")
NO_REFORM = {f"levers.{name}": {2026: 0.0} for name in REFORMS} | {"levers.licence_months_factor": {2026: 1.0}}
WORKS = ["A11", "A16"]
PRICED = [{"value": 8, "from": 2029, "sectors": WORKS}]
# The enacted market of few works: what carbon-price lays over all of them is put back.
OF_TODAY = {
    "levers.carbon_facilities": [{"value": 5, "from": 2025, "sectors": ["A11"]}, {"value": 2, "from": 2025, "sectors": ["A16"]}],
    "levers.auctioned_share": [
        {"value": 0, "from": 2025, "until": 2028, "sectors": WORKS}, {"value": 0.1, "from": 2029, "sectors": WORKS},
    ],
}  # fmt: skip
INSPECTED = [{"value": 0.05, "owners": ["domestic"]}, {"value": 0.14, "owners": ["foreign"]}]
AS_TODAY = {
    "technical-assistance": {f"{AUDIT_PROGRAMME}.audits": 0, f"{AUDIT_PROGRAMME}.budget_usd": 0},
    "subsidy": {"levers.capital_subsidy": 0.0},
    "carbon-price": {"levers.carbon_price": [{"path": {2029: 0.0}}, *PRICED], **OF_TODAY},
    "enforcement": {
        "levers.inspection_probability": [*INSPECTED, *[{"from": 2025} | entry for entry in INSPECTED]],
        "levers.fine_usd": [{"value": 2370}, {"value": 2370, "from": 2026}],
    },
    "certification-benefits": {"levers.certification_premium": 0.0, "levers.certification_capacity": 4},
    "legal-reform": NO_REFORM,
    "industrial-urban-exchange": NO_SCREENING | {name: level for name, level in NO_REFORM.items() if "hazardous" not in name},
    "screening": NO_SCREENING,
    "operator-facilitation": {"levers.facilitation_grant": {"value": 0.0, "from": 2026, "until": 2035}},
    "shared-systems": {
        f"levers.infrastructure_{name}": {"value": 0.0, "from": 2026, "until": 2035}
        for name in ("studies", "cofunding", "soft_loan")
    },
    "dearer-electricity": {"levers.electricity_price_change": {2026: 0.0}},
    "green-finance": {
        f"levers.{name}": {"value": 0.0, "from": 2027} for name in ("interest_subsidy", "soft_loan", "loan_guarantee")
    },
    "national-target-2030": {
        "regulator.adaptive.most": 0, "levers.auditors_per_year": 0, "levers.eip_duty": 0.0,
        "levers.provincial_support": {"value": 1, "from": 2022, "provinces": ["Hải Phòng"], "replace": True},
    },
    "covid-shock-off": {"levers.programme_capacity": {2020: 0.58, 2021: 0.5, 2022: 1}},
    "equal-budget/adaptive-audits": {"regulator.adaptive.most": 0},
    "equal-budget/steady-audits": {"regulator.adaptive.start": 0},
    "equal-budget/subsidy": {"levers.subsidy_budget_usd": 0.0},
}  # fmt: skip


@pytest.mark.parametrize("name", AS_TODAY)
def test_p1_a_scenario_at_zero_strength_is_bitwise_the_baseline(name):
    """And what is set to zero is all that the scenario has: with its own levels it differs."""
    silenced = EIPModel(name, "pilot-parks", SEED, settings=AS_TODAY[name]).run()
    assert differences(silenced, pilot("baseline")) == []
    assert differences(pilot(name), pilot("baseline"))


# ---- P4: before its first year -----------------------------------------------------------------------------------------


def first_year_of(a, b):
    """The first year for which the two cases say something else: a lever, audits of a programme, or an adaptive regulator."""
    for year in range(2015, 2051):
        ours, theirs = a.lever_paths.year(year), b.lever_paths.year(year)
        if any(not np.array_equal(getattr(ours, lever), getattr(theirs, lever)) for lever in LEVERS):
            return year
        if audits_in(a, year) != audits_in(b, year) or steered_in(a, year) != steered_in(b, year):
            return year
    return 2051


def steered_in(model, year):
    """The rule of the adaptive regulator from the first year in which it has an outcome to look at."""
    rule = model.case.regulator.adaptive
    return rule if rule is not None and min(rule.target) < year else None


def audits_in(model, year):
    """What programmes that run in `year` do then, by name."""
    return {
        p.name: (int(p.audits_by_year[year - 2015]), p.budget_usd, p.payer, p.eligible.tobytes())
        for p in model.lever_paths.programmes
        if p.first_year <= year <= p.last_year
    }


BEGINS = {
    "without-phase-two": 2024, "carbon-price": 2029, "certification-benefits": 2026, "covid-shock-off": 2020, "enforcement": 2026,
    "legal-reform": 2026, "shared-systems": 2026, "subsidy": 2026, "screening": 2026, "technical-assistance": 2026,
    "national-target-2030": 2026, "full-package": 2026, "delayed-action": 2026, "equal-budget/adaptive-audits": 2026,
    "equal-budget/enforcement": 2026, "equal-budget/shared-systems": 2026, "equal-budget/steady-audits": 2026,
    "equal-budget/subsidy": 2026, "equal-budget/screening": 2026, "equal-budget/technical-assistance": 2026,
    "operator-facilitation": 2026, "equal-budget/operator-facilitation": 2026, "dearer-electricity": 2026,
    "net-zero-2050": 2026, "green-finance": 2027, "industrial-urban-exchange": 2027,
}  # fmt: skip
SAME_GRID = {"drivers.grid": "central"}  # the package runs under a cleaner grid, which is no instrument of the parks


@pytest.mark.parametrize("name", BEGINS)
def test_p4_every_year_before_a_scenario_begins_is_bitwise_unchanged(name):
    against = NATIONAL[name].against
    case, other = (EIPModel(n, "pilot-parks", SEED, settings=SAME_GRID) for n in (name, against))
    assert first_year_of(case, other) == BEGINS[name]
    for model in (case, other):
        while model.year < BEGINS[name] - 1:
            model.step()
    assert differences(case, other, without=("adaptive_level",)) == []  # where a rule stands before it acts
    assert same_tables(case.state.exchanges.found, other.state.exchanges.found) == []
    assert same_tables(case.state.infrastructure.systems, other.state.infrastructure.systems) == []


# ---- P3: in one province -----------------------------------------------------------------------------------------------

PLACE = "Hải Phòng"
# Nothing is handed from province to province: no example of a sector or developer group, no exchange between parks, no price
# of biomass that all make together.
APART = {
    "measures.biomass_price_rise": 0.0,
    "awareness.sector_peer_rate": 0.0, "operators.commitment_group_peer_rate": 0.0, "exchanges.exchange_distance_km": 0.1,
    "exchanges.sandbox_evidence": 1e9,
}  # fmt: skip
LOCAL = [
    "carbon-price", "certification-benefits", "enforcement", "legal-reform", "shared-systems", "subsidy",
    "screening", "operator-facilitation", "dearer-electricity", "green-finance", "technical-assistance", "full-package",
    "net-zero-2050",
]  # fmt: skip


def in_one_province(name):
    """The scenario `name` with all that it adds to the baseline aimed at PLACE; what cannot be aimed is left out."""
    case, today = load_scenario(name), load_scenario("baseline")
    settings = {}
    for lever, entries in case.levers.items():
        old = today.levers.get(lever, ())
        new = [entry for entry in entries if not any(same_content(entry, before) for before in old)]
        if new and "provinces" in LEVERS[lever].targets:
            settings[f"levers.{lever}"] = instead([as_written(e) for e in old] + [as_written(e, PLACE) for e in new])
        elif new and lever not in ("subsidy_budget_usd", "voucher_cap_usd"):
            settings[f"levers.{lever}"] = instead([as_written(entry) for entry in old]) or None
    for programme in case.programmes.keys() - today.programmes.keys():
        settings[f"programmes.{programme}.provinces"] = [PLACE]
    return settings | {"drivers.grid": "central"}


def instead(entries):
    """Entries that stand instead of those that the scenario has."""
    return [entry | {"replace": i == 0} for i, entry in enumerate(entries)]


def same_content(a, b):
    return a.model_copy(update={"source": ""}) == b.model_copy(update={"source": ""})


def as_written(entry, province=None):
    written = {k: v for k, v in entry.model_dump(by_alias=True, exclude_none=True).items() if k != "lever"}
    return written | ({"provinces": [province]} if province else {})


def changed_outside(a, b):
    """Columns of firms, operators, exchanges and infrastructure outside PLACE in which two models differ."""
    parks = np.asarray(a.state.operators.province) != a.world.provinces.index(PLACE)
    tables = {
        "firms": (a.state.firms, b.state.firms, parks[a.state.firms.park]),
        "operators": (a.state.operators, b.state.operators, parks),
        "systems": (
            a.state.infrastructure.systems,
            b.state.infrastructure.systems,
            parks[a.state.infrastructure.systems.park],
        ),
    }
    changed = [f"{t}.{c}" for t, (ours, theirs, at) in tables.items() for c in same_tables(ours[at], theirs[at])]
    ours, theirs = (
        np.sort(m.state.exchanges.found[parks[m.state.exchanges.found.donor_park]], order=["key", "identified_year"])
        for m in (a, b)
    )
    return changed + (same_tables(ours, theirs) if ours.size == theirs.size else ["number of exchanges"])


@cache
def apart():
    return EIPModel("baseline", "pilot-parks", SEED, settings=APART).run()


@pytest.mark.parametrize("name", LOCAL)
def test_p3_a_scenario_in_one_province_leaves_all_others_bitwise_unchanged(name):
    there = EIPModel(name, "pilot-parks", SEED, settings=in_one_province(name) | APART).run()
    assert changed_outside(there, apart()) == []
    if name not in ("certification-benefits",):  # its premium cannot be aimed, and no queue of dossiers is full
        assert differences(there, apart()), "the scenario does nothing there: the test shows nothing"
