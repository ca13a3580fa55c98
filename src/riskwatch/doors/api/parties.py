"""People and organisations over the API: the caller, organisations with what makes them fit, every act on the parties' desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from ninja import NinjaAPI, Schema
from pydantic import Field, create_model

from decree188.calendar import shanghai_date
from riskwatch.documents import actions as documents
from riskwatch.doors.api.acts import FileIn, Strict, fields_of, files_of, said_of
from riskwatch.parties import desk, queries
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal

MOST = 200


class PostOut(Schema):
    organisation: str
    role: str


class MeOut(Schema):
    """Who the key belongs to, and in which posts its bearer acts today; ``principals`` may be acted for."""

    id: int
    username: str
    name: str
    posts: list[PostOut]
    principals: list[str]


class OrganisationOut(Schema):
    id: int
    kind: str
    code: str
    name: str
    name_en: str
    closed: bool


class PermitOut(Schema):
    """A qualification or a designation."""

    id: int
    number: str
    kind: str = ""
    products: list[str]
    areas: list[str] = []
    valid_from: date
    valid_until: date
    withdrawn_on: date | None


class MemberOut(Schema):
    id: int
    username: str
    name: str
    role: str


class MandateOut(Schema):
    id: int
    agent: str
    principal: str
    direction: str
    scope: str
    since: date
    until: date
    confirmed_on: date | None
    revoked_on: date | None


class InterestOut(Schema):
    id: int
    operator: str
    person: str
    organisation: str
    nature: str


class OrganisationFull(OrganisationOut):
    version: str
    reporting_system: str
    members: list[MemberOut]
    mandates: list[MandateOut]
    interests: list[InterestOut]
    qualifications: list[PermitOut]
    designations: list[PermitOut]
    acts: list[str]


class Done(Schema):
    """What the act concerned or made."""

    id: int | None = None
    code: str = ""


def _short(row: Organisation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "code": row.code,
        "name": row.name_zh,
        "name_en": row.name_en,
        "closed": row.until is not None,
    }


def _me(request: Any) -> Any:
    today = shanghai_date(timezone.now())
    posts = queries.posts(request.auth, today)
    places = Organisation.objects.in_bulk([p.organisation for p in posts])
    return {"id": request.auth.pk, "username": request.auth.username, "name": request.auth.name_zh,
            "posts": [{"organisation": places[p.organisation].code, "role": p.role} for p in posts],
            "principals": [o.code for o in queries.principals(request.auth, today)]}  # fmt: skip


def _visible(request: Any) -> Any:
    return queries.organisations_visible(request.auth, shanghai_date(timezone.now()))


def _organisations(request: Any, q: str = "", kind: str = "", offset: int = 0, limit: int = 50) -> Any:
    rows = _visible(request).order_by("kind", "sort_key", "pk")
    rows = rows.filter(Q(name_zh__icontains=q[:80]) | Q(code__istartswith=q[:80])) if q.strip() else rows
    rows = rows.filter(kind=kind) if kind else rows
    start = max(0, offset)
    return [_short(row) for row in rows[start : start + max(1, min(limit, MOST))]]


def _organisation(request: Any, pk: int) -> Any:
    row = get_object_or_404(_visible(request), pk=pk)
    at = timezone.now()
    today, who = shanghai_date(at), request.auth
    acts = desk.offered("organisation", row, by=who, at=at)
    members = queries.members_shown(who, row, today)
    ties = queries.ties_shown(who, row, today)
    return _short(row) | {
        "version": desk.version_of(row), "reporting_system": row.reporting_system if members or row.kind != "operator" else "",
        "members": [{"id": m.person_id, "username": m.person.username, "name": m.person.name_zh, "role": m.role} for m in members],
        "mandates": [{"id": m.pk, "agent": m.agent.code, "principal": m.principal.code, "direction": m.direction, "scope": m.scope,
                      "since": m.since, "until": m.until, "confirmed_on": m.confirmed_on, "revoked_on": m.revoked_on}
                     for m in queries.mandates_shown(who, row, today)],
        "interests": [{"id": t.pk, "operator": t.operator.code, "person": str(t.person or ""), "organisation": str(t.organisation or ""),
                       "nature": t.nature} for t in ties],
        "qualifications": list(row.qualifications.order_by("pk")), "designations": list(row.designations.order_by("pk")),
                          "acts": [a.key for a in acts if a.api]}  # fmt: skip


def _subject(request: Any, on: str, pk: int) -> Any:
    if on == "organisation":
        return get_object_or_404(_visible(request), pk=pk)
    return get_object_or_404(queries.people_visible(request.auth, shanghai_date(timezone.now())), pk=pk)


def body_of(one: desk.PartyAct) -> type[Schema]:
    """The body of an act's operation; one that needs a paper takes exactly one file."""
    name = "".join(part.title() for part in f"{one.on}-{one.key}".split("-"))
    fields = fields_of(one.form, f"{name}Fields")
    default = ... if any(f.is_required() for f in fields.model_fields.values()) else Field(default_factory=fields)
    shape: dict[str, Any] = {"fields": (fields, default)}
    if one.on != "house":
        words = "the version that the caller saw; refused when somebody changed the particulars since"
        shape["version"] = (str, Field("", max_length=16, description=words))
    if _papers(one.form):
        shape["files"] = (list[FileIn], Field(min_length=1, max_length=1))
    return create_model(f"{name}Body", __base__=Strict, **shape)


def _papers(form: type[forms.Form]) -> list[str]:
    return [name for name, field in form.base_fields.items() if isinstance(field, forms.FileField)]


@transaction.atomic
def _take(request: Any, one: desk.PartyAct, subject: Any, body: Any) -> Any:
    at = timezone.now()
    desk.refuse_unoffered(one, subject, by=request.auth, at=at)
    files = dict(zip(_papers(one.form), files_of(body).getlist("files"), strict=False))
    form = one.bind(said_of(body), files, subject=subject, by=request.auth, at=at)
    if not form.is_valid():
        faults = {k: " ".join(str(e) for e in v) for k, v in form.errors.items()}
        raise Refusal(_("填写有误"), remedy=_("改正后再提交"), code="wrong_fields", status=422, fields=faults)
    said = dict(form.cleaned_data)
    for name, upload in files.items():
        said[name] = documents.store(upload, name=upload.name or "file", purpose="proof", by=request.auth, at=at).pk
    made = desk.take(one, subject, said, by=request.auth, at=at, seen=getattr(body, "version", ""))
    if isinstance(made, Organisation | Person):
        return {"id": made.pk, "code": getattr(made, "code", "") or getattr(made, "username", "")}
    return {}


def lay(api: NinjaAPI, faults: Any) -> None:
    """Lay the operations on people and organisations."""
    api.get("/me", response={200: MeOut, **faults}, summary="The caller · 调用人", tags=["parties"])(_me)
    api.get(
        "/organisations",
        response={200: list[OrganisationOut], **faults},
        summary="Organisations · 单位",
        tags=["parties"],
    )(_organisations)
    api.get(
        "/organisations/{pk}",
        response={200: OrganisationFull, **faults},
        summary="One organisation · 单位资料",
        tags=["parties"],
    )(_organisation)
    for one in sorted(desk.acts(), key=lambda a: (a.on, a.key)):
        if one.api:
            _lay(api, one, faults)


def _lay(api: NinjaAPI, one: desk.PartyAct, faults: Any) -> None:
    body = body_of(one)
    where = {"house": "house", "organisation": "organisations", "person": "people"}[one.on]

    def on_subject(request: Any, pk: int, body: Any) -> Any:
        return _take(request, one, _subject(request, one.on, pk), body)

    def on_house(request: Any, body: Any) -> Any:
        return _take(request, one, None, body)

    operation: Any = on_house if one.on == "house" else on_subject
    operation.__name__ = f"{where}_{one.key.replace('-', '_')}"
    operation.__annotations__ = {"request": Any, "body": body, "return": Any} | (
        {} if one.on == "house" else {"pk": int}
    )
    address = f"/house/{one.key}" if one.on == "house" else f"/{where}/{{pk}}/{one.key}"
    with override("zh-hans"):
        chinese = one.name
    with override("en"):
        english = one.name
    api.post(address, response={200: Done, **faults}, summary=f"{english} · {chinese}", description=one.cite("en"), tags=["parties"],
             operation_id=operation.__name__)(operation)  # fmt: skip
