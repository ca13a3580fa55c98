"""The thin seam for things to send: a message in the house now, copies outside when a channel is on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from riskwatch.case import queries
from riskwatch.case.models import Message, MessageRead, Sheet
from riskwatch.look.asked import whole_number
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


def mark_read(person: Person, keys: Iterable[str], *, at: datetime) -> int:
    """Note that a person has read some of their messages; others' are left alone. Returns how many were new."""
    wanted = [k for k in map(whole_number, keys) if k is not None]
    new = queries.unread(person, at=at).filter(pk__in=wanted).order_by().values_list("pk", flat=True)
    rows = [MessageRead(message_id=pk, person=person, at=at) for pk in new]
    MessageRead.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
