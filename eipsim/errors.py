"""The errors eipsim raises on purpose, and how a mistake is told.

EipsimError                    every error below; `exit_code` is what the command line returns
├── InputError       (2)       bad input: carries *all* mistakes found, each with place, value, what is allowed, nearest name
├── RunError         (3)       one or more runs failed; the finished ones are kept
├── StoppedError     (130)     interrupted; what was finished is kept, and how to go on is told
└── ConservationError (3)      a balance of the accounts does not close: a fault of the model, never of the user
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from eipsim.core.names import fold_name, printable, shortened, shown, words_of
from eipsim.core.phrases import Phrase

FEW, NEAR, ALMOST = 12, 0.6, 0.88
LONGEST_TOLD = 1500  # characters of a message
MOST_TOLD = 200  # mistakes of one report; more say nothing more
LONGEST_COMPARED = 200  # characters; likeness is reckoned letter by letter
MOST_COMPARED = 5000  # names


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
    """One mistake: `where` (file:line or option), `what` is wrong, and what is allowed or meant.

    What is meant for pages too is `Phrase` in parts, which other languages have.
    """

    where: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        return printable(
            shortened(f"{self.where}: {self.what}" + (f"; {self.hint}" if self.hint else ""), LONGEST_TOLD)
        )


class InputError(EipsimError):
    """Bad input. All mistakes that could be found are reported together in `mistakes`."""

    exit_code = 2

    def __init__(self, mistakes: Mistake | Iterable[Mistake]):
        found = [mistakes] if isinstance(mistakes, Mistake) else list(mistakes)
        if len(found) > MOST_TOLD + 1:
            file, _, line = found[0].where.partition(" ")[0].rpartition(":")
            rest = Mistake(
                file if line.isdigit() else found[0].where,
                "has more mistakes than these",
                "correct them and check again",
            )
            found = [*found[:MOST_TOLD], rest]
        self.mistakes = found
        super().__init__("\n".join(map(str, self.mistakes)))

    def __reduce__(self):
        return InputError, (self.mistakes,)


def refuse_all(found: Iterable[Mistake]) -> None:
    """InputError with all mistakes that were found, if there are any."""
    mistakes = list(found)
    if mistakes:
        raise InputError(mistakes)


class Mistakes(list[Mistake]):
    """Mistakes found so far, so that all are told at once."""

    @contextmanager
    def collected(self) -> Iterator[None]:
        """What an InputError of the block tells is added; the block ends there."""
        try:
            yield
        except InputError as error:
            self += error.mistakes

    def tell(self) -> None:
        """InputError with each of them once; nothing where there is none."""
        refuse_all(dict.fromkeys(self))


def did_you_mean(name: object, allowed: Iterable[str]) -> Phrase:
    """The hint for an unknown `name`: those that hold its words, else the nearest, else all when they are few.

    >>> did_you_mean("LED", ["LED lighting", "Heat pump"])
    'did you mean LED lighting?'
    """
    names = [str(a) for a in allowed]
    if not names:
        return Phrase("there is none to choose from", "hint-none")
    near = _nearest(str(name), names, ALMOST) or _holding(str(name), names) or _nearest(str(name), names)
    if len(near) == 2:
        return Phrase(f"did you mean {near[0]} or {near[1]}?", "hint-two", first=near[0], second=near[1])
    if near:
        return Phrase(f"did you mean {near[0]}?", "hint-near", name=near[0])
    if len(names) <= FEW:
        return Phrase(f"allowed: {', '.join(names)}", "hint-allowed", names=", ".join(names))
    return Phrase(f"none of the {len(names)} known names is near it", "hint-none-near", n=str(len(names)))


def _holding(name: str, names: list[str]) -> list[str]:
    """The names in which all words of `name` stand, when one or two do."""
    words = set(words_of(name[:LONGEST_COMPARED]))
    found = [own for own in names[:MOST_COMPARED] if words and words <= set(words_of(own))]
    return found if len(found) <= 2 else []


def _nearest(name: str, names: list[str], cutoff: float = NEAR) -> list[str]:
    """The name most like `name`, compared without accents and case; of its spellings, the one most like what was written."""
    written, spellings = name[:LONGEST_COMPARED], dict[str, list[str]]()
    for own in names[:MOST_COMPARED]:
        spellings.setdefault(fold_name(own), []).append(own)
    near = difflib.get_close_matches(fold_name(written), spellings, n=1, cutoff=cutoff)
    return [max(spellings[n], key=lambda own: difflib.SequenceMatcher(None, written, own).ratio()) for n in near]


def unknown(where: str, kind: str, name: object, allowed: Iterable[str]) -> Mistake:
    """The mistake of naming a `kind` (scenario, lever, park, ...) that does not exist."""
    given = shown(str(name))
    what = Phrase(f"{kind} {given} is unknown", "mistake-unknown", kind=kind, name=given)
    return Mistake(where, what, did_you_mean(name, allowed))
