"""A park's page: why it is or is not certified, its scores, who is in it, what they use, exchange and share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from eipsim.agents.operator.columns import FULL_SCORE, SCORES
from eipsim.core.phrases import Phrase
from eipsim.dashboard.content.insides import inside, measures_of
from eipsim.errors import InputError
from eipsim.figures.networks import sector_names, symbiosis_network
from eipsim.figures.panels import Way, ways
from eipsim.figures.parks import find_park
from eipsim.figures.style import as_svg
from eipsim.market.catalogue import measure_labels, measure_names
from eipsim.report.blocks import Block, Command, Link, Links, Picture, Prose, Section, Table
from eipsim.report.parks import park_page
from eipsim.report.provinces import YEARS
from eipsim.report.words import Words
from eipsim.runs.simulation import Run

MOST_TENANTS, MOST_EXCHANGES = 40, 20
OPERATING = "operating"


def park_called(run: Run, name: str) -> str:
    """The id of the park that an address means, by its id or name. InputError with the nearest where it is none or several."""
    try:
        return find_park(run, name, run.exchanges)
    except InputError as error:
        raise InputError([replace(one, where=Phrase("park", "kind-park")) for one in error.mistakes]) from None


def park_title(run: Run, park_id: str, words: Words) -> str:
    """Name, id and province."""
    row = rows_of(run, park_id).iloc[-1]
    return words.say("page-park", park=str(row["name"]), id=park_id, province=str(row["province"]))


def park_sections(run: Run, park_id: str, words: Words, with_figures: bool = True) -> list[Section]:
    """The page of a park (an id) in the last year of a run."""
    return [part() for part in park_parts(run, park_id, words, with_figures)]


def park_parts(run: Run, park_id: str, words: Words, with_figures: bool = True) -> list[Callable[[], Section]]:
    """The sections one by one, as they are shown; figures take longer than all else."""
    return [
        lambda: Section("certificate", words.say("page-why-park"), why(run, park_id, words)),
        lambda: Section("scores", words.say("page-scores"), scores(run, park_id, words, with_figures)),
        lambda: Section("tenants", words.say("page-tenants"), tenants(run, park_id, words)),
        lambda: Section("measures", words.say("page-measures"), measures(run, park_id, words)),
        lambda: Section("exchanges", words.say("page-exchanges"), exchanges(run, park_id, words, with_figures)),
    ]


def rows_of(run: Run, park_id: str) -> pd.DataFrame:
    """The park by year, since it was founded."""
    return run.parks[run.parks["park_id"] == park_id].set_index("year")


def why(run: Run, park_id: str, words: Words) -> list[Block]:
    """The certificate, criterion by criterion, what the operator does about it, and what tenants share."""
    found = inside(run)
    explained = found.parks[park_id]
    rows = rows_of(run, park_id)
    province = str(rows["province"].iloc[-1]) if len(rows) else ""
    return [
        *([Links(words.say("page-place"), [Link(province, f"province/{province}")])] if province else []),
        *park_page(words, explained.verdict, explained.facts, found.year),
        Prose(words.say("park-synthetic")),
    ]


def scores(run: Run, park_id: str, words: Words, with_figures: bool) -> list[Block]:
    """Mean and categories over the years, as a picture, and some years as a table."""
    rows = rows_of(run, park_id)
    names = ("score", *(f"{name}_score" for name in SCORES))
    labels = {name: words.say(f"score-{name.removesuffix('_score')}") for name in names}
    years = [year for year in YEARS if year in rows.index] or [int(rows.index[-1])]
    table = Table(
        words.say("scores-table", full=words.number(FULL_SCORE)), [words.say("head-category"), *map(str, years)],
        [[labels[name], *(words.number(float(rows.at[year, name])) for year in years)] for name in names],
        range(1, len(years) + 1),
    )  # fmt: skip
    return [picture(rows, labels, words), table] if with_figures and len(rows) > 1 else [table]


def picture(rows: pd.DataFrame, labels: Mapping[str, str], words: Words) -> Picture:
    """The way of the scores; from where to where the mean has come."""
    years, ends = [int(year) for year in rows.index], (float(rows["score"].iloc[0]), float(rows["score"].iloc[-1]))
    way = "same" if ends[0] == ends[1] else "rises" if ends[1] > ends[0] else "falls"
    title = words.say(
        f"finding-{way}", outcome=labels["score"], start=words.number(ends[0]), end=words.number(ends[1]),
        first=str(years[0]), last=str(years[-1]),
    )  # fmt: skip
    series = [Way(f"{label}\n{words.number(float(rows[name].iloc[-1]), 2)}", rows[[name]].to_numpy(float).T)
              for name, label in labels.items()]  # fmt: skip
    svg = as_svg(ways(years, series, words.say("scores-axis", full=words.number(FULL_SCORE)), words.language.number))
    return Picture(title, svg, words.say("scores-caption"))


def tenants(run: Run, park_id: str, words: Words) -> list[Block]:
    """The firms of the park, the largest first, each with its page, and how many of each sector."""
    found = inside(run)
    own = found.firms[found.firms["park_id"] == park_id]
    if own.empty:
        return [Prose(words.say("tenants-none", year=str(found.year)))]
    n, applying = len(own), int(own["applies_recp"].sum())
    by_sector = own.groupby(own["sector"].astype(str), sort=False).agg(
        n=("firm_id", "size"), employees=("employees", "sum"), applies=("applies_recp", "sum"), co2=("co2_t", "sum")
    )
    rows = [[sector_called(words, name), words.count(row.n), words.count(row.employees), words.count(row.applies),
             words.quantity(row.co2, "tCO2/yr")]
            for name, row in by_sector.sort_values("n", ascending=False, kind="stable").iterrows()]  # fmt: skip
    head = [words.say(f"head-{name}") for name in ("sector", "firms", "employees", "applies-recp", "co2")]
    title = words.say("tenants-finding", n=n, applying=applying, year=str(found.year))
    return [Table(title, head, rows, (1, 2, 3, 4)), firms_table(own, words)]


def firms_table(own: pd.DataFrame, words: Words) -> Table:
    shown = own.sort_values("employees", ascending=False, kind="stable").head(MOST_TENANTS)
    rows: list[list[str | Link]] = [
        [Link(str(row.firm_id), f"firm/{row.firm_id}"), sector_called(words, str(row.sector)), words.count(row.employees),
         words.say("firm-foreign" if row.foreign else "firm-domestic"), str(int(row.entry_year)),
         words.count(row.measures_installed), words.quantity(round(row.co2_avoided_t, 6), "tCO2/yr")]
        for row in shown.itertuples()
    ]  # fmt: skip
    head = [words.say(f"head-{name}")
            for name in ("firm", "sector", "employees", "owner", "since", "measures-used", "avoided")]  # fmt: skip
    title = words.say("tenants-largest", n=len(shown), of=len(own))
    return Table(title, head, rows, (2, 4, 5, 6), words.say("tenants-note"))


def measures(run: Run, park_id: str, words: Words) -> list[Block]:
    """What tenants use, by measure."""
    table = measures_of(inside(run), park_id)
    if table.empty:
        return [Prose(words.say("measures-none"))]
    labels = dict(zip(measure_names(), measure_labels()))
    rows = [
        [words.named("measure", row.measure, labels[row.measure]), words.count(row.firms), words.count(row.adopted),
         words.count(row.subsidised)]
        for row in table.itertuples()
    ]  # fmt: skip
    head = [words.say(f"head-{name}") for name in ("a-measure", "tenants-use", "adopted", "with-public-money")]
    first = words.named("measure", table["measure"].iloc[0], labels[table["measure"].iloc[0]])
    title = words.say("measures-finding", measure=first, n=int(table["firms"].iloc[0]))
    return [Table(title, head, rows, (1, 2, 3), words.say("measures-note"))]


# ---- exchanges ---------------------------------------------------------------------------------------------------------


def exchanges(run: Run, park_id: str, words: Words, with_figures: bool) -> list[Block]:
    """Which streams go from whom to whom, in numbers and as a network."""
    ever = run.exchanges[(run.exchanges["donor_park"] == park_id) | (run.exchanges["receiver_park"] == park_id)]
    links = ever[ever["state"] == OPERATING]
    if links.empty:
        return [Prose(words.say("exchanges-none" if ever.empty else "exchanges-none-now", n=len(ever)))]
    sectors = sector_names()
    streams = links.assign(
        gives=[side_of(words, row.donor_sector, row.donor_park, park_id, sectors) for row in links.itertuples()],
        takes=[side_of(words, row.receiver_sector, row.receiver_park, park_id, sectors) for row in links.itertuples()],
    )  # fmt: skip
    by = streams.groupby([streams["type"].astype(str), streams["label"].astype(str), "gives", "takes"], sort=False)
    sums = by.agg(n=("exchange_id", "size"), quantity=("quantity", "sum"), unit=("unit", "first"), co2=("co2_t", "sum"))
    sums = sums.sort_values("n", ascending=False, kind="stable").reset_index()
    rows = [
        [words.named("exchange", row.type, row.label), row.gives, row.takes, words.count(row.n),
         words.quantity(float(row.quantity), str(row.unit)), words.quantity(float(row.co2), "tCO2/yr")]
        for row in sums.head(MOST_EXCHANGES).itertuples()
    ]  # fmt: skip
    head = [words.say(f"head-{name}") for name in ("stream", "gives", "takes", "how-many", "moved", "avoided")]
    title = words.say("exchanges-finding", n=len(links), ever=len(ever))
    note = words.say("exchanges-some", n=len(rows), of=len(sums)) if len(sums) > len(rows) else ""
    table = Table(title, head, rows, (3, 4, 5), note)
    if with_figures:
        return [table, network(run, park_id, words)]
    year = int(run.outcomes.index[-1])
    command = f"eipsim figure network {run.provenance['scenario']} --park {park_id} --year {year}"
    return [table, Prose(words.say("network-command")), Command(command)]


def network(run: Run, park_id: str, words: Words) -> Picture:
    """The figure of eipsim, whose words are English."""
    title = words.say("network-title", park=str(rows_of(run, park_id)["name"].iloc[-1]))
    return Picture(title, as_svg(symbiosis_network(run, park_id)), words.say("network-caption"))


def side_of(words: Words, sector: object, park: object, park_id: str, sectors: dict[str, str]) -> str:
    """Who gives or takes: a sector of the park, one elsewhere, or somebody who is no tenant."""
    if not str(sector) or str(sector) == "nan":
        return words.say("side-partner")
    name = sector_called(words, sectors.get(str(sector), str(sector)))
    return name if str(park) == park_id else words.say("side-elsewhere", sector=name)


def sector_called(words: Words, name: str) -> str:
    return words.named("sector", _ids().get(name, name), name)


def _ids() -> dict[str, str]:
    return {name: own for own, name in sector_names().items()}
