"""Counting signals: where a week's stand, how many wait, what became of each watch's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from riskwatch.detection.access import signals_visible, watches_visible
from riskwatch.detection.backtest import FALSE
from riskwatch.detection.models import Run, Signal, Watch
from riskwatch.parties.models import Person


@dataclass(frozen=True, slots=True)
class WatchTally:
    """What a watch raised within its budget over some weeks, and what people made of it.

    ``false`` are those dismissed on a ground that says the alarm was false; ``a_week`` is them by the weeks run.
    """

    watch: Watch
    weeks: int
    raised: int
    accepted: int
    dismissed: int
    false: int
    a_week: float | None


def standing(rows: QuerySet[Signal]) -> tuple[list[tuple[str, str, int]], int]:
    """How many signals stand where (state, words, number), those within the budget; and how many lie beyond it."""
    found = Counter(rows.order_by().values_list("state", "held"))
    states = [(state, str(words), found[state, False]) for state, words in Signal.State.choices]
    return states, sum(n for (_state, held), n in found.items() if held)


def waiting(to: Person, at: datetime) -> int:
    """Signals within the budget that a person sees and nobody decided on yet."""
    return signals_visible(to, at).filter(held=False, state=Signal.State.NEW).count()


def by_watch(to: Person, at: datetime, *, since: date | None = None, until: date | None = None) -> list[WatchTally]:
    """Every watch that a person sees, with its signals over weeks from one day to another."""
    span = Q(week__gte=since - timedelta(days=since.weekday())) if since else Q()
    span &= Q(week__lte=until) if until else Q()
    watches = list(watches_visible(to, at).order_by("name"))
    runs = (
        Run.objects.filter(span, watch__in=watches)
        .order_by()
        .values_list("watch")
        .annotate(n=Count("week", distinct=True))
    )
    weeks: dict[int, int] = dict(runs)
    rows = signals_visible(to, at).filter(span, held=False, run__watch__in=watches).order_by()
    found = list(rows.values_list("run__watch", "state", "ground").annotate(n=Count("pk")))
    return [_tally(one, weeks.get(one.pk, 0), [r for r in found if r[0] == one.pk]) for one in watches]


def _tally(watch: Watch, weeks: int, rows: Iterable[tuple[int, str, str, int]]) -> WatchTally:
    rows = list(rows)
    states: Counter[str] = Counter()
    for _watch, state, _ground, n in rows:
        states[state] += n
    false = sum(n for _watch, state, ground, n in rows if state == Signal.State.DISMISSED and ground in FALSE)
    return WatchTally(
        watch,
        weeks,
        sum(states.values()),
        states["accepted"],
        states["dismissed"],
        false,
        false / weeks if weeks else None,
    )
