"""The model beside observed facts: a line a fact, each on a scale of its own."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from eipsim.analysis.evidence.verdicts import (
    AGREES,
    IN_PART,
    NO_VERDICT,
    TOO_HIGH,
    TOO_LOW,
    TOO_VAGUE,
    VERDICTS,
    quantiles_of,
)
from eipsim.core.names import enumerated
from eipsim.data.fact_rows import TEST
from eipsim.figures.colours import BLUE, GREEN, GREY, LIGHT, ORANGE, VERMILION
from eipsim.figures.style import Chart, axes_in, page, styled
from eipsim.figures.wording import case_name, number, scale_of

ROW_INCHES, NAME_INCHES, RESULT_INCHES, WIDTH = 0.46, 2.35, 1.5, 7.2
LONGEST_LINE = 38  # letters of a name
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
COLOURS = {
    AGREES: GREEN, IN_PART: ORANGE, TOO_VAGUE: ORANGE, TOO_LOW: VERMILION, TOO_HIGH: VERMILION, NO_VERDICT: GREY,
}  # fmt: skip
EDGE = 0.08  # of the width of a line, left free on either side
CAPTION = (
    "Grey band: observed range. Thin line: the range that holds one more run nine times in ten, given 20 runs; thick line: "
    "half of the time; notch: median. Each line has a scale of its own, from the lower to the higher of the numbers below it. "
    "Facts agree when one of the two ranges holds the other and the model's is at most three times as wide. A test is a fact "
    "that the model was not made with; fitted facts and inputs are none."
)


@styled()
def validation(result: Any, *, ax: Axes | None = None) -> Chart:
    """Every fact of a `Validation`: the observed range, the model's, and the verdict; `ax`: axes to draw in."""
    facts = list(zip(result.facts, result.judgements))
    height = 1.25 + ROW_INCHES * len(facts)
    chart, box = page(finding(result), subtitle(result), CAPTION, WIDTH, height, ax)
    axes = axes_in(chart, box, left=NAME_INCHES, right=RESULT_INCHES, ax=ax)
    axes.set(xlim=(0.0, 1.0), ylim=(len(facts) - 0.5, -0.5), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    for row, (fact, found) in enumerate(facts):
        draw_fact(axes, row, fact, found, result.values[fact.name].to_numpy())
    return chart


def finding(result: Any) -> str:
    """How many tests agree, and what the others have in common; of facts that are no tests the same, with that said first."""
    tests = result.counts[TEST]
    if sum(tests.values()):
        return told("tests", tests)
    counts = {verdict: sum(of[verdict] for of in result.counts.values()) for verdict in VERDICTS}
    return f"No fact is a test. {told('that the model was made with', counts)}"


def told(what: str, counts: dict[str, int]) -> str:
    """How many agree, and on how many the model is wrong, vague or not to be judged."""
    total = sum(counts.values())
    if counts[NO_VERDICT] == total:
        return f"No verdict on {total} {what}"
    parts = [f"{counts[IN_PART]} in part"] if counts[IN_PART] else []
    wrong = [f"{verdict} on {counts[verdict]}" for verdict in (TOO_LOW, TOO_HIGH, TOO_VAGUE) if counts[verdict]]
    parts += [f"it is {enumerated(wrong)}"] if wrong else []
    parts += [f"no verdict on {counts[NO_VERDICT]}"] if counts[NO_VERDICT] else []
    return "; ".join([f"{counts[AGREES]} of {total} {what} agree with the model", *parts])


def subtitle(result: Any) -> str:
    sets = f"{result.values['set'].nunique()} calibrated parameter sets, " if result.provenance.get("ensemble") else ""
    what = f"{result.runs} runs, {sets}{result.populations} populations"
    return f"{case_name(result.scenario)}: {what}, to {result.provenance['last_year']}."


def draw_fact(axes: Axes, row: int, fact: Any, found: Any, values: np.ndarray) -> None:
    """One line: observed band, the model's range over it, its name and verdict beside it."""
    known, colour = values[np.isfinite(values)], COLOURS[found.verdict]
    across: Any = {"transform": axes.get_yaxis_transform(), "va": "center", "clip_on": False}
    axes.text(-0.02, row - 0.05, in_two_lines(fact.name), ha="right", fontsize=8.2, color="black", **across)
    axes.text(1.02, row - 0.13, found.verdict, ha="left", fontsize=8.2, color=colour, weight="bold", **across)
    axes.axhline(row + 0.5, color=LIGHT, lw=0.4)
    if not known.size:
        role_beside(axes, row, f"({fact.role})")
        return
    levels = quantiles_of(known, LEVELS)
    ends = [end for end in (fact.low, fact.high, *levels) if np.isfinite(end)]
    least, most = min(ends), max(ends)
    spot = placed(least, most)
    low = spot(fact.low) if np.isfinite(fact.low) else 0.0
    high = spot(fact.high) if np.isfinite(fact.high) else 1.0
    axes.fill_between([low, max(high, low + 0.004)], row - 0.3, row + 0.12, color=LIGHT, alpha=0.75, lw=0)
    axes.plot(spot(levels[[0, -1]]), [row - 0.09] * 2, color=BLUE, lw=1.2, solid_capstyle="butt")
    axes.plot(spot(levels[[1, -2]]), [row - 0.09] * 2, color=BLUE, lw=4.5, solid_capstyle="butt")
    for thickness, tint in ((2.6, BLUE), (1.0, "white")):
        axes.plot(spot(levels[[2]]), [row - 0.09], marker="|", ms=9.0, mew=thickness, color=tint)
    tell_numbers(axes, row, (least, most), fact, levels)


def placed(least: float, most: float) -> Any:
    """A function from values to places on a line that runs from `least` to `most`; all in the middle when they are one."""
    width = most - least
    if width == 0.0:
        return lambda value: np.full_like(np.asarray(value, dtype=float), 0.5)
    return lambda value: EDGE + (1.0 - 2.0 * EDGE) * (np.asarray(value, dtype=float) - least) / width


def tell_numbers(axes: Axes, row: int, ends: tuple[float, float], fact: Any, levels: np.ndarray) -> None:
    """The ends of the line below it; role, and the median with its unit, beside the verdict."""
    scale, spot = scale_of(max(map(abs, ends)), fact.unit), placed(*ends)
    small: Any = {"va": "center", "fontsize": 6.8, "color": GREY}
    for end in dict.fromkeys(ends):
        axes.text(float(spot(end)), row + 0.3, number(end / scale.size), ha="center", **small)
    role_beside(axes, row, f"{number(levels[2] / scale.size)} {scale.unit}".strip() + f" ({fact.role})")


def role_beside(axes: Axes, row: int, text: str) -> None:
    """What a fact is to the model, and the median with its unit, below the verdict."""
    place: Any = {"transform": axes.get_yaxis_transform(), "ha": "left", "va": "center", "clip_on": False}
    axes.text(1.02, row + 0.24, text, fontsize=6.8, color=GREY, **place)


def in_two_lines(name: str) -> str:
    """A name that fits beside its line; what does not go into two lines is cut off.

    >>> in_two_lines("Exchanges highly feasible in the five parks of the programme")
    'Exchanges highly feasible in the five\\nparks of the programme'
    """
    lines = textwrap.wrap(name, LONGEST_LINE)
    return "\n".join([*lines[:1], textwrap.shorten(" ".join(lines[1:]), LONGEST_LINE, placeholder=" …")]).rstrip()
