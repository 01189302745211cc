"""Ctrl-C at the worst of moments: it is told in one line, it is never lost, and nothing is left that still runs."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from eipsim.cli import listings, main
from eipsim.sweeps import interruption, workers

pytestmark = pytest.mark.usefixtures("listens")
LONG = 60.0  # seconds: no test waits for so long


def ctrl_c():
    signal.raise_signal(signal.SIGINT)


def wait():
    time.sleep(LONG)


@pytest.mark.parametrize("library", ["typer", "rich"])
def test_while_libraries_load(tmp_path, library):
    (tmp_path / f"{library}.py").write_text("import signal, time; signal.raise_signal(signal.SIGINT); time.sleep(60)")
    command = [sys.executable, "-m", "eipsim", "list"]
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONG, env=os.environ | {"PYTHONPATH": path})
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Interrupted: no results were written.\n")


class Dying:
    """Its end is a callback, where Python drops whatever is raised."""

    def __del__(self):
        ctrl_c()


def test_in_a_callback_that_drops_it(monkeypatch, capsys):
    @interruption.insistent()
    def work():
        Dying()
        wait()

    monkeypatch.setattr(interruption, "AGAIN", 2 * LONG)
    with pytest.raises(KeyboardInterrupt):
        work()
    assert capsys.readouterr().err == ""


def test_other_errors_of_callbacks_are_told_as_ever(capsys):
    class Failing:
        def __del__(self):
            raise ValueError("of a library")

    told = []
    before, sys.unraisablehook = sys.unraisablehook, lambda lost: told.append(str(lost.exc_value))
    try:
        with interruption.insistent():
            Failing()
    finally:
        sys.unraisablehook = before
    assert told == ["of a library"]


def test_in_a_callback_of_llvm_it_waits_until_that_is_over(monkeypatch):
    def _raw_object_cache_notify():
        ctrl_c()
        reached.append("the end of the callback")

    @interruption.insistent()
    def work():
        _raw_object_cache_notify()
        wait()

    monkeypatch.setattr(interruption, "AGAIN", 2 * LONG)
    reached = []
    with pytest.raises(KeyboardInterrupt):
        work()
    assert reached == ["the end of the callback"]


def test_in_a_library_that_swallows_it(monkeypatch):
    @interruption.insistent()
    def work():
        with contextlib.suppress(KeyboardInterrupt):
            ctrl_c()
        wait()

    monkeypatch.setattr(interruption, "AGAIN", 0.1)
    with pytest.raises(KeyboardInterrupt):
        work()


def test_what_tidies_up_after_it_is_not_interrupted_again(monkeypatch):
    @interruption.insistent()
    def work():
        try:
            ctrl_c()
        finally:
            time.sleep(0.3)
            tidied.append(True)

    monkeypatch.setattr(interruption, "AGAIN", 0.05)
    tidied = []
    with pytest.raises(KeyboardInterrupt):
        work()
    assert tidied == [True]


def test_in_code_that_makes_another_error_of_it(monkeypatch, capsys):
    def listing(*_):
        try:
            ctrl_c()
        except KeyboardInterrupt:
            raise AttributeError("what compiled code makes of it") from None

    monkeypatch.setattr(listings, "listing_of", listing)
    assert main(["list"]) == interruption.EXIT_CODE
    assert capsys.readouterr() == ("", "Interrupted: no results were written.\n")


def test_the_same_error_without_it_is_a_fault_that_shows(monkeypatch):
    def listing(*_):
        raise AttributeError("a fault of eipsim")

    monkeypatch.setattr(listings, "listing_of", listing)
    with pytest.raises(AttributeError, match="a fault of eipsim"):
        main(["list"])


@pytest.mark.parametrize("taken_by", ["the main thread", "a thread of a library"])
def test_held_back_until_the_block_ends(taken_by):
    @interruption.held_back()
    def work():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)
        reached.append("the end of the block")

    reached = []
    if taken_by != "the main thread":  # which blocks it: then it goes to a thread that does not
        threading.Thread(target=time.sleep, args=(0.5,)).start()
    with pytest.raises(KeyboardInterrupt):
        work()
    assert reached == ["the end of the block"]


def test_workers_that_were_just_started_are_ended():
    ended = []

    def answers():
        try:
            yield "one"
        finally:
            ended.append(True)

    def start():
        made = answers()
        next(made)  # as joblib does: its workers run from here on
        ctrl_c()
        return made

    with pytest.raises(KeyboardInterrupt):
        next(workers._ended(start))
    assert ended == [True]
