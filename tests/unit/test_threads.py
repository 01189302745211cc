"""Threads within a run: the same bits however many, shares that have no park in common, and none where many runs are at work."""

import threading

import numpy as np
import pytest
from helpers import same_tables, tiny_world

from eipsim.agents.firm import year as firm_year
from eipsim.core import threads
from eipsim.core.compiled import IS_COMPILED
from eipsim.errors import InputError
from eipsim.model.model import EIPModel

needs_the_compiler = pytest.mark.skipif(not IS_COMPILED, reason="plain Python does one thing at a time")


def run_in(monkeypatch, number, scenario, rule):
    """A run of the pilot parks in `number` threads, and how often it has used several."""
    used = []
    at_once = threads.at_once
    monkeypatch.setattr(threads, "at_once", lambda tasks: (used.append(len(tasks)), at_once(tasks)))
    monkeypatch.setattr(firm_year, "WORTH_A_THREAD", 0)
    monkeypatch.setenv(threads.SETTING, str(number))
    model = EIPModel(scenario, "pilot-parks", 1, rule).run()
    monkeypatch.setattr(threads, "at_once", at_once)
    return model, used


def half(cost, saving, lifetime, size, peers, effects):
    return 0.5 if saving > 0.2 * cost else 0.1 * peers


@needs_the_compiler
@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize(("scenario", "rule"), [("full-package", None), ("subsidy", "threshold"), ("baseline", half)])
def test_a_run_in_several_threads_is_that_in_one_bit_for_bit(monkeypatch, number, scenario, rule):
    alone, unused = run_in(monkeypatch, 1, scenario, rule)
    together, used = run_in(monkeypatch, number, scenario, rule)
    assert not unused
    assert set(used) == {number}
    assert len(used) >= 2 * 36  # in every year firms move in and firms live
    for ours, theirs in ((alone.state, together.state), (alone.state.surroundings, together.state.surroundings)):
        names = ("firms", "operators", "regulators") if ours is alone.state else ("parks", "sectors")
        for name in names:
            assert not same_tables(getattr(ours, name), getattr(theirs, name)), name
    for ours, theirs in zip(alone.state.books, together.state.books):
        assert ours.tobytes() == theirs.tobytes()
    assert alone.outcomes.equals(together.outcomes)


@pytest.mark.parametrize("number", [2, 3, 7, 40])
def test_shares_have_no_park_in_common_and_are_all_together(number):
    world = tiny_world(5, n_parks=12)
    rows = np.flatnonzero(np.arange(world.n_firms) % 7 < 5)
    parts = firm_year.in_parts(rows, world.parks.start, number)
    assert len(parts) == number
    assert np.concatenate(parts).tolist() == rows.tolist()
    parks = [set(world.firms.park[part].tolist()) for part in parts]
    assert sum(map(len, parks)) == len(set().union(*parks)) == 12
    if number == 2:
        assert min(map(len, parts)) > 0.35 * rows.size


def test_nothing_runs_in_threads_unless_it_is_a_single_run(monkeypatch):
    monkeypatch.setenv(threads.SETTING, "3")
    assert threads.allowed() == 1
    with threads.a_single_run():
        assert threads.allowed() == (3 if IS_COMPILED else 1)
    assert threads.allowed() == 1


@needs_the_compiler
def test_a_run_that_another_thread_has_begun_has_none_to_itself(monkeypatch):
    monkeypatch.delenv(threads.SETTING, raising=False)
    monkeypatch.setattr(threads, "cores", lambda: 8)
    monkeypatch.setattr(threads, "is_busy", lambda: False)
    found = [threads.wished()]
    other = threading.Thread(target=lambda: found.append(threads.wished()))
    other.start()
    other.join()
    assert found == [2, 1]


@needs_the_compiler
def test_a_busy_machine_is_given_no_second_thread(monkeypatch):
    monkeypatch.delenv(threads.SETTING, raising=False)
    monkeypatch.setattr(threads, "cores", lambda: 4)
    monkeypatch.setattr(threads.os, "getloadavg", lambda: (6.1, 0.0, 0.0))
    assert threads.wished() == 1
    monkeypatch.setattr(threads.os, "getloadavg", lambda: (5.9, 99.0, 99.0))
    assert threads.wished() == 2


@pytest.mark.parametrize("text", ["two", "0", "-1", "1.5"])
def test_a_number_of_threads_that_is_none_is_refused(monkeypatch, text):
    monkeypatch.setenv(threads.SETTING, text)
    with pytest.raises(InputError, match=r"EIPSIM_THREADS.*is not a number of threads"):
        EIPModel("no-eip-policy", tiny_world(3), 1).run()


def test_what_goes_wrong_in_another_thread_is_told():
    def fail():
        raise ValueError("in the other thread")

    with pytest.raises(ValueError, match="in the other thread"):
        threads.at_once([lambda: None, fail])


def test_work_of_other_threads_counts_as_time_of_the_run():
    before = threads.cpu_seconds()
    threads.at_once([lambda: None, lambda: sum(range(3_000_000))])
    assert threads.cpu_seconds() - before > 0.01
