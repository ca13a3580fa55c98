"""Serving a measure and its acknowledgement; no consequence runs before service."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from decree188.calendar import shanghai_date
from decree188.disposal import operator_duties
from decree188.measure_rules import MEASURE_RULES
from riskwatch.case import deadlines, journalling, outbox
from riskwatch.case.actions import refuse_without_post
from riskwatch.case.lifecycle import lock, posts_of
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import Plan, put
from riskwatch.look.words import sentence
from riskwatch.measures.models import Addressee, Measure
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import refuse_unless


def deliver(measure: Measure, *, by: Person, at: datetime) -> None:
    """Send an issued measure to its addressees' inboxes; reading there or a recorded paper service serves it."""
    rows = list(measure.addressees.select_related("organisation"))
    offices = [r for r in rows if r.organisation.kind == "office"]
    today = shanghai_date(at)
    for row in offices:
        Addressee.objects.filter(pk=row.pk).update(served_on=today, service="platform", recorded_by=by)
    if MEASURE_RULES[measure.sheet.kind].acknowledged:
        measure.addressees.update(acknowledge_by=deadlines.due_on("acknowledge", today))
    outbox.tell(
        audience(measure), subject=sentence("收到%(title)s", title=measure.sheet.title), at=at, sheet=measure.sheet
    )
    set_due(measure)


def audience(measure: Measure) -> list[Organisation]:
    """Everybody who was told of a measure: its addressees, and the operators it hits without being addressed to them."""
    told = measure.sheet.concerns.filter(part__in=("addressee", "measured")).values("organisation")
    return list(Organisation.objects.filter(pk__in=told).order_by("pk"))


def set_due(measure: Measure) -> None:
    """What is due next on an issued measure: performance once an order is served, before that its acknowledgement.

    Nothing is overdue for an operator before service; an acknowledgement that does not come calls the office to serve
    on paper.
    """
    rows = list(measure.addressees.select_related("organisation"))
    if measure.perform_by and any(row.served_on for row in rows):
        due: date | None = measure.perform_by
    else:
        due = min((row.acknowledge_by for row in rows if row.acknowledge_by and _silent(row)), default=None)
    Sheet.objects.filter(pk=measure.pk).exclude(due_on=due).update(due_on=due, escalated_on=None)


def _silent(row: Addressee) -> bool:
    """Whether an addressee has neither acknowledged nor been served on paper."""
    return row.acknowledged_at is None and (row.served_on is None or row.organisation.kind == "office")


@transaction.atomic
def record_service(
    sheet: Sheet, *, organisation: Organisation, served_on: date, service: str, proof: str, by: Person, at: datetime
) -> Sheet:
    """Record service on paper, with its proof."""
    lock(sheet)
    post = refuse_without_post(sheet.owner, ("case_officer", "verifier"), by=by, at=at)
    refuse_unless(
        served_on <= shanghai_date(at),
        _("送达日期不能晚于今天"),
        remedy=_("改为今天或以前的日期"),
        code="future",
        status=422,
    )
    refuse_unless(
        sheet.starts_on is None or served_on >= sheet.starts_on,
        _("送达日期不能早于签发"),
        remedy=_("改为签发当日或以后的日期"),
        code="too_early",
        status=422,
    )
    row = Addressee.objects.select_for_update().filter(measure=sheet.pk, organisation=organisation).first()
    refuse_unless(row is not None, _("该单位不是主送对象"), remedy=_("改选主送对象"), code="not_addressee", status=404)
    assert row is not None
    refuse_unless(
        row.served_on is None, _("已于%(day)s送达") % {"day": row.served_on}, remedy=_("不必再办理"), code="served"
    )
    Addressee.objects.filter(pk=row.pk).update(served_on=served_on, service=service, proof=proof[:200], recorded_by=by)
    open_duties(sheet, organisation, since=served_on, by=by, at=at)
    set_due(Measure.objects.get(pk=sheet.pk))
    journalling.record(sheet, f"{sheet.kind}.serve", by=by, at=at,
                       content={"organisation": organisation.pk, "on": served_on, "how": service, "proof": proof}, holder=post.holder)  # fmt: skip
    return sheet


@transaction.atomic
def acknowledge(sheet: Sheet, *, by: Person, at: datetime, remark: str = "") -> Sheet:
    """An addressee acknowledges receipt; where nothing was served before, this is the service."""
    lock(sheet)
    mine = {p.organisation for p in posts_of(by, at).posts}
    row = Addressee.objects.select_for_update().filter(measure=sheet.pk, organisation__in=mine).first()
    refuse_unless(
        row is not None, _("贵单位不是主送对象"), remedy=_("不必签收；核对措施的编号"), code="not_addressee", status=403
    )
    assert row is not None
    refuse_unless(row.acknowledged_at is None, _("已经签收过"), remedy=_("不必再办理"), code="acknowledged")
    today = shanghai_date(at)
    if row.served_on is None:
        open_duties(sheet, row.organisation, since=today, by=by, at=at)
    served = {} if row.served_on else {"served_on": today, "service": "platform", "recorded_by": by}
    Addressee.objects.filter(pk=row.pk).update(acknowledged_at=at, acknowledged_by=by, **served)
    set_due(Measure.objects.get(pk=sheet.pk))
    journalling.record(sheet, f"{sheet.kind}.acknowledge", by=by, at=at, content={"organisation": row.organisation_id})
    return sheet


def open_duties(sheet: Sheet, operator: Organisation, *, since: date, by: Person, at: datetime) -> None:
    """Service of a notice or order opens the operator's four duties: bare sheets that the next room fills.

    The duty's place among the four is the end of its number, so that the room that owns duties can put its row on it.
    """
    if sheet.kind not in ("notice", "order") or operator.kind != Organisation.Kind.OPERATOR:
        return
    for place, term in enumerate(operator_duties.values(), 1):
        plan = Plan(kind="duty", title=f"{term.zh}：{sheet.title}", owner=sheet.owner, folder=sheet.folder, causes=(sheet,),
                    number=f"{sheet.number}-{operator.pk}-义务{place}", due_on=deadlines.due_on("duty", since),
                    parts={"addressee": [operator]}, words=sheet.words)  # fmt: skip
        put(plan, stage="open", by=by, at=at)
