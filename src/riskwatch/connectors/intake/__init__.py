"""Our own intake template: one row a piece of information, XLSX or CSV; see docs/intake_template.md."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from hashlib import sha256

from decree188.collection import source_kinds
from decree188.identifiers import InvalidIdentifier, check_commodity_code
from decree188.scope import aspects
from riskwatch.collection.ports import Arrival, RowProblem, TableSource, day_of, needed

COLUMNS = ("来源", "标题", "内容", "产品", "品牌", "型号", "批次", "商品编码", "数量", "原产地", "生产企业", "进口商",
           "进出口", "口岸", "发生日期", "危害", "伤害情况", "方面", "外部编号")  # fmt: skip
_KINDS = {t.zh: t.code for t in source_kinds.values()} | {c: c for c in source_kinds}
_ASPECTS = {t.zh: t.code for t in aspects.values()} | {c: c for c in aspects}
_DIRECTIONS = {"进口": "import", "出口": "export", "": "", "import": "import", "export": "export"}


def translate(row: Mapping[str, str], position: str) -> Arrival:
    """One row, strictly: every code is checked and the field at fault is named."""
    kind = _pick(_KINDS, needed(row, "来源"), "来源")
    title, text = needed(row, "标题"), needed(row, "内容")
    code = row.get("商品编码", "")
    if code:
        try:
            code = check_commodity_code(code)
        except InvalidIdentifier as error:
            raise RowProblem("商品编码", error.reason_zh) from None
    named = tuple(
        _pick(_ASPECTS, a.strip(), "方面") for a in row.get("方面", "").replace("，", "、").split("、") if a.strip()
    )
    mark = row.get("外部编号") or sha256("\x1f".join(row.get(c, "") for c in COLUMNS).encode()).hexdigest()[:24]
    return Arrival(
        external_id=f"intake:{mark}", private=True, position=position, title=title, text=text, original=dict(row) | {"kind": kind},
        language="zh", direction=_pick(_DIRECTIONS, row.get("进出口", ""), "进出口"),
        occurred_on=day_of(row.get("发生日期", ""), "发生日期"), product=row.get("产品", "")[:300],
        brand=row.get("品牌", "")[:200], model=row.get("型号", "")[:500], batch=row.get("批次", "")[:500],
        commodity_code=code, quantity=row.get("数量", "")[:200], origin=row.get("原产地", "")[:100],
        maker=row.get("生产企业", "")[:300], importer=row.get("进口商", "")[:300], port=row.get("口岸", "")[:100],
        hazard_text=row.get("危害", ""), injuries=row.get("伤害情况", ""), aspects=named,
    )  # fmt: skip


def _pick(words: Mapping[str, str], value: str, field: str) -> str:
    if value not in words:
        raise RowProblem(field, f"“{value[:30]}”不在可用值中：{'、'.join(k for k in words if k)[:200]}")
    return words[value]


def template() -> bytes:
    """An empty template with one example row, as CSV that spreadsheet programs open in Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerow(["消费者投诉信息", "电热水壶漏电", "使用中壶体带电，未造成伤害", "电热水壶", "示例牌", "K-100", "B2601", "851679",
                     "1台", "中国", "示例电器厂", "", "出口", "", "2026-01-15", "触电", "无", "安全", "EX-001"])  # fmt: skip
    return ("\ufeff" + out.getvalue()).encode()


SOURCE = TableSource(
    id="intake",
    name_zh="平台采集模板",
    name_en="Platform intake template",
    source_kind="",
    licence="as the sender states",
    needs=("来源", "标题", "内容"),
    translate=translate,
)
