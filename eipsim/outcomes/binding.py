"""From the names in an expression to rows of a model: parks, provinces, sectors, programmes, whatever their accents and case."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from eipsim.core.names import fold_name, rows_called, words_of
from eipsim.core.park_names import is_called
from eipsim.errors import InputError, Mistake
from eipsim.outcomes.cohorts import Cohort
from eipsim.outcomes.expressions import PLACE
from eipsim.outcomes.nodes import Asked, Expression, Filter
from eipsim.outcomes.traits import IS_NOT, SUCCESSOR, TRAITS, Condition, out_of_reach
from eipsim.scenarios.files import list_scenarios
from eipsim.scenarios.loading import load_scenario

if TYPE_CHECKING:
    from eipsim.policy.programmes import ResolvedProgramme
    from eipsim.world import World

NOBODY = "none"  # programme="none": firms that no programme has assisted
FEW, NEAR = 12, 0.6
SHORTEST_STEM = 3


class NotFoundError(Exception):
    """A name that cannot be found, or not told from others: `what` is wrong and a hint."""

    def __init__(self, what: str, hint: str):
        super().__init__(what)
        self.what, self.hint = what, hint


def bind(expressions: Iterable[Expression], finder: Finder, last_year: int, scenario: str = "") -> list[Mistake]:
    """Fill in the cohort of every quantity of the `expressions` that is asked of that `scenario`, one that `finder` knows.

    Returns all mistakes: unknown names, years not simulated.
    """
    years = finder.world.first_year, last_year
    wanted = [(asked, each.where) for each in expressions for asked in each.asked if asked.scenario == scenario]
    return list(dict.fromkeys(m for asked, where in wanted for m in _bind(asked, finder, years, where)))


def _bind(asked: Asked, finder: Finder, years: tuple[int, int], where: str) -> list[Mistake]:
    first, last = years
    found = [
        Mistake(where, f"column {asked.column}: {asked.name} @{year} is not simulated", f"allowed: {first} to {last}")
        for year in asked.years
        if not first <= year <= last
    ]
    members: dict[str, tuple[int, ...]] = {}
    for one in asked.filters:
        if one.condition is not None:
            continue
        try:
            key, rows = finder.find(one)
            if mistake := out_of_reach(asked.name, key):
                raise NotFoundError(mistake.what, mistake.hint)
            field, rows = finder.members(one, key, rows)
            members[field] = tuple(sorted(set(rows) & set(members[field]))) if field in members else rows
        except NotFoundError as error:
            found.append(Mistake(one.where or where, f"column {one.column}: {error.what}", error.hint))
    asked.cohort = Cohort(
        **members, park_is=_asked_of("park", asked), firm_is=_asked_of("firm", asked), by_park=asked.by_park
    )  # type: ignore[arg-type]
    return found


def _asked_of(kind: str, asked: Asked) -> tuple[Condition, ...]:
    """What the filters ask of parks, or of firms."""
    conditions = (one.condition for one in asked.filters)
    return tuple(one for one in conditions if one is not None and TRAITS[one.trait].of == kind)


class Finder:
    """Finds what filters name, in one world and one scenario."""

    def __init__(self, world: World, programmes: Sequence[ResolvedProgramme], scenario: str):
        self.world, self.programmes, self.scenario = world, programmes, scenario
        self.called: dict[str, list[tuple[str, ...]]] = {
            "province": [(name,) for name in world.provinces],
            SUCCESSOR: [(name,) for name in dict.fromkeys(world.provinces_2025)],
            "park": list(zip(world.park_ids, world.park_names, world.park_names_ascii)),
            "sector": list(zip(world.sectors, world.sector_names)),
            "programme": [(p.name, p.title) for p in programmes],
        }

    def find(self, one: Filter) -> tuple[str, tuple[int, ...]]:
        """The dimension and the rows that a filter names. Raises NotFoundError."""
        if one.key == PLACE:
            return self._place(one.names[0])
        if one.key == "programme" and [fold_name(name) for name in one.names] == [NOBODY]:
            return "programme", ()
        rows = sorted({self.row(one.key, name) for name in one.names})
        return ("province", self._parts_of(rows)) if one.key == SUCCESSOR else (one.key, tuple(rows))

    def _parts_of(self, successors: Sequence[int]) -> tuple[int, ...]:
        """Rows of the provinces of 2024 that these have been made of."""
        names = {self.called[SUCCESSOR][row][0] for row in successors}
        return tuple(row for row, name in enumerate(self.world.provinces_2025) if name in names)

    def members(self, one: Filter, key: str, rows: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        """The field of a Cohort that a filter fills, and with what. Raises NotFoundError."""
        if one.sign != IS_NOT:
            return f"{key}s", rows
        if key != "programme":
            return f"{key}s", tuple(sorted(set(range(len(self.called[key]))) - set(rows)))
        if not rows:
            raise NotFoundError(f"programme!={NOBODY} is told by the state of firms", "write firm_state=audited")
        return "not_of", rows

    def _place(self, name: str) -> tuple[str, tuple[int, ...]]:
        """A park, else a province."""
        for key in ("park", "province"):
            exact = _exactly(fold_name(name), self.called[key])
            if len(exact) == 1:
                return key, (exact[0],)
        try:
            return "park", (self.row("park", name),)
        except NotFoundError as as_park:
            try:
                return "province", (self.row("province", name),)
            except NotFoundError:
                raise as_park from None

    def row(self, kind: str, name: str) -> int:
        """The one row called `name`: by id or full name, else the only one whose name holds its words. Raises NotFoundError."""
        for rows in self._meant(kind, name):
            if len(rows) == 1:
                return rows[0]
            if rows:
                shown = [self.shown(kind, row) for row in rows[:FEW]]
                more = f" and {len(rows) - FEW} more" if len(rows) > FEW else ""
                raise NotFoundError(f"{kind} {name!r} fits {len(rows)}", f"write one of: {'; '.join(shown)}{more}")
        raise NotFoundError(f"{kind} {name!r} is unknown{self._where(kind)}", self._hint(kind, name))

    def _meant(self, kind: str, name: str) -> Iterator[list[int]]:
        """The rows that `name` means, in one way of reading it after another."""
        if kind == "park":
            yield self.world.parks_called(name)
            return
        yield rows_called(name, self.called[kind])
        if kind not in ("province", SUCCESSOR):
            yield _by_stems(name, self.called[kind])

    def shown(self, kind: str, row: int) -> str:
        names = self.called[kind][row]
        if kind == "park":
            return self.world.label_of_park(row)
        return f"{names[1]} ({names[0]})" if kind == "sector" else names[0]

    def _where(self, kind: str) -> str:
        return f" in scenario {self.scenario}" if kind == "programme" else f" in world {self.world.recipe}"

    def _hint(self, kind: str, name: str) -> str:
        if kind == "park" and is_called(name, self.world.left_out):
            return "it is a park of the country that this world leaves out; try --world vietnam"
        near = nearest(name, [n for names in self.called[kind] for n in names])
        if near is not None:
            return f"did you mean {near}?"
        elsewhere = _scenarios_with(name) if kind == "programme" else []
        if elsewhere:
            return f"it is a programme of {', '.join(elsewhere)}: choose it with --scenario"
        if len(self.called[kind]) > 2 * FEW:
            return f"`eipsim show {kind}s` lists them" if kind == "park" else "none of the names is near it"
        return "allowed: " + "; ".join(self.shown(kind, row) for row in range(len(self.called[kind])))


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name most like `name`, compared without accents and case; None when none is near.

    >>> nearest("Hai Phon", ["Hà Nội", "Hải Phòng"])
    'Hải Phòng'
    """
    folded: Mapping[str, str] = {fold_name(n): n for n in reversed(list(names))}
    near = difflib.get_close_matches(fold_name(name), folded, n=1, cutoff=NEAR)
    return folded[near[0]] if near else None


def _exactly(wanted: str, called: list[tuple[str, ...]]) -> list[int]:
    """Rows with that name; when an id is meant, its row only."""
    by_id = [row for row, names in enumerate(called) if fold_name(names[0]) == wanted]
    return by_id or [row for row, names in enumerate(called) if wanted in map(fold_name, names)]


def _by_stems(name: str, called: Sequence[Sequence[str]]) -> list[int]:
    """Rows one of whose names has, for every word of `name`, a word that begins like it; plurals count as singulars."""
    stems = [word.removesuffix("s") if len(word) > SHORTEST_STEM else word for word in words_of(name)]
    return [
        row
        for row, names in enumerate(called)
        if stems and any(all(any(w.startswith(s) for w in words_of(own)) for s in stems) for own in names)
    ]


def _scenarios_with(programme: str) -> list[str]:
    """Scenarios of the library with a programme of that name: for the hint, when this one has none."""
    wanted, found = fold_name(programme), []
    for name in list_scenarios():
        try:
            own = load_scenario(name).programmes
        except InputError:  # a hint need not tell what is wrong with other scenarios
            continue
        if any(wanted in (fold_name(key), fold_name(p.title or "")) for key, p in own.items()):
            found.append(name)
    return found
