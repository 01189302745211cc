"""Why a firm did or did not take a measure, a park is or is not certified, an exchange operates or not: in names, numbers, units.

All replay the run (`EIPModel.replay`), which costs as much as running it up to that year.
"""

from eipsim.agents.exchange_explanation import explain_exchange
from eipsim.agents.firm_explanation import explain_measure
from eipsim.agents.park_explanation import explain_park
from eipsim.agents.telling import Explanation

__all__ = ["Explanation", "explain_exchange", "explain_measure", "explain_park"]
