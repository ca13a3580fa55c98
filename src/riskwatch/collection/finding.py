"""Finding pieces of information among many: by stage, source, hazard, product, code, day, file and group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from decree188.calendar import SHANGHAI
from decree188.collection import source_kinds
from riskwatch.case.access import visible
from riskwatch.case.models import Sheet
from riskwatch.case.queries import UNSHOWN, holding
from riskwatch.catalogue import queries as catalogue
from riskwatch.collection.models import Information
from riskwatch.parties.models import Person

NONE = "none"  # a hazard that was not recognised
DATES = ("received", "event")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list asks for; empty means any.

    Attributes
    ----------
    hazard : str
        A hazard's code, its members included; ``"none"`` for pieces without one.
    code : str
        Beginning of the commodity code.
    reference : str
        The campaign or recall number that pieces of one source share.
    by : str
        Which day ``since`` and ``until`` mean: ``"received"``, or ``"event"`` (occurred, else published).
    """

    stage: str = ""
    source_kind: str = ""
    hazard: str = ""
    text: str = ""
    code: str = ""
    reference: str = ""
    file: int | None = None
    office: int | None = None
    by: str = "received"
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, said: dict[str, Any]) -> Wanted:
        """From a form's cleaned values; what is empty is left open."""
        known = {f.name for f in fields(cls)}
        return cls(**{k: v for k, v in said.items() if k in known and v not in (None, "")})


def pieces(wanted: Wanted, *, to: Person, at: datetime) -> QuerySet[Sheet]:
    """The information that a person may see and that fits, newest first.

    By key, so that the database can stop at the first page of a collection that came at one moment.
    """
    rows = Sheet.objects.filter(kind="information")
    if wanted.stage:
        rows = rows.filter(stage=wanted.stage)
    if wanted.office:
        rows = rows.filter(owner=wanted.office)
    if wanted.text.strip():
        rows = rows.filter(holding(wanted.text, to=to, at=at))
    if wanted.by != "event":
        rows = rows.filter(received_in(wanted.since, wanted.until))
    facts = _facts(wanted)
    if facts:
        rows = rows.filter(pk__in=Information.objects.filter(facts).values("pk"))
    return visible(rows, to=to, at=at).select_related("owner").defer(*UNSHOWN).order_by("-pk")


def received_in(since: date | None, until: date | None, *, field: str = "made_at") -> Q:
    """Records made in a span of Shanghai days, both included."""
    condition = Q()
    if since:
        condition &= Q(**{f"{field}__gte": datetime.combine(since, time(), SHANGHAI)})
    if until:
        condition &= Q(**{f"{field}__lt": datetime.combine(until + timedelta(days=1), time(), SHANGHAI)})
    return condition


def _facts(wanted: Wanted) -> Q:
    condition = Q()
    if wanted.source_kind:
        condition &= Q(source_kind=wanted.source_kind)
    if wanted.hazard == NONE:
        condition &= Q(hazard="")
    elif wanted.hazard:
        condition &= Q(hazard=wanted.hazard) | Q(hazard__startswith=wanted.hazard + ".")
    if wanted.code:
        condition &= Q(commodity_code__startswith=wanted.code)
    if wanted.reference:
        condition &= Q(reference=wanted.reference)
    if wanted.file:
        condition &= Q(file=wanted.file)
    if wanted.by == "event" and (wanted.since or wanted.until):
        happened = Information.objects.annotate(happened=Coalesce("occurred_on", "published_on"))
        if wanted.since:
            happened = happened.filter(happened__gte=wanted.since)
        if wanted.until:
            happened = happened.filter(happened__lte=wanted.until)
        condition &= Q(pk__in=happened.values("pk"))
    return condition


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces of one source under one campaign or recall number."""

    source: str
    reference: str
    count: int
    title: str
    last: datetime


def groups(wanted: Wanted, *, to: Person, at: datetime, start: int = 0, most: int = 31) -> list[Group]:
    """Pieces that fit, grouped by source and number, the largest group first."""
    found = pieces(wanted, to=to, at=at).order_by()
    rows = (
        Information.objects.filter(sheet__in=found).exclude(reference="").values_list("source", "reference")
        .annotate(n=Count("pk"), title=Min("sheet__title"), last=Max("received_at")).order_by("-n", "reference", "source")
    )  # fmt: skip
    return [Group(*row) for row in rows[start : start + most]]


def described(keys: Iterable[int]) -> dict[int, dict[str, str]]:
    """Source, hazard and commodity code of some pieces, in words."""
    language = get_language() or "zh"
    hazards = {h.code: str(h) for h in catalogue.hazards()}
    rows = Information.objects.filter(pk__in=list(keys)).values_list("pk", "source_kind", "hazard", "commodity_code")
    return {
        pk: {"source": source_kinds[kind].words(language), "hazard": hazards.get(hazard, "—"), "code": code}
        for pk, kind, hazard, code in rows
    }


def bounded(rows: QuerySet[Any], most: int) -> tuple[int, bool]:
    """How many rows there are, counted up to a bound, and whether there are more."""
    count = rows.order_by()[: most + 1].count()
    return min(count, most), count > most
