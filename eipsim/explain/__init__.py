"""Why a firm did or did not take a measure, a park is or is not certified, an exchange operates or not: in names, numbers, units.

All replay the run (`EIPModel.replay`), which costs as much as running it up to that year.
"""

from eipsim.explain.exchange import explain_exchange
from eipsim.explain.firm import explain_measure
from eipsim.explain.park import explain_park
from eipsim.explain.wording import Explanation

__all__ = ["Explanation", "explain_exchange", "explain_measure", "explain_park"]
