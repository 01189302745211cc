"""Every experiment can be made again: its designs are right, its one command writes all that its README shows."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from eipsim.designs.reading import check_design

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENTS = ROOT / "experiments"
NAMES = sorted(file.parent.name for file in EXPERIMENTS.glob("*/findings.py"))
STUDIES = sorted(folder.name for folder in EXPERIMENTS.glob("[0-9]*") if folder.name not in NAMES)
FIGURE = re.compile(r"!\[[^]]+\]\(([^)]+)\)")
RUNS_OF = re.compile(r'^RUNS_OF = "(\w+)"$', re.MULTILINE)
COMMAND = re.compile(r"^python (experiments/run\.py \w+)$", re.MULTILINE)
BLOCK = re.compile(r"(?<=<!-- findings:begin -->\n).*?(?=\n<!-- findings:end -->)", re.DOTALL)
# The only differences between an experiment and its test: few points, few replicates, the pilot parks; and designs that do
# not compare firms one by one take a function with the same outcomes for the model.
SMALLER = (
    (re.compile(r"world: vietnam"), "world: pilot-parks"),
    (re.compile(r"^replicates: \d+", re.MULTILINE), "replicates: 2"),
    (re.compile(r"method: latin, n: \d+"), "method: latin, n: 3"),
    (re.compile(r"method: sobol, n: \d+"), "method: sobol, n: 8"),
    (re.compile(r"method: morris, n: \d+"), "method: morris, n: 3"),
    (re.compile(r"\npopulations: [^\n]*"), ""),  # a stand-in has none
)
STAND_IN = '''
from eipsim.outcomes.registry import OUTCOMES


def run(settings, *, scenario, draws, years):
    """Outcomes that depend on every input a little, on some much, on the policy, and on the draws."""
    size = sum(float(sum(map(ord, name)) % 97) * position(value) for name, value in settings.items()) + len(scenario) + draws % 5
    return {name: [size * (1 + number) * (year - 2014) for year in years] for number, name in enumerate(OUTCOMES)}


def position(value):
    return value if isinstance(value, int | float) else len(str(value))
'''


def smaller(design: str) -> str:
    for pattern, instead in SMALLER:
        design = pattern.sub(instead, design)
    if re.search("^baseline:", design, re.MULTILINE):
        return re.sub(r"(method: latin, n: )\d+", r"\g<1>2", design)
    many = design.replace("method: latin, n: 3", "method: latin, n: 60")  # costs nothing
    return f"{many}model: stand_in.py:run\n"


def home_of(name):
    """The experiment whose runs it looks at: its own, or another's."""
    other = RUNS_OF.search((EXPERIMENTS / name / "findings.py").read_text(encoding="utf-8"))
    return other[1] if other else name


@pytest.mark.parametrize("name", NAMES)
def test_its_designs_are_right(name):
    designs = sorted((EXPERIMENTS / home_of(name)).glob("**/*.yaml"))
    assert designs
    assert [mistake for design in designs for mistake in check_design(design)] == []


@pytest.mark.parametrize("name", NAMES)
def test_its_readme_tells_question_method_finding_caveat_and_command(name):
    text = (EXPERIMENTS / name / "README.md").read_text(encoding="utf-8")
    for heading in ("## Question", "## Method", "## Finding", "## Caveat"):
        assert heading in text
    assert COMMAND.findall(text) == [f"experiments/run.py {name}"]
    assert len(BLOCK.search(text).group().split()) > 100
    for place in FIGURE.findall(text):
        assert (EXPERIMENTS / name / place).is_file(), place


@pytest.mark.parametrize("name", STUDIES)
def test_the_readme_of_a_study_tells_question_method_finding_caveat_and_its_script(name):
    text = (EXPERIMENTS / name / "README.md").read_text(encoding="utf-8")
    for heading in ("## Question", "## Method", "## Finding", "## Caveat"):
        assert heading in text
    scripts = [file.name for file in (EXPERIMENTS / name).glob("*.py")]
    assert scripts
    assert all(script in text for script in scripts)


def test_the_list_of_experiments_names_them_all():
    listed = re.findall(r"^\| \[(\w+)\]", (EXPERIMENTS / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == sorted([*NAMES, *STUDIES])


def a_copy(name, place):
    """The experiment in small, without what it made."""
    shutil.copytree(EXPERIMENTS, place / "experiments")
    folder = place / "experiments" / name
    for made in ("figures", "tables"):
        shutil.rmtree(folder / made, ignore_errors=True)
    home = place / "experiments" / home_of(name)
    for design in home.glob("*.yaml"):
        design.write_text(smaller(design.read_text(encoding="utf-8")), encoding="utf-8")
    (home / "stand_in.py").write_text(STAND_IN, encoding="utf-8")
    return folder


def its_command(name, place):
    command = [sys.executable, "experiments/run.py", name, "--jobs", "1"]
    return subprocess.run(command, cwd=place, capture_output=True, text=True)


OFTEN = ("01_policy_comparison",)  # the others with `make test-long`


@pytest.mark.parametrize(
    "name", [name if name in OFTEN else pytest.param(name, marks=pytest.mark.long) for name in NAMES]
)
def test_its_command_writes_what_the_readme_shows(name, tmp_path):
    folder = a_copy(name, tmp_path)
    done = its_command(name, tmp_path)
    assert done.returncode == 0, done.stderr
    drawn = {f"figures/{file.name}" for file in (folder / "figures").glob("*.png")}
    assert drawn == set(FIGURE.findall((folder / "README.md").read_text(encoding="utf-8")))
    assert all(len(pd.read_csv(file)) for file in (folder / "tables").glob("*.csv"))


@pytest.mark.long
@pytest.mark.usefixtures("listens")
def test_an_experiment_that_is_interrupted_says_how_to_go_on(tmp_path):
    folder = a_copy("05_when_policy_fails", tmp_path)
    findings = folder / "findings.py"
    whole = findings.read_text(encoding="utf-8")
    findings.write_text(
        "import signal\n\n\ndef findings(studies):\n    signal.raise_signal(signal.SIGINT)\n", encoding="utf-8"
    )
    stopped = its_command(folder.name, tmp_path)
    assert stopped.returncode == 130
    assert stopped.stderr == "Interrupted: what is finished is stored. The same command goes on from there.\n"
    findings.write_text(whole, encoding="utf-8")
    assert its_command(folder.name, tmp_path).returncode == 0
