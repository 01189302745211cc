"""Kinds of input that an earlier version took badly, each in variants: refused in a moment, in words, at their place."""

import os
import time
from pathlib import Path

import pytest

from eipsim import cli

BASE = "title: t\nextends: baseline\n"
DESIGN = "world: pilot-parks\nyears: [2015, 2016]\noutcomes: [firms]\n"
FACTS = "name,expression,low,high,source\n"
LONG = "x" * 5000
MOMENT = 5.0  # seconds of this process; what was refused here took 40 and more


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def refused(capsys):
    """Runs a command that is refused; gives what is told."""

    def command(*words: str) -> str:
        capsys.readouterr()
        start = time.process_time()
        code = cli.main(list(words))
        told = capsys.readouterr()
        assert (code, told.out) == (2, "")
        assert "Traceback" not in told.err
        assert time.process_time() - start < MOMENT
        assert len(told.err) < 50_000
        return told.err

    return command


def written(name: str, content: str | bytes) -> str:
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return name


# ---- very long or huge --------------------------------------------------------------------------------------------------------

HUGE = {
    "a number of 200,000 digits": (
        BASE + f"levers: {{carbon_price: {'9' * 200_000}}}\n",
        ":3: ",
        "cannot be read as a whole number",
    ),
    "a title of 9 MB": (b"title: " + b"x" * 9_000_000, "mine.yaml: ", "is larger than 0.5 MB"),
    "a title of 20,000 letters": (
        f"title: {'x ' * 10_000}\nextends: baseline\n",
        ":1: title",
        "is too long; at most 10,000 characters",
    ),
    "90,000 values in a line": (
        BASE + "decrees: [" + "a," * 90_000 + "]\n",
        "mine.yaml: ",
        "holds more than 20,000 values",
    ),
    "3,000 unknown names": (
        BASE + "".join(f"k{n}: {n}\n" for n in range(3000)),
        "mine.yaml: ",
        "has more mistakes than these",
    ),
    "a name that no file can bear": (f"extends: {LONG}\n", ":1: extends: ", "is unknown"),
    "such a path": (f"extends: {'x/' * 3000}a.yaml\n", ":1: extends: ", "is unknown"),
    "such a decree": (BASE + f"decrees: [{LONG}]\n", ":3: decrees: ", "there is no file"),
    "such a file of code": (BASE + f"instruments: ['{LONG}.py:f']\n", ":3: instruments: ", "does not exist"),
    "such a folder of exchange types": (BASE + f"exchange_tables: {LONG}\n", "xxx", "there is no such folder"),
}


@pytest.mark.parametrize("kind", HUGE)
def test_a_huge_scenario_is_refused_in_a_moment(refused, kind):
    content, where, what = HUGE[kind]
    told = refused("check", written("mine.yaml", content), "--world", "pilot-parks")
    assert where in told
    assert what in told


DESIGNS = {
    "90,000 scenarios": ("scenarios: [" + "baseline, " * 90_000 + "]\n", "larger than 0.5 MB"),
    "4,000 scenarios": ("scenarios: [" + "baseline, " * 4_000 + "]\n", "name baseline twice"),
    "2,000 named scenarios": ("scenarios:\n" + "".join(f"  s{n}: baseline\n" for n in range(2000)), "at most 1,000"),
    "a name that no file can bear": (f"scenarios: {LONG}\n", "is unknown"),
    "such a file of points": (
        f"factors: {{levers.carbon_price: {{uniform: [0, 1]}}}}\nsampler: {{method: listed, file: {LONG}}}\n",
        "there is no such file",
    ),
    "a device of points": (
        "factors: {levers.carbon_price: {uniform: [0, 1]}}\nsampler: {method: listed, file: /dev/zero}\n",
        "a pipe or device",
    ),
}


@pytest.mark.parametrize("kind", DESIGNS)
def test_a_huge_design_is_refused_in_a_moment(refused, kind):
    content, what = DESIGNS[kind]
    assert what in refused("check", written("design.yaml", DESIGN + content))


def test_1200_files_that_extend_one_another_are_refused(refused):
    for n in range(60):
        written(f"s{n}.yaml", f"title: t\nextends: s{n + 1}.yaml\n")
    written("s60.yaml", BASE)
    assert "s50.yaml:2: more than 50 files extend one another" in refused("check", "s0.yaml")


@pytest.mark.parametrize(
    "command",
    [
        ["check", LONG],
        ["check", f"{LONG}.yaml"],
        ["run", LONG],
        ["run", "--world", f"folder:{LONG}"],
        ["store", "show", LONG],
        ["report", LONG],
        ["validate", LONG],
    ],
    ids=lambda c: " ".join(c)[:20],
)
def test_no_name_of_a_file_is_too_long_to_be_refused(refused, command):
    told = refused(*command)
    assert len(told) < 4000


def test_pipes_and_devices_are_not_opened(refused):
    os.mkfifo("pipe.csv")
    os.symlink("/dev/zero", "zero.yaml")
    written("mine.yaml", BASE + "decrees: [pipe.csv, zero.yaml]\n")
    assert "a pipe or device" in refused("check", "pipe.csv")
    assert "there is no such file" in refused("check", "zero.yaml")
    assert refused("check", "mine.yaml").count("there is no file") == 2


@pytest.mark.parametrize("row", ["a{n},firmz @2030,1,2,x\n", "a{n},firms @2060,1,2,x\n", "a{n},firms @2030,one,2,x\n"])
def test_thousands_of_wrong_facts_are_refused_in_a_moment(refused, row):
    written("facts.csv", FACTS + "".join(row.format(n=n) for n in range(4_000)))
    told = refused("validate", "facts.csv", "--world", "pilot-parks", "--replicates", "1")
    assert "has more mistakes than these" in told
    assert 100 <= told.count("facts.csv") <= 210


# ---- what people write -------------------------------------------------------------------------------------------------------

NUMBERS = {
    "20%": "write a share as 0.2",
    "0,2": "write 0.2",
    "1,000,000": "write 1000000",
    "1 000 000": "write 1000000",
    "10,00,000": "write 1000000",
    "1 million": "write 1000000",
    "2.5 triệu": "write 2500000",
    "$20": "write 20",
    "20 USD": "write the number alone: 20",
}


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_as_people_write_it_is_told_how_to_be_written(refused, text):
    for lever in ("subsidy_budget_usd", "capital_subsidy"):
        told = refused("check", written("mine.yaml", BASE + f"levers:\n  {lever}: {text}\n"), "--world", "pilot-parks")
        assert f"mine.yaml:4: levers.{lever} = {text!r} must be a number; {NUMBERS[text]}" in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            BASE + "levers: {capital_subsidy: 0,2}\n",
            ":3: '2' stands alone, without a value; write name: value; decimals",
        ),
        ("title: {draft}\nextends: baseline\n", ":1: 'draft' stands alone"),
        ("title: [draft] audits\nextends: baseline\n", "put text with brackets in quotes"),
        (
            "title: t\nextends: [baseline]\n",
            ":2: extends = ['baseline'] must be text; put text that begins with a bracket",
        ),
        (BASE + "levers:\n  - carbon_price: 20\n", "write its names without - before them"),
        (BASE + "levers:\n\u00a0\u00a0training: 1\n", ":4: the line begins with other blanks (U+00A0)"),
        (BASE + "levers:\n\u3000training: 1\n", ":4: the line begins with other blanks (U+3000)"),
        ((BASE + "levers: {training: 1}\n").encode("utf-16"), ":1: is saved as UTF-16"),
        ((BASE + "levers: {training: 1}\n").encode("utf-16-le"), ":1: is saved as UTF-16"),
        (BASE + f"{'k' * 500}: 1\n{'k' * 500}: 2\n", "is given twice"),
    ],
)
def test_yaml_as_people_write_it_is_told_in_words(refused, text, told):
    err = refused("check", written("mine.yaml", text), "--world", "pilot-parks")
    assert told in err
    assert not any(word in err for word in ("pydantic", "codec", "pattern", "string should", "tag:yaml"))


def test_a_message_is_no_longer_than_a_page(refused):
    assert len(refused("run", "--set", "behaviour.peer_weight=" + "9" * 50_000)) < 4000
    assert len(refused("run" + "9" * 50_000)) < 4000
