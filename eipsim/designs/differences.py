"""What one design would change about another, and whether the runs that are stored remain what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from eipsim.designs.design import Design
from eipsim.errors import Mistake

ANALYSIS = ("on_failure", "groups")  # and settings of the sampler that move no point
WITHIN_RUNS = (
    "world", "seed", "populations", "years", "draws", "outcomes", "model", "precision", "made_with", "baseline",
)  # fmt: skip
VERSIONS = {"schema": "the form of what is stored", "sources": "the sources of the model", "data": "the packaged data"}


@dataclass(frozen=True)
class Difference(Mistake):
    """Something in which two designs differ; `extends`: what has been run stays as it is, there is only more."""

    extends: bool = False


def differences(old: Design, new: Design) -> list[Difference]:
    """Everything in which `new` differs from `old`, except words."""
    return [*_of_runs(old, new), *_of_scenarios(old, new), *_of_points(old, new)]


def _of_runs(old: Design, new: Design) -> Iterator[Difference]:
    before, after = ({**design.content(), "made_with": design.made_with} for design in (old, new))
    for name in WITHIN_RUNS:
        if before.get(name) != after.get(name):
            yield _difference(name, before.get(name), after.get(name))
    if before["replicates"] != after["replicates"]:
        more = after["replicates"] > before["replicates"]
        yield _difference("replicates", before["replicates"], after["replicates"], extends=more)
    for name in ANALYSIS:
        if before.get(name) != after.get(name) and np.array_equal(old.unit, new.unit):
            yield _difference(name, before.get(name), after.get(name), extends=True)


def _difference(name: str, before: Any, after: Any, extends: bool = False) -> Difference:
    if name == "made_with" and before and after:
        changed = [words for part, words in VERSIONS.items() if before.get(part) != after.get(part)]
        return Difference("design", f"{' and '.join(changed)} changed since it was stored", "")
    return Difference(f"design: {name}", f"was {_shown(before)}, is {_shown(after)}", "", extends)


def _shown(value: Any) -> str:
    text = "not said" if value is None else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _of_scenarios(old: Design, new: Design) -> Iterator[Difference]:
    for label, source in old.scenarios.items():
        if label not in new.scenarios:
            yield Difference("design: scenarios", f"{label} is gone", "keep it, or use another store")
        elif new.scenarios[label].digest != source.digest:
            yield Difference("design: scenarios", f"{label} says something else than when it was stored")
    for label in new.scenarios.keys() - old.scenarios.keys():
        yield Difference("design: scenarios", f"{label} is new", "", True)
    kept = [label for label in new.scenarios if label in old.scenarios]
    if kept != list(new.scenarios)[: len(kept)]:
        yield Difference("design: scenarios", "new scenarios stand before the stored ones", "name them last", True)


def _of_points(old: Design, new: Design) -> Iterator[Difference]:
    """Factors and sampler: other points, or only more of them behind the first."""
    if old.columns != new.columns:
        gone = ", ".join(name for name in old.columns if name not in new.columns) or "none"
        more = ", ".join(name for name in new.columns if name not in old.columns) or "none"
        yield Difference("design: factors", f"gone: {gone}; new: {more}")
        return
    before, after = old.content(), new.content()
    for name in old.factors:
        if before["factors"][name] != after["factors"][name]:
            yield _difference(f"factors.{name}", before["factors"][name], after["factors"][name])
    if before.get("correlations") != after.get("correlations"):
        yield _difference("correlations", before.get("correlations"), after.get("correlations"))
    yield from _of_only(old, new)
    if before["sampler"] == after["sampler"]:
        return
    n = len(old.unit)
    begins_alike = len(new.unit) >= n and np.array_equal(new.unit[:n], old.unit)
    yield _difference("sampler", before["sampler"], after["sampler"], extends=begins_alike)


def _of_only(old: Design, new: Design) -> Iterator[Difference]:
    """Which scenarios have which of the factors, that are the same in both."""
    kept = [label for label in old.scenarios if label in new.scenarios]
    changed = [label for label in kept if old.factors_of(label) != new.factors_of(label)]
    if changed:
        yield Difference("design: only", f"{', '.join(changed)} had other factors when it was stored")
    elif old.only != new.only:
        yield _difference("only", old.only, new.only, extends=True)
