"""A few faults of every sort: the short version of `make faults`, whose table stands in docs/trust.md."""

import random

import pytest
from kinds import KINDS, SkipError
from scene import Scene, Whole

QUICK = {
    "kill -9 of a sweep in one process": 2,
    "TERM or INT to a sweep in one process": 1,
    "STOP, and CONT a moment later": 1,
    "a full disk": 1,
    "a disk that becomes read-only": 1,
    "memory at its limit": 1,
    "a clock that jumps": 1,
    "a bit of parts flipped": 2,
    "a stretch of parts overwritten": 1,
    "index, rows or codebook damaged or deleted": 1,
    "design.json damaged or deleted": 2,
    "claims of the dead, of others, of nobody": 1,
    "parts damaged or deleted while the sweep runs": 1,
    "two sweeps at once, of which one may be killed": 1,
    "kill -9 of the parent of worker processes": 1,
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return Whole(tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("what", QUICK)
def test_nothing_is_lost_and_nothing_is_there_twice(whole, tmp_path, what):
    for number in range(QUICK[what]):
        try:
            KINDS[what][1](Scene(tmp_path / str(number), whole), random.Random(number))
        except SkipError as why:
            pytest.skip(str(why))
