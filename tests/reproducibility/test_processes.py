"""One run is the same in every process and without the compiler, touches no global generator and leaves no memory behind:
ACCEPTANCE R1, R5, X2."""

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers import part_of

from eipsim.model.model import EIPModel
from eipsim.rules.acceptance import RULES
from eipsim.world import build_world

TESTS = Path(__file__).parents[1]
MECHANISMS = TESTS.parent / "experiments" / "09_mechanisms"
LAST = 2031  # past the first subsidies, expiries, carbon price and inspections of the package


def few_firms():
    """Two parks, six firms of each of them, some of which enter and leave."""
    world = build_world("pilot-parks", 1)
    rows = [np.arange(world.parks.start[p], world.parks.start[p + 1])[::17][:6] for p in (2, 5)]
    return part_of(world, [2, 5], rows)


def fingerprints():
    """A hash of every column of all agents and of the outcomes of small runs, one for each rule."""
    prints = {}
    for rule in RULES:
        model = EIPModel("full-package", few_firms(), 11, rule=rule)
        while model.year < LAST:
            model.step()
        content = hashlib.sha256(model.outcomes.to_numpy().tobytes())
        for table in (model.state.firms, model.state.operators, model.state.regulators):
            for column in table.dtype.names:
                content.update(np.ascontiguousarray(table[column]).tobytes())
        prints[str(rule)] = content.hexdigest()
    return prints


def in_a_process(code, **environment):
    """What `code` prints in a fresh process, with the tests' helpers on its path."""
    paths = os.pathsep.join(str(path) for path in (TESTS, TESTS / "reproducibility", MECHANISMS))
    more = {"PYTHONPATH": paths, **environment}
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | more, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


PRINT = "import json, test_processes; print(json.dumps(test_processes.fingerprints()))"


def test_r1_another_process_gives_the_same_bits():
    assert json.loads(in_a_process(PRINT, PYTHONHASHSEED="7")) == fingerprints()


def test_r1_without_the_compiler_the_outcomes_are_bitwise_the_same():
    assert json.loads(in_a_process(PRINT, NUMBA_DISABLE_JIT="1")) == fingerprints()


def test_the_fingerprint_sees_a_difference():
    assert len(set(fingerprints().values())) == len(RULES)


GENERATORS = """
import random, numpy
random.seed(5); numpy.random.seed(5)
before = random.getstate(), [str(part) for part in numpy.random.get_state()]
import eipsim, eipsim.model, eipsim.runs.simulation
{run}
after = random.getstate(), [str(part) for part in numpy.random.get_state()]
print(before == after)
"""
RUNS = {
    "import": "",
    "compiled": "eipsim.model.EIPModel('full-package', 'pilot-parks', 1).run()",
    "agents": "eipsim.model.EIPModel('baseline', 'pilot-parks', 1, stepping='agents', years=(2015, 2017)).run()",
    "simulate": "eipsim.simulate('baseline', world='pilot-parks', seed=1)",
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_r5_the_global_generators_are_untouched(run):
    assert in_a_process(GENERATORS.format(run=run)).strip() == "True"


def test_r5_the_state_of_the_global_generators_decides_nothing():
    results = []
    for seed in (1, 2):
        random.seed(seed)
        np.random.seed(seed)
        results.append(EIPModel("baseline", "pilot-parks", 4).run().outcomes)
    assert results[0].equals(results[1])


MEMORY = """
import gc, tracemalloc
from eipsim.model import EIPModel

def resident():
    with open("/proc/self/statm") as status:
        return int(status.read().split()[1]) * 4096 / 1e6

def runs(n):
    for seed in range(n):
        model = EIPModel("full-package", "pilot-parks", 1, replicate=seed)
        while model.year < 2020:
            model.step()
        if seed % 10 == 0:
            len(model.agents)
    del model
    gc.collect()

runs(100)
before = resident()
runs(100)
print(resident() - before)
tracemalloc.start()
runs(10)
before, _ = tracemalloc.get_traced_memory()
runs(30)
print((tracemalloc.get_traced_memory()[0] - before) / 1e6)
"""


def test_x2_a_hundred_models_leave_memory_flat():
    """A model of the pilot parks holds five megabytes: two kept alive would show in what Python has allocated, twenty in what
    the process takes, which goes up and down by some ten megabytes."""
    taken, allocated = map(float, in_a_process(MEMORY).split())
    assert taken < 100.0
    assert allocated < 2.0
