"""How likely a firm is to accept each of its open options, under the decision rule in force.

Options of a few firms are laid out in the workspace and weighed together, in one loop that is made from the formula of a rule
(`rules/acceptance/`): so it can be run several options at a time.
"""

from __future__ import annotations

import numpy as np

from eipsim.agents.firm.project import (
    NEVER_PAYS,
    log_cost,
    log_cost_at_cap,
    log_discount,
    log_lost_to_cap,
    log_saving,
    log_size_now,
)
from eipsim.core.compiled import compiled, inlined, lowest_bit
from eipsim.core.draws import PROCESSES
from eipsim.rules.acceptance import RULE_FILES
from eipsim.rules.option import Option, as_asked

THRESHOLD_DRAW = PROCESSES["decision threshold"]


@inlined
def log_odds(firm, m, surroundings):
    """What moves acceptance besides cost and saving, in log-odds: peers and operator, and the firm itself."""
    return surroundings.parks[firm.park].appeal[m] + firm.firm_effect


@inlined
def log_own_cost(firm, m, surroundings, discount, cap):
    """ln of what a project costs the firm over its size, after a `discount` (ln), and less of it above a `cap` (ln)."""
    cost = log_cost(firm, m, surroundings)
    return cost + discount + log_lost_to_cap(firm, m, surroundings) if cost > cap else cost + discount


@inlined
def lay_out_options(firms, i, measures, surroundings, constants, first):
    """Put the open options of firm i in the workspace, from place `first`; gives the place after the last."""
    firm, options, place = firms[i], surroundings.workspace[0], first
    discount, cap = log_discount(firm, surroundings, constants), log_cost_at_cap(firm, surroundings, constants)
    left = firm.open_bits
    while left:
        m = lowest_bit(left)
        left &= left - 1
        options.row[place] = i
        options.measure[place] = m
        options.log_cost[place] = log_own_cost(firm, m, surroundings, discount, cap)
        options.log_saving[place] = log_saving(firm, m, measures, surroundings, constants)
        options.effects[place] = log_odds(firm, m, surroundings)
        place += 1
    return place


@inlined
def option_at(firms, measures, surroundings, place):
    """The option at a place of the workspace as a rule sees it. What a rule does not look at, the compiler leaves out."""
    options = surroundings.workspace[0]
    m, firm = options.measure[place], firms[options.row[place]]
    return Option(
        options.log_cost[place],
        options.log_saving[place],
        surroundings.log_annuity[m],
        measures[m].lifetime,
        log_size_now(firm, surroundings),
        surroundings.parks[firm.park].peers[m],
        options.effects[place],
        np.int64(firm.key),  # the same bits as a number that Python code can hand back to compiled code
        np.int64(surroundings.streams[THRESHOLD_DRAW]),
    )


@inlined
def refuse_all(firms, measures, surroundings, constants, rule, end):
    """No rule has this number: nothing is accepted."""
    for place in range(end):
        surroundings.workspace[0].chance[place] = 0.0


def weigh_by(files):
    """The loop over the workspace under the rule of `files` whose number it is given, made from the rules' formulas."""
    if not files:
        return refuse_all
    number, accept, name = files[0].NUMBER, files[0].accept, files[0].__name__.rpartition(".")[2]
    weigh_by_another = weigh_by(files[1:])

    def weigh_all(firms, measures, surroundings, constants, rule, end):
        if rule != number:
            weigh_by_another(firms, measures, surroundings, constants, rule, end)
            return
        for place in range(end):
            option = option_at(firms, measures, surroundings, place)
            chance = accept(option, constants)
            surroundings.workspace[0].chance[place] = chance if option.log_saving >= NEVER_PAYS else 0.0

    # Of two functions with one name the machine code of one could be taken for that of the other.
    weigh_all.__qualname__ = f"weigh_by_{name}"
    return inlined(weigh_all)


weigh_by_number = weigh_by(RULE_FILES)


@compiled
def weigh_by_own_rule(firms, measures, surroundings, own_rule, end):
    for place in range(end):
        option = option_at(firms, measures, surroundings, place)
        chance = own_rule(*as_asked(option))
        surroundings.workspace[0].chance[place] = chance if option.log_saving >= NEVER_PAYS else 0.0


@inlined
def weigh_laid_out(firms, measures, surroundings, constants, rule, own_rule, end):
    """The chance that each option laid out, up to place `end`, is accepted by a user's own rule, or else by rule `rule`."""
    if own_rule is None:
        weigh_by_number(firms, measures, surroundings, constants, rule, end)
    else:
        weigh_by_own_rule(firms, measures, surroundings, own_rule, end)


@inlined
def pick_up_chances(firm, surroundings, first, chances):
    """Fill `chances` [m] of a firm's open options from the workspace, from place `first`; gives the place after the last."""
    place, left = first, firm.open_bits
    while left:
        chances[lowest_bit(left)] = surroundings.workspace[0].chance[place]
        left &= left - 1
        place += 1
    return place


@inlined
def keep_chances(firm, surroundings, first, kept):
    """Copy the chances of a firm's open options from the workspace, from place `first`, into `kept` [o], in order."""
    place, left = first, firm.open_bits
    while left:
        kept[place - first] = surroundings.workspace[0].chance[place]
        left &= left - 1
        place += 1


@inlined
def recall_chances(firm, kept, chances):
    """Fill `chances` [m] of a firm's open options from those `kept` [o]."""
    n, left = 0, firm.open_bits
    while left:
        chances[lowest_bit(left)] = kept[n]
        left &= left - 1
        n += 1


@compiled
def weigh(firms, i, situation, rule, own_rule, chances):
    """Fill `chances` [m] with the probability that each open option of firm i, if recommended, is accepted within two years."""
    measures, surroundings, _, constants = situation
    end = lay_out_options(firms, i, measures, surroundings, constants, 0)
    weigh_laid_out(firms, measures, surroundings, constants, rule, own_rule, end)
    pick_up_chances(firms[i], surroundings, 0, chances)
