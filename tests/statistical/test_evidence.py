"""What the model has to answer to, asked of two runs of the country: `eipsim validate evidence`. None of these is a test of it.

Two runs get no verdict, and no verdict is no pass: every run itself must lie within what was observed.
"""

from dataclasses import replace

import pytest

from eipsim.analysis.evidence.validation import validate

pytestmark = pytest.mark.xdist_group("evidence")  # what is made once for the file is made once

SURE = (
    "Electricity used when it costs a fifth more: at once",
    "Electricity used when it costs a fifth more: after fifteen years",
    "Violations found per inspection",
    "Parks in operation",
)  # these hardly differ between runs, so that two will do; the others need many
RUNS = 2


@pytest.fixture(scope="module")
def result():
    return validate("evidence", replicates=RUNS)


def test_the_response_to_prices_violations_and_parks_are_as_observed(result):
    assert within(result, SURE) == dict.fromkeys(SURE, RUNS)


def within(result, names):
    """How many runs lie within what was observed; a run that failed or has no value is none of them."""
    facts = {fact.name: fact for fact in result.facts}
    return {name: int(result.values[name].between(facts[name].low, facts[name].high).sum()) for name in names}


def test_no_verdict_is_no_pass(result):
    """What the test above asks fails where runs are outside, have no value or are missing, though none of these is refuted."""
    assert {judged.verdict for judged in result.judgements} == {"no verdict"}
    (name,) = SURE[:1]
    outside = result.values.assign(**{name: [1.0, 1.0]})
    unknown = result.values.assign(**{name: [0.98, float("nan")]})
    for values in (outside, unknown, result.values[:1]):
        assert within(replace(result, values=values), [name]) != {name: RUNS}


def test_a_subsidy_that_is_applied_for_spends_most_of_its_money(result):
    """Under half would be a reservation that nobody uses; how much it is exactly is a finding."""
    paid = result.values["Money for vouchers that is paid"]
    assert ((paid > 0.5) & (paid <= 1.0)).all()
