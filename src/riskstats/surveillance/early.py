"""Early warning: the detector this package recommends for weekly counts, rare ones included.

Each series is a quasi-Poisson regression on its last years (intercept, trend, two yearly waves), as in Farrington's
family, with five changes that keep the false alarm rate at its nominal level and use what rare counts have to tell:

* coefficients are shrunk towards "no season, no trend" by a weak prior, so few cases do not make large seasons;
* past outbreaks are left out by their probability under the model, not by a normal residual, which would also leave out
  the ordinary ones and twos of a rare series;
* the p-value is that of the predictive distribution: a negative binomial averaged over what is unknown of its mean and
  its dispersion, in exact tails;
* equal counts are told apart by the weeks two, four … before (by their p-values), so that the level is reached although
  counts are whole numbers;
* last week's evidence counts half beside this week's (sum of normal scores), because outbreaks last.

Assumptions: weeks independent given season and trend; variance proportional to the mean; a smooth season.

Sources: the regression and the idea of leaving out recent weeks and past outbreaks: Farrington et al. (1996), J. R.
Statist. Soc. A 159, 547-563, and Noufaily et al. (2013), Statistics in Medicine 32, 1206-1222; penalised quasi-likelihood:
Green (1987), International Statistical Review 55, 245-259; predictive distributions averaged over parameters: Aitchison &
Dunsmore (1975), Statistical Prediction Analysis; randomised p-values of counts: Stevens (1950), Biometrika 37, 117-129; weighted
sums of normal scores: Liptak (1958), Magyar Tud. Akad. Mat. Kutató Int. Közl. 3, 171-197.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from riskstats.kernels import share
from riskstats.surveillance import _early
from riskstats.surveillance.errors import SurveillanceError
from riskstats.surveillance.panel import checked_counts, checked_exposure, tested_weeks
from riskstats.surveillance.signals import Signals


@dataclass(frozen=True)
class Early:
    """Settings of the early warning detector.

    Parameters
    ----------
    alpha : float
        One-sided level of the test.
    years : float
        History used at most; a shorter one is used as far as it goes, down to ``least_weeks``.
    skip : int
        Latest weeks left out of the history, so that an outbreak under way does not hide itself.
    least_weeks : int
        Weeks of history below which a week is not tested.
    waves : int
        Pairs of yearly sine and cosine.
    year_length : int
        Periods in a year.
    trend_sd, wave_sd : float
        Standard deviations of the prior: of the yearly change of the log mean, and of each wave's coefficients.
    trim : float
        A past week less probable than this is left out as an outbreak.
    ties : int
        Weeks before the tested one that tell equal counts apart; 0: none, the test is then conservative.
    carry : float
        Weight of last week's evidence beside this week's; 0: none. It favours rises that last over single peaks.
    floor : (int, int)
        No alarm where fewer than ``floor[0]`` cases were counted in the last ``floor[1]`` weeks.
    """

    alpha: float = 0.005
    years: float = 5.0
    skip: int = 26
    least_weeks: int = 26
    waves: int = 2
    year_length: int = 52
    trend_sd: float = 0.25
    wave_sd: float = 0.3
    trim: float = 0.003
    ties: int = 6
    carry: float = 0.5
    floor: tuple[int, int] = (0, 4)

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < 0.5 or not 0.0 <= self.trim < 0.5 or not 0.0 <= self.carry <= 1.0:
            raise SurveillanceError("bad_option", "alpha、trim或carry不合法", "alpha, trim or carry do not fit")
        if min(self.skip, self.waves, self.ties, self.floor[0]) < 0 or self.floor[1] < 1 or self.least_weeks < 2:
            raise SurveillanceError("bad_option", "周数参数不合法", "a number of weeks is below its least value")
        if not (self.years > 0 and 0 < self.trend_sd < np.inf and 0 < self.wave_sd < np.inf and self.year_length > 1):
            raise SurveillanceError("bad_option", "年数或先验不合法", "years or prior do not fit")

    @property
    def prior(self) -> NDArray[np.float64]:
        """Precisions of intercept (flat but for half a case's worth), trend (a year) and waves."""
        return np.array([1e-4, self.trend_sd**-2.0, *[self.wave_sd**-2.0] * (2 * self.waves)])

    def columns(self, weeks: NDArray[np.int64], now: int) -> NDArray[np.float64]:
        """The regression's columns, one row each, for given weeks; time in years from ``now``."""
        t = (weeks - now) / self.year_length
        waves = [wave(2 * np.pi * s * t) for s in range(1, self.waves + 1) for wave in (np.cos, np.sin)]
        return np.ascontiguousarray(np.stack([np.ones(len(weeks)), t, *waves]))


def early_warning(
    counts: Any,
    *,
    weeks: Any = None,
    exposure: Any = None,
    options: Early | None = None,
    direction: Literal["increase", "decrease"] = "increase",
) -> Signals:
    """Score every series in every tested week by the recommended detector.

    Parameters
    ----------
    counts : array_like of int, shape (series, weeks)
    weeks : array_like of int, optional
        Columns to test, counted from 0, negative from the end; all with ``least_weeks`` of history by default.
    exposure : array_like of float, shape (series, weeks), optional
        Declarations or inspections of each cell; 0: nobody looked.
    options : Early, optional
    direction : {"increase", "decrease"}
        Whether an excess or a fall is sought.

    Returns
    -------
    Signals
        With ``expected``, bound, ``alarm``, ``pvalue``, ``score``, ``mu0``, ``phi`` (of the predictive distribution), ``error``
        and ``state``. The bound is the last count that would not alarm.

    Raises
    ------
    SurveillanceError
        For bad counts, exposures, weeks or options, naming series, week and rule.

    Examples
    --------
    >>> counts = np.random.default_rng(1).poisson(0.2, size=(1, 313))
    >>> counts[0, -1] = 3
    >>> found = early_warning(counts, weeks=[-1])
    >>> bool(found.alarm[0, 0]), int(found.upperbound[0, 0])
    (True, 2)
    """
    options = Early() if options is None else options
    if direction not in ("increase", "decrease"):
        raise SurveillanceError("bad_option", "direction取increase或decrease", "no such direction")
    matrix = checked_counts(counts)
    looked = checked_exposure(exposure, matrix)
    tested = tested_weeks(weeks, matrix.shape[1], options.skip + options.least_weeks)
    upper, shape = direction == "increase", (len(matrix), len(tested))
    names = ("expected", "bound", "pvalue", "score", "phi", "error")
    values = np.empty((len(names), *shape))
    alarm, state = np.zeros(shape, dtype=np.bool_), np.empty(shape, dtype=np.uint8)
    how = (options.prior, options.trim, (options.alpha, upper, options.ties, options.carry), *options.floor)
    for i, week in enumerate(tested.tolist()):
        first = max(week - round(options.years * options.year_length) - 3, 0)
        stop = week - options.skip
        rows, last = np.arange(first, stop), np.arange(week - max(options.ties, 1), week + 1)
        plan = (first, stop, options.columns(rows, week), options.columns(last, week), week)
        into = (values[:, :, i], alarm[:, i], state[:, i])
        share(partial(_block, ((matrix, looked), plan, how), into), len(matrix))
    found = dict(zip(names, values, strict=True))
    bound = {"upperbound" if upper else "lowerbound": found.pop("bound")}
    return Signals(f"early warning {options}", tested, alarm, state=state, mu0=found["expected"], **bound, **found)


def _block(inputs: tuple[Any, ...], into: tuple[Any, ...], start: int, stop: int) -> None:
    _early.score_week((start, stop), *inputs, into)
