"""Which past weeks a tested week is compared with, and which season each belongs to.

Around the same week of each of ``years`` earlier years lie ``2 * half_window + 1`` reference weeks: season 0. With more
than one season the weeks between these windows are used too, cut into ``seasons - 1`` blocks as equal as whole weeks
allow. The last ``skip`` weeks are never used, so that an outbreak under way does not hide itself.

"The same week of an earlier year" is found by position (``year_length`` periods back) or, when the weeks' dates are
known, by calendar date: the week whose day lies nearest to the same day of the earlier year, so that years of 53 weeks
do not shift the window.

Sources: Farrington, Andrews, Beale & Catchpole (1996), J. R. Statist. Soc. A 159, 547-563, section 3.1; Noufaily, Enki,
Farrington, Garthwaite, Andrews & Charlett (2013), Statistics in Medicine 32, 1206-1222, section 2.3.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from riskstats.surveillance.errors import SurveillanceError

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Reference:
    """How far back and how wide reference weeks are taken.

    Parameters
    ----------
    years : int
        Earlier years used (``b`` in the literature).
    half_window : int
        Weeks on each side of the same week (``w``).
    seasons : int
        Season levels; 1 uses the windows only.
    skip : int
        Latest weeks left out before the tested one.
    year_length : int
        Periods in a year: 52 for weeks, 12 for months.
    """

    years: int = 5
    half_window: int = 3
    seasons: int = 10
    skip: int = 26
    year_length: int = 52

    def __post_init__(self) -> None:
        if min(self.years, self.seasons, self.year_length) < 1 or min(self.half_window, self.skip) < 0:
            raise SurveillanceError("bad_option", "参考周参数须为正", "reference settings are below their least value")
        if 2 * self.half_window + self.seasons > self.year_length:
            raise SurveillanceError("bad_option", "窗宽与季节数超出一年", "window and seasons do not fit into a year")


@dataclass(frozen=True, eq=False)
class Design:
    """Reference weeks of one tested week, in order of time, as runs of one season each."""

    rows: Ints
    runs: Ints
    levels: Ints
    time: NDArray[np.float64]

    @property
    def as_tuple(self) -> tuple[Ints, Ints, NDArray[np.float64]]:
        """What the fitting kernels take: starts of runs, their seasons, and weeks relative to the tested one."""
        return self.runs, self.levels, self.time


def checked_dates(dates: object, length: int) -> Ints:
    """Days since 1970 of each column, or an empty array; they must ascend.

    Examples
    --------
    >>> checked_dates(["2024-01-08", "2024-01-01"], 2)
    Traceback (most recent call last):
    riskstats.surveillance.errors.SurveillanceError: week 1: dates do not ascend
    """
    if dates is None:
        return np.empty(0, dtype=np.int64)
    days = np.asarray(dates, dtype="datetime64[D]").astype(np.int64)
    if days.shape != (length,):
        raise SurveillanceError("wrong_shape", "每周须有一个日期", f"there are {length} weeks and {days.size} dates")
    fall = np.flatnonzero(np.diff(days) <= 0)
    if fall.size:
        raise SurveillanceError("unordered_dates", "日期须递增", "dates do not ascend", week=int(fall[0]) + 1)
    return days


def _years_before(day: int, years: int) -> int:
    """The same day of an earlier year; 29 February becomes 1 March where the year has none."""
    date = np.datetime64(int(day), "D")
    year = int(date.astype("datetime64[Y]").astype(int)) + 1970 - years
    month_day = str(date)[4:]
    if month_day == "-02-29" and not (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)):
        month_day = "-03-01"
    return int(np.datetime64(f"{year:04d}{month_day}").astype(int))


def centres(week: int, reference: Reference, days: Ints) -> list[int]:
    """Columns of the same week in each earlier year, oldest first, and the tested week last."""
    if not days.size:
        return [week - years * reference.year_length for years in range(reference.years, -1, -1)]
    found = []
    for years in range(reference.years, -1, -1):
        day = _years_before(int(days[week]), years)
        nearest = int(np.argmin(np.abs(days - day)))
        span = abs(int(days[nearest]) - day)
        found.append(nearest if span <= 7 * 52 // reference.year_length else -1)
    return found


def _blocks(first: int, last: int, blocks: int) -> list[int]:
    """Season numbers, from 1, of the weeks ``first`` … ``last - 1``, in blocks as equal as whole weeks allow."""
    return [1 + min(i * blocks // (last - first), blocks - 1) for i in range(last - first)]


def design(week: int, reference: Reference, days: Ints) -> Design:
    """Reference weeks and seasons for one tested week.

    Raises
    ------
    SurveillanceError
        ``short_history`` when the oldest window begins before the first column.

    Examples
    --------
    One year back, one week on each side, two seasons, the last three weeks left out:

    >>> plan = design(20, Reference(years=1, half_window=1, seasons=2, skip=3, year_length=10), checked_dates(None, 21))
    >>> plan.rows, plan.levels, plan.runs
    (array([ 9, 10, 11, 12, 13, 14, 15, 16]), array([0, 1]), array([0, 3, 8]))
    """
    middle, half = centres(week, reference, days), reference.half_window
    if min(middle) - half < 0:
        raise SurveillanceError(
            "short_history",
            f"须有{reference.years}年历史",
            f"{reference.years} years before it are not there",
            week=week,
        )
    rows: list[int] = []
    levels: list[int] = []
    for here, later in pairwise(middle):
        rows += range(here - half, here + half + 1)
        levels += [0] * (2 * half + 1)
        if reference.seasons > 1:
            rows += range(here + half + 1, later - half)
            levels += _blocks(here + half + 1, later - half, reference.seasons - 1)
    kept = [i for i, row in enumerate(rows) if row < week - reference.skip]
    where, level = np.array(rows, dtype=np.int64)[kept], np.array(levels, dtype=np.int64)[kept]
    starts = np.flatnonzero(np.r_[True, np.diff(level) != 0][: len(level)])
    return Design(where, np.r_[starts, len(level)].astype(np.int64), level[starts], (where - week).astype(np.float64))
