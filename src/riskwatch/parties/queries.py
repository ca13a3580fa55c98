"""Reading who holds which post on a day, and how far an office reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from riskwatch.parties import roles
from riskwatch.parties.models import Deputy, Interest, Membership, OfficeReach, Organisation, Person

_REMEMBERED: ContextVar[dict[tuple[str, int, date], tuple[Any, ...]] | None] = ContextVar("remembered", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Ask for posts and superiors once while a page that only reads is made; acts always ask anew."""
    token = _REMEMBERED.set({})
    try:
        yield
    finally:
        _REMEMBERED.reset(token)


@dataclass(frozen=True, slots=True)
class Post:
    """One role a person may act in on a day; ``holder`` differs from the person when they act as a deputy."""

    organisation: int
    kind: str
    level: str
    role: str
    holder: int


def _on(today: date, *, since: str = "since", until: str = "until") -> Q:
    started = Q(**{f"{since}__lte": today}) | Q(**{f"{since}__isnull": True})
    return started & (Q(**{f"{until}__gte": today}) | Q(**{f"{until}__isnull": True}))


def posts(person: Person, today: date) -> tuple[Post, ...]:
    """The posts that a person holds, or fills as a deputy, on a day; none once they left."""
    known = _REMEMBERED.get()
    if known is None:
        return _posts(person, today)
    key = ("posts", person.pk, today)
    if key not in known:
        known[key] = _posts(person, today)
    return known[key]


def _posts(person: Person, today: date) -> tuple[Post, ...]:
    if not person.is_active:
        return ()
    absent = Deputy.objects.filter(_on(today), deputy=person, absent__is_active=True).values_list("absent", flat=True)
    rows = (
        Membership.objects.filter(_on(today), Q(person=person) | Q(person__in=absent))
        .filter(_on(today, since="organisation__since", until="organisation__until"))
        .values_list("organisation_id", "organisation__kind", "organisation__level", "role", "person_id")
    )
    own = [Post(*row) for row in rows]
    return tuple(p for p in own if p.holder == person.pk or p.role not in roles.ADMINISTRATORS)


def reach(offices: Iterable[int], today: date) -> QuerySet[OfficeReach, int]:
    """Subquery of the offices in the reach of some offices on a day, themselves included."""
    return OfficeReach.objects.filter(_on(today), office__in=list(offices)).values_list("below", flat=True)


def above(office: int, today: date) -> list[int]:
    """The offices above one, nearest first, itself left out."""
    known = _REMEMBERED.get()
    key = ("above", office, today)
    if known is not None and key in known:
        return list(known[key])
    found = list(
        OfficeReach.objects.filter(_on(today), below=office, depth__gt=0)
        .order_by("depth")
        .values_list("office", flat=True)
    )
    if known is not None:
        known[key] = tuple(found)
    return found


def superior(office: Organisation, today: date) -> Organisation | None:
    """The next higher customs; None for headquarters."""
    higher = above(office.pk, today)
    return Organisation.objects.get(pk=higher[0]) if higher else None


def headquarters() -> Organisation:
    """The General Administration of Customs."""
    return Organisation.objects.get(kind=Organisation.Kind.OFFICE, level=Organisation.Level.HEADQUARTERS)


def holders(organisation: int, role: str, today: date) -> QuerySet[Person]:
    """The active people who hold a role in an organisation on a day."""
    held = Membership.objects.filter(_on(today), organisation=organisation, role=role).values("person")
    return Person.objects.filter(pk__in=held, is_active=True)


def qualified(body: Organisation, today: date, *, product: str = "") -> bool:
    """Whether a body holds a qualification on a day; with a product, one that covers it."""
    rows = body.qualifications.filter(
        Q(withdrawn_on=None) | Q(withdrawn_on__gt=today), valid_from__lte=today, valid_until__gte=today
    )
    return any(not q.products or not product or any(product.startswith(p) for p in q.products) for q in rows)


def ties(organisation: int, people: Iterable[int], operators: Iterable[int], today: date) -> list[Interest]:
    """Known ties of an organisation or of people to some operators on a day."""
    mine = Q(organisation=organisation) | Q(person__in=list(people))
    return list(Interest.objects.filter(_on(today), mine, operator__in=list(operators)).select_related("operator"))
