"""exp, log, the normal quantile and sums that give the same bits on every processor, in every stepping, with every version.

The C library's versions differ in the last digit between machines and keep a loop from being vectorised; the order in which
libraries add up many numbers differs between their versions.
"""

import math

import numpy as np

from eipsim.core.compiled import allocating, rule

LN2_HIGH, LN2_LOW, LOG2_E = 6.93147180369123816490e-01, 1.90821492927058770002e-10, 1.4426950408889634
SQRT_HALF = math.sqrt(0.5)
EXPONENT_BIAS, MANTISSA_BITS = 1023, 52
MANTISSA = (1 << MANTISSA_BITS) - 1
ONE_BITS = EXPONENT_BIAS << MANTISSA_BITS
TEN_TO_NINETY = 2.5631  # standard deviations from the tenth to the ninetieth percentile of a normal number


def total(values):
    """Sum of an array or a series of any shape, rounded once, so that no order matters; for some 10,000 numbers a year at most.

    >>> total(np.array([1e16, 1.0, 1.0, -1e16]))
    2.0
    """
    return math.fsum(np.ravel(values).tolist())


@rule
def exp(x):
    """e**x for |x| <= 700 (clipped beyond); relative error below 1e-15. Cody-Waite reduction, Taylor to degree 13.

    >>> bool(abs(exp(1.0) - 2.718281828459045) < 1e-14)
    True
    """
    x = min(max(x, -700.0), 700.0)
    n = math.floor(x * LOG2_E + 0.5)
    q = (x - n * LN2_HIGH) - n * LN2_LOW
    far = 1 / 39916800 + q * (1 / 479001600 + q * (1 / 6227020800))
    tail = 1 / 40320 + q * (1 / 362880 + q * (1 / 3628800 + q * far))
    series = 0.5 + q * (1 / 6 + q * (1 / 24 + q * (1 / 120 + q * (1 / 720 + q * (1 / 5040 + q * tail)))))
    power_of_two = np.int64((np.int64(n) + EXPONENT_BIAS) << MANTISSA_BITS).view(np.float64)
    return (1.0 + q * (1.0 + q * series)) * power_of_two


@rule
def log(x):
    """ln x for normal x > 0; relative error below 1e-14. log1p by the atanh series on [sqrt(1/2), sqrt(2)).

    >>> bool(abs(log(10.0) - 2.302585092994046) < 1e-14)
    True
    """
    bits = np.float64(x).view(np.int64)
    n = (bits >> MANTISSA_BITS) - EXPONENT_BIAS
    m = np.int64((bits & MANTISSA) | ONE_BITS).view(np.float64)
    if m > 2.0 * SQRT_HALF:
        m = 0.5 * m
        n = n + 1
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    tail = 1 / 13 + z * (1 / 15 + z * (1 / 17 + z * (1 / 19 + z * (1 / 21))))
    series = 1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * tail))))
    return n * LN2_HIGH + (2.0 * s + (2.0 * s * z * series + n * LN2_LOW))


MIDDLE, NEAR, FAR = 0.180625, 1.6, 5.0  # squared half-width of the middle; where the tails' approximations are centred


@rule
def normal_quantile(u):
    """The standard normal deviate below which a share u (0 < u < 1) lies. Wichura's AS 241 (PPND16), error below 1e-15.

    All three approximations are worked out and one is chosen, so that loops over draws are vectorised.

    >>> round(normal_quantile(0.975), 6)
    1.959964
    """
    q = u - 0.5
    r = math.sqrt(-log(min(u, 1.0 - u)))
    middle, near, far = _middle(q), _near_tail(r - NEAR), _far_tail(r - FAR)
    tail = near if r <= FAR else far
    return middle if q * q <= MIDDLE else (-tail if q < 0.0 else tail)


# fmt: off
@rule
def _middle(q):
    r = MIDDLE - q * q
    return (
        q
        * (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
               + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
            + 133.14166789178437745) * r + 3.387132872796366608)
        / (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
               + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
            + 42.313330701600911252) * r + 1.0)
    )


@rule
def _near_tail(r):
    return (
        (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
             + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
          + 4.6303378461565452959) * r + 1.42343711074968357734)
        / (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
               + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
            + 2.05319162663775882187) * r + 1.0)
    )


@rule
def _far_tail(r):
    return (
        (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
             + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
          + 5.4637849111641143699) * r + 6.6579046435011037772)
        / (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
               + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
            + 0.59983220655588793769) * r + 1.0)
    )
# fmt: on


@allocating
def logs(values):
    """ln of every element of a contiguous array, as a new array of the same shape; elements below 1e-250 count as 1e-250."""
    result = np.empty(values.shape)
    flat_in, flat_out = values.reshape(-1), result.reshape(-1)
    for i in range(flat_in.size):
        flat_out[i] = log(max(flat_in[i], 1e-250))
    return result
