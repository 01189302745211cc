"""What was probably meant where an expression can no longer be read: quotes that are missing, a function of another name."""

from __future__ import annotations

import re

from eipsim.errors import did_you_mean
from eipsim.outcomes.nodes import FUNCTIONS

# key = several words     key = (several words, another name)     outcome[several words]
UNQUOTED_VALUE = re.compile(r"""([A-Za-z_]\w*)\s*(!?=)\s*([^\s"'“(,|@][^"'“,|@]*?)\s*(?=[,|@]|$)""")
UNQUOTED_LIST = re.compile(r"""([A-Za-z_]\w*)\s*(!?=)\s*\(([^()|@]*)\)?""")
UNQUOTED_PLACE = re.compile(r"""([A-Za-z_]\w*)\s*\[\s*([^\]"'“]+?)\s*(?=\]|$)""")
CALLED = re.compile(r"([A-Za-z_]\w*)\s*$")
BETWEEN_TERMS = re.compile(r"\s[-+*/×÷<>=≤≥!]+\s")
MEANT = "did you mean"


def missing_quotes(text: str, column: int) -> str:
    """The hint to quote a value of several words in which a text can no longer be read, at `column`; empty elsewhere.

    >>> missing_quotes("firms | programme=GEIPP phase I @2020", 25)
    'a value of several words stands in quotes: programme="GEIPP phase I"'
    >>> missing_quotes("firms @2020 $ 2", 13)
    ''
    """
    for pattern, told in ((UNQUOTED_PLACE, _place), (UNQUOTED_LIST, _list), (UNQUOTED_VALUE, _value)):
        for found in pattern.finditer(text):
            if found.start(pattern.groups) < column <= found.end(pattern.groups) + 1:
                return told(found, column)
    return ""


def _place(found: re.Match[str], column: int) -> str:
    return f'a park or province stands in quotes: {found[1]}["{found[2]}"]'


def _list(found: re.Match[str], column: int) -> str:
    names = [name.strip().strip("\"'“”") for name in found[3].split(",")]
    quoted = ", ".join(f'"{name}"' for name in names if name)
    return f"values of several words stand in quotes: {found[1]}{found[2]}({quoted})"


def _value(found: re.Match[str], column: int) -> str:
    first, *_ = BETWEEN_TERMS.split(found[3])
    value = first if column <= found.start(3) + len(first) + 1 else found[3]
    if value.count(")") > value.count("("):
        value = value.rstrip(") ")
    return f'a value of several words stands in quotes: {found[1]}{found[2]}"{value}"'


def nearest_function(text: str, column: int) -> str:
    """The function that was probably meant by the name before an opening parenthesis at `column`; empty elsewhere.

    >>> nearest_function("park_men(firms @2024)", 9), nearest_function("import(firms @2024)", 7)
    ('did you mean park_mean?', '')
    """
    name = CALLED.search(text[: column - 1])
    if name is None or text[column - 1 : column] != "(":
        return ""
    hint = did_you_mean(name[1], FUNCTIONS)
    return hint if hint.startswith(MEANT) else ""
