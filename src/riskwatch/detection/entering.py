"""The pieces that go into a case with a signal: what lies in the register, and rows of mass sources entered there for it."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from decree188.calendar import SHANGHAI
from riskwatch.case import access
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import attach
from riskwatch.collection import actions as collection
from riskwatch.collection import queries as reading
from riskwatch.detection.models import Signal
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import refuse_unless

# Rows of mass sources that become pieces of their own; all of them go along as one list.
MOST_ROWS = 200
# Pieces of the register that are enclosed; a case of thousands could not be worked on. All their numbers go along as a list.
MOST_SHEETS = 500
SHUT = ("out_of_scope", "transferred", "withdrawn")


def pieces(signal: Signal, office: Organisation, *, by: Person, at: datetime) -> list[Sheet]:
    """The pieces behind a signal as far as the person sees them; rows of mass sources are registered at the office.

    Of very many rows the newest ``MOST_ROWS`` become pieces, of very many pieces the newest ``MOST_SHEETS`` go in; the whole list is
    put on the first of them as a file.

    Raises
    ------
    Refusal
        Nothing is left that could be enclosed.
    """
    keys = signal.reports.get("sheets", [])
    mine = access.visible(Sheet.objects.filter(pk__in=keys, destroyed_at=None).exclude(stage__in=SHUT), to=by, at=at)
    newest = list(mine.order_by("-pk"))
    found = newest[:MOST_SHEETS]
    if len(newest) > MOST_SHEETS:
        body = "\n".join(f"{sheet.number},{sheet.made_at.astimezone(SHANGHAI):%Y-%m-%d}" for sheet in newest)
        attach(found[0], [ContentFile(body.encode(), name=f"signal-{signal.pk}-pieces.csv")], by=by, at=at)
    refs = [(str(s), str(f), int(n)) for s, f, n in signal.reports.get("rows", [])]
    if refs:
        entered = collection.enter_rows(refs[:MOST_ROWS], office, by=by, at=at)
        if entered and len(refs) > MOST_ROWS:
            listing = ContentFile(_listing(refs).encode("utf-8-sig"), name=f"signal-{signal.pk}-rows.csv")
            attach(entered[0], [listing], by=by, at=at)
        there = {sheet.pk for sheet in found}
        found += [s for s in entered if s.pk not in there and s.stage not in SHUT]
    refuse_unless(
        found,
        _("信号背后没有您可以放入案卷的信息"),
        remedy=_("请能看到这些信息的海关立案，或先登记信息"),
        code="no_information",
        status=422,
    )
    return found


def _listing(refs: list[tuple[str, str, int]]) -> str:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["来源", "原文件指纹", "位置", "编号", "日期", "标题", "原始记录"])
    for row in reading.rows_of(refs):
        table.writerow([row.source, row.file, row.position, row.external_id, row.day or "", row.title,
                        json.dumps(row.original, ensure_ascii=False)])  # fmt: skip
    return out.getvalue()
