"""Two versions of eipsim side by side: the sources here, and those of an earlier commit, in a folder that goes at the end."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
PATIENCE = 60.0  # seconds for a process to end


@dataclass(frozen=True)
class Version:
    """Sources on which processes are started, with a cache of their own."""

    name: str
    commit: str
    source: Path
    cache: Path

    def environment(self, cache: Path | None = None) -> dict[str, str]:
        """Byte code is kept, as on the machine of a user, whatever is usual here."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return kept | {"PYTHONPATH": f"{self.source}{os.pathsep}{HERE}", "EIPSIM_CACHE": str(cache or self.cache)}

    def run(self, *arguments: str, cache: Path | None = None) -> dict[str, float]:
        """CPU and wall seconds of `python ARGUMENTS` as a process, with its children, and the figures that it prints."""
        with tempfile.TemporaryDirectory() as folder:
            return timed([sys.executable, *arguments], self.environment(cache), Path(folder))

    @contextlib.contextmanager
    def server(self, job: str) -> Iterator[Server]:
        """A process that is ready for a job of `jobs.py` and measures it when asked."""
        process = subprocess.Popen(
            [sys.executable, str(HERE / "jobs.py"), job], env=self.environment(), text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        try:
            server = Server(process)
            server.answer()
            yield server
        finally:
            end(process)


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[str]

    def answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that measures has ended: {self.process.args}")
        return line

    def measure(self) -> dict[str, float]:
        assert self.process.stdin is not None
        print(file=self.process.stdin, flush=True)
        return json.loads(self.answer())


def end(process: subprocess.Popen[str]) -> None:
    """End a process by ending its input, so that it ends those that it has started: they would hold its output open."""
    try:
        process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def timed(command: list[str], environment: dict[str, str], folder: Path) -> dict[str, float]:
    """CPU and wall seconds of a process and its children, and the figures that its last line has as JSON."""
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        printed = out.read().decode(errors="replace").strip().splitlines()
    if process.returncode:
        raise RuntimeError("\n".join([f"{' '.join(command)} ended with {process.returncode}", *printed[-20:]]))
    figures = json.loads(printed[-1]) if printed and printed[-1].startswith('{"') else {}
    return {"cpu": used.ru_utime + used.ru_stime, "wall": wall, **figures}


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def commit_here() -> str:
    """The commit that is checked out, and whether files differ from it."""
    return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")


@contextlib.contextmanager
def both(before: str) -> Iterator[tuple[Version, Version]]:
    """The version of a commit, and the one here; the folder of the former is gone when the block ends, or is interrupted."""
    with tempfile.TemporaryDirectory(prefix="eipsim-bench-") as folder:
        source, caches = Path(folder) / "before", Path(folder) / "cache"
        git("worktree", "add", "--detach", str(source), before)
        try:
            yield (
                Version("before", git("rev-parse", before), source, caches / "before"),
                Version("now", commit_here(), ROOT, caches / "now"),
            )
        finally:
            git("worktree", "remove", "--force", str(source))
