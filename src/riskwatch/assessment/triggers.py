"""Changes that call for a reassessment: noticed when they come into a case or when a day brings them, answered by its officer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.assessment import reassess_on_change
from decree188.calendar import shanghai_date
from riskwatch.assessment import actions
from riskwatch.assessment.models import Assessment, ReassessmentDue
from riskwatch.assessment.queries import accepted
from riskwatch.case import deadlines, journalling, outbox
from riskwatch.case.lifecycle import advance
from riskwatch.case.models import Cause, Folder, Sheet
from riskwatch.case.sheets import Plan, put
from riskwatch.case.standing import IN_FORCE
from riskwatch.case.steps import MEASURES
from riskwatch.collection.queries import changes_risk, renewals
from riskwatch.look.words import sentence
from riskwatch.parties.models import Person
from riskwatch.refusals import refuse_unless

UNDER_WAY = ("commissioned", "working", "submitted")


class _Watch:
    """Assessment's watch over cases that have an accepted report."""

    def enclosed(self, folder: Folder, pieces: Iterable[Sheet], *, by: Person, at: datetime) -> None:
        """A new piece tells of deaths or injuries, or of a recall abroad."""
        for piece in pieces if accepted(folder) else ():
            if piece.kind != "information":
                continue
            harmed, recalled, said = changes_risk(piece)
            trigger = "new_death_or_injury" if harmed else "foreign_recall" if recalled else ""
            if trigger:
                ask(folder, trigger, said, cause=piece, key="", by=by, at=at)

    def day(self, *, by: Person, at: datetime) -> int:
        """A measure nears its end, or a recall abroad was told anew."""
        return _endings(by=by, at=at) + _renewals(by=by, at=at)


WATCH = _Watch()


def _endings(*, by: Person, at: datetime) -> int:
    today = shanghai_date(at)
    last = today + timedelta(days=deadlines.limit("measure_ending", today).length)
    soon = Sheet.objects.filter(kind__in=MEASURES, stage=IN_FORCE, lifted_on=None, ends_by_itself=True)
    soon = soon.filter(ends_on__range=(today, last), folder__state=Folder.State.OPEN).select_related("folder__owner")
    opened = 0
    for sheet in soon.order_by("pk"):
        assert sheet.folder is not None
        said = _("%(title)s将于%(day)s期满") % {"title": sheet.title, "day": sheet.ends_on}
        opened += ask(sheet.folder, "measure_ending", said, cause=sheet, key=str(sheet.ends_on), by=by, at=at)
    return opened


def _renewals(*, by: Person, at: datetime) -> int:
    judged = Sheet.objects.filter(kind="assessment", stage="accepted", folder__state=Folder.State.OPEN)
    opened = 0
    for report in judged.select_related("folder__owner").order_by("pk"):
        assert report.folder is not None
        pieces = Sheet.objects.filter(enclosures__folder=report.folder, enclosures__taken_out_at=None)
        for piece, addition, said in renewals(pieces, report.moved_at):
            cause = Sheet.objects.get(pk=piece)
            opened += ask(report.folder, "foreign_recall", said, cause=cause, key=str(addition), by=by, at=at)
    return opened


@transaction.atomic
def ask(folder: Folder, trigger: str, said: str, *, cause: Sheet, key: str, by: Person, at: datetime) -> int:
    """Ask the case officer, once per change and accepted report. Returns how many were asked."""
    now = Folder.objects.select_for_update(of=("self",)).select_related("owner").get(pk=folder.pk)
    opened = 0
    for report in accepted(now) if cause.kind != "assessment" else [cause]:
        once = f"{report.pk}:{trigger}:{cause.pk}:{key}"
        if now.state != Folder.State.OPEN or ReassessmentDue.objects.filter(once_key=once).exists():
            continue
        count = Sheet.objects.filter(kind="reassessment_due", causes=report).count()
        plan = Plan(kind="reassessment_due", title=f"{reassess_on_change[trigger].zh}：{now.title}", owner=now.owner, folder=now,
                    number=f"{report.number}-C{count + 1}", words=said[:2000], handler=now.officer, causes=(report,) if cause == report else (report, cause),
                    due_on=deadlines.due_on("reassessment", shanghai_date(at)))  # fmt: skip
        sheet = put(plan, stage="open", by=by, at=at)
        ReassessmentDue.objects.create(
            sheet=sheet, assessment_id=report.pk, trigger=trigger, trigger_words=said, once_key=once
        )
        subject = sentence("请决定是否重新评估：%(title)s", title=sheet.title)
        outbox.tell([now.owner], subject=subject, at=at, sheet=sheet, role="case_officer")
        journalling.record(sheet, "reassessment_due.open", by=by, at=at, rule="reassess_on_change",
                           content={"trigger": trigger, "said": said, "cause": cause.pk})  # fmt: skip
        opened += 1
    return opened


@transaction.atomic
def begin(sheet: Sheet, *, trigger_words: str, due_on: date | None = None, by: Person, at: datetime) -> Sheet:
    """Begin the reassessment by the same assessor; one that is under way already takes the change in. Returns it."""
    row = ReassessmentDue.objects.select_related("assessment__sheet").get(pk=sheet.pk)
    advance(sheet, "reassess", by=by, at=at, content={"trigger": row.trigger, "said": trigger_words})
    current = _newest(row.assessment)
    pending = Assessment.objects.filter(previous=current, sheet__stage__in=UNDER_WAY).select_related("sheet").first()
    made = pending.sheet if pending else actions.reassess(
        current.sheet, trigger=row.trigger, trigger_words=trigger_words, due_on=due_on, by=by, at=at
    )  # fmt: skip
    Cause.objects.get_or_create(effect=made, cause=sheet)
    return made


def _newest(assessment: Assessment) -> Assessment:
    """The accepted assessment that took this one's place, however often it was replaced; itself when it was not."""
    later = Assessment.objects.filter(previous=assessment, sheet__stage__in=("accepted", "superseded"))
    found = later.select_related("sheet").order_by("-pk").first()
    return _newest(found) if found else assessment


@transaction.atomic
def decline(sheet: Sheet, *, reason: str, by: Person, at: datetime) -> Sheet:
    """Do not reassess, with the reason."""
    refuse_unless(
        reason.strip(),
        _("不重新评估须写明理由"),
        remedy=_("填写理由"),
        rule=decree188.by_name("reassess_on_change"),
        code="reason_missing",
        status=422,
    )
    ReassessmentDue.objects.filter(pk=sheet.pk).update(declined_because=reason)
    return advance(sheet, "decline", by=by, at=at, content={"reason": reason})
