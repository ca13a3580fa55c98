"""Disclosure's forms and what its records say."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from riskwatch.case.desk import Act, Fact, ReasonForm, StepForm, enter, text
from riskwatch.case.models import Folder, Sheet
from riskwatch.disclosure import actions
from riskwatch.disclosure.following import slug_of, text_of
from riskwatch.disclosure.models import Correction, Publication, Release
from riskwatch.look.words import labelled
from riskwatch.measures.models import Measure


class RequestForm(StepForm):
    title = forms.CharField(label=_("公开标题"), max_length=200)
    body = text(_("公开内容"), rows=8)
    left_out = text(_("不公开的内容及理由"), rows=2)

    def prepare(self) -> None:
        measure = Measure.objects.get(pk=self.subject.pk)
        self.initial = {"title": self.subject.title, "body": text_of(measure)} | dict(self.initial)
        last = Release.objects.filter(measure=measure.pk).order_by("-pk").first()
        if last is not None and last.refused_because:
            # What was refused is worded anew, with the reason before one's eyes.
            self.initial |= {"title": last.title, "body": last.body, "left_out": last.left_out}
            self.fields["body"].help_text = labelled(_now("上次未予公开的理由"), last.refused_because)


class PublishForm(StepForm):
    redacted = forms.BooleanField(label=_("已核对：不含秘密、商业秘密和个人信息"))


class MendForm(StepForm):
    title = forms.CharField(label=_("公开标题"), max_length=200)
    body = text(_("公开内容"), rows=8)
    answer = text(_("更正说明"), rows=2)

    def prepare(self) -> None:
        row = Correction.objects.select_related("publication").get(pk=self.subject.pk)
        drafted = {"title": row.title, "body": row.body, "answer": row.answer}
        shown = {"title": row.publication.title, "body": row.publication.body}
        self.initial = (drafted if row.body else shown) | dict(self.initial)


class PublishCorrectionForm(PublishForm):
    withdraw_old = forms.BooleanField(label=_("同时撤下有误的旧版本（含不应公开的内容时）"), required=False)


class WithdrawForm(ReasonForm):
    version = forms.TypedChoiceField(label=_("撤下的版本"), choices=[], coerce=int)
    field_order = ("version", "reason")

    def prepare(self) -> None:
        self.fields["version"].choices = [
            (p.version, _now("第%(n)s版：%(title)s") % {"n": p.version, "title": p.title})
            for p in _standing(self.subject)
        ]


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
    return [Fact(_now("公开标题"), row.publication.title), Fact(_now("更正后的标题"), row.title), Fact(_now("更正后的内容"), row.body, True),
            Fact(_now("退回原因"), row.returned_because, True), Fact(_now("错误之处"), row.wrong, True), Fact(_now("正确内容"), row.right, True),
            Fact(_now("答复"), row.answer, True)]  # fmt: skip


def _standing(sheet: Sheet) -> list[Publication]:
    """The versions of a release's publication whose text still stands outside."""
    measure = Release.objects.get(pk=sheet.pk).measure_id
    return list(Publication.objects.filter(slug=slug_of(measure), withdrawn_at=None).order_by("-version"))


def _stands(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.stage in ("published", "ended") and bool(_standing(subject))


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
        Act(
            "release",
            "withdraw_version",
            WithdrawForm,
            actions.withdraw_version,
            begins_on=("release",),
            label=_("撤下公开版本"),
            roles=("releaser",),
            place="owner",
            when=_stands,
            rule="secrecy",
        ),
        Act("correction", "mend", MendForm, actions.mend),
        Act("correction", "publish", PublishCorrectionForm, actions.publish_correction),
        Act("correction", "send_back", ReasonForm, actions.return_correction),
        Act("correction", "decline", AnswerForm, actions.decline_correction),
        facts={"release": facts, "correction": correction_facts},
    )
