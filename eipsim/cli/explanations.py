"""`eipsim explain`: why a park is or is not certified, which criteria bind, why a firm did or did not take a measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eipsim.cli import completion, terminal
from eipsim.cli.options import (
    Json,
    ModelOptions,
    OfScenario,
    RunOptions,
    Scenario,
    Year,
    all_of,
    checked,
    grouped,
    records,
)
from eipsim.errors import InputError, Mistake

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel


@dataclass(frozen=True)
class Explained(ModelOptions):
    """Which run is looked at, at the end of which year, and how it is told."""

    year: Year = 2030
    scenario: OfScenario = None
    json: Json = False


@grouped
def explain_park(
    name: Annotated[str, typer.Argument(help="Name or id of a park, as Amata or P352.")], *, options: Explained
) -> None:
    """Why a park is or is not certified at the end of a year, criterion by criterion."""
    from eipsim.explain import explain_park as explain

    model = _model_to_explain(options)
    row = model.world.park_index(name)
    _print_explanation(explain(_stepped(model, options.year), row, options.year), options)


@grouped
def explain_criteria(scenario: Scenario = None, *, options: RunOptions, json: Json = False) -> None:
    """Which criteria of the certificate bind, year by year: how many parks fail each, and how many fail nothing else."""
    (case,), arguments = checked([scenario], options)
    from eipsim import simulate

    with terminal.progress(case.name) as report:
        table = simulate(case, progress=report, **arguments).criteria
    if json:
        terminal.print_json(records(table))
    else:
        terminal.print_lines(f"{case.name}: criteria of the certificate")
        terminal.print_groups(records(table[["criterion", *table.columns.drop("criterion")]]), "year")


@grouped
def explain_exchange(
    exchange: Annotated[
        str, typer.Argument(help="Id of an exchange: firm and type, as P352-017-1:IS14; see exchanges.csv.")
    ],
    *,
    options: Explained,
) -> None:
    """Why an exchange operates or not at the end of a year: what it is worth, what partners and law said."""
    from eipsim.explain import explain_exchange as explain

    model = _model_to_explain(options)
    _print_explanation(explain(_stepped(model, options.year), exchange, options.year), options)


@grouped
def explain_firm(
    firm: Annotated[str, typer.Argument(help="Id of a firm: park, plot, vintage, as P352-017-1.")],
    measure: Annotated[
        str,
        typer.Argument(
            help="Name of a measure, as compressed-air or LED; see `show measures`.", autocompletion=completion.measures
        ),
    ],
    *,
    options: Explained,
) -> None:
    """Why a firm did or did not take a measure in a year."""
    from eipsim.explain import explain_measure as explain

    model = _model_to_explain(options)
    _, row = all_of(lambda: model.measure_number(measure), lambda: model.world.firm_row(firm))
    with terminal.progress(f"simulate to {options.year}"):
        explanation = explain(model, row, measure, options.year)
    _print_explanation(explanation, options)


def _model_to_explain(options: Explained) -> Any:
    """The model before its first year. InputError when the year is not one of its world's."""
    (case,), arguments = checked([options.scenario], options)
    from eipsim.model.model import EIPModel

    arguments["rng"] = arguments.pop("seed")
    model = EIPModel(case, **arguments)
    first, last = model.world.first_year, model.world.last_year
    if not first <= options.year <= last:
        what = f"{options.year} is outside the simulated years"
        raise InputError(Mistake("--year", what, f"allowed: {first} to {last}"))
    return model


def _stepped(model: EIPModel, year: int) -> Any:
    """`model` stepped to the end of `year`."""
    first = model.year
    with terminal.progress(f"simulate to {year}") as report:
        while model.year < year:
            model.step()
            report(model.year - first, year - first)
    return model


def _print_explanation(explanation: Any, options: Explained) -> None:
    if options.json:
        terminal.print_json(explanation.as_dict())
    else:
        terminal.print_prose(*explanation.text.splitlines())
