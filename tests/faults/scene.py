"""A sweep of a few pilot-park runs to which faults happen, and what must hold after each.

Commands are forked from this process, which has the model in memory: a sweep starts at once, and is otherwise the command that
a user types, with its messages and its exit code.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil

from eipsim.cli import main
from eipsim.stores.files import part_files
from eipsim.stores.store import Store
from eipsim.sweeps import sweep as sweeping

DESIGN = """\
title: A sweep to which faults happen
scenarios: [baseline, subsidy]
baseline: baseline
world: pilot-parks
years: [2016, 2017]
replicates: 3
factors:
  behaviour.peer_weight:
outcomes: [parks_certified, firms_aware_share, co2_avoided_t]
sampler: {method: latin, n: 4}
"""
RUNS, GROUPS = 24, 12
SECONDS = 1e-3  # of a batch: one group each, so that a fault meets many parts
GONE_IN = 5.0  # seconds in which workers must have ended after their parent
PATIENCE = 240.0  # seconds in which a sweep of a second must have ended, on a machine that has much else to do
TRACKER = "resource_tracker"
TRACES = ("Traceback", 'File "', "site-packages")


class Command:
    """`eipsim` with some arguments in a process group of its own."""

    def __init__(self, log: Path, *arguments: object, before: Callable[[], None] | None = None):
        self.log = log
        self.code: int | None = None
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                code = self._run([str(argument) for argument in arguments], before)
            finally:
                os._exit(code)  # never comes back into this program

    def _run(self, arguments: list[str], before: Callable[[], None] | None) -> int:
        """In the child: the command, as its own process would run it."""
        with contextlib.suppress(PermissionError):  # its parent has made it the leader of its group already
            os.setsid()
        handle = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        os.close(handle)
        sys.stdout, sys.stderr = (open(number, "w", buffering=1, closefd=False) for number in (1, 2))  # noqa: SIM115
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        sweeping.SECONDS = SECONDS
        try:
            if before is not None:
                before()
            return main(arguments)
        except BaseException:
            os.write(2, traceback.format_exc().encode())
            return 1

    def is_over(self) -> bool:
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code is not None

    def send(self, number: int, to: int | None = None) -> None:
        """A signal to the process, or to its whole group with `to=-1`, or to another process."""
        with contextlib.suppress(ProcessLookupError):
            if to == -1:
                while os.getsid(self.pid) != self.pid:  # it has only just begun
                    time.sleep(0.001)
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid if to is None else to, number)

    def end(self) -> int:
        """Wait for the end; the exit code. What is left of its group afterwards is ended, and told."""
        stop = time.monotonic() + PATIENCE
        while not self.is_over():
            if time.monotonic() > stop:
                self.send(signal.SIGKILL, -1)
                raise AssertionError(f"the sweep has not ended after {PATIENCE:g} s: {self.told()[-300:]}")
            time.sleep(0.01)
        self._no_orphans()
        return int(self.code or 0)

    def _no_orphans(self) -> None:
        stop = time.monotonic() + GONE_IN
        while (left := self.members()) and time.monotonic() < stop:
            time.sleep(0.05)
        self.send(signal.SIGKILL, -1)
        left = [command for command in left if TRACKER not in command]  # of loky, which may only just have begun
        assert not left, f"{len(left)} processes of the sweep are still there {GONE_IN:g} s after its end: {left}"

    def members(self) -> list[str]:
        """Commands of the processes of the group, those that have ended left out."""
        found = []
        for process in psutil.process_iter(["pid", "status"]):
            with contextlib.suppress(OSError, psutil.Error):
                is_over = process.info["pid"] == self.pid or process.info["status"] == psutil.STATUS_ZOMBIE
                if not is_over and os.getsid(process.info["pid"]) == self.pid:
                    found.append(f"{process.info['pid']} {' '.join(process.cmdline())[:80]}")
        return found

    def workers(self) -> list[int]:
        """Processes that run batches."""
        with contextlib.suppress(psutil.Error):
            children = psutil.Process(self.pid).children(recursive=True)
            return [child.pid for child in children if "popen_loky_posix" in " ".join(child.cmdline())]
        return []

    def told(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""


class Scene:
    """A folder for one fault, and what an undisturbed sweep has in its store."""

    def __init__(self, folder: Path, whole: Whole):
        self.folder, self.whole = folder, whole
        folder.mkdir(parents=True)
        self.design, self.store, self.n_commands = folder / "design.yaml", folder / "store", 0
        self.design.write_text(DESIGN)

    def sweep(self, *more: object, before: Callable[[], None] | None = None, store: Path | None = None) -> Command:
        """A sweep that begins or goes on."""
        self.n_commands += 1
        log = self.folder / f"log-{self.n_commands}"
        return Command(log, "sweep", self.design, "--store", store or self.store, *more, before=before)

    def parts(self, name: str = "runs") -> list[Path]:
        return part_files(self.store / name)

    def until_parts(self, command: Command, count: int) -> None:
        """Until there are so many parts, or the sweep has ended."""
        stop = time.monotonic() + PATIENCE
        while len(self.parts()) < count and not command.is_over():
            assert time.monotonic() < stop, f"no {count} parts after {PATIENCE:g} s: {command.told()[-300:]}"
            time.sleep(0.005)

    def filled(self, groups: int = GROUPS) -> None:
        """A store in which so many groups are stored, part by part."""
        self.whole.copy_into(self.store, groups)

    def ended(self, command: Command, *codes: int) -> int:
        """The exit code, one of `codes`; a sweep that ends well has all that it was asked for, and says so in plain lines."""
        code = command.end()
        told = command.told()
        assert code in codes, f"exit code {code}, not {codes}: {told[-600:]}"
        assert_plain(told)
        if code == 0:
            assert "0 are missing" in told, f"exit code 0, and not everything is there: {told[-300:]}"
            assert missing(self.store, repair=False) == 0, f"exit code 0 with {missing(self.store)} runs missing"
        return code

    def resumes(self, *more: object) -> None:
        """The same command goes on, runs what is missing and nothing else, and all is as if nothing had happened."""
        before = missing(self.store) if (self.store / "design.json").exists() else None
        self.ended(self.sweep(*more), 0)
        store = Store.open(self.store)
        if before is not None:
            done = store.sessions()[-1]["done"]
            assert done == before, f"{done} runs were run where {before} were missing"
        self.is_whole()

    def is_whole(self) -> None:
        """The store has every run once, each to the last bit what an undisturbed sweep has, and nothing is damaged."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            store = Store.open(self.store)
            assert store.verify() == {}
            np.testing.assert_array_equal(store.array()[0], self.whole.results)
            assert store.pairs().equals(self.whole.pairs)
            assert len(store.failures()) == 0
            assert store.index().equals(self.whole.index)
            assert not store.read()[["key", "year"]].duplicated().any()
            assert not list(self.store.glob("claims/*")), "a claim is left"


class Whole:
    """The undisturbed sweep: its results, and its store in twelve parts."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        design = folder / "design.yaml"
        design.write_text(DESIGN)
        usual, sweeping.SECONDS = sweeping.SECONDS, SECONDS
        try:  # by the command, so that all that it takes is in memory when it is forked
            with contextlib.redirect_stdout(io.StringIO()):
                code = main(["sweep", str(design), "--store", str(folder / "store"), "--backend", "serial"])
        finally:
            sweeping.SECONDS = usual
        assert code == 0
        store = Store.open(folder / "store")
        gc.collect()
        gc.freeze()
        self.results, self.pairs, self.index = store.array()[0], store.pairs(), store.index()
        assert len(store.done()) == RUNS
        assert len(part_files(folder / "store/runs")) == GROUPS

    def copy_into(self, store: Path, groups: int) -> None:
        """The store with the parts of so many groups."""
        shutil.copytree(self.folder / "store", store)
        for name in ("runs", "pairs"):
            by_age = sorted(part_files(store / name), key=lambda file: file.stat().st_mtime_ns)
            for file in by_age[groups:]:
                file.unlink()


def missing(folder: Path, repair: bool = True) -> int:
    """Runs that are not, or not whole, in a store."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        store = Store(folder)
        if repair:
            store.verify()
        return RUNS - len(store.done())


def assert_plain(told: str) -> None:
    """Messages of one clear line each, and no traces of the program."""
    assert not any(trace in told for trace in TRACES), f"a traceback: {told[-1200:]}"


@contextlib.contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Callable[[str], None]]:
    """A disk of that size; gives a function that mounts it again with other options. OSError where none can be mounted."""
    folder.mkdir(parents=True, exist_ok=True)

    def mount(options: str) -> None:
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], capture_output=True)
        if made.returncode:
            raise OSError(made.stderr.decode().strip())

    mount(f"size={kilobytes}k")
    try:
        yield lambda options: mount(f"remount,{options}")
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
