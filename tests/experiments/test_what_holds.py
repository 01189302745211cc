"""Which statements hold: planted runs with known answers, the exact share, a copy in small, the README held to its tables."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
import what_holds
from what_holds import (
    ALL_RULES,
    CASES,
    DEFAULT,
    MEAN,
    MEDIAN,
    RUN,
    TABLES,
    Pair,
    Statement,
    ask,
    at_least,
    enforced,
    holding,
    over_pairs,
    pairs,
    read_statements,
    results,
)
from what_is_told import README, WRITTEN, _is_sure, findings
from what_vouchers_add import compared, spent_anyway, together

from eipsim.analysis.evidence.facts import Fact
from eipsim.data.parameters import load_ensemble
from eipsim.outcomes.expressions import parse_expression
from eipsim.rules.acceptance import RULES
from eipsim.scenarios import load_scenario

STATEMENTS = read_statements()


def claim(low, high, *, of=RUN, where=None, parts=1):
    expression = parse_expression("firms @2024", "test")
    facts = tuple(Fact(f"part {n}", expression, low, high, "", "") for n in range(parts))
    return Statement("test", "a claim", facts, of, where=where and Fact("where", expression, 0.0, np.inf, "", ""))


# ---- what is asked ---------------------------------------------------------------------------------------------------------


def test_every_statement_is_of_the_lots_and_kinds_that_there_are_and_says_its_bounds():
    assert {statement.of for statement in STATEMENTS} == {RUN, MEDIAN, MEAN}
    assert {statement.lot for statement in STATEMENTS} == set(what_holds.DEFAULTS)
    assert len({statement.name for statement in STATEMENTS}) == len(STATEMENTS)
    assert all(np.isfinite([fact.low, fact.high]).any() for statement in STATEMENTS for fact in statement.facts)


def test_every_case_is_a_sound_scenario_and_asked_for():
    asked = {one.scenario for s in STATEMENTS for fact in s.asked for one in fact.expression.asked}
    cases = {file.name for file in CASES.glob("*.yaml")}
    assert cases == {name for name in asked if name.endswith(".yaml")}
    for name in cases:
        load_scenario(CASES / name)


def test_pairs_have_sets_of_their_rule_and_another_population_each():
    for who in (DEFAULT, *RULES):
        of = [pair for pair in pairs() if pair.who == who]
        assert len({pair.seed for pair in of}) == len(of)
        assert len({pair.number for pair in of}) == (1 if who == DEFAULT else len(of))
        assert all(pair.settings == ({} if who == DEFAULT else load_ensemble(who)[pair.number]) for pair in of)


# ---- planted runs ------------------------------------------------------------------------------------------------------------


def test_a_statement_holds_in_a_run_if_all_of_its_parts_do():
    values = pd.DataFrame({"part 0": [1.0, 1.0, 3.0], "part 1": [1.0, 3.0, 1.0]})
    assert holding(claim(0.0, 2.0, parts=2), values).tolist() == [True, False, False]


def test_runs_of_which_it_cannot_be_asked_are_left_out():
    values = pd.DataFrame({"part 0": [1.0, np.nan, 5.0, 1.0], "where": [1.0, 1.0, -1.0, 0.0]})
    assert holding(claim(0.0, 2.0, where=True), values).tolist() == [True, True]


def test_a_median_and_a_mean_are_asked_of_all_runs_together():
    values = pd.DataFrame({"part 0": [1.0, 1.5, 100.0]})
    assert holding(claim(0.0, 2.0, of=MEDIAN), values).tolist() == [True]
    assert holding(claim(0.0, 2.0, of=MEAN), values).tolist() == [False]


@pytest.mark.parametrize(("k", "n", "least"), [(57, 57, 0.937), (24, 24, 0.858), (0, 8, 0.0), (9, 10, 0.555)])
def test_at_least_is_the_lower_end_of_the_exact_interval(k, n, least):
    assert at_least(k, n) == pytest.approx(least, abs=5e-4)


def test_a_median_or_mean_is_sure_only_with_its_whole_interval_on_one_side():
    row = {"holds": 1, "low": 0.0, "high": np.inf, "first_part_low": 0.1, "first_part_high": 0.3}
    assert _is_sure(pd.Series(row))
    assert not _is_sure(pd.Series(row | {"first_part_low": -0.1}))
    assert not _is_sure(pd.Series(row | {"holds": 0, "first_part_low": -0.3, "first_part_high": 0.1}))
    assert _is_sure(pd.Series(row | {"holds": 0, "first_part_low": -0.3, "first_part_high": -0.1}))
    assert not _is_sure(pd.Series(row | {"first_part_low": np.nan}))


def test_the_interval_of_a_mean_and_of_a_median():
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 100.0])
    assert over_pairs(values, MEAN)[0] == 16.0
    assert over_pairs(values, MEDIAN) == (
        4.5,
        1.0,
        100.0,
    )  # of 8 values the outermost: 1 - 2 / 2^8 > .95 > 1 - 18 / 2^8
    assert np.isnan(over_pairs(values[:1], MEAN)[1])


def test_results_count_by_group_and_over_all_rules_without_the_default():
    statement = claim(0.0, 2.0)
    asked = [Pair(DEFAULT, RULES[0], None, 1, ("many",)), *(Pair(r, r, 0, 1, ("many",)) for r in RULES[:2])]
    asked.append(Pair(RULES[0], RULES[0], 1, 2, ("few",)))  # is not asked
    table = results([statement], asked, [{"part 0": 5.0}, {"part 0": 1.0}, {"part 0": 3.0}, {}]).set_index("who")
    assert table["asked"].to_dict() == {
        DEFAULT: 1,
        RULES[0]: 1,
        RULES[1]: 1,
        **dict.fromkeys(RULES[2:], 0),
        ALL_RULES: 2,
    }
    assert (table.loc[DEFAULT, "holds"], table.loc[RULES[0], "holds"], table.loc[ALL_RULES, "holds"]) == (0, 1, 1)


def test_the_sign_of_enforcement_is_counted_pair_by_pair():
    asked = [Pair(DEFAULT, RULES[0], None, seed, ("many",)) for seed in (1, 2, 3)]
    rows = [
        [{"scenario": "baseline", "year": 2036, "certified_parks": 2.0},
         {"scenario": "enforcement", "year": 2036, "certified_parks": 2.0 + gap}]
        for gap in (-1.0, 0.0, 4.0)
    ]  # fmt: skip
    (row,) = enforced(asked, rows).to_dict("records")
    assert (row["fewer"], row["same"], row["more"], row["difference"]) == (1, 1, 1, 1.0)


def test_pairs_of_one_replicate_each_are_put_together_with_an_interval_over_them(tmp_path):
    tables = [compared(Pair(DEFAULT, RULES[0], None, seed, ("some",)), tmp_path, "pilot-parks") for seed in (1, 2)]
    added = together(tables).voucher_adoptions.set_index(["measure", "quantity"])
    each = [together([table]).voucher_adoptions.set_index(["measure", "quantity"])["value"] for table in tables]
    for quantity in ("bought", "net", "money_usd"):
        both = [one["all", quantity] for one in each]
        assert added.loc[("all", quantity), "value"] == pytest.approx(np.mean(both))
        assert both[0] != both[1]
    assert (added["low"] <= added["value"]).sum() > 100
    anyway = spent_anyway(tables).set_index("measure")["value"]
    paid = pd.concat([table["anyway"] for table in tables])
    assert anyway["all"] == pytest.approx(paid["paid_anyway_usd"].sum() / paid["paid_usd"].sum())
    assert 0.0 < anyway["lighting"] < 1.0


# ---- the run in small, and what the README says -------------------------------------------------------------------------------


def test_pairs_are_kept_and_asked_once(tmp_path, monkeypatch):
    kept = [
        statement
        for statement in STATEMENTS
        if statement.topic in ("parks", "programmes") and len(statement.facts) == 1
    ]
    monkeypatch.setattr(what_holds, "read_statements", lambda: kept)
    pair = Pair(DEFAULT, RULES[0], None, 1, ("programmes",))
    told, _ = ask(pair, tmp_path, "pilot-parks")
    assert len(told) == sum(statement.lot == "programmes" for statement in kept) > 0
    monkeypatch.setattr(what_holds, "answers", lambda *_: pytest.fail("asked again"))
    assert ask(pair, tmp_path, "pilot-parks")[0] == pytest.approx(told)
    asked = []
    monkeypatch.setattr(what_holds, "answers", lambda _, statements, __: asked.extend(statements) or {})
    more = claim(0.0, 1.0)
    monkeypatch.setattr(what_holds, "read_statements", lambda: [*kept, dataclasses.replace(more, lot="programmes")])
    ask(pair, tmp_path, "pilot-parks")
    assert [statement.name for statement in asked] == [more.name]  # only what is new


def test_the_readme_says_what_the_tables_say():
    table, *others = (pd.read_csv(TABLES / name) for name in WRITTEN)
    between = re.compile(r"(?<=<!-- findings:begin -->\n).*(?=\n<!-- findings:end -->)", re.DOTALL)
    told = between.search(README.read_text(encoding="utf-8"))
    assert told.group() == findings(table, *others).strip()
    assert set(table["statement"]) == {statement.name for statement in STATEMENTS}
