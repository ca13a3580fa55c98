"""Commissioning, conflict statements, reporting in seven parts, accepting, assessing again; centres' proposals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.scope import centre_remit
from riskwatch.assessment import reporting
from riskwatch.assessment.models import Assessment, ConflictStatement, Proposal
from riskwatch.case import deadlines, outbox
from riskwatch.case.lifecycle import advance, lock, posts_of
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.sheets import Plan, begin, concern
from riskwatch.documents import actions as documents
from riskwatch.look.words import listed
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Designation, Organisation, Person
from riskwatch.refusals import Refusal, refuse_unless

READY = ("verified", "entered")


@transaction.atomic
def commission(
    folder: Folder, *, assessor: Organisation, question: str, due_on: date | None = None, by: Person, at: datetime
) -> Sheet:
    """Entrust a body, panel or centre with the assessment of a case's verified information."""
    today = shanghai_date(at)
    grounds = list(Sheet.objects.filter(enclosures__folder=folder, enclosures__taken_out_at=None, kind="information"))
    ready = [s for s in grounds if s.stage in READY]
    refuse_unless(ready, _("本案没有已核实的信息，不能委托评估"), remedy=_("先核实信息；紧急情况由总署按紧急程序处理"),
                  rule=decree188.by_name("verify_then_enter"), code="unverified")  # fmt: skip
    _refuse_unfit(assessor, folder, today=today)
    return _entrust(folder, assessor, question, due_on, causes=tuple(ready), by=by, at=at)


def _refuse_unfit(assessor: Organisation, folder: Folder, *, today: date) -> None:
    if assessor.kind == "technical_body":
        refuse_unless(parties.qualified(assessor, today), _("%(body)s今天没有有效资质") % {"body": assessor},
                      remedy=_("改选有资质的机构"), rule=decree188.by_name("who_may_assess"), code="unqualified")  # fmt: skip
    members = [
        p.pk for role in ("panel_chair", "panellist", "assessor") for p in parties.holders(assessor.pk, role, today)
    ]
    if assessor.kind == "panel":
        size = len(set(members))
        refuse_unless(size >= 3 and size % 2 == 1, _("专家小组应为三人以上的单数，现有%(n)s人") % {"n": size},
                      remedy=_("先补齐专家"), rule=decree188.by_name("who_may_assess"), code="panel_size")  # fmt: skip
    concerned = operators_of(folder)
    tied = parties.ties(assessor.pk, members, concerned, today)
    if tied:
        raise Refusal(_("%(body)s与%(firm)s有利害关系：%(nature)s") % {"body": assessor, "firm": tied[0].operator, "nature": tied[0].nature},
                      remedy=_("改选无利害关系的机构或专家"), rule=decree188.by_name("who_may_assess"), code="conflict")  # fmt: skip


def operators_of(folder: Folder) -> list[int]:
    """The operators that a case concerns, by their parts in its sheets and information."""
    from django.db.models import Q

    sheets = Sheet.objects.filter(Q(folder=folder) | Q(enclosures__folder=folder)).values("pk")
    rows = Organisation.objects.filter(kind="operator", pk__in=_concerned(sheets))
    return list(rows.values_list("pk", flat=True))


def _concerned(sheets: Any) -> Any:
    from riskwatch.case.models import Concern

    return Concern.objects.filter(sheet__in=sheets).values("organisation")


def _entrust(
    folder: Folder, assessor: Organisation, question: str, due_on: date | None, *, causes: tuple[Sheet, ...],
    by: Person, at: datetime, extra: Mapping[str, Any] | None = None,
) -> Sheet:  # fmt: skip
    today = shanghai_date(at)
    refuse_unless(due_on is None or due_on > today, _("完成期限应在今天之后"), code="due_past", status=422)
    plan = Plan(
        kind="assessment", title=folder.title, owner=folder.owner, folder=folder, causes=causes, words=question[:500],
        number=documents.record_number("RA", office=folder.owner.code, at=at),
        due_on=due_on or deadlines.due_on("assessment", today), parts={"commissioned": [assessor]},
    )  # fmt: skip
    sheet = begin(plan, "commission", by=by, at=at, content={"assessor": assessor.pk, "question": question})
    Assessment.objects.create(sheet=sheet, assessor=assessor, question=question, **(extra or {}))
    for cause in causes:
        if cause.kind == "information":
            concern(cause, "commissioned", [assessor])
    outbox.tell([assessor], subject=_("评估委托：%(title)s") % {"title": folder.title}, at=at, sheet=sheet)
    return sheet


@transaction.atomic
def take_up(sheet: Sheet, *, by: Person, at: datetime, has_interest: bool, text: str = "") -> Sheet:
    """Accept a commission with a conflict statement; whoever has an interest is refused."""
    state(sheet, by=by, at=at, has_interest=has_interest, text=text)
    return advance(sheet, "take_up", by=by, at=at, content={"has_interest": has_interest, "text": text})


@transaction.atomic
def state(sheet: Sheet, *, by: Person, at: datetime, has_interest: bool, text: str = "") -> Sheet:
    """Put one's conflict statement on record."""
    refuse_unless(not has_interest, _("有利害关系的，不能承担本次评估"), remedy=_("谢绝委托，或由其他成员承担"),
                  rule=decree188.by_name("who_may_assess"), code="conflict", status=403)  # fmt: skip
    ConflictStatement.objects.update_or_create(
        assessment_id=sheet.pk, person=by, defaults={"has_interest": False, "text": text, "at": at}
    )
    return sheet


@transaction.atomic
def decline(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Decline a commission."""
    Assessment.objects.filter(pk=sheet.pk).update(declined_because=reason)
    advance(sheet, "decline", by=by, at=at, content={"reason": reason})
    outbox.tell([sheet.owner], subject=_("委托被谢绝：%(title)s") % {"title": sheet.title}, at=at, sheet=sheet)
    return sheet


@transaction.atomic
def accept(sheet: Sheet, *, by: Person, at: datetime, remark: str = "") -> Sheet:
    """Accept a report; it is printed, and the assessment that it replaces is superseded."""
    lock(sheet)
    row = Assessment.objects.select_related("assessor", "previous").get(pk=sheet.pk)
    report = reporting.latest_report(row)
    assert report is not None
    previous = row.previous
    if previous is not None and previous.sheet.stage == "accepted":
        advance(previous.sheet, "supersede", by=by, at=at, content={"by": sheet.pk})
    documents.make_paper("assessment", reporting.paper_content(row, report), number=sheet.number, sheet=sheet.pk,
                         version=report.version, by=by, at=at)  # fmt: skip
    return advance(sheet, "accept", by=by, at=at, content={"version": report.version, "remark": remark})


@transaction.atomic
def send_back(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Return a report; the next submission is a new version."""
    Assessment.objects.filter(pk=sheet.pk).update(returned_because=reason)
    row = Assessment.objects.select_related("assessor").get(pk=sheet.pk)
    advance(sheet, "return", by=by, at=at, content={"reason": reason})
    outbox.tell(
        [row.assessor], subject=_("报告退回：%(title)s") % {"title": sheet.title}, at=at, sheet=sheet, body=reason
    )
    return sheet


@transaction.atomic
def reassess(
    sheet: Sheet, *, trigger: str, trigger_words: str, due_on: date | None = None, by: Person, at: datetime
) -> Sheet:
    """Open a reassessment by the same assessor because something major changed."""
    row = Assessment.objects.select_related("assessor", "sheet__folder__owner").get(pk=sheet.pk)
    refuse_unless(sheet.stage == "accepted", _("只有已接受的评估可以重新评估"), code="not_accepted")
    refuse_unless(trigger_words.strip(), _("须写明发生了什么重大变化"), rule=decree188.by_name("reassess_on_change"),
                  code="reason_missing", status=422)  # fmt: skip
    pending = Assessment.objects.filter(previous=row, sheet__stage__in=("commissioned", "working", "submitted")).first()
    refuse_unless(pending is None, _("重新评估已在进行"), code="already_open")
    folder = row.sheet.folder
    assert folder is not None
    extra = {"trigger": trigger, "trigger_words": trigger_words, "previous": row}
    return _entrust(folder, row.assessor, row.question, due_on, causes=(sheet,), by=by, at=at, extra=extra)


@transaction.atomic
def cancel(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Cancel a commission that brought no report."""
    return advance(sheet, "cancel", by=by, at=at, content={"reason": reason})


@transaction.atomic
def deliver_proposal(information: Sheet, *, findings: str, proposal: str, by: Person, at: datetime) -> Sheet:
    """A national centre delivers findings and a proposed disposal to headquarters, inside its designation only."""
    me = posts_of(by, at)
    centre = next((p.organisation for p in me.posts if p.kind == "centre" and p.role == "approver"), None)
    refuse_unless(centre is not None, _("只有国家监测中心的审核岗可以报送"), code="no_post", status=403)
    assert centre is not None
    today = shanghai_date(at)
    designation = remit(Organisation.objects.get(pk=centre), information, today)
    headquarters = parties.headquarters()
    plan = Plan(
        kind="proposal", title=information.title, owner=Organisation.objects.get(pk=centre), causes=(information,),
        number=documents.record_number("RP", office=str(designation.centre.code), at=at),
        due_on=deadlines.due_on("proposal_answer", today), words=information.words, parts={"addressee": [headquarters]},
    )  # fmt: skip
    sheet = begin(plan, "deliver", by=by, at=at, content={"findings": findings, "proposal": proposal})
    Proposal.objects.create(sheet=sheet, designation=designation, findings=findings, proposal=proposal)
    outbox.tell([headquarters], subject=_("监测中心建议：%(title)s") % {"title": information.title}, at=at, sheet=sheet)
    return sheet


def remit(centre: Organisation, information: Sheet, today: date) -> Designation:
    """The designation under which a centre may act on a piece of information; refused when none fits."""
    from riskwatch.collection.queries import product_and_area

    product, area = product_and_area(information)
    failed: tuple[str, ...] = ("product", "area", "period")
    for one in Designation.objects.filter(centre=centre, withdrawn_on=None).select_related("centre"):
        answer = centre_remit(product=product, area=area or "0000", day=today, products=one.products,
                              areas=one.areas if area else [], valid_from=one.valid_from, valid_until=one.valid_until)  # fmt: skip
        if answer.allowed:
            return one
        failed = min(failed, answer.failed, key=len)
    words = {"product": _("产品不在指定范围"), "area": _("区域不在指定范围"), "period": _("不在指定时段")}
    raise Refusal(_("监测中心无权办理：%(why)s") % {"why": listed(words[f] for f in failed)},
                  remedy=_("移送主管海关，或由总署调整指定"), rule=decree188.by_name("centre_remit"), code="outside_remit",
                  status=403)  # fmt: skip


@transaction.atomic
def answer_proposal(sheet: Sheet, *, adopt: bool, reason: str, by: Person, at: datetime) -> Sheet:
    """Headquarters answers a centre's proposal."""
    Proposal.objects.filter(pk=sheet.pk).update(answer=reason)
    advance(sheet, "adopt" if adopt else "decline", by=by, at=at, content={"answer": reason})
    outbox.tell(
        [sheet.owner], subject=_("总署已答复：%(title)s") % {"title": sheet.title}, at=at, sheet=sheet, body=reason
    )
    return sheet
