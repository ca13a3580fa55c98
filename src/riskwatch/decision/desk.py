"""Decision's forms and what its records say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from riskwatch.case.desk import Act, Fact, PlainForm, ReasonForm, StepForm, day, enter, text
from riskwatch.case.models import Sheet
from riskwatch.decision import actions
from riskwatch.decision.models import CONCLUSIONS, Decision, EmergencyReview
from riskwatch.documents import actions as documents


class JudgeForm(StepForm):
    deliberation = text(_("研判意见"))
    options = text(_("考虑过的方案"))


class ProposeForm(JudgeForm):
    conclusion = forms.ChoiceField(label=_("结论"), choices=CONCLUSIONS, widget=forms.RadioSelect)
    measures = text(_("拟采取的措施"), required=False)
    grounds = text(_("理由和依据"))
    conflict_checked = forms.BooleanField(label=_("已核对承办人员与本案无利害关系"))

    def prepare(self) -> None:
        row = Decision.objects.get(pk=self.subject.pk)
        self.initial = {n: getattr(row, n) for n in ("deliberation", "options", "measures", "grounds")} | dict(
            self.initial
        )


class EmergencyForm(StepForm):
    urgent_reason = text(_("紧急理由"))
    unknowns = text(_("尚不确定的事项"), rows=2)
    practice = text(_("参照的国际做法"), rows=2)
    measures = text(_("采取的措施"))
    grounds = text(_("理由和依据"), rows=2)
    review_on = day(_("复核日期"))


class ReviewForm(StepForm):
    findings = text(_("复核情况"))


class ConfirmForm(ReviewForm):
    next_review_on = day(_("下次复核日期"))


def _review(outcome: str) -> Any:
    def do(sheet: Sheet, *, by: Any, at: Any, **facts: Any) -> Sheet:
        return actions.review(sheet, outcome, by=by, at=at, **facts)

    return do


def facts(sheet: Sheet, depth: str) -> list[Fact]:
    """Deliberation, options, conclusion, grounds; for an emergency also why."""
    row = Decision.objects.get(pk=sheet.pk)
    return [
        Fact(_now("紧急决定"), _now("是") if row.emergency else ""), Fact(_now("研判意见"), row.deliberation, True),
        Fact(_now("考虑过的方案"), row.options, True), Fact(_now("结论"), row.get_conclusion_display()),
        Fact(_now("措施"), row.measures, True), Fact(_now("理由和依据"), row.grounds, True),
        Fact(_now("紧急理由"), row.urgent_reason, True), Fact(_now("尚不确定的事项"), row.unknowns, True),
        Fact(_now("参照的国际做法"), row.practice, True), Fact(_now("退回原因"), row.returned_because, True),
    ]  # fmt: skip


def preview(sheet: Sheet, *, by: Any, at: Any) -> bytes:
    """The decision as it would be printed, marked as a draft."""
    row = Decision.objects.select_related("sheet__owner").get(pk=sheet.pk)
    return documents.preview("decision", actions.paper_of(row, by=by), at=at)


def review_facts(sheet: Sheet, depth: str) -> list[Fact]:
    """What the review found."""
    return [Fact(_now("复核情况"), EmergencyReview.objects.get(pk=sheet.pk).findings, True)]


def install() -> None:
    """Enter decision's acts and facts."""
    enter(
        Act("decision", "judge", JudgeForm, actions.judge, begins_on=("folder",)),
        Act("decision", "propose", ProposeForm, actions.propose),
        Act("decision", "return", ReasonForm, actions.send_back),
        Act("decision", "decide", PlainForm, actions.decide, preview=preview),
        Act("decision", "void", ReasonForm, actions.void),
        Act("decision", "decide_emergency", EmergencyForm, actions.decide_emergency, begins_on=("folder",)),
        Act("emergency_review", "confirm", ConfirmForm, _review("confirm")),
        Act("emergency_review", "adjust", ConfirmForm, _review("adjust")),
        Act("emergency_review", "lift", ReviewForm, _review("lift")),
        facts={"decision": facts, "emergency_review": review_facts},
    )
