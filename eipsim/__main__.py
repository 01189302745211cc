"""The command `eipsim`, which is `python -m eipsim` too."""

import sys

from eipsim.sweeps import interruption


def main() -> int:
    """Loads the command line and runs it; returns the exit code."""
    with interruption.leaving_at_once():
        from eipsim.cli import main as run
    return run()


if __name__ == "__main__":
    sys.exit(main())
