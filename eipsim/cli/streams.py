"""Standard output and error as they are used by every command: no text can end a command because a terminal cannot show it."""

from __future__ import annotations

import codecs
import sys
import unicodedata

from eipsim.core.names import PLAIN_LETTERS

# Signs that commands print, and what people write for them where they are not to be had.
PLAIN_SIGNS = str.maketrans(
    {"±": "+-", "×": "x", "·": "-", "→": "->", "≤": "<=", "≥": ">=", "“": '"', "”": '"', "°": "deg"}
)
NEAREST = "eipsim.nearest"  # the name of `nearest` among the codecs' handlers of errors


def set_up() -> None:
    """From here on what a stream's encoding lacks is written as the nearest letters that it has."""
    codecs.register_error(NEAREST, nearest)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not what takes the place of a stream in notebooks and tests
            stream.reconfigure(errors=NEAREST)


def shows_all(text: str) -> bool:
    """Whether standard output can show `text` as it is."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def nearest(error: UnicodeError) -> tuple[str, int]:
    r"""What stands for characters that an encoding lacks: their letters without accents, else their number.

    >>> codecs.register_error(NEAREST, nearest)
    >>> "Trà Nóc, CO₂ ± 1 越".encode("ascii", NEAREST)
    b'Tra Noc, CO2 +- 1 \\u8d8a'
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_nearest(c) for c in error.object[error.start : error.end]), error.end


def _nearest(c: str) -> str:
    letters = unicodedata.normalize("NFKD", c.translate(PLAIN_LETTERS).translate(PLAIN_SIGNS))
    plain = "".join(part for part in letters if part.isascii())
    return plain or ("" if unicodedata.combining(c) else c.encode("ascii", "backslashreplace").decode("ascii"))
