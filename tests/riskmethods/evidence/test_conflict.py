"""Conflict between scenario and incidents: exact tails, uncertainty widens, reporting explains."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from riskmethods.errors import MethodError
from riskmethods.evidence.conflict import conflict, conflict_with_rate
from riskmethods.evidence.rates import Reporting, incident_rate
from riskmethods.uncertain import Beta, from_json


@given(st.integers(0, 40), st.floats(0.1, 50))
def test_a_point_gives_the_poisson_tails(x, expected):
    found = conflict(x, from_json("1/1000"), units=expected * 1_000)
    assert found.expected == pytest.approx(expected)
    assert found.p_more == pytest.approx(stats.poisson.sf(x - 1, expected))
    assert found.p_fewer == pytest.approx(stats.poisson.cdf(x, expected))
    assert found.p_value == min(1, 2 * min(found.p_more, found.p_fewer))
    assert found.reassess == (found.p_value < 0.05)
    assert found.contradicts in ({"more"} if x > expected else {"fewer"}) | {""}


def test_uncertainty_widens_what_is_compatible():
    sure = conflict(6, from_json("1/1000"), units=1_000)
    unsure = conflict(6, from_json({"dist": "lognormal", "median": "1/1000", "ef": 5}), units=1_000)
    assert sure.contradicts == "more"
    assert not unsure.contradicts


def test_a_beta_scenario_predicts_as_integration_does():
    found = conflict(7, Beta(3, 997), units=1_000)
    p = np.linspace(1e-7, 0.05, 20_001)
    exact = integrate.simpson(stats.beta.pdf(p, 3, 997) * stats.poisson.sf(6, 1_000 * p), x=p)
    assert found.p_more == pytest.approx(exact, rel=0.02)


def test_under_reporting_explains_few_incidents():
    assert conflict(1, from_json("1/100"), units=1_000).contradicts == "fewer"
    assert conflict(1, from_json("1/100"), units=1_000, reporting=0.1).contradicts == ""
    assert conflict(1, from_json("1/100"), units=1_000, reporting=Reporting(2, 18)).contradicts == ""
    assert conflict(1, from_json("1/100"), units=500, exposed=2, life_observed=0.1).expected == pytest.approx(1)


def test_a_learnt_rate_predicts_a_negative_binomial():
    rate = incident_rate(3, 20_000)
    found = conflict_with_rate(9, rate, exposure=10_000)
    nb = stats.nbinom(3.5, 20_000 / 30_000)
    assert found.p_more == pytest.approx(nb.sf(8))
    assert found.p_fewer == pytest.approx(nb.cdf(9))
    assert conflict_with_rate(0, rate, exposure=10_000).p_more == 1


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"observed": -1}, "observed"), ({"units": 0}, "units"), ({"exposed": float("inf")}, "exposed"), ({"alpha": 1}, "alpha"),
        ({"life_observed": 1.5}, "life_observed"), ({"reporting": 0}, "reporting"), ({"reporting": Reporting(0, 1)}, "reporting.a"),
    ],
)  # fmt: skip
def test_senseless_input_is_refused(changed, place):
    with pytest.raises(MethodError) as refused:
        conflict(**({"observed": 1, "probability": from_json("0.1"), "units": 10} | changed))
    assert refused.value.place == place
