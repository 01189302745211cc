"""How many audits the country's auditors can do in a year, and for whom: donors first, then everybody else in keyed order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eipsim.core.draws import PROCESSES, draw, drawn, key_of
from eipsim.market.books import ADAPTIVE

if TYPE_CHECKING:
    from eipsim.model.state import State, Year

AUDITOR_DRAW = PROCESSES["auditor priority"]
OF_OPERATORS, OF_GIVERS = range(2)  # items of the draw


def auditors_in(state: State, year: Year) -> int:
    """Audits that can be done in the year: what the lever says, or else the parameter."""
    by_lever = year.levers.auditors_per_year
    return int(by_lever if by_lever > 0.0 else state.market.constants.auditors_per_year)


def share_out(state: State, year: Year) -> dict[int, int]:
    """Audits that each programme of the year, and the adaptive regulator (ADAPTIVE), may give.

    What operators have asked for (`audits_wanted`) is cut likewise. Where auditors are enough everybody gets what it asks for.
    """
    wanted = {giver: audits_planned(state, year, giver) for giver in year.programmes}
    wanted[ADAPTIVE] = year.adaptive_audits
    operators, left = state.operators, auditors_in(state, year)
    if sum(wanted.values()) + int(operators.audits_wanted.sum()) <= left:
        return wanted
    granted = {}
    for giver, programme in year.programmes.items():
        if programme.payer == "donor":
            granted[giver] = min(wanted[giver], left)
            left -= granted[giver]
    return granted | serve_in_turn(state, year, {g: n for g, n in wanted.items() if g not in granted}, left)


def audits_planned(state: State, year: Year, giver: int) -> int:
    """Audits that programme number `giver` would give in the year."""
    return int(year.programmes[giver].audits_by_year[year.number - state.world.first_year])


def serve_in_turn(state: State, year: Year, wanted: dict[int, int], left: int) -> dict[int, int]:
    """Givers and operators are served in the order of their draws until no auditor is left. Gives what givers get."""
    operators, stream = state.operators, state.surroundings.streams[AUDITOR_DRAW]
    asking = np.flatnonzero(operators.audits_wanted > 0)
    turns = drawn(operators.key[asking], stream, item=OF_OPERATORS, year=year.number)
    queue = [(float(turn), OF_OPERATORS, int(p)) for turn, p in zip(turns, asking)]
    for giver in wanted:
        key = np.uint64(key_of(year.programmes[giver].name if giver in year.programmes else "adaptive regulator"))
        queue.append((float(draw(stream, key, year.number, OF_GIVERS)), OF_GIVERS, giver))
    granted = {}
    for _, kind, who in sorted(queue):
        asked = int(operators.audits_wanted[who]) if kind == OF_OPERATORS else wanted[who]
        served = min(asked, left)
        left -= served
        if kind == OF_OPERATORS:
            operators.audits_wanted[who] = served
        else:
            granted[who] = served
    return granted
