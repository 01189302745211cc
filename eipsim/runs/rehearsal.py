"""The processes that help with a first start (`eipsim.runs.first_start`): a scout, without compilation, and a helper.

The scout's short run of three small parks in plain Python shows which functions Python calls with which types: a second's
work, and no list that somebody would have to keep.
"""

from __future__ import annotations

import base64
import gc
import os
import pickle
import sys
import threading
from dataclasses import replace

from eipsim.core.compiled import IS_COMPILED
from eipsim.core.compiled_ahead import calls_of, effort_of, id_of
from eipsim.core.names import fold_name
from eipsim.data.tables import Table
from eipsim.runs.simulation import simulate
from eipsim.world.build import Order, assemble, pilot_parks
from eipsim.world.columns import World
from eipsim.world.recipe import read_recipe

PARKS = 3
PLOTS = 6  # of a park
YEARS = (2015, 2026)
# So few firms have hardly one of the works that hold allowances.
EVERY_FIRM_IN_THE_MARKET = {"levers.carbon_facilities": PARKS * PLOTS, "levers.carbon_threshold_toe": 0.0}
EVERY_FIRM_IN_THE_MARKET |= {"levers.auctioned_share": 0.5}


def small_world() -> World:
    """Three of the programme parks, with a handful of firms each."""
    country = read_recipe("vietnam")
    pilots = pilot_parks()
    parks = [row for row in country.parks if row.park_id in pilots][:PARKS]
    count = country.park_counts.rows[0].model_copy(update={"established": PARKS, "operating": PARKS})
    provinces = [row.model_copy(update={"to_synthesise": 0}) for row in country.provinces]
    small = replace(
        country,
        parks=_with_rows(country.parks, parks),
        provinces=_with_rows(country.provinces, provinces),
        park_counts=_with_rows(country.park_counts, [count]),
        park_plan=_with_rows(country.park_plan, []),
        firm_counts=_with_rows(country.firm_counts, []),
        candidates_unverified=_with_rows(country.candidates_unverified, []),
        constants=country.constants | {"plots_most": PLOTS},
    )
    left_out = [
        name for row in country.parks if row not in parks for name in (row.park_id, row.name_vi, row.name_ascii)
    ]
    world = assemble(small, "rehearsal", Order())
    return replace(world, tables=country.tables, left_out=tuple(map(fold_name, left_out)))


def _with_rows(table: Table, rows: list) -> Table:
    return Table(table.file, rows, [1] * len(rows))


def rehearse() -> None:
    """A run, from the making of a world to its tables."""
    simulate("baseline", world=small_world(), years=YEARS, settings=EVERY_FIRM_IN_THE_MARKET)


# ---- the processes -----------------------------------------------------------------------------------------------------


def scout() -> None:
    """Tell what a run calls, in its order."""
    print(base64.b64encode(pickle.dumps(calls_of(rehearse))).decode())


def help_along() -> None:
    """Compile what the scout has found, the longest first, except for what the other process begins."""
    calls = pickle.loads(base64.b64decode(sys.stdin.readline()))
    theirs: set[str] = set()
    threading.Thread(target=hear, args=(theirs,), daemon=True).start()
    for call in sorted(calls, key=lambda call: effort_of(call.function()), reverse=True):
        function = call.function()
        name = id_of(function, call.kinds)
        if name not in theirs:
            print("begin", name, flush=True)
            function.compile(call.kinds)
            print("made", name, flush=True)


def hear(theirs: set[str]) -> None:
    """What the other process begins; when it ends, so does this one."""
    for line in sys.stdin:
        theirs.add(line.rstrip("\n"))
    os._exit(0)


def act() -> None:
    """What such a process does, with no search for garbage: it ends before there is much."""
    gc.disable()
    if IS_COMPILED:
        help_along()
    else:
        scout()
