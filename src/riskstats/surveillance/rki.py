"""The system once used at the Robert Koch Institute: mean of reference weeks and a two-sided 95 % limit.

Up to a mean of 20 the limit is the upper confidence limit for the mean of a Poisson distribution tabulated by Crow &
Gardner, at the mean rounded down; above it the mean plus two standard deviations of the reference weeks.

Sources: Crow & Gardner (1959), Confidence intervals for the expectation of a Poisson variable, Biometrika 46, 441-453,
table 1 (95 %); Höhle (2007), surveillance: an R package for the monitoring of infectious diseases, Computational
Statistics 22, 571-582.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from riskstats.kernels import kernel, share
from riskstats.surveillance.panel import checked_counts, tested_weeks
from riskstats.surveillance.recent import offsets
from riskstats.surveillance.signals import Signals

CROW_GARDNER = np.array(
    (
        3.285,
        5.323,
        6.686,
        8.102,
        9.598,
        11.177,
        12.817,
        13.765,
        14.921,
        16.768,
        17.633,
        19.050,
        20.335,
        21.364,
        22.945,
        23.762,
        25.400,
        26.306,
        27.735,
        28.966,
        30.017,
    )
)
"""Upper 95 % limits for observed counts of 0 to 20."""


@dataclass(frozen=True)
class Rki:
    """Settings, as for :class:`riskstats.surveillance.bayes.Bayes`; the defaults are "RKI 3"."""

    years: int = 2
    half_window: int = 4
    this_year: bool = False
    year_length: int = 52

    def __post_init__(self) -> None:
        offsets(self.years, self.half_window, self.this_year, self.year_length)


@kernel
def _limit(total, squares, n):  # type: ignore[no-untyped-def]
    mean = total / n
    if mean <= 20.0:
        return CROW_GARDNER[int(mean)]
    return mean + 2.0 * math.sqrt(max(n * squares - total * total, 0.0) / (n * (n - 1.0)))


@kernel
def _run(start, stop, counts, back, tested, alarm, values):  # type: ignore[no-untyped-def]
    n = float(len(back))
    for series in range(start, stop):
        for at in range(len(tested)):
            week = tested[at]
            total, squares = 0.0, 0.0
            for i in range(len(back)):
                y = float(counts[series, week - back[i]])
                total += y
                squares += y * y
            values[0, series, at] = total / n
            values[1, series, at] = _limit(total, squares, n)
            alarm[series, at] = counts[series, week] > values[1, series, at]


def rki(counts: Any, *, weeks: Any = None, options: Rki | None = None) -> Signals:
    """Score every series by the RKI limits.

    Parameters
    ----------
    counts : array_like of int, shape (series, weeks)
    weeks : array_like of int, optional
        Columns to test; all that have their reference by default.
    options : Rki, optional

    Raises
    ------
    SurveillanceError
        For bad counts, weeks or options, naming series, week and rule.

    Examples
    --------
    >>> found = rki([[0, 1, 0, 0, 1, 0, 4]], options=Rki(years=0, half_window=6, this_year=True))
    >>> found.alarm, found.upperbound
    (array([[ True]]), array([[3.285]]))
    """
    options = Rki() if options is None else options
    matrix = checked_counts(counts)
    back = offsets(options.years, options.half_window, options.this_year, options.year_length)
    tested = tested_weeks(weeks, matrix.shape[1], int(back.max()))
    alarm = np.zeros((len(matrix), len(tested)), dtype=np.bool_)
    values = np.empty((2, *alarm.shape))
    share(lambda a, b: _run(a, b, matrix, back, tested, alarm, values), len(matrix))
    return Signals(f"RKI {options}", tested, alarm, expected=values[0], upperbound=values[1])
