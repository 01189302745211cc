"""What a run holds and what a year brings: State is filled in place, Year is read only, the model is set by itself alone."""

import ast
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import numpy as np
import pytest
from helpers import tiny_world

import eipsim
from eipsim.agents.firm.columns import FIRM_COLUMNS
from eipsim.agents.operator.columns import OPERATOR_COLUMNS
from eipsim.agents.regulator.columns import REGULATOR_COLUMNS
from eipsim.model.model import EIPModel

PACKAGE = Path(eipsim.__file__).parent
OF_ANOTHER_LIBRARY = PACKAGE / "analysis" / "discovery" / "connectors.py"  # its `model` is the EMA workbench's


@pytest.fixture(scope="module")
def model():
    model = EIPModel("no-eip-policy", tiny_world(5))
    model.step()
    return model


@pytest.mark.parametrize("name", ["levers", "prices", "number", "rows"])
def test_nobody_writes_to_a_year(model, name):
    with pytest.raises(FrozenInstanceError):
        setattr(model.this_year, name, None)


def test_a_state_is_filled_in_place_and_never_exchanged(model):
    before = {field.name: getattr(model.state, field.name) for field in fields(model.state)}
    model.step()
    assert all(getattr(model.state, name) is held for name, held in before.items())
    with pytest.raises(FrozenInstanceError):
        model.state.firms = None


def test_every_year_brings_a_record_of_its_own(model):
    last = model.this_year
    model.step()
    assert (last.number, model.this_year.number) == (model.year - 1, model.year)
    assert np.array_equal(np.flatnonzero(model.alive_mask()), model.this_year.rows)


def sets_the_model(target: ast.expr) -> bool:
    """Whether an assignment goes to an attribute of something called model."""
    if isinstance(target, ast.Tuple):
        return any(sets_the_model(part) for part in target.elts)
    if not isinstance(target, ast.Attribute):
        return False
    owner = target.value
    return isinstance(owner, ast.Name | ast.Attribute) and getattr(owner, "id", getattr(owner, "attr", "")) == "model"


def test_nothing_outside_its_folder_sets_attributes_of_the_model():
    files = [f for f in PACKAGE.rglob("*.py") if f.parent.name != "model" and f != OF_ANOTHER_LIBRARY]
    found = [
        f"{file.name}:{node.lineno}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for target in (getattr(node, "targets", None) or [getattr(node, "target", None)])
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and sets_the_model(target)
    ]
    assert not found


@pytest.mark.parametrize(
    "column",
    [*FIRM_COLUMNS, *OPERATOR_COLUMNS, *REGULATOR_COLUMNS],
    ids=lambda column: column.name,
)
def test_a_column_says_more_than_its_name(column):
    said = column.meaning.lower().replace(" ", "_")
    assert said != column.name
    assert len(column.meaning.split()) > 1, f"{column.name}: what of which, in which unit?"
