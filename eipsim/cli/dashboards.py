"""`eipsim dashboard`: the model live in the browser."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from eipsim.cli import completion, terminal
from eipsim.cli.consent import Trust
from eipsim.cli.options import grouped
from eipsim.errors import InputError, Mistake

SHOWN_FIRST = "The world that is shown first."


@dataclass(frozen=True)
class Pages:
    """Static pages in place of a dashboard."""

    export: Annotated[
        Path | None,
        typer.Option(
            "--export", metavar="FOLDER", help="Write pages of one RESULTS or STORE that open without Python."
        ),
    ] = None
    force: Annotated[bool, typer.Option("--force", help="With --export: replace earlier pages.")] = False


@grouped
def dashboard(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE|STORE]...", help="Scenario files and stores of sweeps to show beside the library."),
    ] = None,
    *,
    port: Annotated[int, typer.Option("--port", help="Port of the page; 0: any that is free.")] = 8765,
    host: Annotated[str, typer.Option("--host", help="Who may look: 127.0.0.1 is this computer only.")] = "127.0.0.1",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    world: Annotated[str, typer.Option("--world", help=SHOWN_FIRST, autocompletion=completion.worlds)] = "vietnam",
    lang: Annotated[str, typer.Option("--lang", help="en or vi.")] = "en",
    trust: Trust = False,
    pages: Pages,
) -> None:  # fmt: skip
    """Show the model live in the browser: what if, pathways, map, funnel, money, parks and firms. Ctrl-C ends it."""
    if pages.export is not None:
        _export(sources or [], pages.export, pages.force)
        return
    if pages.force:
        raise InputError(Mistake("--force", "replaces pages that --export writes, and there is no --export"))
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


def _export(sources: Sequence[Path], folder: Path, force: bool) -> None:
    """Write static pages of the one source, and tell where they begin."""
    if len(sources) != 1:
        what = f"writes pages of one RESULTS or STORE, and there are {len(sources)}"
        raise InputError(Mistake("--export", what, "eipsim dashboard --export FOLDER RESULTS"))
    from eipsim.dashboard.export import export

    with terminal.progress(f"pages of {sources[0]}", "pages") as report:
        first, *_ = export(sources[0], folder, force=force, progress=report)
    terminal.print_lines(str(first))
