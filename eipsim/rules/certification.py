"""When a park meets a decree. Shares of firms are compared in whole firms, so that no rounding decides a certificate."""

SHARE_SCALE = 1_000_000


def firms_needed(n_firms, share_in_millionths):
    """Fewest firms that make up the share: ceil(share x n) in whole numbers; `n_firms` may be an array.

    >>> firms_needed(50, 200_000), firms_needed(45, 200_000), firms_needed(46, 200_000)
    (10, 9, 10)
    """
    return -((-n_firms * share_in_millionths) // SHARE_SCALE)
