"""Watches one input: how long, how much memory, what is written and run outside, what is told and where."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from eipsim.core.cache_folder import cache_folder

MOST_SECONDS = 10.0
MOST_BYTES = 10**9  # beside what is held before
CLEAR, STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")
REFUSED = 2
CODES = (0, REFUSED, 3, 130, "begun")
WRITES = {
    "open": 1,
    "os.mkdir": 0,
    "os.remove": 0,
    "os.rename": 1,
    "os.rmdir": 0,
    "os.symlink": 1,
    "os.link": 1,
    "os.truncate": 0,
}
STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.connect")
PLACE = re.compile(r"Error: (\S.*?): \S", re.DOTALL)
USAGE = re.compile(r"Error: (No such|Missing|Got unexpected|Invalid value|Option|Unexpected|Argument|Command)")


class SlowError(BaseException):
    """It took longer than an input may."""


class FaultError(AssertionError):
    """What must not be. `kind` tells one fault from another: inputs that fail alike are told once."""

    def __init__(self, kind: str, more: str = ""):
        super().__init__(f"{kind}\n{more}")
        self.kind = kind


_touched: list[str] = []
_folder = ""


def watch_the_interpreter() -> None:
    """From here on what is written, removed or started outside of the folder of an input is noted; once a process."""
    cache = str(cache_folder().absolute())
    os.environ.setdefault("MPLCONFIGDIR", f"{cache}/matplotlib")  # where matplotlib keeps its own
    import_module("matplotlib.font_manager")  # which asks a program of the system for fonts, once a machine

    def hook(event: str, given: tuple) -> None:
        if not _folder:
            return
        if event in STARTS:
            _touched.append(f"{event} {given[0]!r}")
        elif event in WRITES:
            path = given[0]
            writes = event != "open" or (
                isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            )
            if writes and isinstance(path, str | bytes | os.PathLike):
                place = os.path.abspath(os.fsdecode(path))
                if not place.startswith((_folder, cache, os.devnull, str(CLEAR))) and "__pycache__" not in place:
                    _touched.append(f"{event} {place}")

    sys.addaudithook(hook)


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Works in `folder`; FaultError for what is written or started outside, and for code of a stranger that was run."""
    global _folder
    before = Path.cwd()
    os.chdir(folder)
    _folder = str(folder.resolve())
    _touched.clear()
    try:
        yield
    finally:
        _folder = ""
        os.chdir(before)
    if _touched:
        raise FaultError(f"touched outside: {_touched[0]}")
    for left in ("was-run.txt", "pwned"):
        if list(folder.rglob(left)):
            raise FaultError(f"code was run: {left}")


@contextmanager
def limited() -> Iterator[None]:
    """FaultError for more than MOST_SECONDS or MOST_BYTES, and for whatever is raised but what ends a command."""

    def too_slow(number: int, frame: Any) -> None:
        raise SlowError("".join(traceback.format_stack(frame)[-12:]))

    held = begin_to_count_memory()
    usual = signal.signal(signal.SIGVTALRM, too_slow)
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)  # of this process: others have the machine too
    try:
        yield
    except SlowError as error:
        raise FaultError("slow", str(error)) from None
    except FaultError:
        raise
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        ours = [f for f in traceback.extract_tb(error.__traceback__) if "/eipsim/" in f.filename] or [where]
        kind = f"traceback: {type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].name}"
        raise FaultError(kind, traceback.format_exc()[-3000:]) from None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, usual)
    if (more := peak_memory() - held) > MOST_BYTES:
        raise FaultError("memory", f"{more / 1e6:.0f} MB")


def begin_to_count_memory() -> int:
    """Forget the peak so far, where the system can; bytes held now. A process that runs many tests has held more before."""
    with contextlib.suppress(OSError):
        CLEAR.write_text("5")
    return peak_memory()


def peak_memory() -> int:
    """The most bytes held since the peak was forgotten, or ever."""
    with contextlib.suppress(OSError):
        return 1024 * int(re.search(r"VmHWM:\s+(\d+)", STATUS.read_text())[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def hold(words: Any, code: int | str, out: str, err: str) -> None:
    """FaultError unless a command ended as one should: with a code of ours, and where it refuses, each line with its place."""
    told = out + err
    if code not in CODES:
        raise FaultError(f"exit code {code}", err[-2000:])
    if "Traceback" in told:
        raise FaultError("traceback printed", told[-2000:])
    if any((ord(c) < 32 and c not in "\n\t\r") or c in "\x7f\x9b\u202e" for c in told):
        raise FaultError("control characters printed", repr(told[:2000]))
    if code == REFUSED and not (out.startswith("{") and "mistakes" in out):
        lines = err.splitlines()
        if not lines or not lines[0].startswith("Error: "):
            raise FaultError("refused without a word", told[-500:])
        for line in lines:
            if line.startswith("Error: ") and not PLACE.match(line) and not USAGE.match(line):
                raise FaultError(f"refused without a place: {re.sub(r'[0-9]+', '0', line)[:60]}", line[:500])
            if len(line) > 2000:
                raise FaultError("a message longer than a page", line[:500])
