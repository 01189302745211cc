"""The errors eipsim raises on purpose, and how a mistake is told.

EipsimError                    every error below; `exit_code` is what the command line returns
├── InputError       (2)       bad input: carries *all* mistakes found, each with place, value, what is allowed, nearest name
├── RunError         (3)       one or more runs failed; the finished ones are kept
├── StoppedError     (130)     interrupted; what was finished is kept, and how to go on is told
└── ConservationError (3)      a balance of the accounts does not close: a fault of the model, never of the user
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class EipsimError(Exception):
    exit_code = 3


class RunError(EipsimError):
    """One or more runs failed."""


class StoppedError(EipsimError):
    """Interrupted by the user or the machine; what was finished is kept."""

    exit_code = 130


class ConservationError(EipsimError):
    """A balance of mass, energy or money does not close."""


@dataclass(frozen=True)
class Mistake:
    """One mistake: `where` (file:line or option), `what` is wrong, and what is allowed or meant."""

    where: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f"; {self.hint}" if self.hint else "")


class InputError(EipsimError):
    """Bad input. All mistakes that could be found are reported together in `mistakes`."""

    exit_code = 2

    def __init__(self, mistakes: Mistake | Iterable[Mistake]):
        self.mistakes = [mistakes] if isinstance(mistakes, Mistake) else list(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))

    def __reduce__(self):
        return InputError, (self.mistakes,)


def did_you_mean(name: object, allowed: Iterable[str]) -> str:
    """The hint for an unknown `name`: the nearest allowed one, or all of them when they are few."""
    allowed = [str(a) for a in allowed]
    folded = {a.lower(): a for a in allowed}
    near = difflib.get_close_matches(str(name).lower(), folded, n=1, cutoff=0.6)
    if near:
        return f"did you mean {folded[near[0]]}?"
    return (
        "allowed: " + ", ".join(allowed) if len(allowed) <= 12 else f"none of the {len(allowed)} known names is near it"
    )


def unknown(where: str, kind: str, name: object, allowed: Iterable[str]) -> Mistake:
    """The mistake of naming a `kind` (scenario, lever, park, ...) that does not exist."""
    return Mistake(where, f"{kind} {str(name)!r} is unknown", did_you_mean(name, allowed))
