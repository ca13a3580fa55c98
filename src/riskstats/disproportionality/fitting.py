"""The prior's maximum likelihood estimate: several starts, the likelihoods they reached, the gradient at the end.

The likelihood has local optima and long flat valleys: published optimisers differ in the third digit of the
parameters, and single starts can end tens of log units short. Starts therefore run on a coarse picture of the table
(equal counts, expected counts within 10 %), the best ones are finished on the whole table, and the result tells how
many starts agreed.

>>> rng = np.random.default_rng(4)
>>> e = rng.gamma(1.0, 2.0, 5000) + 0.01
>>> rate = np.where(rng.random(5000) < 0.1, rng.gamma(2.0, 2.0, 5000), rng.gamma(4.0, 0.25, 5000))
>>> n = rng.poisson(e * rate)
>>> fit = fit_prior(n[n > 0], e[n > 0], truncation="mixture")
>>> fit.settled and fit.agreeing > 1
True
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from riskstats.disproportionality.prior import GammaMixture, Likelihood, Truncation
from riskstats.disproportionality.squashing import coarsen
from riskstats.inputs import Floats

STARTS = (
    GammaMixture(0.2, 0.1, 2.0, 4.0, 1 / 3),
    GammaMixture(0.2041, 0.05816, 1.415, 1.838, 0.0969),
    GammaMixture(2.0, 0.3, 2.0, 2.0, 0.1),
    GammaMixture(15.0, 1.5, 3.0, 3.0, 0.05),
)
_LOW, _HIGH = np.log(1e-4), np.log(1e4)  # the box of alpha and beta
_CLOSE = 0.01  # log units within which two starts agree
_NEAR = 2.0  # log units by which the coarse table may mistake two optima
_Descent = tuple[Floats, float, Floats, NDArray[np.float64]]  # where, how unlikely, slope, inverse curvature


@dataclass(frozen=True)
class FittedPrior:
    """A fitted prior and how it was reached.

    Attributes
    ----------
    prior : GammaMixture
    negative_log_likelihood : float
        On the whole table.
    reached : tuple of float
        What each start reached on the coarse table.
    agreeing : int
        Starts within 0.01 log units of the best.
    gradient : float
        Greatest absolute derivative at the end, by the log parameters, per cell.
    settled : bool
        Whether that is below 1e-5.
    at_edge : bool
        Whether a parameter ended at the edge of what is searched (1e-4 to 1e4): then a component is a single rate,
        or empty.
    truncation : str
    least : int
    """

    prior: GammaMixture
    negative_log_likelihood: float
    reached: tuple[float, ...]
    agreeing: int
    gradient: float
    settled: bool
    at_edge: bool
    truncation: Truncation
    least: int


def _theta(t: Floats) -> Floats:
    theta: Floats = np.exp(_LOW + (_HIGH - _LOW) * expit(t))
    theta[4] = expit(t[4])
    return theta


def _free(prior: GammaMixture) -> Floats:
    theta = prior.as_array()
    t = logit(np.clip((np.log(theta) - _LOW) / (_HIGH - _LOW), 1e-9, 1 - 1e-9))
    t[4] = logit(theta[4])
    return np.asarray(t)


def _slope(t: Floats) -> Floats:
    s = expit(t)
    slope: Floats = _theta(t) * (_HIGH - _LOW) * s * (1 - s)
    slope[4] = s[4] * (1 - s[4])
    return slope


def _descend(likelihood: Likelihood, start: Floats, inverse: NDArray[np.float64] | None, gtol: float) -> _Descent:
    scale = float(likelihood.weight.sum())

    def ask(t: Floats) -> tuple[float, Floats]:
        value, gradient = likelihood.at(_theta(t))
        return value / scale, gradient * _slope(t) / scale

    options: dict[str, object] = {"gtol": gtol, "maxiter": 400}
    if inverse is not None:
        options["hess_inv0"] = (inverse + inverse.T) / 2
    found = minimize(ask, start, jac=True, method="BFGS", options=options)
    return found.x, float(found.fun) * scale, found.jac, found.hess_inv


def _rivals(tries: list[_Descent]) -> list[_Descent]:
    """The best of the starts, and other optima near enough that the coarse table may have them in the wrong order."""
    kept: list[_Descent] = []
    for one in sorted(tries, key=lambda one: one[1]):
        if not kept or (one[1] < kept[0][1] + _NEAR and one[1] > kept[-1][1] + _CLOSE):
            kept.append(one)
    return kept


def fit_prior(
    n: ArrayLike, expected: ArrayLike, weight: ArrayLike | None = None, *, least: int = 1,
    truncation: Truncation = "component", starts: tuple[GammaMixture, ...] = STARTS,
) -> FittedPrior:  # fmt: skip
    """Fit the prior to a table.

    Parameters
    ----------
    n, expected, weight, least, truncation
        As in :class:`~riskstats.disproportionality.prior.Likelihood`.
    starts : tuple of GammaMixture

    Returns
    -------
    FittedPrior
        The component with the smaller mean comes second.
    """
    whole = Likelihood(n, expected, weight, least=least, truncation=truncation)
    points = coarsen(whole.n, whole.expected, whole.weight)
    coarse = Likelihood(points.n, points.expected, points.weight, least=least, truncation=truncation)
    tries = [_descend(coarse, _free(start), None, 1e-5) for start in starts]
    reached = tuple(value for _, value, _, _ in tries)
    rivals = _rivals(tries)
    finished = [_descend(whole, one[0], one[3], 1e-7) for one in rivals]
    t, value, gradient, _ = min(finished, key=lambda one: one[1])
    a1, b1, a2, b2, p = (float(v) for v in _theta(t))
    ordered = (a1, b1, a2, b2, p) if a1 / b1 >= a2 / b2 else (a2, b2, a1, b1, 1 - p)
    steepest = float(np.abs(gradient).max())
    edge = bool((np.abs(t[:4]) > 4.5).any() or not 1e-6 < p < 1 - 1e-6)
    agreeing = int(sum(v <= np.nanmin(reached) + _CLOSE for v in reached))
    return FittedPrior(
        GammaMixture(*ordered), value, reached, agreeing, steepest, steepest < 1e-5, edge, truncation, least
    )
