"""Records and cases over the API: what waits, lists, one record or case with its course, and every act on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI

from decree188.calendar import shanghai_date
from riskwatch.case import desk, queries
from riskwatch.case.access import depth, folders_visible, visible
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.sharing import files_shown
from riskwatch.case.standing import binding_on, late_on
from riskwatch.case.steps import MEASURES
from riskwatch.case.views import papers_shown
from riskwatch.doors.api import acts
from riskwatch.doors.api.shapes import (
    EntryOut,
    FolderFull,
    FolderOut,
    Limit,
    Offset,
    SheetFull,
    SheetOut,
    entry_of,
    folder_of,
    sheets_of,
    short,
)
from riskwatch.journal.queries import course, course_of_sheet
from riskwatch.refusals import Refusal


def seen_sheet(request: Any, pk: int) -> Sheet:
    """A record that the caller may see; else it is not there."""
    rows = Sheet.objects.select_related("owner", "folder", "handler")
    return get_object_or_404(visible(rows, to=request.auth, at=timezone.now()), pk=pk)


def seen_folder(request: Any, pk: int) -> Folder:
    """A case that the caller may see; else it is not there."""
    rows = Folder.objects.select_related("owner", "officer")
    return get_object_or_404(folders_visible(rows, to=request.auth, at=timezone.now()), pk=pk)


GONE: dict[str, Any] = {"depth": "", "folder": None, "in_folders": [], "handler": "", "facts": [], "files": [], "papers": [], "causes": [], "effects": [],
        "acts": []}  # fmt: skip


def _inbox(request: Any, offset: Offset = 0, limit: Limit = 50) -> Any:
    at = timezone.now()
    return sheets_of(request, queries.inbox(posts_of(request.auth, at), at=at), offset, limit)


def _overdue(request: Any, offset: Offset = 0, limit: Limit = 50) -> Any:
    today = shanghai_date(timezone.now())
    rows = visible(Sheet.objects.filter(late_on(today)), to=request.auth, at=timezone.now())
    return sheets_of(request, rows.order_by("due_on", "pk"), offset, limit)


def _sheets(request: Any, q: str = "", kind: str = "", offset: Offset = 0, limit: Limit = 50) -> Any:
    at = timezone.now()
    rows = (
        queries.search(q, to=request.auth, at=at)
        if q
        else visible(Sheet.objects.order_by("-made_at", "-pk"), to=request.auth, at=at)
    )
    return sheets_of(request, rows.filter(kind=kind) if kind else rows, offset, limit)


def _measures(request: Any, all: bool = False, offset: Offset = 0, limit: Limit = 50) -> Any:
    at = timezone.now()
    rows = visible(Sheet.objects.filter(kind__in=MEASURES), to=request.auth, at=at)
    rows = rows if all else rows.filter(binding_on(shanghai_date(at)))
    return sheets_of(request, rows.order_by("ends_on", "-made_at", "pk"), offset, limit)


def _filings(request: Any, offset: Offset = 0, limit: Limit = 50) -> Any:
    rows = Sheet.objects.filter(kind="filing").exclude(stage="receipted")
    rows = visible(rows, to=request.auth, at=timezone.now())
    return sheets_of(request, rows.order_by("due_on", "pk"), offset, limit)


def full(request: Any, row: Sheet) -> dict[str, Any]:
    """A record at the caller's depth, with its files, papers, neighbours and the acts that may be taken now."""
    at = timezone.now()
    me = posts_of(request.auth, at)
    seen = depth(row, to=request.auth, at=at) or ""
    mine = {p.organisation for p in me.posts}
    causes, effects = queries.chain(row)
    near = Sheet.objects.filter(pk__in=[s.pk for s in (*causes, *effects)])
    known = set(visible(near, to=request.auth, at=at).values_list("pk", flat=True))
    folders = folders_visible(Folder.objects.all(), to=request.auth, at=at)
    lies_in = folders.filter(enclosures__sheet=row, enclosures__taken_out_at=None)
    facts = desk.facts(row, seen, organisations=mine)
    return short(row, me.today, filed=seen == "filed") | {
        "depth": seen, "facts": [{"label": str(f.label), "value": str(f.value)} for f in facts],
        "folder": folders.filter(pk=row.folder_id or 0).values_list("pk", flat=True).first(),
        "in_folders": sorted(set(lies_in.values_list("pk", flat=True))),
        "handler": str(row.handler or "") if seen == "full" else "",
        "files": [_file(f) for f in files_shown(row, seen, to=request.auth, at=at)],
        "papers": [_paper(p) for p in papers_shown(row, seen, mine)],
        "causes": [s.pk for s in causes if s.pk in known], "effects": [s.pk for s in effects if s.pk in known],
        "acts": [a.key for a in desk.offered(row, me, at)],
    }  # fmt: skip


def _file(row: Any) -> dict[str, Any]:
    a = row.attachment
    return {"id": row.pk, "name": a.name, "media_type": a.media_type, "size": a.size, "sha256": a.sha256}


def _paper(row: Any) -> dict[str, Any]:
    return {"id": str(row.pk), "kind": row.kind, "number": row.number, "version": row.version, "sha256": row.sha256}


def _sheet(request: Any, pk: int) -> Any:
    return full(request, seen_sheet(request, pk))


def _sheet_course(request: Any, pk: int, offset: Offset = 0, limit: Limit = 50) -> Any:
    row = seen_sheet(request, pk)
    if depth(row, to=request.auth, at=timezone.now()) != "full":
        raise Refusal(_("办理经过只供承办海关查看"), remedy=_("查看这份记录的内容和状态"), code="not_full", status=403)
    return [entry_of(e) for e in course_of_sheet(row.pk)[offset : offset + limit]]


def _folders(request: Any, q: str = "", state: str = "", offset: Offset = 0, limit: Limit = 50) -> Any:
    at = timezone.now()
    rows = (
        queries.search_folders(q, to=request.auth, at=at)
        if q
        else folders_visible(Folder.objects.select_related("owner").order_by("-opened_at"), to=request.auth, at=at)
    )
    rows = rows.filter(state=state) if state else rows
    return [folder_of(f) for f in rows[offset : offset + limit]]


def _inside(request: Any, row: Folder) -> list[Sheet]:
    rows = visible(queries.of_folder(row), to=request.auth, at=timezone.now())
    return list(rows.order_by("made_at", "pk").distinct())


def _folder(request: Any, pk: int) -> Any:
    at = timezone.now()
    row = seen_folder(request, pk)
    me = posts_of(request.auth, at)
    left = queries.keeps_open(row, at=at) if row.state == Folder.State.OPEN else []
    known = set(folders_visible(Folder.objects.filter(pk__in=[row.merged_into_id or 0, row.split_from_id or 0]), to=request.auth, at=at)
                .values_list("pk", flat=True))  # fmt: skip
    return folder_of(row) | {
        "officer": str(row.officer), "opened_at": row.opened_at,
        "merged_into": row.merged_into_id if row.merged_into_id in known else None,
        "split_from": row.split_from_id if row.split_from_id in known else None,
        "joint": list(row.joint_offices.filter(until=None).values_list("office__code", flat=True)),
        "sheets": [short(s, me.today) for s in _inside(request, row)],
        "left": [{"sheet": i.sheet.pk if i.sheet else None, "what": i.what, "why": i.why} for i in left],
        "acts": [a.key for a in desk.offered(row, me, at)],
    }  # fmt: skip


def _folder_course(request: Any, pk: int, offset: Offset = 0, limit: Limit = 50) -> Any:
    row = seen_folder(request, pk)
    entries = course(row.strand, *(s.strand for s in _inside(request, row)))
    return [entry_of(e) for e in entries[offset : offset + limit]]


def take_on_sheet(request: Any, pk: int, one: desk.Act, body: Any) -> Any:
    """Take an act on a record; what it made, or the record, is the answer, where the caller may still see it."""
    row = seen_sheet(request, pk)
    result = take(request, row, one, body, timezone.now())
    keys = [result.pk, pk] if isinstance(result, Sheet) else [pk]
    rows = visible(Sheet.objects.select_related("owner", "folder", "handler"), to=request.auth, at=timezone.now())
    found = rows.in_bulk(keys)
    shown = next((found[k] for k in keys if k in found), None)
    # What was done may take the record out of the caller's sight, a transfer for one: then its key is all there is to say.
    return full(request, shown) if shown else short(row, shanghai_date(timezone.now()), filed=True) | GONE


def take_on_folder(request: Any, pk: int, one: desk.Act, body: Any) -> Any:
    """Take an act on a case."""
    row = seen_folder(request, pk)
    result = take(request, row, one, body, timezone.now())
    row.refresh_from_db()
    return folder_of(row) | {"made": result.pk if isinstance(result, Sheet) else None}


def take(request: Any, subject: Any, one: desk.Act, body: Any, at: datetime) -> Any:
    """Take an act with a body's fields, files and version, exactly as its page does."""
    said = acts.said_of(body)
    form = one.bind(said, acts.files_of(body), subject=subject, by=request.auth, at=at)
    misplaced = {name: _("这里不需要这一项") for name in said if name not in form.fields}
    wrong = misplaced or {k: " ".join(str(e) for e in v) for k, v in form.errors.items()}
    if wrong:
        raise Refusal(_("填写有误"), remedy=_("改正后再提交"), code="wrong_fields", status=422, fields=wrong)
    return desk.take(one, subject, form=form, by=request.auth, at=at, expected_version=body.version)


def lay(api: NinjaAPI, faults: Any) -> None:
    """Lay the reads."""
    many: Any = {200: list[SheetOut], **faults}
    reads: tuple[tuple[str, Any, Any, str], ...] = (
        ("/inbox", many, _inbox, "What waits for the caller, overdue first · 待办，逾期在前"),
        ("/overdue", many, _overdue, "Everything overdue that the caller may see, the longest first · 逾期事项"),
        ("/sheets", many, _sheets, "Records the caller may see; with q, those that hold the words · 可查看的记录"),
        ("/sheets/{pk}", {200: SheetFull, **faults}, _sheet, "One record at the caller's depth · 一份记录"),
        ("/sheets/{pk}/course", {200: list[EntryOut], **faults}, _sheet_course, "What was done with a record · 记录的办理经过"),
        ("/measures", many, _measures, "Measures; those in force unless all is asked · 措施"),
        ("/filings", many, _filings, "Filings that are not receipted · 未办结的备案"),
        ("/folders", {200: list[FolderOut], **faults}, _folders, "Cases the caller may see · 案卷"),
        ("/folders/{pk}", {200: FolderFull, **faults}, _folder, "One case with its records and what keeps it open · 一件案卷"),
        ("/folders/{pk}/course", {200: list[EntryOut], **faults}, _folder_course, "What was done in a case · 案卷的办理经过"),
    )  # fmt: skip
    for path, response, view, summary in reads:
        api.get(path, response=response, summary=summary, tags=["read"])(view)
