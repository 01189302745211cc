"""What is handed on works elsewhere: `make dist` builds source archive and wheel, looks into both, and installs and runs them.

Every step happens in folders and environments of its own; the package index is asked for what eipsim needs. A short version,
which asks nobody, is `tests/docs/test_handing_on.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
PACKAGE = "eipsim/"
BESIDE = {
    "CHANGELOG.md",
    "CITATION.cff",
    "LICENSE",
    "README.md",
    "constraints.txt",
    "pyproject.toml",
}  # in the source archive
TRIAL = ("run", "baseline", "--world", "pilot-parks", "--no-figures", "--out", "results")


def in_source() -> set[str]:
    """Files of the package that are under version control."""
    listed = subprocess.run(["git", "ls-files", PACKAGE], cwd=ROOT, text=True, capture_output=True, check=True)
    return set(listed.stdout.splitlines())


def in_wheel(file: Path) -> set[str]:
    """Files of the package in a wheel."""
    with zipfile.ZipFile(file) as wheel:
        return {name for name in wheel.namelist() if name.startswith(PACKAGE)}


def in_archive(file: Path) -> set[str]:
    """Files in a source archive, without the folder that it unpacks to."""
    with tarfile.open(file) as archive:
        return {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}


def differences(archive: set[str], wheel: set[str]) -> list[str]:
    """What source archive and wheel lack or have too much, beside the sources."""
    source = in_source()
    return [
        *(f"the source archive lacks {name}" for name in sorted((source | BESIDE) - archive)),
        *(f"the wheel lacks {name}" for name in sorted(source - wheel)),
        *(f"the wheel has {name}, which is not under version control" for name in sorted(wheel - source)),
    ]


# ---- the steps of `make dist` ------------------------------------------------------------------------------------------------


def main() -> None:
    tools = Path(sys.executable).parent
    with tempfile.TemporaryDirectory(prefix="eipsim-dist-") as folder:
        for title, step in steps(tools, Path(folder)):
            print(title, flush=True)
            step()
    print(f"In {DIST}: {', '.join(sorted(file.name for file in DIST.iterdir()))}")


def steps(tools: Path, folder: Path) -> Sequence[tuple[str, Callable[[], None]]]:
    """What is done, one thing after the other; `tools` are build, cffconvert and pipx."""
    return (
        ("CITATION.cff is valid", lambda: call(tools / "cffconvert", "--validate", "-i", ROOT / "CITATION.cff")),
        ("source archive, and a wheel from it", lambda: call(tools / "python", "-m", "build", "--outdir", DIST, ROOT)),
        ("both hold what the sources do", look_inside),
        ("the wheel in an empty environment, with pinned versions", lambda: install(the("*.whl"), folder / "wheel")),
        ("the source archive in another one", lambda: install(the("*.tar.gz"), folder / "archive")),
        ("pipx, with the newest versions", lambda: run_by_pipx(tools, folder)),
    )


def look_inside() -> None:
    found = differences(in_archive(the("*.tar.gz")), in_wheel(the("*.whl")))
    if found:
        sys.exit("\n".join(found))


def install(what: Path, environment: Path) -> None:
    """Install into a new environment and run the pilot parks from an empty folder."""
    python, elsewhere = environment / "bin/python", environment / "elsewhere"
    call(sys.executable, "-m", "venv", environment)
    call(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", ROOT / "constraints.txt", what)
    call(python, "-m", "pip", "check", "--disable-pip-version-check")
    elsewhere.mkdir()
    call(environment / "bin/eipsim", *TRIAL, folder=elsewhere)


def run_by_pipx(tools: Path, folder: Path) -> None:
    own = {"PIPX_HOME": str(folder / "pipx"), "PIPX_BIN_DIR": str(folder / "pipx-bin")}
    call(tools / "pipx", "run", "--spec", the("*.whl"), "eipsim", "--version", folder=folder, more=own)


def the(pattern: str) -> Path:
    """The one file in `dist/` that is called so."""
    (file,) = DIST.glob(pattern)
    return file


def call(*command: str | Path, folder: Path = ROOT, more: dict[str, str] | None = None) -> None:
    """Run a program, quietly unless it fails."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env=kept | (more or {}), text=True, capture_output=True
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    if done.stdout.strip():
        print(f"  {done.stdout.strip().splitlines()[-1]}", flush=True)


if __name__ == "__main__":
    main()
