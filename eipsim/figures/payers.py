"""Who pays for the transition, from year to year: the public, firms, operators; and what firms and operators have from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from eipsim.figures.colours import BLACK, BLUE, GREEN, ORANGE
from eipsim.figures.labels import label_right
from eipsim.figures.pieces import over_years
from eipsim.figures.style import Chart, axes_in, page, styled
from eipsim.figures.wording import number, per_cent, quantity, scale_of

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run

PAYERS = {  # label: outcomes that it pays, colour, hatch
    "Firms": (("firm_investment_usd", "interest_paid_usd"), GREEN, ""),
    "Operators": (("operator_spending_usd",), ORANGE, "////"),
    "Public": (("public_spending_usd",), BLUE, ""),
}
GAINS = ("firm_saving_usd", "operator_revenue_usd")
UNIT = "USD/yr"
CAPTION = (
    "Constant USD of 2024, not discounted. Firms: their own investment in measures and exchanges, and interest. "
    "Operators: shared systems, certification and brokering. Public: vouchers, audits, inspections, grants and "
    "administration of regulators and donors. Line: what firms save and operators earn in the year, through all that "
    "stands then. Carbon price, charges and fines are transfers and not shown."
)


@styled()
def money_by_payer(run: Run, *, ax: Axes | None = None) -> Chart:
    """What firms, operators and the public spend in every year of a run, stacked, beside what firms save and operators earn.

    `ax`: axes to draw in.
    """
    spent = pd.DataFrame({name: run.outcomes[list(parts)].sum(axis=1) for name, (parts, *_) in PAYERS.items()})
    gained = run.outcomes[list(GAINS)].sum(axis=1)
    scale = scale_of(float(max(spent.sum(axis=1).max(), gained.max())), UNIT)
    subtitle = f"Spending in each year, {scale.unit}; at the right, values of {spent.index[-1]}."
    chart, box = page(finding(spent, gained), subtitle, CAPTION, height=4.6, ax=ax)
    axes = axes_in(chart, box, left=0.55, right=1.75, bottom=0.42, ax=ax)
    draw(axes, spent / scale.size, gained / scale.size)
    axes.set_ylabel(f"Spending ({scale.unit})")
    return chart


def finding(spent: pd.DataFrame, gained: pd.Series) -> str:
    """Who pays how much of all, and how what is saved compares with it."""
    total, years = float(spent.to_numpy().sum()), f"{spent.index[0]}–{spent.index[-1]}"
    if total <= 0.0:
        return f"Nothing is spent {years}"
    shares = (spent.sum() / total).sort_values(ascending=False, kind="stable")
    told = [f"{str(name).lower()} {per_cent(share)}" for name, share in shares.items()]
    first = told[0].split(" ")[0]
    pay = "pays" if first == "public" else "pay"
    head = f"{'The ' * (first == 'public')}{first if first == 'public' else first.capitalize()} {pay} {told[0].split(' ', 1)[1]}"
    rest = ", ".join(f"the {one}" if one.startswith("public") else one for one in told[1:])
    ratio = float(gained.sum()) / total
    return f"{head} of {quantity(total, 'USD')} spent {years}, {rest}; savings and earnings are {number(ratio, 2)} times as much"


def draw(axes: Axes, spent: pd.DataFrame, gained: pd.Series) -> None:
    """Areas upwards for the payers, a line for what comes back; names at the right."""
    base, ends, texts, colours = np.zeros(len(spent)), [], [], []
    for name, (_, colour, hatch) in PAYERS.items():
        top = base + spent[name].to_numpy()
        axes.fill_between(spent.index, base, top, facecolor=colour, hatch=hatch, edgecolor="black", lw=0.4)
        ends.append(float(base[-1] + top[-1]) / 2.0)
        texts.append(f"{name}  {number(float(spent[name].iloc[-1]), 2)}")
        colours.append("black")
        base = top
    axes.plot(gained.index, gained, color=BLACK, lw=1.8, ls=(0, (4, 1.5)))
    over_years(axes, spent.index)
    axes.set_ylim(min(0.0, 1.05 * float(gained.min())), 1.05 * float(max(base.max(), gained.max(), 1e-9)))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.grid(axis="y")
    last = float(gained.iloc[-1])
    label_right(axes, [*ends, last], [*texts, f"Saved and earned  {number(last, 2)}"], [*colours, BLACK])
