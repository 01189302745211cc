"""Regulators: their year, what they deal out, their Mesa face."""
