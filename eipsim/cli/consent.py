"""Code that files name runs when its user agrees: with --trust, or with a yes on a terminal. Nobody is waited for elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from eipsim.cli import terminal
from eipsim.core.own_code import Named, refuse

Trust = Annotated[
    bool, typer.Option("--trust", help="Run code that files name (instruments, a rule, a model) without asking.")
]


def agree(strange: Sequence[Named], trust: bool) -> None:
    """InputError unless the user agrees that code which files name is run."""
    if not strange or trust:
        return
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        refuse(strange)
    terminal.print_beside(*(f"{named.where} names code: {named.given}" for named in strange))
    terminal.print_beside("It runs with all your rights on this machine. Have you read it, and do you agree? [y/N]")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        refuse(strange)
