"""Reference weeks: by position, by date, and their seasons."""

import numpy as np
import pytest

from riskstats.surveillance import Reference, SurveillanceError
from riskstats.surveillance.reference import centres, checked_dates, design

NONE = checked_dates(None, 0)


def test_one_season_takes_windows_only():
    plan = design(300, Reference(years=2, half_window=3, seasons=1, skip=3), NONE)
    assert plan.rows.tolist() == [*range(193, 200), *range(245, 252)]
    assert set(plan.levels) == {0}


def test_ten_seasons_are_one_of_seven_weeks_and_nine_of_five():
    plan = design(300, Reference(years=1), NONE)
    sizes = np.diff(plan.runs)
    assert sizes.tolist() == [7, 5, 5, 5, 5, 2]  # the last 26 weeks are left out
    assert plan.levels.tolist() == [0, 1, 2, 3, 4, 5]
    assert (plan.time == plan.rows - 300).all()


@pytest.mark.parametrize("seasons", range(1, 11))
@pytest.mark.parametrize("skip", [0, 3, 26])
def test_rows_ascend_without_gap_or_overlap_and_end_before_the_skip(seasons, skip):
    plan = design(320, Reference(seasons=seasons, skip=skip), NONE)
    assert (np.diff(plan.rows) > 0).all()
    assert plan.rows[-1] < 320 - skip
    if seasons > 1:
        assert (np.diff(plan.rows) == 1).all()
        assert set(plan.levels) == set(range(seasons))


def test_years_of_53_weeks_do_not_shift_dated_windows():
    dates = np.arange(np.datetime64("2018-01-01"), np.datetime64("2023-12-31"), 7)
    week = int(np.flatnonzero(dates == np.datetime64("2022-06-06"))[0])
    days = checked_dates(dates, len(dates))
    found = centres(week, Reference(years=3), days)
    apart = (
        dates[found] - np.array(["2019-06-06", "2020-06-06", "2021-06-06", "2022-06-06"], dtype="datetime64[D]")
    ).astype(int)
    assert (abs(apart) <= 3).all()
    by_position = centres(week, Reference(years=3), NONE)
    assert by_position != found  # 2020 had 53 weeks


def test_29_february_is_1_march_in_other_years():
    dates = np.arange(np.datetime64("2023-01-01"), np.datetime64("2024-03-02"))
    week = len(dates) - 2
    assert str(dates[week]) == "2024-02-29"
    assert (
        str(dates[centres(week, Reference(years=1, year_length=365, seasons=1), checked_dates(dates, len(dates)))[0]])
        == "2023-03-01"
    )


def test_too_short_a_history_is_refused():
    with pytest.raises(SurveillanceError, match="week 200: 5 years before it are not there"):
        design(200, Reference(), NONE)


@pytest.mark.parametrize("bad", [{"years": 0}, {"skip": -1}, {"half_window": 25, "seasons": 10}])
def test_settings_that_do_not_fit_are_refused(bad):
    with pytest.raises(SurveillanceError):
        Reference(**bad)
