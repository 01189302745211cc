"""Labels beside what they name, moved apart so that none lies on another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from eipsim.figures.style import inches_of


def spread(wanted: Sequence[float] | np.ndarray, gap: float, low: float, high: float) -> np.ndarray:
    """Positions near `wanted`, at least `gap` apart (less where there is no room), within low and high.

    >>> spread([1.0, 1.1, 5.0], 1.0, 0.0, 10.0).round(2).tolist()
    [0.55, 1.55, 5.0]
    """
    order = np.argsort(wanted, kind="stable")
    gap = min(gap, (high - low) / max(len(order) - 1, 1))
    start = partial(_start, gap=gap, low=low, high=high)
    clusters: list[list[float]] = []  # [sum of (wanted - own offset), members]
    for position in np.asarray(wanted, dtype=float)[order]:
        clusters.append([position, 1.0])
        while len(clusters) > 1 and start(clusters[-1]) < start(clusters[-2]) + gap * clusters[-2][1] - 1e-9:
            total, members = clusters.pop()
            clusters[-1][0] += total - clusters[-1][1] * gap * members
            clusters[-1][1] += members
    result = np.empty(len(order))
    result[order] = [start(cluster) + gap * k for cluster in clusters for k in range(int(cluster[1]))]
    return result


def _start(cluster: list[float], gap: float, low: float, high: float) -> float:
    """Where the first member of a cluster lies."""
    total, members = cluster
    return float(min(max(total / members, low), high - gap * (members - 1)))


def label_right(
    axes: Axes,
    values: Sequence[float],
    texts: Sequence[str],
    colours: Sequence[str],
    *,
    size: float = 8.0,
    after: float = 0.0,
) -> None:
    """Name each series at the right edge of `axes`, with a thin line from its last value to its label.

    `after` is the room to leave free beside the axes, in shares of their width.
    """
    low, high = axes.get_ylim()
    points = inches_of(axes)[1] * 72.0
    lines = max((text.count("\n") + 1 for text in texts), default=1)
    gap = size * 1.32 * lines * (high - low) / points
    places = spread(values, gap, low + 0.4 * gap, high - 0.3 * gap)
    across = blended_transform_factory(axes.transAxes, axes.transData)
    for value, place, text, colour in zip(values, places, texts, colours):
        look: dict[str, Any] = {"color": colour, "lw": 0.7, "clip_on": False, "transform": across}
        axes.plot([1.005 + after, 1.03 + after], [value, place], **look)
        axes.text(1.037 + after, place, text, transform=across, va="center", ha="left", fontsize=size, color="black")
