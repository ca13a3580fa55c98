"""The counter's forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from decree188 import collection as law
from decree188.calendar import SHANGHAI, shanghai_date
from decree188.scope import operator_roles
from riskwatch.case.desk import organisations, text
from riskwatch.case.models import Direction, Sheet
from riskwatch.collection.desk import FactsForm
from riskwatch.documents.forms import FilesField
from riskwatch.look.asked import plausible
from riskwatch.look.words import choices
from riskwatch.parties.models import Organisation, Person, Qualification
from riskwatch.parties.queries import principals


class MomentField(forms.DateTimeField):
    """A Shanghai moment, picked by the browser."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(
            validators=[plausible], widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **kwargs
        )

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return found.astimezone(SHANGHAI) if found else found


def on_behalf() -> forms.ModelChoiceField[Organisation]:
    """For whom one acts: oneself, or a principal."""
    return forms.ModelChoiceField(Organisation.objects.none(), label=_("代表"), required=False, empty_label=_("本单位"))


def offer_principals(form: Any, person: Person, at: datetime, *own: str) -> None:
    """Offer the principals that a person may act for today; without any, neither them nor the fields that are asked for them."""
    rows = principals(person, shanghai_date(at))
    form.fields["on_behalf"].queryset = rows
    if not rows.exists():
        for name in ("on_behalf", *own):
            del form.fields[name]


class BehalfForm(forms.Form):
    """What is asked of somebody who acts for another: for whom, in which direction, for which commodity."""

    on_behalf = on_behalf()
    direction = forms.ChoiceField(
        label=_("进出口"), choices=[("", "—"), *Direction.choices], required=False, help_text=_("代表他人办理时填写")
    )
    commodity_code = forms.CharField(
        label=_("商品编码"), max_length=10, required=False, help_text=_("代表他人办理时填写")
    )


class NumberedForm(forms.Form):
    """An agent acts on a measure that was addressed to its principal, named by its number."""

    on_behalf = on_behalf()
    number = forms.CharField(label=_("措施编号"), max_length=60)


class ObjectForm(NumberedForm):
    """An agent contests it."""

    grounds = text(_("异议理由"), rows=6)


class LiftForm(NumberedForm):
    """An agent applies to lift it."""

    report = text(_("风险消减评价报告"), rows=6, help_text=_("写明采取了哪些措施、效果如何、如何验证"))


class ReportForm(FactsForm):
    """An operator's or testing body's report."""

    on_behalf = on_behalf()
    office = organisations(_("报告给（海关或监测中心）"), "office", "centre", several=False)
    title = forms.CharField(label=_("标题"), max_length=300)
    text = text(_("发现了什么风险"), rows=4)
    first_known_at = MomentField(label=_("首次知悉时间"), help_text=_("提交后不能修改"))
    severe = forms.BooleanField(label=_("涉及死亡、重伤，或产品已在境外召回"), required=False)
    role_in_case = forms.ChoiceField(
        label=_("本单位在本案中是"), choices=[("", "—"), *choices(operator_roles)], required=False
    )
    own_number = forms.CharField(label=_("检测报告编号"), max_length=80, required=False)
    qualification = forms.ModelChoiceField(Qualification.objects.none(), label=_("资质"), required=False)
    files = FilesField(label=_("附件（照片、检测报告等）"), required=False)  # type: ignore[assignment]
    field_order = ("on_behalf", "office", "title", "text", "first_known_at", "severe", "role_in_case")


class KnowledgeForm(BehalfForm):
    """An operator that knows of a risk."""

    office = organisations(_("主管海关"), "office", several=False)
    product = forms.CharField(label=_("产品"), max_length=200)
    known_at = MomentField(label=_("知悉时间"))
    report = forms.ModelChoiceField(
        Sheet.objects.none(),
        label=_("来自本企业的哪份报告"),
        required=False,
        help_text=_("已报告过的，请选上，便于前后对照"),
    )


class TraceabilityForm(BehalfForm):
    """A traceability statement."""

    office = organisations(_("主管海关"), "office", several=False)
    product = forms.CharField(label=_("产品"), max_length=300)
    lots = text(_("批次及数量"))
    supplier = text(_("上一环节（从哪里来）"), rows=2)
    customers = text(_("下一环节（到哪里去）"), rows=2)
    records = text(_("记录如何保存"), rows=2)


class CentreForm(FactsForm):
    """What a centre collects."""

    source_kind = forms.ChoiceField(label=_("信息来源"), choices=choices(law.source_kinds))
    title = forms.CharField(label=_("标题"), max_length=300)
    text = text(_("内容"), rows=4)
    files = FilesField(label=_("附件"), required=False)  # type: ignore[assignment]
    field_order = ("source_kind", "title", "text")
