"""Tails and quantiles equal an independent implementation's, small tails included."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from riskstats.surveillance import tails

MEANS, PHIS, COUNTS = st.floats(0.01, 400), st.sampled_from([1.0, 1.05, 1.5, 3.0, 20.0]), st.integers(0, 900)


def law(mu, phi):
    return stats.poisson(mu) if phi == 1 else stats.nbinom(mu / (phi - 1), 1 / phi)


@settings(max_examples=300, deadline=None)
@given(k=COUNTS, mu=MEANS, phi=PHIS)
def test_tails_and_mass(k, mu, phi):
    theirs = law(mu, phi)
    assert tails.mass(float(k), mu, phi) == pytest.approx(theirs.pmf(k), rel=1e-8, abs=1e-290)
    assert tails.upper_tail(float(k), mu, phi) == pytest.approx(theirs.sf(k - 1), rel=1e-7, abs=1e-13)
    assert tails.lower_tail(float(k), mu, phi) == pytest.approx(theirs.cdf(k), rel=1e-7, abs=1e-13)


@settings(max_examples=300, deadline=None)
@given(mu=MEANS, phi=PHIS, alpha=st.sampled_from([0.1, 0.05, 0.005, 1e-4, 1e-8]))
def test_quantiles_are_the_least_and_greatest_counts_with_their_property(mu, phi, alpha):
    z = float(stats.norm.isf(alpha))
    high = tails.upper_quantile(alpha, z, mu, phi)
    assert tails.upper_tail(high + 1, mu, phi) <= alpha * (1 + 1e-9)
    assert high == 0 or tails.upper_tail(high, mu, phi) > alpha * (1 - 1e-9)
    low = tails.lower_quantile(alpha, z, mu, phi)
    assert low == 0 or tails.lower_tail(low - 1, mu, phi) <= alpha * (1 + 1e-9)
    assert tails.lower_tail(low, mu, phi) > alpha * (1 - 1e-9)


def test_far_tails_keep_their_digits():
    assert tails.upper_tail(60.0, 5.0, 1.0) == pytest.approx(stats.poisson.sf(59, 5.0), rel=1e-9)
    assert 0 < tails.upper_tail(200.0, 5.0, 1.0) < 1e-230


def test_no_mean_no_cases():
    assert tails.upper_tail(1.0, 0.0, 1.0) == 0
    assert tails.lower_tail(0.0, 0.0, 1.0) == 1
    assert np.isinf(tails.upper_quantile(0.05, 1.645, np.inf, 1.0))


@pytest.mark.parametrize("phi", [1.0, 30.0])
def test_tails_of_very_wide_laws_follow_the_expansion(phi):
    mu = 3e10 / phi
    for x in (-3.0, 0.5, 3.0):
        k = float(np.floor(mu + x * np.sqrt(mu * phi)))
        skew = (2 * phi - 1) / np.sqrt(mu * phi)
        assert tails.upper_tail(k, mu, phi) == pytest.approx(stats.pearson3.sf(x, skew), rel=1e-3)
        assert tails.upper_tail(k, mu, phi) + tails.lower_tail(k - 1, mu, phi) == pytest.approx(1)
    high = tails.upper_quantile(0.005, stats.norm.isf(0.005), mu, phi)
    assert tails.upper_tail(high, mu, phi) == pytest.approx(0.005, rel=1e-3)


@given(p=st.floats(1e-290, 0.9999))
def test_the_normal_quantile(p):
    assert tails.normal_upper_quantile(p) == pytest.approx(stats.norm.isf(p), rel=1e-10, abs=1e-12)
