"""Behaviour as formulas: one firm or park, scalars in, one scalar out. Nothing else of eipsim is imported here."""
