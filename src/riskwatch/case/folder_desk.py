"""The forms of acts on folders and transfers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from riskwatch.case import actions, transfers
from riskwatch.case.desk import Act, Fact, PlainForm, ReasonForm, StepForm, enter, organisations, text
from riskwatch.case.lifecycle import joint_offices
from riskwatch.case.models import Folder, Sheet, Transfer
from riskwatch.parties.models import Organisation, Person


class SummaryForm(StepForm):
    summary = text(_("结案小结"))


class MergeForm(ReasonForm):
    into = forms.CharField(label=_("并入案卷号"), max_length=40)

    def clean_into(self) -> Folder:
        """The open case of this number that the person may see."""
        from riskwatch.case.access import folders_visible

        found = folders_visible(
            Folder.objects.filter(number=self.cleaned_data["into"].strip()), to=self.by, at=self.at
        ).first()
        if found is None:
            raise forms.ValidationError(_("没有找到这个案卷"))
        return found


class EncloseForm(StepForm):
    number = forms.CharField(label=_("信息或企业自报义务的编号"), max_length=60)

    def clean_number(self) -> Sheet:
        """The information, or the duty outside any case, of this number that the person may see."""
        from riskwatch.case.access import visible

        rows = Sheet.objects.filter(
            folder=None, kind__in=("information", "duty"), number=self.cleaned_data["number"].strip()
        )
        found = visible(rows, to=self.by, at=self.at).first()
        if found is None:
            raise forms.ValidationError(_("没有找到这条信息或义务"))
        return found


class TakeOutForm(ReasonForm):
    sheet = forms.ModelChoiceField(Sheet.objects.none(), label=_("信息"))

    def prepare(self) -> None:
        inside = Sheet.objects.filter(enclosures__folder=self.subject.pk, enclosures__taken_out_at=None)
        self.fields["sheet"].queryset = inside


class RecuseForm(ReasonForm):
    person = forms.CharField(label=_("回避人用户名（本人回避可不填）"), max_length=60, required=False)

    def clean_person(self) -> Person:
        """The person of this user name, or oneself."""
        name = self.cleaned_data["person"].strip()
        found = Person.objects.filter(username=name).first() if name else self.by
        if found is None:
            raise forms.ValidationError(_("没有这个用户"))
        return found


class TransferForm(StepForm):
    mode = forms.ChoiceField(label=_("方式"), choices=Transfer.Mode.choices)
    to = organisations(_("接收海关"), "office", several=False)
    reason = text(_("理由"))
    taken = forms.ModelMultipleChoiceField(
        Sheet.objects.none(), label=_("分案时分出的信息"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        inside = Sheet.objects.filter(enclosures__folder=self.subject.pk, enclosures__taken_out_at=None)
        self.fields["taken"].queryset = inside


class EndJointForm(ReasonForm):
    office = forms.ModelChoiceField(Organisation.objects.none(), label=_("共同办理的海关"))

    def prepare(self) -> None:
        self.fields["office"].queryset = Organisation.objects.filter(pk__in=joint_offices(self.subject))


def _enclose(folder: Folder, *, by: Any, at: Any, number: Sheet) -> Folder:
    actions.enclose(folder, [number], by=by, at=at)
    return folder


def _then_folder(do: Any) -> Any:
    def run(folder: Folder, **kw: Any) -> Folder:
        do(folder, **kw)
        return folder

    return run


def _recuse(folder: Folder, *, by: Any, at: Any, reason: str, person: Person) -> Folder:
    actions.recuse(folder, person, by=by, at=at, reason=reason)
    return folder


def _end_joint(folder: Folder, *, by: Any, at: Any, office: Organisation, reason: str) -> Folder:
    return actions.end_joint(folder, office, by=by, at=at, reason=reason)


def _rule(accepted: bool) -> Any:
    return lambda sheet, *, by, at, reason: transfers.rule(sheet, accepted=accepted, by=by, at=at, reason=reason)


def facts(sheet: Sheet, depth: str) -> list[Fact]:
    """What a transfer says."""
    row = Transfer.objects.select_related("to").get(pk=sheet.pk)
    return [Fact(_now("方式"), row.get_mode_display()), Fact(_now("接收海关"), str(row.to)), Fact(_now("理由"), row.reason, True),
            Fact(_now("答复"), row.answer, True), Fact(_now("裁定"), row.ruling, True)]  # fmt: skip


def _open(subject: Any, at: object) -> bool:
    return bool(subject.state == Folder.State.OPEN)


def _closed(subject: Any, at: object) -> bool:
    return bool(subject.state == Folder.State.CLOSED)


def _merged(subject: Any, at: object) -> bool:
    return bool(subject.merged_into_id is not None)


def _joint(subject: Any, at: object) -> bool:
    return _open(subject, at) and bool(joint_offices(subject))


def _unmerged(subject: Any, at: object) -> bool:
    return _open(subject, at) and subject.merged_into_id is None


def install() -> None:
    """Enter the acts on folders and transfers."""
    officer, head = ("case_officer",), ("case_officer", "decider")
    enter(
        Act("folder", "enclose", EncloseForm, _enclose, begins_on=("folder",), label=_("放入信息"), roles=("case_officer", "registrar"), when=_open),
        Act("folder", "take_out", TakeOutForm, _then_folder(actions.take_out), begins_on=("folder",), label=_("取出信息"), roles=officer, when=_open),
        Act("folder", "close", SummaryForm, actions.close, begins_on=("folder",), label=_("结案"), place="lead", roles=head, when=_open,
            rule="classify_archive_count"),
        Act("folder", "reopen", ReasonForm, actions.reopen, begins_on=("folder",), label=_("重新开启"), place="lead", roles=head, when=_closed),
        Act("folder", "merge", MergeForm, _then_folder(actions.merge), begins_on=("folder",), label=_("并案"), place="lead", roles=officer, when=_unmerged),
        Act("folder", "unmerge", ReasonForm, _then_folder(actions.unmerge), begins_on=("folder",), label=_("撤销并案"), place="lead", roles=officer, when=_merged),
        Act("folder", "recuse", RecuseForm, _recuse, begins_on=("folder",), label=_("回避"),
            roles=("case_officer", "verifier", "approver", "decider", "issuer", "supervisor"), when=_open, rule="officers"),
        Act("folder", "end_joint", EndJointForm, _end_joint, begins_on=("folder",), label=_("结束共同办理"), roles=officer, when=_joint,
            rule="own_area"),
        Act("transfer", "propose", TransferForm, transfers.propose, begins_on=("folder",), when=_open),
        Act("transfer", "accept", PlainForm, transfers.accept),
        Act("transfer", "refuse", ReasonForm, transfers.refuse),
        Act("transfer", "withdraw", ReasonForm, transfers.withdraw),
        Act("transfer", "rule_accept", ReasonForm, _rule(True)),
        Act("transfer", "rule_refuse", ReasonForm, _rule(False)),
        facts={"transfer": facts},
    )  # fmt: skip
