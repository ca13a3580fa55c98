"""US fatal road crashes (FARS accident files): coded columns, one row per crash; they name no product and no make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from riskwatch.collection.ports import Arrival, RowProblem, TableSource, needed, number_of

FIRE_OR_EXPLOSION = "2"


def translate(row: Mapping[str, str], position: str) -> Arrival:
    """One crash as an arrival."""
    case = needed(row, "ST_CASE")
    try:
        day = date(*(int(needed(row, part)) for part in ("YEAR", "MONTH", "DAY")))
    except ValueError as error:
        if isinstance(error, RowProblem):
            raise
        raise RowProblem("DAY", f"不是有效日期：{row['YEAR']}-{row['MONTH']}-{row['DAY']}"[:80]) from None
    deaths = int(number_of(needed(row, "FATALS"), "FATALS"))
    fire = row.get("HARM_EV", "") == FIRE_OR_EXPLOSION
    return Arrival(
        external_id=f"fars:{day.year}:{case}",
        position=position,
        title=f"FARS {day.year}-{case}",
        text=f"vehicles {row.get('VE_TOTAL', '')}, persons {row.get('PERSONS', '')}, deaths {deaths}",
        original=dict(row),
        reference=f"{day.year}-{case}",
        occurred_on=day,
        hazard_text="fire" if fire else "",
        injuries=f"deaths: {deaths}",
        aspects=("safety",),
    )


SOURCE = TableSource(
    id="fars",
    name_zh="美国致死道路事故（FARS）",
    name_en="US fatal road crashes (FARS)",
    source_kind="traffic_accident",
    licence="US federal government work, public domain in the US",
    needs=("ST_CASE", "VE_TOTAL", "DAY", "MONTH", "YEAR", "HARM_EV", "FATALS"),
    translate=translate,
    holds="observations",
)
