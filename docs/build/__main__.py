"""Brings the generated pages of docs/ and the README up to date: `make docs`, or `python docs/build`.

The comparison with programmes runs the whole country for ten years, the page of the
library every scenario three times; the others read tables.
"""

from __future__ import annotations

import designs_page
import exchange_types_page
import fit_section
import library_levels
import library_page
import measures_page
import programmes_page
import scenarios_page
from pages import FIT, REFERENCE, ROOT, STATUSES, WEIGHTS, indices_of_the_country, write_between

from eipsim.data.statuses import status_table, weights_table

DOCS = ROOT / "docs"


def main() -> None:
    whole = {
        "measures.md": measures_page.page(),
        "exchange-types.md": exchange_types_page.page(),
        "library.md": library_page.page(library_page.runs()),
        "comparison-with-programmes.md": programmes_page.page(programmes_page.comparison()),
    }
    for name, text in whole.items():
        (DOCS / name).write_text(text, encoding="utf-8")
    library_levels.write()
    write_between(DOCS / "scenarios.md", REFERENCE, scenarios_page.reference())
    write_between(DOCS / "designs.md", REFERENCE, designs_page.reference())
    write_between(ROOT / "README.md", FIT, fit_section.section())
    write_between(ROOT / "README.md", STATUSES, status_table())
    write_between(ROOT / "README.md", WEIGHTS, weights_table(indices_of_the_country()))


if __name__ == "__main__":
    main()
