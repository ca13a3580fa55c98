"""What all scans share: the likelihood ratio of a high rate inside a window, and Monte Carlo p-values.

With ``c`` of ``C`` cases inside, where ``e`` of ``C`` were expected, the conditional Poisson log likelihood ratio is
``c log(c/e) + (C - c) log((C - c)/(C - e))`` if ``c > e``, else 0; the Bernoulli ratio compares the share of cases
inside and outside. The adjusted p-value of a window is the share of data sets, the observed one included, whose
greatest ratio over *all* windows is no smaller: one test for the whole search.
Source: Kulldorff, Communications in Statistics: Theory and Methods 26 (1997) 1481-1496.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from riskstats.inputs import Floats, refuse
from riskstats.kernels import kernel


@kernel
def x_log(x: float) -> float:
    """x log x, 0 at 0."""
    return x * math.log(x) if x > 0.0 else 0.0


@kernel
def poisson_ratio(c: float, e: float, total: float) -> float:
    """The conditional Poisson log likelihood ratio of a high rate."""
    if c <= e or e <= 0.0:
        return 0.0
    ratio = c * math.log(c / e)
    if c < total:
        ratio += (total - c) * math.log((total - c) / (total - e))
    return ratio


@kernel
def bernoulli_ratio(c: float, m: float, cases: float, total: float) -> float:
    """The Bernoulli log likelihood ratio of ``c`` cases among ``m`` inside, of ``cases`` among ``total`` in all."""
    if m <= 0.0 or m >= total or c * total <= m * cases:
        return 0.0
    inside = x_log(c) + x_log(m - c) - x_log(m)
    outside = x_log(cases - c) + x_log(total - m - cases + c) - x_log(total - m)
    return float(inside + outside - (x_log(cases) + x_log(total - cases) - x_log(total)))


def adjusted(ratio: Floats, greatest: Floats) -> Floats:
    """P-values of ratios against the replicates' greatest ones, ties counted against the window."""
    ranked = np.sort(greatest)
    above = len(ranked) - np.searchsorted(ranked, ratio * (1 - 1e-12) - 1e-12, side="left")
    return np.asarray((above + 1) / (len(ranked) + 1))


def replicates_of(number: int, seed: int) -> np.random.Generator:
    """The stream of one scan's replicates.

    Raises
    ------
    InputError
        Rule ``replicates`` below 1.
    """
    if number < 1:
        refuse("replicates", "replicates", "模拟次数须至少为1", f"{number}: at least 1 is needed")
    return np.random.Generator(np.random.PCG64(seed))


@kernel
def split_mix(state: Any) -> Any:
    """The next 64 random bits of a small fast stream (Steele, Lea & Flood 2014); ``state`` is changed."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def alias_table(weight: Floats) -> tuple[Floats, Any]:
    """Vose's alias table: draws from a discrete distribution in constant time."""
    size = len(weight)
    share = weight * (size / weight.sum())
    keep, other = np.ones(size), np.arange(size)
    low, high = [int(i) for i in np.flatnonzero(share < 1)], [int(i) for i in np.flatnonzero(share >= 1)]
    while low and high:
        small, large = low.pop(), high[-1]
        keep[small], other[small] = share[small], large
        share[large] -= 1 - share[small]
        if share[large] < 1:
            low.append(high.pop())
    return keep, other
