"""The faults: each a function of a scene and of chance that does it, goes on and sees that nothing was lost.

It raises AssertionError where a promise is broken, and SkipError where this machine
cannot do it.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from scene import GROUPS, PATIENCE, Scene, assert_plain, small_disk

from eipsim.stores.store import Store

Fault = Callable[[Scene, random.Random], None]
KINDS: dict[str, tuple[int, Fault]] = {}  # by what happens: how often among a thousand, and how
INTERRUPTED = (130, -signal.SIGINT, -signal.SIGTERM)
REFUSED, FAILED = 2, 3
PROCESSES = ("--jobs", 2)


class SkipError(Exception):
    """This machine cannot do it."""


def fault(what: str, often: int) -> Callable[[Fault], Fault]:
    def add(function: Fault) -> Fault:
        KINDS[what] = (often, function)
        return function

    return add


def some_moment(scene: Scene, command: object, chance: random.Random) -> None:
    """Wait: for a number of parts, and a moment more."""
    scene.until_parts(command, chance.randint(0, GROUPS - 1))
    time.sleep(chance.uniform(0.0, 0.03))


# ---- signals -----------------------------------------------------------------------------------------------------------


@fault("kill -9 of a sweep in one process", 110)
def killed_alone(scene: Scene, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 2)):
        command = scene.sweep("--backend", chance.choice(["serial", "threads"]), "--jobs", chance.choice([1, 2]))
        some_moment(scene, command, chance)
        command.send(signal.SIGKILL)
        scene.ended(command, 0, -signal.SIGKILL)
    scene.resumes()


@fault("kill -9 of the parent of worker processes", 45)
def killed_parent(scene: Scene, chance: random.Random) -> None:
    command = scene.sweep(*PROCESSES)
    some_moment(scene, command, chance)
    command.send(signal.SIGKILL)
    scene.ended(command, 0, -signal.SIGKILL)  # and its workers have gone
    scene.resumes()


@fault("kill -9 of a worker", 45)
def killed_worker(scene: Scene, chance: random.Random) -> None:
    command = scene.sweep(*PROCESSES)
    some_moment(scene, command, chance)
    for worker in chance.sample(found, 1) if (found := command.workers()) else []:
        command.send(signal.SIGKILL, worker)
    scene.ended(command, 0)
    scene.resumes()


@fault("kill -9 of parent and workers together", 40)
def killed_group(scene: Scene, chance: random.Random) -> None:
    command = scene.sweep(*PROCESSES)
    some_moment(scene, command, chance)
    command.send(signal.SIGKILL, -1)
    scene.ended(command, 0, -signal.SIGKILL)
    scene.resumes()


@fault("TERM or INT to a sweep in one process", 90)
def told_to_stop(scene: Scene, chance: random.Random) -> None:
    command = scene.sweep("--backend", chance.choice(["serial", "threads"]), "--jobs", chance.choice([1, 2]))
    some_moment(scene, command, chance)
    command.send(chance.choice([signal.SIGTERM, signal.SIGINT]))
    scene.ended(command, 0, *INTERRUPTED)
    scene.resumes()


@fault("TERM or INT to parent, or to parent and workers", 45)
def group_told_to_stop(scene: Scene, chance: random.Random) -> None:
    command = scene.sweep(*PROCESSES)
    some_moment(scene, command, chance)
    command.send(chance.choice([signal.SIGTERM, signal.SIGINT]), chance.choice([None, -1]))
    scene.ended(command, 0, *INTERRUPTED)
    scene.resumes()


@fault("STOP, and CONT a moment later", 40)
def stopped_for_a_moment(scene: Scene, chance: random.Random) -> None:
    command = scene.sweep("--backend", "serial") if chance.random() < 0.7 else scene.sweep(*PROCESSES)
    some_moment(scene, command, chance)
    workers = command.workers()
    whom = chance.choice([None, *workers])
    command.send(signal.SIGSTOP, whom)
    time.sleep(chance.uniform(0.1, 1.0))
    command.send(signal.SIGCONT, whom)
    scene.ended(command, 0)
    scene.is_whole()


# ---- what a process may use ----------------------------------------------------------------------------------------------


@fault("a full disk", 60)
def full_disk(scene: Scene, chance: random.Random) -> None:
    with on_small_disk(scene, chance.choice([12, 40, 60, 80, 110, 150])) as again:
        scene.ended(scene.sweep("--backend", chance.choice(["serial", "threads"])), 0, REFUSED)
        again("size=8m")
        scene.resumes()


@fault("a disk that becomes read-only", 40)
def read_only_disk(scene: Scene, chance: random.Random) -> None:
    with on_small_disk(scene, 8000) as again:
        command = scene.sweep("--backend", chance.choice(["serial", "threads"]))
        some_moment(scene, command, chance)
        command.send(signal.SIGSTOP)  # a file that is open for writing would keep it writable
        with contextlib.suppress(OSError):
            again("ro")
        command.send(signal.SIGCONT)
        scene.ended(command, 0, REFUSED)
        again("rw")
        scene.resumes()


class on_small_disk:  # noqa: N801
    """The store of a scene on a disk of its own; SkipError where none can be mounted."""

    def __init__(self, scene: Scene, kilobytes: int):
        self.scene, self.disk = scene, small_disk(scene.folder / "disk", kilobytes)

    def __enter__(self) -> Callable[[str], None]:
        try:
            again = self.disk.__enter__()
        except OSError as error:
            raise SkipError(f"no disk can be mounted here: {error}") from None
        self.scene.store = self.scene.folder / "disk/store"
        return again

    def __exit__(self, *error: object) -> None:
        self.disk.__exit__(*error)


@fault("few handles of files", 40)
def few_handles(scene: Scene, chance: random.Random) -> None:
    most = chance.randint(0, 12)

    def limit() -> None:
        used = len(os.listdir("/proc/self/fd"))
        resource.setrlimit(resource.RLIMIT_NOFILE, (used + most, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))

    command = scene.sweep(*chance.choice([PROCESSES, ("--backend", "serial"), ("--backend", "threads")]), before=limit)
    code = command.end()
    assert_plain(command.told())
    assert code in (0, REFUSED, FAILED), f"exit code {code}: {command.told()[-300:]}"
    scene.resumes("--retry-failures")


@fault("memory at its limit", 40)
def little_memory(scene: Scene, chance: random.Random) -> None:
    megabytes = chance.uniform(0.0, 60.0)

    def limit() -> None:
        with open("/proc/self/statm") as status:
            used = int(status.read().split()[0]) * resource.getpagesize()
        most = int(used + megabytes * 1e6)
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))

    command = scene.sweep("--backend", "serial", before=limit)
    code = command.end()
    assert_plain(command.told())
    assert code in (0, REFUSED, FAILED, -signal.SIGABRT, -signal.SIGSEGV), f"exit code {code}: {command.told()[-300:]}"
    scene.resumes("--retry-failures")


@fault("a worker's memory at its limit", 20)
def worker_with_little_memory(scene: Scene, chance: random.Random) -> None:
    command = scene.sweep(*PROCESSES)
    scene.until_parts(command, chance.randint(1, 4))
    for worker in command.workers():
        used = int(Path(f"/proc/{worker}/statm").read_text().split()[0]) * resource.getpagesize()
        resource.prlimit(worker, resource.RLIMIT_AS, (int(used + chance.uniform(0.0, 5e6)), resource.RLIM_INFINITY))
    code = command.end()
    assert_plain(command.told())
    assert code in (0, REFUSED, FAILED), f"exit code {code}: {command.told()[-300:]}"
    scene.resumes("--retry-failures")


@fault("a clock that jumps", 40)
def jumping_clock(scene: Scene, chance: random.Random) -> None:
    true, seed = time.time, chance.random()

    def patch() -> None:
        jumps = random.Random(seed)
        for name in ("time", "monotonic", "perf_counter"):
            usual = getattr(time, name)
            setattr(time, name, lambda usual=usual: usual() + jumps.choice([0.0, 0.0, -86400.0, 86400.0, 1e-3, 3e8]))

    command = scene.sweep("--backend", chance.choice(["serial", "threads"]), before=patch)
    if chance.random() < 0.5:
        some_moment(scene, command, chance)
        command.send(signal.SIGKILL)
    scene.ended(command, 0, -signal.SIGKILL)
    assert time.time is true
    scene.resumes()


# ---- files -----------------------------------------------------------------------------------------------------------


def truncate(file: Path, chance: random.Random) -> None:
    os.truncate(file, chance.randrange(file.stat().st_size))


def flip(file: Path, chance: random.Random) -> None:
    """One bit anywhere."""
    content = bytearray(file.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


def delete(file: Path, chance: random.Random) -> None:
    file.unlink()


def overwrite(file: Path, chance: random.Random) -> None:
    """A stretch of it becomes something else, as when a disk mixes up its blocks."""
    content = bytearray(file.read_bytes())
    start = chance.randrange(len(content))
    length = min(chance.randint(1, 512), len(content) - start)
    content[start : start + length] = chance.randbytes(length)
    file.write_bytes(content)


HARMS = [truncate, flip, delete, overwrite]


def damaged_at_rest(scene: Scene, chance: random.Random, names: list[str], harm: Fault | None = None) -> None:
    scene.filled(chance.choice([GROUPS, GROUPS, chance.randint(1, GROUPS)]))
    files = scene.parts(chance.choice(names))
    for file in chance.sample(files, min(len(files), chance.randint(1, 3))):
        (harm or chance.choice(HARMS))(file, chance)
    scene.resumes("--jobs", 1)


for what, often, harm in (
    ("parts truncated", 45, truncate),
    ("a bit of parts flipped", 60, flip),
    ("a stretch of parts overwritten", 40, overwrite),
    ("parts deleted", 30, delete),
):
    fault(what, often)(partial(damaged_at_rest, names=["runs", "runs", "pairs"], harm=harm))


@fault("parts twice, under another name or beside that of a killed writer", 25)
def parts_duplicated(scene: Scene, chance: random.Random) -> None:
    scene.filled(chance.randint(2, GROUPS))
    for file in chance.sample(scene.parts(), 2):
        shutil.copy(
            file, file.with_name(chance.choice(["part-copy.parquet", f".{file.name}.0.tmp", f"{file.name} (1)"]))
        )
    scene.ended(scene.sweep(), 0)
    scene.is_whole()


@fault("index, rows or codebook damaged or deleted", 50)
def tables_damaged(scene: Scene, chance: random.Random) -> None:
    scene.filled(chance.randint(1, GROUPS))
    done = len(Store(scene.store).done())
    for name in chance.sample(["index.parquet", "rows.parquet", "codebook.csv"], chance.randint(1, 2)):
        chance.choice(HARMS)(scene.store / name, chance)
    scene.ended(scene.sweep(), 0)
    assert Store(scene.store).sessions()[-1]["done"] == 2 * GROUPS - done
    scene.is_whole()


@fault("design.json damaged or deleted", 45)
def design_damaged(scene: Scene, chance: random.Random) -> None:
    scene.filled(chance.randint(1, GROUPS))
    done, file = len(Store(scene.store).done()), scene.store / "design.json"
    if chance.random() < 0.3:
        content = json.loads(file.read_text())
        del content[chance.choice(list(content))]
        file.write_text(json.dumps(content))
    else:
        chance.choice(HARMS)(file, chance)
    scene.ended(scene.sweep(), 0)
    assert Store(scene.store).sessions()[-1]["done"] == 2 * GROUPS - done
    scene.is_whole()


@fault("claims of the dead, of others, of nobody", 45)
def strange_claims(scene: Scene, chance: random.Random) -> None:
    scene.filled(chance.randint(0, GROUPS - 1))
    keys, folder = Store(scene.store).index()["key"].tolist(), scene.store / "claims"
    folder.mkdir()
    claim = {
        "session": "other",
        "host": platform.node(),
        "pid": os.getpid(),
        "keys": keys,
        "start": "1",
        "since": "then",
    }
    strange = [
        json.dumps(claim | {"start": str(chance.randrange(10**9))}),  # the number of a process that is another's now
        json.dumps(claim | {"pid": 2**22 + chance.randrange(100)}),
        json.dumps(claim | {"keys": None}),
        json.dumps(claim | {"pid": -1, "start": None}),
        json.dumps(claim | {"pid": "many"}),
        json.dumps([claim]),
        json.dumps(claim)[: chance.randrange(40)],
        "",
        chance.randbytes(50).hex(),
        json.dumps(claim | {"host": "another-machine"}),
        json.dumps({name: value for name, value in claim.items() if name != "start"}),
    ]
    for number, content in enumerate(chance.sample(strange, 4)):
        file = folder / f"other-{number}.json"
        file.write_text(content)
        os.utime(file, (time.time() - 700.0,) * 2)  # no sign of life for longer than anybody is waited for
    command = scene.sweep(*chance.choice([("--backend", "serial"), ("--backend", "threads", "--jobs", 2)]))
    scene.ended(command, 0)
    scene.is_whole()


@fault("parts damaged or deleted while the sweep runs", 50)
def damaged_meanwhile(scene: Scene, chance: random.Random) -> None:
    command = scene.sweep("--backend", chance.choice(["serial", "threads"]))
    scene.until_parts(command, chance.randint(2, GROUPS - 2))
    command.send(signal.SIGSTOP)
    files = scene.parts(chance.choice(["runs", "runs", "pairs"]))
    harm = chance.choice([truncate, delete, overwrite])
    for file in chance.sample(files, min(2, len(files))):
        harm(file, chance)
    command.send(signal.SIGCONT)
    code = command.end()
    assert_plain(command.told())
    assert code in (0, FAILED), f"exit code {code}: {command.told()[-300:]}"
    scene.resumes()


# ---- together ----------------------------------------------------------------------------------------------------------


@fault("two sweeps at once, of which one may be killed", 50)
def two_at_once(scene: Scene, chance: random.Random) -> None:
    backends = [("--backend", chance.choice(["serial", "threads"])) for _ in range(2)]
    commands = [scene.sweep(*backend) for backend in backends]
    if chance.random() < 0.5:
        some_moment(scene, commands[0], chance)
        commands[0].send(signal.SIGKILL)
    codes = [commands[0].end(), scene.ended(commands[1], 0)]
    assert codes[0] in (0, -signal.SIGKILL)
    assert_plain(commands[0].told())
    if codes[0] == 0:
        scene.is_whole()
    scene.resumes()


@fault("two processes that compile at once, of which one may be killed", 6)
def two_compile(scene: Scene, chance: random.Random) -> None:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(scene.folder / "compiled")}
    command = [sys.executable, "-m", "eipsim", "sweep", str(scene.design), "--limit", "4", "--store"]
    stores = [scene.folder / "store", scene.folder / "other"]
    both = [
        subprocess.Popen(
            [*command, store], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for store in stores
    ]
    if chance.random() < 0.5:
        time.sleep(chance.uniform(2.0, 20.0))
        both[1].kill()
    for process in both:
        _, told = process.communicate(timeout=6 * PATIENCE)
        assert_plain(told)
        assert process.returncode in ((0,) if process is both[0] else (0, -signal.SIGKILL)), told
    again = subprocess.run([*command, stores[1]], env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert again.returncode == 0, again.stderr
    assert_plain(again.stderr)
    for store in stores:
        found = Store(store).array()[0]
        there = ~np.isnan(found)
        assert there.any()
        np.testing.assert_array_equal(found[there], scene.whole.results[there])
    scene.resumes()
