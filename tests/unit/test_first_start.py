"""The first start: what a run calls is found without compiling, two processes share the work, and the bar tells the truth."""

import json
import os
import subprocess
import sys
import threading

import pytest

from eipsim.core.compiled import IS_COMPILED
from eipsim.core.fingerprints import PACKAGE
from eipsim.core.machine import cores
from eipsim.runs import first_start
from eipsim.runs.first_start import ALONE, FirstStart, can_be_helped, watching

needs_the_compiler = pytest.mark.skipif(not IS_COMPILED, reason="compilation is switched off")


def told_by(code: str, **environment: str) -> list:
    """What a process prints in its last line, as JSON."""
    env = os.environ | {"PYTHONPATH": str(PACKAGE.parent)} | environment
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    return json.loads(told.stdout.splitlines()[-1])


LISTED = """
import json
from eipsim.core.compiled_ahead import calls_of
from eipsim.core.fingerprints import short_hash
from eipsim.runs.rehearsal import rehearse
print(json.dumps([f"{call.module}.{call.name} {short_hash(call.kinds)}" for call in calls_of(rehearse)]))
"""
CALLED = """
import json, sys
import eipsim
from eipsim.core.compiled import Dispatcher
from eipsim.core.compiled_ahead import id_of
eipsim.simulate("baseline", world="pilot-parks")
modules = [module for name, module in list(sys.modules.items()) if name.startswith("eipsim.")]
found = {id(one): one for module in modules for one in vars(module).values() if isinstance(one, Dispatcher)}
print(json.dumps([id_of(one, kinds) for one in found.values() for kinds in one.overloads]))
"""
BUILDING = {"world": ("eipsim.core.draws.", "eipsim.world.")}  # not called where the world is kept


@needs_the_compiler
def test_a_rehearsal_without_compilation_finds_all_that_a_run_calls():
    listed, called = told_by(LISTED, NUMBA_DISABLE_JIT="1"), told_by(CALLED)
    assert set(called) <= set(listed)
    assert {call for call in set(listed) - set(called) if not call.startswith(BUILDING["world"])} == set()


# ---- two that share the work -------------------------------------------------------------------------------------------


class Function:
    """Stands for a compiled function; compiling it asks the watcher first, as the cache does."""

    def __init__(self, name: str, start: FirstStart, log: list):
        self.name, self.start, self.log = name, start, log

    def function(self):
        return self

    def compile(self, kinds: tuple) -> None:
        if not self.start.missing(self, kinds):
            self.log.append(self.name)
            self.start.made(self, kinds)


class Helper:
    """Stands for the other process: keeps what it is told."""

    def __init__(self):
        self.stdin, self.told = self, []

    def write(self, line: str) -> None:
        self.told.append(line.strip())


@pytest.fixture
def shared():
    """A first start with three calls on the list of a helper that has begun the last."""
    start = FirstStart(lambda function, kinds: function.name, len, 2)
    log: list[str] = []
    functions = {name: Function(name, start, log) for name in "abc"}
    for function in functions.values():
        function.kinds = ()
    start.helper, start.missed, start.waiting = Helper(), 9, dict(functions)
    start.effort = {"a": 1, "b": 2, "c": 7}
    start.theirs.add("c")
    start.waiting.pop("c")
    return start, functions, log


def test_the_other_process_is_told_what_is_begun_here(shared):
    start, functions, log = shared
    functions["a"].compile(())
    assert (log, start.helper.told) == (["a"], ["a"])


def test_while_the_other_process_compiles_what_is_needed_the_rest_of_the_list_is_done(shared):
    start, functions, log = shared
    waiting = threading.Timer(0.05, start.note_made, ["c"])
    waiting.start()
    functions["c"].compile(())
    assert log == ["a", "b"]  # and "c" is taken from the other


def test_when_the_other_process_ends_everything_is_done_here(shared):
    start, functions, log = shared
    ended = type("Ended", (), {"stdout": (), "wait": lambda self: 0, "communicate": lambda self: ("", None)})()
    start.waiting.clear()
    ending = threading.Timer(0.05, start.hear, [ended, ended])
    ending.start()
    functions["c"].compile(())
    assert log == ["c"]


def test_listeners_are_told_the_share_of_the_work_that_is_done_by_either(shared):
    start, functions, _ = shared
    seen: list[tuple[int, int]] = []
    with watching(lambda done, total: seen.append((done, total))):
        functions["a"].compile(())
        start.note_made("c")
        functions["b"].compile(())
    assert seen == [(1, 10), (8, 10), (10, 10)]


def test_a_worker_of_a_sweep_and_who_wants_to_be_alone_have_no_helper(monkeypatch):
    monkeypatch.delenv(ALONE, raising=False)
    assert can_be_helped()
    monkeypatch.setenv(ALONE, "1")
    assert not can_be_helped()
    monkeypatch.delenv(ALONE)
    monkeypatch.setattr(first_start.multiprocessing.current_process(), "_config", {})
    monkeypatch.setattr(first_start.multiprocessing.current_process(), "name", "LokyProcess-1")
    assert not can_be_helped()


# ---- from an empty cache -----------------------------------------------------------------------------------------------

SMALL = """
import json, logging
from eipsim.core.compiled_cache import _watchers
from eipsim.runs import rehearsal, first_start
seen = []
with first_start.watching(lambda done, total: seen.append((done, total))):
    run = rehearsal.simulate("baseline", world=rehearsal.small_world(), years=(2015, 2016))
helped = len(_watchers[0].theirs)
print(json.dumps([helped, seen, float(run.outcomes["co2_t"].iloc[-1]).hex()]))
"""


@pytest.mark.long
@needs_the_compiler
@pytest.mark.skipif(cores() < 2, reason="a helper needs a core")
def test_a_helper_takes_part_and_the_result_is_that_of_plain_python(tmp_path):
    helped, seen, result = told_by(SMALL, EIPSIM_CACHE=str(tmp_path), **{ALONE: ""})
    assert helped > 0
    shares = [done / total for done, total in seen if total]
    assert shares == sorted(shares)
    assert 0.0 < shares[0] < shares[-1] <= 1.0
    assert told_by(SMALL, NUMBA_DISABLE_JIT="1")[2] == result
