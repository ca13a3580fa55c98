"""Issuing, adjusting and extending measures; with drafting and ending, every write on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.disposal import adjust as fresh
from decree188.disposal import lapses
from riskwatch.case import outbox
from riskwatch.case.lifecycle import advance, lock
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import concern
from riskwatch.documents import actions as documents
from riskwatch.look.words import sentence
from riskwatch.measures import checks, filing, instructions, served
from riskwatch.measures.checks import missing_fields as missing_fields
from riskwatch.measures.checks import rule_book as rule_book
from riskwatch.measures.drafting import TEXTS as TEXTS
from riskwatch.measures.drafting import cancel as cancel
from riskwatch.measures.drafting import draft as draft
from riskwatch.measures.drafting import redraft as redraft
from riskwatch.measures.drafting import review as review
from riskwatch.measures.drafting import send_back as send_back
from riskwatch.measures.drafting import send_up as send_up
from riskwatch.measures.drafting import set_role as set_role
from riskwatch.measures.ending import execute as execute
from riskwatch.measures.ending import fulfil as fulfil
from riskwatch.measures.ending import lift as lift
from riskwatch.measures.ending import lift_lines as lift_lines
from riskwatch.measures.models import Measure, Version
from riskwatch.measures.ports import Change, tell_followers
from riskwatch.measures.words import content_of, paper_content, series_of
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import refuse_unless


@transaction.atomic
def issue(sheet: Sheet, *, by: Person, at: datetime, starts_on: date | None = None) -> Sheet:
    """Issue a measure: it takes force, is numbered and printed, filed upward, and goes to its addressees."""
    today = shanghai_date(at)
    now = lock(sheet)
    measure = Measure.objects.select_related("sheet__owner").get(pk=sheet.pk)
    checks.refuse_level(sheet.kind, now.owner)
    for decision in Sheet.objects.filter(effects=sheet, kind="decision"):
        checks.refuse_withdrawn(decision)
    refuse_unless(not lapses(now.ends_on, today), _("期限已过，不能签发"), remedy=_("退回修改期限"), rule=decree188.by_name("lapses"),
                  code="term_past")  # fmt: skip
    checks.refuse_dates(measure, starts_on, today)
    addressed = [a.organisation for a in measure.addressees.select_related("organisation")]
    checks.refuse_addressees(sheet.kind, addressed)
    words = series_of(sheet.kind, now.owner)
    number = now.number or documents.paper_number(words, office=now.owner.code, at=at)
    # What an order demands by a day is due that day, so that it comes back to the officer then and not before.
    Sheet.objects.filter(pk=sheet.pk).update(starts_on=starts_on or today, number=number, due_on=measure.perform_by)
    advance(sheet, "issue", by=by, at=at, content={"number": number, "ends_on": now.ends_on})
    _keep_version(measure, 1, _("签发"), by=by, at=at)
    filing.open_filing(sheet, version=1, by=by, at=at)
    served.deliver(measure, by=by, at=at)
    instructions.put(measure, "start", at=at)
    _concern_measured(sheet)
    tell_followers(sheet, Change.ISSUED, by=by, at=at)
    sheet.refresh_from_db()
    return sheet


def _concern_measured(sheet: Sheet) -> None:
    """Operators hit by a measure may read the conclusion of the assessment behind it."""
    operators = list(Organisation.objects.filter(kind="operator", pk__in=sheet.concerns.values("organisation")))
    for report in Sheet.objects.filter(folder=sheet.folder, kind="assessment", stage="accepted"):
        concern(report, "measured", operators)


def _keep_version(measure: Measure, number: int, reason: str, *, by: Person, at: datetime) -> None:
    """Keep a version and print it; an order is printed for each addressee, with that addressee's batches alone."""
    measure.refresh_from_db()
    content = content_of(measure)
    Version.objects.create(measure=measure, number=number, content=content, reason=reason, made_by=by, made_at=at)
    named = [a.organisation for a in measure.addressees.select_related("organisation")]
    copies = named if measure.sheet.kind == "order" else []
    for addressee in (None, *copies):
        documents.make_paper(
            measure.sheet.kind, paper_content(measure, by=by, addressee=addressee), number=measure.sheet.number, sheet=measure.pk,
            version=number, by=by, at=at, addressee=addressee.pk if addressee else None,
        )  # fmt: skip


@transaction.atomic
def adjust(sheet: Sheet, *, by: Person, at: datetime, reason: str, **texts: Any) -> Sheet:
    """Adjust a measure because the risk changed: a new version to the same audience, filed again."""
    refuse_unless(
        fresh(reason),
        _("调整须写明风险的变化"),
        remedy=_("写明风险发生了什么变化"),
        rule=decree188.by_name("adjust"),
        code="reason_missing",
        status=422,
    )
    lock(sheet)
    changes = {k: v for k, v in texts.items() if k in TEXTS and v not in ("", None)}
    measure = Measure.objects.get(pk=sheet.pk)
    changes = {k: v for k, v in changes.items() if getattr(measure, k) != v}
    refuse_unless(changes, _("没有改动"), remedy=_("改动要调整的内容"), code="nothing_changed", status=422)
    checks.refuse_past("perform_by", _("履行期限"), changes.get("perform_by"), shanghai_date(at))
    Measure.objects.filter(pk=sheet.pk).update(**changes)
    advance(
        sheet, "adjust", by=by, at=at, content={"reason": reason, "changes": {
            k: {"from": str(getattr(measure, k) or ""), "to": str(v)} for k, v in changes.items()}}
    )  # fmt: skip
    _renew(sheet, reason, by=by, at=at)
    return sheet


@transaction.atomic
def extend(sheet: Sheet, *, by: Person, at: datetime, reason: str, ends_on: date) -> Sheet:
    """Extend a term before it is over, on fresh grounds."""
    refuse_unless(
        fresh(reason),
        _("延期须写明新的理由"),
        remedy=_("填写理由"),
        rule=decree188.by_name("adjust"),
        code="reason_missing",
        status=422,
    )
    now = lock(sheet)
    refuse_unless(
        now.ends_on is not None, _("本措施没有期限，不需要延期"), remedy=_("需要结束的，办理解除"), code="no_term"
    )
    refuse_unless(
        now.ends_on is None or ends_on > now.ends_on,
        _("新的期限应晚于原期限"),
        remedy=_("改为原期限以后的日期"),
        code="term_past",
        status=422,
    )
    advance(sheet, "extend", by=by, at=at, content={"reason": reason, "from": now.ends_on, "to": ends_on})
    Sheet.objects.filter(pk=sheet.pk).update(ends_on=ends_on)
    _renew(sheet, reason, by=by, at=at)
    return sheet


def _renew(sheet: Sheet, reason: str, *, by: Person, at: datetime) -> None:
    measure = Measure.objects.select_related("sheet__owner").get(pk=sheet.pk)
    number = measure.versions.count() + 1
    _keep_version(measure, number, reason, by=by, at=at)
    filing.open_filing(measure.sheet, version=number, by=by, at=at)
    outbox.tell(served.audience(measure), subject=sentence("措施有变更：%(title)s（第%(n)s版）", title=sheet.title, n=number),
                at=at, sheet=sheet, body=reason)  # fmt: skip
    instructions.put(measure, f"v{number}", at=at)
    served.set_due(measure)
    sheet.refresh_from_db()
    tell_followers(sheet, Change.CONTENT, by=by, at=at)
