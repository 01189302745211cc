"""Asking a program of a scheduler, which may be missing, refuse, or say nothing for ever."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence

from eipsim.errors import InputError, Mistake

PATIENCE = 30.0  # seconds in which a scheduler must have answered


def is_there(program: str) -> bool:
    return shutil.which(program) is not None


def ask(*words: str, silence: str = "ask again when it is less busy") -> str:
    """What a program answers. InputError when it is missing, refuses, or has said nothing for PATIENCE seconds.

    silence : what is to be done when nothing is said
    """
    try:
        answer = _answer(words)
    except subprocess.TimeoutExpired:
        what = f"the scheduler has not answered for {PATIENCE:g} s"
        raise InputError(Mistake(words[0], what, silence)) from None
    except OSError as error:
        raise InputError(Mistake(words[0], f"cannot be run: {error.strerror or error}")) from None
    if answer.returncode:
        said = (answer.stderr or answer.stdout).strip().splitlines()
        raise InputError(Mistake(words[0], said[-1] if said else f"ended with exit code {answer.returncode}"))
    return answer.stdout


def _answer(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """In a session of its own, so that a wrapper is ended with all that it has started."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(words, text=True, errors="replace", start_new_session=True, **pipes)  # type: ignore[call-overload]
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return subprocess.CompletedProcess(words, process.returncode, out, err)
