"""A park's water, materials and waste as Sankey diagrams: in, through the tenants by sector, out. Widths conserve."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from eipsim.core.numbers import Scale
from eipsim.errors import InputError, Mistake
from eipsim.figures.colours import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION
from eipsim.figures.fonts import readable
from eipsim.figures.labels import spread
from eipsim.figures.parks import find_park, name_of, running
from eipsim.figures.pieces import in_inches
from eipsim.figures.ribbons import BAR, DARK, GAP, HEAD, Column, column, draw_nodes, ribbons
from eipsim.figures.style import Chart, axes_in, inches_of, page, room_of, styled
from eipsim.figures.wording import number, per_cent, scale_of

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run

BROWN = "#8c6d46"


class Part(NamedTuple):
    """A flow on one side of a panel: its columns of `Run.material_flows`, its name and colour."""

    columns: tuple[str, ...]
    label: str
    colour: str


class Panel(NamedTuple):
    """One Sankey: what comes in and what becomes of it, both in the same unit."""

    title: str
    unit: str
    inputs: tuple[Part, ...]
    outputs: tuple[Part, ...]


def avoided(column: str) -> Part:
    return Part((column,), "avoided by measures", GREEN)


PANELS = (
    Panel(
        "Water", "m3/yr",
        (
            Part(("water_fresh_m3",), "fresh water", BLUE),
            Part(("water_shared_m3",), "from shared systems", PURPLE),
            Part(("water_exchanged_m3",), "from exchanges", ORANGE),
            Part(("water_avoided_m3",), "not needed", GREEN),
        ),
        (
            avoided("water_avoided_m3"),
            Part(("water_consumed_m3",), "product, vapour", SKY),
            Part(("wastewater_exchanged_m3",), "exchanged", ORANGE),
            Part(("wastewater_shared_m3",), "reused after treatment", PURPLE),
            Part(("wastewater_treated_m3",), "treated, discharged", BROWN),
        ),
    ),
    Panel(
        "Materials and chemicals", "USD/yr",
        (
            Part(("materials_bought_usd",), "bought", BLUE),
            Part(("materials_exchanged_usd",), "by-products", ORANGE),
            Part(("materials_avoided_usd",), "not needed", GREEN),
        ),
        (
            avoided("materials_avoided_usd"),
            Part(("materials_bought_usd", "materials_exchanged_usd"), "used in products", SKY),
        ),
    ),
    Panel(
        "Waste", "t/yr",
        (
            Part(("waste_made_t",), "ordinary waste", BROWN),
            Part(("hazardous_made_t",), "hazardous waste", VERMILION),
        ),
        (
            Part(("waste_avoided_t", "hazardous_avoided_t"), "avoided by measures", GREEN),
            Part(("waste_exchanged_t", "hazardous_exchanged_t"), "exchanged", ORANGE),
            Part(("waste_shared_t",), "recovered at waste hub", PURPLE),
            Part(("waste_disposed_t",), "disposed of", BROWN),
            Part(("hazardous_disposed_t",), "treated as hazardous", VERMILION),
        ),
    ),
)  # fmt: skip
MOST_SECTORS = 6
OTHER = "other sectors"
PANEL_INCHES = 2.0
LEFT, RIGHT = 1.72, 2.0  # inches for the names at both sides
FINER = 20.0  # numbers are on the scale of this part of the total, so that small flows can be read
MIDDLE = 0.405  # where the sectors stand, as a share of the width
CAPTION = (
    "Widths are to scale within a panel, and what goes into a sector comes out of it. Left, what tenants would need, or waste "
    "that they would make, without the measures adopted since 2015, by where it comes from; right, what becomes of it. "
    "Materials are counted in money at prices of 2024, as their tonnes are not known. Flows of nothing are left out."
)


@styled()
def park_sankey(run: Run, park: str | None = None) -> Chart:
    """Water, materials and waste of a park in the last year of a run made with `detail=True`.

    `park` is an id or a name; None = the park with most exchanges in operation. InputError without detail, for an unknown
    park, or for one without tenants.
    """
    if run.material_flows is None:
        raise InputError(Mistake("figure", "this run has no material flows", "simulate with detail=True"))
    park_id = find_park(run, park, running(run))
    table, run = sectors_of(run.material_flows, park_id), readable(run)
    if table.empty:
        raise InputError(Mistake("figure", f"{name_of(run, park_id)} has no tenants in the last year"))
    year = int(run.outcomes.index[-1])
    return draw(table, finding(table, name_of(run, park_id), year), year)


def sectors_of(flows: pd.DataFrame, park_id: str) -> pd.DataFrame:
    """The flows of a park, a row a sector."""
    here = flows[flows["park_id"] == park_id]
    return here.drop(columns=["park_id", "name"]).set_index("sector")


def links(table: pd.DataFrame, panel: Panel) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What each sector (rows, the largest first, small ones together) takes in and gives off (columns: labels)."""
    sides = []
    for parts in (panel.inputs, panel.outputs):
        side = pd.DataFrame({part.label: table[list(part.columns)].sum(axis=1) for part in parts})
        sides.append(side.loc[:, side.sum() > 0.0])
    ranked = sides[0].sum(axis=1).sort_values(ascending=False, kind="stable").index
    kept = ranked if len(ranked) <= MOST_SECTORS + 1 else ranked[:MOST_SECTORS]
    names = [sector if sector in kept else OTHER for sector in sides[0].index]
    order = [*[sector for sector in ranked if sector in kept], *([OTHER] if OTHER in names else [])]
    return tuple(side.groupby(names, sort=False).sum().loc[order] for side in sides)  # type: ignore[return-value]


def finding(table: pd.DataFrame, name: str, year: int) -> str:
    """Which share of its water need and of its waste the park does not take from or leave to the environment."""
    water = 1.0 - table["water_fresh_m3"].sum() / table["water_needed_m3"].sum()
    made = table[["waste_made_t", "hazardous_made_t"]].sum().sum()
    waste = 1.0 - table[["waste_disposed_t", "hazardous_disposed_t"]].sum().sum() / made
    return (
        f"{name} in {year}: avoiding, reusing and exchanging covers {per_cent(water)} of the need for water "
        f"and keeps {per_cent(waste)} of the waste from disposal"
    )


def draw(table: pd.DataFrame, title: str, year: int) -> Chart:
    height = 1.75 + len(PANELS) * (PANEL_INCHES + HEAD)
    subtitle = f"From left to right, flows of {year}; the middle column is tenants by sector."
    chart, box = page(title, subtitle, CAPTION, height=height)
    inches = room_of(chart, box)[1]
    room = inches / len(PANELS)
    for k, panel in enumerate(PANELS):
        axes = axes_in(chart, box, top=k * room, bottom=inches - (k + 1) * room)
        in_inches(axes)
        draw_panel(axes, panel, *links(table, panel))
    return chart


def draw_panel(axes: Axes, panel: Panel, inputs: pd.DataFrame, outputs: pd.DataFrame) -> None:
    """Three columns of nodes and the ribbons between them."""
    wide, high = inches_of(axes)
    total = float(inputs.to_numpy().sum())
    if total <= 0.0:
        return
    scale = scale_of(total / FINER, panel.unit)
    axes.text(0.0, 0.1, f"{panel.title}, {scale.unit}", fontsize=8.8, fontweight="bold", va="center")
    nodes = max(inputs.shape[1], outputs.shape[1], len(inputs))
    per_inch = total / (high - HEAD - 0.12 - GAP * (nodes - 1))
    middle = column(MIDDLE * wide, inputs.sum(axis=1), per_inch, high)
    ends = (column(LEFT, inputs.sum(), per_inch, high), column(wide - RIGHT - BAR, outputs.sum(), per_inch, high))
    for flows, parts, end in zip((inputs, outputs), (panel.inputs, panel.outputs), ends):
        colours = {part.label: part.colour for part in parts}
        ribbons(axes, flows, end, middle, colours)
        draw_nodes(axes, end, colours)
        name_nodes(axes, end, scale, outwards=-1 if flows is inputs else 1)
    draw_nodes(axes, middle, {})
    name_sectors(axes, middle)


def name_nodes(axes: Axes, nodes: Column, scale: Scale, outwards: int) -> None:
    """Names and values beside the nodes of one side, with thin lines where they had to move apart."""
    edge, align = (nodes.x, "right") if outwards < 0 else (nodes.x + BAR, "left")
    places = spread(nodes.centres, 0.17, HEAD, inches_of(axes)[1] - 0.1)
    for (name, flow), centre, place in zip(nodes.flows.items(), nodes.centres, places):
        axes.plot([edge + 0.02 * outwards, edge + 0.12 * outwards], [centre, place], color=DARK, lw=0.5)
        text = f"{name}  {number(float(flow) / scale.size)}"
        axes.text(edge + 0.15 * outwards, place, text, fontsize=7.6, va="center", ha=align)


def name_sectors(axes: Axes, nodes: Column) -> None:
    """Names of the sectors at the right of their nodes, on the ribbons."""
    places = spread(nodes.centres, 0.16, HEAD, inches_of(axes)[1] - 0.1)
    for name, place in zip(nodes.top.index, places):
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.8}
        axes.text(nodes.x + BAR + 0.06, place, str(name), fontsize=7.0, va="center", zorder=6, bbox=box)
