"""`eipsim run`, `compare` and `validate`: simulate, print what came out, write tables and figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from eipsim.cli import completion, terminal
from eipsim.cli.options import (
    Ensemble,
    Jobs,
    ModelOptions,
    OfScenario,
    Output,
    Replicates,
    RunOptions,
    Scenario,
    checked,
    grouped,
    not_default,
    records,
    tried_out,
)
from eipsim.errors import RunError
from eipsim.runs.saving import write_tables

OF_ENSEMBLE = 20  # replicates, where nothing is said


@grouped
def run(
    scenario: Scenario = None,
    replicates: Annotated[
        int | None,
        typer.Option("--replicates", help="Runs with other draws in the same world; default 1, with --ensemble 20."),
    ] = None,
    ensemble: Ensemble = False,
    jobs: Jobs = 1,
    no_figures: Annotated[
        bool, typer.Option("--no-figures", help="Write tables only, in a third of the time.")
    ] = False,
    *,
    options: RunOptions,
    output: Output,
) -> None:
    """Simulate SCENARIO, print its main outcomes, write tables and figures."""
    (case,), arguments = checked([scenario], options)
    count = (OF_ENSEMBLE if ensemble else 1) if replicates is None else replicates
    from eipsim.runs.departures import folder_name, with_departures

    name = folder_name(case.name, not_default(case, arguments))
    folder = output.folder(name, *tried_out([case], arguments), lambda: _check_counts(count, jobs))
    from eipsim.cli import drawing

    with drawing.helper(wanted=not no_figures) as beside:
        from eipsim import simulate

        of_many = arguments | {"ensemble": ensemble}
        many = None if count == 1 and not ensemble else _replicates_of(case, count, jobs, of_many)
        with terminal.progress(f"run {case.name}") as report:
            result = simulate(case, **arguments, detail=True, progress=report)
        more = [] if no_figures else [lambda run, draft: _save_figures(run, draft, beside)]
        output.save(result, folder, lambda _, draft: _save_replicates(many, draft), *more)
    outcomes = result.outcomes if many is None else many.groupby("year")[list(result.outcomes)].median()
    failures = [] if many is None else many.attrs["failures"]
    content = {**result.manifest, "failures": failures, "outcomes": records(outcomes)}
    title = with_departures(case.title or case.name, result.provenance["changed"])
    output.tell(folder, content, lambda: _print(title, outcomes, many, result.manifest))
    _raise_failures(failures)


def _save_figures(run: Any, folder: Path, beside: Any) -> None:
    from eipsim import figures

    if note := figures.note_on_names(run):
        terminal.print_beside(note)
    if beside is None:
        figures.save_run_figures(run, folder)
    else:
        beside.share(figures.save_run_figure, run, figures.run_figures(run), folder)


def _print(title: str, outcomes: Any, many: Any, manifest: dict[str, Any]) -> None:
    """The main outcomes of a run, or the medians of `many` replicates; what is to be told of its country."""
    from eipsim.outcomes.registry import UNITS

    of = "replicates" if many is None or "set" not in many else "parameter sets and populations"
    kind = "" if many is None else f", median of {many['replicate'].nunique()} {of}"
    terminal.print_outcomes(f"{title}{kind}", outcomes, UNITS)
    terminal.print_country(manifest.get("tables", {}))
    terminal.print_targets(manifest.get("targets", []))
    terminal.print_prices_held(manifest.get("prices_held", []))
    terminal.print_beside(*terminal.warnings(manifest.get("questions", [])))


def _replicates_of(case: Any, replicates: int, jobs: int, arguments: dict[str, Any]) -> Any:
    """The table of all replicates; RunError when none of them came to its end."""
    from eipsim.sweeps.replicates import simulate_many

    with terminal.progress(f"{replicates} replicates of {case.name}", "runs") as report:
        many = simulate_many([case], replicates, jobs, **arguments, progress=report)
    if not len(many):
        _raise_failures(many.attrs["failures"])
    return many


def _save_replicates(many: Any, folder: Path) -> None:
    """The table of all replicates and its quantiles as files."""
    from eipsim.sweeps.replicates import quantiles

    if many is not None:
        write_tables({"replicates.parquet": many, "quantiles.csv": quantiles(many)}, folder)


@grouped
def compare(
    scenarios: Annotated[
        list[str], typer.Argument(help="Names of the library or YAML files.", autocompletion=completion.scenarios)
    ],
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            help="The scenario to compare with; default as for `run`.",
            autocompletion=completion.scenarios,
        ),
    ] = None,
    replicates: Replicates = 20,
    ensemble: Ensemble = False,
    jobs: Jobs = 1,
    *,
    options: RunOptions,
    output: Output,
) -> None:
    """Compare SCENARIOS with a baseline: the answer in three sentences, differences, adopters, cost per additional tonne."""
    (base, *cases), arguments = checked([baseline, *scenarios], options)
    from eipsim.runs.departures import folder_name

    of = "-".join(["compare", *(case.name.replace("/", "-") for case in cases)])
    trials = [*tried_out([base, *cases], arguments), lambda: _check_counts(replicates, jobs)]
    folder = output.folder(folder_name(of, not_default(base, arguments)), *trials)
    from eipsim.analysis.compare import compare as compare_scenarios
    from eipsim.cli.comparisons import print_comparison
    from eipsim.figures import save_comparison_figures

    with terminal.progress(f"{replicates} replicates of {1 + len(cases)} scenarios", "runs") as report:
        result = compare_scenarios(cases, base, replicates, jobs, **arguments, progress=report, ensemble=ensemble)
    output.save(result, folder, save_comparison_figures)
    content = {**result.provenance, "failures": result.failures, "summary": records(result.summary())}
    content |= {"answer": result.answer, "warnings": result.warnings}
    output.tell(folder, content, lambda: _print_with_origin(print_comparison, result))
    _raise_failures(result.failures)


@grouped
def validate(
    facts: Annotated[str, typer.Argument(help="A CSV file of observed facts, or eipsim's own: `calibration`, `evidence`.")],
    scenario: OfScenario = None,
    ensemble: Annotated[bool, typer.Option("--ensemble", help="Run every calibrated parameter set.")] = False,
    replicates: Annotated[
        int | None, typer.Option("--replicates", help="Runs of each set, all with other tenants; default 20, with --ensemble 1.")
    ] = None,
    jobs: Jobs = 1,
    *,
    options: ModelOptions,
    output: Output,
) -> None:  # fmt: skip
    """Hold the model against a table of observed FACTS: its 5-95 % range of each, how sharp it is, and whether the two agree."""
    (case,), arguments = checked([scenario], options)
    from eipsim.analysis.evidence.facts import facts_and_mistakes
    from eipsim.runs.departures import folder_name

    trials = [*tried_out([case], arguments), lambda: facts_and_mistakes(facts)[1].tell()]
    name = folder_name(f"validate-{Path(facts).stem}", not_default(case, arguments))
    folder = output.folder(name, *trials, lambda: _check_counts(1 if replicates is None else replicates, jobs))
    from eipsim.analysis.evidence.validation import validate as validate_facts
    from eipsim.figures import save_validation_figures

    with terminal.progress(f"runs of {scenario or 'the default scenario'}", "runs") as report:
        result = validate_facts(
            facts, case, ensemble=ensemble, replicates=replicates, jobs=jobs, seed=options.seed, world=options.world,
            rule=options.rule, settings=arguments["settings"], progress=report,
        )  # fmt: skip
    if not result.runs:
        _raise_failures(result.failures)
    output.save(result, folder, save_validation_figures)
    told = {"summary": result.summary(), "notes": result.notes}
    content = {**result.manifest, **told, "roles": records(result.by_role()), "facts": records(result.table())}
    output.tell(folder, content, lambda: _print_with_origin(terminal.print_validation, result))
    terminal.print_beside(*(f"{name}: {told}" for name, told in result.left_out.items()))
    _raise_failures(result.failures)


def _print_with_origin(show: Callable[[Any], None], result: Any) -> None:
    """A result as `show` prints it, then scenarios, world and what was changed in them."""
    from eipsim.runs.departures import small_print

    show(result)
    terminal.print_prose(small_print(result.provenance))


def _check_counts(replicates: int, jobs: int) -> None:
    """InputError for numbers of replicates and workers that cannot be."""
    from eipsim.sweeps.workers import check_counts

    check_counts(replicates, jobs, "loky")


def _raise_failures(failures: Sequence[dict[str, Any]]) -> None:
    """RunError, and so exit code 3, when runs failed."""
    if failures:
        from eipsim.analysis.compare import failure_lines

        raise RunError("\n".join([f"{len(failures)} runs failed", *failure_lines(failures)]))
