"""Designs of experiments: what a file may say, which points it makes, and which runs these are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import settings as with_care
from hypothesis import strategies as st

import eipsim
from eipsim.analysis.discovery.connectors import LEVER, Runs
from eipsim.analysis.sensitivity.indices import sensitivity
from eipsim.analysis.sensitivity.screening import next_design
from eipsim.cli import main
from eipsim.data.loading import FOLDER as DATA
from eipsim.data.parameters import load_ensemble, load_parameters
from eipsim.designs import run_keys as keys
from eipsim.designs.design import MOST_DRAWS, Design, stored_design
from eipsim.designs.differences import differences
from eipsim.designs.estimate import estimate
from eipsim.designs.factors import KINDS, own_range
from eipsim.designs.files import is_design_file
from eipsim.designs.reading import check_design, load_design
from eipsim.designs.samplers import METHODS
from eipsim.designs.schema import schema_of_designs
from eipsim.errors import InputError
from eipsim.outcomes.registry import OUTCOMES
from eipsim.rules.acceptance import RULES
from eipsim.scenarios.loading import apply_settings, load_scenario
from eipsim.sweeps import runner, sweep
from eipsim.sweeps.runner import run_spec
from eipsim.sweeps.sweep import run_sweep

unhurried = with_care(deadline=None, max_examples=40)
RECP = "criteria:\n  tenant firms applying RECP with measured savings: 0.15\n"
PEERS, BUDGET = "behaviour.peer_weight", "finance.investment_budget_share"


def design(**given) -> Design:
    """A design of the baseline in the pilot parks, with what is `given` put over it."""
    return load_design({"scenarios": ["baseline"], "world": "pilot-parks", "outcomes": ["parks_certified"]} | given)


def sampled(sampler, **more) -> Design:
    """A design over a range, a lever and a decision rule."""
    three = {PEERS: None, "levers.carbon_price": {"uniform": [0, 50]}, "rule": None}
    return design(**{"factors": three, "sampler": sampler} | more)


def four_points(**more) -> Design:
    """Four base points with two replicates, and what is put over them."""
    return sampled(**{"sampler": {"method": "sobol", "n": 4}, "replicates": 2} | more)


def mistakes(given) -> list[str]:
    """Every mistake of a design, as it is told."""
    with pytest.raises(InputError) as told:
        load_design(given)
    return [str(mistake) for mistake in told.value.mistakes]


def written(folder, text, name="design.yaml"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


# ---- what a file may say ---------------------------------------------------------------------------------------------


def test_a_design_writes_out_every_default():
    made = load_design({"scenarios": ["baseline"]})
    assert (made.world, made.seed, made.years, made.replicates) == ("vietnam", 1, (2015, 2050), 1)
    assert list(made.outcomes) == list(OUTCOMES)
    assert (made.draws, made.precision, made.on_failure) == ("common", "double", "refuse")
    assert made.scenarios["baseline"].digest == load_scenario("baseline").digest


def test_a_factor_of_which_nothing_is_said_has_the_range_of_its_parameter():
    made = sampled(
        {"method": "latin", "n": 4}, factors={PEERS: None, "behaviour.acceptance_ceiling": None, "rule": None}
    )
    parameter, ceiling = (load_parameters()[name] for name in (PEERS, "behaviour.acceptance_ceiling"))
    assert made.factors[PEERS].triangular == (parameter.low, parameter.central, parameter.high)
    assert made.factors["behaviour.acceptance_ceiling"].uniform == (
        ceiling.low,
        ceiling.high,
    )  # the central value is an end
    assert made.factors["rule"].labels == RULES


@pytest.mark.parametrize(
    ("given", "labels"),
    [
        ("baseline", ["baseline"]),
        (["baseline", "subsidy"], ["baseline", "subsidy"]),
        (["baseline", {"grant": "subsidy"}], ["baseline", "grant"]),
        ({"now": "baseline", "dear": {"extends": "baseline", "set": {"levers.carbon_price": 90}}}, ["now", "dear"]),
        ({"own": load_scenario("subsidy")}, ["own"]),
        ([load_scenario("subsidy")], ["subsidy"]),
    ],
)
def test_scenarios_are_named_in_several_ways(given, labels):
    assert design(scenarios=given).labels == labels


def test_a_scenario_of_a_design_has_its_settings():
    made = design(
        scenarios={"dear": {"extends": "baseline", "set": {"levers.carbon_price": 90, "drivers.grid": "low"}}}
    )
    expected = apply_settings(load_scenario("baseline"), {"levers.carbon_price": 90, "drivers.grid": "low"})
    assert made.scenario("dear") == expected
    assert made.scenarios["dear"].digest == expected.digest


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("firms", {"firms": "firms"}),
        (["firms", {"few": "firms / 2"}], {"firms": "firms", "few": "firms / 2"}),
        ({"in the north": 'firms | province="Hà Nội"'}, {"in the north": 'firms | province="Hà Nội"'}),
    ],
)
def test_outcomes_are_named_in_several_ways(given, kept):
    assert design(outcomes=given).outcomes == kept


def test_files_are_found_beside_the_design(tmp_path):
    written(tmp_path, "extends: subsidy\nparameters: {behaviour.peer_weight: 0}\n", "mine.yaml")
    written(tmp_path, "def half(cost, saving, lifetime, size, peers, effects):\n    return 0.5\n", "rules.py")
    written(tmp_path, "rule,levers.carbon_price\nrules.py:half,10\nnpv_hurdle,20\n", "points.csv")
    file = written(
        tmp_path,
        "scenarios: [mine.yaml]\nfactors:\n  rule: {choice: ['rules.py:half', npv_hurdle]}\n"
        "sampler: {method: listed, file: points.csv}\n",
    )
    made = load_design(file)
    assert made.scenario("mine").parameters == {PEERS: 0.0}
    assert made.run("mine", 0).rule == f"{tmp_path}/rules.py:half"
    assert made.rows["levers.carbon_price"].tolist() == [10.0, 20.0]


def test_a_design_read_from_its_own_document_is_the_same():
    paths = {"choice": {"late": {2030: 8, 2040: 20}, "never": None, "soon": 5}}
    given = {"levers.carbon_price": paths, PEERS: None, "parameter_set": None, "drivers.grid": None}
    made = sampled({"method": "latin", "n": 12}, factors=given, scenarios=["baseline", "full-package"], replicates=2)
    again = load_design(json.loads(json.dumps(made.document())))
    assert again == made
    assert again.digest == made.digest
    assert again.runs().equals(made.runs())
    assert [again.run("full-package", row).scenario for row in range(12)] == [
        made.run("full-package", row).scenario for row in range(12)
    ]


def test_a_stored_design_is_read_where_the_files_of_its_scenarios_are_not(tmp_path):
    folder = tmp_path / "before"
    folder.mkdir()
    written(folder, "extends: baseline\ntitle: Mine\n", "mine.yaml")
    made = load_design(written(folder, "scenarios: [mine.yaml]\n"))
    shutil.rmtree(folder)
    assert load_design(made.document()).scenario("mine").title == "Mine"


def test_words_and_form_of_a_file_change_no_run(tmp_path):
    one = load_design(written(tmp_path, "scenarios: [baseline]\nseed: 3\ntitle: One\n", "one.yaml"))
    two = load_design(written(tmp_path, "# the same\nseed:   3\nscenarios:\n  - baseline\n", "two.yaml"))
    assert one.digest == two.digest
    assert one.runs().equals(two.runs())


# ---- bad input -------------------------------------------------------------------------------------------------------

WRONG = [
    ("scenarios: [basline]", 1, "did you mean baseline?"),
    ("scenarios: {a: {extend: subsidy}}", 1, "extend is unknown"),
    ("scenarios: []", 1, "is empty; give at least one"),
    ("scenarios: [baseline, baseline]", 1, "name baseline twice"),
    ("scenarios: {a: {extends: baseline, set: {levers.carbon_prise: 3}}}", 1, "did you mean carbon_price?"),
    ("scenarios: [baseline]\nbaseline: subsidy", 2, "baseline 'subsidy' is unknown"),
    ("scenarios: [baseline]\nworld: vietnma", 2, "did you mean vietnam?"),
    ("scenarios: [baseline]\nyears: [2015, 2060]", 2, "allowed: 2015 to 2050"),
    ("scenarios: [baseline]\nyears: [2040, 2030]", 2, "write the first year first"),
    ("scenarios: [baseline]\nyears: 2030", 2, "must be a list"),
    ("scenarios: [baseline]\nreplicats: 3", 2, "did you mean replicates?"),
    ("scenarios: [baseline]\nreplicates: 0", 2, "at least 1"),
    ("scenarios: [baseline]\nseed: -1", 2, "at least 0"),
    ("scenarios: [baseline]\nseed: 1\nseed: 2", 3, "seed is given twice"),
    ("scenarios: [baseline]\ndraws: comon", 2, "did you mean common?"),
    ("scenarios: [baseline]\ndraws: factor\nreplicates: 2", 3, "leave replicates out"),
    ("scenarios: [baseline]\noutcomes:\n  - parks_certifed", 3, "did you mean parks_certified?"),
    ("scenarios: [baseline]\noutcomes:\n  - firms\n  - firms @2050", 4, "leave @ out"),
    ("scenarios: [baseline]\noutcomes:\n  x: firms > 3", 3, "is a condition, not a number"),
    ("scenarios: [baseline]\nfactors:\n  behaviour.peer_wieght:", 3, "did you mean behaviour.peer_weight?"),
    ("scenarios: [baseline]\nfactors:\n  levers.carbon_price:", 3, "has no range of its own"),
    ("scenarios: [baseline]\nfactors:\n  levers.fine_usd: {uniform: [9, 3]}", 3, "low is not below high"),
    ("scenarios: [baseline]\nfactors:\n  levers.fine_usd: {unifrm: [3, 9]}", 3, "did you mean uniform?"),
    ("scenarios: [baseline]\nfactors:\n  levers.fine_usd: {uniform: [3]}", 3, "levers.fine_usd.uniform"),
    ("scenarios: [baseline]\nfactors:\n  levers.fine_usd: {uniform: [3, .inf]}", 3, "finite"),
    ("scenarios: [baseline]\nfactors:\n  levers.fine_usd: {loguniform: [0, 9]}", 3, "low is not above 0"),
    ("scenarios: [baseline]\nfactors:\n  levers.fine_usd: {triangular: [3, 2, 9]}", 3, "is not low, mode, high"),
    ("scenarios: [baseline]\nfactors:\n  levers.fine_usd: [3, 9]", 3, "is not a distribution"),
    ("scenarios: [baseline]\nfactors:\n  levers.fine_usd: {choice: []}", 3, "is empty; give at least one"),
    ("scenarios: [baseline]\nfactors:\n  levers.fine_usd: {choice: [3, 3]}", 3, "names a value twice"),
    ("scenarios: [baseline]\nfactors:\n  levers.carbon_price: {uniform: [0, 1e9]}", 3, "allowed: 0 to 1000 USD/t CO2"),
    ("scenarios: [baseline]\nfactors:\n  behaviour.peer_weight: {normal: [0, 1]}", 3, "truncnormal has ends"),
    ("scenarios: [baseline]\nfactors:\n  drivers.grid: {choice: [low, hihg]}", 3, "did you mean high?"),
    ("scenarios: [baseline]\nfactors:\n  drivers.grid: {uniform: [0, 1]}", 3, "drivers.grid"),
    ("scenarios: [baseline]\nfactors:\n  rule: {choice: [threshold, thresold]}", 3, "thresold"),
    ("scenarios: [baseline]\nfactors:\n  rule: {choice: [threshold, 'none.py:f']}", 3, "does not exist"),
    ("scenarios: [baseline]\nfactors:\n  certification.decree: {choice: [null, no.yaml]}", 3, "there is no file"),
    ("scenarios: [baseline]\nfactors:\n  programmes.GEIPP phase I.audits: {choice: [1, -5]}", 3, "out of bounds"),
    ("scenarios: [baseline]\nfactors:\n  programmes.GEIPP.audits: {choice: [1, 5]}", 3, "programme 'GEIPP' is unknown"),
    ("scenarios: [baseline]\nfactors:\n  years: {choice: [[2015, 2030], [2015, 2050]]}", 3, "years is unknown"),
    ("scenarios: [baseline]\nfactors:\n  dummy: {uniform: [0, 1]}", 3, "a name of eipsim's own"),
    ("scenarios: [baseline]\nfactors:\n  parameter_set: {uniform: [0, 1]}", 3, "belong together"),
    ("scenarios: [baseline]\nfactors:\n  parameter_set:\n  behaviour.vietnam_shift:", 4, "only one of them can vary"),
    ("scenarios: [baseline]\nfactors:\n  rule:", 1, "lacks a sampler"),
    ("scenarios: [baseline]\nfactors:\n  seed:", 3, "has no range of its own"),
    ("scenarios: [baseline]\nfactors:\n  seed: {uniform: [1, 9]}", 3, "takes whole numbers of 0 or more, not 1.0"),
    ("scenarios: [baseline]\nfactors:\n  seed: {choice: [1, -2]}", 3, "takes whole numbers of 0 or more, not -2"),
    ("scenarios: [baseline]\nsampler: {method: sobol, n: 8}", 2, "has no factors to sample"),
    ("scenarios: [baseline]\nsampler: {method: sobl, n: 8}", 2, "did you mean sobol?"),
    ("scenarios: [baseline]\nsampler: {n: 8}", 2, "lacks a method"),
    ("scenarios: [baseline]\nsampler: {method: sobol}", 2, "lacks n"),
    ("scenarios: [baseline]\nsampler: {method: sobol, n: 100}", 2, "the next is 128"),
    ("scenarios: [baseline]\nsampler: {method: sobol, n: 8, seed: 0}", 2, "at least 1"),
    ("scenarios: [baseline]\nsampler: {method: latin, n: 8, levels: 4}", 2, "which latin does not know"),
    ("scenarios: [baseline]\nsampler: {method: morris, n: 8, levels: 5}", 2, "an even number is needed"),
    ("scenarios: [baseline]\nsampler: {method: morris, n: 8, optimal: 8}", 2, "less than n"),
    ("scenarios: [baseline]\nsampler: {method: fast, n: 64}", 2, "at least 4 interference^2 + 1 = 65"),
    ("scenarios: [baseline]\nsampler: {method: listed}", 2, "needs either file or points"),
    ("scenarios: [baseline]\nsampler: {method: listed, file: no.csv}", 2, "no.csv cannot be read"),
    ("scenarios: [baseline]\nfactors: {rule: }\nsampler: {method: finite_difference, n: 8}", 3, "cannot take a small step"),
    ("scenarios: [baseline]\nfactors: {rule: }\nsampler: {method: fractional_factorial}", 3, "has two levels"),
    ("scenarios: [baseline]\nsampler: {method: latin, n: 8, repeats: 3}", 2, "so few hypercubes tell no spread; at least 5"),
    ("scenarios: [baseline]\ncorrelations: 0.7", 2, "must be a list"),
    ("scenarios: [baseline]\ncorrelations: [0.7]", 2, "write {factors: [a, b], rank: 0.7}"),
    ("scenarios: [baseline]\ncorrelations:\n  - {factors: [a, b], rank: 1}", 3, "less than 1"),
    ("scenarios: [baseline]\ncorrelations:\n  - {factors: [a, b]}", 3, "lacks rank"),
    ("scenarios: [baseline]\ncorrelations:\n  - {factors: [a], rank: 0.5}", 3, "needs two factors"),
    ("scenarios: [baseline]\ncorrelations:\n  - {factors: [a, b], ranks: 0.5}", 3, "did you mean rank?"),
    ("scenarios: [baseline]\nmodel: nowhere.py:f", 2, "there is no file"),
    ("scenarios: [baseline]\nmodel: json:dumbs\noutcomes: [y]", 2, "did you mean dumps?"),
    ("scenarios: [baseline]\nmodel: json:dumps", 1, "lacks outcomes"),
    ("[baseline]", 1, "a design is a mapping"),
    ("scenarios: [baseline", 1, "not YAML"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "words"), WRONG, ids=[words for _, _, words in WRONG])
def test_a_mistake_is_told_where_it_stands(tmp_path, text, line, words):
    file = written(tmp_path, text)
    told = mistakes(file)
    assert any(words in mistake and mistake.startswith(f"{file}:{line}:") for mistake in told), told


def test_all_mistakes_are_told_at_once(tmp_path):
    file = written(
        tmp_path,
        "scenarios: [basline, subsidy]\nworld: pilot\nfoo: 1\nyears: [2015, 2060]\noutcomes: [parks]\nfactors:\n"
        "  a: {uniform: [0, 1]}\n  levers.fine_usd: {uniform: [3, 1]}\n  drivers.grid: {choice: [low, hi]}\n"
        "sampler: {method: sobol, n: 9}\n",
    )
    assert [mistake.split(":")[1] for mistake in mistakes(file)] == ["1", "2", "3", "4", "5", "7", "8", "9", "10"]


ONLY_WRONG = [
    ("only: audits", 8, "must be a mapping"),
    ("only:\n  behaviour.peer_wieght: audits", 9, "did you mean behaviour.peer_weight?"),
    ("only:\n  levers.voucher_cap_usd: subsdy", 9, "scenario 'subsdy' is unknown; did you mean subsidy?"),
    ("only:\n  levers.voucher_cap_usd: [subsidy, subsdy]", 9, "did you mean subsidy?"),
    ("only:\n  levers.voucher_cap_usd:\n    - subsidy\n    - audit", 11, "did you mean audits?"),
    ("only:\n  levers.voucher_cap_usd: []", 9, "names no scenario; write the label of a scenario, or a list"),
    ("only:\n  levers.voucher_cap_usd:", 9, "names no scenario"),
    ("only:\n  levers.voucher_cap_usd: 3", 9, "is no scenario; write the label of a scenario, or a list"),
    ("only:\n  rule: audits", 9, "only.rule cannot be of some scenarios alone"),
    ("only:\n  seed: audits", 9, "all are compared with the same firms, decisions and draws"),
    ("only:\n  population: audits", 9, "leave it out here; every scenario has it"),
    ("only:\n  parameter_set: audits", 9, "cannot be of some scenarios alone"),
    ("only:\n  luck: audits", 9, "cannot be of some scenarios alone"),
    ("only:\n  dummy: audits", 9, "cannot be of some scenarios alone"),
    ("baseline: now\nonly:\n  levers.voucher_cap_usd: [now, subsidy]", 10, "moves the baseline now and not audits"),
    ("only: {levers.voucher_cap_usd: subsidy}", 7, "programme 'National audit programme' is unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "line", "words"), ONLY_WRONG, ids=[said for said, _, _ in ONLY_WRONG])
def test_a_mistake_about_factors_of_some_scenarios_is_told_where_it_stands(tmp_path, said, line, words):
    file = written(
        tmp_path,
        "scenarios: {now: baseline, audits: technical-assistance, subsidy: subsidy}\n"
        "sampler: {method: latin, n: 4}\n"
        "factors:\n"
        "  behaviour.peer_weight:\n"
        "  rule:\n"
        "  levers.voucher_cap_usd: {choice: [5000, 50000]}\n"
        "  programmes.National audit programme.rule: {choice: [random, dirty_first]}\n" + said + "\n",
    )
    told = mistakes(file)
    assert any(words in mistake and mistake.startswith(f"{file}:{line}:") for mistake in told), told


def test_all_mistakes_about_factors_of_some_scenarios_are_told_at_once(tmp_path):
    file = written(
        tmp_path,
        "scenarios: [baseline, subsidy]\nfactors:\n  levers.voucher_cap_usd: {choice: [1, -5]}\n  rule:\nonly:\n"
        "  levers.voucher_cap_usd: [subsidi]\n  levers.fine_usd: subsidy\n  rule: []\nsampler: {method: latin, n: 4}\n",
    )
    assert [mistake.split(":")[1] for mistake in mistakes(file)] == ["6", "7", "8"]


@pytest.mark.parametrize("method", ["fast", "rbd_fast"])
def test_groups_are_refused_where_they_would_be_ignored(method):
    told = mistakes(
        {
            "scenarios": ["baseline"],
            "factors": {PEERS: None, BUDGET: None},
            "groups": {"money": [BUDGET]},
            "sampler": {"method": method, "n": 99},
        }
    )
    assert any("would ignore them" in mistake for mistake in told)


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ({"g": ["other"]}, "factor 'other' is unknown"),
        ({"g": [PEERS], "h": [PEERS]}, "stands in g"),
        ({BUDGET: [PEERS]}, "another name"),
    ],
)
def test_a_group_holds_factors_each_once(groups, words):
    told = mistakes(
        {
            "scenarios": ["baseline"],
            "factors": {PEERS: None, BUDGET: None},
            "groups": groups,
            "sampler": {"method": "morris", "n": 9},
        }
    )
    assert any(words in mistake for mistake in told), told


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([{PEERS: 1}, {BUDGET: 1}], "differs from the first in its factors"),
        ([{PEERS: 1, "rule": "threshold"}, {PEERS: 2, "rule": "chance"}], "rule 'chance' is unknown"),
        ([{PEERS: 1}, {PEERS: "much"}], "must be a number"),
        ([{PEERS: 1}, {PEERS: 99}], "allowed: 0 to 50"),
        ([{PEERS: 1}, {PEERS: float("nan")}], "which no file can hold"),
    ],
)
def test_a_listed_point_that_no_run_could_have_is_refused(points, words):
    described = {PEERS: {"uniform": [0, 99]}} if words.startswith("allowed") else dict.fromkeys(points[0])
    given = {"scenarios": ["baseline"], "factors": described, "sampler": {"method": "listed", "points": points}}
    assert any(words in mistake for mistake in mistakes(given))


SCALARS = st.none() | st.booleans() | st.integers(-5, 3000) | st.floats() | st.text(max_size=8)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted(set(Design.model_fields) - {"made_with", "files"})


def is_read_or_refused(content) -> bool:
    """Whether a design is read, with its points, or refused in words: any other error is passed on."""
    try:
        return load_design(content).rows is not None
    except InputError as error:
        return all(mistake.what for mistake in error.mistakes)


@with_care(deadline=None, max_examples=150)
@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=5))
def test_whatever_a_design_says_is_read_or_refused(content):
    assert is_read_or_refused(content)


WORDS = st.sampled_from(["method", "n", "levels", "seed", "points", "file", "optimal", "delta"])


@with_care(deadline=None, max_examples=100)
@given(st.sampled_from([*METHODS, [], None]), st.dictionaries(WORDS, ANYTHING | st.integers(1, 9), max_size=3))
def test_whatever_a_sampler_says_is_read_or_refused(method, told):
    assert is_read_or_refused(
        {"scenarios": ["baseline"], "factors": {PEERS: None}, "sampler": {"method": method} | told}
    )


SOME = st.sampled_from([PEERS, "rule", "levers.fine_usd", "x"])


@with_care(deadline=None, max_examples=60)
@given(st.dictionaries(SOME, st.dictionaries(st.sampled_from([*KINDS]), ANYTHING, max_size=2)))
def test_whatever_a_factor_says_is_read_or_refused(told):
    assert is_read_or_refused({"scenarios": ["baseline"], "factors": told, "sampler": {"method": "latin", "n": 2}})


# ---- distributions ---------------------------------------------------------------------------------------------------

small = st.floats(-1e3, 1e3)
spread = st.floats(1e-3, 1e3)
PAIRS = st.tuples(small, spread).map(lambda pair: [pair[0], pair[0] + pair[1]])
CONTINUOUS = st.one_of(
    PAIRS.map(lambda pair: {"uniform": pair}),
    st.tuples(spread, spread).map(lambda pair: {"loguniform": [pair[0], pair[0] + pair[1]]}),
    st.tuples(PAIRS, st.floats(0, 1)).map(
        lambda given: {"triangular": [given[0][0], given[0][0] + given[1] * (given[0][1] - given[0][0]), given[0][1]]}
    ),
    st.tuples(small, spread).map(lambda pair: {"normal": list(pair)}),
    st.tuples(spread, st.floats(0.01, 2)).map(lambda pair: {"lognormal": list(pair)}),
    st.tuples(PAIRS, st.floats(0, 1), spread).map(
        lambda given: {"truncnormal": [given[0][0] + given[1] * (given[0][1] - given[0][0]), given[2], *given[0]]}
    ),
)


def factor_of(given):
    """The factor that is written like this."""
    return KINDS[next(iter(given))].model_validate(given)


@unhurried
@given(CONTINUOUS)
def test_values_rise_with_probability_and_stay_finite_within_their_ends(written_as):
    factor = factor_of(written_as)
    values = factor.values(np.linspace(0.0, 1.0, 33))  # 0 and 1 are what Morris's grid asks for
    low, high = factor.ends
    assert np.isfinite(values).all()
    assert (np.diff(values) >= 0).all()
    assert low <= values.min() <= values.max() <= high


@unhurried
@given(CONTINUOUS, st.floats(0.01, 0.99))
def test_a_value_stands_where_its_probability_is(written_as, probability):
    factor = factor_of(written_as)
    assert factor.places(factor.values(np.array([probability]))) == pytest.approx(probability, abs=1e-6)


@unhurried
@given(st.integers(2, 40))
def test_levels_are_equally_likely_and_can_be_found_again(n):
    factor = factor_of({"choice": [f"level {k}" for k in range(n)]})
    counts = np.bincount(factor.numbers((np.arange(60 * n) + 0.5) / (60 * n)), minlength=n)
    assert (counts == 60).all()
    assert factor.numbers(np.array([0.0, 1.0])).tolist() == [0, n - 1]
    assert factor.numbers(factor.places(factor.labels)).tolist() == list(range(n))


def test_a_triangle_may_lie_below_zero():
    """SALib's own would refuse it."""
    assert factor_of({"triangular": [-3, -1, 0.5]}).values(np.array([0.0, 1.0])).tolist() == [-3.0, 0.5]


def test_a_lognormal_has_its_median():
    assert factor_of({"lognormal": [20, 0.7]}).values(np.array([0.5]))[0] == pytest.approx(20)


def test_every_known_range_of_a_parameter_is_a_factor():
    for parameter in load_parameters().values():
        factor = own_range(parameter.name)
        assert (factor is None) == (parameter.low == parameter.high)
        assert factor is None or factor.ends == (parameter.low, parameter.high)


def test_tables_show_numbers_as_numbers_and_all_else_as_words():
    made = design(
        factors={
            "levers.carbon_price": {"choice": [5, 20.5]},
            "levers.fine_usd": {"choice": {"none": 0, "high": 1e4}},
            "regulator.adaptive": {
                "choice": [None, {"lever": "audits", "outcome": "parks_certified", "target": {2050: 9}, "most": 9}]
            },
        },
        sampler={"method": "full_factorial"},
    )
    assert made.rows["levers.carbon_price"].unique().tolist() == [5.0, 20.5]
    assert made.rows["levers.fine_usd"].unique().tolist() == ["none", "high"]
    assert made.rows["regulator.adaptive"].unique().tolist()[0] == "null"


# ---- points ----------------------------------------------------------------------------------------------------------

UNIT = {"uniform": [0.0, 1.0]}
N_FACTORS = st.integers(1, 6)
SAMPLERS = st.one_of(
    st.tuples(st.sampled_from(["sobol", "saltelli"]), st.sampled_from([1, 2, 8, 32]), st.booleans()).map(
        lambda g: {"method": g[0], "n": g[1], "second_order": g[2]}
    ),
    st.integers(1, 12).map(lambda n: {"method": "morris", "n": n}),
    st.integers(65, 80).map(lambda n: {"method": "fast", "n": n, "repeats": n % 3 + 1}),
    st.sampled_from(["latin", "rbd_fast", "finite_difference"]).flatmap(
        lambda method: st.integers(1, 20).map(lambda n: {"method": method, "n": n})
    ),
    st.just({"method": "fractional_factorial"}),
    st.integers(2, 3).map(lambda levels: {"method": "full_factorial", "levels": levels}),
)


def own_model(n, **more) -> Design:
    """A design over `n` factors of a model of one's own, which is never run here."""
    given = {
        "model": "SALib.test_functions.Ishigami:evaluate",
        "scenarios": ["only"],
        "outcomes": ["y"],
        "years": [2050, 2050],
    }
    return load_design(given | {"factors": {f"x{k}": {"uniform": [0, 1]} for k in range(n)}} | more)


@unhurried
@given(N_FACTORS, SAMPLERS, st.booleans())
def test_points_fill_the_unit_cube_and_are_as_many_as_were_promised(n, sampler, dummy):
    made = own_model(n, sampler=sampler, dummy=dummy)
    assert made.unit.shape == (made.n_rows, n + dummy)
    assert (made.unit >= 0).all()
    assert (made.unit <= 1).all()
    assert made.rows.columns.tolist() == made.columns
    assert len(made.runs()) == made.n_runs == estimate(made).runs


@unhurried
@given(SAMPLERS, st.integers(1, 2**31))
def test_points_are_a_function_of_the_design_alone(sampler, state):
    seeded = sampler if sampler["method"] == "full_factorial" else sampler | {"seed": 7}
    np.random.seed(state % 2**32)
    before = np.random.get_state()[1].copy()
    made = own_model(3, sampler=seeded).unit
    assert (np.random.get_state()[1] == before).all()
    assert (own_model(3, sampler=seeded).unit == made).all()


# ---- factors that are drawn together -----------------------------------------------------------------------------------


def together(*pairs, n=400, factors=4, sampler=None, **more) -> Design:
    """A Latin hypercube over factors of one's own, some `pairs` (a, b, rank) of which are correlated."""
    said = [{"factors": [f"x{a}", f"x{b}"], "rank": rank} for a, b, rank in pairs]
    return own_model(factors, sampler=sampler or {"method": "latin", "n": n}, correlations=said, **more)


def rank_correlations(made: Design) -> np.ndarray:
    return pd.DataFrame(made.unit, columns=made.columns).corr(method="spearman").to_numpy()


@unhurried
@given(st.floats(-0.95, 0.95), st.integers(1, 1000))
def test_factors_have_the_rank_correlation_that_is_asked_for_and_no_other(rank, seed):
    made = together((1, 3, rank), sampler={"method": "latin", "n": 400, "seed": seed})
    free = own_model(4, sampler={"method": "latin", "n": 400, "seed": seed})
    found, before = rank_correlations(made), rank_correlations(free)
    assert found[1, 3] == pytest.approx(rank, abs=0.06)
    assert found[0, 2] == before[0, 2]  # what is drawn together with nothing stays as it was
    assert np.abs(found[[0, 0, 2, 2], [1, 3, 1, 3]]).max() < 0.25  # chance alone


def test_a_factor_that_is_drawn_together_with_another_keeps_its_own_values():
    made, free = together((0, 1, 0.7)), own_model(4, sampler={"method": "latin", "n": 400})
    assert np.array_equal(np.sort(made.unit, axis=0), np.sort(free.unit, axis=0))
    assert np.array_equal(made.unit[:, 2:], free.unit[:, 2:])


def test_three_factors_can_be_drawn_together():
    found = rank_correlations(together((0, 1, 0.7), (1, 2, 0.5), (0, 2, -0.1)))
    assert found[[0, 1, 0], [1, 2, 2]] == pytest.approx([0.7, 0.5, -0.1], abs=0.06)


def test_rebound_and_operation_are_drawn_together_where_a_design_says_so():
    two = ["measures.rebound", "operation.price_elasticity"]
    made = design(
        factors=dict.fromkeys([*two, PEERS]),
        correlations=[{"factors": two, "rank": 0.7}],
        sampler={"method": "latin", "n": 200},
    )
    assert made.rows[two].corr(method="spearman").iloc[0, 1] == pytest.approx(0.7, abs=0.06)
    for name in two:
        known = load_parameters()[name]
        assert known.low <= made.rows[name].min() <= made.rows[name].max() <= known.high


@pytest.mark.parametrize("method", ["sobol", "morris", "fast", "rbd_fast", "finite_difference"])
def test_correlations_are_refused_where_points_stand_as_an_analysis_needs_them(method):
    with pytest.raises(InputError) as told:
        together((0, 1, 0.7), sampler={"method": method, "n": 128})
    assert f"cannot be had with {method}" in str(told.value)
    assert "allowed: latin" in str(told.value)


@pytest.mark.parametrize(
    ("pairs", "more", "words"),
    [
        ([(0, 9, 0.5)], {}, "factor 'x9' is unknown"),
        ([(0, 0, 0.5)], {}, "holds x0 twice"),
        ([(0, 1, 0.5), (1, 0, 0.4)], {}, "again"),
        ([(0, 1, 0.9), (1, 2, 0.9), (0, 2, -0.9)], {}, "contradict each other"),
        ([(0, 1, 0.5)], {"groups": {"g": ["x1", "x2"]}}, "moves with its group"),
        ([(0, 1, 0.5)], {"n": 3}, "at least 4"),
    ],
)
def test_correlations_that_cannot_be_are_told(pairs, more, words):
    with pytest.raises(InputError) as told:
        together(*pairs, **more)
    assert words in str(told.value)


def test_a_choice_is_drawn_together_with_nothing():
    with pytest.raises(InputError, match="whose values have no order"):
        design(
            factors={PEERS: None, "rule": None},
            correlations=[{"factors": [PEERS, "rule"], "rank": 0.5}],
            sampler={"method": "latin", "n": 20},
        )


def test_a_design_without_correlations_is_the_one_it_was_and_with_some_another():
    free, made = own_model(4, sampler={"method": "latin", "n": 400}), together((0, 1, 0.7))
    assert "correlations" not in free.content()
    assert free.digest != made.digest
    assert [str(one) for one in differences(free, made)] != []
    assert stored_design(made.document()).unit.tolist() == made.unit.tolist()


@pytest.mark.parametrize("method", ["sobol", "morris", "latin", "rbd_fast", "fast"])
def test_another_seed_of_the_sampler_makes_other_points(method):
    one, two = (own_model(3, sampler={"method": method, "n": 128, "seed": seed}).unit for seed in (1, 2))
    assert not np.array_equal(one, two)


@unhurried
@given(st.sampled_from([1, 4, 16, 64]), N_FACTORS, st.booleans())
def test_twice_as_many_sobol_points_begin_with_those_there_were(n, k, second):
    half, whole = (own_model(k, sampler={"method": "sobol", "n": m, "second_order": second}) for m in (n, 2 * n))
    assert (whole.unit[: len(half.unit)] == half.unit).all()
    assert whole.runs()["key"].tolist()[: len(half.unit)] == half.runs()["key"].tolist()


def test_sobol_points_are_those_of_salib():
    from SALib.sample import sobol

    made = own_model(3, sampler={"method": "sobol", "n": 16, "second_order": True, "seed": 5}, dummy=False)
    names = ["x0", "x1", "x2"]
    problem = {"num_vars": 3, "names": names, "bounds": [[0, 1]] * 3}
    assert np.array_equal(made.unit, sobol.sample(problem, 16, calc_second_order=True, seed=5))


def test_what_salib_does_to_a_problem_touches_no_other():
    made = own_model(3, sampler={"method": "fractional_factorial"}, dummy=False)
    before = made.problem()
    assert made.unit.shape == (8, 3)
    made.problem()["names"].append("strange")
    assert made.problem() == before == {"num_vars": 3, "names": ["x0", "x1", "x2"], "bounds": [[0.0, 1.0]] * 3}


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_factors_of_a_group_change_together(method):
    made = own_model(4, sampler={"method": method, "n": 4}, groups={"pair": ["x0", "x2"]}, dummy=False)
    assert made.group_names == ["pair", "x1", "x3"]
    assert made.n_rows == 4 * (5 if method == "sobol" else 4)
    steps = np.diff(made.unit.reshape(4, -1, 4), axis=1) != 0
    assert (steps[..., 0] == steps[..., 2]).all() or method == "sobol"
    block = made.unit.reshape(4, -1, 4)[0]
    assert ((block[1] != block[0]) == [True, False, True, False]).all() or method == "morris"


def test_morris_takes_a_choice_from_any_value_to_any_other_and_all_pairs_alike():
    made = own_model(2, sampler={"method": "morris", "n": 20}, factors={"a": {"choice": list("abcde")}, "b": UNIT})
    steps = made.rows["a"].to_numpy().reshape(20, -1)
    met = [frozenset(row) for row in steps]
    assert len(set(met)) == 10
    assert all(met.count(pair) == 2 and len(pair) == 2 for pair in met)
    assert (np.diff(made.unit.reshape(20, -1, 3), axis=1) != 0).sum(axis=(1, 2)).tolist() == [3] * 20, "one at a time"


def test_more_trajectories_begin_with_those_there_were():
    few, many = (
        own_model(2, sampler={"method": "morris", "n": n}, factors={"a": {"choice": list("abc")}, "b": UNIT}).unit
        for n in (4, 9)
    )
    assert (many[: len(few)] == few).all()


def test_hypercubes_cover_every_range_each_for_itself_and_one_is_that_of_salib():
    from SALib.sample import latin

    one, many = (own_model(3, sampler={"method": "latin", "n": 8, "repeats": k}, dummy=False) for k in (1, 6))
    problem = {"num_vars": 3, "names": ["x0", "x1", "x2"], "bounds": [[0, 1]] * 3}
    assert np.array_equal(one.unit, latin.sample(problem, 8, seed=1))
    assert (many.unit[:8] == one.unit).all(), "more hypercubes come behind those there were"
    cubes = many.unit.reshape(6, 8, 3)
    assert (np.sort((cubes * 8).astype(int), axis=1) == np.arange(8)[:, None]).all()
    assert many.n_rows == len(many.unit) == len(np.unique(many.unit[:, 0])) == 48


def test_factors_are_drawn_together_within_each_hypercube():
    made = together((0, 1, 0.7), sampler={"method": "latin", "n": 200, "repeats": 5})
    for cube in np.split(made.unit, 5):
        assert pd.DataFrame(cube).corr(method="spearman").iloc[0, 1] == pytest.approx(0.7, abs=0.1)
        assert np.array_equal(np.sort((cube[:, :2] * 200).astype(int), axis=0), np.tile(np.arange(200)[:, None], 2))


def test_morris_asks_a_bell_curve_for_no_infinity():
    made = own_model(
        2, sampler={"method": "morris", "n": 20}, factors={"a": {"normal": [0, 1]}, "b": {"lognormal": [1, 1]}}
    )
    assert {0.0, 1.0} <= set(made.unit.ravel())
    assert np.isfinite(made.rows[["a", "b"]].to_numpy()).all()


def test_a_full_factorial_has_every_combination_once():
    made = sampled({"method": "full_factorial", "levels": {PEERS: 2, "levers.carbon_price": 4}})
    assert len(made.rows) == len(made.rows.drop_duplicates()) == 2 * 4 * len(RULES)
    assert sorted(made.rows["levers.carbon_price"].unique()) == pytest.approx([0, 50 / 3, 100 / 3, 50])
    assert "dummy" not in made.rows


def test_listed_points_are_run_as_they_are_written():
    points = [
        {PEERS: 0.1 + 0.2, "rule": "threshold", "levers.carbon_price": 7},
        {PEERS: 1.0, "rule": "npv_hurdle", "levers.carbon_price": 9},
    ]
    made = design(sampler={"method": "listed", "points": points})
    assert made.rows.to_dict("records") == points
    assert made.run("baseline", 0).settings == {PEERS: 0.1 + 0.2, "levers.carbon_price": 7.0}
    assert made.run("baseline", 1).rule == "npv_hurdle"


def test_points_may_come_from_a_table():
    table = pd.DataFrame({PEERS: np.array([0.5, 1.5]), "levers.carbon_price": np.array([7, 9])}, dtype=object)
    table["levers.carbon_price"] = table["levers.carbon_price"].map(np.int64)
    made = design(sampler={"method": "listed", "points": table.to_dict("records")})
    assert made.run("baseline", 1).settings == {PEERS: 1.5, "levers.carbon_price": 9.0}
    assert load_design(made.document()) == made


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no rows"),
        ("rule\n", "has no rows"),
        ("levers.carbon_price\n1\nmuch\n", "must be a number"),
        ("levers.carbon_price\n1\nnan\n", "must be a number"),
        ("levers.carbon_price,levers.fine_usd\n1,2\n3\n", "points.csv:3: 1 cell; the header has 2 columns"),
        ("levers.carbon_prise\n1\n2\n", "did you mean levers.carbon_price?"),
    ],
)
def test_a_file_of_points_is_checked(tmp_path, text, words):
    written(tmp_path, text, "points.csv")
    file = written(tmp_path, "scenarios: [baseline]\nsampler: {method: listed, file: points.csv}\n")
    told = mistakes(file)
    assert any(words in mistake for mistake in told), told


def test_a_listed_factor_that_never_changes_is_no_obstacle():
    points = [{PEERS: 1.0, "levers.carbon_price": 7}, {PEERS: 2.0, "levers.carbon_price": 7}]
    assert (
        design(sampler={"method": "listed", "points": points}).run("baseline", 1).settings["levers.carbon_price"] == 7.0
    )


def test_one_point_is_what_a_design_without_factors_has():
    made = design(scenarios=["baseline", "subsidy"], replicates=3)
    assert made.rows.shape == (1, 0)
    assert made.runs()["draws"].tolist() == [0, 1, 2, 0, 1, 2]


# ---- factors of some scenarios alone ---------------------------------------------------------------------------------

ORDER, CAP = "programmes.National audit programme.rule", "levers.voucher_cap_usd"
POLICIES = {"now": "baseline", "audits": "technical-assistance", "subsidy": "subsidy"}
VARIED = {
    PEERS: {"choice": [0.2, 1.0]},
    ORDER: {"choice": ["random", "dirty_first", "small_first"]},
    CAP: {"choice": [5000, 50000]},
}


def policies(**more) -> Design:
    """Every combination of an unknown, an order in which firms are audited, and a cap of vouchers."""
    given = {"scenarios": POLICIES, "factors": VARIED, "only": {ORDER: "audits", CAP: ["subsidy"]}}
    return design(**given | {"sampler": {"method": "full_factorial"}} | more)


def keys_by_scenario(made: Design) -> dict[str, set[str]]:
    return {label: set(runs["key"]) for label, runs in made.runs().groupby("scenario", observed=True)}


def test_a_factor_is_set_in_the_scenarios_that_have_it_and_others_are_as_their_files_say():
    made = policies()
    for row, point in enumerate(made.rows.to_dict("records")):
        set_in = {"now": [PEERS], "audits": [PEERS, ORDER], "subsidy": [PEERS, CAP]}
        for label, names in set_in.items():
            spec, expected = made.run(label, row), {name: point[name] for name in names}
            assert made.settings(row, label) == spec.settings == expected
            assert spec.scenario == apply_settings(load_scenario(POLICIES[label]), expected)
        assert made.settings(row) == point


def test_runs_that_differ_in_factors_of_other_scenarios_alone_are_one_run():
    made = policies()
    assert made.n_rows == 12
    assert {label: len(keys) for label, keys in keys_by_scenario(made).items()} == {"now": 2, "audits": 6, "subsidy": 4}
    for label, names in {"now": [PEERS], "audits": [PEERS, ORDER], "subsidy": [PEERS, CAP]}.items():
        runs = made.runs()
        keys = runs[runs["scenario"] == label].set_index("row")["key"]
        assert keys.groupby([made.rows[name] for name in names]).nunique().eq(1).all()


def test_a_scenario_has_the_keys_of_a_design_without_the_factors_that_it_has_not():
    alone = design(factors={PEERS: VARIED[PEERS]}, sampler={"method": "full_factorial"})
    assert keys_by_scenario(policies())["now"] == keys_by_scenario(alone)["baseline"]


def test_a_factor_that_all_scenarios_are_said_to_have_is_one_that_nothing_is_said_of():
    both = {"scenarios": ["baseline", "subsidy"], "factors": {CAP: VARIED[CAP]}}
    plain, said = policies(**both, only={}), policies(**both, only={CAP: ["subsidy", "baseline"]})
    assert plain.runs().equals(said.runs())


def test_a_design_that_keeps_no_factor_to_some_scenarios_is_the_one_it_was():
    plain = sampled({"method": "latin", "n": 3})
    said = sampled({"method": "latin", "n": 3}, only={})
    assert "only" not in plain.document()
    assert "only" not in plain.content()
    assert plain.digest == said.digest
    assert plain.runs().equals(said.runs())


def test_factors_of_some_scenarios_are_read_back_from_a_store_as_they_were():
    made = policies()
    again = stored_design(json.loads(json.dumps(made.document())))
    assert again.only == made.only == {ORDER: ("audits",), CAP: ("subsidy",)}
    assert (again.digest, again.runs().equals(made.runs())) == (made.digest, True)
    assert load_design(made.document()) == made


def test_designs_that_set_a_factor_in_other_scenarios_differ_and_one_with_more_scenarios_extends():
    both = {"scenarios": ["baseline", "subsidy"], "factors": {CAP: VARIED[CAP]}}
    in_both, in_one = policies(**both, only=None), policies(**both, only={CAP: "subsidy"})
    assert changes(in_both, in_one) == [("design: only: baseline had other factors when it was stored", False)]
    more = {"scenarios": ["baseline", "subsidy", "full-package"], "only": {CAP: ["subsidy", "full-package"]}}
    larger = policies(**both | more)
    assert all(extends for _, extends in changes(in_one, larger))
    assert set(in_one.runs()["key"]) < set(larger.runs()["key"])


def test_factors_that_set_the_same_thing_may_stand_in_different_scenarios():
    adaptive = {"lever": "audits", "outcome": "parks_certified", "target": {2050: 9}, "most": 9}
    scenarios = {"now": "baseline", "adaptive": {"extends": "baseline", "set": {"regulator.adaptive": adaptive}}}
    both = {"regulator.adaptive": {"choice": [None, adaptive]}, "regulator.adaptive.gain": {"choice": [1, 5]}}
    given = {"scenarios": scenarios, "factors": both, "sampler": {"method": "full_factorial"}}
    assert any("is a part of the factor" in mistake for mistake in mistakes(given))
    apart = {"regulator.adaptive": "now", "regulator.adaptive.gain": "adaptive"}
    assert design(**given, only=apart).n_rows == 4


def test_a_listed_factor_may_be_of_one_scenario():
    points = [{PEERS: 0.5, CAP: 5000}, {PEERS: 0.5, CAP: 9000}]
    made = policies(factors={}, sampler={"method": "listed", "points": points}, only={CAP: "subsidy"})
    assert {label: len(keys) for label, keys in keys_by_scenario(made).items()} == {"now": 1, "audits": 1, "subsidy": 2}


def added(settings, *, scenario, draws, years):
    return {"y": settings["x0"] + settings.get("x1", 10.0)}


def test_listed_factors_that_are_not_described_cannot_set_the_same_thing():
    points = [{"regulator.adaptive": None, "regulator.adaptive.gain": gain} for gain in (1, 2)]
    given = {"scenarios": ["baseline"], "sampler": {"method": "listed", "points": points}}
    assert any("only one of them can vary" in mistake for mistake in mistakes(given))


def test_a_model_of_ones_own_gets_the_factors_that_its_scenario_has(tmp_path):
    made = own_model(2, model=added, scenarios=["a", "b"], only={"x1": "b"}, sampler={"method": "latin", "n": 4})
    found = run_sweep(made, tmp_path / "store", trust=True).array()[0][:, :, 0, 0, 0]
    np.testing.assert_allclose(found, [made.rows["x0"] + 10.0, made.rows["x0"] + made.rows["x1"]])


@pytest.mark.parametrize("sampler", [{"method": "morris", "n": 6}, {"method": "sobol", "n": 16}])
def test_a_factor_moves_nothing_where_it_is_not_set(tmp_path, sampler):
    made = own_model(2, model=added, scenarios=["a", "b"], only={"x1": "b"}, sampler=sampler)
    found = sensitivity(run_sweep(made, tmp_path / "store", trust=True), ["y @2050"])
    main = found.table[found.table["index"] == found.main].set_index(["scenario", "factor"])["estimate"]
    assert main["a", "x1"] == 0.0
    assert min(main["a", "x0"], main["b", "x0"], main["b", "x1"]) > 0.1
    chosen = next_design(tmp_path / "store", found)
    assert chosen["only"] == {"x1": ["b"]}
    assert load_design(chosen).only == {"x1": ("b",)}


SHORT = {
    "years": [2025, 2030],
    "outcomes": ["firms_assisted", "co2_t"],
    "factors": {ORDER: VARIED[ORDER], CAP: VARIED[CAP]},
}


def test_what_only_one_scenario_has_leaves_the_runs_of_the_others_alone(tmp_path):
    made = policies(**SHORT)
    store = run_sweep(made, tmp_path / "store")
    values = store.array()[0][:, :, 0]
    assert len(store.done()) == 1 + 3 + 2
    assert (values[0] == values[0, 0]).all()
    plain = design(scenarios=POLICIES, years=SHORT["years"], outcomes=SHORT["outcomes"])
    for label, own in zip(POLICIES, run_sweep(plain, tmp_path / "plain").array()[0][:, 0, 0]):
        at_home = (made.rows[ORDER] == "random") | (label != "audits")
        at_home &= (made.rows[CAP] == 50000) | (label != "subsidy")
        np.testing.assert_array_equal(
            values[made.labels.index(label)][at_home], np.broadcast_to(own, (at_home.sum(), *own.shape))
        )
    assert len(np.unique(values[1, ..., 1], axis=0)) == 3
    assert len(np.unique(values[2, ..., 1], axis=0)) == 2


def test_a_baseline_that_points_share_is_run_once_and_every_scenario_is_compared_with_it(tmp_path, monkeypatch):
    ran, told = [], []

    def noted(spec, paired=False):
        ran.append(spec.label)
        return run_spec(spec, paired)

    monkeypatch.setattr(runner, "run_spec", noted)
    monkeypatch.setattr(sweep, "SECONDS", 1e6)  # a busy machine does no more batches
    made = policies(**SHORT, baseline="now")
    store = run_sweep(made, tmp_path / "store", progress=lambda done, of: told.append((done, of)))
    assert (ran.count("audits"), ran.count("subsidy"), told[-1]) == (3, 2, (6, 6))
    assert ran.count("now") <= 2, "once in the first batch, and once in the others"
    pairs = store.pairs()
    assert len(pairs) == 2 * made.n_rows
    assert set(pairs["baseline"]) == {made.run("now", 0).key}
    plain = design(**SHORT | {"scenarios": POLICIES, "baseline": "now", "factors": {}})
    expected = run_sweep(plain, tmp_path / "plain").pairs()
    (row,) = made.rows.index[(made.rows[ORDER] == "random") & (made.rows[CAP] == 50000)]
    counts = [table.drop(columns=["key", "baseline", "row"]) for table in (pairs[pairs["row"] == row], expected)]
    pd.testing.assert_frame_equal(*(table.reset_index(drop=True) for table in counts))


def test_the_workbench_sets_a_factor_where_the_design_does():
    made = policies(**SHORT)
    point = made.rows.iloc[5].to_dict()
    for label in made.labels:
        co2 = Runs(made)(**point, **{LEVER: label})["co2_t"]
        assert co2.tolist() == run_spec(made.run(label, 5))[0][:, 1].tolist()


def test_what_was_interrupted_or_lost_of_runs_that_points_share_is_run_again(tmp_path):
    made = policies(**SHORT, baseline="now")
    whole = run_sweep(made, tmp_path / "whole").pairs()
    for _ in range(6):
        store = run_sweep(made, tmp_path / "parts", limit=1)
    pd.testing.assert_frame_equal(store.pairs(), whole)
    for file in (tmp_path / "parts" / "pairs").iterdir():
        file.unlink()
    pd.testing.assert_frame_equal(run_sweep(made, tmp_path / "parts").pairs(), whole)


# ---- runs ------------------------------------------------------------------------------------------------------------


def test_runs_stand_in_order_and_agree_with_what_workers_get():
    made = sampled({"method": "sobol", "n": 2}, scenarios=["baseline", "subsidy"], replicates=3)
    runs = made.runs()
    assert runs[["scenario", "row", "replicate"]].equals(
        runs[["scenario", "row", "replicate"]].sort_values(["scenario", "row", "replicate"])
    )
    assert len(runs) == made.n_runs == 2 * made.n_rows * 3
    for line in runs.sample(12, random_state=1).itertuples():
        spec = made.run(line.scenario, line.row, line.replicate)
        assert (spec.key, spec.draws, len(spec.key)) == (line.key, line.draws, 32)


def test_a_run_is_the_scenario_with_the_settings_of_its_point():
    made = sampled({"method": "latin", "n": 6}, scenarios=["baseline", "full-package"])
    for label in made.labels:
        for row in range(6):
            spec = made.run(label, row)
            by_hand = {PEERS: made.rows[PEERS][row], "levers.carbon_price": made.rows["levers.carbon_price"][row]}
            expected = apply_settings(load_scenario(label), by_hand)
            assert (spec.scenario, spec.scenario.digest) == (expected, expected.digest)
            assert spec.rule == made.rows["rule"][row]


def test_a_factor_may_be_the_synthetic_population(tmp_path):
    design = load_design(
        {"scenarios": ["baseline"], "world": "pilot-parks", "years": [2015, 2017], "outcomes": ["firms", "jobs"],
         "factors": {"seed": {"integers": [3, 4]}}, "sampler": {"method": "full_factorial"}, "dummy": False}
    )  # fmt: skip
    swept = run_sweep(design, tmp_path / "store").array()[0][0, :, 0]
    for row, seed in enumerate((3, 4)):
        run = eipsim.simulate("baseline", world="pilot-parks", seed=seed, years=(2015, 2017))
        expected = run.outcomes[["firms", "jobs"]].to_numpy()
        np.testing.assert_array_equal(run_spec(design.run("baseline", row))[0], expected)
        np.testing.assert_array_equal(swept[row], expected)


def test_text_of_a_choice_is_not_read_as_yaml(tmp_path):
    decree = written(tmp_path, "rule_id: own\nextends: D35-2022\nin_force_from: 2030-01-01\n" + RECP, "no: decree.yaml")
    choice = {"choice": {"own": str(decree), "packaged": None}}
    made = design(factors={"certification.decree": choice}, sampler={"method": "full_factorial"})
    assert [made.run("baseline", row).scenario.decrees for row in (0, 1)] == [(str(decree),), ()]


def test_the_dummy_makes_no_run_of_its_own():
    made = own_model(2, sampler={"method": "sobol", "n": 4})
    runs = made.runs().set_index("row")["key"].to_numpy().reshape(4, 5)  # blocks of A, AB of x0, x1, dummy, B
    assert (runs[:, 3] == runs[:, 0]).all()
    assert len(np.unique(runs)) == 16


def test_rows_that_come_to_the_same_are_one_run():
    made = own_model(
        2,
        sampler={"method": "latin", "n": 500},
        dummy=False,
        factors={"a": {"choice": ["x", "y"]}, "b": {"integers": [1, 3]}},
    )
    assert made.runs()["key"].nunique() == len(made.rows.drop_duplicates()) == 6


def test_common_draws_are_those_of_the_replicate_at_every_point():
    runs = own_model(2, sampler={"method": "latin", "n": 9}, replicates=3).runs()
    assert (runs["draws"] == runs["replicate"]).all()


def test_independent_draws_are_never_shared_and_stay_when_there_are_more():
    small, large = (
        own_model(2, sampler={"method": "sobol", "n": n}, replicates=r, draws="independent").runs()
        for n, r in ((4, 2), (8, 5))
    )
    assert small["draws"].is_unique
    assert large["draws"].is_unique
    assert set(small["key"]) < set(large["key"])
    assert large["draws"].max() < 2**32


def test_luck_is_a_factor_that_sets_the_draws():
    made = own_model(2, sampler={"method": "sobol", "n": 64}, draws="factor")
    assert made.columns == ["x0", "x1", "luck", "dummy"]
    assert (made.runs()["draws"] == made.rows["luck"]).all()
    assert made.rows["luck"].nunique() == 128  # of A and of B
    assert made.rows["luck"].between(0, MOST_DRAWS - 1).all()
    assert "luck" not in made.run("only", 0).settings


def test_a_calibrated_set_sets_its_parameters_together():
    made = design(factors={"parameter_set": None}, sampler={"method": "full_factorial"})
    assert made.rows["parameter_set"].tolist() == list(range(1, len(load_ensemble()) + 1))
    assert made.run("baseline", 3).scenario.parameters == load_ensemble()[3]


# ---- keys ------------------------------------------------------------------------------------------------------------


def key_of(**given) -> str:
    more = {"factors": {PEERS: {"uniform": [0, 1]}, "rule": None}, "sampler": {"method": "latin", "n": 1}} | given
    return design(**more).runs()["key"][0]


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"years": [2015, 2049]},
        {"world": "vietnam"},
        {"outcomes": ["firms"]},
        {"outcomes": {"parks": "parks_certified"}},
        {"scenarios": ["subsidy"]},
        {"scenarios": {"a": {"extends": "baseline", "set": {BUDGET: 0.01}}}},
        {"factors": {PEERS: {"uniform": [0, 2]}, "rule": None}},
        {"factors": {PEERS: {"uniform": [0, 1]}, BUDGET: None}},
        {"factors": {PEERS: {"uniform": [0, 1]}, "rule": {"choice": ["npv_hurdle", "threshold"]}}},
        {"sampler": {"method": "latin", "n": 1, "seed": 2}},
        {"draws": "factor"},
    ],
)
def test_what_decides_a_result_changes_its_key(change):
    assert key_of(**change) != key_of()


@pytest.mark.parametrize(
    "same",
    [
        {"title": "Another", "question": "Why?"},
        {"precision": "single"},
        {"on_failure": "drop_blocks"},
        {"replicates": 5},
        {"scenarios": {"other label": "baseline"}},
        {"dummy": True},
        {"outcomes": {"parks_certified": "parks_certified"}},
        {
            "factors": {"rule": None, PEERS: {"uniform": [0, 1]}},
            "sampler": {"method": "listed", "points": [{"rule": "planned_behaviour", PEERS: 0.5118216247002567}]},
        },
    ],
)
def test_what_decides_nothing_leaves_a_key_as_it_is(same):
    assert key_of(**same) == key_of()


def test_a_key_is_the_same_in_another_process():
    given = {
        "scenarios": ["baseline"],
        "factors": {PEERS: None, "rule": None},
        "sampler": {"method": "sobol", "n": 2},
        "replicates": 2,
    }
    code = f"from eipsim.designs.reading import load_design; print(*load_design({given!r}).runs()['key'])"
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "7"},
    )
    assert told.stdout.split() == load_design(given).runs()["key"].tolist()


def test_the_content_of_a_rule_counts_and_not_where_its_file_lies(tmp_path):
    found = []
    for folder, chance in (("a", 0.5), ("b", 0.5), ("c", 0.6)):
        (tmp_path / folder).mkdir()
        rule = written(
            tmp_path / folder,
            f"def mine(cost, saving, lifetime, size, peers, effects):\n    return {chance}\n",
            "rule.py",
        )
        points = [{"rule": f"{rule}:mine"}, {"rule": "threshold"}]
        found.append(
            design(
                factors={"rule": {"choice": [point["rule"] for point in points]}},
                sampler={"method": "listed", "points": points},
            )
        )
    one, moved, other = (made.runs()["key"][0] for made in found)
    assert one == moved != other


SETTABLE = {
    PEERS: {"choice": [0, 1.5]},
    "levers.carbon_price": {"integers": [0, 2]},
    "rule": {"choice": ["threshold", "npv_hurdle"]},
    "drivers.grid": None,
    "parameter_set": None,
}


@unhurried
@given(
    st.lists(st.sampled_from([*SETTABLE]), min_size=1, max_size=3, unique=True),
    st.lists(st.sampled_from(["baseline", "subsidy", "full-package"]), min_size=1, max_size=2, unique=True),
    st.sampled_from(["common", "independent", "factor"]),
    st.integers(1, 3),
    st.integers(1, 12),
)
def test_runs_have_one_key_where_they_come_to_the_same_and_only_there(names, scenarios, draws, replicates, n):
    assume(not {"rule", "parameter_set"} <= set(names))  # sets belong to one rule
    made = design(
        factors={name: SETTABLE[name] for name in names},
        scenarios=scenarios,
        draws=draws,
        replicates=1 if draws == "factor" else replicates,
        sampler={"method": "latin", "n": n},
    )
    specs = [made.run(line.scenario, line.row, line.replicate) for line in made.runs().itertuples()]
    what = [(spec.scenario.digest, spec.rule, spec.draws) for spec in specs]
    assert [spec.key for spec in specs] == made.runs()["key"].tolist()
    assert len({spec.key for spec in specs}) == len(set(what)) == len(set(zip(what, (spec.key for spec in specs))))
    assert load_design(made.document()).runs().equals(made.runs())


def test_keys_of_a_stored_design_are_made_as_they_were():
    """If this fails, no run that anybody has stored will be found again: raise keys.SCHEMA and say so."""
    store = Path(__file__).parents[1] / "data/store-0.1"
    stored = json.loads((store / "design.json").read_text(encoding="utf-8"))["design"]
    assert load_design(stored).runs()["key"].tolist() == pd.read_parquet(store / "index.parquet")["key"].tolist()


def test_a_stored_design_is_read_back_as_it_was(tmp_path):
    """Nothing in it is open, so it is read without the model; a file that it names may be gone by now."""
    made = two_rules(tmp_path / "here", 0.5)
    (tmp_path / "here" / "rule.py").unlink()
    stored = stored_design(json.loads(json.dumps(made.document())))
    assert stored.document() == made.document()
    assert stored.digest == made.digest
    assert stored.runs().equals(made.runs())


def test_a_stored_design_that_somebody_changed_is_refused_with_every_mistake():
    document = load_design({"scenarios": ["baseline"], "world": "pilot-parks"}).document()
    with pytest.raises(InputError) as error:
        stored_design(document | {"seed": -1, "sampler": {"method": "dice"}})
    assert len(error.value.mistakes) == 2


def two_rules(folder, chance) -> Design:
    """A design over a rule of one's own, in a file beside it, and one that is built in."""
    folder.mkdir(exist_ok=True)
    text = f"def mine(cost, saving, lifetime, size, peers, effects):\n    return {chance}\n"
    written(folder, text, "rule.py")
    text = "factors: {rule: {choice: ['rule.py:mine', threshold]}}\nscenarios: [baseline]\nsampler: {method: full_factorial}\n"
    return load_design(written(folder, text))


def test_a_design_is_the_same_wherever_its_files_lie_and_another_when_they_change(tmp_path):
    here, moved = two_rules(tmp_path / "here", 0.5), two_rules(tmp_path / "moved", 0.5)
    assert here.digest == moved.digest
    assert differences(here, moved) == []
    changed = two_rules(tmp_path / "here", 0.6)
    assert changed.digest != here.digest
    assert ["factors.rule" in str(one) and not one.extends for one in differences(here, changed)] == [True]


def test_a_stored_design_knows_what_its_files_held(tmp_path):
    made = two_rules(tmp_path / "here", 0.5)
    document, before = made.document(), made.runs()
    shutil.rmtree(tmp_path / "here")
    again = load_design(document)
    assert again.runs().equals(before)
    assert again.digest == made.digest


def test_tables_of_exchanges_count_by_content(tmp_path):
    keys_of = []
    for name, text in (("a", ""), ("b", ""), ("c", "\n")):
        shutil.copytree(DATA, tmp_path / name, ignore=shutil.ignore_patterns("*.py", "parks", "__pycache__"))
        table = tmp_path / name / "is_exchanges.csv"
        table.write_text(table.read_text(encoding="utf-8") + text, encoding="utf-8")
        choice = {"choice": {"own": name, "packaged": None}}
        file = {
            "scenarios": ["baseline"],
            "factors": {"exchange_tables": choice},
            "sampler": {"method": "full_factorial"},
        }
        made = load_design(written(tmp_path, json.dumps(file), f"{name}.json"))
        assert made.run("baseline", 0).scenario.exchange_tables == str(tmp_path / name)
        keys_of.append(made.runs()["key"].tolist())
    assert keys_of[0] == keys_of[1]
    assert [one == other for one, other in zip(keys_of[0], keys_of[2])] == [False, True]


def test_a_copy_of_a_design_forgets_what_was_worked_out():
    made = own_model(2, sampler={"method": "latin", "n": 4})
    assert len(made.runs()) == 4
    assert len(made.model_copy(update={"replicates": 3}).runs()) == 12


def test_another_version_of_the_model_gives_other_keys(monkeypatch):
    before = key_of()
    monkeypatch.setattr(keys, "SCHEMA", keys.SCHEMA + 1)
    keys.model_version.cache_clear()
    try:
        assert key_of() != before
    finally:
        monkeypatch.undo()
        keys.model_version.cache_clear()


def test_what_only_shows_or_keeps_results_is_in_no_key_and_all_else_is(monkeypatch):
    asked = []
    monkeypatch.setattr(keys, "hash_of_sources", asked.extend)
    keys.model_version.__wrapped__()
    package = Path(keys.__file__).parents[1]
    folders = {place.name for place in package.iterdir() if list(place.glob("*.py"))}
    assert folders - set(asked) == keys.DECIDES_NOTHING
    assert {"rules", "agents", "model", "world", "outcomes", "runs"} <= set(asked)


def test_a_stored_design_keeps_the_keys_of_the_model_it_was_made_with():
    made = sampled({"method": "latin", "n": 3})
    old = made.document() | {"made_with": {"schema": 1, "sources": "of before", "data": "of before"}}
    assert load_design(old).made_with["sources"] == "of before"
    assert load_design(old).digest == made.digest
    assert set(load_design(old).runs()["key"]).isdisjoint(made.runs()["key"])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_has_one_place_in_keys_whatever_its_type(value):
    assert keys.cell_of(value) == keys.cells_of(np.array([value]))[0]
    assert keys.cell_of(0.0) == keys.cell_of(-0.0) == keys.cell_of(0)


# ---- designs that replace one another --------------------------------------------------------------------------------


def changes(before, after) -> list[tuple[str, bool]]:
    return [(str(one), one.extends) for one in differences(before, after)]


def test_equal_designs_do_not_differ():
    assert (
        changes(sampled({"method": "sobol", "n": 4}), sampled({"method": "sobol", "n": 4}, title="Other words")) == []
    )


@pytest.mark.parametrize(
    "more",
    [
        {"sampler": {"method": "sobol", "n": 8}},
        {"replicates": 3},
        {"scenarios": ["baseline", "subsidy"]},
        {"on_failure": "drop_blocks"},
        {"sampler": {"method": "sobol", "n": 4, "resamples": 1000}},
    ],
)
def test_a_design_that_only_adds_extends(more):
    before, after = four_points(), four_points(**more)
    told = changes(before, after)
    assert told
    assert all(extends for _, extends in told)
    assert set(before.runs()["key"]) <= set(after.runs()["key"])


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"seed": 2}, "seed"),
        ({"years": [2015, 2040]}, "years"),
        ({"world": "vietnam"}, "world"),
        ({"replicates": 1}, "was 2, is 1"),
        ({"scenarios": ["subsidy"]}, "baseline is gone"),
        ({"outcomes": ["firms"]}, "outcomes"),
        ({"precision": "single"}, "precision"),
        ({"scenarios": {"baseline": "subsidy"}}, "says something else"),
        ({"sampler": {"method": "sobol", "n": 2}}, "sampler"),
        ({"sampler": {"method": "latin", "n": 4}}, "sampler"),
        ({"factors": {PEERS: None}}, "gone: levers.carbon_price"),
        (
            {"factors": {PEERS: {"uniform": [0, 1]}, "levers.carbon_price": {"uniform": [0, 50]}, "rule": None}},
            "factors.behaviour.peer_weight",
        ),
    ],
)
def test_a_design_that_changes_what_was_run_says_what(other, words):
    told = changes(four_points(), four_points(**other))
    assert any(words in text and not extends for text, extends in told), told


# ---- a model of one's own, sizes, the command line -------------------------------------------------------------------


def doubled(settings, *, scenario, draws, years):
    return {"y": 2 * settings["x"]}


def test_a_function_is_called_by_its_name():
    made = own_model(1, model=doubled, sampler={"method": "latin", "n": 2})
    assert made.model == f"{__name__}:doubled"
    assert made.run("only", 1).settings == {"x0": made.rows["x0"][1]}


def test_the_source_of_a_model_counts(tmp_path):
    found = []
    for factor in (2, 3):
        file = written(
            tmp_path, f"def f(settings, **more):\n    return {{'y': {factor} * settings['x0']}}\n", "model.py"
        )
        found.append(own_model(1, model=f"{file}:f", sampler={"method": "latin", "n": 2}).runs()["key"].tolist())
    assert set(found[0]).isdisjoint(found[1])


def test_sizes_are_told_before_anything_is_made():
    made = sampled(
        {"method": "sobol", "n": 2**16}, scenarios=["baseline", "subsidy"], replicates=4, outcomes=["firms", "co2_t"]
    )
    sizes = estimate(made)
    assert "unit" not in made.__dict__
    assert (sizes.rows, sizes.runs, sizes.years, sizes.outcomes) == (6 * 2**16, 48 * 2**16, 36, 2)
    assert sizes.values == sizes.runs * 72
    assert estimate(made.model_copy(update={"precision": "single"})).disk_bytes < sizes.disk_bytes


GOOD = """\
title: What matters for certificates
scenarios: {now: baseline, dear: {extends: baseline, set: {levers.carbon_price: 90}}}
baseline: now
world: pilot-parks
factors:
  behaviour.peer_weight:
  rule: {choice: [acceptance_curve, npv_hurdle]}
outcomes: [parks_certified, {Hai Phong: 'firms | province="Hải Phòng"'}]
sampler: {method: morris, n: 4}
"""


def test_check_finds_nothing_wrong_with_a_good_design(tmp_path, capsys):
    file = written(tmp_path, GOOD)
    assert is_design_file(file)
    assert main(["check", str(file)]) == 0
    assert "no mistakes" in capsys.readouterr().out


def test_check_looks_names_up_in_the_world(tmp_path, capsys):
    file = written(tmp_path, GOOD.replace("Hải Phòng", "Hải Phong Xa"))
    assert main(["check", str(file)]) == 2
    told = capsys.readouterr().err
    assert f"{file}:8:" in told
    assert "Hải Phong Xa" in told
    assert "Traceback" not in told


def test_a_scenario_file_is_no_design(tmp_path):
    assert not is_design_file(written(tmp_path, "title: A scenario\nlevers: {carbon_price: 3}\n"))
    assert check_design(tmp_path / "none.yaml")


def test_the_schema_of_designs_takes_what_is_read_and_refuses_what_is_not(capsys):
    assert main(["schema", "design"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema == json.loads(json.dumps(schema_of_designs()))
    validator = pytest.importorskip("jsonschema").Draft202012Validator(schema)
    factors = {
        PEERS: None,
        "rule": None,
        "levers.fine_usd": {"choice": [1, 2]},
        "drivers.grid": {"choice": {"a": "low", "b": "high"}},
    }
    good = {
        "scenarios": ["baseline", "subsidy"],
        "factors": factors,
        "outcomes": ["firms", {"x": "firms / 2"}],
        "sampler": {"method": "sobol", "n": 8},
    }
    assert validator.is_valid(good)
    assert validator.is_valid(good | {"only": {"levers.fine_usd": "subsidy", "drivers.grid": ["baseline", "subsidy"]}})
    assert validator.is_valid({"scenarios": {"a": "baseline", "b": {"extends": "subsidy", "set": {PEERS: 0}}}})
    for wrong in (
        {"sampler": {"method": "sobl", "n": 8}},
        {"foo": 1},
        {"draws": "any"},
        {"factors": {"x": {"uniform": [1]}}},
        {"scenarios": []},
        {"only": {"levers.fine_usd": []}},
        {"only": "subsidy"},
    ):
        assert not validator.is_valid(good | wrong), wrong


def test_an_unknown_schema_is_told(capsys):
    assert main(["schema", "desing"]) == 2
    assert "did you mean design?" in capsys.readouterr().err
