"""The thin seam for things to send: a message in the house now, copies outside when a channel is on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from riskwatch.case.models import Message, Sheet
from riskwatch.parties.models import Organisation, Person


def tell(
    organisations: Iterable[Organisation],
    *,
    subject: str,
    at: datetime,
    body: str = "",
    sheet: Sheet | None = None,
    role: str = "",
    once: str = "",
) -> int:
    """Put a message into the inboxes of organisations, in the transaction of what caused it.

    With ``once`` (a key) a second telling of the same thing adds nothing. Returns how many were new.
    """
    rows = [
        Message(
            to_organisation=o,
            sheet=sheet,
            subject=subject[:200],
            body=body,
            role=role,
            once_key=f"{once}:{o.pk}" if once else None,
            sent_at=at,
        )
        for o in organisations
    ]
    before = Message.objects.count() if once else 0
    Message.objects.bulk_create(rows, ignore_conflicts=bool(once))
    return Message.objects.count() - before if once else len(rows)


def tell_person(person: Person, *, subject: str, at: datetime, body: str = "", sheet: Sheet | None = None) -> None:
    """Put a message into one person's inbox."""
    Message.objects.create(to_person=person, sheet=sheet, subject=subject[:200], body=body, sent_at=at)
