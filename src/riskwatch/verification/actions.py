"""Beginning, reporting, approving a verification; verifying a batch by a named person with method and sample."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import deadlines, journalling, lifecycle, outbox
from riskwatch.case.actions import refuse_without_post
from riskwatch.case.lifecycle import advance
from riskwatch.case.models import Enclosure, Sheet
from riskwatch.case.sheets import Plan, begin
from riskwatch.journal import actions as journal
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal, refuse_unless
from riskwatch.verification.models import Verification


@transaction.atomic
def begin_verification(
    sheet: Sheet, *, by: Person, at: datetime, task: str, commissioned: Organisation | None = None
) -> Sheet:
    """Begin verifying a piece of information, by the office itself or by a qualified body on commission."""
    today = shanghai_date(at)
    if commissioned is not None:
        _refuse_unqualified(commissioned, today=today)
    advance(sheet, "begin", by=by, at=at, content={"task": task})
    due = deadlines.due_on("verification", today)
    Sheet.objects.filter(pk=sheet.pk).update(handler=by, due_on=due)
    plan = Plan(
        kind="verification", title=sheet.title, owner=sheet.owner, causes=(sheet,), due_on=due, words=sheet.words,
        number=f"{sheet.number}-H{Sheet.objects.filter(kind='verification', causes=sheet).count() + 1}",
        parts={"commissioned": [commissioned]} if commissioned else None,
    )  # fmt: skip
    task_sheet = begin(plan, "assign", by=by, at=at, content={"task": task})
    Verification.objects.create(sheet=task_sheet, task=task, commissioned=commissioned)
    if commissioned:
        from riskwatch.case.sheets import concern

        concern(sheet, "commissioned", [commissioned])
        outbox.tell([commissioned], subject=_("核实委托：%(title)s") % {"title": sheet.title}, at=at, sheet=task_sheet)
    return task_sheet


def _refuse_unqualified(body: Organisation, *, today: date) -> None:
    valid = parties.qualified(body, today)
    refuse_unless(valid, _("%(body)s今天没有有效资质，不能受托核实") % {"body": body}, remedy=_("改选有资质的机构"),
                  rule=decree188.by_name("verify_then_enter"), code="unqualified")  # fmt: skip


@transaction.atomic
def report(sheet: Sheet, *, by: Person, at: datetime, method: str, evidence: str, result: str, reasons: str) -> Sheet:
    """Report what was found, how, on what evidence."""
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


@transaction.atomic
def verify_batch(
    sheets: Iterable[int],
    office: Organisation,
    *,
    by: Person,
    at: datetime,
    result: str,
    method: str,
    sample: str,
    collected_by: str = "",
) -> int:
    """Verify a batch from one source: a named person with method and sample; each piece gets its stage and owner's entry.

    Pieces that moved meanwhile, lie with other offices, or were collected by the same person are refused as a whole.
    """
    refuse_without_post(office, ("approver",), by=by, at=at)
    row = lifecycle.step("information", OUTCOME[result])
    rows = list(Sheet.objects.select_for_update(of=("self",)).filter(pk__in=list(sheets)).order_by("pk"))
    refuse_unless(rows, _("没有选中任何信息"), code="nothing_chosen", status=422)
    refuse_unless(method.strip() and sample.strip(), _("批量核实须写明方法和抽样情况"), code="method_missing", status=422,
                  rule=decree188.by_name("verify_then_enter"))  # fmt: skip
    _refuse_shut_or_recused(rows, by=by)
    reach = set(parties.reach([office.pk], shanghai_date(at)))
    for sheet in rows:
        if sheet.kind != "information" or sheet.stage != "received" or sheet.owner_id not in reach:
            raise Refusal(_("%(sheet)s不能批量核实：状态已变或不在本关区") % {"sheet": sheet}, remedy=_("去掉它后再试"),
                          code="moved")  # fmt: skip
        if sheet.made_by_id == by.pk:
            raise Refusal(_("这批信息由您采集，须由另一人核实"), rule=decree188.by_name("separation_of_duties"),
                          code="same_hand", status=403)  # fmt: skip
        lifecycle.refuse_tied(sheet, row, {by.pk}, shanghai_date(at))
    Sheet.objects.filter(pk__in=[s.pk for s in rows]).update(stage=row.enters, moved_by=by, moved_at=at, version=2)
    facts = {"method": method, "sample": sample, "result": result, "sheets": [s.pk for s in rows]}
    journal.write(f"office:{office.code}:{shanghai_date(at)}", "information.verify_batch", by=by, at=at,
                  rule="verify_then_enter", content=facts)  # fmt: skip
    return len(rows)


def _refuse_shut_or_recused(rows: list[Sheet], *, by: Person) -> None:
    """Only pieces that lie in a case can be shut, or lie where the person is recused; a fresh batch lies in none."""
    lying = set(Enclosure.objects.filter(sheet__in=rows, taken_out_at=None).values_list("sheet", flat=True))
    for sheet in rows:
        if sheet.pk in lying or sheet.archived_at or sheet.destroyed_at:
            lifecycle.refuse_shut(sheet)
            lifecycle.refuse_recused([by.pk], sheet)


@transaction.atomic
def cancel(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Cancel a verification that nobody reported on; the information waits again."""
    information = Sheet.objects.select_for_update().get(effects=sheet, kind="information")
    advance(sheet, "cancel", by=by, at=at, content={"reason": reason})
    if information.stage == "verifying":
        Sheet.objects.filter(pk=information.pk).update(stage="received", version=information.version + 1)
        journalling.record(information, "information.wait_again", by=by, at=at, content={"reason": reason})
    return sheet
