"""The finding of the README, from the tables: `python experiments/11_what_holds/what_is_told.py` writes it anew."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from what_holds import ALL_RULES, DEFAULT, ENFORCED, MEDIAN, RUN, TABLES, YEARS

from eipsim.figures.wording import number
from eipsim.rules.acceptance import RULES

README = Path(__file__).resolve().parent / "README.md"
sys.path.insert(0, str(README.parents[1]))

from reporting import markdown, percent, write_between_marks  # noqa: E402

WRITTEN = ("what_holds.csv", "enforcement.csv", "vouchers.csv")  # the last by what_vouchers_add.py


def findings(table: pd.DataFrame, years: pd.DataFrame, vouchers: pd.DataFrame) -> str:
    """The part of the README that follows from the tables."""
    by_group = table.set_index(["statement", "who"])
    rows = [
        [
            name,
            *(
                _cell(by_group.loc[(name, who)]) if (name, who) in by_group.index else "–"
                for who in (DEFAULT, *RULES, ALL_RULES)
            ),
        ]
        for name in dict.fromkeys(table["statement"])
    ]
    head = ["statement", DEFAULT, *(f"`{rule}`" for rule in RULES), ALL_RULES]
    of_runs = table[(table["of"] == RUN) & (table["who"] == ALL_RULES)]
    of_many = table[(table["of"] != RUN) & (table["who"] == DEFAULT)]
    everywhere = of_runs[of_runs["holds"] == of_runs["asked"]]
    so_far = f"{len(everywhere)} hold in every pair of a calibrated set and a population"
    parts = [
        f"Of {len(of_runs)} statements about single runs {so_far}; of {len(of_many)} about medians or means "
        f"{int(of_many['holds'].sum())} hold for the default set. The table says in how many pairs of those asked a statement "
        "holds; in brackets, at least which share of all pairs that would be (lower end of the exact 95 % interval). For a "
        "median or mean over the pairs it says whether it is as stated, and the value (of several parts, the first).",
        markdown(head, rows),
        _of_misses(table),
        _of_enforcement(years),
        _of_vouchers(vouchers),
    ]
    return "\n\n".join(parts)


def _cell(row: pd.Series) -> str:
    """In how many pairs a statement holds, or the median or mean and whether it is as stated."""
    if row["of"] != RUN:
        return f"{'yes' if row['holds'] else 'no'}: {number(row['first_part_' + row['of']], 3)}"
    return f"{row['holds']} of {row['asked']} (≥ {percent(row['at_least'])})" if row["asked"] else "not asked of any"


def _of_misses(table: pd.DataFrame) -> str:
    missed = table[(table["of"] != RUN) & (table["holds"] == 0)]
    lines = [
        f"* {row.who}: {row.statement[:1].lower()}{row.statement[1:]}: "
        f"{number(row.first_part_median if row.of == MEDIAN else row.first_part_mean, 3)} "
        f"(5 to 95 % of {row.pairs} pairs: {number(row.first_part_5, 3)} to {number(row.first_part_95, 3)}), asked: "
        f"{number(row.low, 3)} to {number(row.high, 3)}"
        for row in missed.itertuples()
    ]
    head = "Medians and means that are not as stated (of a statement with several parts, the first):"
    return "\n".join([head, "", *lines]) if lines else ""


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
