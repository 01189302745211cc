"""An HTML file as PDF, through a Chromium that is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from eipsim.errors import InputError, Mistake

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SECONDS = 120.0
FLAGS = ("--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--no-pdf-header-footer")


def browser() -> str | None:
    """The program that prints; None where there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def print_to_pdf(html: Path, pdf: Path) -> None:
    """Print a file on this disk. InputError where there is no Chromium, or it does not print."""
    program, where = browser(), f"--pdf {pdf}"
    if program is None:
        hint = f"install Chromium ({', '.join(BROWSERS[:3])} on the PATH), or print the HTML file from any browser"
        raise InputError(Mistake(where, "there is no Chromium here to print with; the HTML file is written", hint))
    with tempfile.TemporaryDirectory(prefix="eipsim-pdf-", ignore_cleanup_errors=True) as profile:
        draft = Path(profile) / "report.pdf"
        as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command = [
            program,
            *FLAGS,
            *as_root,
            f"--user-data-dir={profile}",
            f"--print-to-pdf={draft}",
            html.absolute().as_uri(),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise InputError(Mistake(where, f"{program} did not print: {error}", "the HTML file is written")) from error
        if not draft.is_file() or not draft.stat().st_size:
            said = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            raise InputError(Mistake(where, f"{program} did not print: {said[0]}", "the HTML file is written"))
        try:
            put_in_place(draft.read_bytes(), pdf)
        except OSError as error:
            raise InputError(Mistake(where, f"cannot be written: {error.strerror or error}")) from error


def put_in_place(content: bytes, file: Path) -> None:
    """Write a file whole or not at all: beside its place first, then by its name. OSError when it cannot be."""
    handle, draft = tempfile.mkstemp(prefix=".report-", suffix=".partial", dir=file.absolute().parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(draft, 0o644)
        os.replace(draft, file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
