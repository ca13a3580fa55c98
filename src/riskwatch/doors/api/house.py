"""The house over the API: messages, statistics, what waits for the archivist, rules and calendars, the journal, the law map."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from pydantic import Field

import decree188
from decree188 import lawmap as law
from decree188.calendar import shanghai_date
from decree188.related import DEADLINES
from riskwatch.archive import exports
from riskwatch.archive import queries as archive
from riskwatch.case import deadlines, outbox, policy, queries
from riskwatch.case.access import reader, visible
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Sheet
from riskwatch.case.views import _bytes
from riskwatch.collection import queries as collection
from riskwatch.collection.finding import received_in
from riskwatch.collection.models import SourceFile
from riskwatch.disclosure.queries import has_ended, publications, versions
from riskwatch.doors.api.acts import Day, Key, Strict
from riskwatch.doors.api.papers import bytes_of
from riskwatch.doors.api.shapes import FolderOut, Limit, Offset, PublicationOut, SheetOut, folder_of, sheets_of
from riskwatch.journal.models import Entry
from riskwatch.journal.verification import verify
from riskwatch.look.words import language
from riskwatch.parties.models import Organisation
from riskwatch.refusals import Refusal, refuse_unless

YEAR = timedelta(days=364)
Units = Literal["working_days", "calendar_days", "hours", "months", "years"]


class MessageOut(Schema):
    id: int
    subject: str
    body: str
    sheet: int | None
    sent_at: datetime
    unread: bool


class ReadIn(Strict):
    messages: list[Key] = Field(min_length=1, max_length=200)


class CountOut(Schema):
    done: int


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


class LimitOut(Schema):
    """A time limit as it stands today; ``statutory`` ones are the law's and cannot be set."""

    key: str
    words: str
    length: int
    unit: str
    statutory: bool


class YearOut(Schema):
    year: int
    official: bool


class PolicyOut(Schema):
    version: int
    limits: list[LimitOut]
    calendars: list[YearOut]


class PolicyIn(Strict):
    """A policy value from a day on; ``version`` is what the caller saw."""

    key: str
    amount: int = Field(ge=1, le=3660)
    unit: Units
    valid_from: Day
    reason: Annotated[str, Field(min_length=1, max_length=300)]
    version: int | None = Field(None, ge=0, le=2**63 - 1)


class CalendarIn(Strict):
    """A year's departures from plain weekdays: each day, and whether it is worked."""

    year: int = Field(ge=2017, le=2100)
    source: Annotated[str, Field(min_length=1, max_length=200)]
    days: dict[date, bool] = Field(min_length=1, max_length=366)
    version: int | None = Field(None, ge=0, le=2**63 - 1)


class JournalOut(Schema):
    """One entry's header; contents are read on the record by those who see it."""

    strand: str
    number: int
    at: datetime
    act: str
    actor: str
    on_behalf_of: str
    rule: str
    basis: str
    sheet: int | None
    hash: str


class VerdictOut(Schema):
    holds: bool
    strands: int
    entries: int
    seals: int
    destroyed_contents: int
    where: str
    why: str


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


class PlaceOut(Schema):
    place: str
    gist: str
    rules: list[str]
    left_to_people: str


def _messages(request: Any, offset: Offset = 0, limit: Limit = 50) -> Any:
    at = timezone.now()
    rows = list(queries.messages(request.auth, at=at)[offset : offset + limit])
    new = set(queries.unread(request.auth, at=at).filter(pk__in=[m.pk for m in rows]).values_list("pk", flat=True))
    told_of = Sheet.objects.filter(pk__in=[m.sheet_id for m in rows if m.sheet_id])
    known = set(visible(told_of, to=request.auth, at=at).values_list("pk", flat=True))
    return [{"id": m.pk, "subject": m.subject_words, "body": m.body_words, "sheet": m.sheet_id if m.sheet_id in known else None, "sent_at": m.sent_at, "unread": m.pk in new}
            for m in rows]  # fmt: skip


def _read(request: Any, body: ReadIn) -> Any:
    return {"done": outbox.mark_read(request.auth, [str(k) for k in body.messages], at=timezone.now())}


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


By = Literal["received", "event"]


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


def _officials_only(request: Any) -> None:
    posts = posts_of(request.auth, timezone.now()).posts
    refuse_unless(any(p.kind == "office" for p in posts), _("这里是海关工作人员的页面"), remedy=_("请到您单位的窗口页面办理"),
                  code="no_post", status=403)  # fmt: skip


def _policy(request: Any) -> Any:
    _officials_only(request)
    today = shanghai_date(timezone.now())
    calendar = deadlines.calendar()
    now = [(d, deadlines.limit(key, today)) for key, d in DEADLINES.items()]
    return {"version": policy.version(),
            "limits": [{"key": d.key, "words": d.words(language()), "length": held.length, "unit": held.unit, "statutory": d.mark == "statutory"}
                       for d, held in now],
            "calendars": [{"year": y, "official": calendar.knows(y)} for y in range(today.year - 1, today.year + 3)]}  # fmt: skip


def _set_policy(request: Any, body: PolicyIn) -> Any:
    if body.key not in DEADLINES:
        raise Refusal(
            _("没有这个期限"), remedy=_("在列出的期限中选择"), code="wrong_fields", status=422, fields={"key": body.key}
        )
    policy.set_policy(**body.dict(exclude={"version"}), seen=body.version, by=request.auth, at=timezone.now())
    return _policy(request)


def _calendar(request: Any, body: CalendarIn) -> Any:
    policy.upload_year(body.year, body.days, source=body.source, seen=body.version, by=request.auth, at=timezone.now())
    return _policy(request)


def _auditor(request: Any) -> None:
    held = {p.role for p in posts_of(request.auth, timezone.now()).posts}
    refuse_unless("audit_admin" in held, _("须由审计管理员查看"), remedy=_("请审计管理员查看"), rule=decree188.by_name("officers"),
                  code="no_post", status=403)  # fmt: skip


def _journal(
    request: Any, person: str = "", kind: str = "", sheet: int = 0, since: date | None = None, until: date | None = None,
    offset: Offset = 0, limit: Limit = 50,
) -> Any:  # fmt: skip
    _auditor(request)
    rows = Entry.objects.select_related("strand", "actor", "on_behalf_of").order_by("-pk")
    rows = rows.filter(actor__username__istartswith=person) if person else rows
    rows = rows.filter(act__startswith=f"{kind}.") if kind else rows
    rows = rows.filter(sheet_id=sheet) if sheet else rows
    rows = rows.filter(received_in(since, until, field="at"))
    return [{"strand": e.strand.key, "number": e.number, "at": e.at, "act": e.act, "actor": e.actor.username,
             "on_behalf_of": e.on_behalf_of.username if e.on_behalf_of else "", "rule": e.rule, "basis": e.basis, "sheet": e.sheet_id,
             "hash": bytes(e.hash).hex()} for e in rows[offset : offset + limit]]  # fmt: skip


def _verify(request: Any) -> Any:
    _auditor(request)
    found = verify(seals_from=settings.SEALS)
    broken = found.broken
    return {"holds": found.holds, "strands": found.strands, "entries": found.entries, "seals": found.seals,
            "destroyed_contents": found.destroyed_contents, "where": broken.where if broken else "", "why": broken.why if broken else ""}  # fmt: skip


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


def _announcements(request: Any, q: str = "", offset: Offset = 0, limit: Limit = 200) -> Any:
    return [_published(p) for p in publications(q)[offset : offset + limit]]


def _announcement(request: Any, slug: str) -> Any:
    found = versions(slug)
    if not found:
        from django.http import Http404

        raise Http404
    return [_published(p) for p in found]


def _published(row: Any) -> dict[str, Any]:
    today = shanghai_date(timezone.now())
    return {
        "id": row.slug,
        "version": row.version,
        "number": row.number,
        "title": row.title,
        "text": row.body,
        "ended": has_ended(row, today),
    }


def _lawmap(request: Any) -> Any:
    _officials_only(request)
    lang = language()
    return [{"place": r.place.label(lang), "gist": r.place.gist(lang), "rules": list(r.rules), "left_to_people": str(r.left_to_people or "")}
            for r in law.rows(lang)]  # fmt: skip


def lay(api: NinjaAPI, faults: Any) -> None:
    """Lay the house's operations."""
    files = {k: v for k, v in faults.items() if k != 200}
    rules: Any = {200: PolicyOut, **faults}
    api.get(
        "/messages",
        response={200: list[MessageOut], **faults},
        summary="What the caller was told · 消息",
        tags=["read"],
    )(_messages)
    api.post(
        "/messages/read", response={200: CountOut, **faults}, summary="Mark messages as read · 标为已读", tags=["read"]
    )(_read)
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
    api.get("/policy", response=rules, summary="Time limits and calendars · 规则与期限", tags=["house"])(_policy)
    api.post("/policy", response=rules, summary="Set a policy value · 设定期限", tags=["house"])(_set_policy)
    api.post("/calendars", response=rules, summary="Upload a year's working calendar · 上传工作日历", tags=["house"])(
        _calendar
    )
    api.get(
        "/journal",
        response={200: list[JournalOut], **faults},
        summary="The journal, for the audit administrator · 日志",
        tags=["house"],
    )(_journal)
    api.post(
        "/journal/verify", response={200: VerdictOut, **faults}, summary="Check the journal · 核验日志", tags=["house"]
    )(_verify)
    api.get(
        "/files", response={200: list[SourceFileOut], **faults}, summary="Collected files · 采集文件", tags=["arrivals"]
    )(_files)
    api.get(
        "/files/{int:pk}",
        response={200: SourceFileOut, **faults},
        summary="What a file brought · 采集结果",
        tags=["arrivals"],
    )(_file)
    api.get(
        "/announcements",
        auth=None,
        response={200: list[PublicationOut]},
        summary="Public announcements · 公告",
        tags=["read"],
    )(_announcements)
    api.get("/announcements/{slug}", auth=None, response={200: list[PublicationOut], 404: faults[404]},
            summary="One announcement with its versions · 一份公告", tags=["read"])(_announcement)  # fmt: skip
    api.get(
        "/lawmap",
        response={200: list[PlaceOut], **faults},
        summary="The regulation and its rules · 法规对照",
        tags=["read"],
    )(_lawmap)
