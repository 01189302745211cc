"""The outline of a country for maps: a GeoJSON file of areas or lines in degrees, and points for what is named beside them.

Viet Nam's is `outline.geojson` here; a country of the user's own may bring one in its folder. It decides nothing in a run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from eipsim.core.names import shown
from eipsim.core.plain_files import content_of
from eipsim.errors import InputError, Mistake, refuse_all

NAME = "outline.geojson"
PACKAGED = Path(__file__).with_name(NAME)
MOST_BYTES, MOST_POINTS = 5_000_000, 50_000
LINES = {"LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}  # how deep the points of each lie
POINTS = {"Point": 0, "MultiPoint": 1}
HOLDERS = ("FeatureCollection", "Feature", "GeometryCollection")
IN_DEGREES = "give longitude and latitude in degrees (WGS 84, EPSG:4326), longitude first"


class Place(NamedTuple):
    """A point with a name."""

    name: str
    longitude: float
    latitude: float


class Outline(NamedTuple):
    """Lines [n, 2] of longitude and latitude, named points, and where each are from, as the file says it."""

    lines: tuple[np.ndarray, ...]
    places: tuple[Place, ...]
    sources: tuple[str, ...] = ()
    place_sources: tuple[str, ...] = ()

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north end of the lines."""
        points = np.concatenate(self.lines)
        (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
        return float(west), float(south), float(east), float(north)


def read_outline(file: Path) -> Outline:
    """What a GeoJSON file holds. Raises InputError with every mistake in it."""
    try:
        content = content_of(file, MOST_BYTES)
    except OSError as error:
        raise InputError(Mistake(file.name, f"cannot be read: {error}")) from None
    if len(content) > MOST_BYTES:
        raise InputError(Mistake(file.name, f"is larger than {MOST_BYTES:,} bytes", "simplify its lines"))
    return _read(file.name, content)


@lru_cache(maxsize=8)
def _read(where: str, content: bytes) -> Outline:
    """The outline in the bytes of a file."""
    lines: list[np.ndarray] = []
    places: list[Place] = []
    sources: dict[bool, list[str]] = {True: [], False: []}  # of lines, of places
    mistakes: list[Mistake] = []
    for number, (geometry, properties) in enumerate(_shapes(where, content), start=1):
        kind, at = geometry.get("type"), f"{where}: geometry {number}"
        if kind not in LINES and kind not in POINTS:
            hint = f"allowed: {', '.join([*LINES, *POINTS, *HOLDERS])}"
            mistakes.append(Mistake(at, f"type {shown(kind)} is no shape of GeoJSON", hint))
            continue
        parts = list(_parts(geometry.get("coordinates"), (LINES | POINTS)[kind]))
        found = [what for part in parts if (what := _wrong(part, least=1 if kind in POINTS else 2))]
        if found or not parts:
            mistakes.append(Mistake(at, found[0] if found else "has no coordinates", IN_DEGREES))
            continue
        arrays = [np.array(part, dtype=float).reshape(len(part), -1)[:, :2] for part in parts]
        if kind in LINES:
            lines += arrays
        else:
            places += [
                Place(str(properties.get("name", "")), *map(float, point)) for points in arrays for point in points
            ]
        if "source" in properties:
            sources[kind in LINES].append(str(properties["source"]))
    if sum(map(len, lines)) > MOST_POINTS:
        mistakes.append(Mistake(where, f"has more than {MOST_POINTS:,} points", "simplify its lines"))
    if not lines and not mistakes:
        mistakes.append(Mistake(where, "has no area and no line", f"allowed: {', '.join(LINES)}"))
    refuse_all(mistakes)
    return Outline(tuple(lines), tuple(places), *(tuple(dict.fromkeys(sources[of])) for of in (True, False)))


def _shapes(where: str, content: bytes) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every shape in a file with the properties of its feature."""
    try:
        return list(_geometries(where, _parsed(where, content)))
    except RecursionError:
        raise InputError(Mistake(where, "is nested too deep", "give one FeatureCollection")) from None


def _parsed(where: str, content: bytes) -> dict[str, Any]:
    """The object in a file. InputError for what is no JSON, and for what is another kind of file."""
    hint = "save it as GeoJSON in UTF-8"
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError(Mistake(where, "is not text in UTF-8", hint)) from None
    except json.JSONDecodeError as error:
        raise InputError(Mistake(f"{where}:{error.lineno}", f"is no JSON from column {error.colno} on", hint)) from None
    except ValueError:
        raise InputError(Mistake(where, "is no JSON that can be read", hint)) from None
    kind = found.get("type") if isinstance(found, dict) else None
    if kind == "Topology":
        raise InputError(Mistake(where, "is TopoJSON", "save it as GeoJSON"))
    if kind not in (*HOLDERS, *LINES):
        what = f"its type is {shown(kind)}" if kind else "it names no type"
        raise InputError(Mistake(where, f"is no GeoJSON: {what}", f"allowed: {', '.join([*HOLDERS, *LINES])}"))
    return found


def _geometries(where: str, item: Any, properties: Any = None) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The shapes in an object of GeoJSON, each with the properties of its feature."""
    if not isinstance(item, dict):
        raise InputError(
            Mistake(where, f"{shown(item)} stands where an object is expected", "see the GeoJSON format, RFC 7946")
        )
    kind = item.get("type")
    if kind in ("FeatureCollection", "GeometryCollection"):
        members = item.get("features" if kind == "FeatureCollection" else "geometries")
        for member in members if isinstance(members, list) else [members]:
            yield from _geometries(where, member, properties)
    elif kind == "Feature":
        own = item.get("properties")
        yield from _geometries(where, item.get("geometry"), own if isinstance(own, dict) else {})
    else:
        yield item, properties or {}


def _parts(coordinates: Any, depth: int) -> Iterator[Any]:
    """The lists of points that lie so deep."""
    if depth == 0:
        yield [coordinates]
    elif depth == 1 or not isinstance(coordinates, list):
        yield coordinates
    else:
        for member in coordinates:
            yield from _parts(member, depth - 1)


def _wrong(points: Any, least: int) -> str:
    """What is wrong with a list of points; empty for a good one."""
    if not isinstance(points, list) or len(points) < least:
        return f"{shown(points)} is no list of at least {least} points"
    for point in points:
        if not isinstance(point, list) or len(point) < 2 or not all(map(_is_number, point[:2])):
            return f"{shown(point)} is no point"
        if not (-180.0 <= point[0] <= 180.0 and -90.0 <= point[1] <= 90.0):
            return f"{shown(point)} is no point on earth in degrees"
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
