"""The helper of a first start (`eipsim.runs.first_start`), a process of its own.

A short run of three small parks in plain Python, in yet another process, shows which functions Python calls with which types:
a second's work, and no list that somebody would have to keep.
"""

from __future__ import annotations

import base64
import json
import os
import pickle
import subprocess
import sys
import threading
from dataclasses import replace

from eipsim.core.compiled import IS_COMPILED
from eipsim.core.compiled_ahead import Call, calls_of, effort_of, id_of
from eipsim.core.machine import cores
from eipsim.core.names import fold_name
from eipsim.data.tables import Table
from eipsim.runs.simulation import simulate
from eipsim.world.build import Order, assemble, pilot_parks
from eipsim.world.columns import World
from eipsim.world.recipe import read_recipe

PARKS = 3
PLOTS = 6  # of a park
YEARS = (2015, 2020)


def small_world() -> World:
    """Three of the programme parks, with a handful of firms each."""
    country = read_recipe("vietnam")
    parks = [row for row in country.parks if row.park_id in pilot_parks()][:PARKS]
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
    world = assemble(small, "rehearsal", Order("vietnam", 1, 0.03, 0.5, "central"))
    return replace(world, tables=country.tables, left_out=tuple(map(fold_name, left_out)))


def _with_rows(table: Table, rows: list) -> Table:
    return Table(table.file, rows, [1] * len(rows))


def rehearse() -> None:
    """A run, from the making of a world to its tables."""
    simulate("baseline", world=small_world(), years=YEARS)


# ---- the helper --------------------------------------------------------------------------------------------------------


def listed() -> list[Call]:
    """What a run calls, in its order, as a process without compilation finds it."""
    env = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    told = subprocess.run([sys.executable, "-m", __spec__.name], env=env, stdout=subprocess.PIPE, check=True)
    return pickle.loads(base64.b64decode(told.stdout.splitlines()[-1]))


def help_along() -> None:
    """Compile what a run calls, the longest first, except for what the other process begins."""
    theirs: set[str] = set()
    threading.Thread(target=hear, args=(theirs,), daemon=True).start()
    calls = listed()
    ids = [id_of(call.function(), call.kinds) for call in calls]
    effort = [effort_of(call.function()) for call in calls]
    packed = base64.b64encode(pickle.dumps(calls)).decode()
    say("list", json.dumps({"effort": dict(zip(ids, effort)), "calls": packed}))
    if cores() == 1:
        return
    for _, name, call in sorted(zip(effort, ids, calls), reverse=True, key=lambda task: task[0]):
        if name not in theirs:
            say("begin", name)
            call.function().compile(call.kinds)
            say("made", name)


def hear(theirs: set[str]) -> None:
    """What the other process begins; when it ends, so does this one."""
    for line in sys.stdin:
        theirs.add(line.rstrip("\n"))
    os._exit(0)


def say(what: str, more: str) -> None:
    print(what, more, flush=True)


if __name__ == "__main__":
    if IS_COMPILED:
        help_along()
    else:
        print(base64.b64encode(pickle.dumps(calls_of(rehearse))).decode())
