"""Every write on folders: open, enclose, close, reopen, merge and unmerge, recuse, amend."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from riskwatch.case import families, guards, journalling, outbox, queries
from riskwatch.case.lifecycle import joint_offices, lock, posts_of, recused, refuse_recused
from riskwatch.case.models import Enclosure, Folder, JointOffice, Recusal, Sheet
from riskwatch.case.ports import watches
from riskwatch.case.sheets import index_words
from riskwatch.documents import actions as documents
from riskwatch.look.words import aside, clauses, sentence
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Organisation, Person
from riskwatch.parties.queries import Post
from riskwatch.refusals import Refusal, refuse_unless


def refuse_without_post(
    office: Organisation, roles: Iterable[str], *, by: Person, at: datetime, about: Folder | Sheet | None = None,
    jointly: bool = False,
) -> Post:  # fmt: skip
    """The post in which a person acts, their own before one they fill as a deputy; refused when they hold none.

    It is one of some roles in an office or one above it. With ``about`` a person who is recused from that case is
    refused too, and whoever acts for them; ``jointly`` lets in the offices that handle it together with the owner.
    The caller journals the post's ``holder``, so that what a deputy does stands under the absent person's name too.
    """
    me = posts_of(by, at)
    places = {office.pk, *parties.above(office.pk, me.today)}
    if jointly and about is not None:
        places |= joint_offices(about)
    fitting = [p for p in me.posts if p.role in roles and p.organisation in places]
    refuse_unless(
        fitting,
        _("您在%(office)s没有办理这件事的岗位") % {"office": office},
        remedy=_("请有该岗位的同事办理，或由安全管理员授予岗位"),
        code="no_post",
        status=403,
    )
    if about is None:
        return fitting[0]
    out = recused({by.pk, *(p.holder for p in fitting)}, about)
    free = [] if by.pk in out else [p for p in fitting if p.holder not in out]
    if not free:
        refuse_recused({by.pk, fitting[0].holder}, about)
    return free[0]


@transaction.atomic
def open_folder(
    *, title: str, owner: Organisation, direction: str, sheets: Iterable[Sheet], by: Person, at: datetime
) -> Folder:
    """Open a case in an office with the information it begins with."""
    post = refuse_without_post(owner, ("case_officer",), by=by, at=at)
    refuse_unless(title.strip(), _("案由不能为空"), remedy=_("填写案由"), code="title_missing")
    rows = list(sheets)
    refuse_unless(rows, _("没有选中信息，不能立空案"), remedy=_("在“风险信息”中选中作为依据的信息后立案"), code="no_information",
                  status=422)  # fmt: skip
    number = documents.record_number("RC", office=owner.code, at=at)
    folder = Folder.objects.create(
        number=number, title=title.strip(), owner=owner, officer=by, direction=direction, opened_at=at
    )
    _put_in(folder, rows, by=by, at=at)
    journalling.record_on_folder(
        folder,
        "folder.open",
        by=by,
        at=at,
        rule="own_area",
        content={"sheets": [s.pk for s in rows]},
        holder=post.holder,
    )
    return folder


@transaction.atomic
def enclose(folder: Folder, sheets: Iterable[Sheet], *, by: Person, at: datetime) -> None:
    """Put pieces of information, or duties that operators opened by themselves, into a case; they may lie in others too."""
    now = lock_open(folder)
    post = refuse_without_post(now.owner, ("case_officer", "registrar"), by=by, at=at, about=now, jointly=True)
    rows = list(sheets)
    _put_in(now, rows, by=by, at=at)
    _show(now, rows, by=by, at=at)
    journalling.record_on_folder(
        now, "folder.enclose", by=by, at=at, content={"sheets": [s.pk for s in rows]}, holder=post.holder
    )


def _show(folder: Folder, pieces: Iterable[Sheet], *, by: Person, at: datetime) -> None:
    """Let those who watch cases see what came into one."""
    for watch in watches():
        watch.enclosed(folder, pieces, by=by, at=at)


def _put_in(folder: Folder, pieces: list[Sheet], *, by: Person, at: datetime) -> None:
    sheets = list(Sheet.objects.select_for_update(of=("self",)).filter(pk__in=[s.pk for s in pieces]).order_by("pk"))
    for sheet in sheets:
        refuse_recused([by.pk], sheet)
        refuse_unless(
            sheet.destroyed_at is None,
            _("%(sheet)s已依法销毁") % {"sheet": sheet},
            remedy=_("去掉它后再试"),
            code="destroyed",
        )
        own_duty = sheet.kind == "duty" and sheet.folder_id is None
        refuse_unless(
            sheet.kind == "information" or own_duty,
            _("只有风险信息和企业自报的义务可以放入案卷"),
            remedy=_("去掉其他记录后再试"),
            code="not_information",
        )
        refuse_unless(
            sheet.stage not in ("out_of_scope", "transferred", "withdrawn"),
            _("%(sheet)s不能立案：它已不予受理、移送或撤回") % {"sheet": sheet},
            remedy=_("去掉它后再试"),
            rule=decree188.by_name("excluded_products"),
            code="not_enclosable",
        )
        guards.ask_before_enclosing(folder, sheet)
    Enclosure.objects.bulk_create(
        [Enclosure(folder=folder, sheet=s, put_in_by=by, put_in_at=at) for s in sheets], ignore_conflicts=True
    )


@transaction.atomic
def take_out(folder: Folder, sheet: Sheet, *, by: Person, at: datetime, reason: str) -> None:
    """Take a piece of information out of a case again; the record stays, and the act stands in the journal."""
    now = lock_open(folder)
    post = refuse_without_post(now.owner, ("case_officer",), by=by, at=at, about=now, jointly=True)
    used = Sheet.objects.filter(folder=now, causes=sheet).exists()
    refuse_unless(
        not used,
        _("本案已有记录以这条信息为依据，不能取出"),
        remedy=_("先撤销以它为依据的记录，或保留在案"),
        code="in_use",
    )
    count = Enclosure.objects.filter(folder=now, sheet=sheet, taken_out_at=None).update(
        taken_out_by=by, taken_out_at=at
    )
    refuse_unless(count, _("这条信息不在本案中"), remedy=_("刷新页面后查看"), code="not_enclosed", status=404)
    journalling.record_on_folder(
        now, "folder.take_out", by=by, at=at, content={"sheet": sheet.pk, "reason": reason}, holder=post.holder
    )


def lock_open(folder: Folder) -> Folder:
    """The folder as it is now, locked; refused unless open."""
    now = Folder.objects.select_for_update(of=("self",)).select_related("owner").get(pk=folder.pk)
    refuse_unless(
        now.state == Folder.State.OPEN,
        _("案卷%(number)s%(state)s，不能再办理") % {"number": now.number, "state": now.get_state_display()},
        remedy=_("先由原承办海关重新开启案卷"),
        code="folder_closed",
    )
    return now


@transaction.atomic
def close(folder: Folder, *, by: Person, at: datetime, summary: str) -> Folder:
    """Close a case; refused, with the whole list, while anything in it is open."""
    now = lock_open(folder)
    post = refuse_without_post(now.owner, ("case_officer", "decider"), by=by, at=at, about=now)
    refuse_unless(summary.strip(), _("结案须写明处理结果"), remedy=_("填写结案小结"), code="summary_missing")
    left = queries.keeps_open(now, at=at)
    if left:
        named = clauses(f"{item.what}{aside(item.why)}" for item in left[:8])
        raise Refusal(
            _("还有%(count)s项未办结：%(named)s") % {"count": len(left), "named": named},
            remedy=_("先办结这些事项再结案"),
            rule=decree188.by_name("classify_archive_count"),
            code="unfinished",
        )
    Folder.objects.filter(pk=now.pk).update(state=Folder.State.CLOSED, closed_at=at, closing_summary=summary.strip())
    journalling.record_on_folder(now, "folder.close", by=by, at=at, content={"summary": summary}, holder=post.holder)
    now.refresh_from_db()
    return now


@transaction.atomic
def reopen(folder: Folder, *, by: Person, at: datetime, reason: str) -> Folder:
    """Open a closed case again, with the reason."""
    now = Folder.objects.select_for_update(of=("self",)).select_related("owner").get(pk=folder.pk)
    post = refuse_without_post(now.owner, ("case_officer", "decider"), by=by, at=at, about=now)
    refuse_unless(
        now.state == Folder.State.CLOSED,
        _("只有已结案、未归档的案卷可以重新开启"),
        remedy=_("办理中的不必开启；已归档的，另行登记一条信息"),
        code="not_closed",
    )
    refuse_unless(reason.strip(), _("重新开启须写明理由"), remedy=_("填写理由"), code="reason_missing")
    Folder.objects.filter(pk=now.pk).update(state=Folder.State.OPEN, closed_at=None)
    journalling.record_on_folder(now, "folder.reopen", by=by, at=at, content={"reason": reason}, holder=post.holder)
    now.refresh_from_db()
    return now


@transaction.atomic
def merge(folder: Folder, into: Folder, *, by: Person, at: datetime, reason: str) -> None:
    """Merge a case into another. Nothing moves: the folder points to the other, and both journals say so."""
    first, second = sorted((folder.pk, into.pk))
    refuse_unless(first != second, _("案卷不能并入自己"), remedy=_("改选另一件案卷"), code="same_folder")
    list(Folder.objects.select_for_update().filter(pk__in=[first, second]).order_by("pk"))
    now, target = lock_open(folder), lock_open(into)
    post = refuse_without_post(now.owner, ("case_officer",), by=by, at=at, about=now)
    there = refuse_without_post(target.owner, ("case_officer",), by=by, at=at, about=target)
    refuse_unless(now.merged_into_id is None, _("案卷已并入其他案卷"), remedy=_("先撤销原来的合并"), code="merged")
    refuse_unless(target.merged_into_id is None, _("目标案卷已并入其他案卷"), remedy=_("改选最终的案卷"), code="merged")
    Folder.objects.filter(pk=now.pk).update(merged_into=target)
    _show(target, Sheet.objects.filter(pk__in=families.enclosed(families.merged_in(now.pk))), by=by, at=at)
    journalling.record_on_folder(
        now, "folder.merge", by=by, at=at, content={"into": target.pk, "reason": reason}, holder=post.holder
    )
    journalling.record_on_folder(
        target, "folder.take_in", by=by, at=at, content={"from": now.pk, "reason": reason}, holder=there.holder
    )


@transaction.atomic
def unmerge(folder: Folder, *, by: Person, at: datetime, reason: str) -> None:
    """Undo a merge; both cases are as before."""
    now = lock_open(folder)
    post = refuse_without_post(now.owner, ("case_officer",), by=by, at=at, about=now)
    target = now.merged_into
    refuse_unless(target is not None, _("案卷没有合并"), remedy=_("刷新页面后查看"), code="not_merged")
    assert target is not None
    Folder.objects.filter(pk=now.pk).update(merged_into=None)
    journalling.record_on_folder(
        now, "folder.unmerge", by=by, at=at, content={"from": target.pk, "reason": reason}, holder=post.holder
    )
    journalling.record_on_folder(
        target, "folder.let_go", by=by, at=at, content={"folder": now.pk, "reason": reason}, holder=post.holder
    )


@transaction.atomic
def recuse(folder: Folder, person: Person, *, by: Person, at: datetime, reason: str) -> None:
    """Keep a person out of a case: they themselves say so, or a supervisor orders it."""
    now = lock_open(folder)
    holder = by.pk
    if by.pk != person.pk:
        holder = refuse_without_post(now.owner, ("supervisor", "decider"), by=by, at=at, about=now).holder
    refuse_unless(reason.strip(), _("回避须写明理由"), remedy=_("填写理由"), code="reason_missing")
    Recusal.objects.get_or_create(folder=now, person=person, defaults={"reason": reason, "since": at})
    journalling.record_on_folder(
        now,
        "folder.recuse",
        by=by,
        at=at,
        rule="officers",
        content={"person": person.pk, "reason": reason},
        holder=holder,
    )


@transaction.atomic
def end_joint(folder: Folder, office: Organisation, *, by: Person, at: datetime, reason: str) -> Folder:
    """End joint handling with an office: its owner says so, or the office leaves by itself. What it did stays."""
    now = lock_open(folder)
    row = JointOffice.objects.select_related("office").filter(folder=now, office=office, until=None).first()
    refuse_unless(
        row is not None,
        _("%(office)s没有共同办理本案") % {"office": office},
        remedy=_("改选正在共同办理的海关"),
        code="not_joint",
        status=404,
    )
    mine = {p.organisation for p in posts_of(by, at).posts if p.role == "case_officer"}
    leader = office if office.pk in mine else now.owner
    post = refuse_without_post(leader, ("case_officer",), by=by, at=at, about=now)
    refuse_unless(reason.strip(), _("结束共同办理须写明理由"), remedy=_("填写理由"), code="reason_missing")
    JointOffice.objects.filter(folder=now, office=office, until=None).update(until=at)
    outbox.tell([now.owner, office], subject=sentence("共同办理已结束：%(number)s", number=now.number), at=at)
    journalling.record_on_folder(
        now,
        "folder.end_joint",
        by=by,
        at=at,
        rule="own_area",
        content={"office": office.code, "reason": reason},
        holder=post.holder,
    )
    return now


@transaction.atomic
def amend(
    sheet: Sheet,
    changes: dict[str, tuple[Any, Any]],
    *,
    by: Person,
    at: datetime,
    reason: str,
    holder: int | None = None,
) -> None:
    """Journal a mended typing error: old and new value stand side by side, and the sheet's version rises.

    The room that owns the field calls this in the transaction that changes it.
    """
    refuse_unless(reason.strip(), _("更正须写明理由"), remedy=_("填写理由"), code="reason_missing")
    now = lock(sheet)
    refuse_recused([by.pk], now)
    Sheet.objects.filter(pk=now.pk).update(version=now.version + 1, moved_by=by, moved_at=at)
    index_words([now.pk])
    shown = {field: {"from": old, "to": new} for field, (old, new) in changes.items()}
    journalling.record(now, f"{now.kind}.amend", by=by, at=at, content={"changes": shown, "reason": reason},
                       holder=holder)  # fmt: skip
