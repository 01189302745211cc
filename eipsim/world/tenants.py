"""Every tenant of every plot from 2015 to 2050: when it comes and goes, its sector, size and yearly resource use.

All draws are keyed by (park, plot, vintage), so a firm is the same whatever else is built, and whoever stays longer or
leaves earlier under another exit rate is the same firm. Foreign and domestic firms leave at rates of their own; who comes after
them is foreign as often as those who left, so that the share of foreign firms in a sector does not drift.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from eipsim.core.arithmetic import exp, log
from eipsim.core.compiled import compiled
from eipsim.core.draws import draw, draw_normal, fold, stream, wrapping
from eipsim.core.years import FIRST_YEAR, LAST_YEAR, NEVER
from eipsim.world.columns import Tenants

GOLDEN_SHARE = (math.sqrt(5.0) - 1.0) / 2.0
N_STREAMS = 5  # electricity, fuel, water, waste, hazardous waste
COMMON = N_STREAMS  # item of the part that the streams share
LONGEST_STAY = 10_000.0


class Sectors(NamedTuple):
    """What decides a firm of each sector; arrays [n_sectors] or [n_sectors, 5 streams]."""

    ln_size_mean: np.ndarray
    ln_size_sd: np.ndarray
    foreign_share: np.ndarray  # of the first tenants of plots
    foreign_share_again: np.ndarray  # of those who come after another tenant
    revenue_per_employee: np.ndarray  # USD/yr
    intensity: np.ndarray  # central use per employee and year: MWh, GJ, m3, t, t
    intensity_sd: np.ndarray  # of ln intensity between firms


class Streams(NamedTuple):
    """The keys of the processes drawn here (uint64)."""

    sector: np.uint64
    employees: np.uint64
    foreign: np.uint64
    intensity: np.uint64
    exit: np.uint64
    vacancy: np.uint64
    constrained: np.uint64


class Turnover(NamedTuple):
    """Logarithms of yearly probabilities: a tenant stays (0 if all do), by owner; a plot stays vacant (-inf if none does)."""

    ln_stay_foreign: float
    ln_stay_domestic: float
    ln_vacant: float


class Letting(NamedTuple):
    """What decides who comes to a plot, and for how long."""

    park_keys: np.ndarray  # uint64 [n_parks]
    mix: np.ndarray  # float [n_parks, n_sectors], cumulative share of sectors
    sectors: Sectors
    streams: Streams
    turnover: Turnover


class Plots(NamedTuple):
    """Every plot let by 2050, sorted by park and plot; arrays [n_plots]."""

    park: np.ndarray  # int64
    number: np.ndarray  # int64, from 1
    entry_year: np.ndarray  # int64, first letting


@compiled
def geometric(u, ln_again):
    """Whole number k with P(k or more) = exp(ln_again)^k, rising in `ln_again` for a given uniform u; capped."""
    return LONGEST_STAY if ln_again == 0.0 else min(math.floor(log(u) / ln_again), LONGEST_STAY)


@compiled
def is_foreign(letting, key, sector, vintage):
    share = letting.sectors.foreign_share if vintage == 1 else letting.sectors.foreign_share_again
    return draw(letting.streams.foreign, key, 0, 0) < share[sector]


@compiled
def exit_after(letting, key, park, plot, vintage, entry):
    """First year the tenant of year `entry` is no longer there, 9999 beyond 2050. Never later at a higher rate of its owners."""
    sector = deal_sector(letting.streams, letting.park_keys[park], plot, vintage, letting.mix[park])
    turnover = letting.turnover
    ln_stay = turnover.ln_stay_foreign if is_foreign(letting, key, sector, vintage) else turnover.ln_stay_domestic
    leaves = entry + 1 + int(geometric(draw(letting.streams.exit, key, 0, 0), ln_stay))
    return leaves if leaves <= LAST_YEAR else NEVER


@compiled
def let_again(letting, key, leaves):
    """The year the plot is let after the tenant `key` has left."""
    if letting.turnover.ln_vacant == -np.inf:
        return leaves
    return leaves + int(geometric(draw(letting.streams.vacancy, key, 0, 0), letting.turnover.ln_vacant))


@compiled
def count_rows(plots, letting):
    """Tenants of all plots until 2050."""
    n = 0
    for i in range(len(plots.park)):
        park, plot, vintage = plots.park[i], plots.number[i], 1
        plot_key, year = fold(letting.park_keys[park], plot), plots.entry_year[i]
        while year <= LAST_YEAR:
            n += 1
            key = fold(plot_key, vintage)
            year = let_again(letting, key, exit_after(letting, key, park, plot, vintage, year))
            vintage += 1
    return n


@compiled
def lay_out(plots, letting, firms):
    """Fills park, plot, vintage, key, entry and exit year of every tenant."""
    row = 0
    for i in range(len(plots.park)):
        park, plot, vintage = plots.park[i], plots.number[i], 1
        plot_key, year = fold(letting.park_keys[park], plot), plots.entry_year[i]
        while year <= LAST_YEAR:
            key = fold(plot_key, vintage)
            leaves = exit_after(letting, key, park, plot, vintage, year)
            firms.park[row], firms.plot[row], firms.vintage[row] = park, plot, vintage
            firms.key[row], firms.entry_year[row], firms.exit_year[row] = key, year, leaves
            row += 1
            year = let_again(letting, key, leaves)
            vintage += 1


@compiled
def deal_sector(streams, park_key, plot, vintage, cumulative):
    """Sector of a plot's tenant: the park's plots step evenly through its mix (golden section) from a keyed start."""
    q = draw(streams.sector, park_key, vintage, 0) + plot * GOLDEN_SHARE
    q = q - math.floor(q)
    sector = 0
    while sector < len(cumulative) - 1 and q >= cumulative[sector]:
        sector += 1
    return sector


@compiled
def draw_size(streams, sectors, key, sector):
    """Employees (persons, at least one): lognormal."""
    z = draw_normal(streams.employees, key, 0, 0)
    return max(1.0, math.floor(exp(sectors.ln_size_mean[sector] + sectors.ln_size_sd[sector] * z) + 0.5))


@compiled
def use_factor(streams, key, item, sd, common_weight):
    """Lognormal factor of mean one on a firm's use of one stream; `common_weight` is what its streams share."""
    own_weight = math.sqrt(1.0 - common_weight * common_weight)
    common = draw_normal(streams.intensity, key, 0, COMMON)
    z = common_weight * common + own_weight * draw_normal(streams.intensity, key, 0, item)
    return exp(sd * z - 0.5 * sd * sd)


@compiled
def furnish(firms, letting, common_weight, uses):
    """Fills sector, size, owner, revenue and yearly use (`uses` float[5, n_rows]) of every tenant."""
    sectors, streams = letting.sectors, letting.streams
    for i in range(len(firms.key)):
        key, park, vintage = firms.key[i], firms.park[i], firms.vintage[i]
        sector = deal_sector(streams, letting.park_keys[park], firms.plot[i], vintage, letting.mix[park])
        employees = draw_size(streams, sectors, key, sector)
        firms.sector[i], firms.employees[i] = sector, employees
        firms.foreign[i] = is_foreign(letting, key, sector, vintage)
        firms.revenue_usd[i] = employees * sectors.revenue_per_employee[sector]
        firms.constrained_draw[i] = draw(streams.constrained, key, 0, 0)
        for item in range(N_STREAMS):
            factor = use_factor(streams, key, item, sectors.intensity_sd[sector, item], common_weight)
            uses[item, i] = employees * sectors.intensity[sector, item] * factor


def build_tenants(
    plots: Plots,
    park_keys: np.ndarray,
    mix: np.ndarray,
    sectors: Sectors,
    turnover: Turnover,
    correlation: float,
    seed: int,
) -> Tenants:
    """All tenants of `plots`; `mix` (float[n_parks, n_sectors]) is each park's cumulative share of sectors."""
    streams = Streams(*(stream(seed, process) for process in Streams._fields))
    letting = Letting(park_keys, mix, sectors, streams, turnover)
    with wrapping():
        firms, uses = empty_tenants(count_rows(plots, letting))
        lay_out(plots, letting, firms)
        furnish(firms, letting, math.sqrt(correlation), uses)
    return firms


def empty_tenants(n: int) -> tuple[Tenants, np.ndarray]:
    """Columns for `n` tenants, and the five columns of use as one array whose rows they are."""
    uses = np.empty((N_STREAMS, n))
    kinds = [np.int32, np.int8, np.int32, np.int16, np.uint64, np.float64, np.bool_, np.int16, np.int16, np.float64]
    described: list[np.ndarray] = [np.empty(n, dtype=kind) for kind in kinds]
    return Tenants._make([*described, *uses, np.empty(n)]), uses


def turnover_of(exit_rate_foreign: float, exit_rate_domestic: float, vacancy_years: float) -> Turnover:
    """Yearly hazards as logarithms."""
    again = vacancy_years / (1.0 + vacancy_years)
    stay = math.log1p(-exit_rate_foreign), math.log1p(-exit_rate_domestic)
    return Turnover(*stay, math.log(again) if again > 0.0 else -math.inf)


def share_of_those_who_leave(
    foreign_share: np.ndarray, exit_rate_foreign: float, exit_rate_domestic: float
) -> np.ndarray:
    """Share of foreign firms [n_sectors] among the tenants who leave in a year, of whom `foreign_share` are foreign."""
    if exit_rate_foreign == exit_rate_domestic:
        return foreign_share
    foreign, domestic = exit_rate_foreign * foreign_share, exit_rate_domestic * (1.0 - foreign_share)
    leaving = foreign + domestic
    return np.divide(foreign, leaving, out=foreign_share.copy(), where=leaving > 0.0)


def first_tenants(plots_per_park: np.ndarray, entry: np.ndarray) -> Plots:
    """The plots let by 2050, numbered within their park in the order of the park's own lease-up."""
    park = np.repeat(np.arange(len(plots_per_park)), plots_per_park)
    number = np.arange(len(park)) - np.repeat(np.cumsum(plots_per_park) - plots_per_park, plots_per_park) + 1
    let = entry <= LAST_YEAR
    return Plots(park[let], number[let], np.maximum(entry[let], FIRST_YEAR))
