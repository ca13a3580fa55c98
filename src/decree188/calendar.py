"""Days as Chinese administration counts them: Shanghai dates, adjusted working days, terms that roll or do not."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays

if TYPE_CHECKING:
    from decree188.related import Deadline

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICIAL_YEARS = range(2004, 2027)


def shanghai_date(moment: datetime) -> date:
    """The Shanghai date of a moment.

    Raises
    ------
    ValueError
        The moment carries no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no date")
    return moment.astimezone(SHANGHAI).date()


class Certainty(StrEnum):
    """How sure a working day is."""

    OFFICIAL = "official"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a term.

    Attributes
    ----------
    day : date
    certainty : Certainty
        FALLBACK when a year without an official table was counted through.
    rolled : bool
        Whether a last day on a rest day moved to the next working day.
    """

    day: date
    certainty: Certainty
    rolled: bool


def add_months(start: date, months: int) -> date:
    """The same day some months on, or the month's last when there is none.

    >>> add_months(date(2027, 1, 31), 1)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def add_years(start: date, years: int) -> date:
    """The same day some years on; 29 February becomes 28 in a common year."""
    return add_months(start, 12 * years)


@lru_cache(maxsize=64)
def _fallback_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("CN", years=[year]))


class WorkCalendar:
    """Working days with China's adjusted ones.

    Parameters
    ----------
    extra : mapping of date to bool
        Uploaded days (True = works). A year that has any is official.
    """

    def __init__(self, extra: Mapping[date, bool] | None = None) -> None:
        self.extra = dict(extra or {})
        self._uploaded_years = {d.year for d in self.extra}

    def knows(self, year: int) -> Certainty:
        """Whether a year's table is official, or weekdays less public holidays are counted instead."""
        return Certainty.OFFICIAL if year in OFFICIAL_YEARS or year in self._uploaded_years else Certainty.FALLBACK

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on a day."""
        if day in self.extra:
            return self.extra[day]
        if day.year in OFFICIAL_YEARS:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < 5 and day not in _fallback_holidays(day.year)

    def add_working_days(self, start: date, count: int) -> date:
        """The day some working days after (or, negative, before) a start that is not counted itself."""
        step = timedelta(days=1 if count >= 0 else -1)
        day, left = start, abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after the start up to and including the end; negative when the end lies before."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def next_working_day(self, day: date) -> date:
        """The day itself when offices work on it, else the next on which they do."""
        return day if self.is_working_day(day) else self.add_working_days(day, 1)

    def add(self, start: date, limit: Deadline) -> Due:
        """The last day of a time limit that starts on a day; the start day is not counted.

        A last day on a rest day moves to the next working day, except where that would lengthen a burden on
        the party (``rolls`` false). Limits in hours end on the day their last hour falls on, counted from the
        start day's end; whoever needs the hour computes it from the moment.
        """
        match limit.unit:
            case "working_days":
                day = self.add_working_days(start, limit.length)
            case "months":
                day = add_months(start, limit.length)
            case "years":
                day = add_years(start, limit.length)
            case "hours":
                day = start + timedelta(days=-(-limit.length // 24))
            case _:
                day = start + timedelta(days=limit.length)
        last = self.next_working_day(day) if limit.rolls and limit.length > 0 else day
        years = range(min(start, last).year, max(start, last).year + 1)
        sure = all(self.knows(y) is Certainty.OFFICIAL for y in years)
        return Due(last, Certainty.OFFICIAL if sure else Certainty.FALLBACK, last != day)
