"""The language of facts and conditions: what it means, and where and how it says that something is wrong."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from eipsim.errors import InputError
from eipsim.outcomes import evaluation
from eipsim.outcomes.evaluation import ARITHMETIC, LOGIC, PARKS, YEARS, evaluate, evaluate_over_time, values_in
from eipsim.outcomes.expressions import LONGEST, parse_condition, parse_expression, parse_filters
from eipsim.outcomes.nodes import OVER_PARKS, OVER_YEARS, PARK_SHARE
from eipsim.outcomes.registry import DIMENSIONS, QUANTITIES
from eipsim.outcomes.traits import COMPARISONS, FILTERS, IS, IS_NOT, TRAITS, Condition, filters_of, holds

# What the tests let a quantity be worth: known numbers by name and year.
WORTH = {"firms": 100.0, "jobs": 7.0, "options_implemented": 30.0, "options_identified": 90.0, "parks_certified": 3.0}


def worth(asked, year):
    return WORTH.get(asked.name, 1.0) * (year - 2000)


def value_of(text):
    return float(evaluate(parse_expression(text), worth)[0])


def truth_of(text):
    return bool(evaluate(parse_condition(text), worth)[0])


def told(text, parse=parse_expression):
    with pytest.raises(InputError) as error:
        parse(text)
    return [str(mistake) for mistake in error.value.mistakes]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("parks_certified @2025", 75.0),
        ('park_score_mean["Amata"] @2024 - @2020', 4.0),
        ("options_implemented / options_identified | programme='GEIPP phase I', park=\"Amata\" @2024", 1.0 / 3.0),
        ('jobs / firms | programme="pilot" @2019', 0.07),
        ("1 + 2 * 3 - 8 / 4", 5.0),
        ("8 / 4 / 2", 1.0),
        ("10 - 3 - 2", 5.0),
        ("-(1 + 2) * -2", 6.0),
        ("-2 * 3 + 10", 4.0),
        ("2.5e1 × 2 − 5 ÷ 2", 47.5),
        ("firms @2020 + jobs @2010", 2070.0),
        ("firms + jobs @2010", 1070.0),
        ("(firms + jobs) @2010 * 2", 2140.0),
        ("(firms @2010 - firms @2005) / firms @2005", 1.0),
        ("firms @2020 / @2010", 2.0),
        ("100 * firms @2020 / @2010", 200.0),
        ("2 * firms @2020 - @2010", 2000.0),
        ("firms / jobs @2020 / @2010", 1.0),
        ("sum(firms @2010..2012)", 3300.0),
        ("mean(firms @2010..2012) / mean(jobs @2010..2012)", 100.0 / 7.0),
        ("mean(firms / jobs @2010..2012)", 100.0 / 7.0),
        ("max(firms @2010..2012) - min(firms @2010..2012)", 200.0),
        ("sum(firms @2010..2012 - 1000)", 300.0),
        ("sum(firms @2010)", 1000.0),
    ],
)
def test_expressions_mean_what_arithmetic_says(text, value):
    assert value_of(text) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("parks_certified @2050 < 151", True),
        ("parks_certified @2050 < 150", False),
        ("parks_certified @2050 <= 150", True),
        ("parks_certified @2050 ≥ 150", True),
        ("parks_certified @2050 != 150", False),
        ("1 < 2 < 3", True),
        ("1 < 3 < 2", False),
        ("1 > 2 or 2 > 1 and 1 > 0", True),
        ("(1 > 2 or 2 > 1) and 1 > 3", False),
        ("not 1 > 2", True),
        ("not (1 < 2 and 2 < 3)", False),
        ("firms @2020 > @2010", True),
        ("firms @2020 - firms @2010 == 1000 and jobs | sector='A01' @2020 > 0", True),
    ],
)
def test_conditions_are_true_or_false(text, truth):
    assert truth_of(text) is truth


def asked_in(text):
    return [(a.name, [(f.key, f.names) for f in a.filters], a.years) for a in parse_expression(text).asked]


def test_filters_and_years_hold_for_what_stands_before_them_and_has_none_of_its_own():
    assert asked_in('firms / jobs | sector="A01" @2020') == [
        ("firms", [("sector", ("A01",))], (2020,)),
        ("jobs", [("sector", ("A01",))], (2020,)),
    ]
    assert asked_in('firms @2020 - firms | park=("P1", "P2") @2010') == [
        ("firms", [("park", ("P1", "P2"))], (2020,)),
        ("firms", [("park", ("P1", "P2"))], (2010,)),
    ]
    assert asked_in('firms @2020 | park="P1"') == asked_in('firms | park="P1" @2020')
    assert asked_in('firms | park="P1" / jobs | park="P2" @2020') == [
        ("firms", [("park", ("P1",))], (2020,)),
        ("jobs", [("park", ("P2",))], (2020,)),
    ]


def test_parentheses_keep_filters_and_years_to_themselves():
    assert asked_in('jobs + (firms | park="P1" @2020) @2010') == [
        ("jobs", [], (2010,)),
        ("firms", [("park", ("P1",))], (2020,)),
    ]
    assert asked_in('(jobs + firms) | park="P1" @2010')[0] == ("jobs", [("park", ("P1",))], (2010,))


def test_a_filter_reaches_both_sides_of_a_ratio_in_whatever_form_it_is_written():
    both = [("firms", [("sector", ("Textiles",))], (2024,)), ("firms", [("sector", ("Textiles",))], (2015,))]
    for text in (
        'firms @2024 / firms @2015 | sector="Textiles"',
        '(firms @2024 / firms @2015) | sector="Textiles"',
        '(firms @2024) / (firms @2015) | sector="Textiles"',
        '(firms @2024 / @2015) | sector="Textiles"',
        'firms | sector="Textiles" @2024 / @2015',
        'firms @2024 | sector="Textiles" / (firms | sector="Textiles" @2015)',
    ):
        assert asked_in(text) == both, text


def test_a_filter_reaches_nothing_after_it_and_nothing_outside_its_parentheses():
    assert asked_in("(firms | owner=foreign @2024) / firms @2024") == [
        ("firms", [("owner", ("foreign",))], (2024,)),
        ("firms", [], (2024,)),
    ]
    assert asked_in("firms @2024 / (jobs | owner=foreign @2024)")[0] == ("firms", [], (2024,))
    assert asked_in("firms | owner=foreign @2024 / firms @2024")[1] == ("firms", [], (2024,))


def test_a_place_in_brackets_stands_beside_a_filter():
    assert asked_in('firms["Amata"] @2024 / firms @2015 | owner=foreign') == [
        ("firms", [("place", ("Amata",)), ("owner", ("foreign",))], (2024,)),
        ("firms", [("owner", ("foreign",))], (2015,)),
    ]


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        (
            "firms @2020 + 2 | owner=foreign * 0 + (3 | owner=foreign)",
            50,
            "this filter reaches no quantity: there is none",
        ),
        ("firms | owner=foreign @2020 + 3 | owner=domestic", 41, "all before it have a filter of their own"),
        ("(firms @2020) @2010", 15, "this year reaches no quantity: all before it have a year of their own"),
        ("2 @2010 + firms @2020", 3, "this year reaches no quantity: there is none before it"),
        (
            'parks_certified @2050 / firms | sector="A01" @2050',
            40,
            "within parentheses a filter is for what stands there",
        ),
        ("1e999 * firms @2020", 1, "too large a number"),
    ],
)
def test_what_would_vanish_is_a_mistake(text, column, words):
    message = "\n".join(told(text))
    assert f"column {column}: " in message
    assert words in message


def test_a_year_alone_takes_the_filters_of_what_it_is_compared_with():
    (first, second) = asked_in('park_score_mean["Amata"] @2024 - @2020')
    assert first[:2] == second[:2]
    assert (first[2], second[2]) == ((2024,), (2020,))


def test_filters_from_outside_reach_every_quantity_beside_its_own():
    parsed = parse_expression('jobs - (firms | park="P2") @2020', filters=parse_filters('sector="A01"'), years=(2010,))
    assert [[f.key for f in a.filters] for a in parsed.asked] == [["sector"], ["park", "sector"]]
    assert (
        "column 14: park is filtered twice; the filter for the whole of it says park= too"
        in told('firms | park="P2" @2020', lambda text: parse_expression(text, filters=parse_filters('park="P1"')))[0]
    )
    parsed = parse_expression(
        "firms - jobs", filters=parse_filters("| sector=A01, programme=GEIPP phase I"), years=(2010,)
    )
    assert [[f.names for f in a.filters] for a in parsed.asked] == [[("A01",), ("GEIPP phase I",)]] * 2
    assert parsed.years == [2010]


def test_filters_from_outside_hold_for_quantities_that_say_their_years():
    for text in ("firms @2024 / firms @2015", "firms @2024 / @2015", "(firms @2024) - 1 + mean(firms @2020..2022)"):
        parsed = parse_expression(text, filters=parse_filters("owner=foreign"))
        assert [[f.key for f in a.filters] for a in parsed.asked] == [["owner"]] * len(parsed.asked)
    assert "cannot be had by owner" in "".join(told("parks_certified @2024", lambda text: parse_expression(
        text, filters=parse_filters("owner=foreign"))))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("parks_certifed @2025", 1, "'parks_certifed' is unknown; did you mean parks_certified?"),
        ("2 * parks_certifed @2025", 5, "did you mean parks_certified?"),
        ("firms", 1, "firms has no year"),
        ("firms + jobs @2020 - co2_t", 22, "co2_t has no year"),
        ("firms - @2020", 1, "firms has no year"),
        ("firms @205", 8, "205 is not a year"),
        ("firms @2024..2020", 8, "reversed"),
        ("firms @@2020", 8, "'@' cannot stand here; allowed: a year"),
        ('firms | park="x @2020', 14, "never closed"),
        ('co2_t | sectr="x" @2020', 9, "'sectr' is unknown; did you mean sector?"),
        ('firms | park="a", park="b" @2020', 24, "filtered twice"),
        ("firms | employees>5, employees>9 @2020", 32, "for a range write employees=3..5"),
        ("firms | park_state=comitted @2020", 20, "park_state 'comitted' is unknown; did you mean committed?"),
        ("firms | parkstate=committed @2020", 9, "did you mean park_state?"),
        ("firms | park_state>committed @2020", 20, "park_state is no number; write park_state= or park_state!="),
        ('firms | sector>"A01" @2020', 15, "sector is a name, not a number"),
        ("firms | employees=many @2020", 19, "employees is compared with a number; for example: employees=3"),
        ("firms | employees>3..5 @2020", 19, "> takes one number, not a range"),
        ("firms | employees=5..3 @2020", 19, "5..3 is reversed"),
        ("parks_certified | employees>3 @2020", 29, "cannot be had by employees; it can be had by province, park,"),
        ("public_spending_usd | park_state=committed @2020", 34, "it can be had without filter only"),
        ("inspections_done | owner=foreign @2020", 26, "cannot be had by owner; it can be had by province"),
        ("co2_t[subsidy] @2030", 7, "of one scenario each, not of subsidy; `eipsim validate` pairs scenarios"),
        ("park_sd(public_spending_usd @2024)", 9, "cannot be had by park"),
        ("park_sd(park_mean(firms @2024))", 1, "stands around another function over parks"),
        ("park_sd(2)", 1, "park_sd needs a quantity"),
        ("park_sd(firms @2024 > 3)", 9, "is a condition, but 'park_sd' needs a number"),
        ("park_share(firms @2024)", 12, "is a number, but 'park_share' needs a condition"),
        (
            "park_quantile(firms @2024)",
            1,
            "needs a level between 0 and 1; for example: park_quantile(firms @2024, 0.9)",
        ),
        ("park_quantile(firms @2024, 90)", 1, "needs a level between 0 and 1"),
        ("park_sd(firms @2024, 0.9)", 22, "park_sd takes no number after a comma"),
        ("park_men(firms @2024)", 9, "did you mean park_mean?"),
        ('firms | park="a" | park="b" @2020', 25, "filtered twice"),
        ("firms @2020 @2021", 13, "the year is said twice"),
        ("(firms @2020", 13, "ends too early"),
        ("firms @2020)", 12, "')' cannot stand here"),
        ("firms @2020 $ 2", 13, "'$' means nothing here"),
        ("firms @2020 5", 13, "'5' cannot stand here"),
        ("firms @2020..2022", 1, "several values, one a year; put them together with sum()"),
        ("firms @2020..2021 + jobs @2020..2024", 19, "joins 2 and 5 years"),
        ("@2020 - 3", 1, "a year alone"),
        ("3 - @2020", 5, "no quantity to take in another year"),
        ('firms @2020 - @2015 | park="x"', 21, "takes no filter"),
        ('public_spending_usd | sector="A01" @2020', 30, "kept for the whole country and cannot be had by sector"),
        ('parks_certified | sector="A01" @2020', 26, "an outcome of parks and cannot be had by sector"),
        ('inspections_done | park="Amata" @2020', 25, "by park; it can be had by province"),
        ('firm_investment_usd | programme="x" @2020', 33, "booked by park"),
        ("firms @2020 < 3", 1, "is a condition, not a number"),
        ("(firms @2020 < 3) + 1", 2, "'+' needs a number"),
        ("__import__('os')", 11, "'(' cannot stand here"),
        ("firms.values @2020", 6, "'.' means nothing here"),
    ],
)
def test_mistakes_are_told_at_their_column(text, column, words):
    message = "\n".join(told(text))
    assert f"column {column}:" in message
    assert words in message


def test_all_mistakes_of_an_expression_are_told_at_once():
    assert len(told('firns @2020 + jobs | sctor="x" @20')) == 3


def test_a_condition_must_compare():
    assert "is a number, not a condition" in told("firms @2020", parse_condition)[0]
    assert "'and' needs a condition" in told("firms @2020 < 5 and 3", parse_condition)[0]
    assert "'not' needs a condition" in told("not 3", parse_condition)[0]


@pytest.mark.parametrize("text", ["", "   ", "x" * (LONGEST + 1), "(" * 900 + "1" + ")" * 900, "-" * 1900 + "1"])
def test_what_cannot_be_read_is_refused_with_a_message(text):
    assert len(told(text)) == 1


def test_what_has_no_value_is_missing():
    nothing = parse_expression("firms / jobs @2020")
    assert np.isnan(evaluate(nothing, lambda asked, year: 0.0)).all()
    assert np.isnan(evaluate(nothing, lambda asked, year: 0.0 if asked.name == "jobs" else 1.0)).all()
    for sign in ("<", ">", "==", "<=", ">=", "!="):
        for asked_for in (f"firms @2020 {sign} 1", f"not 1 {sign} firms @2020"):
            assert np.isnan(evaluate(parse_condition(asked_for), lambda asked, year: np.nan)).all()


# ---- what has no value ----------------------------------------------------------------------------------------------------

TRUTH = {1.0: True, 0.0: False}


def verdicts(text, value=worth):
    """True, False or None of every run."""
    found = evaluate(parse_condition(text), value)
    assert np.isin(found[~np.isnan(found)], list(TRUTH)).all()
    return [TRUTH.get(one) for one in found.tolist()]


@pytest.mark.parametrize(
    "text",
    ["5/0 > 3", "not (0/0 < 3)", "0/0 != 1", "0/0 == 0/0", "1/(5/0) == 0", "1/(5/0) < 1", "1e300 * 1e300 > 1", "-5/0 < 0",
     "5/0 > 3 and 1 < 2", "5/0 > 3 or 2 < 1", "1 < 5/0 < 3", "firms @2020 / (firms @2020 - firms @2020) > 3",
     "sum(firms / (jobs - jobs) @2010..2012) > 0", "first_year(firms / (jobs - jobs) > 0 @2010..2012) > 2000"],
)  # fmt: skip
def test_a_condition_on_what_has_no_value_has_none(text):
    assert verdicts(text) == [None]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("5/0 > 3 and 2 < 1", False),
        ("5/0 > 3 or 1 < 2", True),
        ("not (5/0 > 3 and 2 < 1)", True),
        ("1 < 5/0 < 3 and 2 < 1", False),
        ("5/1 > 3", True),
        ("0/5 == 0", True),
    ],
)
def test_what_decides_whatever_the_rest_decides(text, verdict):
    assert verdicts(text) == [verdict]


def test_division_by_nothing_has_no_value_at_the_division_itself():
    for text in ("1/(5/0)", "0 * (5/0)", "5/0 - 5/0", "min(firms / (jobs - jobs) @2010..2012)"):
        assert np.isnan(value_of(text)), text


def in_years(*values):
    """Three years of one run."""
    return lambda asked, year: values[year - 2020]


def first_year_of(*values):
    return evaluate(parse_expression("first_year(firms >= 4 @2020..2022)"), in_years(*values)).tolist()


def test_the_first_year_skips_what_is_not_there_yet_but_no_gap():
    assert first_year_of(np.nan, 3.0, 4.0) == [2022.0]
    assert first_year_of(4.0, np.nan, np.nan) == [2020.0]
    assert first_year_of(np.nan, 3.0, 3.0) == [2023.0]  # never
    for hidden in ((3.0, np.nan, 4.0), (3.0, 3.0, np.nan), (np.nan, np.nan, np.nan)):
        assert np.isnan(first_year_of(*hidden)).all(), hidden


@pytest.mark.parametrize(
    ("text", "told_of"),
    [
        ("jobs @2020 > 3", []),
        ("firms @2020 > 3 and jobs @2020 < 9", [("firms has no value (column 1)", [True, False, False])]),
        ("firms @2020 > 3 or jobs @2020 < 9", []),
        ("1 / (firms / jobs) @2020 > 3", [("firms has no value (column 6)", [True, False, False]),
                                          ("something is divided by 0 (column 12)", [False, True, False])]),
        ("jobs @2020 * 1e300 * 1e300 > 3", [("a number is too large (column 20)", [True, False, True])]),
    ],
)  # fmt: skip
def test_where_the_value_is_lost_is_told(text, told_of):
    runs = {"firms": np.array([np.nan, 8.0, 8.0]), "jobs": np.array([1.0, 0.0, 2.0])}
    found = evaluation.where_values_end(parse_condition(text), lambda asked, year: runs[asked.name])
    assert [(evaluation.what_is_missing(node), lost.tolist()) for node, lost in found] == told_of


# What a condition of one run may be: written so, and its truth (None: no value).
ATOMS = {"1 < 2": True, "2 < 1": False, "0/0 < 1": None, "5/0 > 3": None, "1 != 1": False, "2 >= 2": True}


def both(one, other):
    """Kleene's table of `and`."""
    return False if False in (one, other) else None if None in (one, other) else True


def negated(one):
    return None if one is None else not one


@st.composite
def conditions(draw, depth=4, atoms=tuple(ATOMS)):
    """A condition as it is written, and what it should come to by the tables."""
    kind = "atom" if depth == 0 else draw(st.sampled_from(["atom", "not", "and", "or"]))
    if kind == "atom":
        text = draw(st.sampled_from(atoms))
        return text, ATOMS[text]
    text, truth = draw(conditions(depth=depth - 1, atoms=atoms))
    if kind == "not":
        return f"not ({text})", negated(truth)
    other, second = draw(conditions(depth=depth - 1, atoms=atoms))
    result = both(truth, second) if kind == "and" else negated(both(negated(truth), negated(second)))
    return f"({text}) {kind} ({other})", result


@pytest.mark.parametrize("sign", ["and", "or"])
def test_the_tables_of_kleene(sign):
    for (text, one), (other, two) in itertools.product(ATOMS.items(), repeat=2):
        expected = both(one, two) if sign == "and" else negated(both(negated(one), negated(two)))
        assert verdicts(f"{text} {sign} {other}") == [expected]


@given(conditions())
def test_any_condition_comes_to_what_the_tables_say(made):
    text, truth = made
    assert verdicts(text) == [truth]


@given(conditions(), conditions())
def test_de_morgan_holds_with_and_without_values(one, other):
    (a, _), (b, _) = one, other
    assert verdicts(f"not (({a}) and ({b}))") == verdicts(f"not ({a}) or not ({b})")
    assert verdicts(f"not (({a}) or ({b}))") == verdicts(f"not ({a}) and not ({b})")
    assert verdicts(f"not (not ({a}))") == verdicts(a)
    assert verdicts(f"({a}) and ({b})") == verdicts(f"({b}) and ({a})")


@given(conditions(atoms=("1 < 2", "2 < 1", "0/0 < 1")), st.sampled_from(["1 < 2", "2 < 1"]))
def test_a_verdict_without_a_value_never_changes_when_the_value_becomes_known(made, learnt):
    text, truth = made
    if truth is not None:
        assert verdicts(text.replace("0/0 < 1", learnt)) == [truth]


WORTHS = st.lists(
    st.tuples(*[st.sampled_from([0.0, 1.0, 2.0, -1.0, float("nan"), float("inf")])] * 2), min_size=1, max_size=8
)


@given(WORTHS, st.sampled_from(["firms / jobs > 1", "not (firms / jobs <= 1)", "firms > 1 or jobs / firms != 1",
                                "1 / (firms / jobs) == 0 and firms >= 0", "firms < jobs <= 2",
                                "first_year(firms / jobs > 1) < 2021"]))  # fmt: skip
def test_the_verdict_of_a_run_never_depends_on_other_runs(runs, text):
    parsed = parse_condition(text, years=(2020,))
    together = evaluate(parsed, lambda asked, year: np.array([one[asked.name == "jobs"] for one in runs]))
    alone = [evaluate(parsed, lambda asked, year, one=one: one[asked.name == "jobs"]) for one in runs]
    np.testing.assert_array_equal(together, np.concatenate(alone))


@given(WORTHS)
def test_a_comparison_and_its_opposite_share_out_all_runs_with_a_value(runs):
    def value(asked, year):
        return np.array([one[asked.name == "jobs"] for one in runs])

    for sign, opposite in (("<", ">="), (">", "<="), ("==", "!=")):
        one, other = (verdicts(f"firms @2020 / jobs @2020 {each} 1", value) for each in (sign, opposite))
        assert [negated(truth) for truth in one] == other


def test_values_of_many_runs_are_worked_out_together():
    runs = np.array([1.0, 2.0, 4.0])
    doubled = evaluate(parse_expression("2 * firms @2020 - @2010"), lambda asked, year: runs * (year - 2000))
    assert doubled.tolist() == [20.0, 40.0, 80.0]
    chosen = evaluate(parse_condition("firms @2020 >= 40"), lambda asked, year: runs * (year - 2000))
    assert chosen.tolist() == [False, True, True]


def test_conditions_can_be_asked_of_a_table_of_runs():
    table = pd.DataFrame({"replicate": [0, 0, 1, 1], "year": [2020, 2050, 2020, 2050], "firms": [1.0, 5.0, 2.0, 3.0]})
    assert evaluate(parse_condition("firms @2050 - @2020 > 2"), values_in(table)).tolist() == [True, False]
    for text in ("firms @2030 > 1", "jobs @2020 > 1", 'firms | park="Amata" @2020 > 1'):
        with pytest.raises(InputError, match="table of runs does not hold"):
            evaluate(parse_condition(text), values_in(table))


def test_units_follow_from_the_parts():
    units = {
        "co2_t @2020": "tCO2/yr",
        "co2_t / co2_avoided_t @2020": "",
        "electricity_saved_mwh / firms @2020": "MWh/yr per firm",
        "2 * firms @2020 - firms @2010": "firms",
        "100 * firms / 3 @2020": "firms",
        "sum(co2_t @2020..2022)": "tCO2",
    }
    assert {text: parse_expression(text).unit for text in units} == units


def test_every_sign_has_a_meaning():
    for sign in ("+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!="):
        text = f"firms @2020 {sign} 2"
        parse = parse_condition if sign in ("<", "<=", ">", ">=", "==", "!=") else parse_expression
        assert parse(text).root.sign in ARITHMETIC | evaluation.COMPARISONS
    assert set(LOGIC) == {"and", "or", "not"}


def test_every_quantity_can_be_asked_for():
    for name in QUANTITIES:
        assert parse_expression(f"{name} @2020").asked[0].name == name


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("first_year(firms >= 1200 @2010..2020)", 2012.0),
        ("first_year(firms > jobs and firms > 1450 @2010..2020)", 2015.0),
        ("first_year(firms >= 1e6 @2010..2020)", 2021.0),  # never
        ("first_year(firms >= 1200 @2012) - 2000", 12.0),
    ],
)
def test_the_first_year_of_a_condition_is_a_number(text, value):
    assert value_of(text) == value


def test_the_first_year_needs_a_condition_on_years():
    assert "needs a condition" in told("first_year(firms @2010..2020)")[0]
    assert "needs a condition on years" in told("first_year(1 < 2)")[0]
    assert "needs a condition on years" in told("first_year(sum(firms @2010..2020) > 5)")[0]


def test_names_of_what_is_stored_stand_for_quantities():
    stored = {"luck": "", "certified in the north": "parks"}
    parsed = parse_expression('2 * luck + "certified in the north" @2020', stored=stored)
    assert [(asked.name, asked.years) for asked in parsed.asked] == [
        ("luck", (2020,)),
        ("certified in the north", (2020,)),
    ]
    with pytest.raises(InputError, match="did you mean certified in the north"):
        parse_expression('"certified in north" @2020', stored=stored)
    with pytest.raises(InputError, match="takes no filter"):
        parse_expression('luck | park="Amata" @2020', stored=stored)
    assert "'luck' is unknown" in told("luck @2020")[0]


def test_an_expression_over_time_has_a_value_a_year():
    parsed = parse_expression("firms / (firms @2020)", years=(2010, 2020, 2030), over_time=True)
    assert evaluate_over_time(parsed, worth).tolist() == [[0.5, 1.0, 1.5]]
    with pytest.raises(InputError, match="several values"):
        parse_expression("firms @2010..2011", years=(2010, 2020, 2030), over_time=True)


# ---- quotes that are missing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("firms | programme=GEIPP phase I @2020", 'programme="GEIPP phase I"'),
        ("firms | sector=A01, programme = GEIPP phase I, park=Amata @2020", 'programme="GEIPP phase I"'),
        ("firms | programme!=GEIPP phase I @2020", 'programme!="GEIPP phase I"'),
        ("firms | park=Đình Vũ (DEEP C Hải Phòng I) @2020", 'park="Đình Vũ (DEEP C Hải Phòng I)"'),
        ("(firms | park=Nam Cầu Kiền) @2020", 'park="Nam Cầu Kiền"'),
        ("firms | park=Nam Cầu Kiền / jobs @2020", 'park="Nam Cầu Kiền"'),
        ("firms | park=VSIP - Bắc Ninh @2020", 'park="VSIP - Bắc Ninh"'),
        ('firms | park=(Nam Cầu Kiền, "Amata") @2020', 'park=("Nam Cầu Kiền", "Amata")'),
        ("parks_certified[Hải Phòng] @2030", 'parks_certified["Hải Phòng"]'),
    ],
)
def test_a_value_with_a_blank_and_no_quotes_gets_the_hint_to_quote_it(text, quoted):
    (message,) = told(text)
    assert message.endswith(f": {quoted}")
    assert "in quotes" in message


def test_what_the_hint_says_can_be_read():
    for text in ("firms | programme=GEIPP phase I @2020", "firms | park=(Nam Cầu Kiền, Amata), owner=foreign @2020"):
        (message,) = told(text)
        quoted = message.rpartition("in quotes: ")[2]
        key = quoted.partition("=")[0]
        parse_expression(re.sub(rf"{key}=(\([^)]*\)|[^,@]*)", f"{quoted} ", text))


def test_single_words_need_no_quotes_also_one_of_several():
    (asked,) = parse_expression("firms | park=(Amata, P016), owner=foreign @2020").asked
    assert [one.names for one in asked.filters] == [("Amata", "P016"), ("foreign",)]


# ---- filters by state, owner, size, years since ---------------------------------------------------------------------------


def conditions_in(text):
    (asked,) = parse_expression(text).asked
    return [one.condition for one in asked.filters]


def test_filters_ask_for_words_and_numbers():
    assert conditions_in("firms | park_state=(committed, converted), park_state!=certified, owner='Foreign' @2024") == [
        Condition("park_state", "=", ("committed", "converted")),
        Condition("park_state", "!=", ("certified",)),
        Condition("owner", "=", ("foreign",)),
    ]
    assert conditions_in("firms | employees>=50, employees<300, years_since_audit=3..5 @2024") == [
        Condition("employees", ">=", (50.0, 50.0)),
        Condition("employees", "<", (300.0, 300.0)),
        Condition("years_since_audit", "=", (3.0, 5.0)),
    ]
    assert conditions_in("firms | years_since_audit == 1 .. 2, employees ≤ 1.5 @2024") == [
        Condition("years_since_audit", "=", (1.0, 2.0)),
        Condition("employees", "<=", (1.5, 1.5)),
    ]


def test_filters_of_a_table_may_be_numbers_too():
    read = parse_filters("owner!=foreign, employees>=50, years_since_audit=3..5, park_state=in programme")
    assert [one.condition.values for one in read] == [("foreign",), (50.0, 50.0), (3.0, 5.0), ("in_programme",)]


def test_a_comparison_after_a_filter_is_not_part_of_it():
    condition = parse_condition("firms | employees>=50 @2020 > 3")
    assert [one.condition for one in condition.asked[0].filters] == [Condition("employees", ">=", (50.0, 50.0))]
    assert condition.root.sign == ">"


@pytest.mark.parametrize("name", QUANTITIES)
def test_parks_are_told_apart_wherever_parks_can_be_had_and_firms_where_firms_can(name):
    outcome = QUANTITIES[name]
    allowed = set(filters_of(name))
    assert allowed & set(DIMENSIONS) == set(outcome.reach)
    assert {TRAITS[key].of for key in allowed - set(DIMENSIONS)} == {
        of for of, can in (("park", "park" in outcome.reach), ("firm", outcome.level == "firm")) if can
    }


@given(st.lists(st.integers(0, 9) | st.none(), min_size=1), st.integers(0, 9))
def test_a_number_is_less_equal_or_more_and_what_has_none_is_nothing(amounts, bound):
    table = np.rec.fromarrays([[np.nan if a is None else a for a in amounts]], names=["employees"])

    def found(sign, low=bound, high=bound):
        return holds(Condition("employees", sign, (float(low), float(high))), table, 2020)

    known = np.array([amount is not None for amount in amounts])
    assert ((found("<").astype(int) + found("=") + found(">")) == known).all()
    assert (found("<=") == (found("<") | found("="))).all()
    assert (found(">=") == (found(">") | found("="))).all()
    assert (found("!=") == (found("<") | found(">"))).all()
    assert (found("=", 0, 9) == known).all()


@given(st.lists(st.integers(0, 2030) | st.integers(2010, 2030), min_size=1), st.integers(2015, 2030))
def test_years_since_what_never_happened_or_will_only_happen_are_none(when, year):
    table = np.rec.fromarrays([np.array(when, dtype=np.int16)], names=["audit_year"])
    ever = holds(Condition("years_since_audit", ">=", (0.0, 0.0)), table, year)
    assert ever.tolist() == [0 < one <= year for one in when]
    three = holds(Condition("years_since_audit", "=", (3.0, 3.0)), table, year)
    assert three.tolist() == [one > 0 and one == year - 3 for one in when]


# ---- over parks -----------------------------------------------------------------------------------------------------------

NAN = float("nan")
# What three parks are worth in two runs; the third has no tenants in the second.
BY_PARK = {"firms": [[1.0, 2.0, 6.0], [2.0, 4.0, NAN]], "jobs": [[2.0, 2.0, 2.0], [0.0, 1.0, 5.0]]}


def by_park(asked, year):
    return np.array(BY_PARK[asked.name]) * (year - 2019) if asked.by_park else np.array([1.0, 10.0])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("park_sum(firms @2020)", [9.0, 6.0]),
        ("park_mean(firms @2020)", [3.0, 3.0]),
        ("park_sd(firms @2020)", [(14.0 / 3.0) ** 0.5, 1.0]),
        ("park_min(firms @2020)", [1.0, 2.0]),
        ("park_max(firms @2021)", [12.0, 8.0]),
        ("park_median(firms @2020)", [2.0, 3.0]),
        ("park_quantile(firms @2020, 0.75)", [4.0, 3.5]),
        ("park_sd(firms) / park_mean(firms) @2020", [(14.0 / 3.0) ** 0.5 / 3.0, 1.0 / 3.0]),
        ("park_mean(firms / jobs @2020)", [1.5, 4.0]),  # 2 / 0 is no value, and so left out
        ("park_mean(firms @2021 - @2020)", [3.0, 3.0]),
        ("park_mean(sum(firms @2020..2021))", [9.0, 9.0]),
        ("mean(park_mean(firms @2020..2021))", [4.5, 4.5]),
        ("max(park_max(firms) - park_min(firms) @2020..2021)", [10.0, 4.0]),
        ("park_mean(firms @2020) * jobs @2020", [3.0, 30.0]),
        ("park_share(firms >= 2 @2020)", [2.0 / 3.0, 1.0]),
        ("park_share(firms >= 2 and jobs > 1 @2020)", [2.0 / 3.0, 0.0]),
        ("park_share(firms @2020 > 6)", [0.0, 0.0]),
        ("park_mean(first_year(firms >= 4 @2020..2022))", [(2023 + 2021 + 2020) / 3, 2020.5]),
    ],
)
def test_functions_over_parks(text, values):
    assert evaluate(parse_expression(text), by_park).tolist() == pytest.approx(values, rel=1e-12)


def test_where_no_park_has_a_value_there_is_none():
    for text in ("park_sd(firms @2020)", "park_sum(firms @2020)", "park_share(firms > 0 @2020)"):
        assert np.isnan(evaluate(parse_expression(text), lambda asked, year: np.full((1, 3), np.nan))).all()


def test_one_run_may_be_given_as_a_row_of_parks():
    assert evaluate(parse_expression("park_mean(firms @2020)"), lambda asked, year: np.array([1.0, 2.0])) == [1.5]


def test_over_time_there_is_a_number_a_year():
    parsed = parse_expression("park_mean(firms)", years=(2020, 2021), over_time=True)
    assert evaluate_over_time(parsed, by_park).tolist() == [[3.0, 6.0], [3.0, 6.0]]


def test_a_table_of_runs_knows_no_parks():
    table = pd.DataFrame({"year": [2020], "firms": [1.0]})
    with pytest.raises(InputError, match="does not hold a part of the country"):
        evaluate(parse_expression("park_sd(firms @2020)"), values_in(table))


def test_every_function_has_a_meaning():
    assert set(YEARS) == set(OVER_YEARS)
    assert set(PARKS) | {PARK_SHARE} == set(OVER_PARKS)
    for name, unit in (("park_mean", "firms"), ("park_share", "")):
        inner = "firms @2020 > 1" if name == PARK_SHARE else "firms @2020"
        assert parse_expression(f"{name}({inner})").unit == unit


# ---- two scenarios --------------------------------------------------------------------------------------------------------


def scenarios_in(text):
    return [(one.name, one.scenario, one.years) for one in parse_expression(text, paired=True).asked]


def test_a_quantity_may_be_asked_of_a_scenario():
    assert scenarios_in("co2_t[subsidy] / co2_t[equal-budget/audits] @2030") == [
        ("co2_t", "subsidy", (2030,)),
        ("co2_t", "equal-budget/audits", (2030,)),
    ]
    assert scenarios_in("co2_t[my-scenario.yaml] @2030 - @2020") == [
        ("co2_t", "my-scenario.yaml", (2030,)),
        ("co2_t", "my-scenario.yaml", (2020,)),
    ]
    (asked,) = parse_expression('firms["Amata"][subsidy] | owner=foreign @2030', paired=True).asked
    assert (asked.scenario, [one.key for one in asked.filters]) == ("subsidy", ["place", "owner"])


# ---- whatever is written --------------------------------------------------------------------------------------------------

SPACES = st.sampled_from(["", " ", "  "])


@st.composite
def sums(draw, depth=3):
    """An expression of numbers and quantities, and what it is worth."""
    kind = draw(st.sampled_from(["number", "quantity"] if depth == 0 else ["number", "quantity", "group", *"+-*/"]))
    if kind == "number":
        number = draw(st.integers(0, 50))
        return str(number), float(number)
    if kind == "quantity":
        name, year = draw(st.sampled_from(sorted(WORTH))), draw(st.integers(2015, 2050))
        return f"{name}{draw(SPACES)}@{draw(SPACES)}{year}", WORTH[name] * (year - 2000)
    text, value = draw(sums(depth=depth - 1))
    if kind == "group":
        return f"-({draw(SPACES)}{text})", -value
    other, second = draw(sums(depth=depth - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        result = ARITHMETIC[kind](np.float64(value), np.float64(second))
    worth_it = float(result) if np.isfinite(result) else np.nan  # and so is whatever is made of it
    return f"({text}){draw(SPACES)}{kind}{draw(SPACES)}({other})", worth_it


@given(sums())
def test_any_sum_of_sums_is_worth_what_its_parts_are(made):
    text, value = made
    assert value_of(text) == pytest.approx(value, rel=1e-12, nan_ok=True)


@given(st.lists(st.tuples(st.integers(1, 99), st.sampled_from("+-*/")), min_size=1, max_size=8), st.integers(1, 99))
def test_signs_bind_as_in_any_language(terms, last):
    text = "".join(f"{number} {sign} " for number, sign in terms) + str(last)
    assert value_of(text) == pytest.approx(eval(text), rel=1e-12)  # Python's own arithmetic


@st.composite
def filters(draw):
    """A filter as it is written, and what it says."""
    key = draw(st.sampled_from(FILTERS))
    trait = TRAITS.get(key)
    if trait is not None and trait.number is not None:
        sign = draw(st.sampled_from(sorted(COMPARISONS)))
        low = draw(st.integers(0, 999))
        high = low + draw(st.integers(1, 99)) if sign in (IS, IS_NOT) and draw(st.booleans()) else None
        names = (str(low) if high is None else f"{low}..{high}",)
        return f"{key}{draw(SPACES)}{sign}{draw(SPACES)}{names[0]}", (key, sign, names)
    allowed = st.sampled_from(sorted(trait.words)) if trait else st.text("abcé 1(", min_size=1).filter(str.strip)
    names, sign = tuple(draw(st.lists(allowed, min_size=1, max_size=3))), draw(st.sampled_from([IS, IS_NOT]))
    quoted = [f'"{name}"' for name in names]
    values = quoted[0] if len(names) == 1 else f"({f',{draw(SPACES)}'.join(quoted)})"
    return f"{key}{draw(SPACES)}{sign}{draw(SPACES)}{values}", (key, sign, names)


@given(st.lists(filters(), min_size=1, max_size=4, unique_by=lambda made: made[1][:2]), SPACES)
def test_any_filters_are_read_as_they_are_written(made, space):
    read = parse_filters(f"{space},{space}".join(text for text, _ in made))
    assert [(one.key, one.sign, one.names) for one in read] == [said for _, said in made]


PIECES = st.sampled_from(
    [*"()[]+-*/|@=,<>!", "..", " ", "firms", "co2_t", "park", "owner", "employees", "park_sd", "first_year", '"Amata"', "'",
     "foreign", "2020", "205", "0.9", "and", "not", "subsidy", "GEIPP phase I", "Hải Phòng", "≥", "$"]
)  # fmt: skip


@examples(max_examples=400)
@given(st.lists(PIECES, min_size=1, max_size=14).map("".join) | st.text(max_size=30), st.booleans())
def test_whatever_is_written_is_read_or_refused_at_a_place_within_it(text, paired):
    try:
        expression = parse_expression(text, paired=paired)
    except InputError as error:
        columns = [re.match(r"column (\d+):", mistake.what) for mistake in error.mistakes]
        assert all(1 <= int(column[1]) <= len(text) + 1 for column in columns if column)
        assert len(columns) == 1 or all(columns)
    else:
        assert all(asked.years for asked in expression.asked)


@given(st.sampled_from(sorted(QUANTITIES)), st.integers(1, 3))
def test_a_misspelt_quantity_is_answered_with_its_name(name, position):
    letter = "x" if name[position] != "x" else "y"
    wrong = name[:position] + letter + name[position + 1 :]
    if wrong not in QUANTITIES:
        assert "did you mean" in told(f"{wrong} @2020")[0] or "known names" in told(f"{wrong} @2020")[0]


def test_filters_that_share_a_key_with_another_sign_stand_beside_each_other():
    for one, other in itertools.permutations(sorted(COMPARISONS), 2):
        assert len(parse_filters(f"employees{one}5, employees{other}9")) == 2
