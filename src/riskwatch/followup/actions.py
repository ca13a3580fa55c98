"""Objections and traceability statements; with duties, cooperation and lifting, every write of follow-up."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from decree188.calendar import shanghai_date
from riskwatch.case import agents, deadlines, outbox
from riskwatch.case.lifecycle import advance, lock
from riskwatch.case.models import Concern, Sheet
from riskwatch.case.sheets import Plan, begin
from riskwatch.documents import actions as documents
from riskwatch.followup.cooperation import answer as answer
from riskwatch.followup.cooperation import ask as ask
from riskwatch.followup.cooperation import note_refusal as note_refusal
from riskwatch.followup.duties import NEEDS as NEEDS
from riskwatch.followup.duties import duty_on as duty_on
from riskwatch.followup.duties import know as know
from riskwatch.followup.duties import release_duty as release_duty
from riskwatch.followup.duties import report as report
from riskwatch.followup.duties import return_duty as return_duty
from riskwatch.followup.duties import verify_duty as verify_duty
from riskwatch.followup.lifting import apply_to_lift as apply_to_lift
from riskwatch.followup.lifting import evaluate as evaluate
from riskwatch.followup.lifting import grant as grant
from riskwatch.followup.lifting import reevaluate as reevaluate
from riskwatch.followup.lifting import refuse as refuse
from riskwatch.followup.lifting import withdraw as withdraw
from riskwatch.followup.models import Objection, Traceability
from riskwatch.followup.parties import refuse_unconcerned
from riskwatch.look.words import sentence
from riskwatch.measures.models import Measure
from riskwatch.parties import mandates
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import refuse_unless


@transaction.atomic
def object_to(
    measure: Sheet, *, by: Person, at: datetime, grounds: str, on_behalf: Organisation | None = None
) -> Sheet:
    """An addressee contests a measure, by itself or through an agent; it stays in force meanwhile."""
    measure = lock(measure)
    refuse_unless(
        measure.stage == "in_force", _("措施不在执行中，不需要提出异议"), remedy=_("不必再办理"), code="not_in_force"
    )
    direction = measure.folder.direction if measure.folder else ""
    code = Measure.objects.values_list("commodity_code", flat=True).get(pk=measure.pk)
    operator, agent = mandates.acting_for(by, at, on_behalf=on_behalf, direction=direction, code=code)
    refuse_unconcerned(measure, operator, _("贵单位不是主送对象，也不是受影响的企业"))
    plan = Plan(kind="objection", title=measure.title, owner=measure.owner, folder=measure.folder, causes=(measure,),
                number=documents.record_number("OB", office=measure.owner.code, at=at), words=grounds[:300],
                due_on=deadlines.due_on("objection_answer", shanghai_date(at)), parts=agents.parts("addressee", operator, agent))  # fmt: skip
    sheet = begin(plan, "raise", by=by, at=at, content={"grounds": grounds} | agents.named(agent))
    agents.tell_principal(sheet, operator, agent, at=at)
    Objection.objects.create(sheet=sheet, measure_id=measure.pk, operator=operator, grounds=grounds)
    outbox.tell([measure.owner], subject=sentence("收到异议：%(title)s", title=measure.title), at=at, sheet=sheet)
    return sheet


@transaction.atomic
def answer_objection(sheet: Sheet, *, uphold: bool, answer: str, by: Person, at: datetime) -> Sheet:
    """Answer an objection; an upheld one still needs its own adjustment or lifting."""
    Objection.objects.filter(pk=sheet.pk).update(answer=answer)
    advance(sheet, "uphold" if uphold else "reject", by=by, at=at, content={"answer": answer})
    row = Objection.objects.select_related("operator").get(pk=sheet.pk)
    outbox.tell(
        [row.operator], subject=sentence("异议已答复：%(title)s", title=sheet.title), at=at, sheet=sheet, body=answer
    )
    return sheet


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
    plan = Plan(kind="traceability", title=sentence("追溯声明：%(product)s", product=product).chinese(), owner=office, words=f"{product} {lots}"[:2000],
                number=documents.record_number("TR", office=office.code, at=at),
                parts=agents.parts("reporter", operator, agent))  # fmt: skip
    said = {"product": product, "lots": lots, "supplier": supplier, "customers": customers, "records": records}
    sheet = begin(plan, "file", by=by, at=at, content=said | agents.named(agent))
    agents.tell_principal(sheet, operator, agent, at=at)
    Traceability.objects.create(sheet=sheet, operator=operator, **said)  # fmt: skip
    return sheet


@transaction.atomic
def judge_traceability(sheet: Sheet, step: str, *, by: Person, at: datetime, note: str) -> Sheet:
    """Check a statement, or send it back."""
    Traceability.objects.filter(pk=sheet.pk).update(note=note)
    advance(sheet, step, by=by, at=at, content={"note": note})
    row = Traceability.objects.select_related("operator").get(pk=sheet.pk)
    outbox.tell(
        [row.operator], subject=sentence("追溯声明有答复：%(title)s", title=sheet.title), at=at, sheet=sheet, body=note
    )
    return sheet


@transaction.atomic
def refile_traceability(
    sheet: Sheet, *, by: Person, at: datetime, lots: str, supplier: str, customers: str, records: str
) -> Sheet:
    """File again after correction."""
    Traceability.objects.filter(pk=sheet.pk).update(lots=lots, supplier=supplier, customers=customers, records=records)
    return advance(
        sheet,
        "refile",
        by=by,
        at=at,
        content={"lots": lots, "supplier": supplier, "customers": customers, "records": records},
    )


def measure_of(number: str, principal: Organisation) -> Sheet | None:
    """The measure in force of a number that addresses or hits a principal; for an agent, who sees no others."""
    concerned = Concern.objects.filter(organisation=principal, part__in=("addressee", "measured")).values("sheet")
    kinds = ("notice", "order", "regime_change", "announcement")
    rows = Sheet.objects.filter(number=number.strip(), kind__in=kinds, stage="in_force", pk__in=concerned)
    return rows.select_related("owner", "folder").first()
