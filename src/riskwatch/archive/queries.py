"""The register's statistics for the offices that a person reaches, and what waits to be archived or appraised."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from decree188.calendar import shanghai_date
from decree188.collection import source_kinds
from riskwatch.archive.models import ArchiveItem
from riskwatch.case import access
from riskwatch.case.lifecycle import stage_name
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.steps import STEPS
from riskwatch.case.words import KINDS
from riskwatch.catalogue import queries as catalogue
from riskwatch.collection.counting import tally
from riskwatch.documents import actions as documents
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import refuse_unless

DIMENSIONS = {
    "source_kind": _("来源"), "hazard": _("危害"), "origin": _("原产地"), "port": _("口岸"), "chapter": _("商品章"),
    "stage": _("办理状态"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a dimension, in words, with how many pieces were received and how many of them verified."""

    code: str
    words: str
    received: int
    verified: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of a span of days; ``months`` holds every month of it in order, empty ones too."""

    since: date
    until: date
    by: str
    office: Organisation | None
    tables: dict[str, list[Row]]
    months: list[Row]

    @property
    def received(self) -> int:
        return sum(row.received for row in self.months)

    @property
    def verified(self) -> int:
        return sum(row.verified for row in self.months)


def offices_in_reach(to: Person, at: datetime) -> QuerySet[Organisation]:
    """The offices and centres whose records a person may count."""
    who = access.reader(to, at)
    rows = Organisation.objects.filter(kind__in=("office", "centre")).order_by("kind", "code")
    if who.headquarters:
        return rows
    return rows.filter(pk__in=_owners(who, at, None) or [])


def _owners(who: access.Reader, at: datetime, office: Organisation | None) -> list[int] | None:
    """Keys of the owners that are counted; None stands for all of them."""
    today = shanghai_date(at)
    own = None if who.headquarters else {*who.offices, *parties.reach(who.offices, today)}
    if office is None:
        return None if own is None else sorted(own)
    chosen = {office.pk, *parties.reach([office.pk], today)}
    return sorted(chosen if own is None else chosen & own)


def statistics(
    *, to: Person, at: datetime, since: date, until: date, office: Organisation | None = None, by: str = "received"
) -> Statistics:
    """What the register holds of a span of days, for an office with those below it or for all that a person reaches."""
    owners = _owners(access.reader(to, at), at, office)
    found = tally(owners=owners, since=since, until=until, by=by)
    months = {code: (received, verified) for code, received, verified in found.pop("month")}
    return Statistics(
        since, until, by, office,
        {name: in_words(name, rows) for name, rows in found.items()},
        [Row(m, m, *months.get(m, (0, 0))) for m in _months(since, until, months)],
    )  # fmt: skip


def _months(since: date, until: date, counted: Iterable[str]) -> list[str]:
    """The months of a span; of a span longer than ten years, those with something in them."""
    first, last = since.year * 12 + since.month - 1, until.year * 12 + until.month - 1
    if last - first > 120:
        return sorted(m for m in counted if m)
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(first, last + 1)]


def in_words(dimension: str, rows: Iterable[tuple[str, int, int]]) -> list[Row]:
    """Counted values in the reader's language; values that mean the same (``中国``, ``China``) are one."""
    say = _sayer(dimension)
    found: dict[str, Row] = {}
    for value, received, verified in rows:
        code, words = say(value)
        before = found.get(code, Row(code, words, 0, 0))
        found[code] = Row(code, words, before.received + received, before.verified + verified)
    return sorted(found.values(), key=lambda r: (-r.received, r.code))


def _sayer(dimension: str) -> Any:
    english = (get_language() or "").startswith("en")
    unknown = str(_("未注明"))
    if dimension == "source_kind":
        return lambda v: (v, source_kinds[v].words("en" if english else "zh") if v in source_kinds else v or unknown)
    if dimension == "hazard":
        names = {h.code: str(h) for h in catalogue.hazards()}
        return lambda v: (v, names.get(v, v) or str(_("未识别")))
    if dimension == "origin":
        names = {c.code: str(c) for c in catalogue.codes("country")}
        return lambda v: _origin(v, names) if v else ("", unknown)
    if dimension == "chapter":
        names = {c.code: str(c) for c in catalogue.chapters()}
        return lambda v: (v, f"{v} {names.get(v, '')}".strip() or unknown)
    if dimension == "stage":
        return lambda v: (v, stage_name("information", v))
    return lambda v: (v, v or unknown)


def _origin(text: str, names: dict[str, str]) -> tuple[str, str]:
    """A country, or several of them, however a source wrote them; what is no country stays as it was written."""
    parts = [p.strip() for p in re.split(r"[;；、]", text) if p.strip()]
    codes = sorted({catalogue.country(p) or p for p in parts})
    mark = ", " if (get_language() or "").startswith("en") else "、"
    return ";".join(codes), mark.join(names.get(c, c) for c in codes)


def by_stage(*, to: Person, at: datetime) -> list[tuple[str, str, int]]:
    """How many records of each kind stand at each stage in the person's area, along the river."""
    owners = _owners(access.reader(to, at), at, None)
    rows = Sheet.objects.all() if owners is None else Sheet.objects.filter(owner__in=owners)
    counted = rows.order_by().values_list("kind", "stage").annotate(n=Count("pk"))
    kinds, stages = list(KINDS), list(dict.fromkeys((s.kind, s.enters) for s in STEPS))

    def place(row: tuple[str, str, int]) -> tuple[int, int]:
        return kinds.index(row[0]), stages.index(row[:2]) if row[:2] in stages else len(stages)

    return sorted(counted, key=place)


def to_file(*, to: Person, at: datetime) -> QuerySet[Folder]:
    """Closed cases that nobody archived yet, the longest closed first."""
    closed = Folder.objects.filter(state=Folder.State.CLOSED).select_related("owner", "officer")
    return access.folders_visible(closed, to=to, at=at).order_by("closed_at", "pk")


def to_appraise(*, to: Person, at: datetime) -> QuerySet[Sheet]:
    """Kept items whose term is over and that nobody holds back."""
    over = ArchiveItem.objects.filter(keep_until__lt=shanghai_date(at), on_hold=False).values("pk")
    rows = Sheet.objects.filter(kind="archive_item", stage="kept", pk__in=over).select_related("owner")
    return access.visible(rows, to=to, at=at).order_by("made_at", "pk")


def package_of(sheet: Sheet) -> bytes:
    """An item's package as it was filed; refused once it is destroyed."""
    row = ArchiveItem.objects.select_related("package").get(pk=sheet.pk)
    refuse_unless(row.package, _now("这件档案没有档案包"), remedy=_now("刷新页面后查看"), code="no_package", status=404)
    assert row.package is not None
    return documents.read(row.package)
