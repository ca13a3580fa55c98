"""The gamma-mixture prior of relative reporting and its marginal likelihood, with both truncations in use.

A cell's count is Poisson with mean (relative rate x expected); the rate is drawn from ``p`` of one gamma and ``1 - p``
of another; so the count is a mixture of two negative binomials. Tables usually hold no zero cells, so that the
likelihood is truncated below ``least``; there are two ways:

``"component"``  p f1 / T1 + (1 - p) f2 / T2       each component truncated by itself
``"mixture"``    (p f1 + (1 - p) f2) / (p T1 + (1 - p) T2)   the mixture truncated as a whole: the coherent likelihood

where T is the probability of ``least`` or more. They have different optima. ``least=0`` truncates nothing: for tables
that list their zero cells.
Source: DuMouchel, The American Statistician 53 (1999) 177-190; DuMouchel & Pregibon, KDD 2001, 67-76.

>>> prior = GammaMixture(0.2, 0.1, 2.0, 4.0, 1 / 3)
>>> round(negative_log_likelihood(prior, [1, 3], [0.5, 0.9]), 6)
3.04141
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma, gammaln

from riskstats.inputs import Floats, counts, positive, refuse, same_length, share
from riskstats.kernels import kernel, parallel_kernel

Truncation = Literal["component", "mixture"]
_CHUNKS = 64
_FEW = 30_000  # cells below which one core is quicker than two


@dataclass(frozen=True)
class GammaMixture:
    """A prior of the relative rate: ``p`` of gamma(alpha1, rate beta1) and ``1 - p`` of gamma(alpha2, rate beta2).

    Raises
    ------
    InputError
        Rule ``positive`` or ``share``.
    """

    alpha1: float
    beta1: float
    alpha2: float
    beta2: float
    p: float

    def __post_init__(self) -> None:
        for name in ("alpha1", "beta1", "alpha2", "beta2"):
            positive(getattr(self, name), place=name)
        share(self.p, place="p")

    def as_array(self) -> Floats:
        """The five numbers in order."""
        return np.array([self.alpha1, self.beta1, self.alpha2, self.beta2, self.p])


@kernel
def _survival(a: float, b: float, e: float, log_ratio: float, least: int) -> tuple[float, float, float]:
    """P(count >= least) and its derivatives by a and b; ``log_ratio`` is log(1 + e/b)."""
    if least == 0:
        return 1.0, 0.0, 0.0
    if least == 1:
        above = -math.expm1(-a * log_ratio)
        f = 1.0 - above
        return above, log_ratio * f, -f * a * e / (b * (b + e))
    f = math.exp(-a * log_ratio)
    grow = e / (b + e)
    below, d_a, d_b, rise = 0.0, 0.0, 0.0, 0.0
    k = 0
    while k < least:
        below += f
        d_a += f * (rise - log_ratio)
        d_b += f * (a / b - (a + k) / (b + e))
        rise += 1.0 / (a + k)
        f *= (a + k) / (k + 1.0) * grow
        k += 1
    if below < 0.5:
        return 1.0 - below, -d_a, -d_b
    above, d_a, d_b = 0.0, 0.0, 0.0
    while f > above * 1e-17 and f > 0.0:
        above += f
        d_a += f * (rise - log_ratio)
        d_b += f * (a / b - (a + k) / (b + e))
        rise += 1.0 / (a + k)
        f *= (a + k) / (k + 1.0) * grow
        k += 1
    return above, d_a, d_b


@kernel
def _sum(theta: Any, tables: Any, cells: Any, start: int, stop: int, least: int, joint: bool, out: Any) -> None:
    """Log likelihood of the cells from ``start`` to ``stop`` and its gradient by (a1, b1, a2, b2, p), into ``out``."""
    n, code, e, log_e, weight = cells
    a1, b1, a2, b2, p = theta
    log_b1, log_b2, r = math.log(b1), math.log(b2), 1.0 - p
    for i in range(start, stop):
        k, w = code[i], weight[i]
        log1, log2 = math.log1p(e[i] / b1), math.log1p(e[i] / b2)
        f1 = tables[0, k] - (a1 + n[i]) * log1 + n[i] * (log_e[i] - log_b1)
        f2 = tables[2, k] - (a2 + n[i]) * log2 + n[i] * (log_e[i] - log_b2)
        t1, t1_a, t1_b = _survival(a1, b1, e[i], log1, least)
        t2, t2_a, t2_b = _survival(a2, b2, e[i], log2, least)
        top = max(f1, f2)
        f1, f2 = math.exp(f1 - top), math.exp(f2 - top)
        if joint:
            c1 = c2 = p * t1 + r * t2
        else:
            f1, f2, c1, c2 = f1 / t1, f2 / t2, t1, t2
        y = p * f1 + r * f2
        u, v = p * f1 / y, r * f2 / y
        m1, m2 = (p, r) if joint else (u, v)  # whose truncation pulls, and how hard
        out[0] += w * (top + math.log(y / c1 if joint else y))
        out[1] += w * (u * (tables[1, k] - log1) - m1 * t1_a / c1)
        out[2] += w * (u * (a1 / b1 - (a1 + n[i]) / (b1 + e[i])) - m1 * t1_b / c1)
        out[3] += w * (v * (tables[3, k] - log2) - m2 * t2_a / c2)
        out[4] += w * (v * (a2 / b2 - (a2 + n[i]) / (b2 + e[i])) - m2 * t2_b / c2)
        out[5] += w * ((f1 - f2) / y - ((t1 - t2) / c1 if joint else 0.0))


@parallel_kernel
def _sums(theta: Any, tables: Any, cells: Any, least: int, joint: bool) -> Any:
    """The same over all cells, in chunks shared among the cores and added in order."""
    parts = np.zeros((_CHUNKS, 16))
    size = len(cells[0])
    for chunk in numba.prange(_CHUNKS):
        _sum(theta, tables, cells, size * chunk // _CHUNKS, size * (chunk + 1) // _CHUNKS, least, joint, parts[chunk])
    return parts


def codes_of(n: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """The distinct counts and each cell's index among them; without sorting where counts are small."""
    top = int(n.max())
    if top <= 4 * len(n) + 1000:
        present = np.zeros(top + 1, dtype=bool)
        present[n] = True
        return np.flatnonzero(present), (np.cumsum(present) - 1)[n]
    values, code = np.unique(n, return_inverse=True)
    return values, code.reshape(-1)


class Likelihood:
    """The marginal likelihood of one table, ready to be asked at many priors.

    Parameters
    ----------
    n : array_like of int, shape (points,)
        Counts, none below ``least``.
    expected : array_like, shape (points,)
        Expected counts, above 0.
    weight : array_like, optional
        How many cells a point stands for (squashed tables); finite and above 0.
    least : int
        The smallest count that the table can hold; 0 where zero cells are listed.
    truncation : {"component", "mixture"}

    Raises
    ------
    InputError
        Rule ``count``, ``positive``, ``shape``, ``empty``, ``least`` or ``truncation``.
    """

    def __init__(
        self, n: ArrayLike, expected: ArrayLike, weight: ArrayLike | None = None, *, least: int = 1,
        truncation: Truncation = "component",
    ) -> None:  # fmt: skip
        number, e = counts(n, place="n"), positive(expected, place="expected")
        w = np.ones(len(number)) if weight is None else positive(weight, place="weight")
        if same_length("n, expected, weight", number, e, w) == 0:
            refuse("n", "empty", "没有单元格", "no cells")
        if least < 0 or number.min() < least:
            refuse("n", "least", f"有小于{least}的计数", f"a count of {number.min()} lies below least={least}")
        if truncation not in ("component", "mixture"):
            refuse("truncation", "truncation", "截断方式未知", f"{truncation!r} is neither 'component' nor 'mixture'")
        self.n, self.expected, self.weight = number, e, w
        self.least, self.joint = least, truncation == "mixture"
        self._distinct, code = codes_of(number)
        self._log_factorial = gammaln(self._distinct + 1.0)
        self._cells = (number.astype(np.float64), code, e, np.log(e), w)

    def at(self, theta: NDArray[np.float64]) -> tuple[float, Floats]:
        """The negative log likelihood and its gradient by (alpha1, beta1, alpha2, beta2, p)."""
        k, theta_ = self._distinct, tuple(float(v) for v in theta)
        rows = [[gammaln(a + k) - gammaln(a) - self._log_factorial, digamma(a + k) - digamma(a)] for a in theta_[:3:2]]
        tables = np.array(rows).reshape(4, len(k))
        if len(self.n) < _FEW:
            out = np.zeros(6)
            _sum(theta_, tables, self._cells, 0, len(self.n), self.least, self.joint, out)
        else:
            out = _sums(theta_, tables, self._cells, self.least, self.joint)[:, :6].sum(axis=0)
        return -float(out[0]), -out[1:]


def negative_log_likelihood(
    prior: GammaMixture, n: ArrayLike, expected: ArrayLike, weight: ArrayLike | None = None, *, least: int = 1,
    truncation: Truncation = "component",
) -> float:  # fmt: skip
    """The negative log marginal likelihood of a table at a prior; parameters as in :class:`Likelihood`."""
    return Likelihood(n, expected, weight, least=least, truncation=truncation).at(prior.as_array())[0]
