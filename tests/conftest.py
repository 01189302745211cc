"""Puts this folder on the path, so that every test can `from helpers import ...`; no test has to be quick."""

import os
import signal

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # another program may have the machine
settings.load_profile("unhurried")


def pytest_runtest_setup():
    """What is printed is as wide as in a pipe, also where a library that is looked at while tests are gathered sets a width."""
    os.environ.pop("COLUMNS", None)


@pytest.fixture
def listens():
    """Ctrl-C reaches this process, even where it was started in the background and told to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def draws_wrap_round():
    """Without compilation numbers that overflow, as those of draws do, would be warned of."""
    from eipsim.core.draws import wrapping

    with wrapping():
        yield
