"""The same bits everywhere: `python tests/numbers/run.py PYTHON ...`, with a Python of each environment that has eipsim.

Prints a table for docs/trust.md: every case in every environment, and whether its hashes are those of the first. Exit code 1 when
one differs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("fingerprints.py")
ONE, TWO, PLAIN = {"EIPSIM_THREADS": "1"}, {"EIPSIM_THREADS": "2"}, {"NUMBA_DISABLE_JIT": "1"}
CASES = {  # by what is told: what is made, and where
    "whole runs, one thread": ("runs", ONE),
    "whole runs, two threads": ("runs", TWO),
    "few firms under every rule, compiled": ("few", ONE),
    "few firms under every rule, not compiled": ("few", PLAIN),
    **{f"a sweep, {backend}": (backend, ONE) for backend in ("serial", "loky", "threads", "dask")},
}
VERSIONS = """
import importlib.metadata as m, platform
names = ("numpy", "numba", "pandas", "pyarrow", "mesa", "joblib", "distributed")
print(platform.python_version(), "with", ", ".join(f"{n} {m.version(n)}" for n in names))
"""


def made(python: str, what: str, environment: dict[str, str]) -> dict[str, str]:
    """The hashes of a case in an environment; what it ended with, where it did."""
    done = subprocess.run([python, str(SCRIPT), what], env=os.environ | environment, capture_output=True, text=True)
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["without a word"])[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    pythons, known, code = sys.argv[1:] or [sys.executable], dict[str, str](), 0
    print("| Python and libraries | case | hashes | the same |\n|---|---|---|---|", flush=True)
    for python in pythons:
        versions = subprocess.run([python, "-c", VERSIONS], capture_output=True, text=True, check=True).stdout.strip()
        for case, (what, environment) in CASES.items():
            found = made(python, what, environment)
            differing = [name for name, value in found.items() if known.setdefault(name, value) != value]
            is_same = not differing and "error" not in found
            code |= not is_same
            told = ", ".join(dict.fromkeys(found.values()))
            print(f"| {versions} | {case} | {told} | {'yes' if is_same else f'NO: {differing}'} |", flush=True)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
