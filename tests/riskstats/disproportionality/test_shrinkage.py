"""Posterior scores against SciPy's gamma distribution."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import digamma, gammainc, gammaincc, gammaln
from scipy.stats import gamma

from riskstats.disproportionality import GammaMixture, information_component, shrink
from riskstats.disproportionality.gamma import both_tails
from riskstats.inputs import InputError

RATES = st.floats(0.05, 30)
PRIORS = st.builds(GammaMixture, RATES, RATES, RATES, RATES, st.floats(0.001, 0.999))


def below(x, scores, n, e, prior):
    first = gamma.cdf(x, prior.alpha1 + n, scale=1 / (prior.beta1 + e))
    return scores.q * first + (1 - scores.q) * gamma.cdf(x, prior.alpha2 + n, scale=1 / (prior.beta2 + e))


@given(PRIORS, st.integers(0, 5000), st.floats(1e-4, 5000), st.floats(0.001, 0.999))
def test_a_quantile_leaves_its_share_below(prior, n, e, q):
    scores = shrink([n], [e], prior, quantiles=(q,))
    assert below(scores.quantile(q), scores, n, e, prior)[0] == pytest.approx(q, abs=1e-9)
    assert below(1.0, scores, n, e, prior)[0] == pytest.approx(scores.below[0], abs=1e-9)


def test_one_component_is_the_conjugate_posterior():
    same = GammaMixture(2.0, 3.0, 2.0, 3.0, 0.4)
    n, e = np.arange(6), np.linspace(0.1, 9, 6)
    scores = shrink(n, e, same)
    np.testing.assert_allclose(scores.q, 0.4, rtol=1e-12)
    np.testing.assert_allclose(scores.ebgm, np.exp(digamma(2 + n)) / (3 + e), rtol=1e-12)
    np.testing.assert_allclose(scores.quantile(0.05), gamma.ppf(0.05, 2 + n, scale=1 / (3 + e)), rtol=1e-9)


def test_incomplete_gamma_functions_keep_their_digits_in_both_tails():
    rng = np.random.default_rng(0)
    shape = np.exp(rng.uniform(np.log(1e-3), np.log(2e4), 5000))
    x = shape * np.exp(rng.normal(0, 1, 5000) * rng.choice([0.01, 0.1, 1, 3], 5000))
    lower, upper, _ = np.array([both_tails(*t) for t in zip(shape, x, gammaln(shape), strict=True)]).T
    for ours, exact in ((lower, gammainc(shape, x)), (upper, gammaincc(shape, x))):
        small = (exact < 0.5) & (exact > 1e-290)
        np.testing.assert_allclose(ours[small], exact[small], rtol=1e-9)


def test_repeated_cells_give_the_same_numbers_as_single_ones():
    rng = np.random.default_rng(4)
    n, e = rng.integers(0, 5, 60_000), rng.choice([0.1, 0.5, 2.0], 60_000)
    prior = GammaMixture(0.3, 0.2, 2.0, 3.0, 0.2)
    many, few = shrink(n, e, prior), shrink(n[:50], e[:50], prior)
    np.testing.assert_array_equal(many.quantiles[:50], few.quantiles)
    np.testing.assert_array_equal(many.ebgm[:50], few.ebgm)


@given(st.integers(0, 3000), st.floats(1e-4, 3000))
def test_the_information_component_is_its_closed_form(n, e):
    ours = information_component([n], [e])
    for q, end in ((0.025, ours.low), (0.975, ours.high)):
        assert end[0] == pytest.approx(np.log2(gamma.ppf(q, n + 0.5, scale=1 / (e + 0.5))), abs=1e-8)


def test_bad_input_is_refused_with_its_place():
    prior = GammaMixture(1, 1, 2, 2, 0.5)
    with pytest.raises(InputError, match=r"expected\[1\]: 0.0 is not a finite number above 0"):
        shrink([1, 2], [1.0, 0.0], prior)
    with pytest.raises(InputError, match=r"n\[0\]: -1"):
        information_component([-1], [1.0])
    with pytest.raises(InputError, match=r"quantiles\[0\]"):
        shrink([1], [1.0], prior, quantiles=(1.0,))
    with pytest.raises(InputError, match="not computed"):
        shrink([1], [1.0], prior).quantile(0.5)


def test_no_cells_give_no_scores():
    assert shrink(np.zeros(0, int), np.zeros(0), GammaMixture(1, 1, 2, 2, 0.5)).quantiles.shape == (0, 2)
