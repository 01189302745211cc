"""The model is a Mesa model: batch_run, DataCollector, AgentSet and subclasses work as a Mesa user expects."""

import gc
import inspect
import pickle
import weakref

import mesa
import numpy as np
import pytest
from helpers import differences

from eipsim.agents import Firm, ParkOperator, Regulator
from eipsim.errors import RunError
from eipsim.model.model import EIPModel
from eipsim.outcomes.views import View


def pilot(**more):
    return EIPModel("baseline", "pilot-parks", 2, **more)


def stepped(years, **more):
    model = pilot(**more)
    for _ in range(years):
        model.step()
    return model


# ---- agents ----------------------------------------------------------------------------------------------------------


def test_every_kind_of_agent_is_there_by_type():
    model = stepped(3)
    assert isinstance(model, mesa.Model)
    assert set(model.agent_types) == {Firm, ParkOperator, Regulator}
    assert len(model.agents_by_type[Firm]) == model.firms
    assert len(model.agents_by_type[ParkOperator]) == model.parks_established
    assert len(model.agents) == sum(len(model.agents_by_type[kind]) for kind in model.agent_types)
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents)


def test_unique_ids_are_unique_and_stay():
    model = stepped(1)
    first = {agent.id: agent.unique_id for agent in model.agents_by_type[Firm]}
    for _ in range(5):
        model.step()
    ids = [agent.unique_id for agent in model.agents]
    assert len(set(ids)) == len(ids)
    later = {agent.id: agent.unique_id for agent in model.agents_by_type[Firm]}
    assert all(later[name] == first[name] for name in later.keys() & first.keys())
    other = stepped(1)
    assert min(agent.unique_id for agent in other.agents) == 1  # ids are counted in the model itself


def test_agents_appear_and_disappear_with_entry_and_exit():
    model = stepped(1)
    model.agents  # noqa: B018  (somebody looks)
    came = gone = 0
    while model.year < 2024:
        before = {agent.id for agent in model.agents_by_type[Firm]}
        model.step()
        after = {agent.id for agent in model.agents_by_type[Firm]}
        f = model.world.firms
        entered = np.flatnonzero((f.entry_year == model.year) & (f.exit_year > model.year))
        left = np.flatnonzero((f.exit_year == model.year) & (f.entry_year < model.year))
        assert after - before == {model.world.firm_id(int(row)) for row in entered}
        assert before - after == {model.world.firm_id(int(row)) for row in left}
        came, gone = came + len(after - before), gone + len(before - after)
    assert min(came, gone) > 20


def test_looking_at_agents_changes_nothing():
    looked, not_looked = pilot(), pilot()
    while looked.year < 2022:
        len(looked.agents)
        looked.step()
        not_looked.step()
    assert differences(looked, not_looked) == []


def test_attributes_read_and_write_the_columns_of_the_agents_own_model():
    one, other = stepped(2), stepped(2)
    row = int(one.rows_alive()[0])
    firm = one.firm(row)
    firm.employees = 4321.0
    assert one.state.firms.employees[row] == 4321.0
    assert other.state.firms.employees[row] != 4321.0
    assert one.firm(firm.id).row == row
    assert one.park("Amata").name == "Amata"
    assert row in [neighbour.row for neighbour in one.park(int(firm.park)).firms]


def test_agent_sets_select_group_get_set_and_do():
    model = stepped(3)
    firms = model.agents_by_type[Firm]
    large = firms.select(lambda firm: firm.employees > 500)
    assert 0 < len(large) < len(firms)
    assert all(firm.employees > 500 for firm in large)
    assert sum(firms.get("employees")) == pytest.approx(model.jobs)
    by_sector = firms.groupby("sector")
    assert sum(len(group) for _, group in by_sector) == len(firms)
    assert all(len(set(group.get("sector"))) == 1 for _, group in by_sector)
    large.set("foreign", True)
    assert model.state.firms.foreign[[firm.row for firm in large]].all()
    firms.do("retire")  # the verbs of the year can be called by name
    smallest = next(iter(firms.sort("employees", ascending=True)))
    assert smallest.employees == min(firms.get("employees"))
    assert len(firms.select(at_most=7)) == 7


# ---- Mesa's tools ----------------------------------------------------------------------------------------------------


def batch_run(parameters, seeds, **more):
    """Mesa's batch runner; from 3.4 on it takes the seeds apart from the parameters."""
    if "rng" in inspect.signature(mesa.batch_run).parameters:
        more["rng"] = seeds
    else:
        parameters = parameters | {"rng": seeds}
        more["iterations"] = 1
    return mesa.batch_run(EIPModel, parameters, number_processes=1, display_progress=False, **more)


def test_batch_run_gives_a_row_per_run_with_the_outcomes():
    parameters = {
        "scenario": ["baseline", "no-eip-policy"],
        "world": "pilot-parks",
        "years": [(2015, 2020)],
    }
    rows = batch_run(parameters, [1, 2])
    assert len(rows) == 4
    final = EIPModel("baseline", "pilot-parks", 2, years=(2015, 2020)).run()
    mine = [row for row in rows if (row["scenario"], row.get("seed", row.get("rng"))) == ("baseline", 2)]
    assert mine[-1]["co2_t"] == final.co2_t
    assert mine[-1]["year"] == 2020


def test_batch_run_collects_every_year_when_asked():
    rows = batch_run(
        {"scenario": "baseline", "world": "pilot-parks", "years": [(2015, 2019)]}, [3], data_collection_period=1
    )
    years = [row["year"] for row in rows if row["year"] >= 2015]
    assert years == list(range(2015, 2020))


def test_the_models_own_data_collector_holds_the_outcomes():
    model = stepped(6)
    collected = model.datacollector.get_model_vars_dataframe()
    assert collected["year"].tolist() == list(range(2015, 2021))
    for name in model.outcomes:
        assert collected[name].tolist() == model.outcomes[name].tolist(), name


def test_outcomes_are_worked_out_when_somebody_looks_and_not_before(monkeypatch):
    model = pilot()
    with monkeypatch.context() as patched:
        patched.setattr(View, "mean_score", lambda *_: pytest.fail("nobody has asked"))
        for _ in range(4):
            model.step()
    assert model.datacollector.model_vars["park_score_mean"] == model.outcomes["park_score_mean"].tolist()
    model.step()
    assert len(model.datacollector.model_vars["co2_t"]) == 5
    assert model.datacollector.model_vars["co2_t"][-1] == model.co2_t


def test_the_models_own_data_collector_goes_where_mesa_models_go():
    """Collected before the first step, as Mesa's examples do; with a reporter of the user's own; through a pickle."""
    model = pilot()
    model.datacollector._new_model_reporter("parks", lambda m: len(m.state.operators))
    model.datacollector.collect(model)
    for _ in range(2):
        model.step()
    model.datacollector.model_reporters.pop("parks")  # a lambda cannot be pickled
    copy = pickle.loads(pickle.dumps(model))
    for each in (model, copy):
        collected = each.datacollector.get_model_vars_dataframe()
        assert collected["year"].tolist() == [2014, 2015, 2016]
        assert collected["parks"].tolist() == [8, 8, 8]
        assert np.isnan(collected["co2_t"][0])
        assert collected["co2_t"][1:].tolist() == model.outcomes["co2_t"].tolist()


def test_a_data_collector_of_the_users_own_reports_model_and_agents():
    model = pilot()
    mine = mesa.DataCollector(
        model_reporters={
            "aware": "firms_aware_share",
            "committed": lambda m: int((m.state.operators.commit_year > 0).sum()),
        },
        agenttype_reporters={
            Firm: {"employees": "employees", "measures": lambda firm: int((firm.installed_year > 0).sum())},
            ParkOperator: {"state": "certificate_state"},
        },
    )
    for _ in range(3):
        model.step()
        mine.collect(model)
    assert len(mine.get_model_vars_dataframe()) == 3
    firms = mine.get_agenttype_vars_dataframe(Firm)
    assert len(firms) > 3 * 500
    assert firms["measures"].max() > 2
    assert set(mine.get_agenttype_vars_dataframe(ParkOperator)["state"]) <= {"none", "preparing"}


def test_running_is_true_until_the_last_year():
    model = pilot(years=(2015, 2018))
    assert model.running
    while model.running:
        model.step()
    assert model.year == 2018


# ---- subclasses ------------------------------------------------------------------------------------------------------


def test_a_firm_class_that_overrides_weigh_is_used():
    class Stubborn(Firm):
        def weigh(self):
            return super().weigh() * 0.0

    class Eager(Firm):
        def weigh(self):
            return np.where(super().weigh() > 0.0, 1.0, 0.0)

    # what replaces a boiler at its end is chosen by the cost of heat, and not weighed
    early = {"measures.boiler_lifetime": 0.0}
    stubborn, plain, eager = (stepped(4, firm_class=kind, settings=early) for kind in (Stubborn, Firm, Eager))
    assert stubborn.recp_measures_installed == 0
    assert 0 < plain.recp_measures_installed < eager.recp_measures_installed
    assert type(next(iter(eager.agents_by_type[Eager]))) is Eager


def test_a_regulator_that_never_acts_gives_no_audits():
    class Idle(Regulator):
        def act(self):
            pass

    model = stepped(6, regulator_class=Idle)
    assert model.audits_done == 0
    assert stepped(6).audits_done > 0


def test_a_regulator_that_stops_acting_leaves_the_books_in_order():
    """Vouchers that were dealt before it stopped are not paid twice; those that firms apply for are no act of a regulator."""

    class Retiring(Regulator):
        def act(self):
            if self.model.year < 2028:
                super().act()

    dealt = {"regulators.voucher_applications": 0.0}
    model = EIPModel(
        "full-package", "pilot-parks", 2, settings=dealt, regulator_class=Retiring, years=(2015, 2032)
    ).run()
    paid = model.outcomes["subsidy_paid_usd"]
    assert paid.loc[2027] > 0.0
    assert (paid.loc[2029:] == 0.0).all()


def test_an_operator_that_never_commits():
    class Reluctant(ParkOperator):
        def operate(self):
            pass

    assert (stepped(6, operator_class=Reluctant).state.operators.commit_year == 0).all()


# ---- life and death --------------------------------------------------------------------------------------------------


def test_a_model_is_released_when_nobody_holds_it():
    model = stepped(2)
    len(model.agents)
    explanation = model.firm(int(model.rows_alive()[0])).explain("lighting", 2016)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None
    assert explanation.text  # what was told stays


def test_no_class_attribute_of_mesa_grows_with_the_models():
    def held():
        ids = getattr(mesa.Agent, "_ids", {})
        return len(ids) if hasattr(ids, "__len__") else 0

    before = held()
    for _ in range(5):
        len(stepped(1).agents)
    gc.collect()
    assert held() <= before


def test_a_model_can_be_pickled_and_goes_on_as_before():
    model = stepped(5)
    copy = pickle.loads(pickle.dumps(model))
    assert copy.year == model.year
    assert differences(copy, model) == []
    assert differences(copy.run(), model.run()) == []


def test_a_step_beyond_the_last_year_is_refused_in_words():
    model = EIPModel("baseline", "pilot-parks", 1).run()
    with pytest.raises(RunError, match="the world ends in 2050"):
        model.step()
