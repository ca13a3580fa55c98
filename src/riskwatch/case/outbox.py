"""The thin seam for things to send: a message in the house now, copies outside when a channel is on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from riskwatch.case import queries
from riskwatch.case.models import Message, MessageRead, Sheet
from riskwatch.look.asked import whole_number
from riskwatch.look.words import Sentence
from riskwatch.parties.models import Organisation, Person

Words = str | Sentence


def _kept(subject: Words, body: Words) -> dict[str, Any]:
    parts = {"subject": subject, "body": body}
    said = {name: [s.words, dict(s.values)] for name, s in parts.items() if isinstance(s, Sentence)}
    chinese = {name: s.chinese() if isinstance(s, Sentence) else s for name, s in parts.items()}
    return {"subject": chinese["subject"][:200], "body": chinese["body"], "said": said}


def tell(
    organisations: Iterable[Organisation],
    *,
    subject: Words,
    at: datetime,
    body: Words = "",
    sheet: Sheet | None = None,
    role: str = "",
    once: str = "",
) -> int:
    """Put a message into the inboxes of organisations, in the transaction of what caused it.

    A `Sentence` is kept with its values and said to each reader in their own language; what a person wrote stays as it is.

    With ``once`` (a key) a second telling of the same thing adds nothing. Returns how many were new.
    """
    rows = [
        Message(
            to_organisation=o,
            sheet=sheet,
            **_kept(subject, body),
            role=role,
            once_key=f"{once}:{o.pk}" if once else None,
            sent_at=at,
        )
        for o in organisations
    ]
    before = Message.objects.count() if once else 0
    Message.objects.bulk_create(rows, ignore_conflicts=bool(once))
    return Message.objects.count() - before if once else len(rows)


def tell_person(person: Person, *, subject: Words, at: datetime, body: Words = "", sheet: Sheet | None = None) -> None:
    """Put a message into one person's inbox."""
    Message.objects.create(to_person=person, sheet=sheet, sent_at=at, **_kept(subject, body))


def mark_read(person: Person, keys: Iterable[str], *, at: datetime) -> int:
    """Note that a person has read some of their messages; others' are left alone. Returns how many were new."""
    wanted = [k for k in map(whole_number, keys) if k is not None]
    new = queries.unread(person, at=at).filter(pk__in=wanted).order_by().values_list("pk", flat=True)
    rows = [MessageRead(message_id=pk, person=person, at=at) for pk in new]
    MessageRead.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
