"""Time limits: the law's numbers, headquarters' policy values, and the working calendar they are counted in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

import decree188.related
from decree188.calendar import OFFICIAL_YEARS, Due, WorkCalendar, shanghai_date
from riskwatch.case.models import Policy, Sheet, WorkYear


def calendar() -> WorkCalendar:
    """The working calendar with every year's table that headquarters uploaded."""
    rows = tuple(WorkYear.objects.filter(replaced_at=None).order_by("day").values_list("day", "works"))
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


# Their days are set by people, or counted in plain days.
SET_BY_PEOPLE = ("emergency_review", "order")


def reckoned(sheets: Iterable[Sheet]) -> set[int]:
    """The sheets whose due day was counted through a year whose official working days were not known then.

    A year's table that was uploaded after a sheet was last moved does not make its day official.
    """
    doubtful: dict[int, tuple[datetime, set[int]]] = {}
    for sheet in sheets:
        if sheet.due_on is None or sheet.kind in SET_BY_PEOPLE:
            continue
        first = min(shanghai_date(sheet.made_at), sheet.due_on)
        years = set(range(first.year, sheet.due_on.year + 1)) - set(OFFICIAL_YEARS)
        if years:
            doubtful[sheet.pk] = (sheet.moved_at, years)
    if not doubtful:
        return set()
    tables = list(WorkYear.objects.values_list("year", "uploaded_at").distinct())
    return {
        pk
        for pk, (moved, years) in doubtful.items()
        if years - {year for year, uploaded in tables if uploaded <= moved}
    }


def due_on(key: str, start: date) -> date:
    """Just the day of `due`."""
    return due(key, start).day
