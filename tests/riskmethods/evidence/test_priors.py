"""Priors meet the percentiles they were fitted to and never grow by discounting."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from riskmethods.errors import MethodError
from riskmethods.evidence.priors import beta_prior, discounted, discounted_rate, gamma_prior


@settings(max_examples=30, deadline=None)
@given(st.floats(1e-6, 0.3), st.floats(1.5, 3))
def test_the_fits_have_their_percentiles(median, factor):
    fitted = beta_prior(median=median, p95=median * factor)
    assert fitted.quantile(0.5) == pytest.approx(median, rel=1e-6)
    assert fitted.quantile(0.95) == pytest.approx(median * factor, rel=1e-6)
    shape, exposure = gamma_prior(median=median, p95=median * factor)
    assert stats.gamma.ppf([0.5, 0.95], shape, scale=1 / exposure) == pytest.approx([median, median * factor], rel=1e-6)


def test_discounting_keeps_the_mean_and_widens():
    fitted = beta_prior(median=0.02, p95=0.04)
    weak = discounted(fitted, 5)
    assert weak.mean == pytest.approx(fitted.mean)
    assert weak.quantile(0.95) > fitted.quantile(0.95)
    shape, exposure = discounted_rate((4, 1_000), 100)
    assert (shape / exposure, exposure) == (pytest.approx(4 / 1_000), 100)


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        (lambda: discounted(beta_prior(median=0.02, p95=0.04), 1e6), "strengthens"),
        (lambda: discounted_rate((1, 10), 11), "strengthens"),
        (lambda: beta_prior(median=0.02, p95=0.02), "order"),
        (lambda: gamma_prior(median=2, p95=1), "order"),
        (lambda: gamma_prior(median=1, p95=1e90), "no_fit"),
        (lambda: beta_prior(median=0, p95=0.5), "out_of_range"),
        (lambda: discounted_rate((1, 10), 0), "out_of_range"),
    ],
)
def test_what_cannot_be_a_prior_is_refused(call, rule):
    with pytest.raises(MethodError) as refused:
        call()
    assert refused.value.rule == rule
