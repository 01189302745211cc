"""The model: one Mesa model, one year a step."""

from eipsim.model.model import EIPModel

__all__ = ["EIPModel"]
