"""Where the words of a chart lie on its page."""

import itertools


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
