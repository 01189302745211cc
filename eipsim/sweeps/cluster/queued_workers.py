"""Workers that are jobs of a queue: they come when there is work, go when there is none, and are replaced when they are lost.

The one place that knows dask-jobqueue.
"""

from __future__ import annotations

import contextlib
import shlex
import sys
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from eipsim.errors import InputError, Mistake, StoppedError
from eipsim.stores.files import cannot_write
from eipsim.sweeps.cluster import schedulers
from eipsim.sweeps.cluster.script import THREADS, Request, clock, warned
from eipsim.sweeps.dask_workers import silence

ASKED_EVERY = 15.0  # seconds between questions to the scheduler what has become of the jobs
IN_VAIN = 3  # jobs that ended without a worker, after which none more is asked for
PATIENCE = 30  # seconds without work, after which a worker is given back
QUICK = "1s"  # of work for each worker that is asked for: batches take seconds
FAILED = "Cluster failed to start: "  # how Dask begins
GONE = 60  # seconds after which a worker that does not reach the sweep ends


@dataclass(frozen=True)
class Crowd:
    """Workers to have at least and at most, and the network by which they reach the sweep (None: the usual one)."""

    least: int = 0
    most: int = 10
    interface: str | None = None


@contextlib.contextmanager
def queued_workers(request: Request, crowd: Crowd) -> Iterator[None]:
    """While the block lasts, `run_sweep(..., backend="dask")` has workers that are jobs as `request` describes them.

    Each job brings `request.jobs` workers. What a request says of parts is not looked at.
    """
    try:
        from distributed import Client
    except ImportError:
        raise _not_installed() from None
    refusals: list[str] = []
    with silence(), _cluster(request, crowd, refusals) as cluster, Client(cluster):
        cluster.look_after = Jobs(cluster, request, refusals).look_after
        cluster.adapt(minimum=crowd.least, maximum=crowd.most, wait_count=PATIENCE, target_duration=QUICK)
        yield


def _not_installed() -> InputError:
    return InputError(Mistake("backend", "dask-jobqueue is not installed", "pip install 'eipsim[cluster]'"))


def _cluster(request: Request, crowd: Crowd, refusals: list[str]) -> Any:
    """The cluster of dask-jobqueue, without a worker yet. What the scheduler says to a job that it refuses goes to `refusals`."""
    try:
        from dask_jobqueue import PBSCluster, SLURMCluster
    except ImportError:
        raise _not_installed() from None
    kind: Any = {"slurm": SLURMCluster, "pbs": PBSCluster}[request.scheduler]

    class Refusable(kind.job_cls):  # type: ignore[misc]
        async def _submit_job(self, script: str) -> str:
            try:
                return await super()._submit_job(script)
            except (RuntimeError, OSError) as error:
                refusals.append(_last_said(str(error)))
                raise

    try:
        request.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(request.folder, error) from error
    try:
        return kind(job_cls=Refusable, **_settings(request, crowd))
    except (RuntimeError, ValueError, OSError) as error:
        what = f"no scheduler of Dask can be started: {_last_said(str(error)).removeprefix(FAILED)}"
        raise InputError(
            Mistake(f"--interface {crowd.interface}" if crowd.interface else "dask-jobqueue", what)
        ) from None


def _last_said(text: str) -> str:
    """
    >>> _last_said("Command exited with non-zero exit code.\\nstderr:\\nsbatch: error: invalid partition\\n\\n")
    'sbatch: error: invalid partition'
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "without a word"


def _settings(request: Request, crowd: Crowd) -> dict[str, Any]:
    """What dask-jobqueue is told; what is not said here is as the user's own settings of it say.

    A worker goes a moment before the time of its job is up; connections are encrypted, because whoever connects to a scheduler of
    Dask can run code as its user.
    """
    lives = request.seconds - warned(request.seconds)
    logs = request.folder
    of_scheduler = {
        "slurm": ["--open-mode=append", f'--output="{str(logs).replace("%", "%%")}/worker-%j.log"'],
        "pbs": ["-j oe", f"-o {logs}/", "-V"],
    }[request.scheduler]
    return {
        "cores": request.jobs,
        "processes": request.jobs,
        "memory": f"{request.memory * request.jobs}MB",
        "walltime": clock(request.seconds),
        **({"queue": request.partition} if request.partition else {}),
        **({"interface": crowd.interface} if crowd.interface else {}),
        "job_name": request.name[: 15 if request.scheduler == "pbs" else None],
        "python": shlex.quote(sys.executable),
        "death_timeout": GONE,
        # the scheduler sees to the memory of jobs; workers keep no results that could be put aside
        "worker_extra_args": ["--memory-limit", "0", "--lifetime", f"{lives}s", "--no-dashboard"],
        "job_script_prologue": [f"export {THREADS}"],
        "job_extra_directives": [*of_scheduler, *request.options],
        "scheduler_options": {"dashboard": False, "dashboard_address": ":0"},
        "security": True,
        "shared_temp_directory": str(request.folder),
    }


class Jobs:
    """What has become of the jobs: dask-jobqueue learns of a job that ends only if its worker had come."""

    def __init__(self, cluster: Any, request: Request, refusals: list[str]):
        self.cluster, self.request, self.refusals = cluster, request, refusals
        self.brought: set[str] = set()  # jobs whose worker has come
        self.in_vain, self.asked = 0, time.monotonic()

    def look_after(self) -> None:
        """Ask again for jobs that ended, or were refused, before their worker came. StoppedError when all do so."""
        here = {str(worker["name"]) for worker in self.cluster.scheduler_info["workers"].values()}
        jobs = dict(self.cluster.workers)
        self.brought |= {name for name in jobs if name in here or f"{name}-0" in here}
        self.in_vain = 0 if here else self.in_vain
        if time.monotonic() - self.asked < ASKED_EVERY:
            return
        self.asked = time.monotonic()
        lost = self._lost({name: job for name, job in jobs.items() if name not in self.brought})
        self.in_vain += 0 if here else len(lost)
        self.cluster.loop.add_callback(self._forget, lost)
        if not here and self.refusals and not any(job.job_id for job in jobs.values()):
            raise StoppedError(
                f"{schedulers.named(self.request.scheduler).submits} refused all jobs: {self.refusals[-1]}"
            )
        if self.in_vain >= IN_VAIN:
            told = f"what they said is in {self.request.folder}"
            raise StoppedError(f"{self.in_vain} jobs have ended and none has brought a worker ({told})")

    def _lost(self, jobs: dict[str, Any]) -> list[str]:
        """Names of those that are not in the queue; none when the scheduler does not say."""
        try:
            queued = schedulers.named(self.request.scheduler).queued(
                [job.job_id for job in jobs.values() if job.job_id]
            )
        except InputError:
            return []
        return [name for name, job in jobs.items() if job.job_id not in queued]

    def _forget(self, names: Collection[str]) -> None:
        """The cluster asks for others in their place."""
        from distributed.core import Status

        for name in names:
            if (job := self.cluster.workers.pop(name, None)) is not None:
                job.status = Status.closed
