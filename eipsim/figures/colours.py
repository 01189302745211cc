"""The palette of all figures, how series are told apart, and how each scenario looks, whatever stands beside it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from eipsim.scenarios.files import list_scenarios

# Okabe and Ito (2008), safe for the colour-blind; dark and light alternate, so that print in grey can be read.
BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, BLACK, YELLOW = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#000000", "#F0E442",
)  # fmt: skip
GREY, LIGHT, FAINT = "#6b6b6b", "#b8b8b8", "#e6e6e6"
SERIES = (
    (BLACK, "-"), (BLUE, "--"), (VERMILION, "-."), (GREEN, ":"), (PURPLE, (0, (6, 1, 1, 1))), (ORANGE, (0, (3, 1))),
)  # fmt: skip


# ---- scenarios ---------------------------------------------------------------------------------------------------------


class Look(NamedTuple):
    """How the line of a scenario is drawn."""

    colour: str
    line: Any


BASELINE = "baseline"
OF_BASELINE = Look(BLACK, "-")
WINE = "#882255"  # of Paul Tol's muted colours, which the colour-blind tell from those above
HUES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, WINE)
LINES_OF_LIBRARY: tuple[Any, ...] = ("--", "-.", ":", "-")
LINES_OF_OWN: tuple[Any, ...] = ((0, (6, 1, 1, 1)), (0, (3, 1)), (0, (1, 3)), (0, (8, 2)))
# The scenarios of the library that are compared most have hues of their own; the others follow in the order of their names.
FIRST = (
    "technical-assistance", "subsidy", "carbon-price", "full-package", "operator-facilitation", "no-eip-policy", "net-zero-2050",
)  # fmt: skip


def looks_of(scenarios: Sequence[str]) -> list[Look]:
    """How each scenario of a figure looks: as in every other figure, and no two alike.

    Scenarios of the library have looks of their own. One's own take the look that their name leads to, among lines that the
    library has not; only where two of these in one figure come to the same, the later by name takes the next.

    >>> looks_of(["subsidy", "baseline"])[0] == looks_of(["mine", "carbon-price", "subsidy"])[2]
    True
    """
    library = _looks_of_library()
    taken: dict[str, Look] = {}
    for name in sorted(set(scenarios)):
        taken[name] = library[name] if name in library else _own_look(name, set(taken.values()))
    return [taken[name] for name in scenarios]


def _looks_of_library() -> dict[str, Look]:
    names = [*FIRST, *(name for name in list_scenarios() if name not in (*FIRST, BASELINE))]
    return {BASELINE: OF_BASELINE} | dict(zip(names, _looks(LINES_OF_LIBRARY)))


def _looks(lines: Sequence[Any]) -> list[Look]:
    """Every colour with every line; those that follow each other differ in both, so that one is seen through another."""
    n = len(lines)
    return [Look(colour, lines[(turn + k) % n]) for turn in range(n) for k, colour in enumerate(HUES)]


def _own_look(name: str, taken: set[Look]) -> Look:
    looks = _looks(LINES_OF_OWN)
    first = zlib.crc32(name.encode()) % len(looks)
    turned = looks[first:] + looks[:first]
    return next((look for look in turned if look not in taken), turned[0])
