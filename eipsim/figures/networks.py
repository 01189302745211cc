"""The symbiosis network of a park: which sectors and partners give what to whom, bundled by stream.

A line for every exchange cannot be read where there are fifty. So those of the same stream between the same two are one ribbon,
and what is left after the largest streams and partners is summed under a name that says so.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle

from eipsim.data.loading import read_facts
from eipsim.errors import InputError, Mistake
from eipsim.figures.colours import BLUE, GREEN, GREY, LIGHT, ORANGE, PURPLE, SKY, VERMILION, YELLOW
from eipsim.figures.fonts import readable
from eipsim.figures.parks import find_park, name_of, of_park, running
from eipsim.figures.pieces import in_inches
from eipsim.figures.ribbons import BAR, DARK, GAP, HEAD, Column, column, ribbon
from eipsim.figures.style import Chart, axes_in, page, styled
from eipsim.figures.wording import number, pretty_unit

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run

COLOURS = (BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW, "#8c6d46", "#333333")
OTHER_STREAMS = "other streams"
MOST_ON_A_SIDE = 12  # givers or takers with a name of their own
SIDE, STREAM, LETTERS, STREAM_LETTERS = 1.66, 2.0, 27, 36  # inches and letters for names at the sides and of streams
ROW, LINE = 0.26, 0.115  # least inches of a node at the side; a line of the words of a stream
THICKEST, ALL = 0.14, 2.4  # inches of one exchange, of all
CAPTION = (
    "Each ribbon is as thick as its number of exchanges; it leads from who gives, at the left, through what is given to "
    "who takes, at the right. Dark: tenants of the park, by sector; pale: partners outside. Amounts are what streams moved in "
    "the year."
)


class Side(NamedTuple):
    """Who gives, or who takes: number of exchanges by node and stream, and which nodes are tenants of the park."""

    flows: pd.DataFrame
    inside: set[str]


@styled()
def symbiosis_network(run: Run, park: str | None = None, year: int | None = None) -> Chart:
    """Who exchanges what in and around a park at the end of a year.

    Parameters
    ----------
    run : Run; for years before the last, one made with `detail=True`
    park : id or name; None = the park with most exchanges in operation
    year : None = the last year of the run

    Raises InputError for an unknown park or year, or when nothing is exchanged there.
    """
    exchanges = running(run, year)
    park_id = find_park(run, park, exchanges)
    links, run = of_park(exchanges, park_id), readable(run)
    year = int(run.outcomes.index[-1]) if year is None else year
    if links.empty:
        raise InputError(Mistake("figure", f"no exchange of {name_of(run, park_id)} is in operation in {year}"))
    links = with_places(with_streams(links), run.parks)
    at = run.parks[(run.parks["park_id"].astype(str) == park_id) & (run.parks["year"] == year)].iloc[0]
    return draw(links, park_id, finding(links, park_id, name_of(run, park_id), int(at["firms"]), year))


def with_streams(links: pd.DataFrame) -> pd.DataFrame:
    """The links with `stream`, the type's label; those with fewest exchanges are together where there are too many."""
    labels = links["label"].astype(str).str.removeprefix("urban-industrial: ")
    ranked = labels.value_counts().index
    kept = ranked if len(ranked) <= len(COLOURS) else ranked[: len(COLOURS) - 1]
    return links.assign(stream=labels.where(labels.isin(kept), OTHER_STREAMS))


def with_places(links: pd.DataFrame, parks: pd.DataFrame) -> pd.DataFrame:
    """The links with the names of both parks."""
    names = dict(zip(parks["park_id"].astype(str), parks["name"].astype(str)))
    places = {f"{role}_place": links[f"{role}_park"].astype(str).map(names) for role in ("donor", "receiver")}
    return links.assign(**places)


def members(links: pd.DataFrame, park_id: str) -> pd.DataFrame:
    """The park's tenants that take part: name and sector, a row each, by sector."""
    sides = [
        links.loc[links[f"{role}_park"].astype(str) == park_id, [role, f"{role}_sector"]].to_numpy(str)
        for role in ("donor", "receiver")
    ]
    table = pd.DataFrame(np.concatenate(sides), columns=["firm", "sector"])
    table = table[table["sector"] != ""].drop_duplicates("firm")
    return table.assign(sector=table["sector"].map(sector_names())).sort_values(["sector", "firm"])


def sector_names() -> dict[str, str]:
    """Names of the sectors by id."""
    table = read_facts("archetypes")
    return dict(zip(table["arch_id"], table["name"]))


def finding(links: pd.DataFrame, park_id: str, name: str, firms: int, year: int) -> str:
    count, inside = len(members(links, park_id)), int(is_inside(links, park_id).sum())
    among = "none of them among themselves" if inside == 0 else f"{inside} of them within the park"
    many = "one exchange" if len(links) == 1 else f"{len(links)} exchanges"
    return (
        f"{name} in {year}: {count} of {firms} tenants take part in {many}, {among}, "
        f"which avoid {number(float(links['co2_t'].sum()))} tCO₂ a year"
    )


def is_inside(links: pd.DataFrame, park_id: str) -> pd.Series:
    """Links between two tenants of the park."""
    both = (links["donor_park"].astype(str) == park_id) & (links["receiver_park"].astype(str) == park_id)
    return both & (links["donor_sector"].astype(str) != "") & (links["receiver_sector"].astype(str) != "")


def side_of(links: pd.DataFrame, role: str, park_id: str) -> Side:
    """Exchanges by who has the `role` (donor, receiver) and by stream, most first; the smallest nodes are together."""
    names = sector_names()
    sectors, places = links[f"{role}_sector"].astype(str), links[f"{role}_place"].astype(str)
    own = (links[f"{role}_park"].astype(str) == park_id) & (sectors != "")
    elsewhere = sectors.map(names) + " in " + places
    nodes = links[role].astype(str).where(sectors == "", elsewhere).where(~own, sectors.map(names))
    counts = nodes.value_counts()
    if len(counts) > MOST_ON_A_SIDE + 1:
        few = f"{len(counts) - MOST_ON_A_SIDE} others"
        nodes = nodes.where(nodes.isin(counts.index[:MOST_ON_A_SIDE]), few)
    flows = pd.crosstab(nodes, links["stream"])
    return Side(flows.loc[flows.sum(axis=1).sort_values(ascending=False, kind="stable").index], set(nodes[own]))


def draw(links: pd.DataFrame, park_id: str, title: str) -> Chart:
    """Givers, streams and takers from left to right, and the ribbons between them."""
    streams = [name for name in links["stream"].value_counts().index if name != OTHER_STREAMS]
    streams += [OTHER_STREAMS] * (OTHER_STREAMS in set(links["stream"]))
    sides = [side_of(links, role, park_id) for role in ("donor", "receiver")]
    thick = min(THICKEST, ALL / len(links))
    counts, words = links["stream"].value_counts().loc[streams], {name: words_of(links, name) for name in streams}
    rooms = pd.Series({name: LINE * (text.count("\n") + 2) for name, text in words.items()})
    high = max(height_of(counts, rooms, thick), *(height_of(side.flows.sum(axis=1), ROW, thick) for side in sides))
    chart, box = page(title, "Exchanges in operation, by who gives, what, and who takes.", CAPTION, height=1.75 + high)
    axes = axes_in(chart, box)
    wide, high = in_inches(axes)
    middle = column((wide - STREAM) / 2.0, counts, 1.0 / thick, high, rooms)
    for x, word in ((SIDE + BAR, "Gives"), (middle.x + 0.06, "What"), (wide - SIDE - BAR, "Takes")):
        look: dict[str, Any] = {"ha": "right" if word == "Gives" else "left", "fontsize": 8.8, "fontweight": "bold"}
        axes.text(x, 0.12, word, va="center", **look)
    colours = dict(zip(streams, COLOURS)) | {OTHER_STREAMS: GREY}
    for side, x, outwards in zip(sides, (SIDE, wide - SIDE - BAR), (-1, 1)):
        draw_side(axes, side, column(x, side.flows.sum(axis=1), 1.0 / thick, high, ROW), middle, (colours, outwards))
    name_streams(axes, middle, words, colours)
    return chart


def height_of(counts: pd.Series, least: Any, thick: float) -> float:
    """Inches that a column of nodes takes."""
    return HEAD + float((counts * thick).clip(lower=least).sum()) + GAP * (len(counts) - 1)


def draw_side(axes: Axes, side: Side, nodes: Column, middle: Column, look: tuple[dict[str, str], int]) -> None:
    """The nodes of one side with their names and numbers, and their ribbons to or from the streams."""
    colours, outwards = look
    at_node, at_stream, thick = nodes.top.copy(), middle.top.copy(), 1.0 / nodes.per_inch
    for stream in middle.top.index:
        for node in side.flows.index:
            count = float(side.flows.at[node, stream]) * thick
            if count > 0.0:
                ends = (nodes.x + BAR, at_node[node]), (middle.x, at_stream[stream])
                if outwards > 0:
                    ends = (middle.x + STREAM, at_stream[stream]), (nodes.x, at_node[node])
                axes.add_patch(
                    PathPatch(ribbon(*ends, count), facecolor=colours[stream], alpha=0.6, lw=0, gid=f"{node}")
                )
            at_node[node] += count
            at_stream[stream] += count
    for node, top, count in zip(nodes.top.index, nodes.top, nodes.flows):
        fill = DARK if node in side.inside else LIGHT
        axes.add_patch(
            Rectangle((nodes.x, top), BAR, count * thick, facecolor=fill, edgecolor="black", lw=0.4, zorder=4)
        )
        x, align = (nodes.x - 0.07, "right") if outwards < 0 else (nodes.x + BAR + 0.07, "left")
        axes.text(x, top + 0.5 * count * thick, in_lines(f"{node}\u00a0\u00a0{count}"), fontsize=7.0, va="center", ha=align,
                  linespacing=1.0)  # fmt: skip


def name_streams(axes: Axes, streams: Column, words: dict[str, str], colours: dict[str, str]) -> None:
    """A pale block for each stream with its words."""
    for stream, top, count in zip(streams.top.index, streams.top, streams.flows):
        middle, high = top + 0.5 * count / streams.per_inch, LINE * (words[stream].count("\n") + 1.7)
        high = max(count / streams.per_inch, high)
        block = (streams.x, middle - 0.5 * high)
        axes.add_patch(Rectangle(block, STREAM, high, facecolor="#f4f4f4", edgecolor=colours[stream], lw=1.1, zorder=4))
        axes.text(streams.x + 0.06, middle, words[stream], fontsize=6.8, va="center", linespacing=1.05, zorder=5)


def words_of(links: pd.DataFrame, stream: str) -> str:
    """The name of a stream, and below it the number of its exchanges and what they moved."""
    own = links[links["stream"] == stream]
    name = f"{own['label'].nunique()} {stream}" if stream == OTHER_STREAMS else stream
    return "\n".join([*textwrap.wrap(name, STREAM_LETTERS), f"{len(own)}: {amounts(own)}"])


def in_lines(text: str) -> str:
    """A name in two lines at most; what is longer ends in dots.

    >>> in_lines("cement, ceramics, glass, concrete in Long Thành Industrial Park")
    'cement, ceramics, glass,\\nconcrete in Long Thành …'
    """
    lines = textwrap.wrap(text, LETTERS)
    return "\n".join(lines[:2]) + (" …" if len(lines) > 2 else "")


def amounts(links: pd.DataFrame) -> str:
    """Quantities by unit, as `120 t, 40 GJ`."""
    by_unit = links.groupby(links["unit"].astype(str))["quantity"].sum()
    return ", ".join(f"{number(float(total))} {pretty_unit(unit)}" for unit, total in by_unit.items())
