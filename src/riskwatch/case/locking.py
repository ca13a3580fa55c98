"""Locking a sheet before it is changed: folder, what it rests on, itself, always in this order; refused when it is shut."""

from __future__ import annotations

from django.utils.translation import gettext as _

import decree188
from riskwatch.case import families
from riskwatch.case.models import Cause, Folder, Sheet
from riskwatch.refusals import Refusal

# A verification at these stages moves its information with it.
UNDER_WAY = ("assigned", "reported")


def _locked(sheet: Sheet) -> tuple[Folder | None, Sheet]:
    """Folder, what the sheet rests on outside any folder, then the sheet: in this order everywhere, so nobody waits in a ring."""
    own = Folder.objects.select_for_update().get(pk=sheet.folder_id) if sheet.folder_id else None
    if sheet.kind == "verification" and sheet.stage in UNDER_WAY:
        causes = Cause.objects.filter(effect=sheet.pk).values("cause")
        list(Sheet.objects.select_for_update(of=("self",)).filter(pk__in=causes).order_by("pk").only("pk"))
    rows = Sheet.objects.select_for_update(of=("self",)).select_related("moved_by", "owner")
    return own, rows.get(pk=sheet.pk)


def hold(sheet: Sheet) -> Sheet:
    """The sheet as it is now, its folder and itself locked until the transaction ends, whatever state they are in."""
    return _locked(sheet)[1]


def lock(sheet: Sheet) -> Sheet:
    """The sheet as it is now, its folder and itself locked until the transaction ends; refused when it is shut."""
    own, locked = _locked(sheet)
    locked.folder = own
    refuse_shut(locked)
    return locked


def refuse_shut(sheet: Sheet) -> None:
    """Refuse to change what is destroyed or archived, or lies only in cases that are closed."""
    if sheet.destroyed_at or sheet.archived_at:
        done = _("已依法销毁") if sheet.destroyed_at else _("已归档")
        raise Refusal(
            _("%(sheet)s%(done)s，内容不能再改动") % {"sheet": sheet, "done": done},
            remedy=_("有新的情况，另行登记一条信息"),
            rule=decree188.by_name("classify_archive_count"),
            code="archived",
        )
    folder = _shut_folder(sheet)
    if folder is not None:
        raise Refusal(
            _("案卷%(number)s%(state)s，不能再办理") % {"number": folder.number, "state": folder.get_state_display()},
            remedy=_("先由原承办海关重新开启案卷；已归档的，另行登记一条信息"),
            code="folder_closed",
        )


def _shut_folder(sheet: Sheet) -> Folder | None:
    """The folder that shuts a sheet: its own when it is not open; for one that lies in cases, the last when none is."""
    if sheet.folder is not None:
        return None if sheet.folder.state == Folder.State.OPEN else sheet.folder
    lies_in = Folder.objects.filter(enclosures__sheet=sheet.pk, enclosures__taken_out_at=None).order_by("-pk")
    rows = list(lies_in)
    roots = Folder.objects.filter(pk__in=[families.root_of(f.pk) for f in rows if f.merged_into_id])
    if any(f.state == Folder.State.OPEN for f in (*rows, *roots)):
        return None
    return rows[0] if rows else None
