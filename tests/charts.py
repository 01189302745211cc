"""Where the words of a chart lie on its page, and whether all that is drawn can be seen."""

import itertools

import numpy as np
from matplotlib.collections import PathCollection, PolyCollection


def texts(chart):
    """Every visible text of a chart with its box in pixels."""
    chart.canvas.draw()
    renderer = chart.canvas.get_renderer()
    found = list(chart.texts)
    for axes in chart.axes:
        found += [*axes.texts, axes.title, axes._left_title]
        if axes.axison:
            found += [axes.xaxis.label, axes.yaxis.label, *drawn_ticks(axes)]
    shown = [text for text in found if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in shown]


def drawn_ticks(axes):
    """Numbers of the ticks that lie within the axes' limits."""
    ticks = []
    for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        low, high = min(low, high), max(low, high)
        labelled = zip(axis.get_majorticklocs(), axis.get_majorticklabels())
        ticks += [label for place, label in labelled if low - 1e-9 <= place <= high + 1e-9]
    return ticks


def overlapping(chart):
    """Pairs of texts that lie on each other by more than a pixel in both directions."""
    return [
        (a, b)
        for (a, one), (b, other) in itertools.combinations(texts(chart), 2)
        if min(one.x1, other.x1) - max(one.x0, other.x0) > 1.0 and min(one.y1, other.y1) - max(one.y0, other.y0) > 1.0
    ]


def beyond_page(chart):
    """Texts that are cut off at the edge of the page."""
    width, height = chart.bbox.width, chart.bbox.height
    return [text for text, box in texts(chart) if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height]


# ---- what is drawn -------------------------------------------------------------------------------------------------------

WHITE, LEAST_CONTRAST = 0.97, 0.25


def too_pale(chart):
    """Texts that hardly differ from what they stand on, as drawn."""
    shades = drawn_shades(chart)
    found = []
    for text, box in texts(chart):
        height = shades.shape[0]
        part = shades[max(int(height - box.y1), 0) : int(height - box.y0) + 1, max(int(box.x0), 0) : int(box.x1) + 1]
        if part.size and part.max() - part.min() < LEAST_CONTRAST:
            found.append(text)
    return found


def drawn_shades(chart):
    """How light each pixel of a chart is, rows from the top."""
    chart.canvas.draw()
    return np.asarray(chart.canvas.buffer_rgba())[:, :, :3].mean(axis=2) / 255.0


def white_areas(chart):
    """Areas that stand for something and are as white as the page."""
    found = []
    for axes in chart.axes:
        for area in axes.collections:
            if isinstance(area, PolyCollection) and not isinstance(area, PathCollection):
                found += [area for colour in area.get_facecolor() if colour[3] > 0.0 and colour[:3].min() > WHITE]
        bars = [bar for container in axes.containers for bar in getattr(container, "patches", ())]
        found += [bar for bar in bars if is_white(bar) and bar.get_width() and bar.get_height()]
    return found


def is_white(patch):
    red, green, blue, opacity = patch.get_facecolor()
    return opacity > 0.0 and min(red, green, blue) > WHITE


def cut_off(chart):
    """Lines, dots and bars in the units of their axes that reach beyond what the axes show, and so are not drawn in full."""
    found = []
    for axes in chart.axes:
        (left, right), (low, high) = (sorted(limits) for limits in (axes.get_xlim(), axes.get_ylim()))
        room = np.array([right - left, high - low]) * 1e-6
        for points in points_of(axes):
            known = points[np.isfinite(points).all(axis=1)]
            beyond = (known < np.array([left, low]) - room) | (known > np.array([right, high]) + room)
            if beyond.any():
                found.append((axes.get_title(loc="left"), known[beyond.any(axis=1)][:3].tolist()))
    return found


def points_of(axes):
    """Points [n, 2] of every line, set of dots and bar that is drawn in the units of its axes and cut at their frame."""
    for line in axes.lines:
        if line.get_transform() == axes.transData and line.get_clip_on():
            yield np.column_stack([np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)])
    for dots in axes.collections:
        if isinstance(dots, PathCollection) and dots.get_offset_transform() == axes.transData and dots.get_clip_on():
            yield np.asarray(dots.get_offsets(), float).reshape(-1, 2)
    for container in axes.containers:
        for bar in getattr(container, "patches", ()):
            if bar.get_clip_on():
                yield np.array([bar.get_xy(), (bar.get_x() + bar.get_width(), bar.get_y() + bar.get_height())])
