"""`eipsim report`: a file in either language, and for every bad input a message, exit code 2 and nothing half-written."""

import os
import sys
from pathlib import Path

import pytest

from eipsim import cli
from eipsim.report import pdf
from eipsim.runs.simulation import simulate


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    run = simulate("baseline", world="pilot-parks", years=(2015, 2025), detail=True)
    return run.save(tmp_path_factory.mktemp("results") / "pilot")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def report(capsys, results):
    def command(*arguments, of=results):
        code = cli.main(["report", str(of), *map(str, arguments)])
        return code, capsys.readouterr()

    return command


def left_behind() -> list[str]:
    return sorted(path.name for path in Path().rglob("*"))


def test_a_report_is_written_where_it_is_wanted_and_told(report):
    code, printed = report("--out", "deep/report.html", "--lang", "vi")
    assert (code, printed.out) == (0, "deep/report.html\n")
    assert left_behind() == ["deep", "report.html"]
    assert '<html lang="vi">' in Path("deep/report.html").read_text(encoding="utf-8")


def test_without_out_it_lies_beside_other_results(report):
    assert report()[0] == 0
    assert Path("results/report-pilot.html").is_file()


def test_nothing_is_overwritten_without_force(report):
    Path("report.html").write_text("mine", encoding="utf-8")
    code, printed = report("--out", "report.html")
    assert code == 2
    assert "exists" in printed.err
    assert Path("report.html").read_text(encoding="utf-8") == "mine"
    assert report("--out", "report.html", "--force")[0] == 0
    assert "<!doctype html>" in Path("report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--lang", "xx"], "language 'xx' is unknown"),
        (["--province", "Hai Phongg"], "province 'Hai Phongg' is unknown"),
        (["--park", "Nowhere"], "park 'Nowhere' is unknown"),
        (["--province", "<script>\u202e"], r"<script>\u202e"),
        (["--out", "report.docx"], "not the name of an HTML file"),
    ],
)
def test_bad_input_is_told_and_nothing_written(arguments, told, report):
    code, printed = report(*([] if "--out" in arguments else ["--out", "report.html"]), *arguments)
    assert code == 2
    assert told in printed.err
    assert "Traceback" not in printed.err
    assert left_behind() == []


def test_all_mistakes_are_told_at_once(report):
    code, printed = report("--out", "report.txt", "--lang", "xx", "--park", "Nowhere", "--province", "Nowhere")
    assert code == 2
    assert [part in printed.err for part in ("report.txt", "'xx'", "--park", "--province")] == [True] * 4


def test_a_folder_without_results_is_told(report, tmp_path):
    code, printed = report(of=tmp_path / "here")
    assert code == 2
    assert "holds neither results" in printed.err


def test_a_folder_as_the_file_is_told(report):
    Path("report.html").mkdir()
    code, printed = report("--out", "report.html")
    assert (code, "is a folder" in printed.err) == (2, True)


def test_a_folder_that_may_not_be_written_is_told_before_the_report_is_made(report, monkeypatch):
    monkeypatch.setattr("eipsim.report.writing.may_be_written", lambda folder: False)  # root may write anywhere
    monkeypatch.setattr("eipsim.report.writing.report_of", lambda *_: pytest.fail("was made"))
    code, printed = report("--out", "report.html")
    assert (code, "that may be written to" in printed.err) == (2, True)
    assert left_behind() == []


@pytest.mark.parametrize("out", ["file/report.html", "file/deep/report.html", f"{'x' * 300}.html"])
def test_a_path_that_cannot_be_is_told_and_nothing_left(out, report):
    Path("file").write_text("mine", encoding="utf-8")
    code, printed = report("--out", out)
    assert (code, "cannot be written" in printed.err) == (2, True)
    assert "Traceback" not in printed.err
    assert left_behind() == ["file"]


# ---- PDF ----------------------------------------------------------------------------------------------------------------


def test_without_a_chromium_the_html_is_written_and_one_sentence_told(report, monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    code, printed = report("--out", "report.html", "--pdf")
    assert code == 2
    assert printed.err.count("\n") == 1
    assert "there is no Chromium here to print with; the HTML file is written" in printed.err
    assert left_behind() == ["report.html"]


def script(name: str, content: str) -> str:
    """A program that stands for Chromium."""
    file = Path(name).absolute()
    file.write_text(f"#!{sys.executable}\n{content}", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


PRINTS = """
import sys
out = next(a for a in sys.argv if a.startswith("--print-to-pdf=")).partition("=")[2]
open(out, "wb").write(b"%PDF " + sys.argv[-1].encode())
"""


@pytest.mark.skipif(pdf.browser() is None, reason="there is no Chromium here")
def test_a_real_chromium_prints_it(report):
    code, printed = report("--out", "report.html", "--lang", "vi", "--pdf")
    assert (code, printed.err) == (0, "")
    content = Path("report.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert len(content) > 50_000, "pages with pictures"


@pytest.mark.skipif(os.name == "nt", reason="a script stands for a program")
def test_the_file_is_printed_by_a_chromium_that_is_there(report, monkeypatch):
    program = script("fake", PRINTS)
    monkeypatch.setattr(pdf.shutil, "which", lambda name: program if name == "google-chrome" else None)
    code, printed = report("--out", "report.html", "--pdf")
    assert (code, printed.out) == (0, "report.html\nreport.pdf\n")
    assert Path("report.pdf").read_bytes() == b"%PDF " + Path("report.html").absolute().as_uri().encode()
    assert left_behind() == ["fake", "report.html", "report.pdf"]


@pytest.mark.skipif(os.name == "nt", reason="a script stands for a program")
@pytest.mark.parametrize("fault", ["import sys; sys.exit('no display')", "import time; time.sleep(60)"])
def test_a_chromium_that_fails_or_hangs_leaves_the_html_only(fault, report, monkeypatch):
    program = script("fake", fault)
    monkeypatch.setattr(pdf.shutil, "which", lambda name: program)
    monkeypatch.setattr(pdf, "SECONDS", 1.0)
    code, printed = report("--out", "report.html", "--pdf")
    assert (code, "did not print" in printed.err) == (2, True)
    assert left_behind() == ["fake", "report.html"]
