"""One file a decision rule: what it says of itself is so, and a new one needs nothing but its file and its parameters' rows."""

import ast
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import eipsim
from eipsim.data.parameters import load_parameters
from eipsim.explain import explain_measure
from eipsim.market.catalogue import measure_names
from eipsim.model.model import EIPModel
from eipsim.rules.acceptance import RULE_FILES, RULES
from eipsim.world import build_world

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
    model = EIPModel("net-zero-2050", "pilot-parks", 6, rule=rule)
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


# ---- a rule is added to a copy -----------------------------------------------------------------------------------------

NEW_RULE = f'''"""Takes what pays back soon enough."""

from eipsim.core.arithmetic import exp
from eipsim.core.compiled import rule
from eipsim.core.numbers import years

NUMBER = {len(RULES)}
SOURCE = "none: an example"
PARAMETERS = ("rules.payback_limit",)


@rule
def payback(option):
    return exp(option.log_cost - option.log_saving)


@rule
def accept(option, constants):
    return 1.0 if payback(option) <= constants.payback_limit else 0.0


def explain(given):
    own, limit = float(payback(given.option)), float(given.constants.payback_limit)
    return [(f"Payback limit: {{years(own)}} against {{years(limit)}}.", {{"net_payback_years": own, "limit_years": limit}})]
'''
NEW_ROW = "rules.payback_limit,,yr,1,3,5,0.01,100,assumed,,payback_limit rule\n"
RUN = """
import pickle, sys
from eipsim import EIPModel
from eipsim.explain import explain_measure
from eipsim.market.catalogue import measure_names

world = pickle.load(open(sys.argv[1], "rb"))
models = [EIPModel("baseline", world, 1, rule="payback_limit", settings={"rules.payback_limit": x}) for x in (3.0, 0.02)]
for model in models:
    while model.year < 2016:
        model.step()
installed = [float(model.outcomes["recp_measures_installed"].iloc[-1]) for model in models]
explained = [explain_measure(models[0], int(row), name, 2016) for row in models[0].rows_alive()[::30] for name in measure_names()]
told = *installed, [(one.text, one.facts) for one in explained if "net_payback_years" in one.facts]
pickle.dump(told, open(sys.argv[2], "wb"))
"""


def test_a_rule_is_added_by_its_file_and_the_rows_of_its_parameters(tmp_path):
    """Uncompiled, since a new parameter means other constants, and with them all would be compiled."""
    shutil.copytree(Path(eipsim.__file__).parent, tmp_path / "eipsim", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "eipsim" / "rules" / "acceptance" / "payback_limit.py").write_text(NEW_RULE)
    table = tmp_path / "eipsim" / "data" / "parameters.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if line.startswith("rules.payout_rate"))
    table.write_text("".join([*lines[:place], NEW_ROW, *lines[place:]]), encoding="utf-8")
    world, told = tmp_path / "world", tmp_path / "told"
    world.write_bytes(pickle.dumps(build_world("pilot-parks", 1)))
    env = os.environ | {"PYTHONPATH": str(tmp_path), "NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-c", RUN, world, told], env=env, check=True, cwd=tmp_path)
    eager, idle, decided = pickle.loads(told.read_bytes())
    assert eager > 2 * idle
    assert len(decided) > 20
    for text, facts in decided:
        assert "Payback limit: " in text
        assert facts["limit_years"] == 3.0
        assert facts["acceptance"] == (facts["net_payback_years"] <= 3.0)
    assert 0 < np.sum([facts["acceptance"] for _, facts in decided]) < len(decided)
