"""Reading who holds which post on a day, and how far an office reaches."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from riskwatch.parties import roles
from riskwatch.parties.models import Deputy, Interest, Mandate, Membership, OfficeReach, Organisation, Person, SignUp

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


def on(today: date, *, since: str = "since", until: str = "until") -> Q:
    """The condition that a day lies in a row's term, open ends included."""
    started = Q(**{f"{since}__lte": today}) | Q(**{f"{since}__isnull": True})
    return started & (Q(**{f"{until}__gte": today}) | Q(**{f"{until}__isnull": True}))


def posts(person: Person, today: date) -> tuple[Post, ...]:
    """The posts that a person holds, then those that they fill as a deputy, on a day; none once they left."""
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
    absent = Deputy.objects.filter(on(today), deputy=person, absent__is_active=True).values_list("absent", flat=True)
    rows = (
        Membership.objects.filter(on(today), Q(person=person) | Q(person__in=absent))
        .filter(on(today, since="organisation__since", until="organisation__until"))
        .values_list("organisation_id", "organisation__kind", "organisation__level", "role", "person_id")
    )
    held = sorted((Post(*row) for row in rows), key=lambda p: p.holder != person.pk)
    return tuple(p for p in held if p.holder == person.pk or p.role not in roles.ADMINISTRATORS)


def reach(offices: Iterable[int], today: date) -> QuerySet[OfficeReach, int]:
    """Subquery of the offices in the reach of some offices on a day, themselves included."""
    return OfficeReach.objects.filter(on(today), office__in=list(offices)).values_list("below", flat=True)


def above(office: int, today: date) -> list[int]:
    """The offices above one, nearest first, itself left out."""
    known = _REMEMBERED.get()
    key = ("above", office, today)
    if known is not None and key in known:
        return list(known[key])
    found = list(
        OfficeReach.objects.filter(on(today), below=office, depth__gt=0)
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
    held = Membership.objects.filter(on(today), organisation=organisation, role=role).values("person")
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
    return list(Interest.objects.filter(on(today), mine, operator__in=list(operators)).select_related("operator"))


def tied(people: Iterable[int], operators: Iterable[int], today: date) -> Interest | None:
    """The first declared tie of some people to some operators on a day, or None."""
    rows = Interest.objects.filter(on(today), person__in=list(people), operator__in=list(operators))
    return rows.select_related("operator", "person").order_by("pk").first()


def have_ties(people: Iterable[int], today: date) -> bool:
    """Whether some people declared any tie that lasts on a day; mostly they did not, and nothing more is asked."""
    return Interest.objects.filter(on(today), person__in=list(people)).exists()


def own_organisations(person: Person, today: date, *kinds: str) -> list[Organisation]:
    """The organisations of some kinds in which a person holds a post, in the order of the posts."""
    keys = list(dict.fromkeys(p.organisation for p in posts(person, today) if not kinds or p.kind in kinds))
    found = Organisation.objects.in_bulk(keys)
    return [found[k] for k in keys]


def mandates_of(person: Person, today: date) -> list[Mandate]:
    """Every mandate, good or not, that a firm of this person holds as agent."""
    agents = [p.organisation for p in posts(person, today) if p.kind == Organisation.Kind.OPERATOR]
    return list(Mandate.objects.filter(agent__in=agents).select_related("agent", "principal").order_by("pk"))


def in_term(mandate: Mandate, today: date) -> bool:
    """Whether a mandate runs on a day and was not revoked."""
    return mandate.since <= today <= mandate.until and (mandate.revoked_on is None or today < mandate.revoked_on)


def fits_direction(mandate: Mandate, direction: str) -> bool:
    """Whether a mandate covers a direction; a direction not said is covered by a mandate for both alone."""
    return mandate.direction in (Mandate.Direction.BOTH, direction)


def fits_scope(mandate: Mandate, scope: str) -> bool:
    """Whether a mandate covers a commodity code; a code not said is covered by a mandate without limits alone."""
    return not mandate.scope or any(scope.startswith(prefix) for prefix in mandate.scope.split())


def acts_for(person: Person, day: date, direction: str = "", scope: str = "") -> list[Mandate]:
    """The confirmed mandates under which a person may act for somebody else on a day, in a direction, for a code."""
    return [
        m for m in mandates_of(person, day)
        if m.confirmed_by_id and in_term(m, day) and fits_direction(m, direction) and fits_scope(m, scope)
    ]  # fmt: skip


def principals(person: Person, today: date) -> QuerySet[Organisation]:
    """Those for whom a person may act today in some direction and scope, to choose from."""
    keys = {m.principal_id for m in mandates_of(person, today) if m.confirmed_by_id and in_term(m, today)}
    return Organisation.objects.filter(pk__in=keys).order_by("sort_key", "pk")


def _live(today: date) -> QuerySet[Mandate]:
    rows = Mandate.objects.filter(since__lte=today, until__gte=today, confirmed_by__isnull=False)
    return rows.filter(Q(revoked_on=None) | Q(revoked_on__gt=today))


def mandated(agent: int, principals: Iterable[int], today: date) -> bool:
    """Whether an agent still holds a confirmed mandate of one of some principals on a day."""
    return _live(today).filter(agent=agent, principal__in=list(principals)).exists()


def principals_of(agents: Iterable[int], today: date) -> list[int]:
    """The principals whose confirmed mandates some agents hold on a day."""
    return list(_live(today).filter(agent__in=list(agents)).values_list("principal", flat=True))


def organisations_visible(person: Person, today: date) -> QuerySet[Organisation]:
    """Officials see every organisation's particulars; others their own, their agents' and, while a mandate runs, their principals'."""
    held = posts(person, today)
    if any(p.kind == Organisation.Kind.OFFICE for p in held):
        return Organisation.objects.all()
    own = [p.organisation for p in held]
    agents = Mandate.objects.filter(principal__in=own).values("agent")
    running = Q(until__gte=today) & (Q(revoked_on=None) | Q(revoked_on__gt=today))
    principals_ = Mandate.objects.filter(running, agent__in=own).values("principal")
    return Organisation.objects.filter(Q(pk__in=own) | Q(pk__in=agents) | Q(pk__in=principals_))


def members_shown(to: Person, place: Organisation, today: date) -> QuerySet[Membership]:
    """An organisation's people in their posts, for officials and for its own."""
    held = posts(to, today)
    rows = Membership.objects.filter(organisation=place, until=None).select_related("person")
    allowed = any(p.kind == Organisation.Kind.OFFICE or p.organisation == place.pk for p in held)
    return rows.order_by("role", "person__username") if allowed else rows.none()


def mandates_shown(to: Person, place: Organisation, today: date) -> QuerySet[Mandate]:
    """The mandates that an organisation gave or holds, for officials, for its own, and each to the two that it ties."""
    held = posts(to, today)
    rows = Mandate.objects.filter(Q(agent=place) | Q(principal=place)).select_related(
        "agent", "principal", "confirmed_by"
    )
    if any(p.kind == Organisation.Kind.OFFICE or p.organisation == place.pk for p in held):
        return rows.order_by("-pk")
    mine = [p.organisation for p in held]
    return rows.filter(Q(agent__in=mine) | Q(principal__in=mine)).order_by("-pk")


def ties_shown(to: Person, place: Organisation, today: date) -> QuerySet[Interest]:
    """Declared ties of and to an organisation, for those who watch over them; of an organisation's own, for itself."""
    held = posts(to, today)
    rows = Interest.objects.filter(Q(organisation=place) | Q(operator=place)).select_related(
        "person", "organisation", "operator"
    )
    if any(p.role in ("policy", "supervisor", "security_admin") for p in held):
        return rows.order_by("-pk")
    inside = any(p.organisation == place.pk for p in held)
    return rows.filter(organisation=place).order_by("-pk") if inside else rows.none()


def people_visible(person: Person, today: date) -> QuerySet[Person]:
    """System and security administrators see every account, a firm's manager the firm's, everybody their own."""
    held = posts(person, today)
    if any(p.role in ("system_admin", "security_admin") for p in held):
        return Person.objects.all()
    firms = [p.organisation for p in held if p.role == "operator_manager"]
    members = Membership.objects.filter(organisation__in=firms).values("person")
    return Person.objects.filter(Q(pk=person.pk) | Q(pk__in=members))


def sign_up_of(number: str, digest: str) -> SignUp | None:
    """A sign-up for its receipt number and the right secret; a wrong number and a wrong secret look the same."""
    row = SignUp.objects.filter(number=number).first() if number else None
    if row is None or not hmac.compare_digest(row.secret_digest, digest):
        return None
    return row
