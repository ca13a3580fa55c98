"""Reading signals, runs and watches: the wall, one signal with all behind it, what was decided before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Q, QuerySet

from decree188.calendar import shanghai_date
from riskwatch.case import access as case_access
from riskwatch.case.models import Sheet
from riskwatch.case.opening import offices_of
from riskwatch.collection.queries import Row, rows_of
from riskwatch.detection.access import (
    _codes,
    judges,
    may_judge,
    signals_visible,
    watches_visible,
)
from riskwatch.detection.backtest import BackTest, Lead, WeekCount, back_test
from riskwatch.detection.models import Run, Signal, Watch
from riskwatch.detection.tallies import waiting
from riskwatch.detection.wording import cell_words, node_words, source_words
from riskwatch.parties.models import Organisation, Person

__all__ = ["BackTest", "Lead", "Row", "WeekCount", "back_test", "cell_words", "judges", "may_judge", "node_words", "signals_visible",
           "source_words", "waiting", "watches_visible"]  # fmt: skip
OPEN = (Signal.State.NEW, Signal.State.WATCHED)


@dataclass(frozen=True, slots=True)
class PortCount:
    """Recent cases of a signal at one port, and what was to be expected there; code empty where no port is known."""

    code: str
    name: str
    cases: int
    expected: float


@dataclass(frozen=True, slots=True)
class Behind:
    """The reports behind a signal: sheets of the register, source rows, and how many a person may not see or are not listed."""

    sheets: list[Sheet]
    rows: list[Row]
    unseen: int
    unlisted: int


def weeks(to: Person, at: datetime, *, watch: Watch | None = None) -> list[date]:
    """The weeks (Mondays) of which a person sees signals or, for watches they see, runs; the latest first."""
    signals = signals_visible(to, at)
    runs = Run.objects.filter(watch__in=watches_visible(to, at))
    if watch is not None:
        signals, runs = signals.filter(run__watch=watch), runs.filter(watch=watch)
    found = set(signals.order_by().values_list("week", flat=True).distinct())
    return sorted(found | set(runs.order_by().values_list("week", flat=True).distinct()), reverse=True)


def wall(
    to: Person, at: datetime, *, week: date | None = None, watch: Watch | None = None, product: str = "",
    hazard: str = "", source: str = "", state: str = "", extent: str = "", kind: str = "", held: bool | None = False,
) -> QuerySet[Signal]:  # fmt: skip
    """The signals of a week (the latest by default) that a person sees, best rank first.

    ``product`` is a prefix of the commodity code or of the source's own name; ``hazard`` takes its family's members
    along; ``held`` None shows those beyond the budget too.
    """
    rows = signals_visible(to, at).select_related("run__watch", "decided_by", "folder")
    if watch is not None:
        rows = rows.filter(run__watch=watch)
    latest = week or rows.order_by().aggregate(latest=Max("week"))["latest"]
    rows = rows.filter(week=latest)
    wanted = Q()
    if product:
        wanted &= Q(product__startswith=product)
    if hazard:
        wanted &= Q(hazard=hazard) | Q(hazard__startswith=f"{hazard}.")
    if source:
        wanted &= Q(sources__contains=[source])
    for name, value in (("state", state), ("extent", extent), ("kind", kind)):
        if value:
            wanted &= Q(**{name: value})
    if held is not None:
        wanted &= Q(held=held)
    return rows.filter(wanted).order_by("held", "place", "pk")


def runs_of(to: Person, at: datetime, *, watch: Watch | None = None) -> QuerySet[Run]:
    """The runs of the watches that a person sees, the latest first."""
    rows = Run.objects.filter(watch__in=watches_visible(to, at)).select_related("watch", "by")
    return (rows.filter(watch=watch) if watch is not None else rows).order_by("-week", "-pk")


def likes(signal: Signal, *, to: Person, at: datetime, most: int = 20) -> list[Signal]:
    """What was decided on its like before: earlier signals of the same cell, and of the same product and hazard."""
    same = Q(cell_key=signal.cell_key)
    if signal.product or signal.hazard:
        same |= Q(product=signal.product, hazard=signal.hazard)
    rows = signals_visible(to, at).filter(same, week__lt=signal.week)
    decided = rows.exclude(state=Signal.State.NEW).select_related("decided_by", "folder", "run__watch")
    return list(decided.order_by("-week", "place")[:most])


def ports_of(signal: Signal, *, to: Person, at: datetime) -> list[PortCount]:
    """A signal's ports, most cases first; an office sees its own ports only."""
    who = case_access.reader(to, at)
    seen = None if who.headquarters or may_judge(signal, by=to, at=at) else set(_codes(who.offices, shanghai_date(at)))
    rows = [r for r in signal.by_port if seen is None or r["port"] in seen]
    names = {o.code: str(o) for o in Organisation.objects.filter(code__in=[r["port"] for r in rows if r["port"]])}
    found = [PortCount(r["port"], names.get(r["port"], ""), r["cases"], r["expected"]) for r in rows]
    return sorted(found, key=lambda p: (-p.cases, p.code))


def acts(signal: Signal, *, to: Person, at: datetime) -> set[str]:
    """What a person may do with a signal now: ``watch``, ``dismiss``, ``refer``, ``accept``."""
    found: set[str] = set()
    if signal.replaced_by_id is not None or signal.state not in OPEN:
        return found
    if may_judge(signal, by=to, at=at):
        found |= {"dismiss", "refer"} | ({"watch"} if signal.state == Signal.State.NEW else set())
    if offices_of(to, at) and signals_visible(to, at).filter(pk=signal.pk).exists():
        found.add("accept")
    return found


def behind(signal: Signal, *, to: Person, at: datetime, most: int = 50) -> Behind:
    """The reports behind a signal, down to the original: sheets that the person may see, and rows as they came.

    Rows of mass sources are statistics published abroad: whoever sees the signal sees them.
    """
    keys = signal.reports.get("sheets", [])
    sheets = case_access.visible(Sheet.objects.filter(pk__in=keys), to=to, at=at).select_related("owner")
    seen = sheets.count()
    refs = [(str(s), str(f), int(n)) for s, f, n in signal.reports.get("rows", [])]
    shown = list(sheets.order_by("-made_at", "-pk")[:most])
    rows = rows_of(refs[:most])
    unseen = len(keys) - seen
    return Behind(shown, rows, unseen, signal.reports.get("total", 0) - len(shown) - len(rows) - unseen)
