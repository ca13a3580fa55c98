"""EU Safety Gate weekly report in XML."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext_lazy as _

from riskwatch.collection.ports import (
    Arrival,
    Limits,
    Reading,
    RowProblem,
    UnreadableFile,
    day_of,
    translated,
    unpacked,
)
from riskwatch.collection.reading import Meter, RecordTooLarge

EMPTY = {"none", "nincs", "unknown", "-"}


class SafetyGate:
    """Alerts of one week; the element that repeats is called ``notifications``."""

    id = "safety-gate"
    name_zh = "欧盟安全门周报"
    name_en = "EU Safety Gate weekly report"
    source_kind = "foreign_recall"
    licence = "European Union, reuse with attribution"

    def recognises(self, head: bytes, name: str) -> bool:
        return b"<Safety-Gate" in head

    def read(self, stream: BinaryIO, limits: Limits) -> Reading:
        number, reported = 0, ""
        for element in _elements(unpacked(stream, limits), limits):
            if element.tag == "report_date":
                reported = (element.text or "").strip()
            if element.tag != "notifications":
                continue
            number += 1
            position = f"notifications[{number}]"
            row = {child.tag: _text(child) for child in element}
            yield translated(partial(translate, reported=reported), row, position)
        if not number:
            raise UnreadableFile(
                _("里面没有一条通报（notifications）：可能是周报目录，而不是某一周的周报"),
                _("下载某一周的周报 XML 后再试"),
            )


def _elements(plain: Any, limits: Limits) -> Iterator[Element]:
    """Elements as they end, with those of a record emptied once it is over; depth and size of a record are bounded."""
    meter, depth, count = Meter(plain, limits.record), 0, 0
    try:
        for event, element in iterparse(meter, events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if depth > limits.depth:
                raise UnreadableFile(_("XML 嵌套超过%(n)s层"), _("向提供方索取正确的文件"), n=limits.depth)
            if event == "start":
                continue
            count += 1
            if count > limits.rows:
                raise UnreadableFile(_("XML 元素过多"), _("拆成几个文件分别采集"))
            yield element
            if depth == 1 or element.tag == "notifications":
                element.clear()
                meter.mark()
    except DefusedXmlException:
        raise UnreadableFile(_("XML 带有实体或外部引用，不予读取"), _("向提供方索取不带实体的文件")) from None
    except RecordTooLarge:
        raise UnreadableFile(_("XML 中一条记录超过%(n)s字节"), _("向提供方索取正确的文件"), n=limits.record) from None
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableFile(_("XML 格式有误：%(why)s"), _("重新获取文件后再试"), why=error) from None


def _text(element: Element) -> str:
    parts = [t.strip() for t in element.itertext() if t.strip()]
    text = "\n".join(parts)
    return "" if text.lower() in EMPTY else text


def translate(row: dict[str, str], position: str, reported: str) -> Arrival:
    """One notification as an arrival."""
    case = row.get("caseNumber", "")
    if not case:
        raise RowProblem("caseNumber", "不能为空")
    product = row.get("product") or row.get("name") or ""
    if not product:
        raise RowProblem("product", "不能为空")
    return Arrival(
        external_id=f"safety-gate:{case}",
        position=position,
        title=f"{case} {product} {row.get('brand', '')}".strip(),
        text="\n".join(t for t in (row.get("description", ""), row.get("danger", "")) if t),
        original=row,
        reference=case,
        url=row.get("reference", "").rstrip(","),
        published_on=day_of(row.get("date") or reported, "report_date", day_first=True),
        product=product[:300],
        brand=row.get("brand", "")[:200],
        model=row.get("type_numberOfModel", "")[:500],
        batch="; ".join(t for t in (row.get("batchNumber", ""), row.get("barcode", "")) if t)[:500],
        origin=row.get("countryOfOrigin", "")[:100],
        hazard_text="; ".join(t for t in (row.get("riskType", ""), row.get("danger", "")) if t),
        disposition=row.get("measures", ""),
        aspects=("safety",),
    )


SOURCE = SafetyGate()
