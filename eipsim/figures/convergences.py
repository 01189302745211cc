"""Whether there are enough points: indices against the number of points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from eipsim.errors import InputError, Mistake
from eipsim.figures.colours import GREY, SERIES
from eipsim.figures.influences import (
    axis_label,
    factor_name,
    in_year,
    of,
    one_of,
    outcome_words,
    scale_for,
    scaled,
    subtitle,
)
from eipsim.figures.labels import label_right
from eipsim.figures.style import Chart, axes_in, page, styled
from eipsim.figures.tornadoes import last_year
from eipsim.figures.wording import shortened

MOST_LINES, FIRST = 5, 3
CAPTION = (
    "Each line: the index worked out from the first n points of the design only; bands: intervals of the first three."
)
NESTED = " The first points of Sobol's sequence are a design of their own: the steps show what a smaller one would have said."


@styled()
def convergence(
    found: Any, scenario: str | None = None, outcome: str | None = None, *, ax: Axes | None = None
) -> Chart:
    """The main index against the number of points, of a `Sensitivity` with `convergence`; over time, the last year.

    `ax`: axes to draw in. Raises InputError for one without, an unknown scenario or outcome.
    """
    scenario, outcome = one_of(found, scenario, outcome)
    if found.steps is None:
        hint = "ask for --convergence (convergence=True)"
        raise InputError(Mistake("figure", "convergence was not worked out", hint))
    if not has_steps(found):
        raise InputError(Mistake("figure", "the design has too few points for a half of it", "take a larger n"))
    steps = of(found.steps, scenario, outcome)
    steps = last_year(steps[steps["index"] == found.main])
    noise = last_year(of(found.noise, scenario, outcome))
    caption = CAPTION + (NESTED if found.method == "sobol" else "")
    chart, box = page(finding(steps, outcome), subtitle(found, scenario, noise), caption, 7.2, 4.3, ax)
    axes = axes_in(chart, box, left=0.62, right=1.75, bottom=0.42, ax=ax)
    scale = scale_for(steps, found.main, found.units.get(outcome, ""))
    draw(axes, scaled(steps, scale))
    axes.set_ylabel(axis_label(found.main, scale))
    return chart


def has_steps(found: Any) -> bool:
    """Whether there is more than one number of points to draw."""
    return found.steps is not None and found.steps["n"].nunique() > 1


def finding(steps: pd.DataFrame, outcome: str) -> str:
    """From which n on the order of the first factors is what it is in the end."""
    factors = steps[steps["kind"].isin(["factor", "group"])]
    ranked = factors.sort_values("estimate", ascending=False)
    orders = {n: list(rows["factor"])[:FIRST] for n, rows in ranked.groupby("n")}
    sizes, what = sorted(orders), outcome_words(outcome) + in_year(steps["year"].iloc[0])
    settled = [n for n in sizes if all(orders[m] == orders[sizes[-1]] for m in sizes if m >= n)]
    count = min(FIRST, len(orders[sizes[-1]]))
    which = {1: "factor stays", 2: "two factors stay in their order", 3: "three factors stay in their order"}[count]
    if len(settled) < 2:
        return f"{what}: the order of the first factors still changes at n = {sizes[-1]:,}"
    return f"{what}: from n = {settled[0]:,} on the first {which}"


def draw(axes: Axes, steps: pd.DataFrame) -> None:
    """Lines of the largest factors with bands, the dummy in grey."""
    last = steps[steps["n"] == steps["n"].max()].sort_values("estimate", key=abs, ascending=False)
    names = list(last["factor"][~last["kind"].isin(["dummy"])])[:MOST_LINES]
    looks: list[tuple[str, Any]] = list(SERIES[: len(names)])
    dummies = list(last["factor"][last["kind"] == "dummy"])
    ends, texts = [], []
    for name, (colour, line) in zip([*names, *dummies], [*looks, *[(GREY, "-")] * len(dummies)]):
        rows = steps[steps["factor"] == name].sort_values("n")
        if name in names[:FIRST]:
            axes.fill_between(rows["n"], rows["low"], rows["high"], color=colour, alpha=0.1, lw=0)
        axes.plot(rows["n"], rows["estimate"], color=colour, ls=line, lw=1.6 if name in names else 1.0)
        ends.append(float(rows["estimate"].iloc[-1]))
        texts.append(shortened(factor_name(name), 24))
    frame(axes, steps, names)
    label_right(axes, ends, texts, [*(colour for colour, _ in looks), *[GREY] * len(dummies)], size=7.6)


def frame(axes: Axes, steps: pd.DataFrame, names: list[str]) -> None:
    """Axes: n in powers of two, the index over the range of the estimates, not of the widest band."""
    sizes = sorted(steps["n"].unique())
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([f"{size:,}" for size in sizes])
    axes.set_xlim(sizes[0], sizes[-1])
    shown = steps[steps["factor"].isin(names)]
    ends = shown[shown["n"] == sizes[-1]]
    high = float(np.nanmax(np.append(shown["estimate"], ends["high"])))
    low = float(np.nanmin(np.append(shown["estimate"], ends["low"])))
    axes.set_ylim(min(0.0, low - 0.05 * (high - low)), high + 0.1 * (high - min(low, 0.0)))
    axes.axhline(0.0, color=GREY, lw=0.7)
    axes.grid(axis="y")
    axes.set_xlabel("Points of the design, n")
