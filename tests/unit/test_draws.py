"""Keyed draws are pure functions of their key, uniform, and unrelated between neighbouring keys."""

import doctest
import importlib.util
import math
import os
import random
import subprocess
import sys
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import eipsim.core.draws as draws
from eipsim.core.compiled import compiled
from eipsim.core.draws import PROCESSES, draw, draw_normal, stream, uniform

N = 1_000_000
FOUR_ERRORS = 4.0
RARE = 1e-4
FIRST_PROCESSES = (
    "park", "founding", "coordinates", "plots", "sector", "employees", "foreign", "intensity", "entry", "exit",
    "vacancy", "constrained", "initial stock", "stock age", "cost factor", "option awareness", "firm awareness",
    "firm effect", "operator effect", "acceptance", "renewal", "audit priority", "identification", "voucher priority",
    "inspection", "compliance cost", "commitment", "operator capacity", "green share", "score", "dossier priority",
    "decision threshold", "norm", "programme choice", "born eco",
)  # fmt: skip
ROOT = Path(__file__).parents[2]
WORD = 2**64 - 1
unhurried = settings(deadline=None)  # the first call compiles
seeds = st.integers(-(2**70), 2**70)
words = st.integers(0, WORD)
years = st.integers(1900, 2200)
items = st.integers(0, 4095)
processes = st.sampled_from(FIRST_PROCESSES)


@pytest.fixture(scope="module")
def stream_script():
    """The module benchmarks/draws_stream.py, which shows the raw 64 bits behind a draw."""
    spec = importlib.util.spec_from_file_location("draws_stream", ROOT / "benchmarks" / "draws_stream.py")
    module = sys.modules["draws_stream"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@compiled
def fill_table(table, streams, agents, years, items):
    for s in range(len(streams)):
        for a in range(len(agents)):
            for y in range(len(years)):
                for i in range(len(items)):
                    table[s, a, y, i] = draw(streams[s], agents[a], years[y], items[i])


def tabulate(streams, agents, years, items):
    """Draws (float[n_streams, n_agents, n_years, n_items]) of all combinations, through a compiled loop."""
    table = np.empty((len(streams), len(agents), len(years), len(items)))
    with draws.wrapping():
        fill_table(table, streams, agents, years, items)
    return table


@compiled
def fill_normal(table, stream_key, agents):
    for a in range(len(agents)):
        table[a] = draw_normal(stream_key, agents[a], 2030, 0)


def tabulate_normal(stream_key, agents):
    """Normal draws (float[n_agents]) of one stream in one year."""
    table = np.empty(len(agents))
    with draws.wrapping():
        fill_normal(table, stream_key, agents)
    return table


def uint64(numbers):
    return np.array(numbers, np.uint64)


def streams_along(direction, n):
    """Keys (uint64[n]) of n neighbouring streams in one direction."""
    calls = {
        "seed": lambda i: stream(i, "exit"),
        "replicate": lambda i: stream(1, "exit", i),
        "process": lambda i: stream(1, FIRST_PROCESSES[i]),
    }
    return uint64([calls[direction](i) for i in range(n)])


def neighbours(direction, lag):
    """About a million pairs of draws (two float[n]) whose keys differ by `lag` in one direction and in nothing else."""
    axis = {"agent": 1, "year": 2, "item": 3}.get(direction, 0)
    streams = streams_along(direction if axis == 0 else "seed", 34)
    table = np.moveaxis(tabulate(streams, uint64(range(1000)), np.arange(2015, 2021), np.arange(6)), axis, 0)
    return table[:-lag].ravel(), table[lag:].ravel()


def million(seed, process):
    """A million draws of a thousand agents, 40 years and 25 items."""
    return tabulate(uint64([stream(seed, process)]), uint64(range(1000)), np.arange(2015, 2055), np.arange(25)).ravel()


def exact_bits(seed, replicate, process, agent, year, item):
    """The definition in docs/draws.md, written with Python's unbounded integers: the 64 bits of a draw."""

    def mix(z):
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & WORD
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & WORD
        return z ^ (z >> 31)

    def fold(key, part):
        return mix(mix((key + (part + 1) * 0x9E3779B97F4A7C15) & WORD) ^ key)

    key = fold(fold(seed & WORD, replicate), process)
    counter = year * 4096 + item + 1
    return mix(mix(((agent ^ key) + counter * 0x9E3779B97F4A7C15) & WORD) ^ key)


def unmix(z):
    """The inverse of draws.mix."""
    z = (z ^ (z >> 31) ^ (z >> 62)) * pow(int(draws.MIX_2), -1, 2**64) & WORD
    z = (z ^ (z >> 27) ^ (z >> 54)) * pow(int(draws.MIX_1), -1, 2**64) & WORD
    return z ^ (z >> 30) ^ (z >> 60)


def uniform_of_bits(bits):
    """The draw whose 64 bits are `bits`: the generator is a bijection of agents, so one agent has it."""
    key = int(stream(1, "exit"))
    agent = (unmix(unmix(bits) ^ key) - (2030 * 4096 + 1) * int(draws.GOLDEN) & WORD) ^ key
    assert exact_bits(1, 0, PROCESSES["exit"], agent, 2030, 0) == bits
    return uniform(1, "exit", agent, 2030)


# A pure function of the key


@unhurried
@given(seeds, processes, words, years, items, st.integers(0, 10_000))
def test_a_draw_is_the_published_hash_of_its_key(seed, process, agent, year, item, replicate):
    number = uniform(seed, process, agent, year, item, replicate)
    share = Fraction(exact_bits(seed, replicate, PROCESSES[process], agent, year, item), 2**64)
    assert abs(Fraction(number) - share) <= Fraction(1, 2**53)


def test_known_keys_keep_their_numbers_in_every_version():
    assert uniform(0, "park", 0, 2015).hex() == "0x1.26f612910adc2p-3"
    assert uniform(1, "exit", 7, 2030).hex() == "0x1.ffeb081ac7f44p-1"
    assert uniform(2024, "acceptance", 2**63 + 5, 2050, 23, 99).hex() == "0x1.d8ee38cb59c0cp-1"


@unhurried
@given(st.permutations(range(40)))
def test_no_draw_depends_on_the_order_of_the_others(order):
    expected = [uniform(3, "exit", agent, 2030) for agent in range(40)]
    drawn = {agent: uniform(3, "exit", agent, 2030) for agent in order}
    assert [drawn[agent] for agent in range(40)] == expected


@unhurried
@given(words, years, items)
def test_a_draw_is_the_same_alone_and_in_a_compiled_loop(agent, year, item):
    table = tabulate(uint64([stream(5, "renewal", 2)]), uint64([agent]), np.array([year]), np.array([item]))
    assert table.item() == uniform(5, "renewal", agent, year, item, 2)


def test_every_seed_has_a_stream_whatever_was_asked_before():
    keys = [stream(seed, "exit") for seed in range(200)]
    assert keys == [stream(seed, "exit") for seed in reversed(range(200))][::-1]
    assert min(keys) < 2**62 < 3 * 2**62 < max(keys)


def test_global_generators_are_never_touched():
    before = random.getstate(), repr(np.random.get_state())
    uniform(1, "exit", 7, 2030)
    tabulate(uint64([1]), uint64([2]), np.array([2030]), np.array([0]))
    tabulate_normal(np.uint64(1), uint64([2]))
    assert (random.getstate(), repr(np.random.get_state())) == before


HEXES = """
import numpy as np
from eipsim.core.compiled import IS_COMPILED
from eipsim.core.draws import draw, draw_normal, fold, stream, wrapping
print(IS_COMPILED)
with wrapping():
    for process in ("park", "exit", "born eco"):
        for seed in (0, 1, 2**63, -5):
            key = stream(seed, process, seed & 3)
            for agent in (0, 1, 999, 2**64 - 1, int(fold(np.uint64(seed & 7), np.uint64(11)))):
                for year, item in ((2015, 0), (2050, 23), (2030, 4095)):
                    agent_key = np.uint64(agent)
                    print(hex(int(key)), float(draw(key, agent_key, year, item)).hex(),
                          float(draw_normal(key, agent_key, year, item)).hex())
"""


def hexes(disable_jit):
    """Lines printed by HEXES in a fresh interpreter with the compiler on or off; any warning is an error."""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": disable_jit}
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", HEXES]
    return subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split(
        "\n"
    )


def test_compiled_and_plain_python_give_the_same_bits():
    compiled_lines, plain_lines = hexes("0"), hexes("1")
    assert (compiled_lines[0], plain_lines[0]) == ("True", "False")
    assert len(compiled_lines) == 1 + 3 * 4 * 5 * 3 + 1
    assert compiled_lines[1:] == plain_lines[1:]


# The registry


def test_processes_are_only_ever_appended():
    assert tuple(PROCESSES)[: len(FIRST_PROCESSES)] == FIRST_PROCESSES
    assert list(PROCESSES.values()) == list(range(len(PROCESSES)))


def test_an_unregistered_process_is_refused():
    with pytest.raises(KeyError, match="tea break"):
        stream(1, "tea break")


# The distribution of one stream


@pytest.mark.parametrize(("seed", "process"), [(0, "park"), (1, "exit"), (2**63, "acceptance")])
def test_a_million_draws_have_the_moments_of_the_uniform(seed, process):
    centred = million(seed, process) - 0.5
    for power, moment in ((1, 0.0), (2, 1 / 12), (3, 0.0), (4, 1 / 80)):
        variance = 1 / ((2 * power + 1) * 4**power) - moment**2
        assert abs((centred**power).mean() - moment) < FOUR_ERRORS * math.sqrt(variance / N)


@pytest.mark.parametrize(("seed", "process"), [(0, "park"), (1, "exit"), (2**63, "acceptance")])
def test_a_million_draws_follow_the_uniform_distribution(seed, process):
    u = million(seed, process)
    assert u.min() > 0.0
    assert u.max() < 1.0
    assert RARE < stats.kstest(u, "uniform").pvalue < 1 - RARE


def test_a_million_normal_draws_follow_the_normal_distribution():
    z = tabulate_normal(stream(1, "firm effect"), uint64(range(N)))
    for power, moment, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs((z**power).mean() - moment) < FOUR_ERRORS * math.sqrt(variance / N)
    assert RARE < stats.kstest(z, "norm").pvalue < 1 - RARE


def test_the_smallest_draw_is_above_zero():
    assert 0.0 < uniform_of_bits(0) < 2.0**-52


def test_the_largest_draw_is_below_one():
    assert uniform_of_bits(WORD) < 1.0


# Unrelated neighbours


@pytest.mark.parametrize("lag", [1, 2, 5])
@pytest.mark.parametrize("direction", ["seed", "replicate", "process", "agent", "year", "item"])
def test_draws_of_neighbouring_keys_are_uncorrelated(direction, lag):
    u, v = neighbours(direction, lag)
    bound = FOUR_ERRORS / math.sqrt(len(u))
    assert abs(np.corrcoef(u, v)[0, 1]) < bound
    assert abs(np.corrcoef((u - 0.5) ** 2, (v - 0.5) ** 2)[0, 1]) < bound


@pytest.mark.parametrize("direction", ["seed", "replicate", "process", "agent", "year", "item"])
def test_pairs_of_neighbouring_draws_fill_the_square(direction):
    u, v = neighbours(direction, 1)
    counts = np.histogram2d(u, v, bins=32, range=((0, 1), (0, 1)))[0]
    assert RARE < stats.chisquare(counts.ravel()).pvalue < 1 - RARE


@pytest.mark.parametrize(
    ("part", "n_bits"), [("seed", 64), ("replicate", 16), ("agent", 64), ("year", 12), ("item", 12)]
)
def test_every_bit_of_the_key_moves_every_bit_of_the_draw(stream_script, part, n_bits):
    n_bases = 400
    generator = np.random.default_rng(7)
    bases = [
        {"seed": i, "replicate": i % 5, "agent": int(generator.integers(2**40)), "year": 2015 + i % 36, "item": i % 24}
        for i in range(n_bases)
    ]

    def bits_of(key):
        raw = stream_script.raw_bits(
            stream(key["seed"], "exit", key["replicate"]), np.uint64(key["agent"]), key["year"], key["item"]
        )
        return np.unpackbits(np.frombuffer(int(raw).to_bytes(8, "big"), np.uint8))

    flips = np.zeros((n_bits, 64))
    for base in bases:
        original = bits_of(base)
        for bit in range(n_bits):
            flips[bit] += original != bits_of({**base, part: base[part] ^ (1 << bit)})
    error = 0.5 / math.sqrt(n_bases)
    assert np.abs(flips / n_bases - 0.5).max() < 5.0 * error
    assert abs(flips.mean() / n_bases - 0.5) < FOUR_ERRORS * error / math.sqrt(flips.size)


def test_streams_of_ten_thousand_seeds_and_all_processes_never_meet():
    keys = uint64([stream(seed, process) for seed, process in product(range(10_000), FIRST_PROCESSES)])
    assert len(np.unique(keys)) == len(keys)
    numbers = tabulate(keys, uint64([0, 1]), np.array([2030]), np.array([0])).ravel()
    assert len(np.unique(numbers)) == len(numbers)


def test_seed_and_replicate_are_not_interchangeable():
    keys = {int(stream(seed, "exit", replicate)) for seed, replicate in product(range(150), range(150))}
    assert len(keys) == 150 * 150


def test_agents_years_and_items_of_a_stream_never_share_a_number():
    table = tabulate(uint64([stream(1, "exit")]), uint64(range(5000)), np.arange(2015, 2051), np.arange(24))
    assert len(np.unique(table)) == table.size


# The stream for batteries


@unhurried
@given(words, words, years, items)
def test_the_battery_reads_the_bits_the_model_uses(stream_script, key, agent, year, item):
    raw = int(stream_script.raw_bits(np.uint64(key), np.uint64(agent), year, item))
    assert abs(Fraction(float(draw(np.uint64(key), np.uint64(agent), year, item))) - Fraction(raw, 2**64)) <= 2**-53


@pytest.mark.parametrize("fastest", ["seed", "replicate", "process", "agent", "year", "item"])
def test_the_battery_stream_starts_with_the_named_part_of_the_key(stream_script, fastest):
    start = {"seed": 0, "replicate": 0, "process": 0, "agent": 0, "year": 2015, "item": 0}
    keys = [{**start, fastest: start[fastest] + i} for i in range(20)]
    expected = [exact_bits(k["seed"], k["replicate"], k["process"], k["agent"], k["year"], k["item"]) for k in keys]
    assert next(stream_script.blocks(fastest, 20)).tolist() == expected


def test_doctests_of_draws_hold():
    results = doctest.testmod(draws)
    assert results.attempted >= 1
    assert results.failed == 0
