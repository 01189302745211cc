"""Six figures of made-up data, compared with pictures of them, pixel by pixel as far as the eye can tell.

Letters look different with other versions of Matplotlib and FreeType, so only those of `versions.json` are compared.
`python tests/unit/test_figure_images.py` draws the pictures anew; look at them before you keep them.
"""

import json
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib import ft2font
from matplotlib.testing.compare import compare_images

from eipsim import figures
from eipsim.core.numbers import Scale
from eipsim.data.outlines import PACKAGED, read_outline
from eipsim.figures import abatements, maps, provinces, stacks
from eipsim.figures.style import look
from eipsim.outcomes.registry import OUTCOMES

KEPT = Path(__file__).parents[1] / "baseline"
DOTS_PER_INCH, TOLERANCE = 60, 0.3
VERSIONS = {"matplotlib": matplotlib.__version__, "freetype": ft2font.__freetype_version__}
YEARS = np.arange(2015, 2051)


def waves(n, seed=1):
    """Rising lines [years, n] with a little noise."""
    random = np.random.default_rng(seed)
    return np.outer(YEARS - 2014.0, 1.0 + np.arange(n)) + random.normal(size=(len(YEARS), n))


def pathways():
    rows = [
        {"scenario": name, "replicate": r, "year": year, **dict.fromkeys(OUTCOMES, 1e4 * value + 2e4 * r)}
        for k, name in enumerate(("baseline", "subsidy", "carbon-price"))
        for r in range(5)
        for year, value in zip(YEARS, waves(3)[:, k])
    ]
    return figures.pathways(pd.DataFrame(rows))


def measures():
    names = [f"Measure {k}" for k in range(1, 13)]
    table = pd.DataFrame(1e3 * waves(12), index=pd.Index(YEARS, name="year"), columns=names).clip(lower=0.0)
    return stacks.draw(stacks.grouped(table), table, Scale(1e6, "million tCO₂/yr"), None)


def costs():
    payers = (("subsidy", 40.0, -80.0), ("screening", 25.0, 12.0), ("carbon-price", 0.0, 30.0))
    rows = [
        (name, "discounted", part, value, value - 9.0, value + 9.0, "")
        for name, public, private in payers
        for part, value in (("public", public), ("private", private), ("total", public + private))
    ]
    return figures.cost_split(
        pd.DataFrame(rows, columns=["scenario", "period", "part", "per_tonne", "low", "high", "note"])
    )


def abatement():
    random = np.random.default_rng(2)
    table = pd.DataFrame({
        "label": [f"measure {k}" for k in range(14)], "kind": ["measure", "system"] * 7,
        "co2_t": 10.0 ** random.uniform(1.0, 5.0, 14), "cost_usd": 10.0 ** random.uniform(4.0, 7.0, 14),
        "group": [abatements.PAYS] * 6 + [abatements.COSTS] * 4 + [abatements.APART] * 4,
    })  # fmt: skip
    table["cost_usd"] *= np.where(table["group"] == abatements.COSTS, 1.0, -1.0)
    table["usd_per_t"] = (table["cost_usd"] / table["co2_t"]).where(table["group"] == abatements.COSTS)
    return abatements.draw(table, abatements.finding(table, 2050), 2050)


def park_map():
    random, n = np.random.default_rng(3), 90
    parks = pd.DataFrame({
        "park_id": [f"X{k}" for k in range(n)], "name": [f"Park {k}" for k in range(n)],
        "longitude": np.where(np.arange(n) < 50, 106.0, 106.8) + random.normal(0.0, 0.4, n),
        "latitude": np.where(np.arange(n) < 50, 21.0, 10.9) + random.normal(0.0, 0.3, n),
        "synthetic": random.uniform(size=n) < 0.3,
        "state": random.choice(["established", "operating", "committed", "converted", "applied", "certified"], n),
    })  # fmt: skip
    return maps.draw(parks, "By 2050, a title that says the finding", read_outline(PACKAGED))


def by_province():
    return provinces.draw(
        pd.DataFrame(1e3 * waves(7), index=YEARS, columns=list("ABCDEFG"))[list("GFEDCBA")], "co2_avoided_t"
    )


DRAWN = {draw.__name__: draw for draw in (pathways, measures, costs, abatement, park_map, by_province)}


def drawn(name, folder):
    file = folder / f"{name}.png"
    with look():
        DRAWN[name]().savefig(file, dpi=DOTS_PER_INCH, metadata={"Software": None})
    return file


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_looks_as_its_picture(name, tmp_path):
    pinned = json.loads((KEPT / "versions.json").read_text())
    if pinned != VERSIONS:
        pytest.skip(f"pictures are of {pinned}, here are {VERSIONS}")
    assert compare_images(str(KEPT / f"{name}.png"), str(drawn(name, tmp_path)), TOLERANCE) is None


if __name__ == "__main__":
    for picture in DRAWN:
        print(drawn(picture, KEPT))
    (KEPT / "versions.json").write_text(json.dumps(VERSIONS) + "\n")
