"""Tables as labelled arrays of xarray: a variable an outcome, with unit, label and meaning as attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from eipsim.core.extras import needed
from eipsim.exports.codebook import Meaning, meaning_of
from eipsim.exports.excel import flat
from eipsim.outcomes.registry import QUANTITIES

if TYPE_CHECKING:
    import xarray


class Part(NamedTuple):
    """A table whose columns become variables over `dims`, which are columns too and tell its rows apart.

    suffix : added to the names of variables; facts : columns that are the same for all rows of the last of `dims`;
    also : what columns mean that only this table has
    """

    table: pd.DataFrame
    dims: tuple[str, ...]
    suffix: str = ""
    facts: tuple[str, ...] = ()
    also: Mapping[str, Meaning] = {}


def dataset(parts: Sequence[Part], about: Mapping[str, Any]) -> xarray.Dataset:
    """All parts in one dataset, with what is told `about` them as its attributes.

    Labels keep the order of the tables, numbers their own.
    """
    xr = needed("xarray", "to_xarray")
    whole, orders = xr.Dataset(attrs=dict(_plain(about))), dict[str, list[Any]]()
    for part in parts:
        table = part.table.assign(**{name: _labels(part.table[name]) for name in part.dims})
        orders |= {name: table[name].unique().tolist() for name in part.dims if table[name].dtype.kind not in "iu"}
        by_last = table.drop_duplicates(part.dims[-1]).set_index(part.dims[-1])
        variables = _arrays(table.drop(columns=list(part.facts)).set_index(list(part.dims)), part)
        coordinates = _arrays(by_last[list(part.facts)], part)
        suffixed = {name: f"{name}{part.suffix}" for name in variables.data_vars}
        whole = whole.merge(variables.rename(suffixed)).assign_coords(dict(coordinates.data_vars))
    return whole.reindex(orders)


def _arrays(table: pd.DataFrame, part: Part) -> xarray.Dataset:
    """The columns of a table over its index, each with its unit, label and meaning."""
    arrays = table.apply(as_numbers).to_xarray()
    units = part.table.attrs.get("units", {})
    for column, array in arrays.data_vars.items():
        known = meaning_of(column, "", part.also)
        label = QUANTITIES[column].label if column in QUANTITIES else column.replace("_", " ")
        told = {"units": units.get(column) or known.unit, "long_name": label, "description": known.meaning}
        array.attrs = {name: text for name, text in told.items() if text}
    return arrays


def _labels(values: pd.Series) -> pd.Series:
    return values.astype(object) if isinstance(values.dtype, pd.CategoricalDtype) else values


def as_numbers(values: pd.Series) -> pd.Series:
    """Yes and no as 1 and 0, numbers that may be missing as floats, categories as their names."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.astype(object)
    if pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_extension_array_dtype(values.dtype):
        is_text = pd.api.types.is_string_dtype(values.dtype)
        return values.astype(object) if is_text else values.astype("float64")
    return values


def _plain(about: Mapping[str, Any]) -> list[tuple[str, str | int | float]]:
    """What files of arrays can keep as attributes."""
    return [(name, v if isinstance(v, int | float | str) else str(v)) for name, v in flat(about) if v is not None]
