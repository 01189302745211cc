"""How often intervals hold the truth: `python benchmarks/coverage.py [--quick] [--write]`.

Each interval that eipsim reports is worked out again and again on planted examples whose answer is known, and counted: how often
the answer lies inside, how wide the interval is, and how wide it would have to be if the spread of the estimate were known.
`--write` puts the table into docs/intervals.md. Several intervals of one example (all factors of a design) are counted together;
the Monte-Carlo error goes by examples.
"""

from __future__ import annotations

import argparse
import datetime
import math
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

if str(HERE := Path(__file__).resolve().parent) in sys.path:
    sys.path.remove(str(HERE))  # numba looks for another `coverage`

from eipsim.analysis.choice import scores
from eipsim.analysis.choice.information import value_of_information
from eipsim.analysis.choice.rank_tables import Ranking
from eipsim.analysis.choice.same_draws import gain_of_same_draws
from eipsim.analysis.discovery import unseen
from eipsim.analysis.discovery.prim_and_cart import Search
from eipsim.analysis.intervals import mean_interval, pairing, ratio_interval
from eipsim.analysis.sensitivity import chance, methods
from eipsim.analysis.sensitivity.salib import Sample
from eipsim.analysis.states_of_world import States
from eipsim.designs.factors import choice_of
from eipsim.designs.samplers import Fast, Latin, Morris, RbdFast, Sobol

PAGE = HERE.parent / "docs/intervals.md"
MARKS = "<!-- coverage:begin -->", "<!-- coverage:end -->"
NOMINAL, Z = 0.95, 1.959964
QUICK = 0.05  # of the examples
Intervals = tuple[Any, Any, Any, Any]  # estimates, low ends, high ends, truths


@dataclass(frozen=True)
class Case:
    """An interval on a planted example. `once(seed)` makes the example anew; `together` : all its intervals must hold at once."""

    what: str
    example: str
    repeats: int
    once: Callable[[int], Intervals]
    together: bool = False


def random(seed: int) -> np.random.Generator:
    return np.random.default_rng([20, seed])


# ---- means, ratios, shares ---------------------------------------------------------------------------------------------


def mean_of_replicates(seed: int, n: int, is_skewed: bool) -> Intervals:
    values = random(seed).normal(size=n)
    values, truth = (np.exp(values), math.exp(0.5)) if is_skewed else (values, 0.0)
    return *mean_interval(values), truth


def ratio_of_replicates(seed: int, n: int) -> Intervals:
    """Costs of 30 a tonne on average, known worse where there are more tonnes."""
    draw = random(seed)
    tonnes = draw.normal(10.0, 2.0, size=n)
    costs = 30.0 * tonnes + draw.normal(0.0, 20.0, size=n)
    return *ratio_interval(costs, tonnes), 30.0


def mean_over_common_draws(seed: int, n: int, replicates: int, shift: float, told: bool) -> Intervals:
    """Rows of the inputs by replicates whose draws shift all rows alike by `shift` standard deviations of a row."""
    draw = random(seed)
    values = draw.normal(size=(n, 1)) + shift * draw.normal(size=(1, replicates)) + draw.normal(size=(n, replicates))
    rows, draws = np.repeat(np.arange(n), replicates), np.tile(np.arange(replicates), n)
    return *scores.interval(values.ravel(), rows, draws if told else None), 0.0


def mean_over_populations(seed: int, n: int, replicates: int, told: bool) -> Intervals:
    """Populations differ as much as the draws of a run do; every replicate of one population has draws of its own."""
    draw = random(seed)
    values = draw.normal(size=(n, 1)) + draw.normal(size=(n, replicates))
    runs = np.arange(n * replicates)
    return *scores.interval(values.ravel(), runs // replicates if told else runs), 0.0


def gain_of_pairs(seed: int, n: int, rho: float) -> Intervals:
    """How much the same draws gain, where two scenarios go together by `rho` over replicates."""
    draw = random(seed)
    shared, own = math.sqrt(rho), math.sqrt(1.0 - rho)
    together = shared * draw.normal(size=n)
    found = pairing(*((together + own * draw.normal(size=n))[:, None] for _ in range(2)))
    return *(found[name] for name in GAIN), 1.0 / (1.0 - rho)


def gain_over_sets(seed: int, sets: int, replicates: int) -> Intervals:
    """The same over parameter sets that differ much: draws make half of what a run has beside its set."""
    draw = random(seed)
    rows = np.repeat(np.arange(sets), replicates)
    of_set, of_draws = 3.0 * draw.normal(size=sets)[rows], draw.normal(size=rows.size)
    values, base = (of_set + of_draws + draw.normal(size=rows.size) for _ in range(2))
    found = gain_of_same_draws(values, base, rows, rows, None)
    return *(found[name] for name in GAIN), 2.0


GAIN = ("pairing_gain", "pairing_gain_low", "pairing_gain_high")


def density_unseen(seed: int, n: int) -> Intervals:
    """Of the box that a tree finds, in rows it did not see: eight of ten are cases beyond 0.7 of one input, one elsewhere."""
    draw = random(seed)
    rows = pd.DataFrame(draw.random((n, 4)), columns=[f"x{k}" for k in range(1, 5)])
    chance = np.where(rows["x1"] > 0.7, 0.8, 0.1)
    of_interest, blocks = draw.random(n) < chance, np.arange(n)
    data = unseen.Data(rows, of_interest, blocks, seed)
    which, _ = unseen.boxes_elsewhere(data, Search(method="cart", boxes=1), 0, unseen.Spread())
    found = unseen.held_out(which, of_interest, blocks, 1)
    return found.density, found.low, found.high, chance[which == 1].mean()


FACTORS = 6
MEAN_OF_SUM = FACTORS / 2.0 + 0.25 * 0.5


def sum_of_factors(points: np.ndarray) -> np.ndarray:
    """Six effects and a small interaction."""
    return points.sum(axis=1) + 0.5 * points[:, 0] * points[:, 1]


def problem_of(names: list[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0] for _ in names]}


def hypercubes(seed: int, n: int, repeats: int) -> tuple[np.ndarray, np.ndarray]:
    """Points of Latin hypercubes, and blocks: hypercubes where there are several, else points."""
    names = [f"x{k}" for k in range(FACTORS)]
    points = Latin(method="latin", n=n, repeats=repeats, seed=seed + 1).unit(problem_of(names), {})
    return points, np.arange(n * repeats) // (n if repeats > 1 else 1)


def mean_over_hypercubes(seed: int, n: int, repeats: int) -> Intervals:
    points, blocks = hypercubes(seed, n, repeats)
    return *scores.interval(sum_of_factors(points), blocks), MEAN_OF_SUM


def share_over_hypercubes(seed: int, n: int, repeats: int) -> Intervals:
    """The share of points in which the sum of the factors is above its median; the sum is symmetric about it."""
    points, blocks = hypercubes(seed, n, repeats)
    return *scores.share_interval((points.sum(axis=1) > FACTORS / 2.0).astype(float), blocks), 0.5


def share_of_states(seed: int, n: int, truth: float) -> Intervals:
    return *scores.share_interval((random(seed).random(n) < truth).astype(float), np.arange(n)), truth


# ---- ranking -----------------------------------------------------------------------------------------------------------


def ranking_of(values: np.ndarray, inputs: pd.DataFrame) -> Ranking:
    """A ranking of values [scenarios, states] that were made up, every state by itself."""
    scenarios, n = tuple("abcdef"[: len(values)]), values.shape[1]
    states = States(scenarios, (), np.ones(n, dtype=bool), inputs, np.arange(n), np.arange(n), {}, (), True)
    return Ranking("value", "", False, states, values, scenarios[0], resamples=1)


def six_scenarios(seed: int, n: int, step: float) -> np.ndarray:
    """Six scenarios `step` apart in states that are the same for all, each with some luck of its own."""
    draw = random(seed)
    return step * np.arange(6.0)[:, None] + 3.0 * draw.normal(size=n) + draw.normal(size=(6, n))


def differences_from_the_best(seed: int, n: int, step: float) -> Intervals:
    ranking = ranking_of(six_scenarios(seed, n, step), pd.DataFrame({"x": np.arange(float(n))}))
    table, best = ranking.table().iloc[1:], ranking.scenarios.index(ranking.best)
    truths = step * (np.array([ranking.scenarios.index(name) for name in table["scenario"]]) - best)
    return *(table[name].to_numpy() for name in ("from_best", "from_best_low", "from_best_high")), truths


def shares_of_the_best(seed: int, n: int, step: float) -> Intervals:
    """Chance of each scenario to be the best of its state."""
    shares = scores.shares_best(six_scenarios(seed, n, step))
    found = [scores.share_interval(one, np.arange(n)) for one in shares]
    return *(np.array(part) for part in zip(*found)), _true_shares(step)


@cache
def _true_shares(step: float) -> np.ndarray:
    return scores.shares_best(six_scenarios(2**31, 1_000_000, step)).mean(axis=1)


def regrets(seed: int, n: int) -> Intervals:
    """What N(0.5, 1) loses on average against the better of it and N(0, 1), independent: 0.1996."""
    values = random(seed).normal([[0.5], [0.0]], 1.0, size=(2, n))
    z = 0.5 / math.sqrt(2.0)
    density, below = math.exp(-z * z / 2.0) / math.sqrt(2.0 * math.pi), 0.5 * math.erfc(z / math.sqrt(2.0))
    return *scores.interval(scores.regrets(values)[0], np.arange(n)), math.sqrt(2.0) * density - 0.5 * below


def worth_of_knowing(seed: int, n: int, name: str) -> Intervals:
    """A policy that gains x1 - 0.4 with luck: knowing x1 is worth 0.08, knowing x2 nothing."""
    draw = random(seed)
    inputs = pd.DataFrame(draw.random((n, 2)), columns=["x1", "x2"])
    values = np.stack([np.zeros(n), inputs["x1"] - 0.4 + 0.3 * draw.normal(size=n)])
    row = value_of_information(ranking_of(values, inputs), [name], permutations=1, seed=seed).iloc[2]
    return row["value"], row["low"], row["high"], {"x1": 0.08, "x2": 0.0}[name]


# ---- sensitivity -------------------------------------------------------------------------------------------------------

ISHIGAMI = ["x1", "x2", "x3", "dummy"]
TRUE = {"S1": (0.3139, 0.4424, 0.0, 0.0), "ST": (0.5576, 0.4424, 0.2437, 0.0)}
LINE, FIVE, TWO = "line", "five", "two"
CHOICES = {FIVE: choice_of("abcde"), TWO: choice_of("ab")}
MANY = 20_000  # trajectories whose mean stands for the truth


def ishigami(unit: np.ndarray) -> np.ndarray:
    x = np.pi * (2.0 * unit[:, :3] - 1.0)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def indices_of(sampler: Any, method: str, index: str, names: list[str], model: Callable, factors: Any = None) -> Any:
    unit = sampler.unit(problem_of(names), factors or {})
    sample = Sample(unit, lambda: problem_of(names), sampler, False, factors or {})
    return next(one for one in methods.analyse(method, sample, model(unit)[:, None, None]) if one.index == index)


def with_ends(found: Any, truth: Any, only: slice) -> Intervals:
    middle, half = found.mean[only, 0], found.half[only, 0]
    return middle, middle - half, middle + half, np.asarray(truth, dtype=float)[only]


def of_ishigami(seed: int, sampler: Callable, method: str, index: str, only: slice = slice(3)) -> Intervals:
    return with_ends(indices_of(sampler(seed + 1), method, index, ISHIGAMI, ishigami), TRUE[index], only)


def choices_and_a_line(unit: np.ndarray) -> np.ndarray:
    """A bent line, a choice of five and one of two; the line decides how much the choice of five does."""
    five = np.array([0.0, 2.0, 1.0, 0.5, 4.0])[CHOICES[FIVE].numbers(unit[:, 1])]
    return unit[:, 0] ** 2 + five * (0.5 + unit[:, 0]) + np.array([0.0, 1.0])[CHOICES[TWO].numbers(unit[:, 2])]


def of_morris(seed: int, n: int, names: list[str], model: Callable, factors: Any) -> Intervals:
    sampler = Morris(method="morris", n=n, seed=seed + 1)
    return with_ends(indices_of(sampler, "morris", "mu_star", names, model, factors), _true_effects(model), slice(3))


@cache
def _true_effects(model: Callable) -> np.ndarray:
    names, factors = (ISHIGAMI[:3], None) if model is ishigami else ([LINE, FIVE, TWO], CHOICES)
    sampler = Morris(method="morris", n=MANY, seed=2**31)
    return indices_of(sampler, "morris", "mu_star", names, model, factors).mean[:, 0]


def share_of_luck(seed: int, n: int, replicates: int) -> Intervals:
    """Half of the variance of a run is of its draws, and half of that shifts all rows alike."""
    draw = random(seed)
    shift, own = (draw.normal(0.0, math.sqrt(0.25), size=size) for size in ((1, replicates, 1), (n, replicates, 1)))
    found = chance.split(draw.normal(0.0, math.sqrt(0.5), size=(n, 1, 1)) + shift + own, "common")
    return found.share[0], found.interval[0][0], found.interval[1][0], 0.5


def cases() -> Iterator[Case]:
    """Every interval with its example, as the table has them."""
    yield Case("mean over replicates", "20, normal", 4000, partial(mean_of_replicates, n=20, is_skewed=False))
    yield Case("mean over replicates", "5, normal", 4000, partial(mean_of_replicates, n=5, is_skewed=False))
    yield Case(
        "mean over replicates", "20, skewed (lognormal)", 4000, partial(mean_of_replicates, n=20, is_skewed=True)
    )
    yield Case("ratio of means, as USD per tonne", "20 pairs", 4000, partial(ratio_of_replicates, n=20))
    yield Case("mean of a scenario", "40 rows of 4 replicates, common draws shift all rows a little", 4000,
               partial(mean_over_common_draws, n=40, replicates=4, shift=0.2, told=True))  # fmt: skip
    yield Case("mean of a scenario", "the same, draws shift all rows as much as rows differ", 4000,
               partial(mean_over_common_draws, n=40, replicates=4, shift=1.0, told=True))  # fmt: skip
    yield Case("the same, without what draws shift (not reported)", "the same", 4000,
               partial(mean_over_common_draws, n=40, replicates=4, shift=1.0, told=False))  # fmt: skip
    yield Case("mean of a scenario", "12 populations of 5 replicates, which differ as much as draws do", 4000,
               partial(mean_over_populations, n=12, replicates=5, told=True))  # fmt: skip
    yield Case("the same, as if every run were an observation (not reported)", "the same", 4000,
               partial(mean_over_populations, n=12, replicates=5, told=False))  # fmt: skip
    yield Case("gain of the same draws", "correlation 0.9, 20 replicates", 4000, partial(gain_of_pairs, n=20, rho=0.9))
    yield Case("gain of the same draws", "correlation 0.9, 5 replicates", 4000, partial(gain_of_pairs, n=5, rho=0.9))
    yield Case("gain of the same draws, over sets", "20 sets of 5 replicates", 1000,
               partial(gain_over_sets, sets=20, replicates=5))  # fmt: skip
    yield Case(
        "density of a box where the search did not look", "300 points, four inputs", 60, partial(density_unseen, n=300)
    )
    yield Case("mean of a scenario", "a Latin hypercube of 100, six factors", 1000,
               partial(mean_over_hypercubes, n=100, repeats=1))  # fmt: skip
    yield Case("mean of a scenario", "ten hypercubes of 10", 2000, partial(mean_over_hypercubes, n=10, repeats=10))
    yield Case("mean of a scenario", "twenty hypercubes of 50", 400, partial(mean_over_hypercubes, n=50, repeats=20))
    yield Case("share of states", "a Latin hypercube of 100", 1000, partial(share_over_hypercubes, n=100, repeats=1))
    yield Case("share of states", "ten hypercubes of 10", 2000, partial(share_over_hypercubes, n=10, repeats=10))
    yield Case("share of states", "0.3 of 100", 4000, partial(share_of_states, n=100, truth=0.3))
    yield Case("share of states, rare", "0.01 of 200", 4000, partial(share_of_states, n=200, truth=0.01))
    yield Case("share of states, rare", "0.001 of 200", 4000, partial(share_of_states, n=200, truth=0.001))
    yield Case("chance to be the best", "six scenarios, 100 states", 1000, partial(shares_of_the_best, n=100, step=0.3))
    yield Case("difference from the best, all at once", "six scenarios in clear order, 60 states", 1000,
               partial(differences_from_the_best, n=60, step=1.0), together=True)  # fmt: skip
    yield Case("difference from the best, all at once", "six scenarios that are alike, 60 states", 1000,
               partial(differences_from_the_best, n=60, step=0.0), together=True)  # fmt: skip
    yield Case("difference from the best, all at once", "six scenarios alike, 10 states", 1000,
               partial(differences_from_the_best, n=10, step=0.0), together=True)  # fmt: skip
    yield Case("expected regret", "two scenarios, 100 states", 2000, partial(regrets, n=100))
    yield Case("value of knowing an input", "worth 0.08, 200 rows", 300, partial(worth_of_knowing, n=200, name="x1"))
    yield Case("value of knowing an input", "worth nothing, 200 rows", 300, partial(worth_of_knowing, n=200, name="x2"))
    for n in (64, 256, 1024):
        sampler = partial(lambda seed, n: Sobol(method="sobol", n=n, seed=seed), n=n)
        for index in ("S1", "ST"):
            of_index = partial(of_ishigami, sampler=sampler, method="sobol", index=index)
            yield Case(f"Sobol' {index}", f"Ishigami, n = {n}", 400, of_index)
    for n in (10, 20, 50):
        yield Case("Morris mu_star", f"Ishigami, {n} trajectories", 1000,
                   partial(of_morris, n=n, names=ISHIGAMI[:3], model=ishigami, factors=None))  # fmt: skip
        yield Case("Morris mu_star", f"a line and two choices, {n} trajectories", 1000,
                   partial(of_morris, n=n, names=[LINE, FIVE, TWO], model=choices_and_a_line, factors=CHOICES))  # fmt: skip
    fast = partial(lambda seed: Fast(method="fast", n=257, repeats=5, seed=7 * seed))
    yield Case(
        "FAST ST", "Ishigami, n = 257, 5 repeats", 100, partial(of_ishigami, sampler=fast, method="fast", index="ST")
    )
    rbd = partial(lambda seed: RbdFast(method="rbd_fast", n=400, seed=seed))
    yield Case(
        "RBD-FAST S1", "Ishigami, 400 points", 100, partial(of_ishigami, sampler=rbd, method="rbd_fast", index="S1")
    )
    yield Case("share of luck", "half, 100 rows of 4 replicates", 2000, partial(share_of_luck, n=100, replicates=4))


# ---- counting ----------------------------------------------------------------------------------------------------------


def counted(case: Case, share: float) -> tuple[str, ...]:
    """A row of the table: what, example, how often the truth lies inside, mean width, and over the width that is needed."""
    repeats = max(3, round(case.repeats * share))
    found = [tuple(np.atleast_1d(np.asarray(part, dtype=float)) for part in case.once(seed)) for seed in range(repeats)]
    estimates, low, high, truth = (np.array(part) for part in zip(*found))
    tiny = 1e-9 * np.abs(truth).max(initial=1.0)
    inside = (low - tiny <= truth) & (truth <= high + tiny)
    of_examples = inside.all(axis=1) if case.together else inside.mean(axis=1)
    error = of_examples.std(ddof=1) / math.sqrt(repeats)
    width = (high - low).mean(axis=0)
    needed = 2.0 * Z * (estimates - truth).std(axis=0, ddof=1)
    ratio = (width[needed > tiny] / needed[needed > tiny]).mean() if (needed > tiny).any() else math.nan
    return case.what, case.example, f"{of_examples.mean():.3f} ± {Z * error:.3f}", f"{width.mean():.3g}", f"{ratio:.2f}"


HEAD = ("interval", "planted example", "holds the truth", "mean width", "over needed width")


def table(share: float, tell: Callable[[str], None] = lambda text: None) -> str:
    """The table in Markdown."""
    lines = [HEAD, ("---",) * len(HEAD)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in cases():
            start = time.perf_counter()
            lines.append(counted(case, share))
            tell(f"{' | '.join(lines[-1])} ({time.perf_counter() - start:.1f} s)")
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(text: str) -> None:
    """Put the table with its date and command into the page."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(MARKS[0])
    _, after = rest.split(MARKS[1])
    made = f"Made on {datetime.date.today():%-d %B %Y} by `python benchmarks/coverage.py --write`."
    PAGE.write_text(f"{before}{MARKS[0]}\n{made}\n\n{text}\n{MARKS[1]}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a twentieth of the examples")
    parser.add_argument("--write", action="store_true", help="put the table into docs/intervals.md")
    options = parser.parse_args()
    found = table(QUICK if options.quick else 1.0, lambda text: print(text, file=sys.stderr))
    print(found)
    if options.write:
        write(found)


if __name__ == "__main__":
    main()
