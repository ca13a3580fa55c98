"""People and posts: accounts, granting, ending, deputies, leaving, keys for machines, an operator's own declaration."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.look.words import clauses
from riskwatch.parties import queries, roles
from riskwatch.parties.guards import (
    officers,
    refuse_outside_own,
    refuse_without_role,
    refuse_wrong_term,
    separation,
    write,
)
from riskwatch.parties.models import Deputy, Membership, Organisation, Person, Token
from riskwatch.parties.usernames import free
from riskwatch.refusals import Refusal, refuse_unless


@transaction.atomic
def make_person(*, username: str, name_zh: str, password: str, email: str = "", by: Person, at: datetime) -> Person:
    """Give somebody an account; it can do nothing until a post is granted."""
    refuse_without_role("system_admin", by=by, at=at)
    username = free(username)
    refuse_weak(password)
    made = Person.objects.create_user(username, password, name_zh=name_zh, email=email, joined_at=at,
                                      one_time_password=True)  # fmt: skip
    write("person.make", by=by, at=at, content={"person": made.pk, "username": username})
    return made


@transaction.atomic
def make_service(*, username: str, name_zh: str, answered_by: Person, by: Person, at: datetime) -> Person:
    """Make a service account, answered for by a person; it has no password and acts through keys alone."""
    refuse_without_role("system_admin", by=by, at=at)
    username = free(username)
    refuse_unless(
        answered_by.is_active and answered_by.kind == Person.Kind.HUMAN,
        _("服务账号须由一位在岗人员负责"),
        remedy=_("另选负责人"),
        rule=officers(),
        code="nobody_answers",
        status=422,
    )
    made = Person.objects.create_user(
        username, None, name_zh=name_zh, kind=Person.Kind.SERVICE, answered_by=answered_by, joined_at=at
    )
    write("person.make_service", by=by, at=at, content={"person": made.pk, "answered_by": answered_by.pk})
    return made


@transaction.atomic
def first_administrators(names: Mapping[str, tuple[str, str]], *, at: datetime) -> dict[str, str]:
    """Make the first administrators of a new house: role to (user name, name). Returns one-time passwords by user name.

    Raises
    ------
    Refusal
        There is an administrator already, or the three are not three persons.
    """
    known = Membership.objects.filter(role__in=roles.ADMINISTRATORS, until=None, person__is_active=True).exists()
    refuse_unless(
        not known,
        _("已有管理员，不能再用本命令设立"),
        remedy=_("由系统管理员建立账号、安全管理员授予岗位"),
        rule=separation(),
        code="taken",
    )
    users = [username for username, _name in names.values()]
    refuse_unless(
        set(names) == set(roles.ADMINISTRATORS) and len(set(users)) == len(users),
        _("系统、安全、审计管理员须由三个不同的人担任"),
        remedy=_("给出三个不同的用户名"),
        rule=separation(),
        code="combined",
        status=422,
    )
    told, office, made = {}, queries.headquarters(), []
    for role, (username, name_zh) in names.items():
        username = free(username)
        told[username] = secrets.token_urlsafe(15)
        person = Person.objects.create_user(
            username, told[username], name_zh=name_zh, joined_at=at, one_time_password=True
        )
        Membership.objects.create(person=person, organisation=office, role=role, since=shanghai_date(at))
        made.append({"person": person.pk, "username": username, "role": role})
    write("person.first_administrators", by=Person.objects.get(username=users[0]), at=at, content={"made": made})
    return told


def refuse_weak(password: str) -> None:
    """Refuse a password that is easily guessed."""
    try:
        validate_password(password)
    except ValidationError as error:
        raise Refusal(clauses(error.messages), remedy=_("换一个至少十位、不常见、不全是数字的密码"), rule=officers(),
                      code="weak_password", status=422, fields={"password": error.messages[0]}) from None  # fmt: skip


@transaction.atomic
def grant(
    person: Person, organisation: Organisation, role: str, *, since: date, by: Person, at: datetime
) -> Membership:
    """Grant a post; the three administrators are never one person, nobody grants to themselves."""
    refuse_without_role("security_admin", by=by, at=at)
    refuse_unless(person.pk != by.pk, _("不能给自己授予岗位"), remedy=_("请另一位安全管理员授予"), rule=separation(),
                  code="own_post", status=403)  # fmt: skip
    refuse_unless(person.is_active, _("%(who)s的账号已停用") % {"who": person}, remedy=_("请系统管理员另建账号"),
                  rule=officers(), code="left")  # fmt: skip
    known = roles.BY_CODE.get(role)
    refuse_unless(
        known is not None and organisation.kind in known.kinds,
        _("这个岗位不能设在该单位"),
        remedy=_("另选单位或岗位"),
        rule=officers(),
        code="wrong_place",
        status=422,
    )
    _refuse_combined(person, role, shanghai_date(at))
    made, fresh = Membership.objects.get_or_create(
        person=person, organisation=organisation, role=role, until=None, defaults={"since": since, "granted_by": by}
    )
    refuse_unless(fresh, _("已经持有这个岗位"), remedy=_("不必再授予"), rule=officers(), code="held")
    write("post.grant", by=by, at=at, content={"person": person.pk, "organisation": organisation.code, "role": role})
    return made


def _refuse_combined(person: Person, role: str, today: date) -> None:
    held = {m.role for m in Membership.objects.filter(person=person, until=None)}
    stands_in = Deputy.objects.filter(deputy=person, until__gte=today).exists()
    administrator = role in roles.ADMINISTRATORS
    clash = administrator and (held - {role} or stands_in or person.kind == Person.Kind.SERVICE)
    clash = clash or (held & set(roles.ADMINISTRATORS) and not administrator)
    refuse_unless(not clash, _("系统、安全、审计管理员须由不同的人担任，且不能兼任或代理业务岗位"), code="combined",
                  remedy=_("授予另一个人，或先收回原岗位"), rule=separation(), status=403)  # fmt: skip


@transaction.atomic
def end(membership: Membership, *, by: Person, at: datetime) -> None:
    """End a post, from today on."""
    absent = refuse_without_role("security_admin", by=by, at=at)
    today = shanghai_date(at)
    now = Membership.objects.select_for_update(of=("self",)).select_related("ended_by").get(pk=membership.pk)
    over = now.until is not None and now.until < today
    refuse_unless(not over, _("这个岗位已由%(who)s收回，最后一天是%(day)s") % {"who": now.ended_by, "day": now.until},
                  remedy=_("不必再办理"), rule=officers(), code="ended")  # fmt: skip
    Membership.objects.filter(pk=now.pk).update(until=today - timedelta(days=1), ended_by=by)
    content = {"post": now.pk, "person": now.person_id, "role": now.role}
    write("post.end", by=by, at=at, content=content, absent=absent)


@transaction.atomic
def leave(person: Person, *, hand_over_to: Person | None, by: Person, at: datetime) -> int:
    """Somebody leaves: account closed, posts, deputies and keys ended, service accounts handed on. Returns posts ended.

    What the person handles in cases is handed over one layer up (`riskwatch.case.handover`), which then calls this.
    """
    refuse_without_role(("system_admin", "operator_manager"), by=by, at=at)
    refuse_foreign(person, by=by, at=at)
    refuse_unless(person.pk != by.pk, _("不能停用自己的账号"), remedy=_("请另一位管理员办理"), rule=separation(),
                  code="own_account", status=403)  # fmt: skip
    now = Person.objects.select_for_update().get(pk=person.pk)
    refuse_unless(now.is_active, _("账号已停用"), remedy=_("不必再办理"), rule=officers(), code="left")
    answers_for = Person.objects.filter(answered_by=person, is_active=True)
    refuse_unless(
        hand_over_to is not None or not answers_for.exists(),
        _("%(who)s还负责服务账号，须指定接手人") % {"who": person},
        remedy=_("选定接手人后再办理"),
        rule=officers(),
        code="successor_missing",
        status=422,
    )
    today = shanghai_date(at)
    yesterday = today - timedelta(days=1)
    services = answers_for.update(answered_by=hand_over_to)
    count = Membership.objects.filter(person=person, until=None).update(until=yesterday, ended_by=by)
    Deputy.objects.filter(absent=person, until__gte=today).update(until=yesterday)
    Deputy.objects.filter(deputy=person, until__gte=today).update(until=yesterday)
    Token.objects.filter(person=person, revoked_at=None).update(revoked_at=at)
    Person.objects.filter(pk=person.pk).update(is_active=False, left_at=at)
    successor = hand_over_to.pk if hand_over_to else None
    content = {"person": person.pk, "to": successor, "posts": count, "service_accounts": services}
    write("person.leave", by=by, at=at, content=content)
    return count


def refuse_foreign(person: Person, *, by: Person, at: datetime) -> None:
    """Refuse an operator's manager who reaches for somebody outside the firm."""
    today = shanghai_date(at)
    mine = queries.posts(by, today)
    if any(p.role == "system_admin" for p in mine):
        return
    own = {p.organisation for p in mine if p.role == "operator_manager"}
    theirs = {p.organisation for p in queries.posts(person, today)}
    refuse_unless(theirs and theirs <= own, _("只能管理本企业的账号"), remedy=_("请对方企业的负责人办理"), rule=officers(),
                  code="foreign", status=403)  # fmt: skip


@transaction.atomic
def make_colleague(
    *, username: str, name_zh: str, password: str, role: str, by: Person, at: datetime, firm: Organisation | None = None
) -> Person:
    """An operator's manager gives a colleague an account in the same firm; ``firm`` says which of several."""
    absent = refuse_without_role("operator_manager", by=by, at=at)
    if firm is not None:
        refuse_outside_own(firm, ("operator_manager",), by=by, at=at)
    posts = [p for p in queries.posts(by, shanghai_date(at)) if p.role == "operator_manager"]
    place = firm.pk if firm else posts[0].organisation
    refuse_unless(role in ("operator_staff", "operator_manager"), _("岗位不正确"), remedy=_("选企业负责人或企业经办人"),
                  rule=officers(), code="wrong_role", status=422)  # fmt: skip
    username = free(username)
    refuse_weak(password)
    made = Person.objects.create_user(username, password, name_zh=name_zh, joined_at=at, one_time_password=True)
    Membership.objects.create(person=made, organisation_id=place, role=role, since=shanghai_date(at), granted_by=by)
    content = {"person": made.pk, "organisation": place}
    write("person.make_colleague", by=by, at=at, content=content, absent=absent)
    return made


@transaction.atomic
def name_deputy(
    absent: Person, deputy: Person, *, since: date, until: date, reason: str, by: Person, at: datetime
) -> Deputy:
    """Name a deputy for an absence; acts then count for both persons where duties are separated."""
    if by.pk != absent.pk:
        refuse_without_role("security_admin", by=by, at=at)
    today = shanghai_date(at)
    refuse_unless(absent.pk != deputy.pk, _("不能由本人代理本人"), remedy=_("另选代理人"), rule=separation(),
                  code="same_person", status=422)  # fmt: skip
    refuse_wrong_term(since, until)
    refuse_unless(
        today <= until and until - since <= timedelta(days=366),
        _("代理期限不能已经过去，也不能超过一年"),
        remedy=_("改正日期后再提交"),
        rule=officers(),
        code="wrong_term",
        status=422,
    )
    _refuse_unfit_deputy(absent, deputy, today)
    made = Deputy.objects.create(absent=absent, deputy=deputy, since=since, until=until, reason=reason, named_by=by)
    content = {"absent": absent.pk, "deputy": deputy.pk, "since": since, "until": until, "reason": reason}
    write("deputy.name", by=by, at=at, content=content, absent=absent if by.pk != absent.pk else None)
    return made


def _refuse_unfit_deputy(absent: Person, deputy: Person, today: date) -> None:
    """Refuse administrators on either side, and anybody from another house."""
    theirs = Membership.objects.filter(queries.on(today), person=deputy)
    mine = Membership.objects.filter(queries.on(today), person=absent)
    administrators = (theirs | mine).filter(role__in=roles.ADMINISTRATORS).exists()
    refuse_unless(not administrators, _("管理员不能代理他人，管理员的岗位也不能由他人代理"), remedy=_("另选一位业务岗位的同事"),
                  rule=separation(), code="administrator", status=403)  # fmt: skip
    shared = theirs.filter(organisation__in=mine.values("organisation"))
    refuse_unless(
        deputy.is_active and deputy.kind == Person.Kind.HUMAN and shared.exists(),
        _("代理人须是同一单位的在岗人员"),
        remedy=_("另选本单位的同事"),
        rule=officers(),
        code="stranger",
        status=422,
    )


@transaction.atomic
def end_deputy(row: Deputy, *, by: Person, at: datetime) -> None:
    """End a deputy's term before its day."""
    if by.pk != row.absent_id:
        refuse_without_role("security_admin", by=by, at=at)
    today = shanghai_date(at)
    row = Deputy.objects.select_for_update().get(pk=row.pk)
    refuse_unless(row.until >= today, _("代理已经结束"), remedy=_("不必再办理"), rule=officers(), code="ended")
    Deputy.objects.filter(pk=row.pk).update(until=today - timedelta(days=1))
    write("deputy.end", by=by, at=at, content={"absent": row.absent_id, "deputy": row.deputy_id})


@transaction.atomic
def issue_token(person: Person, *, name: str, days: int, by: Person, at: datetime) -> str:
    """Give oneself, or a service account, a key for machines; it is shown once and only its digest is kept."""
    if by.pk != person.pk:
        refuse_without_role("security_admin", by=by, at=at)
        refuse_unless(person.kind == Person.Kind.SERVICE, _("个人的令牌只能由本人生成"), remedy=_("请本人在“我的账号”生成"),
                      rule=separation(), code="not_own", status=403)  # fmt: skip
    refuse_unless(person.is_active, _("账号已停用"), remedy=_("请系统管理员另建账号"), rule=officers(), code="left")
    refuse_unless(1 <= days <= 366, _("有效期应为1至366天"), remedy=_("改正天数后再提交"), rule=officers(), code="wrong_term",
                  status=422)  # fmt: skip
    key = "rw_" + secrets.token_urlsafe(32)
    Token.objects.create(person=person, name=name, digest=sha256(key.encode()).hexdigest(), since=at,
                         until=at + timedelta(days=days), issued_by=by)  # fmt: skip
    write("token.issue", by=by, at=at, content={"person": person.pk, "name": name, "days": days})
    return key


@transaction.atomic
def revoke_token(token: Token, *, by: Person, at: datetime) -> None:
    """Take a key back; the next request with it is refused."""
    if by.pk != token.person_id:
        refuse_without_role("security_admin", by=by, at=at)
    count = Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)
    refuse_unless(count, _("令牌已收回"), remedy=_("不必再办理"), rule=officers(), code="ended")
    write("token.revoke", by=by, at=at, content={"person": token.person_id, "name": token.name})


def person_of_token(key: str, *, at: datetime) -> Person | None:
    """Whose key this is, while it and the account are valid."""
    digest = sha256(key.encode()).hexdigest()
    row = Token.objects.select_related("person").filter(digest=digest, revoked_at=None, until__gt=at).first()
    if row is None or not row.person.is_active:
        return None
    Token.objects.filter(pk=row.pk).update(last_used_at=at)
    return row.person


@transaction.atomic
def declare_reporting_system(firm: Organisation, words: str, *, by: Person, at: datetime) -> None:
    """An operator declares its internal reporting system."""
    refuse_outside_own(firm, ("operator_manager",), by=by, at=at)
    refuse_unless(words.strip(), _("制度内容不能为空"), remedy=_("写明谁在多长时间内向谁报告"),
                  rule=decree188.by_name("operator_must_report"), code="empty", status=422)  # fmt: skip
    firm = Organisation.objects.select_for_update().get(pk=firm.pk)
    Organisation.objects.filter(pk=firm.pk).update(reporting_system=words)
    write("operator.reporting_system", by=by, at=at, rule="operator_must_report",
          content={"organisation": firm.pk, "words": words})  # fmt: skip
