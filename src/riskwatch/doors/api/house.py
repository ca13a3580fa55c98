"""The house over the API: messages, statistics, what waits for the archivist, rules and calendars, the journal, the law map."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from pydantic import Field

import decree188
from decree188 import lawmap as law
from decree188.calendar import shanghai_date
from decree188.related import DEADLINES
from riskwatch.case import deadlines, outbox, policy, queries
from riskwatch.case.access import visible
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Sheet
from riskwatch.collection.finding import received_in
from riskwatch.disclosure.queries import has_ended, publications, versions
from riskwatch.doors.api.acts import Day, Key, Strict
from riskwatch.doors.api.shapes import Limit, Offset, PublicationOut
from riskwatch.journal.models import Entry
from riskwatch.journal.verification import verify
from riskwatch.look.words import language
from riskwatch.refusals import Refusal, refuse_unless

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


class LimitOut(Schema):
    """A time limit as it stands today; ``statutory`` ones are the law's and cannot be set."""

    key: str
    words: str
    length: int
    unit: str
    statutory: bool


class YearOut(Schema):
    """A year's working calendar: ``official``, or ``fallback`` (plain weekdays, marked wherever they are counted)."""

    year: int
    certainty: str


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


def officials_only(request: Any) -> None:
    """Refuse whoever holds no post in a customs office."""
    posts = posts_of(request.auth, timezone.now()).posts
    refuse_unless(any(p.kind == "office" for p in posts), _("这里是海关工作人员的页面"), remedy=_("请到您单位的窗口页面办理"),
                  code="no_post", status=403)  # fmt: skip


def _policy(request: Any) -> Any:
    officials_only(request)
    today = shanghai_date(timezone.now())
    calendar = deadlines.calendar()
    now = [(d, deadlines.limit(key, today)) for key, d in DEADLINES.items()]
    return {"version": policy.version(),
            "limits": [{"key": d.key, "words": d.words(language()), "length": held.length, "unit": held.unit, "statutory": d.mark == "statutory"}
                       for d, held in now],
            "calendars": [{"year": y, "certainty": str(calendar.knows(y))} for y in range(today.year - 1, today.year + 3)]}  # fmt: skip


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
    officials_only(request)
    lang = language()
    return [{"place": r.place.label(lang), "gist": r.place.gist(lang), "rules": list(r.rules), "left_to_people": str(r.left_to_people or "")}
            for r in law.rows(lang)]  # fmt: skip


def lay(api: NinjaAPI, faults: Any) -> None:
    """Lay the house's operations."""
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
