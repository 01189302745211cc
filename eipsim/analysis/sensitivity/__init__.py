"""Which inputs decide an outcome."""
