"""The script of a job array: a comment, what the scheduler is told, one command. It is meant to be read and kept."""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from eipsim.stores.layout import DESIGN
from eipsim.sweeps.cluster.schedulers import SCHEDULERS

SCRIPT, RECORD = "job.sh", "submission.json"
WARNED, SHARE = 60, 10  # seconds before its end, or a tenth of its time, at which a job is told to stop
LEAST_WARNED = 10
THREADS = "OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1"  # a worker is a processor


@dataclass(frozen=True)
class Request:
    """What is asked of a cluster: a design into a store in so many parts, each with `jobs` workers for `seconds`.

    memory : megabytes for each worker; options : further words for the scheduler; trust : code that files name was agreed to
    """

    design: str
    store: str
    scheduler: str
    shards: int
    seconds: int
    jobs: int = 1
    memory: int = 1000
    partition: str | None = None
    options: tuple[str, ...] = ()
    trust: bool = False

    @property
    def folder(self) -> Path:
        """The folder beside the store with script, record and what jobs say."""
        return folder_beside(self.store)

    @property
    def name(self) -> str:
        """Of the jobs, in letters that every scheduler takes."""
        return re.sub(r"[^\w.-]", "-", f"eipsim-{Path(self.store).name}", flags=re.ASCII)


def folder_beside(store: str | Path) -> Path:
    """Beside the store and not in it, for what is in a store is known to readers.

    >>> folder_beside("results/support").as_posix()
    'results/support.cluster'
    """
    return Path(store).with_name(f"{Path(store).name}.cluster")


def clock(seconds: int) -> str:
    """Seconds as every scheduler reads them.

    >>> clock(3600), clock(93_600)
    ('01:00:00', '26:00:00')
    """
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def warned(seconds: int) -> int:
    """Seconds before its end at which a job is told to stop: enough to store what is finished, little of a short job."""
    return max(LEAST_WARNED, min(WARNED, seconds // SHARE))


def script_of(request: Request) -> str:
    """The text of the script."""
    store, part = Path(request.store), SCHEDULERS[request.scheduler].part
    place, log = shlex.quote(str(store)), shlex.quote(f"{request.folder}/part-")
    command = [
        sys.executable, "-m", "eipsim", "sweep", request.design, "--store", str(store), "--jobs", str(request.jobs),
        *(["--trust"] if request.trust else []),
    ]  # fmt: skip
    return "\n".join([
        "#!/bin/bash",
        f"# One of {request.shards} parts of a sweep. Written by `eipsim cluster submit`; how far it is tells",
        f"#   eipsim cluster status {place}",
        *(f"{_mark(request)} {line}" for line in [*_told(request), *request.options]),
        "",
        f"part={part}",
        f'log={log}"$part".log',
        f"export {THREADS}",
        f"if [ ! -e {shlex.quote(str(store / DESIGN))} ]; then",
        f'    echo "$(hostname) does not see the store" {place}". It must be in a folder that all nodes share." >> "$log"',
        "    exit 2",
        "fi",
        f'exec {shlex.join(command)} \\\n    --shard "$part/{request.shards}" >> "$log" 2>&1',
        "",
    ])  # fmt: skip


def _mark(request: Request) -> str:
    return {"slurm": "#SBATCH", "pbs": "#PBS"}[request.scheduler]


def _told(request: Request) -> list[str]:
    """What the scheduler is told, a line each."""
    logs, wide = str(request.folder), request.jobs
    if request.scheduler == "pbs":
        return [
            f"-N {request.name[:15]}",
            *([f"-q {request.partition}"] if request.partition else []),
            f"-l walltime={clock(request.seconds)}",
            f"-l select=1:ncpus={wide}:mem={request.memory * wide}mb",
            "-j oe",
            f"-o {logs}/",
            "-r y",
            "-V",
        ]
    return [
        f"--job-name={request.name}",
        *([f"--partition={request.partition}"] if request.partition else []),
        f"--time={clock(request.seconds)}",
        f"--cpus-per-task={wide}",
        f"--mem-per-cpu={request.memory}M",
        f"--signal=B:TERM@{warned(request.seconds)}",
        "--requeue",
        "--open-mode=append",
        f'--output="{logs.replace("%", "%%")}/part-%a.log"',
    ]
