"""Which factors decide an outcome: bars with intervals, beside what an inert factor has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from eipsim.figures.colours import BLUE, GREY, LIGHT, SKY, VERMILION
from eipsim.figures.influences import axis_label, factor_name, matters_most, of, one_of, scale_for, scaled, subtitle
from eipsim.figures.style import Chart, axes_in, page, styled
from eipsim.figures.wording import number, shortened

NAME_POINTS, KEY_POINTS, MOST_LETTERS = 8.2, 5.8, 32
MOST_ROWS, ROW_INCHES, NAME_INCHES, VALUE_INCHES = 16, 0.29, 1.95, 0.5
THICK, THIN = 0.62, 0.26
CAPTIONS = {
    "ST": (
        "Light bar: total effect, the share of variance in which the factor has a part, alone or with others. Dark bar: "
        "first-order effect, the share that it explains alone."
    ),
    "mu_star": (
        "Bar: mean absolute change of the outcome when the factor moves over its whole range, from many places. Dot: standard "
        "deviation of the change; where it is as long as the bar, the effect depends on the other factors."
    ),
    "S1": "Bar: share of variance that the factor explains alone.",
    "delta": "Bar: how far the distribution of the outcome shifts on average when the factor becomes known (0 none, 1 all).",
    "pawn": (
        "Bar: median distance (Kolmogorov-Smirnov) of the outcome's distribution when the factor is held in a tenth of its "
        "range."
    ),
    "rsa": (
        "Bar: how differently the factor is distributed over twentieths of the outcome's range; 0.17 where there is no effect."
    ),
    "dgsm": "Bar: upper bound of the total effect, from derivatives.",
    "main_effect": "Bar: half the difference from the factor's low to its high end.",
}
LINES = "Lines: {level:g} % intervals, of drawing the points of the design anew{dashed}."
DASHED = "; dashed: the upper end of the inert factor's"


@styled()
def tornado(found: Any, scenario: str | None = None, outcome: str | None = None, *, ax: Axes | None = None) -> Chart:
    """Factors by their main index, the largest on top, with intervals; of a `Sensitivity`, one outcome in one scenario.

    Over time, the last year. `ax`: axes to draw in. Raises InputError for an unknown scenario or outcome.
    """
    scenario, outcome = one_of(found, scenario, outcome)
    rows = last_year(found.ranked(scenario, outcome))
    rows = rows.sort_values("estimate", key=abs, ascending=False, kind="stable")
    shown, left = rows_shown(rows)
    unit = found.units.get(outcome, "")
    scale = scale_for(rows, found.main, unit)
    noise = last_year(of(found.noise, scenario, outcome))
    year = "" if pd.isna(rows["year"].iloc[0]) else f", {rows['year'].iloc[0]}"
    note = f" {left} factors with less are not shown." if left else ""
    dashed = DASHED if top_of_dummy(shown) > 0.0 else ""
    lines = LINES.format(level=100.0 * found.provenance["sampler"]["confidence"], dashed=dashed)
    chart, box = page(
        matters_most(rows, outcome, unit), subtitle(found, scenario, noise, year),
        f"{CAPTIONS[found.main]} {lines}{note}", 7.2, 1.85 + ROW_INCHES * len(shown), ax,
    )  # fmt: skip
    axes = axes_in(chart, box, left=NAME_INCHES, right=VALUE_INCHES, bottom=0.4, ax=ax)
    beside = {"ST": "S1", "mu_star": "sigma"}.get(found.main)
    others = last_year(found.ranked(scenario, outcome, beside)) if beside else None
    draw(axes, scaled(shown, scale), None if others is None else scaled(others, scale), beside == "S1")
    axes.set_xlabel("Share of variance" if beside == "S1" else axis_label(found.main, scale))
    return chart


def last_year(rows: pd.DataFrame) -> pd.DataFrame:
    return rows if rows["year"].isna().all() else rows[rows["year"] == rows["year"].max()]


def rows_shown(rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The largest factors, `luck` and the dummy last; how many are left out."""
    inert = rows["kind"].isin(["dummy", "luck", "population"])
    factors = rows[~inert]
    shown = pd.concat([factors.head(MOST_ROWS), rows[rows["kind"] == "luck"], rows[rows["kind"] == "dummy"]])
    return shown.reset_index(drop=True), max(len(factors) - MOST_ROWS, 0)


def draw(axes: Axes, rows: pd.DataFrame, others: pd.DataFrame | None, is_part: bool) -> None:
    """Bars from the top down; within them the first-order effect, or a dot for the standard deviation."""
    beside = {} if others is None else {row.factor: row for row in others.itertuples()}
    values = rows[["low", "estimate", "high"]].to_numpy(float)
    more = [row.high if is_part and row.high > row.estimate else row.estimate for row in beside.values()]
    high = float(np.nanmax(np.append(values, more), initial=0.0))
    low = min(float(np.nanmin(values, initial=0.0)), 0.0)
    axes.set(ylim=(len(rows) - 0.5, -0.5), xlim=(1.05 * low, 1.04 * high if high > 0.0 else 1.0), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.axvline(0.0, color=GREY, lw=0.7)
    for place, row in enumerate(rows.itertuples()):
        draw_row(axes, place, row, beside.get(row.factor), is_part)
    if top_of_dummy(rows) > 0.0:
        axes.axvline(top_of_dummy(rows), color=GREY, lw=0.8, ls="--")


def top_of_dummy(rows: pd.DataFrame) -> float:
    """The upper end of the inert factor's interval; 0 where there is none."""
    dummy = rows[rows["kind"] == "dummy"]
    top = dummy["high"].fillna(dummy["estimate"]).to_numpy(float)
    return float(top[0]) if top.size and np.isfinite(top[0]) else 0.0


def draw_row(axes: Axes, place: int, row: Any, beside: Any, is_part: bool) -> None:
    is_clear = row.note == "" and row.kind not in ("dummy",)
    light, dark = (SKY, BLUE) if is_clear else (LIGHT, GREY)
    across: Any = {"transform": axes.get_yaxis_transform(), "va": "center", "clip_on": False, "fontsize": NAME_POINTS}
    name_row(axes, place, row.factor, "black" if is_clear else GREY)
    if not np.isfinite(row.estimate):
        return
    axes.barh(place, row.estimate, height=THICK, color=light, lw=0)
    if beside is not None and np.isfinite(beside.estimate):
        draw_beside(axes, place, beside, dark, is_part)
    line: Any = {"color": "black", "lw": 1.0, "solid_capstyle": "butt"}
    if np.isfinite(row.low) and row.high > row.low:
        up = place - (0.18 if is_part and beside is not None else 0.0)
        axes.plot([row.low, row.high], [up, up], **line)
    told = short_share(row.estimate) if is_part else number(row.estimate, 2)
    axes.text(1.02, place, told, ha="left", color="black" if is_clear else GREY, **across)


def name_row(axes: Axes, place: int, factor: str, colour: str) -> None:
    """A factor in plain words, and below the name that designs and tables have for it."""
    names = [(shortened(factor_name(factor), MOST_LETTERS), NAME_POINTS, colour)]
    names += [(shortened(factor, 42), KEY_POINTS, GREY)] if "." in factor else []
    for (text, size, shade), up in zip(names, (3.6, -5.4) if len(names) > 1 else (0.0,)):
        axes.annotate(
            text, (-0.015, place), (0.0, up), xycoords=axes.get_yaxis_transform(), textcoords="offset points",
            ha="right", va="center", fontsize=size, color=shade, annotation_clip=False,
        )  # fmt: skip


def short_share(share: float) -> str:
    """A share of variance with the digits that its interval leaves it.

    >>> short_share(0.4376), short_share(0.00002), short_share(0.0), short_share(-0.012)
    ('0.44', '< 0.01', '0', '−0.01')
    """
    if abs(share) < 0.005:
        return "0" if share == 0.0 else "< 0.01"
    return f"{share:.2f}".replace("-", "−")


def draw_beside(axes: Axes, place: int, row: Any, colour: str, is_part: bool) -> None:
    if not is_part:
        tint = VERMILION if colour == BLUE else GREY
        axes.plot([row.estimate], [place], marker="o", ms=4.0, color=tint, ls="none", clip_on=False)
        return
    axes.barh(place + 0.16, max(row.estimate, 0.0), height=THIN, color=colour, lw=0)
    if np.isfinite(row.low) and row.high > row.low:
        axes.plot([row.low, row.high], [place + 0.16] * 2, color="black", lw=0.7, solid_capstyle="butt")
