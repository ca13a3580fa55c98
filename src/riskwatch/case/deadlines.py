"""Time limits: the law's numbers, headquarters' policy values, and the working calendar they are counted in."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import decree188.related
from decree188.calendar import Due, WorkCalendar
from riskwatch.case.models import Policy, WorkYear


def calendar() -> WorkCalendar:
    """The working calendar with every year's table that headquarters uploaded."""
    rows = tuple(WorkYear.objects.order_by("day").values_list("day", "works"))
    return _calendar(rows)


@lru_cache(maxsize=4)
def _calendar(rows: tuple[tuple[date, bool], ...]) -> WorkCalendar:
    return WorkCalendar(dict(rows))


def limit(key: str, on: date) -> decree188.related.Deadline:
    """A time limit as it stands on a day: the law's, or for an open one the newest policy value of that day."""
    lawful = decree188.related.DEADLINES[key]
    if lawful.mark == "statutory":
        return lawful
    newest = Policy.objects.filter(key=key, valid_from__lte=on).order_by("-valid_from").first()
    return lawful if newest is None else lawful.with_length(int(newest.amount), newest.unit)


def due(key: str, start: date) -> Due:
    """The last day of a time limit that starts on a day (the start day is not counted)."""
    return calendar().add(start, limit(key, start))


def due_on(key: str, start: date) -> date:
    """Just the day of `due`."""
    return due(key, start).day
