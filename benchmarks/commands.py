"""How long the commands of the README take, as it tells readers: `python benchmarks/commands.py`, then `make docs`.

Each command is called once, one after the other, in an empty folder and in the whole country, after a first one that makes
machine code. `commands.csv` gets its seconds by the clock and of the processor, with all children; the latter hang less on what
else the machine does. `--only make` measures `make run` and `make test`, which install. What is not measured anew keeps its row.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from versions import ROOT, timed

TABLE = ROOT / "benchmarks/commands.csv"
FIRST = ("eipsim", "run", "baseline", "--world", "pilot-parks", "--out", "first")


class Command(NamedTuple):
    """A command that the README names, and what it does in a few words."""

    command: str
    what: str


COMMANDS = (
    Command("make run", "installs, then simulates the country and draws all figures"),
    Command("make test", "installs the rest, then runs all tests and notebooks"),
    Command("eipsim list", "the library"),
    Command("eipsim run subsidy --out results/subsidy", "one run of the country, tables and figures"),
    Command("eipsim report results/subsidy --out subsidy.html", "a report of it"),
    Command('eipsim explain park "Amata" --year 2030', "one run up to that year"),
    Command(
        "eipsim compare subsidy technical-assistance --replicates 20 --jobs -1",
        "60 runs of the country, tables and figures",
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("eipsim", "make"), default="eipsim", help="commands of eipsim, or of make")
    kind = parser.parse_args().only
    for command, seconds in measured_make() if kind == "make" else measured_commands():
        print(f"{command}: {seconds['wall']:.1f} s, of the processor {seconds['cpu']:.1f} s", flush=True)
        keep(command, seconds)


def keep(command: str, seconds: dict[str, float]) -> None:
    """Put what was measured in its row of the table; rows are in the order of COMMANDS."""
    kept = pd.read_csv(TABLE, index_col="command").to_dict("index") if TABLE.exists() else {}
    kept[command] = {name: round(seconds[name], 1) for name in ("wall", "cpu")}
    rows = [
        {**one._asdict(), **{n: kept[one.command][n] for n in ("wall", "cpu")}}
        for one in COMMANDS
        if one.command in kept
    ]
    pd.DataFrame(rows).to_csv(TABLE, index=False)


def measured_commands() -> Iterator[tuple[str, dict[str, float]]]:
    """Commands of eipsim in an empty folder that they share, since one reads what another has written."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        timed([sys.executable, "-m", *FIRST], environment, Path(folder))
        for one in COMMANDS:
            if one.command.startswith("eipsim"):
                words = [sys.executable, "-m", *shlex.split(one.command)]
                yield one.command, timed(words, environment, Path(folder))


def measured_make() -> Iterator[tuple[str, dict[str, float]]]:
    """Targets of make in a clone of the last commit, one after the other; pip may use what it has downloaded before."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "eipsim"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        bare["EIPSIM_CACHE"] = f"{folder}/cache"
        for one in COMMANDS:
            if one.command.startswith("make"):
                yield one.command, timed(shlex.split(one.command), bare, clone)


if __name__ == "__main__":
    main()
