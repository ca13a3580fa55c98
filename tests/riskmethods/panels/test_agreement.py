"""Krippendorff's alpha: his published data, brute pairs, gaps, bootstrap."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from riskmethods.errors import MethodError
from riskmethods.panels.agreement import SCALES, agreement, from_json

# Four observers, twelve units, as published by Krippendorff.
PUBLISHED = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def distance(c, k, scale, pool):
    if scale == "nominal":
        return float(c != k)
    if scale == "interval":
        return (c - k) ** 2
    if scale == "ratio":
        return ((c - k) / (c + k)) ** 2 if c + k else 0.0
    low, high = min(c, k), max(c, k)
    return (sum(low <= g <= high for g in pool) - (pool.count(c) + pool.count(k)) / 2) ** 2


def brute(codings, scale):
    """Alpha from its meaning: mean distance of pairs within units over that of pairs in the pool."""
    units = [[row[u] for row in codings if row[u] is not None] for u in range(len(codings[0]))]
    units = [values for values in units if len(values) > 1]
    pool = [v for values in units for v in values]
    within = sum(distance(c, k, scale, pool) / (len(v) - 1) for v in units for c, k in permutations(v, 2)) / len(pool)
    between = sum(distance(c, k, scale, pool) for c, k in permutations(pool, 2)) / (len(pool) * (len(pool) - 1))
    return None if between == 0 else 1 - within / between


@pytest.mark.parametrize(
    ("scale", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_the_published_data_give_the_published_alphas(scale, alpha):
    found = agreement(PUBLISHED, scale=scale)
    assert round(found.alpha, 3) == alpha
    assert (found.units, found.values) == (11, 40)
    assert found.interval[0] < found.alpha < found.interval[1]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.none() | st.integers(0, 4), min_size=5, max_size=5), min_size=2, max_size=4),
    st.sampled_from(SCALES),
)
def test_alpha_equals_its_definition(codings, scale):
    assume(any(sum(row[u] is not None for row in codings) > 1 for u in range(5)))
    found, expected = agreement(codings, scale=scale, resamples=0).alpha, brute(codings, scale)
    assert found == (None if expected is None else pytest.approx(expected))


def test_full_agreement_is_one_and_no_variation_is_undefined():
    assert agreement([[1, 2, 3], [1, 2, 3]], scale="ordinal", resamples=0).alpha == pytest.approx(1)
    same = agreement([[3, 3, 3], [3, 3, 3]], scale="ordinal")
    assert (same.alpha, same.band, same.interval) == (None, "undefined", None)


def test_names_are_taken_on_the_nominal_scale_only():
    assert agreement([["fire", "shock"], ["fire", "shock"]], scale="nominal", resamples=0).alpha == 1
    with pytest.raises(MethodError):
        agreement([["fire", "shock"], ["fire", "shock"]], scale="ordinal")


def test_the_bootstrap_repeats_by_its_seed_and_the_band_follows_alpha():
    one, again, other = (agreement(PUBLISHED, scale="ordinal", resamples=300, seed=s) for s in (1, 1, 2))
    assert one.interval == again.interval != other.interval
    assert one.band == "reliable"
    assert agreement(PUBLISHED, scale="nominal", resamples=0).band == "tentative"
    assert agreement([[1, 2, 1, 2], [2, 1, 1, 2]], scale="nominal", resamples=0).band == "reopen"


@pytest.mark.parametrize(
    ("document", "place", "rule"),
    [
        ({"codings": [], "scale": "ordinal"}, "codings", "empty"),
        ({"codings": [[1, 2]], "scale": "ordinal"}, "codings", "empty"),
        ({"codings": [[1, None], [None, 2]], "scale": "ordinal"}, "codings", "empty"),
        ({"codings": [[1, 2], [1]], "scale": "ordinal"}, "codings[1]", "shape"),
        ({"codings": [[1, 2], [1, float("nan")]], "scale": "interval"}, "codings[1][1]", "not_a_number"),
        ({"codings": [[1, 2], [1, -1]], "scale": "ratio"}, "codings[1][1]", "out_of_range"),
        ({"codings": [[1], [1]], "scale": "metric"}, "scale", "unknown_code"),
        ({"codings": [list(range(1_001))] * 2, "scale": "interval"}, "codings", "too_large"),
        ({"codings": [[1], [1]], "scale": "ordinal", "level": 1}, "level", "out_of_range"),
        ({"codings": [[1], [1]]}, "scale", "missing"),
    ],
)
def test_faulty_codings_are_refused(document, place, rule):
    with pytest.raises(MethodError) as refused:
        from_json(document)
    assert (refused.value.place, refused.value.rule) == (place, rule)
