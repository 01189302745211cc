"""What jobs of a cluster are asked for, as commands say it: time, partition, memory, workers that come and go."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from eipsim.cli import terminal
from eipsim.errors import InputError, Mistake, Mistakes, refuse_all

QUEUED = "dask-jobqueue"  # the backend whose workers are jobs
MEGABYTE = 1_000_000
ROUNDED = 500  # megabytes: what is asked for each worker is a multiple
SPARE = 1.5  # times the memory that a few runs here took
MOST_WORKERS = 10_000

Partition = Annotated[
    str | None, typer.Option("--partition", help="Partition (SLURM) or queue (PBS); default: that of the site.")
]
Memory = Annotated[
    int | None, typer.Option("--memory", metavar="MB", help="Megabytes for each worker; default: measured.")
]
Lines = Annotated[
    list[str] | None,
    typer.Option("--option", help="A further line for the scheduler, as --option=--account=eip; may be repeated."),
]


@dataclass(frozen=True)
class QueueOptions:
    """Of backend dask-jobqueue: the jobs that bring workers."""

    workers: Annotated[
        str | None,
        typer.Option("--workers", metavar="MIN-MAX", help="With --backend dask-jobqueue: workers that come and go."),
    ] = None
    time: Annotated[
        str | None, typer.Option("--time", metavar="HH:MM:SS", help="With dask-jobqueue: time of each job.")
    ] = None
    partition: Partition = None
    cores: Annotated[
        int | None, typer.Option("--cores", help="With dask-jobqueue: processors, and workers, of each job.")
    ] = None
    memory: Memory = None
    interface: Annotated[
        str | None, typer.Option("--interface", help="With dask-jobqueue: network by which workers come, as ib0.")
    ] = None
    option: Lines = None

    def given(self) -> list[str]:
        """Names of those that are said."""
        return [field.name for field in fields(self) if getattr(self, field.name) is not None]


def read_time(text: str) -> int:
    """`01:30:00` or `2-00:00:00` in seconds.

    >>> read_time("01:30:00"), read_time("2-00:00:00")
    (5400, 172800)
    """
    found = re.fullmatch(r"\s*(?:(\d{1,3})-)?(\d{1,4}):([0-5]\d):([0-5]\d)\s*", text)
    seconds = 0
    if found:
        days, hours, minutes, rest = (int(part or 0) for part in found.groups())
        seconds = ((days * 24 + hours) * 60 + minutes) * 60 + rest
    if seconds == 0:
        hint = "write hours, minutes and seconds, as 01:30:00, or with days, as 2-00:00:00"
        raise InputError(Mistake("--time", f"{text!r} is not a time", hint))
    return seconds


def read_workers(text: str) -> tuple[int, int]:
    """`2-20` or `20` as the fewest and the most workers.

    >>> read_workers("2-20"), read_workers("20")
    ((2, 20), (0, 20))
    """
    found = re.fullmatch(r"\s*(?:(\d{1,9})\s*-\s*)?(\d{1,9})\s*", text)
    least, most = (int(found[1] or 0), int(found[2])) if found else (0, 0)
    if not 1 <= most <= MOST_WORKERS or least > most:
        hint = f"write the fewest and the most, as 0-20, {MOST_WORKERS:,} at most"
        raise InputError(Mistake("--workers", f"{text!r} are no numbers of workers", hint))
    return least, most


def check_lines(lines: list[str] | None) -> None:
    """InputError for what is more, or other, than an option of a scheduler."""
    found = Mistakes()
    for line in lines or ():
        if "\n" in line or not line.startswith("-"):
            what = "is no option of a scheduler"
            found.append(Mistake(f"--option {line!r}", what, "as --option=--account=eip, one line each"))
    found.tell()


def check_counts(**counts: int | None) -> None:
    """InputError for numbers below one; None is not said."""
    found = Mistakes()
    for name, number in counts.items():
        if number is not None and number < 1:
            found.append(Mistake(f"--{name} {number}", "is too few", "a whole number of 1 or more"))
    found.tell()


def with_memory(request: Any, found: Any) -> Any:
    """The request with what a few runs took here, and what the sweep takes beside them, and some more; said is said."""
    if request.memory:
        return request
    needed = SPARE * (found.worker_bytes + found.sizes.memory_bytes / request.jobs) / MEGABYTE
    return replace(request, memory=ROUNDED * max(1, -int(-needed // ROUNDED)))


# ---- workers that are jobs -------------------------------------------------------------------------------------------------


def check_queue(backend: str, options: QueueOptions) -> None:
    """InputError for options that the backend has no use for, for what it lacks, and for what is none."""
    if backend != QUEUED:
        what, hint = f"is of no use to backend {backend}", f"add --backend {QUEUED}"
        refuse_all(Mistake(f"--{name}", what, hint) for name in options.given())
        return
    found = Mistakes()
    if options.time is None:
        found.append(Mistake(f"--backend {QUEUED}", "needs the time of its jobs", "as --time 01:00:00"))
    for check in (
        lambda: None if options.time is None else read_time(options.time),
        lambda: None if options.workers is None else read_workers(options.workers),
        lambda: check_counts(cores=options.cores, memory=options.memory),
        lambda: check_lines(options.option),
    ):
        with found.collected():
            check()
    found.tell()


@contextlib.contextmanager
def workers_of(plan: Any, design: str, folder: Path, scheduler: str | None, options: QueueOptions) -> Iterator[None]:
    """While the block lasts, backend dask has jobs of a queue as workers. Every mistake is told before the first is submitted."""
    from eipsim.sweeps.cluster import schedulers
    from eipsim.sweeps.cluster.queued_workers import Crowd, queued_workers
    from eipsim.sweeps.cluster.script import Request
    from eipsim.sweeps.cluster.submission import prepare

    least, most = (Crowd.least, Crowd.most) if options.workers is None else read_workers(options.workers)
    request = Request(
        str(Path(design).absolute()), str(folder.absolute()), schedulers.named(scheduler).name, 1, read_time(str(options.time)),
        options.cores or 1, options.memory or 0, options.partition, tuple(options.option or ()),
    )  # fmt: skip
    with terminal.progress("a few runs, to measure their time"):
        prepared = prepare(plan, request)
    request = with_memory(request, prepared.found)
    terminal.print_beside(*(f"Note: {doubt}" for doubt in prepared.doubts))
    terminal.print_beside(f"Note: {least} to {most} workers come as jobs {request.name}, {request.memory} MB each.")
    with queued_workers(request, Crowd(least, most, options.interface)):
        yield
