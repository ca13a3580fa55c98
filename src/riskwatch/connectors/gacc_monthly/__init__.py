"""The customs monthly list of non-conforming imports: nine columns, XLSX or CSV."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from riskwatch.collection.ports import Arrival, TableSource, joined, needed

COLUMNS = ("序号", "产品名称", "品牌", "数量", "进口商名称", "原产地", "不合格原因", "处置措施", "进境口岸")
ALIASES = {
    "商品名称": "产品名称", "产品品牌": "品牌", "数/重量": "数量", "数重量": "数量", "进口商": "进口商名称",
    "产地": "原产地", "原产国": "原产地", "不合格项目": "不合格原因", "不合格情况": "不合格原因", "处理措施": "处置措施",
    "口岸": "进境口岸", "入境口岸": "进境口岸",
}  # fmt: skip


def translate(row: Mapping[str, str], position: str) -> Arrival:
    """One listed batch as an arrival; the same batch in the same words is the same piece."""
    product, reason = needed(row, "产品名称"), needed(row, "不合格原因")
    if not row.get("序号", "").replace(".", "").isdigit():
        needed({"序号": ""}, "序号")
    kept = [row.get(c, "") for c in COLUMNS[1:]]
    mark = sha256("\x1f".join(kept).encode()).hexdigest()[:24]
    return Arrival(
        external_id=f"gacc-monthly:{mark}",
        position=position,
        title=joined([product, row.get("品牌"), reason], " "),
        text=f"{product}：{reason}",
        original=dict(row),
        language="zh",
        direction="import",
        product=product[:300],
        brand=row.get("品牌", "")[:200],
        quantity=row.get("数量", "")[:200],
        origin=row.get("原产地", "")[:100],
        importer=row.get("进口商名称", "")[:300],
        port=row.get("进境口岸", "")[:100],
        hazard_text=reason,
        disposition=row.get("处置措施", ""),
    )


SOURCE = TableSource(
    id="gacc-monthly",
    name_zh="进口工业产品不合格月度名单",
    name_en="Customs monthly list of non-conforming imports",
    source_kind="inspection",
    licence="Chinese government information",
    needs=("序号", "产品名称", "数量", "不合格原因", "处置措施"),
    translate=translate,
    aliases=ALIASES,
)
