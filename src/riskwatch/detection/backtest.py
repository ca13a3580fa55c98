"""How good the watches were: false alarms a week, how far ahead of the register's own decisions, what was missed.

An alarm counts as false when a person dismissed it because it was an artefact, the season, a duplicate, outside the regulation,
or no risk after a check; dismissed as known elsewhere is no false alarm. Lead time is asked the other way round: for each case
whose handling was decided, the first signal that named its product (heading) or hazard within the year before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Q

from decree188.calendar import shanghai_date
from riskwatch.case import access as case_access
from riskwatch.case.families import enclosed
from riskwatch.case.models import Folder, Sheet
from riskwatch.collection import queries as collection
from riskwatch.detection.access import signals_visible, watches_visible
from riskwatch.detection.models import Run, Signal, Watch
from riskwatch.parties.models import Person

FALSE = (
    Signal.Reason.ARTEFACT,
    Signal.Reason.SEASON,
    Signal.Reason.DUPLICATE,
    Signal.Reason.OUTSIDE,
    Signal.Reason.CHANCE,
)
BEFORE = timedelta(days=365)
# A signal's week is known when it is over.
KNOWN_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WeekCount:
    """What one week raised and what became of it."""

    week: date
    raised: int
    accepted: int
    watched: int
    dismissed: int
    false: int
    open: int


@dataclass(frozen=True, slots=True)
class Lead:
    """A case that was decided, and the first signal on its like; days are positive when the signal came first."""

    folder: Folder
    decided_on: date
    signal: Signal | None
    days: int | None


@dataclass(frozen=True, slots=True)
class BackTest:
    """The watches' record over some weeks.

    Attributes
    ----------
    weeks : list of WeekCount
        Every week that was run, the first first, weeks without signals included.
    false_a_week : float or None
        Dismissed as false, by the weeks run; None without a run.
    dismissed : list of (ground, number)
        Why signals were dismissed, most frequent first.
    leads : list of Lead
        Decided cases with the signal before them, or without.
    median_lead : float or None
        Days, over the cases with a signal before.
    missed : int
        Decided cases without any signal before.
    """

    weeks: list[WeekCount]
    false_a_week: float | None
    dismissed: list[tuple[str, int]]
    leads: list[Lead]
    median_lead: float | None
    missed: int


def back_test(
    to: Person, at: datetime, *, watch: Watch | None = None, since: date | None = None, until: date | None = None
) -> BackTest:
    """The record of the watches, or of one, that a person sees, over weeks from one day to another."""
    signals = signals_visible(to, at).filter(held=False)
    runs = Run.objects.filter(watch__in=watches_visible(to, at))
    if watch is not None:
        signals, runs = signals.filter(run__watch=watch), runs.filter(watch=watch)
    span = Q()
    if since is not None:
        span &= Q(week__gte=since - timedelta(days=since.weekday()))
    if until is not None:
        span &= Q(week__lte=until)
    weeks = _weeks(signals.filter(span), set(runs.filter(span).order_by().values_list("week", flat=True)))
    grounds = Counter(signals.filter(span, state=Signal.State.DISMISSED).values_list("ground", flat=True))
    leads = _leads(list(signals.select_related("run__watch")), to, at, since=since, until=until)
    ahead = [lead.days for lead in leads if lead.days is not None]
    return BackTest(
        weeks, sum(w.false for w in weeks) / len(weeks) if weeks else None, grounds.most_common(), leads,
        float(median(ahead)) if ahead else None, sum(lead.signal is None for lead in leads),
    )  # fmt: skip


def _weeks(signals: Iterable[Signal], run: set[date]) -> list[WeekCount]:
    by_week: dict[date, list[Signal]] = {week: [] for week in run}
    for signal in signals:
        by_week.setdefault(signal.week, []).append(signal)
    return [_count(week, by_week[week]) for week in sorted(by_week)]


def _count(week: date, signals: list[Signal]) -> WeekCount:
    states = Counter(s.state for s in signals)
    false = sum(s.state == Signal.State.DISMISSED and s.ground in FALSE for s in signals)
    return WeekCount(
        week, len(signals), states["accepted"], states["watched"], states["dismissed"], false, states["new"]
    )


def _leads(signals: list[Signal], to: Person, at: datetime, *, since: date | None, until: date | None) -> list[Lead]:
    decisions = case_access.visible(
        Sheet.objects.filter(kind="decision", stage="decided", destroyed_at=None), to=to, at=at
    )
    found: dict[int, Lead] = {}
    for sheet in decisions.select_related("folder").order_by("moved_at"):
        folder = sheet.folder
        day = shanghai_date(sheet.moved_at)
        if folder is None or folder.pk in found or (since and day < since) or (until and day > until):
            continue
        found[folder.pk] = _lead(folder, day, signals)
    return list(found.values())


def _lead(folder: Folder, day: date, signals: list[Signal]) -> Lead:
    told = collection.told_of(enclosed([folder.pk]))
    likes = [s for s in signals if day - BEFORE <= s.week <= day and _is_like(s, told)]
    first = min(likes, key=lambda s: (s.week, s.place), default=None)
    return Lead(folder, day, first, (day - (first.week + KNOWN_AFTER)).days if first else None)


def _is_like(signal: Signal, told: set[tuple[str, str]]) -> bool:
    """Whether a signal names a product or, where it names none, a hazard that a case's pieces tell of."""
    for code, hazard in told:
        goods = (
            bool(signal.product)
            and bool(code)
            and (code.startswith(signal.product) or signal.product.startswith(code[:4]))
        )
        harm = not signal.hazard or hazard == signal.hazard or hazard.startswith(f"{signal.hazard}.")
        if (goods and harm) or (not signal.product and signal.hazard and hazard and harm):
            return True
    return False
