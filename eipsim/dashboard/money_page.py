"""Money: who pays and who gains, by payer through the years, by size and owner of firms, and by province."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from eipsim.dashboard.charts import Area, Bar, Line, areas, bars
from eipsim.dashboard.computing import Stop, turns
from eipsim.figures.colours import BLUE, GREEN, ORANGE, PURPLE, SKY
from eipsim.figures.payers import GAINS, PAYERS, UNIT
from eipsim.report.words import Words
from eipsim.runs.firms import firm_table
from eipsim.runs.simulation import Run

SIZES = (10.0, 50.0, 200.0, 1000.0)  # employees at which a firm is of the next size: micro, small, medium and so on
MOST_PROVINCES = 15
OF_PROVINCES = {"public_money_usd": BLUE, "firm_investment_usd": GREEN, "firm_saving_usd": ORANGE}
OF_FIRMS = {"firms": SKY, "revenue": BLUE, "invested": GREEN, "vouchers": PURPLE, "saving": ORANGE}


class Shown(NamedTuple):
    """A figure in words and drawing."""

    title: str
    svg: str
    caption: str


# ---- by payer ------------------------------------------------------------------------------------------------------------


def by_payer(run: Run, words: Words) -> Shown:
    """What firms, operators and the public spend in every year, and what firms and operators have from it."""
    spent = {name: run.outcomes[list(parts)].sum(axis=1) for name, (parts, *_) in PAYERS.items()}
    gained = run.outcomes[list(GAINS)].sum(axis=1)
    parts = [
        Area(words.say(f"dash-payer-{name.lower()}"), colour, spent[name].to_numpy())
        for name, (_, colour, _) in PAYERS.items()
    ]
    over = Line("", words.say("dash-gained"), gained.to_numpy())
    svg = areas(words, run.outcomes.index, parts, over, UNIT)
    return Shown(payers_finding(spent, gained, words), svg, words.say("dash-payers-caption"))


def payers_finding(spent: dict[str, pd.Series], gained: pd.Series, words: Words) -> str:
    """Who pays how much of all, and how what is saved compares with it."""
    sums = {name: float(values.sum()) for name, values in spent.items()}
    total, years = sum(sums.values()), gained.index
    given = {"first": str(years[0]), "last": str(years[-1])}
    if total <= 0.0:
        return words.say("dash-payers-nothing", **given)
    shares = {name.lower(): words.percent(value / total) for name, value in sums.items()}
    times = words.number(float(gained.sum()) / total, 2)
    return words.say("dash-payers-finding", total=words.quantity(total, "USD"), times=times, **shares, **given)


# ---- by size and owner -----------------------------------------------------------------------------------------------------


def firms_of(run: Run, stop: Stop) -> pd.DataFrame:
    """The firms of the last year of a run, which is stepped once more for it."""
    if "firms" in run.__dict__:
        return run.firms
    with turns.taken(stop), run.again() as model:  # type: ignore[misc]
        while model.year < run.provenance["years"][1]:
            model.step()
            stop.heed()
        run.__dict__["firms"] = firm_table(model)
    return run.firms


def by_size(firms: pd.DataFrame, words: Words) -> Shown:
    """Shares of firms, revenue, own money, vouchers and savings by size."""
    bands = [0.0, *SIZES, np.inf]
    names = [words.say("dash-size-below", n=int(SIZES[0]))]
    names += [words.say("dash-size-between", low=str(int(a)), high=words.count(b - 1)) for a, b in pairwise(SIZES)]
    names += [words.say("dash-size-from", low=words.count(SIZES[-1]))]
    which = np.digitize(firms["employees"], bands[1:-1])
    rows = _shares(firms, {name: which == k for k, name in enumerate(names)})
    large = rows[-1]
    return _figure_of_shares(words.say("dash-size-finding", name=large.name, **_told(large, words)), rows, words)


def by_owner(firms: pd.DataFrame, words: Words) -> Shown:
    """Shares of firms, revenue, own money, vouchers and savings by owner."""
    foreign = firms["foreign"].to_numpy(bool)
    rows = _shares(firms, {words.say("dash-owner-domestic"): ~foreign, words.say("dash-owner-foreign"): foreign})
    return _figure_of_shares(words.say("dash-owner-finding", **_told(rows[1], words)), rows, words)


def _shares(firms: pd.DataFrame, groups: dict[str, np.ndarray]) -> list[Bar]:
    amounts = {
        "firms": np.ones(len(firms)), "revenue": firms["revenue_usd"].to_numpy(float),
        "invested": firms["invested_so_far_usd"].to_numpy(float), "vouchers": firms["vouchers_so_far_usd"].to_numpy(float),
        "saving": firms["firm_saving_usd"].to_numpy(float),
    }  # fmt: skip
    return [
        Bar(name, {kind: float(amount[mask].sum() / amount.sum()) for kind, amount in amounts.items() if amount.sum()})
        for name, mask in groups.items()
    ]


def _told(row: Bar, words: Words) -> dict[str, str]:
    return {kind: words.percent(row.values.get(kind, 0.0)) for kind in ("firms", "invested", "saving")}


def _figure_of_shares(title: str, rows: list[Bar], words: Words) -> Shown:
    labels = {kind: words.say(f"dash-share-of-{kind}") for kind in OF_FIRMS if kind in rows[0].values}
    return Shown(title, bars(words, rows, OF_FIRMS, labels, "share"), words.say("dash-firms-caption"))


# ---- by province -----------------------------------------------------------------------------------------------------------


def by_province(run: Run, words: Words, page: Callable[[str], str]) -> Shown:
    """What goes into the provinces and what their firms save, all years together, those with most first."""
    sums = run.provinces.groupby("province", observed=True)[list(OF_PROVINCES)].sum()
    sums = sums.loc[sums["firm_saving_usd"].sort_values(ascending=False, kind="stable").index]
    shown = sums.head(MOST_PROVINCES)
    rows = [Bar(str(name), row.to_dict(), page(str(name))) for name, row in shown.iterrows()]
    labels = {name: words.say(f"dash-{name.replace('_', '-')}") for name in OF_PROVINCES}
    total = float(sums["firm_saving_usd"].sum())
    share = float(shown["firm_saving_usd"].head(3).sum()) / total if total else 0.0
    title = words.say(
        "dash-provinces-finding", names=words.listed([row.name for row in rows[:3]]), share=words.percent(share)
    )
    caption = words.say("dash-provinces-caption", n=len(rows), all=str(len(sums)), first=str(run.outcomes.index[0]),
                        last=str(run.outcomes.index[-1]))  # fmt: skip
    return Shown(title, bars(words, rows, OF_PROVINCES, labels, "USD"), caption)
