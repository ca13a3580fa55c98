"""Beginning, reporting, approving a verification; verifying a batch by a named person with method and sample."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import deadlines, journalling, lifecycle, outbox
from riskwatch.case.lifecycle import advance
from riskwatch.case.models import Enclosure, Sheet
from riskwatch.case.sheets import Plan, begin, concern, put
from riskwatch.collection import scoping
from riskwatch.collection.queries import codes_of, origins_of
from riskwatch.collection.remit import refuse_outside_remit
from riskwatch.documents import actions as documents
from riskwatch.look.words import sentence
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal, refuse_unless
from riskwatch.verification.models import Verification


@transaction.atomic
def begin_verification(
    sheet: Sheet, *, by: Person, at: datetime, task: str, commissioned: Organisation | None = None,
    scope_reason: str = "",
) -> Sheet:  # fmt: skip
    """Begin verifying a piece of information, by the office itself or by a qualified body on commission.

    Refused outside the regulation and, at a centre, outside its designation; ``scope_reason`` is the person's word
    on a mixed chapter. Whoever handles the piece goes on handling it.
    """
    today = shanghai_date(at)
    if scope_reason.strip():
        scoping.confirm(sheet, by=by, at=at, reason=scope_reason)
    scoping.refuse_uncovered(sheet)
    refuse_outside_remit(sheet, today)
    if commissioned is not None:
        _refuse_unqualified(commissioned, sheet, today=today)
    advance(sheet, "begin", by=by, at=at, content={"task": task})
    due = deadlines.due_on("verification", today)
    Sheet.objects.filter(pk=sheet.pk).update(due_on=due, escalated_on=None)
    Sheet.objects.filter(pk=sheet.pk, handler=None).update(handler=by)
    plan = Plan(
        kind="verification", title=sheet.title, owner=sheet.owner, causes=(sheet,), due_on=due, words=sheet.words,
        number=f"{sheet.number}-H{Sheet.objects.filter(kind='verification', causes=sheet).count() + 1}",
        parts={"commissioned": [commissioned]} if commissioned else None,
    )  # fmt: skip
    task_sheet = begin(plan, "assign", by=by, at=at, content={"task": task})
    Verification.objects.create(sheet=task_sheet, task=task, commissioned=commissioned)
    if commissioned:
        concern(sheet, "commissioned", [commissioned])
        outbox.tell([commissioned], subject=sentence("核实委托：%(title)s", title=sheet.title), at=at, sheet=task_sheet)
    return task_sheet


def _refuse_unqualified(body: Organisation, information: Sheet, *, today: date) -> None:
    valid = all(parties.qualified(body, today, product=code) for code in codes_of([information.pk]))
    refuse_unless(valid, _("%(body)s今天没有覆盖这种产品的有效资质，不能受托核实") % {"body": body}, remedy=_("改选有资质的机构"),
                  rule=decree188.by_name("verify_then_enter"), code="unqualified")  # fmt: skip


@transaction.atomic
def report(sheet: Sheet, *, by: Person, at: datetime, method: str, evidence: str, result: str, reasons: str) -> Sheet:
    """Report what was found, how, on what evidence; a commissioned body must still be qualified that day."""
    row = Verification.objects.select_related("commissioned").get(pk=sheet.pk)
    if row.commissioned is not None:
        information = Sheet.objects.get(effects=sheet, kind="information")
        _refuse_unqualified(row.commissioned, information, today=shanghai_date(at))
    Verification.objects.filter(pk=sheet.pk).update(method=method, evidence=evidence, result=result, reasons=reasons)
    return advance(sheet, "report", by=by, at=at, content={"method": method, "result": result, "reasons": reasons})


OUTCOME = {"verified": "verify", "refuted": "refute", "unverifiable": "leave_open"}


@transaction.atomic
def approve(sheet: Sheet, *, by: Person, at: datetime, remark: str = "") -> Sheet:
    """Approve a verification report; the information takes its result."""
    lifecycle.lock(sheet)
    row = Verification.objects.get(pk=sheet.pk)
    information = Sheet.objects.get(effects=sheet, kind="information")
    advance(sheet, "approve", by=by, at=at, content={"remark": remark})
    advance(information, OUTCOME[row.result], by=by, at=at, content={"reasons": row.reasons})
    return sheet


@transaction.atomic
def send_back(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Return a report for more."""
    Verification.objects.filter(pk=sheet.pk).update(returned_because=reason)
    return advance(sheet, "return", by=by, at=at, content={"reason": reason})


MOST_AT_ONCE = 2000


@transaction.atomic
def verify_batch(
    sheets: Iterable[int], office: Organisation, *, by: Person, at: datetime, result: str, method: str, sample: str
) -> int:
    """Verify a batch from one file or one source: one person's report with method and sample, each piece moved by it.

    Each piece meets the same checks as alone (post, separation, scope, remit) and gets its own entry; the report is a
    verification record that all of them point to. One piece that may not be verified refuses the whole batch.
    """
    refuse_unless(method.strip() and sample.strip(), _("批量核实须写明方法和抽样情况"), remedy=_("填写方法和抽样情况"), code="method_missing", status=422,
                  rule=decree188.by_name("verify_then_enter"))  # fmt: skip
    rows = list(
        Sheet.objects.select_for_update(of=("self",)).select_related("owner").filter(pk__in=list(sheets)).order_by("pk")
    )
    _refuse_mixed_batch(rows)
    _refuse_shut(rows)
    me = lifecycle.posts_of(by, at)
    report, holder = _batch_report(rows, office, me=me, at=at)
    Verification.objects.create(
        sheet=report, task=_("批量核实"), method=method, evidence=sample, result=result, reasons=sample
    )
    facts = {
        "method": method,
        "sample": sample,
        "result": result,
        "reason": f"{method}；{sample}",
        "batch": report.number,
    }
    for sheet in rows:
        _verify_one(sheet, facts, me=me, at=at)
    journalling.record(report, "verification.report", by=by, at=at, rule="verify_then_enter", holder=holder,
                       content=facts | {"sheets": [s.pk for s in rows]})  # fmt: skip
    return len(rows)


def _refuse_mixed_batch(rows: list[Sheet]) -> None:
    refuse_unless(rows, _("没有选中任何信息"), remedy=_("返回列表选择"), code="nothing_chosen", status=422)
    refuse_unless(len(rows) <= MOST_AT_ONCE, _("一次最多核实%(n)s条") % {"n": MOST_AT_ONCE}, remedy=_("分几批核实"), code="too_many",
                  status=422)  # fmt: skip
    for sheet in rows:
        if sheet.kind != "information" or sheet.stage != "received":
            raise Refusal(
                _("%(sheet)s不能批量核实：它不是待处理的信息") % {"sheet": sheet},
                remedy=_("去掉它后再试"),
                code="moved",
            )
    sources, files = origins_of([s.pk for s in rows])
    refuse_unless(len(files) == 1 or (len(sources) == 1 and None not in files),
                  _("一批只能来自同一份文件或同一个来源"), remedy=_("按文件或来源分开核实"), code="several_sources", status=422,
                  rule=decree188.by_name("verify_then_enter"))  # fmt: skip


def _refuse_shut(rows: list[Sheet]) -> None:
    """Only pieces that lie in a case, or are archived, can be shut; a fresh batch lies in none."""
    lying = set(Enclosure.objects.filter(sheet__in=rows, taken_out_at=None).values_list("sheet", flat=True))
    for sheet in rows:
        if sheet.pk in lying or sheet.archived_at or sheet.destroyed_at:
            lifecycle.refuse_shut(sheet)


def _batch_report(
    rows: list[Sheet], office: Organisation, *, me: lifecycle.Standing, at: datetime
) -> tuple[Sheet, int]:
    """The record of a batch, and the person in whose post it is made."""
    plan = Plan(kind="verification", title=sentence("批量核实%(n)s条：%(title)s", n=len(rows), title=rows[0].title).chinese(), owner=office,
                number=documents.record_number("RV", office=office.code, at=at), causes=tuple(rows))  # fmt: skip
    report = put(plan, stage="approved", by=me.person, at=at)
    row = lifecycle.step("verification", "approve")
    post = lifecycle.post_for(report, row, me)
    if post is None:
        raise lifecycle.no_post(report, row)
    return report, post.holder


def _verify_one(sheet: Sheet, facts: dict[str, str], *, me: lifecycle.Standing, at: datetime) -> None:
    row = lifecycle.step("information", OUTCOME[facts["result"]])
    post = lifecycle.post_for(sheet, row, me)
    if post is None:
        raise lifecycle.no_post(sheet, row)
    lifecycle.refuse_same_hand(sheet, row, me.person, post.holder, me.today)
    scoping.refuse_uncovered(sheet)
    refuse_outside_remit(sheet, me.today)
    Sheet.objects.filter(pk=sheet.pk).update(
        stage=row.enters, version=F("version") + 1, moved_by=me.person, moved_at=at
    )
    sheet.stage, sheet.version = row.enters, sheet.version + 1
    journalling.record(sheet, row.act, by=me.person, at=at, rule=row.rule, content=facts, holder=post.holder)


@transaction.atomic
def cancel(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Cancel a verification that nobody reported on; the information waits again."""
    information = Sheet.objects.select_for_update().get(effects=sheet, kind="information")
    advance(sheet, "cancel", by=by, at=at, content={"reason": reason})
    if information.stage == "verifying":
        Sheet.objects.filter(pk=information.pk).update(stage="received", version=information.version + 1)
        journalling.record(information, "information.wait_again", by=by, at=at, content={"reason": reason})
    return sheet
