"""Puts this folder on the path, so that every test can `from helpers import ...`."""
