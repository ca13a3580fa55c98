"""Who may assess a case: qualified for its products, designated for them, large enough, and tied to nobody in it."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.assessment.models import Assessment
from riskwatch.case.models import Concern, Folder, Sheet
from riskwatch.collection.queries import codes_of
from riskwatch.collection.remit import remit
from riskwatch.look.words import listed
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal, refuse_unless

MEMBERS = ("panel_chair", "panellist", "assessor")


def refuse_unfit(assessor: Organisation, folder: Folder, *, today: date) -> None:
    """Refuse a body without a qualification for the case's products, a centre outside its designation, a wrong panel, a tie."""
    inside = list(Sheet.objects.filter(enclosures__folder=folder, enclosures__taken_out_at=None, kind="information")
                  .select_related("owner"))  # fmt: skip
    if assessor.kind == Organisation.Kind.TECHNICAL_BODY:
        for code in codes_of(s.pk for s in inside) or [""]:
            refuse_unless(parties.qualified(assessor, today, product=code),
                          _("%(body)s今天没有覆盖产品%(code)s的有效资质") % {"body": assessor, "code": code},
                          remedy=_("改选有资质的机构"), rule=decree188.by_name("who_may_assess"), code="unqualified")  # fmt: skip
    if assessor.kind == Organisation.Kind.CENTRE:
        for sheet in inside:
            remit(assessor, sheet, today)
    members = members_of(assessor, today)
    if assessor.kind == Organisation.Kind.PANEL:
        _refuse_size(len(members))
    _refuse_tied(assessor, members, folder, today)


def members_of(assessor: Organisation, today: date) -> list[int]:
    """Keys of the people who assess for a body, panel or centre on a day."""
    return sorted({p.pk for role in MEMBERS for p in parties.holders(assessor.pk, role, today)})


def _refuse_size(size: int) -> None:
    refuse_unless(size >= 3 and size % 2 == 1, _("专家小组应为三人以上的单数，现有%(n)s人") % {"n": size},
                  remedy=_("先补齐专家"), rule=decree188.by_name("who_may_assess"), code="panel_size")  # fmt: skip


def _refuse_tied(assessor: Organisation, members: list[int], folder: Folder, today: date) -> None:
    tied = parties.ties(assessor.pk, members, operators_of(folder), today)
    if tied:
        raise Refusal(_("%(body)s与%(firm)s有利害关系：%(nature)s") % {"body": assessor, "firm": tied[0].operator, "nature": tied[0].nature},
                      remedy=_("改选无利害关系的机构或专家"), rule=decree188.by_name("who_may_assess"), code="conflict")  # fmt: skip


def operators_of(folder: Folder) -> list[int]:
    """The operators that a case concerns, by their parts in its sheets and information."""
    sheets = Sheet.objects.filter(Q(folder=folder) | Q(enclosures__folder=folder)).values("pk")
    concerned = Concern.objects.filter(sheet__in=sheets).values("organisation")
    return list(Organisation.objects.filter(kind="operator", pk__in=concerned).values_list("pk", flat=True))


def freeze_team(sheet: Sheet, *, by: Person, at: datetime) -> list[int]:
    """Fix a panel's team as it stands when it takes the work up; other assessors have no fixed team."""
    row = Assessment.objects.select_related("assessor").get(pk=sheet.pk)
    if row.assessor.kind != Organisation.Kind.PANEL:
        return []
    team = members_of(row.assessor, shanghai_date(at))
    _refuse_size(len(team))
    row.team.set(team)
    return team


def refuse_outside_team(sheet: Sheet, *, by: Person) -> None:
    """Refuse somebody who joined a panel after it took the work up."""
    team = set(Assessment.objects.get(pk=sheet.pk).team.values_list("pk", flat=True))
    refuse_unless(not team or by.pk in team, _("您不在本次评估的小组中"), remedy=_("由小组成员办理"),
                  rule=decree188.by_name("who_may_assess"), code="not_in_team", status=403)  # fmt: skip


def refuse_silent_members(sheet: Sheet) -> None:
    """Refuse a report while a member of the team has not stated that no interest ties them."""
    row = Assessment.objects.get(pk=sheet.pk)
    silent = row.team.exclude(pk__in=row.statements.filter(has_interest=False).values("person"))
    names = listed(str(p) for p in silent)
    refuse_unless(not names, _("小组成员尚未作利害关系声明：%(names)s") % {"names": names},
                  remedy=_("每位成员声明后再提交；有利害关系的，由委托方撤销委托后另行组建小组"),
                  rule=decree188.by_name("who_may_assess"), code="statement_missing")  # fmt: skip


def refuse_no_longer_fit(sheet: Sheet, *, at: datetime) -> None:
    """Refuse an assessor whose qualification or designation ended, or who became tied, since the commission."""
    row = Assessment.objects.select_related("assessor", "sheet__folder").get(pk=sheet.pk)
    folder, today = row.sheet.folder, shanghai_date(at)
    if folder is None:
        return
    if row.assessor.kind != Organisation.Kind.PANEL or not row.team.exists():
        refuse_unfit(row.assessor, folder, today=today)
        return
    _refuse_tied(row.assessor, list(row.team.values_list("pk", flat=True)), folder, today)
