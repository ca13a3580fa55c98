"""Reading information for other rooms."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from riskwatch.case.models import Sheet
from riskwatch.collection.models import Addition, Identity, Information, SourceFile
from riskwatch.parties.models import Organisation


def product_and_area(sheet: Sheet) -> tuple[str, str]:
    """Commodity code and customs district of a piece: by declaration, by port's name, else its office; empty when unknown."""
    info = Information.objects.get(pk=sheet.pk)
    area = info.declaration_number[:4]
    if not area and info.port:
        office = Organisation.objects.filter(kind="office", name_zh__startswith=info.port[:20]).first()
        area = office.code if office else ""
    if not area and sheet.owner.kind == "office":
        area = sheet.owner.code
    return info.commodity_code, area


def files(offices: list[int]) -> list[SourceFile]:
    """The latest collected files of some offices."""
    return list(SourceFile.objects.filter(office__in=offices).select_related("office").order_by("-begun_at")[:50])


def counted(sheets: QuerySet[Sheet]) -> QuerySet[Information]:
    """Information on some sheets, for counting."""
    return Information.objects.filter(sheet__in=sheets)


RENEWED = "来源更新："


def changes_risk(piece: Sheet) -> tuple[bool, bool, str]:
    """Whether a piece tells of deaths or injuries, whether it is a recall abroad, and what it says in short."""
    info = Information.objects.get(pk=piece.pk)
    counts = [f"{name}{n}" for name, n in ((_("死亡"), info.deaths), (_("受伤"), info.injured)) if n]
    said = "；".join([piece.title, *counts, info.injuries.strip()[:200]]).strip("；")
    return bool(info.deaths or info.injured or info.injuries.strip()), info.source_kind == "foreign_recall", said


def renewals(pieces: QuerySet[Sheet], since: datetime) -> list[tuple[int, int, str]]:
    """Recalls abroad among some pieces that their source told anew since a moment: (piece, key of the addition, words)."""
    rows = Addition.objects.filter(information__sheet__in=pieces, at__gt=since, text__startswith=RENEWED)
    rows = rows.filter(information__source_kind="foreign_recall").order_by("pk")
    return [(row.information_id, row.pk, row.text[:300]) for row in rows]


def receipts_since(moment: datetime | None) -> list[tuple[str, str, str, datetime]]:
    """Number, stage, last answer and time of every report by a member of the public that moved since a moment."""
    rows = Identity.objects.filter(destroyed_at=None).select_related("information__sheet")
    if moment is not None:
        rows = rows.filter(
            Q(information__sheet__moved_at__gte=moment) | Q(information__additions__at__gte=moment)
        ).distinct()
    found = []
    for row in rows:
        last = row.information.additions.filter(text__startswith="海关答复：").order_by("-at").first()
        sheet = row.information.sheet
        found.append(
            (
                sheet.number,
                sheet.stage,
                last.text if last else "",
                max(sheet.moved_at, last.at if last else sheet.moved_at),
            )
        )
    return found
