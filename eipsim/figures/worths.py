"""What it would be worth to know each uncertain input before choosing."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from eipsim.core.numbers import of_differences
from eipsim.figures.colours import BLUE, GREY, LIGHT, SKY, VERMILION
from eipsim.figures.pieces import in_rows
from eipsim.figures.style import Chart, axes_in, page, styled
from eipsim.figures.wording import per_cent, quantity, scale_of

NAMES, CHOICE, ROW, MOST = 2.3, 2.2, 0.36, 14
LETTERS, LINES = 42, 3  # of a line of the choice
SUBTITLE, ON_THE_RIGHT = "Expected value of perfect information", "; on the right, which scenario is the choice where"
CAPTION = (
    "Gain of the mean if the input were known before a scenario is chosen, with its 95 % bootstrap interval. Red tick: what "
    "an input without any influence seems to be worth. Knowing everything includes chance, which nobody can know; the bar "
    "of all inputs reaches from a bound from below to one from above."
)


@styled()
def worth_of_knowing(table: pd.DataFrame, most: int = MOST, *, ax: Axes | None = None) -> Chart:
    """A bar per row of the table of `value_of_information`, with the choice that it leads to; `ax`: axes to draw in."""
    unit = of_differences(table.attrs.get("unit", ""))
    table = gathered(table[table["value"].notna()], most)
    choices = {row: choice for row, choice in enumerate(table["choice"]) if changes(choice)}
    subtitle = SUBTITLE + (ON_THE_RIGHT if choices else "") + "."
    chart, box = page(sentence(table, unit), subtitle, CAPTION, height=1.9 + ROW * len(table), ax=ax)
    axes = axes_in(chart, box, left=NAMES, right=CHOICE if choices else 0.3, bottom=0.36, top=0.08, ax=ax)
    draw(axes, table, scale_of(float(table["high"].max()), unit))
    write_choices(axes, choices)
    return chart


def gathered(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """The first rows, and those of inputs that are worth nothing in any resample as one."""
    nothing = (table["kind"] == "factor") & (table["high"] == 0.0)
    inputs, idle = (table["kind"] == "factor").sum(), nothing.sum()
    name = f"{idle} other inputs" if idle < inputs else f"any of {inputs} inputs"
    rest = table[nothing].head(1).assign(what=name) if idle > 1 else table[nothing]
    return pd.concat([table[~nothing].head(most + 2), rest], ignore_index=True)


def changes(choice: Any) -> bool:
    """Whether the choice depends on the input."""
    return isinstance(choice, str) and ("; " in choice or ", then " in choice)


def sentence(table: pd.DataFrame, unit: str) -> str:
    told = table[(table["kind"] == "factor") & table["above_floor"].fillna(False).astype(bool)]
    if table["high"].max() == 0.0:
        return "Nothing needs to be known first: the same scenario is best in every state"
    if not len(told):
        return "Knowing no single input would change the choice by more than noise does"
    first, whole = told.iloc[0], table["value"].iloc[0]
    share = f", {per_cent(first['value'] / whole)} of what knowing everything would" if whole > 0.0 else ""
    return f"Knowing “{first['what']}” would change the choice most: it adds {quantity(first['value'], unit)}{share}"


def draw(axes: Axes, table: pd.DataFrame, scale: Any) -> None:
    y = np.arange(len(table))
    colours = [LIGHT if kind in ("everything", "all inputs") else BLUE if above else SKY
               for kind, above in zip(table["kind"], table["above_floor"])]  # fmt: skip
    axes.barh(y, table["value"] / scale.size, color=colours, height=0.6)
    axes.hlines(y, table["low"] / scale.size, table["high"] / scale.size, color="#333333", lw=1.0)
    floor = table["floor"].to_numpy(float) / scale.size
    known = np.isfinite(floor)
    axes.vlines(floor[known], y[known] - 0.34, y[known] + 0.34, color=VERMILION, lw=1.4)
    axes.set_xlim(left=0.0)
    in_rows(axes, len(table), [str(name) for name in table["what"]])
    axes.set_xlabel(f"gain of the mean [{scale.unit}]" if scale.unit else "gain of the mean")


def write_choices(axes: Axes, choices: dict[int, str]) -> None:
    """Beside the rows, which scenario is the choice where."""
    for row, choice in choices.items():
        lines = textwrap.wrap(choice, LETTERS, break_on_hyphens=False)
        text = "\n".join(lines[:LINES]) + (" …" if len(lines) > LINES else "")
        look: dict[str, Any] = {"fontsize": 6.4, "va": "center", "color": GREY, "linespacing": 1.0}
        axes.text(1.03, row, text, transform=axes.get_yaxis_transform(), **look)
