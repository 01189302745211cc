"""The short version of `make fuzz`: a few changed inputs of every kind, and those that once went wrong."""

import ast

import fuzzing
import pytest
import readers
import watched

from eipsim.cli import enquiries

INPUTS = 250
KINDS = readers.kinds()
FOUND = sorted(fuzzing.KEPT.glob("*.txt"))


@pytest.fixture(scope="module", autouse=True)
def watching():
    watched.watch_the_interpreter()


@pytest.mark.parametrize("name", KINDS)
def test_whatever_is_read_is_accepted_or_refused_with_its_place_and_nothing_else_happens(name):
    tally = fuzzing.fuzz(name, KINDS[name], round(INPUTS * KINDS[name].share), keeps=False)
    assert not tally.faults, "\n".join(tally.faults.values())


@pytest.mark.parametrize("file", FOUND, ids=lambda file: file.stem)
def test_what_once_went_wrong_goes_wrong_no_more(file):
    name = file.stem.rpartition("-")[0].replace("-", " ")
    fuzzing.try_one(KINDS[name], ast.literal_eval(file.read_text(encoding="utf-8")), fuzzing.Tally(name))


def refuse_nothing(*given, **named):
    raise RuntimeError("a fault of ours")


def test_a_traceback_would_be_seen(monkeypatch):
    monkeypatch.setattr("eipsim.cli.enquiries._sound", refuse_nothing)
    tally = fuzzing.fuzz("scenarios", KINDS["scenarios"], 2, keeps=False)
    assert any(kind.startswith("traceback: RuntimeError") for kind in tally.faults)


def test_a_file_written_elsewhere_would_be_seen(monkeypatch, tmp_path):
    sound = enquiries._sound
    monkeypatch.setattr(enquiries, "_sound", lambda *given: (tmp_path / "outside").write_text("x") and sound(*given))
    tally = fuzzing.fuzz("decrees", KINDS["decrees"], 2, keeps=False)
    assert any(kind.startswith("touched outside") for kind in tally.faults)


def test_a_hang_would_be_seen(monkeypatch):
    monkeypatch.setattr(watched, "MOST_SECONDS", 0.2)
    monkeypatch.setattr("eipsim.cli.enquiries._sound", endless)
    assert list(fuzzing.fuzz("decrees", KINDS["decrees"], 2, keeps=False).faults) == ["slow"]


def endless(*given):
    while True:
        pass
