"""What the compiled year of exchanges works on: the scene, where partners are looked for, and what opportunities wait for.

Verbs take the rows that they work on, not tables: to the compiler a row is one word, and a table is seven.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.core.columns import Row
from eipsim.core.compiled import inlined, prefetch_cell, prefetch_row
from eipsim.core.draws import draw
from eipsim.exchanges.columns import ENDED, OUTSIDE

NOT_WAITING = -1.0  # no chance falls as low
LARGEST_EPISODE = 100


class Scene(NamedTuple):
    """All that the exchange step reads and changes besides the exchanges."""

    types: np.recarray  # TYPE_COLUMNS
    common: np.recarray  # common_columns, one row
    constants: Row  # parameters by short name
    firms: np.recarray  # FIRM_COLUMNS
    sites: np.recarray  # SITE_COLUMNS
    tenants: np.recarray  # TENANT_COLUMNS
    services: np.recarray  # SERVICE_COLUMNS of shared infrastructure
    plants: np.recarray  # PLANT_COLUMNS; the last row is no plant
    rates: np.recarray  # RATE_COLUMNS [z, r] of shared infrastructure


class Deal(NamedTuple):
    """An exchange and who takes part: rows. Where a partner is no tenant, its row is anybody's, and nobody looks at it."""

    exchange: np.record  # EXCHANGE_COLUMNS
    kind: np.record  # TYPE_COLUMNS
    donor: np.record  # TENANT_COLUMNS
    firm: np.record  # FIRM_COLUMNS of the donor
    receiver: np.record  # TENANT_COLUMNS
    plant: np.record  # PLANT_COLUMNS
    here: np.record  # SITE_COLUMNS of the donor's park
    there: np.record  # SITE_COLUMNS of the receiver's park
    common: np.record  # common_columns
    constants: Row


class Surveyed(NamedTuple):
    """Where a search for a partner looks."""

    members: np.recarray  # MEMBER_COLUMNS
    near: np.recarray  # NEIGHBOUR_COLUMNS
    plant: np.ndarray  # int32 [p, k], nearest municipal plant within reach; -1 = none
    plant_km: np.ndarray  # float [p, k]
    asked: np.recarray  # ASKED_COLUMNS, room to work in
    owner: np.ndarray  # int32 [slots], row of the firm that an opportunity belongs to


class Search(NamedTuple):
    """The opportunities of all firms, by slot."""

    bar: np.ndarray  # float, noticed when the chance of not having noticed it falls to this
    episodes: np.ndarray  # int16, searches that went before


class Moves(NamedTuple):
    """Firms that move in and leave in a year: MOVE_COLUMNS, so that nobody need look them up all over the table of tenants."""

    coming: np.recarray
    leaving: np.recarray


class Ranks(NamedTuple):
    """What exchanges are put in order by: those that operate first, then by worth, then by key."""

    later: np.ndarray  # bool, does not operate
    less: np.ndarray  # float, minus what it is worth [USD/yr]
    key: np.ndarray  # uint64


class Book(NamedTuple):
    """Which exchanges are live, the accounts of the year, and room to work in."""

    live: np.ndarray  # int64, rows of live exchanges come first
    accounts: np.recarray  # ACCOUNT
    noticed: np.ndarray  # int64, slots
    ranks: Ranks
    order: np.ndarray  # int64
    spare: np.ndarray  # int64


@inlined
def look_ahead(scene, i):
    """Firm i will be looked at soon: what is asked of it lies in three tables that exceed the cache."""
    prefetch_row(scene.tenants, i)
    prefetch_cell(scene.firms, i, "use")
    prefetch_cell(scene.firms, i, "covered")
    prefetch_row(scene.services, i)


@inlined
def look_ahead_at(scene, exchange):
    """The exchange will be looked at soon, and its partners with it."""
    look_ahead(scene, max(exchange.donor, 0))
    look_ahead(scene, max(exchange.receiver, 0))


@inlined
def is_there(tenant, year):
    """The firm is a tenant in the year."""
    return tenant.entry_year <= year < tenant.exit_year


@inlined
def anchor_of(exchange):
    """Row of the tenant whose opportunity it is: the donor, or the receiver of what a municipal plant gives."""
    return exchange.receiver if exchange.donor == OUTSIDE else exchange.donor


@inlined
def chance_to_wait_for(tenant, slot, episodes, common, n_kinds, unnoticed):
    """Opportunity `slot` of the tenant is noticed once the chance of not having noticed it since now falls to this."""
    k = common.kinds[tenant.sector, slot - tenant.first_slot]
    luck = draw(common.identification, tenant.key, 0, k + n_kinds * min(episodes, LARGEST_EPISODE))
    # the chance falls from what it is now, so years before the opportunity arose do not count
    return unnoticed * luck


@inlined
def search_again(scene, exchange, search):
    """The opportunity of the exchange waits to be noticed anew, by another draw."""
    slot, tenant = exchange.slot, scene.tenants[anchor_of(exchange)]
    search.episodes[slot] += 1
    unnoticed = scene.sites[tenant.park].unnoticed
    search.bar[slot] = chance_to_wait_for(
        tenant, slot, search.episodes[slot], scene.common[0], scene.types.size, unnoticed
    )


@inlined
def end(exchange, reason, year):
    """The exchange is over."""
    exchange.state, exchange.ended_year, exchange.ended_because = ENDED, year, reason
    exchange.quantity, exchange.co2_t = 0.0, 0.0
