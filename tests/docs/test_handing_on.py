"""What is handed on has all that the sources have: the short version of `make dist`, without a package index."""

import shutil
import subprocess
import sys

import pytest
from handing_on import BESIDE, ROOT, differences, in_archive, in_source, in_wheel

BUILD = "import sys; from setuptools import build_meta as b; b.{hook}(sys.argv[1])"


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A copy of what is under version control, so that nothing lies about afterwards."""
    copy = tmp_path_factory.mktemp("sources")
    for name in {*in_source(), *BESIDE, "MANIFEST.in"}:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy / name)
    return copy


def built(hook, sources, out):
    done = subprocess.run(
        [sys.executable, "-c", BUILD.format(hook=hook), out], cwd=sources, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (file,) = out.iterdir()
    return file


@pytest.fixture(scope="module")
def archive(sources, tmp_path_factory):
    return built("build_sdist", sources, tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def wheel(archive, tmp_path_factory):
    """The wheel that the source archive makes, and not the sources."""
    unpacked = tmp_path_factory.mktemp("unpacked")
    shutil.unpack_archive(archive, unpacked, filter="data")
    (folder,) = unpacked.iterdir()
    return built("build_wheel", folder, tmp_path_factory.mktemp("wheel"))


def test_source_archive_and_wheel_have_what_the_sources_have(archive, wheel):
    assert differences(in_archive(archive), in_wheel(wheel)) == []


def test_data_of_every_kind_are_in_the_wheel(wheel):
    kinds = {name.rpartition(".")[2] for name in in_wheel(wheel)}
    assert kinds >= {"py", "csv", "ftl", "jinja", "geojson", "yaml", "typed"}


def test_what_is_missing_is_seen():
    found = differences(BESIDE | in_source() - {"eipsim/errors.py"}, in_source() | {"eipsim/mine.py"})
    assert found == [
        "the source archive lacks eipsim/errors.py",
        "the wheel has eipsim/mine.py, which is not under version control",
    ]
