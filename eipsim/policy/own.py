"""Instruments of a user's own: code that a scenario names, and that may change levers and nothing else.

    def early_bird(levers, parks, year):
        '''{lever: a number, an array, or {park, province or sector: number}}; None or {} changes nothing.'''
        return {"facilitation_grant": 0.5} if year < 2030 else {}

A class is made without arguments when a run begins, and then called every year: so it remembers. Instruments act in their order,
each on the levers that the one before has left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eipsim.core import own_code
from eipsim.errors import InputError, Mistake, refuse_all, unknown
from eipsim.policy.lever import Lever
from eipsim.policy.levers import LEVERS, Levers
from eipsim.policy.targets import TargetFinder

if TYPE_CHECKING:
    from eipsim.world.columns import World

ASKED = own_code.Asked("an instrument", ("levers", "parks", "year"))
PLANNED_AHEAD = "programme_capacity"  # deliveries of programmes are laid out before the first year
MOST_TOLD = 5  # values of one array


@dataclass(frozen=True)
class ParksSeen:
    """What an instrument may know of the parks: how they stood at the end of last year. Arrays are copies, a row a park.

    ids, names, provinces, sectors : names, in the order of arrays and levers
    province, zone : int64[n_parks], row of the park among the provinces, and among the zones of prices
    operating, committed, converted : bool[n_parks]: has tenants; its operator has set out; has come through
    certificate : str[n_parks]: none, preparing, applied, certified, revoked
    score : float[n_parks], mean of the four scores [points of 100]
    firms, recp_share : int64[n_parks] tenants; float[n_parks] share of them that apply RECP and measure it, NaN without any
    nation : last year's outcomes by name; NaN before the first year
    by_province : the outcomes that exist by province, float[n_provinces] by name; NaN where there is none
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    provinces: tuple[str, ...]
    sectors: tuple[str, ...]
    province: np.ndarray
    zone: np.ndarray
    operating: np.ndarray
    committed: np.ndarray
    converted: np.ndarray
    certificate: np.ndarray
    score: np.ndarray
    firms: np.ndarray
    recp_share: np.ndarray
    nation: Mapping[str, float]
    by_province: Mapping[str, np.ndarray]


class Move(NamedTuple):
    """A lever that an instrument has moved in a year: its value (float or array) before and after."""

    instrument: str
    lever: str
    before: Any
    after: Any


class Instrument:
    """One instrument of one run. `digest` is the sha256 of its file."""

    def __init__(self, given: str):
        self.given, self.file = given, own_code.file_of(given)
        self.name = given.rpartition(":")[2]
        found = own_code.load(given, "instruments")
        self.digest, self.where = own_code.digest_of(given), own_code.line_of(given)
        self.call = self._guarded(found, "when it was made") if isinstance(found, type) else found

    def answer(self, levers: Levers, parks: ParksSeen, year: int) -> Mapping[str, Any]:
        """What it says of the levers of `year`. InputError when it raises, or says something else."""
        said = self._guarded(self.call, f"in {year}", levers, parks, year)
        if said is None:
            return {}
        if not isinstance(said, Mapping):
            what = f"{self.name} in {year} returned {own_code.shown(said)}"
            raise InputError(Mistake(self.where, what, "it returns {lever: value}, or None to change nothing"))
        return self._guarded(dict, f"in {year}", said)  # read here, for a mapping of its own may raise as well

    def _guarded(self, function: Any, when: str, *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except (Exception, SystemExit) as error:
            where = own_code.place_of_error(error, self.file, self.where)
            raise InputError(Mistake(where, f"{self.name} {when} raised {own_code.message_of(error)}")) from error


class OwnInstruments:
    """The instruments of one run, made anew for it. `moves`: what they have moved in the last year they were asked."""

    def __init__(self, named: Iterable[str], world: World):
        self.world = world
        self.instruments = [Instrument(given) for given in named]
        self.moves: list[Move] = []

    def adapt(self, levers: Levers, parks: ParksSeen, year: int) -> Levers:
        """The levers of `year` after every instrument has moved what it wants; the same object when none does."""
        self.moves = []
        for instrument in self.instruments:
            said = instrument.answer(_to_look_at(levers), parks, year)
            moved = self._read(instrument, levers, said, parks.zone, year)
            # what is said holds for firms of all owners
            parted = {name: given for name, given in said.items() if name in levers.foreign}
            abroad = self._read(instrument, levers.of_foreign_firms, parted, parks.zone, year)
            before = {**levers.foreign, **{name: getattr(levers, name) for name in moved}}
            self.moves += [Move(instrument.given, n, before[n], new) for n, new in (abroad | moved).items()]
            if moved or abroad:
                levers = replace(levers, **moved, foreign={**levers.foreign, **abroad})
        return levers

    def _read(
        self, instrument: Instrument, levers: Levers, said: Mapping, zone: np.ndarray, year: int
    ) -> dict[str, Any]:
        """The new values of the levers that an answer really changes. InputError with every mistake of the answer."""
        reader, moved = _Reader(self.world, zone, instrument.where), {}
        for name, given in said.items():
            reader.about = f"{instrument.name} in {year}: {name}"
            if (lever := reader.lever(name)) is None:
                continue
            old = getattr(levers, name)
            new = reader.value(lever, old, given)
            if new is not None and not np.array_equal(new, old):
                moved[str(name)] = new
        refuse_all(dict.fromkeys(reader.mistakes))
        return moved


def _to_look_at(levers: Levers) -> Levers:
    """The same levers as another object, with views that cannot be made writable: what is written there moves nothing."""
    values: dict[str, Any] = {name: getattr(levers, name) for name in LEVERS}
    return replace(levers, **_views(values), foreign=_views(levers.foreign))


def _views(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.view() if np.ndim(value) else value for name, value in values.items()}


class _Reader:
    """Reads one answer in one world. `mistakes` collects what is wrong with it, all at the place of the instrument."""

    def __init__(self, world: World, zone: np.ndarray, where: str):
        self.world, self.zone, self.where, self.about = world, zone, where, ""
        self.find = TargetFinder(world, lambda path: where)
        self.mistakes: list[Mistake] = []

    def tell(self, what: str, hint: str = "") -> None:
        self.mistakes.append(Mistake(self.where, f"{self.about} {what}", hint))

    def lever(self, name: object) -> Lever | None:
        """The lever of that name, if instruments may move it."""
        known = [lever for lever in LEVERS if lever != PLANNED_AHEAD]
        if name in known:
            return LEVERS[str(name)]
        ahead = "deliveries of programmes are planned ahead of the first year" if name == PLANNED_AHEAD else ""
        self.tell("is no lever that can be moved", ahead or unknown("", "", name, known).hint)
        return None

    def value(self, lever: Lever, old: Any, given: Any) -> Any:
        """The new value of a lever, of the kind of its old one; None when it cannot be used."""
        new = self._by_place(lever, old, given) if isinstance(given, Mapping) else self._whole(lever, old, given)
        if new is None or not self._is_allowed(lever, new):
            return None
        if isinstance(old, float):
            return float(new)
        new.setflags(write=False)
        return new

    def _whole(self, lever: Lever, old: Any, given: Any) -> np.ndarray | None:
        """A number for all, or an array of the lever's own shape."""
        shape = np.shape(old)
        numbers = _numbers(given)
        if numbers is None:
            self.tell(f"= {own_code.shown(given)} is no number", f"{lever.unit}")
        elif numbers.shape == shape:
            return np.array(numbers, dtype=float)
        elif numbers.shape == ():
            return np.full(shape, float(numbers))
        else:
            shown = f"an array of shape {shape}" if shape else "one number for the whole country"
            self.tell(f"has the shape {numbers.shape}", f"it takes {shown}")
        return None

    def _by_place(self, lever: Lever, old: Any, given: Mapping) -> np.ndarray | None:
        """The old values with those of the parks and provinces, or of the sectors, that are named."""
        if lever.scope == "nation":
            self.tell("cannot be aimed", "it holds for the whole country: give a number")
            return None
        new = np.array(old)
        for name, one in given.items():
            number = _numbers(one)
            if number is None or number.shape != ():
                self.tell(f"of {name} = {own_code.shown(one)} is no number")
                continue
            new[self._rows(lever, name)] = number
        for mistake in self.find.mistakes:
            self.tell(f"names {'a sector' if lever.scope == 'sector' else 'a place'}: {mistake.what}", mistake.hint)
        self.find.mistakes.clear()
        return new

    def _rows(self, lever: Lever, name: object) -> Any:
        """Rows of a lever that a park, province or sector stands for; none for a park that this part of the country lacks."""
        if lever.scope == "sector":
            row = self.find.sector(str(name), self.where)
            return [] if row is None else [row]
        province = self.find.province_row(name)
        if lever.scope == "province":
            row = self.find.province(str(name), self.where)
            return [] if row is None else [row]
        here = np.asarray(self.world.parks.province) == province
        if province is None:
            park = self.find.park(str(name), self.where)
            here = np.arange(here.size) == (-1 if park is None else park)
        if lever.scope != "price":
            return here
        zones = np.unique(self.zone[here])
        if here.any() and not np.array_equal(np.isin(self.zone, zones), here):
            self.tell(f"cannot be aimed at {name} alone", "prices can be moved by province")
        return zones

    def _is_allowed(self, lever: Lever, new: np.ndarray) -> bool:
        flat = np.atleast_1d(new)
        wrong = np.argwhere(~((lever.least <= flat) & (flat <= lever.most)))  # NaN is in no range
        for place in wrong[:MOST_TOLD]:
            value = flat[tuple(place)]
            what = "is not a number" if np.isnan(value) else f"= {value:g} is out of bounds"
            where = f"of {self._name_of(lever, int(place[0]))} " if np.ndim(new) else ""
            self.tell(f"{where}{what}", f"allowed: {lever.least:g} to {lever.most:g} ({lever.unit})")
        return not len(wrong)

    def _name_of(self, lever: Lever, row: int) -> str:
        if lever.scope == "province":
            return self.world.provinces[row]
        if lever.scope == "sector":
            return self.world.sectors[row]
        if lever.scope == "price":
            row = int(np.flatnonzero(self.zone == row)[0])
            return self.world.provinces[self.world.parks.province[row]]
        return f"{self.world.park_names[row]} ({self.world.park_ids[row]})"


def _numbers(given: Any) -> np.ndarray | None:
    """What is given as an array of numbers; None when it is none."""
    try:
        numbers = np.asarray(given)
    except Exception:  # lists of different lengths, or an object whose own conversion fails
        return None
    return numbers if numbers.dtype.kind in "biuf" else None


def told_moves(moves: Iterable[Move], park: int, province: int, zone: int) -> Iterator[tuple[Move, float, float]]:
    """What a park sees of the moves: each with the mean of its values there, before and after."""
    rows = {"province": province, "park": park, "firm": park, "price": zone, "sector": slice(None)}
    for move in moves:
        scope = LEVERS[move.lever].scope
        both = move.before, move.after
        before, after = (float(value if scope == "nation" else np.mean(value[rows[scope]])) for value in both)
        yield move, before, after
