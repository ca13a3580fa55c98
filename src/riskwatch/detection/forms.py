"""What the pages and the API ask: which signals to show, what is decided on one, what a new watch is to be."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from decree188.collection import source_kinds
from riskwatch.case.desk import DateInput
from riskwatch.case.models import Direction
from riskwatch.case.opening import offices_of
from riskwatch.catalogue import queries as catalogue
from riskwatch.collection.ports import sources
from riskwatch.collection.queries import kept_sources
from riskwatch.detection import access, queries
from riskwatch.detection.models import Signal, Watch
from riskwatch.detection.wording import source_words
from riskwatch.look.asked import plausible
from riskwatch.parties.models import Organisation, Person

ANY = ("", _("不限"))
APART = re.compile(r"[\s,，、;；]+")
LONG = forms.Textarea(attrs={"rows": 3})


class FilterForm(forms.Form):
    """What the wall shows."""

    week = forms.ChoiceField(label=_("周（周一日期）"), required=False)
    watch = forms.ModelChoiceField(Watch.objects.none(), label=_("监测计划"), required=False, empty_label=_("不限"))
    product = forms.CharField(label=_("商品编码开头"), required=False, max_length=60)
    hazard = forms.ChoiceField(label=_("危害"), required=False, widget=forms.Select(attrs={"data-filter": "1"}))
    source = forms.ChoiceField(label=_("来源"), required=False, widget=forms.Select(attrs={"data-filter": "1"}))
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[ANY, *Signal.State.choices])
    extent = forms.ChoiceField(label=_("影响范围"), required=False, choices=[ANY, *Signal.Extent.choices])
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[ANY, *Signal.Kind.choices])
    held = forms.BooleanField(label=_("也看名额以外的"), required=False)

    def __init__(self, said: Any, *, to: Person, at: datetime) -> None:
        super().__init__(said)
        self.weeks = queries.weeks(to, at)
        fields: Any = self.fields
        fields["week"].choices = [("", _("最近一周")), *((w.isoformat(), w.isoformat()) for w in self.weeks)]
        fields["watch"].queryset = access.watches_visible(to, at)
        hazards = [(h.code, f"{'　' * bool(h.parent)}{h}") for h in catalogue.hazards()]
        fields["hazard"].choices = [ANY, *hazards, ("?", _("未识别"))]
        fields["source"].choices = [ANY, *source_choices()]

    def wanted(self) -> dict[str, Any]:
        """The filters for `queries.wall`; one that cannot be read asks for nothing in particular, and is marked on the page."""
        self.is_valid()
        said = self.cleaned_data
        week = date.fromisoformat(said["week"]) if said.get("week") else self.weeks[0] if self.weeks else None
        names = ("product", "hazard", "source", "state", "extent", "kind")
        plain = {name: (said.get(name) or "").strip() for name in names}
        return plain | {"week": week, "watch": said.get("watch"), "held": None if said.get("held") else False}


class KeepForm(forms.Form):
    """Keep in sight."""

    reason = forms.CharField(label=_("关注什么（可不填）"), required=False, max_length=1000, widget=LONG)


class DismissForm(forms.Form):
    """Rule out."""

    ground = forms.ChoiceField(label=_("排除原因"), choices=[("", "—"), *Signal.Reason.choices])
    reason = forms.CharField(
        label=_("理由"), max_length=1000, widget=LONG, help_text=_("写明核对了什么、为何不是风险；理由会保留并计入回测")
    )


class ReferForm(forms.Form):
    """Tell an office."""

    office = forms.ModelChoiceField(
        Organisation.objects.filter(kind=Organisation.Kind.OFFICE, until=None).order_by("code"), label=_("报送至"),
        widget=forms.Select(attrs={"data-filter": "1"}),
    )  # fmt: skip
    reason = forms.CharField(label=_("理由"), max_length=1000, widget=LONG)


class AcceptForm(forms.Form):
    """Open a case."""

    title = forms.CharField(label=_("案由"), max_length=200)
    direction = forms.ChoiceField(label=_("进出口"), choices=[("", "—"), *Direction.choices], required=False)
    owner = forms.ModelChoiceField(
        Organisation.objects.filter(kind=Organisation.Kind.OFFICE, until=None), label=_("承办单位")
    )


def narrowed(form: forms.Form, signal: Signal | None, *, by: Person, at: datetime, title: str = "") -> forms.Form:
    """An act's form for one person: their own offices, and what the signal lets expect."""
    fields: Any = form.fields
    if isinstance(form, AcceptForm):
        mine = offices_of(by, at)
        fields["owner"].queryset = fields["owner"].queryset.filter(pk__in=mine)
        form.initial = {"title": title[:200], "owner": mine[0] if mine else None}
    if isinstance(form, ReferForm) and signal is not None:
        first = next((p.code for p in queries.ports_of(signal, to=by, at=at) if p.code), "")
        form.initial = {"office": Organisation.objects.filter(code=first).first()}
    return form


class Several(forms.CharField):
    """Several short texts in one line, apart by spaces or commas."""

    def __init__(self, *, pattern: str, **more: Any) -> None:
        super().__init__(required=False, max_length=500, **more)
        self.pattern = re.compile(pattern)

    def clean(self, value: Any) -> list[str]:
        """The texts, each once, in their order; one that does not fit is named."""
        found = list(dict.fromkeys(v for v in APART.split(super().clean(value)) if v))
        for one in found:
            if not self.pattern.fullmatch(one):
                raise ValidationError(_now("“%(text)s”不符合格式") % {"text": one}, code="format")
        return found


class WatchForm(forms.Form):
    """A new watch."""

    owner = forms.ModelChoiceField(Organisation.objects.none(), label=_("所属单位"))
    title = forms.CharField(label=_("说明"), max_length=200)
    name = forms.RegexField(
        r"^[A-Za-z0-9_-]{1,60}$", label=_("监测名称"), max_length=60,
        help_text=_("英文字母、数字和连字符；运行命令时用这个名称"), error_messages={"invalid": _("只能用英文字母、数字和连字符")},
    )  # fmt: skip
    products = Several(
        pattern=r"\d{2,10}", label=_("商品编码前缀"), help_text=_("2至10位数字，多个用逗号或空格分开；不填表示全部产品")
    )
    areas = Several(
        pattern=r"\d{4}", label=_("关区代码"), help_text=_("四位代码，末两位00表示整个直属关区；不填表示全国")
    )
    sources = forms.MultipleChoiceField(
        label=_("信息来源"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("不选表示全部来源")
    )
    starts_on = forms.DateField(label=_("开始日期"), widget=DateInput(), validators=[plausible])
    ends_on = forms.DateField(label=_("结束日期"), required=False, widget=DateInput(), validators=[plausible])
    budget = forms.IntegerField(
        label=_("每周名额"), min_value=1, max_value=200, initial=20, help_text=_("每周最多提示多少条；其余的列为名额外")
    )

    def __init__(self, said: Any = None, *, to: Person, at: datetime) -> None:
        super().__init__(said)
        fields: Any = self.fields
        mine = access.judges(to, at)
        fields["owner"].queryset = Organisation.objects.filter(pk__in=mine)
        fields["sources"].choices = source_choices()
        self.initial = {"owner": mine[0] if mine else None, "budget": 20}

    def clean(self) -> dict[str, Any]:
        """The first day comes before the last."""
        said = super().clean() or {}
        if said.get("ends_on") and said.get("starts_on") and said["ends_on"] < said["starts_on"]:
            self.add_error("ends_on", _now("结束日期早于开始日期"))
        return said


class EndForm(forms.Form):
    """End a watch."""

    reason = forms.CharField(label=_("结束理由"), max_length=300, widget=LONG)


class BackTestForm(forms.Form):
    """Which weeks, of which watch."""

    watch = forms.ModelChoiceField(Watch.objects.none(), label=_("监测计划"), required=False, empty_label=_("不限"))
    since = forms.DateField(label=_("自"), required=False, widget=DateInput(), validators=[plausible])
    until = forms.DateField(label=_("至"), required=False, widget=DateInput(), validators=[plausible])

    def __init__(self, said: Any, *, to: Person, at: datetime) -> None:
        super().__init__(said)
        self.fields["watch"].queryset = access.watches_visible(to, at)  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """The period and watch for `queries.back_test`; what cannot be read asks for nothing in particular."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in ("watch", "since", "until")}


def source_choices() -> list[tuple[str, str]]:
    """What a series may be called by: connectors that have a kind and hold no exposure, and the kinds themselves."""
    exposure = kept_sources("exposure")
    named = [s.id for s in sources() if s.source_kind and s.id not in exposure]
    codes = [*named, *source_kinds]
    return sorted(((code, source_words(code)) for code in dict.fromkeys(codes)), key=lambda pair: pair[1])
