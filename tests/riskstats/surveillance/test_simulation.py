"""The 42 scenarios have the moments they claim, and draws are repeatable."""

import numpy as np
import pytest

from riskstats.surveillance import SurveillanceError
from riskstats.surveillance.simulation import CURRENT, HISTORY, scenarios, simulate


def test_there_are_seven_settings_with_and_without_trend_with_none_to_two_waves():
    every = scenarios()
    assert [s.number for s in every] == list(range(1, 43))
    assert len({(s.theta, s.phi) for s in every}) == 7
    assert all(sum(s.beta > 0 for s in every[i : i + 6]) == 3 for i in range(0, 42, 6))
    assert every[0].mean() == pytest.approx(np.exp(0.1))


@pytest.mark.parametrize("number", [1, 11, 14, 24, 30, 37])
def test_mean_and_dispersion_are_as_stated(number):
    scenario = scenarios()[number - 1]
    counts = simulate(scenario, 4000, seed=1, past=0).counts
    at = [100, 400, 600]
    mean = scenario.mean()[at]
    np.testing.assert_allclose(counts[:, at].mean(axis=0), mean, rtol=0.12)
    np.testing.assert_allclose(counts[:, at].var(axis=0) / mean, scenario.phi, rtol=0.2)


def test_draws_are_repeatable_and_share_their_baseline():
    scenario = scenarios()[24]
    one, again, other = (simulate(scenario, 5, seed, size=3.0) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.counts, again.counts)
    assert (one.counts != other.counts).any()
    np.testing.assert_array_equal(one.counts - one.outbreak, simulate(scenario, 5, 1).counts)


def test_outbreaks_lie_where_they_belong_and_grow_with_their_size():
    scenario = scenarios()[30]
    small, large = simulate(scenario, 300, 1, size=2.0).outbreak, simulate(scenario, 300, 1, size=10.0).outbreak
    for cases in (small, large):
        assert not cases[:, : CURRENT[0]].any()
    assert large.sum() / small.sum() == pytest.approx(5, rel=0.1)
    past = simulate(scenario, 300, 1, past=4).counts - simulate(scenario, 300, 1, past=0).counts
    assert not past[:, : HISTORY[0]].any()
    assert (past >= 0).all()


@pytest.mark.parametrize("bad", [{"replicates": 0}, {"replicates": 1, "size": 0.0}, {"replicates": 1, "past": -1}])
def test_requests_that_make_no_sense_are_refused(bad):
    with pytest.raises(SurveillanceError):
        simulate(scenarios()[0], seed=1, **bad)
