"""The calibrated sets as users get at them: by rule, in designs, in validation."""

import pytest

from eipsim.analysis.evidence.validation import validate
from eipsim.data.parameters import DEFAULT_RULE, load_ensemble
from eipsim.designs.design import Design
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
    result = validate(tmp_path / "facts.csv", world="pilot-parks", rule="threshold", ensemble=True, replicates=1)
    assert result.runs == len(load_ensemble("threshold"))
    settings = load_ensemble("threshold")[3]
    alone = validate(
        tmp_path / "facts.csv", world="pilot-parks", rule="threshold", settings=settings, replicates=1, seed=4
    )
    assert result.values.loc[3, "Options"] == alone.values.loc[0, "Options"]
