"""What a comparison says, in three sentences: what the policy does, what a tonne costs whom, how certain that is.

The one home of their grammar: for one policy or for several, from effects and costs with their 95 % intervals. A number is told
as an effect only where its interval does not hold zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from eipsim.analysis.intervals import Interval, count_in_words
from eipsim.core.names import enumerated
from eipsim.core.numbers import cells, with_unit

PAYERS = {"public": "the public", "private": "firms and operators", "total": "society"}
CO2, INTERVAL = "t of CO2", "95 % interval "
LUCK_ONLY = (
    "which differ by luck alone; what is not known of parameters and firms is in none of them (an ensemble has it)"
)
OF_SETS = "which differ by luck, calibrated parameters and firms"
ONE = "there is one replicate, and so no interval: it may all be luck"
FEW = 5  # replicates below which it is said that they are few


class Policy(NamedTuple):
    """What is told of one scenario beyond the baseline, in all years together.

    tonnes, costs, transfers : with their intervals; costs by the part of PAYERS, in all and for each tonne that is emitted less
    no_ratio : why there is no cost of a tonne; empty where there is one
    gaps : tonnes less, by replicate
    note : what the tonnes have in them that is not the policy's
    """

    name: str
    tonnes: Interval
    costs: Mapping[str, Interval]
    per_tonne: Mapping[str, Interval]
    no_ratio: str
    transfers: Interval
    gaps: np.ndarray
    note: str = ""


class Setting(NamedTuple):
    """What all policies are compared with, and in which runs."""

    baseline: str
    first_year: int
    last_year: int
    with_sets: bool


def answer(policies: Sequence[Policy], setting: Setting) -> list[str]:
    """Three sentences: the effect, the cost of a tonne and whose it is, how certain all this is."""
    ranked = sorted(policies, key=lambda policy: (not is_told(policy.tonnes), -float(policy.tonnes[0])))
    one = len(ranked) == 1
    parts = [
        [_effect(ranked[0], setting)] if one else _effects(ranked, setting),
        [_cost(ranked[0])] if one else _cheapest(ranked),
    ]
    parts[0] += [f"of {policy.name}, {policy.note}" for policy in ranked if policy.note]
    return ["; ".join(part) + "." for part in (*parts, [_certainty(ranked, setting)])]


# ---- numbers with their interval ---------------------------------------------------------------------------------------


def is_told(interval: Interval) -> bool:
    """Whether a number can be told from nothing: its interval does not hold zero.

    >>> is_told((2.0, 1.0, 3.0)), is_told((2.0, -1.0, 5.0)), is_told((0.0, 0.0, 0.0))
    (True, False, False)
    """
    value, low, high = interval
    return bool(value != 0.0 and not low <= 0.0 <= high)  # without an interval every number but zero


def in_words(interval: Interval, unit: str, name: str = "") -> str:
    """A number with its unit and interval, all on one scale; `name` : what the interval is called.

    >>> in_words((37_300.0, 2_000.0, 72_600.0), "t", "95 % interval ")
    '37.3 thousand t (95 % interval 2.0 to 72.6)'
    >>> in_words((3.0, float("nan"), float("nan")), "USD")
    '3 USD'
    """
    value, low, high = map(float, interval)
    if math.isnan(low):
        return with_unit(value, unit)
    (mean, least, most), shown = cells([value, low, high], unit)
    return f"{mean} {shown} ({name}{least} to {most})"


def turned(interval: Interval) -> Interval:
    """The same with the other sign."""
    value, low, high = interval
    return -value, -high, -low


# ---- the effect --------------------------------------------------------------------------------------------------------


def _effect(policy: Policy, setting: Setting) -> str:
    """What one policy does to the emissions of all years."""
    than = f"than under {setting.baseline} {_years(setting)}"
    if not np.any(policy.gaps):
        return f"Under {policy.name} firms emit neither more nor less CO2 {than}"
    if not is_told(policy.tonnes):
        much = in_words(policy.tonnes, CO2, INTERVAL)
        return f"What {policy.name} does to the CO2 of firms cannot be told from nothing: {much} less {than}"
    return f"Under {policy.name} firms emit {_amount(policy, INTERVAL)} {than}"


def _effects(ranked: Sequence[Policy], setting: Setting) -> list[str]:
    """What several policies do, the one that does most first."""
    lower = [policy for policy in ranked if is_told(policy.tonnes) and policy.tonnes[0] > 0.0]
    higher = [policy for policy in ranked if is_told(policy.tonnes) and policy.tonnes[0] < 0.0]
    of, against = f"Of {len(ranked)} policies", f"{setting.baseline} {_years(setting)}"
    if lower:
        best, *others = lower
        parts = [
            f"{of} {best.name} lowers CO2 most: firms emit {_amount(best, INTERVAL)} than under {against}",
            *_amounts(others),
        ]
    else:
        parts = [f"{of} none lowers the CO2 of firms by what can be told from nothing, against {against}"]
    return [*parts, *_amounts(higher), *_without_effect(ranked)]


def _amounts(policies: Sequence[Policy]) -> list[str]:
    return [enumerated([f"under {policy.name} {_amount(policy)}" for policy in policies])] if policies else []


def _without_effect(policies: Sequence[Policy]) -> list[str]:
    """Those that change nothing, and those of which nothing can be told."""
    idle = [policy.name for policy in policies if not np.any(policy.gaps)]
    unknown = [policy.name for policy in policies if not is_told(policy.tonnes) and policy.name not in idle]
    said = [f"nothing changes under {enumerated(idle)}"] if idle else []
    return said + ([f"what comes of {enumerated(unknown)} cannot be told from nothing"] if unknown else [])


def _amount(policy: Policy, name: str = "") -> str:
    less = policy.tonnes[0] > 0.0
    return in_words(policy.tonnes if less else turned(policy.tonnes), CO2, name) + (" less" if less else " more")


def _years(setting: Setting) -> str:
    first, last = setting.first_year, setting.last_year
    return f"from {first} to {last}" if last > first else f"in {first}"


# ---- the cost ----------------------------------------------------------------------------------------------------------


def _cost(policy: Policy) -> str:
    """What a tonne costs each who pays, or, where that means nothing, what the policy costs in all."""
    if not policy.no_ratio:
        return f"A tonne less {_who_pays(policy.per_tonne)}, undiscounted{_transfer(policy)}"
    said = f"A tonne has no cost that could be told ({policy.no_ratio})"
    return f"{said}: in all years {policy.name} {_who_pays(policy.costs)}, undiscounted{_transfer(policy)}"


def _who_pays(costs: Mapping[str, Interval]) -> str:
    return enumerated([pays(payer, costs[part]) for part, payer in PAYERS.items()])


def pays(payer: str, cost: Interval) -> str:
    """What something costs somebody, or saves.

    >>> pays("the public", (30.0, 20.0, 40.0)), pays("firms", (-7.0, -9.0, -5.0))
    ('costs the public 30 USD (20 to 40)', 'saves firms 7 USD (5 to 9)')
    >>> pays("firms", (7.0, -1.0, 15.0)), pays("the public", (0.0, 0.0, 0.0))
    ('costs firms what cannot be told from nothing (-1 to 15 USD)', 'costs the public nothing')
    """
    saves = is_told(cost) and cost[0] < 0.0
    return f"{'saves' if saves else 'costs'} {payer} {_price(turned(cost) if saves else cost)}"


def _price(cost: Interval) -> str:
    if is_told(cost):
        return in_words(cost, "USD")
    if not np.any(np.nan_to_num(cost)):
        return "nothing"
    (_, low, high), unit = cells(list(map(float, cost)), "USD")
    return f"what cannot be told from nothing ({low} to {high} {unit})"


def _transfer(policy: Policy) -> str:
    """What firms pay the public beside it, where that is something."""
    if not is_told(policy.transfers) or policy.transfers[0] < 0.0:
        return ""
    much = in_words(policy.transfers, "USD")
    return f"; firms pay the public {much} more in carbon price, charges and fines, a transfer that is in none of these"


def _cheapest(ranked: Sequence[Policy]) -> list[str]:
    """Under which policy a tonne costs each payer least."""
    known = [policy for policy in ranked if not policy.no_ratio]
    unknown = [policy.name for policy in ranked if policy.no_ratio]
    if not known:
        return [
            "No policy has a cost of a tonne that could be told: their additional tonnes are none, or cannot be told from zero"
        ]
    least = [_least(part, payer, known) for part, payer in PAYERS.items()]
    parts = [f"A tonne less is cheapest {enumerated(least)}, undiscounted"] if len(known) > 1 else []
    parts += [] if parts else [f"Under {known[0].name} a tonne less {_who_pays(known[0].per_tonne)}, undiscounted"]
    paying = [f"{in_words(p.transfers, 'USD')} under {p.name}" for p in known if _transfer(p)]
    parts += [f"in none of this are the transfers that firms pay the public, {enumerated(paying)}"] if paying else []
    return parts + ([f"no cost of a tonne can be told for {enumerated(unknown)}"] if unknown else [])


def _least(part: str, payer: str, known: Sequence[Policy]) -> str:
    """The policy under which a tonne costs somebody least, and what."""
    best = min(known, key=lambda policy: float(policy.per_tonne[part][0]))
    return f"for {payer} under {best.name}, which {pays('them' if part == 'private' else 'it', best.per_tonne[part])}"


# ---- how certain -------------------------------------------------------------------------------------------------------


def _certainty(ranked: Sequence[Policy], setting: Setting) -> str:
    """In how many replicates it is so, and what the intervals hold."""
    n = min(len(policy.gaps) for policy in ranked)
    if n < 2:
        return f"How certain: {ONE}"
    few = " (few)" if n < FEW else ""
    hold = OF_SETS if setting.with_sets else LUCK_ONLY
    return f"How certain: {_agreement(ranked)}; intervals are of 95 % over {n} replicates{few}, {hold}"


def _agreement(ranked: Sequence[Policy]) -> str:
    """In how many replicates the effect has its direction, or the best policy is ahead of the next."""
    first, *others = ranked
    if others:
        second = max(others, key=lambda policy: float(policy.tonnes[0]))
        both = min(len(first.gaps), len(second.gaps))
        ahead = int((first.gaps[:both] > second.gaps[:both]).sum())
        return f"{first.name} is ahead of {second.name} in {count_in_words(ahead, both, 'replicates')}"
    if not np.any(first.gaps):
        return f"nothing changes in any of {len(first.gaps)} replicates"
    same = int((np.sign(first.gaps) == np.sign(first.tonnes[0])).sum())
    return f"the effect of {first.name} has this direction in {count_in_words(same, len(first.gaps), 'replicates')}"
