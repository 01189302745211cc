"""How results look in a terminal: tables with units and sensible digits, progress, and JSON for machines."""

from __future__ import annotations

import math
import os
import sys
import threading
import time
import warnings as python_warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eipsim.cli import streams
from eipsim.cli.layout import GAP, Cells, broken, laid_out, wide
from eipsim.core.names import printable
from eipsim.core.numbers import NOTHING, cell, cells, duration, whole_share
from eipsim.runs.saving import as_json

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

PATIENCE = 2.0  # seconds without progress bar
SAID_EVERY = 30.0  # seconds between lines of progress in a log
KNOWN_AFTER = 2.0  # seconds of work from which it is told how long the rest will take
LONG = 10.0  # seconds that are worth telling
WIDTH_OF_A_PIPE = 80  # columns, where COLUMNS does not say otherwise
UNSCALED = (
    "points of 100", "parks", "firms", "tCO2/MUSD", "MWh/MUSD", "measures", "options", "audits", "systems", "measures in firms",
)  # fmt: skip
YEARS_SHOWN = (2015, 2020, 2024, 2030, 2040, 2050)
MAIN_OUTCOMES = (
    "parks_operating", "parks_converted", "parks_certified", "park_score_mean", "firms", "firms_aware_share",
    "recp_firm_share", "recp_measures_installed", "options_identified", "options_implemented", "co2_t", "co2_avoided_t",
    "electricity_saved_mwh", "fuel_saved_gj", "water_saved_m3", "waste_avoided_t", "firm_investment_usd",
    "firm_saving_usd", "public_spending_usd", "public_revenue_usd", "jobs",
)  # fmt: skip


def console(stderr: bool = False) -> Console:
    """A console on the standard stream of now (tests and pipes change it)."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else _width_of_a_pipe(), highlight=False, markup=False)


def _width_of_a_pipe() -> int:
    """Columns of a "terminal" that is a file or a pipe: what COLUMNS says, else 80."""
    said = os.environ.get("COLUMNS", "")
    return (int(said) if said.isdecimal() else 0) or WIDTH_OF_A_PIPE


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[Any]], right: Sequence[str] = ()) -> None:
    """A table, or records where it is too wide; the columns named in `right` are aligned on the right."""
    layout = laid_out(Cells(head, [[str(cell) for cell in row] for row in rows], right), console().width)
    _print_part(title, layout.head, layout.rows)


def print_records(title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows that share their names as a table; columns of numbers are aligned on the right."""
    layout = laid_out(_cells_of(rows), console().width)
    _print_part(title, layout.head, layout.rows)


def print_groups(rows: Sequence[Mapping[str, Any]], by: str) -> None:
    """Rows that follow each other by group as a table a group, named by it; their columns are alike."""
    layout = laid_out(_cells_of([{name: row[name] for name in row if name != by} for row in rows]), console().width)
    for group, members in groupby(zip(rows, layout.rows), key=lambda member: member[0][by]):
        _print_part(str(group).capitalize() or "Without a group", layout.head, [lines for _, lines in members])
        print_lines("")


def _cells_of(rows: Sequence[Mapping[str, Any]]) -> Cells:
    head = list(rows[0]) if rows else []
    right = [name for name in head if all(isinstance(row[name], int | float | None) for row in rows)]
    return Cells(head, [["" if row[name] is None else _plain(row[name]) for name in head] for row in rows], right)


def _print_part(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A title, the names of columns and rows, all of them laid out."""
    _print_styled("bold", broken(title, console().width) if title else [])
    _print_styled("dim", head)
    print_lines(*(line for row in rows for line in row))


def _print_styled(style: str, lines: Sequence[str]) -> None:
    """Lines in a style of the terminal, in a pipe as they are."""
    if not sys.stdout.isatty():
        print_lines(*lines)
        return
    from rich.text import Text

    shown = console()
    for line in lines:
        shown.print(Text(printable(line), style), soft_wrap=True)


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def print_outcomes(title: str, outcomes: pd.DataFrame, units: Mapping[str, str]) -> None:
    """The main outcomes in some of the years, a row each, scaled to readable units."""
    years = [year for year in YEARS_SHOWN if year in outcomes.index] or outcomes.index[[0, -1]].unique().tolist()
    rows = []
    for name in MAIN_OUTCOMES:
        values, unit = row_of(outcomes.loc[years, name].tolist(), units[name])
        rows.append([name, unit, *values])
    print_table(title, ["outcome", "unit", *map(str, years)], rows, [str(year) for year in years])


def print_validation(validation: Any) -> None:
    """A row a fact: what was observed, what the model says, how well, and whether they agree; then a row a role."""
    rows = []
    for fact in validation.table().itertuples():
        values = [fact.observed_low, fact.observed_high, fact.model_median, fact.model_low, fact.model_high]
        (low, high, *model), unit = row_of(values, fact.unit)
        observed = low if low == high else f"{_open(low)} to {_open(high)}"
        inside = "" if math.isnan(fact.inside_share) else whole_share(fact.inside_share)
        told = inside, cell(fact.relative_width), cell(fact.skill)
        rows.append([fact.name, fact.role, observed, *model, unit, *told, fact.verdict])
    of_model, of_both = ["median", "5 %", "95 %"], ["runs inside", "times as wide", "skill"]
    head = ["fact", "role", "observed", *of_model, "unit", *of_both, "verdict"]
    sets = f"{validation.values['set'].nunique()} parameter sets, " if validation.provenance["ensemble"] else ""
    title = f"{validation.scenario} against observed facts: {validation.runs} runs, {sets}{validation.populations} populations"
    print_table(title, head, rows, ["observed", *of_model, *of_both])
    print_lines("")
    _print_roles(validation)
    print_prose("", f"{validation.summary()[:1].upper()}{validation.summary()[1:]}")
    print_prose(*(f"Note: {note}" for note in validation.notes))


def _print_roles(validation: Any) -> None:
    """Coverage and sharpness over the facts of each role."""
    rows = []
    for of in validation.by_role().itertuples():
        reached = f"{whole_share(of.reached_share)} (of a perfect model {whole_share(of.expected_share)} or more)"
        shown = reached if of.judged else NOTHING
        rows.append([of.role, of.facts, of.judged, shown, cell(of.median_width), cell(of.median_skill)])
    head = ["role", "facts", "with a verdict", "not excluded by the model's range", "times as wide", "skill"]
    print_table("Coverage and sharpness (medians)", head, rows, ["facts", "with a verdict", "times as wide", "skill"])


def _open(cell: str) -> str:
    """A bound in words where there is none."""
    return "…" if "inf" in cell else cell


def column_of(values: Sequence[float], unit: str, largest: float) -> tuple[list[str], str]:
    """Numbers among others up to `largest`, all of which are told in one scale, and their unit."""
    return cells(values, unit, UNSCALED, largest)


def print_json(content: Any) -> None:
    """JSON, with letters that the stream lacks by their numbers, so that it is read as what it was."""
    text = as_json(content)
    sys.stdout.write((text if streams.shows_all(text) else as_json(content, ascii_only=True)) + "\n")


def print_lines(*lines: str) -> None:
    """Plain text as it is, with control characters escaped."""
    sys.stdout.writelines(printable(line) + "\n" for line in lines)


def print_prose(*lines: str) -> None:
    """Sentences and lists, each broken into lines of the width, all but its first indented more than that."""
    width = console().width
    print_lines(*(part for line in lines for part in broken(line, width, indent_of(line) + GAP)))


def print_messages(*lines: str) -> None:
    """Messages that are the result: what is told of a file."""
    sys.stdout.writelines(line + "\n" for line in _messages(lines))


def _messages(lines: Sequence[str], stderr: bool = False) -> Iterator[str]:
    """Messages broken into lines of the width that a person sees; in a log or for an editor each is one line."""
    stream = sys.stderr if stderr else sys.stdout
    is_seen = stream.isatty() or os.environ.get("COLUMNS", "").isdecimal()
    width = console(stderr).width if is_seen else sys.maxsize
    for line in map(printable, lines):
        yield from broken(line, width, indent_of(line) + GAP) if wide(line) > width else [line]


def indent_of(line: str) -> str:
    """The blanks at its beginning."""
    return " " * (len(line) - len(line.lstrip(" ")))


def print_where(folder: Path) -> None:
    """Where the results of a command are, and of which kinds."""
    kinds = "Tables, figures" if any(folder.glob("*.png")) else "Tables"
    print_prose(f"{kinds} and manifest are in {folder}")


def print_country(tables: Mapping[str, str]) -> None:
    """Whose tables a country of one's own is made from."""
    brings_none = "Viet Nam's, because the country brings none"
    words = {"own": "Tables of the country", "Viet Nam's": brings_none, "none": "Not there, and not needed"}
    for whose in [whose for whose in words if whose in tables.values()]:
        names = [name for name, origin in tables.items() if origin == whose]
        print_prose(f"{words[whose]}: {', '.join(names)}")


def warnings(questions: Sequence[str]) -> list[str]:
    """What is right and worth a question, as lines that nobody takes for mistakes."""
    return [f"Warning: {question}" for question in questions]


def print_targets(targets: Sequence[Mapping[str, Any]]) -> None:
    """How far a run comes towards what laws and plans ask for."""
    if targets:
        from eipsim.runs.targets import Reached

        print_prose(*(f"Target: {Reached(**told)}" for told in targets))


def print_prices_held(years: Sequence[int]) -> None:
    """In which years energy cost more, or less, than firms' answer to its price goes."""
    if years:
        what = (
            "a price of energy was farther from what was to be expected than it may count (operation.most_price_ratio)"
        )
        print_prose(f"Warning: in {len(years)} years from {years[0]} on {what}")


def print_beside(*lines: str) -> None:
    """Messages for the person, beside the results: on the stream of errors."""
    sys.stderr.writelines(line + "\n" for line in _messages(lines, stderr=True))


@contextmanager
def warnings_as_lines() -> Iterator[None]:
    """Warnings are told as lines of their own, without the place in the program that they come from."""

    def tell(message: Warning | str, *_: Any, **__: Any) -> None:
        print_beside(f"Warning: {message}")

    with python_warnings.catch_warnings():
        python_warnings.showwarning = tell
        yield


def row_of(values: Sequence[float], unit: str) -> tuple[list[str], str]:
    """A row of one quantity: all values in one scale, and their unit; parks and firms are counted one by one."""
    return cells(values, unit, UNSCALED)


@contextmanager
def progress(label: str, of: str = "") -> Iterator[Callable[[int, int], None]]:
    """Gives a function to call with (done, total). A bar appears on stderr after PATIENCE, if that is a terminal.

    Of work that is counted in `of` (runs) it is told, once, how long it will take, if that is long. A first start has a bar of
    its own above, in per cent of what there is to compile.
    """
    pace = Pace(of)
    if not sys.stderr.isatty():
        yield lambda done, total: print_beside(*pace.announced(done, total))
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from eipsim.runs.first_start import watching

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    compiling = bar.add_task("compile, once on this computer", total=None, visible=False)
    task = bar.add_task(printable(label), total=None)

    def show_compiling(done: int, total: int) -> None:
        if total:
            bar.update(compiling, completed=100 * done // total, total=100)
        bar.update(compiling, visible=not total or done < total)

    timer = threading.Timer(PATIENCE, bar.start)
    timer.daemon = True
    timer.start()
    try:
        with watching(show_compiling):

            def show(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)
                for line in pace.announced(done, total):
                    bar.console.print(line, highlight=False, markup=False)

            yield show
    finally:
        timer.cancel()
        timer.join()
        bar.stop()


@contextmanager
def lasting_progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """As `progress`, for work of minutes to days: with rate and time left; in a log a line every half minute."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        rate, left = TextColumn("{task.fields[rate]}"), TextColumn("{task.fields[left]} left")
        columns = (rate, BarColumn(), MofNCompleteColumn(), left)
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=None, rate="", left="…")
            pace = Pace(what)

            def show(done: int, total: int) -> None:
                rate, left = pace.rate_and_time_left(done, total)
                bar.update(task, completed=done, total=total, rate=rate, left=left)

            yield show
        return
    pace, said = Pace(what), time.monotonic()

    def say(done: int, total: int) -> None:
        nonlocal said
        rate, left = pace.rate_and_time_left(done, total)
        print_beside(*pace.announced(done, total))
        if time.monotonic() - said >= SAID_EVERY:
            said = time.monotonic()
            print_beside(f"{done:,} of {total:,} {what}, {rate}, {left} left")

    yield say


class Pace:
    """How fast work goes, from the first report that something is done: before it, workers start and machine code is made."""

    def __init__(self, what: str):
        self.what, self.start, self.first = what, 0.0, 0
        self.is_announced = not what

    def rate_and_time_left(self, done: int, total: int) -> tuple[str, str]:
        """Rate and time left, in words."""
        rate, _ = self._rate(done)
        if rate <= 0.0:
            return f"… {self.what}/s", "…"
        return f"{rate:.3g} {self.what}/s", duration((total - done) / rate)

    def announced(self, done: int, total: int) -> list[str]:
        """Once, as soon as it is known and if it is long: how long the rest will take, and how that was estimated."""
        rate, seconds = self._rate(done)
        if self.is_announced or seconds < KNOWN_AFTER or rate <= 0.0 or (total - done) / rate < LONG:
            return []
        self.is_announced = True
        left, of = duration((total - done) / rate), f"{total:,} {self.what}"
        return [f"About {left} more for {of}, as {done - self.first:,} of them took {duration(seconds)}."]

    def _rate(self, done: int) -> tuple[float, float]:
        """What is done in a second, and the seconds in which that was measured."""
        now = time.monotonic()
        if not self.first:
            self.start, self.first = now, done
        seconds = now - self.start
        return ((done - self.first) / seconds if seconds > 0.0 else 0.0), seconds
