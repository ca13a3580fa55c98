"""Making a sheet, opening what a step opens, naming concerned organisations, and search words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import rjieba
from django.contrib.postgres.search import SearchVector
from django.core.files.base import File
from django.db import transaction
from django.db.models import Value
from django.utils.translation import gettext as _

from riskwatch.case import access, journalling, lifecycle
from riskwatch.case.models import Cause, Concern, Folder, Grade, Sheet, SheetFile
from riskwatch.documents import actions as documents
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new sheet starts with.

    Attributes
    ----------
    parts : mapping of str to iterable of Organisation
        Concerned organisations by part (``addressee``, ``commissioned``, ``reporter`` ...).
    """

    kind: str
    title: str
    owner: Organisation
    folder: Folder | None = None
    number: str = ""
    words: str = ""
    grade: str = Grade.INTERNAL
    due_on: date | None = None
    handler: Person | None = None
    causes: tuple[Sheet, ...] = ()
    parts: Mapping[str, Iterable[Organisation]] | None = None


@transaction.atomic
def begin(plan: Plan, name: str, *, by: Person, at: datetime, content: Mapping[str, Any] | None = None) -> Sheet:
    """Make a sheet by the step that creates one (``leaves == NEW``): posts and separation are checked, it is journalled.

    A room calls this first, puts its own row on the sheet, and does nothing after but more rows of its own.
    """
    row = lifecycle.step(plan.kind, name)
    _refuse_closed(plan.folder)
    sheet = put(plan, stage=row.enters, by=by, at=at)
    me = lifecycle.posts_of(by, at)
    post = lifecycle.post_for(sheet, row, me)
    if post is None:
        raise lifecycle.no_post(sheet, row)
    lifecycle.refuse_same_hand(sheet, row, by, post.holder, me.today)
    journalling.record(sheet, row.act, by=by, at=at, rule=row.rule, content=content, holder=post.holder)
    return sheet


def put(plan: Plan, *, stage: str, by: Person, at: datetime) -> Sheet:
    """Write a bare sheet with its causes and concerned organisations; for steps that open others, and imports.

    No post is checked here: the step that opens it was checked. The caller journals.
    """
    sheet = Sheet.objects.create(
        kind=plan.kind,
        number=plan.number,
        folder=plan.folder,
        owner=plan.owner,
        handler=plan.handler,
        stage=stage,
        grade=plan.grade,
        title=plan.title[:300],
        words=plan.words,
        due_on=plan.due_on,
        made_by=by,
        made_at=at,
        moved_by=by,
        moved_at=at,
    )
    Cause.objects.bulk_create([Cause(effect=sheet, cause=cause) for cause in plan.causes])
    for part, organisations in (plan.parts or {}).items():
        concern(sheet, part, organisations)
    index_words([sheet.pk])
    return sheet


def concern(sheet: Sheet, part: str, organisations: Iterable[Organisation], *, role_in_case: str = "") -> None:
    """Name organisations in a part of a sheet and let them read what the access table gives that part."""
    rows = [Concern(sheet=sheet, organisation=o, part=part, role_in_case=role_in_case) for o in organisations]
    Concern.objects.bulk_create(rows, ignore_conflicts=True)
    sheet.readers = access.readers_of(sheet)
    Sheet.objects.filter(pk=sheet.pk).update(readers=sheet.readers)


@transaction.atomic
def attach(sheet: Sheet, files: Iterable[File[Any]], *, by: Person, at: datetime, shown_to: str = "") -> None:
    """Inspect and keep files on a sheet, and journal their names and hashes; one bad file refuses them all.

    ``shown_to`` says whom they are shown to besides the office (see `sharing.files_shown`); by default nobody outside
    but the organisation that put them there.
    """
    stored = [documents.store(f, name=f.name or "file", purpose="evidence", by=by, at=at) for f in files]
    if stored:
        SheetFile.objects.bulk_create(
            [SheetFile(sheet=sheet, attachment=a, shown_to=shown_to or "full", put_by=by, put_at=at) for a in stored]
        )
        kept = [{"name": a.name, "sha256": a.sha256, "size": a.size} for a in stored]
        journalling.record(sheet, "sheet.attach", by=by, at=at, content={"files": kept})


def _refuse_closed(folder: Folder | None) -> None:
    if folder is None:
        return
    now = Folder.objects.select_for_update().get(pk=folder.pk)
    if now.state != Folder.State.OPEN:
        raise Refusal(
            _("案卷%(number)s%(state)s，不能再办理") % {"number": now.number, "state": now.get_state_display()},
            remedy=_("先由原承办海关重新开启案卷"),
            code="folder_closed",
        )


# Nobody searches for a longer word, and the word index takes none beyond two thousand bytes.
LONGEST_WORD = 100


def tokens(text: str) -> str:
    """Words of a Chinese or English text, space-joined, for the word index."""
    cut = (t.strip().lower() for t in rjieba.cut_for_search(text))
    return " ".join(w for w in cut if w.isalnum() and len(w) <= LONGEST_WORD)


def index_words(sheets: Iterable[int]) -> None:
    """Rebuild the word index of some sheets from number, title and words."""
    rows = Sheet.objects.filter(pk__in=list(sheets)).values_list("pk", "number", "title", "words")
    for pk, number, title, words in rows:
        text = f"{number} {title} {words}"
        Sheet.objects.filter(pk=pk).update(tokens=SearchVector(Value(tokens(text)), config="simple"))
