"""What the model answers to, asked of few replicates: `eipsim validate evidence`. Some of it was fitted (violations)."""

import pytest

from eipsim.analysis.evidence.validation import validate

SURE = (
    "Electricity used when it costs a fifth more: at once",
    "Electricity used when it costs a fifth more: after fifteen years",
    "Violations found per inspection",
    "Parks in operation",
)  # these hardly differ between runs; the others need many


@pytest.fixture(scope="module")
def result():
    return validate("evidence", replicates=2)


def test_the_response_to_prices_violations_and_parks_are_as_observed(result):
    verdicts = {fact.name: judged.verdict for fact, judged in zip(result.facts, result.judgements)}
    assert {name: verdicts[name] for name in SURE} == dict.fromkeys(SURE, "agrees")


def test_a_subsidy_that_is_applied_for_spends_most_of_its_money(result):
    """Under half would be a reservation that nobody uses; how much it is exactly is a finding."""
    paid = result.values["Money for vouchers that is paid"]
    assert ((paid > 0.5) & (paid <= 1.0)).all()
