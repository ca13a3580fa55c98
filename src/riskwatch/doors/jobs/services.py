"""The service accounts that machines act under, each with its one post."""

from __future__ import annotations

from datetime import date

from riskwatch.parties.models import Membership, Person
from riskwatch.parties.queries import headquarters

SERVICES = {"clock-service": "系统时钟", "portal-service": "公众门户", "collector-service": "采集程序",
            "detector-service": "监测程序"}  # fmt: skip


def make_services() -> None:
    """Make the accounts; making them again changes nothing. None of them can log in."""
    office = headquarters()
    for username, name in SERVICES.items():
        person, made = Person.objects.get_or_create(username=username, defaults={"name_zh": name, "kind": "service"})
        if made:
            person.set_unusable_password()
            person.save()
            Membership.objects.create(person=person, organisation=office, role="collector", since=date(2018, 4, 28))
