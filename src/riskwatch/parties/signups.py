"""An operator asks for an account with its licence; an officer of its customs looks and answers; the applicant is told."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.identifiers import InvalidIdentifier, check_uscc
from riskwatch.look.words import either
from riskwatch.parties import queries
from riskwatch.parties.actions import refuse_weak
from riskwatch.parties.guards import absent_of, officers, write
from riskwatch.parties.loading import sort_key
from riskwatch.parties.models import Membership, Organisation, Person, SignUp
from riskwatch.parties.ports import identity_verifier
from riskwatch.parties.usernames import free
from riskwatch.refusals import Refusal, refuse_unless

DESK = ("registrar", "case_officer")
log = logging.getLogger(__name__)


@transaction.atomic
def sign_up(
    *, uscc: str, name_zh: str, legal_representative: str, region_office: Organisation, applicant_name: str, applicant_phone: str,
    applicant_email: str, username: str, password: str, proof: Any, number: str = "", secret_digest: str = "", at: datetime,
) -> SignUp:  # fmt: skip
    """An operator asks for an account; nothing opens until an officer has looked at the proof."""
    rule = decree188.by_name("operator_roles")
    try:
        code = check_uscc(uscc)
    except InvalidIdentifier as error:
        raise Refusal(either(error.reason_zh, error.reason_en), remedy=_("按营业执照填写十八位代码"), rule=rule, code="uscc", status=422,
                      fields={"uscc": either(error.reason_zh, error.reason_en)}) from None  # fmt: skip
    refuse_weak(password)
    username = free(username)
    waiting = SignUp.objects.filter(state=SignUp.State.WAITING)
    refuse_unless(not waiting.filter(uscc=code).exists(), _("该企业已有待审核的申请"), remedy=_("凭回执查询进度"), rule=rule,
                  code="waiting")  # fmt: skip
    refuse_unless(not waiting.filter(username__iexact=username).exists(), _("用户名已被使用"), remedy=_("换一个用户名"), rule=rule,
                  code="taken", status=422)  # fmt: skip
    return SignUp.objects.create(
        uscc=code, name_zh=name_zh, legal_representative=legal_representative, region_office=region_office,
        applicant_name=applicant_name, applicant_phone=applicant_phone, applicant_email=applicant_email, username=username,
        password=make_password(password), proof=proof, asked_at=at, number=number, secret_digest=secret_digest,
        checks=_checks(code, name_zh),
    )  # fmt: skip


def _checks(code: str, name_zh: str) -> dict[str, Any]:
    """What machines can say: the code's check digit, the register of operators, the site's verifier of identities."""
    found: dict[str, Any] = {"uscc": "ok", "known_firm": Organisation.objects.filter(uscc=code).exists()}
    verifier = identity_verifier()
    if verifier is not None:
        try:
            said = verifier.verify(name=name_zh, number=code)
            found["verifier"] = {"agrees": said.agrees, "detail": said.detail}
        except Exception as error:  # whatever the outside does, the request stands and a person decides
            log.warning("identity verifier failed", exc_info=True)
            found["verifier"] = {"agrees": None, "detail": f"{type(error).__name__}: {error}"}
    return found


def in_reach(person: Person, *, at: datetime) -> QuerySet[SignUp]:
    """The sign-ups in the reach of a person's desk."""
    today = shanghai_date(at)
    mine = [p.organisation for p in queries.posts(person, today) if p.role in DESK]
    rows = SignUp.objects.filter(region_office__in=queries.reach(mine, today))
    return rows.select_related("region_office", "decided_by")


@transaction.atomic
def decide_sign_up(request: SignUp, *, approve: bool, reason: str, by: Person, at: datetime) -> Person | None:
    """Approve (firm and manager's account come into being) or refuse with the reason; the applicant is told by mail."""
    today = shanghai_date(at)
    places = {request.region_office_id, *queries.above(request.region_office_id, today)}
    fits = [p for p in queries.posts(by, today) if p.organisation in places and p.role in DESK]
    refuse_unless(fits, _("须由所在地海关办理"), remedy=_("请企业所在地海关的信息岗或经办岗审核"),
                  rule=decree188.by_name("own_area"), code="no_post", status=403)  # fmt: skip
    now = SignUp.objects.select_for_update(of=("self",)).get(pk=request.pk)
    refuse_unless(
        now.state == SignUp.State.WAITING,
        _("该申请已审核"),
        remedy=_("刷新页面后查看结果"),
        rule=officers(),
        code="moved",
    )
    doubted = now.checks.get("verifier", {}).get("agrees") is False
    refuse_unless(approve or reason.strip(), _("不予通过须写明理由"), remedy=_("填写理由后再提交"), rule=officers(),
                  code="reason_missing", status=422)  # fmt: skip
    refuse_unless(not (approve and doubted) or reason.strip(), _("自动核对不一致，通过须写明理由"),
                  remedy=_("写明如何核实了执照"), rule=officers(), code="reason_missing", status=422)  # fmt: skip
    state = SignUp.State.APPROVED if approve else SignUp.State.REFUSED
    SignUp.objects.filter(pk=now.pk).update(state=state, reason=reason, decided_by=by, decided_at=at)
    person = _admit(now, by=by, at=at) if approve else None
    write(
        "signup.decide",
        by=by,
        at=at,
        absent=absent_of(fits, by),
        content={"request": now.pk, "approved": approve, "reason": reason},
    )
    transaction.on_commit(lambda: _tell(now, approve, reason))
    return person


def _admit(request: SignUp, *, by: Person, at: datetime) -> Person:
    username = free(request.username)
    firm, _made = Organisation.objects.get_or_create(
        uscc=request.uscc,
        defaults={"kind": "operator", "code": request.uscc, "name_zh": request.name_zh, "sort_key": sort_key(request.name_zh),
                  "legal_representative": request.legal_representative},
    )  # fmt: skip
    person = Person.objects.create(username=username, name_zh=request.applicant_name, email=request.applicant_email,
                                   phone=request.applicant_phone, password=request.password, joined_at=at)  # fmt: skip
    Membership.objects.create(
        person=person, organisation=firm, role="operator_manager", since=shanghai_date(at), granted_by=by
    )
    return person


def _tell(request: SignUp, approved: bool, reason: str) -> None:
    """Mail the answer. What cannot be mailed is logged; the receipt says the same."""
    result = (
        _("您的账号申请已通过，可以用所填用户名登录。")
        if approved
        else _("您的账号申请未通过：%(why)s") % {"why": reason}
    )
    body = "\n".join([result, f"{request.name_zh} {request.number}", str(request.region_office)])
    try:
        send_mail(_("账号申请审核结果 %(number)s") % {"number": request.number}, body, None, [request.applicant_email])
    except OSError:
        log.exception("sign-up %s could not be answered by mail", request.number)
