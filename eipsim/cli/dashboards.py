"""`eipsim dashboard`: the model live in the browser."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from eipsim.cli import completion, terminal
from eipsim.cli.consent import Trust

SHOWN_FIRST = "The world that is shown first."


def dashboard(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE|STORE]...", help="Scenario files and stores of sweeps to show beside the library."),
    ] = None,
    port: Annotated[int, typer.Option("--port", help="Port of the page; 0: any that is free.")] = 8765,
    host: Annotated[str, typer.Option("--host", help="Who may look: 127.0.0.1 is this computer only.")] = "127.0.0.1",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    world: Annotated[str, typer.Option("--world", help=SHOWN_FIRST, autocompletion=completion.worlds)] = "vietnam",
    lang: Annotated[str, typer.Option("--lang", help="en or vi.")] = "en",
    trust: Trust = False,
) -> None:  # fmt: skip
    """Show the model live in the browser: what if, pathways, map, funnel, money, parks and firms. Ctrl-C ends it."""
    from eipsim.dashboard.extra import check_extra
    from eipsim.dashboard.opening import opening_of

    check_extra()
    from eipsim.dashboard import serving

    opening = opening_of(sources or [], world, lang, trust)
    held = serving.bound(host, port)
    with terminal.progress("warm up", "years") as report:
        serving.warm(opening, report)
    serving.serve(held, _tell_ready, not no_browser)


def _tell_ready(address: str) -> None:
    """Where the page is, at once also in a pipe."""
    terminal.print_lines(f"ready: {address}", "Ctrl-C ends it.")
    sys.stdout.flush()
