"""Decision rules by name, or a user's own: a function of six numbers, in Python or in a file.

    def my_rule(cost, saving, lifetime, size, peers, effects):
        '''Probability of accepting a recommended option within two years.

        cost [USD], saving [USD/yr], lifetime [yr], size = energy and water bill [USD/yr], peers = share of the park's firms
        that have the measure, effects = log-odds of firm, park and measure.
        '''

It is compiled when it can be; otherwise firms are stepped one by one and the rule is called as it is. What it returns is
looked at either way.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from eipsim.agents.firm.agent import Firm
from eipsim.agents.firm.decision import lay_out_options, option_at
from eipsim.agents.firm.project import NEVER_PAYS
from eipsim.core import own_code
from eipsim.core.compiled import KEPT, machine_code
from eipsim.errors import EipsimError, InputError, Mistake, RunError, unknown
from eipsim.rules.acceptance import OWN_RULE, RULES
from eipsim.rules.option import as_asked

SIX_NUMBERS = (1000.0, 500.0, np.int16(10), 1e5, 0.1, 0.0)
PROBABILITY = "allowed: a probability from 0 to 1"
ASKED = "cost = {:.6g} USD, saving = {:.6g} USD/yr, lifetime = {:.6g} yr, size = {:.6g} USD/yr, peers = {:.3g}, effects = {:.3g}"


class NoProbability(Exception):  # noqa: N818 - an answer, told in words by `guarded`
    """What a rule has returned, after the six numbers that it was asked about; compiled code raises it too."""


@dataclass(frozen=True)
class OwnRule:
    """A decision rule: `number` of a built-in one; `compiled` or `python` function of a user's own; `given` as it was named."""

    given: Any
    number: int
    compiled: Any = None
    python: Callable | None = None

    @property
    def name(self) -> str:
        return RULES[self.number] if self.number < OWN_RULE else getattr(self.python, "__name__", str(self.given))

    @contextlib.contextmanager
    def guarded(self):
        """A user's rule that raises, or returns what is no probability, becomes a RunError that names it."""
        if self.python is None:
            yield
            return
        try:
            yield
        except EipsimError:
            raise
        except NoProbability as error:
            *numbers, answer = error.args
            what = f"returned {own_code.shown(answer)} for {ASKED.format(*numbers)}"
            raise RunError(str(Mistake(f"rule {self.told}", what, PROBABILITY))) from None
        except Exception as error:
            raise RunError(f"the rule {self.told} raised {type(error).__name__}: {error}") from error

    @property
    def told(self) -> str:
        """Its name as a message has it."""
        return self.given if isinstance(self.given, str) else self.name

    def checked(self, *asked: float) -> float:
        """What a rule in Python returns, asked about six numbers. NoProbability where it is none."""
        answer = self.python(*asked)  # type: ignore[misc]
        if not is_probability(answer):
            raise NoProbability(*asked, answer)
        return float(answer)


RuleLike = str | Callable[..., Any] | None  # what `find_rule` takes


def find_rule(rule: RuleLike) -> OwnRule:
    """The rule that `rule` names. InputError for an unknown name, a missing file or function, or no probability."""
    if rule is None:
        return OwnRule(None, 0)
    if callable(rule):
        return _own(rule, rule)
    if rule in RULES:
        return OwnRule(rule, RULES.index(rule))
    if own_code.is_code(rule):
        return _own(own_code.load_once(rule, "rule"), rule)
    raise InputError(unknown("rule", "rule", rule, [*RULES, "FILE.py:FUNCTION"]))


def is_probability(answer: Any) -> bool:
    """Whether what a rule has returned is a number from 0 to 1.

    >>> is_probability(0.5), is_probability(True), is_probability(None), is_probability(float("nan"))
    (True, True, False, False)
    """
    try:
        return np.ndim(answer) == 0 and 0.0 <= float(answer) <= 1.0
    except (TypeError, ValueError):
        return False


def _own(function: Callable, given: Any) -> OwnRule:
    function = getattr(function, "py_func", function)
    rule = OwnRule(given, OWN_RULE, None, function)
    try:
        answer = function(*SIX_NUMBERS)
    except Exception as error:
        what = f"fails on a plain project: {type(error).__name__}: {error}"
        hint = "it takes cost, saving, lifetime, size, peers, effects and returns a probability"
        raise InputError(Mistake(f"rule {rule.told}", what, hint)) from error
    if not is_probability(answer):
        raise InputError(Mistake(f"rule {rule.told}", f"returned {own_code.shown(answer)}", PROBABILITY))
    return replace(rule, compiled=_compiled(function) if isinstance(function, Hashable) else None)


@lru_cache(maxsize=KEPT)
def _compiled(function: Callable) -> Callable | None:
    """A rule in machine code that looks at what it returns; None where it cannot have any."""
    fast = machine_code(function, SIX_NUMBERS)
    if fast is None:
        return None

    def asked(cost, saving, lifetime, size, peers, effects):
        chance = fast(cost, saving, lifetime, size, peers, effects)
        if chance is None:
            raise NoProbability(cost, saving, lifetime, size, peers, effects, None)
        if not 0.0 <= chance <= 1.0:
            raise NoProbability(cost, saving, lifetime, size, peers, effects, chance)
        return chance

    return machine_code(asked, SIX_NUMBERS)


def with_own_rule(firm_class: type[Firm], rule: OwnRule) -> type[Firm]:
    """The firm class itself, or one whose `weigh` calls a rule that could not be compiled."""
    if rule.number < OWN_RULE or rule.compiled is not None or hasattr(firm_class, "own_python_rule"):
        return firm_class

    class FirmWithOwnRule(firm_class):  # type: ignore[misc, valid-type]
        own_python_rule = staticmethod(rule.python)  # type: ignore[arg-type]

        def weigh(self) -> np.ndarray:
            """Ask the user's rule about every open option."""
            state = self.model.state
            firms, catalogue, surroundings = state.firms, state.market.catalogue, state.surroundings
            chances = np.zeros(len(catalogue))
            for place in range(lay_out_options(firms, self.row, catalogue, surroundings, state.market.constants, 0)):
                option = option_at(firms, catalogue, surroundings, place)
                if option.log_saving >= NEVER_PAYS:
                    with rule.guarded():
                        chances[surroundings.workspace.measure[0, place]] = rule.checked(*as_asked(option))
            return chances

    FirmWithOwnRule.__name__ = firm_class.__name__
    return FirmWithOwnRule
