"""Reading the journal: a strand's course, and who did a step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from riskwatch.journal.models import Entry


def course(*strands: str) -> QuerySet[Entry]:
    """Entries of some strands in the order of time, with their contents where those are kept."""
    return (
        Entry.objects.filter(strand__key__in=strands)
        .select_related("strand", "actor", "on_behalf_of", "payload")
        .order_by("at", "pk")
    )


def course_of_sheet(sheet: int) -> QuerySet[Entry]:
    """Entries about one sheet, oldest first."""
    return (
        Entry.objects.filter(sheet_id=sheet)
        .select_related("strand", "actor", "on_behalf_of", "payload")
        .order_by("at", "pk")
    )


def told(strand: str, acts: str) -> int:
    """How many entries of a strand record an act whose name begins so."""
    return Entry.objects.filter(strand__key=strand, act__startswith=acts).count()


def latest(strand: str, acts: str) -> Entry | None:
    """The last of them, with who did it and when."""
    rows = Entry.objects.filter(strand__key=strand, act__startswith=acts).select_related("actor")
    return rows.order_by("-pk").first()


def happened(acts: Iterable[str], *, sheets: Iterable[int], since: datetime) -> bool:
    """Whether one of these acts was done on one of these sheets since a moment."""
    return Entry.objects.filter(sheet_id__in=list(sheets), act__in=list(acts), at__gte=since).exists()


def has_done(people: Iterable[int], acts: Iterable[str], *, sheets: Iterable[int]) -> Entry | None:
    """The first entry by which one of these people (or someone for them) did one of these acts."""
    people = list(people)
    return (
        Entry.objects.filter(sheet_id__in=list(sheets), act__in=list(acts))
        .filter(Q(actor_id__in=people) | Q(on_behalf_of_id__in=people))
        .select_related("actor")
        .order_by("pk")
        .first()
    )


def archived_as(package: str) -> Entry | None:
    """The entry by which a package of this digest was archived."""
    found = Entry.objects.filter(act="archive_item.file", payload__content__package=package)
    return found.select_related("strand").order_by("pk").first()


def holds_entry(strand: str, number: int, own: bytes) -> bool:
    """Whether this journal wrote an entry of a strand."""
    return Entry.objects.filter(strand__key=strand, number=number, hash=own).exists()


def latest_naming(key: str, values: Iterable[Any]) -> Entry | None:
    """The last entry whose content names somebody under a key, by any of the names they go by."""
    wanted = Q()
    for value in values:
        wanted |= Q(payload__content__contains={key: value})
    return Entry.objects.filter(wanted).select_related("actor").order_by("-pk").first()


def filed(sheet: int, acts: Iterable[str], people: QuerySet[Any]) -> Entry | None:
    """The last entry by which some people did one of some acts on a sheet, with its content."""
    rows = Entry.objects.filter(sheet_id=sheet, act__in=list(acts), actor__in=people, payload__isnull=False)
    return rows.select_related("payload").order_by("-pk").first()


def batches_of(sheet: int, act: str) -> QuerySet[Entry]:
    """Entries by which one act was done on many sheets at once, this one among them; those whose contents are kept."""
    rows = Entry.objects.filter(sheet_id=None, act=act, payload__content__sheets__contains=[sheet])
    return rows.select_related("actor", "payload").order_by("at", "pk")
