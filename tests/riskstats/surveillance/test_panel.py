"""Bad input is refused, naming series, week and rule."""

import pickle

import numpy as np
import pytest

from riskstats.surveillance import Panel, SurveillanceError, panel
from riskstats.surveillance.panel import checked_counts, checked_exposure

GOOD = np.ones((2, 3), dtype=np.int32)


@pytest.mark.parametrize(
    ("counts", "rule", "series", "week"),
    [
        ([[0, 1], [-3, 2]], "negative_count", 1, 0),
        ([[0.5, 1.0]], "not_a_count", 0, 0),
        ([[1.0, np.nan]], "missing_count", 0, 1),
        ([[1.0, np.inf]], "missing_count", 0, 1),
        ([[2**31]], "count_too_large", 0, 0),
        ([["a"]], "not_a_count", None, None),
        (np.zeros((1, 2, 3), dtype=int), "wrong_shape", None, None),
        (np.zeros((2, 0), dtype=int), "wrong_shape", None, None),
    ],
)
def test_bad_counts(counts, rule, series, week):
    with pytest.raises(SurveillanceError) as refused:
        checked_counts(counts)
    assert (refused.value.rule, refused.value.series, refused.value.week) == (rule, series, week)
    assert refused.value.zh
    assert isinstance(refused.value, ValueError)


@pytest.mark.parametrize("kind", [np.uint16, np.int32])
def test_kernels_read_these_without_a_copy(kind):
    counts = np.ones((4, 5), dtype=kind)
    assert checked_counts(counts) is counts
    assert np.shares_memory(checked_counts(counts.T), counts)


@pytest.mark.parametrize(
    ("exposure", "rule"),
    [
        (np.full((2, 3), np.inf), "bad_exposure"),
        (np.full((2, 3), -1.0), "bad_exposure"),
        (np.full((2, 3), np.nan), "bad_exposure"),
        (np.zeros((2, 3)), "count_without_exposure"),
        (np.ones((3, 2)), "wrong_shape"),
    ],
)
def test_bad_exposures(exposure, rule):
    with pytest.raises(SurveillanceError) as refused:
        checked_exposure(exposure, GOOD)
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    ("weeks", "rule"),
    [([3], "no_such_week"), ([1, 1], "duplicate_week"), ([0], "short_history"), ([1.5], "no_such_week")],
)
def test_bad_weeks(weeks, rule):
    with pytest.raises(SurveillanceError) as refused:
        panel.tested_weeks(weeks, 3, 1)
    assert refused.value.rule == rule


def test_weeks_count_from_the_end_too():
    assert panel.tested_weeks([-1], 3, 1).tolist() == [2]
    assert panel.tested_weeks(None, 3, 1).tolist() == [1, 2]


def test_records_must_be_of_the_calendar_and_only_once():
    with pytest.raises(SurveillanceError, match="series toy, week 9: not in the calendar"):
        Panel.from_records([("toy", 9, 1)], weeks=[1, 2])
    with pytest.raises(SurveillanceError) as refused:
        Panel.from_records([("toy", 1, -1)], weeks=[1])
    assert refused.value.rule == "negative_count"
    with pytest.raises(SurveillanceError, match="lists a week twice"):
        Panel.from_records([], weeks=[1, 1])


def test_absent_weeks_are_zero_or_unseen_as_stated():
    records = [("a", 1, 2), ("b", 2, 3)]
    zero = Panel.from_records(records, weeks=[1, 2])
    assert zero.exposure is None
    assert zero.counts.tolist() == [[2, 0], [0, 3]]
    unseen = Panel.from_records(records, weeks=[1, 2], absent="missing")
    assert unseen.exposure.tolist() == [[1, 0], [0, 1]]


def test_errors_travel_between_processes():
    fault = SurveillanceError("negative_count", "负", "below 0", series=1, week=2)
    again = pickle.loads(pickle.dumps(fault))
    assert again.as_json() == fault.as_json()
    assert str(again) == "series 1, week 2: below 0"
