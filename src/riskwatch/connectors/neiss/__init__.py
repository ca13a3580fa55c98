"""US hospital injury sample (NEISS): one row per emergency visit, with its sampling weight; these files name no product."""

from __future__ import annotations

from collections.abc import Mapping

from riskwatch.collection.ports import Arrival, RowProblem, TableSource, day_of, joined, needed, number_of

DISPOSITIONS = {
    "1": "诊治后离院",
    "2": "诊治后转院",
    "4": "收治住院",
    "5": "留院观察",
    "6": "未诊治离开",
    "8": "死亡",
    "9": "未记录",
}
# Fire or smoke was involved; whether the fire service came does not matter here.
FIRE = ("1", "2", "3")


def translate(row: Mapping[str, str], position: str) -> Arrival:
    """One visit as an arrival. No product and, without fire, no hazard: the file says neither."""
    number, day = needed(row, "id"), day_of(needed(row, "date"), "date")
    weight = number_of(needed(row, "weight"), "weight")
    outcome = row.get("disposition", "")
    if outcome and outcome not in DISPOSITIONS:
        raise RowProblem("disposition", f"不在代码表中：{outcome[:20]}")
    fire = row.get("fire", "") in FIRE
    age = row.get("age", "")
    told = joined((f"月龄{age}" if age else "", DISPOSITIONS.get(outcome, ""), "涉及火或烟" if fire else ""), "；")
    return Arrival(
        external_id=f"neiss:{number}",
        position=position,
        title=f"NEISS {number}",
        text=told,
        original=dict(row),
        reference=number,
        occurred_on=day,
        hazard_text="fire" if fire else "",
        injuries=DISPOSITIONS.get(outcome, ""),
        aspects=("safety",),
        weight=weight,
    )


SOURCE = TableSource(
    id="neiss",
    name_zh="美国医院伤害监测抽样（NEISS）",
    name_en="US hospital injury sample (NEISS)",
    source_kind="hospital_injury",
    licence="US federal government work, public domain in the US",
    needs=("id", "weight", "date", "age", "disposition", "location", "fire", "stratum", "psu"),
    translate=translate,
    holds="observations",
)
