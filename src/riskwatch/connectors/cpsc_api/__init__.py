"""US CPSC recall API: a JSON array, or one recall a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import ijson

from riskwatch.collection.ports import (
    Arrival,
    BadRow,
    Limits,
    Reading,
    RowProblem,
    UnreadableFile,
    day_of,
    joined,
    unpacked,
)  # fmt: skip


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
        for position, item in _items(stream, limits):
            if isinstance(item, str):
                yield BadRow(position, "", item)
                continue
            try:
                yield translate(item, position)
            except RowProblem as problem:
                yield BadRow(position, problem.field, problem.reason, json.dumps(item, ensure_ascii=False)[:2000])


def _items(stream: BinaryIO, limits: Limits) -> Iterator[tuple[str, dict[str, Any] | str]]:
    plain = unpacked(stream, limits)
    if plain.peek(1)[:1] == b"[" or plain.peek(4)[:4].startswith(b"\xef\xbb\xbf["):
        yield from _array(plain, limits)
        return
    for number, line in enumerate(plain, 1):
        if number > limits.rows:
            raise UnreadableFile(f"超过{limits.rows}行", "拆成几个文件分别采集")
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            yield f"第{number}行", "不是有效的 JSON"
            continue
        yield f"第{number}行", item if isinstance(item, dict) else "不是一条记录"


def _array(plain: Any, limits: Limits) -> Iterator[tuple[str, dict[str, Any] | str]]:
    number = 0
    try:
        for number, item in enumerate(ijson.items(plain, "item", use_float=True), 1):
            if number > limits.rows:
                raise UnreadableFile(f"超过{limits.rows}条", "拆成几个文件分别采集")
            yield f"第{number}条", item if isinstance(item, dict) else "不是一条记录"
    except (ijson.JSONError, UnicodeDecodeError) as error:
        yield f"第{number + 1}条", f"JSON 在此处中断（{type(error).__name__}）"


def _names(item: Mapping[str, Any], key: str, part: str = "Name") -> list[str]:
    rows = item.get(key) or []
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
