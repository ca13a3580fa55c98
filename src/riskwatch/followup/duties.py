"""The four duties: opened by service or by the operator's own knowledge, reported with figures, verified, released."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.disposal import operator_duties
from riskwatch.case import agents, deadlines, outbox
from riskwatch.case.access import visible
from riskwatch.case.lifecycle import advance, lock, part_post, posts_of
from riskwatch.case.models import Concern, Sheet
from riskwatch.case.sheets import Plan, begin
from riskwatch.case.steps import FIRM
from riskwatch.documents import actions as documents
from riskwatch.followup.models import Duty, Figure
from riskwatch.look.words import listed, sentence
from riskwatch.measures import actions as measures
from riskwatch.measures.ending import refuse_unbalanced
from riskwatch.measures.models import Line, Measure
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
PARTS = ("returned", "destroyed", "recalled", "corrected")
# One batch as reported: its name, four parts, what remains, and why something remains.
Said = tuple[str, Decimal, Decimal, Decimal, Decimal, Decimal, str]


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


def lines_of(row: Duty) -> list[Line]:
    """The batches that a duty's report accounts for: those of the operator, and those that concern every addressee."""
    if row.kind != "report" or row.measure_id is None:
        return []
    own = Q(organisation=row.operator_id) | Q(organisation=None)
    return list(Line.objects.filter(own, measure=row.measure_id, lifted_on=None).order_by("pk"))


def _same(product: str) -> str:
    return "".join(product.split()).casefold()


@transaction.atomic
def know(
    *, office: Organisation, product: str, known_at: datetime, by: Person, at: datetime, report: Sheet | None = None,
    on_behalf: Organisation | None = None, direction: str = "", commodity_code: str = "",
) -> list[Sheet]:  # fmt: skip
    """An operator that knows of a risk opens its four duties by itself, before any measure, or through an agent.

    ``report`` is the operator's own report from which the knowledge comes; the duties point to it. While a set is open
    for a product, another one is refused.
    """
    refuse_unless(known_at <= at, _("知悉时间不能晚于现在"), remedy=_("改正时间后再提交"), code="future", status=422)
    operator, agent = mandates.acting_for(by, at, on_behalf=on_behalf, direction=direction, code=commodity_code)
    Organisation.objects.select_for_update().get(pk=operator.pk)
    causes = (_own_report(report, operator, by=by, at=at),) if report is not None else ()
    for row in Duty.objects.filter(operator=operator, measure=None, sheet__stage__in=("open", "done")).select_related(
        "sheet"
    ):
        known = row.product or row.sheet.words
        if _same(known) == _same(product):
            raise Refusal(_("“%(product)s”的义务已经立项，尚未办结：%(number)s") % {"product": product, "number": row.sheet.number},
                          remedy=_("在已有的义务上填报"), rule=decree188.by_name("operator_duties"), code="already_open")  # fmt: skip
    made = []
    base = documents.record_number("DU", office=office.code, at=at)
    for place, (code, term) in enumerate(operator_duties.items(), 1):
        plan = Plan(kind="duty", title=f"{term.zh}：{product}", owner=office, number=f"{base}-义务{place}", words=product, causes=causes,
                    due_on=deadlines.due_on("duty", shanghai_date(known_at)), parts=agents.parts("addressee", operator, agent))  # fmt: skip
        sheet = begin(plan, "know", by=by, at=at, content={"duty": code, "known_at": known_at} | agents.named(agent))
        Duty.objects.create(sheet=sheet, kind=code, operator=operator, known_at=known_at, product=product[:300])
        made.append(sheet)
    agents.tell_principal(made[0], operator, agent, at=at)
    outbox.tell(
        [office],
        subject=sentence("企业主动履行义务：%(product)s", product=product),
        at=at,
        sheet=made[0],
        role="case_officer",
    )
    return made


def _own_report(report: Sheet, operator: Organisation, *, by: Person, at: datetime) -> Sheet:
    own = own_reports(by, at).filter(pk=report.pk, concerns__organisation=operator, concerns__part="reporter").first()
    refuse_unless(
        own is not None, _("只能选本企业的报告"), remedy=_("重新选择本企业的报告"), code="not_own", status=404
    )
    assert own is not None
    return own


def own_reports(by: Person, at: datetime) -> QuerySet[Sheet]:
    """The reports that operators handed in and that a person sees as theirs."""
    theirs = Concern.objects.filter(part="reporter", organisation__kind="operator").values("sheet")
    rows = Sheet.objects.filter(kind="information", pk__in=theirs).exclude(stage="withdrawn")
    return visible(rows.order_by("-made_at"), to=by, at=at)


@transaction.atomic
def report(
    sheet: Sheet, *, by: Person, at: datetime, step: str = "report", figures: Iterable[Said] = (), **said: Any
) -> Sheet:
    """Report how a duty was done; what its kind needs must be said, and the figures of every batch must add up."""
    lock(sheet)
    row = duty_on(sheet)
    missing = {n: str(Duty._meta.get_field(n).verbose_name) for n in NEEDS[row.kind] if not said.get(n)}  # type: ignore[union-attr]
    if missing:
        raise Refusal(_("还须填写：%(what)s") % {"what": listed(missing.values())}, remedy=_("补全后再提交"), code="incomplete", status=422,
                      rule=decree188.by_name("operator_duties"), fields=missing)  # fmt: skip
    kept = _figures(row, list(figures))
    Duty.objects.filter(pk=row.pk).update(**{k: v for k, v in said.items() if v not in ("", None)})
    shown = {k: str(v) for k, v in said.items() if v}
    post = part_post(sheet, "addressee", FIRM, posts_of(by, at)) if step == "report" else None
    if post is not None:
        words = sentence("以贵单位名义报告了义务的履行情况：%(title)s", title=sheet.title)
        agents.tell_of_act(sheet, "addressee", post.organisation, words, at=at)
    return advance(sheet, step, by=by, at=at, content=shown | ({"figures": kept} if kept else {}))


def _figures(row: Duty, said: Sequence[Said]) -> list[list[str]]:
    """Check and keep the figures: every batch once, parts and remainder equal to what is affected, or a reason why not."""
    lines = {line.batch: line for line in lines_of(row)}
    given = [s[0] for s in said]
    strange = [b for b in given if b not in lines] + [b for b in set(given) if given.count(b) > 1]
    if strange:
        raise _wrong(_("批次“%(batch)s”不在本义务中，或写了两次") % {"batch": strange[0]}, "unknown_batch")
    left_out = [b for b in lines if b not in given]
    if left_out:
        raise _wrong(_("没有填报批次：%(names)s") % {"names": listed(left_out)}, "batch_missing")
    for batch, *parts, remaining, reason in said:
        affected = lines[batch].affected
        total = refuse_unbalanced(batch, affected, [*parts, remaining])
        if total != affected and not str(reason).strip():
            raise _wrong(_("批次%(batch)s：退运、销毁、召回、整改、剩余合计%(total)s，涉及数量%(affected)s，相差%(gap)s")
                         % {"batch": batch, "total": total, "affected": affected, "gap": affected - total}, "unbalanced")  # fmt: skip
    Figure.objects.filter(duty=row).delete()
    Figure.objects.bulk_create(
        [
            Figure(
                duty=row, line=lines[s[0]], remaining=s[5], reason=s[6][:300], **dict(zip(PARTS, s[1:5], strict=True))
            )
            for s in said
        ]
    )
    return [[str(v) for v in s] for s in said]


def _wrong(reason: str, code: str) -> Refusal:
    return Refusal(reason, remedy=_("逐批填写；合计与涉及数量不等的，写明差额原因"), code=code, status=422,
                   rule=decree188.by_name("operator_duties"), fields={"figures": reason})  # fmt: skip


@transaction.atomic
def verify_duty(sheet: Sheet, *, by: Person, at: datetime, customs_note: str, confirm_figures: bool = False) -> Sheet:
    """Customs verifies that a duty was done; with ``confirm_figures`` the reported figures enter the measure's batches."""
    lock(sheet)
    row = duty_on(sheet)
    waiting = row.visits.filter(answered_at=None, refused_on=None)
    refuse_unless(not waiting.exists(), _("还有%(n)s项调查要求没有答复") % {"n": waiting.count()},
                  remedy=_("等企业答复，或登记拒绝配合的情况"), rule=decree188.by_name("operator_duties"), code="unanswered")  # fmt: skip
    if confirm_figures:
        _confirm(row, by=by, at=at)
    Duty.objects.filter(pk=sheet.pk).update(customs_note=customs_note)
    advance(sheet, "verify", by=by, at=at, content={"note": customs_note, "figures_confirmed": confirm_figures})
    outbox.tell([row.operator], subject=sentence("义务已核实：%(title)s", title=sheet.title), at=at, sheet=sheet)
    return sheet


def _confirm(row: Duty, *, by: Person, at: datetime) -> None:
    refuse_unless(
        row.measure_id is not None,
        _("本义务没有可登记的批次"),
        remedy=_("取消勾选“数量属实”后再提交"),
        code="no_lines",
        status=422,
    )
    assert row.measure_id is not None
    measure = Sheet.objects.select_related("owner", "folder").get(pk=row.measure_id)
    for figure in row.figures.select_related("line").order_by("line"):
        parts = {name: getattr(figure, name) for name in PARTS}
        reason = figure.reason or (_("企业报告剩余%(n)s") % {"n": figure.remaining} if figure.remaining else "")
        measures.execute(measure, figure.line, by=by, at=at, unaccounted_reason=reason, **parts)
    row.figures.update(confirmed_at=at)


@transaction.atomic
def return_duty(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Return a duty's report."""
    Duty.objects.filter(pk=sheet.pk).update(customs_note=reason)
    advance(sheet, "return", by=by, at=at, content={"reason": reason})
    outbox.tell(
        [duty_on(sheet).operator],
        subject=sentence("履行情况退回：%(title)s", title=sheet.title),
        at=at,
        sheet=sheet,
        body=reason,
    )
    return sheet


@transaction.atomic
def release_duty(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Release a duty whose measure was lifted; one under a measure in force stays."""
    lock(sheet)
    row = duty_on(sheet)
    binding = row.measure is not None and row.measure.sheet.stage == "in_force"
    refuse_unless(not binding, _("措施仍在执行，义务不能免除"), remedy=_("先解除措施"), rule=decree188.by_name("lift_when_gone"),
                  code="measure_in_force")  # fmt: skip
    return advance(sheet, "release", by=by, at=at, content={"reason": reason})
