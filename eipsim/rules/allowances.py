"""What a firm in a carbon market gets free of charge, and how it comes to the rest.

What is free depends on output and not on emissions, so that a tonne more or less is worth the price to the firm however much it
gets (Montgomery 1972). Allocation by a benchmark of tonnes per output is that of Decree 119/2025.
"""

from eipsim.core.compiled import rule


@rule
def free_allowances(benchmark, output, auctioned_share):
    """Allowances [t/yr] that a firm gets free: the share that is not auctioned of `benchmark` [t/USD] x `output` [USD/yr].

    >>> free_allowances(0.0005, 2e7, 0.1)
    9000.0
    """
    return (1.0 - auctioned_share) * benchmark * output


@rule
def bought_at_auction(surrendered, free, auctioned_share):
    """Allowances [t/yr] bought from the public: what the firm lacks, up to the auctioned share of what it must surrender.

    Where all are auctioned that is all of it, where none are it is nothing.

    >>> bought_at_auction(1000.0, 850.0, 0.1), bought_at_auction(1000.0, 950.0, 0.1), bought_at_auction(1000.0, 0.0, 1.0)
    (100.0, 50.0, 1000.0)
    """
    return min(max(surrendered - free, 0.0), auctioned_share * surrendered)


@rule
def traded(surrendered, free, auctioned):
    """Allowances [t/yr] bought of others; negative when sold.

    >>> traded(1000.0, 850.0, 100.0), traded(1000.0, 1200.0, 0.0)
    (50.0, -200.0)
    """
    return surrendered - free - auctioned


@rule
def benchmark_level(level, decline):
    """A benchmark over that of its first year, a year later, when it falls by `decline` [1/yr].

    >>> benchmark_level(0.5, 0.02)
    0.49
    """
    return level * (1.0 - decline)
