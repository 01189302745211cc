"""Code that files name: `check` reads it and runs nothing; every other command asks on a terminal, or wants --trust."""

import json
import sys
from pathlib import Path

import pytest

from eipsim import cli

BRIEF = ["--world", "pilot-parks", "--years", "2015-2016"]
MARK = "from pathlib import Path\nPath(__file__).with_name('was-run.txt').write_text('x')\n"
CODE = f"""{MARK}
def early_bird(levers, parks, year):
    return {{"training": 1}}


def always(cost, saving, lifetime, size, peers, effects):
    return 1.0


def half(settings, *, scenario, draws, years):
    return {{"y": 0.5}}
"""
SCENARIO = "extends: baseline\ninstruments: [strange.py:early_bird]\n"
RULE = (
    "scenarios: [baseline]\nyears: [2015, 2016]\nworld: pilot-parks\noutcomes: [firms]\n"
    "factors: {rule: {choice: [npv_hurdle, 'strange.py:always']}}\nsampler: {method: full_factorial}\n"
)
UNDER = "scenarios: [mine.yaml]\nyears: [2015, 2016]\nworld: pilot-parks\noutcomes: [firms]\n"
MODEL = "scenarios: [it]\nyears: [2015, 2016]\nmodel: strange.py:half\noutcomes: [y]\n"
SET = "scenarios: [{it: {extends: baseline, set: {instruments: 'strange.py:early_bird'}}}]\n" + UNDER.partition("\n")[2]
DESIGNS = {"rule": (RULE, 5), "scenario": (UNDER, 1), "model": (MODEL, 3), "set": (SET, 1)}


class Terminal:
    """A stream that is a terminal, on which somebody answers."""

    def __init__(self, stream, answer=""):
        self.stream, self.answer = stream, answer

    def isatty(self):
        return True

    def readline(self):
        return self.answer

    def __getattr__(self, name):
        return getattr(self.stream, name)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("strange.py").write_text(CODE)
    Path("mine.yaml").write_text(SCENARIO)
    for name, (text, _) in DESIGNS.items():
        Path(f"{name}-design.yaml").write_text(text)
    return tmp_path


@pytest.fixture
def eipsim(capsys, monkeypatch):
    """Runs a command, on a terminal when there is an answer; gives code, what was printed, what was told."""

    def command(*arguments, answer=None):
        capsys.readouterr()
        with monkeypatch.context() as patched:
            if answer is not None:
                patched.setattr(sys, "stdin", Terminal(sys.stdin, answer))
                patched.setattr(sys, "stderr", Terminal(sys.stderr))
            code = cli.main(list(map(str, arguments)))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def was_run() -> bool:
    return Path("was-run.txt").exists()


@pytest.mark.parametrize("file", ["mine.yaml", *(f"{name}-design.yaml" for name in DESIGNS)])
def test_check_runs_nothing_and_says_so(eipsim, file):
    code, out, err = eipsim("check", file, "--world", "pilot-parks")
    assert (code, err) == (0, "")
    assert f"{file}: no mistakes" in out
    assert "names code: strange.py, not run" in out
    code, out, _ = eipsim("check", file, "--world", "pilot-parks", "--json")
    assert [name.rpartition("/")[2].partition(":")[0] for name in json.loads(out)["names_code"]] == ["strange.py"]
    assert not was_run()


def test_check_finds_what_is_wrong_with_code_in_a_design(eipsim):
    Path("strange.py").write_text(f"{MARK}def always(cost):\n    pass\n")
    code, out, err = eipsim("check", "rule-design.yaml")
    assert (code, out) == (2, "")
    assert err.startswith("Error: rule-design.yaml:5: factors.rule")
    assert (
        "strange.py:3: always takes (cost); a decision rule takes cost, saving, lifetime, size, peers, effects" in err
    )
    code, _, err = eipsim("check", "model-design.yaml")
    assert code == 2
    assert err.startswith("Error: model-design.yaml:3: model")
    assert "has no function 'half'" in err
    assert not was_run()


COMMANDS = (
    ["run", "mine.yaml", *BRIEF, "--out", "out"],
    ["compare", "mine.yaml", *BRIEF, "--replicates", "1", "--out", "out"],
    ["figure", "criteria", "mine.yaml", "--year", "2016", "--world", "pilot-parks", "--out", "out"],
    ["explain", "park", "Amata", "--year", "2016", "--world", "pilot-parks", "--scenario", "mine.yaml"],
    ["explain", "criteria", "mine.yaml", *BRIEF],
    [
        "validate",
        "calibration",
        "--scenario",
        "mine.yaml",
        "--world",
        "pilot-parks",
        "--replicates",
        "1",
        "--out",
        "out",
    ],
    *(["sweep", f"{name}-design.yaml", "--store", "out"] for name in DESIGNS),
    ["sweep", "rule-design.yaml", "--store", "out", "--dry-run"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_a_terminal_it_is_refused_with_the_files_name_and_the_flag_and_nothing_is_waited_for(eipsim, command):
    code, out, err = eipsim(*command)
    assert (code, out) == (2, "")
    assert "strange.py:" in err
    assert "--trust" in err
    assert "Traceback" not in err
    assert not was_run()
    assert not Path("out").exists()


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_on_a_terminal_it_is_asked_for_and_runs_only_after_a_yes(eipsim, answer):
    code, out, err = eipsim("explain", "criteria", "mine.yaml", *BRIEF, answer=answer)
    assert (code, out) == (2, "")
    assert "mine.yaml:2 names code: " in " ".join(err.split())
    assert "do you agree? [y/N]" in " ".join(err.split())
    assert not was_run()
    code, out, err = eipsim("explain", "criteria", "mine.yaml", *BRIEF, answer="y\n")
    assert code == 0, err
    assert was_run()


def test_with_trust_a_run_acts_on_it_and_its_manifest_names_it(eipsim, monkeypatch):
    monkeypatch.setattr("eipsim.figures.save_run_figures", lambda run, folder: [])
    monkeypatch.setattr("eipsim.cli.drawing.cores", lambda: 1)
    code, _, err = eipsim("run", "mine.yaml", *BRIEF, "--out", "out", "--trust")
    assert code == 0, err
    (noted,) = json.loads(Path("out/manifest.json").read_text())["instruments"]
    assert noted["instrument"].endswith("strange.py:early_bird")
    assert len(noted["sha256"]) == 64


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.long] * (name == "rule")) for name in DESIGNS])
def test_a_sweep_goes_on_without_a_second_yes_until_the_file_changes(eipsim, name):
    file = f"{name}-design.yaml"
    code, _, err = eipsim("sweep", file, "--store", "out", "--limit", "1", "--trust")
    assert code == 0, err
    code, out, err = eipsim("sweep", file, "--store", "out")
    assert code == 0, err
    assert "0 are missing" in out
    Path("strange.py").write_text(CODE + "\n# another\n")
    code, _, err = eipsim("sweep", file, "--store", "out")
    assert code == 2
    assert "--trust" in err


LOOKS = (
    ["store", "ls"],
    ["store", "show", "out"],
    ["store", "show", "out", "--verify"],
    ["store", "export", "out", "--to", "runs.csv"],
    ["store", "gc", "out"],
    ["sensitivity", "out", "--outcome", "firms @2016"],
    ["rank", "out", "--value", "firms @2016", "--resamples", "20"],
    ["discover", "out", "--where", "firms @2016 > 1", "--resamples", "20"],
)


@pytest.mark.parametrize("name", DESIGNS)
def test_who_looks_at_a_store_runs_nothing_that_it_names(eipsim, name):
    assert eipsim("sweep", f"{name}-design.yaml", "--store", "out", "--trust")[0] == 0
    Path("was-run.txt").unlink()
    told = [eipsim(*command) for command in LOOKS]
    assert [code for code, _, _ in told[:5]] == [0] * 5
    assert {code for code, _, _ in told[5:]} <= {0, 2}  # analyses refuse designs that they cannot be made of
    assert not any("Traceback" in err for _, _, err in told)
    assert not was_run()


def test_what_is_typed_needs_no_second_word(eipsim):
    code, _, err = eipsim("explain", "criteria", "baseline", *BRIEF, "--rule", "strange.py:always")
    assert code == 0, err
    code, _, err = eipsim("explain", "criteria", "baseline", *BRIEF, "--set", "instruments=strange.py:early_bird")
    assert code == 0, err


def test_an_instrument_that_goes_wrong_is_one_message_and_exit_code_2(eipsim):
    Path("strange.py").write_text("def early_bird(levers, parks, year):\n    return {'trainning': 1}\n")
    code, out, err = eipsim("run", "mine.yaml", *BRIEF, "--trust")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "strange.py:1: early_bird in 2015: trainning is no lever that can be moved; did you mean training?" in err
    assert not Path("results").exists()


def test_explain_park_tells_of_it(eipsim):
    code, out, _ = eipsim(*COMMANDS[3], "--trust")
    assert code == 0
    assert "Own instruments: strange.py:early_bird moved training (here from 0 to 1)." in out


def test_show_levers_says_who_reads_each_and_how(eipsim):
    code, out, _ = eipsim("show", "levers", "carbon_price", "--json")
    assert code == 0
    assert "market.prices: " in json.loads(out)[0]["read by"]


# ---- files that are named in a file, and files that say nothing ------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "\n\n", "# only words\n", "{}\n", "---\n"])
def test_an_empty_scenario_is_refused(eipsim, text):
    Path("empty.yaml").write_text(text)
    Path("above.yaml").write_text("extends: empty.yaml\n")
    for file in ("empty.yaml", "above.yaml"):
        code, out, err = eipsim("check", file)
        assert (code, out) == (2, "")
        assert err.startswith("Error: empty.yaml: is empty; ")


def test_a_decree_that_a_scenario_names_is_checked_as_it_is_read_in_a_run(eipsim):
    Path("notes.txt").write_text("these are notes\n")
    Path("decreed.yaml").write_text("extends: baseline\ndecrees: [notes.txt]\n")
    told = [eipsim(*command) for command in (["check", "decreed.yaml"], ["run", "decreed.yaml", *BRIEF])]
    assert [code for code, _, _ in told] == [2, 2]
    assert told[0] == told[1]
    assert "notes.txt:1: " in told[0][2]
