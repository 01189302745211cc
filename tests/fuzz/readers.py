"""What is fuzzed: for each kind of input the originals, how a changed one is put into a folder, and the commands that read it."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import mutated
import typer
from hypothesis import strategies as st

from eipsim import cli
from eipsim.scenarios.files import LIBRARY

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
PACKAGED = PROJECT / "eipsim" / "data"
BRIEF = ("--world", "pilot-parks")
STRANGE = "open('was-run.txt', 'w').write('x')\ndef f(*given, **named):\n    return {}\n"
DESIGN = """title: A small one
scenarios: [baseline, {dearer: {extends: baseline, set: {levers.carbon_price: 20}}}]
baseline: baseline
world: pilot-parks
years: [2015, 2017]
replicates: 2
factors:
  behaviour.peer_weight: {uniform: [0, 1]}
  rule: {choice: [npv_hurdle, acceptance_curve]}
outcomes: {co2: co2_avoided_t @2017, audits: 'options_identified | programme="GEIPP phase I"', ratio: co2_t / firms}
sampler: {method: listed, file: points.csv}
"""
POINTS = "behaviour.peer_weight,rule\n0.1,npv_hurdle\n0.2,acceptance_curve\n"
SCENARIO = """title: Audits and a carbon price
extends: baseline
description: a scenario with a bit of everything
decrees: [decree.yaml]
instruments: [strange.py:f]
levers:
  carbon_price: {2029: 20}
  capital_subsidy: [{value: 0.2, parks: [Amata, "Trà Nóc 1"], from: 2026, until: 2030, source: assumed}]
  subsidy_budget_usd: 1e6
parameters: {behaviour.peer_weight: 0.5}
programmes:
  Audits: {from: 2026, until: 2030, audits: 2000, payer: public, source: assumed}
"""
DECREE = """rule_id: Reform-2027
extends: D35-2022
in_force_from: 2027-01-01
criteria:
  tenant firms applying RECP with measured savings: 0.15
  annual report to the authority: null
"""
COMMANDS = (
    ("run", "baseline", *BRIEF, "--years", "2015-2016", "--set", "behaviour.peer_weight=0", "--no-figures", "--out", "out"),
    ("run", "mine.yaml", *BRIEF, "--seed", "3", "--replicates", "2", "--json"),
    ("compare", "subsidy", "mine.yaml", *BRIEF, "--replicates", "2", "--baseline", "baseline", "--out", "out"),
    ("validate", "calibration", *BRIEF, "--replicates", "1", "--scenario", "mine.yaml"),
    ("figure", "criteria", "baseline", *BRIEF, "--year", "2016", "--out", "out"),
    ("explain", "park", "Amata", "--year", "2016", *BRIEF),
    ("explain", "firm", "P352-017-1", "compressed-air", "--year", "2016", *BRIEF),
    ("explain", "criteria", "baseline", "--years", "2015-2016", *BRIEF),
    ("explain", "exchange", "P352-001-1:IS13", *BRIEF),
    ("check", "mine.yaml", *BRIEF, "--json"),
    ("check", "folder:country"),
    ("show", "parks", "Amata", *BRIEF, "--json"),
    ("show", "levers", "carbon_price"),
    ("show", "words", "free"),
    ("list", "--long", "--json"),
    ("schema", "design"),
    ("sweep", "design.yaml", "--store", "store", "--dry-run"),
    ("sweep", "design.yaml", "--store", "store", "--limit", "1", "--shard", "1/2"),
    ("store", "show", "kept", "--verify"),
    ("store", "ls", "."),
    ("store", "export", "kept", "--to", "out.csv"),
    ("store", "gc", "kept"),
    ("sensitivity", "kept", "--outcome", "co2_avoided_t @2016"),
    ("rank", "kept", "--value", "co2_avoided_t @2016", "--resamples", "20"),
    ("discover", "kept", "--where", "co2_avoided_t @2016 > 1", "--resamples", "20"),
    ("report", "kept", "--out", "report.html", "--lang", "vi", "--park", "Amata"),
    ("cluster", "status", "kept"),
    ("--version",),
)  # fmt: skip


class Kind(NamedTuple):
    """A kind of input: changed ones, how they are laid into the working folder, and the commands that read them there."""

    changed: st.SearchStrategy[Any]
    lay: Callable[[Any], Sequence[Sequence[str]]]
    share: float


def _texts_of(folder: Path, pattern: str) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in sorted(folder.rglob(pattern))]


def _in_file(name: str, *commands: Sequence[str]) -> Callable[[bytes], Sequence[Sequence[str]]]:
    def lay(content: bytes) -> Sequence[Sequence[str]]:
        Path(name).write_bytes(content)
        return commands

    return lay


def _in_folder(content: dict[str, bytes]) -> Sequence[Sequence[str]]:
    Path("country").mkdir()
    for name, text in content.items():
        (Path("country") / name).write_bytes(text)
    return [("check", "folder:country")]


def _design_and_points(content: dict[str, bytes]) -> Sequence[Sequence[str]]:
    for name, text in content.items():
        Path(name).write_bytes(text)
    return [("check", "design.yaml"), ("sweep", "design.yaml", "--store", "store", "--dry-run")]


def lay_what_is_named() -> None:
    """The files that originals name, in the working folder."""
    for name, text in {"strange.py": STRANGE, "decree.yaml": DECREE, "points.csv": POINTS, "mine.yaml": SCENARIO.replace(
        "instruments: [strange.py:f]\n", ""), "design.yaml": DESIGN}.items():  # fmt: skip
        Path(name).write_text(text, encoding="utf-8")
    os.mkfifo("fifo")


def kinds() -> dict[str, Kind]:
    """Every kind of input that is fuzzed, with its share of all."""
    scenarios = [
        *_texts_of(LIBRARY, "*.yaml"),
        *[SCENARIO] * 10,
        *_texts_of(PROJECT / "experiments/11_what_holds/cases", "*.yaml"),
    ]
    designs = [DESIGN] * 4 + [
        file.read_text().replace("world: vietnam", "world: pilot-parks") for file in sorted(PROJECT.glob("experiments/*/*.yaml"))
        if "scenarios:" in file.read_text()
    ]  # fmt: skip
    decrees = [DECREE, f"decrees:\n- {DECREE.replace(chr(10), chr(10) + '  ')}"]
    rows = (PACKAGED / "decrees.csv").read_text(encoding="utf-8")
    facts = [(PACKAGED / f"{name}_facts.csv").read_text(encoding="utf-8") for name in ("calibration", "evidence")]
    country = {
        f.name: f.read_text(encoding="utf-8") for f in sorted((PROJECT / "tests/data/example-country").iterdir())
    }
    points = st.one_of(
        mutated.files(designs).map(lambda text: {"design.yaml": text}),
        mutated.files([POINTS]).map(lambda text: {"points.csv": text}),
    )
    return {
        "scenarios": Kind(mutated.files(scenarios), _in_file("mine.yaml", ("check", "mine.yaml", *BRIEF)), 0.28),
        "designs": Kind(points, _design_and_points, 0.2),
        "decrees": Kind(mutated.files(decrees), _in_file("reform.yaml", ("check", "reform.yaml")), 0.07),
        "decrees as tables": Kind(mutated.files([rows]), _in_file("reform.csv", ("check", "reform.csv")), 0.08),
        "worlds": Kind(mutated.folders(country), _in_folder, 0.15),
        "facts": Kind(mutated.files(facts), _in_file("facts.csv", ("validate", "facts.csv", *BRIEF, "--replicates", "1")), 0.12),
        "command lines": Kind(mutated.commands(COMMANDS, _options()), lambda words: [words], 0.1),
    }  # fmt: skip


def _options() -> list[str]:
    """Every option of every command, and some that none has."""
    own = set(_options_of(typer.main.get_command(cli.app))) - {"--install-completion", "--show-completion"}
    return [*sorted(own), "--sed", "-x"]


def _options_of(command: Any) -> Iterator[str]:
    for parameter in command.params:
        yield from (name for name in parameter.opts if name.startswith("-"))
    for below in getattr(command, "commands", {}).values():
        yield from _options_of(below)


class _Begun(BaseException):
    """The first year of a run was reached: the input was accepted."""


BEGUN = "begun"


def run_command(words: Sequence[str]) -> tuple[int | str, str, str]:
    """A command in this process, up to the first year of a run: its exit code or BEGUN, what it printed, what it told."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), until_a_run_begins():
        try:
            code: int | str = cli.main(list(words))
        except _Begun:
            code = BEGUN
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return code, out.getvalue(), err.getvalue()


@contextlib.contextmanager
def until_a_run_begins() -> Iterator[None]:
    def begin(*given: Any, **named: Any) -> None:
        raise _Begun

    with mock.patch("eipsim.model.model.EIPModel.step", begin), mock.patch("joblib.Parallel", begin), \
            mock.patch("subprocess.Popen", begin):  # fmt: skip
        yield
