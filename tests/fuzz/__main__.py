"""`make fuzz`: many thousands of changed inputs, in this process, and a hundred through the shell; prints a table for docs/trust.md."""

from __future__ import annotations

import argparse
import sys

import fuzzing
import readers
import watched


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--inputs", type=int, default=21_000)
    asked.add_argument("--seed", type=int, default=fuzzing.SEED)
    asked.add_argument("--only", nargs="*", default=[])
    given = asked.parse_args()
    watched.watch_the_interpreter()
    for name, kind in readers.kinds().items():
        if not given.only or name in given.only:
            tally = fuzzing.fuzz(name, kind, round(given.inputs * kind.share), given.seed)
            print(
                f"| {tally.kind} | {tally.n:,} | {tally.refused:,} | {tally.slowest:.1f} s | {tally.memory / 1e6:.0f} MB | {len(tally.faults)} |",
                flush=True,
            )
            for fault, more in tally.faults.items():
                print(f"--- {fault}\n{more}\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
