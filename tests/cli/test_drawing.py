"""Figures of `eipsim run`: none when none are wanted, and the same ones whichever process draws them."""

import contextlib
import io
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from eipsim import cli, figures
from eipsim.cli import drawing
from eipsim.runs.simulation import simulate

BRIEF = ["--world", "pilot-parks", "--years", "2015-2018", "--out", "mine"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def named(of, name, folder) -> list[Path]:
    """Stands in for drawing."""
    return [folder / f"{name} of {of}"]


def slowly(of, name, folder) -> list[Path]:
    """The same, so that the helper has its turn."""
    time.sleep(0.2)
    return named(of, name, folder)


def test_without_figures_there_are_tables_and_where_they_come_from(monkeypatch, capsys):
    monkeypatch.setattr(drawing, "cores", lambda: pytest.fail("nothing is to be drawn, here or elsewhere"))
    assert cli.main(["run", *BRIEF, "--no-figures"]) == 0
    assert "Tables and manifest are in mine" in capsys.readouterr().out
    files = {file.name for file in Path("mine").iterdir()}
    assert {Path(name).suffix for name in files} == {".csv", ".parquet", ".json"}
    assert {"outcomes.csv", "parks.parquet", "abatement.csv", "material_flows.parquet"} <= files
    manifest = json.loads(Path("mine/manifest.json").read_text())
    assert set(manifest["files"]) | {"manifest.json"} == files
    assert manifest["scenario"] == "baseline"


def test_figures_of_an_earlier_run_do_not_stay_behind(monkeypatch):
    monkeypatch.setattr(drawing, "cores", lambda: 1)
    monkeypatch.setattr(figures, "run_figures", lambda run: ["funnel"])
    assert cli.main(["run", *BRIEF]) == 0
    assert Path("mine/funnel.png").exists()
    assert cli.main(["run", "subsidy", *BRIEF, "--no-figures", "--force"]) == 0
    assert not [*Path("mine").glob("*.png"), *Path("mine").glob("*.svg")]


@pytest.mark.long
def test_two_processes_draw_what_one_draws(tmp_path):
    run = simulate(world="pilot-parks", detail=True)
    alone = figures.save_run_figures(run, tmp_path / "alone")
    names = figures.run_figures(run)
    with drawing.helper() as beside:
        assert beside is not None
        shared = beside.share(figures.save_run_figure, run, names, tmp_path / "shared")
    assert sorted(file.name for file in shared) == sorted(file.name for file in alone)
    assert len(shared) == 2 * len(names)
    for file in alone:
        assert file.read_bytes() == (tmp_path / "shared" / file.name).read_bytes(), file.name


def test_what_a_helper_leaves_undone_is_done_here():
    answered = io.BytesIO(pickle.dumps([Path("from the helper")]))  # one answer, and then no more
    files = drawing.Helper(io.BytesIO(), answered).share(slowly, "it", ["map", "funnel", "lorenz"], Path())
    assert sorted(file.name for file in files) == ["from the helper", "funnel of it", "lorenz of it"]


def test_a_helper_that_never_came_is_not_missed():
    names = ["map", "funnel"]
    files = drawing.Helper(io.BytesIO(), io.BytesIO()).share(named, "it", names, Path())
    assert sorted(file.name for file in files) == ["funnel of it", "map of it"]


def test_what_goes_wrong_there_is_told_here():
    full = io.BytesIO(pickle.dumps(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        drawing.Helper(io.BytesIO(), full).share(slowly, "it", ["map", "funnel"], Path())


def test_what_the_helper_is_asked_it_does():
    asked, answers = io.BytesIO(), io.BytesIO()
    for said in ((named, "it", Path("there")), "map", 5):
        pickle.dump(said, asked)
    asked.seek(0)
    drawing.serve(asked, answers)
    answers.seek(0)
    assert pickle.load(answers) == [Path("there/map of it")]
    assert pickle.load(answers) == [Path("there/5 of it")]


def test_on_one_core_nobody_helps(monkeypatch):
    monkeypatch.setattr(drawing, "cores", lambda: 1)
    with drawing.helper() as beside:
        assert beside is None


def test_a_helper_ends_with_its_parent_whatever_ends_that():
    script = (
        "import subprocess, time; from eipsim.cli import drawing; started = subprocess.Popen\n"
        "def told(*given, **more):\n"
        "    process = started(*given, **more); print(process.pid, flush=True); return process\n"
        "drawing.subprocess.Popen = told; drawing.cores = lambda: 2\n"
        "with drawing.helper(): time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    patience = time.monotonic() + 60.0
    while time.monotonic() < patience and is_running(child):
        time.sleep(0.1)
    assert not is_running(child)


def is_running(process: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, 0)
        return not Path("/proc").exists()
    return False
