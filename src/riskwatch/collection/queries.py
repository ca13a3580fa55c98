"""Reading information for other rooms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from decree188.calendar import shanghai_date
from decree188.scope import Scope
from riskwatch.case.access import visible
from riskwatch.case.models import Sheet
from riskwatch.collection.mass import Row, kept_sources, observations, rows_of
from riskwatch.collection.models import Addition, Identity, Information, SourceFile
from riskwatch.collection.ports import sources
from riskwatch.collection.remit import area_of
from riskwatch.look.words import clauses, labelled
from riskwatch.parties.models import Organisation, Person

__all__ = ["Row", "kept_sources", "observations", "rows_of"]


def product_and_area(sheet: Sheet) -> tuple[str, str]:
    """Commodity code and customs district of a piece: by declaration, by port's name, else its office; empty when unknown."""
    info = Information.objects.get(pk=sheet.pk)
    return info.commodity_code, area_of(info.declaration_number, info.port, sheet.owner)


def codes_of(sheets: Iterable[int]) -> list[str]:
    """The commodity codes of some pieces, each once; an unknown one is empty."""
    return sorted(set(Information.objects.filter(pk__in=list(sheets)).values_list("commodity_code", flat=True)))


def told_of(sheets: Iterable[int]) -> set[tuple[str, str]]:
    """Commodity code and hazard of some pieces, each pair once."""
    return set(Information.objects.filter(pk__in=list(sheets)).values_list("commodity_code", "hazard"))


def origins_of(sheets: Iterable[int]) -> tuple[set[str], set[Any]]:
    """The sources and the files that some pieces came from; what was registered by hand has no file."""
    rows = list(Information.objects.filter(pk__in=list(sheets)).values_list("source", "file"))
    return {source for source, _file in rows}, {file for _source, file in rows}


def dateless(until: date, *, besides: Iterable[str]) -> list[tuple[int, str, str, str, str, str, str]]:
    """Pieces that an index abroad brought without any date, received up to a day, in other stages than some.

    Key, source, its kind, the report they belong to (the index's number, else their own), brand, hazard, commodity code.
    """
    rows = Information.objects.filter(
        source__in=indexes(), published_on=None, occurred_on=None, sheet__destroyed_at=None
    )
    rows = rows.exclude(sheet__stage__in=list(besides)).order_by("pk")
    shown = rows.values_list(
        "pk", "source", "source_kind", "reference", "external_id", "brand", "hazard", "commodity_code", "received_at"
    )
    return [(pk, source, kind, reference or own, brand, hazard, code)
            for pk, source, kind, reference, own, brand, hazard, code, at in shown.iterator(chunk_size=5000) if shanghai_date(at) <= until]  # fmt: skip


def indexes() -> list[str]:
    """The sources of one kind each, as authorities publish them; a template's rows may be of any kind."""
    return [s.id for s in sources() if s.source_kind]


def areas_of(ports: Iterable[str]) -> dict[str, str]:
    """The customs district of each port's name; empty where no office bears it."""
    nobody = Organisation()
    return {port: area_of("", port, nobody) if port else "" for port in set(ports)}


def files(offices: list[int]) -> list[SourceFile]:
    """The latest collected files of some offices."""
    return list(SourceFile.objects.filter(office__in=offices).select_related("office").order_by("-begun_at")[:50])


def waiting_of(file: SourceFile, *, to: Person, at: datetime) -> list[int]:
    """Keys of a file's pieces that wait to be dealt with, as far as a person may see them."""
    rows = Sheet.objects.filter(
        kind="information", stage="received", pk__in=Information.objects.filter(file=file).values("pk")
    )
    return list(visible(rows, to=to, at=at).order_by("pk").values_list("pk", flat=True))


def counted(sheets: QuerySet[Sheet]) -> QuerySet[Information]:
    """Information on some sheets, for counting."""
    return Information.objects.filter(sheet__in=sheets)


RENEWED = "来源更新："


def changes_risk(piece: Sheet) -> tuple[bool, bool, str]:
    """Whether a piece tells of deaths or injuries, whether it is a recall abroad, and what it says in short."""
    info = Information.objects.get(pk=piece.pk)
    counts = [f"{name}{n}" for name, n in ((_("死亡"), info.deaths), (_("受伤"), info.injured)) if n]
    said = clauses([piece.title, *counts, info.injuries.strip()[:200]]).strip("；")
    return bool(info.deaths or info.injured or info.injuries.strip()), info.source_kind == "foreign_recall", said


def renewals(pieces: QuerySet[Sheet], since: datetime) -> list[tuple[int, int, str]]:
    """Recalls abroad among some pieces that their source told anew since a moment: (piece, key of the addition, words)."""
    rows = Addition.objects.filter(information__sheet__in=pieces, at__gt=since, kind=Addition.Kind.UPDATE)
    rows = rows.filter(information__source_kind="foreign_recall").order_by("pk")
    return [(row.information_id, row.pk, f"{RENEWED}{row.text}"[:300]) for row in rows]


def turned_away(info: Information, stage: str) -> list[tuple[str, str]]:
    """Why a piece was not taken and where it belongs, for whoever reported it; nothing while it is customs' business."""
    if stage not in ("out_of_scope", "transferred"):
        return []
    where = _("接收部门") if stage == "transferred" else _("请向这里反映")
    rows = ((_("不予受理的理由"), info.scope_reason if info.scope == Scope.OUT else ""), (where, info.elsewhere))
    return [(label, words) for label, words in rows if words]


def receipts_since(moment: datetime | None) -> list[tuple[str, str, str, datetime]]:
    """Number, stage, last answer and time of every report by a member of the public that moved since a moment."""
    rows = Identity.objects.filter(destroyed_at=None).select_related("information__sheet")
    if moment is not None:
        rows = rows.filter(
            Q(information__sheet__moved_at__gte=moment) | Q(information__additions__at__gte=moment)
        ).distinct()
    found = []
    for row in rows:
        last = row.information.additions.filter(kind=Addition.Kind.ANSWER).order_by("-at", "-pk").first()
        sheet = row.information.sheet
        found.append(
            (
                sheet.number,
                sheet.stage,
                "\n".join(
                    [
                        *([last.text] if last else []),
                        *(labelled(*said) for said in turned_away(row.information, sheet.stage)),
                    ]
                ),
                max(sheet.moved_at, last.at if last else sheet.moved_at),
            )
        )
    return found
