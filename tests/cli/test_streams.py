"""What a terminal cannot show ends no command, and nothing that a name holds is obeyed by a terminal, a page or a drawing."""

import json
import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from eipsim import cli
from eipsim.figures.style import page, save

EVIL = "\x1b[31mRED\x07 <script>alert(1)</script>\x9b2J\u202e"
SCENARIO = (
    f'title: "{EVIL}"\nextends: no-eip-policy\nyears: 2015-2016\n'.replace("\x1b", "\\e")
    .replace("\x07", "\\a")
    .replace("\x9b", "\\x9b")
)


def command(encoding: str, *arguments: str) -> subprocess.CompletedProcess:
    """The command as a shell starts it, with standard streams of this encoding."""
    return subprocess.run(
        [sys.executable, "-m", "eipsim", *arguments],
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_names_are_shown_in_the_letters_that_there_are(encoding):
    shown = command(encoding, "show", "parks", "Hải", "--world", "pilot-parks")
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert b"Dinh Vu (DEEP C H" in shown.stdout.replace(b"\xec", b"i").replace(b"\xd0", b"D").replace(b"V?", b"Vu")


def test_json_loses_no_letter_where_the_stream_lacks_it():
    rows = json.loads(command("ascii", "show", "parks", "Hải", "--json", "--world", "pilot-parks").stdout)
    assert "Đình Vũ (DEEP C Hải Phòng I)" in [row["name"] for row in rows]


def test_a_mistake_about_a_name_that_the_stream_lacks_is_told():
    told = command("ascii", "check", "Trà Nóc.yaml")
    assert told.returncode == 2
    assert b"Tra Noc.yaml: there is no such file" in told.stderr
    assert b"Traceback" not in told.stderr


def test_control_characters_of_a_title_reach_no_terminal(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evil.yaml").write_text(SCENARIO, encoding="utf-8")
    assert cli.main(["run", "evil.yaml", "--world", "pilot-parks", "--no-figures", "--out", "here"]) == 0
    printed = capsys.readouterr()
    assert "\\x1b[31mRED" in printed.out
    assert all(c.isprintable() or c == "\n" for c in printed.out + printed.err)


@pytest.mark.filterwarnings("ignore:Glyph")
def test_a_drawing_with_such_a_title_is_sound_xml_without_them(tmp_path):
    chart, _ = page(EVIL, EVIL, EVIL)
    chart.add_axes((0.2, 0.3, 0.6, 0.3)).set_ylabel(EVIL.replace("\x1b", "\x9b"))
    _, drawing = save(chart, tmp_path, "evil")
    text = drawing.read_text(encoding="utf-8")
    assert ElementTree.fromstring(text) is not None
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "<script>" not in text
