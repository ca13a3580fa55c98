"""The early warning detector keeps its level, finds what Farrington Flexible misses, and says when it cannot tell."""

import numpy as np
import pytest

from riskstats.surveillance import Early, State, SurveillanceError, early_warning, farrington
from riskstats.surveillance.simulation import CURRENT, scenarios, simulate

WEEKS = np.arange(*CURRENT)


@pytest.mark.parametrize("number", [1, 8, 15, 27, 41])
def test_false_alarms_stay_within_half_and_twice_the_nominal_rate(number):
    calm = simulate(scenarios()[number - 1], 150, seed=5).counts
    found = early_warning(calm, weeks=WEEKS)
    assert (found.state == State.SCORED).all()
    assert 0.0025 <= found.alarm.mean() <= 0.01


def test_pvalues_of_calm_rare_counts_are_uniform():
    calm = np.random.default_rng(1).poisson(0.3, size=(3000, 320))
    p = early_warning(calm, weeks=[-1]).pvalue
    for level in (0.01, 0.05, 0.2, 0.5, 0.8):
        assert (p <= level).mean() == pytest.approx(level, abs=0.03 + 0.1 * level)


def test_rare_outbreaks_are_found_more_often_than_by_farrington_flexible():
    made = simulate(scenarios()[6], 300, seed=4, size=10.0)
    running = made.outbreak[:, WEEKS] > 0
    ours = (early_warning(made.counts, weeks=WEEKS).alarm & running).any(axis=1).mean()
    theirs = (farrington(made.counts, weeks=WEEKS).alarm & running).any(axis=1).mean()
    assert ours > theirs + 0.05


@pytest.mark.parametrize("direction", ["increase", "decrease"])
def test_alarm_bound_and_pvalue_agree(direction):
    rng = np.random.default_rng(2)
    counts = rng.negative_binomial(4, 0.2, size=(300, 320))
    counts[:, -1] = rng.integers(0, 70, 300)
    found = early_warning(counts, weeks=[-1], direction=direction)
    bound = found.upperbound if direction == "increase" else found.lowerbound
    np.testing.assert_array_equal(
        found.alarm, counts[:, -1:] > bound if direction == "increase" else counts[:, -1:] < bound
    )
    np.testing.assert_array_equal(found.alarm, found.pvalue <= 0.005)
    assert 0 < found.alarm.sum() < 300


def test_last_weeks_evidence_counts_beside_this_weeks():
    counts = np.random.default_rng(3).poisson(4, size=(2, 320))
    counts[:, -1] = 10
    counts[:, -2] = [4, 10]
    with_carry, without = early_warning(counts, weeks=[-1]), early_warning(counts, weeks=[-1], options=Early(carry=0))
    assert with_carry.pvalue[1, 0] < without.pvalue[1, 0]
    assert with_carry.upperbound[1, 0] < with_carry.upperbound[0, 0]


def test_a_huge_last_week_alone_does_not_make_an_ordinary_week_alarm():
    counts = np.random.default_rng(3).poisson(4, size=(1, 320))
    counts[0, -2:] = [500, 4]
    assert not early_warning(counts, weeks=[-1]).alarm[0, 0]


def test_a_past_outbreak_is_left_out():
    counts = np.random.default_rng(5).poisson(3, size=(1, 320))
    calm = early_warning(counts, weeks=[-1])
    counts[0, 200:203] = [40, 60, 30]
    after = early_warning(counts, weeks=[-1])
    assert after.expected[0, 0] == pytest.approx(calm.expected[0, 0], rel=0.1)
    assert after.upperbound[0, 0] <= calm.upperbound[0, 0] + 2
    kept = early_warning(counts, weeks=[-1], options=Early(trim=0))
    assert kept.upperbound[0, 0] > after.upperbound[0, 0] + 5


def test_a_fall_is_found():
    counts = np.random.default_rng(6).poisson(20, size=(1, 320))
    counts[0, -2:] = [8, 6]
    assert early_warning(counts, weeks=[-1], direction="decrease").alarm[0, 0]
    assert not early_warning(counts, weeks=[-1]).alarm[0, 0]


def test_exposures_missing_weeks_and_empty_series():
    counts = np.random.default_rng(7).poisson(5, size=(4, 320))
    seen = np.full(counts.shape, 100.0)
    seen[1, -1] = 300.0
    seen[2, -1], counts[2, -1] = 0, 0
    seen[3, :-26], counts[3, :-26] = 0, 0
    found = early_warning(counts, weeks=[-1], exposure=seen)
    assert found.state[:, 0].tolist() == [State.SCORED, State.SCORED, State.NO_EXPOSURE, State.NO_REFERENCE]
    assert found.expected[1, 0] == pytest.approx(15, rel=0.2)
    assert not found.alarm[2:].any()
    plain = early_warning(counts[:1], weeks=[-1])
    assert plain.expected[0, 0] == pytest.approx(found.expected[0, 0], rel=1e-6)


def test_an_all_zero_history_makes_two_cases_a_signal_but_none_none():
    counts = np.zeros((3, 320), dtype=int)
    counts[1, -1], counts[2, -1] = 1, 3
    found = early_warning(counts, weeks=[-1])
    assert not found.alarm[0, 0]
    assert found.alarm[2, 0]
    floored = early_warning(counts, weeks=[-1], options=Early(floor=(5, 4)))
    assert not floored.alarm.any()
    assert floored.state[2, 0] == State.FEW_CASES


def test_short_histories_are_used_as_far_as_they_go():
    counts = np.random.default_rng(8).poisson(5, size=(500, 60))
    found = early_warning(counts)
    assert found.weeks[0] == 52
    assert found.alarm.mean() < 0.015
    with pytest.raises(SurveillanceError) as refused:
        early_warning(counts, weeks=[40])
    assert refused.value.rule == "short_history"


@pytest.mark.parametrize(
    "bad",
    [{"alpha": 0.0}, {"trim": 0.6}, {"carry": 2.0}, {"years": 0}, {"wave_sd": 0.0}, {"ties": -1}, {"least_weeks": 0}],
)
def test_options_that_make_no_sense_are_refused(bad):
    with pytest.raises(SurveillanceError):
        Early(**bad)
