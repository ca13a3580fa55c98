"""The weekly round of the watches: each one in force runs over the week that ended, or the one asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q

from decree188.calendar import shanghai_date
from riskwatch.detection.models import SERVICE, Run, Watch
from riskwatch.parties.models import Person
from riskwatch.refusals import Refusal

_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})")


def week_of(text: str) -> date:
    """The Monday of a week given as ``2026-W07`` or as any of its days.

    Raises
    ------
    ValueError
        Neither of these.

    >>> week_of("2026-W07"), week_of("2026-02-12")
    (datetime.date(2026, 2, 9), datetime.date(2026, 2, 9))
    """
    named = _WEEK.fullmatch(text.strip())
    day = date.fromisocalendar(int(named[1]), int(named[2]), 1) if named else date.fromisoformat(text.strip())
    return day - timedelta(days=day.weekday())


def last_full_week(at: datetime) -> date:
    """The Monday of the last week that is over."""
    today = shanghai_date(at)
    return today - timedelta(days=today.weekday() + 7)


def in_force(week: date) -> list[Watch]:
    """The watches whose term touches a week, headquarters' first."""
    rows = Watch.objects.filter(Q(ends_on=None) | Q(ends_on__gte=week), starts_on__lte=week + timedelta(days=6))
    return list(rows.select_related("owner").order_by("owner", "pk"))


def run_all(
    week: date, *, at: datetime, name: str = "", told: Callable[[str, str], None] = lambda watch, text: None
) -> Iterator[tuple[Watch, Run | Refusal]]:
    """Run one named watch, or all in force, over a week; a refusal stops its own watch only."""
    from riskwatch.detection.actions import national_watch, run_watch  # loads the engine: only where watches run

    by = Person.objects.get(username=SERVICE)
    national_watch(by=by, at=at)
    for watch in in_force(week):
        if name and watch.name != name:
            continue

        def progress(text: str, of: str = watch.name) -> None:
            told(of, text)

        try:
            yield watch, run_watch(watch, week, by=by, at=at, progress=progress)
        except Refusal as refused:
            yield watch, refused
