"""Static pages of results or of a store: HTML that opens without Python or network, in English and Vietnamese."""

from __future__ import annotations

import base64
import datetime
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from eipsim.core.names import printable, words_of
from eipsim.core.park_names import A_PARK, plain_words
from eipsim.dashboard.content.found import PARK, PROVINCE, Hit, places_of
from eipsim.dashboard.content.park import park_sections, park_title
from eipsim.dashboard.content.province import province_sections
from eipsim.dashboard.content.store import store_sections, store_title
from eipsim.language import DEFAULT, LANGUAGES, language
from eipsim.report import limits, origins, summary
from eipsim.report.blocks import Block, Link, Links, Prose, Section, Table
from eipsim.report.opening import open_source
from eipsim.report.page import environment
from eipsim.report.places import how_to_run
from eipsim.report.provinces import parks_table
from eipsim.report.reruns import run_again, why_not_again, world_of
from eipsim.report.sources import COMPARISON, Source, StoreSource
from eipsim.report.words import Words
from eipsim.report.writing import NOTHING_MORE, sections_of
from eipsim.runs.provenance import versions
from eipsim.runs.saving import as_json, check_folder, new_folder
from eipsim.runs.simulation import Progress, Run

HERE = Path(__file__).parent
TEMPLATE, STYLE, SCRIPT = "page.html.jinja", "page.css", "page.js"
INDEX, OVERVIEW = "index", "overview"
DRAWN = 20  # parks with most exchanges, whose pages have figures, which take longer than all else of a page


class Made(NamedTuple):
    """A page in one language: its title, and what stands on it."""

    title: str
    sections: Sequence[Section]


@dataclass(frozen=True)
class Pages:
    """All pages of results by the name of their file; each is made when it is written."""

    source: Source
    make: Mapping[str, Callable[[Words], Made]]
    files: Mapping[str, str]  # by what links lead to
    places: Sequence[tuple[str, str, str]] = ()  # what is searched: name, where it lies, file

    def href(self, to: str) -> str:
        """The file that a link leads to, beside the page that it stands on; empty where there is none."""
        return f"{self.files[to]}.html" if to in self.files else ""


def export(
    source: str | Path, folder: str | Path, *, force: bool = False, progress: Progress | None = None
) -> list[Path]:
    """Write the pages of results or a store (`source`) to `folder`; returns the page to open first of each language.

    Raises InputError before anything is written: for what are no results, are of a newer version, or a folder that is there.
    """
    found = open_source(source)
    check_folder(folder, force)
    pages = pages_of(found)
    total, done = len(pages.make) * len(LANGUAGES), 0
    about = {"pages of": found.name, "kind": found.kind, "versions": versions()}
    with new_folder(folder, about, force) as draft:
        for code in LANGUAGES:
            (draft / code).mkdir()
        for name in pages.make:
            for code in LANGUAGES:
                (draft / code / f"{name}.html").write_text(as_page(pages, name, code), encoding="utf-8", newline="\n")
                done += 1
                if progress is not None:
                    progress(done, total)
        (draft / f"{INDEX}.html").write_text(first_page(), encoding="utf-8", newline="\n")
    return [Path(folder) / f"{INDEX}.html", *(Path(folder) / code / f"{INDEX}.html" for code in LANGUAGES)]


# ---- which pages there are ---------------------------------------------------------------------------------------------


def pages_of(source: Source) -> Pages:
    if isinstance(source, StoreSource):
        return Pages(source, {INDEX: lambda words: of_store(source, words)}, {})
    if source.kind == COMPARISON:
        return Pages(source, {INDEX: lambda words: of_comparison(source, words)}, {})
    return of_run(source)


def of_store(source: StoreSource, words: Words) -> Made:
    study, today = source.study, datetime.date.today().isoformat()
    ends = [limits.section_of_limits(words), origins.section(source, words, today)]
    return Made(store_title(study, words), [*store_sections(study, words), *ends])


def of_comparison(source: Source, words: Words) -> Made:
    """The report; parks and provinces are of one scenario."""
    today = datetime.date.today().isoformat()
    blocks: list[Block] = [Prose(words.say("page-of-one")), how_to_run(source)]
    more = Section("places", f"{words.say('page-provinces')}, {words.say('page-parks')}", blocks)
    return Made(summary.headline(source, words), [*sections_of(source, words, NOTHING_MORE, today), more])


def of_run(source: Source) -> Pages:
    """An index with search, the report of the country, and a page of every park and province, made from the same run again."""
    (case,) = source.cases()
    why = why_not_again(case)
    run = None if why else run_again(case)
    make: dict[str, Callable[[Words], Made]] = {OVERVIEW: lambda words: overview(source, words)}
    if run is None:
        reason = why or "again-other-world"
        return Pages(source, {INDEX: lambda words: index_alone(source, words, reason), **make}, {OVERVIEW: OVERVIEW})
    hits = hits_of(run, case)
    files = file_names([hit.to for hit in hits])
    drawn = busiest_parks(run)
    for hit in hits:
        own = hit.to.partition("/")[2]
        if hit.kind == PARK:
            make[files[hit.to]] = _park(run, own, own in drawn)
        else:
            make[files[hit.to]] = _province(run, own)
    places = [(hit.name, hit.where, files[hit.to]) for hit in hits]
    files = {**files, OVERVIEW: OVERVIEW}
    return Pages(source, {INDEX: lambda words: index(source, run, words), **make}, files, places)


def hits_of(run: Run, case: Mapping[str, Any]) -> list[Hit]:
    """The parks that are there in the run, and the provinces on either map."""
    world = world_of(case)
    parks = set(run.parks["park_id"].astype(str))
    return [hit for hit in places_of(world) if hit.kind != PARK or hit.to.partition("/")[2] in parks] if world else []


def _park(run: Run, park_id: str, with_figures: bool) -> Callable[[Words], Made]:
    return lambda words: Made(park_title(run, park_id, words), park_sections(run, park_id, words, with_figures))


def _province(run: Run, name: str) -> Callable[[Words], Made]:
    return lambda words: Made(words.say("province-title", province=name), province_sections(run, name, words))


def busiest_parks(run: Run) -> set[str]:
    """Ids of the parks with most exchanges in operation."""
    last = run.parks[run.parks["year"] == run.parks["year"].max()]
    busy = last.sort_values("exchanges_operating", ascending=False, kind="stable").head(DRAWN)
    return set(busy.loc[busy["exchanges_operating"] > 0, "park_id"].astype(str))


def file_names(links: Sequence[str]) -> dict[str, str]:
    """A name of a file for each link: letters, digits and hyphens, no two alike however a system spells them.

    >>> file_names(["park/P1", "province/Hà Nội", "park/../P1", "province/日本"])
    {'park/P1': 'park-p1', 'province/Hà Nội': 'province-ha-noi', 'park/../P1': 'park-p1-2', 'province/日本': 'province-2'}
    """
    names: dict[str, str] = {}
    for link in links:
        kind, _, own = link.partition("/")
        plain = "-".join([kind, *(re.sub(r"[^a-z0-9]", "", word) for word in words_of(own))])
        plain = re.sub(r"-+", "-", plain)[:80].strip("-")
        taken, n = set(names.values()) | {INDEX, OVERVIEW, kind}, 2
        name = plain
        while name in taken:
            name, n = f"{plain}-{n}", n + 1
        names[link] = name
    return names


# ---- pages -------------------------------------------------------------------------------------------------------------


def index(source: Source, run: Run, words: Words) -> Made:
    """Where to begin: the country, its provinces, its parks."""
    last = run.parks[run.parks["year"] == run.parks["year"].max()]
    year = str(int(run.outcomes.index[-1]))
    parks = parks_table(words, last, most=len(last))
    parks = Table(words.say("page-all-parks", n=len(last), year=year), parks.head, parks.rows, parks.numbers)
    provinces = run.provinces[run.provinces["year"] == run.provinces["year"].max()]
    shown = ("parks_operating", "parks_converted", "parks_certified", "firms", "co2_avoided_t")
    rows: list[list[str | Link]] = [[Link(str(row["province"]), f"{PROVINCE}/{row['province']}"),
             *(words.quantity(float(row[name]), source.unit(name)) for name in shown)]
            for _, row in provinces.sort_values("firms", ascending=False, kind="stable").iterrows()]  # fmt: skip
    head = [words.say("head-province"), *(words.outcome(name) for name in shown)]
    table = Table(words.say("page-all-provinces", n=len(rows), year=year), head, rows, range(1, len(head)))
    return Made(summary.headline(source, words), [
        _country(source, words), Section("provinces", words.say("page-provinces"), [table]),
        Section("parks", words.say("page-parks"), [parks]),
    ])  # fmt: skip


def index_alone(source: Source, words: Words, why: str) -> Made:
    """The country only, and why there is no page of parks."""
    blocks: list[Block] = [Prose(f"{words.say('page-not-again')} {words.say(why)}")]
    return Made(
        summary.headline(source, words), [_country(source, words), Section("parks", words.say("page-parks"), blocks)]
    )


def _country(source: Source, words: Words) -> Section:
    told = summary.section(source, words)
    more = Links(words.say("page-more"), [Link(words.say("page-report"), OVERVIEW)])
    return Section("country", words.say("page-overview"), [*told.blocks, more])


def overview(source: Source, words: Words) -> Made:
    """The report of the country."""
    today = datetime.date.today().isoformat()
    return Made(words.say("page-overview"), sections_of(source, words, NOTHING_MORE, today))


def as_page(pages: Pages, name: str, code: str) -> str:
    """A page as HTML, in the language of `code`."""
    words = Words(language(code))
    made = pages.make[name](words)
    script = (HERE / SCRIPT).read_text(encoding="utf-8")
    (other,) = (each for each in LANGUAGES if each != code)
    today = words.date(datetime.date.today().isoformat())
    generator = f"eipsim {versions()['eipsim']}"
    return _template().render(
        lang=code, title=made.title, sections=made.sections, href=pages.href, kicker=words.say("page-kicker"),
        subtitle=subtitle(pages.source, words) if name == INDEX else "", home="" if name == INDEX else f"{INDEX}.html",
        all_pages=words.say("page-back"), other=f"../{other}/{name}.html", other_lang=other,
        other_language=LANGUAGES[other], contents=words.say("contents"), skip=words.say("page-skip"),
        footer=words.say("footer"), written=words.say("page-written", version=generator, date=today),
        generator=generator, style=(HERE / STYLE).read_text(encoding="utf-8"), script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
        search=searched(pages, words) if name == INDEX and pages.places else None,
    )  # fmt: skip


def _template() -> Any:
    return environment(HERE).get_template(TEMPLATE)


def subtitle(source: Source, words: Words) -> str:
    """What the results are of."""
    names = words.listed([words.scenario(name) for name in source.scenarios])
    first, last = str(source.years[0]), str(source.years[-1])
    today = words.date(datetime.date.today().isoformat())
    return words.say(f"subtitle-{source.kind}", scenarios=names, n=source.n_runs, first=first, last=last, date=today)


def searched(pages: Pages, words: Words) -> dict[str, Any]:
    """What the search of the index needs."""
    places = [
        {"label": printable(name), "where": printable(where), "page": f"{file}.html", "name": plain_words(name),
         "words": plain_words(f"{name} {where}")}
        for name, where, file in pages.places
    ]  # fmt: skip
    phrases = sorted((list(words_of(phrase)) for phrase in A_PARK), key=len, reverse=True)
    content = as_json({"places": places, "phrases": phrases}).replace("<", "\\u003c")
    return {
        "label": words.say("page-search"), "hint": words.say("page-search-hint-pages"),
        "none": words.say("page-search-none", text="…"), "places": content,
    }  # fmt: skip


def first_page() -> str:
    """The page that leads to that of a language."""
    links = " ".join(f'<a lang="{code}" href="{code}/{INDEX}.html">{name}</a>' for code, name in LANGUAGES.items())
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>eipsim</title>\n'
        f'<meta name="color-scheme" content="light dark"><meta http-equiv="refresh" content="0; url={DEFAULT}/{INDEX}.html">\n'
        f"</head><body><p>{links}</p></body></html>\n"
    )
