"""The public copy stays true to its measure: its term at once, a changed text marked and asked for again, its end."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from decree188.calendar import shanghai_date
from riskwatch.case import deadlines, journalling, outbox
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import Plan, put
from riskwatch.disclosure.models import LAPSED, LIFTED, Publication, Release
from riskwatch.documents import actions as documents
from riskwatch.look.words import sentence
from riskwatch.measures.models import Measure
from riskwatch.measures.ports import Change
from riskwatch.parties.models import Person


def slug_of(measure: int) -> str:
    """The permanent address of a measure's publication."""
    return f"p{measure}"


def text_of(measure: Measure) -> str:
    """What the public is told of a measure, from its own words."""
    return "\n\n".join(p for p in (measure.risk, measure.compulsory, measure.required_actions, measure.advice) if p)


class Copy:
    """Follows measures for the public copy."""

    def follow(self, measure: Sheet, change: Change, *, by: Person, at: datetime) -> None:
        """An announcement asks for its release by itself; a published measure keeps its term, and asks again when changed."""
        rows = Publication.objects.filter(slug=slug_of(measure.pk))
        if change is Change.ISSUED and measure.kind == "announcement":
            ask(measure, _("公告签发后自动提请公开"), by=by, at=at)
        elif change is Change.CONTENT:
            rows.update(ends_on=measure.ends_on)
            rows.filter(current=True).update(stale_since=at)
            if rows.exists() or waiting_of(measure) is not None:
                ask(measure, _("内容已变更；此前公开时有删改的，请核对"), by=by, at=at)
        elif change is Change.ENDED:
            end_of(measure, shanghai_date(at))


FOLLOWER = Copy()


def waiting_of(measure: Sheet) -> Sheet | None:
    """The release of a measure that waits to be judged."""
    return Sheet.objects.filter(kind="release", causes=measure, stage="requested").first()


def ask(measure: Sheet, note: str, *, by: Person, at: datetime) -> Sheet:
    """Open the release of a measure as it now reads; one that waits already takes the new text."""
    row = Measure.objects.select_related("sheet__owner", "sheet__folder").get(pk=measure.pk)
    said = {"title": row.sheet.title[:200], "body": text_of(row), "left_out": note}
    waiting = waiting_of(measure)
    if waiting is not None:
        Release.objects.filter(pk=waiting.pk).update(**said)
        Sheet.objects.filter(pk=waiting.pk).update(title=said["title"], version=waiting.version + 1)
        journalling.record(waiting, "release.changed", by=by, at=at, rule="publish_by_rule", content=said)
        return waiting
    owner = row.sheet.owner
    plan = Plan(kind="release", title=said["title"], owner=owner, folder=row.sheet.folder, causes=(row.sheet,), words=row.sheet.words,
                number=documents.record_number("PU", office=owner.code, at=at),
                due_on=deadlines.due_on("disclosure", shanghai_date(at)))  # fmt: skip
    sheet = put(plan, stage="requested", by=by, at=at)
    Release.objects.create(sheet=sheet, measure=row, **said)
    outbox.tell(
        [owner], subject=sentence("待公开：%(title)s", title=said["title"]), at=at, sheet=sheet, role="releaser"
    )
    journalling.record(sheet, "release.open", by=by, at=at, rule="publish_by_rule", content=said)
    return sheet


def end_of(measure: Sheet, today: date) -> int:
    """Mark a measure's publication ended when the measure is over. Returns how many copies were marked."""
    over = measure.ends_by_itself and measure.ends_on is not None and measure.ends_on < today
    if measure.stage not in ("lifted", "lapsed", "fulfilled") and not over:
        return 0
    lapsed = measure.stage == "lapsed" or (over and measure.stage == "in_force")
    day = measure.lifted_on or (measure.ends_on if lapsed else None) or today
    rows = Publication.objects.filter(slug=slug_of(measure.pk), ended_on=None)
    return rows.update(ended_on=day, ended_note=LAPSED if lapsed else LIFTED, stale_since=None)
