"""Agents' mandates: filed by either side with proof, confirmed by customs, revoked by anybody whom they concern."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.look.words import listed
from riskwatch.parties import queries
from riskwatch.parties.guards import absent_of, refuse_wrong_term, write
from riskwatch.parties.models import Mandate, Organisation, Person
from riskwatch.parties.queries import Post
from riskwatch.refusals import Refusal, refuse_unless

CUSTOMS = ("registrar", "case_officer")


def customs_posts(person: Person, at: datetime) -> list[Post]:
    """The posts that a person fills at the desk of a customs office."""
    posts = queries.posts(person, shanghai_date(at))
    return [p for p in posts if p.role in CUSTOMS and p.kind == Organisation.Kind.OFFICE]


def _rule() -> Any:
    return decree188.by_name("operator_roles")


@transaction.atomic
def file_mandate(agent: Organisation, principal: Organisation, *, direction: str, scope: str, since: date, until: date,
                 proof: UUID | None, by: Person, at: datetime) -> Mandate:  # fmt: skip
    """A manager of either firm files that one may act for the other; it counts once customs confirmed it."""
    _refuse_outsider(agent, principal, by=by, at=at)
    both = agent.kind == principal.kind == Organisation.Kind.OPERATOR and agent.pk != principal.pk
    refuse_unless(
        both, _("委托应在两家不同的企业之间"), remedy=_("核对企业代码"), rule=_rule(), code="wrong", status=422
    )
    refuse_unless(
        proof is not None,
        _("须上传委托书"),
        remedy=_("附上双方签章的委托书"),
        rule=_rule(),
        code="proof_missing",
        status=422,
    )
    refuse_wrong_term(since, until, rule="operator_roles")
    codes = scope.split()
    strange = [c for c in codes if not (c.isdigit() and 2 <= len(c) <= 10)]
    if strange:
        words = _("商品编码前缀应为2至10位数字：%(codes)s") % {"codes": listed(strange)}
        raise Refusal(words, remedy=_("用空格分开；不限商品的留空"), rule=_rule(), code="wrong_scope", status=422,
                      fields={"scope": words})  # fmt: skip
    assert proof is not None
    made = Mandate.objects.create(agent=agent, principal=principal, direction=direction, scope=" ".join(codes), since=since,
                                  until=until, proof=proof, filed_by=by)  # fmt: skip
    write("mandate.file", by=by, at=at, rule="operator_roles", content={"mandate": made.pk, "agent": agent.code,
          "principal": principal.code, "direction": direction, "scope": codes, "since": since, "until": until})  # fmt: skip
    return made


def _refuse_outsider(agent: Organisation, principal: Organisation, *, by: Person, at: datetime) -> None:
    own = {p.organisation for p in queries.posts(by, shanghai_date(at)) if p.role == "operator_manager"}
    refuse_unless(own & {agent.pk, principal.pk}, _("须由委托一方的企业负责人办理"), remedy=_("请企业负责人办理"), rule=_rule(),
                  code="no_post", status=403)  # fmt: skip


@transaction.atomic
def confirm_mandate(row: Mandate, *, by: Person, at: datetime) -> Mandate:
    """Customs looked at the proof and confirms."""
    desk = customs_posts(by, at)
    refuse_unless(desk, _("须由海关的信息岗或经办岗确认"), remedy=_("请海关工作人员核对委托书后确认"), rule=_rule(),
                  code="no_post", status=403)  # fmt: skip
    today = shanghai_date(at)
    refuse_unless(
        row.until >= today, _("委托期限已过"), remedy=_("请企业重新报送委托"), rule=_rule(), code="out_of_date"
    )
    count = Mandate.objects.filter(pk=row.pk, confirmed_by=None, revoked_on=None).update(
        confirmed_by=by, confirmed_on=today
    )
    refuse_unless(count, _("该委托已确认或已撤销"), remedy=_("刷新页面后查看"), rule=_rule(), code="moved")
    write(
        "mandate.confirm", by=by, at=at, absent=absent_of(desk, by), rule="operator_roles", content={"mandate": row.pk}
    )
    row.refresh_from_db()
    return row


@transaction.atomic
def revoke_mandate(row: Mandate, *, reason: str, by: Person, at: datetime) -> Mandate:
    """Either firm's manager, or customs, ends a mandate from today on; nothing more is done under it."""
    desk = customs_posts(by, at)
    if not desk:
        _refuse_outsider(row.agent, row.principal, by=by, at=at)
    count = Mandate.objects.filter(pk=row.pk, revoked_on=None).update(revoked_on=shanghai_date(at))
    refuse_unless(count, _("该委托已撤销"), remedy=_("不必再办理"), rule=_rule(), code="ended")
    write(
        "mandate.revoke",
        by=by,
        at=at,
        absent=absent_of(desk, by),
        rule="operator_roles",
        content={"mandate": row.pk, "reason": reason},
    )
    row.refresh_from_db()
    return row


def acting_for(person: Person, at: datetime, *, on_behalf: Organisation | None, direction: str = "",
               code: str = "", kinds: tuple[str, ...] = ("operator",)) -> tuple[Organisation, Organisation | None]:  # fmt: skip
    """For whom a person acts now, and through which agent: their own organisation, or a principal by a mandate.

    Returns the organisation in whose name the act is done and, for a principal, the agent that does it.

    Raises
    ------
    Refusal
        The person holds no post in such an organisation, or no mandate of that principal fits the day, the
        direction and the commodity code.
    """
    today = shanghai_date(at)
    own = queries.own_organisations(person, today, *kinds)
    refuse_unless(
        own, _("您没有代表单位办理的岗位"), remedy=_("请本单位有岗位的人办理"), rule=_rule(), code="no_post", status=403
    )
    if on_behalf is None or on_behalf.pk in {o.pk for o in own}:
        return (on_behalf or own[0]), None
    for mandate in queries.acts_for(person, today, direction, code):
        if mandate.principal_id == on_behalf.pk:
            return mandate.principal, mandate.agent
    words = _why_not(person, on_behalf, today, direction, code)
    raise Refusal(words, remedy=_("报送范围、期限相符的委托，经海关确认后再代办"), rule=_rule(), code="no_mandate", status=403,
                  fields={"on_behalf": words})  # fmt: skip


def _why_not(person: Person, principal: Organisation, today: date, direction: str, code: str) -> str:
    rows = [m for m in queries.mandates_of(person, today) if m.principal_id == principal.pk]
    who = {"firm": principal}
    if not rows:
        return _("没有%(firm)s的委托") % who
    if not any(m.confirmed_by_id for m in rows):
        return _("%(firm)s的委托尚未经海关确认") % who
    live = [m for m in rows if m.confirmed_by_id and queries.in_term(m, today)]
    if not live:
        return _("%(firm)s的委托不在有效期内或已撤销") % who
    if not any(queries.fits_direction(m, direction) for m in live):
        return _("%(firm)s的委托不包括这个进出口方向") % who
    return _("%(firm)s的委托不包括商品编码“%(code)s”") % {"firm": principal, "code": code or "—"}
