"""The one door to the compiler: what is kept on disk, what makes it anew, and what does not."""

import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from eipsim.core import fingerprints
from eipsim.core.compiled import IS_COMPILED, allocating, compiled
from eipsim.core.fingerprints import hash_of_sources, without_remarks

needs_the_compiler = pytest.mark.skipif(not IS_COMPILED, reason="compilation is switched off")

FORMULAS = '''"""Formulas."""

from eipsim.core.compiled import rule

SHARE = 0.5


@rule
def part(x):
    """Half of it."""
    return SHARE * x
'''
YEAR = """from house.formulas import part
from eipsim.core.compiled import compiled


@compiled
def live(x):
    return later(x) + 1.0


@compiled
def later(x):
    return part(x)


@compiled
def apart(x):
    return x
"""
RUN = """
import sys
import house.year as year
told = [year.live(6.0), year.apart(6.0)]
missed = [name for name in ("live", "apart") if getattr(year, name).stats.cache_misses]
print(*told, *missed)
"""


def records(dispatcher) -> int:
    """Overloads of a function that later processes would find on disk."""
    shelf = dispatcher._cache
    return sum(any(Path(shelf._cache_path).glob(f"{shelf.stem(kinds)}*.nbi")) for kinds in dispatcher.overloads)


@needs_the_compiler
@pytest.mark.parametrize("decorate", [compiled, allocating])
def test_code_is_kept_on_disk_unless_it_was_made_for_a_function_passed_in(decorate):
    def apply(function, x):
        return x + 1.0 if function is None else function(x)

    decorated = decorate(apply)
    decorated._cache.flush()
    double = numba.njit(lambda x: 2.0 * x)
    assert decorated(double, 3.0) == 6.0
    assert records(decorated) == 0
    assert decorated(None, 3.0) == 4.0
    assert records(decorated) == 1
    decorated._cache.flush()


# ---- a small house that is changed ------------------------------------------------------------------------------------------


class House:
    """A package of three files with compiled functions in two of them."""

    def __init__(self, folder: Path, cache: Path):
        self.folder, self.cache = folder, cache
        (folder / "house").mkdir(parents=True)
        for name, text in {"__init__": "", "names": "LABEL = 'a'\n", "formulas": FORMULAS, "year": YEAR}.items():
            self.file(name).write_text(text)

    def file(self, name: str) -> Path:
        return self.folder / "house" / f"{name}.py"

    def change(self, name: str, old: str, new: str) -> None:
        text = self.file(name).read_text()
        assert old in text
        self.file(name).write_text(text.replace(old, new))

    def run(self, before: str = "") -> str:
        """What its functions answer, and which of those that Python calls had to be compiled."""
        here = os.pathsep.join([str(self.folder), str(fingerprints.PACKAGE.parent)])
        env = os.environ | {"EIPSIM_CACHE": str(self.cache), "PYTHONPATH": here, "PYTHONDONTWRITEBYTECODE": "1"}
        env.pop("NUMBA_CACHE_DIR", None)
        told = subprocess.run([sys.executable, "-c", before + RUN], env=env, capture_output=True, text=True, check=True)
        return told.stdout.strip()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A house whose functions have been compiled."""
    home = House(tmp_path_factory.mktemp("house"), tmp_path_factory.mktemp("cache"))
    assert home.run() == "4.0 6.0 live apart"
    return home


@needs_the_compiler
def test_docstrings_comments_shifted_lines_and_files_without_compiled_code_recompile_nothing(house):
    house.change("formulas", "Half of it.", "A share of it,\n    whatever that is.")
    house.change("formulas", "SHARE = 0.5", "# Known.\n\nSHARE = 0.5  # of the whole")
    house.change("year", "@compiled\ndef later", "# And now.\n\n\n@compiled\ndef later")
    house.change("names", "'a'", "'b'")
    assert house.run() == "4.0 6.0"


@needs_the_compiler
def test_each_compiler_has_a_folder_of_its_own(house):
    """Two numbas at work in one folder: one read the index of its own and the code of the other, which no LLVM takes."""
    python = f"python-{sys.version_info.major}.{sys.version_info.minor}"
    kept = [file.relative_to(house.cache).parts for file in house.cache.rglob("*.nbi")]
    assert kept
    assert {parts[:2] for parts in kept} == {("compiled", f"numba-{numba.__version__}-{python}")}


@needs_the_compiler
def test_a_copy_elsewhere_shares_the_machine_code(house, tmp_path):
    assert House(tmp_path, house.cache).run() == "4.0 6.0"


@needs_the_compiler
@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [("SHARE * x", "SHARE + x", "7.5"), ("0.5", "0.25", "2.5"), ("@rule", "@compiled", "4.0")],
    ids=["formula", "constant", "way of compiling"],
)
def test_an_edit_recompiles_what_reaches_it_also_in_other_files_and_nothing_else(house, tmp_path, old, new, answer):
    changed = House(tmp_path, house.cache)
    changed.change("formulas", old, new)
    changed.change("formulas", "import rule", "import compiled, rule")
    assert changed.run() == f"{answer} 6.0 live"


# ---- the lean compiler ------------------------------------------------------------------------------------------------------

WITHOUT = "import sys; sys.modules['eipsim.core.compiled_lean'] = None\n"


@needs_the_compiler
def test_a_numba_that_cannot_be_made_lean_gives_the_same_answers(tmp_path):
    home = House(tmp_path / "house", tmp_path / "cache")
    assert home.run(WITHOUT) == home.run(WITHOUT + "import eipsim.core.compiled\n") + " live apart"
    assert home.run() == "4.0 6.0 live apart"  # as it has machine code of its own


@needs_the_compiler
def test_only_what_python_calls_has_machine_code_of_its_own(house):
    kept = {file.name.split("-")[0] for file in house.cache.rglob("*.nbi")}
    assert kept == {"house.year.live", "house.year.apart"}


@needs_the_compiler
def test_the_numba_of_the_pinned_versions_is_made_lean():
    """Fails when they are raised: then see whether all tests pass with `NEWEST_TRIED` raised as well."""
    from eipsim.core.compiled import Dispatcher

    assert Dispatcher.__module__ == "eipsim.core.compiled_lean"


@allocating
def room_for(n):
    if n > 2:
        raise ValueError("too many", n)
    return np.ones(n)


@allocating
def filled_room(n):
    return room_for(n).sum()


@needs_the_compiler
def test_errors_of_functions_that_compiled_code_calls_arrive_with_what_they_say():
    assert filled_room(2) == 2.0
    with pytest.raises(ValueError, match=r"'too many', 3"):
        filled_room(3)


ROOMS = """import numpy as np
from eipsim.core.compiled import allocating


@allocating
def room_for(n):
    if n > 2:
        raise ValueError("too many", n)
    return np.ones(n)


@allocating
def filled_room(n):
    return room_for(n).sum()
"""
FILL = """
import sys
from house.rooms import filled_room
try:
    print(filled_room(2))
    filled_room(3)
except ValueError as error:
    print(error, "numba.np.arrayobj" in sys.modules)
"""


@needs_the_compiler
def test_a_process_that_finds_machine_code_gets_ready_to_compile_nothing_and_hears_of_errors(tmp_path):
    home = House(tmp_path / "house", tmp_path / "cache")
    home.file("rooms").write_text(ROOMS)
    assert home.run(FILL).splitlines()[:2] == ["2.0", "('too many', 3) True"]
    assert home.run(FILL).splitlines()[:2] == ["2.0", "('too many', 3) False"]


@compiled
def countdown(n):
    return 0 if n < 1 else 1 + countdown(n - 1)


@compiled
def twice_down(n):
    return 2 * countdown(n)


@needs_the_compiler
def test_a_function_that_calls_itself_is_called_from_both_sides():
    assert (countdown(3), twice_down(3)) == (3, 6)


# ---- sources ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package in place of eipsim, of one file; gives a function that hashes it with this text."""
    monkeypatch.setattr(fingerprints, "PACKAGE", tmp_path)
    (tmp_path / "rules").mkdir()

    def hashed(text: str) -> str:
        (tmp_path / "rules" / "formulas.py").write_text(text)
        return hash_of_sources(["rules"])

    return hashed


def test_remarks_do_not_change_the_hash_of_sources(package):
    remarked = FORMULAS.replace("Half of it.", "Half.").replace("SHARE = 0.5", "SHARE = 0.5  # a share\n\n# as found")
    assert package(remarked) == package(FORMULAS)


@pytest.mark.parametrize(("old", "new"), [("0.5", "0.6"), ("SHARE * x", "x * SHARE"), ("@rule\n", "")])
def test_code_changes_the_hash_of_sources(package, old, new):
    assert package(FORMULAS.replace(old, new)) != package(FORMULAS)


USED = ('x = "# no comment"', 'x = (\n    "in"\n    "two"\n)', 'x = f(\n    """text"""\n)', "x = '''a\n# b\n'''")


@pytest.mark.parametrize("code", USED)
def test_a_text_that_code_uses_is_no_remark(code):
    assert without_remarks(code) == code


@pytest.mark.parametrize(
    "remark", ['"""What.\n\n    # More.\n    """', "'one line'", '"one line"  # with a comment', "# only"]
)
def test_a_remark_goes_whole(remark):
    assert without_remarks(f"def f():\n    {remark}\n    return 1\n") == "def f():\n    return 1"


# ---- a cache that does not do what it should --------------------------------------------------------------------------------

TOLD = """
import warnings
warnings.simplefilter("always")
with warnings.catch_warnings(record=True) as told:
    import house.year as year
    print(year.live(6.0), year.apart(6.0))
print(*(str(one.message) for one in told), sep="\\n")
"""


def told(home: House) -> list[str]:
    """What a process says that uses the house: its answers, then its warnings."""
    env = os.environ | {"EIPSIM_CACHE": str(home.cache), "PYTHONDONTWRITEBYTECODE": "1"}
    env["PYTHONPATH"] = os.pathsep.join([str(home.folder), str(fingerprints.PACKAGE.parent)])
    env.pop("NUMBA_CACHE_DIR", None)
    said = subprocess.run([sys.executable, "-c", TOLD], env=env, capture_output=True, text=True, check=True)
    return [line for line in said.stdout.splitlines() if line]


@needs_the_compiler
def test_a_cache_that_cannot_be_written_is_told_once_with_its_cost_and_the_remedy(tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    answers, *warned = told(House(tmp_path / "house", tmp_path / "cache"))
    assert answers == "4.0 6.0"
    assert len(warned) == 1
    assert "cannot be written" in warned[0]
    assert "every process compiles anew" in warned[0]
    assert "EIPSIM_CACHE" in warned[0]


@needs_the_compiler
@pytest.mark.parametrize("ending", ["nbi", "nbc"])
def test_a_cache_that_has_been_cut_is_told_once_and_mended(tmp_path, ending):
    home = House(tmp_path / "house", tmp_path / "cache")
    assert told(home) == ["4.0 6.0"]
    for file in home.cache.rglob(f"*.{ending}"):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    answers, *warned = told(home)
    assert answers == "4.0 6.0"
    assert len(warned) == 1
    assert "cannot be read" in warned[0]
    assert "delete the folder" in warned[0]
    assert told(home) == ["4.0 6.0"]


@needs_the_compiler
def test_the_machine_code_of_another_processor_is_told_once_and_left_for_it(tmp_path):
    home = House(tmp_path / "house", tmp_path / "cache")
    assert told(home) == ["4.0 6.0"]
    for file in home.cache.rglob("*.nb?"):
        file.rename(file.with_name(file.name.replace(own_processor(file), "another")))
    answers, *warned = told(home)
    assert answers == "4.0 6.0"
    assert len(warned) == 1
    assert "another processor" in warned[0]
    assert len(list(home.cache.rglob("*another*.nbi"))) == 2
    assert told(home) == ["4.0 6.0"]


def own_processor(file: Path) -> str:
    """The part of the name of a record that stands for the processor."""
    return file.name.rpartition("-")[2].partition(".")[0]


@needs_the_compiler
def test_two_processes_that_keep_the_same_function_for_other_types_do_not_touch_each_others_records():
    @compiled
    def same(x):
        return x

    same._cache.flush()
    same(1.0)
    same(1)
    files = [Path(same._cache._cache_path) / f"{same._cache.stem(kinds)}" for kinds in same.overloads]
    assert all(len(list(file.parent.glob(f"{file.name}*.nbi"))) == 1 for file in files)
    assert len(set(files)) == 2
    same._cache.flush()
