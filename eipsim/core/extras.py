"""Libraries that come with an extra of the package: loaded when asked for, and told how to get where they are missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from eipsim.errors import InputError, Mistake

# Modules by the extra that brings them; `pip install eipsim` alone runs and compares scenarios without them.
EXTRAS = {
    "analysis": ("ema_workbench", "sklearn", "fluent", "babel", "jinja2"),
    "app": ("solara", "starlette", "uvicorn", "altair", "ipyvuetify", "ipyvue"),
    "dask": ("dask", "distributed"),
    "cluster": ("dask_jobqueue", "cryptography"),
    "iamc": ("openpyxl", "xarray"),
}  # fmt: skip
EXTRA_OF = {module: extra for extra, modules in EXTRAS.items() for module in modules}


def needed(library: str, what: str) -> ModuleType:
    """The library that `what` is made with. InputError that says how to install it where it is not there."""
    try:
        return import_module(library)
    except ModuleNotFoundError as error:
        raise missing(error, what) or error from None


def missing(error: ModuleNotFoundError, what: str) -> InputError | None:
    """How to get the library that an import did not find; None when no extra brings it."""
    module = (error.name or "").partition(".")[0]
    if module not in EXTRA_OF:
        return None
    return InputError(
        Mistake(what, f"needs {module}, which is not installed", f"pip install 'eipsim[{EXTRA_OF[module]}]'")
    )
