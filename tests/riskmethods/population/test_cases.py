"""Expected cases, kept apart from the individual probability."""

from __future__ import annotations

from fractions import Fraction

import pytest

from riskmethods.errors import MethodError
from riskmethods.population import expected_cases
from riskmethods.uncertain import from_json


def test_cases_are_exact_for_a_point_and_fall_with_retrieval():
    reach = expected_cases(from_json("1/3"), units=10, exposed="0.3", retrieved="1/4")
    assert reach.before.best == 1
    assert reach.after.best == Fraction(3, 4)
    assert expected_cases(from_json("1/3"), units=10, retrieved=1).any_after == 0


def test_an_interval_claims_no_best_value_and_a_distribution_its_mean():
    spread = expected_cases(from_json({"low": "1/1000", "high": "1/100"}), units=1_000)
    assert (spread.before.low, spread.before.best, spread.before.high) == (1, None, 10)
    assert spread.as_json()["before"] == {"low": "1", "best": None, "high": "10"}
    beta = expected_cases(from_json({"dist": "beta", "a": 1, "b": 99}), units=1_000)
    assert float(beta.before.best) == pytest.approx(10)
    assert beta.before.low < beta.before.best < beta.before.high


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"units": 0}, "units"),
        ({"units": float("nan")}, "units"),
        ({"exposed": -1}, "exposed"),
        ({"retrieved": "101 %"}, "retrieved"),
    ],
)
def test_senseless_input_is_refused(changed, place):
    with pytest.raises(MethodError) as refused:
        expected_cases(from_json("0.1"), **({"units": 1} | changed))
    assert refused.value.place == place
