"""A province's page in the browser."""

from __future__ import annotations

from collections.abc import Iterator

import solara

from eipsim.dashboard.content.province import province_sections
from eipsim.dashboard.sections import Growing, Made
from eipsim.report.words import Words
from eipsim.runs.simulation import Run


@solara.component
def ProvincePage(run: Run, province: str, words: Words):
    """The province that an address names, on either map, over the years of a run."""

    def make() -> Iterator[Made]:
        sections = province_sections(run, province, words)
        yield sections[-1].title, sections

    Growing(make, (id(run), province, words.language.code), words)
