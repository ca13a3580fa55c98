"""Farrington: what it says of ordinary and of awkward series."""

import dataclasses

import numpy as np
import pytest

from riskstats.surveillance import FARRINGTON_1996, Farrington, Reference, State, SurveillanceError, farrington

RNG = np.random.default_rng(3)
COUNTS = RNG.poisson(6, size=(8, 320)).astype(np.int32)


def same(one, other):
    for field in dataclasses.fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, np.ndarray):
            np.testing.assert_array_equal(a, b, err_msg=field.name)


@pytest.mark.parametrize("options", [Farrington(), FARRINGTON_1996, Farrington(threshold="muan")])
def test_one_call_gives_what_single_calls_give(options):
    together = farrington(COUNTS, weeks=[-3, -1], options=options)
    for i, row in enumerate(COUNTS):
        for j, week in enumerate((317, 319)):
            alone = farrington(row, weeks=[week], options=options)
            assert alone.upperbound[0, 0] == together.upperbound[i, j]
            assert alone.expected[0, 0] == together.expected[i, j]


@pytest.mark.parametrize("kind", [np.int8, np.uint16, np.int32, np.int64, np.float64])
def test_number_types_and_memory_order_do_not_matter(kind):
    expected = farrington(COUNTS, weeks=[-1])
    same(farrington(COUNTS.astype(kind), weeks=[-1]), expected)
    same(farrington(np.ascontiguousarray(COUNTS.T.astype(kind)).T, weeks=[-1]), expected)


def test_results_are_frozen():
    found = farrington(COUNTS, weeks=[-1])
    with pytest.raises(ValueError, match="read-only"):
        found.alarm[0, 0] = True
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.method = "other"


def test_a_doubled_exposure_doubles_the_expected_count_alone():
    seen = np.full(COUNTS.shape, 40.0)
    plain = farrington(COUNTS, weeks=[-1], exposure=seen)
    np.testing.assert_allclose(plain.expected, farrington(COUNTS, weeks=[-1]).expected, rtol=1e-9)
    seen[:, -1] = 80.0
    doubled = farrington(COUNTS, weeks=[-1], exposure=seen)
    np.testing.assert_allclose(doubled.expected, 2 * plain.expected, rtol=1e-9)
    assert (doubled.upperbound > plain.upperbound).all()


def test_missing_weeks_are_neither_reference_nor_tested():
    seen = np.ones(COUNTS.shape)
    seen[0, -1], seen[1, 200:220] = 0, 0
    counts = np.where(seen > 0, COUNTS, 0)
    found = farrington(counts, weeks=[-1], exposure=seen)
    assert found.state[0, 0] == State.NO_EXPOSURE
    assert not found.alarm[0, 0]
    assert np.isnan(found.upperbound[0, 0])
    zeros = farrington(counts, weeks=[-1])
    assert found.expected[1, 0] != zeros.expected[1, 0]
    np.testing.assert_array_equal(found.expected[2:], zeros.expected[2:])


def test_nothing_seen_in_the_reference_gives_no_verdict():
    seen = np.ones((1, 320))
    seen[0, :-27] = 0
    found = farrington(np.zeros((1, 320), int), weeks=[-1], exposure=seen)
    assert found.state[0, 0] == State.NO_REFERENCE
    assert not found.alarm[0, 0]
    assert np.isnan(found.pvalue[0, 0])


def test_an_all_zero_series_never_alarms_and_a_burst_after_zeros_does():
    counts = np.zeros((3, 320), dtype=int)
    counts[1, -1], counts[2, -1] = 1, 6
    found = farrington(counts, weeks=[-1])
    assert found.state[:, 0].tolist() == [State.FEW_CASES, State.FEW_CASES, State.NO_CASES]
    assert found.alarm[:, 0].tolist() == [False, False, True]
    eager = farrington(counts, weeks=[-1], options=Farrington(floor=(0, 1)))
    assert eager.alarm[:, 0].tolist() == [False, True, True]
    assert 0.0005 < eager.pvalue[1, 0] < 0.005  # Jeffreys: about half a case in all the weeks of reference


def test_one_observation_is_too_short_a_history():
    with pytest.raises(SurveillanceError) as refused:
        farrington([[5]], weeks=[0])
    assert refused.value.rule == "short_history"
    assert farrington([[5]]).alarm.shape == (1, 0)


def test_no_series_is_no_result():
    assert farrington(np.zeros((0, 320), dtype=int), weeks=[-1]).alarm.shape == (0, 1)


def test_a_fall_is_found_by_the_lower_side_of_the_same_model():
    counts = np.vstack([COUNTS[:1], COUNTS[:1]]) * 5
    counts[1, -1] = 4
    up, down = farrington(counts, weeks=[-1]), farrington(counts, weeks=[-1], direction="decrease")
    np.testing.assert_array_equal(up.expected, down.expected)
    assert (down.lowerbound < down.expected).all()
    assert down.upperbound is None
    assert down.alarm[:, 0].tolist() == [False, True]
    assert not up.alarm.any()
    delta = farrington(counts, weeks=[-1], direction="decrease", options=Farrington(threshold="delta"))
    assert delta.alarm[:, 0].tolist() == [False, True]


@pytest.mark.parametrize("threshold", ["nbPlugin", "muan", "delta"])
@pytest.mark.parametrize("direction", ["increase", "decrease"])
def test_alarm_bound_and_pvalue_agree(threshold, direction):
    rng = np.random.default_rng(5)
    counts = rng.negative_binomial(2, 0.2, size=(200, 320))
    counts[:, -1] = rng.integers(0, 60, 200)
    options = Farrington(threshold=threshold, floor=(0, 1))
    found = farrington(counts, weeks=[-1], options=options, direction=direction)
    np.testing.assert_array_equal(found.alarm, found.pvalue <= options.alpha)
    bound = found.upperbound if direction == "increase" else found.lowerbound
    beyond = counts[:, -1:] > bound if direction == "increase" else counts[:, -1:] < bound
    np.testing.assert_array_equal(found.alarm, beyond)
    np.testing.assert_array_equal(found.alarm, found.score > 1)


def test_dates_move_the_reference_where_a_year_has_53_weeks():
    counts = np.random.default_rng(1).poisson(30 + 25 * np.sin(np.arange(330) * 2 * np.pi / 52.18), size=(1, 330))
    dates = np.datetime64("2016-01-04") + 7 * np.arange(330)
    dated, placed = farrington(counts, weeks=[-1], dates=dates), farrington(counts, weeks=[-1])
    assert dated.expected[0, 0] != placed.expected[0, 0]


def test_our_errors_differ_from_the_package_on_purpose():
    """After re-weighting the package loses the mean in the dispersion of the estimate: its errors are too small here."""
    counts = np.random.default_rng(2).negative_binomial(5, 0.2, size=(30, 320))
    ours = farrington(counts, weeks=[-1], options=Farrington(threshold="muan"))
    theirs = farrington(counts, weeks=[-1], options=Farrington(threshold="muan", errors="surveillance"))
    np.testing.assert_array_equal(ours.expected, theirs.expected)
    np.testing.assert_array_equal(ours.phi, theirs.phi)
    assert (theirs.error < 0.5 * ours.error).all()


def test_two_years_try_no_trend():
    found = farrington(COUNTS, weeks=[-1], options=Farrington(reference=Reference(years=2)))
    assert np.isnan(found.trend).all()


@pytest.mark.parametrize(
    "bad",
    [
        {"alpha": 0.0},
        {"alpha": np.nan},
        {"trend_p": 2.0},
        {"reweight_above": np.inf},
        {"reweight_above": -1.0},
        {"floor": (-1, 4)},
        {"threshold": "exact"},
        {"power": "3/4", "threshold": "delta"},
        {"errors": "other"},
    ],
)
def test_options_that_make_no_sense_are_refused(bad):
    with pytest.raises(SurveillanceError) as refused:
        Farrington(**bad)
    assert refused.value.rule == "bad_option"


def test_an_unknown_direction_is_refused():
    with pytest.raises(SurveillanceError, match="no such direction"):
        farrington(COUNTS, weeks=[-1], direction="up")
