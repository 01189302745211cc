"""Charts of the dashboard: lines through the years, areas on top of each other, bars. All words on them are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from eipsim.core.numbers import scale_of
from eipsim.dashboard.svg import (
    HALF,
    LETTER,
    NARROW,
    WIDE,
    Frame,
    axes,
    both,
    canvas,
    dashes,
    element,
    ink,
    text,
    ticks,
)
from eipsim.figures.colours import looks_of
from eipsim.figures.labels import spread
from eipsim.report.words import Words, counted

HEIGHT, LINE, MOST_LETTERS = 330, 17, 24  # units of a chart, of a line of text; letters of a label
ROW = 30  # units of a bar with its name


class Line(NamedTuple):
    """A way through the years in the unit of the data; `band` is what is known of it: low and high, or nothing."""

    scenario: str
    label: str
    values: np.ndarray
    band: tuple[np.ndarray, np.ndarray] | None = None


class Area(NamedTuple):
    """A part of a whole through the years."""

    label: str
    colour: str
    values: np.ndarray


def lines(
    words: Words, years: Sequence[int], series: Sequence[Line], unit: str, year: int | None = None, wide: int = WIDE
) -> str:
    """Ways through the years in the looks that their scenarios have in all figures; a mark at `year`."""
    looks = looks_of([line.scenario for line in series])
    largest = max(float(np.nanmax(np.abs(line.values))) for line in series)
    scale = scale_of(largest, counted(unit))
    tops = [line.band[1] if line.band else line.values for line in series]
    levels = ticks(min(0.0, *(float(line.values.min()) for line in series)), max(float(top.max()) for top in tops)
                   if largest else 1.0)  # fmt: skip

    def draw(width: int) -> str:
        frame, labelled = _frame(width, years, (levels[0], levels[-1]), series)
        parts = axes(
            frame, levels, lambda level: words.number(level / scale.size), words.language.scaled(scale, counted(unit))
        )
        for line, look in zip(series, looks):
            colour = ink(look.colour)
            if line.band:
                parts.append(element("path", d=frame.area(years, *line.band), fill=colour, opacity=0.16))
            parts.append(element("path", d=frame.line(years, line.values), fill="none", stroke=colour, stroke_width=2.6,
                                 stroke_dasharray=dashes(look.line), class_="g-line"))  # fmt: skip
        if year is not None:
            parts += _mark(words, frame, years, series, year, unit)
        parts += _labels(frame, series, [ink(look.colour) for look in looks]) if labelled else []
        return canvas(width, HEIGHT, parts)

    legend = "".join(
        f'<span><svg viewBox="0 0 34 10" aria-hidden="true"><path d="M1,5H33" stroke="{ink(look.colour)}" stroke-width="3" '
        f'stroke-dasharray="{dashes(look.line)}"/></svg>{text_only(line.label)}</span>'
        for line, look in zip(series, looks)
    )
    return f'{both(draw, wide)}<div class="e-legend e-narrow">{legend}</div>'


def text_only(label: str) -> str:
    return text(0, 0, label).partition(">")[2].rpartition("<")[0]


def _frame(width: int, years: Sequence[int], ends: tuple[float, float], series: Sequence[Line]) -> tuple[Frame, bool]:
    """The frame of a chart, and whether names stand at the ends of its lines: on narrow screens a legend has them."""
    labelled = width > NARROW
    room = LETTER * min(MOST_LETTERS, max(len(line.label) for line in series)) + 22 if labelled else 22
    low, high = ends
    return Frame(58.0, 26.0, width - room, HEIGHT - 30.0, years[0], years[-1], low, high), labelled


def _labels(frame: Frame, series: Sequence[Line], colours: Sequence[str]) -> list[str]:
    """Names at the ends of lines, moved apart where they would lie on each other."""
    wanted = [frame.y(float(line.values[-1])) for line in series]
    parts = []
    for line, y, place, colour in zip(series, wanted, spread(wanted, LINE, frame.top, frame.bottom), colours):
        parts.append(
            element("path", d=f"M{frame.right + 2:.1f},{y:.1f}L{frame.right + 14:.1f},{place:.1f}", stroke=colour)
        )
        parts.append(text(frame.right + 18, float(place) + 4.5, shortened(line.label), class_="g-label"))
    return parts


def shortened(label: str, most: int = MOST_LETTERS) -> str:
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"


def _mark(words: Words, frame: Frame, years: Sequence[int], series: Sequence[Line], year: int, unit: str) -> list[str]:
    """The values of a year: a line through it and a dot on each way."""
    position = list(years).index(year)
    x = frame.x(year)
    parts = [element("line", x1=x, x2=x, y1=frame.top, y2=frame.bottom, class_="g-year")]
    for line, look in zip(series, looks_of([line.scenario for line in series])):
        value = float(line.values[position])
        told = element("title", text_only(f"{line.label}, {year}: {words.quantity(value, unit)}"))
        parts.append(element("circle", told, cx=x, cy=frame.y(value), r=4.5, fill=ink(look.colour)))
    return parts


def areas(words: Words, years: Sequence[int], parts: Sequence[Area], over: Line, unit: str) -> str:
    """Parts of a whole on top of each other, and a line over them."""
    stacked = np.vstack([np.zeros(len(years)), np.cumsum([part.values for part in parts], axis=0)])
    top = max(float(stacked[-1].max()), float(over.values.max()), 1e-9)
    scale, levels = scale_of(top, unit), ticks(min(0.0, float(over.values.min())), top)

    def draw(width: int) -> str:
        frame = Frame(58.0, 26.0, width - 22.0, HEIGHT - 30.0, years[0], years[-1], levels[0], levels[-1])
        drawn = axes(frame, levels, lambda level: words.number(level / scale.size), words.language.scaled(scale, unit))
        for part, low, high in zip(parts, stacked, stacked[1:]):
            drawn.append(element("path", d=frame.area(years, low, high), fill=part.colour, class_="g-area"))
        drawn.append(element("path", d=frame.line(years, over.values), class_="g-over"))
        return canvas(width, HEIGHT, drawn)

    keys = [f'<span><i style="background:{part.colour}"></i>{text_only(part.label)}</span>' for part in parts]
    keys.append(
        '<span><svg viewBox="0 0 34 10" aria-hidden="true"><path d="M1,5H33" class="g-over"/></svg>'
        f"{text_only(over.label)}</span>"
    )
    return f'{both(draw, HALF)}<div class="e-legend">{"".join(keys)}</div>'


class Bar(NamedTuple):
    """A row of a bar chart: its name, one value by kind, and the page that it leads to."""

    name: str
    values: Mapping[str, float]
    href: str = ""


def bars(words: Words, rows: Sequence[Bar], colours: Mapping[str, str], labels: Mapping[str, str], unit: str) -> str:
    """Bars side by side within each row, one a kind; numbers beside them."""
    largest = (
        max((abs(value) for row in rows for value in row.values.values() if np.isfinite(value)), default=1.0) or 1.0
    )
    scale = scale_of(largest, unit)
    told = partial(_told, words, scale.size)
    names = max((len(row.name) for row in rows), default=8)
    each = 13

    def draw(width: int) -> str:
        left = min(LETTER * names + 10, 0.42 * width)
        room, high = width - left - 62, ROW - 14 + each * len(labels)
        parts = []
        for k, row in enumerate(rows):
            y = 4.0 + k * high
            name = text(left - 8, y + (high - 8) / 2 + 4, shortened(row.name, int((left - 8) / LETTER)), text_anchor="end",
                        class_="g-label")  # fmt: skip
            parts.append(element("a", name, href=row.href) if row.href else name)
            for j, kind in enumerate(labels):
                value = row.values.get(kind, 0.0)
                length = max(0.0, value / largest * room) if np.isfinite(value) else 0.0
                top = y + j * each
                parts.append(
                    element("rect", x=left, y=top, width=max(length, 0.8), height=each - 3, fill=colours[kind])
                )
                parts.append(text(left + length + 5, top + 9.5, told(value), class_="g-tick"))
        return canvas(width, 8.0 + len(rows) * high, parts)

    keys = "".join(
        f'<span><i style="background:{colours[kind]}"></i>{text_only(label)}</span>' for kind, label in labels.items()
    )
    return f'<div class="e-legend">{keys}<span>{text_only(words.language.scaled(scale, unit))}</span></div>{both(draw, HALF)}'


def _told(words: Words, size: float, value: float) -> str:
    return words.number(value / size, 3)
