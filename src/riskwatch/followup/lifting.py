"""Applications to lift: a reduction report, judged on authenticity and conformity, granted, refused or judged again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.disposal import lift_application
from riskwatch.case import agents, deadlines, outbox
from riskwatch.case.lifecycle import advance, lock
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import Plan, begin
from riskwatch.documents import actions as documents
from riskwatch.followup.models import LiftApplication
from riskwatch.followup.parties import refuse_unconcerned
from riskwatch.look.words import listed, sentence
from riskwatch.measures import actions as measures
from riskwatch.measures.models import Line, Measure
from riskwatch.parties import mandates
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import refuse_unless


@transaction.atomic
def apply_to_lift(
    measure: Sheet,
    *,
    by: Person,
    at: datetime,
    report: str,
    lines: Iterable[Line] = (),
    on_behalf: Organisation | None = None,
) -> Sheet:
    """Apply to lift a measure, with the reduction report, for all of it or for batches, in one's own or a principal's name.

    Addressees may, and operators that a change of regime or an announcement hits without being addressed to them.
    """
    lock(measure)
    direction = measure.folder.direction if measure.folder else ""
    code = Measure.objects.values_list("commodity_code", flat=True).get(pk=measure.pk)
    operator, agent = mandates.acting_for(by, at, on_behalf=on_behalf, direction=direction, code=code)
    refuse_unless(
        measure.stage == "in_force", _("措施不在执行中，不需要申请解除"), remedy=_("不必再办理"), code="not_in_force"
    )
    refuse_unconcerned(
        measure, operator, _("只有主送对象或受影响的企业可以申请解除"), rule=decree188.by_name("lift_application")
    )
    refuse_unless(report.strip(), _("申请解除须提交风险消减评价报告"), remedy=_("填写风险消减评价报告"), rule=decree188.by_name("lift_application"), code="report_missing",
                  status=422)  # fmt: skip
    wanted = list(lines)
    fits = all(
        w.measure_id == measure.pk and w.lifted_on is None and w.organisation_id in (None, operator.pk) for w in wanted
    )
    refuse_unless(fits, _("所选批次已解除，或不是贵单位的"), remedy=_("刷新页面后重新选择"), code="not_open")
    plan = Plan(kind="lift_application", title=measure.title, owner=measure.owner, folder=measure.folder, causes=(measure,),
                number=documents.record_number("LA", office=measure.owner.code, at=at), words=measure.words,
                due_on=deadlines.due_on("lifting_answer", shanghai_date(at)), parts=agents.parts("addressee", operator, agent))  # fmt: skip
    sheet = begin(plan, "apply", by=by, at=at, content={"report": report} | agents.named(agent))
    agents.tell_principal(sheet, operator, agent, at=at)
    row = LiftApplication.objects.create(sheet=sheet, measure_id=measure.pk, operator=operator, report=report)
    row.lines.set(wanted)
    outbox.tell([measure.owner], subject=sentence("收到解除申请：%(title)s", title=measure.title), at=at, sheet=sheet)
    return sheet


@transaction.atomic
def evaluate(
    sheet: Sheet, *, by: Person, at: datetime, authentic: bool, authentic_why: str, conforms: bool, conforms_why: str
) -> Sheet:
    """Judge a reduction report on authenticity and on conformity, each with its reason."""
    lock(sheet)
    LiftApplication.objects.filter(pk=sheet.pk).update(authentic=authentic, authentic_why=authentic_why, conforms=conforms,
                                                       conforms_why=conforms_why, returned_because="")  # fmt: skip
    return advance(sheet, "evaluate", by=by, at=at, content={"authentic": authentic, "conforms": conforms,
                                                             "why": [authentic_why, conforms_why]})  # fmt: skip


@transaction.atomic
def reevaluate(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Return an application to be judged again; the earlier judgement stays in the journal."""
    lock(sheet)
    row = LiftApplication.objects.get(pk=sheet.pk)
    before = {"authentic": row.authentic, "conforms": row.conforms, "why": [row.authentic_why, row.conforms_why]}
    LiftApplication.objects.filter(pk=sheet.pk).update(returned_because=reason, authentic=None, conforms=None, authentic_why="",
                                                       conforms_why="")  # fmt: skip
    advance(sheet, "reevaluate", by=by, at=at, content={"reason": reason, "before": before})
    outbox.tell([sheet.owner], subject=sentence("退回重新评估：%(title)s", title=sheet.title), at=at, sheet=sheet, body=reason,
                role="case_officer")  # fmt: skip
    return sheet


@transaction.atomic
def grant(sheet: Sheet, *, by: Person, at: datetime, answer: str, release_duties: bool = False) -> Sheet:
    """Grant an application when both judgements passed; the measure (or its batches) is lifted in the same act."""
    lock(sheet)
    row = LiftApplication.objects.select_related("operator").get(pk=sheet.pk)
    missing = lift_application(report=bool(row.report), authenticity=row.authentic, conformity=row.conforms)
    words = {"report": _("消减评价报告"), "authenticity": _("真实性"), "conformity": _("符合性")}
    refuse_unless(not missing, _("未通过：%(what)s，不能同意解除") % {"what": listed(words[m] for m in missing)},
                  remedy=_("不同意并说明理由，或退回重新评估"), rule=decree188.by_name("lift_application"), code="not_passed")  # fmt: skip
    LiftApplication.objects.filter(pk=sheet.pk).update(answer=answer)
    advance(sheet, "grant", by=by, at=at, content={"answer": answer})
    measure = Sheet.objects.get(pk=row.measure_id)
    lines = list(row.lines.all())
    if lines:
        measures.lift_lines(measure, lines, by=by, at=at, reason=answer)
    else:
        measures.lift(measure, by=by, at=at, reason=answer, release_duties=release_duties)
    outbox.tell(
        [row.operator], subject=sentence("同意解除：%(title)s", title=sheet.title), at=at, sheet=sheet, body=answer
    )
    return sheet


@transaction.atomic
def refuse(sheet: Sheet, *, by: Person, at: datetime, answer: str) -> Sheet:
    """Refuse an application, with the reason."""
    LiftApplication.objects.filter(pk=sheet.pk).update(answer=answer)
    advance(sheet, "refuse", by=by, at=at, content={"answer": answer})
    row = LiftApplication.objects.select_related("operator").get(pk=sheet.pk)
    outbox.tell(
        [row.operator], subject=sentence("不同意解除：%(title)s", title=sheet.title), at=at, sheet=sheet, body=answer
    )
    return sheet


@transaction.atomic
def withdraw(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Take an application back."""
    return advance(sheet, "withdraw", by=by, at=at, content={"reason": reason})
