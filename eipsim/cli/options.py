"""Options that commands share, and how they are read: every mistake of a command line is told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from functools import partial, wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from eipsim.cli import completion, terminal
from eipsim.cli.consent import Trust, agree
from eipsim.errors import InputError, Mistake, Mistakes
from eipsim.runs.saving import check_folder

Seed = Annotated[int, typer.Option("--seed", help="Whole number; the same seed gives the same results.")]
Replicates = Annotated[int, typer.Option("--replicates", help="Runs with other draws in the same world.")]
Ensemble = Annotated[
    bool,
    typer.Option(
        "--ensemble", help="Replicate i has the calibrated parameter set i, in a synthetic population of its own."
    ),
]
Jobs = Annotated[int, typer.Option("--jobs", help="Processes for replicates; -1 = one a core.")]
Years = Annotated[str | None, typer.Option("--years", metavar="FIRST-LAST", help="Years to report, as 2015-2030.")]
World = Annotated[
    str,
    typer.Option(
        "--world", metavar="WORLD", help="vietnam, pilot-parks or folder:PATH.", autocompletion=completion.worlds
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Set a parameter, lever or driver; can be given several times.",
        autocompletion=completion.settings,
    ),
]
Rule = Annotated[
    str | None,
    typer.Option("--rule", help="Decision rule: a name or FILE.py:FUNCTION.", autocompletion=completion.rules),
]
Out = Annotated[Path | None, typer.Option("--out", help="Folder for the results; default: one under results/.")]
Force = Annotated[bool, typer.Option("--force", help="Replace earlier results in that folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Year = Annotated[int, typer.Option("--year", help="How things stood at the end of this year.")]
WHICH = "A name of the library or a YAML file; default: baseline, of a folder: no-eip-policy."
OfScenario = Annotated[str | None, typer.Option("--scenario", help=WHICH, autocompletion=completion.scenarios)]
Scenario = Annotated[str | None, typer.Argument(help=WHICH, autocompletion=completion.scenarios)]
RESULTS = Path("results")


@dataclass(frozen=True)
class ModelOptions:
    """What decides a run beside its scenario."""

    seed: Seed = 1
    world: World = "vietnam"
    set_: Settings = None
    rule: Rule = None
    trust: Trust = False


@dataclass(frozen=True)
class RunOptions(ModelOptions):
    """The same, and what is told of it."""

    years: Years = None


@dataclass(frozen=True)
class Output:
    """Where results go."""

    out: Out = None
    force: Force = False
    json: Json = False

    def folder(self, name: str, *trials: Callable[[], Any]) -> Path:
        """The folder for results, by default one of that name. InputError when it is taken, with what `trials` find wrong.

        They are made only then: without a complaint, what they would find is found by the work itself.
        """
        folder = self.out or RESULTS / name
        try:
            check_folder(folder, self.force)
        except InputError:
            all_of(*trials, lambda: check_folder(folder, self.force))
        return folder

    def save(self, result: Any, folder: Path, *figures: Callable[[Any, Path], Any]) -> None:
        """Write a result with what `figures` make of it."""
        with terminal.progress("write results and figures"):
            result.save(folder, self.force, lambda draft: [make(result, draft) for make in figures])

    def tell(self, folder: Path, content: dict[str, Any], show: Callable[[], None]) -> None:
        """A result as its `content` for machines, or as `show` prints it for people."""
        if self.json:
            terminal.print_json({"folder": folder, **content})
        else:
            show()
            terminal.print_where(folder)


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """`command` as typer reads it: a parameter whose type is a group of options stands for all options of the group."""
    hints = get_type_hints(command, include_extras=True)
    own = signature(command).parameters
    groups = {name: hints[name] for name in own if is_dataclass(hints[name])}
    options: list[Parameter] = []
    for name, parameter in own.items():
        if name in groups:
            types = get_type_hints(groups[name], include_extras=True)
            options += [p.replace(annotation=types[p.name]) for p in signature(groups[name]).parameters.values()]
        else:
            options.append(parameter.replace(annotation=hints[name]))

    @wraps(command)
    def flat(**given: Any) -> None:
        made = {
            name: group(**{option: given.pop(option) for option in signature(group).parameters})
            for name, group in groups.items()
        }
        command(**given, **made)

    listed = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in options]
    flat.__signature__ = Signature(listed)  # type: ignore[attr-defined]
    flat.__annotations__ = {p.name: p.annotation for p in listed}
    return flat


def checked(
    scenarios: Sequence[str | None], options: ModelOptions, years: str | None = None
) -> tuple[list[Any], dict[str, Any]]:
    """The scenarios and the arguments of their runs, settings among them. InputError with every mistake of them all.

    A scenario that is not named is that of a run that names none.
    """
    from eipsim.scenarios.loading import default_scenario, load_scenario

    found, cases, period, set_over = Mistakes(), list[Any](), None, list[Any]()
    loads = [lambda name=name: load_scenario(name or default_scenario(options.world)) for name in scenarios]
    with found.collected():
        cases = all_of(*loads)
    settings = read_settings(options.set_ or [], found)
    with found.collected():
        set_over = _set_over(cases, settings)
    with found.collected():
        *_, period = all_of(
            lambda: _check_world(options.world),
            lambda: _check_rule(options.rule),
            lambda: read_years(years or getattr(options, "years", None)),
        )
    found.tell()
    agree([named for case in set_over for named in case.strange_code], options.trust)
    cases = [load_scenario(case, trust=True) for case in cases]
    arguments = {"seed": options.seed, "world": options.world, "rule": options.rule}
    return cases, {**arguments, "years": period, "settings": settings}


def _set_over(cases: Sequence[Any], settings: dict[str, str]) -> list[Any]:
    """The cases with the settings. Where no scenario could be read, settings are held against that of most, to find mistakes."""
    from eipsim.scenarios.loading import apply_settings, load_scenario

    if not cases:
        own = {name: value for name, value in settings.items() if not name.startswith("programmes.")}
        apply_settings(load_scenario("baseline"), own)
    return all_of(*(lambda case=case: apply_settings(case, settings) for case in cases))


def _check_world(world: str) -> None:
    """InputError for a world that is unknown."""
    from eipsim.world.files import folder_of

    folder_of(world)


def _check_rule(rule: str | None) -> None:
    """InputError for a rule that is unknown, or no rule."""
    if rule is not None:
        from eipsim.model.own_rules import find_rule

        find_rule(rule)


def not_default(case: Any, arguments: Mapping[str, Any]) -> list[str]:
    """What of the runs of a scenario with these arguments, as `checked` gives them, is not the default: see `runs.departures`."""
    from eipsim.runs.departures import departures
    from eipsim.scenarios.loading import apply_settings

    chosen = {name: arguments[name] for name in ("world", "rule", "seed")}
    return departures(apply_settings(case, arguments["settings"]), arguments["years"], **chosen)


def tried_out(cases: Sequence[Any], arguments: Mapping[str, Any]) -> list[Callable[[], None]]:
    """For each of the cases what lays its model out, and so tells what is wrong with it."""
    return [partial(_lay_out, case, **arguments) for case in cases]


def _lay_out(case: Any, world: str, seed: int, rule: str | None, **more: Any) -> None:
    from eipsim.runs.simulation import stepping_model

    with stepping_model(case, world, seed, rule, **more):
        return


def read_settings(given: Sequence[str], found: Mistakes) -> dict[str, str]:
    """`name=value` pairs as a mapping; each one that is none, or is given twice, is added to what was `found`."""
    settings: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            found.append(Mistake(f"--set {text}", "is not of the form NAME=VALUE", "as --set behaviour.peer_weight=0"))
            continue
        if name.strip() in settings:
            found.append(Mistake(f"--set {text}", f"{name.strip()} is set twice"))
        settings[name.strip()] = value
    return settings


def read_years(text: str | None) -> tuple[int, int] | None:
    """`2015-2050` as two years; a single year is a period of one. Whether they can be simulated, the model says."""
    if text is None:
        return None
    years = re.fullmatch(r"\s*(\d{4})\s*(?:[-:]\s*(\d{4})\s*)?", text)
    if years is None:
        raise InputError(Mistake("--years", f"{text!r} is not a period", "write first and last year, as 2015-2050"))
    first, last = int(years[1]), int(years[2] or years[1])
    if last < first:
        raise InputError(Mistake("--years", f"{text} are reversed", "write the first year first"))
    return first, last


def all_of(*questions: Callable[[], Any]) -> list[Any]:
    """The answers to all questions. InputError with the mistakes of all, each once."""
    answers, found = [], []
    for question in questions:
        try:
            answers.append(question())
        except InputError as error:
            found += error.mistakes
    if found:
        raise InputError(dict.fromkeys(found))
    return answers


def records(frame: Any) -> list[dict[str, Any]]:
    """A table as a list of rows for JSON."""
    named = frame.reset_index() if frame.index.name else frame
    return named.astype(object).where(named.notna(), None).to_dict("records")
