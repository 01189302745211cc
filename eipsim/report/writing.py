"""A report from results: its sections in order, and the file they are written to."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import NamedTuple

from eipsim.errors import InputError, Mistake, Mistakes
from eipsim.language import DEFAULT, Language, language
from eipsim.report import certificates, influences, limits, money, origins, parks, pathways, provinces, summary
from eipsim.report.blocks import Section
from eipsim.report.opening import open_source
from eipsim.report.page import Page, as_html
from eipsim.report.pdf import print_to_pdf, put_in_place
from eipsim.report.places import check_places
from eipsim.report.sources import Source
from eipsim.report.words import Words
from eipsim.runs.provenance import versions

SUFFIXES = (".html", ".htm")


class Wanted(NamedTuple):
    """What a report has beside its usual sections."""

    province: str | None = None
    park: str | None = None


NOTHING_MORE = Wanted()


def write_report(
    folder: str | Path, out: str | Path, lang: str = DEFAULT, *, province: str | None = None, park: str | None = None,
    pdf: bool = False, force: bool = False,
) -> list[Path]:  # fmt: skip
    """Write the report of results or a store to the HTML file `out`, with `pdf` also as PDF; returns the files.

    Raises InputError with every mistake, before anything is written; where there is no Chromium for the PDF, after the HTML.
    """
    html, found = Path(out), Mistakes()
    files = [html, html.parent / f"{html.stem}.pdf"] if pdf else [html]
    if html.suffix.lower() not in SUFFIXES:
        found.append(Mistake(f"--out {out}", "is not the name of an HTML file", "as report.html"))
    with found.collected():
        spoken = language(lang)
    with found.collected():
        source = open_source(folder)
        check_places(source, province, park)
    for file in files:
        with found.collected():
            check_file(file, force)
    found.tell()
    content = report_of(source, spoken, Wanted(province, park)).encode("utf-8")
    _write(content, html)
    if pdf:
        print_to_pdf(html, files[1])
    return files


def report_of(source: Source, spoken: Language, wanted: Wanted = NOTHING_MORE) -> str:
    """The report as HTML."""
    words, today = Words(spoken), datetime.date.today().isoformat()
    names = words.listed([words.scenario(name) for name in source.scenarios])
    first, last = str(source.years[0]), str(source.years[-1])
    given = {"scenarios": names, "n": source.n_runs, "first": first, "last": last, "date": words.date(today)}
    page = Page(
        lang=spoken.code,
        kicker=words.say("kicker"),
        title=summary.headline(source, words),
        subtitle=words.say(f"subtitle-{source.kind}", **given),
        contents=words.say("contents"),
        footer=words.say("footer"),
        generator=f"eipsim {versions()['eipsim']}",
        sections=sections_of(source, words, wanted, today),
    )
    return as_html(page)


def sections_of(source: Source, words: Words, wanted: Wanted, today: str) -> list[Section]:
    """Every section, in the order in which it is read; none is empty."""
    costs = money.costs_of(source)
    sections = [
        summary.section(source, words), limits.section_of_reading(words), pathways.section(source, words),
        money.section_equal_cost(source, words, costs), money.section_payers(source, words, costs),
        influences.section(source, words), certificates.section(source, words),
    ]  # fmt: skip
    if wanted.province is not None:
        sections.append(provinces.section(source, words, wanted.province))
    if wanted.park is not None:
        sections.append(parks.section(source, words, wanted.park))
    return [
        *sections, limits.section_of_limits(words), origins.section_of_values(words), origins.section(source, words, today),
        limits.section_of_terms(words),
    ]  # fmt: skip


def check_file(file: Path, force: bool = False) -> None:
    """InputError unless a report may be written to `file`; asked before it is made."""
    where, parent = f"--out {file}", file.absolute().parent
    if os.path.isdir(file):
        raise InputError(Mistake(where, "is a folder", "give the name of a file, as report.html"))
    if os.path.lexists(file) and not force:
        raise InputError(Mistake(where, "exists", "nothing is overwritten without --force (in Python: force=True)"))
    there = next((place for place in (parent, *parent.parents) if os.path.exists(place)), parent)
    if not may_be_written(there):
        raise InputError(Mistake(where, f"cannot be written: {there} is not a folder that may be written to"))


def may_be_written(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _write(content: bytes, file: Path) -> None:
    made = [folder for folder in file.absolute().parents if not folder.exists()]
    try:
        file.absolute().parent.mkdir(parents=True, exist_ok=True)
        put_in_place(content, file)
    except OSError as error:
        for folder in made:
            if folder.is_dir():
                folder.rmdir()
        what = f"cannot be written: {error.strerror or error}"
        raise InputError(Mistake(f"--out {file}", what, "nothing was left behind")) from error
