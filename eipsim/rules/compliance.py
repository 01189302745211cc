"""Does a firm comply with its environmental permit? Becker (1968): it weighs the cost against the expected fine."""

from eipsim.core.compiled import rule


@rule
def complies(compliance_cost, inspection_chance, penalty):
    """True iff complying [USD/yr] costs no more than the expected penalty [USD/yr]: the chance of an inspection times what
    a violation costs. Who complies by itself weighs no cost.

    >>> complies(100.0, 0.1, 1000.0)
    True
    >>> complies(0.0, 0.0, 1000.0)
    True
    """
    return compliance_cost <= inspection_chance * penalty


@rule
def penalty_of(fine, other_cost):
    """What a violation costs that is found [USD]: the fine, and what else it costs (orders, name, customers) in fines.

    >>> penalty_of(1000.0, 0.5)
    1500.0
    """
    return fine * (1.0 + other_cost)


@rule
def perceived_chance(true_chance, own_record, park_record, own_share, learning_weight):
    """Chance of being inspected [1/yr] that a firm reckons with: the true one, drawn towards what has been lived through.

    `own_record` and `park_record` are shares of past years in which the firm itself, or a tenant of its park, was inspected;
    the firm's own counts for `own_share` of what has been lived through.

    >>> perceived_chance(0.1, 1.0, 0.2, 0.5, 0.0)
    0.1
    >>> round(perceived_chance(0.1, 1.0, 0.2, 0.5, 0.5), 12)
    0.35
    """
    lived_through = own_share * own_record + (1.0 - own_share) * park_record
    return true_chance + learning_weight * (lived_through - true_chance)


@rule
def record_after(record, inspected, years):
    """A record of inspections [1/yr] after a year with the share `inspected`: what is `years` old has faded to a third.

    >>> round(record_after(0.2, 1.0, 4.0), 12)
    0.4
    """
    return record + (inspected - record) / years
