"""`eipsim report`: results as one HTML file, in English or Vietnamese."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eipsim.cli import terminal
from eipsim.cli.options import RESULTS, Json


def report(
    source: Annotated[
        Path, typer.Argument(metavar="RESULTS|STORE", help="Folder that `eipsim run`, `compare` or `sweep` has written.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The HTML file; default: results/report-NAME.html.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="en or vi.")] = "en",
    province: Annotated[
        str | None, typer.Option("--province", help="Add the page of a province, by its name on either map.")
    ] = None,
    park: Annotated[str | None, typer.Option("--park", help="Add the page of a park, by name or id; it is run again.")] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also print it to PDF, through a Chromium that is there.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier report of that name.")] = False,
    json: Json = False,
) -> None:  # fmt: skip
    """Write a report of RESULTS or STORE: one file that needs no network and prints well, in English or Vietnamese."""
    from eipsim.report import write_report

    file = out or RESULTS / f"report-{source.absolute().name}.html"
    with terminal.progress(f"report of {source}"):
        files = write_report(source, file, lang, province=province, park=park, pdf=pdf, force=force)
    if json:
        terminal.print_json({"files": files})
    else:
        terminal.print_lines(*(str(one) for one in files))
