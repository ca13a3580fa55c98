"""What the clock does once: record lapses, tell people before an end, escalate what is overdue. No answer depends on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from decree188.calendar import shanghai_date
from riskwatch.case import deadlines, journalling, outbox
from riskwatch.case.lifecycle import step
from riskwatch.case.models import Sheet
from riskwatch.case.ports import watches
from riskwatch.case.standing import IN_FORCE, is_late, late_on
from riskwatch.look.words import sentence
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Organisation, Person

WARN_BEFORE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Round:
    """What one walk of the clock did."""

    lapsed: int
    ending: int
    escalated: int
    opened: int = 0


def walk(*, by: Person, at: datetime, step_done: Callable[[str], None] = lambda text: None) -> Round:
    """Walk everything due once. Running it twice, late or never changes no answer, only who was told when."""
    lapsed = sum(_lapse(pk, by=by, at=at) for pk in _over(at))
    step_done(f"lapsed {lapsed}")
    ending = _tell_ending(at)
    _tell_unanswered(at)
    escalated = sum(_escalate(pk, by=by, at=at) for pk in _overdue(at))
    step_done(f"escalated {escalated}")
    opened = sum(watch.day(by=by, at=at) for watch in watches())
    return Round(lapsed, ending, escalated, opened)


def _over(at: datetime) -> list[int]:
    rows = Sheet.objects.filter(ends_by_itself=True, lifted_on=None, stage=IN_FORCE, ends_on__lt=shanghai_date(at))
    return list(rows.order_by("ends_on", "pk").values_list("pk", flat=True))


@transaction.atomic
def _lapse(pk: int, *, by: Person, at: datetime) -> int:
    """Record that a measure lapsed: one event however often the job runs, and word to all who had been told."""
    sheet = Sheet.objects.select_for_update(of=("self",)).select_related("owner").get(pk=pk)
    if sheet.stage != IN_FORCE:
        return 0
    row = step(sheet.kind, "lapse")
    sheet.stage, sheet.version = row.enters, sheet.version + 1
    sheet.moved_by, sheet.moved_at = by, at
    sheet.save(update_fields=["stage", "version", "moved_by", "moved_at"])
    subject = sentence("%(title)s已于%(day)s期满自动解除", title=sheet.title, day=sheet.ends_on)
    outbox.tell(_told(sheet), subject=subject, at=at, sheet=sheet, once=f"lapse:{sheet.pk}:{sheet.ends_on}")
    journalling.record(sheet, row.act, by=by, at=at, rule=row.rule, content={"ended_on": sheet.ends_on})
    return 1


def _told(sheet: Sheet) -> list[Organisation]:
    named = Organisation.objects.filter(pk__in=sheet.concerns.values("organisation"))
    return [sheet.owner, *named]


def _tell_ending(at: datetime) -> int:
    today = shanghai_date(at)
    soon = Sheet.objects.filter(
        ends_by_itself=True, lifted_on=None, stage=IN_FORCE, ends_on__range=(today, today + WARN_BEFORE)
    ).select_related("owner")
    count = 0
    for sheet in soon:
        subject = sentence("%(title)s将于%(day)s期满", title=sheet.title, day=sheet.ends_on)
        count += outbox.tell(
            [sheet.owner], subject=subject, at=at, sheet=sheet, once=f"ending:{sheet.pk}:{sheet.ends_on}"
        )
    return count


def _tell_unanswered(at: datetime) -> int:
    """Tell the office and the body once that a commission was neither taken up nor declined in its time."""
    today = shanghai_date(at)
    count = 0
    for sheet in Sheet.objects.filter(kind="assessment", stage="commissioned").select_related("owner"):
        last = deadlines.due_on("take_up", shanghai_date(sheet.made_at))
        if last >= today:
            continue
        subject = sentence("委托未答复：%(title)s，应于%(day)s前接受或谢绝", title=sheet.title, day=last)
        count += outbox.tell(_told(sheet), subject=subject, at=at, sheet=sheet, once=f"take_up:{sheet.pk}:{last}")
    return count


def _overdue(at: datetime) -> list[int]:
    today = shanghai_date(at)
    rows = Sheet.objects.filter(late_on(today), escalated_on=None)
    return list(rows.order_by("due_on", "pk").values_list("pk", flat=True))


@transaction.atomic
def _escalate(pk: int, *, by: Person, at: datetime) -> int:
    """Tell the owner and the next higher customs, once per due day, that something is overdue."""
    sheet = Sheet.objects.select_for_update(of=("self",)).select_related("owner").get(pk=pk)
    today = shanghai_date(at)
    if sheet.escalated_on is not None or not is_late(sheet, today):
        return 0
    Sheet.objects.filter(pk=pk).update(escalated_on=today)
    superior = parties.superior(sheet.owner, today) if sheet.owner.kind == "office" else parties.headquarters()
    subject = sentence("逾期：%(title)s，应于%(day)s办结", title=sheet.title, day=sheet.due_on)
    once = f"late:{pk}:{sheet.due_on}"
    if superior is None:
        # Nobody stands above headquarters: its own deciders and supervisors answer for what is late there.
        for role in ("decider", "supervisor"):
            outbox.tell([sheet.owner], subject=subject, at=at, sheet=sheet, role=role, once=f"{once}:{role}")
    else:
        outbox.tell([sheet.owner, superior], subject=subject, at=at, sheet=sheet, once=once)
    journalling.record(sheet, f"{sheet.kind}.overdue", by=by, at=at, content={"due_on": sheet.due_on})
    return 1
