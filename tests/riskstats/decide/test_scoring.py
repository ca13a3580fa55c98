"""The scorer's tail and the combinations against their definitions and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import combine_pvalues, nbinom, poisson

from riskstats.decide import Outlook, RecentExcess, SpreadTest, classify, combine
from riskstats.inputs import InputError


@given(st.integers(0, 60), st.floats(0.05, 40), st.floats(1.01, 5), st.integers(1, 500))
def test_the_tail_is_a_negative_binomial_with_the_stated_variance(y, mean, phi, history):
    look = Outlook(*(np.array([float(v)]) for v in (y, mean, phi, history)))
    variance = mean * phi + mean**2 * phi / (history + 0.5)
    size = mean**2 / (variance - mean)
    assert look.tail()[0] == pytest.approx(nbinom.sf(y - 1, size, mean / variance), rel=1e-6, abs=1e-14)


def test_with_much_history_and_no_overdispersion_the_tail_is_poissons():
    look = Outlook(np.array([9.0]), np.array([3.0]), np.array([1.0]), np.array([1e12]))
    assert look.tail()[0] == pytest.approx(poisson.sf(8, 3.0), rel=1e-6)


@pytest.mark.parametrize("rate", [0.3, 2.0, 20.0])
def test_p_values_hold_their_level_without_outbreaks(rate):
    rng = np.random.default_rng(4)
    p = RecentExcess()(rng.poisson(rate, (20_000, 108)), None)
    for level in (0.05, 0.01, 0.001):
        assert (p <= level).mean() <= 1.35 * level + 1e-4


def test_overdispersed_counts_do_not_alarm_more():
    rng = np.random.default_rng(4)
    counts = rng.negative_binomial(2.0, 2.0 / 6.0, (20_000, 108))
    assert (RecentExcess()(counts, None) <= 0.01).mean() <= 0.02


def test_the_lower_bound_of_the_excess_grows_with_cases_and_is_never_negative():
    one = np.ones(4)
    look = Outlook(np.array([0.0, 5, 20, 60]), 5 * one, one, 100 * one)
    assert (np.diff(look.excess()) >= 0).all()
    assert look.excess()[0] == 0
    assert 40 < look.excess()[3] < 55


@pytest.mark.parametrize(("how", "name"), [("fisher", "fisher"), ("stouffer", "stouffer")])
@given(p=st.lists(st.floats(1e-6, 0.98), min_size=2, max_size=6))
def test_combinations_are_scipys(how, name, p):
    assert combine([p], how)[0] == pytest.approx(combine_pvalues(p, name).pvalue, rel=1e-9)


@given(st.lists(st.floats(1e-200, 1.0), min_size=1, max_size=6))
def test_a_source_that_does_not_see_a_cell_changes_nothing(p):
    for how in ("cauchy", "fisher", "stouffer", "least"):
        value = combine([p], how)[0]
        assert combine([[*p, np.nan]], how)[0] == pytest.approx(value, rel=1e-12)
        assert 0 <= value <= 1
    assert combine([[np.nan]])[0] == 1.0


def test_cauchy_holds_its_level_for_dependent_sources():
    rng = np.random.default_rng(1)
    from scipy.special import ndtr

    z = rng.normal(size=(200_000, 1)) * 0.8 + rng.normal(size=(200_000, 4)) * 0.6
    assert (combine(ndtr(z)) <= 0.001).mean() < 0.0016


@pytest.mark.parametrize(("tests", "extent"), [
    ([SpreadTest("port", "a", 9, 1, 1e-5, 0.5), SpreadTest("maker", "m", 3, 1, 0.5, 1e-5)], "regional"),
    ([SpreadTest("port", "a", 9, 1, 1e-5, 1e-5)], "systemic"),
    ([SpreadTest("port", "a", 9, 1, 0.4, 0.5), SpreadTest("maker", "m", 9, 1, 1e-5, 0.6)], "isolated"),
    ([SpreadTest("port", "a", 9, 1, 0.4, 1e-4), SpreadTest("maker", "m", 9, 1, 1e-5, 0.6)], "systemic"),
    ([], "isolated"),
])  # fmt: skip
def test_the_extent_follows_from_the_tests(tests, extent):
    assert classify(tests, region="port", alpha=0.01) == extent


def test_bad_tables_are_refused():
    with pytest.raises(InputError, match="from 0 to 1"):
        combine([[1.5]])
    with pytest.raises(InputError, match="none of"):
        combine([[0.5]], "magic")
    with pytest.raises(InputError, match="finite number above 0"):
        RecentExcess()(np.ones((1, 9), dtype=int), np.zeros((1, 9)))
    with pytest.raises(InputError, match="no count"):
        RecentExcess()(np.full((1, 9), -1), None)
