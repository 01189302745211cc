"""A scenario: everything a file may say, checked and frozen. The reference manual is generated from these models."""

from __future__ import annotations

import hashlib
import itertools
import json
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, ValidationInfo, field_validator

from eipsim.core import own_code
from eipsim.core.years import FIRST_YEAR, LAST_YEAR
from eipsim.data.parameters import load_parameters
from eipsim.data.yaml_tree import Node, from_python
from eipsim.errors import InputError, Mistake, did_you_mean
from eipsim.scenarios.continuation import is_path
from eipsim.scenarios.entries import Adaptive, Drivers, LeverEntry, Programme, Regulator, Target
from eipsim.scenarios.files import GROUPS, LIBRARY
from eipsim.scenarios.values import Frozen, FrozenDict, Number, Text, Year, raise_all, told

__all__ = ["Adaptive", "Drivers", "LeverEntry", "Programme", "Regulator", "Scenario"]

DESCRIBES = (
    "title",
    "description",
    "question",
    "group",
    "extends",
    "later_by",
    "targets",
    "sources",
    "source",
)  # words that decide no result


def spelt_out(levers: Any) -> Any:
    """Every short form of a lever (number, path, one entry) as a list of entries that know their lever."""
    if not isinstance(levers, dict):
        return levers
    return {name: [_entry(name, item) for item in _items(given)] for name, given in levers.items()}


def one_or_many(given: Any) -> Any:
    """A single name as a list of one."""
    return [given] if isinstance(given, str) else given


def _items(given: Any) -> list:
    if is_path(given):
        return [{"path": given}]
    if isinstance(given, list | tuple):
        return list(given)
    return [given if isinstance(given, dict | LeverEntry) else {"value": given}]


def _entry(name: Any, item: Any) -> Any:
    return {"lever": name} | item if isinstance(item, dict) else item


def rightly_joined(entries: tuple[LeverEntry, ...]) -> tuple[LeverEntry, ...]:
    """The same entries of one lever: there is one, and only the first says `replace`."""
    if not entries:
        raise told("has no entry", "null removes what is inherited")
    later = [i for i, entry in enumerate(entries) if i and entry.replace]
    hint = "write it in the first: it drops what is inherited, not the entries before it"
    raise_all([((i, "replace"), told("stands in a later entry", hint), True) for i in later])
    return entries


LeverTable = Annotated[
    dict[Text, Annotated[tuple[LeverEntry, ...], AfterValidator(rightly_joined)]],
    BeforeValidator(spelt_out),
    AfterValidator(FrozenDict),
]


class Scenario(Frozen):
    """One named policy case: what differs from a world without policy, year by year."""

    title: Text = ""
    """A short name for tables and figures."""
    description: Text = ""
    """What happens in the scenario, in plain words, with what is enacted and what is assumed."""
    question: Text = ""
    """The question that the scenario answers."""
    group: Literal[GROUPS] | None = None  # type: ignore[valid-type]
    """Where `eipsim list` shows it: enacted, single instruments, packages, counterfactuals or equal budget."""
    extends: Text | None = None
    """The scenario it starts from: a name of the library or a file beside this one."""
    later_by: int | None = Field(default=None, strict=True, ge=1, le=LAST_YEAR - FIRST_YEAR)
    """By how many years the levers and programmes that the extended file sets itself come later."""
    years: tuple[Year, Year] = (FIRST_YEAR, LAST_YEAR)
    """First and last year of the run."""
    drivers: Drivers = Drivers()
    """Levels of the projections that no policy of the scenario controls."""
    levers: LeverTable = Field(default_factory=FrozenDict)
    """Settings of levers: a number, a path {year: value}, or a list of entries."""
    programmes: Annotated[dict[Text, Programme], AfterValidator(FrozenDict)] = Field(default_factory=FrozenDict)
    """Programmes of assistance by name."""
    regulator: Regulator = Regulator()
    """How the national regulator behaves."""
    decrees: tuple[Text, ...] = ()
    """Decree files that replace the packaged one (criteria of the certificate)."""
    instruments: Annotated[tuple[Text, ...], BeforeValidator(one_or_many)] = ()
    """Instruments of one's own, FILE.py:NAME each: functions or classes that move levers (docs/own-instruments.md)."""
    exchange_tables: Text | None = None
    """Folder with tables of exchange types that replace the packaged ones of the same name (docs/exchanges.md)."""
    targets: Annotated[dict[Text, Target], AfterValidator(FrozenDict)] = Field(default_factory=FrozenDict)
    """What laws and plans ask for, by name: a run tells whether it reaches them. They decide no result."""
    parameters: Annotated[dict[Text, Number], AfterValidator(FrozenDict)] = Field(default_factory=FrozenDict)
    """Parameters set to another value than the central one, by name."""
    sources: tuple[Text, ...] = ()
    """References for the scenario as a whole."""

    _name: str = PrivateAttr("")
    _tree: Node | None = PrivateAttr(None)
    _below: Scenario | None = PrivateAttr(None)  # what it starts from, as far as that has been asked for
    _file: Path | None = PrivateAttr(None)  # of which it is the content, with nothing put over it
    _set_over: dict[str, Any] = PrivateAttr(default_factory=dict)
    _is_trusted: bool = PrivateAttr(True)  # made in Python; what a file says is not, until its user agrees

    @field_validator("years")
    @classmethod
    def _years_in_order(cls, years: tuple[int, int]) -> tuple[int, int]:
        if years[1] < years[0]:
            raise told(f"are reversed: {years[0]} to {years[1]}", "write the first year first")
        return years

    @field_validator("later_by")
    @classmethod
    def _moves_something(cls, given: int | None, info: ValidationInfo) -> int | None:
        if given is not None and info.data.get("extends") is None:
            raise told("moves nothing: this scenario extends none", "write what it moves, as extends: full-package")
        return given

    @field_validator("instruments")
    @classmethod
    def _name_functions(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [(i, name) for i, name in enumerate(given) if not own_code.is_named(name)]
        hint = "write FILE.py:NAME, as my_policy.py:early_bird"
        raise_all([((i,), told(f"= {name!r:.60} names no function of a file", hint), name) for i, name in wrong])
        return given

    @field_validator("parameters")
    @classmethod
    def _known_and_within_bounds(cls, given: dict[str, float]) -> dict[str, float]:
        known, found = load_parameters(), []
        for name, value in given.items():
            if name not in known:
                found.append(((name,), told("is unknown", did_you_mean(name, known)), value))
            elif not known[name].least <= value <= known[name].most:
                hint = f"allowed: {known[name].least:g} to {known[name].most:g} ({known[name].unit})"
                found.append(((name,), told(f"= {value:g} is out of bounds", hint), value))
        raise_all(found)
        return given

    @property
    def name(self) -> str:
        """Its name in the library, or the stem of its file; the title for one made in Python."""
        return self._name or self.title or "unnamed"

    @property
    def is_a_file(self) -> bool:
        """Whether it is what a file says, with nothing put over it."""
        return self._file is not None

    @property
    def is_of_library(self) -> bool:
        return self._file is not None and self._file.is_relative_to(LIBRARY)

    @cached_property
    def digest(self) -> str:
        """sha256 of all that decides a result: formatting, file names, titles and sources do not change it."""
        content = _bare(self.document())
        content["decrees"] = [hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in self.decrees]
        if self.exchange_tables is not None:
            content["exchange_tables"] = _content_of(self.exchange_tables)
        content["instruments"] = [own_code.by_content(given) for given in self.instruments]
        if not self.instruments:  # as before there were any
            del content["instruments"]
        if self.drivers.carbon_price == "central":  # likewise
            del content["drivers"]["carbon_price"]
        text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def document(self) -> dict[str, Any]:
        """The scenario as plain data in the form of a file; loading it again gives an equal scenario."""
        content = _plain(self.model_dump(by_alias=True, exclude_none=True, exclude={"extends", "later_by"}))
        for entry in itertools.chain.from_iterable(content["levers"].values()):
            del entry["lever"], entry["replace"]  # the one stands above it, the other has done its work
        return content

    @property
    def set_over(self) -> dict[str, Any]:
        """What settings and overrides have put over the scenario of that name, by the names that `--set` has."""
        return self._set_over

    @property
    def strange_code(self) -> tuple[own_code.Named, ...]:
        """Code that a file names and that nobody has agreed to run."""
        if self._is_trusted:
            return ()
        return tuple(own_code.Named(self.place(("instruments", i)), name) for i, name in enumerate(self.instruments))

    def tree(self) -> Node:
        """Its content with places."""
        return self._tree or from_python(self.document(), f"scenario {self.name}")

    def place(self, path: tuple[object, ...]) -> str:
        """Where `path` is said, such as `my.yaml:14` for ("levers", "carbon_price", 0, "sectors", 1)."""
        return self.tree().follow(path)[0].place

    def mistake(self, path: tuple[object, ...], what: str, hint: str = "") -> Mistake:
        """A mistake in what the scenario says at `path`, for checks that need more than the file."""
        return Mistake(self.place(path), what, hint)

    def refuse(self, path: tuple[object, ...], what: str, hint: str = "") -> InputError:
        """The error to raise for one such mistake."""
        return InputError(self.mistake(path, what, hint))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.document() == other.document()

    def __hash__(self) -> int:
        return hash(self.digest)


def _content_of(folder: str) -> dict[str, str]:
    """sha256 of every table of a folder, by name."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(Path(folder).glob("*.csv"))}


def _plain(content: Any) -> Any:
    """Content of plain dicts and lists, that may be changed and written."""
    if isinstance(content, dict):
        return {key: _plain(value) for key, value in content.items()}
    return [_plain(value) for value in content] if isinstance(content, list | tuple) else content


def _bare(content: Any) -> Any:
    """Content without the words that decide no result, with every minus zero a zero."""
    if isinstance(content, dict):
        return {str(key): _bare(value) for key, value in content.items() if key not in DESCRIBES}
    if isinstance(content, list | tuple):
        return [_bare(value) for value in content]
    return content + 0.0 if isinstance(content, float) else content
