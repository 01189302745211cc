"""`eipsim rank` and `eipsim discover`: what to choose, and under which inputs it goes wrong, from a store of runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from eipsim.cli import completion, terminal
from eipsim.cli.options import Output, grouped, records
from eipsim.core.numbers import cell, largest_of, number, of_differences, whole_share
from eipsim.runs.saving import write_table

StoreFolder = Annotated[Path, typer.Argument(metavar="STORE", help="Folder that `eipsim sweep` wrote.")]
Resamples = Annotated[int, typer.Option("--resamples", help="Resamples of the bootstrap.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the resamples.")]
Scenarios = Annotated[
    list[str] | None, typer.Option("--scenario", help="A scenario of the store; can be given several times; default: all.")
]  # fmt: skip


IN_UNITS = ("mean", "from_best", "from_best_low", "from_best_high", "regret", "regret_95")  # of the value
RANK_WORDS = (
    "best in: share of the states in which it is the best",
    "from the best: difference from the first, state by state, with its 95 % interval (low, high)",
    "regret: mean of what is lost against the best of each state; 95 %: what is exceeded in one state of twenty",
)
PART_WORDS = (
    "sure: share of the resamples with the same best",
    "tau: agreement of the order with that of all states, from -1 to 1 (Kendall)",
)


@dataclass(frozen=True)
class RankOptions:
    """How scenarios are ranked: the keywords of `rank`."""

    minimise: Annotated[
        bool | None,
        typer.Option("--minimise/--maximise", help="Less is better, or more; default: as the outcome says."),
    ] = None
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help="Repeat the ranking by a factor, as rule, or by one value of it, as behaviour.peer_weight=0."),
    ] = None  # fmt: skip
    satisfice: Annotated[str, typer.Option("--satisfice", help="Condition of a run that is good enough.")] = ""
    cost: Annotated[str | None, typer.Option("--cost", help="Expression of the cost; default: public spending.")] = None
    average: Annotated[bool, typer.Option("--average", help="Rank means over replicates: chance left out.")] = False
    scenarios: Scenarios = None
    baseline: Annotated[str | None, typer.Option("--baseline", help="Scenario that differences are from.")] = None
    resamples: Resamples = 1000
    seed: Seed = 1


@grouped
def rank(
    store: StoreFolder,
    value: Annotated[
        str,
        typer.Option(
            "--value",
            help="What to rank by: an expression, as 'parks_certified @2050'.",
            autocompletion=completion.outcomes,
        ),
    ],
    *,
    options: RankOptions,
    information: Annotated[
        bool, typer.Option("--information", help="Also: what knowing each input first would be worth.")
    ] = False,
    output: Output,
) -> None:
    """Rank the scenarios of STORE: chance to be best, regret, cost, how stable the choice is."""
    from eipsim.analysis.choice.ranking import rank as rank_scenarios

    ranked = partial(rank_scenarios, store, value, **vars(options) | {"by": options.by or ()})
    folder = output.folder(f"rank-{store.name}", ranked)
    result = ranked()
    extra = _more_tables(store, result, information)
    output.save(result, folder, lambda result, draft: _save_more(extra, draft, result))
    tables = {name: records(table) for name, table in (result.tables() | extra).items()}
    output.tell(folder, {**result.manifest, **tables}, lambda: _print_ranking(result, extra))


def _more_tables(store: Path, result: Any, information: bool) -> dict[str, Any]:
    """Cost per tonne where the store has what it needs, value of information where it is asked for."""
    from eipsim.analysis.choice.cost_per_tonne import cost_per_tonne, has_what_costs_need

    extra = {}
    if has_what_costs_need(result.study) and len(result.scenarios) > 1:
        extra["cost_per_tonne"] = cost_per_tonne(result.study, result.scenarios)
    if information:
        from eipsim.analysis.choice.information import value_of_information

        with terminal.progress("value of information"):
            extra["information"] = value_of_information(result)
    return extra


def _save_more(extra: dict[str, Any], draft: Path, result: Any) -> None:
    """The tables that a ranking does not write itself, and its figures."""
    from eipsim.figures.decisions import save_ranking_figures

    for name, table in extra.items():
        write_table(table, draft / f"{name}.csv")
    save_ranking_figures(result, extra, draft)


def _print_ranking(result: Any, extra: dict[str, Any]) -> None:
    from eipsim.analysis.intervals import share_in_words

    table = result.table()
    units = _scaled(table, result.unit)
    rows = []
    for row in table.itertuples():
        gaps = [row.from_best, row.from_best_low, row.from_best_high]
        rows.append([row.rank, row.scenario, row.mean, share_in_words(row.best_share, result.cases)])
        rows[-1] += [*([""] * 3 if row.scenario == result.best else gaps), row.regret, row.regret_95]
        rows[-1] += [share_in_words(row.satisficing, result.cases)] if "satisficing" in table else []
    head = ["rank", "scenario", "mean", "best in", "from the best", "low", "high", "regret", "95 %"]
    head += ["good enough"] if "satisficing" in table else []
    direction = "least" if result.minimise else "most"
    title = f"{direction.capitalize()} {result.value}, {result.states.n} states; {units}"
    terminal.print_table(title, head, rows, [name for name in head if name != "scenario"])
    terminal.print_prose(*RANK_WORDS, "")
    if result.groups:
        head = ["where", "states", "best", "sure", "tau"]
        parts = [
            [row.group, row.states, row.best, share_in_words(row.resampled_best, row.cases), cell(row.agreement, 2)]
            for row in result.stability().itertuples()
        ]
        terminal.print_table("In parts of the states", head, parts, ["states", "sure", "tau"])
        terminal.print_prose(*PART_WORDS, "")
    if "information" in extra:
        _print_information(extra["information"], result.unit)
    same = [f"{row.scenario}: {row.note}" for row in table.itertuples() if row.note]
    print_left_out(result.states.left_out, [*result.states.notes, *same], f"{result.states.in_all} states")
    terminal.print_prose(f"Finding: {result.finding}.", *(f"Warning: {text}" for text in result.warnings))


def _scaled(table: Any, unit: str) -> str:
    """Writes the numbers of a ranking as text into its `table`, all in one scale, and says in which units they are."""
    gap = of_differences(unit)
    units = {column: unit if column == "mean" else gap for column in IN_UNITS}
    largest = largest_of(table[list(IN_UNITS)].to_numpy(float).ravel())
    shown = {}
    for column, own in units.items():
        table[column], shown[column] = terminal.column_of(table[column].tolist(), own, largest)
    same = shown["mean"] == shown["regret"]
    return f"in {shown['mean']}" if same else f"means in {shown['mean']}, differences and regret in {shown['regret']}"


def _print_information(table: Any, unit: str) -> None:
    from eipsim.analysis.choice.information import beyond_noise

    rows, largest = [], largest_of(table[["value", "low", "high"]].to_numpy(float).ravel())
    for row in table.itertuples():
        cells, shown_unit = terminal.column_of([row.value, row.low, row.high], of_differences(unit), largest)
        rows.append(
            [row.what, *cells, shown_unit, beyond_noise(row), row.choice if isinstance(row.choice, str) else ""]
        )
    head = ["knowing", "is worth", "low", "high", "unit", "beyond noise", "choice"]
    terminal.print_table("Value of information", head, rows, ["is worth", "low", "high"])


@dataclass(frozen=True)
class DiscoverOptions:
    """How boxes are looked for: the keywords of `discover`."""

    scenarios: Scenarios = None
    method: Annotated[str, typer.Option("--method", help="prim (boxes) or cart (a tree's leaves).")] = "prim"
    boxes: Annotated[int, typer.Option("--boxes", help="Boxes at most.")] = 1
    density: Annotated[
        float | None, typer.Option("--density", help="Least share of such runs in a box; default: best balance with coverage.")
    ] = None  # fmt: skip
    share: Annotated[
        float, typer.Option("--share", help="A row counts when the condition holds in this share of its replicates.")
    ] = 0.5
    mass: Annotated[float | None, typer.Option("--mass", help="Least share of all rows in a box.")] = None
    factors: Annotated[
        list[str] | None, typer.Option("--factor", help="A factor that boxes may limit; several times; default: all.")
    ] = None
    resamples: Resamples = 20
    seed: Seed = 1
    jobs: Annotated[int, typer.Option("--jobs", help="Processes for searches; -1 = one a core.")] = 1


@grouped
def discover(
    store: StoreFolder,
    where: Annotated[str, typer.Option("--where", help="Condition to explain, as 'parks_certified @2050 < 100'.")],
    *,
    options: DiscoverOptions,
    output: Output,
) -> None:
    """Find the inputs under which a condition holds in STORE, and say how sure that is."""
    from eipsim.analysis.discovery.discovery import discover as discover_boxes
    from eipsim.analysis.study import Study

    folder = output.folder(f"discover-{store.name}", lambda: Study(store).holds(where))
    from eipsim.figures.decisions import save_discovery_figures

    with terminal.progress("resamples", "searches") as report:
        result = discover_boxes(store, where, progress=report, **vars(options))
    output.save(result, folder, save_discovery_figures)
    tables = {name: records(table) for name, table in result.tables().items() if name not in ("rows", "trajectory")}
    output.tell(folder, {**result.manifest, **tables}, lambda: _print_discovery(result))


def _print_discovery(result: Any) -> None:
    rows = [
        [row.box, whole_share(row.coverage), whole_share(row.density), whole_share(row.mass), row.rows, row.limits]
        for row in result.scores().itertuples()
    ]
    head = ["box", "coverage", "density", "mass", "rows", "limits"]
    title = f"{result.where}: {whole_share(result.base)} of {len(result.rows)} rows"
    if rows:
        terminal.print_table(title, head, rows, head[1:-1])
    limits = [_limit_cells(row, len(result.resampled)) for row in result.limits().itertuples()]
    if limits:
        head = ["factor", "box", "low", "high", "is one of", "qp low", "qp high", "found again"]
        title = "Limits, their quasi-p-values, and how often resamples find them"
        terminal.print_table(title, head, limits, head[2:4] + head[5:])
    _print_candidates(result)
    print_left_out(result.left_out, result.notes, f"{result.in_all} rows")
    terminal.print_prose(f"Finding: {result.finding}.")


def _print_candidates(result: Any) -> None:
    """What the search found, judged by rows that it did not see; why some of it is not told."""
    rows = [
        [row.box, row.unseen_rows, whole_share(row.unseen_density),
         f"{whole_share(row.unseen_low)} to {whole_share(row.unseen_high)}",
         whole_share(row.unseen_base), whole_share(row.unseen_coverage), row.why_not or "a finding"]
        for row in result.candidates().itertuples()
    ]  # fmt: skip
    if rows and result.resampled:
        head = ["box", "rows", "density", "95 % interval", "of all", "coverage", "told as"]
        terminal.print_table("The same in rows that the search did not see", head, rows, head[1:-1])


def _limit_cells(row: Any, resamples: int) -> list[Any]:
    ends = [_end(row.low), _end(row.high), row.labels, _small(row.qp_low), _small(row.qp_high)]
    return [row.factor, row.box, *ends, f"{round(row.resamples * resamples)} of {resamples}"]


def print_left_out(left_out: dict[str, int], notes: Any, of: str) -> None:
    """What was left out `of` all and what to keep in mind, beside the results."""
    terminal.print_beside(*(f"Left out: {count} of {of}, because {reason}" for reason, count in left_out.items()))
    terminal.print_beside(*(f"Note: {note}" for note in notes))


def _end(value: float) -> str:
    return "" if abs(value) == float("inf") else number(value)


def _small(value: float) -> str:
    return "" if value != value else f"{value:.1g}"
