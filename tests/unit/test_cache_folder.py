"""Code that is kept between runs is the user's own: who else could have written it is not believed."""

import os
import stat
from pathlib import Path

import pytest

from eipsim.core.cache_folder import why_not_own

SOMEBODY = 12345
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
def kept(tmp_path):
    """A folder of code with one file in it."""
    folder = tmp_path / "compiled"
    folder.mkdir()
    (folder / "code.nbi").write_bytes(b"code")
    return folder


def test_a_folder_of_ones_own_and_one_that_is_not_there_yet_are_fine(kept):
    assert why_not_own(kept) == ""
    assert why_not_own(kept / "later") == ""


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o722])
def test_a_folder_that_others_may_write_to_is_closed_to_them(kept, mode):
    kept.chmod(mode)
    assert why_not_own(kept) == ""
    assert not stat.S_IMODE(kept.stat().st_mode) & 0o022
    assert (kept / "code.nbi").exists()


@as_root
def test_what_others_have_written_into_it_is_thrown_away(kept):
    kept.chmod(0o777)
    os.chown(kept / "code.nbi", SOMEBODY, SOMEBODY)
    assert why_not_own(kept) == ""
    assert not (kept / "code.nbi").exists()


@as_root
def test_a_folder_of_somebody_elses_is_not_believed(kept):
    os.chown(kept, SOMEBODY, SOMEBODY)
    assert "belongs to another user" in why_not_own(kept)


def test_a_folder_that_everybody_could_put_another_in_the_place_of_is_not_believed(kept):
    kept.parent.chmod(0o777)
    assert "everybody can write to" in why_not_own(kept)
    kept.parent.chmod(0o1777)  # as /tmp: others cannot touch what is not theirs
    assert why_not_own(kept) == ""


def test_machine_code_of_such_a_folder_is_neither_loaded_nor_kept(kept, monkeypatch):
    from eipsim.core import compiled_cache
    from eipsim.core.compiled import IS_COMPILED, compiled

    if not IS_COMPILED:
        pytest.skip("compilation is switched off")
    monkeypatch.setattr(compiled_cache.numba.config, "CACHE_DIR", str(kept))
    kept.parent.chmod(0o777)
    for asked in (compiled_cache.is_own, compiled_cache.can_be_written):
        asked.cache_clear()
    try:
        with pytest.warns(RuntimeWarning, match="its machine code is not used"):
            assert compiled(lambda x: x + 1.0)(2.0) == 3.0
        assert [file.name for file in kept.iterdir()] == ["code.nbi"]
    finally:
        for asked in (compiled_cache.is_own, compiled_cache.can_be_written):
            asked.cache_clear()


def test_folders_of_the_cache_are_made_for_the_user_alone(tmp_path, monkeypatch):
    from eipsim.core import compiled_cache

    monkeypatch.setattr(compiled_cache.numba.config, "CACHE_DIR", str(tmp_path / "new"))
    for asked in (compiled_cache.is_own, compiled_cache.can_be_written):
        asked.cache_clear()
    try:
        assert compiled_cache.can_be_written()
        assert not stat.S_IMODE(Path(tmp_path / "new").stat().st_mode) & 0o077
    finally:
        for asked in (compiled_cache.is_own, compiled_cache.can_be_written):
            asked.cache_clear()
