"""Experts' pooled judgement as a prior, discounted to the number of observations it may count for.

The fit meets median and 95th percentile exactly; the discount keeps the mean and lets the belief weigh as much as
``n0`` observations, a number that whoever discounts declares. A discount never strengthens.

Source: effective sample size of a conjugate prior, Morita, Thall and Müller, Biometrics 64 (2008).

>>> fitted = beta_prior(median=0.01, p95=0.05)
>>> round(fitted.quantile(0.5), 6), round(fitted.quantile(0.95), 6)
(0.01, 0.05)
>>> weaker = discounted(fitted, 10)
>>> round(weaker.a + weaker.b, 6), round(weaker.mean / fitted.mean, 6)
(10.0, 1.0)
>>> shape, unit_years = gamma_prior(median=1e-4, p95=1e-3)
>>> discounted_rate((shape, unit_years), 1000)[1]
1000.0
"""

from __future__ import annotations

import math

from scipy import optimize, special

from riskmethods.errors import raise_at
from riskmethods.evidence.proportions import Share
from riskmethods.inputs import positive, share

_LEAST, _MOST = 1e-2, 1e8  # shapes outside say "nothing known" or "known for certain": no prior to update


def beta_prior(*, median: float, p95: float) -> Share:
    """The beta distribution with this median and 95th percentile.

    Raises
    ------
    MethodError
        Rule ``order`` (the percentile is not above the median) or ``no_fit`` (no usable beta curve has both).
    """
    middle, high = share(median, "median"), share(p95, "p95")
    _rising(middle, high)

    def other(log_a: float) -> float:
        """The second shape that puts the median right."""
        a = math.exp(log_a)
        ends = math.log(1e-6), math.log(1e14)
        return float(optimize.brentq(lambda t: special.betainc(a, math.exp(t), middle) - 0.5, *ends, xtol=1e-12))

    def miss(log_a: float) -> float:
        return float(special.betainc(math.exp(log_a), math.exp(other(log_a)), high) - 0.95)

    log_a = _root(miss, math.log(_LEAST), math.log(_MOST))
    return Share(math.exp(log_a), math.exp(other(log_a)))


def gamma_prior(*, median: float, p95: float) -> tuple[float, float]:
    """Shape and unit-years of the gamma distribution of a rate with this median and 95th percentile."""
    middle, high = positive(median, "median"), positive(p95, "p95")
    _rising(middle, high)

    def miss(log_shape: float) -> float:
        shape = math.exp(log_shape)
        return math.log(high / middle) - math.log(special.gammaincinv(shape, 0.95) / special.gammaincinv(shape, 0.5))

    shape = math.exp(_root(miss, math.log(_LEAST), math.log(_MOST)))
    return shape, float(special.gammaincinv(shape, 0.5)) / middle


def discounted(prior: Share, observations: object) -> Share:
    """The prior weighing as much as ``observations`` tests, its mean kept."""
    weight = _weaker(observations, prior.a + prior.b)
    return Share(prior.mean * weight, (1 - prior.mean) * weight)


def discounted_rate(prior: tuple[float, float], unit_years: object) -> tuple[float, float]:
    """The gamma prior weighing as much as ``unit_years`` of observation, its mean kept."""
    shape, own = positive(prior[0], "prior.shape"), positive(prior[1], "prior.exposure")
    weight = _weaker(unit_years, own)
    return shape * weight / own, weight


def _weaker(given: object, own: float) -> float:
    weight = positive(given, "observations")
    if weight > own:
        raise_at("observations", "strengthens", f"折减不得增强：专家意见自身只值{own:.4g}次观测",
                 f"a discount never strengthens: the judgement itself weighs {own:.4g} observations")  # fmt: skip
    return weight


def _rising(middle: float, high: float) -> None:
    if high <= middle:
        raise_at(
            "p95", "order", "第95百分位须高于中位数", f"the 95th percentile {high:g} is not above the median {middle:g}"
        )


def _root(miss: object, low: float, high: float) -> float:
    try:
        return float(optimize.brentq(miss, low, high, xtol=1e-12))
    except ValueError:
        raise_at("p95", "no_fit", "没有同时满足两个分位数的先验分布", "no usable prior has both percentiles")
