"""The three kinds of agents: tenant firms, park operators, regulators."""

from eipsim.agents import mesa_support  # noqa: F401 - first: Mesa looks through all modules there are, few as yet
from eipsim.agents.firm.agent import Firm
from eipsim.agents.operator.agent import ParkOperator
from eipsim.agents.regulator.agent import Regulator

__all__ = ["Firm", "ParkOperator", "Regulator"]
