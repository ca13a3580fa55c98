"""What a method answers: one frozen record of arrays, one entry for each series and tested week."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class State(IntEnum):
    """Why an entry is as it is; anything but SCORED or BORROWED carries no alarm unless said otherwise.

    SCORED: tested. NO_REFERENCE: no reference week of the current season has exposure, nothing is estimated. NO_CASES:
    every reference count is 0; the bound comes from the Jeffreys predictive distribution (see the method) and alarms
    are possible. UNSETTLED: the model could not be fitted. FEW_CASES: fewer recent cases than the method's floor, alarm
    withheld. NO_EXPOSURE: nobody looked in the tested week. BORROWED: estimated with the parent's help.
    """

    SCORED = 0
    NO_REFERENCE = 1
    NO_CASES = 2
    UNSETTLED = 3
    FEW_CASES = 4
    NO_EXPOSURE = 5
    BORROWED = 6


@dataclass(frozen=True, eq=False)
class Signals:
    """Scores of all series in all tested weeks. Every array has shape (series, tested weeks) and cannot be written.

    Attributes
    ----------
    method : str
        Method and settings, in words.
    weeks : ndarray of int64, shape (tested weeks,)
        The tested columns, counted from 0.
    alarm : ndarray of bool
        True where the count is beyond the bound (and no rule withholds the alarm).
    upperbound, lowerbound : ndarray of float or None
        The bound of the test in cases (or, for charts, of their statistic): upper when an increase was sought, lower
        when a decrease was. NaN where there is none.
    expected : ndarray of float or None
        Expected count in the tested week without outbreak.
    pvalue : ndarray of float or None
        Probability of a count as extreme as the observed one or more so, without outbreak.
    score : ndarray of float or None
        Exceedance score (observed - expected) / (bound - expected): 1 at the bound. For charts, the statistic itself.
    mu0, phi : ndarray of float or None
        Mean and dispersion (variance over mean) of the distribution that gave the bound.
    trend : ndarray of float or None
        Change of the log mean a week; NaN where no trend was kept.
    error : ndarray of float or None
        Standard error of the log of ``expected``.
    state : ndarray of uint8 or None
        Values of :class:`State`.
    """

    method: str
    weeks: NDArray[np.int64]
    alarm: NDArray[np.bool_]
    upperbound: Array | None = None
    lowerbound: Array | None = None
    expected: Array | None = None
    pvalue: Array | None = None
    score: Array | None = None
    mu0: Array | None = None
    phi: Array | None = None
    trend: Array | None = None
    error: Array | None = None
    state: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
