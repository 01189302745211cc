"""A park's page in the browser."""

from __future__ import annotations

from collections.abc import Iterator

import solara

from eipsim.dashboard.content.park import park_called, park_parts, park_title
from eipsim.dashboard.sections import Growing, Made
from eipsim.report.words import Words
from eipsim.runs.simulation import Run


@solara.component
def ParkPage(run: Run, park: str, words: Words):
    """The park that an address names, by its id or name, in the last year of a run."""

    def make() -> Iterator[Made]:
        own, sections = park_called(run, park), []
        for part in park_parts(run, own, words):
            sections.append(part())
            yield park_title(run, own, words), list(sections)

    Growing(make, (id(run), park, words.language.code), words)
