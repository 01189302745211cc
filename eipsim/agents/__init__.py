"""The three kinds of agents: tenant firms, park operators, regulators."""

from eipsim.agents.firm import Firm
from eipsim.agents.park_operator import ParkOperator
from eipsim.agents.regulator import Regulator

__all__ = ["Firm", "ParkOperator", "Regulator"]
