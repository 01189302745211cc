"""What a YAML parser refuses, in words: what stands there, and what to write instead."""

from __future__ import annotations

import re

# A sentence of the parser, what it means, and what to do. Colons and indentation look alike to a parser: see `_colon`.
WORDS = (
    (r"found character '\\t'", "a tab stands where blanks belong", "indent with blanks"),
    (r"found character '(.)'", "a value cannot begin with {0}", "put it in quotes"),
    (r"found undefined alias '(.*)'", "*{0} stands for nothing that is named before it",
     "put text that begins with * in quotes"),
    (r"found unexpected end of stream", "a quotation mark is opened and not closed before the end", "close it"),
    (r"found unexpected document separator", "a quotation mark is opened and not closed before ---", "close it"),
    (r"expected ',' or '(.)', but got ':'", "a colon stands where {0} or a comma is expected",
     "put text with a colon in quotes, close brackets with {0}"),
    (r"expected ',' or '(.)', but got", "a list or mapping in brackets is not closed", "write {0} at its end"),
    (r"could not find expected ':'", "a name has no colon and value", "write name: value, with a blank after the colon"),
    (r"expected <block end>, but found '([]},])'", "{0} stands where no bracket is open",
     "put text with brackets or commas in quotes"),
    (r"expected <block end>, but found '<scalar>'", "more stands behind brackets or a quotation mark, or this line is indented "
     "otherwise than those it belongs to", "put text with brackets in quotes; begin lines of one block in one column"),
    (r"expected <block end>", "this line is indented otherwise than those it belongs to",
     "begin lines of one block in one column"),
    (r"expected the node content", "a value is missing or begins with a sign that YAML keeps for itself",
     "put it in quotes"),
    (r"while parsing a flow", "brackets and commas do not fit together", "put text with brackets or commas in quotes"),
    (r"found unknown escape character '(.)'", "\\{0} means nothing between double quotes",
     "write \\\\, or use single quotes"),
    (r"unacceptable character", "it holds control characters, as files of other programs do", "save it as plain text"),
    (r"expected a comment or a line break", "more stands on the line after > or |",
     "begin the text on the next line, or put it in quotes"),
    (r"(?:expected a single document|but found another document)", "--- begins a second document in one file",
     "write each into a file of its own"),
)  # fmt: skip
COLON = r"mapping values are not allowed"
AT_ITS_BEGINNING = r"could not find expected ':'"  # a parser notices it a line later
TEXT_WITH_COLON = re.compile(r"""^(\s*(?:- )?[\w .-]+?:\s+)([^\s"'\[{].*:(?:\s.*|))$""")


def in_words(problem: str, line: str) -> tuple[str, str]:
    """What is wrong with a `line` of which a parser says `problem`, and what to write.

    >>> in_words("mapping values are not allowed here", "title: Audits: phase 2")
    ('this is not YAML: a text with a colon is read as a name and its value', 'put it in quotes, as title: "Audits: phase 2"')
    """
    what, hint = _colon(line) if re.match(COLON, problem) else _other(problem)
    return f"this is not YAML: {what}", hint


def _other(problem: str) -> tuple[str, str]:
    for pattern, what, hint in WORDS:
        if found := re.match(pattern, problem):
            return what.format(*found.groups()), hint.format(*found.groups())
    return problem[:120], ""


def _colon(line: str) -> tuple[str, str]:
    """Why a name and its value stand where they cannot: text with a colon, or a line that is indented too far."""
    text = TEXT_WITH_COLON.match(line)
    if text is None:
        return (
            "a name and its value stand where none is expected",
            "begin lines of one block in one column; put text with a colon in quotes",
        )
    quoted = text[2].rstrip().replace("\\", "\\\\").replace('"', '\\"')
    return "a text with a colon is read as a name and its value", f'put it in quotes, as {text[1].strip()} "{quoted}"'
