"""Would a firm that knows an option take it? One file a theory, one of them chosen per run.

Such a file has `accept(option, constants)`, the probability that a *recommended* option is accepted within two years, compiled;
`explain(given)`, what `eipsim explain firm` tells of it; `NUMBER`, its place among the rules, the next free one for a new rule;
`SOURCE`; and `PARAMETERS`, the names of those it uses. It may have `DERIVED`, constants that follow from parameters alone:
name -> function of all values by short name; and `DISCOUNT_RATE`, the short name of the rate at which `option.log_annuity`
discounts, if that is not the hurdle rate. The file's name is the rule's; nothing else in eipsim lists rules.
"""

import importlib
import math
import pkgutil
from collections.abc import Callable, Mapping
from types import ModuleType

from eipsim.core.compiled import rule


def _files() -> tuple[ModuleType, ...]:
    """The rules of this folder in the order of their numbers. ValueError unless these are 0, 1, 2, ..."""
    found = [importlib.import_module(f"{__name__}.{file.name}") for file in pkgutil.iter_modules(__path__)]
    files = tuple(sorted(found, key=lambda file: file.NUMBER))
    numbers = [file.NUMBER for file in files]
    if numbers != list(range(len(files))):
        raise ValueError(f"NUMBER of the decision rules must be 0, 1, 2, ... without gap or double, but is {numbers}")
    return files


RULE_FILES = _files()
RULES = tuple(file.__name__.rpartition(".")[2] for file in RULE_FILES)
OWN_RULE = len(RULES)  # number of a user's own
DERIVED: dict[str, Callable[[Mapping[str, float]], float]] = {
    name: follows for file in RULE_FILES for name, follows in getattr(file, "DERIVED", {}).items()
}


def discount_rate_of(number: int) -> str:
    """Short name of the rate at which rule `number` discounts savings; a user's own does at the hurdle rate."""
    return getattr(RULE_FILES[number], "DISCOUNT_RATE", "hurdle_rate") if number < OWN_RULE else "hurdle_rate"


@rule
def yearly_hazard(two_year_acceptance):
    """Probability per year of taking up a fresh recommendation that is accepted with `two_year_acceptance` in two years.

    >>> round(yearly_hazard(0.5), 6)
    0.292893
    """
    return 1.0 - math.sqrt(1.0 - two_year_acceptance)
