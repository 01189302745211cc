"""Processes that tests start, which must not outlive them."""

import contextlib
import ctypes
import signal

PR_SET_PDEATHSIG = 1  # of Linux; elsewhere a test that is killed leaves its processes behind


def end_with_parent():
    """Between fork and exec: the process is killed when its parent ends, in whatever way."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
