"""`eipsim figure`: one figure of one run, of a park or of the country."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from eipsim.cli import terminal
from eipsim.cli.options import RESULTS, Json, ModelOptions, Out, Scenario, Year, checked, grouped, not_default
from eipsim.errors import InputError, Mistake, unknown

KINDS = (
    "history, network, sankey (of a park); abatement, criteria, exchanges, funnel, lorenz, map, measures, money, provinces, "
    "target, transition."
)


@grouped
def figure(
    kind: Annotated[str, typer.Argument(help=KINDS)],
    scenario: Scenario = None,
    park: Annotated[
        str | None, typer.Option("--park", help="Name or id of a park; default: the one with most exchanges.")
    ] = None,
    year: Year = 2050,
    *,
    options: ModelOptions,
    out: Out = None,
    json: Json = False,
) -> None:
    """Draw one figure of SCENARIO as things stand at the end of a year, as PNG and SVG."""
    from eipsim import figures

    _check(kind, park, figures)
    from eipsim.core.years import FIRST_YEAR

    (case,), arguments = checked([scenario], options, years=f"{FIRST_YEAR}-{year}")
    from eipsim import simulate
    from eipsim.runs.departures import folder_name

    with terminal.progress(f"run {case.name}") as report:
        run = simulate(case, **arguments, detail=True, progress=report)
    chart = figures.OF_A_RUN[kind](run, park) if kind in figures.OF_A_PARK else figures.OF_A_RUN[kind](run)
    if note := figures.note_on_names(run):
        terminal.print_beside(note)
    place = f"-{park}" if park else ""
    of = f"{kind}-{case.name}{place}-{year}".replace("/", "-").replace(" ", "-")
    name = folder_name(of, not_default(case, arguments | {"years": None}))
    files = figures.save(chart, out or RESULTS / "figures", name)
    _tell(chart.finding, files, json)


def _check(kind: str, park: str | None, figures: Any) -> None:
    """InputError for an unknown kind, or a park where the figure is of the whole country."""
    if kind not in figures.OF_A_RUN:
        raise InputError(unknown("figure", "kind", kind, figures.OF_A_RUN))
    if park is not None and kind not in figures.OF_A_PARK:
        hint = f"of a park: {', '.join(figures.OF_A_PARK)}"
        raise InputError(Mistake("--park", f"{kind} is of the whole country", hint))


def _tell(finding: str, files: list[Path], json: bool) -> None:
    if json:
        terminal.print_json({"finding": finding, "files": files})
    else:
        terminal.print_lines(finding, *(str(file) for file in files))
