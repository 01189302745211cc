"""Submitting a sweep in parts, going on with what is left of it, cancelling it. What was submitted is noted beside the store."""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from eipsim.designs.design import Design
from eipsim.designs.reading import outcomes_not_found
from eipsim.errors import InputError, Mistake, Mistakes, refuse_all
from eipsim.stores.files import cannot_write, write_text
from eipsim.stores.store import Store
from eipsim.sweeps.agreement import remember
from eipsim.sweeps.cluster import checks, schedulers
from eipsim.sweeps.cluster.parts import Part, parts_of_store
from eipsim.sweeps.cluster.schedulers import Job, Pbs, Queue, Slurm
from eipsim.sweeps.cluster.script import RECORD, SCRIPT, Request, folder_beside, script_of
from eipsim.sweeps.forecast import Forecast, forecast

BUSY = "submitting"  # a file that stands for a submit under way


@dataclass(frozen=True)
class Submission:
    """What was asked, the jobs that came of it, and when they were cancelled if they were."""

    request: Request
    jobs: tuple[Job, ...] = ()
    submitted: str = ""
    cancelled: str = ""

    @property
    def scheduler(self) -> Slurm | Pbs:
        return schedulers.named(self.request.scheduler)

    @classmethod
    def of(cls, store: str | Path) -> Submission:
        """What was submitted for a store. InputError where there is no store, or nothing was submitted for it."""
        opened = Store.open(store)
        file = folder_beside(opened.folder.absolute()) / RECORD
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
            asked = {**said["request"], "options": tuple(said["request"]["options"])}
            jobs = tuple(Job(job["name"], tuple(job["parts"])) for job in said["jobs"])
            return cls(Request(**asked), jobs, said["submitted"], said["cancelled"])
        except FileNotFoundError:
            hint = f"`eipsim cluster submit DESIGN --store {store}` does that"
            raise InputError(Mistake(f"store {store}", "was not submitted to a cluster", hint)) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            hint = "remove it and submit again; results are not touched"
            raise InputError(Mistake(str(file), f"cannot be read: {error}", hint)) from None

    def note(self) -> None:
        """Keep it beside the store."""
        write_text(self.request.folder / RECORD, json.dumps(asdict(self), indent=2) + "\n")


@dataclass(frozen=True)
class Prepared:
    """A request that nothing is known to be wrong with: the forecast of its runs, and what cannot be known."""

    request: Request
    found: Forecast
    doubts: tuple[str, ...]


def prepare(plan: Design, request: Request, ask_scheduler: bool = True) -> Prepared:
    """Look at all of a request for a design. InputError with every mistake; nothing is written."""
    told, queues = Mistakes(outcomes_not_found(plan)), list[Queue]()
    if request.shards > plan.n_runs:
        told.append(Mistake(f"--shards {request.shards}", f"the design has no more than {plan.n_runs} runs"))
    found = forecast(plan, request.store, request.jobs)
    with told.collected():
        if ask_scheduler:
            scheduler = schedulers.named(request.scheduler)
            queues = scheduler.queues()
            told += [*checks.of_queue(request, scheduler, queues), *checks.of_place(request, queues)]
    runs_of_batch = len(plan.scenarios) if plan.baseline is not None else 1
    told += checks.of_time(request, found, runs_of_batch)
    with told.collected():
        if ask_scheduler:
            _refuse_second(request.store)
    told.tell()
    return Prepared(request, found, tuple(checks.doubts(request, queues) if ask_scheduler else ()))


def submit(plan: Design, request: Request, extend: bool = False) -> list[Job]:
    """Submit what a store lacks of a design, after `prepare`: the jobs. The store is laid out first, so that all find it."""
    with _alone(request):
        _refuse_second(request.store)
        store = Store.create(request.store, plan, extend)
        remember(plan, request.store)
        lacking = [part.number for part in parts_of_store(store, request.shards) if part.missing]
        if not lacking:
            raise InputError(Mistake(f"store {request.store}", "lacks nothing of the design"))
        return _submitted(request, lacking)


def resume(store: str | Path, seconds: int | None = None) -> list[Job]:
    """Submit again the parts that lack runs and have no job: the new jobs. InputError where there is no such part.

    seconds : another time for each than before
    """
    before = Submission.of(store)
    request = replace(before.request, seconds=seconds or before.request.seconds)
    scheduler = before.scheduler
    refuse_all(checks.of_queue(request, scheduler, scheduler.queues()))
    with _alone(request):
        queued = scheduler.states(before.jobs)
        lacking = [part for part in parts_of_store(Store.open(store), request.shards) if part.missing]
        stopped = [part.number for part in lacking if part.number not in queued]
        if not stopped:
            what = f"has nothing to go on with: {len(queued)} parts are running or wait" if queued else "lacks nothing"
            raise InputError(Mistake(f"store {store}", what))
        return _submitted(request, stopped, [job for job in before.jobs if queued.keys() & set(job.parts)])


def cancel(store: str | Path) -> dict[int, str]:
    """Take all jobs of a store from the queue; returns their parts. InputError when there is none."""
    before = Submission.of(store)
    queued = before.scheduler.states(before.jobs)
    if not queued:
        what = f"was cancelled already, at {before.cancelled}" if before.cancelled else "has no part that runs or waits"
        raise InputError(Mistake(f"store {store}", what, f"`eipsim cluster status {store}` tells how far it is"))
    before.scheduler.cancel([job for job in before.jobs if queued.keys() & set(job.parts)])
    replace(before, cancelled=_now()).note()
    return queued


def _submitted(request: Request, parts: Collection[int], others: Collection[Job] = ()) -> list[Job]:
    """Write the script and submit these parts: their jobs. `others` are in the queue already."""
    script = request.folder / SCRIPT
    write_text(script, script_of(request))
    jobs = schedulers.named(request.scheduler).submit(script, parts)
    Submission(request, (*others, *jobs), _now()).note()
    return jobs


def _now() -> str:
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")


def _refuse_second(store: str | Path) -> None:
    """InputError when jobs of the store are in the queue."""
    if not (folder_beside(store) / RECORD).exists():
        return
    before = Submission.of(store)
    queued = before.scheduler.states(before.jobs)
    if queued:
        names = ", ".join(job.name for job in before.jobs)
        what = f"was submitted already (job {names}), and {len(queued)} of its parts are running or wait"
        hint = f"`eipsim cluster status {store}` tells how far they are, `eipsim cluster cancel {store}` ends them"
        raise InputError(Mistake(f"store {store}", what, hint))


@contextlib.contextmanager
def _alone(request: Request) -> Iterator[None]:
    """One submit at a time for a store."""
    file = request.folder / BUSY
    try:
        request.folder.mkdir(parents=True, exist_ok=True)
        file.open("x").close()
    except FileExistsError:
        hint = f"wait for it; if it was killed, remove {file}"
        raise InputError(Mistake(f"store {request.store}", "another submit is under way", hint)) from None
    except OSError as error:
        raise cannot_write(request.folder, error) from error
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def status(store: str | Path) -> tuple[Submission, list[Part], dict[int, str], list[Any]]:
    """What was submitted, its parts as the store has them, as the queue has them, and what the scheduler would not tell."""
    made, queued, told = Submission.of(store), dict[int, str](), Mistakes()
    with told.collected():
        queued = made.scheduler.states(made.jobs)
    return made, parts_of_store(Store.open(store), made.request.shards), queued, list(told)
