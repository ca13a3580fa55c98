"""Measures' forms, one per kind from the rule book, and what measures and filings say."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from decree188.disposal import lift_when_gone, order_kinds
from decree188.measure_rules import MEASURE_RULES, TermRule
from riskwatch.case.desk import Act, Fact, PlainForm, ReasonForm, StepForm, day, enter, organisations, text
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.steps import MEASURES
from riskwatch.measures import actions, filing, served
from riskwatch.measures.models import SERVICE, Addressee, Filing, Line, Measure
from riskwatch.measures.words import instruction_words
from riskwatch.parties.models import Organisation

_KINDS = {
    "offices": ("office",),
    "named": ("operator", "technical_body", "testing_body", "department"),
    "public": ("office",),
}
_ONE_LINE = {"product", "commodity_code", "regime_from", "regime_to"}


class LinesField(forms.CharField):
    """Batches, one a line: ``batch, quantity, unit``."""

    def clean(self, value: Any) -> list[tuple[str, Decimal, str]]:
        rows = []
        for number, line in enumerate(super().clean(value).splitlines(), 1):
            parts = [p.strip() for p in line.replace("，", ",").split(",")]
            if not any(parts):
                continue
            try:
                amount = Decimal(parts[1])
            except (IndexError, InvalidOperation):
                raise forms.ValidationError(_("第%(n)s行应写成“批次,数量,单位”") % {"n": number}) from None
            if not amount.is_finite() or amount <= 0 or amount >= Decimal(10) ** 12:
                raise forms.ValidationError(_("第%(n)s行的数量不正确") % {"n": number})
            rows.append((parts[0], amount, parts[2] if len(parts) > 2 else "件"))
        return rows


def _field(name: str) -> forms.Field:
    label = Measure._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    if name == "order_kind":
        return forms.ChoiceField(label=label, choices=order_kinds.choices())
    if name == "perform_by":
        return day(label)
    if name in _ONE_LINE:
        return forms.CharField(label=label, max_length=300)
    return text(label)


def draft_form(kind: str) -> type[StepForm]:
    """The form of a kind: the fields that the rule book wants, and a term where it has one."""
    rules = MEASURE_RULES[kind]
    fields: dict[str, Any] = {"title": forms.CharField(label=_("标题"), max_length=200)}
    for name in rules.needs:
        if name == "addressees":
            fields[name] = organisations(_("主送对象"), *_KINDS[rules.audience])
        elif name == "lines":
            fields[name] = LinesField(
                label=_("批次和数量"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("每行：批次,数量,单位")
            )
        else:
            fields[name] = _field(name)
    if "product" in rules.needs:
        fields["commodity_code"] = forms.CharField(label=_("商品编码"), max_length=10, required=False)
    if rules.term is not TermRule.FORBIDDEN:
        fields["ends_on"] = day(_("实施期限至"), required=rules.term is TermRule.REQUIRED)
    return type(f"Draft{kind.title()}", (StepForm,), fields)


def _draft(kind: str) -> Any:
    def do(
        decision: Sheet,
        *,
        by: Any,
        at: Any,
        title: str,
        addressees: Any = (),
        lines: Any = (),
        ends_on: Any = None,
        **texts: Any,
    ) -> Sheet:
        return actions.draft(decision, kind, title=title, texts=texts, addressees=list(addressees), lines=lines,
                             ends_on=ends_on, by=by, at=at)  # fmt: skip

    return do


class ReviewForm(PlainForm):
    secrecy_reviewed = forms.BooleanField(label=_("已作保密审查，不含秘密、商业秘密和个人信息"), required=False)


class IssueForm(StepForm):
    starts_on = day(_("生效日期"), required=False, help_text=_("不填即今天"))


class AdjustForm(StepForm):
    reason = text(_("风险有何变化"))
    risk = text(_("风险说明"), required=False)
    required_actions = text(_("要求采取的措施"), required=False)
    compulsory = text(_("强制性措施"), required=False)
    scope = text(_("范围"), required=False)

    def prepare(self) -> None:
        measure = Measure.objects.get(pk=self.subject.pk)
        for name in ("risk", "required_actions", "compulsory", "scope"):
            if not getattr(measure, name):
                del self.fields[name]
            else:
                self.initial.setdefault(name, getattr(measure, name))


class ExtendForm(StepForm):
    ends_on = day(_("新的期限"))
    reason = text(_("新的理由"))


class LiftForm(StepForm):
    why = forms.ChoiceField(label=_("原因"), choices=lift_when_gone.choices())
    reason = text(_("理由"))


class ServeForm(StepForm):
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("单位"))
    served_on = day(_("送达日期"))
    service = forms.ChoiceField(label=_("方式"), choices=SERVICE[1:])
    proof = forms.CharField(label=_("送达凭证"), max_length=200)

    def prepare(self) -> None:
        waiting = Addressee.objects.filter(measure=self.subject.pk, served_on=None).values("organisation")
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=waiting)


class ExecuteForm(StepForm):
    line = forms.ModelChoiceField(Line.objects.none(), label=_("批次"))
    returned = forms.DecimalField(label=_("退运"), max_digits=16, decimal_places=3, initial=0)
    destroyed = forms.DecimalField(label=_("销毁"), max_digits=16, decimal_places=3, initial=0)
    recalled = forms.DecimalField(label=_("召回"), max_digits=16, decimal_places=3, initial=0)
    corrected = forms.DecimalField(label=_("整改"), max_digits=16, decimal_places=3, initial=0)
    unaccounted_reason = forms.CharField(label=_("差额说明"), max_length=300, required=False)

    def prepare(self) -> None:
        field = self.fields["line"]
        field.queryset = Line.objects.filter(measure=self.subject.pk, lifted_on=None)
        field.label_from_instance = lambda line: f"{line.batch}（{line.affected.normalize():f}{line.unit}）"


class FulfilForm(StepForm):
    outcome = text(_("执行结果"))


class SummaryForm(StepForm):
    summary = text(_("措施概要"))


def facts(sheet: Sheet, depth: str) -> list[Fact]:
    """What a measure says; an addressee reads its own service only."""
    measure = Measure.objects.get(pk=sheet.pk)
    shown = [Fact(_now("生效日期"), sheet.starts_on), Fact(_now("实施期限至"), sheet.ends_on)]
    for name in actions.TEXTS:
        value = measure.get_order_kind_display() if name == "order_kind" else getattr(measure, name)
        shown.append(Fact(Measure._meta.get_field(name).verbose_name, value, len(str(value or "")) > 60))  # type: ignore[union-attr]
    lines = [f"{line.batch}：{line.affected.normalize():f}{line.unit}，{_now('退运')}{line.returned.normalize():f}、{_now('销毁')}{line.destroyed.normalize():f}、"
             f"{_now('召回')}{line.recalled.normalize():f}、{_now('整改')}{line.corrected.normalize():f}、{_now('剩余')}{line.remaining.normalize():f}"
             + (f"（{_now('已解除')} {line.lifted_on}）" if line.lifted_on else "") + (f" {line.unaccounted_reason}" if line.unaccounted_reason else "")
             for line in measure.lines.order_by("pk")]  # fmt: skip
    shown.append(Fact(_now("批次和数量"), "\n".join(lines), True))
    if depth == "full":
        rows = [f"{a.organisation}：" + (f"{a.served_on} {a.get_service_display()}" if a.served_on else _now("未送达"))
                + (f"，{_now('已签收')} {a.acknowledged_by} {a.acknowledged_at:%Y-%m-%d}" if a.acknowledged_at else "")
                for a in measure.addressees.select_related("organisation", "acknowledged_by")]  # fmt: skip
        shown.append(Fact(_now("送达与签收"), "\n".join(rows), True))
        sent = [
            f"{instruction_words(i.action)}：{i.receipt or i.problem or _now('等待发送')}（{_now('尝试')}{i.tries}）"
            for i in measure.instructions.order_by("pk")
        ]
        shown.append(Fact(_now("布控指令"), "\n".join(sent), True))
    shown += [Fact(_now("执行结果"), measure.outcome, True), Fact(_now("解除理由"), measure.lift_reason, True)]
    shown.append(
        Fact(
            _now("版本"),
            "\n".join(f"{v.number}. {v.made_at:%Y-%m-%d} {v.reason}" for v in measure.versions.order_by("number")),
            True,
        )
    )
    return shown


def filing_facts(sheet: Sheet, depth: str) -> list[Fact]:
    """What a filing says."""
    row = Filing.objects.select_related("superior").get(pk=sheet.pk)
    return [Fact(_now("备案机关"), str(row.superior)), Fact(_now("措施版本"), row.version), Fact(_now("备案内容"), row.summary, True),
            Fact(_now("退回原因"), row.returned_because, True)]  # fmt: skip


def _decided(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.stage == "decided"


def _unserved(subject: Sheet | Folder, at: object) -> bool:
    return subject.stage == "in_force" and Addressee.objects.filter(measure=subject.pk, served_on=None).exists()  # type: ignore[union-attr]


def _unacknowledged(subject: Sheet | Folder, at: object) -> bool:
    return subject.stage == "in_force" and Addressee.objects.filter(measure=subject.pk, acknowledged_at=None).exists()  # type: ignore[union-attr]


def _has_term(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.ends_on is not None


def _has_lines(subject: Sheet | Folder, at: object) -> bool:
    return subject.stage == "in_force" and Line.objects.filter(measure=subject.pk).exists()  # type: ignore[union-attr]


def install() -> None:
    """Enter every kind's acts and facts."""
    for kind in MEASURES:
        rules = MEASURE_RULES[kind]
        enter(
            Act(kind, "draft", draft_form(kind), _draft(kind), begins_on=("decision",), when=_decided, label=_("拟制") + rules.zh),
            Act(kind, "review", ReviewForm, actions.review),
            Act(kind, "send_back", ReasonForm, actions.send_back),
            Act(kind, "issue", IssueForm, actions.issue),
            Act(kind, "adjust", AdjustForm, actions.adjust),
            Act(kind, "extend", ExtendForm, actions.extend, when=_has_term),
            Act(kind, "lift", LiftForm, actions.lift),
            Act(kind, "cancel", ReasonForm, actions.cancel),
            Act(kind, "serve", ServeForm, served.record_service, begins_on=(kind,), label=_("登记送达"), roles=("case_officer", "verifier"),
                when=_unserved),
            Act(kind, "execute", ExecuteForm, actions.execute, begins_on=(kind,), label=_("登记执行数量"), when=_has_lines,
                roles=("case_officer", "verifier")),
            facts={kind: facts},
        )  # fmt: skip
        if rules.acknowledged:
            enter(Act(kind, "acknowledge", PlainForm, served.acknowledge, begins_on=(kind,), label=_("签收"), when=_unacknowledged,
                      roles=("operator_staff", "operator_manager", "case_officer", "registrar", "assessor", "body_head", "tester")))  # fmt: skip
        if kind in ("order", "seizure", "survey", "joint_handling"):
            enter(Act(kind, "fulfil", FulfilForm, actions.fulfil))
    enter(
        Act("filing", "file", SummaryForm, filing.send),
        Act("filing", "receipt", PlainForm, filing.receipt),
        Act("filing", "send_back", ReasonForm, filing.send_back),
        facts={"filing": filing_facts},
    )
