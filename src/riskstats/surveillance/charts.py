"""CUSUM and EWMA charts of counts around a known or estimated mean: slow drifts, one pass, constant work a week.

Assumption: independent counts with the given mean and, for limits, Poisson or negative binomial variance. The mean is
given, or taken as the average of all weeks before the first tested one.

Sources: Rossi, Lampugnani & Marchi (1999), An approximate CUSUM procedure for surveillance of health events, Statistics in
Medicine 18, 2111-2122; Lucas (1985), Counted data CUSUM's, Technometrics 27, 129-144; Borror, Champ & Rigdon (1998),
Poisson EWMA control charts, Journal of Quality Technology 30, 352-361.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from riskstats.kernels import share
from riskstats.surveillance import _charts
from riskstats.surveillance.errors import SurveillanceError
from riskstats.surveillance.panel import Counts, Floats, checked_counts, checked_exposure, tested_weeks
from riskstats.surveillance.signals import Signals

Direction = Literal["increase", "decrease"]
Detail = Literal["full", "alarm"]
_TRANSFORMS = ("standard", "rossi", "none", "negative-binomial")


@dataclass(frozen=True)
class Cusum:
    """Settings of the CUSUM: S = max(0, S + z - reference_value), alarm where S >= boundary; no reset after an alarm.

    Parameters
    ----------
    reference_value, boundary : float
        k and h, in standard deviations (in cases for ``"none"``).
    transform : {"standard", "rossi", "none", "negative-binomial"}
        z from count y and mean m: (y - m) / sqrt(m); Rossi's (y - 3 m + 2 sqrt(y m)) / (2 sqrt(m)), nearer to normal for
        small means; y itself; (y - m) / sqrt(m + overdispersion m²).
    overdispersion : float
        For ``"negative-binomial"``: variance is m + overdispersion m².
    """

    reference_value: float = 1.04
    boundary: float = 2.26
    transform: Literal["standard", "rossi", "none", "negative-binomial"] = "standard"
    overdispersion: float = 0.0

    def __post_init__(self) -> None:
        if self.transform not in _TRANSFORMS:
            raise SurveillanceError("bad_option", "没有这种变换", "no such transform")
        if not (
            np.isfinite(self.reference_value) and 0.0 < self.boundary < np.inf and 0.0 <= self.overdispersion < np.inf
        ):
            raise SurveillanceError("bad_option", "k、h或过度离散参数不合法", "k, h or overdispersion do not fit")


@dataclass(frozen=True)
class Ewma:
    """Settings of the EWMA: Z = (1 - weight) Z + weight z with z = (y - m) / sqrt(dispersion m).

    Alarm where Z exceeds ``limit`` times its exact standard deviation that many weeks after the start.
    """

    weight: float = 0.3
    limit: float = 3.0
    dispersion: float = 1.0

    def __post_init__(self) -> None:
        if not (0.0 < self.weight <= 1.0 and 0.0 < self.limit < np.inf and 1.0 <= self.dispersion < np.inf):
            raise SurveillanceError("bad_option", "EWMA参数不合法", "weight, limit or dispersion do not fit")


def _means(expected: Any, counts: Counts, exposure: Floats, tested: NDArray[np.int64]) -> Floats:
    """Expected counts, or expected rates a unit of exposure, broadcast from what was given."""
    if expected is None:
        return np.empty((0, 0))
    means = np.asarray(expected, dtype=np.float64)
    if not (np.isfinite(means).all() and (means > 0).all()):
        raise SurveillanceError("bad_expected", "期望值须为正的有限数", "an expected count is not positive and finite")
    means = means[:, np.newaxis] if means.ndim == 1 and len(means) == len(counts) != len(tested) else means
    try:
        np.broadcast_shapes(means.shape, (len(counts), len(tested)))
    except ValueError as fault:
        en = f"expected counts of shape {means.shape} do not fit"
        raise SurveillanceError("wrong_shape", "期望值形状不符", en) from fault
    return np.array(
        np.broadcast_to(np.atleast_2d(means), (len(counts), 1 if means.shape[-1:] in ((), (1,)) else len(tested)))
    )


def _prepared(
    counts: Any, weeks: Any, exposure: Any, expected: Any
) -> tuple[Counts, Floats, NDArray[np.int64], Floats]:
    matrix = checked_counts(counts)
    looked = checked_exposure(exposure, matrix)
    tested = np.sort(tested_weeks(weeks, matrix.shape[1], 1 if expected is None else 0))
    if len(tested) and not (np.diff(tested) == 1).all():
        raise SurveillanceError("gap_in_weeks", "控制图须连续周", "a chart runs over consecutive weeks")
    return matrix, looked, tested, _means(expected, matrix, looked, tested)


def _answer(
    name: str, parts: tuple[Any, ...], kernel: Any, plan: tuple[Any, ...], how: tuple[Direction, Detail]
) -> Signals:
    matrix, looked, tested, means = parts
    direction, detail = how
    if direction not in ("increase", "decrease") or detail not in ("full", "alarm"):
        raise SurveillanceError("bad_option", "direction或detail不合法", "no such direction or detail")
    shape, full = (len(matrix), len(tested)), detail == "full"
    alarm = np.zeros(shape, dtype=np.bool_)
    values = np.empty((3, *(shape if full else (1, 0))))
    inputs, plan = (matrix, looked, tested, means), (*plan, direction == "increase")
    if len(tested):
        share(lambda a, b: kernel(a, b, inputs, plan, (alarm, values, full)), len(matrix))
    if not full:
        return Signals(name, tested, alarm)
    bound = {"upperbound" if direction == "increase" else "lowerbound": values[1]}
    return Signals(name, tested, alarm, expected=values[0], score=values[2], **bound)


def cusum(
    counts: Any,
    *,
    weeks: Any = None,
    exposure: Any = None,
    expected: Any = None,
    options: Cusum | None = None,
    direction: Direction = "increase",
    detail: Detail = "full",
) -> Signals:
    """Poisson or negative binomial CUSUM of every series over consecutive weeks.

    Parameters
    ----------
    counts : array_like of int, shape (series, weeks)
    weeks : array_like of int, optional
        Consecutive columns to test; all but the first by default.
    exposure : array_like of float, shape (series, weeks), optional
        ``expected`` is then a rate a unit of exposure. A week of exposure 0 leaves the chart as it was.
    expected : float or array_like, optional
        In-control mean, broadcast to (series, tested weeks); by default the average of the weeks before the first tested
        one (half a case in all where there was none).
    options : Cusum, optional
    direction : {"increase", "decrease"}
    detail : {"full", "alarm"}
        ``"alarm"`` leaves out every array but the alarms.

    Returns
    -------
    Signals
        ``score`` is S; the bound is the count that would have brought S to the boundary (for ``"standard"`` and
        ``"negative-binomial"`` rounded up; 0 where any count does).

    Raises
    ------
    SurveillanceError
        For bad counts, exposures, weeks, means or options, naming series, week and rule.

    Examples
    --------
    >>> found = cusum([[2, 3, 2, 1, 2, 4, 5, 6]], weeks=[4, 5, 6, 7])
    >>> found.score.round(2), found.alarm[0, -1]
    (array([[0.  , 0.37, 1.46, 3.24]]), np.True_)
    """
    options = Cusum() if options is None else options
    parts = _prepared(counts, weeks, exposure, expected)
    shape = (_TRANSFORMS.index(options.transform), options.overdispersion)
    plan = (options.reference_value, options.boundary, shape)
    return _answer(f"CUSUM {options}", parts, _charts.run_cusum, plan, (direction, detail))


def ewma(
    counts: Any,
    *,
    weeks: Any = None,
    exposure: Any = None,
    expected: Any = None,
    options: Ewma | None = None,
    direction: Direction = "increase",
    detail: Detail = "full",
) -> Signals:
    """Poisson EWMA of every series over consecutive weeks. Parameters and errors as for :func:`cusum`.

    Returns
    -------
    Signals
        ``score`` is Z; the bound is the count that would have brought Z to its limit.

    Examples
    --------
    >>> found = ewma([[2, 3, 2, 1, 2, 4, 5, 6]], weeks=[4, 5, 6, 7])
    >>> found.score.round(2)
    array([[0.  , 0.42, 0.93, 1.5 ]])
    """
    options = Ewma() if options is None else options
    parts = _prepared(counts, weeks, exposure, expected)
    plan = (options.weight, options.limit, (0, options.dispersion))
    return _answer(f"EWMA {options}", parts, _charts.run_ewma, plan, (direction, detail))
