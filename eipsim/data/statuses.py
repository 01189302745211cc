"""How well the numbers of the model are known: how many are sourced, derived, calibrated, assumed.

`make docs` writes the table into the README.
"""

from __future__ import annotations

from collections import Counter

from eipsim.data.loading import read_facts

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
