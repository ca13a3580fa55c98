"""People and posts: making, granting, ending, deputies, handing over, sign-ups, mandates, designations, tokens."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.identifiers import InvalidIdentifier, check_uscc
from riskwatch.journal import actions as journal
from riskwatch.parties import queries, roles
from riskwatch.parties.loading import sort_key
from riskwatch.parties.models import Deputy, Designation, Mandate, Membership, Organisation, Person, SignUp, Token
from riskwatch.parties.usernames import free
from riskwatch.refusals import Refusal, refuse_unless


def refuse_without_role(role: str | tuple[str, ...], *, by: Person, at: datetime) -> None:
    """Refuse a person who holds none of some roles anywhere."""
    wanted = (role,) if isinstance(role, str) else role
    held = {p.role for p in queries.posts(by, shanghai_date(at))}
    names = "、".join(str(roles.BY_CODE[r].name) for r in wanted)
    refuse_unless(held & set(wanted), _("须由%(who)s办理") % {"who": names}, code="no_post", status=403)


def _write(act: str, *, by: Person, at: datetime, content: dict[str, Any], rule: str = "officers") -> None:
    journal.write(f"parties:{shanghai_date(at)}", act, by=by, at=at, rule=rule, content=content)


@transaction.atomic
def make_person(*, username: str, name_zh: str, password: str, email: str = "", by: Person, at: datetime) -> Person:
    """Give somebody an account; it can do nothing until a post is granted."""
    refuse_without_role("system_admin", by=by, at=at)
    _refuse_weak(password)
    username = free(username)
    made = Person.objects.create_user(username, password, name_zh=name_zh, email=email, joined_at=at)
    _write("person.make", by=by, at=at, content={"person": made.pk, "username": username})
    return made


def _refuse_weak(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise Refusal(
            "；".join(error.messages), code="weak_password", status=422, fields={"password": error.messages[0]}
        ) from None


@transaction.atomic
def grant(
    person: Person, organisation: Organisation, role: str, *, since: date, by: Person, at: datetime
) -> Membership:
    """Grant a post; the three administrators are never one person, nobody grants to themselves."""
    refuse_without_role("security_admin", by=by, at=at)
    refuse_unless(
        person.pk != by.pk,
        _("不能给自己授予岗位"),
        rule=decree188.by_name("separation_of_duties"),
        code="own_post",
        status=403,
    )
    known = roles.BY_CODE.get(role)
    refuse_unless(
        known is not None and organisation.kind in known.kinds,
        _("这个岗位不能设在该单位"),
        code="wrong_place",
        status=422,
    )
    _refuse_combined(person, role, shanghai_date(at))
    made, fresh = Membership.objects.get_or_create(
        person=person, organisation=organisation, role=role, until=None, defaults={"since": since, "granted_by": by}
    )
    refuse_unless(fresh, _("已经持有这个岗位"), code="held")
    _write("post.grant", by=by, at=at, content={"person": person.pk, "organisation": organisation.code, "role": role})
    return made


def _refuse_combined(person: Person, role: str, today: date) -> None:
    held = {m.role for m in Membership.objects.filter(person=person, until=None)}
    administrators = held & set(roles.ADMINISTRATORS)
    clash = bool(role in roles.ADMINISTRATORS and (held - {role}))
    clash = clash or bool(administrators and role not in administrators)
    refuse_unless(not clash, _("系统、安全、审计管理员须由不同的人担任，且不能兼任业务岗位"), code="combined",
                  rule=decree188.by_name("separation_of_duties"), status=403)  # fmt: skip


@transaction.atomic
def end(membership: Membership, *, by: Person, at: datetime) -> None:
    """End a post, from today on."""
    refuse_without_role("security_admin", by=by, at=at)
    Membership.objects.filter(pk=membership.pk).update(until=shanghai_date(at) - timedelta(days=1), ended_by=by)
    _write(
        "post.end",
        by=by,
        at=at,
        content={"post": membership.pk, "person": membership.person_id, "role": membership.role},
    )


@transaction.atomic
def leave(person: Person, *, hand_over_to: Person | None, by: Person, at: datetime) -> int:
    """Somebody leaves: account closed, posts and tokens ended; who takes over is told. Returns posts ended."""
    refuse_without_role(("system_admin", "operator_manager"), by=by, at=at)
    _refuse_foreign(person, by=by, at=at)
    yesterday = shanghai_date(at) - timedelta(days=1)
    count = Membership.objects.filter(person=person, until=None).update(until=yesterday, ended_by=by)
    Token.objects.filter(person=person, revoked_at=None).update(revoked_at=at)
    Person.objects.filter(pk=person.pk).update(is_active=False, left_at=at)
    successor = hand_over_to.pk if hand_over_to else None
    _write("person.leave", by=by, at=at, content={"person": person.pk, "to": successor, "posts": count})
    return count


def _refuse_foreign(person: Person, *, by: Person, at: datetime) -> None:
    today = shanghai_date(at)
    mine = queries.posts(by, today)
    if any(p.role == "system_admin" for p in mine):
        return
    own = {p.organisation for p in mine if p.role == "operator_manager"}
    theirs = {p.organisation for p in queries.posts(person, today)}
    refuse_unless(theirs and theirs <= own, _("只能管理本企业的账号"), code="foreign", status=403)


@transaction.atomic
def make_colleague(*, username: str, name_zh: str, password: str, role: str, by: Person, at: datetime) -> Person:
    """An operator's manager gives a colleague an account in the same firm."""
    mine = [p for p in queries.posts(by, shanghai_date(at)) if p.role == "operator_manager"]
    refuse_unless(mine, _("须由企业负责人办理"), code="no_post", status=403)
    refuse_unless(role in ("operator_staff", "operator_manager"), _("岗位不正确"), code="wrong_role", status=422)
    username = free(username)
    _refuse_weak(password)
    made = Person.objects.create_user(username, password, name_zh=name_zh, joined_at=at)
    Membership.objects.create(
        person=made, organisation_id=mine[0].organisation, role=role, since=shanghai_date(at), granted_by=by
    )
    _write("person.make_colleague", by=by, at=at, content={"person": made.pk, "organisation": mine[0].organisation})
    return made


@transaction.atomic
def name_deputy(
    absent: Person, deputy: Person, *, since: date, until: date, reason: str, by: Person, at: datetime
) -> Deputy:
    """Name a deputy for an absence; acts then count for both persons where duties are separated."""
    if by.pk != absent.pk:
        refuse_without_role("security_admin", by=by, at=at)
    refuse_unless(absent.pk != deputy.pk, _("不能由本人代理本人"), code="same_person", status=422)
    refuse_unless(
        since <= until and until - since <= timedelta(days=366), _("代理期限不正确"), code="wrong_term", status=422
    )
    made = Deputy.objects.create(absent=absent, deputy=deputy, since=since, until=until, reason=reason, named_by=by)
    _write(
        "deputy.name", by=by, at=at, content={"absent": absent.pk, "deputy": deputy.pk, "since": since, "until": until}
    )
    return made


@transaction.atomic
def sign_up(
    *, uscc: str, name_zh: str, legal_representative: str, region_office: Organisation, applicant_name: str, applicant_phone: str,
    applicant_email: str, username: str, password: str, proof: Any, at: datetime,
) -> SignUp:  # fmt: skip
    """An operator asks for an account; nothing opens until an officer has looked at the proof."""
    try:
        code = check_uscc(uscc)
    except InvalidIdentifier as error:
        raise Refusal(error.reason_zh, code="uscc", status=422, fields={"uscc": error.reason_zh}) from None
    _refuse_weak(password)
    username = free(username)
    open_one = SignUp.objects.filter(uscc=code, state=SignUp.State.WAITING).exists()
    refuse_unless(not open_one, _("该企业已有待审核的申请"), code="waiting")
    return SignUp.objects.create(
        uscc=code, name_zh=name_zh, legal_representative=legal_representative, region_office=region_office,
        applicant_name=applicant_name, applicant_phone=applicant_phone, applicant_email=applicant_email, username=username,
        password=make_password(password), proof=proof, asked_at=at, checks={"uscc": "ok"},
    )  # fmt: skip


@transaction.atomic
def decide_sign_up(request: SignUp, *, approve: bool, reason: str, by: Person, at: datetime) -> Person | None:
    """Approve (firm and manager's account come into being) or refuse with the reason."""
    today = shanghai_date(at)
    places = {request.region_office_id, *queries.above(request.region_office_id, today)}
    fits = any(p.organisation in places and p.role in ("registrar", "case_officer") for p in queries.posts(by, today))
    refuse_unless(fits, _("须由所在地海关办理"), code="no_post", status=403)
    now = SignUp.objects.select_for_update().get(pk=request.pk)
    refuse_unless(now.state == SignUp.State.WAITING, _("该申请已审核"), code="moved")
    refuse_unless(approve or reason.strip(), _("不予通过须写明理由"), code="reason_missing", status=422)
    state = SignUp.State.APPROVED if approve else SignUp.State.REFUSED
    SignUp.objects.filter(pk=now.pk).update(state=state, reason=reason, decided_by=by, decided_at=at)
    person = _admit(now, by=by, at=at) if approve else None
    _write("signup.decide", by=by, at=at, content={"request": now.pk, "approved": approve, "reason": reason})
    return person


def _admit(request: SignUp, *, by: Person, at: datetime) -> Person:
    firm, _made = Organisation.objects.get_or_create(
        uscc=request.uscc,
        defaults={"kind": "operator", "code": request.uscc, "name_zh": request.name_zh, "sort_key": sort_key(request.name_zh),
                  "legal_representative": request.legal_representative},
    )  # fmt: skip
    person = Person.objects.create(username=free(request.username), name_zh=request.applicant_name, email=request.applicant_email,
                                   phone=request.applicant_phone, password=request.password, joined_at=at)  # fmt: skip
    Membership.objects.create(
        person=person, organisation=firm, role="operator_manager", since=shanghai_date(at), granted_by=by
    )
    return person


@transaction.atomic
def designate(
    centre: Organisation, *, number: str, products: Iterable[str], areas: Iterable[str], valid_from: date, valid_until: date,
    by: Person, at: datetime,
) -> Designation:  # fmt: skip
    """Headquarters designates a centre for products, area and period."""
    refuse_without_role("policy", by=by, at=at)
    refuse_unless(centre.kind == "centre" and valid_from <= valid_until, _("指定内容不正确"), code="wrong", status=422)
    made = Designation.objects.create(centre=centre, number=number, products=list(products), areas=list(areas),
                                      valid_from=valid_from, valid_until=valid_until, designated_by=by)  # fmt: skip
    _write("centre.designate", by=by, at=at, rule="centre_remit", content={"centre": centre.code, "number": number})
    return made


@transaction.atomic
def mandate(agent: Organisation, principal: Organisation, *, direction: str, scope: str, since: date, until: date, proof: Any,
            by: Person, at: datetime) -> Mandate:  # fmt: skip
    """Record that an agent may act for an operator, dated and with proof, confirmed by an officer."""
    refuse_without_role(("registrar", "case_officer"), by=by, at=at)
    refuse_unless(since <= until and agent.pk != principal.pk, _("委托内容不正确"), code="wrong", status=422)
    made = Mandate.objects.create(agent=agent, principal=principal, direction=direction, scope=scope, since=since, until=until,
                                  proof=proof, confirmed_by=by)  # fmt: skip
    _write(
        "agent.mandate", by=by, at=at, rule="operator_roles", content={"agent": agent.code, "principal": principal.code}
    )
    return made


@transaction.atomic
def issue_token(person: Person, *, name: str, days: int, by: Person, at: datetime) -> str:
    """Give a person or service account a key for machines; the key is shown once and only its digest is kept."""
    if by.pk != person.pk:
        refuse_without_role("security_admin", by=by, at=at)
    refuse_unless(1 <= days <= 366, _("有效期应为1至366天"), code="wrong_term", status=422)
    key = "rw_" + secrets.token_urlsafe(32)
    Token.objects.create(person=person, name=name, digest=sha256(key.encode()).hexdigest(), since=at,
                         until=at + timedelta(days=days), issued_by=by)  # fmt: skip
    _write("token.issue", by=by, at=at, content={"person": person.pk, "name": name, "days": days})
    return key


def person_of_token(key: str, *, at: datetime) -> Person | None:
    """Whose key this is, while it and the account are valid."""
    row = (
        Token.objects.select_related("person")
        .filter(digest=sha256(key.encode()).hexdigest(), revoked_at=None, until__gt=at)
        .first()
    )
    if row is None or not row.person.is_active:
        return None
    Token.objects.filter(pk=row.pk).update(last_used_at=at)
    return row.person


@transaction.atomic
def declare_reporting_system(firm: Organisation, words: str, *, by: Person, at: datetime) -> None:
    """An operator declares its internal reporting system."""
    mine = {p.organisation for p in queries.posts(by, shanghai_date(at)) if p.role == "operator_manager"}
    refuse_unless(firm.pk in mine, _("须由企业负责人办理"), code="no_post", status=403)
    Organisation.objects.filter(pk=firm.pk).update(reporting_system=words)
    _write(
        "operator.reporting_system",
        by=by,
        at=at,
        rule="operator_must_report",
        content={"organisation": firm.pk, "words": words},
    )
