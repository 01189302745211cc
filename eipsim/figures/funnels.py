"""From what could be to what is: options from audit to use, by measure, and firms and parks, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeGuard, cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from eipsim.agents.firm.columns import ADOPTED, STOCK
from eipsim.core.numbers import whole_share
from eipsim.figures.colours import BLUE, GREEN, ORANGE, VERMILION
from eipsim.figures.pieces import bar_frame, bar_heading, bar_numbers, in_per_cent
from eipsim.figures.style import MARGIN, Chart, axes_in, inches_of, page, styled
from eipsim.figures.wording import agrees
from eipsim.market.catalogue import measure_labels, measure_names
from eipsim.runs.tables import option_table

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel
    from eipsim.runs.simulation import Run

ROW, ABOVE, BETWEEN = 0.255, 0.36, 0.12  # inches: a bar, from a heading to its first bar, the gap between two ladders
LABELS, NUMBERS = (1.15, 1.9), 0.95  # inches: labels of the left and the right half, and the numbers beside their bars
HALF, GAP = 3.2, 0.16  # inches of the left half, and of it, the gap to the right half
CAPTION = (
    "RECP: resource-efficient and cleaner production. Identified: recommended by an audit since 2015. Accepted: the firm "
    "has decided for it, whether or not it could pay yet. Implemented: installed since. In use: not worn out, and the firm "
    "is still there. Measured: the firm was assisted, has an energy management system, or its park monitors."
)


class Ladder(NamedTuple):
    """Stages of one kind, each a part of the one before it."""

    title: str
    stages: tuple[str, ...]
    counts: tuple[int, ...]
    colour: str


@styled()
def funnel(run: Run | EIPModel) -> Chart:
    """How many options, firms and parks get from stage to stage by the last year; at the right, options by measure.

    `run` is a Run; given an `EIPModel` that has run, the options that all firms could have had are shown too: known,
    accepted, installed since 2015.
    """
    options = option_table(run) if is_model(run) else cast("Run", run).options
    found = [assisted_ladder(options), firm_ladder(run), park_ladder(run)]
    if is_model(run):
        found.insert(0, option_ladder(run))
    ladders = [ladder for ladder in found if ladder.counts[0] > 0]
    year = int(run.outcomes.index[-1])
    return draw(ladders, by_measure(options), finding(options, year), year)


def is_model(run: Run | EIPModel) -> TypeGuard[EIPModel]:
    return hasattr(run, "state")


def assisted_ladder(options: pd.DataFrame) -> Ladder:
    stages = ("identified", "accepted", "implemented", "in use")
    counts = tuple(int(count) for count in options.sum())
    return Ladder("Options that audits recommended", stages, counts, VERMILION)


def by_measure(options: pd.DataFrame) -> pd.DataFrame:
    """Identified and implemented options of the measures that audits have recommended, the most often implemented first."""
    table = options.rename(index=dict(zip(measure_names(), measure_labels())))[["identified", "implemented"]]
    table = table[table["identified"] > 0]
    share = table["implemented"] / table["identified"]
    return table.loc[share.sort_values(ascending=False, kind="stable").index]


def firm_ladder(run: Run | EIPModel) -> Ladder:
    last = run.outcomes.iloc[-1]
    shares = (1.0, last["firms_aware_share"], last["recp_firm_share_unmeasured"], last["recp_firm_share"])
    counts = tuple(round(share * last["firms"]) for share in shares)
    return Ladder("Tenant firms", ("in a park", "aware of RECP", "apply RECP", "apply it, measured"), counts, BLUE)


def park_ladder(run: Run | EIPModel) -> Ladder:
    last = run.outcomes.iloc[-1]
    names = ("parks_established", "parks_operating", "parks_converted", "parks_certified")
    counts = tuple(int(last[name]) for name in names)
    return Ladder("Industrial parks", ("established", "operating", "converted", "certified"), counts, GREEN)


def option_ladder(model: EIPModel) -> Ladder:
    """Pairs of firm and measure of the firms alive; what was there from the start is left out."""
    firms, catalogue = model.state.firms[model.alive_mask()], model.state.market.catalogue
    usable = (catalogue.reach > 0.0) & (catalogue.available_from <= model.year)[:, None]
    could = usable.T[firms["sector"]] & (firms["origin"] != STOCK)
    adopted = could & (firms["origin"] >= ADOPTED)
    known = could & ((firms["known_year"] > 0) | adopted)
    accepted = known & ((firms["margin"] <= 1.0) | adopted)
    counts = tuple(int(np.count_nonzero(stage)) for stage in (could, known, accepted, adopted))
    stages = ("could be had", "known", "accepted", "installed since 2015")
    return Ladder("Options of all firms", stages, counts, VERMILION)


def finding(options: pd.DataFrame, year: int) -> str:
    identified, _, implemented, in_use = (int(count) for count in options.sum())
    if identified == 0:
        return f"By {year} no option has been recommended, as no firm has been audited"
    share = whole_share(implemented / identified)
    what = f"By {year}, firms have implemented {implemented:,} of {identified:,} recommended options ({share})"
    return f"{what}; {in_use:,} {agrees(in_use, 'is', 'are')} still in use" if implemented else what


def draw(ladders: list[Ladder], measures: pd.DataFrame, title: str, year: int) -> Chart:
    rows = sum(len(ladder.stages) for ladder in ladders)
    beside = "; right: options identified and the share implemented" if len(measures) else ""
    subtitle = f"Counts and shares of the first stage, end of {year}{beside}."
    height = 1.75 + ROW * rows + (ABOVE + BETWEEN) * len(ladders)
    chart, box = page(title, subtitle, CAPTION, height=height)
    width = float(chart.get_size_inches()[0]) - 2 * MARGIN
    room = width - HALF + GAP if len(measures) else 0.0
    draw_ladders(axes_in(chart, box, left=LABELS[0], right=NUMBERS + room), ladders)
    if len(measures):
        draw_measures(axes_in(chart, box, left=HALF + LABELS[1], right=NUMBERS), measures)
    return chart


def draw_ladders(axes: Axes, ladders: list[Ladder]) -> None:
    """Bars of all ladders below each other; the vertical axis is in inches."""
    in_per_cent(axes)
    y, ticks = ABOVE, []
    for ladder in ladders:
        bar_heading(axes, y - 0.25, ladder.title, LABELS[0])
        for count in ladder.counts:
            draw_bar(axes, y, ROW, count / ladder.counts[0], ladder.colour, count)
            ticks.append(y)
            y += ROW
        y += BETWEEN + ABOVE
    axes.set_yticks(ticks, [stage for ladder in ladders for stage in ladder.stages], fontsize=7.8)


def draw_measures(axes: Axes, measures: pd.DataFrame) -> None:
    """A bar a measure: the share of its identified options that are implemented."""
    in_per_cent(axes)
    bar_heading(axes, ABOVE - 0.25, "Recommended options by measure", LABELS[1])
    row = min(ROW, (inches_of(axes)[1] - ABOVE) / len(measures))
    ticks = [ABOVE + row * k for k in range(len(measures))]
    for y, (identified, implemented) in zip(ticks, measures.to_numpy()):
        draw_bar(axes, y, row, implemented / identified, ORANGE, identified)
    axes.set_yticks(ticks, [str(name) for name in measures.index], fontsize=7.8)


def draw_bar(axes: Axes, y: float, row: float, share: float, colour: str, count: int) -> None:
    """A bar of a `share` [1] in its frame, with the count and the share beside it."""
    bar_frame(axes, y, 0.72 * row)
    axes.barh(y, 100.0 * share, height=0.72 * row, color=colour, edgecolor="black", lw=0.4, clip_on=False)
    bar_numbers(axes, y, count, share, NUMBERS)
