"""`eipsim sweep` and `eipsim store`: run a design into a store, and look after stores."""

from __future__ import annotations

import contextlib
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from eipsim.cli import terminal
from eipsim.cli.consent import Trust, agree
from eipsim.cli.options import RESULTS, Force, Json, all_of, grouped, read_years
from eipsim.cli.queues import QUEUED, QueueOptions, check_queue, workers_of
from eipsim.core.names import inside
from eipsim.errors import InputError, Mistake, RunError, StoppedError
from eipsim.runs.saving import write_table
from eipsim.sweeps import interruption

MOST_MESSAGES = 5
DEEPEST = 4  # folders below, in which stores are looked for

DesignFile = Annotated[str, typer.Argument(metavar="DESIGN", help="A YAML file that describes the design.")]
StoreFolder = Annotated[Path, typer.Argument(metavar="STORE", help="Folder of a store.")]
Workers = Annotated[int, typer.Option("--jobs", help="Workers; -1 = one a core.")]
Backend = Annotated[str, typer.Option("--backend", help="loky (processes), threads, dask, dask-jobqueue or serial.")]


@dataclass(frozen=True)
class SweepOptions:
    """How `run_sweep` goes about its runs."""

    jobs: Workers = 1
    backend: Backend = "loky"
    limit: Annotated[int | None, typer.Option("--limit", help="Stop after this many runs.")] = None
    extend: Annotated[
        bool, typer.Option("--extend", help="Add the runs of a larger design to the store of the smaller one.")
    ] = False
    retry_failures: Annotated[bool, typer.Option("--retry-failures", help="Run again what failed before.")] = False
    repair: Annotated[
        bool,
        typer.Option("--repair/--no-repair", help="Read the whole store first and run again what damaged files held."),
    ] = True
    trust: Trust = False
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler",
            metavar="ADDRESS",
            help="With --backend dask: HOST:PORT of its scheduler; with dask-jobqueue: slurm or pbs.",
        ),
    ] = None


@grouped
def sweep(
    design: DesignFile,
    store: Annotated[
        Path | None, typer.Option("--store", metavar="DIR", help="Folder of the store; default: results/NAME OF THE DESIGN.")
    ] = None,
    shard: Annotated[
        str | None, typer.Option("--shard", metavar="I/N", help="Only part I of N, for several machines with one store.")
    ] = None,
    *,
    options: SweepOptions,
    queue: QueueOptions,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell how many runs there are, how long they take and how much room.")
    ] = False,
    json: Json = False,
) -> None:  # fmt: skip
    """Run every run of DESIGN that the store does not have yet. The same command goes on after any interruption."""
    folder = store or RESULTS / inside(Path(design).stem)
    backend = options.backend
    part, _, plan = all_of(lambda: read_shard(shard), lambda: check_queue(backend, queue), lambda: loaded(design))
    plan = agreed(plan, folder, options.trust)
    if dry_run:
        _tell_forecast(plan, folder, options.jobs, part, json)
        return
    from eipsim.sweeps.sweep import run_sweep

    settings, brought = vars(options), contextlib.ExitStack()
    try:
        if backend == QUEUED:
            settings = {**settings, "backend": "dask", "scheduler": None}
            brought.enter_context(workers_of(plan, design, folder, options.scheduler, queue))
        with brought, terminal.lasting_progress("runs") as report:
            made = run_sweep(plan, folder, shard=part, progress=report, **settings)
    except KeyboardInterrupt:
        interruption.disarm()
        raise StoppedError(f"Interrupted: {_how_far(plan, folder)}\n{shlex.join(_command())}") from None
    except StoppedError as stopped:
        raise StoppedError(f"{stopped}: {_how_far(plan, folder)} {shlex.join(_command())}") from None
    summary = _summary(made)
    if json:
        terminal.print_json(summary)
    else:
        _print_summary(summary)
        terminal.print_lines(*_told_of_part(made, part))
    _raise_failures(made)


def _how_far(plan: Any, folder: Path) -> str:
    from eipsim.stores.store import Store

    done = len(Store(folder).done()) if folder.is_dir() else 0
    return f"{done} of {plan.n_runs} runs are stored in {folder}. Go on with:"


def _told_of_part(store: Any, part: tuple[int, int] | None) -> list[str]:
    """How far the part is that was swept, where it is one."""
    from eipsim.sweeps.cluster.parts import parts_of_store

    return [] if part is None else [str(parts_of_store(store, part[1])[part[0] - 1])]


def _command() -> list[str]:
    return ["eipsim", *sys.argv[1:]]


def loaded(design: str) -> Any:
    from eipsim.designs.reading import load_design

    return load_design(design)


def agreed(plan: Any, folder: Path, trust: bool) -> Any:
    """The design, when its user agrees that the code which it names is run."""
    from eipsim.designs.reading import load_design
    from eipsim.sweeps.agreement import not_agreed

    agree(not_agreed(plan, folder), trust)
    return load_design(plan, trust=True)


def read_shard(text: str | None) -> tuple[int, int] | None:
    """`2/8` as two numbers.

    >>> read_shard("2/8")
    (2, 8)
    """
    if text is None:
        return None
    found = re.fullmatch(r"\s*(\d+)\s*/\s*(\d+)\s*", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise InputError(Mistake("--shard", f"{text!r} is no part", "write i/n with i from 1 to n, as 1/4"))
    return int(found[1]), int(found[2])


def _tell_forecast(plan: Any, folder: Path, jobs: int, part: tuple[int, int] | None, json: bool) -> None:
    from eipsim.sweeps.forecast import forecast

    with terminal.progress("a few runs, to measure their time"):
        found = forecast(plan, folder, jobs, part)
    if json:
        terminal.print_json(found.as_dict())
    else:
        terminal.print_lines(*found.told())


# ---- eipsim store --------------------------------------------------------------------------------------------------------


def list_stores(
    folder: Annotated[Path, typer.Argument(help="Where to look.")] = Path(),
    json: Json = False,
) -> None:  # fmt: skip
    """List the stores in a folder and below."""
    from eipsim.stores.layout import DESIGN
    from eipsim.stores.store import Store

    patterns = ["/".join(["*"] * depth + [DESIGN]) for depth in range(DEEPEST + 1)]
    files = sorted(file for pattern in patterns for file in folder.glob(pattern))
    rows = [row for file in files if (row := _row(Store(file.parent))) is not None]
    if json:
        terminal.print_json(rows)
    elif rows:
        terminal.print_records("Stores", rows)
    else:
        terminal.print_lines(f"There is no store in {folder}; `eipsim sweep DESIGN --store DIR` makes one.")


def _row(store: Any) -> dict[str, Any] | None:
    """A store in one line; None for a folder whose design.json is of something else."""
    try:
        summary = _summary(store)
    except InputError:
        return None
    names = ("store", "title", "runs", "stored", "failed", "missing", "megabytes")
    return {name: summary[name] for name in names}


def show_store(
    store: StoreFolder,
    verify: Annotated[bool, typer.Option("--verify", help="Read everything and compare the checksums.")] = False,
    json: Json = False,
) -> None:  # fmt: skip
    """Tell what a store holds: its design, how many runs, which failed and why, who wrote to it."""
    from eipsim.stores.store import Store

    opened = Store.open(store)
    damaged = opened.verify() if verify else {}
    summary = _summary(opened) | {"sessions": opened.sessions()}
    summary["damaged"] = {str(file): why for file, why in (damaged or opened.damaged).items()}
    if json:
        terminal.print_json(summary)
        return
    _print_summary(summary)
    terminal.print_lines(*(f"Failed: {_told(failure)}" for failure in summary["failures"]))
    lines = [f"Damaged: {file}: {why}" for file, why in summary["damaged"].items()]
    terminal.print_lines(*lines, *(["The same `eipsim sweep` runs again what they held."] if lines else []))
    names = ("started", "host", "workers", "done", "failed", "wall_seconds", "ended")
    sessions = [{name: session.get(name) for name in names} for session in summary["sessions"]]
    if sessions:
        terminal.print_records("Sessions", sessions)


def export_store(
    store: StoreFolder,
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="A .csv, .parquet or .xlsx file.")],
    outcomes: Annotated[list[str] | None, typer.Option("--outcome", help="Only this outcome; may be repeated.")] = None,
    years: Annotated[str | None, typer.Option("--years", metavar="FIRST-LAST", help="Only these years.")] = None,
    scenarios: Annotated[list[str] | None, typer.Option("--scenario", help="Only this scenario; may be repeated.")] = None,
    force: Force = False, json: Json = False,
) -> None:  # fmt: skip
    """Write one tidy table: scenario, row, replicate, factors, year, outcomes; in .xlsx a sheet a scenario.

    Beside a .csv or .parquet file a codebook tells units and meanings.
    """
    from eipsim.stores.store import Store

    if to.suffix not in (".csv", ".parquet", ".xlsx"):
        raise InputError(Mistake(f"--to {to}", "is neither a .csv nor a .parquet nor an .xlsx file"))
    if to.exists() and not force:
        raise InputError(Mistake(f"--to {to}", "exists", "nothing is overwritten without --force"))
    opened, period = Store.open(store), read_years(years)
    span = None if period is None else range(period[0], period[1] + 1)
    table = opened.table(outcomes or None, span, scenarios or None)
    if to.suffix == ".xlsx":
        opened.to_excel(to, outcomes or None, span, scenarios or None, force)
    else:
        _write_with_codebook(opened, table, to)
    if json:
        terminal.print_json({"file": to, "rows": len(table), "columns": list(table)})
    else:
        terminal.print_lines(f"{len(table):,} rows and {len(table.columns)} columns are in {to}")


def _write_with_codebook(store: Any, table: Any, to: Path) -> None:
    from eipsim.exports.codebook import codebook
    from eipsim.stores.codebooks import meanings_of
    from eipsim.stores.files import replacing

    book = codebook({to.name: table}, meanings_of(store.design))
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        for content, file in ((table, to), (book, to.with_suffix(".codebook.csv"))):
            with replacing(file) as draft:
                write_table(content, draft, file.suffix)
    except OSError as error:
        raise InputError(Mistake(f"--to {to}", f"cannot be written: {error.strerror or error}")) from None


def collect_garbage(store: StoreFolder, json: Json = False) -> None:
    """Merge the many small files of a store into few, and remove what killed writers left behind."""
    from eipsim.stores.store import Store

    found = Store.open(store).gc()
    if json:
        terminal.print_json(found)
        return
    terminal.print_lines(
        f"{found['parts_before']} parts became {found['parts_after']}; removed: {found['temporary_files']} unfinished files, "
        f"{found['runs_without_design']} runs that the design does not have."
    )


# ---- what they tell ------------------------------------------------------------------------------------------------------


def _summary(store: Any) -> dict[str, Any]:
    index, done, failures = store.index(), store.done(), store.failures()
    stored = int(index["key"].isin(list(done)).sum())
    size = sum(file.stat().st_size for file in store.folder.rglob("*") if file.is_file())
    return {
        "store": str(store.folder),
        "title": store.content["title"],
        "digest": store.content["digest"],
        "scenarios": [str(name) for name in index["scenario"].unique()],
        "rows": int(index["row"].nunique()),
        "replicates": int(index["replicate"].nunique()),
        "years": store.content["years"],
        "outcomes": len(store.outcomes),
        "runs": len(index),
        "stored": stored,
        "failed": len(failures),
        "missing": len(index) - stored - len(failures),
        "megabytes": round(size / 1e6, 1),
        "failures": _counted(failures),
        "damaged": {str(file): why for file, why in store.damaged.items()},
    }


def _print_summary(summary: dict[str, Any]) -> None:
    first, last = summary["years"]
    terminal.print_lines(
        f"{summary['title'] or summary['store']}: {len(summary['scenarios'])} scenarios x {summary['rows']:,} points x "
        f"{summary['replicates']} replicates, {summary['outcomes']} outcomes, {first}-{last}",
        f"{summary['stored']:,} of {summary['runs']:,} runs are stored, {summary['failed']:,} failed, "
        f"{summary['missing']:,} are missing; {summary['megabytes']:,} MB in {summary['store']}",
    )


def _counted(failures: Any) -> list[dict[str, Any]]:
    """Every message of failed runs with the number of these runs, the most frequent first."""
    counts = failures.groupby(["error", "message"], sort=False).size().sort_values(ascending=False)
    return counts.rename("runs").reset_index().to_dict("records")


def _told(failure: dict[str, Any]) -> str:
    return f"{failure['runs']} runs: {failure['message']} ({failure['error']})"


def _raise_failures(store: Any) -> None:
    """RunError, and so exit code 3, when runs failed; each message with the number of its runs."""
    failures = store.failures()
    if not len(failures):
        return
    lines = [_told(failure) for failure in _counted(failures)]
    more = [f"and {len(lines) - MOST_MESSAGES} more messages"] if len(lines) > MOST_MESSAGES else []
    raise RunError("\n".join([f"{len(failures)} runs failed", *lines[:MOST_MESSAGES], *more]))
