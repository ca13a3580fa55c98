"""Duties from knowledge or service, objections, applications to lift, traceability statements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.disposal import lift_application, operator_duties
from riskwatch.case import agents, deadlines, outbox
from riskwatch.case.lifecycle import advance, posts_of
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import Plan, begin
from riskwatch.documents import actions as documents
from riskwatch.followup.models import Duty, LiftApplication, Objection, Traceability
from riskwatch.measures import actions as measures
from riskwatch.measures.models import Addressee, Line, Measure
from riskwatch.parties import mandates
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal, refuse_unless

# What each duty's report must hold.
NEEDS = {
    "reduce": ("plan", "measures_taken"),
    "tell_parties": ("told_whom", "told_on", "told_text", "proof"),
    "report": ("measures_taken", "results"),
    "cooperate": ("results",),
}


def duty_on(sheet: Sheet) -> Duty:
    """The duty on a sheet; one that a measure's service opened bare gets its row on first touch."""
    found = Duty.objects.filter(pk=sheet.pk).select_related("operator").first()
    if found:
        return found
    kind = tuple(operator_duties)[int(sheet.number[-1]) - 1]
    operator = Organisation.objects.get(pk=sheet.concerns.get(part="addressee").organisation_id)
    cause = Sheet.objects.filter(effects=sheet).first()
    measure = Measure.objects.filter(pk=cause.pk).first() if cause else None
    row, _made = Duty.objects.get_or_create(
        sheet=sheet, defaults={"kind": kind, "operator": operator, "measure": measure, "known_at": sheet.made_at}
    )
    return row


def _own(person: Person, at: datetime) -> Organisation:
    posts = [p for p in posts_of(person, at).posts if p.kind == "operator"]
    refuse_unless(posts, _("您没有代表企业办理的岗位"), code="no_post", status=403)
    return Organisation.objects.get(pk=posts[0].organisation)


@transaction.atomic
def know(*, office: Organisation, product: str, known_at: datetime, on_behalf: Organisation | None = None, direction: str = "",
         commodity_code: str = "", by: Person, at: datetime, about: str = "") -> list[Sheet]:  # fmt: skip
    """An operator that knows of a risk opens its four duties by itself, before any measure, or through an agent.

    ``about`` is the number of its own report, when it made one: the duties then belong to whatever case takes it up.
    """
    refuse_unless(known_at <= at, _("知悉时间不能晚于现在"), code="future", status=422)
    operator, agent = mandates.acting_for(by, at, on_behalf=on_behalf, direction=direction, code=commodity_code)
    causes = _reported(about, operator)
    made = []
    base = documents.record_number("DU", office=office.code, at=at)
    for place, (code, term) in enumerate(operator_duties.items(), 1):
        plan = Plan(kind="duty", title=f"{term.zh}：{product}", owner=office, number=f"{base}-义务{place}", words=product,
                    causes=causes, due_on=deadlines.due_on("duty", shanghai_date(known_at)),
                    parts=agents.parts("addressee", operator, agent))  # fmt: skip
        sheet = begin(plan, "know", by=by, at=at, content={"duty": code, "known_at": known_at} | agents.named(agent))
        Duty.objects.create(sheet=sheet, kind=code, operator=operator, known_at=known_at)
        made.append(sheet)
    agents.tell_principal(made[0], operator, agent, at=at)
    outbox.tell(
        [office],
        subject=_("企业主动履行义务：%(product)s") % {"product": product},
        at=at,
        sheet=made[0],
        role="case_officer",
    )
    return made


def _reported(number: str, operator: Organisation) -> tuple[Sheet, ...]:
    """The report of this number that an operator made; none without a number."""
    if not number.strip():
        return ()
    rows = Sheet.objects.filter(kind="information", number=number.strip())
    found = rows.filter(concerns__organisation=operator, concerns__part="reporter").first()
    if found is None:
        raise Refusal(_("没有找到贵单位的这份报告：%(number)s") % {"number": number}, remedy=_("核对报告编号，或不填"),
                      code="no_report", status=422, fields={"about": _("没有找到")})  # fmt: skip
    return (found,)


@transaction.atomic
def report(sheet: Sheet, *, by: Person, at: datetime, step: str = "report", **said: Any) -> Sheet:
    """Report how a duty was done; what its kind needs must be said."""
    row = duty_on(sheet)
    missing = {n: str(Duty._meta.get_field(n).verbose_name) for n in NEEDS[row.kind] if not said.get(n)}  # type: ignore[union-attr]
    if missing:
        raise Refusal(_("还须填写：%(what)s") % {"what": "、".join(missing.values())}, code="incomplete", status=422,
                      rule=decree188.by_name("operator_duties"), fields=missing)  # fmt: skip
    Duty.objects.filter(pk=row.pk).update(**{k: v for k, v in said.items() if v not in ("", None)})
    return advance(sheet, step, by=by, at=at, content={k: str(v) for k, v in said.items() if v})


@transaction.atomic
def verify_duty(sheet: Sheet, *, by: Person, at: datetime, customs_note: str) -> Sheet:
    """Customs verifies that a duty was done."""
    Duty.objects.filter(pk=sheet.pk).update(customs_note=customs_note)
    advance(sheet, "verify", by=by, at=at, content={"note": customs_note})
    outbox.tell(
        [duty_on(sheet).operator], subject=_("义务已核实：%(title)s") % {"title": sheet.title}, at=at, sheet=sheet
    )
    return sheet


@transaction.atomic
def return_duty(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Return a duty's report."""
    Duty.objects.filter(pk=sheet.pk).update(customs_note=reason)
    advance(sheet, "return", by=by, at=at, content={"reason": reason})
    outbox.tell(
        [duty_on(sheet).operator],
        subject=_("履行情况退回：%(title)s") % {"title": sheet.title},
        at=at,
        sheet=sheet,
        body=reason,
    )
    return sheet


@transaction.atomic
def release_duty(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Release a duty whose measure was lifted; one under a measure in force stays."""
    row = duty_on(sheet)
    binding = row.measure is not None and row.measure.sheet.stage == "in_force"
    refuse_unless(not binding, _("措施仍在执行，义务不能免除"), remedy=_("先解除措施"), rule=decree188.by_name("lift_when_gone"),
                  code="measure_in_force")  # fmt: skip
    return advance(sheet, "release", by=by, at=at, content={"reason": reason})


@transaction.atomic
def object_to(measure: Sheet, *, by: Person, at: datetime, grounds: str) -> Sheet:
    """An addressee contests a measure; it stays in force meanwhile."""
    operator = _own(by, at)
    refuse_unless(Addressee.objects.filter(measure=measure.pk, organisation=operator).exists(), _("贵单位不是主送对象"),
                  code="not_addressee", status=403)  # fmt: skip
    plan = Plan(kind="objection", title=measure.title, owner=measure.owner, folder=measure.folder, causes=(measure,),
                number=documents.record_number("OB", office=measure.owner.code, at=at), words=grounds[:300],
                due_on=deadlines.due_on("objection_answer", shanghai_date(at)), parts={"addressee": [operator]})  # fmt: skip
    sheet = begin(plan, "raise", by=by, at=at, content={"grounds": grounds})
    Objection.objects.create(sheet=sheet, measure_id=measure.pk, operator=operator, grounds=grounds)
    outbox.tell([measure.owner], subject=_("收到异议：%(title)s") % {"title": measure.title}, at=at, sheet=sheet)
    return sheet


@transaction.atomic
def answer_objection(sheet: Sheet, *, uphold: bool, answer: str, by: Person, at: datetime) -> Sheet:
    """Answer an objection; an upheld one still needs its own adjustment or lifting."""
    Objection.objects.filter(pk=sheet.pk).update(answer=answer)
    advance(sheet, "uphold" if uphold else "reject", by=by, at=at, content={"answer": answer})
    row = Objection.objects.select_related("operator").get(pk=sheet.pk)
    outbox.tell(
        [row.operator], subject=_("异议已答复：%(title)s") % {"title": sheet.title}, at=at, sheet=sheet, body=answer
    )
    return sheet


@transaction.atomic
def apply_to_lift(measure: Sheet, *, by: Person, at: datetime, report: str, lines: Iterable[Line] = (),
                  on_behalf: Organisation | None = None) -> Sheet:  # fmt: skip
    """Apply to lift a measure, with the reduction report, for all of it or for batches, in one's own or a principal's name."""
    direction = measure.folder.direction if measure.folder else ""
    code = Measure.objects.values_list("commodity_code", flat=True).get(pk=measure.pk)
    operator, agent = mandates.acting_for(by, at, on_behalf=on_behalf, direction=direction, code=code)
    refuse_unless(measure.stage == "in_force", _("措施不在执行中，不需要申请解除"), code="not_in_force")
    refuse_unless(Addressee.objects.filter(measure=measure.pk, organisation=operator).exists(), _("只有主送对象可以申请解除"),
                  rule=decree188.by_name("lift_application"), code="not_addressee", status=403)  # fmt: skip
    refuse_unless(report.strip(), _("申请解除须提交风险消减评价报告"), rule=decree188.by_name("lift_application"), code="report_missing",
                  status=422)  # fmt: skip
    plan = Plan(kind="lift_application", title=measure.title, owner=measure.owner, folder=measure.folder, causes=(measure,),
                number=documents.record_number("LA", office=measure.owner.code, at=at), words=measure.words,
                due_on=deadlines.due_on("lifting_answer", shanghai_date(at)), parts=agents.parts("addressee", operator, agent))  # fmt: skip
    sheet = begin(plan, "apply", by=by, at=at, content={"report": report} | agents.named(agent))
    agents.tell_principal(sheet, operator, agent, at=at)
    row = LiftApplication.objects.create(sheet=sheet, measure_id=measure.pk, operator=operator, report=report)
    row.lines.set([line for line in lines if line.measure_id == measure.pk])
    outbox.tell([measure.owner], subject=_("收到解除申请：%(title)s") % {"title": measure.title}, at=at, sheet=sheet)
    return sheet


@transaction.atomic
def evaluate(
    sheet: Sheet, *, by: Person, at: datetime, authentic: bool, authentic_why: str, conforms: bool, conforms_why: str
) -> Sheet:
    """Judge a reduction report on authenticity and on conformity, each with its reason."""
    LiftApplication.objects.filter(pk=sheet.pk).update(authentic=authentic, authentic_why=authentic_why, conforms=conforms,
                                                       conforms_why=conforms_why)  # fmt: skip
    return advance(sheet, "evaluate", by=by, at=at, content={"authentic": authentic, "conforms": conforms,
                                                             "why": [authentic_why, conforms_why]})  # fmt: skip


@transaction.atomic
def grant(sheet: Sheet, *, by: Person, at: datetime, answer: str) -> Sheet:
    """Grant an application when both judgements passed; the measure (or its batches) is lifted in the same act."""
    row = LiftApplication.objects.select_related("operator").get(pk=sheet.pk)
    missing = lift_application(report=bool(row.report), authenticity=row.authentic, conformity=row.conforms)
    words = {"report": _("消减评价报告"), "authenticity": _("真实性"), "conformity": _("符合性")}
    refuse_unless(not missing, _("未通过：%(what)s，不能同意解除") % {"what": "、".join(words[m] for m in missing)},
                  remedy=_("不同意并说明理由，或退回重新评估"), rule=decree188.by_name("lift_application"), code="not_passed")  # fmt: skip
    LiftApplication.objects.filter(pk=sheet.pk).update(answer=answer)
    advance(sheet, "grant", by=by, at=at, content={"answer": answer})
    measure = Sheet.objects.get(pk=row.measure_id)
    lines = list(row.lines.all())
    if lines:
        measures.lift_lines(measure, lines, by=by, at=at, reason=answer)
    else:
        measures.lift(measure, by=by, at=at, reason=answer)
    outbox.tell(
        [row.operator], subject=_("同意解除：%(title)s") % {"title": sheet.title}, at=at, sheet=sheet, body=answer
    )
    return sheet


@transaction.atomic
def refuse(sheet: Sheet, *, by: Person, at: datetime, answer: str) -> Sheet:
    """Refuse an application, with the reason."""
    LiftApplication.objects.filter(pk=sheet.pk).update(answer=answer)
    advance(sheet, "refuse", by=by, at=at, content={"answer": answer})
    row = LiftApplication.objects.select_related("operator").get(pk=sheet.pk)
    outbox.tell(
        [row.operator], subject=_("不同意解除：%(title)s") % {"title": sheet.title}, at=at, sheet=sheet, body=answer
    )
    return sheet


@transaction.atomic
def withdraw(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Take an application back."""
    return advance(sheet, "withdraw", by=by, at=at, content={"reason": reason})


@transaction.atomic
def file_traceability(
    *,
    office: Organisation,
    product: str,
    lots: str,
    supplier: str,
    customers: str,
    records: str,
    on_behalf: Organisation | None = None,
    direction: str = "",
    commodity_code: str = "",
    by: Person,
    at: datetime,
) -> Sheet:
    """File how lots can be traced, in one's own or a principal's name."""
    operator, agent = mandates.acting_for(by, at, on_behalf=on_behalf, direction=direction, code=commodity_code)
    plan = Plan(kind="traceability", title=_("追溯声明：%(product)s") % {"product": product}, owner=office, words=f"{product} {lots}"[:2000],
                number=documents.record_number("TR", office=office.code, at=at),
                parts=agents.parts("reporter", operator, agent))  # fmt: skip
    sheet = begin(plan, "file", by=by, at=at, content=agents.named(agent))
    agents.tell_principal(sheet, operator, agent, at=at)
    Traceability.objects.create(sheet=sheet, operator=operator, product=product, lots=lots, supplier=supplier, customers=customers,
                                records=records)  # fmt: skip
    return sheet


@transaction.atomic
def judge_traceability(sheet: Sheet, step: str, *, by: Person, at: datetime, note: str) -> Sheet:
    """Check a statement, or send it back."""
    Traceability.objects.filter(pk=sheet.pk).update(note=note)
    advance(sheet, step, by=by, at=at, content={"note": note})
    row = Traceability.objects.select_related("operator").get(pk=sheet.pk)
    outbox.tell([row.operator], subject=f"{sheet.title}：{note[:60]}", at=at, sheet=sheet)
    return sheet


@transaction.atomic
def refile_traceability(
    sheet: Sheet, *, by: Person, at: datetime, lots: str, supplier: str, customers: str, records: str
) -> Sheet:
    """File again after correction."""
    Traceability.objects.filter(pk=sheet.pk).update(lots=lots, supplier=supplier, customers=customers, records=records)
    return advance(sheet, "refile", by=by, at=at, content={"lots": lots, "supplier": supplier, "customers": customers})


def measure_of(number: str, principal: Organisation) -> Sheet | None:
    """The measure in force of a number that was addressed to a principal; for an agent, who sees no others."""
    addressed = Addressee.objects.filter(organisation=principal).values("measure")
    rows = Sheet.objects.filter(number=number.strip(), kind__in=("notice", "order"), stage="in_force", pk__in=addressed)
    return rows.select_related("owner", "folder").first()
