"""A second process that draws: figures of a run take longer than the run, and most machines have a core to spare.

It loads what it needs while the run is simulated, and ends when its parent closes its input, in whatever way that ends. A figure
has the same bytes wherever it is drawn.
"""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from eipsim.core.later import load
from eipsim.core.machine import cores

Draw = Callable[[Any, str, Path], list[Path]]  # draws the figure of a name, of something, into a folder
CHILD = """
import ast, sys
sys.path = ast.literal_eval(sys.argv[1])
from eipsim.cli.drawing import serve
asked, answers = sys.stdin.buffer, sys.stdout.buffer
sys.stdout = sys.stderr
serve(asked, answers)
"""


class Helper:
    """The second process, as the first one sees it."""

    def __init__(self, asked: IO[bytes], answers: IO[bytes]):
        self.asked, self.answers = asked, answers

    def share(self, draw: Draw, of: Any, names: list[str], folder: Path) -> list[Path]:
        """Draws these figures, the first ones there, the last ones here; all here should the helper be lost."""
        left = deque(names)
        with ThreadPoolExecutor(1) as beside:
            theirs = beside.submit(self._ask_for, left, draw, of, folder)
            try:
                files = _draw_last(left, draw, of, folder)
            finally:
                left.clear()
            files += theirs.result()
        return files + _draw_last(left, draw, of, folder)

    def _ask_for(self, left: deque[str], draw: Draw, of: Any, folder: Path) -> list[Path]:
        """Has the helper draw one figure after the other; one that it does not answer is put back."""
        files: list[Path] = []
        pending: list[str] = []
        try:
            pickle.dump((draw, of, folder), self.asked)
            while left:
                pending = [left.popleft()]
                pickle.dump(pending[0], self.asked)
                self.asked.flush()
                answer = pickle.load(self.answers)
                pending = []
                if isinstance(answer, BaseException):
                    raise answer
                files += answer
        except (IndexError, EOFError, BrokenPipeError):  # nothing is left, or the helper is no longer there
            left.extend(pending)
        return files


def _draw_last(left: deque[str], draw: Draw, of: Any, folder: Path) -> list[Path]:
    """Draws what is left, from its end on."""
    files: list[Path] = []
    with suppress(IndexError):
        while True:
            name = left.pop()
            files += draw(of, name, folder)
    return files


@contextmanager
def helper(wanted: bool = True) -> Iterator[Helper | None]:
    """A helper that makes itself ready from now on; None where none is wanted, or where there is no second core."""
    if not wanted or cores() < 2:
        yield None
        return
    command = [sys.executable, "-c", CHILD, repr(sys.path)]
    # a session of its own, so that Ctrl-C reaches the first process alone, which ends it
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Helper(process.stdin, process.stdout)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        with suppress(BrokenPipeError):  # of what it had not read
            process.stdin.close()


def serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    """What the helper does: it draws what it is asked for, and answers with the files or with what went wrong."""
    load("eipsim.figures")  # before the first question comes
    gc.set_threshold(100_000, 50, 100)  # as in `eipsim.__main__`
    with suppress(EOFError, pickle.UnpicklingError, BrokenPipeError):  # the first process has ended
        draw, of, folder = pickle.load(asked)
        while True:
            name, answer = pickle.load(asked), None
            try:
                answer = draw(of, name, folder)
            except Exception as error:
                answer = error
            pickle.dump(answer, answers)
            answers.flush()
