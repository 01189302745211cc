"""CO2 against what a law or plan asks: the way of each scenario, the level of the target, and how far the last year is off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from eipsim.errors import InputError, Mistake
from eipsim.figures.colours import GREY, looks_of
from eipsim.figures.fans import draw_fans, in_order, named, quantiles, tidy
from eipsim.figures.labels import label_right
from eipsim.figures.style import Chart, axes_in, page, styled
from eipsim.figures.wording import case_name, number, outcome_name, replicates, scale_of, shortened
from eipsim.outcomes.registry import UNITS
from eipsim.scenarios.entries import Target
from eipsim.scenarios.files import list_scenarios
from eipsim.scenarios.loading import default_scenario, load_scenario
from eipsim.world.files import BUILT_IN

CAPTION = (
    "Triangle: the level that the target asks for, {level} of {of_year}; dashed: a straight way to it, which no law "
    "asks for. {source}. CO₂ of energy and processes of tenant firms, scopes 1 and 2, without methane, nitrous oxide "
    "and refrigerants."
)
MOST_LETTERS = 400


@styled()
def co2_against_target(
    source: Any, target: Target | None = None, *, baseline: str | None = None, ax: Axes | None = None
) -> Chart:
    """The way of emissions in every scenario against a target that asks for a share of what they were in a year.

    Parameters
    ----------
    source : Comparison, Run, a list of runs, runs by name, or a tidy table (scenario, replicate, year, outcomes)
    target : a `Target` with `of_year`; None = that of the scenarios, `target_of`
    baseline : the scenario that is named first; None = the comparison's own, else the first
    ax : axes to draw in; None = a page of its own

    Raises InputError where there is no such target, or its years are not in the runs.
    """
    table = tidy(source)
    target = target_of(source) if target is None else target
    if target is None or target.of_year is None:
        raise InputError(
            Mistake("figure", "no target asks for a share of the CO2 of a year", "give one: Target(..., of_year=2024)")
        )
    years = set(table["year"])
    if not {target.of_year, target.year} <= years:
        told = f"the target compares {target.year} with {target.of_year}"
        raise InputError(Mistake("figure", told, f"the runs have {min(years)} to {max(years)}"))
    scenarios = in_order(table, baseline or getattr(source, "baseline", None))
    bands = {name: quantiles(table[table["scenario"] == name], target.outcome) for name in scenarios}
    n = int(table.groupby("scenario")["replicate"].nunique().min())
    return draw(bands, target, n, ax)


def target_of(source: Any) -> Target | None:
    """The first target of the scenarios of the library in `source` that asks for a share of the CO2 of a year.

    Of scenarios of the user's own in Viet Nam, that of its default one; None where there is no such target.
    """
    names = list(dict.fromkeys(tidy(source)["scenario"].astype(str)))
    known = [name for name in names if name in list_scenarios()]
    world = str(getattr(source, "provenance", {}).get("world", "vietnam"))
    if not known and world in BUILT_IN:
        known = [str(default_scenario(world))]
    for scenario in known:
        for target in load_scenario(scenario).targets.values():
            if target.of_year is not None and target.per is None and target.outcome.startswith("co2"):
                return target
    return None


def has_target(source: Any) -> bool:
    """Whether there is such a target, and its years are in the runs."""
    table = tidy(source)
    target = target_of(source)
    return target is not None and {target.of_year, target.year} <= set(table["year"])


def finding(bands: Mapping[str, pd.DataFrame], target: Target) -> str:
    """How much is left of the base year, of one scenario or in the best and the worst."""
    left = {name: float(band.at[target.year, 0.5] / band.at[target.of_year, 0.5]) for name, band in bands.items()}
    bound = "at most" if target.at_most is not None else "at least"
    asked = f"the target is {bound} {number(100.0 * target.level)} %"
    best, worst = min(left, key=lambda name: left[name]), max(left, key=lambda name: left[name])
    start = f"CO₂ in {target.year} is {number(100.0 * left[best])} % of {target.of_year}"
    if len(left) == 1:
        return f"{start}; {asked}"
    return f"{start} under {named(best)} and {number(100.0 * left[worst])} % under {named(worst)}; {asked}"


def draw(bands: Mapping[str, pd.DataFrame], target: Target, n: int, ax: Axes | None) -> Chart:
    assert target.of_year is not None
    scale = scale_of(max(float(band.to_numpy().max()) for band in bands.values()), UNITS[target.outcome])
    first = next(iter(bands.values()))
    start = float(first.at[target.of_year, 0.5]) / scale.size
    level = target.level * start
    said = shortened(target.source or "given with the figure", MOST_LETTERS)
    told = f"{said[:1].upper()}{said[1:]}".replace("CO2", "CO₂")
    caption = CAPTION.format(level=f"{number(100.0 * target.level)} %", of_year=target.of_year, source=told)
    subtitle = f"In {scale.unit}. {replicates(n)}; at the right, values of {first.index[-1]}."
    chart, box = page(finding(bands, target), subtitle, caption, height=4.6, ax=ax)
    room = 0.35 + 0.072 * max(14, *(len(case_name(name)) for name in bands))
    axes = axes_in(chart, box, left=0.6, right=room, bottom=0.42, ax=ax)
    bands = {name: band / scale.size for name, band in bands.items()}
    ends = draw_fans(axes, bands, bands if n > 1 else ())
    axes.plot([target.of_year, target.year], [start, level], color=GREY, lw=1.0, ls=(0, (4, 3)), zorder=4)
    axes.plot(
        [target.year], [level], "v" if target.at_most is not None else "^", ms=7.0, color=GREY, clip_on=False, zorder=6
    )
    axes.set_ylim(0.0)
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.grid(axis="y")
    axes.set_ylabel(f"{outcome_name(target.outcome)} ({scale.unit})")
    colours = [one.colour for one in looks_of(list(bands))]
    texts = [f"{case_name(name)}\n{number(end)}" for name, end in zip(bands, ends)]
    label_right(axes, [*ends, level], [*texts, f"Target of {target.year}\n{number(level)}"], [*colours, GREY])
    return chart
