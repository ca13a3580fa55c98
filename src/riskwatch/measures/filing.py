"""Filing a measure with the next higher customs: opened at issue, sent, receipted or returned."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.disposal import file_upward
from decree188.measure_rules import MEASURE_RULES
from riskwatch.case import deadlines, outbox
from riskwatch.case.lifecycle import advance
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import Plan, put
from riskwatch.documents import actions as documents
from riskwatch.look.words import sentence
from riskwatch.measures.models import Filing, Version
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import refuse_unless


def open_filing(measure: Sheet, *, version: int, by: Person, at: datetime) -> Sheet | None:
    """Open the filing of a measure's version, one level up; headquarters files with nobody."""
    today = shanghai_date(at)
    office = file_upward(parties.above(measure.owner_id, today))
    if office is None:
        return None
    superior = Organisation.objects.get(pk=office)
    plan = Plan(kind="filing", title=measure.title, owner=measure.owner, folder=measure.folder, causes=(measure,),
                number=f"{measure.number}-备案{version}", words=measure.words,
                due_on=deadlines.due_on(MEASURE_RULES[measure.kind].filing, today))  # fmt: skip
    sheet = put(plan, stage="pending", by=by, at=at)
    Filing.objects.create(sheet=sheet, measure_id=measure.pk, superior=superior, version=version)
    return sheet


@transaction.atomic
def send(sheet: Sheet, *, by: Person, at: datetime, summary: str) -> Sheet:
    """Send the filing up, printed."""
    row = Filing.objects.select_related("superior", "sheet__owner").get(pk=sheet.pk)
    refuse_unless(
        summary.strip(),
        _("备案须写明措施概要"),
        remedy=_("填写措施概要"),
        rule=decree188.by_name("file_upward"),
        code="summary_missing",
        status=422,
    )
    Filing.objects.filter(pk=sheet.pk).update(summary=summary)
    version = Version.objects.get(measure=row.measure_id, number=row.version)
    sections = [["一、措施", sheet.title], ["二、文号", str(version.content.get("number", ""))], ["三、概要", summary]]
    content = {"organ": row.sheet.owner.full_name_zh, "addressees": [row.superior.full_name_zh or row.superior.name_zh],
               "sections": sections, "signer": str(by)}  # fmt: skip
    documents.make_paper("filing", content, number=sheet.number, sheet=sheet.pk, version=sheet.version, by=by, at=at)
    advance(sheet, "file", by=by, at=at, content={"summary": summary})
    outbox.tell([row.superior], subject=sentence("收到备案：%(title)s", title=sheet.title), at=at, sheet=sheet)
    return sheet


@transaction.atomic
def receipt(sheet: Sheet, *, by: Person, at: datetime, remark: str = "") -> Sheet:
    """The superior acknowledges a filing."""
    return advance(sheet, "receipt", by=by, at=at, content={"remark": remark})


@transaction.atomic
def send_back(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """The superior returns a filing for correction."""
    Filing.objects.filter(pk=sheet.pk).update(returned_because=reason)
    advance(sheet, "send_back", by=by, at=at, content={"reason": reason})
    outbox.tell(
        [sheet.owner], subject=sentence("备案退回补正：%(title)s", title=sheet.title), at=at, sheet=sheet, body=reason
    )
    return sheet
