"""What a late reform of the law costs: exchanges, tonnes, CO2 and money not realised, by the year of the reform."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from eipsim.figures.colours import BLUE, GREY, LIGHT
from eipsim.figures.style import Box, Chart, axes_in, page, styled
from eipsim.figures.wording import number, scale_of

SHOWN = ("exchanges in operation", "by-products exchanged", "CO2 avoided", "saving of tenants")
CAPTION = (
    "Mean over runs with the same draws, and its 95 % interval. Sums from the year of the earliest reform to the end of the run. "
    "Reform: ordinary waste, treated wastewater and hazardous waste in reuse are licensed as class R1."
)
WIDTH, HEIGHT, GAP = 7.2, 3.6, 0.75


@styled()
def legal_barrier(table: Any) -> Chart:
    """Four panels of the table of `experiments/12_legal_barrier`: what each later reform, and none, loses."""
    chart, box = page(finding(table), subtitle(table), CAPTION, WIDTH, HEIGHT)
    width = (box.right - box.left) / len(SHOWN)
    for k, quantity in enumerate(SHOWN):
        part = Box(box.left + k * width, box.bottom, box.left + (k + 1) * width, box.top)
        axes = axes_in(chart, part, left=0.5, right=0.12, bottom=0.45, top=0.4)
        draw_panel(axes, table[table["quantity"] == quantity], quantity)
    return chart


def finding(table: Any) -> str:
    co2 = table[(table["quantity"] == "CO2 avoided") & (table["reform"] != "never") & (table["years_of_delay"] > 0)]
    each = co2["per_year_of_delay"].mean()
    verb = "leaves" if each > 0.0 else "changes"
    return f"Each year without the reuse reform {verb} {number(abs(each))} t of CO2 unavoided by 2050"


def subtitle(table: Any) -> str:
    first = table.loc[table["years_of_delay"] == 0, "reform"].iloc[0]
    return f"Not realised when the reform comes later than {first}, or never."


def draw_panel(axes: Axes, rows: Any, quantity: str) -> None:
    unit = rows["unit"].iloc[0]
    scale = scale_of(float(np.nanmax(np.abs(rows[["lost", "low", "high"]].to_numpy()))), unit)
    lost, low, high = (rows[name].to_numpy() / scale.size for name in ("lost", "low", "high"))
    place = np.arange(len(rows))
    colours = [LIGHT if label == "never" else BLUE for label in rows["reform"]]
    axes.bar(place, lost, color=colours, width=0.72)
    known = np.isfinite(low)
    axes.vlines(place[known], low[known], high[known], color=GREY, linewidth=1.0)
    axes.set_xticks(place, rows["reform"], rotation=60)
    axes.axhline(0.0, color=GREY, linewidth=0.7)
    axes.set_title(f"{quantity}\n{scale.unit}", size=8.0, loc="left")
    axes.grid(axis="y")
