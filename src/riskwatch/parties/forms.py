"""The forms of acts on people and organisations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from decree188.calendar import shanghai_date
from riskwatch.look.asked import plausible
from riskwatch.parties import roles
from riskwatch.parties.models import (
    Deputy,
    Designation,
    Interest,
    Mandate,
    Membership,
    Organisation,
    Person,
    Qualification,
    Token,
)


class Day(forms.DateField):
    """A Shanghai date, picked by the browser."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, validators=[plausible], **kwargs)


class PersonField(forms.CharField):
    """A person in service, by user name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=60, **kwargs)

    def clean(self, value: Any) -> Any:
        name = super().clean(value).strip()
        found = Person.objects.filter(username=name, is_active=True).first() if name else None
        if name and found is None:
            raise forms.ValidationError(_now("没有这个用户，或账号已停用"))
        return found


class OrganisationField(forms.CharField):
    """An organisation, by code or unified social credit code."""

    def __init__(self, *kinds: str, **kwargs: Any) -> None:
        self.kinds = kinds
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Any:
        code = super().clean(value).strip()
        rows = Organisation.objects.filter(until=None)
        rows = rows.filter(kind__in=self.kinds) if self.kinds else rows
        found = rows.filter(code=code).first() or rows.filter(uscc=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(_now("没有这个单位代码"))
        return found


class CodesField(forms.CharField):
    """Codes with spaces between them."""

    def __init__(self, *, shortest: int, longest: int, **kwargs: Any) -> None:
        self.shortest, self.longest = shortest, longest
        super().__init__(max_length=400, **kwargs)

    def clean(self, value: Any) -> Any:
        codes = super().clean(value).replace("，", " ").replace(",", " ").split()
        for code in codes:
            if not (code.isdigit() and self.shortest <= len(code) <= self.longest):
                words = _now("“%(code)s”应为%(a)d至%(b)d位数字")
                raise forms.ValidationError(words % {"code": code, "a": self.shortest, "b": self.longest})
        return codes


class PartyForm(forms.Form):
    """A form that knows its subject, person and time."""

    required_css_class = "required"
    fields: Any

    def __init__(self, *args: Any, subject: Any, by: Person, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject, self.by, self.at = subject, by, at
        for name in ("since", "valid_from"):
            if name in self.fields:
                self.fields[name].initial = shanghai_date(at)
        self.prepare()

    def prepare(self) -> None:
        """Narrow choices to the subject and the person; nothing by default."""

    def _rows(self, name: str, rows: Any, words: Any) -> None:
        field = self.fields[name]
        field.queryset = rows
        field.label_from_instance = words


def _pick(label: Any, model: Any) -> forms.ModelChoiceField[Any]:
    return forms.ModelChoiceField(model.objects.none(), label=label)


class OrganisationForm(PartyForm):
    kind = forms.ChoiceField(
        label=_("类别"), choices=[(k, v) for k, v in Organisation.Kind.choices if k != Organisation.Kind.OFFICE]
    )
    code = forms.CharField(label=_("代码"), max_length=40, help_text=_("企业填统一社会信用代码"))
    name_zh = forms.CharField(label=_("名称"), max_length=200)
    name_en = forms.CharField(label=_("英文名称"), max_length=240, required=False)
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=18, required=False)
    region = forms.CharField(label=_("地区"), max_length=12, required=False)
    contact = forms.CharField(label=_("联系方式"), max_length=200, required=False)
    legal_representative = forms.CharField(label=_("法定代表人"), max_length=60, required=False)
    responsible_person = forms.CharField(label=_("主要责任人"), max_length=60, required=False)


class AmendForm(PartyForm):
    name_zh = forms.CharField(label=_("名称"), max_length=200)
    name_en = forms.CharField(label=_("英文名称"), max_length=240, required=False)
    region = forms.CharField(label=_("地区"), max_length=12, required=False)
    contact = forms.CharField(label=_("联系方式"), max_length=200, required=False)
    legal_representative = forms.CharField(label=_("法定代表人"), max_length=60, required=False)
    responsible_person = forms.CharField(label=_("主要责任人"), max_length=60, required=False)

    def prepare(self) -> None:
        for name, field in self.fields.items():
            field.initial = getattr(self.subject, name)


class ColleagueForm(PartyForm):
    """A colleague's account; its password is used once, and the colleague chooses their own."""

    username = forms.CharField(label=_("用户名"), max_length=60)
    name_zh = forms.CharField(label=_("姓名"), max_length=60)
    role = forms.ChoiceField(
        label=_("岗位"), choices=[("operator_staff", _("企业经办人")), ("operator_manager", _("企业负责人"))]
    )
    password = forms.CharField(label=_("初始密码"), widget=forms.PasswordInput, max_length=128)


class SystemForm(PartyForm):
    """How the firm reports risks inside."""

    reporting_system = forms.CharField(
        label=_("本企业的风险信息报告制度"), widget=forms.Textarea(attrs={"rows": 5}), max_length=8000
    )

    def prepare(self) -> None:
        self.fields["reporting_system"].initial = self.subject.reporting_system


class ReasonForm(PartyForm):
    reason = forms.CharField(label=_("理由"), widget=forms.Textarea(attrs={"rows": 2}), max_length=300)


class QualificationForm(PartyForm):
    kind = forms.CharField(label=_("资质种类"), max_length=60, help_text=_("如 CMA、CNAS"))
    number = forms.CharField(label=_("证书编号"), max_length=80)
    scope = forms.CharField(label=_("范围"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=2000)
    products = CodesField(label=_("商品编码前缀（空为全部）"), shortest=2, longest=10, required=False)
    valid_from = Day(label=_("有效期自"))
    valid_until = Day(label=_("有效期至"))


class WithdrawForm(ReasonForm):
    qualification = _pick(_("资质"), Qualification)

    def prepare(self) -> None:
        rows = self.subject.qualifications.filter(withdrawn_on=None)
        self._rows("qualification", rows, lambda q: f"{q.kind} {q.number}")


class DesignateForm(PartyForm):
    number = forms.CharField(label=_("指定文号"), max_length=60)
    products = CodesField(label=_("商品编码前缀（空为全部）"), shortest=2, longest=10, required=False)
    areas = CodesField(label=_("关区代码（空为全国）"), shortest=4, longest=4, required=False)
    valid_from = Day(label=_("有效期自"))
    valid_until = Day(label=_("有效期至"))


class EndDesignationForm(ReasonForm):
    designation = _pick(_("指定"), Designation)

    def prepare(self) -> None:
        self._rows("designation", self.subject.designations.filter(withdrawn_on=None), lambda d: d.number)


class SeatForm(PartyForm):
    person = PersonField(label=_("专家用户名"))
    chair = forms.BooleanField(label=_("任组长"), required=False)
    since = Day(label=_("自"))


class PostForm(PartyForm):
    organisation = OrganisationField(label=_("单位代码"))
    role = forms.ChoiceField(label=_("岗位"), choices=roles.choices)
    since = Day(label=_("自"))


class EndPostForm(PartyForm):
    post = _pick(_("岗位"), Membership)

    def prepare(self) -> None:
        mine = {"organisation": self.subject} if isinstance(self.subject, Organisation) else {"person": self.subject}
        rows = Membership.objects.filter(until=None, **mine).select_related("organisation", "person")
        self._rows("post", rows, lambda m: f"{m.person} · {m.organisation} · {m.get_role_display()}")


class ServiceForm(PartyForm):
    username = forms.CharField(label=_("用户名"), max_length=60)
    name_zh = forms.CharField(label=_("名称"), max_length=60)
    answered_by = PersonField(label=_("负责人用户名"))


class PersonForm(PartyForm):
    username = forms.CharField(label=_("用户名"), max_length=60)
    name_zh = forms.CharField(label=_("姓名"), max_length=60)
    email = forms.EmailField(label=_("电子邮箱"), required=False)
    password = forms.CharField(label=_("初始密码"), widget=forms.PasswordInput, max_length=128)


class TokenForm(PartyForm):
    name = forms.CharField(label=_("用途"), max_length=80)
    days = forms.IntegerField(label=_("有效天数"), min_value=1, max_value=366, initial=90)


class RevokeForm(PartyForm):
    token = _pick(_("令牌"), Token)

    def prepare(self) -> None:
        self._rows("token", Token.objects.filter(person=self.subject, revoked_at=None), lambda t: t.name)


class DeputyForm(PartyForm):
    deputy = PersonField(label=_("代理人用户名"))
    since = Day(label=_("自"))
    until = Day(label=_("至"))
    reason = forms.CharField(label=_("事由"), max_length=200)


class EndDeputyForm(PartyForm):
    term = _pick(_("代理"), Deputy)

    def prepare(self) -> None:
        rows = Deputy.objects.filter(absent=self.subject, until__gte=shanghai_date(self.at)).select_related("deputy")
        self._rows("term", rows, lambda d: f"{d.deputy} {d.since} — {d.until}")


class InterestForm(PartyForm):
    operator = OrganisationField("operator", label=_("企业代码"), help_text=_("统一社会信用代码"))
    nature = forms.CharField(
        label=_("是什么关系"), max_length=200, help_text=_("如：配偶任该企业高管、持有股份、三年内曾任职")
    )
    since = Day(label=_("自"))


class EndInterestForm(ReasonForm):
    interest = _pick(_("利害关系"), Interest)

    def prepare(self) -> None:
        about = "person" if isinstance(self.subject, Person) else "organisation"
        rows = Interest.objects.filter(until=None, **{about: self.subject})
        if about == "organisation":
            rows = rows | Interest.objects.filter(until=None, operator=self.subject)
        rows = rows.select_related("person", "organisation", "operator")
        self._rows("interest", rows, lambda i: f"{i.person or i.organisation} · {i.operator} · {i.nature}")


class MandateForm(PartyForm):
    principal = OrganisationField("operator", label=_("委托人代码"), help_text=_("统一社会信用代码"))
    direction = forms.ChoiceField(label=_("进出口"), choices=Mandate.Direction.choices)
    scope = forms.CharField(
        label=_("商品编码前缀（空为全部）"), max_length=200, required=False, help_text=_("多个用空格分开")
    )
    since = Day(label=_("自"))
    until = Day(label=_("至"))
    proof = forms.FileField(label=_("委托书（PDF 或照片）"))


class ConfirmForm(PartyForm):
    mandate = _pick(_("委托"), Mandate)

    def prepare(self) -> None:
        waiting = Mandate.objects.filter(agent=self.subject, confirmed_by=None, revoked_on=None)
        self._rows("mandate", waiting.select_related("principal"), _mandate_words)


class RevokeMandateForm(ReasonForm):
    mandate = _pick(_("委托"), Mandate)

    def prepare(self) -> None:
        rows = Mandate.objects.filter(agent=self.subject) | Mandate.objects.filter(principal=self.subject)
        self._rows("mandate", rows.filter(revoked_on=None).select_related("agent", "principal"), _mandate_words)


def _mandate_words(row: Mandate) -> str:
    return f"{row.agent} ← {row.principal} · {row.get_direction_display()} · {row.since} — {row.until}"
