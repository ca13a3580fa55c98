"""Many tests at once, without structure: adjusted p-values that control the false discovery rate.

Sources: Benjamini & Hochberg, JRSS B 57 (1995) 289-300; Benjamini & Yekutieli, Annals of Statistics 29 (2001)
1165-1188; Storey, JRSS B 64 (2002) 479-498; Simes, Biometrika 73 (1986) 751-754.

>>> benjamini_hochberg([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
[0.04, 0.0533, 0.0533, 0.5]
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from riskstats.inputs import Floats, probabilities, refuse, share


def _step_up(p: Floats, factor: float) -> Floats:
    size = len(p)
    order = np.argsort(p, kind="stable")
    stepped = p[order] * (size * factor) / np.arange(1, size + 1)
    out = np.empty(size)
    out[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return out


def _line(p: ArrayLike) -> Floats:
    values = probabilities(p, place="p")
    if values.ndim != 1:
        refuse("p", "shape", "须为一维", f"one dimension is needed, not {values.ndim}")
    return values


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Adjusted p-values for independent or positively dependent tests; reject where they are at most the level."""
    return _step_up(_line(p), 1.0)


def benjamini_yekutieli(p: ArrayLike) -> Floats:
    """Adjusted p-values under any dependence: larger by the harmonic sum of the number of tests.

    >>> benjamini_yekutieli([0.01, 0.04]).round(4).tolist()
    [0.03, 0.06]
    """
    values = _line(p)
    return _step_up(values, float((1.0 / np.arange(1, len(values) + 1)).sum()))


def storey(p: ArrayLike, *, cut: float = 0.5) -> Floats:
    """Q-values: Benjamini-Hochberg scaled by the estimated share of true null hypotheses.

    Parameters
    ----------
    p : array_like, shape (tests,)
        From continuous tests; with discrete counts the estimate is conservative.
    cut : float
        P-values above this are taken to be null.
    """
    values = _line(p)
    share(cut, place="cut")
    if len(values) == 0:
        return values
    null = min(1.0, (1 + (values > cut).sum()) / (len(values) * (1 - cut)))
    return _step_up(values, float(null))


def simes(p: ArrayLike) -> float:
    """One p-value for "no hypothesis of these is false"; valid for independent or positively dependent tests.

    >>> round(simes([0.02, 0.5, 0.03]), 4)
    0.045
    """
    values = np.sort(_line(p))
    if len(values) == 0:
        refuse("p", "empty", "没有p值", "no p-values")
    return float(min(1.0, (values * len(values) / np.arange(1, len(values) + 1)).min()))
