"""EARS C1, C2 and C3: limits from a short moving baseline, for series too young for anything better.

Assumption: the baseline weeks are exchangeable with the tested one and counts are about normal. They are not: on count
series the false alarms are many times the nominal rate. ``limits="negative-binomial"`` keeps the baselines but takes
the quantile from the negative binomial, the form to prefer for a cold start.

Sources: Fricker, Hegler & Dunfee (2008), Comparing syndromic surveillance detection methods: EARS versus a CUSUM-based
methodology, Statistics in Medicine 27, 3407-3429; Hutwagner, Browne, Seeman & Fleischauer (2005), Comparing aberration
detection methods with simulated data, Emerging Infectious Diseases 11, 314-316; Salmon, Schumacher & Höhle (2016),
Journal of Statistical Software 70(10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from riskstats.kernels import share
from riskstats.surveillance import _ears
from riskstats.surveillance.errors import SurveillanceError
from riskstats.surveillance.panel import checked_counts, checked_exposure, tested_weeks
from riskstats.surveillance.signals import Signals

_GUARD = {"C1": 0, "C2": 2, "C3": 2}


@dataclass(frozen=True)
class Ears:
    """Settings of the EARS methods.

    Parameters
    ----------
    method : {"C1", "C2", "C3"}
        C1: baseline up to last week. C2: two weeks' guard band. C3: sum of the last three C2 excesses over 1.
    baseline : int
        Weeks in the baseline.
    alpha : float or None
        One-sided level; None: the customary 0.001 for C1 and C2, 0.025 for C3.
    least_sd : float
        Floor of the baseline's standard deviation, 0.5 or 1 for sparse counts; 0: none, and a baseline without variation
        cannot be tested by C3 (its bound is NaN).
    limits : {"normal", "negative-binomial"}
        Quantile of the C1 and C2 limits.
    form : {"published", "surveillance"}
        For C3 only. ``"published"``: alarm where C3(t) = sum of max(0, C2 - 1) over t, t-1, t-2 exceeds the quantile.
        ``"surveillance"``: as R's surveillance 1.20.3, whose bound starts from the observed count instead of the expected
        one, so that the tested week itself cannot alarm; kept for parity.
    """

    method: Literal["C1", "C2", "C3"] = "C1"
    baseline: int = 7
    alpha: float | None = None
    least_sd: float = 0.0
    limits: Literal["normal", "negative-binomial"] = "normal"
    form: Literal["published", "surveillance"] = "published"

    def __post_init__(self) -> None:
        if self.method not in _GUARD:
            raise SurveillanceError("bad_option", "method取C1、C2或C3", "method is C1, C2 or C3")
        if self.baseline < 2:
            raise SurveillanceError("bad_option", "基线至少两周", "a baseline has 2 weeks or more")
        if not 0.0 < self.level < 0.5 or not 0.0 <= self.least_sd < np.inf:
            raise SurveillanceError(
                "bad_option", "alpha或least_sd不合法", "alpha is not in (0, 0.5) or least_sd below 0"
            )
        if self.limits == "negative-binomial" and self.method == "C3":
            raise SurveillanceError("bad_option", "C3无负二项界", "C3 has no negative binomial limits")

    @property
    def level(self) -> float:
        """The level in use."""
        return self.alpha if self.alpha is not None else (0.025 if self.method == "C3" else 0.001)

    @property
    def weeks_before(self) -> int:
        """Weeks that must lie before a tested one."""
        return self.baseline + _GUARD[self.method] + (2 if self.method == "C3" else 0)


def ears(
    counts: Any,
    *,
    weeks: Any = None,
    exposure: Any = None,
    options: Ears | None = None,
    detail: Literal["full", "alarm"] = "full",
) -> Signals:
    """EARS C1, C2 or C3 of every series in every tested week.

    Parameters
    ----------
    counts : array_like of int, shape (series, weeks)
    weeks : array_like of int, optional
        Columns to test, ascending; all that have their baseline by default.
    exposure : array_like of float, shape (series, weeks), optional
        Rates are then compared, and the bound is brought back to cases. A week of exposure 0 is left out of baselines
        (which then hold fewer weeks) and is not tested.
    options : Ears, optional
    detail : {"full", "alarm"}
        ``"alarm"`` leaves out every array but the alarms: for millions of series.

    Returns
    -------
    Signals
        With ``expected`` (baseline mean), ``upperbound``, ``score`` (the C statistic) and ``alarm``.

    Raises
    ------
    SurveillanceError
        For bad counts, exposures, weeks or options, naming series, week and rule.

    Examples
    --------
    >>> found = ears([[2, 3, 2, 1, 3, 2, 1, 9]])
    >>> found.weeks, found.alarm, found.upperbound.round(2)
    (array([7]), array([[ True]]), array([[4.52]]))
    """
    options = Ears() if options is None else options
    if detail not in ("full", "alarm"):
        raise SurveillanceError("bad_option", "detail取full或alarm", "detail is 'full' or 'alarm'")
    matrix = checked_counts(counts)
    looked = checked_exposure(exposure, matrix)
    tested = np.sort(tested_weeks(weeks, matrix.shape[1], options.weeks_before))
    shape = (len(matrix), len(tested))
    alarm = np.zeros(shape, dtype=np.bool_)
    full = detail == "full"
    values = np.empty((3, *(shape if full else (1, 0))))
    level = (options.level, float(stats.norm.isf(options.level)), options.least_sd)
    form = (("C1", "C2", "C3").index(options.method), options.form == "surveillance", options.limits != "normal")
    plan = (options.baseline, _GUARD[options.method], level, form)
    small = matrix.dtype == np.uint16 or not matrix.size or int(matrix.max()) * options.baseline < 2**30
    results = (alarm, values, full, small)
    if len(tested):
        share(lambda a, b: _ears.run(a, b, (matrix, looked, tested), plan, results), len(matrix))
    if not full:
        return Signals(f"EARS {options}", tested, alarm)
    return Signals(f"EARS {options}", tested, alarm, expected=values[0], upperbound=values[1], score=values[2])
