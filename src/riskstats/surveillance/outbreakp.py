"""outbreakP: has a level mean begun to rise? A likelihood ratio without a model of the rise.

Each week all counts so far are fitted twice, by one mean and by means that never fall (isotonic regression); the
statistic is the Poisson likelihood ratio. Assumptions: independent Poisson counts at a constant level until the change
and rising after it; hence unfit for series with a season of their own.

Source: Frisén, Andersson & Schiöler (2009), Robust outbreak surveillance of epidemics in Sweden, Statistics in Medicine
28, 476-493.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from riskstats.kernels import kernel, share
from riskstats.surveillance.errors import SurveillanceError
from riskstats.surveillance.panel import checked_counts, tested_weeks
from riskstats.surveillance.signals import Signals


@kernel
def _term(total, n):  # type: ignore[no-untyped-def]
    return total * math.log(total / n) if total > 0.0 else 0.0


@kernel
def _push(y, sums, sizes, top):  # type: ignore[no-untyped-def]
    """Add a week to the non-decreasing fit, merging blocks that would fall; returns blocks and change of log-likelihood."""
    sums[top], sizes[top] = y, 1.0
    change = _term(y, 1.0)
    while top > 0 and sums[top - 1] * sizes[top] >= sums[top] * sizes[top - 1]:
        change -= _term(sums[top], sizes[top]) + _term(sums[top - 1], sizes[top - 1])
        sums[top - 1] += sums[top]
        sizes[top - 1] += sizes[top]
        top -= 1
        change += _term(sums[top], sizes[top])
    return top + 1, change


@kernel
def _run(start, stop, counts, tested, score):  # type: ignore[no-untyped-def]
    sums, sizes = np.empty(counts.shape[1]), np.empty(counts.shape[1])
    for series in range(start, stop):
        blocks, total, rising, at = 0, 0.0, 0.0, 0
        for week in range(tested[-1] + 1):
            y = float(counts[series, week])
            total += y
            blocks, change = _push(y, sums, sizes, blocks)
            rising += change
            if tested[at] == week:
                score[series, at] = max(rising - _term(total, week + 1.0), 0.0)
                at += 1


def outbreak_p(counts: Any, *, weeks: Any = None, threshold: float = 100.0) -> Signals:
    """Score every series by the outbreakP statistic; all weeks up to a tested one are used.

    Parameters
    ----------
    counts : array_like of int, shape (series, weeks)
    weeks : array_like of int, optional
        Columns to test; all by default.
    threshold : float
        The likelihood ratio above which a week alarms.

    Returns
    -------
    Signals
        ``score`` and ``upperbound`` are natural logarithms of the likelihood ratio and of the threshold: the ratio itself
        leaves the range of floating-point numbers in strong outbreaks.

    Raises
    ------
    SurveillanceError
        For bad counts, weeks or threshold, naming series, week and rule.

    Examples
    --------
    >>> found = outbreak_p([[1, 0, 3, 1, 2, 3, 5, 4, 7, 3, 5, 8, 16, 23, 33, 34, 48]])
    >>> int(found.alarm[0].argmax()), round(float(np.exp(found.score[0, 11])), 2)
    (8, 4718.87)
    """
    if not 1.0 <= threshold < math.inf:
        raise SurveillanceError("bad_option", "阈值须不小于1", "threshold is not 1 or more, and finite")
    matrix = checked_counts(counts)
    tested = np.sort(tested_weeks(weeks, matrix.shape[1], 0))
    score = np.empty((len(matrix), len(tested)))
    if score.size:
        share(lambda a, b: _run(a, b, matrix, tested, score), len(matrix))
    bound = np.full(score.shape, math.log(threshold))
    return Signals(f"outbreakP(threshold={threshold})", tested, score > bound, upperbound=bound, score=score)
