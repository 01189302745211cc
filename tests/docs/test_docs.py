"""What the documents say is true: commands and code run, links lead somewhere, names exist, counts are the data's."""

from __future__ import annotations

import contextlib
import doctest
import importlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from fake_scheduler import SLURM, FakeScheduler
from ruamel.yaml import YAML

from eipsim.cli import main
from eipsim.data.parameters import load_parameters
from eipsim.data.statuses import STATUSES, TABLES, status_shares
from eipsim.designs.files import is_design_file
from eipsim.designs.reading import check_design
from eipsim.market.catalogue import N_MEASURES, N_SECTORS
from eipsim.market.uses import N_USES
from eipsim.policy.decrees import is_decree_file, read_decrees
from eipsim.runs.checking import check
from eipsim.world import build_world

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "experiments/README.md",
    *sorted(ROOT.glob("docs/*.md")),
]
DECISIONS = sorted(ROOT.glob("docs/decisions/*.md"))
RECIPES = [YAML(typ="safe").load(file) for file in sorted(ROOT.glob("tests/data/recipes/*.yaml"))]
EXAMPLES = {
    edit["file"] for recipe in RECIPES for edit in recipe["edits"] if "create" in edit
}  # made by whoever follows one
FINDINGS = sorted(ROOT.glob("experiments/*/README.md"))  # their commands are run by tests/experiments
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Commands that stand in a sentence and not in a block are run too, in these documents.
SENTENCE_COMMANDS = ("README.md", "docs/tour.md", "docs/fit.md")
IN_A_SENTENCE = re.compile(r"`((?:eipsim (?!dashboard)|python )[^`\n]+)`")  # the dashboard serves until it is stopped
COMMAND_LANGUAGES = ("bash", "sh")
SET_UP = ("make", "pip")  # not run: targets of make are looked up, pip changes the machine

# The only differences between what a document says and what is run here, all for speed or for want of a program:
# commands that simulate without --world get the eight pilot parks, with fewer replicates and one process;
SMALL_WORLD = ["--world", "pilot-parks"]
SIMULATING = (["eipsim", "run"], ["eipsim", "compare"], ["eipsim", "explain"], ["eipsim", "figure"])
FEWER = {"--replicates": "2", "--jobs": "1"}
# facts are about the whole country, which is run twice with the central parameters instead of with every calibrated set;
VALIDATING, ALL_SETS = ["eipsim", "validate"], "--ensemble"
# code the same;
IN_CODE = (('world="vietnam"', 'world="pilot-parks"'), ("replicates=5", "replicates=2"))
# designs have few points and replicates;
IN_DESIGNS = (
    (re.compile(r"(method: (?:morris|sobol), n: )\d+"), r"\g<1>4"),
    (re.compile(r"^replicates: \d+", re.MULTILINE), "replicates: 1"),
)
FEW_POINTS = (re.compile(r"--points \d+"), "--points 4")
# the test battery, a program of its own, is stood in for by one that asks for 64 kB, for one of its tests only;
BATTERY = ("dieharder", "#!/bin/sh\ntest $(head -c 65536 | wc -c) = 65536\n")
IN_SHELL = (
    FEW_POINTS,
    (re.compile(r"for test in [\d ]+;"), "for test in 0;"),
    (re.compile(r"for test in [\d:]+\{[\d:{}., ]+;"), "for test in 200:1;"),
)
# a scheduler is stood in for by one whose first jobs wait, so that they can be cancelled, and whose later ones run at once
# (tests/cluster has a real one);
FIRST_WAIT = 1
# and the files that the reader is asked to put in place.
READERS_FILES = {
    "own-country.md": [("my-country", ROOT / "tests/data/example-country")],
    "exchanges.md": [("my-tables", ROOT / "eipsim/data")],
}


def name_of(document: Path) -> str:
    return str(document.relative_to(ROOT))


def blocks(text: str) -> list[tuple[str, str, str]]:
    """(language, content, text that follows) of every block; one without a language that holds commands is bash."""
    found = []
    for match in BLOCK.finditer(text):
        language, content = match.groups()
        if not language and content.startswith(("eipsim ", "python ", "make ")):
            language = "bash"
        found.append((language, content, text[match.end() : match.end() + 100]))
    return found


def file_name(content: str, after: str) -> str | None:
    """The file that a block is: named in its first line, as `# my_rule.py`, or in the text after it."""
    named = re.match(r"# (\S+\.\w+)\n", content) or re.match(r"\s*Save it as `(\S+)`", after)
    return named.group(1) if named else None


def as_run(line: str) -> str:
    """A line of shell with the replacements listed above."""
    for pattern, instead in IN_SHELL:
        line = pattern.sub(instead, line)
    words = shlex.split(line, comments=True) if line.startswith("eipsim") else []
    if words[:2] not in (*SIMULATING, VALIDATING):
        return line
    words = [FEWER.get(before, word) for before, word in zip(["", *words], words)]
    if words[1] in ("compare", "validate") and "--replicates" not in words:
        words += ["--replicates", FEWER["--replicates"]]
    if words[:2] == VALIDATING:
        return shlex.join(word for word in words if word != ALL_SETS)
    return shlex.join(words if "--world" in words else words + SMALL_WORLD)


def as_run_design(content: str) -> str:
    """A file in YAML with the replacements listed above, if it is a design."""
    for pattern, instead in IN_DESIGNS if "sampler:" in content else ():
        content = pattern.sub(instead, content)
    return content


def run_shell(content: str, folder: Path) -> None:
    """The commands of one block, except set-up, in `folder`; fails as a reader's shell would.

    Commands of eipsim without anything for the shell are called in this process, which spares each the start of another.
    """
    lines = [as_run(line) for line in content.splitlines() if not line.startswith(SET_UP)]
    if all(is_plain(line) for line in lines):
        with contextlib.chdir(folder):
            for line in lines:
                assert main(shlex.split(line, comments=True)[1:]) == 0, line
    else:
        run_in_bash(lines, folder)


def is_plain(line: str) -> bool:
    """Whether a line is a command of eipsim whose words mean the same without a shell."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>()$`*")
    words = list(lexer)
    return words[:1] == ["eipsim"] and not any(set(word) <= set("|&;<>()$`*") for word in words)


def run_in_bash(lines: list[str], folder: Path) -> None:
    path = os.pathsep.join([str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-e"],
        input="\n".join(lines),
        text=True,
        cwd=folder,
        capture_output=True,
        env={**os.environ, "PATH": path},
    )
    assert done.returncode == 0, f"{lines}\n{done.stdout}\n{done.stderr}"


def run_code(content: str, names: dict, place: str) -> None:
    for said, instead in IN_CODE:
        content = content.replace(said, instead)
    exec(compile(content, place, "exec"), names)


def prepare(document: Path, folder: Path) -> None:
    """What the reader has at hand: the source's benchmarks and experiments, the files the text asks for."""
    for source in ("benchmarks", "experiments"):
        (folder / source).symlink_to(ROOT / source)
    for name, source in READERS_FILES.get(document.name, ()):
        shutil.copytree(source, folder / name)
    program, text = BATTERY
    FakeScheduler(folder, SLURM, FIRST_WAIT)
    (folder / "bin" / program).write_text(text)
    (folder / "bin" / program).chmod(0o755)


SLOW = {  # pages whose commands take ten seconds and more: with `make test-long`
    "cluster", "discovery", "exchanges", "intervals", "own-country", "own-instruments", "own-rule", "ranking", "report",
    "sensitivity", "tour", "validation", "why-not-certified",
}  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [pytest.param(one, marks=pytest.mark.long) if one.stem in SLOW else one for one in DOCUMENTS],
    ids=name_of,
)
def test_every_command_and_block_of_code_runs(document, tmp_path, monkeypatch):
    text, names = document.read_text(encoding="utf-8"), {"__name__": "document"}
    prepare(document, tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    monkeypatch.chdir(tmp_path)
    for language, content, after in blocks(text):
        name = file_name(content, after)
        if name:
            Path(name).write_text(as_run_design(content) if language == "yaml" else content, encoding="utf-8")
        if language in COMMAND_LANGUAGES:
            run_shell(content, tmp_path)
        elif language == "python" and not name:
            run_code(content, names, name_of(document))


@pytest.mark.parametrize("name", SENTENCE_COMMANDS)
def test_every_command_in_a_sentence_runs(name, tmp_path):
    text = BLOCK.sub("", (ROOT / name).read_text(encoding="utf-8"))
    commands = IN_A_SENTENCE.findall(re.sub(r"<!-- times:begin.*?times:end -->", "", text, flags=re.DOTALL))
    assert commands
    shutil.copytree(ROOT / "tests/data/example-country", tmp_path / "my-country")
    for command in commands:
        run_shell(command, tmp_path)
    if name == "README.md":  # its picture
        assert (tmp_path / "results/pathways/pathways_co2_avoided_t.png").stat().st_size > 10_000


def test_every_scenario_in_the_documents_is_valid(tmp_path):
    world, n = build_world("pilot-parks"), 0
    shutil.copytree(ROOT / "eipsim/data", tmp_path / "my-tables")
    for document in DOCUMENTS:
        for language, content, after in blocks(document.read_text(encoding="utf-8")):
            if language == "python" and (name := file_name(content, after)):
                (tmp_path / name).write_text(content, encoding="utf-8")
            if language == "yaml":
                file = tmp_path / f"scenario-{(n := n + 1)}.yaml"
                file.write_text(content, encoding="utf-8")
                if is_design_file(file):
                    assert not check_design(file), f"{name_of(document)}: {content}"
                elif is_decree_file(str(file)):
                    assert read_decrees((str(file),)), f"{name_of(document)}: {content}"
                else:
                    assert not check(str(file), world), f"{name_of(document)}: {content}"
    assert n > 5


def test_only_what_means_the_same_without_a_shell_is_run_without_one():
    assert is_plain(
        'eipsim sensitivity x --outcome "co2_avoided_t @2050 < 5" --outcome \'a | province="B" @2050\'  # why'
    )
    assert not is_plain("eipsim show levers | head")
    assert not is_plain("eipsim run x > y")
    assert not is_plain("python -m eipsim.data.statuses")
    assert not is_plain("for i in 1 2; do")


def test_replacements_touch_only_what_is_listed():
    assert as_run("eipsim run full-package   # a comment") == "eipsim run full-package --world pilot-parks"
    assert as_run("eipsim run x --world folder:y") == "eipsim run x --world folder:y"
    assert as_run("eipsim compare a --replicates 20 --jobs -1").endswith("--replicates 2 --jobs 1 --world pilot-parks")
    assert as_run("eipsim validate f.csv --ensemble --jobs -1") == "eipsim validate f.csv --jobs 1 --replicates 2"
    assert as_run("eipsim show parameters | head") == "eipsim show parameters | head"


def test_targets_of_make_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    said = {
        target
        for document in DOCUMENTS
        for target in re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"run", "test", "golden", "bench"} <= said
    assert said <= targets
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == targets


@pytest.mark.parametrize("document", [*DOCUMENTS, *DECISIONS, *FINDINGS, ROOT / "CHANGELOG.md"], ids=name_of)
def test_links_lead_somewhere(document):
    text = BLOCK.sub("", document.read_text(encoding="utf-8"))
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    named = re.findall(r"`((?:eipsim|docs|tests|benchmarks|notebooks|experiments)/[\w./-]+)`", text)
    missing = [link for link in links if link and not (document.parent / link).exists()]
    missing += [path for path in named if not (ROOT / path).exists() and path not in EXAMPLES]
    assert not missing


@pytest.mark.parametrize("document", [*DOCUMENTS, *DECISIONS, *FINDINGS], ids=name_of)
def test_modules_and_names_of_the_package_that_are_said_exist(document):
    said = set(re.findall(r"(?<![\w/.@-])eipsim(?:\.[A-Za-z_]\w*)+", document.read_text(encoding="utf-8")))
    assert {name for name in said if not exists(name)} == set()


def exists(name: str) -> bool:
    """Whether a dotted name is a module of the package, or what one has under that name."""
    parts, found = name.split("."), None
    for n in range(len(parts), 0, -1):
        with contextlib.suppress(ModuleNotFoundError):
            found = importlib.import_module(".".join(parts[:n]))
            break
    for part in parts[n:]:
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True


def test_a_name_that_is_not_there_is_seen():
    assert exists("eipsim.core.draws.PROCESSES")
    assert not exists("eipsim.core.luck")
    assert not exists("eipsim.core.draws.LUCK")


def test_files_that_the_code_speaks_of_exist():
    said = {
        (file, path)
        for folder in ("eipsim", "tests", "experiments", "benchmarks", "docs/build")
        for file in sorted((ROOT / folder).rglob("*.py"))
        for path in re.findall(
            r"`((?:eipsim|docs|tests|benchmarks|experiments)/[\w./-]+)`", file.read_text(encoding="utf-8")
        )
    }
    assert said
    assert [(name_of(file), path) for file, path in said if not (ROOT / path).exists() and path not in EXAMPLES] == []


@pytest.mark.parametrize("document", [*DOCUMENTS, *DECISIONS, *FINDINGS], ids=name_of)
def test_parameters_named_exist(document):
    known = load_parameters()
    groups = "|".join({name.split(".")[0] for name in known})
    said = set(re.findall(rf"\b((?:{groups})\.[a-z_]+)\b(?!\()", document.read_text(encoding="utf-8")))
    files = {f"{group}.{kind}" for group in groups.split("|") for kind in ("py", "csv", "md", "yaml")}
    assert said - files <= set(known)


def test_counts_in_the_description_are_those_of_the_model():
    text = (ROOT / "docs/odd.md").read_text(encoding="utf-8")
    assert f"{N_MEASURES} measures" in text
    assert f"{N_SECTORS} archetypes" in text
    assert "nine uses" in text
    assert N_USES == 9


FILLED_IN = {"README.md": ("findings", "statuses", "times", "words"), "docs/limits.md": ("statuses", "weights"),
             "docs/fit.md": ("fit",), "docs/speed.md": ("bench",)}  # fmt: skip


@pytest.mark.parametrize("name", FILLED_IN)
def test_a_page_has_what_is_filled_in_by_programs(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for mark in FILLED_IN[name]:
        assert len(text.partition(f"<!-- {mark}:begin -->")[2].partition(f"<!-- {mark}:end -->")[0]) > 100, mark


def test_the_first_page_is_short_and_tells_limits_before_speed():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count("\n") < 200
    parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
    told = ["What it says so far", "Two commands", "Ask it something", "Limits", "How long it takes", "Words"]
    assert [part for part in parts if part in told] == told


def test_every_value_has_a_known_status():
    for title, row in status_shares().items():
        assert row["values"] == sum(row[status] for status in STATUSES) > 0, title
    assert len(status_shares()) == len(TABLES)
    assert status_shares()["parameters of the model"]["values"] == len(load_parameters())


def test_the_citation_is_whole_and_of_this_version():
    citation = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["cff-version"] == "1.2.0"
    assert all({"name"} == author.keys() for author in citation["authors"])
    assert str(citation["version"]) == project["version"]
    assert citation["license"] == project["license"] == "MIT"
    assert f"## [{project['version']}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


# ---- examples in docstrings --------------------------------------------------------------------------------------------

WITH_EXAMPLES = [
    file
    for file in sorted([*ROOT.glob("eipsim/**/*.py"), *ROOT.glob("experiments/**/*.py"), *ROOT.glob("docs/build/*.py")])
    if ">>>" in file.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("file", WITH_EXAMPLES, ids=name_of)
def test_examples_in_docstrings_are_true(file, monkeypatch):
    package = ROOT if (ROOT / "eipsim") in file.parents else file.parent
    monkeypatch.syspath_prepend(package)
    module = importlib.import_module(
        ".".join(file.relative_to(package).with_suffix("").parts).removesuffix(".__init__")
    )
    found = doctest.DocTestFinder(exclude_empty=True).find(module)
    written = file.read_text(encoding="utf-8").count(">>>")
    assert sum(len(test.examples) for test in found) == written, "an example that doctest does not see"
    assert doctest.testmod(module).failed == 0


# ---- decisions ---------------------------------------------------------------------------------------------------------


def test_every_decision_is_listed_and_has_the_same_parts():
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    pages = [page for page in DECISIONS if page.name != "README.md"]
    assert sorted(re.findall(r"^\| \[.+?\]\((.+?)\)", index, re.MULTILINE)) == [page.name for page in pages]
    for page in pages:
        parts = re.findall(r"^\*\*(.+?)\.\*\*", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(parts) == 5, page.name
        assert [*parts[:3], parts[4]] == ["Context", "Decision", "What it costs", "Consequences"], page.name
        assert parts[3] in ("What was tried", "What else was possible"), page.name
