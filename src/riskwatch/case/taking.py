"""Taking an act with a valid form: lock, compare what the person saw with what is, act, keep the files; one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from riskwatch.case import lifecycle
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.sheets import attach
from riskwatch.journal.queries import course_of_sheet, latest, told
from riskwatch.look.templatetags.look import shanghai
from riskwatch.parties.models import Person
from riskwatch.refusals import Refusal

if TYPE_CHECKING:
    from riskwatch.case.desk import Act, StepForm

# Acts on the case itself, as the journal names them; together they are what makes a case another than it was.
OF_FOLDER = "folder."


@transaction.atomic
def take(
    one: Act, subject: Sheet | Folder, *, form: StepForm, by: Person, at: datetime, expected_version: int | None
) -> Any:
    """Take an act with a valid form: one transaction around lock, version check and action.

    Here, once for every room: nobody acts in a case from which they are recused, and what is archived stays as it is.
    Folder and sheet are locked before anything is read, so that what an action reads, decides and prints is one state.
    ``expected_version`` is what the person's page showed; None when they saw none. An act that moves nothing makes a
    record another than it was too, so its version rises with either.
    """
    lifecycle.refuse_recused([by.pk], subject)
    _lock(subject, one)
    _refuse_moved(subject, expected_version)
    subject.refresh_from_db()
    said = dict(form.cleaned_data)
    files = said.pop("files", [])
    before = version_of(subject)
    result = one.do(subject, by=by, at=at, **said)
    if isinstance(subject, Sheet) and one.row is None:
        Sheet.objects.filter(pk=subject.pk, version=before).update(version=before + 1)
    if files:
        target = result if isinstance(result, Sheet) else subject
        if not isinstance(target, Sheet):
            raise Refusal(_("这一步没有可附文件的记录"), remedy=_("去掉附件再办理"), code="no_files_here", status=422)
        attach(target, files, by=by, at=at, shown_to=one.files_for)
    return result


def version_of(subject: Sheet | Folder) -> int:
    """What a page sends back to show which state it saw: a record's version, or how often its case was acted on."""
    return subject.version if isinstance(subject, Sheet) else told(subject.strand, OF_FOLDER)


def _lock(subject: Sheet | Folder, one: Act) -> None:
    """Lock the subject; a record is refused when it is shut, unless the act is archive's own."""
    if isinstance(subject, Folder):
        Folder.objects.select_for_update().get(pk=subject.pk)
    elif one.kind != "archive_item":
        lifecycle.lock(subject)
    else:
        lifecycle.hold(subject)


def _refuse_moved(subject: Sheet | Folder, expected: int | None) -> None:
    if expected is None:
        return
    if isinstance(subject, Folder):
        if version_of(subject) == expected:
            return
        last = latest(subject.strand, OF_FOLDER)
        who, when = (last.actor, last.at) if last else (subject.officer, subject.opened_at)
    else:
        now = Sheet.objects.select_related("moved_by").get(pk=subject.pk)
        if now.version == expected:
            return
        entry = course_of_sheet(now.pk).last()
        who, when = (entry.actor, entry.at) if entry else (now.moved_by, now.moved_at)
    raise Refusal(
        _("%(who)s已于%(when)s改动过这份记录，您看到的已不是最新内容") % {"who": who, "when": shanghai(when)},
        remedy=_("刷新页面，看过新内容后再办理"),
        code="moved",
    )
