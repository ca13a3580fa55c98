"""What an archived item holds, and destroying it: rows, words, identities, files and journal contents, nothing shared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

import decree188
from riskwatch.archive.models import ArchiveItem
from riskwatch.archive.ports import holdings
from riskwatch.case import families
from riskwatch.case.holdings import GONE, destroy_folder
from riskwatch.case.models import Cause, Enclosure, Folder, Sheet
from riskwatch.documents import actions as documents
from riskwatch.journal import actions as journal
from riskwatch.journal.models import Entry
from riskwatch.look.words import listed
from riskwatch.parties.models import Person
from riskwatch.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Contents:
    """The folders and sheets of an item, and the pieces among them that something else still keeps."""

    folders: list[Folder]
    sheets: list[Sheet]
    spared: list[Sheet]


def contents_of(row: ArchiveItem) -> Contents:
    """What an item holds, and what of it must stay because another case or another item keeps it."""
    if row.holds_folder_id is None:
        assert row.holds_sheet_id is not None
        return _pieces([], [row.holds_sheet_id], row)
    kept_apart = ArchiveItem.objects.filter(destroyed_at=None).exclude(pk=row.pk).exclude(holds_folder=None)
    folders = Folder.objects.filter(pk__in=families.merged_in(row.holds_folder_id))
    folders = folders.exclude(pk__in=kept_apart.values("holds_folder")).order_by("pk")
    return _pieces(list(folders), families.enclosed(f.pk for f in folders), row)


def _pieces(folders: list[Folder], pieces: list[int], row: ArchiveItem) -> Contents:
    keys = {f.pk for f in folders}
    elsewhere = Enclosure.objects.filter(sheet__in=pieces, taken_out_at=None).exclude(folder__in=keys)
    elsewhere = elsewhere.exclude(folder__state=Folder.State.DESTROYED)
    items = ArchiveItem.objects.filter(holds_sheet__in=pieces, destroyed_at=None).exclude(pk=row.pk)
    kept = set(elsewhere.values_list("sheet", flat=True)) | set(items.values_list("holds_sheet", flat=True))
    own = Sheet.objects.filter(folder__in=keys).values_list("pk", flat=True)
    going = {*own, *pieces} - kept
    going |= _hanging_only_on(going)
    rows = Sheet.objects.exclude(kind="archive_item").filter(destroyed_at=None).order_by("pk")
    return Contents(folders, list(rows.filter(pk__in=going)), list(rows.filter(pk__in=kept)))


def _hanging_only_on(going: set[int]) -> set[int]:
    """What hangs on the pieces that go; the report of a batch stays as long as any of its pieces does."""
    attached = set(families.attached(going))
    staying = Cause.objects.filter(effect__in=attached, cause__destroyed_at=None).exclude(cause__in=going)
    return attached - set(staying.values_list("effect", flat=True))


def refuse_shared(row: ArchiveItem) -> None:
    """A single piece that lies in a case is kept as long as the case."""
    if row.holds_sheet_id is None or not contents_of(row).spared:
        return
    where = Folder.objects.filter(enclosures__sheet=row.holds_sheet_id, enclosures__taken_out_at=None)
    numbers = listed(where.exclude(state=Folder.State.DESTROYED).values_list("number", flat=True)[:5])
    raise Refusal(
        _("这条信息还在案卷%(numbers)s中，不能销毁") % {"numbers": numbers},
        remedy=_("办理“不予销毁”，或待该案卷销毁后再办理"),
        rule=decree188.by_name("retention"),
        code="in_case",
    )


def destroy_contents(row: ArchiveItem, *, by: Person, at: datetime) -> dict[str, Any]:
    """Destroy what an item holds and return the certificate: counts and hashes, no word of what was said."""
    held = contents_of(row)
    locked = Sheet.objects.select_for_update(of=("self",)).filter(pk__in=[s.pk for s in held.sheets]).order_by("pk")
    sheets = list(locked)
    people = _people(row)
    files = sum(_destroy_files(sheet, at=at) for sheet in sheets)
    for sheet in sheets:
        for holding in holdings():
            holding.destroy(sheet, at=at)
    for folder in held.folders:
        destroy_folder(folder)
    if row.package:
        documents.destroy(row.package, at=at)
    _bury_title(row)
    strands = sorted({s.strand for s in sheets} | {f.strand for f in held.folders} | {f"sheet:{row.pk}"})
    contents = sum(journal.destroy_payloads(key, by=by, at=at, reason=row.appraisal) for key in strands)
    return {"item": row.sheet.number, "at": at.isoformat(), "by": str(by), **people,
            "package": row.package.sha256 if row.package else "", "records": len(sheets), "spared": len(held.spared),
            "files": files, "journal_contents": contents}  # fmt: skip


def _people(row: ArchiveItem) -> dict[str, str]:
    """Who appraised and who approved first, for the certificate."""
    acts = {"appraised_by": "archive_item.appraise_destroy", "approved_by": "archive_item.approve_destroy"}
    found: dict[str, str] = {}
    for name, act in acts.items():
        entry = Entry.objects.filter(sheet_id=row.pk, act=act).select_related("actor").order_by("-pk").first()
        found[name] = str(entry.actor) if entry else ""
    return found


def _destroy_files(sheet: Sheet, *, at: datetime) -> int:
    files = [f.attachment for f in sheet.files.select_related("attachment")]
    for file in files:
        documents.destroy(file, at=at)
    return len(files) + documents.destroy_papers(sheet.pk, at=at)


def _bury_title(row: ArchiveItem) -> None:
    """The item itself stays, without the title of what it held."""
    Sheet.objects.filter(pk=row.pk).update(title=GONE, words="", tokens=None)
