"""What the API's answers look like, and how a list of records is cut into pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.utils import timezone
from ninja import Query, Schema

from decree188.calendar import shanghai_date
from riskwatch.case.access import filed_only
from riskwatch.case.lifecycle import stage_name
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.standing import standing
from riskwatch.case.taking import version_of
from riskwatch.case.templatetags.case import act_words
from riskwatch.journal.models import Entry


class Problem(Schema):
    """RFC 9457: what is wrong, what to do, and the rule behind it."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str
    rule: str = ""
    fields: dict[str, str] = {}


Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=200)]


class FactOut(Schema):
    label: str
    value: str


class SheetOut(Schema):
    id: int
    kind: str
    number: str
    title: str
    stage: str
    standing: str
    stage_words: str
    owner: str
    due_on: date | None
    version: int
    made_at: datetime


class FileOut(Schema):
    """A file on a record; its bytes are at ``/sheets/{record}/files/{id}``."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str


class PaperOut(Schema):
    """A printed paper; its PDF is at ``/papers/{id}``."""

    id: str
    kind: str
    number: str
    version: int
    sha256: str


class SheetFull(SheetOut):
    depth: str
    folder: int | None
    in_folders: list[int]
    handler: str
    facts: list[FactOut]
    files: list[FileOut]
    papers: list[PaperOut]
    causes: list[int]
    effects: list[int]
    acts: list[str]


class FolderOut(Schema):
    id: int
    number: str
    title: str
    state: str
    owner: str
    version: int
    made: int | None = None


class LeftOut(Schema):
    """One thing that keeps a case open."""

    sheet: int | None
    what: str
    why: str


class FolderFull(FolderOut):
    officer: str
    opened_at: datetime
    merged_into: int | None
    split_from: int | None
    joint: list[str]
    sheets: list[SheetOut]
    left: list[LeftOut]
    acts: list[str]


class EntryOut(Schema):
    """One entry of the journal about a record or a case; ``on_behalf_of`` was absent."""

    number: int
    at: datetime
    act: str
    words: str
    actor: str
    on_behalf_of: str
    rule: str
    sheet: int | None


class PublicationOut(Schema):
    id: str
    version: int
    number: str
    title: str
    text: str
    ended: bool


def short(sheet: Sheet, today: date, *, filed: bool = False) -> dict[str, Any]:
    """A record in short; of one that the caller sees only as filed, nothing that came later."""
    now = "" if filed else standing(sheet, today)
    kept = {"stage": "", "due_on": None, "version": 0, "stage_words": ""} if filed else {}
    return {"id": sheet.pk, "kind": sheet.kind, "number": sheet.number, "title": sheet.title, "stage": sheet.stage, "standing": now,
            "stage_words": stage_name(sheet.kind, now), "owner": sheet.owner.code, "due_on": sheet.due_on, "version": sheet.version,
            "made_at": sheet.made_at} | kept  # fmt: skip


def sheets_of(request: Any, rows: Any, offset: int, limit: int) -> list[dict[str, Any]]:
    """A page of records that the caller may see, in short."""
    at = timezone.now()
    found = list(rows.select_related("owner")[offset : offset + limit])
    filed = filed_only(found, to=request.auth, at=at)
    return [short(s, shanghai_date(at), filed=s.pk in filed) for s in found]


def folder_of(row: Folder) -> dict[str, Any]:
    """A case in short."""
    return {
        "id": row.pk,
        "number": row.number,
        "title": row.title,
        "state": row.state,
        "owner": row.owner.code,
        "version": version_of(row),
    }


def entry_of(row: Entry) -> dict[str, Any]:
    """An entry in short."""
    return {"number": row.number, "at": row.at, "act": row.act, "words": act_words(row.act), "actor": str(row.actor),
            "on_behalf_of": str(row.on_behalf_of or ""), "rule": row.rule, "sheet": row.sheet_id}  # fmt: skip


FAULTS: Any = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
