"""What can be known to go wrong with jobs before any is submitted."""

from __future__ import annotations

import contextlib
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from eipsim.core.numbers import duration
from eipsim.errors import Mistake, unknown
from eipsim.sweeps.cluster.schedulers import Pbs, Queue, Slurm
from eipsim.sweeps.cluster.script import Request, clock, warned
from eipsim.sweeps.forecast import Forecast

OF_EACH_MACHINE = ("/tmp", "/var/tmp", "/dev/shm", "/run")  # folders that every machine has for itself, by custom
IN_MEMORY = ("tmpfs", "ramfs", "devtmpfs")
ON_A_DISK = (
    "ext2",
    "ext3",
    "ext4",
    "xfs",
    "btrfs",
    "zfs",
    "overlay",
    "f2fs",
)  # which nodes may have under the same name
MOUNTS = Path("/proc/self/mounts")
LONGEST_START = 300.0  # seconds
START = "import eipsim.sweeps.sweep"


def start_seconds() -> float:
    """What a part takes until its first run: a process of its own that loads what a sweep does."""
    began = time.perf_counter()
    with contextlib.suppress(subprocess.TimeoutExpired):  # then it takes at least that long
        subprocess.run([sys.executable, "-c", START], check=False, stdin=subprocess.DEVNULL, timeout=LONGEST_START)
    return time.perf_counter() - began


# ---- time --------------------------------------------------------------------------------------------------------------


def of_time(request: Request, found: Forecast, runs_of_batch: int) -> Iterator[Mistake]:
    """A time in which a job is told to stop before it has stored anything."""
    if found.seconds_per_run is None:
        return
    start, batch, end = start_seconds(), runs_of_batch * found.seconds_per_run, warned(request.seconds)
    if request.seconds < start + batch + end:
        what = (
            f"is too short for one batch: {duration(start)} to start, {duration(batch)} for a batch of {runs_of_batch}"
        )
        runs = f"run{'s' * (runs_of_batch > 1)}, and a job is told to stop {end} s before its end"
        yield Mistake(f"--time {clock(request.seconds)}", f"{what} {runs}", "give it more")


# ---- partitions --------------------------------------------------------------------------------------------------------


def of_queue(request: Request, scheduler: Slurm | Pbs, queues: list[Queue]) -> Iterator[Mistake]:
    """A partition or queue that there is not, that runs nothing, or only shorter jobs."""
    where, kind = f"--partition {request.partition}", scheduler.queues_called
    if request.partition is not None and request.partition not in {queue.name for queue in queues}:
        yield unknown("--partition", kind, request.partition, sorted({queue.name for queue in queues}))
    for queue in chosen(request, queues):
        usable = sorted({other.name for other in queues if not other.trouble})
        if queue.trouble:
            yield Mistake(where, f"{kind} {queue.name} {queue.trouble}", f"up: {', '.join(usable) or 'none'}")
        if request.seconds > queue.most_seconds:
            most = clock(int(queue.most_seconds))
            yield Mistake(f"--time {clock(request.seconds)}", f"{kind} {queue.name} allows {most} at most")


def chosen(request: Request, queues: list[Queue]) -> list[Queue]:
    """The queue that jobs will be in, as far as it is known."""
    return [q for q in queues if q.name == request.partition or (request.partition is None and q.is_default)][:1]


# ---- the store, seen from nodes ----------------------------------------------------------------------------------------


def of_place(request: Request, queues: list[Queue]) -> Iterator[Mistake]:
    """A store, or a design, that is in a folder of this machine alone while jobs run on others."""
    if _all_here(_nodes(request, queues)):
        return
    for where, path in (("--store", request.store), ("DESIGN", request.design)):
        kind = file_system_of(Path(path))
        if kind in IN_MEMORY or Path(path).is_relative_to("/dev/shm"):
            yield Mistake(f"{where} {path}", "is in the memory of this machine, which nodes do not see", SHARED)
        elif any(Path(path).is_relative_to(folder) for folder in OF_EACH_MACHINE):
            yield Mistake(f"{where} {path}", "is in a folder that every machine has for itself", SHARED)


SHARED = "choose one that all nodes share"


def doubts(request: Request, queues: list[Queue]) -> list[str]:
    """What cannot be known: whether nodes see a disk of this machine under the same name."""
    kind = file_system_of(Path(request.store))
    if kind not in ON_A_DISK or _all_here(_nodes(request, queues)):
        return []
    return [
        f"{request.store} is on a disk of this machine ({kind}); a job whose node does not see it ends at once and says so."
    ]


def file_system_of(path: Path) -> str:
    """The kind of file system that a path is, or would be, on; empty where that cannot be known."""
    try:
        lines = [line.split() for line in MOUNTS.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    place = path.resolve()
    over = [(len(words[1]), n, words[2]) for n, words in enumerate(lines) if place.is_relative_to(_plain(words[1]))]
    return max(over)[2] if over else ""


def _plain(mount: str) -> str:
    """The name of a folder as the kernel writes it, with blanks."""
    return mount.replace("\\040", " ")


def _nodes(request: Request, queues: list[Queue]) -> frozenset[str]:
    mine = chosen(request, queues) or queues
    return frozenset[str]().union(*(queue.nodes for queue in mine))


def _all_here(nodes: frozenset[str]) -> bool:
    """Whether this machine is the only node."""
    return bool(nodes) and {node.split(".")[0] for node in nodes} == {platform.node().split(".")[0]}
