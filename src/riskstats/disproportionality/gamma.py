"""Gamma distributions inside compiled loops: probabilities, densities and quantiles of one or two of them mixed.

Lower and upper regularised incomplete gamma functions by series and by Lentz's continued fraction (NIST DLMF 8.11.4,
8.9.2); quantiles by safeguarded Newton steps on the log probability against the log of the point, where a gamma
variable's distribution function is log-concave, so that the steps overshoot only where two components are far apart.
"""

from __future__ import annotations

import math

from riskstats.kernels import kernel

_TINY = 1e-300
_EPS = 2.3e-16
_CLOSE = 1e-11  # relative error of a quantile


@kernel
def both_tails(shape: float, x: float, log_gamma: float) -> tuple[float, float, float]:
    """P(X <= x), P(X > x) and x times the density at x of a unit-rate gamma; ``log_gamma`` is lgamma(shape)."""
    if x <= 0.0:
        return 0.0, 1.0, 0.0
    mass = math.exp(shape * math.log(x) - x - log_gamma)
    if x < shape + 1.0:
        term = 1.0 / shape
        total, k = term, shape
        while term > total * _EPS:
            k += 1.0
            term *= x / k
            total += term
        lower = mass * total
        return lower, 1.0 - lower, mass
    b = x + 1.0 - shape
    c = 1.0 / _TINY
    d = 1.0 / b
    h = d
    i = 0.0
    step = 0.0
    while abs(step - 1.0) > 1e-15 and i < 100000.0:
        i += 1.0
        an = -i * (i - shape)
        b += 2.0
        d = an * d + b
        if abs(d) < _TINY:
            d = _TINY
        c = b + an / c
        if abs(c) < _TINY:
            c = _TINY
        d = 1.0 / d
        step = d * c
        h *= step
    upper = mass * h
    return 1.0 - upper, upper, mass


@kernel
def mixture_tails(
    x: float, weight: float, first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Lower tail, upper tail and x times density of ``weight`` of the first and the rest of the second.

    A component is (shape, rate, lgamma(shape)).
    """
    lower, upper, mass = 0.0, 0.0, 0.0
    if weight > 0.0:
        p, q, m = both_tails(first[0], first[1] * x, first[2])
        lower, upper, mass = weight * p, weight * q, weight * m
    if weight < 1.0:
        p, q, m = both_tails(second[0], second[1] * x, second[2])
        lower, upper, mass = lower + (1.0 - weight) * p, upper + (1.0 - weight) * q, mass + (1.0 - weight) * m
    return lower, upper, mass


@kernel
def _guess(shape: float, rate: float, z: float, q: float, log_gamma: float) -> float:
    """Wilson and Hilferty's quantile, or the lower tail's power law where that fails."""
    s = 1.0 / (9.0 * shape)
    cube = 1.0 - s + z * math.sqrt(s)
    if cube > 0.3:
        return math.log(shape / rate) + 3.0 * math.log(cube)
    return (math.log(q) + log_gamma + math.log(shape)) / shape - math.log(rate)


@kernel
def mixture_quantile(
    q: float, z: float, weight: float, first: tuple[float, float, float], second: tuple[float, float, float]
) -> float:
    """The point below which a share ``q`` of the mixture lies; ``z`` is the normal quantile of ``q``."""
    u = (1.0 - weight) * _guess(second[0], second[1], z, q, second[2]) if weight < 1.0 else 0.0
    if weight > 0.0:
        u += weight * _guess(first[0], first[1], z, q, first[2])
    low, high = -math.inf, math.inf
    goal = math.log(q) if q <= 0.5 else math.log1p(-q)
    for _ in range(200):
        lower, upper, mass = mixture_tails(math.exp(u), weight, first, second)
        tail = lower if q <= 0.5 else upper
        if (lower < q) if q <= 0.5 else (upper > 1.0 - q):
            low = u
        else:
            high = u
        step = (goal - math.log(tail)) * tail / mass if tail > 0.0 and mass > 0.0 else math.nan
        if q > 0.5:
            step = -step
        if abs(step) < _CLOSE:
            return math.exp(u + step)
        u = _next(u, step, low, high)
        if high - low < _CLOSE:
            return math.exp(u)
    return math.exp(u)


@kernel
def _next(u: float, step: float, low: float, high: float) -> float:
    """Newton's next point, or a safer one where it leaves the bracket or does not exist."""
    u2 = u + max(-20.0, min(20.0, step))
    if u2 > low and u2 < high:
        return u2
    if math.isinf(low):
        return high - 1.0 if math.isnan(step) else (high + u) / 2.0 - 0.5
    if math.isinf(high):
        return low + 1.0
    return 0.5 * (low + high)
