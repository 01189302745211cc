"""`eipsim cluster`: a sweep in parts as jobs of a cluster: submit, see how far it is, go on, cancel."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from eipsim.cli import terminal
from eipsim.cli.consent import Trust
from eipsim.cli.options import Json, all_of, grouped
from eipsim.cli.queues import Lines, Memory, Partition, check_counts, check_lines, read_time, with_memory
from eipsim.cli.sweeps import DesignFile, StoreFolder, agreed, loaded
from eipsim.core.numbers import duration
from eipsim.errors import InputError

Time = Annotated[str, typer.Option("--time", metavar="HH:MM:SS", help="Time of each job; also D-HH:MM:SS.")]
OtherTime = Annotated[
    str | None, typer.Option("--time", metavar="HH:MM:SS", help="Another time for each job than before.")
]


@dataclass(frozen=True)
class JobOptions:
    """What each job is given."""

    time: Time
    shards: Annotated[int, typer.Option("--shards", metavar="N", help="Parts, each a job.")]
    partition: Partition = None
    jobs: Annotated[int, typer.Option("--jobs", help="Workers of each part, each a processor.")] = 1
    memory: Memory = None
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="slurm or pbs; default: the one that is there.")
    ] = None
    option: Lines = None
    extend: Annotated[
        bool, typer.Option("--extend", help="Add the runs of a larger design to the store of the smaller one.")
    ] = False
    trust: Trust = False


@grouped
def submit(
    design: DesignFile,
    store: Annotated[Path, typer.Option("--store", metavar="DIR", help="Folder of the store, which all nodes see.")],
    *,
    options: JobOptions,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only look for mistakes and print the script; nothing is written.")
    ] = False,
    json: Json = False,
) -> None:  # fmt: skip
    """Run what the store lacks of DESIGN as jobs of a cluster, each a part."""
    from eipsim.sweeps.cluster.submission import prepare
    from eipsim.sweeps.cluster.submission import submit as submit_all

    counts = {"shards": options.shards, "jobs": options.jobs, "memory": options.memory}
    checks = [lambda: check_counts(**counts), lambda: check_lines(options.option), lambda: read_time(options.time)]
    *_, plan = all_of(*checks, lambda: loaded(design))
    is_strange = bool(plan.strange_code)
    plan = agreed(plan, store, options.trust)
    request, is_here = _request(design, store, options, is_strange, dry_run)
    with terminal.progress("a few runs, to measure their time"):
        prepared = prepare(plan, request, is_here)
    request = with_memory(request, prepared.found)
    terminal.print_beside(*(f"Note: {doubt}" for doubt in prepared.doubts))
    if dry_run:
        _tell_script(request, prepared.found, is_here, json)
        return
    _tell_submitted(store, submit_all(plan, request, options.extend), json)


def _request(design: str, store: Path, options: JobOptions, is_strange: bool, dry_run: bool) -> tuple[Any, bool]:
    """What is asked, and whether there is a scheduler that answers; without one a script can only be looked at."""
    from eipsim.sweeps.cluster import schedulers
    from eipsim.sweeps.cluster.script import Request

    try:
        asked = schedulers.named(options.scheduler)
        if dry_run:
            asked.queues()
        name, is_here = asked.name, True
    except InputError:
        if not dry_run or options.scheduler not in (None, *schedulers.SCHEDULERS):
            raise
        name, is_here = options.scheduler or next(iter(schedulers.SCHEDULERS)), False
    return Request(
        str(Path(design).absolute()), str(store.absolute()), name, options.shards, read_time(options.time), options.jobs,
        options.memory or 0, options.partition, tuple(options.option or ()), is_strange,
    ), is_here  # fmt: skip


def _tell_script(request: Any, found: Any, is_here: bool, json: bool) -> None:
    from eipsim.sweeps.cluster.script import SCRIPT, script_of

    text, file = script_of(request), request.folder / SCRIPT
    if json:
        terminal.print_json({"request": asdict(request), "file": file, "script": text, "forecast": found.as_dict()})
        return
    if not is_here:
        what = "there is no scheduler on this machine that answers, so partition and store were not looked at"
        terminal.print_beside(f"Note: {what}.")
    lines = [line for line in found.told() if not line.startswith(("time", "memory"))]
    terminal.print_lines(*lines, _time_of_part(request, found), f"script    would be {file}:", "", *text.splitlines())


def _time_of_part(request: Any, found: Any) -> str:
    """How long a part takes, as a line of a forecast."""
    if found.seconds_per_run is None:
        return "time      no run came to its end, so there is no time to tell"
    seconds = found.cpu_hours * 3600 / (request.shards * request.jobs)
    times = f"{duration(found.seconds_per_run)} a run, so about {duration(seconds)} for each of {request.shards} parts"
    return f"time      {times}; each may take {duration(request.seconds)}"


def _tell_submitted(store: Path, jobs: list[Any], json: bool) -> None:
    from eipsim.sweeps.cluster.script import SCRIPT, folder_beside

    script, parts = folder_beside(store) / SCRIPT, sorted(part for job in jobs for part in job.parts)
    if json:
        terminal.print_json({"jobs": [job.name for job in jobs], "parts": parts, "script": script})
        return
    names, count = ", ".join(job.name for job in jobs), f"{len(parts)} part{'s' * (len(parts) > 1)}"
    terminal.print_lines(
        f"Submitted {count} as job{'s' * (len(jobs) > 1)} {names}. The script is {script}",
        f"How far they are: eipsim cluster status {store}",
    )


def status(store: StoreFolder, json: Json = False) -> None:
    """Tell of each part what is stored, failed and missing, whether it runs, how fast, and how long it still takes."""
    from eipsim.sweeps.cluster import submission

    made, parts, queued, told = submission.status(store)
    if json:
        terminal.print_json(_status_content(made, parts, queued, bool(told)))
    else:
        terminal.print_lines(*(_line(part, queued, bool(told)) for part in parts), *_sums(made, parts, queued, store))
    if told:
        raise InputError(told)


def _state(part: Any, queued: dict[int, str], is_unknown: bool) -> str:
    if not part.missing:
        return "done"
    return "not known" if is_unknown else queued.get(part.number, "stopped")


def _line(part: Any, queued: dict[int, str], is_unknown: bool) -> str:
    """
    part 2/4: 57 of 98, 41 missing; running, 3.2 runs/s, 13 s left
    """
    failed = f", {part.failed:,} failed" if part.failed else ""
    if not part.missing:
        return f"{part}{failed}"
    state = _state(part, queued, is_unknown)
    pace = f", {part.rate:.3g} runs/s, {duration(part.seconds_left)} left" if part.rate and state == "running" else ""
    return f"{part}{failed}, {part.missing:,} missing; {state}{pace}"


def _sums(made: Any, parts: list[Any], queued: dict[int, str], store: Path) -> list[str]:
    """All parts in two lines or three: what there is, how they stand, what to do about those that stopped."""
    done, runs = sum(part.done for part in parts), sum(part.runs for part in parts)
    failed, missing = sum(part.failed for part in parts), sum(part.missing for part in parts)
    running = [part for part in parts if part.missing and queued.get(part.number) == "running"]
    ended, rate = [part for part in parts if not part.missing], sum(part.rate or 0.0 for part in running)
    waiting = [part for part in parts if part.missing and part.number in queued and part not in running]
    stopped = len(parts) - len(ended) - len(running) - len(waiting)
    left = f"; {rate:.3g} runs/s, {duration(missing / rate)} left" if rate else ""
    lines = [
        f"{done:,} of {runs:,} runs are stored, {failed:,} failed, {missing:,} are missing{left}",
        f"{len(ended)} of {len(parts)} parts are done, {len(running)} running, {len(waiting)} waiting, {stopped} stopped",
    ]
    if stopped:
        why = f"cancelled at {made.cancelled}" if made.cancelled else f"why is told in {made.request.folder}/part-*.log"
        lines += [f"Those that stopped: {why}. Go on with: eipsim cluster resume {store}"]
    return lines


def _status_content(made: Any, parts: list[Any], queued: dict[int, str], is_unknown: bool) -> dict[str, Any]:
    rows = [
        {**asdict(p), "missing": p.missing, "state": _state(p, queued, is_unknown), "seconds_left": p.seconds_left}
        for p in parts
    ]
    return {"jobs": [job.name for job in made.jobs], "cancelled": made.cancelled or None, "parts": rows}


def resume(store: StoreFolder, time: OtherTime = None, json: Json = False) -> None:
    """Submit again the parts that lack runs and neither run nor wait. Nothing that is stored is run again."""
    from eipsim.sweeps.cluster import submission

    _tell_submitted(store, submission.resume(store, None if time is None else read_time(time)), json)


def cancel(store: StoreFolder, json: Json = False) -> None:
    """Take all parts of a store from the queue. What is stored stays."""
    from eipsim.sweeps.cluster import submission

    parts = submission.cancel(store)
    if json:
        terminal.print_json({"cancelled": sorted(parts)})
    else:
        terminal.print_lines(f"Cancelled {len(parts)} parts. Go on with: eipsim cluster resume {store}")
