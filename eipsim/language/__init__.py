"""What pages and reports say, in English and Vietnamese: a catalogue of sentences, and numbers and dates as each writes them."""

from eipsim.language.language import DEFAULT, LANGUAGES, Language, language

__all__ = ["DEFAULT", "LANGUAGES", "Language", "language"]
