"""Cases between offices: transfer, joint handling, splitting; acceptance, refusal, the superior's ruling."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import deadlines, families, journalling, outbox
from riskwatch.case.actions import lock_open
from riskwatch.case.lifecycle import advance, is_unfinished, posts_of
from riskwatch.case.models import Enclosure, Folder, JointOffice, Sheet, Transfer
from riskwatch.case.sheets import Plan, begin
from riskwatch.documents import actions as documents
from riskwatch.look.words import sentence
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import refuse_unless


@transaction.atomic
def propose(
    folder: Folder, *, mode: str, to: Organisation, reason: str, taken: Iterable[Sheet] = (), by: Person, at: datetime
) -> Sheet:
    """Propose to another office to take a case over, to share it, or to take part of it. Deadlines keep running."""
    now = lock_open(folder)
    refuse_unless(
        to.pk != now.owner_id, _("不能移送给本单位"), remedy=_("改选其他海关"), code="same_office", status=422
    )
    waiting = Sheet.objects.filter(folder=now, kind="transfer", stage__in=("proposed", "refused")).exists()
    refuse_unless(not waiting, _("本案已有待处理的移送"), remedy=_("先等对方答复或撤回"), code="already_open")
    parts = list(taken)
    refuse_unless(
        mode != "split" or parts,
        _("分案须选定分出的信息"),
        remedy=_("勾选要分出的信息"),
        code="nothing_chosen",
        status=422,
    )
    plan = Plan(kind="transfer", title=now.title, owner=now.owner, folder=now, parts={"addressee": [to]},
                number=documents.record_number("TF", office=now.owner.code, at=at),
                due_on=deadlines.due_on("transfer_answer", shanghai_date(at)))  # fmt: skip
    sheet = begin(plan, "propose", by=by, at=at, content={"mode": mode, "to": to.code, "reason": reason})
    row = Transfer.objects.create(sheet=sheet, mode=mode, to=to, reason=reason)
    row.taken.set(parts)
    outbox.tell([to], subject=sentence("移送待接收：%(title)s", title=now.title), at=at, sheet=sheet)
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
        _move(folder, row.to, by=by, at=at)
    elif row.mode == Transfer.Mode.JOINT:
        JointOffice.objects.get_or_create(folder=folder, office=row.to, until=None, defaults={"since": at})
    else:
        _split(folder, row, by=by, at=at)
    outbox.tell([sheet.owner], subject=sentence("移送已接收：%(title)s", title=sheet.title), at=at, sheet=sheet)
    return sheet


def _move(folder: Folder, to: Organisation, *, by: Person, at: datetime) -> None:
    """The open case and what its office has unfinished in it change owner; what is finished stays with who did it.

    What another office began in the case (headquarters' emergency review, its announcement) stays that office's, and
    so do filings, which the measure's office owes its superior.
    """
    now = Folder.objects.select_for_update().get(pk=folder.pk)
    own = Sheet.objects.filter(folder=now, owner=now.owner_id).exclude(kind__in=("transfer", "filing"))
    unfinished = [s.pk for s in own if is_unfinished(s)]
    Sheet.objects.filter(pk__in=unfinished).update(owner=to)
    pieces = _hand_over(now, families.enclosed([now.pk]), to)
    Folder.objects.filter(pk=now.pk).update(owner=to, officer=_officer(to, by, at))
    JointOffice.objects.filter(folder=now, office=to, until=None).update(until=at)
    journalling.record_on_folder(now, "folder.hand_over", by=by, at=at, rule="own_area",
                                 content={"to": to.code, "sheets": [*unfinished, *pieces]})  # fmt: skip


def _hand_over(folder: Folder, pieces: Iterable[int], to: Organisation) -> list[int]:
    """Pieces that lie in no other case go along with their open verifications, so that the new office can act on them.

    Their handling officers stay behind: who opens a reporter's identity is decided anew.
    """
    elsewhere = Enclosure.objects.filter(sheet__in=list(pieces), taken_out_at=None).exclude(folder=folder)
    elsewhere = elsewhere.exclude(folder__state=Folder.State.DESTROYED)
    going = Sheet.objects.filter(pk__in=list(pieces), owner=folder.owner_id).exclude(pk__in=elsewhere.values("sheet"))
    keys = list(going.values_list("pk", flat=True))
    hanging = Sheet.objects.filter(pk__in=families.attached(keys), owner=folder.owner_id)
    keys += [s.pk for s in hanging if is_unfinished(s)]
    Sheet.objects.filter(pk__in=keys).update(owner=to, handler=None)
    return keys


def _officer(office: Organisation, by: Person, at: datetime) -> Person:
    """Who handles the case from now on: the officer who accepted it; after a ruling, one of the office's officers."""
    mine = [p for p in posts_of(by, at).posts if p.role == "case_officer" and p.organisation == office.pk]
    return by if mine else parties.holders(office.pk, "case_officer", shanghai_date(at)).order_by("pk").first() or by


def _split(folder: Folder, row: Transfer, *, by: Person, at: datetime) -> None:
    made = Folder.objects.create(
        number=documents.record_number("RC", office=row.to.code, at=at), title=folder.title, owner=row.to,
        officer=_officer(row.to, by, at), direction=folder.direction, opened_at=at, split_from=folder,
    )  # fmt: skip
    taken = list(row.taken.values_list("pk", flat=True))
    pieces = _hand_over(folder, taken, row.to)
    for sheet in taken:
        Enclosure.objects.filter(folder=folder, sheet=sheet, taken_out_at=None).update(taken_out_by=by, taken_out_at=at)
        Enclosure.objects.create(folder=made, sheet_id=sheet, put_in_by=by, put_in_at=at)
    journalling.record_on_folder(made, "folder.split", by=by, at=at, rule="own_area",
                                 content={"from": folder.pk, "sheets": pieces})  # fmt: skip


@transaction.atomic
def refuse(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Refuse to take it, with the reason; the next higher customs may rule."""
    Transfer.objects.filter(pk=sheet.pk).update(answer=reason)
    advance(sheet, "refuse", by=by, at=at, content={"reason": reason})
    outbox.tell(
        [sheet.owner], subject=sentence("移送被拒：%(title)s", title=sheet.title), at=at, sheet=sheet, body=reason
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
        reason.strip(),
        _("裁定须写明理由"),
        remedy=_("填写理由"),
        rule=decree188.by_name("own_area"),
        code="reason_missing",
        status=422,
    )
    if accepted:
        return accept(sheet, by=by, at=at, remark=reason, step="rule_accept")
    Transfer.objects.filter(pk=sheet.pk).update(ruling=reason)
    return advance(sheet, "rule_refuse", by=by, at=at, content={"reason": reason})
