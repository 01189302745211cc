"""Runs an experiment and writes down what it finds: `python experiments/run.py 03_equal_budget`.

An experiment is a folder with designs (`*.yaml`), `findings.py` and `README.md`. Every design is swept into a store of its
own below `--stores`, where what is stored already is not run again; then `findings.py` makes tables, figures and the
sentences between the marks in the README of them. One that asks another question of the same runs has no designs: its
`findings.py` says whose they are, `RUNS_OF = "07_deep_uncertainty"`.
"""

from __future__ import annotations

import argparse
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from reporting import Findings, write_between_marks

from eipsim.analysis.study import Study
from eipsim.cli import terminal
from eipsim.errors import EipsimError
from eipsim.figures import save
from eipsim.runs.saving import write_table
from eipsim.sweeps import interruption
from eipsim.sweeps.sweep import run_sweep

HERE = Path(__file__).resolve().parent
STORES = HERE.parent / "results/experiments"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name", choices=names(), help="folder of the experiment")
    parser.add_argument("--jobs", type=int, default=-1, help="workers; -1 = one a core")
    parser.add_argument("--stores", type=Path, default=STORES, help="folder of the stores")
    asked = parser.parse_args(arguments)
    folder = HERE / asked.name
    try:
        with interruption.insistent():
            run_experiment(folder, asked.stores, asked.jobs)
    except EipsimError as error:
        terminal.print_beside(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        terminal.print_beside("Interrupted: what is finished is stored. The same command goes on from there.")
        sys.exit(interruption.EXIT_CODE)


def run_experiment(folder: Path, stores: Path, jobs: int) -> None:
    sys.path.insert(0, str(folder))  # findings may stand in several files
    asked = runpy.run_path(str(folder / "findings.py"))
    home = folder.parent / asked.get("RUNS_OF", folder.name)
    studies = {design.stem: study_of(design, stores / home.name, jobs) for design in designs(home)}
    write_down(asked["findings"](studies), folder)


def names() -> list[str]:
    return sorted(file.parent.name for file in HERE.glob("*/findings.py"))


def designs(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def study_of(design: Path, stores: Path, jobs: int) -> Study:
    """All runs of a design, those made now and those made before."""
    with terminal.lasting_progress(f"runs of {design.parent.name}/{design.name}") as report:
        # an experiment is a program already: its findings are one
        return Study(run_sweep(design, stores / design.stem, jobs, progress=report, trust=True))


def write_down(found: Findings, folder: Path) -> None:
    """Tables and figures into their folders in place of those of before, the text between the marks of the README."""
    for name, made in {"tables": found.tables, "figures": found.charts}.items():
        (folder / name).mkdir(exist_ok=True)
        for old in [file for file in (folder / name).iterdir() if file.stem not in made]:
            old.unlink()
    for name, table in found.tables.items():
        write_table(table, folder / "tables" / f"{name}.csv")
    for name, chart in found.charts.items():
        save(chart, folder / "figures", name)[1].unlink()  # the PNG is kept
    write_between_marks(folder / "README.md", found.text)


if __name__ == "__main__":
    main()
