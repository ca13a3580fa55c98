"""Rates against closed forms and against brute integration over rate and reported share."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from riskmethods.errors import MethodError
from riskmethods.evidence.rates import Reporting, incident_rate, lifetime, probability_in


def test_with_a_known_share_the_posterior_is_the_conjugate_gamma():
    rate = incident_rate(4, 1_000, prior=(2, 50), reporting=0.25)
    gamma = stats.gamma(6, scale=1 / (50 + 250))
    assert rate.mean == pytest.approx(gamma.mean())
    for q in (0.01, 0.5, 0.975):
        assert rate.quantile(q) == pytest.approx(gamma.ppf(q), rel=1e-10)
        assert rate.cdf(rate.quantile(q)) == pytest.approx(q)
    assert rate.cdf(0) == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 50), st.floats(1, 1e6), st.floats(1.6, 200), st.floats(0.05, 200))
def test_without_prior_exposure_the_reported_share_is_a_beta_and_the_rate_follows(x, exposure, c, d):
    rate = incident_rate(x, exposure, reporting=Reporting(c, d))
    shares = rate.exposures / exposure
    beta = stats.beta(c - 0.5, d)
    assert rate.weights @ shares == pytest.approx(beta.mean(), rel=1e-9)
    assert rate.weights @ shares**2 == pytest.approx(beta.var() + beta.mean() ** 2, rel=1e-9)
    if c > 3.5:
        assert rate.mean == pytest.approx((x + 0.5) * (rate.weights @ (1 / rate.exposures)), rel=1e-9)


def test_the_posterior_equals_brute_integration():
    x, exposure, a, b, c, d = 3, 500.0, 1.5, 20.0, 2.0, 3.0
    rate = incident_rate(x, exposure, prior=(a, b), reporting=Reporting(c, d))

    def joint(rho, lam):
        return (
            stats.gamma.pdf(lam, a, scale=1 / b)
            * stats.beta.pdf(rho, c, d)
            * stats.poisson.pmf(x, rho * lam * exposure)
        )

    total = integrate.dblquad(joint, 0, 1.5, 0, 1, epsabs=1e-11)[0]
    for at in (0.005, 0.02, 0.06):
        below = integrate.dblquad(joint, 0, at, 0, 1, epsabs=1e-11)[0]
        assert rate.cdf(at) == pytest.approx(below / total, abs=1e-5)


def test_a_sharp_prior_on_the_share_is_a_known_share():
    sharp = incident_rate(5, 1_000, reporting=Reporting(3e6, 7e6))
    assert sharp.quantile(0.9) == pytest.approx(incident_rate(5, 1_000, reporting=0.3).quantile(0.9), rel=1e-3)


def test_a_mean_that_nothing_bounds_is_infinite_and_an_improper_posterior_refused():
    vague = incident_rate(2, 100, reporting=Reporting(1, 1))
    assert math.isinf(vague.mean)
    assert vague.quantile(0.5) > 0
    with pytest.raises(MethodError) as refused:
        incident_rate(2, 100, reporting=Reporting(0.5, 1))
    assert (refused.value.place, refused.value.rule) == ("reporting.a", "improper")


def test_the_lifetime_probability_follows_the_rate():
    rate = incident_rate(3, 200, reporting=Reporting(8, 4))
    lasting = lifetime(rate, 10)
    assert lasting.median == pytest.approx(1 - math.exp(-10 * rate.quantile(0.5)))
    draws = (np.arange(2_000) + 0.5) / 2_000
    assert lasting.mean == pytest.approx(np.mean([probability_in(rate.quantile(q), 10) for q in draws[::10]]), rel=0.01)
    assert lasting.low < lasting.median < lasting.high < 1
    assert probability_in(0, 10) == 0


@pytest.mark.parametrize(
    ("call", "place"),
    [
        (lambda: incident_rate(-1, 10), "incidents"), (lambda: incident_rate(1.5, 10), "incidents"),
        (lambda: incident_rate(1, 0), "exposure"), (lambda: incident_rate(1, float("nan")), "exposure"),
        (lambda: incident_rate(1, 10, prior=(0, 1)), "prior.shape"), (lambda: incident_rate(1, 10, prior=(1, -1)), "prior.exposure"),
        (lambda: incident_rate(1, 10, reporting=0), "reporting"), (lambda: incident_rate(1, 10, reporting=1.01), "reporting"),
        (lambda: incident_rate(1, 10, reporting=Reporting(-1, 1)), "reporting.a"),
        (lambda: lifetime(incident_rate(1, 10), 0), "years"), (lambda: probability_in(-0.1, 1), "rate"),
        (lambda: incident_rate(1, 10).quantile(1), "q"),
    ],
)  # fmt: skip
def test_senseless_input_is_refused(call, place):
    with pytest.raises(MethodError) as refused:
        call()
    assert refused.value.place == place
