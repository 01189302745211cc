"""How the decision rule in force came to its answer for one option: its terms, in names, numbers and units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eipsim.core.numbers import number
from eipsim.rules.acceptance import OWN_RULE, RULE_FILES
from eipsim.rules.option import Given, Option, Told, as_asked

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel
    from eipsim.model.state import State


def told_by_rule(model: EIPModel, m: int, firm: Any, option: Option) -> Told:
    """Lines, each with its facts, about `option`, measure m of `firm`, whose state is that at the moment of decision."""
    if model.rule_number == OWN_RULE:
        return told_of_own_rule(model.rule.name, option)
    given = Given(option, model.state.market.constants, effects_by_name(model.state, m, firm))
    return RULE_FILES[model.rule_number].explain(given)


def effects_by_name(state: State, m: int, firm: Any) -> dict[str, float]:
    """What moves the firm besides cost and saving, in log-odds: the terms of `option.effects`."""
    c, peers = state.market.constants, state.surroundings.parks.peers[firm.park, m]
    return {
        "peers": float(c.peer_weight * (peers - c.peers_reference)),
        "measure": float(state.market.catalogue.effect[m]),
        "firm": float(firm.firm_effect),
        "operator": float(state.operators.effect[firm.park]),
        "Viet Nam shift": float(c.vietnam_shift),
    }


def told_of_own_rule(name: str, option: Option) -> Told:
    """A user's rule is a black box: what it was given is told, its answer is the acceptance told next."""
    asked = ("cost", "saving", "lifetime", "size", "peers", "effects")
    given = dict(zip(asked, (value.item() if hasattr(value, "item") else value for value in as_asked(option))))
    told = ", ".join(f"{word} {number(value)}" for word, value in given.items())
    line = f"The user's rule {name} was given {told} (money in USD, lifetime in years)."
    return [(line, {"rule_was_given": given})]
