"""The funnel of by-product exchanges: how far each came, where it was lost and why, and what the law has to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from eipsim.errors import InputError, Mistake
from eipsim.figures.colours import BLUE, GREY, LIGHT, ORANGE, SKY, VERMILION, YELLOW
from eipsim.figures.pieces import FIELD, bar_frame, bar_heading, bar_numbers, in_per_cent
from eipsim.figures.style import Chart, axes_in, inches_of, page, styled
from eipsim.figures.wording import per_cent

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run

# Stages with the column of their year, and what an exchange that is lost there is lost before or in.
STAGES = {
    "identified": ("identified_year", "before they were found feasible"),
    "feasible": ("feasible_year", "before negotiation"),
    "negotiating": ("negotiating_year", "during negotiation and licensing"),
    "licensed": ("licensed_year", "before operation"),
    "operating": ("operating_year", "in operation"),
}
STILL = "still operating"
ON, WAITING = "went on", "pending"
# What becomes of exchanges: colour, hatch, and for those that are lost, why.
FATES = {
    ON: (BLUE, "", ""),
    WAITING: ("#efe3bd", "....", ""),
    "not feasible": (LIGHT, "", "they were not feasible"),
    "refused by law": (VERMILION, "", "the authority refused them"),
    "negotiation failed": (ORANGE, "////", "negotiation failed"),
    "partner left": (SKY, "\\\\\\\\", "a partner left"),
    "no longer pays": (YELLOW, "xxxx", "they no longer paid"),
}
REASONS = [name for name, (_, _, because) in FATES.items() if because]
CLASSES = {
    "R0": "R0  by-product", "R1": "R1  waste as it is", "R2": "R2  reuse, treated", "R3": "R3  hazardous",
    "R4": "R4  energy", "R5": "R5  with a city",
}  # fmt: skip
ROW, HEAD = 0.3, 0.42  # inches: a bar, a heading
CAPTION = (
    "Each exchange is counted at every stage that it has reached since 2015, and lost at the last one. Pending: still on its "
    "way. Licensed: all that the law asks for has been granted; classes R0 to R5 are those of today's law. An opportunity "
    "that is lost may be found again later and is then counted again."
)


@styled()
def exchange_funnel(run: Run) -> Chart:
    """How many exchanges came from stage to stage by the last year, why the others did not, and both by legal class.

    `run` is a Run. InputError when no exchange was ever identified.
    """
    table = run.exchanges
    if table.empty:
        raise InputError(Mistake("figure", "no exchange has been identified in this run", "take a later last year"))
    year = int(run.outcomes.index[-1])
    stages, classes = by_stage(table), by_class(table)
    return draw(stages, classes, finding(table, stages, year), year)


def furthest(table: pd.DataFrame) -> pd.Series:
    """The last stage that each exchange has reached, as a position in STAGES."""
    reached = np.stack([table[column].notna().to_numpy() for column, _ in STAGES.values()], axis=1)
    return pd.Series(reached.shape[1] - 1 - reached[:, ::-1].argmax(axis=1), index=table.index)


def fate(table: pd.DataFrame) -> pd.Series:
    """ON for exchanges in operation, WAITING for those on their way, else the reason why they ended."""
    reason = table["ended_because"].astype(str)
    state = table["state"].astype(str)
    return reason.where(state == "ended", np.where(state == "operating", ON, WAITING))


def by_stage(table: pd.DataFrame) -> pd.DataFrame:
    """Exchanges that reached each stage (rows) by what became of them there (columns FATES); rows sum to their stage."""
    last, became = furthest(table), fate(table)
    rows = {}
    for position, stage in enumerate(STAGES):
        here = last == position
        counts = became[here & ~((became == ON) & (position < len(STAGES) - 1))].value_counts()
        rows[stage] = counts.reindex(list(FATES), fill_value=0)
        rows[stage][ON] += int((last > position).sum())
    return pd.DataFrame(rows).T


def by_class(table: pd.DataFrame) -> pd.DataFrame:
    """Exchanges identified by legal class (rows) and what has become of them (columns FATES)."""
    return pd.crosstab(table["legal_class"], fate(table)).reindex(columns=list(FATES), fill_value=0)


def finding(table: pd.DataFrame, stages: pd.DataFrame, year: int) -> str:
    """How many operate, and why most of the others were lost."""
    operating, identified = int(stages.loc["operating", ON]), len(table)
    share = per_cent(operating / identified)
    what = f"Of {identified:,} exchanges identified by {year}, {operating:,} operate ({share})"
    lost = stages[REASONS].sum()
    if lost.sum() == 0:
        return what
    reason = str(lost.idxmax())
    stage = str(stages[reason].idxmax())
    return f"{what}; most often, others were lost because {FATES[reason][2]}, {STAGES[stage][1]}"


def draw(stages: pd.DataFrame, classes: pd.DataFrame, title: str, year: int) -> Chart:
    rows = len(stages) + 1 + len(classes)
    subtitle = f"Number of exchanges and what became of them at that stage, end of {year}."
    height = 1.95 + ROW * rows + 2 * HEAD
    chart, box = page(title, subtitle, CAPTION, height=height)
    axes = axes_in(chart, box, left=1.62, right=1.15, top=0.3)
    in_per_cent(axes)
    legend(axes, [name for name in FATES if stages[name].sum() > 0])
    y = bars(axes, HEAD, "By stage reached", with_last(stages), int(stages.iloc[0].sum()), "of identified")
    shares = classes.rename(index=CLASSES)
    bars(axes, y + HEAD, "By legal class: fate of all identified, % of the class", shares, None, "operating")
    return chart


def with_last(stages: pd.DataFrame) -> pd.DataFrame:
    """The stages and, as a last row, the exchanges that still operate."""
    table = stages.reindex([*stages.index, STILL], fill_value=0)
    table.loc[STILL, ON] = stages.loc["operating", ON]
    return table


def bars(axes: Axes, y: float, heading: str, table: pd.DataFrame, whole: int | None, what: str) -> float:
    """A stacked bar a row from `y` [inches] downwards, as shares of `whole` or of each row; returns where they end."""
    wide = inches_of(axes)[0]
    bar_heading(axes, y - 0.27, heading, 1.62)
    axes.text(100.0 + 100.0 * 1.15 / wide, y - 0.27, what, fontsize=7.4, color=GREY, va="center", ha="right")
    for name, row in table.iterrows():
        total, left = int(row.sum()), 0.0
        bar_frame(axes, y, 0.74 * ROW)
        for kind, count in row.items():
            width = 100.0 * count / max(whole or total, 1)
            colour, hatch, _ = FATES[str(kind)]
            if width > 0.0:
                axes.barh(y, width, 0.74 * ROW, left, color=colour, hatch=hatch, edgecolor="black", lw=0.35,
                          clip_on=False)  # fmt: skip
            left += width
        axes.text(-100.0 * 0.07 / wide, y, str(name), fontsize=7.8, va="center", ha="right")
        share = total / whole if whole else row[ON] / max(total, 1)
        bar_numbers(axes, y, total, share, FIELD)
        y += ROW
    return y


def legend(axes: Axes, names: list[str]) -> None:
    """Swatches with their names in a row above the bars, spaced by the length of the names."""
    wide = inches_of(axes)[0]
    x, y = -1.62, -0.16
    room = 0.3 if len(names) < 6 else 0.2
    for name in names:
        colour, hatch, _ = FATES[name]
        axes.barh(y, 100.0 * 0.16 / wide, 0.13, 100.0 * x / wide, color=colour, hatch=hatch, edgecolor="black", lw=0.35,
                  clip_on=False)  # fmt: skip
        label = "went on or runs" if name == ON else name
        axes.text(100.0 * (x + 0.21) / wide, y, label, fontsize=7.6, va="center")
        x += 0.21 + room + 0.0535 * len(label)
