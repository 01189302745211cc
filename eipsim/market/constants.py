"""The parameters of a run as one record of floats, as compiled code reads them. Field names are the parameters' short names."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from eipsim.core.arithmetic import log
from eipsim.core.columns import Row, only_row
from eipsim.data.parameters import load_parameters
from eipsim.rules.acceptance import curve_intercept
from eipsim.rules.investment import option_multiple

SHORT_NAMES = tuple(parameter.short_name for parameter in load_parameters().values())
DERIVED = ("cost_weight", "curve_intercept", "log_option_multiple", "stale_years")

Constants = Row  # one float64 field per name
CONSTANTS_TYPE = np.dtype([(name, np.float64) for name in SHORT_NAMES + DERIVED])


def build_constants(values: Mapping[str, float]) -> Constants:
    """The constants of MODEL section 5 and 7 from parameter values, with what follows from them alone."""
    short = {name.split(".", 1)[1]: float(value) for name, value in values.items()}
    cost_weight = short["saving_weight"] * short["cost_to_saving_weight"]
    intercept = curve_intercept(
        short["saving_weight"], cost_weight, short["payback_pivot"], short["reference_cost_share"]
    )
    multiple = option_multiple(short["risk_free_rate"], short["payout_rate"], short["option_volatility"])
    short |= {
        "cost_weight": cost_weight,
        "curve_intercept": intercept,
        "log_option_multiple": log(multiple),
        "stale_years": float(round(short["stale_after"])),
    }
    names = SHORT_NAMES + DERIVED
    constants = only_row(np.array([tuple(short[name] for name in names)], dtype=CONSTANTS_TYPE))
    constants.__dict__.update((name, constants[name]) for name in names)  # at hand, for they never change
    return constants
