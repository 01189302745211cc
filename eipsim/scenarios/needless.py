"""Settings that change nothing: a lever or programme that is so anyway, a subsidy without a budget, a file that says nothing.

What is set is held against what the scenario starts from: the one that its file extends, or that settings are put over.
"""

from __future__ import annotations

from collections.abc import Iterator

from eipsim.core.phrases import Phrase
from eipsim.errors import InputError, Mistake
from eipsim.policy.levers import LEVERS, value_in
from eipsim.scenarios.continuation import AIMS
from eipsim.scenarios.entries import Programme
from eipsim.scenarios.inheritance import words_of_entry
from eipsim.scenarios.loading import scenario_below
from eipsim.scenarios.schema import Scenario

# Lever -> lever without which it does nothing.
GO_TOGETHER = {
    "capital_subsidy": "subsidy_budget_usd",
    "subsidy_budget_usd": "capital_subsidy",
    "voucher_cap_usd": "capital_subsidy",
    "inspection_targeting": "inspection_probability",
    "infrastructure_budget_usd": "infrastructure_cofunding",
}
WORDS_ALONE = {"title", "source"}  # of a programme
Level = tuple[tuple[object, ...] | None, float]  # whom it is aimed at, and the value


def needless_settings(scenario: Scenario) -> list[Mistake]:
    """Each setting of the user's own without effect, at its place. Files of the library are passed over."""
    told = list[Mistake]()
    try:
        for level in own_layers(scenario):
            told += _told_of(level, scenario)
    except InputError:  # a file below has mistakes of its own, which this one has overcome
        return told
    return told


def own_layers(scenario: Scenario) -> Iterator[Scenario]:
    """The scenario and what it starts from, down to what the library has."""
    layer: Scenario | None = scenario
    while layer is not None and not layer.is_of_library:
        yield layer
        layer = scenario_below(layer)


def _told_of(layer: Scenario, whole: Scenario) -> list[Mistake]:
    """What one layer of a `whole` scenario sets in vain."""
    below = scenario_below(layer)
    base = below or Scenario()
    if layer.is_a_file and layer.digest == base.digest:
        said = f"that {below.name} does not" if below else "at all: it is no-eip-policy, a world without policy"
        return [Mistake(layer.tree().place, f"sets nothing {said}", "add levers, programmes or parameters")]
    own = [name for name in layer.levers if is_own(("levers", name), layer, below, whole)]
    told = [*_levers_as_they_are(layer, base, own), *_levers_alone(layer, own)]
    programmes = [name for name in layer.programmes if is_own(("programmes", name), layer, below, whole)]
    return [*told, *_idle_programmes(layer, base, programmes)]


def is_own(path: tuple[object, ...], layer: Scenario, below: Scenario | None, whole: Scenario) -> bool:
    """Whether `layer` itself says what stands at `path`, and nothing that is put over it says otherwise."""
    place = layer.place(path)
    return place == whole.place(path) and (below is None or place != below.place(path))


def _levers_as_they_are(layer: Scenario, base: Scenario, own: list[str]) -> Iterator[Mistake]:
    for name in own:
        if _levels(name, layer, layer) == _levels(name, base, layer):
            said = "; ".join(map(words_of_entry, layer.levers[name]))
            what = f"levers.{name} = {said} has no effect: it is so anyway in the years of the run"
            first, last = map(str, layer.years)
            hint = Phrase(f"{first} to {last}", "from-to", low=first, high=last)
            yield layer.mistake(
                ("levers", name), Phrase(what, "question-anyway", setting=f"levers.{name} = {said}"), hint
            )


def _levers_alone(layer: Scenario, own: list[str]) -> Iterator[Mistake]:
    """Levers that do nothing for want of another one."""
    for name, other in GO_TOGETHER.items():
        if name not in layer.levers or not {name, other} & set(own):
            continue
        ours, its = _levels(name, layer, layer), _levels(other, layer, layer)
        acts, works = [any(v for _, v in levels) for levels in ours], [any(v for _, v in levels) for levels in its]
        if any(acts) and not any(a and w for a, w in zip(acts, works)):
            said = "; ".join(map(words_of_entry, layer.levers[name]))
            what = f"levers.{name} = {said} has no effect while {other} is 0"
            told = Phrase(what, "question-alone", setting=f"levers.{name} = {said}", lever=other)
            hint = Phrase(f"set levers.{other} for the same years", "hint-set-too", lever=other)
            yield layer.mistake(("levers", name if name in own else other), told, hint)


def _levels(name: str, scenario: Scenario, run: Scenario) -> list[list[Level]]:
    """What holds of a lever in each year of a `run`: for all, then laid over it for those who are aimed at."""
    years = []
    for year in range(run.years[0], run.years[1] + 1):
        levels: list[Level] = [(None, LEVERS[name].default)]
        for entry in scenario.levers.get(name, ()):
            if (value := value_in(entry, year)) is not None:
                aims = tuple(getattr(entry, aim) for aim in AIMS)
                levels = [*levels, (aims, value)] if any(aims) else [(None, value)]
        years.append(levels)
    return years


def _idle_programmes(layer: Scenario, base: Scenario, own: list[str]) -> Iterator[Mistake]:
    for name in own:
        if said := _idle(name, layer.programmes[name], base):
            yield layer.mistake(("programmes", name), *said)


def _idle(name: str, programme: Programme, base: Scenario) -> tuple[str, str] | None:
    """Why a programme changes nothing, and what to do; None for one that does."""
    if not (programme.audits or programme.commits_parks or programme.screening_year):
        return f"programme {name} has no effect: it has no audits, commits no parks, screens none", "give it audits"
    before = base.programmes.get(name)
    if before is not None and _bare(before) == _bare(programme):
        return f"programme {name} has no effect: it is so anyway", "change it, or leave it out"
    return None


def _bare(programme: Programme) -> dict:
    return programme.model_dump(exclude=WORDS_ALONE)
