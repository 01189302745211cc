"""What is loaded when it is asked for."""

import gc
import subprocess
import sys

import pytest

from eipsim.core.later import load

LOAD = """
import gc
from eipsim.core.later import load
seen = []
gc.callbacks.append(lambda *_: seen.append(1))
load("pydantic")
print(len(seen), gc.isenabled(), gc.get_freeze_count() > 0)
"""


def test_a_module_is_loaded_without_a_search_for_garbage_of_which_there_is_one_afterwards():
    done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "True", "True"]


def test_what_is_there_already_is_handed_on_and_nothing_changed():
    frozen = gc.get_freeze_count()
    assert load("gc") is gc
    assert gc.get_freeze_count() == frozen


def test_a_module_that_cannot_be_loaded_leaves_the_search_for_garbage_on():
    with pytest.raises(ModuleNotFoundError):
        load("eipsim.no_such_module")
    assert gc.isenabled()
