"""Inputs as they should not be: the library's own files and commands, changed in one to four places by hypothesis."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

TOKEN = re.compile(r"[\w.+-]+|[^\w\s]")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
NUMBERS = (
    "0", "-0", "-1", "1", "1e308", "-1e308", "1e999", "1e-320", ".nan", "nan", ".inf", "-.inf", "inf", "1_000", "1,5",
    "1.234,5", "1 234", "0x10", "0o17", "1:30", "٣٤", "１２", "½", "50%", "12 ha", "2014", "2015", "2050", "2051",
    "99999999999999999999", "9" * 4000, "9" * 200_000, "2.5e", "--5", "+7", "1e400000", "007", "true",
    "1.0000000000000000000000000000000000001",
)  # fmt: skip
WORDS = (
    "", "~", "null", "yes", "no", "on", "y", "baseline", "subsidy", "baselin", "levers", "carbon_price",
    "carbon_prise", "extends", "title", "set", "scenarios", "value", "from", "until", "replace", "later_by", "parks",
    "provinces", "owners", "Hải Phòng", "Ha\u0309i Pho\u0300ng", "hai phong", "Amata", "352", "P352", "越南", "ไทย",
    "عربي", "Ω≈ç√", "e\u0301", "\u202eevil", "\x1b[31mred\x1b[0m", "\x07", "\x85", "\u2028", "\ufeff", "\ud7ff",
    "<script>alert(1)</script>", "[red]x[/red]", "{0}", "{x.__class__}", "%s%n", "$(touch pwned)", "`touch pwned`",
    "../../outside.yaml", "/etc/passwd", "/dev/zero", "/dev/null", ".", "..", "/", "~root", "CON", "other.py:f",
    "strange.py:f", "os:system", "fifo", "x" * 300, "x" * 100_000, "a/" * 3000, "\0", "'", '"', "C:\\temp\\x.csv",
    "http://example.org/x.yaml", "folder:.", "folder:/", "firms", "firms @2030", "firms @", "sum(firms", "(" * 300,
    "not " * 400 + "1", "1 + " * 400 + "1", "x=1", "=", "--", "-", "-1",
)  # fmt: skip
SNIPPETS = (
    "!!python/object/apply:os.system ['touch pwned']", "!!binary aGVsbG8=", "!!float x", "!!set {a, b}", "&a [*a]",
    "*nothing", "<<: *x", "<<: {a: 1}", "? [a]\n: b", "- x", "a: b: c", "{", "}", "[", "]", "]]", "---", "...",
    "%YAML 9.9", "\t", "| x", ">-", "key:", ": value", "#", "@x", "`x`", "{a: 1, a: 2}", "[[[[[[[[[[1]]]]]]]]]]",
    "2015-01-01", "{value: .5, from: 2030}", "{2029: 20}", "{uniform: [0, 1]}", "{choice: [a, b]}",
    "{normal: [0, 1]}", "sep=;", ",,,,,", '"', '""', "a;b;c", "a\tb", "None", "!x y", "? x", "!!null", "{}", "[]",
)  # fmt: skip
Change = Callable[[st.DrawFn, str, Sequence[str]], str]


def _somewhere(draw: st.DrawFn, found: Sequence) -> int:
    return draw(st.integers(0, max(len(found) - 1, 0)))


def change_token(draw, text, others):
    found = list(TOKEN.finditer(text))
    if not found:
        return draw(st.sampled_from(WORDS))
    one = found[_somewhere(draw, found)]
    return text[: one.start()] + draw(st.sampled_from(WORDS + SNIPPETS)) + text[one.end() :]


def change_number(draw, text, others):
    found = list(NUMBER.finditer(text))
    if not found:
        return text + draw(st.sampled_from(NUMBERS))
    one = found[_somewhere(draw, found)]
    return text[: one.start()] + draw(st.sampled_from(NUMBERS)) + text[one.end() :]


def swap_tokens(draw, text, others):
    found = list(TOKEN.finditer(text))
    if len(found) < 2:
        return text
    one, other = sorted((found[_somewhere(draw, found)], found[_somewhere(draw, found)]), key=lambda m: m.start())
    return (
        text[: one.start()]
        + other[0]
        + text[one.end() : other.start()]
        + one[0] * (one is not other)
        + text[other.end() :]
    )


def change_lines(draw, text, others):
    """A line is dropped, given twice, moved, indented, cut off, or one of another file is put in."""
    lines = text.split("\n")
    at, way = (
        _somewhere(draw, lines),
        draw(st.sampled_from(("drop", "twice", "move", "indent", "dedent", "cut", "foreign", "insert"))),
    )
    line = lines[at]
    if way == "drop":
        del lines[at]
    elif way == "twice":
        lines.insert(at, line)
    elif way == "move":
        lines.insert(_somewhere(draw, lines), lines.pop(at))
    elif way == "indent":
        lines[at] = draw(st.sampled_from((" ", "  ", "\t", "- ", "# "))) + line
    elif way == "dedent":
        lines[at] = line[draw(st.integers(1, 4)) :]
    elif way == "cut":
        lines[at:] = [line[: _somewhere(draw, line)]]
    elif way == "foreign":
        strangers = draw(st.sampled_from(others)).split("\n")
        lines.insert(at, strangers[_somewhere(draw, strangers)])
    else:
        lines.insert(at, draw(st.sampled_from(SNIPPETS + WORDS)))
    return "\n".join(lines)


def change_letters(draw, text, others):
    """A few characters are others, in this place, or the whole text is in another form of Unicode."""
    at = _somewhere(draw, text)
    way = draw(st.sampled_from(("put", "take", "replace", "NFD", "NFKD", "upper", "crlf", "cr")))
    letters = draw(st.text(max_size=4))
    if way in ("NFD", "NFKD"):
        return unicodedata.normalize(way, text)
    if way == "upper":
        return text.upper()
    if way in ("crlf", "cr"):
        return text.replace("\n", "\r\n" if way == "crlf" else "\r")
    return text[:at] + (letters if way != "take" else "") + text[at + (0 if way == "put" else len(letters) or 1) :]


def change_separators(draw, text, others):
    return text.replace(
        draw(st.sampled_from((",", ":", ".", "  ", "[", "]", "-"))),
        draw(st.sampled_from((";", "\t", "|", " ", "", ",", "::", ", "))),
    )


def repeat(draw, text, others):
    """One line many times, a deep nest, or the text after itself."""
    lines, times = text.split("\n"), draw(st.sampled_from((2,) * 8 + (30,) * 8 + (3000,)))
    at, way = _somewhere(draw, lines), draw(st.sampled_from(("line", "brackets", "whole", "key")))
    if way == "line":
        lines[at:at] = [lines[at]] * times
    elif way == "brackets":
        lines[at] = lines[at].partition(":")[0] + ": " + "[" * times + "1" + "]" * times
    elif way == "key":
        lines[at:at] = [f"{' ' * (len(lines[at]) - len(lines[at].lstrip()))}k{n}: {n}" for n in range(times)]
    else:
        return text * min(times, 30)
    return "\n".join(lines)


CHANGES: tuple[Change, ...] = (
    change_token, change_token, change_number, change_number, swap_tokens, change_lines, change_lines, change_letters,
    change_separators, repeat,
)  # fmt: skip
ENCODINGS = ("utf-8",) * 12 + ("utf-8-sig", "utf-16", "utf-32", "cp1252", "cp1258", "latin-1")


@st.composite
def texts(draw: st.DrawFn, originals: Sequence[str]) -> str:
    """One of the originals, changed in one to four places."""
    text = draw(st.sampled_from(originals))
    for _ in range(draw(st.integers(1, 4))):
        text = draw(st.sampled_from(CHANGES))(draw, text, originals)[:3_000_000]
    return text


@st.composite
def files(draw: st.DrawFn, originals: Sequence[str]) -> bytes:
    """The same as bytes, in some encoding, now and then with bytes that are wrong."""
    content = draw(texts(originals)).encode(draw(st.sampled_from(ENCODINGS)), "replace")
    if draw(st.integers(0, 9)) == 0:
        at = _somewhere(draw, content)
        content = content[:at] + draw(st.binary(max_size=3)) + content[at + draw(st.integers(0, 3)) :]
    return content


@st.composite
def folders(draw: st.DrawFn, originals: dict[str, str]) -> dict[str, bytes]:
    """A folder of files, of which one to three are changed, lost or there under another name."""
    made = {name: text.encode() for name, text in originals.items()}
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(originals)))
        way = draw(st.sampled_from(("change",) * 8 + ("lose", "rename", "empty")))
        if way == "change":
            made[name] = draw(
                files((originals[name], *(draw(st.sampled_from(sorted(originals.values()))) for _ in range(1))))
            )
        elif way == "lose":
            made.pop(name, None)
        elif way == "empty":
            made[name] = b""
        else:
            made[draw(st.sampled_from(sorted(originals)))] = made.pop(name, b"")
    return made


@st.composite
def commands(draw: st.DrawFn, originals: Sequence[Sequence[str]], options: Sequence[str]) -> list[str]:
    """The words of a command, of which some are others, lost, twice or out of place; options of other commands among them."""
    words = list(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 3))):
        at, way = (
            _somewhere(draw, words),
            draw(st.sampled_from(("change", "change", "odd", "drop", "twice", "option", "swap"))),
        )
        if not words or way == "option":
            words[at:at] = [
                draw(st.sampled_from(options)),
                *draw(st.lists(st.sampled_from(WORDS + NUMBERS), max_size=1)),
            ]
        elif way == "change":
            words[at] = draw(texts([words[at] or "x"]))[:100_000].replace("\0", "")
        elif way == "odd":
            words[at] = draw(st.sampled_from(WORDS + NUMBERS)).replace("\0", "")
        elif way == "drop":
            del words[at]
        elif way == "twice":
            words.insert(at, words[at])
        else:
            other = _somewhere(draw, words)
            words[at], words[other] = words[other], words[at]
    return [word.replace("\0", "") for word in words]
