"""The parameters of a run as one record of floats, as compiled code reads them. Field names are the parameters' short names."""

from __future__ import annotations

from collections.abc import Mapping

from eipsim.core.columns import Row
from eipsim.data.parameters import load_parameters
from eipsim.rules.acceptance import DERIVED
from eipsim.rules.option import constants_of

SHORT_NAMES = tuple(parameter.short_name for parameter in load_parameters().values())

Constants = Row  # one float64 field per name


def build_constants(values: Mapping[str, float]) -> Constants:
    """The constants of MODEL section 5 and 7 from parameter values, with what follows from them alone."""
    short = {name.split(".", 1)[1]: float(value) for name, value in values.items()}
    named = {name: short[name] for name in SHORT_NAMES} | {"stale_years": float(round(short["stale_after"]))}
    for name, follows in DERIVED.items():
        named[name] = float(follows(named))
    constants = constants_of(**named)
    constants.__dict__.update((name, constants[name]) for name in named)  # at hand, for they never change
    return constants
