"""Empirical Bayes shrinkage of observed over expected: EBGM, its posterior quantiles (EB05, EB95), and probabilities.

Given the fitted prior, a cell's relative rate is a mixture of gamma(alpha + n, rate beta + expected); ``q`` is the
posterior weight of the first component. EBGM is the posterior geometric mean; EB05 >= 2 is the usual signal.
Source: DuMouchel, The American Statistician 53 (1999) 177-190, equations 6-11.

>>> scores = shrink([1, 40], [0.01, 10.0], GammaMixture(0.2, 0.1, 2.0, 4.0, 1 / 3), quantiles=(0.05, 0.95))
>>> scores.ebgm.round(3).tolist(), scores.quantiles.round(3).tolist()
([2.903, 3.927], [[0.292, 26.427], [2.999, 5.065]])
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma, gammaln, ndtri

from riskstats.disproportionality.gamma import mixture_quantile, mixture_tails
from riskstats.disproportionality.prior import GammaMixture, codes_of
from riskstats.disproportionality.tables import distinct_cells
from riskstats.inputs import Floats, Ints, counts, positive, refuse, same_length, share
from riskstats.kernels import kernel, parallel_kernel

_SAMPLE = 20_000


@dataclass(frozen=True, eq=False)
class Shrunk:
    """Shrunken scores by cell.

    Attributes
    ----------
    ebgm : ndarray, shape (cells,)
        Posterior geometric mean of the relative rate.
    q : ndarray, shape (cells,)
        Posterior weight of the prior's first component.
    quantiles : ndarray, shape (cells, len(at))
    at : tuple of float
        The quantiles' probabilities.
    below : ndarray, shape (cells,)
        Posterior probability that the relative rate is at most ``threshold``.
    threshold : float
    """

    ebgm: Floats
    q: Floats
    quantiles: Floats
    at: tuple[float, ...]
    below: Floats
    threshold: float

    def quantile(self, at: float) -> Floats:
        """One column of ``quantiles``: ``quantile(0.05)`` is EB05."""
        if at not in self.at:
            refuse("at", "unknown_quantile", f"没有算出{at}分位数", f"{at} was not computed; {self.at} were")
        return np.asarray(self.quantiles[:, self.at.index(at)])


@kernel
def _weight(theta: Any, g: Any, h: Any, n: float, e: float) -> float:
    """The first component's posterior weight; g, h hold lgamma(a + n) - lgamma(a)."""
    a1, b1, a2, b2, p = theta[0], theta[1], theta[2], theta[3], theta[4]
    first = g - a1 * math.log1p(e / b1) - n * math.log(b1 + e)
    second = h - a2 * math.log1p(e / b2) - n * math.log(b2 + e)
    odds: float = (1.0 - p) / p * math.exp(second - first)
    return 1.0 / (1.0 + odds)


@parallel_kernel
def _shrink(theta: Any, tables: Any, cells: Any, at: Any, threshold: float) -> Any:
    n, code, e = cells
    size = len(n)
    # Results are made here: a parallel loop may drop writes to an array that came in inside a tuple.
    ebgm, q, quantiles, below = np.empty(size), np.empty(size), np.empty((size, len(at))), np.empty(size)
    for i in numba.prange(size):
        k = code[i]
        w = _weight(theta, tables[0, k], tables[3, k], n[i], e[i])
        first = (theta[0] + n[i], theta[1] + e[i], tables[1, k])
        second = (theta[2] + n[i], theta[3] + e[i], tables[4, k])
        q[i] = w
        ebgm[i] = math.exp(w * (tables[2, k] - math.log(first[1])) + (1.0 - w) * (tables[5, k] - math.log(second[1])))
        for j in range(len(at)):
            quantiles[i, j] = mixture_quantile(at[j, 0], at[j, 1], w, first, second)
        lower, _, _ = mixture_tails(threshold, w, first, second)
        below[i] = lower
    return ebgm, q, quantiles, below


def _repetitive(n: Ints, expected: Floats) -> bool:
    """Whether a sample suggests that computing distinct cells once is worth the sorting."""
    if len(n) < _SAMPLE:
        return False
    step = len(n) // _SAMPLE
    pairs = np.stack([n[::step].astype(np.float64), expected[::step]])
    return bool(np.unique(pairs, axis=1).shape[1] < 0.7 * pairs.shape[1])


def shrink(
    n: ArrayLike, expected: ArrayLike, prior: GammaMixture, *, quantiles: tuple[float, ...] = (0.05, 0.95),
    threshold: float = 1.0,
) -> Shrunk:  # fmt: skip
    """EBGM, posterior quantiles and probabilities of every cell.

    Parameters
    ----------
    n : array_like of int, shape (cells,)
        Observed counts, zero allowed.
    expected : array_like, shape (cells,)
        Expected counts, above 0.
    prior : GammaMixture
    quantiles : tuple of float
        Any, each strictly between 0 and 1; relative error below 1e-9.
    threshold : float
        For ``below``.

    Raises
    ------
    InputError
        Rule ``count``, ``positive``, ``shape`` or ``share``.
    """
    number, e = counts(n, place="n"), positive(expected, place="expected")
    same_length("n, expected", number, e)
    at = tuple(share(q, place=f"quantiles[{i}]") for i, q in enumerate(quantiles))
    cut = float(positive(threshold, place="threshold"))
    if len(number) and _repetitive(number, e):
        few_n, few_e, _, where = distinct_cells(number, e)
        few = _shrunk(few_n, few_e, prior, at, cut)
        return Shrunk(few.ebgm[where], few.q[where], few.quantiles[where], at, few.below[where], cut)
    return _shrunk(number, e, prior, at, cut)


def _shrunk(n: Ints, e: Floats, prior: GammaMixture, at: tuple[float, ...], threshold: float) -> Shrunk:
    if len(n) == 0:
        return Shrunk(e, e, np.zeros((0, len(at))), at, e, threshold)
    k, code = codes_of(n)
    cells = (n.astype(np.float64), code, e)
    ebgm, q, quantiles, below = _shrink(prior.as_array(), _tables(k, prior), cells, _with_normal(at), threshold)
    return Shrunk(ebgm, q, quantiles, at, below, threshold)


def _tables(k: NDArray[np.int64], prior: GammaMixture) -> Floats:
    rows = []
    for a in (prior.alpha1, prior.alpha2):
        log_gamma = gammaln(a + k)
        rows += [log_gamma - gammaln(a), log_gamma, digamma(a + k)]
    return np.array(rows)


def _with_normal(at: tuple[float, ...]) -> Floats:
    return np.array([[q, float(ndtri(q))] for q in at]).reshape(len(at), 2)
