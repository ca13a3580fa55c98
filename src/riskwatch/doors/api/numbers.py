"""Numbers and files over the API: the register's statistics, what waits for the archivist, what collected files brought."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema

from decree188.calendar import shanghai_date
from riskwatch.archive import exports
from riskwatch.archive import queries as archive
from riskwatch.case.access import reader
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.views import _bytes
from riskwatch.collection import queries as collection
from riskwatch.collection.models import SourceFile
from riskwatch.doors.api.papers import bytes_of
from riskwatch.doors.api.shapes import FolderOut, Limit, SheetOut, folder_of, sheets_of
from riskwatch.parties.models import Organisation
from riskwatch.refusals import Refusal, refuse_unless

YEAR = timedelta(days=364)
By = Literal["received", "event"]


class RowOut(Schema):
    code: str
    words: str
    received: int
    verified: int


class StatisticsOut(Schema):
    """The register of a span of days, for what the caller reaches."""

    since: date
    until: date
    by: str
    office: str
    received: int
    verified: int
    months: list[RowOut]
    tables: dict[str, list[RowOut]]


class StageOut(Schema):
    kind: str
    stage: str
    count: int


class ArchiveOut(Schema):
    """What waits for an archivist: closed cases to file, kept items whose term is over."""

    to_file: list[FolderOut]
    to_appraise: list[SheetOut]


class SourceFileOut(Schema):
    id: int
    name: str
    source: str
    office: str
    rows: int
    added: int
    known: int
    renewed: int
    bad: int
    waiting: int
    done_at: datetime | None
    bad_rows: list[dict[str, str]]


def _counters_only(request: Any) -> None:
    """Offices and centres count their own area; others read what is released."""
    posts = posts_of(request.auth, timezone.now()).posts
    refuse_unless(any(p.kind in ("office", "centre") for p in posts), _("统计供海关和监测中心使用"), remedy=_("请查看公布的统计"),
                  code="no_post", status=403)  # fmt: skip


def _counted(request: Any, since: date | None, until: date | None, by: str, office: str) -> archive.Statistics:
    _counters_only(request)
    at = timezone.now()
    last = until or shanghai_date(at)
    first = since or last - YEAR
    if first > last:
        raise Refusal(
            _("截止日期早于开始日期"),
            remedy=_("改正日期后再提交"),
            code="wrong_fields",
            status=422,
            fields={"until": str(last)},
        )
    chosen: Organisation | None = None
    if office:
        chosen = get_object_or_404(archive.offices_in_reach(request.auth, at), code=office)
    return archive.statistics(to=request.auth, at=at, since=first, until=last, office=chosen, by=by)


def _statistics(
    request: Any, since: date | None = None, until: date | None = None, by: By = "received", office: str = ""
) -> Any:
    found = _counted(request, since, until, by, office)
    return {"since": found.since, "until": found.until, "by": found.by, "office": found.office.code if found.office else "",
            "received": found.received, "verified": found.verified, "months": found.months, "tables": found.tables}  # fmt: skip


def _statistics_csv(
    request: Any, since: date | None = None, until: date | None = None, by: By = "received", office: str = ""
) -> Any:
    found = _counted(request, since, until, by, office)
    return _bytes(
        exports.as_csv(found), "text/csv; charset=utf-8", f"statistics-{found.since}-{found.until}.csv", inline=False
    )


def _statistics_xlsx(
    request: Any, since: date | None = None, until: date | None = None, by: By = "received", office: str = ""
) -> Any:
    found = _counted(request, since, until, by, office)
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _bytes(exports.as_xlsx(found), media, f"statistics-{found.since}-{found.until}.xlsx", inline=False)


def _stages(request: Any) -> Any:
    _counters_only(request)
    found = archive.by_stage(to=request.auth, at=timezone.now())
    return [{"kind": kind, "stage": stage, "count": n} for kind, stage, n in found]


def _archive(request: Any, limit: Limit = 50) -> Any:
    _counters_only(request)
    at = timezone.now()
    closed = archive.to_file(to=request.auth, at=at)[:limit]
    return {"to_file": [folder_of(f) for f in closed],
            "to_appraise": sheets_of(request, archive.to_appraise(to=request.auth, at=at), 0, limit)}  # fmt: skip


def _files(request: Any) -> Any:
    return [
        _file_of(request, f, bad=False) for f in collection.files(list(reader(request.auth, timezone.now()).offices))
    ]


def _file(request: Any, pk: int) -> Any:
    mine = reader(request.auth, timezone.now())
    rows = SourceFile.objects.select_related("office")
    return _file_of(
        request, get_object_or_404(rows if mine.headquarters else rows.filter(office__in=mine.offices), pk=pk), bad=True
    )


def _file_of(request: Any, row: SourceFile, *, bad: bool) -> dict[str, Any]:
    rows = row.bad_rows.order_by("pk")[:500] if bad else ()
    return {"id": row.pk, "name": row.name, "source": row.source, "office": row.office.code, "rows": row.rows_read, "added": row.added,
            "known": row.known, "renewed": row.renewed, "bad": row.bad, "done_at": row.done_at,
            "waiting": len(collection.waiting_of(row, to=request.auth, at=timezone.now())) if bad else 0,
            "bad_rows": [{"position": str(b.position), "field": b.field, "reason": b.reason} for b in rows]}  # fmt: skip


def lay(api: NinjaAPI, faults: Any) -> None:
    """Lay the operations on numbers and collected files."""
    files = {k: v for k, v in faults.items() if k != 200}
    api.get(
        "/statistics",
        response={200: StatisticsOut, **faults},
        summary="The register's statistics · 统计",
        tags=["read"],
    )(_statistics)
    api.get(
        "/statistics.csv",
        response=files,
        openapi_extra=bytes_of("text/csv"),
        summary="The same as CSV · 统计CSV",
        tags=["read"],
    )(_statistics_csv)
    api.get("/statistics.xlsx", response=files, openapi_extra=bytes_of("application/octet-stream"), summary="The same as XLSX · 统计XLSX",
            tags=["read"])(_statistics_xlsx)  # fmt: skip
    api.get(
        "/stages",
        response={200: list[StageOut], **faults},
        summary="Records by kind and stage · 各环节数量",
        tags=["read"],
    )(_stages)
    api.get(
        "/archive",
        response={200: ArchiveOut, **faults},
        summary="What waits for an archivist · 待归档和待鉴定",
        tags=["read"],
    )(_archive)
    api.get(
        "/files", response={200: list[SourceFileOut], **faults}, summary="Collected files · 采集文件", tags=["arrivals"]
    )(_files)
    api.get(
        "/files/{int:pk}",
        response={200: SourceFileOut, **faults},
        summary="What a file brought · 采集结果",
        tags=["arrivals"],
    )(_file)
