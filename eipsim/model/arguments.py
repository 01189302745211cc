"""What a model is made with, read: its seed by either name, its settings, its years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from eipsim.core import own_code
from eipsim.errors import InputError, Mistake, refuse_all, unknown
from eipsim.scenarios.settings import names_to_set, path_of
from eipsim.world import World

DEFAULT_SEED = 1
IN_A_BATCH = "in mesa.batch_run, which runs every item of a value, as the one item of a list"


def seed_of(rng: Any, seed: Any) -> int:
    """The seed by either of its two names. InputError where both are given."""
    if rng is not None and seed is not None:
        what = f"seed={own_code.shown(seed)} and rng={own_code.shown(rng)} are two names of one thing"
        raise InputError(Mistake("seed", what, "give one of them"))
    given = seed if rng is None else rng
    return DEFAULT_SEED if given is None else checked_seed(given)


def checked_seed(rng: Any, what: str = "seed") -> int:
    """The seed as a whole number >= 0. A NumPy generator gives one; None is refused, because results must be repeatable."""
    if isinstance(rng, str) and rng.strip().isdecimal():  # from a text box
        rng = int(rng)
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**63))
    if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or not 0 <= rng < 2**64:
        raise InputError(Mistake(what, f"{rng!r} is not a whole number of 0 or more"))
    return int(rng)


def settings_of(settings: Any, more: Mapping[str, Any], arguments: Iterable[str]) -> dict[str, Any]:
    """Settings by name, with those given beside the `arguments` of a model. InputError for names that are neither."""
    if not isinstance(settings, Mapping | None):
        what = f"{own_code.shown(settings)} is not {{name: value}}"
        raise InputError(Mistake("settings", what, f"{IN_A_BATCH}; or name each setting as a parameter"))
    strange = [name for name in more if path_of(name) is None]
    if strange:
        known = [*arguments, *names_to_set()]
        refuse_all(unknown("EIPModel", "argument", name, known) for name in strange)
    return {**(settings or {}), **more}


def period_of(years: Any, world: World) -> tuple[int, int]:
    """First and last year to report. InputError where these are no two years of the world."""
    if np.shape(years) != (2,):
        hint = f"first and last, e.g. (2015, 2030); {IN_A_BATCH}"
        raise InputError(Mistake("years", f"{own_code.shown(years)} is not a period", hint))
    first, last = years
    least, most = world.first_year, world.last_year
    if not (least <= first <= last <= most):
        raise InputError(
            Mistake("years", f"{first}-{last} is not a period", f"allowed: {least}-{most}, first before last")
        )
    return int(first), int(last)
