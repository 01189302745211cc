"""Which policy to choose, and what it costs whom."""
