"""The symbiosis network of a park: its tenants by sector, what they exchange, and with whom outside."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from eipsim.data.loading import read_facts
from eipsim.errors import InputError, Mistake
from eipsim.figures.colours import BLACK, BLUE, GREEN, GREY, LIGHT, ORANGE, PURPLE, SKY, VERMILION
from eipsim.figures.labels import spread
from eipsim.figures.parks import find_park, name_of, of_park, running
from eipsim.figures.pieces import in_inches
from eipsim.figures.style import Chart, axes_in, page, styled
from eipsim.figures.wording import number, pretty_unit

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run

LOOKS: tuple[tuple[str, Any], ...] = (
    (BLUE, "-"), (VERMILION, "-"), (GREEN, "-"), (PURPLE, "-"), (ORANGE, "-"), (SKY, (0, (5, 1))), (BLACK, (0, (1, 1))),
)  # fmt: skip
OTHER_LOOK = (GREY, (0, (3, 1, 1, 1)))
ROW, HEADING, LEGEND_ROW = 0.5, 0.1, 0.19  # inches
SIDE = 1.5  # inches for partners at each margin
COUNT_AT, AMOUNT_AT = 3.9, 4.05  # inches, right and left edge of the legend's columns
THIN, THICK = 0.9, 4.6  # points, of the smallest and the largest flow of a stream
MOST_DOTS = 46
CAPTION = (
    "Dots: tenants, in rows by sector; those that take part are large, the others small. Squares: partners outside the park, "
    "givers at the left, takers at the right. Arrows lead from who gives to who takes; their width grows with the square root "
    "of the quantity, against the largest of the same stream."
)


class Node(NamedTuple):
    """A tenant or partner: where it stands [inches], and whether it is a tenant of the park."""

    x: float
    y: float
    tenant: bool


@styled()
def symbiosis_network(run: Run, park: str | None = None, year: int | None = None) -> Chart:
    """Who exchanges what in and around a park at the end of a year.

    Parameters
    ----------
    run : Run; one with detail also shows the tenants that take no part (last year only) and earlier years
    park : id or name; None = the park with most exchanges in operation
    year : None = the last year of the run

    Raises InputError for an unknown park or year, or when nothing is exchanged there.
    """
    exchanges = running(run, year)
    park_id = find_park(run, park, exchanges)
    links = of_park(exchanges, park_id)
    last = int(run.outcomes.index[-1])
    year = last if year is None else year
    if links.empty:
        raise InputError(Mistake("figure", f"no exchange of {name_of(run, park_id)} is in operation in {year}"))
    links = with_places(with_streams(links), run.parks)
    tenants = tenants_by_sector(run, park_id) if year == last else pd.Series(dtype=float)
    at = run.parks[(run.parks["park_id"].astype(str) == park_id) & (run.parks["year"] == year)].iloc[0]
    return draw(links, tenants, park_id, finding(links, park_id, name_of(run, park_id), int(at["firms"]), year))


def with_streams(links: pd.DataFrame) -> pd.DataFrame:
    """The links with `stream`, the type's label, largest types first; from the eighth on they are together."""
    labels = links["label"].astype(str).str.removeprefix("urban-industrial: ")
    ranked = labels.value_counts().index
    kept = list(ranked[: len(LOOKS)])
    return links.assign(stream=labels.where(labels.isin(kept), "other streams"))


def with_places(links: pd.DataFrame, parks: pd.DataFrame) -> pd.DataFrame:
    """The links with the names of both parks."""
    names = dict(zip(parks["park_id"].astype(str), parks["name"].astype(str)))
    places = {f"{role}_place": links[f"{role}_park"].astype(str).map(names) for role in ("donor", "receiver")}
    return links.assign(**places)


def tenants_by_sector(run: Run, park_id: str) -> pd.Series:
    """Number of tenants by name of sector in the last year; empty without detail."""
    if run.material_flows is None:
        return pd.Series(dtype=float)
    here = run.material_flows[run.material_flows["park_id"] == park_id]
    return here.set_index("sector")["firms"]


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


def draw(links: pd.DataFrame, tenants: pd.Series, park_id: str, title: str) -> Chart:
    firms = members(links, park_id)
    sectors = list(dict.fromkeys(firms["sector"]))
    streams = [str(stream) for stream in links["stream"].value_counts().index]
    others = int(tenants.drop(sectors, errors="ignore").sum())
    rows = max(len(sectors) + (1 if others else 0), 3)
    height = 2.0 + ROW * rows + HEADING + LEGEND_ROW * (len(streams) + 1)
    subtitle = "Tenants by sector, and what goes from whom to whom."
    chart, box = page(title, subtitle, CAPTION, height=height)
    axes = axes_in(chart, box)
    wide, _ = in_inches(axes)
    sides = margins(links, set(firms["firm"]), wide)
    nodes = place_tenants(axes, firms, sectors, tenants, others, sides)
    nodes |= place_partners(axes, links, nodes, sides, HEADING + ROW * rows)
    draw_links(axes, links, nodes, streams)
    draw_legend(axes, links, streams, HEADING + ROW * rows + 0.28)
    return chart


def place_tenants(
    axes: Axes, firms: pd.DataFrame, sectors: list[str], tenants: pd.Series, others: int, sides: tuple[float, float]
) -> dict[str, Node]:
    """A row of dots a sector between the two margins; returns the nodes of those that take part."""
    nodes: dict[str, Node] = {}
    left, right = sides[0] + 0.35, sides[1] - 0.35
    for k, sector in enumerate(sectors):
        y = HEADING + ROW * (k + 0.62)
        taking = list(firms.loc[firms["sector"] == sector, "firm"])
        total = int(tenants.get(sector, len(taking)))
        say = f"{len(taking)} of {total}" if len(tenants) else f"{len(taking)}"
        axes.text(left, y - 0.2, f"{sector}  ({say})", fontsize=7.4, va="center", zorder=6, bbox=halo())
        # every other row begins half a step later, so that arrows do not run through the dots of other rows
        spots = left + (right - left) * (np.arange(len(taking)) + 0.35 + 0.3 * (k % 2)) / max(len(taking), 1)
        dots(axes, total - len(taking), left, right, y)
        axes.scatter(spots, [y] * len(taking), s=44, color="white", edgecolor="black", lw=1.1, zorder=5)
        nodes |= {firm: Node(float(x), y, True) for firm, x in zip(taking, spots)}
    if others:
        y = HEADING + ROW * (len(sectors) + 0.62)
        axes.text(left, y - 0.2, f"other sectors  (0 of {others})", fontsize=7.4, va="center", color=GREY)
        dots(axes, others, left, right, y)
    return nodes


def halo() -> dict[str, Any]:
    """White behind words that lines may run through."""
    return {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85}


def dots(axes: Axes, count: int, left: float, right: float, y: float) -> None:
    """Small dots for tenants that take no part, in a line; one dot for several where there are too many."""
    shown = min(count, MOST_DOTS)
    if shown > 0:
        axes.scatter(np.linspace(left, right, shown + 2)[1:-1], [y] * shown, s=3.5, color=LIGHT, zorder=1)


def margins(links: pd.DataFrame, firms: set[str], wide: float) -> tuple[float, float]:
    """Where partners outside stand [inches from the left]: givers, takers; without any the tenants have more room."""
    left, right = ((~links[role].astype(str).isin(firms)).any() for role in ("donor", "receiver"))
    return SIDE if left else 0.0, wide - SIDE if right else wide


def place_partners(
    axes: Axes, links: pd.DataFrame, tenants: dict[str, Node], sides: tuple[float, float], bottom: float
) -> dict[str, Node]:
    """Squares at the margins for partners outside, as near as may be to the tenants they deal with."""
    nodes: dict[str, Node] = {}
    for role, other, x, outwards in (("donor", "receiver", sides[0], -1), ("receiver", "donor", sides[1], 1)):
        partners: dict[str, list[float]] = {}
        labels: dict[str, str] = {}
        for link in links.to_dict("records"):
            if str(link[role]) not in tenants:
                name = partner_key(role, link)
                near = tenants.get(str(link[other]))
                partners.setdefault(name, []).append(near.y if near else 0.5 * bottom)
                labels[name] = partner_label(role, link)
        wanted = [float(np.mean(places)) for places in partners.values()]
        for name, y in zip(partners, spread(wanted, 0.46, HEADING + 0.15, bottom - 0.15)):
            nodes[name] = Node(x, float(y), False)
            axes.scatter([x], [y], s=34, marker="s", color="#333333", zorder=5)
            text = "\n".join(textwrap.wrap(labels[name], 21)[:3])
            side = "left" if outwards > 0 else "right"
            axes.text(x + 0.1 * outwards, y, text, fontsize=7.4, va="center", ha=side, linespacing=1.05)
    return nodes


def partner_key(role: str, link: dict[str, Any]) -> str:
    return f"{role}:{link[role]}"


def partner_label(role: str, link: dict[str, Any]) -> str:
    """The name of a partner outside; of a tenant elsewhere its sector and park."""
    sector = str(link[f"{role}_sector"])
    return str(link[role]) if sector == "" else f"{sector_names()[sector]} in {link[f'{role}_place']}"


def draw_links(axes: Axes, links: pd.DataFrame, nodes: dict[str, Node], streams: list[str]) -> None:
    largest = links.groupby("type", observed=True)["quantity"].max()
    for position, link in enumerate(links.to_dict("records")):
        start, end = (
            nodes[str(link[role])] if str(link[role]) in nodes else nodes[partner_key(role, link)]
            for role in ("donor", "receiver")
        )
        share = np.sqrt(link["quantity"] / largest[link["type"]]) if largest[link["type"]] > 0.0 else 0.0
        colour, line = look_of(link["stream"], streams)
        bend = 0.0 if start.tenant != end.tenant else 0.35
        bend += 0.05 * ((position % 3) - 1)
        axes.add_patch(
            FancyArrowPatch(
                (start.x, start.y), (end.x, end.y), arrowstyle="-|>", mutation_scale=9, connectionstyle=f"arc3,rad={bend}",
                lw=THIN + (THICK - THIN) * share, color=colour, ls=line, alpha=0.8, shrinkA=4, shrinkB=5, zorder=3,
            )
        )  # fmt: skip


def look_of(stream: str, streams: list[str]) -> tuple[str, Any]:
    if stream == "other streams":
        return OTHER_LOOK
    return LOOKS[[name for name in streams if name != "other streams"].index(stream)]


def draw_legend(axes: Axes, links: pd.DataFrame, streams: list[str], y: float) -> None:
    """What each colour stands for, with number and quantity of its exchanges."""
    axes.text(0.0, y, "Stream", fontsize=7.6, fontweight="bold", va="center")
    for x, text, side in ((COUNT_AT, "exchanges", "right"), (AMOUNT_AT, "moved in the year", "left")):
        axes.text(x, y, text, fontsize=7.4, color=GREY, va="center", ha=side)
    for k, stream in enumerate(streams):
        own, at = links[links["stream"] == stream], y + LEGEND_ROW * (k + 1)
        colour, line = look_of(stream, streams)
        axes.plot([0.0, 0.3], [at, at], color=colour, ls=line, lw=2.6)
        axes.text(0.4, at, stream, fontsize=7.4, va="center")
        axes.text(COUNT_AT, at, f"{len(own)}", fontsize=7.4, va="center", ha="right")
        axes.text(AMOUNT_AT, at, amounts(own), fontsize=7.4, va="center")


def amounts(links: pd.DataFrame) -> str:
    """Quantities by unit, as `120 t, 40 GJ`."""
    by_unit = links.groupby(links["unit"].astype(str))["quantity"].sum()
    return ", ".join(f"{number(float(total))} {pretty_unit(unit)}" for unit, total in by_unit.items())
