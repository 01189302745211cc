"""What Mesa's tutorials and examples do with a model, done with ours: batches, seeds, parameters, reporters, a space."""

import inspect
import warnings

import mesa
import numpy as np
import pytest

from eipsim.agents import Firm, ParkOperator, Regulator
from eipsim.errors import InputError
from eipsim.model.model import EIPModel
from eipsim.world.places import distances_km

PARKS = {"world": "pilot-parks", "years": [(2015, 2016)]}
HAS_SEEDS = "rng" in inspect.signature(mesa.batch_run).parameters  # from Mesa 3.4 on


def batch(parameters, model=EIPModel, **more):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # from Mesa 3.5 on: iterations are to be seeds
        return mesa.batch_run(model, {**PARKS, **parameters}, display_progress=False, **more)


# ---- batches ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def three():
    return batch({"levers.carbon_price": [0, 20]}, iterations=3)


def test_iterations_of_a_batch_are_replicates(three):
    assert len({row["co2_t"] for row in three}) == 6
    for row in three:
        settings = {"levers.carbon_price": row["levers.carbon_price"]}
        alone = EIPModel(world="pilot-parks", years=(2015, 2016), replicate=row["iteration"], settings=settings).run()
        assert row["co2_t"] == alone.co2_t


def test_a_batch_on_two_processes_gives_the_same_runs():
    one, two = (batch({}, iterations=2, number_processes=n) for n in (1, 2))
    key = [(row["iteration"], row["co2_t"]) for row in one]
    assert sorted(key) == sorted((row["iteration"], row["co2_t"]) for row in two)


class Tutorial(EIPModel):
    """As in Mesa's tutorial: parameters of its own, and the seed handed on."""

    def __init__(self, peers=0.2, seed=None, **kwargs):
        super().__init__(seed=seed, settings={"behaviour.peer_weight": peers}, **kwargs)


def test_iterations_of_a_subclass_and_of_a_given_seed_differ_too():
    rows = batch({"peers": 0.5, **({} if HAS_SEEDS else {"seed": 5})}, Tutorial, iterations=2)
    assert len({row["co2_t"] for row in rows}) == 2


@pytest.mark.skipif(not HAS_SEEDS, reason="before 3.4 batches of Mesa have no list of seeds")
def test_seeds_of_a_batch_are_the_seeds_of_the_models():
    rows = batch({}, rng=[4, 5])
    assert [row["co2_t"] for row in rows] == [
        EIPModel(world="pilot-parks", years=(2015, 2016), seed=s).run().co2_t for s in (4, 5)
    ]


def test_a_replicate_that_is_named_and_a_model_beside_a_batch_are_left_alone():
    assert len({row["co2_t"] for row in batch({"replicate": 4}, iterations=2)}) == 1
    assert EIPModel(world="pilot-parks").replicate == 0


# ---- seeds and arguments ---------------------------------------------------------------------------------------------


def test_seed_is_another_name_of_rng():
    by_name = [EIPModel(world="pilot-parks", years=(2015, 2016), **seed).run() for seed in ({"seed": 3}, {"rng": 3})]
    assert by_name[0].seed_number == 3
    assert by_name[0].outcomes.equals(by_name[1].outcomes)
    assert EIPModel(world="pilot-parks", seed="3").seed_number == 3  # a text box gives text
    assert EIPModel(world="pilot-parks", seed=None).seed_number == EIPModel(world="pilot-parks").seed_number == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"seed": 3, "rng": 4}, "seed: seed=3 and rng=4 are two names of one thing; give one of them"),
        ({"seed": ""}, "seed: '' is not a whole number of 0 or more"),
        ({"sede": 3}, "EIPModel: argument 'sede' is unknown; did you mean seed?"),
        ({"behaviour.peer_wait": 3}, "argument 'behaviour.peer_wait' is unknown; did you mean behaviour.peer_weight?"),
        ({"years": 2015}, "years: 2015 is not a period; first and last, .* the one item of a list"),
        (
            {"settings": "levers.carbon_price"},
            "settings: 'levers.carbon_price' is not {name: value}; in mesa.batch_run",
        ),
    ],
)
def test_arguments_that_mean_nothing_are_told_in_a_sentence(arguments, told):
    with pytest.raises(InputError, match=told):
        EIPModel(world="pilot-parks", **arguments)


def test_a_setting_is_an_argument_of_its_own():
    one = EIPModel(world="pilot-parks", **{"behaviour.peer_weight": 0.4, "levers.carbon_price": 7})
    other = EIPModel(world="pilot-parks", settings={"behaviour.peer_weight": 0.4, "levers.carbon_price": 7})
    assert one.parameters["behaviour.peer_weight"] == 0.4
    assert one.case.levers == other.case.levers != EIPModel(world="pilot-parks").case.levers


# ---- reporters of agents ---------------------------------------------------------------------------------------------


class Reporting(EIPModel):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.datacollector = mesa.DataCollector(
            model_reporters={"year": "year", "co2_t": "co2_t"},
            agent_reporters={"as_of": lambda agent: agent.model.year, "kind": lambda agent: type(agent).__name__},
            agenttype_reporters={Firm: {"employees": "employees"}, ParkOperator: {"certificate": "certificate_state"}},
        )


class FromTheStart(Reporting):
    """As in Mesa's examples, which collect before the first step."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.datacollector.collect(self)


def test_a_collector_of_the_users_own_reports_agents_and_kinds_of_agents():
    model = Reporting(world="pilot-parks")
    model.step()
    model.step()
    agents = model.datacollector.get_agent_vars_dataframe()
    assert agents.index.get_level_values("Step").unique().tolist() == [1, 2]
    assert agents.loc[2, "as_of"].unique().tolist() == [2016]
    assert set(agents["kind"]) == {"Firm", "ParkOperator", "Regulator"}
    employees = model.datacollector.get_agenttype_vars_dataframe(Firm)["employees"]
    assert employees.loc[2].sum() == pytest.approx(model.jobs)


@pytest.mark.parametrize("model", [Reporting, FromTheStart])
def test_a_batch_reports_agents_of_the_same_year_as_the_model(model):
    rows = batch({"years": [(2015, 2017)]}, model, data_collection_period=1)
    of_agents = [row for row in rows if "as_of" in row]
    assert {row["year"] for row in of_agents} >= {2015, 2016}
    assert all(row["as_of"] == row["year"] for row in of_agents)
    assert model is FromTheStart or {row["year"] for row in of_agents} == {2015, 2016, 2017}


# ---- the space -------------------------------------------------------------------------------------------------------


@pytest.fixture
def model():
    made = EIPModel(world="pilot-parks", seed=2)
    made.step()
    return made


def test_a_run_that_nobody_looks_at_makes_no_space_and_no_agents(model):
    assert model._space is None
    assert model._made is None
    assert model.firm(int(model.rows_alive()[0])).pos is not None
    assert model._made is None


def test_the_space_holds_parks_and_their_firms_at_their_places(model):
    space = model.space
    assert set(space.agents) == set(model.agents_by_type[Firm]) | set(model.agents_by_type[ParkOperator])
    park = model.park("Amata")
    assert all(firm.pos == park.pos for firm in park.firms)
    assert all(agent.pos is None for agent in model.agents_by_type[Regulator])
    assert not any(space.out_of_bounds(agent.pos) for agent in space.agents)


def test_distances_in_the_space_are_kilometres(model):
    parks, w = list(model.agents_by_type[ParkOperator]), model.world.parks
    points = np.stack([w.latitude, w.longitude], axis=1)
    for one in parks:
        for other in parks:
            apart = float(distances_km(points[one.row], points[other.row]))
            assert model.space.get_distance(one.pos, other.pos) == pytest.approx(apart, rel=0.05)


def test_neighbours_are_those_within_the_radius(model):
    model.space  # noqa: B018  (somebody looks: from here on parks are among its agents)
    park = model.park("Amata")
    near = model.space.get_neighbors(park.pos, radius=0.0)
    assert {agent.row for agent in near if isinstance(agent, Firm)} == {firm.row for firm in park.firms}
    assert park in near
    far = model.space.get_neighbors(park.pos, radius=100.0)
    assert set(near) < set(far) < set(model.space.get_neighbors(park.pos, radius=3000.0))


def test_the_space_is_kept_up_with_entries_and_exits(model):
    space, before = model.space, set(model.space.agents)
    while model.year < 2020:
        model.step()
    after = set(model.space.agents)
    assert model.space is space
    assert after == {agent for agent in model.agents if agent.pos is not None}
    assert after - before
    assert all(agent.pos is None for agent in before - after)
    assert before - after


def test_looking_at_the_space_changes_no_result():
    looked, not_looked = (EIPModel(world="pilot-parks", years=(2015, 2018)) for _ in range(2))
    assert looked.space
    assert looked.run().outcomes.equals(not_looked.run().outcomes)
