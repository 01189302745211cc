"""Pathways of scenarios: median and bands over replicates, named at their ends, the finding in the title."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import blended_transform_factory

from eipsim.errors import InputError, Mistake, unknown
from eipsim.figures.colours import BASELINE, looks_of
from eipsim.figures.labels import label_right
from eipsim.figures.pieces import over_years
from eipsim.figures.promises import qualified
from eipsim.figures.style import Chart, axes_in, inches_of, page, room_of, styled
from eipsim.figures.wording import (
    Change,
    case_name,
    change,
    definition_of,
    in_sentence,
    is_plural,
    number,
    outcome_name,
    quantity,
    replicates,
    scale_of,
)  # fmt: skip
from eipsim.outcomes.registry import UNITS

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run

BANDS = ((0.05, 0.95, 0.13), (0.25, 0.75, 0.22))  # from, to, opacity
FEW = 4.0  # axes of counts beyond this have whole numbers only
MOST_FANS, BAR_INCHES = 3, 0.11  # above so many scenarios, most show their bands as a bar at the last year
BELOW, INCH_LINE, INCH_LETTER = 0.42, 0.13, 0.068  # room for years; a line and a letter of the words beside the scale
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@styled()
def pathways(
    source: Any, outcome: str = "co2_avoided_t", *, baseline: str | None = None, ax: Axes | None = None
) -> Chart:
    """The way of `outcome` from year to year in every scenario: median, 50 and 90 % bands over replicates.

    Parameters
    ----------
    source : Comparison, Run, a list of runs, runs by name, or a tidy table (scenario, replicate, year, outcomes)
    outcome : name of an outcome, see `eipsim show outcomes`
    baseline : the scenario others are compared with in the title; None = the comparison's own, else the first
    ax : axes to draw in; None = a page of its own

    Raises InputError for an unknown outcome or baseline.
    """
    table = tidy(source)
    if outcome not in table or outcome not in UNITS:
        raise InputError(unknown("figure", "outcome", outcome, [name for name in UNITS if name in table]))
    baseline = baseline or getattr(source, "baseline", None)
    scenarios = in_order(table, baseline)
    bands = {scenario: quantiles(table[table["scenario"] == scenario], outcome) for scenario in scenarios}
    n = int(table.groupby("scenario")["replicate"].nunique().min())
    return draw(bands, outcome, qualified(finding(table, bands, outcome), table), n, ax)


def tidy(source: Any) -> pd.DataFrame:
    """Any source as one table with columns scenario, replicate, year and outcomes."""
    if isinstance(source, pd.DataFrame):
        return source
    if hasattr(source, "pathways"):
        return source.pathways
    if hasattr(source, "outcomes"):
        return tidy([source])
    named = source.items() if isinstance(source, Mapping) else [(None, run) for run in source]
    parts = [
        run.outcomes.reset_index().assign(scenario=name or scenario_of(run), replicate=replicate_of(run))
        for name, one_or_more in named
        for run in (one_or_more if isinstance(one_or_more, Sequence) else [one_or_more])
    ]
    if not parts:
        raise InputError(Mistake("figure", "there is no run to show"))
    return pd.concat(parts, ignore_index=True)


def scenario_of(run: Run) -> str:
    return str(getattr(run, "provenance", {}).get("scenario") or getattr(getattr(run, "case", None), "name", "run"))


def replicate_of(run: Run) -> str:
    """What tells runs of one scenario apart."""
    provenance = getattr(run, "provenance", {})
    return f"{provenance.get('seed', 0)}.{provenance.get('replicate', getattr(run, 'replicate', 0))}"


def in_order(table: pd.DataFrame, baseline: str | None) -> list[str]:
    """The scenarios, the baseline first. InputError when it is not among them."""
    names = list(dict.fromkeys(table["scenario"].astype(str)))
    if baseline is None:
        baseline = BASELINE if BASELINE in names else names[0]
    if baseline not in names:
        raise InputError(unknown("figure", "baseline", baseline, names))
    return [baseline, *(name for name in names if name != baseline)]


def quantiles(table: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """LEVELS of the outcome over replicates, a row a year, a column a level."""
    return table.groupby("year")[outcome].quantile(np.array(LEVELS)).unstack()


def finding(table: pd.DataFrame, bands: Mapping[str, pd.DataFrame], outcome: str) -> str:
    """What the data say, in one sentence: of flows the sum over all years, of everything else the last year."""
    first, *others = bands
    if not others:
        return change_over_time(bands[first][0.5], outcome_name(outcome), UNITS[outcome])
    totals, unit = in_all(table, outcome)
    years = bands[first].index
    span = f"{years[0]}–{years[-1]}" if unit != UNITS[outcome] else f"in {years[-1]}"
    changes = {scenario: compared(totals, scenario, first, unit) for scenario in others}
    return f"{outcome_name(outcome)} {span}: {effects_in_words(changes, totals.median(), first)}"


def effects_in_words(changes: Mapping[str, Change | None], middle: pd.Series, baseline: str) -> str:
    """The largest effect and the one most unlike it, or that there is none; `middle` has the median of every scenario."""
    if not any(changes.values()):
        name = named(next(iter(changes)))
        clearly = f"clearly from {named(baseline)}"
        return f"{name} does not differ {clearly}" if len(changes) == 1 else f"no scenario differs {clearly}"
    effects = {name: middle[name] - middle[baseline] if change else 0.0 for name, change in changes.items()}
    far = max(effects, key=lambda name: abs(effects[name]))
    near = min(effects, key=lambda name: effects[name] * effects[far])
    sentence = effect(changes[far], far, named(baseline), named(baseline))
    return sentence if far == near else f"{sentence}, {effect(changes[near], near, named(baseline), 'it')}"


def effect(change: Change | None, scenario: str, base: str, again: str) -> str:
    """What one scenario does; `again` stands for the base where the sentence has named it before."""
    where = f"{'in' if scenario == BASELINE else 'under'} {named(scenario)}"
    if change is None:
        return f"no clear difference {where}"
    return f"{change.words} {base if change.is_multiple else again} {where}"


def named(scenario: str) -> str:
    """A scenario inside a sentence."""
    return "the baseline" if scenario == BASELINE else in_sentence(case_name(scenario))


def in_all(table: pd.DataFrame, outcome: str) -> tuple[pd.DataFrame, str]:
    """What is compared, a row a replicate, a column a scenario, and its unit: sums of flows, else last values."""
    unit = UNITS[outcome]
    summed = unit.endswith("/yr")
    rows = table if summed else table[table["year"] == table["year"].max()]
    totals = rows.groupby(["replicate", "scenario"])[outcome].sum().unstack()
    return totals, unit.removesuffix("/yr")


def compared(totals: pd.DataFrame, scenario: str, baseline: str, unit: str) -> Change | None:
    """The difference from the baseline in words; None when the 90 % range of paired differences holds zero."""
    difference = (totals[scenario] - totals[baseline]).dropna()
    if difference.empty or difference.quantile(0.05) <= 0.0 <= difference.quantile(0.95):
        return None
    base = float(totals[baseline].median())
    return change(base + float(difference.median()), base, unit)


def change_over_time(median: pd.Series, name: str, unit: str) -> str:
    """The title of a single scenario."""
    start, end = float(median.iloc[0]), float(median.iloc[-1])
    verb = ("rise" if end > start else "fall") + ("" if is_plural(name) else "s")
    first, last = median.index[0], median.index[-1]
    if start == end:
        return f"{name}: {quantity(end, unit, name)} in {last}, as in {first}"
    return f"{name} {verb} from {quantity(start, unit, name)} in {first} to {quantity(end, unit, name)} in {last}"


def draw(bands: Mapping[str, pd.DataFrame], outcome: str, title: str, n: int, ax: Axes | None) -> Chart:
    largest = max(float(band.abs().to_numpy().max()) for band in bands.values())
    scale = scale_of(largest, UNITS[outcome])
    year = next(iter(bands.values())).index[-1]
    subtitle = f"In {scale.unit}. {replicates(n)}; at the right, values of {year}."
    chart, box = page(title, subtitle, definition_of(outcome), ax=ax)
    widest = max(len(case_name(name)) for name in bands)
    crowded = len(bands) > MOST_FANS
    room = BAR_INCHES * len(bands) if crowded and n > 1 else 0.0
    label = label_of(outcome, scale.unit, room_of(chart, box)[1] - BELOW)
    left = 0.55 + INCH_LINE * label.count("\n")
    axes = axes_in(chart, box, left=left, right=0.35 + room + 0.072 * max(widest, 14), bottom=BELOW, ax=ax)
    highest = max(bands, key=lambda name: float(bands[name][0.5].iloc[-1]))
    fanned = {next(iter(bands)), highest} if crowded else set(bands)
    bands = {name: band / scale.size for name, band in bands.items()}
    ends = draw_fans(axes, bands, fanned if n > 1 else ())
    finish(axes, bands, ends, scale.size == 1.0, room)
    axes.set_ylabel(label)
    return chart


def label_of(outcome: str, unit: str, height: float) -> str:
    """The words beside the scale of axes so high [inches]; the unit stands in a line of its own where they are too long."""
    name = outcome_name(outcome)
    return f"{name} ({unit})" if INCH_LETTER * len(f"{name} ({unit})") < height else f"{name}\n({unit})"


def draw_fans(axes: Axes, bands: Mapping[str, pd.DataFrame], fanned: Collection[str]) -> list[float]:
    """The line of every scenario, with the bands of those that are `fanned`; returns where the lines end."""
    for (colour, line), (name, band) in zip(looks_of(list(bands)), bands.items()):
        for low, high, opacity in BANDS if name in fanned else ():
            axes.fill_between(band.index, band[low], band[high], color=colour, alpha=opacity, lw=0)
        axes.plot(band.index, band[0.5], color=colour, ls=line, lw=1.7)
        over_years(axes, band.index)
    return [float(band[0.5].iloc[-1]) for band in bands.values()]


def finish(axes: Axes, bands: Mapping[str, pd.DataFrame], ends: list[float], is_count: bool, room: float) -> None:
    """The scale and, after `room` [inches] for bars, the names of the scenarios at the ends of their lines."""
    least = min(float(band.to_numpy().min()) for band in bands.values())
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, 0.0) if least < 0.0 else 0.0, high if high > 0.0 else 1.0)
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=is_count and high > FEW))
    axes.grid(axis="y")
    colours = [look.colour for look in looks_of(list(bands))]
    inches = inches_of(axes)[0]
    if room > 0.0:
        draw_bars(axes, [band.iloc[-1] for band in bands.values()], colours, inches)
    whole = all(end.is_integer() for end in ends)
    texts = [f"{case_name(scenario)}\n{number(end, strip=whole)}" for scenario, end in zip(bands, ends)]
    label_right(axes, ends, texts, colours, after=room / inches)


def draw_bars(axes: Axes, ranges: list[pd.Series], colours: list[str], inches: float) -> None:
    """The bands of the last year, right of the axes: thin 5 to 95 %, thick 25 to 75 %, a notch at the median."""
    across = blended_transform_factory(axes.transAxes, axes.transData)
    for k, (levels, colour) in enumerate(zip(ranges, colours)):
        x = 1.0 + BAR_INCHES * (k + 0.6) / inches
        look: dict[str, Any] = {"color": colour, "transform": across, "clip_on": False, "solid_capstyle": "butt"}
        axes.plot([x, x], [levels[0.05], levels[0.95]], lw=1.0, **look)
        axes.plot([x, x], [levels[0.25], levels[0.75]], lw=4.0, **look)
        for notch, thickness in ((colour, 3.0), ("white", 1.2)):
            look |= {"color": notch, "marker": "_", "ms": 5.0, "mew": thickness}
            axes.plot([x], [levels[0.5]], **look)
