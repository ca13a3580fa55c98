"""Verification's forms and what a verification says."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from riskwatch.case.desk import Act, Fact, PlainForm, ReasonForm, StepForm, enter, organisations, text
from riskwatch.case.models import Sheet
from riskwatch.verification import actions
from riskwatch.verification.models import RESULTS, Verification


class BeginForm(StepForm):
    task = text(_("核实要求"), rows=3)
    commissioned = organisations(_("委托机构（自行核实不选）"), "technical_body", several=False, required=False)
    scope_reason = text(_("属于工业品的理由（混合章节须填）"), rows=2, required=False, most=300)


class ReportForm(StepForm):
    method = text(_("核实方法"))
    evidence = text(_("证据"))
    result = forms.ChoiceField(label=_("结论"), choices=RESULTS, widget=forms.RadioSelect)
    reasons = text(_("理由"))


def facts(sheet: Sheet, depth: str) -> list[Fact]:
    """Task, method, evidence, result, reasons."""
    row = Verification.objects.select_related("commissioned").get(pk=sheet.pk)
    return [
        Fact(_now("核实要求"), row.task, True), Fact(_now("受托机构"), str(row.commissioned or "")),
        Fact(_now("核实方法"), row.method, True), Fact(_now("证据"), row.evidence, True),
        Fact(_now("核实结论"), row.get_result_display()), Fact(_now("理由"), row.reasons, True),
        Fact(_now("退回原因"), row.returned_because, True),
    ]  # fmt: skip


def install() -> None:
    """Enter verification's acts and facts."""
    enter(
        Act("information", "begin", BeginForm, actions.begin_verification),
        Act("verification", "report", ReportForm, actions.report),
        Act("verification", "approve", PlainForm, actions.approve),
        Act("verification", "return", ReasonForm, actions.send_back),
        Act("verification", "cancel", ReasonForm, actions.cancel),
        facts={"verification": facts},
    )
