"""Which factors decide an outcome when: shares of variance from year to year, above what there is to explain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from eipsim.errors import InputError, Mistake
from eipsim.figures.colours import (
    BLACK,
    BLUE,
    FAINT,
    GREEN,
    GREY,
    LIGHT,
    ORANGE,
    PURPLE,
    SERIES,
    SKY,
    VERMILION,
    YELLOW,
)
from eipsim.figures.influences import (
    axis_label,
    factor_in_sentence,
    factor_name,
    of,
    one_of,
    outcome_words,
    scale_for,
    scaled,
    subtitle,
)  # fmt: skip
from eipsim.figures.labels import label_right
from eipsim.figures.pieces import over_years
from eipsim.figures.style import Chart, axes_in, page, room_of, styled
from eipsim.figures.wording import number, per_cent, pretty_unit, scale_of, shortened

MOST_AREAS = 6
COLOURS = (BLUE, ORANGE, SKY, VERMILION, GREEN, YELLOW, PURPLE)
WIDTH, HEIGHT, LABEL_INCHES, LOWER_SHARE = 7.2, 5.4, 1.75, 0.24
SPAN = 5  # years at either end by which a factor leads
STEADY = 1e-3  # of the largest spread: years with less have nothing to attribute
CAPTION = (
    "Areas: first-order effects, the share of variance that each factor explains alone; grey: what factors do only together, "
    "and sampling error. Below: mean and two standard deviations of all runs, which is what the shares are of."
)
SHRUNK = " In years in which estimates add up to more than all of it, which is sampling error, they are shrunk to it."
LINES = "Lines: the index in each year, without its interval. Below: mean and two standard deviations of all runs."


@styled()
def over_time(found: Any, scenario: str | None = None, outcome: str | None = None) -> Chart:
    """S(t): shares of variance from year to year, stacked; lines for methods without first-order shares.

    Of a `Sensitivity` over time. Raises InputError for one without years, an unknown scenario or outcome.
    """
    scenario, outcome = one_of(found, scenario, outcome)
    if not found.is_over_time:
        raise InputError(Mistake("figure", "these indices have no years", "analyse with --over-time (over_time=True)"))
    noise = of(found.noise, scenario, outcome)
    has_shares = ((of(found.table, scenario, outcome)["index"]) == "S1").any()
    index = "S1" if has_shares else found.main
    rows = found.ranked(scenario, outcome, index)
    scale = scale_for(rows, index, found.units.get(outcome, ""))
    wide = by_year(scaled(rows, scale), noise)
    caption = LINES
    if has_shares:
        wide, shrunk = within_all(wide)
        caption = CAPTION + (SHRUNK if shrunk else "")
    chart, box = page(finding(wide, outcome, has_shares), subtitle(found, scenario, noise), caption, WIDTH, HEIGHT)
    high = room_of(chart, box)[1]
    gap = high * LOWER_SHARE
    upper = axes_in(chart, box, left=0.62, right=LABEL_INCHES, bottom=gap + 0.62)
    lower = axes_in(chart, box, left=0.62, right=LABEL_INCHES, bottom=0.42, top=high - gap - 0.42)
    (draw_areas if has_shares else draw_lines)(upper, wide)
    if not has_shares:
        upper.set_ylabel(axis_label(index, scale))
    draw_spread(lower, noise, found.units.get(outcome, ""))
    upper.set_xlim(lower.get_xlim())
    upper.tick_params(labelbottom=False)
    return chart


def by_year(rows: pd.DataFrame, noise: pd.DataFrame) -> pd.DataFrame:
    """Estimates, a row a year, a column a factor, the largest first; NaN in years in which hardly anything varies."""
    order = list(dict.fromkeys(rows["factor"]))
    wide = rows.pivot(index="year", columns="factor", values="estimate")[order]
    spread = noise.set_index("year")["sd"].reindex(wide.index)
    varies = (spread > STEADY * spread.max()).to_numpy(bool)
    return wide.astype(float).where(np.repeat(varies[:, None], len(order), axis=1))


def finding(wide: pd.DataFrame, outcome: str, has_shares: bool) -> str:
    """Who leads in the first years and who in the last."""
    what, known = outcome_words(outcome), wide.drop(columns=["dummy"], errors="ignore").dropna(how="all")
    if known.empty:
        return f"{what} does not vary in any year"
    last = known.tail(SPAN)
    early, late = known.head(SPAN).mean().idxmax(), last.mean().idxmax()
    share = f" ({per_cent(last[late].mean())} in {last.index[0]}–{last.index[-1]})" if has_shares else ""
    if early == late:
        return f"{what}: {factor_in_sentence(late)} matters most, early and late{share}"
    return f"{what}: {factor_in_sentence(early)} matters most at first, {factor_in_sentence(late)} in the end{share}"


def within_all(wide: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Shares of the factors that are none below zero and in no year more than all together; whether some had to be shrunk.

    >>> shares, shrunk = within_all(pd.DataFrame({"a": [0.5, 0.9], "b": [-0.1, 0.6], "dummy": [0.0, 0.0]}))
    >>> shares.round(2).to_dict("list"), shrunk
    ({'a': [0.5, 0.6], 'b': [0.0, 0.4]}, True)
    """
    shares = wide.drop(columns=["dummy"], errors="ignore").clip(lower=0.0)
    together = shares.sum(axis=1).clip(lower=1.0)
    return shares.div(together, axis=0), bool((together > 1.0).any())


def draw_areas(axes: Axes, shares: pd.DataFrame) -> None:
    """Shares stacked from below: the largest factors, the others together, what is left."""
    parts = {factor_name(name): shares[name] for name in shares.columns[:MOST_AREAS]}
    if len(shares.columns) > MOST_AREAS:
        parts[f"{len(shares.columns) - MOST_AREAS} other factors"] = shares[shares.columns[MOST_AREAS:]].sum(axis=1)
    years, base = shares.index.to_numpy(float), np.zeros(len(shares))
    places, names, colours = [], [], []
    known = shares.notna().any(axis=1).to_numpy()
    looks = [*COLOURS[: len(parts)]] if len(shares.columns) <= MOST_AREAS else [*COLOURS[:MOST_AREAS], LIGHT]
    for (name, share), colour in zip(parts.items(), looks):
        top = base + share.fillna(0.0).to_numpy()
        axes.fill_between(years, base, top, where=known, color=colour, lw=0)
        axes.plot(years, np.where(known, top, np.nan), color="white", lw=0.6)
        places.append((base[known][-1] + top[known][-1]) / 2.0)
        names.append(shortened(name, 24))
        colours.append(colour)
        base = top
    axes.fill_between(years, base, 1.0, where=known, color=FAINT, lw=0)
    places.append((base[known][-1] + 1.0) / 2.0)
    axes.set_ylim(0.0, 1.0)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axes.set_ylabel("Share of variance")
    label_right(axes, places, [*names, "Interactions"], [*colours, GREY], size=7.6)


def draw_lines(axes: Axes, wide: pd.DataFrame) -> None:
    """The main index of the largest factors, and of the dummy in grey."""
    shown = [name for name in wide.columns if name != "dummy"][: len(SERIES)]
    colours = [colour for colour, _ in SERIES[: len(shown)]]
    for name, (colour, line) in zip(shown, SERIES):
        axes.plot(wide.index.to_numpy(float), wide[name], color=colour, ls=line, lw=1.6)
    if "dummy" in wide:
        axes.plot(wide.index.to_numpy(float), wide["dummy"], color=GREY, lw=1.0)
        shown, colours = [*shown, "dummy"], [*colours, GREY]
    axes.set_ylim(min(0.0, float(wide.min().min())))
    axes.grid(axis="y")
    ends = [float(wide[name].dropna().iloc[-1]) if wide[name].notna().any() else 0.0 for name in shown]
    label_right(axes, ends, [shortened(factor_name(name), 24) for name in shown], colours, size=7.6)


def draw_spread(axes: Axes, noise: pd.DataFrame, unit: str) -> None:
    """Mean and two standard deviations of all runs, year by year."""
    years = noise["year"].to_numpy(float)
    mean, sd = noise["mean"].to_numpy(float), noise["sd"].to_numpy(float)
    scale = scale_of(float(np.nanmax(np.abs(mean) + 2.0 * sd)), unit)
    mean, sd = mean / scale.size, sd / scale.size
    axes.fill_between(years, mean - 2.0 * sd, mean + 2.0 * sd, color=LIGHT, alpha=0.6, lw=0)
    axes.plot(years, mean, color=BLACK, lw=1.3)
    over_years(axes, years)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.set_ylabel(pretty_unit(scale.unit) or "Outcome")
    label_right(axes, [float(mean[-1])], [f"Mean ± 2 s.d.\n{number(float(mean[-1]))}"], [BLACK], size=7.6)
