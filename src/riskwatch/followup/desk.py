"""Follow-up's forms and what its records say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from decree188.calendar import shanghai_date
from riskwatch.case.desk import Act, Fact, ReasonForm, StepForm, day, enter, text
from riskwatch.case.models import Folder, Sheet
from riskwatch.followup import actions
from riskwatch.followup.models import LiftApplication, Objection, Traceability
from riskwatch.measures.models import Line
from riskwatch.parties.models import Organisation
from riskwatch.parties.queries import principals


class DutyForm(StepForm):
    """What the four duties' reports may hold; on one duty, the fields that it needs."""

    plan = text(_("方案"), required=False)
    measures_taken = text(_("采取的措施"), required=False)
    results = text(_("结果"), required=False)
    told_whom = text(_("通报对象"), rows=2, required=False)
    told_on = day(_("通报日期"), required=False)
    told_text = text(_("通报内容"), required=False)
    proof = text(_("凭证"), rows=2, required=False)

    def prepare(self) -> None:
        needed = actions.NEEDS[actions.duty_on(self.subject).kind]
        self.fields = {name: self.fields[name] for name in needed}
        for field in self.fields.values():
            field.required = True


class NoteForm(StepForm):
    customs_note = text(_("核实情况"))


class GroundsForm(StepForm):
    grounds = text(_("异议理由"))


class AnswerForm(StepForm):
    answer = text(_("答复"))


class ApplyForm(StepForm):
    report = text(_("风险消减评价报告"), rows=6, help_text=_("写明采取了哪些措施、效果如何、如何验证"))
    on_behalf = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("代表"), required=False, empty_label=_("本企业")
    )
    lines = forms.ModelMultipleChoiceField(
        Line.objects.none(), label=_("只申请部分批次"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        addressed = self.subject.concerns.filter(part="addressee").values("organisation")
        self.fields["on_behalf"].queryset = principals(self.by, shanghai_date(self.at)).filter(pk__in=addressed)
        if not self.fields["on_behalf"].queryset.exists():
            del self.fields["on_behalf"]
        field = self.fields["lines"]
        field.queryset = Line.objects.filter(measure=self.subject.pk, lifted_on=None)
        field.label_from_instance = lambda line: line.batch
        if not field.queryset.exists():
            del self.fields["lines"]


def _yes_no(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=[("yes", _("通过")), ("no", _("不通过"))], coerce=lambda v: v == "yes",
                                  widget=forms.RadioSelect)  # fmt: skip


class EvaluateForm(StepForm):
    authentic = _yes_no(_("真实性"))
    authentic_why = text(_("真实性评估意见"), rows=2)
    conforms = _yes_no(_("符合性"))
    conforms_why = text(_("符合性评估意见"), rows=2)


class TraceForm(StepForm):
    lots = text(_("批次及数量"))
    supplier = text(_("上一环节（从哪里来）"), rows=2)
    customers = text(_("下一环节（到哪里去）"), rows=2)
    records = text(_("记录如何保存"), rows=2)


class TraceNoteForm(StepForm):
    note = text(_("意见"), rows=2)


def _objection(uphold: bool) -> Any:
    return lambda sheet, *, by, at, answer: actions.answer_objection(sheet, uphold=uphold, answer=answer, by=by, at=at)


def _trace(step: str) -> Any:
    return lambda sheet, *, by, at, note: actions.judge_traceability(sheet, step, note=note, by=by, at=at)


def _record(sheet: Sheet, **kw: Any) -> Sheet:
    return actions.report(sheet, step="record", **kw)


def duty_facts(sheet: Sheet, depth: str) -> list[Fact]:
    """A duty and what was said of it."""
    row = actions.duty_on(sheet)
    return [
        Fact(_now("企业"), str(row.operator)), Fact(_now("知悉时间"), row.known_at), Fact(_now("方案"), row.plan, True),
        Fact(_now("采取的措施"), row.measures_taken, True), Fact(_now("结果"), row.results, True),
        Fact(_now("通报对象"), row.told_whom, True), Fact(_now("通报日期"), row.told_on), Fact(_now("通报内容"), row.told_text, True),
        Fact(_now("凭证"), row.proof, True), Fact(_now("海关核实情况"), row.customs_note, True),
    ]  # fmt: skip


def objection_facts(sheet: Sheet, depth: str) -> list[Fact]:
    """Grounds and answer."""
    row = Objection.objects.select_related("operator").get(pk=sheet.pk)
    return [
        Fact(_now("企业"), str(row.operator)),
        Fact(_now("异议理由"), row.grounds, True),
        Fact(_now("答复"), row.answer, True),
    ]


def application_facts(sheet: Sheet, depth: str) -> list[Fact]:
    """Report, both judgements, answer; the applicant reads the judgements with the answer."""
    row = LiftApplication.objects.select_related("operator").get(pk=sheet.pk)
    shown = [Fact(_now("企业"), str(row.operator)), Fact(_now("批次"), "、".join(line.batch for line in row.lines.all()) or _now("全部")),
             Fact(_now("风险消减评价报告"), row.report, True)]  # fmt: skip
    if depth == "full" or row.answer:
        words = {True: _now("通过"), False: _now("不通过"), None: ""}
        shown += [Fact(_now("真实性"), words[row.authentic]), Fact(_now("真实性评估意见"), row.authentic_why, True),
                  Fact(_now("符合性"), words[row.conforms]), Fact(_now("符合性评估意见"), row.conforms_why, True)]  # fmt: skip
    return [*shown, Fact(_now("答复"), row.answer, True)]


def trace_facts(sheet: Sheet, depth: str) -> list[Fact]:
    """The statement and customs' opinion."""
    row = Traceability.objects.select_related("operator").get(pk=sheet.pk)
    return [Fact(_now("企业"), str(row.operator)), Fact(_now("产品"), row.product), Fact(_now("批次及数量"), row.lots, True),
            Fact(_now("上一环节"), row.supplier, True), Fact(_now("下一环节"), row.customers, True),
            Fact(_now("记录保存"), row.records, True), Fact(_now("海关意见"), row.note, True)]  # fmt: skip


def _in_force(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.stage == "in_force"


def install() -> None:
    """Enter follow-up's acts and facts."""
    enter(
        Act("duty", "report", DutyForm, actions.report),
        Act("duty", "record", DutyForm, _record),
        Act("duty", "verify", NoteForm, actions.verify_duty),
        Act("duty", "return", ReasonForm, actions.return_duty),
        Act("duty", "release", ReasonForm, actions.release_duty),
        Act(
            "objection",
            "raise",
            GroundsForm,
            actions.object_to,
            begins_on=("notice", "order", "announcement"),
            when=_in_force,
        ),
        Act("objection", "uphold", AnswerForm, _objection(True)),
        Act("objection", "reject", AnswerForm, _objection(False)),
        Act(
            "lift_application", "apply", ApplyForm, actions.apply_to_lift, begins_on=("notice", "order"), when=_in_force
        ),
        Act("lift_application", "evaluate", EvaluateForm, actions.evaluate),
        Act("lift_application", "grant", AnswerForm, actions.grant),
        Act("lift_application", "refuse", AnswerForm, actions.refuse),
        Act("lift_application", "withdraw", ReasonForm, actions.withdraw),
        Act("traceability", "check", TraceNoteForm, _trace("check")),
        Act("traceability", "send_back", TraceNoteForm, _trace("send_back")),
        Act("traceability", "refile", TraceForm, actions.refile_traceability),
        facts={
            "duty": duty_facts,
            "objection": objection_facts,
            "lift_application": application_facts,
            "traceability": trace_facts,
        },
    )
