"""English text that also knows its message in the catalogue, so that a page says the same in its own language."""

from __future__ import annotations


class Phrase(str):
    """Text for terminals and files, as any other; `message` of the catalogue (data/language/*.ftl) and what that is `given`.

    >>> hint = Phrase("allowed: 0 to 90", "hint-between", low="0", high="90")
    >>> hint, hint.message, hint.given
    ('allowed: 0 to 90', 'hint-between', {'low': '0', 'high': '90'})
    """

    message: str
    given: dict[str, str]

    def __new__(cls, text: str, message: str = "", /, **given: str) -> Phrase:
        self = super().__new__(cls, text)
        self.message, self.given = message, given
        return self
