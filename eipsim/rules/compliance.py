"""Does a firm comply with its environmental permit? Becker (1968): it weighs the cost against the expected fine."""

from eipsim.core.compiled import rule


@rule
def complies(compliance_cost, inspection_probability, fine):
    """True iff complying [USD/yr] costs no more than the expected fine p x F [USD/yr].

    >>> complies(100.0, 0.1, 1000.0)
    True
    """
    return compliance_cost <= inspection_probability * fine
