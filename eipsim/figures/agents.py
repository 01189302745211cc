"""One agent of a model as a small chart: a firm's chances of accepting measures, a park's scores, a regulator's spending."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eipsim.core.numbers import scale_of
from eipsim.figures.colours import BLUE
from eipsim.figures.style import Chart, axes_in, page, styled
from eipsim.figures.wording import in_sentence, number, pretty_unit

if TYPE_CHECKING:
    from eipsim.agents import Firm, ParkOperator, Regulator

INCH_BAR, INCH_FRAME, INCH_LETTER, INCH_AXIS, INCH_NUMBER = 0.24, 1.6, 0.075, 0.5, 0.6


@styled()
def chances_of(firm: Firm) -> Chart:
    """How likely a firm accepts each measure that it knows and lacks, the likeliest on top."""
    table = firm.summary().dropna(subset="chance").sort_values("chance", ascending=False)
    bars = pd.Series(100.0 * table["chance"].to_numpy(), index=table["measure"])
    most = (
        f"most likely {in_sentence(bars.index[0])} ({number(bars.iloc[0], 2)} %)"
        if len(bars)
        else "knows nothing that it lacks"
    )
    words = f"{firm.id}: {most}", firm.told()[1], "Chance of accepting within two years [%]"
    return draw(bars, words, case_of(firm))


@styled()
def scores_of(operator: ParkOperator) -> Chart:
    """The four scores of a park."""
    of = operator.summary().set_index("quantity")["value"]
    bars = pd.Series(
        {name.removesuffix(" score").capitalize(): float(of[name]) for name in of.index if "score" in name}
    )
    title = f"{operator.name}: weakest in {bars.idxmin().lower()} ({number(bars.min())} of 100)"
    words = title, f"Certificate: {operator.certificate_state}", "Points of 100"
    return draw(bars, words, case_of(operator))


@styled()
def spending_of(regulator: Regulator) -> Chart:
    """What a regulator has spent its money on in the year, the largest on top."""
    of = regulator.summary().set_index("quantity")["value"]
    spent = of[list(regulator.money_out)].astype(float).sort_values(ascending=False, kind="stable")
    scale = scale_of(spent.max(), "USD/yr")
    bars = (spent / scale.size).rename(index=str.capitalize)
    share = f"{number(100.0 * spent.iloc[0] / spent.sum(), 2)} % for {spent.index[0]}" if spent.sum() else "nothing"
    whose = "The nation" if regulator.row == 0 else regulator.name
    words = f"{whose} spends {share}", "By line of its budget", f"Spending [{pretty_unit(scale.unit)}]"
    return draw(bars, words, case_of(regulator))


def case_of(agent: Firm | ParkOperator | Regulator) -> str:
    """In which model and year it is as it is drawn."""
    return f"{agent.model.told()[0]}; end of {agent.model.year}."


def draw(bars: pd.Series, words: tuple[str, str, str], case: str) -> Chart:
    """Horizontal bars, from the first on top, with their numbers; `words`: title, subtitle, name of the axis."""
    title, subtitle, label = words
    chart, box = page(title, subtitle, case, height=INCH_FRAME + INCH_BAR * max(1, len(bars)))
    names = max((len(str(name)) for name in bars.index), default=0) * INCH_LETTER
    axes = axes_in(chart, box, left=names + 0.15, right=INCH_NUMBER, bottom=INCH_AXIS)
    drawn = axes.barh(range(len(bars)), bars.to_numpy(), color=BLUE, height=0.7)
    axes.bar_label(drawn, [number(value) for value in bars], padding=3)
    axes.set_yticks(range(len(bars)), [str(name) for name in bars.index])
    axes.set(xlabel=label, xlim=(0.0, max(1.0, bars.max()) if len(bars) else 1.0))
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    return chart
