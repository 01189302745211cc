"""The calibrated sets as users get at them: by rule, in designs, in validation."""

import json

import pytest

from eipsim.analysis.evidence.validation import validate
from eipsim.data.parameters import DEFAULT_RULE, load_ensemble
from eipsim.designs.design import Design, stored_design
from eipsim.designs.reading import load_design
from eipsim.errors import InputError
from eipsim.rules.acceptance import RULES

LISTED = {"scenarios": ["baseline"], "sampler": {"method": "full_factorial"}, "world": "pilot-parks"}
FACTS = (
    'name,expression,filter,years,low,high,source\nOptions,options_implemented,"programme=""EIP pilot""",2018,0,1,x\n'
)


def design(**factors) -> Design:
    return load_design({**LISTED, "factors": factors})


def told_of(**factors) -> str:
    with pytest.raises(InputError) as refused:
        design(**factors)
    return str(refused.value)


def test_the_default_rule_is_the_first():
    assert RULES[0] == DEFAULT_RULE
    assert load_ensemble() is load_ensemble() == load_ensemble(DEFAULT_RULE)


def test_a_rule_without_sets_is_told():
    with pytest.raises(InputError, match="npv_hurdle"):
        load_ensemble("npv_hurdel")


def test_a_design_takes_the_sets_of_the_rule_that_it_names():
    made = design(parameter_set={"ensemble": "npv_hurdle"}, rule={"choice": ["npv_hurdle"]})
    assert len(made.rows) == len(load_ensemble("npv_hurdle"))
    run = made.run("baseline", 7)
    assert run.rule == "npv_hurdle"
    assert run.scenario.parameters == load_ensemble("npv_hurdle")[7]


def test_sets_of_another_rule_are_refused_with_a_remedy():
    told = told_of(parameter_set={"ensemble": "calibrated"}, rule={"choice": ["real_option"]})
    assert "calibrated for acceptance_curve" in told
    assert "{ensemble: real_option}" in told
    assert "calibrated for threshold" in told_of(parameter_set={"ensemble": "threshold"}, rule=None)


def test_an_unknown_ensemble_is_told():
    assert "ensemble" in told_of(parameter_set={"ensemble": "fitted"})


def test_what_a_set_has_cannot_vary_beside_it_whatever_the_rule():
    told = told_of(**{"parameter_set": {"ensemble": "npv_hurdle"}, "rules.hurdle_rate": {"uniform": [0.4, 0.6]}})
    assert "only one of them can vary" in told
    design(**{"parameter_set": {"ensemble": "npv_hurdle"}, "rules.tpb_steepness": {"uniform": [4, 6]}})


def test_validation_runs_the_sets_of_its_rule(tmp_path):
    (tmp_path / "facts.csv").write_text(FACTS, encoding="utf-8")
    result = validate(tmp_path / "facts.csv", world="pilot-parks", rule="threshold", ensemble=5, replicates=1)
    assert result.runs == 5
    settings = load_ensemble("threshold")[3]
    alone = validate(
        tmp_path / "facts.csv", world="pilot-parks", rule="threshold", settings=settings, replicates=1, seed=4
    )
    assert result.values.loc[3, "Options"] == alone.values.loc[0, "Options"]


# ---- sets of one's own -----------------------------------------------------------------------------------------------

OWN = "behaviour.peer_weight,measures.rebound,weight\n0.2,0.1,6\n0.4,0.2,3\n0.6,0.3,1\n"


def own_design(folder, sets=OWN, **sampler):
    (folder / "sets.csv").write_text(sets, encoding="utf-8")
    (folder / "design.yaml").write_text(
        "scenarios: [baseline]\nworld: pilot-parks\nfactors:\n  parameter_set: {ensemble: sets.csv}\n"
        f"sampler: {json.dumps(sampler or {'method': 'latin', 'n': 20})}\n",
        encoding="utf-8",
    )
    return load_design(folder / "design.yaml")


def test_sets_of_ones_own_come_as_often_as_their_weights_say(tmp_path):
    made = own_design(tmp_path)
    assert made.rows["parameter_set"].value_counts().to_dict() == {1: 12, 2: 6, 3: 2}
    third = int(made.rows.index[made.rows["parameter_set"] == 3][0])
    assert made.run("baseline", third).scenario.parameters == {"behaviour.peer_weight": 0.6, "measures.rebound": 0.3}


def test_sets_without_weights_are_all_alike(tmp_path):
    made = own_design(tmp_path, "measures.rebound\n0.1\n0.2\n", method="latin", n=10)
    assert made.rows["parameter_set"].value_counts().to_dict() == {1: 5, 2: 5}


def test_a_store_needs_no_file_of_sets_any_more(tmp_path):
    made = own_design(tmp_path)
    (tmp_path / "sets.csv").unlink()
    again = stored_design(made.document())
    assert again.runs()["key"].tolist() == made.runs()["key"].tolist()
    assert again.factors["parameter_set"].weights == (6.0, 3.0, 1.0)


def test_what_a_set_of_ones_own_has_cannot_vary_beside_it(tmp_path):
    told = told_of(
        **{"parameter_set": {"ensemble": [{"measures.rebound": 0.1}]}, "measures.rebound": {"uniform": [0, 0.1]}}
    )
    assert "only one of them can vary" in told


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        ("measures.rebuond\n0.1\n", ["sets.csv:1: parameter 'measures.rebuond' is unknown", "measures.rebound"]),
        (
            "measures.rebound,weight\n0.1,0\n9,-1\n",
            ["sets.csv:2: weight = 0", "sets.csv:3: measures.rebound = 9", "weight = -1"],
        ),
        ("measures.rebound\nmuch\n", ["sets.csv:2: measures.rebound = 'much' is not a number"]),
        ("measures.rebound\n", ["sets.csv:1: has no rows"]),
        ("weight\n1\n", ["names no parameter"]),
    ],
)
def test_every_mistake_in_sets_of_ones_own_is_told_at_its_line(tmp_path, sets, words):
    with pytest.raises(InputError) as refused:
        own_design(tmp_path, sets)
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_a_file_of_sets_that_is_not_there_is_told():
    assert "cannot be read" in told_of(parameter_set={"ensemble": "nowhere.csv"})
