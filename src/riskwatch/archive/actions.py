"""Filing, reclassing, holding, appraising, sparing and destroying archived records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.records import retention
from riskwatch.archive import destruction, packing
from riskwatch.archive.models import ArchiveItem
from riskwatch.case import deadlines, journalling, lifecycle
from riskwatch.case.actions import refuse_without_post
from riskwatch.case.lifecycle import advance
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.sheets import Plan, begin
from riskwatch.documents import actions as documents
from riskwatch.documents.models import Attachment
from riskwatch.parties.models import Person
from riskwatch.refusals import refuse_unless

SETTLED = ("entered", "refuted", "unverifiable", "out_of_scope", "transferred", "withdrawn")


@transaction.atomic
def file_folder(folder: Folder, *, by: Person, at: datetime, retention_class: str) -> Sheet:
    """Archive a closed case: a package that verifies alone, a class, a day until which it is kept."""
    now = Folder.objects.select_for_update(of=("self",)).select_related("owner").get(pk=folder.pk)
    refuse_unless(now.state == Folder.State.CLOSED, _("只有已结案的案卷可以归档"), remedy=_("先结案"),
                  rule=decree188.by_name("classify_archive_count"), code="not_closed")  # fmt: skip
    assert now.closed_at is not None
    about = {"folder": now.number, "title": now.title, "owner": now.owner.code, "summary": now.closing_summary}
    body = packing.package(packing.sheets_of(now), packing.strands_of(now), about)
    sheet = _file(now.title, now.owner, retention_class, now.closed_at, body, by=by, at=at, folder=now)
    Folder.objects.filter(pk=now.pk).update(state=Folder.State.ARCHIVED)
    journalling.record_on_folder(now, "folder.archive", by=by, at=at, rule="classify_archive_count",
                                 content={"class": retention_class, "item": sheet.pk})  # fmt: skip
    return sheet


@transaction.atomic
def file_information(information: Sheet, *, by: Person, at: datetime, retention_class: str) -> Sheet:
    """Archive a settled piece of information that lies in no case."""
    refuse_unless(information.stage in SETTLED, _("这条信息尚未办结"), remedy=_("先办结再归档"), code="unsettled")
    refuse_unless(
        not information.enclosures.filter(taken_out_at=None).exists(),
        _("这条信息随案卷归档"),
        remedy=_("请将所在案卷归档"),
        code="in_case",
    )
    refuse_unless(
        not ArchiveItem.objects.filter(holds_sheet=information).exists(),
        _("已经归档"),
        remedy=_("不必再办理"),
        code="archived",
    )
    about = {"information": information.number, "title": information.title, "owner": information.owner.code}
    body = packing.package(packing.with_attached(information), [information.strand], about)
    Sheet.objects.filter(pk=information.pk).update(archived_at=at)
    return _file(
        information.title,
        information.owner,
        retention_class,
        information.moved_at,
        body,
        by=by,
        at=at,
        sheet=information,
    )


def _file(
    title: str, owner: Any, retention_class: str, closed_at: datetime, body: bytes, *, by: Person, at: datetime,
    folder: Folder | None = None, sheet: Sheet | None = None,
) -> Sheet:  # fmt: skip
    from hashlib import sha256

    closed_on = shanghai_date(closed_at)
    digest = sha256(body).hexdigest()
    documents._write(documents.path_of(digest), body)
    parcel = Attachment.objects.create(sha256=digest, size=len(body), media_type="application/zip", name=f"{title[:60]}.zip",
                                       purpose="archive", stored_by=by, stored_at=at)  # fmt: skip
    plan = Plan(kind="archive_item", title=title, owner=owner, number=documents.record_number("AR", office=owner.code, at=at),
                causes=(sheet,) if sheet else ())  # fmt: skip
    item = begin(plan, "file", by=by, at=at, content={"class": retention_class, "package": digest})
    ArchiveItem.objects.create(sheet=item, holds_folder=folder, holds_sheet=sheet, retention=retention_class, closed_on=closed_on,
                               keep_until=_keep_until(closed_on, retention_class), package=parcel)  # fmt: skip
    return item


def _keep_until(closed_on: Any, retention_class: str) -> Any:
    return retention(closed_on, retention_class, long_term_years=deadlines.limit("archive_long_term", closed_on).length)


@transaction.atomic
def reclass(sheet: Sheet, *, by: Person, at: datetime, retention_class: str, reason: str) -> Sheet:
    """Move an item to another class, for example a typical case to permanent."""
    post = refuse_without_post(sheet.owner, ("archivist",), by=by, at=at)
    row = ArchiveItem.objects.select_for_update().get(pk=sheet.pk)
    refuse_unless(
        sheet.stage == "kept", _("已进入鉴定销毁程序，不能改类"), remedy=_("先办理不予销毁"), code="condemned"
    )
    ArchiveItem.objects.filter(pk=row.pk).update(
        retention=retention_class, keep_until=_keep_until(row.closed_on, retention_class)
    )
    journalling.record(sheet, "archive_item.reclass", by=by, at=at, rule="retention",
                       content={"from": row.retention, "to": retention_class, "reason": reason}, holder=post.holder)  # fmt: skip
    return sheet


@transaction.atomic
def hold(sheet: Sheet, *, by: Person, at: datetime, on_hold: bool, reason: str) -> Sheet:
    """Put an item on legal hold, or take it off."""
    lifecycle.hold(sheet)
    post = refuse_without_post(sheet.owner, ("archivist", "supervisor"), by=by, at=at)
    ArchiveItem.objects.filter(pk=sheet.pk).update(on_hold=on_hold, hold_reason=reason if on_hold else "")
    journalling.record(
        sheet, "archive_item.hold", by=by, at=at, content={"on": on_hold, "reason": reason}, holder=post.holder
    )
    return sheet


@transaction.atomic
def appraise(sheet: Sheet, *, by: Person, at: datetime, destroy: bool, appraisal: str, more_years: int = 3) -> Sheet:
    """Appraise an item whose term is over: keep it longer, or propose its destruction."""
    row = ArchiveItem.objects.select_for_update().get(pk=sheet.pk)
    _refuse_kept(row, at=at)
    ArchiveItem.objects.filter(pk=row.pk).update(appraisal=appraisal)
    if not destroy:
        from decree188.calendar import add_years

        assert row.keep_until is not None
        ArchiveItem.objects.filter(pk=row.pk).update(keep_until=add_years(row.keep_until, more_years))
    return advance(
        sheet, "appraise_destroy" if destroy else "appraise_keep", by=by, at=at, content={"appraisal": appraisal}
    )


def _refuse_kept(row: ArchiveItem, *, at: datetime) -> None:
    law = decree188.by_name("retention")
    refuse_unless(
        not row.on_hold,
        _("档案已被冻结：%(why)s") % {"why": row.hold_reason},
        remedy=_("先解除冻结"),
        rule=law,
        code="on_hold",
    )
    refuse_unless(
        row.keep_until is not None,
        _("永久保存的档案不能销毁"),
        remedy=_("确需销毁的，先鉴定改定保存期限"),
        rule=law,
        code="permanent",
    )
    refuse_unless(row.keep_until is not None and shanghai_date(at) > row.keep_until, _("保存期限至%(day)s，尚未届满") % {"day": row.keep_until}, remedy=_("届满后再鉴定"),
                  rule=law, code="too_early")  # fmt: skip


@transaction.atomic
def approve_destruction(sheet: Sheet, *, by: Person, at: datetime, remark: str = "") -> Sheet:
    """The first of two approvals."""
    _refuse_kept(ArchiveItem.objects.get(pk=sheet.pk), at=at)
    return advance(sheet, "approve_destroy", by=by, at=at, content={"remark": remark})


@transaction.atomic
def destroy(sheet: Sheet, *, by: Person, at: datetime, remark: str = "") -> Sheet:
    """The second approval: every word, file and identity is destroyed; entries stay and verify; a certificate remains.

    What also lies in another case, or is kept as an item of its own, stays whole.
    """
    row = (
        ArchiveItem.objects.select_for_update(of=("self",))
        .select_related("holds_folder", "holds_sheet", "package", "sheet")
        .get(pk=sheet.pk)
    )
    _refuse_kept(row, at=at)
    destruction.refuse_shared(row)
    advance(sheet, "destroy", by=by, at=at, content={"remark": remark})
    certificate = destruction.destroy_contents(row, by=by, at=at)
    ArchiveItem.objects.filter(pk=row.pk).update(destroyed_at=at, certificate=certificate)
    sheet.refresh_from_db()
    return sheet


@transaction.atomic
def spare(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Do not destroy after all."""
    return advance(sheet, "spare", by=by, at=at, content={"reason": reason})
