"""Tail probabilities and quantiles of Poisson and negative binomial counts, exact, inside kernels.

A negative binomial is given by mean ``mu`` and dispersion ``phi`` (variance over mean): size ``mu / (phi - 1)``,
success probability ``1 / phi``. ``phi`` of 1 is the Poisson distribution. Both follow one recurrence,
``p(k + 1) = p(k) * (a + b * k) / (k + 1)``, summed from the far end so that small tails keep all their digits.
"""

from __future__ import annotations

import math

from riskstats.kernels import kernel

_WIDE = 1e10  # variance beyond which sums over counts give way to an expansion


@kernel
def normal_upper(z):  # type: ignore[no-untyped-def]
    """Upper tail of the standard normal."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


@kernel
def mass(k, mu, phi):  # type: ignore[no-untyped-def]
    """Probability of exactly ``k``."""
    if mu <= 0.0:
        return 1.0 if k == 0 else 0.0
    if phi <= 1.0:
        return math.exp(k * math.log(mu) - mu - math.lgamma(k + 1.0))
    size = mu / (phi - 1.0)
    log_p = math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1.0)
    return math.exp(log_p - size * math.log(phi) + k * math.log1p(-1.0 / phi))


@kernel
def ratio(mu, phi):  # type: ignore[no-untyped-def]
    """The recurrence's two constants."""
    if phi <= 1.0:
        return mu, 0.0
    b = 1.0 - 1.0 / phi
    return mu / (phi - 1.0) * b, b


@kernel
def _sum_up(k, mu, phi):  # type: ignore[no-untyped-def]
    """Probability of ``k`` or more, for ``k`` above the mean."""
    a, b = ratio(mu, phi)
    p, total, x = mass(k, mu, phi), 0.0, k
    while p > total * 1e-17:
        total += p
        p *= (a + b * x) / (x + 1.0)
        x += 1.0
    return total


@kernel
def _sum_down(k, mu, phi):  # type: ignore[no-untyped-def]
    """Probability of ``k`` or fewer, for ``k`` up to the mean."""
    a, b = ratio(mu, phi)
    p, total, x = mass(k, mu, phi), 0.0, k
    while p > total * 1e-17:
        total += p
        if x == 0.0:
            break
        p *= x / (a + b * (x - 1.0))
        x -= 1.0
    return total


@kernel
def _far(k, mu, phi):  # type: ignore[no-untyped-def]
    """Probability of ``k`` or more where the standard deviation is above 100,000: Cornish-Fisher, inverted."""
    sd = math.sqrt(mu * phi)
    x = (k - 0.5 - mu) / sd
    skew = (2.0 * phi - 1.0) / sd
    return normal_upper(x - skew * (x * x - 1.0) / 6.0)


@kernel
def upper_tail(k, mu, phi):  # type: ignore[no-untyped-def]
    """Probability of ``k`` or more."""
    if k <= 0:
        return 1.0
    if mu <= 0.0:
        return 0.0
    if mu * phi > _WIDE:
        return _far(k, mu, phi)
    return 1.0 - _sum_down(k - 1.0, mu, phi) if k <= mu else _sum_up(k, mu, phi)


@kernel
def lower_tail(k, mu, phi):  # type: ignore[no-untyped-def]
    """Probability of ``k`` or fewer."""
    if k < 0:
        return 0.0
    if mu <= 0.0:
        return 1.0
    if mu * phi > _WIDE:
        return 1.0 - _far(k + 1.0, mu, phi)
    return 1.0 - _sum_up(k + 1.0, mu, phi) if k > mu else _sum_down(k, mu, phi)


@kernel
def _start(mu, phi, z):  # type: ignore[no-untyped-def]
    """Cornish-Fisher guess of a quantile."""
    skew = (2.0 * phi - 1.0) / math.sqrt(mu * phi)
    guess = mu + math.sqrt(mu * phi) * (z + skew * (z * z - 1.0) / 6.0)
    return max(math.floor(guess), 0.0)


@kernel
def upper_quantile(alpha, z, mu, phi):  # type: ignore[no-untyped-def]
    """Smallest count whose upper tail (beyond it) is at most ``alpha``; ``z`` is the normal's ``1 - alpha`` quantile."""
    if mu <= 0.0:
        return 0.0
    if not mu * phi < _WIDE:
        return mu + z * math.sqrt(mu * phi) + (2.0 * phi - 1.0) * (z * z - 1.0) / 6.0
    a, b = ratio(mu, phi)
    x = _start(mu, phi, z)
    p = mass(x, mu, phi)
    beyond = 1.0 - lower_tail(x, mu, phi) if x < mu else upper_tail(x + 1.0, mu, phi)
    bound = alpha * (1.0 + 1e-12)  # a tail equal to alpha but for rounding counts as reached
    while beyond > bound:
        p *= (a + b * x) / (x + 1.0)
        x += 1.0
        beyond -= p
    while x > 0.0 and beyond + p <= bound:
        beyond += p
        x -= 1.0
        p *= (x + 1.0) / (a + b * x)
    return x


@kernel
def lower_quantile(alpha, z, mu, phi):  # type: ignore[no-untyped-def]
    """Largest count at or above which all but ``alpha`` lies: a count below it has a lower tail of at most ``alpha``."""
    if mu <= 0.0:
        return 0.0
    if not mu * phi < _WIDE:
        return max(mu - z * math.sqrt(mu * phi) + (2.0 * phi - 1.0) * (z * z - 1.0) / 6.0, 0.0)
    a, b = ratio(mu, phi)
    x = _start(mu, phi, -z)
    below = lower_tail(x - 1.0, mu, phi)
    p = mass(x, mu, phi)
    bound = alpha * (1.0 + 1e-12)
    while below > bound and x > 0.0:
        x -= 1.0
        p *= (x + 1.0) / (a + b * x)
        below -= p
    while below + p <= bound:
        below += p
        p *= (a + b * x) / (x + 1.0)
        x += 1.0
    return x


@kernel
def normal_upper_quantile_of_small(p):  # type: ignore[no-untyped-def]
    """The same for ``p`` up to one half."""
    if p <= 0.0:
        return math.inf
    t = math.sqrt(-2.0 * math.log(p))
    z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    for _ in range(2):
        off = (normal_upper(z) - p) * math.sqrt(2.0 * math.pi) * math.exp(0.5 * z * z)
        z += off / (1.0 - 0.5 * z * off)
    return z


@kernel
def normal_upper_quantile(p):  # type: ignore[no-untyped-def]
    """The value whose upper tail is ``p``: a rational start (Abramowitz & Stegun 26.2.23), then Halley's steps."""
    if p >= 1.0:
        return -math.inf
    if p > 0.5:
        return -normal_upper_quantile_of_small(1.0 - p)
    return normal_upper_quantile_of_small(p)
