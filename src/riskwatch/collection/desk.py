"""Collection's forms and what a piece of information says."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from decree188 import collection as law
from decree188 import scope
from decree188.calendar import SHANGHAI
from riskwatch.case import agents
from riskwatch.case.desk import (
    Act,
    DateInput,
    Fact,
    Origin,
    PlainForm,
    ReasonForm,
    StepForm,
    day,
    enter,
    enter_course,
    enter_suggestions,
    text,
)
from riskwatch.case.guards import before_enclosing
from riskwatch.case.lifecycle import Standing
from riskwatch.case.models import Direction, Folder, Sheet
from riskwatch.case.sharing import SHARED
from riskwatch.catalogue import queries as catalogue
from riskwatch.collection import actions, additions, amending, handling, scoping
from riskwatch.collection.models import Addition, Amendment, Identity, Information, Report
from riskwatch.collection.queries import turned_away
from riskwatch.collection.recording import column
from riskwatch.collection.words import licence_words, source_words
from riskwatch.journal.queries import batches_of
from riskwatch.look.words import aside, choices, listed, said
from riskwatch.parties.models import Person
from riskwatch.refusals import Refusal


class FactsForm(forms.Form):
    """The facts of a piece of information, shared by register, report and amendment."""

    product = forms.CharField(label=_("产品名称"), max_length=300, required=False)
    brand = forms.CharField(label=_("品牌"), max_length=200, required=False)
    model = forms.CharField(label=_("型号"), max_length=500, required=False)
    batch = forms.CharField(label=_("批次"), max_length=500, required=False)
    commodity_code = forms.CharField(
        label=_("商品编码"), max_length=14, required=False, help_text=_("4、6、8或10位数字")
    )
    quantity = forms.CharField(label=_("数量"), max_length=200, required=False)
    direction = forms.ChoiceField(label=_("进出口"), choices=[("", "—"), *Direction.choices], required=False)
    origin = forms.CharField(label=_("原产地"), max_length=100, required=False)
    maker = forms.CharField(label=_("生产企业"), max_length=300, required=False)
    importer = forms.CharField(label=_("进口商"), max_length=300, required=False)
    port = forms.CharField(label=_("口岸"), max_length=100, required=False)
    declaration_number = forms.CharField(label=_("报关单号"), max_length=18, required=False)
    occurred_on = day(_("发生日期"), required=False)
    hazard_text = text(_("危害描述"), required=False)
    injuries = text(_("伤害情况"), rows=2, required=False)
    deaths = forms.IntegerField(label=_("死亡人数"), min_value=0, max_value=100000, required=False)
    injured = forms.IntegerField(label=_("受伤人数"), min_value=0, max_value=1000000, required=False)

    def facts(self) -> dict[str, object]:
        """The filled-in facts."""
        return {k: self.cleaned_data[k] for k in FactsForm.base_fields if self.cleaned_data.get(k) not in ("", None)}


class EnterForm(StepForm):
    own_fields = ("commodity_code",)
    commodity_code = forms.CharField(label=_("商品编码"), max_length=14, required=False)
    in_scope = forms.BooleanField(label=_("确认属于工业品"), required=False)
    reason = text(_("属于工业品的理由（混合章节须填）"), rows=2, required=False)
    aspects = forms.MultipleChoiceField(
        label=_("方面"), choices=choices(scope.aspects), widget=forms.CheckboxSelectMultiple, required=True
    )
    spread = forms.ChoiceField(label=_("影响范围"), choices=choices(scope.spreads))
    spread_reason = text(_("影响范围的判断理由"), rows=2)

    def prepare(self) -> None:
        info = actions.information(self.subject)
        self.initial = {"commodity_code": info.commodity_code, "aspects": info.aspects} | dict(self.initial)


class ScopeForm(ReasonForm):
    elsewhere = forms.CharField(label=_("应向何处反映"), max_length=200)

    def prepare(self) -> None:
        info = actions.information(self.subject)
        self.initial = {"reason": info.scope_reason, "elsewhere": info.elsewhere} | dict(self.initial)


class AddForm(StepForm):
    text = text(_("补充内容"))


class AnswerForm(StepForm):
    text = text(_("答复内容"))


class AmendForm(FactsForm, StepForm):
    """Every fact that may be mended; when the reporter first knew is not among them."""

    reason = text(_("更正理由"), rows=2)
    title = forms.CharField(label=_("标题"), max_length=300, required=False)
    hazard_text = text(_("危害描述"), required=False, most=60000)
    injuries = text(_("伤害情况"), rows=2, required=False, most=60000)
    source_kind = forms.ChoiceField(
        label=_("信息来源"), choices=[("", "—"), *choices(law.source_kinds)], required=False
    )
    source_words = forms.CharField(label=_("来源说明"), max_length=200, required=False)
    reference = forms.CharField(label=_("文号"), max_length=200, required=False)
    url = forms.CharField(label=_("网址"), max_length=500, required=False)
    published_on = forms.DateField(label=_("发布日期"), widget=DateInput(), required=False)
    hazard = forms.ChoiceField(label=_("危害"), required=False)
    disposition = text(_("已采取的处置"), rows=2, required=False, most=60000)
    aspects = forms.MultipleChoiceField(
        label=_("方面"), choices=choices(scope.aspects), widget=forms.CheckboxSelectMultiple, required=False
    )
    spread = forms.ChoiceField(label=_("影响范围"), choices=[("", "—"), *choices(scope.spreads)], required=False)
    spread_reason = text(_("影响范围的判断理由"), rows=2, required=False, most=500)
    clear = forms.MultipleChoiceField(label=_("要清空的栏目"), widget=forms.SelectMultiple, required=False)
    text = text(_("内容"), rows=4, required=False, most=60000)
    field_order = ("reason", "title", "text")

    def prepare(self) -> None:
        info = actions.information(self.subject)
        self.fields["hazard"].choices = [("", "—"), *((h.code, str(h)) for h in catalogue.hazards())]
        names = [n for n in self.fields if n in actions.FIELDS]
        self.fields["clear"].choices = [
            (n, self.fields[n].label) for n in names if n not in ("text", "source_kind") and getattr(info, n)
        ]
        self.initial = {"title": self.subject.title} | {n: getattr(info, n) for n in names} | dict(self.initial)

    def clean(self) -> dict[str, object]:
        """A field to be emptied is not also filled with what stood there."""
        said = super().clean() or {}
        for name in said.get("clear", []):
            said[name] = None
        return said


class ReassignForm(ReasonForm):
    to = forms.ModelChoiceField(Person.objects.none(), label=_("改派给"))

    def prepare(self) -> None:
        self.fields["to"].queryset = Person.objects.filter(pk__in=handling.officers(self.subject, at=self.at))


class JudgeForm(StepForm):
    answer = text(_("审核意见"), rows=2, required=False)


class RefuseForm(StepForm):
    answer = text(_("审核意见"), rows=2)


class RevealForm(ReasonForm):
    """Opening an identity needs a reason."""


def _is_reported(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and additions.is_reported(subject)


def _unhandled(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.handler_id is None


def _handled_at(*kinds: str) -> Callable[[Sheet | Folder, datetime], bool]:
    return lambda subject, at: isinstance(subject, Sheet) and subject.owner.kind in kinds


def _mixed(subject: Sheet | Folder, at: object) -> bool:
    return Information.objects.filter(pk=subject.pk, scope=scope.Scope.MIXED).exists()


def _is_sealed(subject: Sheet | Folder, at: object) -> bool:
    return Identity.objects.filter(information=subject.pk, destroyed_at=None).exists()


def _handles(subject: Sheet | Folder, me: Standing) -> bool:
    return isinstance(subject, Sheet) and subject.handler_id == me.person.pk


def _on_its_page(sheet: Sheet, **said: object) -> Sheet:
    raise Refusal(
        _now("报告人身份只在专门的页面上显示"), remedy=_now("由承办人在平台页面上查看"), code="page_only", status=403
    )


def _known_of_the_case(decision: Sheet) -> dict[str, str]:
    """What the information of a case says of its product and risk, for the drafts that a decision calls for."""
    inside = Sheet.objects.filter(enclosures__folder=decision.folder_id, enclosures__taken_out_at=None).values("pk")
    info = Information.objects.filter(pk__in=inside).exclude(product="").order_by("pk").first()
    if info is None:
        return {"title": decision.title}
    named = " ".join(x for x in (info.brand, info.product, info.model) if x)
    return {
        "title": decision.title,
        "product": named[:300],
        "commodity_code": info.commodity_code,
        "risk": info.hazard_text or info.text,
    }


def _said(name: str, value: object) -> str:
    """A changed field's value as people write it."""
    if name == "hazard":
        return next((str(h) for h in catalogue.hazards().filter(code=value)), str(value or ""))
    if name == "aspects" and isinstance(value, list):
        return "、".join(scope.aspects[a].words() if a in scope.aspects else str(a) for a in value)
    choices = dict(Information._meta.get_field(name).flatchoices) if name in actions.FIELDS else {}  # type: ignore[union-attr]
    return str(choices.get(value, value if value is not None else ""))


def _origins(sheet: Sheet) -> list[Origin]:
    """The file that a piece was collected from, and the batches in which it was verified."""
    info = Information.objects.select_related("file__begun_by").get(pk=sheet.pk)
    found = []
    if info.file:
        words = _now("采集自%(source)s：%(file)s %(position)s") % {
            "source": source_words(info.source), "file": info.file.name, "position": info.position}  # fmt: skip
        found.append(Origin(info.received_at, words, str(info.file.begun_by)))
    for entry in batches_of(sheet.pk, "information.verify_batch"):
        said = entry.payload.content
        words = _now("批量核实：%(method)s；抽样：%(sample)s") % {"method": said["method"], "sample": said["sample"]}
        found.append(Origin(entry.at, words, str(entry.actor)))
    return found


def _described(info: Information) -> list[Fact]:
    hazard = next((str(h) for h in catalogue.hazards().filter(code=info.hazard)), "")
    return [
        Fact(_now("信息来源"), said(law.source_kinds[info.source_kind]) + aside(info.source_words)),
        Fact(_now("产品"), info.product), Fact(_now("品牌"), info.brand), Fact(_now("型号"), info.model),
        Fact(_now("批次"), info.batch), Fact(_now("商品编码"), info.commodity_code), Fact(_now("数量"), info.quantity),
        Fact(_now("进出口"), info.get_direction_display()), Fact(_now("原产地"), info.origin),
        Fact(_now("口岸"), info.port), Fact(_now("发生日期"), info.occurred_on), Fact(_now("发布日期"), info.published_on),
        Fact(_now("内容"), info.text, True), Fact(_now("危害"), hazard), Fact(_now("危害描述"), info.hazard_text, True),
        Fact(_now("伤害情况"), info.injuries, True), Fact(_now("死亡人数"), info.deaths), Fact(_now("受伤人数"), info.injured),
    ]  # fmt: skip


def filed_facts(sheet: Sheet, organisations: Collection[int]) -> list[Fact]:
    """What an agent reported, as it reported it; customs' amendments, answers and results are not in it."""
    content = agents.filed(sheet, ("information.submit",), organisations)
    given = {k: v for k, v in content.get("facts", {}).items() if k in actions.FIELDS}
    if not given:
        return []
    shown = _described(Information(sheet=sheet, **given))
    return [*shown, Fact(_now("首次知悉"), parse_datetime(content.get("first_known_at", "")))]


def facts(sheet: Sheet, depth: str) -> list[Fact]:
    """What a piece of information says: the reporter reads their own words and the answer, a body no party."""
    info = Information.objects.select_related("file").get(pk=sheet.pk)
    shown = _described(info)
    if depth in ("full", "own"):
        shown += [Fact(_now("生产企业"), info.maker), Fact(_now("进口商"), info.importer),
                  Fact(_now("报关单号"), info.declaration_number)]  # fmt: skip
        shown += _said_later(info, depth)
        shown += [Fact(label, words, True) for label, words in turned_away(info, sheet.stage) if depth == "own"]
        report = Report.objects.filter(information=info).select_related("organisation").first()
        if report:
            shown += [Fact(_now("报告单位"), str(report.organisation)), Fact(_now("首次知悉"), report.first_known_at),
                      Fact(_now("报告时间"), report.reported_at), Fact(_now("检测报告编号"), report.own_number),
                      Fact(_now("是否及时"), _now("及时") if report.in_time else _now("迟报")),
                      Fact(_now("海关答复"), report.answer, True)]  # fmt: skip
    if depth == "full":
        spread = scope.spreads.get(info.spread)
        shown += [
            Fact(_now("方面"), listed(said(scope.aspects[a]) for a in info.aspects)),
            Fact(_now("影响范围"), said(spread) if spread else ""), Fact(_now("判断理由"), info.spread_reason, True),
            Fact(_now("范围判断"), info.scope_reason), Fact(_now("应向何处反映"), info.elsewhere),
            Fact(_now("已采取的处置"), info.disposition, True), Fact(_now("文号"), info.reference), Fact(_now("网址"), info.url),
            Fact(_now("采集文件"), f"{source_words(info.source)}：{info.file.name} {info.position}" if info.file else ""),
            Fact(_now("许可说明"), licence_words(info.file.licence) if info.file else ""),
        ]  # fmt: skip
    return shown


def _said_later(info: Information, depth: str) -> list[Fact]:
    rows = info.additions.select_related("author").order_by("at", "pk")
    if depth != "full":
        rows = rows.filter(audience=Addition.Audience.REPORTER)
    return [
        Fact(f"{a.get_kind_display()} {a.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
             + (f" {a.author}" if depth == "full" and a.author else ""), a.text, True)
        for a in rows
    ]  # fmt: skip


def amendment_facts(sheet: Sheet, depth: str) -> list[Fact]:
    """What is to be changed, old and new, why, and what the second person said."""
    row = Amendment.objects.get(pk=sheet.pk)
    names = {f: column(f).verbose_name for f in actions.FIELDS} | {"title": _now("标题")}
    rows = [Fact(names[k], f"{c['from']} → {c['to']}", True) for k, c in row.changes.items()]
    return [*rows, Fact(_now("更正理由"), row.reason, True), Fact(_now("审核意见"), row.answer, True)]


def install() -> None:
    """Enter collection's acts and facts, and its refusal of goods outside the regulation before a case."""
    before_enclosing("scope", scoping.refuse_uncovered_in)
    desk = ("registrar", "verifier", "case_officer")
    enter(
        Act("information", "enter", EnterForm, actions.enter),
        Act("information", "refuse_scope", ScopeForm, actions.refuse_scope),
        Act("information", "transfer_out", ScopeForm, actions.transfer_out),
        Act("information", "withdraw", ReasonForm, actions.withdraw),
        Act("information", "confirm_scope", ReasonForm, actions.confirm, begins_on=("information",), label=_("确认属于适用范围"),
            roles=desk, when=_mixed, rule="excluded_products"),
        Act("information", "take_charge", PlainForm, actions.take_charge, begins_on=("information",), label=_("由我承办"),
            roles=desk, when=_unhandled, rule="own_area"),
        Act("information", "reassign", ReassignForm, actions.reassign, begins_on=("information",), label=_("改派承办人"),
            roles=("supervisor",), when=_handled_at("office")),
        Act("information", "hand_on", ReassignForm, actions.reassign, begins_on=("information",), label=_("改派承办人"),
            roles=("approver",), when=_handled_at("centre")),
        Act("information", "reveal_identity", RevealForm, _on_its_page, begins_on=("information",), label=_("查看报告人身份"),
            roles=(*desk, "approver"), when=_is_sealed, offered_to=_handles, rule="secrecy", page="reveal"),
        Act("information", "add", AddForm, actions.add_to, begins_on=("information",), label=_("补充"),
            roles=("operator_staff", "operator_manager", "tester", "body_head", *desk)),
        Act("information", "answer", AnswerForm, actions.answer, begins_on=("information",), label=_("答复报告人"),
            roles=(*desk, "approver"), when=_is_reported, files_for=SHARED),
        Act("information", "amend", AmendForm, actions.amend, begins_on=("information",), label=_("更正"),
            roles=("registrar", "case_officer")),
        Act("amendment", "approve", JudgeForm, amending.approve),
        Act("amendment", "refuse", RefuseForm, amending.refuse),
        facts={"information": facts, "amendment": amendment_facts}, filed_facts={"information": filed_facts},
    )  # fmt: skip
    enter_suggestions("decision", _known_of_the_case)
    enter_course(
        "information",
        _origins,
        {f.name: f.verbose_name for f in Information._meta.fields} | {"aspects": _("方面")},
        _said,
    )
