"""Organisations and what they may do: making them, qualifications, designations, panel members, declared ties."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.identifiers import InvalidIdentifier, check_uscc
from riskwatch.look.words import clauses, either, listed
from riskwatch.parties import actions, queries
from riskwatch.parties.guards import (
    absent_of,
    officers,
    refuse_outside_headquarters,
    refuse_without_role,
    refuse_wrong_term,
    separation,
    write,
)
from riskwatch.parties.loading import sort_key
from riskwatch.parties.models import Designation, Interest, Membership, Organisation, Person, Qualification
from riskwatch.refusals import Refusal, refuse_unless

KEEPERS = ("policy", "decider")
QUALIFIED = ("technical_body", "testing_body")


def refuse_closed(organisation: Organisation, today: date) -> None:
    """Refuse an act on an organisation that is no more."""
    refuse_unless(organisation.until is None or organisation.until >= today, _("%(place)s已撤销") % {"place": organisation},
                  remedy=_("另选在用的单位"), rule=officers(), code="closed")  # fmt: skip


@transaction.atomic
def make_organisation(*, kind: str, code: str, name_zh: str, by: Person, at: datetime, **more: str) -> Organisation:
    """Make a centre, body, panel, operator or department; offices come from the office table."""
    refuse_without_role("system_admin", by=by, at=at)
    problems = _problems(kind, code, name_zh)
    uscc = more.pop("uscc", "").strip()
    if kind == Organisation.Kind.OPERATOR:
        uscc = uscc or code
    if uscc:
        try:
            uscc = check_uscc(uscc)
        except InvalidIdentifier as error:
            problems["uscc"] = either(error.reason_zh, error.reason_en)
        if Organisation.objects.filter(uscc=uscc).exists():
            problems["uscc"] = _("该统一社会信用代码已有单位")
    if problems:
        raise Refusal(clauses(problems.values()), remedy=_("改正后再提交"), rule=decree188.by_name("nationwide"),
                      code="wrong_fields", status=422, fields=problems)  # fmt: skip
    made = Organisation.objects.create(kind=kind, code=code.strip(), name_zh=name_zh.strip(), uscc=uscc, since=shanghai_date(at),
                                       sort_key=sort_key(name_zh), **more)  # fmt: skip
    write(
        "organisation.make",
        by=by,
        at=at,
        rule="nationwide",
        content={"organisation": made.code, "kind": kind, "name": name_zh},
    )
    return made


def _problems(kind: str, code: str, name_zh: str) -> dict[str, str]:
    found = {}
    if kind not in Organisation.Kind.values or kind == Organisation.Kind.OFFICE:
        found["kind"] = _("海关由机构表载入，不在这里建立")
    if not code.strip() or Organisation.objects.filter(code=code.strip()).exists():
        found["code"] = _("代码为空或已被使用")
    if not name_zh.strip():
        found["name_zh"] = _("名称不能为空")
    return found


@transaction.atomic
def amend_organisation(organisation: Organisation, *, by: Person, at: datetime, **facts: str) -> Organisation:
    """Mend an organisation's name and particulars; old and new stand in the journal. Its code and kind stay."""
    refuse_without_role("system_admin", by=by, at=at)
    _refuse_office(organisation)
    now = Organisation.objects.select_for_update().get(pk=organisation.pk)
    changes = {k: (getattr(now, k), v) for k, v in facts.items() if getattr(now, k) != v}
    refuse_unless(changes, _("没有改动"), remedy=_("改动后再提交"), rule=officers(), code="nothing_changed", status=422)
    named = {"sort_key": sort_key(facts["name_zh"])} if "name_zh" in changes else {}
    Organisation.objects.filter(pk=organisation.pk).update(**{k: new for k, (_old, new) in changes.items()}, **named)
    write("organisation.amend", by=by, at=at, content={"organisation": organisation.code, "changes": changes})
    organisation.refresh_from_db()
    return organisation


@transaction.atomic
def close_organisation(organisation: Organisation, *, reason: str, by: Person, at: datetime) -> Organisation:
    """An organisation is no more, from tomorrow on; refused while anybody holds a post in it."""
    refuse_without_role("system_admin", by=by, at=at)
    _refuse_office(organisation)
    refuse_closed(Organisation.objects.select_for_update().get(pk=organisation.pk), shanghai_date(at))
    held = Membership.objects.filter(organisation=organisation, until=None).count()
    refuse_unless(not held, _("还有%(n)s个岗位未收回，不能撤销") % {"n": held}, remedy=_("先由安全管理员收回岗位"), rule=officers(),
                  code="posts_held")  # fmt: skip
    Organisation.objects.filter(pk=organisation.pk).update(until=shanghai_date(at))
    write("organisation.close", by=by, at=at, content={"organisation": organisation.code, "reason": reason})
    organisation.refresh_from_db()
    return organisation


def _refuse_office(organisation: Organisation) -> None:
    refuse_unless(
        organisation.kind != Organisation.Kind.OFFICE,
        _("海关由机构表维护，不在这里改动"),
        remedy=_("更新机构表后重新载入"),
        rule=decree188.by_name("own_area"),
        code="office",
        status=422,
    )


@transaction.atomic
def add_qualification(body: Organisation, *, kind: str, number: str, scope: str, products: Iterable[str], valid_from: date,
                      valid_until: date, by: Person, at: datetime) -> Qualification:  # fmt: skip
    """Headquarters enters what a technical or testing body is qualified for, and until when."""
    absent = refuse_outside_headquarters(KEEPERS, by=by, at=at, rule="who_may_assess")
    refuse_unless(body.kind in QUALIFIED, _("只有技术机构和检验检测机构登记资质"), remedy=_("监测中心请办理指定"),
                  rule=decree188.by_name("who_may_assess"), code="wrong_kind", status=422)  # fmt: skip
    refuse_closed(body, shanghai_date(at))
    refuse_wrong_term(valid_from, valid_until, rule="who_may_assess")
    known = Qualification.objects.filter(organisation=body, kind=kind, number=number, withdrawn_on=None).exists()
    refuse_unless(not known, _("这份资质已登记"), remedy=_("续期时先撤销原登记，或填写新证书编号"),
                  rule=decree188.by_name("who_may_assess"), code="known", status=422)  # fmt: skip
    made = Qualification.objects.create(organisation=body, kind=kind, number=number, scope=scope, products=list(products),
                                        valid_from=valid_from, valid_until=valid_until)  # fmt: skip
    write("qualification.add", by=by, at=at, absent=absent, rule="who_may_assess", content={"organisation": body.code, "number": number,
          "kind": kind, "products": list(products), "from": valid_from, "until": valid_until})  # fmt: skip
    return made


@transaction.atomic
def withdraw_qualification(row: Qualification, *, reason: str, by: Person, at: datetime) -> Qualification:
    """A qualification is no longer good, from today on; the record stays."""
    absent = refuse_outside_headquarters(KEEPERS, by=by, at=at, rule="who_may_assess")
    _end(row, "withdrawn_on", shanghai_date(at), rule="who_may_assess")
    write(
        "qualification.withdraw",
        by=by,
        at=at,
        absent=absent,
        rule="who_may_assess",
        content={"number": row.number, "reason": reason},
    )
    return row


@transaction.atomic
def designate(centre: Organisation, *, number: str, products: Iterable[str], areas: Iterable[str], valid_from: date,
              valid_until: date, by: Person, at: datetime) -> Designation:  # fmt: skip
    """Headquarters designates a centre for products, area and period."""
    rule = decree188.by_name("centre_remit")
    absent = refuse_outside_headquarters(KEEPERS, by=by, at=at, rule="centre_remit")
    refuse_unless(centre.kind == Organisation.Kind.CENTRE, _("只能指定国家监测中心"), remedy=_("另选单位"), rule=rule,
                  code="wrong_kind", status=422)  # fmt: skip
    refuse_closed(centre, shanghai_date(at))
    refuse_wrong_term(valid_from, valid_until, rule="centre_remit")
    refuse_unless(not Designation.objects.filter(number=number).exists(), _("这个指定文号已登记"), remedy=_("核对文号"), rule=rule,
                  code="known", status=422)  # fmt: skip
    known = set(Organisation.objects.filter(kind="office").values_list("code", flat=True))
    strange = sorted(set(areas) - known)
    refuse_unless(not strange, _("没有这些关区代码：%(codes)s") % {"codes": listed(strange)}, remedy=_("填写四位关区代码"),
                  rule=rule, code="wrong_area", status=422)  # fmt: skip
    made = Designation.objects.create(centre=centre, number=number, products=list(products), areas=list(areas),
                                      valid_from=valid_from, valid_until=valid_until, designated_by=by)  # fmt: skip
    write("centre.designate", by=by, at=at, absent=absent, rule="centre_remit", content={"centre": centre.code, "number": number,
          "products": list(products), "areas": list(areas), "from": valid_from, "until": valid_until})  # fmt: skip
    return made


@transaction.atomic
def end_designation(row: Designation, *, reason: str, by: Person, at: datetime) -> Designation:
    """Headquarters ends a designation, from today on."""
    absent = refuse_outside_headquarters(KEEPERS, by=by, at=at, rule="centre_remit")
    _end(row, "withdrawn_on", shanghai_date(at), rule="centre_remit")
    write(
        "centre.end_designation",
        by=by,
        at=at,
        absent=absent,
        rule="centre_remit",
        content={"number": row.number, "reason": reason},
    )
    return row


def _end(row: Any, field: str, today: date, *, rule: str) -> None:
    count = type(row).objects.filter(pk=row.pk, **{field: None}).update(**{field: today})
    refuse_unless(count, _("已经终止"), remedy=_("不必再办理"), rule=decree188.by_name(rule), code="ended")
    row.refresh_from_db()


@transaction.atomic
def seat(panel: Organisation, person: Person, *, chair: bool, since: date, by: Person, at: datetime) -> Membership:
    """Put an expert on a panel; it has one chair, and nobody sits on it twice."""
    rule = decree188.by_name("who_may_assess")
    refuse_unless(panel.kind == Organisation.Kind.PANEL, _("只有专家小组有成员"), remedy=_("另选专家小组"), rule=rule,
                  code="wrong_kind", status=422)  # fmt: skip
    refuse_closed(panel, shanghai_date(at))
    sitting = Membership.objects.filter(organisation=panel, until=None)
    refuse_unless(not sitting.filter(person=person).exists(), _("%(who)s已是本小组成员") % {"who": person}, remedy=_("另选专家"),
                  rule=rule, code="held")  # fmt: skip
    refuse_unless(not chair or not sitting.filter(role="panel_chair").exists(), _("本小组已有组长"),
                  remedy=_("先收回原组长的岗位"), rule=rule, code="has_chair")  # fmt: skip
    return actions.grant(person, panel, "panel_chair" if chair else "panellist", since=since, by=by, at=at)


@transaction.atomic
def declare_interest(operator: Organisation, *, nature: str, since: date, person: Person | None = None,
                     organisation: Organisation | None = None, by: Person, at: datetime) -> Interest:  # fmt: skip
    """Declare a tie to an operator: one's own, one's body's, or, as keeper of the register, somebody else's."""
    refuse_unless(operator.kind == Organisation.Kind.OPERATOR, _("利害关系是与生产经营者的关系"), remedy=_("填写企业的代码"),
                  rule=officers(), code="wrong_kind", status=422)  # fmt: skip
    absent = None
    if person is None or person.pk != by.pk:
        absent = _refuse_foreign_tie(organisation, by=by, at=at)
    made = Interest.objects.create(person=person, organisation=organisation, operator=operator, nature=nature, since=since,
                                   declared_by=by)  # fmt: skip
    write("interest.declare", by=by, at=at, absent=absent, content={"person": person.pk if person else None,
          "organisation": organisation.code if organisation else "", "operator": operator.code, "nature": nature})  # fmt: skip
    return made


def _refuse_foreign_tie(organisation: Organisation | None, *, by: Person, at: datetime) -> Person | None:
    posts = queries.posts(by, shanghai_date(at))
    heads = [p for p in posts if p.role in ("body_head", "panel_chair")]
    own = [p for p in heads if organisation is not None and p.organisation == organisation.pk]
    if own:
        return absent_of(own, by)
    return refuse_without_role(("policy", "supervisor", "security_admin"), by=by, at=at)


@transaction.atomic
def end_interest(row: Interest, *, reason: str, by: Person, at: datetime) -> Interest:
    """A declared tie is over after today; a second person says so, never the one who is tied."""
    refuse_unless(row.person_id != by.pk, _("自己的利害关系不能由自己解除"), remedy=_("请监督岗、规则岗或安全管理员核实后解除"),
                  rule=separation(), code="own_tie", status=403)  # fmt: skip
    absent = refuse_without_role(("policy", "supervisor", "security_admin"), by=by, at=at)
    refuse_unless(absent is None or absent.pk != row.person_id, _("不能代理有利害关系的人解除其利害关系"), remedy=_("请另一位同事核实后解除"),
                  rule=separation(), code="own_tie", status=403)  # fmt: skip
    today = shanghai_date(at)
    last = max(today, row.since)
    count = Interest.objects.filter(pk=row.pk, until=None).update(until=last, ended_by=by)
    refuse_unless(count, _("已经终止"), remedy=_("不必再办理"), rule=officers(), code="ended")
    write("interest.end", by=by, at=at, absent=absent, content={"interest": row.pk, "reason": reason, "until": last})
    row.refresh_from_db()
    return row
