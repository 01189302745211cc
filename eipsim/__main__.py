"""The command `eipsim`, which is `python -m eipsim` too."""

import gc
import os
import sys

from eipsim.sweeps import interruption


def main() -> int:
    """Loads the command line and runs it; returns the exit code."""
    gc.set_threshold(100_000, 50, 100)  # nearly all of the objects that libraries make as they load are there to stay
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads that wait for work, spinning, as NumPy and SciPy load
    os.environ.setdefault(
        "PYDANTIC_DISABLE_PLUGINS", "__all__"
    )  # to look for some, pydantic reads every installed package
    with interruption.leaving_at_once():
        from eipsim.cli import main as run
    return run()


if __name__ == "__main__":
    sys.exit(main())
