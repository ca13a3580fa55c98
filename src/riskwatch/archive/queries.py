"""Counting the register: by source, stage, product, origin, port and month, for the offices that a person reaches."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from riskwatch.case.access import visible
from riskwatch.case.models import Sheet
from riskwatch.collection.queries import counted
from riskwatch.parties.models import Person

DIMENSIONS = ("source_kind", "hazard", "origin", "port", "disposition")


def statistics(*, to: Person, at: datetime, since: date, until: date) -> dict[str, list[tuple[str, int, int]]]:
    """Received and verified pieces in a span of days, by dimension: rows of (value, received, verified)."""
    seen = visible(Sheet.objects.filter(kind="information", made_at__date__range=(since, until)), to=to, at=at)
    verified = Count("pk", filter=Q(sheet__stage__in=("verified", "entered")))
    found: dict[str, list[tuple[str, int, int]]] = {}
    for dimension in DIMENSIONS:
        rows = counted(seen).values_list(dimension).annotate(n=Count("pk"), v=verified).order_by("-n", dimension)[:30]
        found[dimension] = [(str(r[0])[:60], r[1], r[2]) for r in rows]
    return found


def by_month(*, to: Person, at: datetime) -> list[tuple[str, int]]:
    """Pieces received by month, the last twenty-four."""
    rows: Any = (
        visible(Sheet.objects.filter(kind="information"), to=to, at=at)
        .annotate(month=TruncMonth("made_at")).values_list("month").annotate(n=Count("pk")).order_by("-month")[:24]
    )  # fmt: skip
    return [(f"{m:%Y-%m}", n) for m, n in reversed(list(rows))]


def by_stage(*, to: Person, at: datetime) -> list[tuple[str, str, int]]:
    """How many records of each kind stand at each stage."""
    rows = (
        visible(Sheet.objects.all(), to=to, at=at)
        .values_list("kind", "stage")
        .annotate(n=Count("pk"))
        .order_by("kind", "stage")
    )
    return [(k, s, n) for k, s, n in rows]
