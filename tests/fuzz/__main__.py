"""`make fuzz`: many thousands of changed inputs in this process, a hundred through the shell; prints a table."""

from __future__ import annotations

import argparse
import sys

import fuzzing
import readers
import watched

INPUTS = 21_000


def main() -> int:
    """0 when nothing went wrong, else 1."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--inputs", type=int, default=INPUTS, help="how many in all")
    asked.add_argument("--seed", type=int, default=fuzzing.SEED)
    asked.add_argument("--only", nargs="*", default=[], help="kinds of input; default: all, and the shell")
    given = asked.parse_args()
    watched.watch_the_interpreter()
    faults = 0
    for name, kind in readers.kinds().items():
        if not given.only or name in given.only:
            faults += _told(fuzzing.fuzz(name, kind, round(given.inputs * kind.share), given.seed))
    if not given.only or "shell" in given.only:
        faults += _told(fuzzing.through_the_shell(max(given.inputs // 200, 1), given.seed))
    return 1 if faults else 0


def _told(tally: fuzzing.Tally) -> int:
    """Prints a row of the table, and what went wrong; how many kinds of fault there were."""
    most = f"{tally.slowest:.1f} s | {tally.memory / 1e6:.0f} MB"
    print(f"| {tally.kind} | {tally.n:,} | {tally.refused:,} | {most} | {len(tally.faults)} |", flush=True)
    for fault, more in tally.faults.items():
        print(f"--- {fault}\n{more}\n", flush=True)
    return len(tally.faults)


if __name__ == "__main__":
    sys.exit(main())
