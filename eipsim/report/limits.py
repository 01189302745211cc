"""What the model cannot say, how numbers of a report are read, and the words of the law it uses."""

from __future__ import annotations

from eipsim.language import language
from eipsim.report.blocks import Points, Prose, Section, Table
from eipsim.report.words import Words

LIMITS = (
    "output",
    "prices",
    "grid",
    "answer",
    "loans",
    "limited",
    "catalogue",
    "programmes",
    "judgement",
    "parks",
    "single-run",
)
READING = ("range", "interval", "discounted", "flows", "additional")
# Terms by the name of their messages: `term-` in both languages, and `article-`, where each is taken from.
TERMS = (
    "park", "eip", "symbiosis", "recp", "operator", "firm", "certificate", "criteria", "services", "waste-reuse",
    "waste-recycling", "conversion", "shared-infrastructure", "audit", "voucher", "carbon-price", "scenario", "baseline", "run",
    "outcome", "assumed",
)  # fmt: skip


def section_of_limits(words: Words) -> Section:
    lines = [words.say(f"limit-{name}") for name in LIMITS]
    return Section("limits", words.say("limits-title"), [Prose(words.say("limits-intro")), Points(lines)])


def section_of_reading(words: Words) -> Section:
    return Section("reading", words.say("reading-title"), [Points([words.say(f"reading-{name}") for name in READING])])


def section_of_terms(words: Words) -> Section:
    """Every term in both languages, and the article it is taken from."""
    english, vietnamese = language("en"), language("vi")
    rows = [
        [vietnamese.say(f"term-{name}"), english.say(f"term-{name}"), words.say(f"article-{name}")] for name in TERMS
    ]
    head = [words.say(f"head-{name}") for name in ("vietnamese", "english", "article")]
    table = Table(words.say("terms-table"), head, rows, note=words.say("terms-note"))
    return Section("terms", words.say("terms-title"), [Prose(words.say("terms-intro")), table])
