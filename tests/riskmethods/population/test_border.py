"""Border samples against enumeration of all samples and of all lots."""

from __future__ import annotations

import math
from itertools import combinations, product
from statistics import fmean, pvariance

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmethods.errors import MethodError
from riskmethods.population import (
    Stratum,
    acceptance_probability,
    detection,
    horvitz_thompson,
    lot_defectives,
    prevalence,
    sample_size,
)


def test_over_all_possible_samples_the_estimate_and_its_variance_are_unbiased():
    lots = ([1, 0, 0, 1, 0], [0, 0, 1, 1])
    seen = []
    for first, second in product(combinations(lots[0], 3), combinations(lots[1], 2)):
        strata = [Stratum("a", 5, 3, sum(first)), Stratum("b", 4, 2, sum(second))]
        seen.append(prevalence(strata))
    estimates = [p.estimate for p in seen]
    assert fmean(estimates) == pytest.approx(4 / 9)
    assert fmean(p.se**2 for p in seen) == pytest.approx(pvariance(estimates))


def test_a_census_leaves_nothing_open_and_targeting_is_then_allowed():
    full = prevalence([Stratum("a", 10, 10, 3, basis="targeted")])
    assert (full.estimate, full.se, full.interval, full.effective) == (0.3, 0.0, (0.3, 0.3), math.inf)


def test_nothing_found_still_leaves_an_upper_bound_near_the_rule_of_three():
    none = prevalence([Stratum("a", 10**6, 300, 0)], level=0.9)
    assert none.interval == (0.0, pytest.approx(3 / 300, rel=0.01))
    assert math.isinf(none.cv)
    found = prevalence([Stratum("a", 10**6, 300, 6), Stratum("b", 10**6, 300, 0)])
    assert found.interval[0] < found.estimate < found.interval[1]


@pytest.mark.parametrize(
    ("strata", "place", "rule"),
    [
        ([], "strata", "empty"),
        ([Stratum("a", 10, 5, 1, basis="targeted")], "strata[0].basis", "targeted"),
        ([Stratum("a", 10, 5, 1), Stratum("b", 10, 1, 0)], "strata[1].tested", "one_unit"),
        ([Stratum("a", 10, 11, 0)], "strata[0].tested", "out_of_range"),
        ([Stratum("a", 10, 5, 6)], "strata[0].defective", "out_of_range"),
        ([Stratum("a", 10, 5, 1, basis="convenient")], "strata[0].basis", "unknown_code"),
    ],
)
def test_what_is_no_random_sample_is_refused(strata, place, rule):
    with pytest.raises(MethodError) as refused:
        prevalence(strata)
    assert (refused.value.place, refused.value.rule) == (place, rule)


def chance(lot, bad, n, k):
    return math.comb(bad, k) * math.comb(lot - bad, n - k) / math.comb(lot, n)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 40), st.data())
def test_lot_bounds_are_those_that_counting_finds(lot, data):
    n = data.draw(st.integers(1, lot))
    k = data.draw(st.integers(0, n))
    kept = [
        bad
        for bad in range(k, lot - (n - k) + 1)
        if sum(chance(lot, bad, n, j) for j in range(k, n + 1)) > 0.05 + 1e-12
        and sum(chance(lot, bad, n, j) for j in range(k + 1)) > 0.05 + 1e-12
    ]
    assert lot_defectives(lot, tested=n, defective=k, level=0.9) == (kept[0], kept[-1])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.data())
def test_the_smallest_sufficient_sample_is_found(lot, data):
    bad = data.draw(st.integers(1, lot))
    n = sample_size(lot, defective=bad, confidence=0.9)
    assert 1 - chance(lot, bad, n, 0) >= 0.9 - 1e-12
    assert n == 1 or 1 - chance(lot, bad, n - 1, 0) < 0.9 + 1e-12
    assert detection(lot, defective=bad, tested=n) == pytest.approx(1 - chance(lot, bad, n, 0))
    assert acceptance_probability(lot, defective=bad, tested=n, accept=0) == pytest.approx(chance(lot, bad, n, 0))


def test_unequal_chances_weigh_their_units():
    total, se = horvitz_thompson([1, 1], [0.5, 1])
    assert (total, se) == (3.0, pytest.approx(math.sqrt(0.5 * 4)))
    for values, inclusion, place in (([1], [0], "inclusion[0]"), ([1, 2], [1], "inclusion"), ([-1], [1], "values[0]")):
        with pytest.raises(MethodError) as refused:
            horvitz_thompson(values, inclusion)
        assert refused.value.place == place
