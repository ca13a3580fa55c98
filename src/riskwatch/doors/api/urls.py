"""The REST API: the same acts and reads, under the same access rules, with problem documents for refusals."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Annotated, Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query, Schema
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import HttpBearer

from riskwatch.case import desk, queries
from riskwatch.case.access import depth, folders_visible, visible
from riskwatch.case.lifecycle import posts_of, stage_name
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.standing import standing
from riskwatch.disclosure.queries import has_ended, publications
from riskwatch.doors.api import acts, arrivals, parties, signals
from riskwatch.parties.actions import person_of_token
from riskwatch.refusals import Refusal


class Token(HttpBearer):
    """A key that belongs to a person or a service account; it carries their posts and nothing more."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return person_of_token(token, at=timezone.now())


api = NinjaAPI(title="Riskwatch", version="1", auth=Token(), docs_url=None, urls_namespace="api",
               description="Records, cases and acts. A record lists the acts that the caller may take now; each act is an operation.")  # fmt: skip


class Problem(Schema):
    """RFC 9457: what is wrong, what to do, and the rule behind it."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str = ""
    rule: str = ""
    fields: dict[str, str] = {}


Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=200)]


class FactOut(Schema):
    label: str
    value: str


class SheetOut(Schema):
    id: int
    kind: str
    number: str
    title: str
    stage: str
    standing: str
    stage_words: str
    owner: str
    due_on: date | None
    version: int
    made_at: datetime


class SheetFull(SheetOut):
    depth: str
    facts: list[FactOut]
    causes: list[int]
    effects: list[int]
    acts: list[str]


class FolderOut(Schema):
    id: int
    number: str
    title: str
    state: str
    owner: str
    made: int | None = None


class PublicationOut(Schema):
    id: str
    version: int
    number: str
    title: str
    text: str
    ended: bool


def _problem(request: HttpRequest, status: int, kind: str, detail: str, **more: Any) -> HttpResponse:
    body = Problem(type=f"urn:riskwatch:{kind}", title=kind, status=status, detail=detail, **more)
    response = api.create_response(request, body.dict(), status=status)
    response["Content-Type"] = "application/problem+json"
    return response


@api.exception_handler(Refusal)
def refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    """A refusal as a problem document."""
    rule = error.rule.cite("zh") if error.rule else ""
    return _problem(
        request, error.status, error.code, error.reason, remedy=error.remedy, rule=rule, fields=error.fields
    )


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Not there, or not for this reader: the same answer."""
    return _problem(request, 404, "not_found", _("没有找到"))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request that does not fit its schema."""
    fields = {".".join(str(p) for p in e["loc"]): str(e["msg"]) for e in error.errors}
    return _problem(request, 422, "invalid", _("请求内容不符合格式"), fields=fields)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No key, or one that is not valid any more."""
    return _problem(request, 401, "no_valid_token", _("没有有效的令牌"), remedy=_("请安全管理员发放令牌"))


@api.exception_handler(SuspiciousOperation)
def suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """A body that is too large or was not made by an honest program."""
    if isinstance(error, RequestDataTooBig):
        return _problem(request, 413, "too_large", _("请求过大"), remedy=_("分成几次提交"))
    return _problem(request, 400, "bad_request", _("请求有误"))


@api.exception_handler(Exception)
def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """Our own fault: logged for us, told without details."""
    logging.getLogger("django.request").error("%s %s broke", request.method, request.path, exc_info=error)
    return _problem(request, 500, "broken", _("系统出错了"), remedy=_("请稍后再试；仍不行请联系系统管理员"))


def _short(sheet: Sheet, today: date) -> dict[str, Any]:
    now = standing(sheet, today)
    return {"id": sheet.pk, "kind": sheet.kind, "number": sheet.number, "title": sheet.title, "stage": sheet.stage, "standing": now,
            "stage_words": stage_name(sheet.kind, now), "owner": sheet.owner.code, "due_on": sheet.due_on, "version": sheet.version,
            "made_at": sheet.made_at}  # fmt: skip


def _sheets(request: Any, rows: Any, offset: int, limit: int) -> list[dict[str, Any]]:
    today = posts_of(request.auth, timezone.now()).today
    return [_short(s, today) for s in rows.select_related("owner")[offset : offset + limit]]


FAULTS: Any = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


@api.get("/inbox", response={200: list[SheetOut], **FAULTS}, summary="What waits for the caller, overdue first")
def inbox(request: Any, offset: Offset = 0, limit: Limit = 50) -> Any:
    at = timezone.now()
    return _sheets(request, queries.inbox(posts_of(request.auth, at), at=at), offset, limit)


@api.get(
    "/sheets",
    response={200: list[SheetOut], **FAULTS},
    summary="Records the caller may see; with q, those that hold the words",
)
def sheets(request: Any, q: str = "", kind: str = "", offset: Offset = 0, limit: Limit = 50) -> Any:
    at = timezone.now()
    rows = (
        queries.search(q, to=request.auth, at=at)
        if q
        else visible(Sheet.objects.order_by("-made_at", "-pk"), to=request.auth, at=at)
    )
    return _sheets(request, rows.filter(kind=kind) if kind else rows, offset, limit)


@api.get("/sheets/{pk}", response={200: SheetFull, **FAULTS}, summary="One record at the caller's depth")
def sheet(request: Any, pk: int) -> Any:
    at = timezone.now()
    row = get_object_or_404(visible(Sheet.objects.select_related("owner", "folder"), to=request.auth, at=at), pk=pk)
    me = posts_of(request.auth, at)
    seen = depth(row, to=request.auth, at=at) or ""
    causes, effects = queries.chain(row)
    near = set(
        visible(Sheet.objects.filter(pk__in=[s.pk for s in (*causes, *effects)]), to=request.auth, at=at).values_list(
            "pk", flat=True
        )
    )
    return _short(row, me.today) | {
        "depth": seen, "facts": [{"label": str(f.label), "value": str(f.value)} for f in desk.facts(row, seen, organisations={p.organisation for p in me.posts})],
        "causes": [s.pk for s in causes if s.pk in near], "effects": [s.pk for s in effects if s.pk in near],
        "acts": [a.key for a in desk.offered(row, me, at)],
    }  # fmt: skip


@api.get(
    "/folders",
    response={200: list[FolderOut], **FAULTS},
    summary="Cases the caller may see; with q, those of that number or title",
)
def folders(request: Any, q: str = "", offset: Offset = 0, limit: Limit = 50) -> Any:
    at = timezone.now()
    rows = (
        queries.search_folders(q, to=request.auth, at=at)
        if q
        else folders_visible(Folder.objects.select_related("owner").order_by("-opened_at"), to=request.auth, at=at)
    )
    return [_folder(f) for f in rows[offset : offset + limit]]


@api.get("/announcements", auth=None, response={200: list[PublicationOut]}, summary="Public announcements")
def announcements(request: Any, q: str = "") -> Any:
    today = timezone.localdate()
    return [{"id": p.slug, "version": p.version, "number": p.number, "title": p.title, "text": p.body, "ended": has_ended(p, today)}
            for p in publications(q)[:200]]  # fmt: skip


def _folder(row: Folder) -> dict[str, Any]:
    return {"id": row.pk, "number": row.number, "title": row.title, "state": row.state, "owner": row.owner.code}


def _take_on_sheet(request: Any, pk: int, one: desk.Act, body: Any) -> Any:
    at = timezone.now()
    row = get_object_or_404(visible(Sheet.objects.select_related("owner", "folder"), to=request.auth, at=at), pk=pk)
    result = _take(request, row, one, body, at)
    return sheet(request, result.pk if isinstance(result, Sheet) else pk)


def _take_on_folder(request: Any, pk: int, one: desk.Act, body: Any) -> Any:
    at = timezone.now()
    row = get_object_or_404(folders_visible(Folder.objects.select_related("owner"), to=request.auth, at=at), pk=pk)
    result = _take(request, row, one, body, at)
    row.refresh_from_db()
    return _folder(row) | {"made": result.pk if isinstance(result, Sheet) else None}


def _take(request: Any, subject: Any, one: desk.Act, body: Any, at: datetime) -> Any:
    said = acts.said_of(body)
    form = one.bind(said, acts.files_of(body), subject=subject, by=request.auth, at=at)
    misplaced = {name: _("这里不需要这一项") for name in said if name not in form.fields}
    if misplaced:
        raise Refusal(_("填写有误"), code="wrong_fields", status=422, fields=misplaced)
    if not form.is_valid():
        raise Refusal(
            _("填写有误"),
            code="wrong_fields",
            status=422,
            fields={k: " ".join(str(e) for e in v) for k, v in form.errors.items()},
        )
    return desk.take(one, subject, form=form, by=request.auth, at=at, expected_version=body.version)


arrivals.lay(api, FAULTS)
parties.lay(api, FAULTS)
signals.lay(api, FAULTS)
acts.lay(api, sheets=(_take_on_sheet, SheetFull), folders=(_take_on_folder, FolderOut), faults=FAULTS)
