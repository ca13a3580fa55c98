"""US CPSC website's CSV export of recalls."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape

from riskwatch.collection.ports import Arrival, TableSource, day_of, joined, needed


def translate(row: Mapping[str, str], position: str) -> Arrival:
    """One exported recall as an arrival; the same number as the API's recall."""
    clean = {k: unescape(v) for k, v in row.items()}
    number = needed(clean, "Recall Number").replace("-", "")
    return Arrival(
        external_id=f"cpsc:{number}",
        position=position,
        title=needed(clean, "Recall Heading"),
        text=joined([clean.get("Description", ""), clean.get("Hazard Description", "")], "\n"),
        original=dict(row),
        reference=clean["Recall Number"],
        published_on=day_of(clean.get("Date", ""), "Date"),
        product=clean.get("Name of product", "")[:300],
        quantity=clean.get("Units", "")[:200],
        origin=clean.get("Manufactured In", "")[:100],
        maker=clean.get("Manufacturers", "")[:300],
        importer=clean.get("Importers", "")[:300],
        hazard_text=clean.get("Hazard Description", ""),
        injuries=clean.get("Incidents", ""),
        disposition=joined([clean.get("Remedy", ""), clean.get("Remedy Type", "")]),
        aspects=("safety",),
    )


SOURCE = TableSource(
    id="cpsc-csv",
    name_zh="美国消费品安全委员会网站导出",
    name_en="US CPSC site export",
    source_kind="foreign_recall",
    licence="US federal government work, public domain in the US",
    needs=("Recall Number", "Date", "Recall Heading"),
    translate=translate,
)
