"""Measures' forms, one per kind from the rule book."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from decree188.disposal import lift_when_gone, order_kinds
from decree188.measure_rules import MEASURE_RULES, TermRule
from decree188.scope import operator_roles
from riskwatch.case.desk import PlainForm, ReasonForm, StepForm, day, organisations, text
from riskwatch.look.words import aside, choices
from riskwatch.measures.checks import audience_of
from riskwatch.measures.ending import open_duties
from riskwatch.measures.models import SERVICE, Addressee, Line, Measure
from riskwatch.parties.models import Organisation

_ONE_LINE = {"product", "commodity_code", "regime_from", "regime_to"}
# Kinds that hit operators without being addressed to them.
HIT = ("announcement", "regime_change")


class LinesField(forms.CharField):
    """Batches, one a line: ``batch, quantity, unit, addressee``; unit and addressee may be left out."""

    def clean(self, value: Any) -> list[tuple[str, Decimal, str, str]]:
        rows = []
        for number, line in enumerate(super().clean(value).splitlines(), 1):
            parts = [p.strip() for p in line.replace("，", ",").split(",")]
            if not any(parts):
                continue
            try:
                amount = Decimal(parts[1])
            except (IndexError, InvalidOperation):
                raise forms.ValidationError(_("第%(n)s行应写成“批次,数量,单位,企业”") % {"n": number}) from None
            if not amount.is_finite() or amount <= 0 or amount >= Decimal(10) ** 12:
                raise forms.ValidationError(_("第%(n)s行的数量不正确") % {"n": number})
            unit = parts[2] if len(parts) > 2 and parts[2] else "件"
            rows.append((parts[0], amount, unit, parts[3] if len(parts) > 3 else ""))
        return rows


def _field(name: str, *, required: bool = True) -> forms.Field:
    label = Measure._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    if name == "order_kind":
        return forms.ChoiceField(label=label, choices=[("", _("请选择")), *choices(order_kinds)], required=required)
    if name == "perform_by":
        return day(label, required=required)
    if name in _ONE_LINE:
        return forms.CharField(label=label, max_length=300, required=required)
    return text(label, required=required)


def _roles() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("企业在本案中是"),
        choices=[("", "—"), *choices(operator_roles)],
        required=False,
        help_text=_("各企业身份不同的，拟制后用“登记企业身份”逐个登记"),
    )


def draft_form(kind: str) -> type[StepForm]:
    """The form of a kind: the fields that the rule book wants, and a term where it has one."""
    rules = MEASURE_RULES[kind]
    higher = _("由海关总署发布；其他海关拟制、审核后报请总署发布") if rules.level == "headquarters" else ""
    fields: dict[str, Any] = {"title": forms.CharField(label=_("标题"), max_length=200, help_text=higher)}
    for name in rules.needs:
        if name == "addressees":
            fields[name] = organisations(_("主送对象"), *audience_of(kind))
        elif name == "lines":
            fields[name] = LinesField(
                label=_("批次和数量"),
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text=_("每行：批次,数量,单位,企业；不写企业的，各主送对象都能看到"),
            )
        else:
            fields[name] = _field(name)
    if kind in HIT:
        fields["measured"] = organisations(_("受影响的企业"), "operator", required=False)
    if kind in HIT or "operator" in audience_of(kind):
        fields["role_in_case"] = _roles()
    if "product" in rules.needs:
        fields["commodity_code"] = forms.CharField(label=_("商品编码"), max_length=10, required=False)
    if rules.term is not TermRule.FORBIDDEN:
        fields["ends_on"] = day(_("实施期限至"), required=rules.term is TermRule.REQUIRED)
    return type(f"Draft{kind.title()}", (StepForm,), fields)


def _as_it_is(form: StepForm) -> None:
    """Fill a form with the draft as it stands."""
    measure = Measure.objects.select_related("sheet").get(pk=form.subject.pk)
    concerns = list(measure.sheet.concerns.all())
    found: dict[str, Any] = {name: getattr(measure, name, "") for name in form.fields if hasattr(Measure, name)}
    found |= {
        "title": measure.sheet.title,
        "ends_on": measure.sheet.ends_on,
        "addressees": [c.organisation_id for c in concerns if c.part == "addressee"],
        "measured": [c.organisation_id for c in concerns if c.part == "measured"],
        "role_in_case": next((c.role_in_case for c in concerns if c.role_in_case), ""),
        "lines": "\n".join(as_line(line) for line in measure.lines.select_related("organisation").order_by("pk")),
    }
    form.initial = {name: found[name] for name in form.fields if name in found} | dict(form.initial)


def as_line(line: Line) -> str:
    """A batch as its field takes it."""
    whose = f",{line.organisation.name_zh}" if line.organisation else ""
    return f"{line.batch},{line.affected.normalize():f},{line.unit}{whose}"


def redraft_form(kind: str) -> type[StepForm]:
    """The drafting form, filled with the draft."""
    return type(f"Redraft{kind.title()}", (draft_form(kind),), {"prepare": _as_it_is})


def adjust_form(kind: str) -> type[StepForm]:
    """Everything that the rule book wants of a kind may change with the risk; addressees and batches stay."""
    names = [n for n in MEASURE_RULES[kind].needs if n not in ("addressees", "lines")]
    fields: dict[str, Any] = {"reason": text(_("风险有何变化"))}
    fields |= {name: _field(name, required=False) for name in names}

    def prepare(form: StepForm) -> None:
        measure = Measure.objects.get(pk=form.subject.pk)
        form.initial = {name: getattr(measure, name) for name in names} | dict(form.initial)

    return type(f"Adjust{kind.title()}", (StepForm,), fields | {"prepare": prepare})


class ReviewForm(PlainForm):
    secrecy_reviewed = forms.BooleanField(label=_("已作保密审查，不含秘密、商业秘密和个人信息"), required=False)


class IssueForm(StepForm):
    starts_on = day(_("生效日期"), required=False, help_text=_("不填即今天"))


class ExtendForm(StepForm):
    ends_on = day(_("新的期限"))
    reason = text(_("新的理由"))


class LiftForm(StepForm):
    why = forms.ChoiceField(label=_("原因"), choices=choices(lift_when_gone))
    reason = text(_("理由"))
    release_duties = forms.BooleanField(label=_("同时免除企业尚未办结的义务"), required=False)

    def prepare(self) -> None:
        if not open_duties(self.subject):
            del self.fields["release_duties"]


def _batch(line: Line) -> str:
    return f"{line.batch}{aside(f'{line.affected.normalize():f} {line.unit}')}"


class LiftLinesForm(ReasonForm):
    lines = forms.ModelMultipleChoiceField(
        Line.objects.none(), label=_("解除的批次"), widget=forms.CheckboxSelectMultiple
    )
    field_order = ("lines", "reason")

    def prepare(self) -> None:
        field = self.fields["lines"]
        field.queryset = Line.objects.filter(measure=self.subject.pk, lifted_on=None).order_by("pk")
        field.label_from_instance = _batch


class RoleForm(StepForm):
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("企业"))
    role_in_case = forms.ChoiceField(label=_("在本案中是"), choices=[("", _("请选择")), *choices(operator_roles)])

    def prepare(self) -> None:
        named = self.subject.concerns.filter(organisation__kind="operator").values("organisation")
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=named)


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
        field.label_from_instance = _batch


class FulfilForm(StepForm):
    outcome = text(_("执行结果"))


class SummaryForm(StepForm):
    summary = text(_("措施概要"))
