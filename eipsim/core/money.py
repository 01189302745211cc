"""Money that is summed is kept in whole cents, so that no sum depends on an order."""

from __future__ import annotations

CENTS = 100.0  # in a dollar
