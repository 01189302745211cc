"""What operators are from the start: able, forthcoming, quick, convincing, and whether they want the certificate for itself.

One latent quality stands behind these traits (`eipsim/rules/operators.py`). Only the parks that the data mark as leading on their
own (`leading_parks.csv`) are known to have much of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from eipsim.core.arithmetic import normal_quantile
from eipsim.core.compiled import compiled
from eipsim.core.years import FIRST_YEAR
from eipsim.data.loading import read_facts
from eipsim.market.constants import Constants
from eipsim.rules.operators import among_the_best, factor_of, led_by, set_out_by

Draws = Callable[..., np.ndarray]  # of a process: one number a park


@cache
def leading_parks() -> dict[str, int]:
    """The parks that the data mark as leading on their own, by id, and the year by which they did."""
    table = read_facts("leading_parks")
    return dict(zip(table["park_id"], map(int, table["by_year"])))


def traits_of(park_ids: Sequence[str], constants: Constants, of_parks: Draws) -> dict[str, np.ndarray]:
    """Columns of the operators [p] that follow from their quality; `of_parks(process, normal=...)` gives the draws."""
    c, rank, bar = constants, of_parks("operator quality"), of_parks("commitment")
    quality, leads_by = np.empty(rank.size), np.array([leading_parks().get(park, 0) for park in park_ids])
    fill_quality(rank, leads_by, c, bar, quality)

    def trait(process: str, correlation: float) -> np.ndarray:
        out = of_parks(process, normal=True)
        fill_trait(quality, out, correlation)
        return out

    def factor(traits: np.ndarray, spread: float) -> np.ndarray:
        fill_factors(traits, spread)
        return traits

    return {
        "quality": quality,
        "capacity": np.clip(
            c.capacity_mean + c.capacity_sd * trait("operator capacity", c.quality_in_capacity), 0.0, 1.0
        ),
        "effect": c.operator_effect_sd * trait("operator effect", c.quality_in_effect),
        "facilitation_factor": factor(trait("operator facilitation", c.quality_in_facilitation), c.facilitation_spread),
        "score_speed": factor(trait("score speed", c.quality_in_speed), c.score_speed_spread),
        "belief": c.belief_mean * factor(of_parks("operator belief", normal=True), c.belief_spread),
        "commitment_bar": bar,
        "preference": np.where(rank > 1.0 - c.preference_share, c.preference_usd, 0.0),
    }


@compiled
def fill_quality(ranks, leads_by, constants, bars, quality):
    """The quality of each operator by its rank (0 to 1).

    Of those known to lead by some year, rank and bar of commitment are set right before: they are among the best, who want the
    certificate for itself, and had set out by then.
    """
    for p in range(ranks.size):
        if leads_by[p] > 0 and constants.preference_share > 0.0:
            ranks[p] = among_the_best(ranks[p], constants.preference_share)
            years = leads_by[p] - FIRST_YEAR + 1
            bars[p] = set_out_by(bars[p], constants.commitment_preference_rate, years)
        quality[p] = normal_quantile(ranks[p])


@compiled
def fill_trait(quality, trait, correlation):
    """A trait of each operator, in place of what is its own in it."""
    for p in range(trait.size):
        trait[p] = led_by(quality[p], trait[p], correlation)


@compiled
def fill_factors(traits, spread):
    """The factor that each trait comes to, in its place."""
    for p in range(traits.size):
        traits[p] = factor_of(traits[p], spread)
