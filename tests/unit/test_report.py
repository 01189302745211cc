"""The report: what it says is of the catalogue or of the results, its numbers are theirs, and nothing in it is obeyed."""

import base64
import html
import json
import re
import shutil
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eipsim.analysis.compare import compare
from eipsim.errors import InputError
from eipsim.figures.panels import Bar, bars
from eipsim.figures.style import as_svg
from eipsim.language import LANGUAGES, Language, language
from eipsim.report import limits, open_source, provinces, report_of
from eipsim.report.opening import numbers_of
from eipsim.report.pathways import aims_of
from eipsim.report.pathways import section as pathways_section
from eipsim.report.places import check_places
from eipsim.report.reruns import provinces_again
from eipsim.report.summary import difference, level_of
from eipsim.report.words import Words
from eipsim.report.writing import Wanted, write_report
from eipsim.runs.simulation import simulate
from eipsim.scenarios.files import list_scenarios
from eipsim.sweeps.sweep import run_sweep

PILOTS = {"world": "pilot-parks", "years": (2015, 2030)}
EVIL = "<script>alert(1)</script>"
TURNED = "abc\u202edef\x1b[31m"
SECTIONS = 11  # of every report


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    return simulate("technical-assistance", detail=True, **PILOTS).save(tmp_path_factory.mktemp("report") / "run")


@pytest.fixture(scope="module")
def comparison():
    return compare({"subsidy": "subsidy", EVIL: "technical-assistance"}, "baseline", 3, **PILOTS)


@pytest.fixture(scope="module")
def comparison_folder(comparison, tmp_path_factory):
    return comparison.save(tmp_path_factory.mktemp("report") / "comparison")


@pytest.fixture(scope="module")
def store_folder(tmp_path_factory):
    design = {
        "title": EVIL, "scenarios": ["baseline", "technical-assistance"], "baseline": "baseline", "world": "pilot-parks",
        "years": [2015, 2028], "factors": {"behaviour.peer_weight": None}, "sampler": {"method": "latin", "n": 2},
        "outcomes": ["parks_certified", "co2_avoided_t"],
    }  # fmt: skip
    run_sweep(design, tmp_path_factory.mktemp("report") / "store", backend="serial")
    return next(tmp_path_factory.getbasetemp().glob("report*/store"))


@pytest.fixture(scope="module")
def run_source(run_folder):
    return open_source(run_folder)


@pytest.fixture(scope="module")
def comparison_source(comparison_folder):
    return open_source(comparison_folder)


@pytest.fixture(scope="module")
def store_source(store_folder):
    return open_source(store_folder)


@pytest.fixture(scope="module", params=["run", "comparison", "store"])
def source(request):
    return request.getfixturevalue(f"{request.param}_source")


@cache
def page_of(source, code="en", *, places=False) -> str:
    """The report in a language, with the pages of a province and a park or without."""
    return report_of(source, language(code), Wanted("Cần Thơ", "Amata") if places else Wanted())


class Texts(HTMLParser):
    """What a reader of a page sees or hears: text, and the attributes that are read out; pictures with their text."""

    def __init__(self, page: str):
        super().__init__()
        self.found, self.tags, self._unseen = [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._unseen = tag == "style"
        for name, value in attrs:
            if name in ("alt", "aria-label", "title"):
                self.found.append(value)
            if name == "src":
                svg = base64.b64decode(value.partition("base64,")[2]).decode()
                self.found += [html.unescape(text) for text in re.findall(r"<!-- (.*?) -->", svg, re.DOTALL)]

    def handle_data(self, data):
        if not self._unseen:
            self.found.append(data)

    def handle_endtag(self, tag):
        self._unseen = False


class Marked(Language):
    """A language that says § and what is given to it, and not one word of its own."""

    def say(self, message, **given):
        super().say(message, **given)  # what lacks a variable is a fault here too
        return "§" + "§".join(map(str, given.values())) + "§"


# ---- where text comes from --------------------------------------------------------------------------------------------


def test_every_word_is_of_the_catalogue_or_of_the_results(source, monkeypatch):
    assert strange_words(source, monkeypatch) == set()


def test_a_sentence_that_is_not_of_the_catalogue_is_found(run_folder, monkeypatch):
    monkeypatch.setattr("eipsim.report.certificates.states_in_words", lambda *_: "Most parks are not certified.")
    assert strange_words(open_source(run_folder), monkeypatch) == {"Most parks are not certified."}


def strange_words(source, monkeypatch) -> set[str]:
    """Pieces of text in the report of a source that are neither of the catalogue nor names, values or commands of the results."""
    marked = Marked("vi")
    monkeypatch.setattr(limits, "language", lambda code: marked)
    page = report_of(source, marked, Wanted("Đồng Nai", "Amata"))
    pieces = {piece.strip() for text in Texts(page).found for piece in re.split(r"[§\n]|; | · ", text)}
    said = {piece for piece in pieces if re.search(r"[^\W\d_]{3,}", piece)}
    assert said, "names of the results at least"
    values = set(values_of(source))
    return {piece for piece in said if not is_of_the_results(piece, values)}


def values_of(source):
    """Names and values that the results hold, as they are shown one by one."""
    yield from (
        *list_scenarios(),
        *source.scenarios,
        source.name,
        EVIL,
        "Amata",
        "P352",
        "Amata (P352, Đồng Nai)",
        "Đồng Nai",
    )
    yield from ("behaviour.peer_weight", "latin", "pilot-parks", "acceptance_curve")
    if source.kind == "run":
        parks = source.table("parks.parquet")
        yield from (*parks["name"], *parks["park_id"], *parks["province"])


def is_of_the_results(piece: str, values: set[str]) -> bool:
    """Whether a piece of text is a name or value of the results, a command, a digest, a version or a date."""
    plain = piece.replace("\u00a0", " ").strip()
    named = re.sub(r" \([0-9a-f]*\)$", "", plain)  # with the digest of its content
    date = re.fullmatch(r"\d+ thg \d+, \d{4}", plain)
    versions = re.fullmatch(r"(\w+ [\d.]+(, )?)+|eipsim [\d.]+, \d+ thg \d+, \d{4}", plain)
    digest = re.fullmatch(r"[0-9a-f]{8,}(\+changes)?|D\d+-\d{4}", plain)
    command = re.fullmatch(r"eipsim (run|compare|sensitivity) \S.*", plain)
    return bool(named in values or date or versions or digest or command)


def test_no_section_is_empty_and_all_are_there_in_both_languages(source):
    for code in LANGUAGES:
        page = page_of(source, code, places=True)
        parts = re.findall(r"<section id=\"[\w-]+\">\s*<h2>(.+?)</h2>(.*?)</section>", page, re.DOTALL)
        assert len(parts) == SECTIONS + 2
        assert all(re.sub(r"<.*?>", "", body).strip() for _, body in parts)


def test_titles_state_findings_in_both_languages(comparison_source):
    titles = {}
    for code in LANGUAGES:
        section = pathways_section(comparison_source, Words(language(code)))
        titles[code] = [block.title for block in section.blocks if hasattr(block, "svg")]
    assert "Firms with measured RECP in 2030: under “" in " ".join(titles["en"])
    assert any("điểm phần trăm so với “chính sách đã ban hành”" in title for title in titles["vi"])
    assert len(titles["en"]) == len(titles["vi"]) >= 5


# ---- numbers are the results' -------------------------------------------------------------------------------------------


def test_differences_are_those_of_the_comparison(comparison, comparison_source):
    last = comparison.differences.query("scenario == 'subsidy' and outcome == 'recp_firm_share' and year == 2030").iloc[
        0
    ]
    found = difference(comparison_source, "subsidy", "recp_firm_share")
    assert (found.value, found.low, found.high) == pytest.approx((last["difference"], last["low"], last["high"]))
    assert found.n == 3


def test_costs_are_those_of_the_comparison(comparison, comparison_source):
    page = page_of(comparison_source, "en", places=True)
    costs = comparison.costs.set_index(["scenario", "quantity"])["value"]
    total = costs[("subsidy", "discounted_total_cost_per_tonne")]
    if np.isfinite(total):
        assert language("en").quantity(total, "USD") in page
    public = costs[(EVIL, "discounted_public_cost")]
    assert language("en").quantity(public, "USD") in page


def test_levels_of_a_run_are_its_outcomes(run_source, run_folder):
    outcomes = pd.read_csv(run_folder / "outcomes.csv", index_col="year")
    assert level_of(run_source, "technical-assistance", "co2_avoided_t").value == pytest.approx(
        outcomes["co2_avoided_t"].sum()
    )
    assert level_of(run_source, "technical-assistance", "parks_certified").value == outcomes["parks_certified"].iloc[-1]


def test_levels_of_a_store_are_those_of_its_study(store_source):
    study = store_source.study
    of = study.values("parks_certified @2028")[study.scenarios.index("technical-assistance")]
    assert level_of(store_source, "technical-assistance", "parks_certified").value == pytest.approx(np.median(of))


def test_targets_are_told_as_the_run_has_them(run_source):
    targets = {one["target"]: one for one in run_source.manifest["targets"]}
    page = page_of(run_source, "en", places=True)
    met = targets["Localities with a plan for conversion"]
    row = re.search(r"<th scope=\"row\">Localities with a plan for conversion</th>(.*?)</tr>", page, re.DOTALL)[1]
    assert language("en").number(met["value"]) in row
    assert ("met" if met["is_met"] else "missed") in row


def test_targets_of_a_file_of_ones_own_are_told_when_the_file_has_gone(tmp_path):
    (file := tmp_path / "mine.yaml").write_text(
        "title: Mine\nextends: baseline\n"
        "targets: {Half of firms: {outcome: recp_firm_share, year: 2016, at_least: 0.5, source: a wish}}\n"
    )
    made = compare([str(file)], "baseline", 2, world="pilot-parks", years=(2015, 2016))
    file.unlink()
    aims = aims_of(open_source(made.save(tmp_path / "made")))
    told = {(aim.scenario, aim.target.source): [one.is_met for one in aim.reached] for aim in aims}
    assert told["mine", "a wish"] == [False, False]
    assert len({scenario for scenario, _ in told}) == 2


def test_the_page_of_a_park_is_that_of_the_same_run(run_source, run_folder):
    """What is run again from the manifest says of the park what the tables of the run say."""
    parks = pd.read_parquet(run_folder / "parks.parquet")
    amata = parks[(parks["park_id"] == "P352") & (parks["year"] == 2030)].iloc[0]
    page = page_of(run_source, "en", places=True)
    assert f"Its operator committed to conversion in {amata['commit_year']}." in page
    assert ("Yes: at the end of 2030" in page) == (amata["certificate"] == "certified")


def test_the_first_run_of_a_comparison_is_made_again_as_it_was(comparison, comparison_source):
    (case,) = [case for case in comparison_source.cases() if case["label"] == "subsidy"]
    again = provinces_again(case)["provinces.csv"].groupby("year")["co2_t"].sum()
    was = comparison.pathways.query("scenario == 'subsidy' and replicate == 0").set_index("year")["co2_t"]
    assert again.to_numpy() == pytest.approx(was.to_numpy(), rel=1e-9)


def test_no_code_that_a_manifest_names_is_run(run_folder, tmp_path):
    (tmp_path / "evil.py").write_text("raise SystemExit('was run')", encoding="utf-8")
    folder = changed(run_folder, tmp_path, rule=f"{tmp_path / 'evil.py'}:f", rule_hash=None)
    page = report_of(open_source(folder), language("en"), Wanted(park="Amata"))
    assert "which a report does not run again" in page


def test_what_can_no_longer_be_run_again_says_so(run_folder, tmp_path):
    folder = changed(run_folder, tmp_path, data_hash="other")
    page = report_of(open_source(folder), language("en"), Wanted(park="Amata"))
    assert "The data of the model have changed since these results were made" in page
    assert "Its operator" not in page


# ---- one file, nothing obeyed -------------------------------------------------------------------------------------------


def test_the_file_stands_by_itself(source):
    page = page_of(source, "en", places=True)
    tags = Texts(page).tags
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in tags}
    addresses = [value for _, attrs in tags for name, value in attrs.items() if name in ("src", "href")]
    assert all(value.startswith(("#", "data:image/svg+xml;base64,")) for value in addresses)
    assert "url(" not in page
    assert "@import" not in page


def test_names_are_shown_and_never_obeyed(comparison_source, store_source):
    for source in (comparison_source, store_source):
        page = page_of(source, "vi", places=True)
        assert "<script" not in page
        assert EVIL in " ".join(Texts(page).found)


def test_marks_of_direction_and_control_are_made_visible(comparison, tmp_path):
    pathways = comparison.pathways.assign(scenario=comparison.pathways["scenario"].replace("subsidy", TURNED))
    folder = comparison.save(tmp_path / "turned")
    pathways.to_parquet(folder / "pathways.parquet")
    page = report_of(open_source(folder), language("en"))
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert r"abc\u202edef\x1b[31m" in page


def test_signs_of_formulas_are_no_formulas_in_figures():
    svg = as_svg(bars([Bar(r"a $\alpha$ b", {"main": 1.0})], "x", str, {}))
    assert r"a $\alpha$ b" in re.sub(r"\\\$", "$", svg)


# ---- bad input ------------------------------------------------------------------------------------------------------------


def changed(folder, tmp_path, **said):
    """A copy of results whose manifest says something else."""
    copy = tmp_path / "changed"
    copy.mkdir()
    for file in folder.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    (copy / "manifest.json").write_text(json.dumps(manifest | said), encoding="utf-8")
    return copy


def test_results_of_a_newer_version_are_refused(run_folder, tmp_path):
    with pytest.raises(InputError, match=r"was written by eipsim 99\.0\.0, which is newer"):
        open_source(changed(run_folder, tmp_path, versions={"eipsim": "99.0.0"}))
    assert numbers_of("0.10.0") > numbers_of("0.9.3")


def test_a_store_of_a_newer_version_is_refused(store_folder, tmp_path):
    copy = tmp_path / "store"
    copy.mkdir()
    design = json.loads((store_folder / "design.json").read_text(encoding="utf-8"))
    (copy / "design.json").write_text(json.dumps(design | {"format": 999}), encoding="utf-8")
    with pytest.raises(InputError, match="later version of eipsim"):
        open_source(copy)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"versions": 3}', '{"settings": "x"}', '{"cases": [3]}'])
def test_a_damaged_manifest_is_told(content, tmp_path):
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        open_source(tmp_path)


def test_damaged_tables_are_told(run_folder, tmp_path):
    folder = changed(run_folder, tmp_path)
    (folder / "outcomes.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(InputError, match=r"outcomes\.parquet: cannot be read"):
        open_source(folder)


def changed_design(store, tmp_path, **said):
    """A copy of a store whose design.json says something else."""
    copy = shutil.copytree(store, tmp_path / "store")
    content = json.loads((copy / "design.json").read_text(encoding="utf-8"))
    (copy / "design.json").write_text(json.dumps(content | said), encoding="utf-8")
    return copy


@pytest.mark.parametrize(
    "said", [{"years": None}, {"years": []}, {"outcomes": None}, {"precision": "x"}, {"design": {}}], ids=str
)
def test_a_store_whose_description_is_damaged_is_told(said, store_folder, tmp_path):
    with pytest.raises(InputError, match=r"design\.json: (cannot be read|is damaged)"):
        open_source(changed_design(store_folder, tmp_path, **said))


def test_a_store_without_a_finished_run_is_told_with_what_goes_on(store_folder, tmp_path):
    copy = shutil.copytree(store_folder, tmp_path / "store")
    shutil.rmtree(copy / "runs")
    with pytest.raises(InputError, match=r"has no run with a result yet; the same `eipsim sweep` goes on"):
        open_source(copy)


@pytest.mark.parametrize("lost", ["baseline", "technical-assistance"])
def test_a_store_that_lacks_the_runs_of_a_scenario_has_a_report(lost, store_folder, tmp_path):
    copy = shutil.copytree(store_folder, tmp_path / "store")
    index = pd.read_parquet(copy / "index.parquet")
    for part in (copy / "runs").iterdir():
        runs = pd.read_parquet(part)
        runs[~runs["key"].isin(index.loc[index["scenario"] == lost, "key"])].to_parquet(part)
    assert "<h2>" in report_of(open_source(copy), language("vi"))


def test_a_store_of_sums_only_has_a_report_that_says_what_it_lacks(tmp_path):
    design = {
        "scenarios": ["baseline"], "world": "pilot-parks", "years": [2015, 2020], "outcomes": ["sum(co2_avoided_t)"],
        "factors": {"behaviour.peer_weight": None}, "sampler": {"method": "latin", "n": 2},
    }  # fmt: skip
    run_sweep(design, tmp_path / "store", backend="serial")
    source = open_source(tmp_path / "store")
    page = report_of(source, language("en"))
    assert source.values("sum(co2_avoided_t)") is None
    assert language("en").say("summary-nothing") in page
    assert language("en").say("pathways-nothing") in page


def test_other_folders_are_told(tmp_path):
    with pytest.raises(InputError, match="there is no such folder"):
        open_source(tmp_path / ("a" * 300))
    with pytest.raises(InputError, match="holds neither results"):
        open_source(tmp_path)
    with pytest.raises(InputError, match="there is no such folder"):
        open_source(tmp_path / "nowhere")


@pytest.mark.parametrize("place", ["province", "park"])
def test_an_unknown_place_is_told_with_the_nearest(place, source):
    given = {"province": None, "park": None} | {place: "Dong Nay" if place == "province" else "Amatta"}
    with pytest.raises(InputError, match=f"--{place}.*did you mean"):
        check_places(source, **given)


def test_a_province_may_be_of_either_map(run_source):
    parks = run_source.table("parks.parquet")
    words = Words(language("en"))
    for name in {*parks["province"], *parks["province_2025"]}:
        check_places(run_source, name, None)
        told = provinces.section(run_source, words, name)
        assert name in told.title
        assert any(name in block.title for block in told.blocks if hasattr(block, "rows"))


def test_a_model_of_its_users_own_has_a_report_but_no_places(tmp_path):
    model = Path(__file__).parents[1] / "analysis" / "known_models.py"
    design = {
        "scenarios": ["a"], "model": f"{model}:linear", "years": [2050, 2050], "outcomes": ["y"],
        "factors": {"x1": {"uniform": [0, 1]}, "x2": {"uniform": [0, 1]}}, "sampler": {"method": "sobol", "n": 64},
    }  # fmt: skip
    run_sweep(design, tmp_path / "store", backend="serial", trust=True)
    source = open_source(tmp_path / "store")
    page = page_of(source)
    assert "y: x1 matters most" in page
    assert "no outcome over several years" in page
    with pytest.raises(InputError, match="--park: the store is of a model of its own"):
        check_places(source, None, "Amata")


def test_a_report_that_fails_leaves_what_was_there(run_folder, tmp_path, monkeypatch):
    out = tmp_path / "report.html"
    out.write_text("old", encoding="utf-8")
    monkeypatch.setattr("eipsim.report.writing.sections_of", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_report(run_folder, out, force=True)
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
    assert out.read_text(encoding="utf-8") == "old"


def test_a_disk_that_is_full_leaves_nothing(run_folder, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("eipsim.report.pdf.os.replace", full)
    with pytest.raises(InputError, match="No space left"):
        write_report(run_folder, tmp_path / "deep" / "report.html")
    assert list(tmp_path.iterdir()) == []
