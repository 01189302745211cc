"""One file a decision rule: what it says of itself is so. `tests/docs/test_recipes.py` adds one to a copy of the package."""

import ast
from pathlib import Path

import pytest

from eipsim.data.parameters import load_parameters
from eipsim.explain import explain_measure
from eipsim.market.catalogue import measure_names
from eipsim.model.model import EIPModel
from eipsim.rules.acceptance import RULE_FILES, RULES

by_name = pytest.mark.parametrize("file", RULE_FILES, ids=RULES)


def test_rules_keep_their_numbers_because_designs_deal_them_in_this_order():
    assert RULES[:5] == ("acceptance_curve", "npv_hurdle", "real_option", "threshold", "planned_behaviour")


@by_name
def test_a_rule_names_its_source_and_exactly_the_parameters_that_it_reads(file):
    parameters = load_parameters()
    named = {parameters[name].short_name for name in file.PARAMETERS}
    tree = ast.parse(Path(file.__file__).read_text())
    by_field = {
        n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and ast.unparse(n.value) in ("constants", "c")
    }
    by_text = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    short_names = {parameter.short_name for parameter in parameters.values()}
    assert named == (by_field | by_text) & short_names
    assert by_field <= named | set(getattr(file, "DERIVED", {}))
    assert file.SOURCE


@by_name
def test_an_explanation_is_given_the_option_that_was_weighed(file, monkeypatch):
    rule, asked = file.__name__.rpartition(".")[2], []
    told = file.explain
    monkeypatch.setattr(file, "explain", lambda given: asked.append(given) or told(given))
    model = EIPModel("full-package", "pilot-parks", 6, rule=rule)
    while model.year < 2026:
        model.step()
    weighed = 0
    for row in model.rows_alive()[::60]:
        for measure in measure_names():
            asked.clear()
            facts = explain_measure(model, int(row), measure, 2026).facts
            if asked:
                assert file.accept(asked[0].option, asked[0].constants) == facts["acceptance"]
                assert sum(asked[0].effects.values()) == pytest.approx(asked[0].option.effects, abs=1e-12)
                weighed += 1
    assert weighed > 40
