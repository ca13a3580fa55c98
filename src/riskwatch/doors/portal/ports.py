"""What the portal hands inside: reports, corrections and sign-ups; it reads nothing back but what disclosure copied out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from riskwatch.collection.actions import add_by_receipt, report_as_person, withdraw_by_receipt
from riskwatch.collection.identities import PROOFS, digest_of, new_secret
from riskwatch.collection.reporting import PUBLIC_SOURCES
from riskwatch.disclosure.actions import ask_correction, copy_receipts, open_receipt
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
    office: Organisation, *, title: str, facts: dict[str, Any], who: dict[str, str], files: list[Any], at: datetime,
    document: Any = None,
) -> tuple[str, str]:  # fmt: skip
    """Hand a report in; returns the receipt's number and secret."""
    sheet, secret = report_as_person(office, title=title, facts=facts, who=who, document=document, files=files,
                                     by=service(), at=at)  # fmt: skip
    open_receipt(sheet.number, digest_of(sheet.number, secret), at=at)
    return sheet.number, secret


def add(number: str, secret: str, *, text: str, files: list[Any], at: datetime) -> None:
    """Add words and photos to the report of a receipt."""
    add_by_receipt(number, secret, text=text, files=files, by=service(), at=at)


@transaction.atomic
def withdraw(number: str, secret: str, *, reason: str, at: datetime) -> None:
    """Withdraw the report of a receipt; the receipt says so at once."""
    sheet = withdraw_by_receipt(number, secret, reason=reason, by=service(), at=at)
    copy_receipts([(sheet.number, sheet.stage, None, at)])


@transaction.atomic
def ask(publication: Any, *, wrong: str, right: str, at: datetime) -> tuple[str, str]:
    """Ask for a correction; returns the receipt's number and secret."""
    number, secret = ask_correction(publication, wrong=wrong, right=right, by=service(), at=at).number, new_secret()
    open_receipt(number, digest_of(number, secret), kind="correction", at=at)
    return number, secret


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


__all__ = [
    "PROOFS", "PUBLIC_SOURCES", "Answer", "account_answer", "add", "ask", "ask_for_account", "digest_of", "hand_in", "withdraw",
]  # fmt: skip
