"""Reading information for other rooms."""

from __future__ import annotations

from riskwatch.case.models import Sheet
from riskwatch.collection.models import Information, SourceFile
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
