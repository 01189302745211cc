"""Parks as GeoJSON (RFC 7946): a point each, in WGS 84 with longitude first, which maps of all makers read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from eipsim.errors import InputError, Mistake

DEGREES = 6  # decimals: a tenth of a metre
PLACE = ("latitude", "longitude")


def feature_collection(parks: pd.DataFrame, year: int | None, about: Mapping[str, Any]) -> dict[str, Any]:
    """The parks of a year (default: the last) with their columns as properties; units and what is told `about` them beside.

    A park whose place is not known has no geometry. Raises InputError for a year that the table does not have.
    """
    years = sorted(parks["year"].unique().tolist())
    year = years[-1] if year is None else year
    if year not in years:
        raise InputError(Mistake("year", f"{year} is not in the run", f"allowed: {years[0]} to {years[-1]}"))
    rows = parks[parks["year"] == year].astype(object)
    rows = rows.where(rows.notna(), None).to_dict("records")
    units = {name: unit for name, unit in parks.attrs.get("units", {}).items() if name not in PLACE}
    return {"type": "FeatureCollection", **about, "year": year, "units": units, "features": [*map(_feature, rows)]}


def _feature(park: Mapping[str, Any]) -> dict[str, Any]:
    latitude, longitude = (park[name] for name in PLACE)
    known = latitude is not None and longitude is not None
    place = {"type": "Point", "coordinates": [round(longitude, DEGREES), round(latitude, DEGREES)]} if known else None
    properties = {name: value for name, value in park.items() if name not in PLACE}
    return {"type": "Feature", "id": park["park_id"], "geometry": place, "properties": properties}
