"""Seeded events: products that fail in plausible ways, told in our own words, as intake rows or registered facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

PRODUCTS = (
    ("磁力积木玩具", "950300", "小磁铁松脱后可能被儿童误吞", "中国", "吞食磁铁后就医"), ("电动平衡车", "871160", "锂电池充电时过热起火", "越南", "轻微烧伤"),
    ("儿童雨衣", "620140", "兜帽绳带过长有勒颈危险", "柬埔寨", ""), ("电热水壶", "851679", "壶体绝缘不足使用中漏电", "德国", "触电麻木"),
    ("婴儿床", "940350", "床栏间隙过大可能夹住头部", "波兰", ""), ("汽车制动软管", "870830", "软管开裂导致制动失灵", "美国", "追尾事故"),
    ("不锈钢炊具", "732393", "涂层重金属迁移超标", "意大利", ""), ("取暖器", "851629", "倾倒后不断电引燃织物", "韩国", "火灾"),
    ("自行车头盔", "650610", "冲击吸收性能不合格", "日本", ""), ("便携充电宝", "850760", "电芯短路冒烟", "马来西亚", "手部烫伤"),
    ("儿童睡衣", "610831", "阻燃性能不合格", "印度", ""), ("激光笔", "901320", "激光功率超出标示等级", "泰国", "视力受损"),
)  # fmt: skip
BRANDS = ("星河", "Nordik", "蓝鲸", "Kestrel", "小松果", "Velora", "长风", "Aurum")
KINDS = ("inspection", "foreign_recall", "consumer_complaint", "random_inspection", "hospital_injury", "media", "fire", "government_association",
         "traffic_accident", "product_accident", "certification", "returned_export")  # fmt: skip
PORTS = ("浦江", "洋山", "吴淞", "皇岗", "大窑湾", "白云机场")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    title: str
    facts: dict[str, object]


def events(seed: int, count: int) -> Iterator[Event]:
    """Events of a seed: the same seed tells the same story."""
    luck = Random(seed)  # noqa: S311 - a story, not a secret
    for number in range(count):
        product, code, harm, origin, injury = luck.choice(PRODUCTS)
        brand = luck.choice(BRANDS)
        model = f"{luck.choice('ABCDKMT')}{luck.randrange(10, 999)}"
        batch = f"B{luck.randrange(2301, 2612)}-{number:05d}"
        units = luck.randrange(40, 9000)
        facts: dict[str, object] = {
            "source_kind": luck.choice(KINDS), "text": f"{brand}{product}（型号{model}）{harm}，涉及批次{batch}，数量{units}件。", "product": product,
            "brand": brand, "model": model, "batch": batch, "commodity_code": code, "quantity": f"{units}件", "origin": origin,
            "direction": "import", "port": luck.choice(PORTS), "hazard_text": harm, "injuries": injury, "aspects": ["safety"],
        }  # fmt: skip
        yield Event(f"{brand}{product}{model}{harm}", facts)
