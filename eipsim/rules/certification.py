"""When a park meets a decree. Shares of firms are compared in whole firms, so that no rounding decides a certificate."""

from eipsim.core.compiled import rule

SHARE_SCALE = 1_000_000


@rule
def firms_needed(n_firms, share_in_millionths):
    """Fewest firms that make up the share: ceil(share x n) in whole numbers.

    >>> firms_needed(50, 200_000), firms_needed(45, 200_000), firms_needed(46, 200_000)
    (10, 9, 10)
    """
    return -((-n_firms * share_in_millionths) // SHARE_SCALE)
