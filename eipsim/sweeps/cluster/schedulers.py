"""The two families of schedulers, by the commands that every site has: SLURM (sbatch, squeue) and PBS (qsub, qstat).

Parts are the elements of job arrays and have their numbers, from 1 on.
"""

from __future__ import annotations

import getpass
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from eipsim.errors import InputError, Mistake, unknown
from eipsim.sweeps.cluster.commands import ask, is_there

RUNNING, WAITING = "running", "waiting"
FORGOTTEN = "Invalid job id"  # what squeue says of the only job that it is asked for
MAY_BE_QUEUED = "the jobs may have been taken all the same: look before you submit again"


@dataclass(frozen=True)
class Queue:
    """A partition (SLURM) or queue (PBS): whether jobs can start in it, the longest time, names of its nodes if known."""

    name: str
    trouble: str = ""
    most_seconds: float = float("inf")
    nodes: frozenset[str] = field(default_factory=frozenset)
    is_default: bool = False


@dataclass(frozen=True)
class Job:
    """A job array in the queue, and its parts."""

    name: str
    parts: tuple[int, ...]


def in_ranges(parts: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers as first and last of those that follow each other.

    >>> in_ranges([1, 2, 3, 7, 9, 10])
    [(1, 3), (7, 7), (9, 10)]
    """
    runs = groupby(enumerate(sorted(parts)), key=lambda numbered: numbered[1] - numbered[0])
    members = [[part for _, part in run] for _, run in runs]
    return [(run[0], run[-1]) for run in members]


def as_list(parts: Iterable[int]) -> str:
    """
    >>> as_list([1, 2, 3, 7])
    '1-3,7'
    """
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in in_ranges(parts))


def seconds_of(text: str) -> float:
    """A time as schedulers write it; inf for one without limit.

    >>> seconds_of("1-02:00:00"), seconds_of("30:00"), seconds_of("infinite")
    (93600.0, 1800.0, inf)
    """
    found = re.fullmatch(r"(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)", text.strip())
    if not found:
        return float("inf")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)


class Slurm:
    """SLURM: a list of parts is one job array."""

    name, queues_called, submits = "slurm", "partition", "sbatch"
    part = '"$SLURM_ARRAY_TASK_ID"'
    unusable = ("down", "drain", "fail", "maint", "unk", "no_respond", "power")  # how states of such nodes begin
    waits = ("PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "SUSPENDED", "SPECIAL_EXIT", "PREEMPTED")
    runs = ("RUNNING", "STAGE_OUT", "SIGNALING", "STOPPED", "RESIZING")

    def queues(self) -> list[Queue]:
        lines = ask("sinfo", "--noheader", "--Node", "--all", "--format=%P|%a|%l|%T|%n").splitlines()
        rows = sorted(tuple(line.strip().split("|")) for line in lines if line.count("|") == 4)
        return [self._queue(name, list(members)) for name, members in groupby(rows, key=lambda row: row[0])]

    def _queue(self, name: str, rows: Sequence[Sequence[str]]) -> Queue:
        _, available, limit, _, _ = rows[0]
        states = {state for _, _, _, state, _ in rows}
        trouble = "" if available == "up" else f"is {available}"
        if not trouble and all(state.startswith(self.unusable) or state.endswith("*") for state in states):
            trouble = f"has no node that is up ({', '.join(sorted(states))})"
        nodes = frozenset(node for *_, node in rows)
        return Queue(name.rstrip("*"), trouble, seconds_of(limit), nodes, name.endswith("*"))

    def submit(self, script: Path, parts: Collection[int]) -> list[Job]:
        words = ("sbatch", "--parsable", f"--array={as_list(parts)}", str(script))
        said = ask(*words, silence=f"{MAY_BE_QUEUED} (squeue)").strip()
        found = re.search(r"^(\d+)(;\S+)?$", said, re.MULTILINE)  # a site may add lines of its own
        if not found:
            raise InputError(Mistake("sbatch", f"answered {said!r}, which is no number of a job"))
        return [Job(found[1], tuple(sorted(parts)))]

    def states(self, jobs: Collection[Job]) -> dict[int, str]:
        """Parts that are running or wait, and what they are said to wait for; others have ended."""
        ours, found = sorted({job.name for job in jobs}), dict[int, str]()
        lines = self._squeue(ours) if ours else []
        for name, state, reason in (line.strip().split("|", 2) for line in lines if line.count("|") >= 2):
            job, _, part = name.partition("_")
            if job in ours and part.isdecimal():
                if state in self.runs:
                    found[int(part)] = RUNNING
                elif state in self.waits:
                    found[int(part)] = WAITING if reason in ("", "None") else f"{WAITING} ({reason})"
        return found

    def queued(self, names: Sequence[str]) -> set[str]:
        """Which of these jobs run or wait."""
        return {line.strip().split("|")[0] for line in self._squeue(names)} if names else set()

    def _squeue(self, names: Sequence[str]) -> list[str]:
        """Lines of the queue for these jobs; a job that has ended some time ago is not known any more."""
        try:
            return ask("squeue", "--noheader", "--array", f"--jobs={','.join(names)}", "--format=%i|%T|%r").splitlines()
        except InputError as error:
            if FORGOTTEN in str(error):
                return []
            raise

    def cancel(self, jobs: Collection[Job]) -> None:
        ask("scancel", *(job.name for job in jobs))


class Pbs:
    """PBS (OpenPBS, PBS Professional): every range of parts is a job array of its own; a single part is a plain job."""

    name, queues_called, submits = "pbs", "queue", "qsub"
    part = '"${PBS_ARRAY_INDEX:-$EIPSIM_PART}"'
    waits, runs = ("Q", "H", "W", "T"), ("R", "S", "U", "B")

    def queues(self) -> list[Queue]:
        nodes = frozenset(line.strip() for line in ask("pbsnodes", "-a").splitlines() if line[:1].strip())
        text = ask("qstat", "-Q", "-f")
        return [self._queue(block, nodes) for block in re.split(r"^Queue:\s*", text, flags=re.MULTILINE)[1:]]

    def _queue(self, block: str, nodes: frozenset[str]) -> Queue:
        name, *lines = block.splitlines()
        said = {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines)}
        off = [word for word in ("enabled", "started") if said.get(word, "True") != "True"]
        trouble = f"is not {' and not '.join(off)}" if off else ""
        return Queue(name.strip(), trouble, seconds_of(said.get("resources_max.walltime", "")), nodes)

    def submit(self, script: Path, parts: Collection[int]) -> list[Job]:
        return [self._submit(script, first, last) for first, last in in_ranges(parts)]

    def _submit(self, script: Path, first: int, last: int) -> Job:
        # PBS knows no array of one job; -v adds to the -V of the script
        which = ("-J", f"{first}-{last}") if last > first else ("-v", f"EIPSIM_PART={first}")
        said = ask("qsub", *which, str(script), silence=f"{MAY_BE_QUEUED} (qstat)").strip()
        found = re.search(r"^(\d+(\[\])?)[\w.-]*$", said, re.MULTILINE)
        if not found:
            raise InputError(Mistake("qsub", f"answered {said!r}, which is no name of a job"))
        return Job(found[0], tuple(range(first, last + 1)))

    def states(self, jobs: Collection[Job]) -> dict[int, str]:
        """Parts that are running or wait; others have ended."""
        lines = ask("qstat", "-t", "-u", getpass.getuser()).splitlines()
        numbers, found = {_number(job.name): job.parts for job in jobs}, dict[int, str]()
        for line in lines:
            named = re.match(r"\s*(\d+)(?:\[(\d*)\])?", line)
            words = [word for word in line.split() if re.fullmatch(r"[A-Z]", word)]
            if named and words and named[1] in numbers:
                kind = RUNNING if words[-1] in self.runs else WAITING if words[-1] in self.waits else ""
                parts = [int(named[2])] if named[2] else numbers[named[1]] if named[2] is None else []
                found.update(dict.fromkeys(parts if kind else (), kind))
        return found

    def queued(self, names: Sequence[str]) -> set[str]:
        """Which of these jobs run or wait."""
        lines = ask("qstat", "-u", getpass.getuser()).splitlines() if names else []
        return {_number(line.strip()) for line in lines} & {_number(name) for name in names}

    def cancel(self, jobs: Collection[Job]) -> None:
        ask("qdel", *(job.name for job in jobs))


def _number(job: str) -> str:
    return re.match(r"\d*", job)[0]  # type: ignore[index]


SCHEDULERS: dict[str, Slurm | Pbs] = {one.name: one for one in (Slurm(), Pbs())}


def named(name: str | None) -> Slurm | Pbs:
    """The scheduler of that name; without a name the one that is here. InputError when there is none, or it is unknown."""
    if name is not None and name not in SCHEDULERS:
        raise InputError(unknown("--scheduler", "scheduler", name, SCHEDULERS))
    asked = [one for one in SCHEDULERS.values() if name in (None, one.name)]
    here = [one for one in asked if is_there(one.submits)]
    if not here:
        what = f"there is no scheduler on this machine: {' and '.join(one.submits for one in asked)} cannot be found"
        hint = "submit from a login node of the cluster; --dry-run only writes the script to the screen"
        raise InputError(Mistake("cluster", what, hint))
    return here[0]
