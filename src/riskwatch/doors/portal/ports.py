"""What the portal hands inside: reports, corrections and sign-ups; it reads nothing back but what disclosure copied out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from riskwatch.collection.actions import report_as_person
from riskwatch.collection.identities import digest_of
from riskwatch.disclosure.actions import ask_correction, open_receipt
from riskwatch.parties.models import Organisation, Person

SERVICE = "portal-service"


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


__all__ = ["ask", "digest_of", "hand_in"]
