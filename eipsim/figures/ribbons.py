"""Columns of nodes and the ribbons between them, each as thick as its flow: what Sankey diagrams and networks are made of."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

DARK = "#5a5a5a"
BAR, GAP, HEAD = 0.11, 0.075, 0.34  # inches: width of a node, gap between nodes, room for a heading


class Column(NamedTuple):
    """Nodes below each other: their left edge and upper ends [inches], what flows through each, and how much an inch is."""

    x: float
    top: pd.Series
    flows: pd.Series
    per_inch: float

    @property
    def centres(self) -> np.ndarray:
        return (self.top + 0.5 * self.flows / self.per_inch).to_numpy()


def column(x: float, flows: pd.Series, per_inch: float, high: float, least: Any = 0.0) -> Column:
    """Nodes with these flows, centred in what the heading leaves of `high` [inches], each with room for `least` inches."""
    heights = flows / per_inch
    rooms = heights.clip(lower=least)
    free = high - HEAD - rooms.sum() - GAP * (len(flows) - 1)
    top = HEAD + max(free, 0.0) / 2.0 + rooms.cumsum() - 0.5 * (rooms + heights) + GAP * np.arange(len(flows))
    return Column(x, top, flows, per_inch)


def ribbons(axes: Axes, flows: pd.DataFrame, end: Column, middle: Column, colours: dict[str, str]) -> None:
    """A ribbon from every node at the side to every sector, each as thick as its flow at both ends."""
    at_end, at_middle = end.top.copy(), middle.top.copy()
    for label in flows.columns:
        for sector in flows.index:
            thick = float(flows.at[sector, label]) / end.per_inch
            if thick > 0.0:
                y, y_middle = at_end[label], at_middle[sector]
                if end.x < middle.x:
                    band = ribbon((end.x + BAR, y), (middle.x, y_middle), thick)
                else:
                    band = ribbon((middle.x + BAR, y_middle), (end.x, y), thick)
                axes.add_patch(PathPatch(band, facecolor=colours[label], alpha=0.45, lw=0))
            at_end[label] += thick
            at_middle[sector] += thick


def ribbon(start: tuple[float, float], stop: tuple[float, float], thick: float) -> Path:
    """A band of constant height between two vertical edges, given by their upper ends."""
    (x0, y0), (x1, y1) = start, stop
    middle = 0.5 * (x0 + x1)
    points = [
        (x0, y0), (middle, y0), (middle, y1), (x1, y1),
        (x1, y1 + thick), (middle, y1 + thick), (middle, y0 + thick), (x0, y0 + thick), (x0, y0),
    ]  # fmt: skip
    curve = [Path.CURVE4] * 3
    return Path(points, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])


def draw_nodes(axes: Axes, nodes: Column, colours: dict[str, str]) -> None:
    for name, top in nodes.top.items():
        look: dict[str, Any] = {"facecolor": colours.get(str(name), DARK), "edgecolor": "black", "lw": 0.4}
        height = float(nodes.flows[name]) / nodes.per_inch
        axes.add_patch(Rectangle((nodes.x, float(top)), BAR, height, zorder=4, **look))
