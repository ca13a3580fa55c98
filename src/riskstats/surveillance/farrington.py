"""Farrington Flexible and Farrington 1996 for all series at once.

Each tested week is compared with an expected count from a quasi-Poisson regression on reference weeks of earlier years
(:mod:`riskstats.surveillance.reference`), with past outbreaks down-weighted; counts beyond the bound alarm.

Assumptions: weeks are independent given season and trend; variance is proportional to the mean; seasons are steps.

Sources: Farrington, Andrews, Beale & Catchpole (1996), A statistical algorithm for the early detection of outbreaks of
infectious disease, J. R. Statist. Soc. A 159, 547-563; Noufaily, Enki, Farrington, Garthwaite, Andrews & Charlett (2013),
An improved algorithm for outbreak detection in multiple surveillance systems, Statistics in Medicine 32, 1206-1222;
Salmon, Schumacher & Höhle (2016), Monitoring count time series in R, Journal of Statistical Software 70(10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from riskstats.kernels import share
from riskstats.surveillance import _farrington, thresholds
from riskstats.surveillance.errors import SurveillanceError
from riskstats.surveillance.panel import Counts, Floats, checked_counts, checked_exposure, tested_weeks
from riskstats.surveillance.reference import Ints, Reference, centres, checked_dates, design
from riskstats.surveillance.signals import Signals

Direction = Literal["increase", "decrease"]
RULES = {
    ("delta", "none"): thresholds.POWER_NONE,
    ("delta", "1/2"): thresholds.POWER_HALF,
    ("delta", "2/3"): thresholds.POWER_TWO_THIRDS,
    ("nbPlugin", ""): thresholds.PLUG_IN,
    ("muan", ""): thresholds.MEAN_QUANTILE,
}


@dataclass(frozen=True)
class Farrington:
    """Settings of the Farrington family. The defaults are Noufaily et al.'s improved algorithm.

    Parameters
    ----------
    reference : Reference
        Reference weeks and seasons.
    alpha : float
        One-sided level of the test.
    threshold : {"nbPlugin", "muan", "delta"}
        How the bound follows from the model (:mod:`riskstats.surveillance.thresholds`).
    power : {"2/3", "1/2", "none"}
        Transformation of the ``"delta"`` rule; 2/3 corrects skewness, 1/2 stabilises the variance.
    reweight_above : float or None
        Standardised Anscombe residual beyond which a past week is down-weighted; None: no re-weighting.
    trend : bool
        Whether a linear trend of the log mean is tried (it needs 3 years).
    trend_p : float
        A trend stays when its p-value is below this; 1: always, unless it extrapolates above every reference count.
    floor : (int, int)
        No alarm where fewer than ``floor[0]`` cases were counted in the last ``floor[1]`` weeks, the tested one included.
        It does not bind when a decrease is sought.
    errors : {"model", "surveillance"}
        Which dispersion the estimation error follows. ``"model"``: that of the fit, not below 1. ``"surveillance"``: as
        the R package surveillance 1.20.3 computes it (after re-weighting: Pearson residuals without the mean's weight;
        otherwise: not floored at 1). It moves ``delta`` and ``muan`` bounds and tests of the trend; kept for parity.
    """

    reference: Reference = field(default_factory=Reference)
    alpha: float = 0.005
    threshold: Literal["nbPlugin", "muan", "delta"] = "nbPlugin"
    power: Literal["2/3", "1/2", "none"] = "2/3"
    reweight_above: float | None = 2.58
    trend: bool = True
    trend_p: float = 1.0
    floor: tuple[int, int] = (5, 4)
    errors: Literal["model", "surveillance"] = "model"

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < 0.5:
            raise SurveillanceError("bad_option", "alpha须在0与0.5之间", "alpha is not between 0 and 0.5")
        if not 0.0 <= self.trend_p <= 1.0:
            raise SurveillanceError("bad_option", "trend_p须在0与1之间", "trend_p is not between 0 and 1")
        limit = self.reweight_above
        if limit is not None and not 0.0 < limit < math.inf:
            raise SurveillanceError(
                "bad_option", "重加权阈值须为正的有限数", "reweight_above is not finite and positive"
            )
        if self.floor[0] < 0 or self.floor[1] < 1:
            raise SurveillanceError("bad_option", "floor须为(病例数, 周数)", "floor is (cases >= 0, weeks >= 1)")
        if self.rule not in RULES.values() or self.errors not in ("model", "surveillance"):
            raise SurveillanceError("bad_option", "没有这种阈值方法", "no such threshold, power or errors rule")

    @property
    def rule(self) -> int:
        """The threshold rule's number; -1 when there is none of that name."""
        return RULES.get((self.threshold, self.power if self.threshold == "delta" else ""), -1)

    def trend_rule(self, rows: int) -> Floats:
        """|t| that a trend must exceed, by residual degrees of freedom; place 0 infinite when none is tried."""
        least = np.full(rows + 2, math.inf)
        if self.trend and self.reference.years >= 3:
            least[0] = 0.0
            free = np.arange(1, rows + 2)
            least[1:] = stats.t.isf(self.trend_p / 2, free) if self.trend_p < 1.0 else -1.0
        return least


FARRINGTON_1996 = Farrington(
    reference=Reference(years=5, half_window=3, seasons=1, skip=3),
    alpha=0.005,
    threshold="delta",
    reweight_above=1.0,
    trend_p=0.05,
)
"""Farrington et al.'s (1996) own settings; their two-sided 0.01 is a one-sided 0.005."""


def first_week(reference: Reference, days: Ints, length: int) -> int:
    """The first column that has its whole reference before it."""
    week = reference.years * reference.year_length + reference.half_window
    while days.size and week < length and min(centres(week, reference, days)) < reference.half_window:
        week += 1
    return week


def farrington(
    counts: Any,
    *,
    weeks: Any = None,
    exposure: Any = None,
    dates: Any = None,
    options: Farrington | None = None,
    direction: Direction = "increase",
) -> Signals:
    """Farrington Flexible (by default) or Farrington 1996 (``options=FARRINGTON_1996``).

    Parameters
    ----------
    counts : array_like of int, shape (series, weeks)
    weeks : array_like of int, optional
        Columns to test, counted from 0, negative from the end; all that have their reference by default.
    exposure : array_like of float, shape (series, weeks), optional
        Declarations, inspections or population of each cell: the model is then of the rate. 0: nobody looked.
    dates : array_like of date, shape (weeks,), optional
        The columns' dates: reference weeks are then found by calendar date, otherwise by position.
    options : Farrington, optional
        Settings; Noufaily et al.'s by default.
    direction : {"increase", "decrease"}
        Whether an excess or a fall is sought; a fall is tested on the lower side of the same model.

    Returns
    -------
    Signals
        With ``expected``, bound, ``alarm``, ``pvalue``, ``score``, ``mu0``, ``phi``, ``trend``, ``error``, ``state``.
        Where every reference count is 0 the bound is the predictive quantile under the Jeffreys prior for the rate.

    Raises
    ------
    SurveillanceError
        For bad counts, exposures, weeks, dates or options, naming series, week and rule.

    Examples
    --------
    Six years of about 3 cases a week, then 15:

    >>> import numpy as np
    >>> counts = np.random.default_rng(1).poisson(3, size=(1, 313))
    >>> counts[0, -1] = 15
    >>> found = farrington(counts, weeks=[-1])
    >>> bool(found.alarm[0, 0]), int(found.upperbound[0, 0])
    (True, 9)
    """
    options = Farrington() if options is None else options
    if direction not in ("increase", "decrease"):
        raise SurveillanceError("bad_option", "direction取increase或decrease", "no such direction")
    matrix = checked_counts(counts)
    looked = checked_exposure(exposure, matrix)
    days = checked_dates(dates, matrix.shape[1])
    least = first_week(options.reference, days, matrix.shape[1])
    tested = tested_weeks(weeks, matrix.shape[1], least)
    answer = _scored(matrix, looked, days, tested, (options, direction == "increase"))
    bound = "upperbound" if direction == "increase" else "lowerbound"
    return Signals(method=f"farrington {options}", weeks=tested, **{bound: answer.pop("bound")}, **answer)


def _block(inputs: tuple[Any, ...], into: tuple[Any, ...], start: int, stop: int) -> None:
    _farrington.score_week((start, stop), *inputs, into)


def _scored(
    counts: Counts, exposure: Floats, days: Ints, tested: Ints, how: tuple[Farrington, bool]
) -> dict[str, NDArray[Any]]:
    options, upper = how
    shape = (len(counts), len(tested))
    names = ("expected", "bound", "pvalue", "score", "mu0", "phi", "trend", "error")
    values = np.empty((len(names), *shape))
    alarm, state = np.zeros(shape, dtype=np.bool_), np.empty(shape, dtype=np.uint8)
    limit = math.inf if options.reweight_above is None else float(options.reweight_above)
    test = (options.rule, options.alpha, float(stats.norm.isf(options.alpha)), upper)
    for i, week in enumerate(tested):
        plan = design(int(week), options.reference, days)
        rules = (options.trend_rule(len(plan.rows)), limit, options.errors == "surveillance")
        floor = (options.floor[0] if upper else 0, int(week) - options.floor[1] + 1)
        when = (int(week), options.reference.seasons, floor)
        inputs = (counts, exposure, (plan.rows, *plan.as_tuple), (when, rules, test))
        into = (values[:, :, i], alarm[:, i], state[:, i])
        share(partial(_block, inputs, into), len(counts))
    return {**dict(zip(names, values, strict=True)), "alarm": alarm, "state": state}
