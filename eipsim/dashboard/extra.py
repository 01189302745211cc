"""What the dashboard needs beside eipsim, and how it is told where that is missing. Looks, and loads nothing."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from eipsim.errors import InputError, Mistake

NEEDED = {"solara": "solara", "solara-assets": "share/solara/cdn", "ipyvuetify": "ipyvuetify", "ipyvue": "ipyvue"}


def check_extra() -> None:
    """InputError that names what is not installed of the extra `app`."""
    missing = [
        name for name, part in NEEDED.items()
        if not ((Path(sys.prefix) / part).is_dir() if "/" in part else find_spec(part))
    ]  # fmt: skip
    if missing:
        what = f"needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed"
        raise InputError(Mistake("dashboard", what, "pip install 'eipsim[app]'"))
