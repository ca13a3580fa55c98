"""Accounts, sign-ups and organisations' papers over the API, for those whose pages show them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import NinjaAPI, Schema
from pydantic import Field

from decree188.calendar import shanghai_date
from riskwatch.case.views import _bytes
from riskwatch.documents import actions as documents
from riskwatch.documents.models import Attachment
from riskwatch.doors.api.acts import Strict
from riskwatch.doors.api.papers import bytes_of
from riskwatch.doors.api.shapes import Limit, Offset
from riskwatch.parties import desk, queries, signups
from riskwatch.parties.models import Deputy, Interest, Person, SignUp, Token


class PersonOut(Schema):
    id: int
    username: str
    name: str
    kind: str
    active: bool


class HeldOut(Schema):
    id: int
    organisation: str
    role: str
    since: date
    until: date | None


class TokenOut(Schema):
    """A token without its key, which nobody can read again."""

    id: int
    name: str
    since: datetime
    until: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class DeputyOut(Schema):
    id: int
    absent: str
    deputy: str
    since: date
    until: date | None
    reason: str


class TieOut(Schema):
    id: int
    operator: str
    nature: str
    since: date | None
    until: date | None


class PersonFull(PersonOut):
    """Posts; tokens, deputies and ties for the person themselves and for administrators alone."""

    posts: list[HeldOut]
    tokens: list[TokenOut]
    deputies: list[DeputyOut]
    interests: list[TieOut]
    acts: list[str]


class SignUpOut(Schema):
    id: int
    number: str
    uscc: str
    name: str
    legal_representative: str
    region_office: str
    applicant: str
    state: str
    asked_at: datetime
    checks: dict[str, Any]
    reason: str
    decided_by: str
    decided_at: datetime | None


class DecideIn(Strict):
    """Approve or refuse; a refusal, and an approval against the check, needs its reason."""

    approve: bool
    reason: Annotated[str, Field(max_length=300)] = ""


def _short(row: Person) -> dict[str, Any]:
    return {"id": row.pk, "username": row.username, "name": row.name_zh, "kind": row.kind, "active": row.is_active}


def _people(request: Any, q: str = "", offset: Offset = 0, limit: Limit = 50) -> Any:
    rows = queries.people_visible(request.auth, shanghai_date(timezone.now())).distinct().order_by("username")
    text = q.strip()[:80]
    rows = rows.filter(Q(username__icontains=text) | Q(name_zh__icontains=text)) if text else rows
    return [_short(row) for row in rows[offset : offset + limit]]


def _person(request: Any, pk: int) -> Any:
    at = timezone.now()
    today = shanghai_date(at)
    row = get_object_or_404(queries.people_visible(request.auth, today).distinct(), pk=pk)
    watches = any(p.role in ("system_admin", "security_admin") for p in queries.posts(request.auth, today))
    whole = watches or row.pk == request.auth.pk
    deputies = Deputy.objects.filter(Q(absent=row) | Q(deputy=row)).select_related("absent", "deputy").order_by("-pk")
    ties = Interest.objects.filter(person=row).select_related("operator").order_by("-pk")
    held = row.memberships.select_related("organisation").order_by("-since")
    return _short(row) | {
        "posts": [{"id": m.pk, "organisation": m.organisation.code, "role": m.role, "since": m.since, "until": m.until} for m in held],
        "tokens": list(Token.objects.filter(person=row).order_by("-pk")) if whole else [],
        "deputies": [{"id": d.pk, "absent": d.absent.username, "deputy": d.deputy.username, "since": d.since, "until": d.until, "reason": d.reason}
                     for d in deputies] if whole else [],
        "interests": [{"id": t.pk, "operator": t.operator.code, "nature": t.nature, "since": t.since, "until": t.until} for t in ties] if whole else [],
        "acts": [a.key for a in desk.offered("person", row, by=request.auth, at=at) if a.api],
    }  # fmt: skip


def _asked(request: Any) -> Any:
    return signups.in_reach(request.auth, at=timezone.now())


def _sign_ups(request: Any, state: str = "", offset: Offset = 0, limit: Limit = 50) -> Any:
    rows = _asked(request).order_by("state", "-asked_at")
    rows = rows.filter(state=state) if state else rows
    return [_sign_up(row) for row in rows[offset : offset + limit]]


def _sign_up(row: SignUp) -> dict[str, Any]:
    return {"id": row.pk, "number": row.number, "uscc": row.uscc, "name": row.name_zh, "legal_representative": row.legal_representative,
            "region_office": row.region_office.code, "applicant": row.applicant_name, "state": row.state, "asked_at": row.asked_at,
            "checks": row.checks, "reason": row.reason, "decided_by": str(row.decided_by or ""), "decided_at": row.decided_at}  # fmt: skip


def _decide(request: Any, pk: int, body: DecideIn) -> Any:
    row = get_object_or_404(_asked(request), pk=pk)
    signups.decide_sign_up(row, approve=body.approve, reason=body.reason, by=request.auth, at=timezone.now())
    return _sign_up(_asked(request).get(pk=pk))


def _proof(key: UUID | None) -> Any:
    kept = get_object_or_404(Attachment, pk=key)
    return _bytes(documents.read(kept), kept.media_type, kept.name, inline=False)


def _sign_up_proof(request: Any, pk: int) -> Any:
    return _proof(get_object_or_404(_asked(request), pk=pk).proof)


def _mandate_proof(request: Any, pk: int, number: int) -> Any:
    today = shanghai_date(timezone.now())
    place = get_object_or_404(queries.organisations_visible(request.auth, today), pk=pk)
    return _proof(get_object_or_404(queries.mandates_shown(request.auth, place, today), pk=number).proof)


def lay(api: NinjaAPI, faults: Any) -> None:
    """Lay the operations on accounts and sign-ups."""
    tag, file = ["parties"], bytes_of("application/octet-stream")
    bytes_only = {k: v for k, v in faults.items() if k != 200}
    api.get(
        "/people",
        response={200: list[PersonOut], **faults},
        summary="Accounts that the caller looks after · 账号",
        tags=tag,
    )(_people)
    api.get("/people/{pk}", response={200: PersonFull, **faults}, summary="One account · 一个账号", tags=tag)(_person)
    api.get(
        "/sign-ups",
        response={200: list[SignUpOut], **faults},
        summary="Operators that ask for accounts · 企业注册",
        tags=tag,
    )(_sign_ups)
    api.post(
        "/sign-ups/{pk}/decide",
        response={200: SignUpOut, **faults},
        summary="Approve or refuse a sign-up · 审核企业注册",
        tags=tag,
    )(_decide)
    api.get(
        "/sign-ups/{pk}/proof",
        response=bytes_only,
        openapi_extra=file,
        summary="The licence that came with it · 营业执照",
        tags=tag,
    )(_sign_up_proof)
    api.get("/organisations/{pk}/mandates/{number}/proof", response=bytes_only, openapi_extra=file,
            summary="The paper of a mandate · 委托书", tags=tag)(_mandate_proof)  # fmt: skip
