"""Quantities: their inverse distributions against scipy's own, their means, their JSON form, what is refused."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from riskmethods.errors import MethodError
from riskmethods.uncertain import Beta, from_json, quantile, to_json
from tests.riskmethods.documents import QUANTITIES

U = np.linspace(0.001, 0.999, 999)
PEERS = [
    ({"dist": "beta", "a": 2.5, "b": 40}, stats.beta(2.5, 40)),
    ({"dist": "loguniform", "low": "1/10000", "high": "1/10"}, stats.loguniform(1e-4, 0.1)),
    ({"low": "1/10000", "high": "1/10"}, stats.loguniform(1e-4, 0.1)),
    ({"dist": "lognormal", "median": "1/1000", "ef": 3}, stats.lognorm(np.log(3) / stats.norm.ppf(0.95), scale=1e-3)),
    ({"dist": "pert", "min": "1/10", "mode": "2/10", "max": "6/10"}, stats.beta(1.8, 4.2, loc=0.1, scale=0.5)),
]


@pytest.mark.parametrize(("given_", "peer"), PEERS, ids=[str(p[0].get("dist", "interval")) for p in PEERS])
def test_a_curve_is_that_of_the_textbook(given_, peer):
    quantity = from_json(given_)
    np.testing.assert_allclose(quantity.sample(U), peer.ppf(U), rtol=1e-9)
    assert quantity.mean == pytest.approx(peer.mean(), rel=1e-9)


def test_an_error_factor_is_the_95th_percentile_over_the_median():
    curve = from_json({"dist": "lognormal", "median": "1/1000", "ef": 3})
    assert quantile(curve, 0.95) / quantile(curve, 0.5) == pytest.approx(3)


def test_what_a_lognormal_has_above_one_is_cut_and_told():
    curve, whole = (
        from_json({"dist": "lognormal", "median": "1/2", "ef": 4}),
        stats.lognorm(np.log(4) / stats.norm.ppf(0.95), scale=0.5),
    )
    assert curve.truncated == pytest.approx(whole.sf(1))
    drawn = curve.sample(U)
    assert drawn.max() <= 1
    np.testing.assert_allclose(drawn, whole.ppf(U * whole.cdf(1)), rtol=1e-9)
    assert curve.mean == pytest.approx(whole.expect(lambda x: x, ub=1, conditional=True), rel=1e-6)


@given(QUANTITIES)
def test_a_quantity_survives_its_json_form(given_):
    quantity = from_json(given_)
    assert from_json(to_json(quantity)) == quantity


@given(QUANTITIES, st.floats(0.001, 0.999))
def test_no_draw_leaves_the_bounds(given_, u):
    quantity = from_json(given_)
    low, high = quantity.bounds
    drawn = float(quantity.sample(np.array([u]))[0])
    assert float(low) * (1 - 1e-12) <= drawn <= float(high) * (1 + 1e-12)
    assert drawn > 0


@pytest.mark.parametrize(
    ("given_", "place", "rule"),
    [
        ({"p": "0"}, "q.p", "probability"),
        ({"p": "1/2", "low": "1/3"}, "q.high", "missing"),
        ({}, "q.p", "missing"),
        ({"low": "1/2", "high": "1/3"}, "q", "order"),
        ({"low": "1/2"}, "q.high", "missing"),
        ({"dist": "loguniform", "low": "1/2", "high": "1/2"}, "q", "order"),
        ({"dist": "beta", "a": 0, "b": 1}, "q.a", "not_a_number"),
        ({"dist": "beta", "a": "two", "b": 1}, "q.a", "not_a_number"),
        ({"dist": "beta", "a": float("inf"), "b": 1}, "q.a", "not_a_number"),
        ({"dist": "pert", "min": "1/2", "mode": "1/3", "max": "1"}, "q", "order"),
        ({"dist": "pert", "min": "1/2", "mode": "1/2", "max": "1/2"}, "q", "order"),
        ({"dist": "lognormal", "median": "1/2", "ef": 1}, "q.ef", "error_factor"),
        ({"dist": "lognormal", "median": "2", "ef": 3}, "q.median", "probability"),
        ({"word": "often"}, "q.word", "unknown_code"),
        ({"word": 5}, "q.word", "unknown_code"),
        ({"word": "extremely rare"}, "q.word", "open_ended"),
        ({"word": "rare", "low": "1/2"}, "q.high", "missing"),
        ({"dist": "point", "p": "1/2"}, "q.dist", "unknown_code"),
        ({"dist": "cauchy"}, "q.dist", "unknown_code"),
        ({"dist": ["beta"]}, "q.dist", "unknown_code"),
        ({"dist": "beta", "a": 1, "b": 1, "c": 1}, "q.c", "unknown_key"),
        (None, "q", "not_a_number"),
        ([1], "q", "not_a_number"),
    ],
)
def test_a_bad_quantity_is_refused_by_place_and_rule(given_, place, rule):
    with pytest.raises(MethodError) as refused:
        from_json(given_, place="q")
    assert (refused.value.place, refused.value.rule) == (place, rule)


def test_a_quantile_lies_within():
    assert quantile(Beta(2, 2), 0.5) == pytest.approx(0.5)
    with pytest.raises(MethodError):
        quantile(Beta(2, 2), 1)
    assert from_json("1/50").bounds == (Fraction(1, 50), Fraction(1, 50))
