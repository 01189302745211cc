"""How the decision rule in force came to its answer for one option: its terms, in names, numbers and units."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from eipsim.agents.firm.year import THRESHOLD_DRAW
from eipsim.core.draws import draw_normal
from eipsim.explain.wording import number, share, usd, years
from eipsim.rules import acceptance as rules

Told = list[tuple[str, dict[str, Any]]]  # lines, each with its facts


def told_by_rule(model: Any, row: int, m: int, firm: Any, log_cost: float, log_saving: float) -> Told:
    """Lines about option m of the firm of `row`, whose state at the moment of decision is `firm`.

    `log_cost`, `log_saving`: ln of cost before subsidy and of yearly saving, over the firm's size.
    """
    net_cost = log_cost + math.log(1.0 - firm.voucher_rate)
    return TELLERS[model.rule_number](model, row, m, firm, float(net_cost), float(log_saving))


def log_odds(model: Any, m: int, firm: Any, log_cost: float, log_saving: float) -> dict[str, float]:
    """The terms of the acceptance curve's log-odds, by name."""
    c, p = model.state.market.constants, model.state.surroundings.parks[firm.park]
    return {
        "base": float(c.curve_intercept),
        "cost": float(-c.cost_weight * log_cost),
        "saving": float(c.saving_weight * log_saving),
        "peers": float(c.peer_weight * (p.peers[m] - c.peers_reference)),
        "measure": float(model.state.market.catalogue.effect[m]),
        "firm": float(firm.firm_effect),
        "operator": float(model.state.operators.effect[firm.park]),
        "Viet Nam shift": float(c.vietnam_shift),
    }


def by_curve(model, row, m, firm, log_cost, log_saving) -> Told:
    c, peers = model.state.market.constants, model.state.surroundings.parks.peers[firm.park, m]
    terms = log_odds(model, m, firm, log_cost, log_saving)
    total = sum(terms.values())
    told = ", ".join(f"{name} {value:+.3f}" for name, value in terms.items())
    line = f"Acceptance curve: log-odds {total:+.3f} = {told}"
    limits = f" between {share(c.acceptance_floor)} and {share(c.acceptance_ceiling)}"
    peers_line = (
        f"Peers: {share(peers)} of the park's firms have it, against a reference of {share(c.peers_reference)}."
    )
    return [
        (line + limits + ".", {"log_odds": total, "terms": terms}),
        (peers_line, {"peers_share": float(peers)}),
    ]


def _worth(model, m, firm, log_cost, log_saving) -> tuple[float, float, float]:
    """Annuity factor [yr], discounted saving and net cost [USD] of option m."""
    size, annuity = math.exp(firm.log_size), math.exp(model.state.surroundings.log_annuity[m])
    return annuity, math.exp(log_saving) * size * annuity, math.exp(log_cost) * size


def by_hurdle(model, row, m, firm, log_cost, log_saving) -> Told:
    annuity, worth, cost = _worth(model, m, firm, log_cost, log_saving)
    rate, life = model.state.market.constants.hurdle_rate, model.state.market.catalogue.lifetime[m]
    line = (
        f"NPV hurdle: at {share(rate)} a year over {life} years a dollar a year is worth {annuity:.4f} USD; saving "
        f"worth {usd(worth)} less cost {usd(cost)}: net present value {usd(worth - cost)}, accepted at 0 or more."
    )
    return [(line, {"npv_usd": worth - cost, "annuity_years": annuity, "payback_limit_years": annuity})]


def by_option(model, row, m, firm, log_cost, log_saving) -> Told:
    annuity, worth, cost = _worth(model, m, firm, log_cost, log_saving)
    constants = model.state.market.constants
    multiple = math.exp(constants.log_option_multiple)
    line = (
        f"Real option: saving worth {usd(worth)} ({share(constants.risk_free_rate)} a year, {annuity:.3f} years) "
        f"against {multiple:.4f} times the cost of {usd(cost)}, {usd(multiple * cost)}: accepted from there on."
    )
    facts = {"discounted_saving_usd": worth, "option_multiple": multiple, "worth_needed_usd": multiple * cost}
    return [(line, facts)]


def by_threshold(model, row, m, firm, log_cost, log_saving) -> Told:
    c, peers = model.state.market.constants, float(model.state.surroundings.parks.peers[firm.park, m])
    drawn = float(draw_normal(model.state.surroundings.streams[THRESHOLD_DRAW], model.state.firms.key[row], 0, 0))
    own = float(c.threshold_mean + c.threshold_sd * drawn)
    line = f"Threshold: {share(peers)} of the park's firms have it; the firm's own threshold is {share(own)}."
    return [(line, {"peers_share": peers, "threshold": own})]


def by_plan(model, row, m, firm, log_cost, log_saving) -> Told:
    c, peers = model.state.market.constants, float(model.state.surroundings.parks.peers[firm.park, m])
    payback, cost_share = math.exp(log_cost - log_saving), math.exp(log_cost)
    attitude, control = 1.0 / (1.0 + payback / c.payback_pivot), 1.0 / (1.0 + cost_share / c.reference_cost_share)
    weights = (c.tpb_weight_norm, c.tpb_weight_attitude, c.tpb_weight_control)
    intention = sum(w * x for w, x in zip(weights, (peers, attitude, control))) / sum(weights)
    line = (
        f"Planned behaviour: intention {intention:.3f} = norm {peers:.3f} (peers, weight {number(weights[0])}), "
        f"attitude {attitude:.3f} (payback {years(payback)}, weight {number(weights[1])}), control {control:.3f} "
        f"(cost {share(cost_share)} of size, weight {number(weights[2])}); accepted by half of the firms at 0.5."
    )
    return [
        (line, {"intention": float(intention), "norm": peers, "attitude": float(attitude), "control": float(control)})
    ]


def by_own_rule(model, row, m, firm, log_cost, log_saving) -> Told:
    """A user's rule is a black box: what it was given is told, its answer is the acceptance told next."""
    p, size = model.state.surroundings.parks[firm.park], math.exp(firm.log_size)
    given: dict[str, float] = {
        "cost": math.exp(log_cost) * size, "saving": math.exp(log_saving) * size,
        "lifetime": int(model.state.market.catalogue.lifetime[m]), "size": size,
        "peers": float(p.peers[m]), "effects": float(p.appeal[m] + firm.firm_effect),
    }  # fmt: skip
    told = ", ".join(f"{name} {number(value)}" for name, value in given.items())
    line = f"The user's rule {model.rule.name} was given {told} (money in USD, lifetime in years)."
    return [(line, {"rule_was_given": given})]


# In the order of rules.acceptance.RULES, then a user's own.
TELLERS: dict[int, Callable[..., Told]] = {
    rules.ACCEPTANCE_CURVE: by_curve,
    rules.NPV_HURDLE: by_hurdle,
    rules.REAL_OPTION: by_option,
    rules.THRESHOLD: by_threshold,
    rules.PLANNED_BEHAVIOUR: by_plan,
    rules.OWN_RULE: by_own_rule,
}
