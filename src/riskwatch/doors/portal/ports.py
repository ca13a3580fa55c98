"""What the portal hands inside: reports, corrections and sign-ups; it reads nothing back but what disclosure copied out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from riskwatch.collection.actions import report_as_person
from riskwatch.collection.identities import digest_of, new_secret
from riskwatch.disclosure.actions import ask_correction, open_receipt
from riskwatch.documents import actions as documents
from riskwatch.parties.models import Organisation, Person
from riskwatch.parties.queries import sign_up_of
from riskwatch.parties.signups import sign_up

SERVICE = "portal-service"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receipt says."""

    words: str
    answer: str
    updated_at: datetime


def service() -> Person:
    """The portal's service account."""
    return Person.objects.get(username=SERVICE)


def hand_in(
    office: Organisation, *, title: str, facts: dict[str, Any], who: dict[str, str], files: list[Any], at: datetime
) -> tuple[str, str]:
    """Hand a report in; returns the receipt's number and secret."""
    sheet, secret = report_as_person(office, title=title, facts=facts, who=who, files=files, by=service(), at=at)
    open_receipt(sheet.number, digest_of(sheet.number, secret), at=at)
    return sheet.number, secret


def ask(publication: Any, *, wrong: str, right: str, at: datetime) -> str:
    """Ask for a correction; returns its number."""
    return ask_correction(publication, wrong=wrong, right=right, by=service(), at=at).number


@transaction.atomic
def ask_for_account(proof: Any, *, at: datetime, **said: Any) -> tuple[str, str]:
    """Hand in an operator's request for an account with its licence; returns the receipt's number and secret."""
    kept = documents.store(proof, name=proof.name, purpose="proof", by=service(), at=at)
    number = documents.record_number("SU", office=said["region_office"].code, at=at)
    secret = new_secret()
    sign_up(**said, proof=kept.pk, number=number, secret_digest=digest_of(number, secret), at=at)
    return number, secret


def account_answer(number: str, secret: str) -> Answer | None:
    """What became of a request for an account, for the right secret."""
    row = sign_up_of(number, digest_of(number, secret))
    return Answer(str(row.get_state_display()), row.reason, row.decided_at or row.asked_at) if row else None


__all__ = ["Answer", "account_answer", "ask", "ask_for_account", "digest_of", "hand_in"]
