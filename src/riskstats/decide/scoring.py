"""A count scorer that needs no seasons: the recent weeks against the cell's own history, rate uncertain, overdispersed.

Any function ``score(counts, exposure) -> p-values`` may take its place. The recent total is compared with a negative
binomial whose mean is the historic rate times the recent exposure and whose variance holds the weekly overdispersion
and the uncertainty of the rate (a gamma posterior from half a case in no time).
Source: Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.6; overdispersion as in McCullagh & Nelder, 1989, 9.2.

>>> history = np.full((1, 56), 2); history[0, -4:] = [3, 6, 5, 7]
>>> score = RecentExcess()
>>> score(history, None).round(6).tolist(), score.outlook(history, None).mean.round(2).tolist()
([0.000201], [8.04])
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, gammainc, gammaincinv

from riskstats.inputs import Floats, positive, refuse
from riskstats.inputs import counts as checked_counts


class Scorer(Protocol):
    """What :func:`~riskstats.decide.deciding.decide` asks of a scorer."""

    def __call__(self, counts: NDArray[np.integer], exposure: Floats | None) -> Floats:
        """P-values of an excess in the current weeks; counts and exposure have shape (cells, weeks), the latest last."""
        ...


@dataclass(frozen=True, eq=False)
class Outlook:
    """What was expected of the recent weeks.

    Attributes
    ----------
    observed, mean : ndarray, shape (cells,)
        Recent cases and their expectation.
    dispersion : ndarray
        Variance over mean of the weekly counts, 1 or more.
    history : ndarray
        Cases that the expectation rests on.
    """

    observed: Floats
    mean: Floats
    dispersion: Floats
    history: Floats

    def tail(self, observed: Floats | None = None) -> Floats:
        """P(cases >= observed); observed may be fractional where part of it was explained away."""
        y = self.observed if observed is None else np.asarray(observed, dtype=np.float64)
        extra = (self.dispersion - 1) * self.mean + self.mean**2 * self.dispersion / (self.history + 0.5)
        with np.errstate(divide="ignore", invalid="ignore"):
            size = self.mean**2 / extra
            negative_binomial = betainc(np.maximum(y, 1e-9), size, self.mean / (size + self.mean))
        poisson = gammainc(np.maximum(y, 1e-9), self.mean)
        return np.asarray(np.where(y <= 0, 1.0, np.where(extra > 1e-12, negative_binomial, poisson)))

    def ratio(self, observed: Floats | None = None) -> Floats:
        """Log likelihood ratio of an excess, divided by the dispersion; 0 where there is none."""
        y = self.observed if observed is None else np.asarray(observed, dtype=np.float64)
        y = np.maximum(y, self.mean)
        return np.asarray((y * np.log(y / self.mean) - (y - self.mean)) / self.dispersion)

    def excess(self, share: float = 0.05) -> Floats:
        """The lower bound of cases beyond expectation: the ``share`` quantile of the recent rate, less the expected."""
        low = gammaincinv((self.observed + 0.5) / self.dispersion, share) * self.dispersion
        return np.asarray(np.maximum(0.0, low - self.mean))


@dataclass(frozen=True)
class RecentExcess:
    """The scorer.

    Attributes
    ----------
    recent : int
        Weeks that are tested.
    history : int
        Weeks before them that the rate is taken from, at most.
    """

    recent: int = 4
    history: int = 104

    def outlook(self, counts: ArrayLike, exposure: ArrayLike | None) -> Outlook:
        """What was to be expected of the recent weeks.

        Raises
        ------
        InputError
            Rule ``count``, ``positive``, ``shape``, or ``short`` where no week lies before the recent ones.
        """
        y = checked_counts(counts, place="counts")
        x = np.ones(y.shape) if exposure is None else positive(exposure, place="exposure")
        if y.ndim != 2 or x.shape != y.shape:
            refuse(
                "counts, exposure", "shape", "须为单元格乘周的同形表", f"{y.shape} and {x.shape}: (cells, weeks), both"
            )
        if y.shape[1] <= self.recent:
            refuse(
                "counts", "short", "历史过短", f"{y.shape[1]} weeks: more than the {self.recent} recent ones are needed"
            )
        now, then = slice(-self.recent, None), slice(max(0, y.shape[1] - self.recent - self.history), -self.recent)
        before, total = y[:, then].sum(axis=1), x[:, then].sum(axis=1)
        mean = (before + 0.5) / total * x[:, now].sum(axis=1)
        fitted = np.maximum(before, 0.5)[:, None] / total[:, None] * x[:, then]
        weeks = fitted.shape[1]
        pearson = ((y[:, then] - fitted) ** 2 / fitted).sum(axis=1) / max(1, weeks - 1)
        return Outlook(
            y[:, now].sum(axis=1).astype(np.float64), mean, np.maximum(1.0, pearson), before.astype(np.float64)
        )

    def __call__(self, counts: ArrayLike, exposure: ArrayLike | None) -> Floats:
        """P-values of an excess in the recent weeks."""
        return self.outlook(counts, exposure).tail()
