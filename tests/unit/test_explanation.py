"""Explanations tell the truth: their verdict is what the run did, their numbers are those of the decision."""

import json
import math
from functools import cached_property

import numpy as np
import pytest
from helpers import tiny_world

from eipsim.agents import Firm
from eipsim.agents.firm.columns import ADOPTED, CHOSEN, STOCK
from eipsim.core.arithmetic import exp
from eipsim.errors import InputError
from eipsim.explain import Explanation, explain_measure, explain_park
from eipsim.explain.firm import OF_BOILERS, VERDICTS
from eipsim.market.catalogue import BOILERS, FOSSIL, FUEL, measure_names
from eipsim.market.catalogue import DEAR_FUEL as FUELS_THAT_ARE_DEAR
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL
from eipsim.model.model import EIPModel
from eipsim.rules.acceptance import RULES

NAMES = measure_names()
YEARS = (2015, 2016, 2019, 2021, 2024, 2027, 2030, 2036, 2043, 2050)


class Recorded:
    """A run whose firm table at the end of every year is kept."""

    def __init__(self, scenario="full-package", last=2050, **more):
        self.years = [year for year in YEARS if year <= last]
        self.model = EIPModel(scenario, "pilot-parks", 6, **more)
        self.tables = {2014: self.model.state.firms.copy()}
        while self.model.year < last:
            self.model.step()
            self.tables[self.model.year] = self.model.state.firms.copy()

    def what_happened(self, row, m, year):
        """The verdict by another route: from the tables before and after the year, without a look at how it came about."""
        before, after, k = self.tables[year - 1][row], self.tables[year][row], self.model.state.market.catalogue
        if not after.entry_year <= year < after.exit_year:
            return {"absent"}
        if after.installed_year[m] > 0:
            if before.installed_year[m] == after.installed_year[m]:
                return {"has it from stock" if after.origin[m] == STOCK else "adopted it before"}
            if after.origin[m] == CHOSEN and before.installed_year[m] == 0:
                return {"chosen at renewal"}
            if after.entry_year == year and after.origin[m] == STOCK:
                return {"has it from stock", "renewed it"}
            same_episode = before.installed_year[m] > 0 and before.episode[m] == after.episode[m]
            return {"renewed it"} if same_episode else {"took it"}
        if k.reach[m, after.sector] <= 0.0 or not self.uses_what_it_saves(after, m):
            return {"not applicable"}
        if m in BOILERS and 0 < after.boiler_expiry == year + self.model.parameters["measures.boiler_lifetime"]:
            return {"new boiler"}
        if after.known_year[m] == 0:
            return {"not available"} if year < k.available_from[m] else {"not known"}
        if int(after.open_bits) & (1 << m) == 0:
            return {"excluded"}
        return {"never pays", "cannot pay"} if after.margin[m] <= 1.0 else {"not accepted", "never pays", "excluded"}

    def uses_what_it_saves(self, firm, m):
        """Only fuels are not used by all: a firm burns one main fuel, and biomass."""
        fossil = [firm.gross_use[COAL_DIESEL], firm.gross_use[DEAR_FUEL]]
        burnt = {FUEL: (*fossil, firm.gross_use[BIOMASS]), FOSSIL: fossil, FUELS_THAT_ARE_DEAR: fossil[1:]}
        return any(amount > 0.0 for amount in burnt.get(self.model.state.market.catalogue.stream[m], [1.0]))

    def cases(self, n, seed):
        """`n` cases (row, measure, year), most of them of firms that are there."""
        pick = np.random.default_rng(seed)
        for year in self.years:
            there = self.model.world.alive(year)
            for _ in range(n // len(self.years)):
                rows = np.flatnonzero(there) if pick.random() < 0.95 else np.arange(there.size)
                yield int(pick.choice(rows)), int(pick.integers(len(NAMES))), year

    @cached_property
    def explained(self):
        """Two thousand cases with their explanations (explanation, row, measure, year), worked out once for all tests."""
        return [(explain_measure(self.model, row, NAMES[m], y), row, m, y) for row, m, y in self.cases(2000, 1)]


@pytest.fixture(scope="module")
def run():
    return Recorded()


def test_the_verdict_is_what_the_run_did_in_two_thousand_cases(run):
    seen = set()
    for explanation, row, m, year in run.explained:
        assert explanation.verdict in run.what_happened(row, m, year), explanation.text
        assert explanation.verdict in VERDICTS
        seen.add(explanation.verdict)
    assert seen >= set(VERDICTS) - OF_BOILERS, "some verdict never came up"


@pytest.mark.parametrize("year", [2025, 2026, 2043])
def test_the_verdict_is_what_the_run_did_where_a_boiler_has_come_to_its_end(run, year):
    """From 2026 on all may apply for a voucher, with what they would build besides: the boiler is replaced before that."""
    before, after, seen = run.tables[year - 1], run.tables[year], []
    replaced = np.flatnonzero((before.boiler_expiry > 0) & (before.boiler_expiry < after.boiler_expiry))
    for row in replaced:
        for m in BOILERS.tolist():
            explanation = explain_measure(run.model, int(row), NAMES[m], year)
            assert explanation.verdict in run.what_happened(row, m, year), explanation.text
            seen.append(explanation.verdict)
    assert set(seen) >= OF_BOILERS
    assert seen.count("chosen at renewal") >= 4
    assert (after.voucher_rate[replaced] > 0.0).all() == (year >= 2026)


@pytest.mark.parametrize("rule", [*RULES[1:], "own", "python"])
def test_the_verdict_is_what_the_run_did_under_every_rule(rule):
    last = 2019 if rule == "python" else 2050  # plain Python is slow
    run = Recorded(rule={"own": own_rule, "python": plain_python_rule}.get(rule, rule), last=last)
    taken = 0
    for row, m, year in run.cases(300, 2):
        explanation = explain_measure(run.model, row, NAMES[m], year)
        assert explanation.verdict in run.what_happened(row, m, year), explanation.text
        taken += explanation.verdict in ("took it", "adopted it before")
    assert taken > 5


def own_rule(cost, saving, lifetime, size, peers, effects):
    """Half of what pays back within two years."""
    return 0.5 if cost < 2.0 * saving else 0.1


def plain_python_rule(cost, saving, lifetime, size, peers, effects):
    """The same, in a form that cannot be compiled."""
    return float(str(0.5 if cost < 2.0 * saving else 0.1))


def decided(run):
    """Explanations of options that were open at the moment of decision, with their row, measure and year."""
    return [case for case in run.explained if "acceptance" in case[0].facts]


def test_the_numbers_are_those_of_the_decision(run):
    n = 0
    for explanation, row, m, year in decided(run):
        facts, after = explanation.facts, run.tables[year][row]
        bar, left = facts["accepts_at"], facts["chance_not_accepted"]
        assert facts["accepted"] == (left <= bar * (1 + 1e-6)) or math.isclose(left, bar, rel_tol=1e-5)
        if np.isfinite(after.margin[m]):  # not installed: the margin of the run is the one that is told
            assert left / bar == pytest.approx(float(after.margin[m]), rel=1e-5)
        if "terms" in facts:
            c = run.model.state.market.constants
            chance = c.acceptance_floor + (c.acceptance_ceiling - c.acceptance_floor) / (1.0 + exp(-facts["log_odds"]))
            assert chance == pytest.approx(facts["acceptance"], rel=1e-9)
            assert sum(facts["terms"].values()) == pytest.approx(facts["log_odds"], rel=1e-12)
        if facts.get("saving_usd"):
            assert facts["payback_years"] == pytest.approx(facts["cost_usd"] / facts["saving_usd"], rel=1e-9)
        n += 1
    assert n > 150


def test_what_a_firm_that_took_a_measure_paid_is_what_the_explanation_says(run):
    """Cost of its own and subsidy of the one thing it bought in the year, to the cent."""
    compared = 0
    for year in range(2016, 2050, 3):
        before, after = run.tables[year - 1], run.tables[year]
        replica = run.model.replay_to_decisions(year)
        decided_anew = (before.installed_year == 0) | (before.episode < after.episode)
        new = (after.installed_year == year) & (after.origin == ADOPTED) & decided_anew
        for row in np.flatnonzero(new.sum(axis=1) == 1)[:12]:
            m = int(np.flatnonzero(new[row])[0])
            explanation = explain_measure(run.model, int(row), NAMES[m], year)
            assert explanation.verdict == "took it", explanation.text
            firm, f = replica.firm(int(row)), replica.state.firms
            voucher, firm.voucher_rate = firm.voucher_rate, 0.0  # what wears out is replaced before anybody applies
            firm.retire()
            firm.voucher_rate, renewals = voucher, int(f.invested[row])
            firm.learn()
            firm.consider_measures()
            own = (int(f.invested[row]) - renewals) / 100.0
            assert explanation.facts["cost_usd"] == pytest.approx(own + int(f.subsidy[row]) / 100.0, abs=0.011)
            assert explanation.facts["subsidy_usd"] == pytest.approx(int(f.subsidy[row]) / 100.0, abs=0.011)
            compared += 1
    assert compared > 40


def test_a_firm_that_cannot_pay_is_short_of_cash_in_the_explanation(run):
    short = 0
    for explanation, *_ in decided(run):
        if explanation.verdict == "cannot pay":
            facts = explanation.facts
            assert facts["left_usd"] < facts["cash_needed_usd"] or facts["left_usd"] < 0.01
            short += 1
    assert short > 5


def test_an_unknown_option_has_a_chance_above_its_draw(run):
    unknown = 0
    for explanation, _, m, year in run.explained:
        facts = explanation.facts
        if "chance_not_noticed" in facts and year >= run.model.state.market.catalogue.available_from[m]:
            assert facts["chance_not_noticed"] > facts["notices_at"] * (1 - 1e-5)
            assert 0.0 < facts["chance_not_noticed"] <= 1.0 + 1e-6
            assert facts["hazard_of_noticing"] > 0.0
            unknown += 1
    assert unknown > 60


def test_text_dict_and_representation_say_the_same(run):
    firm = run.model.firm(int(np.flatnonzero(run.model.world.alive(2030))[0]))
    explanation = firm.explain("compressed-air", 2030)
    assert isinstance(explanation, Explanation)
    assert str(explanation) == repr(explanation) == explanation.text
    assert explanation.text.splitlines()[0].startswith(firm.id)
    assert explanation.sentence in explanation.text
    for word in ("employees", "Size", "USD", "2030"):
        assert word in explanation.text
    as_dict = explanation.as_dict()
    assert json.loads(json.dumps(as_dict)) == as_dict  # plain numbers and words
    assert as_dict["verdict"] == explanation.verdict


def test_an_explanation_changes_nothing_and_can_be_repeated(run):
    model, rows = run.model, run.model.rows_alive()[:30]
    before = [model.state.firms.copy(), model.state.operators.copy(), model.state.surroundings.parks.tally.copy()]
    texts = [explain_measure(model, int(row), NAMES[row % len(NAMES)], 2035).text for row in rows]
    assert (
        texts == [explain_measure(model, int(row), NAMES[row % len(NAMES)], 2035).text for row in reversed(rows)][::-1]
    )
    for table, kept in zip((model.state.firms, model.state.operators, model.state.surroundings.parks.tally), before):
        np.testing.assert_array_equal(table, kept)


def test_firms_stepped_as_agents_explain_themselves_alike(run):
    stepped = EIPModel("full-package", "pilot-parks", 6, stepping="agents")
    for row in run.model.rows_alive()[::400]:
        for measure in NAMES[::5]:
            assert explain_measure(stepped, int(row), measure, 2017) == explain_measure(
                run.model, int(row), measure, 2017
            )


def test_a_firm_class_of_the_users_own_is_told_as_such():
    class Eager(Firm):
        def weigh(self):
            return np.where([(int(self.open_bits) >> m) & 1 for m in range(len(NAMES))], 0.99, 0.0)

    model = EIPModel("baseline", "pilot-parks", 6, firm_class=Eager)
    while model.year < 2017:
        model.step()
    texts = [explain_measure(model, int(row), name, 2017).text for row in model.rows_alive()[:20] for name in NAMES]
    told = [text for text in texts if "Two-year acceptance" in text]
    assert told
    assert all("Eager.weigh" in text and "Two-year acceptance 99 %" in text for text in told)


def test_unknown_measures_and_years_are_refused(run):
    firm = run.model.firm(0)
    with pytest.raises(InputError, match="did you mean lighting"):
        firm.explain("lightning", 2030)
    for year in (2014, 2051):
        with pytest.raises(InputError, match="2015-2050"):
            firm.explain("lighting", year)
        with pytest.raises(InputError, match="2015-2050"):
            run.model.park("Amata").explain(year)


# ---- parks -----------------------------------------------------------------------------------------------------------


def test_a_park_is_told_every_criterion_of_the_decree_in_force(run):
    for year in (2019, 2024, 2030, 2050):
        explanation = run.model.park("Amata").explain(year)
        decree = next(d for d in run.model.state.certification.decrees if d.governs(year))
        assert [row["criterion"] for row in explanation.facts["criteria"]] == [c.sentence for c in decree.criteria]
        assert all(c.sentence in explanation.text for c in decree.criteria)
        assert decree.rule_id in explanation.text


def test_what_fails_is_told_by_how_much(run):
    explanation = explain_park(run.model, 0, 2030)
    for row in explanation.facts["criteria"]:
        assert row["holds"] == (row["value"] >= row["needed"])
        assert row["gap"] == max(row["needed"] - row["value"], 0.0)
    alone = {
        "operators.infrastructure_rate": 0.0,
        "operators.infrastructure_rate_alone": 0.0,
        "exchanges.spontaneous_rate": 0.0,
    }
    explanation = EIPModel("no-eip-policy", "pilot-parks", 6, settings=alone).park(0).explain(2030)
    links = next(row for row in explanation.facts["criteria"] if row["unit"] == "links")
    assert (links["holds"], links["gap"]) == (False, 1.0)
    assert "short by 1 link" in explanation.text
    assert "Shared infrastructure: none." in explanation.text


def test_what_is_shared_and_who_has_lapsed_is_told(run):
    told = {run.model.world.park_names[p]: explain_park(run.model, p, 2050) for p in range(run.model.world.n_parks)}
    systems = run.model.state.infrastructure.systems
    for p, explanation in enumerate(told.values()):
        up = systems[(systems.park == p) & (systems.used > 0.0)]
        assert len(explanation.facts["infrastructure"]) == up.size
        assert all(row["used"] <= row["capacity"] * (1 + 1e-9) for row in explanation.facts["infrastructure"])
    assert any("rooftop solar fleet since" in explanation.text for explanation in told.values())
    world = tiny_world(20, 1, established=2018, entry=2018)
    alone = {"operators.infrastructure_rate": 0.0, "operators.infrastructure_rate_alone": 0.0, "levers.eip_duty": 1.0}
    born = EIPModel("no-eip-policy", world, 6, settings=alone).park(0)
    assert "founded as an eco-industrial park, must comply by 2026" in born.explain(2025).text
    assert "founded as an eco-industrial park, missed its term in 2026" in born.explain(2030).text


def test_the_regime_of_inspections_and_who_is_on_record_is_told():
    regime = {
        "levers.inspection_probability": [{"value": 0.05}, {"value": 0.2, "owners": ["foreign"]}],
        "levers.fine_usd": 2000.0, "regulators.self_complying_share": 0.5,
    }  # fmt: skip
    model = EIPModel("no-eip-policy", "pilot-parks", 6, settings=regime)
    while model.year < 2020:
        model.step()
    explanation, rows = model.park("Amata").explain(2020), model.rows_alive(model.park("Amata").row)
    on_record = int((model.state.firms.violation_year[rows] >= 2018).sum())
    at_no_cost = int((model.state.firms.compliance_cost[rows] == 0.0).sum())
    assert explanation.facts["tenants_on_record"] == on_record > 0
    assert (
        "Inspections: chance on average 5 % a year, fine 2,000 USD for domestic firms, 20 % a year, fine 2,000 USD for "
        f"foreign ones; {on_record} of {rows.size} tenants are on record for a violation, {at_no_cost} comply whatever"
    ) in explanation.text
    assert "Inspections" not in EIPModel("no-eip-policy", "pilot-parks", 6).park("Amata").explain(2020).text


def test_before_24_january_2025_no_procedure_existed(run):
    assert "no procedure existed before 24 January 2025" in run.model.park("Amata").explain(2024).text
    assert "exists since 24 January 2025" in run.model.park("Amata").explain(2025).text
    assert "none in force" in run.model.park("Amata").explain(2016).text


def test_the_history_of_a_programme_park_is_told(run):
    explanation = run.model.park("Amata").explain(2030)
    assert "Commitment: in 2020, through Global Eco-Industrial Parks Programme, phase I" in explanation.text
    assert "Conversion: complete in 2024" in explanation.text
    assert explanation.verdict == "preparing"


def test_a_certified_park_is_told_until_when(tmp_path):
    head = "rule_id,in_force_from,in_force_to,criterion,threshold,unit,procedure_available_from"
    file = tmp_path / "easy.csv"
    file.write_text(
        f"{head}\nE,2020-01-01,,tenant firms applying RECP,0.02,share of firms,2025-01-24\n"
        "E,2020-01-01,,certificate validity,5,years,2025-01-24\n"
    )
    model = EIPModel("baseline", "pilot-parks", 6, settings={"decrees": [str(file)]}).run()
    verdicts = [model.park("Amata").explain(year) for year in (2024, 2025, 2026, 2040)]
    assert [v.verdict for v in verdicts] == ["preparing", "applied", "certified", "certified"]
    assert verdicts[1].sentence == "Not yet: it applied in 2025; the decision is due in 2026."
    assert "valid for 5 years, to be renewed in 2031" in verdicts[2].sentence
    assert "certified in 2036" in verdicts[3].sentence


def test_what_a_certified_park_would_fail_by_now_is_told():
    model = EIPModel("baseline", "pilot-parks", 1).run()
    told = {year: model.park("Amata").explain(year) for year in range(2026, 2031)}
    assert {one.verdict for one in told.values()} == {"certified"}
    fails = {year: one.text.count("FAILS") for year, one in told.items()}
    assert set(fails.values()) >= {0, 1}
    for year, one in told.items():
        of = f"{fails[year]} of 7 criteria would not hold today, which counts when it is renewed."
        assert (of in one.sentence) == (fails[year] > 0)


def test_a_park_that_passes_but_has_not_committed_is_told_so(tmp_path):
    head = "rule_id,in_force_from,in_force_to,criterion,threshold,unit,procedure_available_from"
    file = tmp_path / "nothing.csv"
    file.write_text(f"{head}\nN,2015-01-01,,tenant firms aware of RECP,0,share of firms,2015-01-01\n")
    settings = {"decrees": [str(file)], "operators.commitment_base_rate": 0.0}
    model = EIPModel("no-eip-policy", "pilot-parks", 6, settings=settings).run()
    assert "has not committed" in model.park("Amata").explain(2030).sentence


def test_a_park_of_the_future_is_absent():
    model = EIPModel("baseline", "vietnam", 1)
    row = int(np.argmax(model.state.operators.established_year))
    assert model.state.operators.established_year[row] > 2030
    explanation = explain_park(model, row, 2020)
    assert (explanation.verdict, explanation.facts["criteria"]) == ("absent", [])
    assert "not founded before" in explanation.text
