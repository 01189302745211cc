"""A firm's page in the browser."""

from __future__ import annotations

from collections.abc import Iterator

import solara

from eipsim.dashboard.content.firm import firm_sections, firm_title
from eipsim.dashboard.sections import Growing, Made, Years, use_address
from eipsim.report.words import Words
from eipsim.runs.simulation import Run

EVERY = 5  # years


@solara.component
def FirmPage(run: Run, firm: str, words: Words):
    """The firm that an address names by its id, at the end of the year of the address."""
    first, last = run.provenance["years"]
    year = min(max(use_address().year, first), last)

    def make() -> Iterator[Made]:
        yield firm_title(firm, words), firm_sections(run, firm, words, year)

    Years(words, year, sorted({first, year, last, *range(first - first % EVERY + EVERY, last, EVERY)}))
    Growing(make, (id(run), firm, year, words.language.code), words)
