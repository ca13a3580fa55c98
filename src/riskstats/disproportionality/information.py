"""Information components: log2 of observed over expected, shrunk towards 0.

``information_component`` is the measure in use at the WHO Uppsala Monitoring Centre: log2((n + 1/2) / (e + 1/2)), with
quantiles of a gamma(n + 1/2, rate e + 1/2) posterior; IC025 > 0 is the usual signal. Source: Norén, Hopstadius & Bate,
Statistical Methods in Medical Research 22 (2013) 57-69.
``confidence_propagation`` is the earlier neural network form with exact posterior moments and a normal approximation.
Sources: Bate et al., European Journal of Clinical Pharmacology 54 (1998) 315-321; Gould, Pharmacoepidemiology and Drug
Safety 12 (2003) 559-574.

>>> ic = information_component([10], [2.0])
>>> ic.ic.round(3).tolist(), ic.low.round(3).tolist(), ic.high.round(3).tolist()
([2.07], [1.04], [2.827])
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln, ndtr, ndtri, polygamma

from riskstats.disproportionality.gamma import mixture_quantile
from riskstats.disproportionality.prior import codes_of
from riskstats.disproportionality.ratios import fourfold
from riskstats.inputs import Floats, counts, positive, same_length, share
from riskstats.kernels import parallel_kernel


@dataclass(frozen=True, eq=False)
class Information:
    """Information components by cell, in bits: the value, and the interval's ends (IC025 and IC975 at level 0.95)."""

    ic: Floats
    low: Floats
    high: Floats
    level: float


@parallel_kernel
def _quantiles(n: Any, code: Any, e: Any, log_gamma: Any, at: Any, out: Any) -> None:
    for i in numba.prange(len(n)):
        part = (n[i] + 0.5, e[i] + 0.5, log_gamma[code[i]])
        for j in range(len(at)):
            out[j, i] = mixture_quantile(at[j, 0], at[j, 1], 1.0, part, part)


def information_component(n: ArrayLike, expected: ArrayLike, *, level: float = 0.95) -> Information:
    """The information component of each cell.

    Parameters
    ----------
    n : array_like of int, shape (cells,)
    expected : array_like, shape (cells,)
        Above 0.
    level : float
        Posterior coverage of the interval.
    """
    number, e = counts(n, place="n"), positive(expected, place="expected")
    same_length("n, expected", number, e)
    tail = (1 - share(level, place="level")) / 2
    at = np.array([[q, float(ndtri(q))] for q in (tail, 1 - tail)])
    out = np.empty((2, len(number)))
    if len(number):
        k, code = codes_of(number)
        _quantiles(number.astype(np.float64), code, e, gammaln(k + 0.5), at, out)
    return Information(np.log2((number + 0.5) / (e + 0.5)), np.log2(out[0]), np.log2(out[1]), level)


@dataclass(frozen=True, eq=False)
class Propagated:
    """Posterior mean and standard deviation of the component in bits, its lower quantile, and P(component <= log2 rr0)."""

    mean: Floats
    sd: Floats
    low: Floats
    below: Floats


def confidence_propagation(
    n: ArrayLike, product_total: ArrayLike, hazard_total: ArrayLike, total: int, *, relative: float = 1.0,
    tail: float = 0.025,
) -> Propagated:  # fmt: skip
    """The earlier information component (BCPNN) of each cell.

    Parameters
    ----------
    n, product_total, hazard_total, total
        As in :func:`~riskstats.disproportionality.ratios.reporting_ratios`.
    relative : float
        ``below`` is the posterior probability that the ratio is at most this.
    tail : float
        Probability below ``low``.
    """
    fourfold(n, product_total, hazard_total, total)
    a, rows, columns = (np.asarray(v, dtype=np.float64) for v in (n, product_total, hazard_total))
    positive(relative, place="relative")
    p1, p2 = 1 + rows, 1 + total - rows
    q1, q2 = 1 + columns, 1 + total - columns
    r1 = 1 + a
    r2 = total - a - 1 + (2 + total) ** 2 / (q1 * p1)
    bit = np.log(2.0)
    mean = (digamma(r1) - digamma(r1 + r2) - digamma(p1) + digamma(p1 + p2) - digamma(q1) + digamma(q1 + q2)) / bit
    tri = [polygamma(1, v) for v in (r1, r1 + r2, p1, p1 + p2, q1, q1 + q2)]
    sd = np.sqrt(tri[0] - tri[1] + tri[2] - tri[3] + tri[4] - tri[5]) / bit
    low = mean + float(ndtri(share(tail, place="tail"))) * sd
    return Propagated(mean, sd, low, np.asarray(ndtr((np.log2(relative) - mean) / sd)))
