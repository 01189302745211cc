"""How long the commands of the README take, as it tells readers: `python benchmarks/commands.py`, then `make docs`.

Wall and CPU seconds of each command, one after the other in an empty folder and in the whole country, into `commands.csv`:
the least of some calls, so that others on the machine disturb little. `--only make` measures `make run` and `make test`, which
install. What is not measured anew keeps its row.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from versions import ROOT, timed

TABLE = ROOT / "benchmarks/commands.csv"
CALLS = 2


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
    options = parser.parse_args()
    known = pd.read_csv(TABLE, index_col="command") if TABLE.exists() else pd.DataFrame(columns=["what", "wall", "cpu"])
    measure = measured_make if options.only == "make" else measured_commands
    found = measure([one.command for one in COMMANDS if one.command.startswith(options.only)])
    rows = {
        one.command: {"what": one.what, **(found.get(one.command) or dict(known.loc[one.command, ["wall", "cpu"]]))}
        for one in COMMANDS
        if one.command in {*found, *known.index}
    }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("command")
    table.round(2).to_csv(TABLE)
    print(table.round(2).to_string())


def measured_commands(commands: list[str]) -> dict[str, dict[str, float]]:
    """Commands of eipsim in an empty folder that they share, since one reads what another has written."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    calls = []
    for _ in range(CALLS):
        with tempfile.TemporaryDirectory() as folder:
            calls.append({
                command: timed([sys.executable, "-m", *shlex.split(command)], environment, Path(folder)) for command in commands
            })  # fmt: skip
    return {
        command: {name: min(call[command][name] for call in calls) for name in ("wall", "cpu")} for command in commands
    }


def measured_make(commands: list[str]) -> dict[str, dict[str, float]]:
    """Targets of make in a clone of the last commit, one after the other; pip may use what it has downloaded before."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "eipsim"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        bare["EIPSIM_CACHE"] = f"{folder}/cache"
        return {command: timed(shlex.split(command), bare, clone) for command in commands}


if __name__ == "__main__":
    main()
