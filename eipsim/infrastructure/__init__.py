"""Systems that tenants of a park share: items, the compiled year, and their operation."""
