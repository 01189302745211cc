"""What is loaded when it is first used: a question that needs no model is answered before pandas and numba are there."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


def load(module: str) -> ModuleType:
    """A module, loaded without a search for garbage: nearly all objects that libraries make as they load are there to stay.

    Later searches leave them out too, with all else that there is by then.
    """
    if module in sys.modules or not gc.isenabled():
        return import_module(module)
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


class Later:
    """A module that is loaded when something of it is first asked for.

    >>> Later("statistics").median([1, 2, 9])
    2
    """

    def __init__(self, module: str):
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._module), name)


def names_of(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """A `__getattr__` for `package`: its public names, each from the module that is its home, loaded when first asked for."""

    def found(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return found
