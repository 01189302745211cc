"""How well the numbers of the model are known: how many are sourced, derived, calibrated, assumed.

`python -m eipsim.data.statuses` prints the table of the README; with a file named, it writes it between the file's marks.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from eipsim.data.loading import read_facts

BEGIN, END = "<!-- statuses:begin -->", "<!-- statuses:end -->"
STATUSES = ("sourced", "derived", "calibrated", "assumed")
TABLES = {
    "parameters of the model": "parameters",
    "constants of the world": "world",
    "figures of the measures": "measures",
}


def status_word(status: str) -> str:
    """The status without the remark that may follow it.

    >>> status_word("derived (enduse_share x enduse_saving)")
    'derived'
    """
    return status.split()[0].strip("();,") if status.strip() else "unknown"


def status_shares() -> dict[str, dict[str, int]]:
    """By table of TABLES, how many of its values have each status, and how many there are in all (`values`)."""
    shares = {}
    for title, table in TABLES.items():
        counts = Counter(status_word(status) for status in read_facts(table)["status"])
        shares[title] = {"values": counts.total(), **{status: counts[status] for status in STATUSES}}
    return shares


def status_table() -> str:
    """The shares as a Markdown table: count and rounded percentage."""
    lines = [f"| | values | {' | '.join(STATUSES)} |", f"|---|---|{'---|' * len(STATUSES)}"]
    for title, row in status_shares().items():
        cells = [f"{row[status]} ({100.0 * row[status] / row['values']:.0f} %)" for status in STATUSES]
        lines.append(f"| {title} | {row['values']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def update(document: Path) -> None:
    """Write the table between the marks of `document`."""
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    document.write_text(f"{before}{BEGIN}\n{status_table()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:]:
        update(Path(sys.argv[1]))
    else:
        print(status_table())
