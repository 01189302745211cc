"""Puts this folder on the path, so that every test can `from helpers import ...`."""

import signal

import pytest


@pytest.fixture
def listens():
    """Ctrl-C reaches this process, even where it was started in the background and told to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
