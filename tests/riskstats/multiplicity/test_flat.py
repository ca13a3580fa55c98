"""Flat adjustments against SciPy and the definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from riskstats.inputs import InputError
from riskstats.multiplicity import benjamini_hochberg, benjamini_yekutieli, simes, storey

VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(VALUES)
def test_adjusted_values_are_scipys(p):
    np.testing.assert_allclose(benjamini_hochberg(p), false_discovery_control(p, method="bh"), atol=1e-15)
    np.testing.assert_allclose(benjamini_yekutieli(p), false_discovery_control(p, method="by"), atol=1e-15)


@given(VALUES)
def test_storey_never_exceeds_benjamini_hochberg_and_simes_is_its_least(p):
    assert (storey(p) <= benjamini_hochberg(p) + 1e-15).all()
    assert simes(p) == pytest.approx(benjamini_hochberg(p).min())


def test_storey_gains_where_many_hypotheses_are_false():
    rng = np.random.default_rng(0)
    p = np.concatenate([rng.uniform(0, 0.01, 600), rng.uniform(0, 1, 400)])
    null = (1 + (p > 0.5).sum()) / (1000 * 0.5)
    np.testing.assert_allclose(storey(p), np.minimum(1, benjamini_hochberg(p) * null), rtol=1e-9)


@pytest.mark.parametrize("bad", [[0.1, -0.1], [0.1, 1.5], [float("nan")]])
def test_what_is_no_probability_is_refused(bad):
    with pytest.raises(InputError, match="not from 0 to 1"):
        benjamini_hochberg(bad)
