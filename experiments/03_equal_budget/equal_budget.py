"""One budget for all: solves the levels of the scenarios in `equal-budget/`, so that comparing them compares instruments.

A file of that folder marks the numbers that may move with `# scaled from N`; one factor scales all of them, until public
spending beyond the baseline has the present value of the yardstick's. `make equal-budget` solves and writes all files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from scipy.optimize import brentq
from static_control import present_value

from eipsim.analysis.choice.cost_per_tonne import DISCOUNT_RATE
from eipsim.data.parameters import parameter_values
from eipsim.errors import InputError, Mistake, RunError
from eipsim.runs.simulation import simulate
from eipsim.scenarios.files import LIBRARY, list_scenarios
from eipsim.scenarios.loading import load_scenario

FOLDER, BASELINE, YARDSTICK = "equal-budget", "baseline", "technical-assistance"
# A number at the end of a line, as in `value: 0.2  # scaled from 0.3`, or of a path, `{2025: 0.1, 2030: 0.2}  # scaled from 0.3`.
MARKED = re.compile(
    r"^(?P<before>.*: *)(?P<value>[^\s{}]+)(?P<mark>\}* +# scaled from (?P<origin>[\d.]+))$", re.MULTILINE
)
REPLICATES = (0, 1)  # the levels are solved for the mean of these, seed 1
TOLERANCE = 0.001  # of the common budget: near enough to end the search
ACCEPTED = 0.004  # the same, where spending jumps with every system that is built
DIGITS = 5  # significant digits of a level
FIRST_STEP, XTOL, DOUBLINGS = 0.05, 1e-5, 7  # steps of the logarithm of the factor


class Budget:
    """What scenarios spend beyond the baseline in one world: present value [USD] in the first year, mean of `replicates`."""

    def __init__(
        self, world: Any = "vietnam", seed: int = 1, replicates: Sequence[int] = REPLICATES, yardstick: Any = YARDSTICK
    ):
        self.world, self.seed, self.replicates, self.yardstick = world, seed, tuple(replicates), yardstick

    def spending(self, scenario: Any) -> np.ndarray:
        """Present value [USD] of all public spending, by replicate."""
        case = load_scenario(scenario)
        rate = parameter_values(case.parameters)[DISCOUNT_RATE]
        runs = (simulate(case, self.seed, world=self.world, replicate=replicate) for replicate in self.replicates)
        return np.array([present_value(run, rate) for run in runs])

    @cached_property
    def baseline(self) -> np.ndarray:
        return self.spending(BASELINE)

    def beyond_baseline(self, scenario: Any) -> float:
        """The same less the baseline's, replicate by replicate."""
        return float((self.spending(scenario) - self.baseline).mean())

    def of_file(self, text: str) -> float:
        """The same of a file that says `text`, wherever the library stands."""
        with TemporaryDirectory() as folder:
            file = Path(folder) / "case.yaml"
            file.write_text(text, encoding="utf-8")
            return self.beyond_baseline(file)

    @cached_property
    def common(self) -> float:
        """What the yardstick spends: the budget of all."""
        return self.beyond_baseline(self.yardstick)


def marked_files() -> list[Path]:
    """The files of the folder in which a number may move; what another file extends comes before it."""
    files = [LIBRARY / f"{name}.yaml" for name in list_scenarios() if name.startswith(f"{FOLDER}/")]
    marked = [file for file in files if MARKED.search(file.read_text(encoding="utf-8"))]
    return sorted(marked, key=lambda file: str(load_scenario(file).extends).startswith(FOLDER))


def scaled(text: str, factor: float) -> str:
    """The file `text` with each marked number at `factor` times its origin.

    >>> scaled("value: 7  # scaled from 30", 0.5)
    'value: 15  # scaled from 30'
    >>> scaled("path: {2025: 0.1, 2030: 0.2}  # scaled from 0.3", 2.0)
    'path: {2025: 0.1, 2030: 0.6}  # scaled from 0.3'
    """
    return MARKED.sub(
        lambda found: f"{found['before']}{in_digits(factor * float(found['origin']))}{found['mark']}", text
    )


def in_digits(value: float) -> str:
    """A number in DIGITS significant digits, without exponent.

    >>> in_digits(7123456.0), in_digits(0.0123456789)
    ('7123500', '0.012346')
    """
    rounded = float(f"{value:.{DIGITS}g}")
    return f"{rounded:.0f}" if rounded == int(rounded) else np.format_float_positional(rounded, trim="-")


def levels(text: str) -> list[float]:
    """The marked numbers of a file."""
    return [float(found["value"]) for found in MARKED.finditer(text)]


def factor_of(text: str) -> float:
    """The factor at which the marked numbers of a file stand."""
    first = MARKED.search(text)
    if first is None:
        raise InputError(
            Mistake("equal budget", "no number of the file is marked", "write `# scaled from N` behind one")
        )
    return float(first["value"]) / float(first["origin"])


def solve(text: str, budget: Budget, name: str = "the scenario") -> str:
    """The file `text` at the factor for which the scenario spends the common budget, within TOLERANCE where it can.

    Raises RunError when it cannot be brought within ACCEPTED, however its marked numbers are scaled.
    """
    factor = solve_factor(lambda factor: budget.of_file(scaled(text, factor)), budget.common, factor_of(text), name)
    return scaled(text, factor)


def solve_factor(spending: Callable[[float], float], common: float, start: float, name: str) -> float:
    """The factor for which `spending` comes to `common` [USD], looked for from `start` on. Raises as `solve`."""
    gaps: dict[float, float] = {}

    def gap(log_factor: float) -> float:
        """Relative to the budget; exactly zero within TOLERANCE, which ends the search."""
        if log_factor not in gaps:
            gaps[log_factor] = spending(np.exp(log_factor)) / common - 1.0
        return 0.0 if abs(gaps[log_factor]) <= TOLERANCE else gaps[log_factor]

    low, high = bracket(gap, float(np.log(start)), name)
    if low < high:
        brentq(gap, low, high, xtol=XTOL)
    nearest = min(gaps, key=lambda log_factor: abs(gaps[log_factor]))
    if abs(gaps[nearest]) > ACCEPTED:
        raise RunError(f"{name}: spending jumps over the common budget, {gaps[nearest]:+.2%} is the nearest it comes")
    return float(np.exp(nearest))


def bracket(gap: Callable[[float], float], at: float, name: str) -> tuple[float, float]:
    """Logarithms of two factors between which spending passes the budget, from `at` on; twice the same when one meets it."""
    here = gap(at)
    step = FIRST_STEP * (1.0 if here < 0.0 else -1.0)
    for _ in range(DOUBLINGS):
        if here == 0.0:
            return at, at
        there, step = within_bounds(gap, at, step, name)
        if here * there <= 0.0:
            return min(at, at + step), max(at, at + step)
        here, at, step = there, at + step, 2.0 * step
    raise RunError(f"{name}: spends {1.0 + here:.3g} times the common budget, however its levels are scaled")


def within_bounds(gap: Callable[[float], float], at: float, step: float, name: str) -> tuple[float, float]:
    """The gap one `step` on, and the step taken: a shorter one where a lever would leave its bounds."""
    for _ in range(DOUBLINGS):
        try:
            return gap(at + step), step
        except InputError:
            step *= 0.5
    raise RunError(f"{name}: its levels cannot be scaled any further, and it does not spend the common budget")


def main() -> None:
    """Solve and write every file of the folder, and tell what it came to."""
    budget = Budget()
    print(f"common budget, present value beyond the baseline: {budget.common / 1e6:.3f} million USD", flush=True)
    for file in marked_files():
        text = solve(file.read_text(encoding="utf-8"), budget, file.stem)
        file.write_text(text, encoding="utf-8")
        spent = budget.of_file(text) / 1e6  # what the library had when this process read it is another file
        print(f"{FOLDER}/{file.stem}: {', '.join(map(in_digits, levels(text)))}; {spent:.3f} million USD", flush=True)


if __name__ == "__main__":
    main()
