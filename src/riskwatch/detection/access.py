"""Who sees which signals and who may judge them; the narrowing is done in the query."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from decree188.calendar import shanghai_date
from riskwatch.case import access
from riskwatch.case.lifecycle import posts_of
from riskwatch.detection.models import Signal, Watch
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Designation, Organisation, Person

ANALYST = "analyst"


def centres_of(person: Person, at: datetime) -> list[int]:
    """The national centres in which a person holds a post that works on cases."""
    who = access.reader(person, at)
    return list(Organisation.objects.filter(pk__in=who.organisations, kind="centre").values_list("pk", flat=True))


def signals_visible(to: Person, at: datetime) -> QuerySet[Signal]:
    """The signals that a person may see.

    Headquarters sees all; an office those with cases on its own ports or on ports below it; a centre those of its own
    watches and those that lie inside its designation. Administrators and outsiders see none.
    """
    rows = Signal.objects.filter(replaced_by=None)
    who = access.reader(to, at)
    if who.headquarters:
        return rows
    if not who.offices:
        return rows.none()
    today = shanghai_date(at)
    seen = Q(ports__overlap=_codes(who.offices, today) or [""])
    for centre in centres_of(to, at):
        seen |= Q(run__watch__owner=centre)
        for one in designations(centre, today):
            seen |= _inside(one, today)
    return rows.filter(seen)


def watches_visible(to: Person, at: datetime) -> QuerySet[Watch]:
    """The watches that a person may see: headquarters' people all, a centre's people their own, others none."""
    who = access.reader(to, at)
    if who.headquarters:
        return Watch.objects.all()
    return Watch.objects.filter(owner__in=centres_of(to, at))


def judges(to: Person, at: datetime) -> list[int]:
    """The organisations in which a person is an analyst."""
    return [p.organisation for p in posts_of(to, at).posts if p.role == ANALYST]


def may_judge(signal: Signal, *, by: Person, at: datetime) -> bool:
    """Whether a person may watch or dismiss a signal: an analyst of headquarters, or of a centre that it concerns."""
    posts = [p for p in posts_of(by, at).posts if p.role == ANALYST]
    if any(p.level == Organisation.Level.HEADQUARTERS for p in posts):
        return True
    today = shanghai_date(at)
    centres = [p.organisation for p in posts if p.kind == Organisation.Kind.CENTRE]
    concern = Q(pk__in=[])
    for centre in centres:
        concern |= Q(run__watch__owner=centre)
        for one in designations(centre, today):
            concern |= _inside(one, today)
    return bool(centres) and Signal.objects.filter(concern, pk=signal.pk).exists()


def designations(centre: int, today: date) -> QuerySet[Designation]:
    """A centre's designations in force on a day."""
    return Designation.objects.filter(
        centre=centre, withdrawn_on=None, valid_from__lte=today, valid_until__gte=today
    ).order_by("pk")


def area_codes(areas: Iterable[str], today: date) -> list[str]:
    """The customs codes that areas name: a code itself, and with ``xx00`` all of the district."""
    wanted = Q(pk__in=[])
    for area in areas:
        wanted |= Q(code__startswith=area[:2]) if area.endswith("00") else Q(code=area)
    offices = Organisation.objects.filter(wanted, parties.on(today), kind=Organisation.Kind.OFFICE)
    return list(offices.values_list("code", flat=True))


def _inside(one: Designation, today: date) -> Q:
    inside = Q()
    if one.products:
        products = Q(pk__in=[])
        for prefix in one.products:
            products |= Q(product__startswith=prefix)
        inside &= products
    if one.areas:
        inside &= Q(ports__overlap=area_codes(one.areas, today) or [""])
    return inside if inside else Q(pk__isnull=False)


def _codes(offices: Iterable[int], today: date) -> list[str]:
    reach = parties.reach(offices, today)
    return list(Organisation.objects.filter(pk__in=reach, kind="office").values_list("code", flat=True))
