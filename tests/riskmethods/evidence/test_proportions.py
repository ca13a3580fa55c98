"""Shares from tests against exact tails and the literature's numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from riskmethods.errors import MethodError
from riskmethods.evidence.proportions import clopper_pearson, defect_share, rule_of_three, zero_event_bound


@given(st.integers(1, 500), st.data())
def test_clopper_pearson_ends_where_the_binomial_tails_do(n, data):
    k = data.draw(st.integers(0, n))
    low, high = clopper_pearson(k, n, level=0.9)
    assert low == 0 if k == 0 else stats.binom.sf(k - 1, n, low) == pytest.approx(0.05)
    assert high == 1 if k == n else stats.binom.cdf(k, n, high) == pytest.approx(0.05)
    assert low <= k / n <= high
    share = defect_share(k, n)
    assert 0 < share.quantile(0.025) < share.mean < share.quantile(0.9999)


def test_zero_events_are_bounded_as_the_rule_of_three_says():
    assert zero_event_bound(100) == pytest.approx(1 - 0.05 ** (1 / 100))
    assert zero_event_bound(100, level=0.99) == pytest.approx(1 - 0.01 ** (1 / 100))
    assert zero_event_bound(10_000) == pytest.approx(rule_of_three(10_000), rel=0.002)
    assert rule_of_three(2) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda: defect_share(3, 2), lambda: defect_share(0, 0), lambda: defect_share(-1, 5), lambda: defect_share(1, 5, prior=(0, 1)),
        lambda: clopper_pearson(1, 5, level=1), lambda: zero_event_bound(0), lambda: rule_of_three(0), lambda: defect_share(True, 5),
    ],
)  # fmt: skip
def test_impossible_counts_are_refused(call):
    with pytest.raises(MethodError):
        call()
