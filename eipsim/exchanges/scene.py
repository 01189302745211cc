"""What the compiled year of exchanges works on: the scene, where partners are looked for, and what opportunities wait for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.core.columns import Row
from eipsim.core.compiled import inlined
from eipsim.core.draws import draw
from eipsim.exchanges.columns import ENDED, OUTSIDE

NOT_WAITING = -1.0  # no chance falls as low
LARGEST_EPISODE = 100


class Scene(NamedTuple):
    """All that the exchange step reads and changes besides the exchanges: one argument of every compiled function.

    Few and wide tables, because the compiler's time grows with the number of arrays.
    """

    types: Row  # TYPE_COLUMNS, column by column
    classes: Row  # CLASS_COLUMNS, column by column
    common: Row  # common_columns
    constants: Row  # parameters by short name
    firms: np.recarray  # FIRM_COLUMNS
    sites: np.recarray  # SITE_COLUMNS
    tenants: np.recarray  # TENANT_COLUMNS
    services: np.recarray  # SERVICE_COLUMNS of shared infrastructure
    plants: np.recarray  # PLANT_COLUMNS
    zones: np.recarray  # ZONE_COLUMNS


class Surveyed(NamedTuple):
    """Where a search for a partner looks."""

    members: np.recarray  # MEMBER_COLUMNS
    near: np.recarray  # NEIGHBOUR_COLUMNS
    plant: np.ndarray  # int32 [p, k], nearest municipal plant within reach; -1 = none
    plant_km: np.ndarray  # float [p, k]


class Search(NamedTuple):
    """The opportunities of all firms, by slot."""

    bar: np.ndarray  # float, noticed when the chance of not having noticed it falls to this
    episodes: np.ndarray  # int16, searches that went before


@inlined
def is_there(scene, i):
    """Firm i is a tenant this year."""
    return scene.tenants.entry_year[i] <= scene.common.year < scene.tenants.exit_year[i]


@inlined
def anchor_of(exchanges, row):
    """The tenant whose opportunity it is: the donor, or the receiver of what a municipal plant gives."""
    return exchanges.receiver[row] if exchanges.donor[row] == OUTSIDE else exchanges.donor[row]


@inlined
def wait(scene, i, slot, search):
    """Opportunity `slot` of firm i is noticed once the chance of not having noticed it since now falls to a draw."""
    tenants, common = scene.tenants, scene.common
    k = common.kinds[tenants.sector[i], slot - tenants.first_slot[i]]
    item = k + scene.types.kind.size * min(search.episodes[slot], LARGEST_EPISODE)
    luck = draw(common.identification, tenants.key[i], 0, item)
    # the chance falls from what it is now, so years before the opportunity arose do not count
    search.bar[slot] = scene.sites.unnoticed[tenants.park[i]] * luck


@inlined
def search_again(scene, exchanges, row, search):
    """The opportunity waits to be noticed anew, by another draw."""
    slot = exchanges.slot[row]
    search.episodes[slot] += 1
    wait(scene, anchor_of(exchanges, row), slot, search)


@inlined
def end(scene, exchanges, row, reason):
    """The exchange is over."""
    exchanges.state[row], exchanges.ended_year[row], exchanges.ended_because[row] = ENDED, scene.common.year, reason
    exchanges.quantity[row], exchanges.co2_t[row] = 0.0, 0.0
