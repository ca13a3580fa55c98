"""An incident rate from counted incidents and exposure, with under-reporting integrated out.

Incidents are taken as Poisson with mean ``rho * rate * exposure``, where ``rho`` is the share of incidents that is
reported; the rate has a gamma prior (Jeffreys: shape 1/2, exposure 0) and ``rho`` is either known or has a beta prior
of its own. For each ``rho`` the rate is ``Gamma(a + x, b + rho * exposure)``; the joint posterior weighs each ``rho``
by ``rho^(x+c-1) (1-rho)^(d-1) (b + rho * exposure)^-(a+x)``, integrated by the trapezoidal rule in logit(rho), where it
converges faster than any power of the step. Rates are incidents per unit-year.

Source: conjugate updating as in Gelman et al., "Bayesian Data Analysis" (3rd ed., 2013), sections 2.6 and 2.8.

>>> rate = incident_rate(3, 20_000)
>>> f"{rate.mean:.3e}", [f"{end:.3e}" for end in rate.interval(0.95)]
('1.750e-04', ['4.225e-05', '4.003e-04'])
>>> half = incident_rate(3, 20_000, reporting=Reporting(20, 20))
>>> f"{half.mean:.3e}"
'3.642e-04'
>>> lasting = lifetime(rate, 10)
>>> f"{lasting.mean:.3e}", lasting.quantity()["dist"]
('1.748e-03', 'lognormal')
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from riskmethods.errors import raise_at
from riskmethods.inputs import count, positive, real, share, zero_or_more

JEFFREYS = (0.5, 0.0)
_STEP = 0.02  # of logit(rho); the integrand is smooth on the scale of one
_DEEP = 45.0  # below the peak by this many powers of e, nothing is left that a float would notice


@dataclass(frozen=True, slots=True)
class Reporting:
    """A beta prior on the share of incidents that is reported: ``a`` reported of ``a + b``, so to speak."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)


@dataclass(frozen=True, slots=True, eq=False)
class Rate:
    """What is believed about a rate per unit-year: a mixture of gamma curves of one shape.

    Attributes
    ----------
    shape : float
        Prior shape plus incidents.
    exposures : array
        Prior exposure plus reported exposure, one for each share reported that is considered.
    weights : array
        Their credence, summing to one.
    mean : float
        Infinite where nothing keeps the reported share from zero.
    """

    shape: float
    exposures: NDArray[np.float64]
    weights: NDArray[np.float64]
    mean: float

    def cdf(self, rate: float) -> float:
        """Credence that the rate is at most this."""
        return float(self.weights @ special.gammainc(self.shape, self.exposures * rate)) if rate > 0 else 0.0

    def quantile(self, q: float) -> float:
        """The rate that is stayed below with credence ``q``."""
        share(q, "q")
        ends = special.gammaincinv(self.shape, q) / self.exposures[[0, -1]]
        low, high = float(ends.min()), float(ends.max())
        if high <= low * (1 + 1e-14):
            return low
        at = optimize.brentq(lambda t: self.cdf(math.exp(t)) - q, math.log(low), math.log(high), xtol=1e-13)
        return float(math.exp(at))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The equal-tailed credible interval."""
        tail = (1 - share(level, "level")) / 2
        return self.quantile(tail), self.quantile(1 - tail)


def incident_rate(
    incidents: int,
    exposure: object,
    *,
    prior: tuple[float, float] = JEFFREYS,
    reporting: Reporting | float = 1.0,
) -> Rate:
    """The rate after counting.

    Parameters
    ----------
    incidents : int
        Reported incidents.
    exposure : number
        Unit-years under observation, above 0.
    prior : (shape, unit-years)
        Of the gamma prior; ``(0.5, 0)`` is Jeffreys'.
    reporting : Reporting or float
        The share of incidents that is reported: known, in (0, 1], or with a beta prior.

    Raises
    ------
    MethodError
        Rules ``out_of_range``, ``not_a_count``, or ``improper``: without prior exposure, the reported share's prior
        must keep away from zero (its ``a`` above the prior shape), else nothing bounds the rate.
    """
    x, observed = count(incidents, "incidents"), positive(exposure, "exposure")
    a, b = positive(prior[0], "prior.shape"), float(zero_or_more(prior[1], "prior.exposure"))
    if not isinstance(reporting, Reporting):
        known = real(reporting, "reporting")
        if not 0 < known <= 1:
            raise_at("reporting", "out_of_range", f"报告比例须大于0且不大于1，不能是{known:g}",
                     f"the reported share is above 0 and at most 1, not {known:g}")  # fmt: skip
        total = b + known * observed
        return Rate(a + x, np.array([total]), np.ones(1), (a + x) / total)
    c, d = positive(reporting.a, "reporting.a"), positive(reporting.b, "reporting.b")
    if b == 0 and c <= a:
        raise_at("reporting.a", "improper", f"无先验暴露量时须大于先验形状{a:g}，否则发生率无上界",
                 f"without prior exposure it must be above the prior shape {a:g}, else nothing bounds the rate")  # fmt: skip
    reported, weights = _reported(x, a, b, observed, c, d)
    exposures = b + reported * observed
    if b:
        mean = float((a + x) * (weights @ (1 / exposures)))
    else:  # the share is then Beta(c - a, d), and the mean of its reciprocal is known
        mean = (a + x) / observed * (c - a + d - 1) / (c - a - 1) if c - a > 1 else math.inf
    return Rate(a + x, exposures, weights, mean)


def _reported(
    x: int, a: float, b: float, observed: float, c: float, d: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The shares reported to consider, rising, and their posterior weights; the Jacobian of logit included."""

    def log_weight(t: Any) -> Any:
        log_rho, log_rest = -np.logaddexp(0, -t), -np.logaddexp(0, t)
        scaled = np.logaddexp(math.log(b / observed), log_rho) if b else log_rho
        return (x + c) * log_rho + d * log_rest - (a + x) * scaled

    peak = optimize.minimize_scalar(lambda t: -log_weight(t), bracket=(-2.0, 2.0)).x
    floor = log_weight(peak) - _DEEP
    left, right = (_fall(log_weight, floor, peak, side) for side in (-1, 1))
    steps = min(max(401, math.ceil((right - left) / _STEP)), 200_001)
    t = np.linspace(left, right, steps)
    weights = np.exp(log_weight(t) - log_weight(peak))
    return special.expit(t), weights / weights.sum()


def _fall(log_weight: Any, floor: float, peak: float, side: int) -> float:
    """Where the weight has fallen to the floor, going from the peak to one side."""
    far = 1.0
    while log_weight(peak + side * far) > floor and far < 5_000:
        far *= 2
    return float(peak + side * far)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """The probability of at least one incident in a unit's lifetime, with median, 5th and 95th percentile."""

    mean: float
    low: float
    median: float
    high: float

    def quantity(self) -> dict[str, Any]:
        """A scenario step's JSON quantity: lognormal with this median and error factor."""
        return {"dist": "lognormal", "median": f"{self.median:.6g}", "ef": float(f"{self.high / self.median:.6g}")}


def lifetime(rate: Rate, years: object) -> Lifetime:
    """P = 1 - exp(-rate * years), for every rate that is believed in.

    >>> round(probability_in(0.01, 10), 6)
    0.095163
    """
    lasting = positive(years, "years")
    low, median, high = (probability_in(rate.quantile(q), lasting) for q in (0.05, 0.5, 0.95))
    spared = -np.expm1(-rate.shape * np.log1p(lasting / rate.exposures))
    return Lifetime(float(rate.weights @ spared), low, median, high)


def probability_in(rate: object, years: object) -> float:
    """The probability of at least one incident at a constant rate: ``1 - exp(-rate * years)``."""
    return -math.expm1(-float(zero_or_more(rate, "rate")) * positive(years, "years"))
