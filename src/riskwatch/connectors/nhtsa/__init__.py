"""US NHTSA index of recall documents: one row per document, make, model and model year."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from riskwatch.collection.ports import Arrival, TableSource, needed

UNKNOWN_YEAR = "9999"


def translate(row: Mapping[str, str], position: str) -> Arrival:
    """One row as an arrival; rows that repeat in every column are one."""
    campaign = needed(row, "NHTSA ID")
    make, model, year = row.get("MAKE", ""), row.get("MODEL", ""), row.get("MODEL YEAR", "")
    summary = row.get("SUMMARY", "")
    year = "" if year == UNKNOWN_YEAR else year
    mark = sha256("\x1f".join(row.values()).encode()).hexdigest()[:24]
    return Arrival(
        external_id=f"nhtsa:{campaign}:{mark}",
        position=position,
        title=f"{campaign} {make} {model} {year}".strip(),
        text=summary,
        original=dict(row),
        reference=campaign,
        product=f"{make} {model} {year}".strip()[:300],
        brand=make[:200],
        model=f"{model} {year}".strip()[:500],
        hazard_text=summary,
        aspects=("safety",),
    )


SOURCE = TableSource(
    id="nhtsa-documents",
    name_zh="美国公路交通安全管理局召回文件",
    name_en="US NHTSA recall documents",
    source_kind="foreign_recall",
    licence="US federal government work, public domain in the US",
    needs=("NHTSA ID", "DOCUMENT NAME", "MAKE", "MODEL", "MODEL YEAR", "SUMMARY"),
    translate=translate,
)
