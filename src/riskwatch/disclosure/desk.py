"""Disclosure's forms and what its records say."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from riskwatch.case.desk import Act, Fact, ReasonForm, StepForm, enter, text
from riskwatch.case.models import Folder, Sheet
from riskwatch.disclosure import actions
from riskwatch.disclosure.models import Correction, Release
from riskwatch.measures.models import Measure


class RequestForm(StepForm):
    title = forms.CharField(label=_("公开标题"), max_length=200)
    body = text(_("公开内容"), rows=8)
    left_out = text(_("不公开的内容及理由"), rows=2)

    def prepare(self) -> None:
        measure = Measure.objects.get(pk=self.subject.pk)
        parts = [measure.risk, measure.compulsory, measure.required_actions, measure.advice]
        body = "\n\n".join(p for p in parts if p)
        self.initial = {"title": self.subject.title, "body": body} | dict(self.initial)


class PublishForm(StepForm):
    redacted = forms.BooleanField(label=_("已核对：不含秘密、商业秘密和个人信息"))


class MendForm(StepForm):
    title = forms.CharField(label=_("公开标题"), max_length=200)
    body = text(_("公开内容"), rows=8)
    answer = text(_("更正说明"), rows=2)

    def prepare(self) -> None:
        row = Correction.objects.select_related("publication").get(pk=self.subject.pk)
        self.initial = {"title": row.publication.title, "body": row.publication.body} | dict(self.initial)


class AnswerForm(StepForm):
    answer = text(_("答复"), rows=3)


def facts(sheet: Sheet, depth: str) -> list[Fact]:
    """What is to be, or was, published."""
    row = Release.objects.get(pk=sheet.pk)
    return [Fact(_now("公开标题"), row.title), Fact(_now("公开内容"), row.body, True), Fact(_now("不公开的内容及理由"), row.left_out, True),
            Fact(_now("不予公开的理由"), row.refused_because, True)]  # fmt: skip


def correction_facts(sheet: Sheet, depth: str) -> list[Fact]:
    """What is said to be wrong, and the answer."""
    row = Correction.objects.select_related("publication").get(pk=sheet.pk)
    return [Fact(_now("公开标题"), row.publication.title), Fact(_now("错误之处"), row.wrong, True), Fact(_now("正确内容"), row.right, True),
            Fact(_now("答复"), row.answer, True)]  # fmt: skip


def _in_force(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.stage == "in_force"


def install() -> None:
    """Enter disclosure's acts and facts."""
    enter(
        Act(
            "release",
            "request",
            RequestForm,
            actions.request,
            begins_on=("announcement", "notice", "order"),
            when=_in_force,
        ),
        Act("release", "publish", PublishForm, actions.publish),
        Act("release", "refuse", ReasonForm, actions.refuse),
        Act("release", "end", ReasonForm, actions.end),
        Act("correction", "mend", MendForm, actions.mend),
        Act("correction", "decline", AnswerForm, actions.decline_correction),
        facts={"release": facts, "correction": correction_facts},
    )
