"""The fourth duty: what customs asks of an operator or comes to see, its answers, its refusals."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import agents, journalling, outbox
from riskwatch.case.actions import refuse_without_post
from riskwatch.case.lifecycle import lock, part_post, posts_of
from riskwatch.case.models import Sheet
from riskwatch.case.steps import FIRM
from riskwatch.followup.duties import duty_on
from riskwatch.followup.models import Duty, Visit
from riskwatch.look.words import sentence
from riskwatch.parties.models import Person
from riskwatch.refusals import refuse_unless

CUSTOMS = ("case_officer", "verifier")


def _cooperation(sheet: Sheet) -> Duty:
    lock(sheet)
    row = duty_on(sheet)
    refuse_unless(
        row.kind == "cooperate",
        _("只在“配合调查和监督”的义务上办理"),
        remedy=_("改在该项义务上办理"),
        code="not_here",
        status=422,
    )
    return row


def _one(row: Duty, visit: Visit) -> Visit:
    found = Visit.objects.select_for_update().filter(pk=visit.pk, duty=row).first()
    refuse_unless(found is not None, _("没有这项要求"), remedy=_("刷新页面后重新选择"), code="not_here", status=404)
    assert found is not None
    refuse_unless(found.answered_at is None and found.refused_on is None, _("这项要求已有答复或已登记拒绝"), remedy=_("刷新页面后查看"), code="answered",
                  rule=decree188.by_name("operator_duties"))  # fmt: skip
    return found


@transaction.atomic
def ask(sheet: Sheet, *, kind: str, asked_on: date, what: str, answer_by: date, by: Person, at: datetime) -> Sheet:
    """Put a question in writing, or record a visit that was paid, with the day by which the operator answers."""
    row = _cooperation(sheet)
    post = refuse_without_post(sheet.owner, CUSTOMS, by=by, at=at)
    refuse_unless(sheet.stage in ("open", "done"), _("这项义务已经办结"), remedy=_("不必再办理"), code="closed")
    today = shanghai_date(at)
    refuse_unless(asked_on <= today, _("日期不能晚于今天"), remedy=_("改为今天或以前的日期"), code="future", status=422)
    refuse_unless(answer_by >= today, _("答复期限早于今天"), remedy=_("改为今天或以后的日期"), code="past", status=422)
    made = Visit.objects.create(duty=row, kind=kind, asked_on=asked_on, what=what, answer_by=answer_by, asked_by=by)
    outbox.tell([row.operator], subject=sentence("海关要求答复（%(day)s前）：%(title)s", day=answer_by, title=sheet.title), at=at,
                sheet=sheet, body=what)  # fmt: skip
    journalling.record(sheet, "duty.ask", by=by, at=at, rule="operator_duties",
                       content={"visit": made.pk, "kind": kind, "what": what, "answer_by": answer_by}, holder=post.holder)  # fmt: skip
    return sheet


@transaction.atomic
def answer(sheet: Sheet, *, visit: Visit, text: str, by: Person, at: datetime) -> Sheet:
    """The operator answers one request."""
    row = _cooperation(sheet)
    post = part_post(sheet, "addressee", FIRM, posts_of(by, at))
    refuse_unless(
        post is not None,
        _("这不是贵单位的义务"),
        remedy=_("在本单位的义务上答复"),
        code="not_addressee",
        status=403,
    )
    assert post is not None
    found = _one(row, visit)
    words = sentence("以贵单位名义答复了海关的要求：%(title)s", title=sheet.title)
    agents.tell_of_act(sheet, "addressee", post.organisation, words, at=at)
    Visit.objects.filter(pk=found.pk).update(answer=text, answered_at=at, answered_by=by)
    outbox.tell(
        [sheet.owner],
        subject=sentence("企业已答复：%(title)s", title=sheet.title),
        at=at,
        sheet=sheet,
        role="case_officer",
    )
    journalling.record(
        sheet,
        "duty.answer",
        by=by,
        at=at,
        rule="operator_duties",
        content={"visit": found.pk, "answer": text},
        holder=post.holder,
    )
    return sheet


@transaction.atomic
def note_refusal(sheet: Sheet, *, visit: Visit, refusal: str, refused_on: date, by: Person, at: datetime) -> Sheet:
    """Record that the operator refused, or let the day pass."""
    row = _cooperation(sheet)
    post = refuse_without_post(sheet.owner, CUSTOMS, by=by, at=at)
    found = _one(row, visit)
    refuse_unless(
        found.asked_on <= refused_on <= shanghai_date(at),
        _("日期应在提出要求之后、今天以前"),
        remedy=_("改正日期后再提交"),
        code="wrong_day",
        status=422,
    )
    Visit.objects.filter(pk=found.pk).update(refusal=refusal, refused_on=refused_on)
    outbox.tell(
        [row.operator],
        subject=sentence("已登记拒绝配合：%(title)s", title=sheet.title),
        at=at,
        sheet=sheet,
        body=refusal,
    )
    journalling.record(sheet, "duty.note_refusal", by=by, at=at, rule="operator_duties",
                       content={"visit": found.pk, "refusal": refusal, "on": refused_on}, holder=post.holder)  # fmt: skip
    return sheet


def unanswered(sheet: Sheet) -> list[Visit]:
    """The requests on a duty that wait for an answer."""
    return list(Visit.objects.filter(duty=sheet.pk, answered_at=None, refused_on=None).order_by("answer_by", "pk"))
