"""Archive's forms and what an item says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from decree188.records import retention_classes
from riskwatch.archive import actions
from riskwatch.archive.models import ArchiveItem
from riskwatch.case.desk import Act, Fact, PlainForm, ReasonForm, StepForm, enter, enter_page, text
from riskwatch.case.models import Folder, Sheet
from riskwatch.look.words import choices, clauses


class ClassForm(StepForm):
    retention_class = forms.ChoiceField(label=_("保存类别"), choices=choices(retention_classes))


class ReclassForm(ClassForm):
    reason = text(_("理由"), rows=2)


class HoldForm(StepForm):
    on_hold = forms.TypedChoiceField(
        label=_("冻结"), choices=[("yes", _("冻结")), ("no", _("解除冻结"))], coerce=lambda v: v == "yes"
    )
    reason = text(_("理由"), rows=2)


class AppraisalForm(StepForm):
    appraisal = text(_("鉴定意见"))


class KeepForm(AppraisalForm):
    more_years = forms.IntegerField(label=_("续存年数"), min_value=1, max_value=50, initial=3)


def _file(subject: Any, **kw: Any) -> Sheet:
    return (
        actions.file_folder(subject, **kw) if isinstance(subject, Folder) else actions.file_information(subject, **kw)
    )


def _appraise(destroy: bool) -> Any:
    return lambda sheet, **kw: actions.appraise(sheet, destroy=destroy, **kw)


def _ready(subject: Sheet | Folder, at: object) -> bool:
    if isinstance(subject, Folder):
        return subject.state == Folder.State.CLOSED
    return subject.stage in actions.SETTLED and not subject.enclosures.filter(taken_out_at=None).exists()


def _due(subject: Sheet | Folder, at: Any) -> bool:
    from decree188.calendar import shanghai_date

    row = ArchiveItem.objects.get(pk=subject.pk)
    return row.keep_until is not None and shanghai_date(at) > row.keep_until and not row.on_hold


def facts(sheet: Sheet, depth: str) -> list[Fact]:
    """Class, term, hold, package, certificate."""
    row = ArchiveItem.objects.select_related("package", "holds_folder", "holds_sheet").get(pk=sheet.pk)
    held = row.holds_folder or row.holds_sheet
    return [
        Fact(_now("所存案卷") if row.holds_folder else _now("所存信息"), str(held or ""), to=held),
        Fact(_now("保存类别"), row.get_retention_display()), Fact(_now("办结日期"), row.closed_on),
        Fact(_now("保存至"), row.keep_until or _now("永久")), Fact(_now("冻结"), row.hold_reason if row.on_hold else ""),
        Fact(_now("鉴定意见"), row.appraisal, True), Fact(_now("档案包校验值"), row.package.sha256 if row.package else "", True),
        Fact(_now("销毁证明"), clauses(f"{k}={v}" for k, v in (row.certificate or {}).items()), True),
    ]  # fmt: skip


def install() -> None:
    """Enter archive's acts and facts."""
    enter(
        Act("archive_item", "file", ClassForm, _file, begins_on=("folder", "information"), when=_ready),
        Act("archive_item", "appraise_keep", KeepForm, _appraise(False), when=_due),
        Act("archive_item", "appraise_destroy", AppraisalForm, _appraise(True), when=_due),
        Act("archive_item", "approve_destroy", PlainForm, actions.approve_destruction),
        Act("archive_item", "destroy", PlainForm, actions.destroy),
        Act("archive_item", "spare", ReasonForm, actions.spare),
        Act(
            "archive_item",
            "reclass",
            ReclassForm,
            actions.reclass,
            begins_on=("archive_item",),
            label=_("改变保存类别"),
            roles=("archivist",),
        ),
        Act(
            "archive_item",
            "hold",
            HoldForm,
            actions.hold,
            begins_on=("archive_item",),
            label=_("冻结或解除冻结"),
            roles=("archivist", "supervisor"),
        ),
        facts={"archive_item": facts},
    )
    enter_page("archive_item", "archive_package", _("下载档案包"), ("full",), lambda sheet: sheet.stage != "destroyed")
