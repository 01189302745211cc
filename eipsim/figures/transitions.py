"""The three outcomes of a park's transition, kept apart: converted, certified, and the score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from eipsim.agents.operator.columns import FULL_SCORE
from eipsim.figures.colours import looks_of
from eipsim.figures.fans import draw_fans, in_order, named, quantiles, tidy
from eipsim.figures.labels import label_right
from eipsim.figures.pieces import heading
from eipsim.figures.promises import qualified
from eipsim.figures.style import Chart, axes_in, page, room_of, styled
from eipsim.figures.wording import case_name, hold_certificate, number, replicates

PANELS = {
    "parks_converted": "Parks converted",
    "parks_certified": "Parks with a certificate in force",
    "park_score_mean": "Mean score (points of 100)",
}
PANEL_INCHES, GAP_INCHES = 1.42, 0.42
Bands = Mapping[str, Mapping[str, pd.DataFrame]]  # by outcome and scenario
CAPTION = (
    "Three outcomes, never one for another. Converted: the park went through a programme or a transition as long. "
    "Certificate: granted under the decree in force, and lost when criteria are no longer met. Score: mean over operating "
    "parks of the mean of the four category scores (management, environment, social, economic)."
)


@styled()
def transition(source: Any, *, baseline: str | None = None) -> Chart:
    """Parks converted, parks certified and the mean score from year to year, in a panel each.

    Parameters
    ----------
    source : Comparison, Run, a list of runs, runs by name, or a tidy table (scenario, replicate, year, outcomes); bands
        are drawn where a scenario has more than one replicate
    baseline : the scenario that is named first; None = the comparison's own, else the first

    Raises InputError for an unknown baseline.
    """
    table = tidy(source)
    scenarios = in_order(table, baseline or getattr(source, "baseline", None))
    bands = {
        outcome: {name: quantiles(table[table["scenario"] == name], outcome) for name in scenarios}
        for outcome in PANELS
    }
    n = int(table.groupby("scenario")["replicate"].nunique().min())
    operating = float(table.loc[table["year"] == table["year"].max(), "parks_operating"].median())
    return draw(bands, qualified(finding(bands, operating), table), n)


def finding(bands: Bands, operating: float) -> str:
    """The three outcomes of the last year: of one scenario, or the range over scenarios."""
    year = next(iter(bands["parks_converted"].values())).index[-1]
    ends = {outcome: {name: float(band[0.5].iloc[-1]) for name, band in of.items()} for outcome, of in bands.items()}
    if len(ends["parks_converted"]) == 1:
        converted, _, score = (next(iter(of.values())) for of in ends.values())
        holds = certificates_in_words(next(iter(bands["parks_certified"].values()))[0.5])
        return f"By {year}, {conversions_in_words(converted, operating)}; {holds}; the mean score is {number(score)}"
    return (
        f"Certified parks in {year}: {range_in_words(ends['parks_certified'])}; converted: "
        f"{range_in_words(ends['parks_converted'])}"
    )


def conversions_in_words(converted: float, operating: float) -> str:
    """How many parks have converted: of the operating ones, unless parks count that have no tenants yet.

    >>> conversions_in_words(12.0, 544.0)
    '12 of 544 operating parks have converted'
    >>> conversions_in_words(664.0, 544.0)
    '664 parks have converted, some without tenants yet, while 544 operate'
    """
    if converted > operating:
        return f"{number(converted)} parks have converted, some without tenants yet, while {number(operating)} operate"
    return f"{number(converted)} of {number(operating)} operating parks have converted"


def certificates_in_words(median: pd.Series) -> str:
    """How many certificates are in force in the last year, and when there were more.

    >>> certificates_in_words(pd.Series([0.0, 3.0, 1.0], index=[2025, 2030, 2035]))
    '1 holds a certificate, after 3 in 2030'
    """
    last, most = float(median.iloc[-1]), float(median.max())
    return hold_certificate(last) + (f", after {number(most)} in {median.idxmax()}" if most > last else "")


def range_in_words(ends: Mapping[str, float]) -> str:
    """The lowest and the highest end and the scenarios that have them.

    >>> range_in_words({"baseline": 12.0, "net-zero-2050": 30.0}), range_in_words({"baseline": 0.0, "subsidy": 0.0})
    ('from 12 (the baseline) to 30 (net-zero 2050)', '0 in all scenarios')
    """
    low, high = min(ends, key=lambda name: ends[name]), max(ends, key=lambda name: ends[name])
    if number(ends[low]) == number(ends[high]):
        return f"{number(ends[low])} in all scenarios"
    return f"from {number(ends[low])} ({named(low)}) to {number(ends[high])} ({named(high)})"


def draw(bands: Bands, title: str, n: int) -> Chart:
    scenarios = list(next(iter(bands.values())))
    year = next(iter(bands["parks_converted"].values())).index[-1]
    height = 2.05 + len(PANELS) * (PANEL_INCHES + GAP_INCHES)
    chart, box = page(title, f"{replicates(n)}; at the right, values of {year}.", CAPTION, height=height)
    room = 0.75 if len(scenarios) == 1 else 0.85 + 0.066 * max(len(case_name(name)) for name in scenarios)
    inches = room_of(chart, box)[1]
    panel = (inches - 0.62 - GAP_INCHES * (len(PANELS) - 1)) / len(PANELS)
    for k, (outcome, name) in enumerate(PANELS.items()):
        below = 0.42 + (len(PANELS) - 1 - k) * (panel + GAP_INCHES)
        axes = axes_in(chart, box, left=0.42, right=room, bottom=below, top=inches - below - panel)
        draw_panel(axes, bands[outcome], name, n)
        if k < len(PANELS) - 1:
            axes.set_xticklabels([])
            axes.set_xlabel("")
    return chart


def draw_panel(axes: Axes, bands: Mapping[str, pd.DataFrame], name: str, n: int) -> None:
    colours = [look.colour for look in looks_of(list(bands))]
    ends = draw_fans(axes, bands, bands if n > 1 else ())
    most = max(float(band.to_numpy().max()) for band in bands.values())
    axes.set_ylim(0.0, FULL_SCORE if "score" in name else max(1.1 * most, 4.0))
    heading(axes, name)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.grid(axis="y")
    alone = len(bands) == 1
    axes.margins(y=0.0)
    texts = [number(end) if alone else f"{case_name(scenario)}  {number(end)}" for scenario, end in zip(bands, ends)]
    label_right(axes, ends, texts, colours)
