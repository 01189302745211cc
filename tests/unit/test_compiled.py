"""The one door to the compiler: what is kept on disk, and what is not."""

import numba
import pytest

from eipsim.core.compiled import IS_COMPILED, allocating, compiled

pytestmark = pytest.mark.skipif(not IS_COMPILED, reason="compilation is switched off")


def records(dispatcher) -> int:
    """Overloads of a function that later processes would find on disk."""
    return len(dispatcher._cache._cache_file._load_index())


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
