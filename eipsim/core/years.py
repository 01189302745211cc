"""The years of a run, and the year that never comes."""

from __future__ import annotations

import numpy as np

FIRST_YEAR, LAST_YEAR = 2015, 2050
YEARS = np.arange(FIRST_YEAR, LAST_YEAR + 1)
NEVER = 9999  # later than any year
