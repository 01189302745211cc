"""Parts that all pages are made of: cards, tiles of numbers, figures, links, notices. What is given as text is escaped here.

What is given as `html` or `svg` is shown as it is; whoever makes it escapes what comes from files and names, with `escaped`.
"""

from __future__ import annotations

import html as entities
from collections.abc import Iterable, Sequence

import solara

from eipsim.core.names import printable
from eipsim.core.phrases import Phrase
from eipsim.errors import ConservationError, EipsimError, InputError, Mistake, RunError
from eipsim.language import DEFAULT
from eipsim.report.words import Words

# What is said before what the core tells in English, by the kind of error.
KINDS = {RunError: "told-run", ConservationError: "told-balance"}


def escaped(text: object) -> str:
    """Text as HTML and SVG show it, whatever a file or a name has in it: nothing in it is obeyed.

    >>> escaped("<script>a\\u202eb")
    '&lt;script&gt;a\\\\u202eb'
    """
    return entities.escape(printable(str(text)))


@solara.component_vue("html.vue", vuetify=False)
def _Html(html: str, tag: str, classes: str):
    """What `Html` shows."""


def Html(html: str, tag: str = "div", classes: str = "") -> solara.Element:
    """HTML that is safe already. Its links of the dashboard (`/park/P352`) are followed without loading the page anew."""
    return _Html(html=html, tag=tag, classes=classes)


class Markup(str):
    """HTML that is safe already, among text that is still to be escaped."""


def link(text: object, address: str) -> Markup:
    """A link as HTML."""
    return Markup(f'<a href="{entities.escape(address)}">{escaped(text)}</a>')


@solara.component
def Card(title: str = "", subtitle: str = "", children: Sequence[solara.Element] = (), classes: str = ""):
    """A part of a page with its heading."""
    head = f"<h2>{escaped(title)}</h2>" if title else ""
    head += f'<p class="e-sub">{escaped(subtitle)}</p>' if subtitle else ""
    with solara.Div(classes=["e-card", *classes.split()]):
        if head:
            Html(head, classes="e-head")
        solara.Div(children=list(children))


@solara.component
def Tiles(tiles: Iterable[tuple[str, str, str]]):
    """Numbers that are seen first: name, value with unit, and a line of small print each."""
    cells = (
        f'<div class="e-tile"><span class="e-name">{escaped(name)}</span><span class="e-value">{escaped(value)}</span>'
        f'<span class="e-small">{escaped(small)}</span></div>'
        for name, value, small in tiles
    )
    Html("".join(cells), classes="e-tiles")


@solara.component
def Figure(title: str, svg: str, caption: str = "", label: str = ""):
    """A figure: what it says on top, the drawing, its small print below. `label` : what a screen reader says of it."""
    small = f"<figcaption>{escaped(caption)}</figcaption>" if caption else ""
    drawing = f'<div class="e-drawing" role="img" aria-label="{escaped(label or title)}">{svg}</div>'
    Html(f"<h2>{escaped(title)}</h2>{drawing}{small}", tag="figure", classes="e-card e-figure")


@solara.component
def Table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = (), note: str = ""):
    """A table of text; the columns of `right` are aligned on the right. A cell of Markup, as `link` makes, is taken as it is."""

    def cell(tag: str, k: int, text: str) -> str:
        shown = text if isinstance(text, Markup) else escaped(text)
        return f"<{tag}{' class=e-right' if k in right else ''}>{shown}</{tag}>"

    top = "".join(cell("th", k, name) for k, name in enumerate(head))
    body = "".join("<tr>" + "".join(cell("td", k, text) for k, text in enumerate(row)) + "</tr>" for row in rows)
    small = f'<p class="e-sub">{escaped(note)}</p>' if note else ""
    Html(
        f'<h2>{escaped(title)}</h2><div class="e-scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'
        f"</div>{small}", classes="e-card",
    )  # fmt: skip


@solara.component
def Notice(words: Words, sentences: Iterable[str], title: str = ""):
    """What is wrong with what was asked, in sentences. One of Markup, as `told` makes, is taken as it is."""
    lines = "".join(f"<li>{one if isinstance(one, Markup) else escaped(one)}</li>" for one in sentences)
    head = escaped(title or words.say("dash-mistakes"))
    Html(f'<div role="alert"><strong>{head}</strong><ul>{lines}</ul></div>', classes="e-notice")


@solara.component
def Told(words: Words, error: EipsimError):
    """An error of eipsim in sentences."""
    if isinstance(error, InputError):
        Notice(words, [told(one, words) for one in error.mistakes])
        return
    kind = next((kind for of, kind in KINDS.items() if isinstance(error, of)), "told-error")
    Notice(words, [quoted(str(error), words, kind)])


def told(mistake: Mistake | str, words: Words, kind: str = "told-input") -> Markup:
    """A mistake, or its text alone, in the language of the page; where the catalogue has none it is quoted as of its `kind`."""
    if isinstance(mistake, str) or not isinstance(mistake.what, Phrase):
        return quoted(str(mistake), words, kind)
    where = escaped(words.said(mistake.where) if isinstance(mistake.where, Phrase) else mistake.where)
    parts = {"where": where, "what": escaped(words.said(mistake.what))}
    if not mistake.hint:
        return Markup(words.say("mistake", **parts))
    hint = escaped(words.said(mistake.hint)) if isinstance(mistake.hint, Phrase) else in_english(mistake.hint)
    return Markup(words.say("mistake-with-hint", hint=hint, **parts))


def quoted(text: str, words: Words, kind: str) -> Markup:
    """English of the core on a page, after a sentence in the language of the page that says what `kind` of thing it is."""
    return Markup(words.say(kind, detail=in_english(text)))


def in_english(text: str) -> Markup:
    """Text that is English in every language, marked so for those who have pages read to them."""
    return Markup(f'<span lang="{DEFAULT}">{escaped(text)}</span>')


@solara.component
def Status(words: Words, busy: bool, error: EipsimError | None = None):
    """Whether something is being worked out, or what was wrong. It is there always, so that what follows keeps its place."""
    with solara.Div(classes=["e-status"]):
        Html(f'<p role="status" class="e-waiting">{escaped(words.say("dash-computing")) if busy else ""}</p>')
        if error is not None:
            Told(words, error)


@solara.component
def Waiting(words: Words, what: str = ""):
    """That something is being worked out."""
    Html(f'<p role="status" class="e-waiting">{escaped(what or words.say("dash-computing"))}</p>')
