"""A store: one folder with the results of a design, in Parquet files that pandas, polars and DuckDB read as they are.

    design.json            the design with every default, its digest, what model and data it was laid out with
    codebook.csv           a row per column of all these tables: type, unit, meaning
    rows.parquet           row, and a column per factor with its values
    index.parquet          key, scenario, row, replicate, draws, population: a line per run of the design
    runs/part-*.parquet    key, year, a column per outcome
    pairs/part-*.parquet   with a baseline: key, key of its baseline, counts of adopters firm by firm
    failures/part-*.parquet   key, error, message, attempts
    manifest.jsonl         a line per session that wrote to it

A run is known by its key, the hash of everything that decides its result. Any number of processes may write at once: parts
are never changed, and two that hold the same run hold the same numbers, or reading says that they do not.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eipsim.core.phrases import Phrase
from eipsim.core.shown import Shown
from eipsim.designs.design import Design, stored_design
from eipsim.errors import InputError, Mistake, RunError, refuse_all, unknown
from eipsim.runs.pairs import ADOPTION, AVOIDED_TRANSFERS
from eipsim.stores import exports, housekeeping, opening
from eipsim.stores.files import PRECISIONS, Block, DamagedError, keys_of, part_files, read_frame, write_rows, write_runs
from eipsim.stores.layout import (
    CODEBOOK,
    DESIGN,
    FAILURE_COLUMNS,
    FAILURES,
    FORMAT,
    INDEX,
    MANIFEST,
    PAIRS,
    ROWS,
    RUN,
    RUNS,
)
from eipsim.stores.part_files import PartFiles, stamp_of
from eipsim.stores.results import gather, ordered

if TYPE_CHECKING:
    import xarray


class Store(Shown, PartFiles):
    """A folder of results. `Store.open` reads one, `Store.create` begins or continues one.

    damaged : parts that could not be read, with the reason; filled as reading meets them

    >>> Store("no-such-folder")
    Store no-such-folder
      there is no store
    """

    def __init__(self, folder: str | Path):
        super().__init__(folder)
        self._known: dict[Path, np.ndarray] = {}
        self._stamps: dict[Path, tuple[int, int] | None] = {}  # of parts of results, when they were read
        self._done: set[str] = set()
        self._failed: set[str] = set()

    def told(self) -> list[str]:
        """What it holds; of a folder that cannot be read, why not."""
        try:
            return exports.told(self)
        except InputError as error:
            return [f"Store {self.folder}", *(mistake.what for mistake in error.mistakes)]

    # ---- beginning ---------------------------------------------------------------------------------------------------

    @classmethod
    def open(cls, folder: str | Path) -> Store:
        """The store in `folder`. InputError when there is none, or one that cannot be read."""
        store = cls(folder)
        content = store.content
        if content["format"] > FORMAT:
            what = f"was written by a later version of eipsim (format {content['format']}, this one reads {FORMAT})"
            told = Phrase(what, "mistake-later-store", format=str(content["format"]), ours=str(FORMAT))
            raise InputError(Mistake(_place_of(store.folder), told, Phrase("install that version", "hint-install")))
        return store

    @classmethod
    def create(cls, folder: str | Path, design: Design, extend: bool = False) -> Store:
        """A new store for `design`, or the one that it has already.

        Raises InputError when the folder holds another design, with every difference; with `extend`, a design that only
        adds runs takes the place of the one before.
        """
        store = cls(folder)
        if opening.is_laid_out(store.folder, design):  # whatever has become of design.json
            store._describe(design)
            return store
        if not os.path.exists(store.folder / DESIGN):
            opening.refuse_foreign_folder(store.folder)
            opening.refuse_results_of_unknown(store.folder)
        else:
            cls.open(folder)._refuse_others(design, extend)
        store._lay_out(design)
        return store

    def _refuse_others(self, design: Design, extend: bool) -> None:
        """InputError when the store is of another design, or of another version of the model."""
        if self.content["digest"] != design.digest:
            opening.refuse_other_design(self.folder, self.design, design, extend)
        else:
            opening.refuse_other_model(self.folder, self.content["model"], design)

    def _describe(self, design: Design) -> None:
        """Write what tells of the design, where it says something else: damaged, deleted, in other words."""
        with contextlib.suppress(InputError):
            if self.content == opening.described(design) and (self.folder / CODEBOOK).exists():
                return
        self._lay_out(design)

    def _lay_out(self, design: Design) -> None:
        """Write what follows from the design; what was read of it before is read again."""
        opening.lay_out(self.folder, design)
        for name in ("content", "design", "_index", "rows"):
            self.__dict__.pop(name, None)

    @cached_property
    def content(self) -> dict[str, Any]:
        """What design.json says. InputError when there is no store, or it cannot be read."""
        where = _place_of(self.folder)
        try:
            return opening.checked(json.loads((self.folder / DESIGN).read_text(encoding="utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            hint = Phrase(
                "`eipsim sweep DESIGN --store DIR` makes one, `eipsim store ls` finds them", "hint-make-store"
            )
            raise InputError(Mistake(where, Phrase("there is no store", "mistake-no-store"), hint)) from None
        except OSError as error:
            raise InputError(Mistake(where, f"cannot be read: {error.strerror or error}")) from None
        except (ValueError, KeyError, TypeError):
            hint = Phrase("the same `eipsim sweep` with the design's file writes it again", "hint-sweep-again")
            raise InputError(Mistake(f"{where}/{DESIGN}", Phrase("is damaged", "mistake-damaged"), hint)) from None

    @cached_property
    def design(self) -> Design:
        """The design that the store belongs to."""
        return stored_design(self.content["design"])

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Factors by row."""
        return self._table(ROWS, ["row"]).set_index("row")

    @property
    def outcomes(self) -> list[str]:
        """Names of the stored outcomes."""
        return list(self.content["outcomes"])

    @property
    def years(self) -> list[int]:
        first, last = self.content["years"]
        return list(range(first, last + 1))

    @property
    def columns(self) -> list[str]:
        """Every column of results: the outcomes, and with a baseline the avoided transfers."""
        return [*self.outcomes, *([AVOIDED_TRANSFERS] if self.content.get("baseline") else [])]

    # ---- what there is -----------------------------------------------------------------------------------------------

    def index(self) -> pd.DataFrame:
        """key, scenario, row, replicate, draws, population: a line per run of the design, in that order."""
        return self._index.copy()

    @cached_property
    def _index(self) -> pd.DataFrame:
        return self._table(INDEX, ["key", *RUN])

    def _table(self, name: str, columns: list[str]) -> pd.DataFrame:
        """A table that has these columns, and others."""
        try:
            frame = read_frame(self.folder / name)
            if set(columns) <= set(frame):
                return frame
            what = f"cannot be read: it has no column {', '.join(column for column in columns if column not in frame)}"
        except FileNotFoundError:
            what = "cannot be read: it is not there"
        except DamagedError as error:
            what = f"cannot be read: {error}"
        hint = "the same `eipsim sweep` writes it again from the design; results are not touched"
        raise InputError(Mistake(f"store {self.folder}/{name}", what, hint))

    def done(self) -> set[str]:
        """Keys of all runs that have a result, with or without their pair; treat it as read-only."""
        for file in part_files(self.folder / RUNS):
            if file not in self._known and file not in self.damaged:
                stamp, found = stamp_of(file), self.whole(file, keys_of)
                if found is not None:
                    self._known[file], self._stamps[file] = found, stamp
                    self._done.update(found)
        return self._done - self._lost() if self.damaged else self._done

    def look_again(self) -> bool:
        """Forget the parts that were changed or removed after they were read; whether there was one."""
        changed = [file for file, stamp in self._stamps.items() if stamp_of(file) != stamp]
        for file in changed:
            del self._known[file], self._stamps[file]
        if changed:
            self._done = {key for file, keys in self._known.items() if file.parent.name == RUNS for key in keys}
        return bool(changed)

    def _lost(self) -> set[str]:
        """Keys that only damaged parts hold."""
        known = ((file, keys) for file, keys in self._known.items() if file.parent.name == RUNS)
        whole = {key for file, keys in known if file not in self.damaged for key in keys}
        return self._done - whole

    def failed(self) -> set[str]:
        """Keys of all runs that have ever failed, also those that had a result later; treat it as read-only."""
        for file in part_files(self.folder / FAILURES):
            if file not in self._known and (found := self.whole(file, read_frame)) is not None:
                self._known[file] = found["key"].to_numpy()
                self._failed.update(self._known[file])
        return self._failed

    def failures(self) -> pd.DataFrame:
        """key, error, message, attempts of runs that failed and have no result; and what they are runs of."""
        frames = self.frames(FAILURES)
        table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(FAILURE_COLUMNS))
        table = table.sort_values(["key", "attempts"]).drop_duplicates("key", keep="last")
        table = table[~table["key"].isin(self.done())] if len(table) else table
        return table.merge(self._index[["key", *RUN]], on="key").sort_values(RUN, ignore_index=True)

    def pairs(self) -> pd.DataFrame:
        """scenario, row, replicate, and the counts of adopters firm by firm against the baseline."""
        columns = ["key", "baseline", *ADOPTION]
        frames = self.frames(PAIRS)
        table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
        table = table.drop_duplicates()
        self._refuse_contradiction(list(table["key"][table.duplicated("key")]))
        return self._index[["key", *RUN]].merge(table, on="key", how="inner")

    def _forget_damage(self) -> None:
        """Damaged parts are gone: what they held is missing from now on."""
        self._done = self.done()
        for file in self.damaged:
            self._known.pop(file, None)
            self._stamps.pop(file, None)
        self.damaged.clear()

    def sessions(self) -> list[dict[str, Any]]:
        """The lines of the manifest that can be read, the first session first."""
        try:
            lines = (self.folder / MANIFEST).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        return [found for line in lines if isinstance(found := _loaded(line), dict)]

    # ---- results -----------------------------------------------------------------------------------------------------

    def read(
        self,
        outcomes: Sequence[str] | None = None,
        years: Iterable[int] | None = None,
        scenarios: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """key, year and outcomes (default: all) of every run that has a result, each once, in the order of the index."""
        names, asked = self._names(outcomes), self._asked_years(years)
        unique = pd.unique(self._lines_of(scenarios)["key"])
        values, present = self._collect(unique, names, asked)
        keys = unique[present]
        frame = pd.DataFrame(values[present].reshape(-1, len(names)), columns=names)
        frame.insert(0, "key", np.repeat(keys, len(asked)))
        frame.insert(1, "year", np.tile(np.array(asked, dtype=np.int64), len(keys)))
        return frame

    def table(
        self,
        outcomes: Sequence[str] | None = None,
        years: Iterable[int] | None = None,
        scenarios: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """scenario, row, replicate, the factors, year and outcomes: everything about every run with a result."""
        names, asked = self._names(outcomes), self._asked_years(years)
        lines = self._lines_of(scenarios)
        codes, unique = pd.factorize(lines["key"])
        values, present = self._collect(np.asarray(unique), names, asked)
        lines, codes = lines[present[codes]], codes[present[codes]]
        frame = pd.DataFrame(values[codes].reshape(-1, len(names)), columns=names)
        about = lines[RUN].join(self.rows, on="row")
        about = about.loc[about.index.repeat(len(asked))].reset_index(drop=True)
        about["year"] = np.tile(np.array(asked, dtype=np.int64), len(lines))
        return pd.concat([about, frame], axis=1)

    def array(
        self, outcomes: Sequence[str] | None = None, years: Iterable[int] | None = None
    ) -> tuple[np.ndarray, dict[str, list[Any]]]:
        """Results [scenarios, rows, replicates, years, outcomes], NaN where a run has none; and what stands where.

        The order is that of the design, whatever the order of the runs: what an analysis of a structured sample needs.
        """
        names, asked, lines = self._names(outcomes), self._asked_years(years), self._index
        labels: dict[str, list[Any]] = {name: list(pd.unique(lines[name])) for name in RUN}
        codes, unique = pd.factorize(lines["key"])
        values, _ = self._collect(np.asarray(unique), names, asked)
        shape = tuple(len(labels[name]) for name in RUN)
        array = values[codes].reshape(*shape, len(asked), len(names))
        return array, {**labels, "year": asked, "outcome": names}

    def to_xarray(
        self,
        outcomes: Sequence[str] | None = None,
        years: Iterable[int] | None = None,
        scenarios: Sequence[str] | None = None,
    ) -> xarray.Dataset:
        """Outcomes by scenario, replicate, year and row of the design, as an xarray Dataset; NaN where a run has no result.

        Factors are coordinates of the rows; units and meanings are attributes. Needs `pip install 'eipsim[iamc]'`.
        """
        return exports.to_xarray(self, (outcomes, years, scenarios))

    def to_excel(
        self,
        file: str | Path,
        outcomes: Sequence[str] | None = None,
        years: Iterable[int] | None = None,
        scenarios: Sequence[str] | None = None,
        force: bool = False,
    ) -> Path:
        """Write `table` as a workbook with a sheet a scenario, and sheets of units and sources.

        Raises InputError for more rows than a sheet can hold, before anything is written, and as `Run.to_excel`.
        """
        return exports.to_excel(self, file, (outcomes, years, scenarios), force)

    def to_iamc(
        self,
        outcomes: Sequence[str] | None = None,
        years: Iterable[int] | None = None,
        scenarios: Sequence[str] | None = None,
        region: str | None = None,
    ) -> pd.DataFrame:
        """Means over replicates in the format of the IAMC, as `Run.to_iamc`; where the design has rows, `subsidy, row 3`."""
        return exports.to_iamc(self, region, (outcomes, years, scenarios))

    def _lines_of(self, scenarios: Sequence[str] | None) -> pd.DataFrame:
        if scenarios is None:
            return self._index
        known = list(pd.unique(self._index["scenario"]))
        self._refuse_unknown("scenario", scenarios, known)
        return self._index[self._index["scenario"].isin(list(scenarios))]

    def _names(self, outcomes: Sequence[str] | None) -> list[str]:
        names = self.columns if outcomes is None else list(outcomes)
        self._refuse_unknown("outcome", names, self.columns)
        return names

    def _asked_years(self, years: Iterable[int] | None) -> list[int]:
        asked = self.years if years is None else [int(year) for year in years]
        self._refuse_unknown("year", asked, self.years)
        return asked

    def _refuse_unknown(self, kind: str, names: Iterable[Any], known: Sequence[Any]) -> None:
        found = [unknown(f"store {self.folder}", kind, name, map(str, known)) for name in names if name not in known]
        refuse_all(found)

    def _collect(self, keys: np.ndarray, names: list[str], years: list[int]) -> tuple[np.ndarray, np.ndarray]:
        """Values [keys, years, names] of unique keys, NaN where there is none, and which keys have one."""
        kind = PRECISIONS[self.content["precision"]]
        blocks = (self.whole(file, lambda file: ordered(file, names, years)) for file in part_files(self.folder / RUNS))
        values, present, twice = gather(keys, (len(years), len(names)), kind, blocks)
        self._refuse_contradiction(twice)
        return values, present

    def _refuse_contradiction(self, keys: Sequence[str]) -> None:
        if keys:
            what = f"{len(keys)} runs were stored twice with different results, for example {keys[0]}"
            why = "Two machines or libraries do not compute alike: do not use it"
            raise RunError(f"store {self.folder}: {what}. {why}")

    # ---- housekeeping ------------------------------------------------------------------------------------------------

    def verify(self, repair: bool = False) -> dict[Path, str]:
        """Read everything and compare the checksums: damaged parts with the reason. `repair` sets them aside.

        What a damaged part held is then missing, and run again by the next sweep.
        """
        found = housekeeping.verify(self)
        if repair:
            housekeeping.set_aside(self)
            self._forget_damage()
        return found

    def gc(self) -> dict[str, int]:
        """Merge small parts and remove what nothing needs; returns what was done. InputError while a sweep is writing."""
        return housekeeping.collect_garbage(self, set(self._index["key"]), self.content["precision"])

    # ---- writing -----------------------------------------------------------------------------------------------------

    def write(
        self,
        block: Block,
        pairs: Sequence[Mapping[str, Any]] = (),
        failures: Sequence[Mapping[str, Any]] = (),
        provenance: Mapping[str, Any] | None = None,
    ) -> None:
        """Store the results of some runs: pairs first, so that a run that is there is there with its pair. Raises OSError."""
        about = dict(provenance or {})
        for name, rows in ((PAIRS, pairs), (FAILURES, failures)):
            if rows:
                (self.folder / name).mkdir(exist_ok=True)
                write_rows(self.folder / name, rows, about)
        if len(block.keys):
            (self.folder / RUNS).mkdir(exist_ok=True)
            write_runs(self.folder / RUNS, block, self.content["precision"], about)

    @classmethod
    def fill(cls, folder: str | Path, design: Design, array: np.ndarray) -> Store:
        """A store for results that come from elsewhere: `array` as `Store.array` gives it; a run of NaN only is left out."""
        store = cls.create(folder, design)
        lines, n_years = store.index(), len(store.years)
        values = np.asarray(array, dtype=float).reshape(len(lines), n_years, len(store.outcomes))
        first = np.flatnonzero(~lines["key"].duplicated().to_numpy())
        first = first[~np.isnan(values[first]).all(axis=(1, 2))]
        keys = lines["key"].to_numpy()[first]
        store.write(Block(keys, np.array(store.years), tuple(store.outcomes), values[first]))
        return store

    def note_session(self, line: Mapping[str, Any]) -> None:
        """Add a line to the manifest, in one write, so that sessions at the same time do not mix."""
        text = json.dumps(line, ensure_ascii=False, default=str) + "\n"
        handle = os.open(self.folder / MANIFEST, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            os.write(handle, text.encode())
        finally:
            os.close(handle)


def _place_of(folder: Path) -> Phrase:
    return Phrase(f"store {folder}", "where-store", folder=str(folder))


def _loaded(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None
