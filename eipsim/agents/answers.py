"""What verbs of a user's own answer: probabilities, or nothing. What is neither is told by class, verb and value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from eipsim.agents.mesa_support import RowAgent
from eipsim.core import own_code
from eipsim.errors import Mistake, RunError
from eipsim.market.catalogue import N_MEASURES, measure_names

PROBABILITIES = f"an array of {N_MEASURES} probabilities from 0 to 1, one a measure"


def chances_in(answer: Any, agent: RowAgent, verb: str, how: str) -> np.ndarray:
    """The probabilities [n_measures] that a verb of an agent was given or has returned. RunError where `answer` is none."""
    try:
        chances = np.array(answer, dtype=np.float64, order="C")
    except (TypeError, ValueError):
        raise wrong(agent, verb, f"{how} {own_code.shown(answer)}", PROBABILITIES) from None
    if chances.shape != (N_MEASURES,):
        shown = f"an array of shape {chances.shape}" if chances.shape else own_code.shown(answer)
        raise wrong(agent, verb, f"{how} {shown}", PROBABILITIES)
    if not (chances.min() >= 0.0 and chances.max() <= 1.0):
        m = int(np.flatnonzero(~((chances >= 0.0) & (chances <= 1.0)))[0])
        raise wrong(agent, verb, f"{how} {chances[m]:g} for {measure_names()[m]}", PROBABILITIES)
    return chances


def refuse_answers(agents: Iterable[RowAgent], verb: str, answers: Iterable[Any]) -> None:
    """RunError for the first agent whose verb has returned something: what a verb does, it writes to its agent."""
    for agent, answer in zip(agents, answers):
        if answer is not None:
            raise wrong(
                agent, verb, f"returned {own_code.shown(answer)}", "nothing; what it does, it writes to its agent"
            )


def wrong(agent: RowAgent, verb: str, what: str, allowed: str) -> RunError:
    """The error of a verb that is given or returns what is not `allowed`."""
    named = getattr(agent, "id", None) or getattr(agent, "name", agent.row)
    where = f"{type(agent).__name__}.{verb} of {named} in {agent.model.year}"
    return RunError(str(Mistake(where, what, f"allowed: {allowed}")))
