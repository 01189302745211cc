"""Libraries that only some exports need: loaded when asked for, and told how to get where they are missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from eipsim.errors import InputError, Mistake


def needed(library: str, export: str) -> ModuleType:
    """The library that `export` is made with. InputError that says how to install it where it is not there."""
    try:
        return import_module(library)
    except ImportError:
        what = f"needs {library}, which is not installed"
        raise InputError(Mistake(export, what, "pip install 'eipsim[exports]'")) from None
