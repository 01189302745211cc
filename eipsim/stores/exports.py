"""A store in the forms of others: labelled arrays, a workbook, the table of the IAMC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from eipsim.exports.arrays import Part, dataset
from eipsim.exports.codebook import codebook
from eipsim.exports.excel import write_workbook
from eipsim.exports.iamc import iamc_table, region_of
from eipsim.runs.provenance import versions
from eipsim.runs.saving import new_file
from eipsim.stores.codebooks import meanings_of
from eipsim.stores.layout import RUN

if TYPE_CHECKING:
    import xarray

    from eipsim.stores.store import Store

Some = tuple[Sequence[str] | None, Iterable[int] | None, Sequence[str] | None]  # outcomes, years, scenarios


def to_xarray(store: Store, some: Some) -> xarray.Dataset:
    """Outcomes by scenario, replicate, year and row of the design, whose factors are coordinates of the rows."""
    factors = tuple(store.rows.columns)
    dims = ("scenario", "replicate", "year", "row")
    return dataset([Part(store.table(*some), dims, facts=factors, also=meanings_of(store.design))], about(store))


def to_excel(store: Store, file: str | Path, some: Some, force: bool) -> Path:
    """A sheet a scenario."""
    table = store.table(*some)
    sheets = {str(name): rows.drop(columns="scenario") for name, rows in table.groupby("scenario", sort=False)}
    with new_file(file, ".xlsx", force) as draft:
        write_workbook(draft, sheets, about(store), codebook(sheets, meanings_of(store.design)))
    return Path(file)


def to_iamc(store: Store, region: str | None, some: Some) -> pd.DataFrame:
    """Means over replicates; a row of the design is part of the name of its scenario where there are several."""
    values = store.table(*some).drop(columns=list(store.rows.columns))
    values = values.groupby(["scenario", "row", "year"], sort=False).mean().reset_index().drop(columns="replicate")
    if values["row"].nunique() > 1:
        values["scenario"] = values["scenario"].astype(str) + ", row " + values["row"].astype(str)
    country = region_of(store.design.world) if region is None else region
    values = values.drop(columns="row").assign(region=country)
    values.attrs["units"] = {name: meaning.unit for name, meaning in meanings_of(store.design).items()}
    return iamc_table(values, f"eipsim {versions()['eipsim']}")


def about(store: Store) -> dict[str, Any]:
    """What is told of a store."""
    content = store.content
    return {
        name: content[name] for name in ("title", "digest", "years", "baseline", "model", "design") if content.get(name)
    }


def told(store: Store) -> list[str]:
    """What a store holds, and how much of its design."""
    (first, last), index = store.content["years"], store.index()
    stored = int(index["key"].isin(list(store.done())).sum())
    counts = [index[name].nunique() for name in RUN]
    shape = "{} scenarios x {:,} points x {} replicates".format(*counts)
    return [
        f"Store {store.folder}: {store.content['title'] or 'without title'}",
        f"{shape}, {len(store.outcomes)} outcomes, {first}-{last}",
        f"{stored:,} of {len(index):,} runs are stored, {len(store.failures()):,} failed",
    ]
