"""A province's page: what became of it and of its parks, over the years and against the country."""

from __future__ import annotations

import pandas as pd

from eipsim.core.numbers import NOTHING
from eipsim.dashboard.content.found import province_called
from eipsim.figures.panels import Way, ways
from eipsim.figures.style import as_svg
from eipsim.outcomes.registry import UNITS
from eipsim.report import provinces
from eipsim.report.blocks import Block, Picture, Prose, Section, Table
from eipsim.report.sources import source_of
from eipsim.report.words import Words
from eipsim.runs.simulation import Run

# Of which the country's is no sum: held beside it, and not as a part of it.
NO_SUMS = ("recp_firm_share", "park_score_mean", "co2_intensity_t_per_musd")
DRAWN = "recp_firm_share"
PERCENT = 100.0


def province_sections(run: Run, province: str, words: Words) -> list[Section]:
    """The page of a province, by its name on either map. InputError for one that the run does not have."""
    names = [*run.provinces["province"].astype(str), *run.parks["province_2025"].astype(str)]
    own = province_called(list(dict.fromkeys(names)), province)
    years = provinces.section(source_of(run), words, own)
    return [Section("country", words.say("page-country"), against(run, own, words)), years]


def table_of(run: Run, province: str) -> pd.DataFrame:
    """The province by year: on the map of 2024, else on that of 2025, which only a run with details has."""
    tables = (run.provinces, run.provinces_2025)
    found = (table[table["province"].astype(str) == province] for table in tables if table is not None)
    return next((rows.set_index("year") for rows in found if len(rows)), pd.DataFrame())


def against(run: Run, province: str, words: Words) -> list[Block]:
    """The last year of the province beside the country's, and the way of both."""
    rows, country = table_of(run, province), run.outcomes
    if rows.empty:
        return [Prose(words.say("province-new-map", province=province))]
    year = int(rows.index[-1])
    cells = []
    for name in (*provinces.OF_PROVINCE, *NO_SUMS[1:]):
        if name not in rows or name not in country:
            continue
        own, all_ = float(rows.at[year, name]), float(country.at[year, name])
        share = NOTHING if name in NO_SUMS or all_ <= 0.0 else words.quantity(own / all_, "share")
        cells.append([words.outcome(name), words.quantity(own, UNITS[name]), words.quantity(all_, UNITS[name]), share])
    head = [words.say(f"head-{name}") for name in ("outcome", "here", "country", "part")]
    part = float(rows.at[year, "co2_avoided_t"]) / max(float(country.at[year, "co2_avoided_t"]), 1e-9)
    title = words.say("country-finding", province=province, share=words.quantity(part, "share"), year=str(year))
    table = Table(title, head, cells, (1, 2, 3), words.say("country-note"))
    return [table, *picture(rows, country, province, words)]


def picture(rows: pd.DataFrame, country: pd.DataFrame, province: str, words: Words) -> list[Block]:
    """The share of firms that apply RECP, here and in the country, from year to year."""
    both = pd.DataFrame({province: rows[DRAWN], "": country[DRAWN]}).dropna()
    if len(both) < 2:
        return []
    last = both.iloc[-1]
    called = {province: province, "": words.say("the-country")}
    series = [
        Way(f"{called[name]}\n{words.percent(float(last[name]))}", PERCENT * both[[name]].to_numpy(float).T)
        for name in both
    ]
    side = "more" if last[province] > last[""] else "less" if last[province] < last[""] else "same"
    title = words.say(f"country-{side}", province=province, outcome=words.outcome(DRAWN), year=str(int(both.index[-1])),
                      here=words.percent(float(last[province])), country=words.percent(float(last[""])))  # fmt: skip
    svg = as_svg(ways([int(year) for year in both.index], series, "%", words.language.number))
    return [Picture(title, svg, words.say("country-caption"))]
