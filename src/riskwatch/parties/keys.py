"""Ending a person's keys for machines, when their password was changed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from decree188.calendar import shanghai_date
from riskwatch.journal import actions as journal
from riskwatch.parties.models import Person, Token


@transaction.atomic
def end_keys(person: Person, *, at: datetime) -> int:
    """Revoke every key of a person who changed their password: whoever knew the old one may have made some.

    Returns how many were revoked.
    """
    count = Token.objects.filter(person=person, revoked_at=None).update(revoked_at=at)
    journal.write(f"parties:{shanghai_date(at)}", "person.change_password", by=person, at=at, rule="officers",
                  content={"person": person.pk, "keys_revoked": count})  # fmt: skip
    return count
