"""Commissioning, conflict statements, reporting in seven parts, accepting, assessing again; centres' proposals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.assessment import fitness, reporting
from riskwatch.assessment.fitness import refuse_unfit as _refuse_unfit
from riskwatch.assessment.models import Assessment, ConflictStatement, Proposal
from riskwatch.case import deadlines, journalling, outbox
from riskwatch.case.lifecycle import advance, lock, posts_of
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.sheets import Plan, begin, concern
from riskwatch.collection.remit import remit
from riskwatch.collection.scoping import refuse_uncovered
from riskwatch.documents import actions as documents
from riskwatch.look.words import sentence
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import refuse_unless

READY = ("entered",)


@transaction.atomic
def commission(
    folder: Folder, *, assessor: Organisation, question: str, due_on: date | None = None, by: Person, at: datetime
) -> Sheet:
    """Entrust a body, panel or centre with the assessment of a case's verified information."""
    today = shanghai_date(at)
    grounds = list(Sheet.objects.filter(enclosures__folder=folder, enclosures__taken_out_at=None, kind="information"))
    ready = [s for s in grounds if s.stage in READY]
    refuse_unless(ready, _("本案没有已核实并录入平台的信息，不能委托评估"), remedy=_("先核实并录入；紧急情况由总署按紧急程序处理"),
                  rule=decree188.by_name("verify_then_enter"), code="unverified")  # fmt: skip
    for sheet in ready:
        refuse_uncovered(sheet)
    _refuse_unfit(assessor, folder, today=today)
    return _entrust(folder, assessor, question, due_on, causes=tuple(ready), by=by, at=at)


def _entrust(
    folder: Folder, assessor: Organisation, question: str, due_on: date | None, *, causes: tuple[Sheet, ...],
    by: Person, at: datetime, extra: Mapping[str, Any] | None = None,
) -> Sheet:  # fmt: skip
    today = shanghai_date(at)
    refuse_unless(
        due_on is None or due_on > today,
        _("完成期限应在今天之后"),
        remedy=_("改为明天或以后的日期"),
        code="due_past",
        status=422,
    )
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
    outbox.tell([assessor], subject=sentence("评估委托：%(title)s", title=folder.title), at=at, sheet=sheet)
    return sheet


@transaction.atomic
def take_up(sheet: Sheet, *, by: Person, at: datetime, has_interest: bool, text: str = "") -> Sheet:
    """Accept a commission with a conflict statement; whoever has an interest is refused. A panel's team is now fixed."""
    fitness.refuse_no_longer_fit(sheet, at=at)
    team = fitness.freeze_team(sheet, by=by, at=at)
    state(sheet, by=by, at=at, has_interest=has_interest, text=text)
    content = {"has_interest": has_interest, "text": text, "team": team}
    return advance(sheet, "take_up", by=by, at=at, content=content)


@transaction.atomic
def state(sheet: Sheet, *, by: Person, at: datetime, has_interest: bool, text: str = "") -> Sheet:
    """Put one's conflict statement on record; on a panel only the members of its fixed team state."""
    fitness.refuse_outside_team(sheet, by=by)
    refuse_unless(not has_interest, _("有利害关系的，不能承担本次评估"), remedy=_("谢绝委托，或由其他成员承担"),
                  rule=decree188.by_name("who_may_assess"), code="conflict", status=403)  # fmt: skip
    ConflictStatement.objects.update_or_create(
        assessment_id=sheet.pk, person=by, defaults={"has_interest": False, "text": text, "at": at}
    )
    journalling.record(sheet, "assessment.state", by=by, at=at, rule="who_may_assess",
                       content={"has_interest": False, "text": text})  # fmt: skip
    return sheet


@transaction.atomic
def decline(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Decline a commission."""
    Assessment.objects.filter(pk=sheet.pk).update(declined_because=reason)
    advance(sheet, "decline", by=by, at=at, content={"reason": reason})
    outbox.tell([sheet.owner], subject=sentence("委托被谢绝：%(title)s", title=sheet.title), at=at, sheet=sheet)
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
        [row.assessor], subject=sentence("报告退回：%(title)s", title=sheet.title), at=at, sheet=sheet, body=reason
    )
    return sheet


@transaction.atomic
def reassess(
    sheet: Sheet, *, trigger: str, trigger_words: str, due_on: date | None = None, by: Person, at: datetime
) -> Sheet:
    """Open a reassessment by the same assessor because something major changed."""
    row = Assessment.objects.select_related("assessor", "sheet__folder__owner").get(pk=sheet.pk)
    refuse_unless(
        sheet.stage == "accepted",
        _("只有已接受的评估可以重新评估"),
        remedy=_("先接受评估报告，或等原评估办结"),
        code="not_accepted",
    )
    refuse_unless(trigger_words.strip(), _("须写明发生了什么重大变化"), remedy=_("写明新的情况和来源"), rule=decree188.by_name("reassess_on_change"),
                  code="reason_missing", status=422)  # fmt: skip
    pending = Assessment.objects.filter(previous=row, sheet__stage__in=("commissioned", "working", "submitted")).first()
    refuse_unless(pending is None, _("重新评估已在进行"), remedy=_("在已有的重新评估上办理"), code="already_open")
    folder = row.sheet.folder
    assert folder is not None
    _refuse_unfit(row.assessor, folder, today=shanghai_date(at))
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
    refuse_unless(
        centre is not None,
        _("只有国家监测中心的审核岗可以报送"),
        remedy=_("请监测中心的审核岗报送"),
        code="no_post",
        status=403,
    )
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
    outbox.tell(
        [headquarters], subject=sentence("监测中心建议：%(title)s", title=information.title), at=at, sheet=sheet
    )
    return sheet


@transaction.atomic
def answer_proposal(sheet: Sheet, *, adopt: bool, reason: str, by: Person, at: datetime) -> Sheet:
    """Headquarters answers a centre's proposal."""
    Proposal.objects.filter(pk=sheet.pk).update(answer=reason)
    advance(sheet, "adopt" if adopt else "decline", by=by, at=at, content={"answer": reason})
    outbox.tell(
        [sheet.owner], subject=sentence("总署已答复：%(title)s", title=sheet.title), at=at, sheet=sheet, body=reason
    )
    return sheet
