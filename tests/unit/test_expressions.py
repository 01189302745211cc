"""The language of facts and conditions: what it means, and where and how it says that something is wrong."""

import numpy as np
import pandas as pd
import pytest

from eipsim.errors import InputError
from eipsim.outcomes.expressions import (
    ARITHMETIC,
    LONGEST,
    evaluate,
    evaluate_over_time,
    parse_condition,
    parse_expression,
    parse_filters,
    values_in,
)
from eipsim.outcomes.registry import QUANTITIES

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


def test_filters_and_years_hold_for_what_stands_before_them_without_a_year():
    assert asked_in('firms / jobs | sector="A01" @2020') == [
        ("firms", [("sector", ("A01",))], (2020,)),
        ("jobs", [("sector", ("A01",))], (2020,)),
    ]
    assert asked_in('firms @2020 - firms | park=("P1", "P2") @2010') == [
        ("firms", [], (2020,)),
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


def test_a_year_alone_takes_the_filters_of_what_it_is_compared_with():
    (first, second) = asked_in('park_score_mean["Amata"] @2024 - @2020')
    assert first[:2] == second[:2]
    assert (first[2], second[2]) == ((2024,), (2020,))


def test_filters_from_outside_go_to_quantities_without_their_own():
    parsed = parse_expression('firms - jobs | park="P2" @2020', filters=parse_filters('sector="A01"'), years=(2010,))
    assert [[f.key for f in a.filters] for a in parsed.asked] == [["park"], ["park"]]
    parsed = parse_expression(
        "firms - jobs", filters=parse_filters("| sector=A01, programme=GEIPP phase I"), years=(2010,)
    )
    assert [[f.names for f in a.filters] for a in parsed.asked] == [[("A01",), ("GEIPP phase I",)]] * 2
    assert parsed.years == [2010]


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


def test_what_has_no_value_is_missing_and_makes_no_condition_true():
    nothing = parse_expression("firms / jobs @2020")
    assert np.isnan(evaluate(nothing, lambda asked, year: 0.0)).all()
    assert np.isnan(evaluate(nothing, lambda asked, year: 0.0 if asked.name == "jobs" else 1.0)).all()
    for sign in ("<", ">", "==", "<=", ">="):
        assert not evaluate(parse_condition(f"firms @2020 {sign} 1"), lambda asked, year: np.nan).any()


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
        "sum(co2_t @2020..2022)": "tCO2/yr",
    }
    assert {text: parse_expression(text).unit for text in units} == units


def test_every_sign_has_a_meaning():
    for sign in ("+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!="):
        text = f"firms @2020 {sign} 2"
        parse = parse_condition if sign in ("<", "<=", ">", ">=", "==", "!=") else parse_expression
        assert parse(text).root.sign in ARITHMETIC


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
