"""How long a command will take is told soon, once, and only where it takes long."""

import pytest

from eipsim.cli import terminal
from eipsim.sweeps import workers


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand."""

    class Clock:
        now = 100.0

    monkeypatch.setattr(terminal.time, "monotonic", lambda: Clock.now)
    return Clock


def told_at(clock, reports, total, what="runs") -> list[tuple[float, str]]:
    """What is told when, of reports (seconds after the start, done)."""
    pace, told = terminal.Pace(what), []
    for seconds, done in reports:
        clock.now = 100.0 + seconds
        told += [(seconds, line) for line in pace.announced(done, total)]
    return told


def test_long_work_tells_once_how_long_it_will_take_and_why(clock):
    reports = [(9.0, 2), (10.0, 4), (12.0, 8), (14.0, 12), (60.0, 100)]
    assert told_at(clock, reports, 602) == [(12.0, "About 5.0 min more for 602 runs, as 6 of them took 3 s.")]


def test_the_start_of_workers_and_the_making_of_machine_code_are_not_counted(clock):
    slow_start = told_at(clock, [(60.0, 1), (62.0, 5)], 105)
    assert slow_start == [(62.0, "About 50 s more for 105 runs, as 4 of them took 2 s.")]


def test_short_work_tells_nothing(clock):
    assert told_at(clock, [(0.5, 1), (3.0, 10), (5.0, 18)], 30) == []
    assert told_at(clock, [(0.5, 1), (3.0, 10)], 1000, what="") == []


def test_where_nothing_moves_nothing_is_told(clock):
    assert told_at(clock, [(0.0, 0), (30.0, 0), (31.0, 1), (90.0, 1)], 50) == []


def test_it_is_told_beside_the_results(clock, capsys):
    with terminal.progress("many runs", "runs") as report:
        for seconds, done in ((1.0, 1), (4.0, 4), (5.0, 5)):
            clock.now = 100.0 + seconds
            report(done, 400)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "About 6.6 min more for 400 runs, as 3 of them took 3 s.\n"


@pytest.mark.parametrize(("count", "most", "jobs"), [(1, 1, 1), (7, 50, 2), (600, 50, 1), (1000, 13, 8)])
def test_blocks_hold_every_number_once_and_begin_small(count, most, jobs):
    blocks = workers.in_blocks(count, most, jobs)
    assert [number for block in blocks for number in block] == list(range(count))
    assert {len(block) for block in blocks[:jobs]} == {1}
    assert max(map(len, blocks)) <= most
