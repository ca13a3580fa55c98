"""Likelihood ratio charts for counts around a seasonal regression: GLR over onset and size, or a CUSUM for a given size.

In-control means come from a log-linear regression on the weeks before the first tested one (intercept, yearly harmonics,
optionally a trend), or are given. The chart asks for a change of the intercept (mean times exp(size)) or an epidemic
term (mean plus size times last week's count), and starts afresh after each alarm. Assumption: the in-control model holds;
counts are Poisson or negative binomial with variance m + alpha m².

Source: Höhle & Paul (2008), Count data regression charts for the monitoring of surveillance time series, Computational
Statistics & Data Analysis 52, 4357-4368.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from riskstats.kernels import share
from riskstats.surveillance import _glr
from riskstats.surveillance.errors import SurveillanceError
from riskstats.surveillance.panel import Floats, checked_counts, tested_weeks
from riskstats.surveillance.signals import Signals, State

_CHANGES = ("intercept", "epi")


@dataclass(frozen=True)
class Glr:
    """Settings of the likelihood ratio charts.

    Parameters
    ----------
    threshold : float
        Statistic (a log likelihood ratio) at which a week alarms.
    alpha : float or None
        Negative binomial dispersion, variance m + alpha m²; 0: Poisson; None: estimated by maximum likelihood from the weeks
        before the first tested one (in which no overdispersion means 0).
    change : {"intercept", "epi"}
        What changes.
    size : float or None
        A given size of change makes a CUSUM of log likelihood ratios, one step a week; None: the size is maximised over.
    harmonics : int
        Pairs of yearly sine and cosine in the regression.
    trend : bool
        Whether the regression has a linear trend.
    year_length : int
        Periods in a year.
    window : int or None
        How many weeks back an onset is sought; None: to the last alarm. Without a window a negative binomial or epidemic
        chart costs in each week the square of the weeks since the last alarm.
    """

    threshold: float = 5.0
    alpha: float | None = 0.0
    change: Literal["intercept", "epi"] = "intercept"
    size: float | None = None
    harmonics: int = 1
    trend: bool = False
    year_length: int = 52
    window: int | None = None

    def __post_init__(self) -> None:
        if self.change not in _CHANGES:
            raise SurveillanceError("bad_option", "change取intercept或epi", "change is 'intercept' or 'epi'")
        if not 0.0 < self.threshold < math.inf or (self.alpha is not None and not 0.0 <= self.alpha < math.inf):
            raise SurveillanceError("bad_option", "阈值或alpha不合法", "threshold or alpha do not fit")
        if self.size is not None and (not math.isfinite(self.size) or self.size == 0.0):
            raise SurveillanceError("bad_option", "size须为非零有限数", "size is finite and not 0")
        if self.harmonics < 0 or self.year_length < 1 or (self.window is not None and self.window < 0):
            raise SurveillanceError("bad_option", "回归或窗口参数不合法", "harmonics, year_length or window do not fit")

    def columns(self, length: int) -> Floats:
        """The regression's columns for each week, counted from 1."""
        t = np.arange(1.0, length + 1)
        waves = [
            wave(2 * np.pi * s * t / self.year_length)
            for s in range(1, self.harmonics + 1)
            for wave in (np.cos, np.sin)
        ]
        return np.column_stack([np.ones(length), *([t] if self.trend else []), *waves])


def glr(
    counts: Any,
    *,
    weeks: Any = None,
    expected: Any = None,
    options: Glr | None = None,
    direction: Literal["increase", "decrease"] = "increase",
) -> Signals:
    """Likelihood ratio chart of every series over consecutive weeks.

    Parameters
    ----------
    counts : array_like of int, shape (series, weeks)
    weeks : array_like of int, optional
        Consecutive columns to test; by default all after the first three years (one where there are fewer).
    expected : array_like of float, optional
        In-control means, broadcast to (series, tested weeks), instead of a regression.
    options : Glr, optional
    direction : {"increase", "decrease"}
        For a maximised size; a given size says by its sign what is sought.

    Returns
    -------
    Signals
        ``score`` is the log likelihood ratio, ``upperbound`` its threshold, ``expected`` the in-control means and ``phi``
        their variance over mean. UNSETTLED where no regression could be fitted.

    Raises
    ------
    SurveillanceError
        For bad counts, weeks, means or options, naming series, week and rule.

    Examples
    --------
    >>> found = glr([[2, 3, 2, 1, 3, 2, 6, 7]], weeks=[4, 5, 6, 7], expected=2.0)
    >>> found.score.round(2), found.alarm[0, -1]
    (array([[0.22, 0.12, 2.59, 6.32]]), np.True_)
    """
    options = Glr() if options is None else options
    if direction not in ("increase", "decrease"):
        raise SurveillanceError("bad_option", "direction取increase或decrease", "no such direction")
    matrix = checked_counts(counts)
    length = matrix.shape[1]
    columns = options.columns(length)
    least = 0 if expected is not None else columns.shape[1] + 1
    years = 3 if length > 3 * options.year_length else 1
    tested = np.sort(tested_weeks(weeks, length, max(years * options.year_length, least) if weeks is None else least))
    if len(tested) and not (np.diff(tested) == 1).all():
        raise SurveillanceError("gap_in_weeks", "控制图须连续周", "a chart runs over consecutive weeks")
    shape = (len(matrix), len(tested))
    means = _given(expected, shape)
    score, alarm, mean = np.empty(shape), np.zeros(shape, np.bool_), np.empty(shape)
    alphas, lost = np.empty(len(matrix)), np.zeros(len(matrix), np.bool_)
    if means.size and options.alpha is None:
        raise SurveillanceError("bad_option", "给定期望值时须给alpha", "given means need a given alpha")
    inputs = (matrix, columns, tested, means, -1.0 if options.alpha is None else options.alpha)
    window = length if options.window is None else options.window
    size = math.nan if options.size is None else options.size
    plan = (_CHANGES.index(options.change), size, options.threshold, window, direction == "increase")
    if len(tested):
        share(lambda a, b: _glr.run(a, b, inputs, plan, (score, alarm, mean, alphas, lost)), len(matrix))
    state = np.where(lost[:, np.newaxis], State.UNSETTLED, State.SCORED).repeat(len(tested), 1).astype(np.uint8)
    bound = np.full(shape, options.threshold)
    phi = 1.0 + alphas[:, np.newaxis] * mean
    return Signals(f"GLR {options}", tested, alarm, upperbound=bound, expected=mean, score=score, phi=phi, state=state)


def _given(expected: Any, shape: tuple[int, int]) -> Floats:
    if expected is None:
        return np.empty((0, 0))
    means = np.asarray(expected, dtype=np.float64)
    if not (np.isfinite(means).all() and (means > 0).all()):
        raise SurveillanceError("bad_expected", "期望值须为正的有限数", "an expected count is not positive and finite")
    try:
        return np.array(np.broadcast_to(means, shape))
    except ValueError as fault:
        en = f"expected counts of shape {means.shape} do not fit {shape}"
        raise SurveillanceError("wrong_shape", "期望值形状不符", en) from fault
