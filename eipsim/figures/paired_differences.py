"""What each scenario changes against the baseline: the difference of every pair of runs, their mean and its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from eipsim.analysis.intervals import mean_interval
from eipsim.errors import InputError, Mistake, unknown
from eipsim.figures.colours import BLUE, GREY, SKY
from eipsim.figures.fans import in_all, named
from eipsim.figures.pieces import in_rows
from eipsim.figures.style import Chart, axes_in, page, styled
from eipsim.figures.wording import case_name, in_sentence, number, outcome_name, scale_of
from eipsim.outcomes.registry import UNITS

if TYPE_CHECKING:
    from eipsim.analysis.compare import Comparison

NAMES, NUMBERS, ROW, SPREAD = 1.85, 1.55, 0.42, 0.22  # inches; how far dots of a row lie apart, in rows
CAPTION = (
    "Each pale dot is a pair of runs with the same draws; the dark dot is their mean, the line its 95 % interval by Student's t: "
    "what is not known of the mean for so few runs. Grey: the interval holds zero. What is not known of parameters is in it only "
    "when the runs have sets of their own (--ensemble)."
)


@styled()
def differences(comparison: Comparison, outcome: str = "co2_avoided_t", *, ax: Axes | None = None) -> Chart:
    """The paired differences from the baseline in `outcome`: flows summed over all years, of everything else the last year.

    `comparison` is what `eipsim.compare` gives, `ax` axes to draw in. InputError for an unknown outcome.
    """
    if outcome not in UNITS or outcome not in comparison.pathways:
        raise InputError(unknown("figure", "outcome", outcome, UNITS))
    totals, unit = in_all(comparison.pathways, outcome)
    gaps = {
        name: (totals[name] - totals[comparison.baseline]).dropna().to_numpy(float) for name in comparison.scenarios
    }
    if not gaps:
        raise InputError(Mistake("figure", "no scenario has a finished pair of runs"))
    rows = summed_up(gaps)
    years, summed = comparison.years, unit != UNITS[outcome]
    when = f"{years[0]}–{years[-1]}" if summed else f"in {years[-1]}"
    scale = scale_of(float(rows[["low", "high", "mean"]].abs().max().max()), unit)
    title = f"{outcome_name(outcome)} {when}: {finding(rows, scale.size, scale.unit, comparison.baseline)}"
    over = ", summed over all years" if summed else ""
    subtitle = (
        f"Difference from {named(comparison.baseline)}{over}, {scale.unit}; at the right the mean and its interval."
    )
    chart, box = page(title, subtitle, CAPTION, height=1.95 + ROW * len(rows), ax=ax)
    axes = axes_in(chart, box, left=NAMES, right=NUMBERS, bottom=0.42, top=0.05, ax=ax)
    draw(axes, rows, gaps, scale.size)
    axes.set_xlabel(f"Difference in {in_sentence(outcome_name(outcome))} ({scale.unit})")
    return chart


def summed_up(gaps: dict[str, np.ndarray]) -> pd.DataFrame:
    """Mean with `low` and `high` of the differences of every scenario, the largest first."""
    told = {name: [float(value) for value in mean_interval(values)] for name, values in gaps.items()}
    rows = pd.DataFrame.from_dict(told, orient="index", columns=["mean", "low", "high"])
    rows["clear"] = (rows["low"] > 0.0) | (rows["high"] < 0.0)
    return rows.sort_values("mean", ascending=False, kind="stable")


def finding(rows: pd.DataFrame, size: float, unit: str, baseline: str) -> str:
    """The largest clear difference, and how many scenarios have none."""
    clear = rows[rows["clear"]]
    if clear.empty:
        who = f"{named(rows.index[0])} does not differ" if len(rows) == 1 else "no scenario differs"
        return f"{who} clearly from {named(baseline)}"
    name = clear["mean"].abs().idxmax()
    mean, low, high = (number(value / size, 2) for value in clear.loc[name, ["mean", "low", "high"]])
    left = len(rows) - len(clear)
    rest = f"; {left} of {len(rows)} cannot be told from it" if left else ""
    more, base = ("more" if clear.loc[name, "mean"] > 0.0 else "less"), named(baseline)
    amount = mean.removeprefix("−")
    return f"{amount} {unit} {more} than {base} under {named(name)} ({low} to {high}){rest}"


def in_words(mean: float, low: float, high: float) -> str:
    """A mean with its interval, as far as it has one.

    >>> in_words(1.234, 1.0, 1.5), in_words(0.0, 0.0, 0.0), in_words(2.0, np.nan, np.nan)
    ('1.2  (1 to 1.5)', '0 in every pair', '2')
    """
    if low == high:
        return f"{number(mean, 2)} in every pair"
    return number(mean, 2) + (f"  ({number(low, 2)} to {number(high, 2)})" if np.isfinite(low) else "")


def draw(axes: Axes, rows: pd.DataFrame, gaps: dict[str, np.ndarray], size: float) -> None:
    """A row a scenario: dots of the pairs, mean, interval, and both as numbers."""
    across: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center", "clip_on": False}
    for place, (name, row) in enumerate(rows.iterrows()):
        values = np.sort(gaps[str(name)]) / size
        up = place + SPREAD * (np.arange(len(values)) % 3 - 1.0) * (len(values) > 1)
        pale, dark = (SKY, BLUE) if row["clear"] else ("#d0d0d0", GREY)
        axes.scatter(values, up, s=13, color=pale, lw=0, zorder=2)
        if np.isfinite(row["low"]):
            axes.hlines(place, row["low"] / size, row["high"] / size, color=dark, lw=2.2, zorder=3)
        axes.plot([row["mean"] / size], [place], "o", ms=5.6, color=dark, mec="white", mew=0.6, zorder=4)
        axes.text(1.02, place, in_words(*(row[["mean", "low", "high"]] / size)), fontsize=7.6, **across)
    axes.axvline(0.0, color=GREY, lw=0.8, zorder=1)
    in_rows(axes, len(rows), [case_name(str(name)) for name in rows.index], ticks=6)
