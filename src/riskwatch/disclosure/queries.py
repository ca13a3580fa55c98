"""What the public reads."""

from __future__ import annotations

import hmac
from datetime import date

from django.db.models import Q, QuerySet

from riskwatch.disclosure.models import LAPSED, Publication, ReceiptState


def publications(text: str = "") -> QuerySet[Publication]:
    """Current publications, newest first; with a text, those that hold it."""
    rows = Publication.objects.filter(current=True, withdrawn_at=None).order_by("-published_at")
    wanted = text.strip()[:80]
    if wanted:
        rows = rows.filter(
            Q(title__icontains=wanted)
            | Q(body__icontains=wanted)
            | Q(product__icontains=wanted)
            | Q(number__icontains=wanted)
        )
    return rows


def versions(slug: str) -> list[Publication]:
    """Every version at one address, newest first."""
    return list(Publication.objects.filter(slug=slug).order_by("-version"))


def ended(row: Publication, today: date) -> tuple[date, str] | None:
    """The day on which what was published ceased to hold and why, by its mark or by its term; None while it holds."""
    if row.ended_on is not None:
        return row.ended_on, row.ended_note
    return (row.ends_on, LAPSED) if row.ends_on is not None and today > row.ends_on else None


def has_ended(row: Publication, today: date) -> bool:
    """Whether what was published no longer holds on a day."""
    return ended(row, today) is not None


def receipt(number: str, digest: str) -> ReceiptState | None:
    """A receipt's state for the right secret; a wrong number and a wrong secret look the same."""
    row = ReceiptState.objects.filter(number=number.strip().upper()).first()
    if row is None or not hmac.compare_digest(row.secret_digest, digest):
        return None
    return row
