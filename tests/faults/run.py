"""Faults injected into sweeps: `python tests/faults/run.py [--faults 300] [--seed 1] [--seconds 3600]`.

Prints a table for docs/trust.md: how often each kind was done, and how often a promise was broken. Exit code 1 when one was. The
same seed does the same faults; the moment at which a signal arrives is chance.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from kinds import KINDS, SkipError
from scene import Scene, Whole


def drawn(count: int, seed: int, only: str) -> list[tuple[str, int]]:
    """Kinds of faults in the order in which they are done, each with the seed of its chance; every kind at least once."""
    kinds = {what: often for what, (often, _) in KINDS.items() if only in what}
    total = sum(kinds.values())
    shares = {what: max(1, round(count * often / total)) for what, often in kinds.items()}
    faults = [what for what, share in shares.items() for _ in range(share)]
    random.Random(seed).shuffle(faults)
    return [(what, seed * 1_000_000 + number) for number, what in enumerate(faults)]


def run(faults: Sequence[tuple[str, int]], seconds: float) -> tuple[Counter, Counter, list[str]]:
    """Faults done, faults skipped, both by kind, and what was broken."""
    done, skipped, broken = Counter[str](), Counter[str](), list[str]()
    stop = time.monotonic() + seconds
    folder = Path(tempfile.mkdtemp(prefix="eipsim-faults-"))
    try:
        whole = Whole(folder / "whole")
        for number, (what, own_seed) in enumerate(faults):
            if time.monotonic() > stop:
                break
            scene = Scene(folder / str(number), whole)
            try:
                KINDS[what][1](scene, random.Random(own_seed))
                done[what] += 1
            except SkipError as why:
                skipped[f"{what}: {why}"] += 1
            except Exception as error:
                done[what] += 1
                broken.append(f"{what} (seed {own_seed}): {type(error).__name__}: {error}")
                print(broken[-1], file=sys.stderr, flush=True)
            shutil.rmtree(scene.folder, ignore_errors=True)
            print(f"{number + 1} {what}", file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return done, skipped, broken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faults", type=int, default=320)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--only", default="", help="kinds with these words")
    parser.add_argument("--part", default="1/1", help="I/N: every N-th of them from the I-th, to run several at once")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was mounted and made is removed
    number, of = map(int, given.part.split("/"))
    faults = drawn(given.faults, given.seed, given.only)[number - 1 :: of]
    done, skipped, broken = run(faults, given.seconds)
    print("| what happens | how often | a promise broken |\n|---|---|---|")
    for what in KINDS:
        if done[what]:
            print(f"| {what} | {done[what]} | {sum(line.startswith(f'{what} (seed') for line in broken)} |")
    print(f"| **all** | **{done.total()}** | **{len(broken)}** |")
    for line in [*(f"SkipErrorped {count}: {what}" for what, count in skipped.items()), *broken]:
        print(line)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
