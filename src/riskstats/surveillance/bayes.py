"""The Bayes subsystem: predictive distribution of the next count given a few reference weeks.

Assumption: reference and tested weeks share one Poisson rate, with Jeffreys' prior (gamma with shape one half): the
predictive distribution is negative binomial. With exposures the rate is a case per unit of exposure.

Sources: Riebler (2004), Empirischer Vergleich von statistischen Methoden zur Ausbruchserkennung bei Surveillance Daten,
Bachelor's thesis, University of Munich; Höhle (2007), surveillance: an R package for the monitoring of infectious
diseases, Computational Statistics 22, 571-582.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from riskstats.kernels import kernel, share
from riskstats.surveillance.errors import SurveillanceError
from riskstats.surveillance.panel import checked_counts, checked_exposure, tested_weeks
from riskstats.surveillance.recent import offsets
from riskstats.surveillance.signals import Signals, State
from riskstats.surveillance.thresholds import BOUND, PLUG_IN, PVALUE, SCORE, judge

_SCORED, _NO_REFERENCE, _UNSEEN = int(State.SCORED), int(State.NO_REFERENCE), int(State.NO_EXPOSURE)


@dataclass(frozen=True)
class Bayes:
    """Settings: ``years`` earlier years with ``half_window`` weeks on each side, and the latest ``half_window`` weeks.

    The defaults are "Bayes 1": the last six weeks.
    """

    years: int = 0
    half_window: int = 6
    this_year: bool = True
    year_length: int = 52
    alpha: float = 0.05

    def __post_init__(self) -> None:
        offsets(self.years, self.half_window, self.this_year, self.year_length)
        if not 0.0 < self.alpha < 0.5:
            raise SurveillanceError("bad_option", "alpha须在0与0.5之间", "alpha is not between 0 and 0.5")


@kernel
def _run(start, stop, counts, exposure, back, test, results):  # type: ignore[no-untyped-def]
    weeks, alarm, state, values = results
    out = np.empty(4)
    for series in range(start, stop):
        for at in range(len(weeks)):
            week = weeks[at]
            cases, looked = 0.0, 0.0
            for i in range(len(back)):
                cases += counts[series, week - back[i]]
                looked += exposure[series, week - back[i]] if exposure.size > 0 else 1.0
            now = exposure[series, week] if exposure.size > 0 else 1.0
            alarm[series, at] = False
            state[series, at] = _UNSEEN if now == 0.0 else (_NO_REFERENCE if looked == 0.0 else _SCORED)
            if state[series, at] != _SCORED:
                values[:, series, at] = np.nan
                continue
            mu, phi = (cases + 0.5) * now / looked, 1.0 + now / looked
            alarm[series, at] = judge(float(counts[series, week]), (mu, phi, 0.0), test, out)
            values[0, series, at], values[1, series, at] = mu, out[BOUND]
            values[2, series, at], values[3, series, at], values[4, series, at] = out[PVALUE], out[SCORE], phi


def bayes(
    counts: Any,
    *,
    weeks: Any = None,
    exposure: Any = None,
    options: Bayes | None = None,
    direction: Literal["increase", "decrease"] = "increase",
) -> Signals:
    """Score every series by the predictive negative binomial of a few reference weeks.

    Parameters
    ----------
    counts : array_like of int, shape (series, weeks)
    weeks : array_like of int, optional
        Columns to test; all that have their reference by default.
    exposure : array_like of float, shape (series, weeks), optional
    options : Bayes, optional
    direction : {"increase", "decrease"}

    Raises
    ------
    SurveillanceError
        For bad counts, exposures, weeks or options, naming series, week and rule.

    Examples
    --------
    >>> found = bayes([[0, 1, 0, 0, 1, 0, 4]])
    >>> found.alarm, found.upperbound, found.pvalue.round(4)
    (array([[ True]]), array([[2.]]), array([[0.0031]]))
    """
    options = Bayes() if options is None else options
    if direction not in ("increase", "decrease"):
        raise SurveillanceError("bad_option", "direction取increase或decrease", "no such direction")
    matrix = checked_counts(counts)
    looked = checked_exposure(exposure, matrix)
    back = offsets(options.years, options.half_window, options.this_year, options.year_length)
    tested = tested_weeks(weeks, matrix.shape[1], int(back.max()))
    shape = (len(matrix), len(tested))
    alarm, state, values = np.zeros(shape, np.bool_), np.empty(shape, np.uint8), np.empty((5, *shape))
    test = (PLUG_IN, options.alpha, float(stats.norm.isf(options.alpha)), direction == "increase")
    share(lambda a, b: _run(a, b, matrix, looked, back, test, (tested, alarm, state, values)), len(matrix))
    bound = {"upperbound" if direction == "increase" else "lowerbound": values[1]}
    found = {"expected": values[0], "mu0": values[0], "pvalue": values[2], "score": values[3], "phi": values[4]}
    return Signals(f"Bayes {options}", tested, alarm, state=state, **bound, **found)
