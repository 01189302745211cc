"""Names in scripts that the font of all figures lacks: another font where the computer has one, else the Latin name.

What no font here can show would be a row of boxes, the same for every name.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run

USUAL = "DejaVu Sans"
# Families that are common where these scripts are written, and free ones that can be installed.
OTHERS = (
    "Noto Sans CJK SC", "Noto Sans CJK TC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans SC", "Source Han Sans SC",
    "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "Microsoft YaHei", "SimHei", "PingFang SC",
    "Hiragino Sans", "Yu Gothic", "Malgun Gothic",
    "Apple SD Gothic Neo", "Arial Unicode MS", "Noto Sans Thai", "Leelawadee UI", "Thonburi",
    "Loma", "Noto Sans Khmer", "Khmer OS", "Noto Sans Lao", "Noto Sans Myanmar", "Noto Sans Arabic", "Noto Naskh Arabic",
    "Segoe UI", "Noto Sans Devanagari", "Noto Sans Bengali", "Noto Sans Tamil", "Nirmala UI", "Noto Sans Sinhala",
    "Noto Sans Ethiopic", "Noto Sans Georgian", "Noto Sans Armenian", "Noto Sans Hebrew",
)  # fmt: skip
INSTALL = "install a font that has them, such as Noto Sans of that script"


@cache
def families() -> list[str]:
    """The font of all figures, and those of OTHERS that this computer has, to be asked in this order for each letter."""
    installed = {font.name for font in fontManager.ttflist}
    return [USUAL, *(family for family in OTHERS if family in installed)]


@cache
def letters() -> frozenset[int]:
    """Everything that figures can show here."""
    files = (findfont(FontProperties(family=family), fallback_to_default=False) for family in families())
    return frozenset(code for file in files for code in get_font(file).get_charmap())


def is_shown(name: str) -> bool:
    """Whether figures can show every letter of a name.

    >>> is_shown("Khu công nghiệp Trà Nóc 1"), is_shown("\\U00012000")
    (True, False)
    """
    return name.isascii() or all(ord(letter) in letters() for letter in name if not letter.isspace())


def readable(run: Run) -> Run:
    """The run with Latin names of parks and provinces where figures cannot show those that it has."""
    instead = shown_instead(run)
    if not instead:
        return run
    tables = {
        name: _renamed(table, instead) for name, table in vars(run).items()
        if isinstance(table, pd.DataFrame) and {"name", "province"} & {*table.columns}
    }  # fmt: skip
    return replace(run, **tables)


def shown_instead(run: Run) -> dict[str, str]:
    """By name of a park or province that cannot be shown, what stands in figures instead of it."""
    latin, each = (
        run.parks.attrs.get("latin", {}),
        run.parks.drop_duplicates("park_id").astype({"name": str, "park_id": str}),
    )
    parks = {name: latin.get(name, own) for name, own in zip(each["name"], each["park_id"]) if not is_shown(name)}
    places = [name for name in map(str, sorted(run.parks["province"].unique())) if not is_shown(name)]
    return parks | {name: f"province {number}" for number, name in enumerate(places, start=1)}


def _renamed(table: pd.DataFrame, instead: dict[str, str]) -> pd.DataFrame:
    columns = [column for column in ("name", "province") if column in table]
    return table.assign(**{column: table[column].astype(str).replace(instead) for column in columns})


def note_on_names(run: Run) -> str:
    """What to tell of names that figures cannot show, in one sentence; empty where they can show all."""
    instead = shown_instead(run)
    if not instead:
        return ""
    first, other = next(iter(instead.items()))
    return (
        f"No font here has the letters of {len(instead)} names: figures show {first} as {other}, and so on; {INSTALL}"
    )
