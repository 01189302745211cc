"""A country's outline from Natural Earth, simplified, as `outline.geojson` of a world: Viet Nam's, or that of your own country.

    npm pack world-atlas && tar xzf world-atlas-*.tgz
    python docs/build/country_outline.py package/countries-10m.json 704 my-country/outline.geojson

Natural Earth is in the public domain; the npm package world-atlas (2.0.2: Natural Earth 4.1.0) holds it as TopoJSON. The second
argument is the country's number in ISO 3166-1 (704: Viet Nam). Named points of a file that is there already are kept.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

TOLERANCE = 0.015  # degrees that a simplified line may be off
LEAST = 0.008  # square degrees: smaller islands are left out
NOTE = (
    f"countries-10m of world-atlas; lines simplified by Douglas and Peucker to {TOLERANCE} degrees, "
    f"islands under {LEAST} square degrees left out"
)


def outline(topology: dict, number: str) -> dict:
    """The country of that number as a GeoJSON feature."""
    countries = topology["objects"]["countries"]["geometries"]
    country = next(one for one in countries if one.get("id") == number)
    polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
    rings = [ring_of(topology, polygon[0]) for polygon in polygons]
    rings = [simplified(ring).round(3) for ring in rings if area_of(ring) >= LEAST]
    return {
        "type": "Feature",
        "properties": {"source": "NATURALEARTH", "status": "sourced", "note": NOTE},
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring.tolist()] for ring in rings]},
    }


def ring_of(topology: dict, arcs: list[int]) -> np.ndarray:
    """The points [n, 2] of a ring of arcs; a negative number is an arc that is run backwards."""
    parts = [arc_of(topology, arc) if arc >= 0 else arc_of(topology, ~arc)[::-1] for arc in arcs]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def arc_of(topology: dict, arc: int) -> np.ndarray:
    """Longitudes and latitudes of an arc, which is stored as steps."""
    steps = np.cumsum(topology["arcs"][arc], axis=0)
    return steps * topology["transform"]["scale"] + topology["transform"]["translate"]


def area_of(ring: np.ndarray) -> float:
    x, y = ring.T
    return abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))) / 2.0


def simplified(ring: np.ndarray) -> np.ndarray:
    """A closed ring with fewer points: its two halves from the first point to the one farthest from it, each simplified."""
    far = int(np.argmax(np.hypot(*(ring - ring[0]).T)))
    return np.concatenate([thinned(ring[: far + 1]), thinned(ring[far:])[1:]])


def thinned(line: np.ndarray) -> np.ndarray:
    """A line without the points that lie within TOLERANCE of what is left."""
    along = line[-1] - line[0]
    length = np.hypot(*along)
    off = np.abs(along[0] * (line[:, 1] - line[0, 1]) - along[1] * (line[:, 0] - line[0, 0])) / length
    far = int(np.argmax(off))
    if off[far] <= TOLERANCE:
        return line[[0, -1]]
    return np.concatenate([thinned(line[: far + 1])[:-1], thinned(line[far:])])


if __name__ == "__main__":
    source, number, target = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    kept = json.loads(target.read_text(encoding="utf-8"))["features"] if target.exists() else []
    places = [feature for feature in kept if feature["geometry"]["type"] == "Point"]
    features = [outline(json.loads(Path(source).read_text()), number), *places]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    target.write_text(f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n', encoding="utf-8")
