"""Which criteria of the certificate bind, year by year: a strip per criterion, grouped by decree."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from eipsim.errors import InputError, Mistake, unknown
from eipsim.figures.colours import GREY, LIGHT, SKY, VERMILION
from eipsim.figures.style import Chart, axes_in, inches_of, page, room_of, styled
from eipsim.figures.wording import in_sentence, number, per_cent

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run

AMONG = {"committed": ("committed", "committed_failing", "committed_failing_alone"),
         "operating": ("parks", "failing", "failing_alone")}  # fmt: skip
NAMES_INCHES, STRIP, GAP, HEADING = 2.35, 0.34, 0.1, 0.3
RIGHT, ALONE = 0.85, 0.42  # inches beside the strips, and of its second column
LETTERS = 40  # of a line of a criterion's name
CAPTION = (
    "A park fails a criterion when it would not get a certificate for it alone at the end of the year, under the decree then "
    "in force. Committed: its operator has decided to become an eco-industrial park. No bars: no "
    "decree was in force. At the right, per cent of the parks in the last year of the decree: failing, and failing nothing else."
)


@styled()
def binding_criteria(run: Run, among: str = "committed") -> Chart:
    """The share of parks that fail each criterion, and that fail nothing else, in every year.

    `run` is a Run; `among` says of which parks: committed or operating. InputError when no decree was in force.
    """
    if among not in AMONG:
        raise InputError(unknown("figure", "parks", among, AMONG))
    if run.criteria.empty:
        raise InputError(Mistake("figure", "no decree was in force in the years of this run", "take a later last year"))
    table = shares(run.criteria, among)
    years = (int(run.outcomes.index[0]), int(run.outcomes.index[-1]))
    return draw(table, finding(table, among), among, years)


def shares(criteria: pd.DataFrame, among: str) -> pd.DataFrame:
    """Per cent of parks `failing` and failing it `alone`, a row per year, decree and criterion; missing without parks."""
    total, failing, alone = (criteria[name].astype(float) for name in AMONG[among])
    failing, alone = (100.0 * count / total.where(total > 0.0) for count in (failing, alone))
    return criteria[["year", "decree", "criterion"]].assign(parks=total, failing=failing, alone=alone)


def finding(table: pd.DataFrame, among: str) -> str:
    """What most parks fail in the last year, and what stands most often alone between a park and its certificate."""
    last = table[table["year"] == table["year"].max()]
    year = int(last["year"].iloc[0])
    if last["failing"].isna().all():
        return f"In {year} no park is {among}, so no criterion binds"
    most, alone = last.loc[last["failing"].idxmax()], last.loc[last["alone"].idxmax()]
    if most["failing"] == 0.0:
        return f"In {year} no {among} park fails any criterion"
    what = f"In {year}, {per_cent(most['failing'] / 100.0)} of {among} parks fail “{in_sentence(most['criterion'])}”"
    if alone["alone"] == 0.0:
        return f"{what}; no park fails one criterion only"
    which = "it" if alone["criterion"] == most["criterion"] else f"“{in_sentence(alone['criterion'])}”"
    return f"{what}; {per_cent(alone['alone'] / 100.0)} fail nothing but {which}"


def draw(table: pd.DataFrame, title: str, among: str, years: tuple[int, int]) -> Chart:
    groups = [(str(decree), rows) for decree, rows in table.groupby("decree", sort=False)]
    strips = sum(rows["criterion"].nunique() for _, rows in groups)
    height = 2.0 + strips * (STRIP + GAP) + HEADING * len(groups)
    subtitle = f"Share of {among} parks, 0 to 100 % in each strip: light, fail the criterion; dark, fail nothing else."
    chart, box = page(title, subtitle, CAPTION, height=height)
    inches = room_of(chart, box)[1]
    above = 0.0
    for decree, rows in groups:
        draw_heading(chart, box, decree, rows, inches - above - HEADING)
        above += HEADING
        for criterion, strip in rows.groupby("criterion", sort=False):
            axes = axes_in(chart, box, left=NAMES_INCHES, right=RIGHT, bottom=inches - above - STRIP, top=above)
            draw_strip(axes, str(criterion), strip, years)
            above += STRIP + GAP
    axes.set_xlabel("Year")
    axes.tick_params(axis="x", labelbottom=True, length=3)
    return chart


def draw_heading(chart: Chart, box: Any, decree: str, rows: pd.DataFrame, bottom: float) -> None:
    """The decree, its years, and how many parks there are in the last of them."""
    width, height = chart.get_size_inches()
    first, last = int(rows["year"].min()), int(rows["year"].max())
    parks = int(rows.loc[rows["year"] == last, "parks"].iloc[0])
    y = box.bottom + (bottom + 0.09) / height
    text = f"Decree {decree.removeprefix('D').replace('-', '/')}, {first}–{last}"
    chart.text(box.left, y, text, fontsize=8.8, fontweight="bold", va="bottom")
    small: dict[str, Any] = {"fontsize": 7.4, "va": "bottom", "ha": "right"}
    chart.text(box.right - RIGHT / width, y, f"{parks} parks in {last}", color=GREY, **small)
    chart.text(box.right - ALONE / width, y, "fail", **small)
    chart.text(box.right, y, "alone", color=VERMILION, **small)


def draw_strip(axes: Axes, criterion: str, strip: pd.DataFrame, years: tuple[int, int]) -> None:
    """A bar a year, and the numbers of the last year beside it."""
    x = strip["year"].to_numpy()
    look: dict[str, Any] = {"width": 0.92, "edgecolor": "none"}
    axes.axhspan(0.0, 100.0, color="#f5f5f5", lw=0)
    axes.bar(x, np.nan_to_num(strip["failing"].to_numpy()), color=SKY, **look)
    axes.bar(x, np.nan_to_num(strip["alone"].to_numpy()), color=VERMILION, **look)
    axes.set(xlim=(years[0] - 0.5, years[1] + 0.5), ylim=(0.0, 100.0), yticks=[])
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.tick_params(axis="x", labelbottom=False, length=0)
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color(LIGHT)
    name = "\n".join(textwrap.wrap(criterion, LETTERS)[:2])
    axes.text(-0.015, 0.5, name, transform=axes.transAxes, fontsize=7.4, va="center", ha="right", linespacing=1.05)
    failing, alone = (float(np.nan_to_num(strip[column].iloc[-1])) for column in ("failing", "alone"))
    wide, bold = inches_of(axes)[0], "bold" if alone > 0.0 else "normal"
    small: dict[str, Any] = {"transform": axes.transAxes, "fontsize": 7.6, "va": "center", "ha": "right"}
    axes.text(1.0 + (RIGHT - ALONE) / wide, 0.5, number(failing, 2), **small)
    axes.text(1.0 + RIGHT / wide, 0.5, number(alone, 2), color=VERMILION, fontweight=bold, **small)
