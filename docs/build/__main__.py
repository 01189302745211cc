"""Brings the generated pages of docs/ and the README up to date: `make docs`, or `python docs/build`.

The comparison with programmes runs the whole country for ten years, the page of the
library every scenario three times; the others read tables.
"""

from __future__ import annotations

import designs_page
import exchange_types_page
import first_page
import fit_section
import library_levels
import library_page
import licences_page
import measures_page
import programmes_page
import scenarios_page
from pages import (
    FINDINGS,
    FIT,
    REFERENCE,
    ROOT,
    STATUSES,
    TIMES,
    WEIGHTS,
    WORDS,
    indices_of_the_country,
    write_between,
)

from eipsim.data.statuses import status_table, weights_table

DOCS, README = ROOT / "docs", ROOT / "README.md"


def main() -> None:
    whole = {
        "measures.md": measures_page.page(),
        "exchange-types.md": exchange_types_page.page(),
        "licences.md": licences_page.page(),
        "library.md": library_page.page(library_page.runs()),
        "comparison-with-programmes.md": programmes_page.page(programmes_page.comparison()),
    }
    for name, text in whole.items():
        (DOCS / name).write_text(text, encoding="utf-8")
    library_levels.write()
    write_between(DOCS / "scenarios.md", REFERENCE, scenarios_page.reference())
    write_between(DOCS / "designs.md", REFERENCE, designs_page.reference())
    write_between(DOCS / "fit.md", FIT, fit_section.section())
    write_between(DOCS / "limits.md", WEIGHTS, weights_table(indices_of_the_country()))
    for page in (README, DOCS / "limits.md"):
        write_between(page, STATUSES, status_table())
    write_between(README, FINDINGS, first_page.findings())
    write_between(README, TIMES, first_page.times())
    write_between(README, WORDS, first_page.words())


if __name__ == "__main__":
    main()
