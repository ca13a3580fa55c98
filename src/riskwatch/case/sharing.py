"""Files that an outsider may read on a record: its own organisation's, and those that an official marked for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

import decree188
from riskwatch.case import journalling
from riskwatch.case.access import ACCESS
from riskwatch.case.actions import refuse_without_post
from riskwatch.case.desk import Act, StepForm, enter
from riskwatch.case.lifecycle import hold, posts_of
from riskwatch.case.models import Folder, Sheet, SheetFile
from riskwatch.parties.models import Membership, Person
from riskwatch.refusals import refuse_unless

SHARED = "addressees"
SHARERS = ("case_officer", "registrar", "verifier")
# Depths at which a record's own files may be read at all.
FILED = "filed"
DEPTHS = ("full", "own", "commissioned")


def files_shown(sheet: Sheet, depth: str | None, *, to: Person, at: datetime) -> QuerySet[SheetFile]:
    """The files that a person who sees a sheet at a depth may read."""
    rows = sheet.files.select_related("attachment").order_by("pk")
    if depth == "full":
        return rows
    if depth not in (*DEPTHS, FILED):
        return rows.none()
    mine = {p.organisation for p in posts_of(to, at).posts}
    colleagues = Membership.objects.filter(organisation__in=mine).values("person")
    own = Q(put_by__in=colleagues)
    return rows.filter(own if depth == FILED else own | Q(shown_to=SHARED))


def has_outsiders(subject: Sheet | Folder, at: object = None) -> bool:
    """Whether somebody sees this sheet at less than full depth and there are files not yet shown to them."""
    if not isinstance(subject, Sheet) or not subject.files.exclude(shown_to=SHARED).exists():
        return False
    parts = [part for part, depth in ACCESS[subject.kind].items() if depth in DEPTHS and depth != "full"]
    return subject.concerns.filter(part__in=parts).exists()


@transaction.atomic
def share(sheet: Sheet, files: Iterable[SheetFile], *, by: Person, at: datetime) -> Sheet:
    """Mark files for the outsiders of a record; what was shown once stays shown, and the journal names it."""
    hold(sheet)
    post = refuse_without_post(sheet.owner, SHARERS, by=by, at=at)
    rows = list(files)
    refuse_unless(rows and all(f.sheet_id == sheet.pk for f in rows), _now("没有选中本记录的附件"), remedy=_now("勾选要供查看的附件"), code="nothing_chosen",
                  rule=decree188.by_name("secrecy"), status=422)  # fmt: skip
    SheetFile.objects.filter(pk__in=[f.pk for f in rows]).update(shown_to=SHARED)
    journalling.record(sheet, f"{sheet.kind}.share_files", by=by, at=at, rule="secrecy",
                       content={"files": [f.attachment.name for f in rows]}, holder=post.holder)  # fmt: skip
    return sheet


class ShareForm(StepForm):
    shared = forms.ModelMultipleChoiceField(
        SheetFile.objects.none(), label=_("供相对人、受托机构查看的附件"), widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        field = self.fields["shared"]
        field.queryset = SheetFile.objects.filter(sheet=self.subject.pk).exclude(shown_to=SHARED)
        field.label_from_instance = lambda row: row.attachment.name


def _share(sheet: Sheet, *, by: Any, at: Any, shared: Any) -> Sheet:
    return share(sheet, shared, by=by, at=at)


def install() -> None:
    """Enter the act on every kind that an outsider may see in part."""
    kinds = tuple(k for k, row in ACCESS.items() if any(d in ("own", "commissioned") for d in row.values()))
    enter(Act("sheet", "share_files", ShareForm, _share, begins_on=kinds, label=_("附件供相对人查看"), roles=SHARERS, place="owner",
              when=has_outsiders, rule="secrecy"))  # fmt: skip
