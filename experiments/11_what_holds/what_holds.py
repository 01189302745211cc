"""Which of the model's claims hold in the default set, and over the calibrated sets, each in a population of its own.

`python experiments/11_what_holds/what_holds.py FOLDER [--world NAME --jobs N]` asks the statements of `statements.yaml`, writes
`tables/` and, by `what_is_told.py`, the finding of the README. A pair of set and population that is finished is kept in FOLDER;
the same command goes on from there.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from ruamel.yaml import YAML
from scipy import stats

from eipsim.analysis.evidence.facts import Fact, read_facts
from eipsim.analysis.evidence.validation import validate
from eipsim.analysis.intervals import mean_interval
from eipsim.data.parameters import DEFAULT_RULE, load_ensemble
from eipsim.outcomes.expressions import parse_expression
from eipsim.rules.acceptance import RULES
from eipsim.runs.simulation import simulate
from eipsim.sweeps.workers import run_tasks

HERE = Path(__file__).resolve().parent
CASES, TABLES = HERE / "cases", HERE / "tables"
RUN, MEDIAN, MEAN = "run", "median", "mean"
DEFAULT, ALL_RULES = "default set", "sets of all rules"
# How many pairs are asked, by whose sets they are and by lot; see statements.yaml.
DEFAULTS = {"programmes": 40, "many": 12, "some": 12, "few": 3}
OF_DEFAULT_RULE = {"programmes": 40, "many": 24, "some": 16, "few": 6}
OF_ANOTHER_RULE = {"programmes": 12, "many": 8, "some": 8, "few": 3}


# ---- what is asked ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """A claim about runs: all of its facts hold in a run, or of the median or mean over runs."""

    topic: str
    name: str
    facts: tuple[Fact, ...]
    of: str = RUN
    lot: str = "many"
    where: Fact | None = None
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def asked(self) -> tuple[Fact, ...]:
        return self.facts if self.where is None else (*self.facts, self.where)


def read_statements(file: Path = HERE / "statements.yaml") -> list[Statement]:
    known = {fact.name: fact for table in ("evidence", "calibration") for fact in read_facts(table)}
    rows = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    return [_statement(row, _key(row), known) for row in rows]


def _key(row: dict[str, Any]) -> str:
    """What a statement is known by where answers are kept: another one when anything that decides its answer changes."""
    asks = {name: value for name, value in row.items() if name in ("fact", "expressions", "where", "settings")}
    cases = [file for file in sorted(CASES.iterdir()) if f"[{file.stem}]" in str(asks) or file.suffix == ".csv"]
    content = json.dumps(asks, sort_keys=True).encode() + b"".join(file.read_bytes() for file in cases)
    return hashlib.sha256(content).hexdigest()[:12]


def _statement(row: dict[str, Any], where: str, known: dict[str, Fact]) -> Statement:
    low, high = float(row.get("low", -np.inf)), float(row.get("high", np.inf))
    if "fact" in row:
        fact = known[row["fact"]]
        facts: tuple[Fact, ...] = (
            Fact(f"{where}, part 1", fact.expression, fact.low, fact.high, fact.unit, fact.source),
        )
    else:
        facts = tuple(_fact(f"{where}, part {n}", text, low, high) for n, text in enumerate(row["expressions"], 1))
    only = _fact(f"{where}, where", row["where"], 0.0, np.inf) if "where" in row else None
    kept = {name: row[name] for name in ("of", "lot", "settings") if name in row}
    return Statement(row["topic"], row["name"], facts, where=only, **kept)


def _fact(name: str, text: str, low: float, high: float) -> Fact:
    """A fact; scenarios of cases/ are named without folder and ending."""
    for case in sorted(CASES.glob("*.yaml")):
        text = text.replace(f"[{case.stem}]", f"[{case.name}]")
    expression = parse_expression(text, name, paired=True)
    return Fact(name, expression, low, high, expression.unit, "")


# ---- pairs of set and population ---------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    """A parameter set (None: the default) of a rule in the population of a seed, asked the statements of these lots."""

    who: str
    rule: str
    number: int | None
    seed: int
    lots: tuple[str, ...]

    @property
    def settings(self) -> dict[str, float]:
        return {} if self.number is None else load_ensemble(self.rule)[self.number]


def pairs(share: float = 1.0) -> list[Pair]:
    """Every pair that is asked; sets are spread evenly over those of their rule. `share` < 1: fewer of each."""
    found = list(_pairs_of(DEFAULT, DEFAULT_RULE, [None] * DEFAULTS["programmes"], DEFAULTS, share))
    for rule in RULES:
        lots = OF_DEFAULT_RULE if rule == DEFAULT_RULE else OF_ANOTHER_RULE
        spread = np.linspace(0, len(load_ensemble(rule)) - 1, lots["programmes"]).round().astype(int)
        spread = np.random.default_rng(11).permutation(spread)  # so that the first few are spread, too
        found += _pairs_of(rule, rule, [int(number) for number in spread], lots, share)
    return found


def _pairs_of(who: str, rule: str, numbers: Sequence[int | None], lots: dict[str, int], share: float) -> Iterator[Pair]:
    many = {lot: max(1, round(n * share)) for lot, n in lots.items()}
    for place, set_number in enumerate(numbers):
        asked = tuple(lot for lot, n in many.items() if place < n)
        if asked:
            yield Pair(who, rule, set_number, 1 + place, asked)


def answers(pair: Pair, statements: Sequence[Statement], world: str = "vietnam") -> dict[str, float]:
    """What the pair says of every fact of the statements."""
    by_settings = itertools.groupby(sorted(statements, key=lambda s: str(s.settings)), key=lambda s: s.settings)
    found: dict[str, float] = {}
    with contextlib.chdir(CASES):
        for settings, group in by_settings:
            facts = [fact for statement in group for fact in statement.asked]
            where: dict[str, Any] = {
                "seed": pair.seed,
                "world": world,
                "rule": pair.rule,
                "settings": pair.settings | settings,
            }
            result = validate(facts, replicates=1, **where)
            if result.failures:
                raise RuntimeError(f"{pair}: {result.failures}")
            found |= {fact.name: float(result.values[fact.name].iloc[0]) for fact in facts}
    return found


# ---- enforcement, year by year -------------------------------------------------------------------------------------------------

ENFORCED = ("baseline", "enforcement")
YEARS = {2025: "before", 2029: "3 years after", 2036: "10 years after", 2050: "at the end"}
CLEAN_RECORD = ("investor without violation", "participants of the symbiosis without violation")


def enforcement(pair: Pair, world: str = "vietnam") -> list[dict[str, Any]]:
    """Violations a firm and year, parks that fail a clean record, and certified parks, with enforcement and without."""
    rows = []
    for scenario in ENFORCED:
        run = simulate(scenario, seed=pair.seed, world=world, rule=pair.rule, settings=pair.settings)
        criteria = run.criteria[run.criteria["criterion"].isin(CLEAN_RECORD)].set_index(["year", "criterion"])
        for year in YEARS:
            now = run.outcomes.loc[year]
            row = {
                "scenario": scenario, "year": year,
                "violations_per_1000_firms": 1000.0 * now["violations_found"] / now["firms"],
                "inspections_per_1000_firms": 1000.0 * now["inspections_done"] / now["firms"],
                "violations_per_inspection": now["violations_found"] / now["inspections_done"],
                "certified_parks": now["parks_certified"],
            }  # fmt: skip
            for name, criterion in zip(("operators", "partners"), CLEAN_RECORD):
                row[f"committed_parks_failing_by_{name}"] = criteria.loc[(year, criterion), "committed_failing"]
            rows.append(row)
    return rows


# ---- running, to be interrupted ----------------------------------------------------------------------------------------------


def ask(pair: Pair, folder: Path, world: str) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """The answers of a pair; what it has been asked before is in `folder`, only the rest is run."""
    file = folder / world / f"{pair.who}-{pair.number}-{pair.seed}.json".replace(" ", "_")
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"answers": {}, "enforcement": []}
    new = [one for one in read_statements() if one.lot in pair.lots and one.facts[0].name not in kept["answers"]]
    shows = "some" in pair.lots and not kept["enforcement"]
    if new or shows:
        kept["answers"] |= answers(pair, new, world)
        kept["enforcement"] = enforcement(pair, world) if shows else kept["enforcement"]
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(kept, default=float), encoding="utf-8")
        part.rename(file)
    return kept["answers"], kept["enforcement"]


# ---- what came out -------------------------------------------------------------------------------------------------------------


def at_least(k: int, n: int) -> float:
    """Lower end of the exact 95 % interval (Clopper and Pearson 1934) of a share of which k of n were seen.

    >>> round(at_least(57, 57), 3), at_least(0, 5)
    (0.937, 0.0)
    """
    return float(stats.binomtest(k, n).proportion_ci(0.95, "exact").low) if n else 0.0


def holding(statement: Statement, values: pd.DataFrame) -> pd.Series:
    """Whether it holds, run by run (`values`: a column per fact); runs of which it cannot be asked are left out."""
    if statement.where is not None:
        values = values[values[statement.where.name] >= 0.0]
    values = values[[fact.name for fact in statement.facts]].dropna()
    if statement.of != RUN:
        values = values.agg(statement.of).to_frame().T
    held = [(values[fact.name] >= fact.low) & (values[fact.name] <= fact.high) for fact in statement.facts]
    return pd.concat(held, axis=1).all(axis=1)


def over_pairs(values: np.ndarray, of: str) -> tuple[float, float, float]:
    """Mean over pairs with its 95 % interval by Student's t; else the median with that of order statistics."""
    if len(values) < 2:
        return (float(values.mean()) if len(values) else np.nan), np.nan, np.nan
    if of == MEAN:
        value, low, high = mean_interval(values)
        return float(value), float(low), float(high)
    low, high = stats.quantile_test(values, p=0.5).confidence_interval(0.95)
    return float(np.median(values)), float(low), float(high)


def results(
    statements: Sequence[Statement], asked: Sequence[Pair], answered: Sequence[dict[str, float]]
) -> pd.DataFrame:
    """A row per statement and group of pairs: the default set, the sets of each rule, and those of all rules."""
    table = pd.DataFrame(list(answered)).astype(float)
    who = np.array([pair.who for pair in asked])
    groups = {DEFAULT: who == DEFAULT} | {rule: who == rule for rule in RULES}
    groups[ALL_RULES] = who != DEFAULT
    rows = []
    for statement, (name, members) in itertools.product(statements, groups.items()):
        lot = np.array([statement.lot in pair.lots for pair in asked])
        values = table[members & lot]
        held = holding(statement, values)
        if statement.of != RUN and name == ALL_RULES:  # a median over sets of several rules is of none
            continue
        first = values[statement.facts[0].name].dropna()
        value, low, high = over_pairs(first.to_numpy(), statement.of)
        rows.append({
            "topic": statement.topic, "statement": statement.name, "of": statement.of, "who": name,
            "pairs": len(values), "asked": len(held), "holds": int(held.sum()),
            "at_least": at_least(int(held.sum()), len(held)) if statement.of == RUN else np.nan,
            "low": statement.facts[0].low, "high": statement.facts[0].high, "first_part": value,
            "first_part_low": low, "first_part_high": high, "first_part_5": first.quantile(0.05),
            "first_part_95": first.quantile(0.95),
        })  # fmt: skip
    return pd.DataFrame(rows)


def enforced(asked: Sequence[Pair], rows: Sequence[list[dict[str, Any]]]) -> pd.DataFrame:
    """By group of pairs, year and quantity: the baseline, enforcement, and in how many pairs which has more."""
    long = pd.DataFrame(
        [{"who": pair.who, "pair": n, **row} for n, (pair, many) in enumerate(zip(asked, rows)) for row in many]
    )
    quantities = [name for name in long.columns if name not in ("who", "pair", "scenario", "year")]
    told = []
    for (who, year), of in long.groupby(["who", "year"], sort=False):
        without, with_it = (of[of["scenario"] == name].set_index("pair") for name in ENFORCED)
        for name in quantities:
            gap = with_it[name] - without[name]
            told.append({
                "who": who, "year": year, "when": YEARS[year], "quantity": name, "pairs": len(gap),
                "baseline": without[name].mean(), "enforcement": with_it[name].mean(), "difference": gap.mean(),
                "difference_5": gap.quantile(0.05), "difference_95": gap.quantile(0.95),
                "fewer": int((gap < 0).sum()), "same": int((gap == 0).sum()), "more": int((gap > 0).sum()),
            })  # fmt: skip
    return pd.DataFrame(told)


# ---- the command -----------------------------------------------------------------------------------------------------------


def write(table: pd.DataFrame, file: Path) -> None:
    """The table as CSV, six digits of every number."""
    file.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(file, index=False, float_format="%.6g", lineterminator="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("results/what-holds"))
    parser.add_argument("--world", default="vietnam")
    parser.add_argument("--share", type=float, default=1.0, help="of the pairs, for a quick try")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument(
        "--tables", type=Path, help="where tables go; default: of the experiment, and its README with them"
    )
    given = parser.parse_args()
    run(given.folder, given.tables or TABLES, given.world, given.share, given.jobs)
    if given.tables is None:
        from what_is_told import tell  # which reads this module

        tell()


def run(folder: Path, tables: Path, world: str, share: float = 1.0, jobs: int = 1) -> None:
    """Ask every pair, and write both tables."""
    asked = pairs(share)
    answered = run_tasks(ask, [(pair, folder, world) for pair in asked], jobs, "loky", None)
    write(results(read_statements(), asked, [each for each, _ in answered]), tables / "what_holds.csv")
    write(enforced(asked, [rows for _, rows in answered]), tables / "enforcement.csv")


if __name__ == "__main__":
    main()
