"""Cases between offices: transfer, joint handling, splitting; acceptance, refusal, the superior's ruling."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import deadlines, journalling, outbox
from riskwatch.case.actions import lock_open
from riskwatch.case.lifecycle import advance
from riskwatch.case.models import Enclosure, Folder, JointOffice, Sheet, Transfer
from riskwatch.case.sheets import Plan, begin
from riskwatch.documents import actions as documents
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import refuse_unless


@transaction.atomic
def propose(
    folder: Folder, *, mode: str, to: Organisation, reason: str, taken: Iterable[Sheet] = (), by: Person, at: datetime
) -> Sheet:
    """Propose to another office to take a case over, to share it, or to take part of it. Deadlines keep running."""
    now = lock_open(folder)
    refuse_unless(to.pk != now.owner_id, _("不能移送给本单位"), code="same_office", status=422)
    waiting = Sheet.objects.filter(folder=now, kind="transfer", stage__in=("proposed", "refused")).exists()
    refuse_unless(not waiting, _("本案已有待处理的移送"), remedy=_("先等对方答复或撤回"), code="already_open")
    parts = list(taken)
    refuse_unless(mode != "split" or parts, _("分案须选定分出的信息"), code="nothing_chosen", status=422)
    plan = Plan(kind="transfer", title=now.title, owner=now.owner, folder=now, parts={"addressee": [to]},
                number=documents.record_number("TF", office=now.owner.code, at=at),
                due_on=deadlines.due_on("transfer_answer", shanghai_date(at)))  # fmt: skip
    sheet = begin(plan, "propose", by=by, at=at, content={"mode": mode, "to": to.code, "reason": reason})
    row = Transfer.objects.create(sheet=sheet, mode=mode, to=to, reason=reason)
    row.taken.set(parts)
    outbox.tell([to], subject=_("移送待接收：%(title)s") % {"title": now.title}, at=at, sheet=sheet)
    return sheet


@transaction.atomic
def accept(sheet: Sheet, *, by: Person, at: datetime, remark: str = "", step: str = "accept") -> Sheet:
    """Accept: the case (or the part of it) is the other office's, or both handle it."""
    row = Transfer.objects.select_related("to").get(pk=sheet.pk)
    advance(sheet, step, by=by, at=at, content={"remark": remark})
    Transfer.objects.filter(pk=sheet.pk).update(**({"ruling": remark} if step != "accept" else {"answer": remark}))
    folder = sheet.folder
    assert folder is not None
    if row.mode == Transfer.Mode.TRANSFER:
        _move(folder, row.to)
    elif row.mode == Transfer.Mode.JOINT:
        JointOffice.objects.get_or_create(folder=folder, office=row.to, until=None, defaults={"since": at})
    else:
        _split(folder, row, by=by, at=at)
    outbox.tell([sheet.owner], subject=_("移送已接收：%(title)s") % {"title": sheet.title}, at=at, sheet=sheet)
    return sheet


def _move(folder: Folder, to: Organisation) -> None:
    """The open case and its unfinished sheets change owner; what is finished stays with who did it."""
    from riskwatch.case.lifecycle import FINAL

    Folder.objects.filter(pk=folder.pk).update(owner=to)
    for sheet in Sheet.objects.filter(folder=folder).exclude(kind="transfer"):
        if sheet.stage not in FINAL.get(sheet.kind, frozenset()) and sheet.kind != "filing":
            Sheet.objects.filter(pk=sheet.pk).update(owner=to)


def _split(folder: Folder, row: Transfer, *, by: Person, at: datetime) -> None:
    made = Folder.objects.create(
        number=documents.record_number("RC", office=row.to.code, at=at), title=folder.title, owner=row.to, officer=by,
        direction=folder.direction, opened_at=at, split_from=folder,
    )  # fmt: skip
    for sheet in row.taken.all():
        Enclosure.objects.filter(folder=folder, sheet=sheet, taken_out_at=None).update(taken_out_by=by, taken_out_at=at)
        Enclosure.objects.create(folder=made, sheet=sheet, put_in_by=by, put_in_at=at)
    journalling.record_on_folder(made, "folder.split", by=by, at=at, rule="own_area", content={"from": folder.pk})


@transaction.atomic
def refuse(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Refuse to take it, with the reason; the next higher customs may rule."""
    Transfer.objects.filter(pk=sheet.pk).update(answer=reason)
    advance(sheet, "refuse", by=by, at=at, content={"reason": reason})
    outbox.tell(
        [sheet.owner], subject=_("移送被拒：%(title)s") % {"title": sheet.title}, at=at, sheet=sheet, body=reason
    )
    return sheet


@transaction.atomic
def withdraw(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Take the proposal back."""
    return advance(sheet, "withdraw", by=by, at=at, content={"reason": reason})


@transaction.atomic
def rule(sheet: Sheet, *, accepted: bool, by: Person, at: datetime, reason: str) -> Sheet:
    """The superior's ruling on a refused transfer binds both offices."""
    refuse_unless(
        reason.strip(), _("裁定须写明理由"), rule=decree188.by_name("own_area"), code="reason_missing", status=422
    )
    if accepted:
        return accept(sheet, by=by, at=at, remark=reason, step="rule_accept")
    Transfer.objects.filter(pk=sheet.pk).update(ruling=reason)
    return advance(sheet, "rule_refuse", by=by, at=at, content={"reason": reason})
