"""Follow-up's forms and what its records say."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from decree188.calendar import shanghai_date
from riskwatch.case.desk import Act, Fact, ReasonForm, StepForm, day, enter, text
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.steps import FIRM
from riskwatch.followup import actions, cooperation, duties
from riskwatch.followup.cooperation import unanswered
from riskwatch.followup.filed import FILED
from riskwatch.followup.models import VISITS, Figure, LiftApplication, Objection, Traceability, Visit
from riskwatch.look.words import aside, labelled, listed
from riskwatch.measures.ending import open_duties
from riskwatch.measures.models import Line
from riskwatch.parties.models import Organisation
from riskwatch.parties.queries import principals


class FiguresField(forms.CharField):
    """Figures, one batch a line: ``batch, returned, destroyed, recalled, corrected, remaining, reason``."""

    def clean(self, value: Any) -> list[duties.Said]:
        rows: list[duties.Said] = []
        for number, line in enumerate(super().clean(value).splitlines(), 1):
            parts = [p.strip() for p in line.replace("，", ",").split(",", 6)]
            if not any(parts):
                continue
            try:
                amounts = [Decimal(p or "0") for p in parts[1:6]]
            except InvalidOperation:
                amounts = []
            if len(amounts) < 5 or not all(a.is_finite() and abs(a) < Decimal(10) ** 12 for a in amounts):
                raise forms.ValidationError(
                    _("第%(n)s行应写成“批次,退运,销毁,召回,整改,剩余,差额原因”") % {"n": number}
                )
            rows.append(
                (
                    parts[0],
                    amounts[0],
                    amounts[1],
                    amounts[2],
                    amounts[3],
                    amounts[4],
                    parts[6] if len(parts) > 6 else "",
                )
            )
        return rows


def _figure(row: Figure) -> str:
    parts = [getattr(row, name).normalize() for name in (*duties.PARTS, "remaining")]
    return ",".join([row.line.batch, *(f"{p:f}" for p in parts), row.reason])


class DutyForm(StepForm):
    """What the four duties' reports may hold; on one duty, the fields that it needs."""

    plan = text(_("方案"), required=False)
    measures_taken = text(_("采取的措施"), required=False)
    results = text(_("结果"), required=False)
    told_whom = text(_("通报对象"), rows=2, required=False)
    told_on = day(_("通报日期"), required=False)
    told_text = text(_("通报内容"), required=False)
    proof = text(_("凭证"), rows=2, required=False)
    figures = FiguresField(
        label=_("各批次数量"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("每行：批次,退运,销毁,召回,整改,剩余,差额原因；合计应等于涉及数量，不等的写明差额原因"),
    )

    def prepare(self) -> None:
        row = actions.duty_on(self.subject)
        lines = duties.lines_of(row)
        needed = [*actions.NEEDS[row.kind], *(["figures"] if lines else [])]
        self.fields = {name: self.fields[name] for name in needed}
        for field in self.fields.values():
            field.required = True
        said = {f.line_id: f for f in row.figures.all()}
        rows = [
            _figure(said[x.pk]) if x.pk in said else f"{x.batch},0,0,0,0,{x.affected.normalize():f}," for x in lines
        ]
        kept = {name: getattr(row, name) for name in actions.NEEDS[row.kind]}
        self.initial = kept | {"figures": "\n".join(rows)} | dict(self.initial)


class NoteForm(StepForm):
    customs_note = text(_("核实情况"))
    confirm_figures = forms.BooleanField(label=_("数量属实，登记到措施的批次"), required=False)

    def prepare(self) -> None:
        if not actions.duty_on(self.subject).figures.exists():
            del self.fields["confirm_figures"]


class AskForm(StepForm):
    kind = forms.ChoiceField(label=_("方式"), choices=VISITS)
    asked_on = day(_("日期"))
    what = text(_("要求或核查内容"))
    answer_by = day(_("答复期限"))


class RequestForm(StepForm):
    """A form about one request that waits for an answer."""

    visit = forms.ModelChoiceField(Visit.objects.none(), label=_("哪一项要求"))

    def prepare(self) -> None:
        field = self.fields["visit"]
        field.queryset = Visit.objects.filter(duty=self.subject.pk, answered_at=None, refused_on=None)
        field.label_from_instance = lambda v: labelled(f"{v.asked_on} {v.get_kind_display()}", v.what[:60])


class AnswerRequestForm(RequestForm):
    text = text(_("答复"))


class RefusalForm(RequestForm):
    refusal = text(_("拒绝配合的情况"))
    refused_on = day(_("日期"))


class GrantForm(StepForm):
    answer = text(_("答复"))
    release_duties = forms.BooleanField(label=_("同时免除企业尚未办结的义务"), required=False)

    def prepare(self) -> None:
        row = LiftApplication.objects.get(pk=self.subject.pk)
        if row.lines.exists() or not open_duties(Sheet(pk=row.measure_id)):
            del self.fields["release_duties"]


class OnBehalfForm(StepForm):
    """Something that an addressee's agent may do in its name; whoever is no agent is not asked for whom."""

    on_behalf = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("代表"), required=False, empty_label=_("本企业")
    )

    def prepare(self) -> None:
        parts = ("addressee", "measured")
        concerned = self.subject.concerns.filter(part__in=parts).values("organisation")
        field = self.fields["on_behalf"]
        field.queryset = principals(self.by, shanghai_date(self.at)).filter(pk__in=concerned)
        if not field.queryset.exists():
            del self.fields["on_behalf"]


class GroundsForm(OnBehalfForm):
    grounds = text(_("异议理由"))
    field_order = ("grounds", "on_behalf")


class AnswerForm(StepForm):
    answer = text(_("答复"))


class ApplyForm(OnBehalfForm):
    report = text(_("风险消减评价报告"), rows=6, help_text=_("写明采取了哪些措施、效果如何、如何验证"))
    lines = forms.ModelMultipleChoiceField(
        Line.objects.none(), label=_("只申请部分批次"), required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("report", "on_behalf", "lines")

    def prepare(self) -> None:
        super().prepare()
        field = self.fields["lines"]
        mine = {p.organisation for p in posts_of(self.by, self.at).posts}
        own = Q(organisation__in=mine) | Q(organisation=None)
        field.queryset = Line.objects.filter(own, measure=self.subject.pk, lifted_on=None)
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
        Fact(_now("凭证"), row.proof, True), Fact(_now("各批次数量"), "\n".join(_figure_words(f) for f in row.figures.select_related("line")), True),
        Fact(_now("调查要求、核查和答复"), "\n".join(_visit(v) for v in row.visits.order_by("pk")), True),
        Fact(_now("海关核实情况"), row.customs_note, True),
    ]  # fmt: skip


def _figure_words(row: Figure) -> str:
    parts = ((_now("退运"), row.returned), (_now("销毁"), row.destroyed), (_now("召回"), row.recalled), (_now("整改"), row.corrected),
             (_now("剩余"), row.remaining))  # fmt: skip
    words = listed(f"{name} {amount.normalize():f}" for name, amount in parts)
    confirmed = aside(f"{_now('海关已确认')} {shanghai_date(row.confirmed_at)}") if row.confirmed_at else ""
    return labelled(row.line.batch, f"{words} {row.reason}{confirmed}".strip())


def _visit(row: Visit) -> str:
    asked = labelled(f"{row.asked_on} {row.get_kind_display()}", row.what) + aside(
        f"{_now('答复期限')} {row.answer_by}"
    )
    if row.answered_at:
        return f"{asked} → {shanghai_date(row.answered_at)} {labelled(_now('答复'), row.answer)}"
    if row.refused_on:
        return f"{asked} → {row.refused_on} {labelled(_now('拒绝配合'), row.refusal)}"
    return f"{asked} → {_now('未答复')}"


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
    shown = [Fact(_now("企业"), str(row.operator)), Fact(_now("批次"), listed(line.batch for line in row.lines.all()) or _now("全部")),
             Fact(_now("风险消减评价报告"), row.report, True)]  # fmt: skip
    if depth == "full" or row.answer:
        words = {True: _now("通过"), False: _now("不通过"), None: ""}
        shown += [Fact(_now("真实性"), words[row.authentic]), Fact(_now("真实性评估意见"), row.authentic_why, True),
                  Fact(_now("符合性"), words[row.conforms]), Fact(_now("符合性评估意见"), row.conforms_why, True)]  # fmt: skip
    if depth == "full":
        shown.append(Fact(_now("退回重新评估的原因"), row.returned_because, True, alert=True))
    return [*shown, Fact(_now("答复"), row.answer, True)]


def trace_facts(sheet: Sheet, depth: str) -> list[Fact]:
    """The statement and customs' opinion."""
    row = Traceability.objects.select_related("operator").get(pk=sheet.pk)
    return [Fact(_now("企业"), str(row.operator)), Fact(_now("产品"), row.product), Fact(_now("批次及数量"), row.lots, True),
            Fact(_now("上一环节"), row.supplier, True), Fact(_now("下一环节"), row.customers, True),
            Fact(_now("记录保存"), row.records, True), Fact(_now("海关意见"), row.note, True)]  # fmt: skip


def _cooperates(subject: Sheet | Folder, at: object) -> bool:
    return (
        isinstance(subject, Sheet)
        and subject.stage in ("open", "done")
        and actions.duty_on(subject).kind == "cooperate"
    )


def _asked(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.stage in ("open", "done") and bool(unanswered(subject))


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
            "duty",
            "ask",
            AskForm,
            actions.ask,
            begins_on=("duty",),
            label=_("提出调查要求、登记核查"),
            roles=cooperation.CUSTOMS,
            place="owner",
            when=_cooperates,
            rule="operator_duties",
        ),
        Act(
            "duty",
            "answer",
            AnswerRequestForm,
            actions.answer,
            begins_on=("duty",),
            label=_("答复调查要求"),
            roles=FIRM,
            place="addressee",
            when=_asked,
            rule="operator_duties",
        ),
        Act(
            "duty",
            "note_refusal",
            RefusalForm,
            actions.note_refusal,
            begins_on=("duty",),
            label=_("登记拒绝配合"),
            roles=cooperation.CUSTOMS,
            place="owner",
            when=_asked,
            rule="operator_duties",
        ),
        Act(
            "objection",
            "raise",
            GroundsForm,
            actions.object_to,
            begins_on=("notice", "order", "regime_change", "announcement"),
            when=_in_force,
        ),
        Act("objection", "uphold", AnswerForm, _objection(True)),
        Act("objection", "reject", AnswerForm, _objection(False)),
        Act(
            "lift_application",
            "apply",
            ApplyForm,
            actions.apply_to_lift,
            begins_on=("notice", "order", "regime_change", "announcement"),
            when=_in_force,
        ),
        Act("lift_application", "evaluate", EvaluateForm, actions.evaluate),
        Act("lift_application", "reevaluate", ReasonForm, actions.reevaluate),
        Act("lift_application", "grant", GrantForm, actions.grant),
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
        filed_facts=FILED,
    )
