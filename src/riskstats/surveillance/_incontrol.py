"""Compiled log-linear regression on shared columns, Poisson or negative binomial, one series at a time.

Negative binomial dispersion is found by maximum likelihood, alternating with the coefficients.

Sources: McCullagh & Nelder (1989), Generalized Linear Models, section 2.5; Lawless (1987), Negative binomial and mixed
Poisson regression, Canadian Journal of Statistics 15, 209-225.
"""

from __future__ import annotations

import math

import numpy as np

from riskstats.kernels import kernel

_STEPS, _ROUNDS, _STOP = 25, 50, 1e-8
_MOST_SIZE = 1e7  # beyond this size the negative binomial is Poisson for every count there is


@kernel
def digamma(x):  # type: ignore[no-untyped-def]
    """Derivative of log gamma, ``x > 0``: recurrence up to 10, then the asymptotic series."""
    total = 0.0
    while x < 10.0:
        total -= 1.0 / x
        x += 1.0
    r = 1.0 / (x * x)
    series = r * (1.0 / 12.0 - r * (1.0 / 120.0 - r * (1.0 / 252.0 - r * (1.0 / 240.0 - r * (1.0 / 132.0)))))
    return total + math.log(x) - 0.5 / x - series


@kernel
def trigamma(x):  # type: ignore[no-untyped-def]
    """Second derivative of log gamma, ``x > 0``."""
    total = 0.0
    while x < 10.0:
        total += 1.0 / (x * x)
        x += 1.0
    r = 1.0 / (x * x)
    series = 1.0 / 6.0 - r * (1.0 / 30.0 - r * (1.0 / 42.0 - r * (1.0 / 30.0 - r * (5.0 / 66.0))))
    return total + (1.0 + 0.5 / x + r * series) / x


@kernel
def cholesky_solve(a, b):  # type: ignore[no-untyped-def]
    """Solve ``a x = b`` in place for a small positive definite ``a``; False when it is not."""
    k = len(b)
    for i in range(k):
        for j in range(i + 1):
            total = a[i, j]
            for m in range(j):
                total -= a[i, m] * a[j, m]
            if i == j:
                if not total > 0.0:
                    return False
                a[i, i] = math.sqrt(total)
            else:
                a[i, j] = total / a[j, j]
    for i in range(k):
        for m in range(i):
            b[i] -= a[i, m] * b[m]
        b[i] /= a[i, i]
    for i in range(k - 1, -1, -1):
        for m in range(i + 1, k):
            b[i] -= a[m, i] * b[m]
        b[i] /= a[i, i]
    return True


@kernel
def _deviance(y, mu, alpha):  # type: ignore[no-untyped-def]
    total = 0.0
    for i in range(len(y)):
        if y[i] > 0.0:
            total += y[i] * math.log(y[i] / mu[i])
        if alpha > 0.0:
            total -= (y[i] + 1.0 / alpha) * math.log((1.0 + alpha * y[i]) / (1.0 + alpha * mu[i]))
        else:
            total -= y[i] - mu[i]
    return 2.0 * total


@kernel
def _normal_equations(x, y, mu, alpha, a, b):  # type: ignore[no-untyped-def]
    """Weighted squares and products of the columns and of the working response."""
    a[:] = 0.0
    b[:] = 0.0
    for i in range(len(y)):
        w = mu[i] / (1.0 + alpha * mu[i])
        z = w * (math.log(mu[i]) + (y[i] - mu[i]) / mu[i])
        for j in range(len(b)):
            b[j] += x[i, j] * z
            for m in range(j + 1):
                a[j, m] += w * x[i, j] * x[i, m]


@kernel
def fit_means(x, y, alpha, fresh, beta, mu):  # type: ignore[no-untyped-def]
    """Coefficients and means at a given dispersion; ``fresh`` starts from the counts, otherwise from ``mu``."""
    n, k = x.shape
    a, b = np.empty((k, k)), np.empty(k)
    if fresh:
        mu[:] = y + 0.1
    before = math.inf if fresh else _deviance(y, mu, alpha)
    for _ in range(_STEPS):
        _normal_equations(x, y, mu, alpha, a, b)
        if not cholesky_solve(a, b):
            return False
        beta[:] = b
        for i in range(n):
            mu[i] = max(math.exp(np.sum(x[i] * beta)), 2.0**-52)
        now = _deviance(y, mu, alpha)
        if not abs(now) < math.inf:
            return False
        if abs(now - before) / (abs(now) + 0.1) < _STOP:
            break
        before = now
    return True


@kernel
def fit_size(y, mu):  # type: ignore[no-untyped-def]
    """Maximum likelihood size (1 / dispersion) at given means; infinite when the counts are not overdispersed."""
    off, more, n = 0.0, 0.0, len(y)
    for i in range(n):
        off += (y[i] / mu[i] - 1.0) ** 2
        more += (y[i] - mu[i]) ** 2 - y[i]
    size = n / off if off > 0.0 and more > 0.0 else math.inf  # more: slope of the likelihood at no overdispersion
    for _ in range(_STEPS):
        if not 0.0 < size < _MOST_SIZE:
            return math.inf
        score, curve, base, bend = 0.0, 0.0, digamma(size), trigamma(size)
        for i in range(n):
            both = size + mu[i]
            score += digamma(size + y[i]) - base + math.log(size) + 1.0 - math.log(both) - (y[i] + size) / both
            curve += bend - trigamma(size + y[i]) - 1.0 / size + 2.0 / both - (y[i] + size) / (both * both)
        step = score / curve
        size = abs(size + step)
        if abs(step) <= 1e-10 * size:
            break
    return size


@kernel
def fit_in_control(x, y, alpha, beta, mu):  # type: ignore[no-untyped-def]
    """Fit the means and, when ``alpha`` is negative, the dispersion; returns the dispersion, NaN when no fit settles."""
    if not fit_means(x, y, max(alpha, 0.0), True, beta, mu):
        return math.nan
    if alpha >= 0.0:
        return alpha
    size = fit_size(y, mu)
    for _ in range(_ROUNDS):
        if not size < math.inf:
            return 0.0
        if not fit_means(x, y, 1.0 / size, False, beta, mu):
            return math.nan
        last, size = size, fit_size(y, mu)
        if abs(size - last) <= 1e-9 * size:
            break
    return 1.0 / size
