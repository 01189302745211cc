"""Static pages: whole or not at all, closed in themselves, in both languages, and nothing in a name is obeyed."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from eipsim import cli
from eipsim.dashboard import export as exporting
from eipsim.dashboard.export import export, file_names
from eipsim.errors import InputError
from eipsim.language import LANGUAGES, language
from eipsim.runs.simulation import simulate
from eipsim.sweeps.sweep import run_sweep
from eipsim.world import build_world

pytestmark = pytest.mark.xdist_group("static pages")  # what is made once for the file is made once

EVIL = '</script><script>window.hacked=1</script>"\x1b[31m\u202e'
PILOTS = {"world": "pilot-parks", "years": (2015, 2018)}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return simulate("baseline", **PILOTS).save(tmp_path_factory.mktemp("static") / "run")


@pytest.fixture(scope="module", autouse=True)
def _one_park_with_figures():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporting, "DRAWN", 1)
        yield


@pytest.fixture(scope="module")
def pages(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("static") / "deep" / "pages"
    export(results, folder)
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    design = {
        "title": EVIL, "scenarios": ["baseline"], "world": "pilot-parks", "years": [2015, 2018],
        "factors": {"behaviour.peer_weight": None}, "sampler": {"method": "latin", "n": 2}, "outcomes": ["co2_avoided_t"],
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("static") / "store"
    run_sweep(design, folder, backend="serial")
    return folder


class Page(HTMLParser):
    """What a page refers to, its scripts, its text."""

    def __init__(self, file: Path):
        super().__init__()
        self.links, self.tags, self.scripts, self.inside, self.csp = [], [], [], "", ""
        self.text = file.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.links += [given[name] for name in ("href", "src", "action") if name in given]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.csp = given["content"]
        if tag == "script":
            self.inside = given.get("type", "text/javascript")

    def handle_data(self, data):
        if self.inside:
            self.scripts.append((self.inside, data))
            self.inside = ""


def all_pages(folder):
    return {file.relative_to(folder).as_posix(): Page(file) for file in sorted(folder.rglob("*.html"))}


def test_every_park_and_province_has_a_page_in_both_languages(pages):
    world = build_world("pilot-parks")
    for code in LANGUAGES:
        index = Page(pages / code / "index.html")
        homes = world.parks.province
        at_home = {world.provinces[at] for at in homes} | {world.provinces_2025[at] for at in homes}
        assert all(name in index.text for name in (*world.park_names, *at_home))
        assert len(list((pages / code).glob("province-*.html"))) == len(at_home)
        assert len(list((pages / code).glob("park-*.html"))) == world.n_parks
        assert f'<html lang="{code}">' in index.text
        assert language(code).say("page-search") in index.text
    assert (pages / "manifest.json").is_file()


def test_links_lead_to_pages_of_the_folder_and_nowhere_else(pages):
    for name, page in all_pages(pages).items():
        for link in page.links:
            if link.startswith(("data:image/svg+xml", "#")):
                continue
            target = (pages / name).parent / unquote(link)
            assert target.is_file(), (name, link)
            assert target.resolve().is_relative_to(pages.resolve())


def test_pages_ask_for_nothing_and_run_only_the_script_that_their_policy_names(pages):
    for name, page in all_pages(pages).items():
        assert "http://" not in re.sub(r"data:image[^\"]*", "", page.text), name
        if name == "index.html":
            continue
        assert page.csp.startswith("default-src 'none'")
        code = [text for kind, text in page.scripts if kind == "text/javascript"]
        digests = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in code}
        assert all(f"'sha256-{digest}'" in page.csp for digest in digests)
        assert len(code) == name.endswith("/index.html")


def test_the_index_knows_the_words_of_every_name(pages):
    ((_, places),) = [script for script in Page(pages / "en" / "index.html").scripts if script[0] == "application/json"]
    found = json.loads(places)
    tra_noc = next(place for place in found["places"] if place["label"] == "Trà Nóc 2")
    assert tra_noc["name"] == ["tra", "noc", "2"]
    assert (pages / "en" / tra_noc["page"]).is_file()
    assert ["khu", "cong", "nghiep"] in found["phrases"]


def test_names_of_files_stay_in_their_folder_and_no_two_are_alike():
    links = ["park/../../etc", "park/a/b", "park/A B", "province/..", "province/日本", "park/index"]
    names = file_names(links).values()
    assert len({name.casefold() for name in names}) == len(links)
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in names)


def test_names_that_hold_code_are_shown_and_never_obeyed(results, tmp_path, monkeypatch):
    world = build_world("pilot-parks")
    evil = replace(
        world, park_names=(EVIL, *world.park_names[1:]), park_names_ascii=("evil", *world.park_names_ascii[1:])
    )
    run = simulate("baseline", world=evil, years=(2015, 2016), detail=True)
    monkeypatch.setattr(exporting, "run_again", lambda case: run)
    monkeypatch.setattr(exporting, "world_of", lambda case: evil)
    monkeypatch.setattr(exporting, "overview", lambda source, words: exporting.Made(EVIL, []))
    export(results, tmp_path / "pages")
    shown = 0
    for name, page in all_pages(tmp_path / "pages").items():
        assert page.tags.count("script") == (2 if re.fullmatch(r"../index.html", name) else 0), name
        assert not {"\x1b", "\u202e"} & set(page.text)
        shown += "&lt;/script&gt;" in page.text
    assert shown >= 4


def test_a_store_has_a_page_in_each_language_that_says_what_it_lacks(store, tmp_path):
    first, english, _ = export(store, tmp_path / "pages")
    assert first == tmp_path / "pages" / "index.html"
    page = Page(english)
    assert "script" not in page.tags
    assert "It takes a design with several" in page.text
    assert "&lt;/script&gt;" in page.text


# ---- the command -------------------------------------------------------------------------------------------------------


def command(*arguments):
    return cli.main(["dashboard", *map(str, arguments)])


def test_the_command_writes_pages_and_replaces_them_only_with_force(store, tmp_path, capsys):
    target = tmp_path / "pages"
    assert command("--export", target, store) == 0
    assert capsys.readouterr().out == f"{target / 'index.html'}\n"
    assert command("--export", target, store) == 2
    assert "--force" in capsys.readouterr().err
    assert command("--export", target, store, "--force") == 0


@pytest.mark.parametrize(("arguments", "said"), [
    (("--export", "pages"), "one RESULTS or STORE"), (("--export", "pages", "nowhere"), "there is no such folder"),
    (("--force",), "no --export"), (("--export", "pages", "."), "neither results"),
])  # fmt: skip
def test_bad_input_is_told_in_a_sentence_and_nothing_is_written(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert command(*arguments) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.iterdir()) == []


def test_results_of_a_newer_version_are_refused(results, tmp_path):
    newer = tmp_path / "newer"
    newer.mkdir()
    for file in results.iterdir():
        (newer / file.name).write_bytes(file.read_bytes())
    manifest = json.loads((newer / "manifest.json").read_text())
    manifest["versions"]["eipsim"] = "99.0"
    (newer / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="newer than this one"):
        export(newer, tmp_path / "pages")
    assert not (tmp_path / "pages").exists()


def test_a_run_that_cannot_be_made_again_says_why_it_has_no_pages_of_parks(results, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "why_not_again", lambda case: "again-other-data")
    _, english, _ = export(results, tmp_path / "pages")
    assert language("en").say("again-other-data") in Page(english).text
    assert not list(english.parent.glob("park-*"))


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_what_is_interrupted_leaves_nothing_behind(store, tmp_path, monkeypatch, fault):
    def fails(pages, name, code, whole=exporting.as_page):
        if code == "vi":
            raise fault
        return whole(pages, name, code)

    monkeypatch.setattr(exporting, "as_page", fails)
    with pytest.raises((KeyboardInterrupt, InputError)):
        export(store, tmp_path / "deep" / "pages")
    assert list(tmp_path.iterdir()) == []
