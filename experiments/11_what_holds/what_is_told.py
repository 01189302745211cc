"""The finding of the README, from the tables: `python experiments/11_what_holds/what_is_told.py` writes it anew."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from what_holds import ALL_RULES, DEFAULT, ENFORCED, RUN, TABLES, YEARS

from eipsim.figures.wording import number
from eipsim.rules.acceptance import RULES

README = Path(__file__).resolve().parent / "README.md"
sys.path.insert(0, str(README.parents[1]))

from reporting import markdown, percent, write_between_marks  # noqa: E402

WRITTEN = ("what_holds.csv", "enforcement.csv", "vouchers.csv")  # the last by what_vouchers_add.py


def findings(table: pd.DataFrame, years: pd.DataFrame, vouchers: pd.DataFrame) -> str:
    """The part of the README that follows from the tables."""
    by_group = table.set_index(["statement", "who"])
    rows = []
    for name in dict.fromkeys(table["statement"]):
        asked = [(name, who) for who in (DEFAULT, *RULES, ALL_RULES)]
        rows.append([name, *(_cell(by_group.loc[one]) if one in by_group.index else "–" for one in asked)])
    head = ["statement", DEFAULT, *(f"`{rule}`" for rule in RULES), ALL_RULES]
    of_runs = table[(table["of"] == RUN) & (table["who"] == ALL_RULES)]
    of_many = table[(table["of"] != RUN) & (table["who"] == DEFAULT)]
    elsewhere = of_runs[of_runs["holds"] < of_runs["asked"]]
    missed = "; ".join(f"“{row.statement}” ({row.holds} of {row.asked})" for row in elsewhere.itertuples())
    sure = sum(_is_sure(row) for _, row in of_many[of_many["holds"] == 1].iterrows())
    parts = [
        f"Of {len(of_runs)} statements about single runs {len(of_runs) - len(elsewhere)} hold in every pair of a calibrated set "
        f"and a population; of {len(of_many)} about medians or means {int(of_many['holds'].sum())} hold for the default set, "
        f"{sure} of them beyond doubt. Not in every pair: {missed}.",
        "The table says in how many pairs of those asked a statement holds; in brackets, at least which share of all pairs that "
        "would be (lower end of the exact 95 % interval). For a median or mean over the pairs it says whether it is as stated, "
        "and the value (of several parts, the first) with its 95 % interval: unsure where that is not on one side of what is "
        "stated.",
        markdown(head, rows),
        _of_enforcement(years),
        _of_vouchers(vouchers),
    ]
    return "\n\n".join(parts)


def _cell(row: pd.Series) -> str:
    """In how many pairs a statement holds, or the median or mean and whether it is as stated."""
    if row["of"] != RUN:
        value, low, high = (number(row[name], 3) for name in ("first_part", "first_part_low", "first_part_high"))
        doubt = "" if _is_sure(row) else ", unsure"
        return f"{'yes' if row['holds'] else 'no'}{doubt}: {value} ({low} to {high})"
    return f"{row['holds']} of {row['asked']} (≥ {percent(row['at_least'])})" if row["asked"] else "not asked of any"


def _is_sure(row: pd.Series) -> bool:
    """Whether the interval of a median or mean lies within what is stated where it holds, and outside where it does not."""
    low, high = row["first_part_low"], row["first_part_high"]
    if row["holds"]:
        return bool(row["low"] <= low and high <= row["high"])
    return bool(high < row["low"] or row["high"] < low)


NAMES = {
    "inspections_per_1000_firms": "inspections per 1,000 firms", "violations_per_1000_firms": "violations found per 1,000 firms",
    "violations_per_inspection": "violations per inspection",
    "committed_parks_failing_by_operators": "committed parks that fail a clean record: operator",
    "committed_parks_failing_by_partners": "committed parks that fail a clean record: exchange partners",
    "certified_parks": "certified parks",
}  # fmt: skip


def _of_enforcement(years: pd.DataFrame) -> str:
    """Before, and so many years after inspections and fines rise."""
    own = years[years["who"] == DEFAULT].set_index(["quantity", "year"])
    rows = [
        [words, *(" → ".join(number(own.loc[(name, year), case], 3) for case in ENFORCED) for year in YEARS)]
        for name, words in NAMES.items()
    ]
    head = ["default set, mean", *(f"{year}, {words}" for year, words in YEARS.items())]
    signs = years[(years["quantity"] == "certified_parks") & (years["year"] == 2036)]
    said = [
        f"{row.who}: fewer in {row.fewer}, as many in {row.same}, more in {row.more} of {row.pairs} (mean {row.difference:+.1f})"
        for row in signs.itertuples()
    ]
    return "\n".join([
        "**Enforcement**, baseline → enforcement (fines doubled from 2026, inspections rising to 30 % of firms in 2030):", "",
        markdown(head, rows), "",
        "Certified parks ten years after, enforcement against baseline, by pairs: " + "; ".join(said) + ".",
    ])  # fmt: skip


PER_VOUCHER = {
    "net_per_voucher": "per voucher", "net_per_1000_usd": "per 1,000 USD", "additional_per_1000_usd": "of these with a voucher",
    "years_sooner": "others sooner by (yr)", "share_spent_anyway_in_the_year": "money for what the year would have seen anyway",
}  # fmt: skip


def _of_vouchers(vouchers: pd.DataFrame) -> str:
    """What a voucher adds, by whose sets: a row a group, with intervals over sets and populations."""
    of = vouchers[vouchers["measure"] == "all"].set_index(["who", "quantity"])
    rows = [
        [
            f"{who} ({of.loc[(who, 'bought'), 'pairs']} pairs)",
            *(_with_interval(of.loc[(who, name)]) for name in PER_VOUCHER),
        ]
        for who in dict.fromkeys(vouchers["who"])
    ]
    return "\n".join([
        "**What a voucher adds** in the scenario `subsidy` to 2050, in measures that the same firms do not adopt in the "
        "baseline, less those that they give up; means with 95 % intervals over sets and populations (by measure: "
        "`tables/vouchers.csv`):", "",
        markdown(["sets", *PER_VOUCHER.values()], rows),
    ])  # fmt: skip


def _with_interval(row: pd.Series) -> str:
    return f"{number(row['value'], 2)} ({number(row['low'], 2)} to {number(row['high'], 2)})"


def tell() -> None:
    """Write what follows from the tables into the README."""
    write_between_marks(README, findings(*(pd.read_csv(TABLES / name) for name in WRITTEN)))


if __name__ == "__main__":
    tell()
