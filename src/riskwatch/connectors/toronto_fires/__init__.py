"""Fire incidents of Toronto's fire service: the source of ignition is the city's own word for a product, without a code."""

from __future__ import annotations

import re
from collections.abc import Mapping

from riskwatch.collection.ports import Arrival, RowProblem, TableSource, day_of, joined, needed

_CODED = re.compile(r"(\d{2,4})\s*-\s*(.+)", re.S)
# Ignition codes that name no product: collisions, open fires, sparks, weather, exposures, other, unknown.
NO_PRODUCT = {"85", "88", *map(str, range(92, 100)), *map(str, range(101, 109)), "999", "9990"}
TYPES = {"01": "fire", "02": "explosion"}


def _coded(text: str, field: str) -> tuple[str, str]:
    if not text:
        return "", ""
    found = _CODED.fullmatch(text)
    if found is None:
        raise RowProblem(field, f"不是“代码 - 说明”：{text[:40]}")
    return found[1], found[2].strip()


def translate(row: Mapping[str, str], position: str) -> Arrival:
    """One incident as an arrival; the product is named only where the city names one."""
    number = needed(row, "_id").removesuffix(".0")
    day = day_of(needed(row, "tfs_alarm_time")[:10], "tfs_alarm_time")
    code, ignition = _coded(row.get("ignition_source", ""), "ignition_source")
    cause, kind = row.get("possible_cause", ""), _coded(row.get("final_incident_type", ""), "final_incident_type")[0]
    hurt = row.get("civilian_casualties", "").removesuffix(".0")
    return Arrival(
        external_id=f"toronto-fire:{number}",
        position=position,
        title=f"Toronto fire {number} {ignition}".strip()[:300],
        text=joined((row.get("final_incident_type"), row.get("area_of_origin"), ignition, cause)),
        original=dict(row),
        reference=number,
        occurred_on=day,
        product="" if code in NO_PRODUCT else ignition[:120],
        hazard_text=TYPES.get(kind, ""),
        injuries=f"civilian casualties: {hurt}" if hurt not in ("", "0") else "",
        aspects=("safety",),
    )


SOURCE = TableSource(
    id="toronto-fires",
    name_zh="多伦多消防火灾事故",
    name_en="Toronto fire incidents",
    source_kind="fire",
    licence="Open Government Licence - Toronto",
    needs=("_id", "ignition_source", "possible_cause", "final_incident_type", "tfs_alarm_time"),
    translate=translate,
    holds="observations",
)
