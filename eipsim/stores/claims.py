"""Claims: how sweeps that share a store leave each other's runs alone, without locks.

A sweep writes a small file for every batch that it hands out and removes it when the batch is stored; one without runs says
that it is there. Of two that claim the same run in the same instant the first one keeps it. A claim of a process that is dead, or
on another machine and long untouched, holds nobody up; a number may be another process's by now, the time of its start cannot.
Claims only save work: two sweeps that run the same batch store the same results.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import platform
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

STALE = 600.0  # seconds without a sign of life from another machine
REFRESH = 60.0  # seconds between signs of life
ASKED_AGAIN = 10.0  # seconds until a session that was alive is asked again: a shared file system is slow to answer
ARRIVAL = 0  # the number of no batch
WHOLE, PART = (1, 1), "{}-of-{}"


class Claims:
    """The claims of one session in the folder of a store; `part`: its number and how many there are."""

    def __init__(self, folder: Path, session: str, part: tuple[int, int] = WHOLE):
        self.folder, self.session, self.part = folder, session, part
        self.own = folder if part == WHOLE else folder / PART.format(*part)
        self._mine: dict[int, Path] = {}
        self._read: dict[str, dict] = {}
        self._touched = time.monotonic()
        self._seen: dict[str, float] = {}  # when a session was last found alive
        self._who = {
            "session": session,
            "host": platform.node(),
            "pid": os.getpid(),
            "start": start_of(os.getpid()),
            "since": datetime.datetime.now().isoformat(" ", "seconds"),
        }

    def arrive(self) -> None:
        """Say that this session is there, before it has any batch."""
        self.claim(ARRIVAL, ())

    def claim(self, number: int, keys: Iterable[str]) -> None:
        """Say that batch `number` with these keys is being run. A disk that cannot be written is told by the results."""
        file = self.own / f"{self.session}-{number}.json"
        content = {**self._who, "keys": list(keys)}
        try:
            self.own.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content), encoding="utf-8")
            self._mine[number] = file
        except OSError:
            with contextlib.suppress(OSError):  # a full disk takes a name where it takes no content
                file.unlink(missing_ok=True)

    def release(self, number: int) -> None:
        file = self._mine.pop(number, None)
        if file is not None:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)

    def release_all(self) -> None:
        for number in list(self._mine):
            self.release(number)
        with contextlib.suppress(OSError):  # when another session has any
            self._claims()  # those of the dead go too
            self.own.rmdir()
            self.folder.rmdir()

    def of_others(self) -> set[str]:
        """Keys that living sessions other than this one are running."""
        return {key for claim in self._of_others() for key in claim["keys"]}

    def made_before(self, number: int) -> set[str]:
        """The same, of claims made before this session claimed batch `number`."""
        mine = self._content(self._mine[number]) if number in self._mine else None
        if mine is None:
            return set()
        return {key for claim in self._of_others() if is_earlier(claim, mine) for key in claim["keys"]}

    def holders(self) -> list[str]:
        """The living sessions other than this one, in words."""
        return sorted({told(claim) for claim in self._of_others()})

    def has_company(self) -> bool:
        """Whether another session is there."""
        return bool(self._of_others())

    def _of_others(self) -> list[dict]:
        self._show_life()
        return [claim for claim in self._claims() if claim["session"] != self.session]

    def _show_life(self) -> None:
        if time.monotonic() - self._touched > REFRESH:
            self._touched = time.monotonic()
            for file in self._mine.values():
                with contextlib.suppress(OSError):
                    os.utime(file)

    def _claims(self) -> list[dict]:
        """Claims that hold, those of this session among them; files of dead sessions are removed."""
        found = []
        for file in self._files():
            claim = self._content(file)
            if claim is not None and self._is_alive(claim, file):
                found.append(claim)
            elif claim is not None or is_old(file):
                with contextlib.suppress(OSError):
                    file.unlink(missing_ok=True)
        return found

    def _files(self) -> Iterator[Path]:
        """Of all sessions that may have the same runs."""
        yield from self.folder.glob("*.json")
        for folder in self.folder.glob(PART.format("*", "*")):
            if folder == self.own or folder.name.rpartition("-")[2] != str(self.part[1]):
                yield from folder.glob("*.json")

    def _is_alive(self, claim: dict, file: Path) -> bool:
        name, now = claim["session"], time.monotonic()
        if now - self._seen.get(name, -ASKED_AGAIN) >= ASKED_AGAIN:
            if not is_alive(claim, file):
                return False
            self._seen[name] = now
        return True

    def _content(self, file: Path) -> dict | None:
        """What a claim says; None for one that is being written, has just gone, or is none."""
        if file.name not in self._read:
            try:
                content = json.loads(file.read_text(encoding="utf-8"))
                self._read[file.name] = checked(content) | {"made": file.stat().st_mtime_ns}
            except (OSError, ValueError, KeyError, TypeError):
                return None
        return self._read[file.name]


def is_old(file: Path) -> bool:
    """Whether nobody is writing the file any more."""
    with contextlib.suppress(OSError):
        return time.time() - file.stat().st_mtime > STALE
    return False


def checked(content: dict) -> dict:
    """What is used of a claim. KeyError, TypeError, ValueError for what is none."""
    keys = content["keys"]
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise TypeError("keys are a list of texts")
    pid = int(content["pid"])
    if pid < 1:
        raise ValueError("no process has this number")
    texts = {name: str(content[name]) for name in ("session", "host")}
    return {**texts, "pid": pid, "keys": keys} | {name: content.get(name) for name in ("start", "since")}


def told(claim: dict) -> str:
    """Whose claim it is."""
    since = f", there since {claim['since']}" if claim["since"] else ""
    return f"process {claim['pid']} on {claim['host']}{since}"


def start_of(pid: int) -> str | None:
    """When a process of this machine started, in the words of its system; None where that cannot be known."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()[19]  # after the name, which may hold anything


def is_earlier(one: dict, other: dict) -> bool:
    return (one["made"], one["session"]) < (other["made"], other["session"])


def is_alive(claim: dict, file: Path) -> bool:
    """Whether the session of a claim still runs: its process here, its sign of life elsewhere and where its start is not said."""
    try:
        shows_life = time.time() - file.stat().st_mtime < STALE
    except OSError:
        return False
    if claim["host"] != platform.node():
        return shows_life
    start = start_of(claim["pid"])
    return runs(claim["pid"]) and (claim["start"] == start if claim["start"] and start else shows_life)


def runs(pid: int) -> bool:
    """Whether there is a process of this number on this machine."""
    try:
        os.kill(pid, 0)
    except PermissionError:  # it runs, as another user
        return True
    except (OSError, OverflowError):
        return False
    return True
