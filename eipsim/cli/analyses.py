"""`eipsim sensitivity`: which uncertain inputs decide an outcome, from a store."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from eipsim.cli import completion, terminal
from eipsim.cli.options import Output, grouped, records
from eipsim.core.numbers import cell
from eipsim.errors import InputError, Mistake

METHODS = (
    "sobol, morris, fast, rbd_fast, delta, pawn, rsa, hdmr, dgsm, factorial; default: what the design was sampled for."
)
SHOWN = 20  # factors of a table


@dataclass(frozen=True)
class AnalysisOptions:
    """How indices are worked out."""

    method: Annotated[str | None, typer.Option("--method", help=METHODS)] = None
    over_time: Annotated[bool, typer.Option("--over-time", help="In every year; outcomes then have none.")] = False
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", help="Only this scenario of the store; can be given several times.")
    ] = None  # fmt: skip
    minus: Annotated[
        str | None,
        typer.Option(
            "--minus", metavar="SCENARIO", help="Analyse what every other scenario makes different from this one."
        ),
    ] = None
    convergence: Annotated[
        bool, typer.Option("--convergence", help="Also with half of the points, a quarter, ...: are there enough?")
    ] = False
    accept_noise: Annotated[
        bool, typer.Option("--accept-noise", help="Analyse independent draws although noise counts as an effect.")
    ] = False


@dataclass(frozen=True)
class NextOptions:
    """The design that comes after a screening."""

    next_: Annotated[
        Path | None, typer.Option("--next", metavar="FILE", help="Write a design for Sobol' indices of the factors that matter.")
    ] = None  # fmt: skip
    points: Annotated[int, typer.Option("--points", help="n of the design that --next writes, a power of two.")] = 256
    most: Annotated[int | None, typer.Option("--most", min=1, help="At most so many factors for --next.")] = None


@grouped
def sensitivity(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="Folder of a store that `eipsim sweep` has filled.")],
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            "--outcome",
            help='As "parks_certified @2050" or "sum(co2_t)"; can be given several times.',
            autocompletion=completion.outcomes,
        ),
    ] = None,
    *,
    options: AnalysisOptions,
    after: NextOptions,
    output: Output,
) -> None:
    """Tell which inputs decide an outcome of STORE: indices with intervals, beside a dummy and the share of luck."""
    if not outcome:
        raise InputError(Mistake("--outcome", "is missing", _example(store, options.over_time)))
    folder = output.folder(f"sensitivity-{store.name}", *_readings(store, outcome, options.over_time))
    from eipsim.analysis.sensitivity import indices, screening
    from eipsim.analysis.study import Study

    study, file = Study(store), after.next_
    with terminal.progress("analyse", "analyses") as report:
        found = indices.sensitivity(
            study, outcome, method=options.method, over_time=options.over_time, scenarios=options.scenario,
            minus=options.minus, accept_noise=options.accept_noise, convergence=options.convergence,
            progress=report,
        )  # fmt: skip
    if file is not None:
        screening.check_next(study, found, file, after.points, after.most)
    from eipsim.figures import save_sensitivity_figures

    output.save(found, folder, save_sensitivity_figures)
    chosen = None if file is None else screening.write_next(study, found, file, after.points, most=after.most)
    output.tell(folder, _content(found, file, chosen), lambda: _print(found, file, chosen))


def _readings(store: Path, outcomes: list[str], over_time: bool) -> list[Callable[[], Any]]:
    """For each of the outcomes what reads it, and so tells what is wrong with it."""
    from eipsim.analysis.study import Study

    study = Study(store)
    return [partial(study.pathway if over_time else study.values, outcome) for outcome in outcomes]


def _example(store: Path, over_time: bool) -> str:
    """What could be asked of a store, from what it holds."""
    from eipsim.analysis.study import Study

    study = Study(store)
    name = next(iter(study.outcomes))
    name = name if name.isidentifier() else f'"{name}"'
    return f"for example --outcome '{name if over_time else f'{name} @{study.years[-1]}'}'; stored: {', '.join(study.outcomes)}"


def _content(found: Any, file: Path | None, chosen: Any) -> dict[str, Any]:
    content = {
        "method": found.method, "warnings": list(found.warnings), "noise": records(found.noise),
        "indices": records(found.table), "missing": len(found.missing),
    }  # fmt: skip
    if chosen is not None:
        content["next"] = {"file": file, "factors": chosen[0], "left_out": chosen[1]}
    return content


def _print(found: Any, file: Path | None, chosen: Any) -> None:
    """A table for every outcome and scenario, what to keep in mind, and what the next design has."""
    for scenario, outcome in found.cases:
        _print_table(found, scenario, outcome)
    if len(found.missing):
        terminal.print_prose(f"Without result: {len(found.missing):,} runs of the design, see missing.csv")
    terminal.print_prose(*(f"Note: {text}" for text in found.warnings))
    if chosen is not None:
        kept, left = chosen
        terminal.print_prose(f"{file}: Sobol' indices of {', '.join(kept)}; left out: {', '.join(left) or 'none'}")


def _print_table(found: Any, scenario: str, outcome: str) -> None:
    """The factors with all their indices, the largest first; over time in the last year."""
    from eipsim.analysis.sensitivity import at_a_glance

    table = found.table[(found.table["scenario"] == scenario) & (found.table["outcome"] == outcome)]
    table = table[table["other"] == ""]
    noise = found.noise[(found.noise["scenario"] == scenario) & (found.noise["outcome"] == outcome)].iloc[-1]
    when = ""
    if found.is_over_time:
        table, when = table[table["year"] == table["year"].max()], f" in {table['year'].max()}"
    names = list(dict.fromkeys(table["index"]))
    main = table[table["index"] == found.main].sort_values("estimate", ascending=False, kind="stable")
    between = noise["seeds"] > 1 and bool((main["seed_high"] > main["seed_low"]).any())
    shown = [row for place, row in enumerate(main.itertuples()) if place < SHOWN or row.kind == "dummy"]
    rows = [_row(row, table, names, between) for row in shown]
    left = len(main) - len(rows)
    terminal.print_prose(f"{outcome}{when} in {scenario}: {found.method}, {at_a_glance.size_of(noise)}")
    seeds = [f"{found.main} between replicates"] if between else []
    terminal.print_table("", ["factor", *names, *seeds], rows, [*names, *seeds])
    terminal.print_prose(*_notes(shown))
    more = f"; {left} more factors are in indices.csv" if left else ""
    *firms, own = at_a_glance.shares_of_luck(noise)
    terminal.print_prose(*firms, f"{own}{more}", "")


def _notes(rows: Sequence[Any]) -> list[str]:
    """What is to be said of some factors, each note once."""
    of: dict[str, list[str]] = {}
    for row in rows:
        of.setdefault(row.note, []).append(row.factor)
    return [f"{', '.join(factors)}: {note}" for note, factors in of.items() if note]


def _row(row: Any, table: Any, names: list[str], between: bool) -> list[str]:
    """A factor: every index with half the width of its interval, and that between replicates."""
    own = table[table["factor"] == row.factor].set_index("index")
    cells = [_cell(own.loc[name]) if name in own.index else "" for name in names]
    half = (row.seed_high - row.seed_low) / 2.0
    seeds = [f"±{_number(half)}" if math.isfinite(half) else "–"] if between else []
    return [row.factor, *cells, *seeds]


def _cell(one: Any) -> str:
    """An index with half the width of its interval."""
    if math.isnan(one["estimate"]):
        return "–"
    half = (one["high"] - one["low"]) / 2.0
    return _number(one["estimate"]) + ("" if math.isnan(half) else f" ±{_number(half)}")


def _number(value: float) -> str:
    return cell(float(value)) if abs(value) >= 1.0 else f"{value:z.3f}"
