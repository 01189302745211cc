"""Tasks on the workers of a Dask cluster, which come, go and die as they like: the one place that knows Dask."""

from __future__ import annotations

import contextlib
import logging
import math
import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from eipsim.errors import InputError, Mistake, StoppedError
from eipsim.sweeps import interruption

CONNECTED_IN = 30.0  # seconds in which a scheduler must have answered
LOOKED_AT = 1.0  # seconds between looks at whether scheduler and workers are still there
FETCHED_IN = 5.0  # seconds in which an answer, which is small, must have come from its worker
ALONE = 60.0  # seconds without any worker, after which nobody waits for one
AHEAD = 2  # tasks for each worker
LOGS = ("distributed", "tornado")
EXAMPLE = "as tcp://10.0.0.7:8786, which the scheduler says when it starts"


def checked_address(text: str) -> str:
    """The address of a scheduler. InputError for what is none.

    >>> checked_address("tcp://10.0.0.7:8786"), checked_address("node7:8786")
    ('tcp://10.0.0.7:8786', 'node7:8786')
    """
    found = re.fullmatch(r"(?:[a-z]+://)?(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::(\w*))?", text)
    if not found:
        raise InputError(Mistake("scheduler", f"{text!r} is no address", EXAMPLE))
    if found[1] is None:
        raise InputError(Mistake("scheduler", f"{text!r} has no port", EXAMPLE))
    if not (found[1].isdecimal() and 1 <= int(found[1]) <= 65535):
        raise InputError(Mistake("scheduler", f"{found[1]!r} in {text!r} is no port", f"1 to 65535, {EXAMPLE}"))
    return text


@contextlib.contextmanager
def cluster(workers: int, address: str | None) -> Iterator[int]:
    """The number of workers of the scheduler at `address`, which is connected while the block lasts.

    Without an address: of the client that the user has made, else of a cluster with so many `workers` on this machine.
    """
    try:
        from distributed import Client, LocalCluster, default_client
    except ImportError:
        hint = "pip install 'eipsim[dask]', or take another backend"
        raise InputError(Mistake("backend", "dask is not installed", hint)) from None
    if address is not None:
        with _connected(address) as client:
            yield _threads(client)
        return
    try:
        yield expected(default_client())
    except ValueError:  # there is no client
        settings = {"threads_per_worker": 1, "dashboard_address": None, "silence_logs": logging.ERROR}
        with interruption.held_back(), LocalCluster(n_workers=workers, **settings) as local, Client(local):
            local.adapt(minimum=workers, maximum=workers)  # or one that dies while it starts would not be replaced
            yield workers


@contextlib.contextmanager
def _connected(address: str) -> Iterator[Any]:
    """The client of a scheduler. InputError when nothing answers there, or no worker has come to it."""
    from distributed import Client

    with silence():
        try:
            wait_for_a_word(address)
            client = Client(address, timeout=CONNECTED_IN)
        except (OSError, ValueError, RuntimeError):
            what = f"no Dask scheduler answers at {address}"
            raise InputError(Mistake("scheduler", what, "is it still there, and its port open?")) from None
        try:
            client.wait_for_workers(1, timeout=CONNECTED_IN)
            yield client
        except TimeoutError:
            hint = f"`dask worker {address} --nthreads 1` starts one"
            raise InputError(Mistake("scheduler", f"no worker is connected to {address}", hint)) from None
        finally:
            with contextlib.suppress(Exception):  # of a scheduler that is lost, which has been told
                client.close(timeout=LOOKED_AT)


def wait_for_a_word(address: str) -> None:
    """OSError where nobody speaks: a scheduler does as soon as it is called, and Dask would wait for one that does not for ever.

    One with encryption speaks only once it is spoken to.
    """
    kind, _, place = address.rpartition("://")
    if kind not in ("", "tcp"):
        return
    host, _, port = place.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECTED_IN) as call:
        if not call.recv(1):
            raise ConnectionError(f"{address} hangs up")


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """What Dask logs of lost connections is told in one line by `stream`."""
    logs = [logging.getLogger(name) for name in logging.root.manager.loggerDict if name.startswith(LOGS)]
    before = [log.level for log in logs]
    for log in logs:  # each has a level of its own
        log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for log, level in zip(logs, before):
            log.setLevel(level)


def stream(function: Callable[..., Any], tasks: Iterable[tuple]) -> Iterator[Any]:
    """`function(*task)` as the answers come; the next task is made only when a worker is nearly free for it.

    Raises StoppedError when the scheduler is lost, or all workers of one that was there before.
    """
    from distributed import default_client

    client, left = default_client(), iter(tasks)
    out: set[Any] = set()
    watch = _Watch(client)
    try:
        while True:
            while len(out) < AHEAD * max(watch.expected, 1) and (task := next(left, None)) is not None:
                out.add(client.submit(function, *task, pure=False))
            if not out:
                return
            for future in watch.finished(out):
                try:
                    answer = watch.answer(future)
                except _GoneError:
                    continue
                out.discard(future)
                yield answer
    finally:
        with contextlib.suppress(Exception):  # of a scheduler that is lost, which has been told
            client.cancel(list(out))


class _GoneError(Exception):
    """An answer that was there and is not any more."""


class _Watch:
    """Looks, while nothing comes, whether there is still something to wait for."""

    def __init__(self, client: Any):
        self.client, self.expected = client, expected(client)
        self.address = client.scheduler_info()["address"]
        self.seen = self.looked = time.monotonic()  # when there was a worker, and when this was looked at

    def finished(self, out: set[Any]) -> list[Any]:
        """Tasks that have ended, in whatever way; none, if none has for a moment."""
        from distributed import CancelledError, wait

        try:
            wait(list(out), timeout=LOOKED_AT, return_when="FIRST_COMPLETED")
        except TimeoutError:
            pass
        except (CancelledError, OSError):
            raise self._lost() from None
        if time.monotonic() - self.looked >= LOOKED_AT:
            self._look()
        return [future for future in out if future.status != "pending"]

    def _look(self) -> None:
        if self.client.status != "running":
            raise self._lost()
        try:
            threads, self.expected = _threads(self.client), expected(self.client)
        except (OSError, TimeoutError):
            raise self._lost() from None
        self.looked = time.monotonic()
        self.seen = self.looked if threads else self.seen
        if hasattr(self.client.cluster, "look_after"):
            self.client.cluster.look_after()
        if self.client.cluster is None and self.looked - self.seen > ALONE:  # a cluster object brings workers by itself
            raise StoppedError(f"All workers of the Dask scheduler at {self.address} were lost")

    def answer(self, future: Any) -> Any:
        """Of a task that has ended. _GoneError when its worker died before it was fetched: Dask has it run again."""
        from distributed import CancelledError

        if future.status == "error":
            return future.result()  # raises what went wrong
        try:
            return future.result(timeout=FETCHED_IN)
        except TimeoutError:
            raise _GoneError from None
        except (CancelledError, OSError):
            raise self._lost() from None

    def _lost(self) -> StoppedError:
        return StoppedError(f"The Dask scheduler at {self.address} was lost")


def expected(client: Any) -> int:
    """Tasks that are run at the same time when all workers are there that a cluster may ask for."""
    adaptive = getattr(client.cluster, "_adaptive", None)
    most = 0 if adaptive is None else adaptive.maximum
    return max(_threads(client), int(most) if math.isfinite(most) else 0)


def _threads(client: Any) -> int:
    """Tasks that the workers run at the same time."""
    return sum(client.nthreads().values())
