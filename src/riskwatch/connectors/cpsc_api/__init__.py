"""US CPSC recall API: a JSON array, or one recall a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from riskwatch.collection.ports import (
    Arrival,
    BadRow,
    Limits,
    Reading,
    RowProblem,
    day_of,
    joined,
    json_records,
    translated,
)


class CpscApi:
    """Recalls as the agency's API gives them; the same recall under several categories is one."""

    id = "cpsc-api"
    name_zh = "美国消费品安全委员会召回接口"
    name_en = "US CPSC recall API"
    source_kind = "foreign_recall"
    licence = "US federal government work, public domain in the US"

    def recognises(self, head: bytes, name: str) -> bool:
        return b'"RecallID"' in head and b'"RecallNumber"' in head

    def read(self, stream: BinaryIO, limits: Limits) -> Reading:
        for position, item in json_records(stream, limits):
            yield BadRow(position, "", item) if isinstance(item, str) else translated(translate, item, position)


def _names(item: Mapping[str, Any], key: str, part: str = "Name") -> list[str]:
    rows = item.get(key) or []
    if not isinstance(rows, list):
        raise RowProblem(key, "应是一列")
    return [str(r.get(part) or "").strip() for r in rows if isinstance(r, dict) and r.get(part)]


def translate(item: Mapping[str, Any], position: str) -> Arrival:
    """One recall as an arrival."""
    number = str(item.get("RecallNumber") or item.get("RecallID") or "").replace("-", "").strip()
    if not number:
        raise RowProblem("RecallNumber", "不能为空")
    title = str(item.get("Title") or "").strip()
    if not title:
        raise RowProblem("Title", "不能为空")
    original = {k: v for k, v in item.items() if k != "category_slug"}
    countries = joined(_names(item, "ManufacturerCountries", "Country"))
    return Arrival(
        external_id=f"cpsc:{number}",
        position=position,
        title=title,
        text=joined([str(item.get("Description") or ""), *_names(item, "Hazards")], "\n"),
        original=original,
        reference=str(item.get("RecallNumber") or ""),
        url=str(item.get("URL") or "").replace("https:/www", "https://www"),
        published_on=day_of(str(item.get("RecallDate") or "")[:10], "RecallDate"),
        product=joined(_names(item, "Products"))[:300],
        model=joined(_names(item, "Products", "Model"))[:500],
        batch=joined(_names(item, "ProductUPCs", "UPC"))[:500],
        quantity=joined(_names(item, "Products", "NumberOfUnits"))[:200],
        origin=countries[:100],
        maker=joined(_names(item, "Manufacturers"))[:300],
        importer=joined(_names(item, "Importers"))[:300],
        hazard_text=joined(_names(item, "Hazards")),
        injuries=joined(_names(item, "Injuries")),
        disposition=joined([*_names(item, "Remedies"), *_names(item, "RemedyOptions", "Option")]),
        aspects=("safety",),
    )


SOURCE = CpscApi()
