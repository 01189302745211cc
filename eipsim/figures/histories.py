"""A park through time: the steps it takes, its scores, its tenants and their exchanges, on one line of years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from eipsim.agents.operator.columns import FULL_SCORE, SCORES
from eipsim.errors import InputError, Mistake
from eipsim.figures.colours import BLACK, BLUE, GREEN, LIGHT, ORANGE, PURPLE, SKY, VERMILION
from eipsim.figures.fonts import readable
from eipsim.figures.labels import label_right
from eipsim.figures.map_frames import LOOKS
from eipsim.figures.parks import find_park, name_of, running
from eipsim.figures.pieces import heading, over_years
from eipsim.figures.style import Chart, axes_in, inches_of, page, room_of, styled
from eipsim.figures.wording import number

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run

STEPS = {"commit_year": "commits", "converted_year": "converts"}
CATEGORY_LINES = tuple(zip(SCORES, (BLUE, GREEN, ORANGE, PURPLE), ("-", "--", "-.", ":")))
TENANTS = {
    "firms": ("tenants", BLACK, "-"), "aware_firms": ("know of RECP", SKY, "--"), "recp_firms": ("apply RECP", BLUE, "-."),
    "recp_firms_measured": ("apply it, measured", GREEN, ":"),
}  # fmt: skip
EXCHANGES = {
    "exchanges_identified": ("identified", LIGHT, "-"), "exchanges_feasible": ("feasible", ORANGE, "--"),
    "exchanges_operating": ("in operation", VERMILION, "-."),
}  # fmt: skip
STATE_INCHES, PANEL_INCHES, GAP_INCHES, AXIS, LEFT, RIGHT = 0.26, 1.2, 0.42, 0.42, 0.5, 1.75
STATE_COLOURS = {state: look.colour for state, look in LOOKS.items()} | {"established": LIGHT}
CAPTION = (
    "State: the furthest that the park has reached at the end of each year; a certificate can be lost. Scores: of the "
    "four categories of criteria, and their mean. Tenants: firms in the park at the end of the year. Exchanges of "
    "which a tenant gives or takes."
)


@styled()
def park_history(run: Run, park: str | None = None) -> Chart:
    """The states, scores, tenants and exchanges of a park in every year since it was established.

    `park` is an id or a name; None = the park with most exchanges in operation, or the first. InputError for an unknown one.
    """
    exchanges = running(run)
    if park is None and exchanges.empty:
        park = str(run.parks["park_id"].iloc[0])
    park_id, run = find_park(run, park, exchanges), readable(run)
    rows = run.parks[run.parks["park_id"].astype(str) == park_id].set_index("year")
    if len(rows) < 2:
        raise InputError(
            Mistake("figure", f"{name_of(run, park_id)} is there in one year of this run only", "take more years")
        )
    return draw(rows, finding(rows, name_of(run, park_id)))


def finding(rows: pd.DataFrame, name: str) -> str:
    """The steps that were taken, and the score in the end."""
    last, year = rows.iloc[-1], int(rows.index[-1])
    done = [
        f"{word} in {int(last[step])}" for step, word in STEPS.items() if pd.notna(last[step]) and last[step] <= year
    ]
    certified = rows.index[rows["state"].astype(str) == "certified"]
    done += [f"is first certified in {certified[0]}"] if len(certified) else []
    done = done or ["takes no step on the eco-industrial path"]
    return f"{name} {', '.join(done)}; in {year} its score is {number(float(last['score']), 2)} of {FULL_SCORE:g}"


def draw(rows: pd.DataFrame, title: str) -> Chart:
    """The strip of states, and three panels below it."""
    height = 2.2 + STATE_INCHES + 3.0 * (PANEL_INCHES + GAP_INCHES)
    chart, box = page(title, "From year to year; at the right, values of the last one.", CAPTION, height=height)
    inches = room_of(chart, box)[1]
    top = 0.2 + STATE_INCHES
    draw_states(axes_in(chart, box, left=LEFT, right=RIGHT, top=0.2, bottom=inches - top), rows)
    panel = (inches - top - 3.0 * GAP_INCHES - AXIS) / 3.0
    for k, name in enumerate(("Scores (points)", "Tenants (firms)", "Exchanges")):
        above = top + GAP_INCHES + k * (panel + GAP_INCHES)
        axes = axes_in(chart, box, left=LEFT, right=RIGHT, top=above, bottom=inches - above - panel)
        heading(axes, name)
        if k == 0:
            draw_scores(axes, rows)
        else:
            draw_counts(axes, rows, TENANTS if k == 1 else EXCHANGES)
        over_years(axes, rows.index, "Year" if k == 2 else "")
        axes.tick_params(labelbottom=k == 2)
    return chart


def draw_states(axes: Axes, rows: pd.DataFrame) -> None:
    """A strip with the state of every year, and the colours of those that occur."""
    states, years = rows["state"].astype(str), rows.index.to_numpy()
    axes.set(ylim=(0.0, 1.0), yticks=[], xlim=(years[0], years[-1]))
    axes.tick_params(labelbottom=False, length=0)
    axes.spines[:].set_visible(False)
    starts = [0, *[k for k in range(1, len(states)) if states.iloc[k] != states.iloc[k - 1]]]
    for start, stop in zip(starts, [*starts[1:], len(states) - 1]):
        axes.axvspan(years[start], years[stop], facecolor=STATE_COLOURS[states.iloc[start]], edgecolor="white", lw=1.0)
    heading(axes, "State")
    axes.text(1.03, 0.47, states.iloc[-1], transform=axes.transAxes, fontsize=7.4, va="center")
    wide, high = inches_of(axes)
    x = 0.55
    for state in dict.fromkeys(states):
        place: dict[str, Any] = {"transform": axes.transAxes, "clip_on": False}
        axes.scatter([x / wide], [1.0 + 0.1 / high], marker="s", s=30, color=STATE_COLOURS[state], **place)
        axes.text((x + 0.08) / wide, 1.0 + 0.1 / high, state, fontsize=7.4, va="center", **place)
        x += 0.28 + 0.062 * len(state)


def draw_scores(axes: Axes, rows: pd.DataFrame) -> None:
    ends, texts, colours = [], [], []
    for category, colour, line in CATEGORY_LINES:
        values = rows[f"{category}_score"]
        axes.plot(rows.index, values, color=colour, ls=line, lw=1.2)
        ends.append(float(values.iloc[-1]))
        texts.append(f"{category}  {number(ends[-1], 2)}")
        colours.append(colour)
    axes.plot(rows.index, rows["score"], color=BLACK, lw=2.0)
    axes.set_ylim(0.0, FULL_SCORE)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.grid(axis="y")
    score = float(rows["score"].iloc[-1])
    label_right(axes, [*ends, score], [*texts, f"mean  {number(score, 2)}"], [*colours, BLACK], size=7.4)


def draw_counts(axes: Axes, rows: pd.DataFrame, lines: dict[str, tuple[str, str, str]]) -> None:
    for column, (_, colour, line) in lines.items():
        axes.plot(rows.index, rows[column], color=colour, ls=line, lw=1.5)
    axes.set_ylim(0.0, max(1.08 * float(rows[list(lines)].to_numpy().max()), 4.0))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.grid(axis="y")
    ends = [float(rows[column].iloc[-1]) for column in lines]
    texts = [f"{label}  {end:,.0f}" for (label, *_), end in zip(lines.values(), ends)]
    label_right(axes, ends, texts, [colour for _, colour, _ in lines.values()], size=7.4)
