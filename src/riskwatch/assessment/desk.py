"""Assessment's forms and what its records say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from decree188 import assessment as law
from decree188 import scope
from riskwatch.assessment import actions, incidents, reporting, scoring
from riskwatch.assessment.models import Assessment, Draft, Proposal
from riskwatch.case.desk import Act, Fact, PlainForm, ReasonForm, StepForm, day, enter, enter_page, organisations, text
from riskwatch.case.models import Folder, Sheet
from riskwatch.look.words import choices, clauses, labelled, listed, said


class CommissionForm(StepForm):
    assessor = organisations(_("评估方"), "technical_body", "panel", "centre", several=False)
    question = text(_("评估任务"))
    due_on = day(_("完成期限"), required=False, help_text=_("不填按规定期限"))


class StatementForm(StepForm):
    has_interest = forms.TypedChoiceField(
        label=_("我与本案生产经营者"), choices=[("no", _("没有利害关系")), ("yes", _("有利害关系"))],
        coerce=lambda v: v == "yes", widget=forms.RadioSelect,
    )  # fmt: skip
    text = text(_("说明"), rows=2, required=False)


class SubmitForm(StepForm):
    """The assessment document, as the workbench writes it; method, category, level and the rest follow from it."""

    document = forms.JSONField(
        label=_("评估文件"), widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=_("在评估工作台填写后提交；也可以粘贴或上传按公布格式写成的文件内容。"),
    )  # fmt: skip

    def prepare(self) -> None:
        draft = Draft.objects.filter(assessment=self.subject.pk).order_by("-number").first()
        self.fields["document"].initial = draft.document if draft else None

    def clean_document(self) -> dict[str, Any]:
        """An object, not a bare list or number."""
        given = self.cleaned_data["document"]
        if not isinstance(given, dict):
            raise forms.ValidationError(_("评估文件须是一个对象"))
        return given


class ReassessForm(StepForm):
    trigger = forms.ChoiceField(label=_("变化种类"), choices=choices(law.reassess_on_change))
    trigger_words = text(_("变化情况"))
    due_on = day(_("完成期限"), required=False)


class IncidentsForm(StepForm):
    """Incidents counted since; numbers go as typed to the method library, which names what it cannot take."""

    scenario = forms.ChoiceField(label=_("情景"))
    incidents = forms.IntegerField(label=_("报告的事故数"), min_value=0)
    units = forms.DecimalField(label=_("在用数量"))
    exposed = forms.DecimalField(label=_("每件接触人数"), required=False, help_text=_("不填按1人"))
    life_observed = forms.DecimalField(label=_("已观察的寿命比例"), required=False, help_text=_("0–1，不填按1"))
    reporting = forms.DecimalField(label=_("事故被报告的比例"), required=False, help_text=_("0–1，不填按1"))
    source = forms.CharField(label=_("数据来源"), max_length=300)

    def prepare(self) -> None:
        self.fields["scenario"].choices = incidents.scenarios(self.subject)


class ProposalForm(StepForm):
    findings = text(_("监测评估结果"))
    proposal = text(_("处置建议"))


def _adopt(sheet: Sheet, *, by: Any, at: Any, reason: str) -> Sheet:
    return actions.answer_proposal(sheet, adopt=True, reason=reason, by=by, at=at)


def _decline(sheet: Sheet, *, by: Any, at: Any, reason: str) -> Sheet:
    return actions.answer_proposal(sheet, adopt=False, reason=reason, by=by, at=at)


def _check(sheet: Sheet, *, scenario: str, source: str, by: Any, at: Any, **numbers: Any) -> Sheet:
    observed = {
        k: numbers[k] if k == "incidents" else float(numbers[k]) for k in incidents.FIELDS if numbers[k] is not None
    }
    return incidents.check(sheet, scenario=scenario, observed=observed, source=source, by=by, at=at)


def _has_scenarios(subject: Sheet | Folder, at: object) -> bool:
    return _accepted(subject, at) and isinstance(subject, Sheet) and bool(incidents.scenarios(subject))


def facts(sheet: Sheet, depth: str) -> list[Fact]:
    """The commission and its newest report; an operator hit by measures reads the conclusion only."""
    row = Assessment.objects.select_related("assessor").get(pk=sheet.pk)
    report = reporting.latest_report(row)
    if depth == "conclusion":
        return (
            [Fact(_now("风险等级"), report.get_level_display()), Fact(_now("危害"), report.hazard, True)]
            if report
            else []
        )
    shown = [
        Fact(_now("评估方"), str(row.assessor)), Fact(_now("评估任务"), row.question, True),
        Fact(_now("重新评估原因"), row.get_trigger_display()), Fact(_now("变化情况"), row.trigger_words, True),
        Fact(_now("谢绝原因"), row.declined_because, True), Fact(_now("退回原因"), row.returned_because, True),
        Fact(_now("小组成员"), listed(str(p) for p in row.team.order_by("pk"))),
        Fact(_now("利害关系声明"), clauses(labelled(s.person, _now("没有利害关系")) for s in row.statements.select_related("person"))),
    ]  # fmt: skip
    if report:
        shown += [
            Fact(_now("报告版本"), report.version), Fact(_now("评估方法"), report.method),
            Fact(_now("定级依据"), report.get_basis_display()),
            Fact(_now("风险类别"), report.category), Fact(_now("风险等级"), report.get_level_display()),
            Fact(_now("可能性"), report.likelihood), Fact(_now("严重程度"), report.degree),
            Fact(_now("受损害的利益"), listed(said(scope.interests[i]) for i in report.interests)),
            Fact(_now("危害"), report.hazard, True), Fact(_now("范围"), report.extent, True),
            Fact(_now("残余风险"), report.residual, True), Fact(_now("处置建议"), report.proposal, True),
            Fact(_now("评估全文"), scoring.summary_of(report.result, scoring.language()) if report.result else "", True),
            Fact(_now("与上次的差异"), report.difference, True), Fact(_now("按期提交"), _now("是") if report.in_time else _now("逾期")),
            Fact(_now("事故数核对"), clauses(incidents.told(row)), True),
            Fact(_now("输入指纹"), report.inputs_sha256),
        ]  # fmt: skip
    return shown


def proposal_facts(sheet: Sheet, depth: str) -> list[Fact]:
    """A centre's findings, proposal and headquarters' answer."""
    row = Proposal.objects.select_related("designation").get(pk=sheet.pk)
    return [Fact(_now("指定文号"), row.designation.number), Fact(_now("监测评估结果"), row.findings, True),
            Fact(_now("处置建议"), row.proposal, True), Fact(_now("总署答复"), row.answer, True)]  # fmt: skip


def _verified(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.stage in actions.READY and subject.owner.kind == "centre"


def _accepted(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.stage == "accepted"


def _under_way(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.stage == "working"


def install() -> None:
    """Enter assessment's acts, facts and workbench."""
    enter_page("assessment", "assessment_workbench", _("评估工作台"), ("full", "commissioned"))
    enter(
        Act("assessment", "commission", CommissionForm, actions.commission, begins_on=("folder",)),
        Act("assessment", "take_up", StatementForm, actions.take_up),
        Act("assessment", "state", StatementForm, actions.state, begins_on=("assessment",), label=_("作利害关系声明"),
            roles=("panellist", "panel_chair", "assessor", "body_head"), when=_under_way),
        Act("assessment", "decline", ReasonForm, actions.decline),
        Act("assessment", "submit", SubmitForm, reporting.submit, page="assessment_workbench"),
        Act("assessment", "accept", PlainForm, actions.accept),
        Act("assessment", "return", ReasonForm, actions.send_back),
        Act("assessment", "cancel", ReasonForm, actions.cancel),
        Act("assessment", "reassess", ReassessForm, actions.reassess, begins_on=("assessment",), label=_("重新评估"),
            roles=("case_officer",), when=_accepted, rule="reassess_on_change"),
        Act("assessment", "check_incidents", IncidentsForm, _check, begins_on=("assessment",), label=_("核对事故数"),
            roles=("case_officer", "assessor", "body_head", "panel_chair"), when=_has_scenarios, rule="reassess_on_change"),
        Act("proposal", "deliver", ProposalForm, actions.deliver_proposal, begins_on=("information",), when=_verified),
        Act("proposal", "adopt", ReasonForm, _adopt),
        Act("proposal", "decline", ReasonForm, _decline),
        facts={"assessment": facts, "proposal": proposal_facts},
    )  # fmt: skip
