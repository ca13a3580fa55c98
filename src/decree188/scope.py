"""What the regulation covers, whom it binds, and who may act where (chapter one)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from decree188.registry import rule, table

interests = table(
    "interests", "The five protected interests that a risk may harm; never averaged, never merged with aspects.",
    ("health", "人类健康和安全", "human health and safety"),
    ("animals_plants", "动植物生命和健康", "animal and plant life and health"),
    ("environment", "环境保护", "environment"),
    ("security", "国家安全", "national security"),
    ("trade_rights", "贸易各方合法权益", "lawful interests of trading parties"),
    article=3,
)
aspects = table(
    "aspects", "The five aspects of a piece of risk information.",
    ("safety", "安全", "safety"), ("hygiene", "卫生", "hygiene"), ("environment", "环境保护", "environment"),
    ("health", "健康", "health"), ("anti_fraud", "反欺诈", "anti-fraud"),
    article=3,
)
spreads = table(
    "spreads", "How far the harm reaches; given with a reason.",
    ("isolated", "个案", "isolated"), ("regional", "区域性", "regional"), ("systemic", "系统性", "systemic"),
    article=3,
)
operator_roles = table(
    "operator_roles", "What an operator is in one case and direction; a company may be another thing in the next.",
    ("consignee", "收货人", "consignee"), ("consignor", "发货人", "consignor"), ("maker", "生产企业", "maker"),
    ("agent", "代理人", "agent"),
    article=3, paragraph=2,
)
tasks = table(
    "tasks", "The work that the regulation covers.",
    ("collection", "风险信息收集", "collection"), ("assessment", "风险信息评估", "assessment"),
    ("disposal", "预警及快速反应", "warning and rapid response"), ("supervision", "监督管理", "supervision"),
    article=2,
)


class Scope(StrEnum):
    """Whether goods are covered."""

    IN = "in"
    OUT = "out"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class ScopeAnswer:
    """Covered or not, and why; a mixed chapter is decided by a person."""

    scope: Scope
    reason_zh: str
    reason_en: str
    elsewhere_zh: str = ""


_OUT_HEADINGS = {"3303", "3304", "3305", "3306", "3307"}
_CHECK_HEADINGS = {"3306", "3307", "3401"}
_MIXED = {25, 28, 29, 30, 31, 33, 34, 35, 41, 43, 44, 45, 46, 50, 51, 52, 53, 96, 97}
_FOOD_PURPOSES = {"12", "21", "27", "28"}


@rule(article=2, paragraph=2)
def excluded_products(code: str, *, purpose: str = "", attributes: Collection[str] = ()) -> ScopeAnswer:
    """Whether goods of a commodity code are outside: food, cosmetics, animal and plant products.

    The chapter table is this library's reading, not an official list. Declared purposes of food, additive or
    cosmetic use, and the genetically modified attribute, make a person decide.

    Parameters
    ----------
    code : str
        Two or more digits of a commodity code.

    >>> excluded_products("9503").scope, excluded_products("0406").scope
    (<Scope.IN: 'in'>, <Scope.OUT: 'out'>)
    """
    if not code[:2].isdigit() or len(code) < 2:
        return ScopeAnswer(Scope.MIXED, "没有商品编码，由人工判断", "no commodity code; a person decides")
    chapter = int(code[:2])
    if chapter <= 24:
        return ScopeAnswer(
            Scope.OUT, f"第{chapter:02d}章属食品、动植物产品", f"chapter {chapter:02d} is food, animal or plant products",
            "食品和动植物检疫主管部门",
        )
    if code[:4] in _OUT_HEADINGS - _CHECK_HEADINGS:
        return ScopeAnswer(Scope.OUT, f"品目{code[:4]}属化妆品", f"heading {code[:4]} is cosmetics", "化妆品主管部门")
    if code[:4] in _CHECK_HEADINGS or chapter in _MIXED:
        return ScopeAnswer(
            Scope.MIXED, f"第{chapter:02d}章既有工业品也有其他产品，由人工判断",
            f"chapter {chapter:02d} is mixed; a person decides",
        )
    if purpose in _FOOD_PURPOSES or "16" in attributes:
        return ScopeAnswer(Scope.MIXED, "申报用途或属性提示可能不是工业品", "declared purpose or attribute hints at other goods")
    return ScopeAnswer(Scope.IN, "属于工业品", "industrial product")


@rule(article=4)
def nationwide(is_headquarters: bool) -> bool:
    """Headquarters acts and sees everywhere."""
    return is_headquarters


@rule(article=4, paragraph=2)
def own_area(owner: int, reach: Collection[int]) -> bool:
    """A customs acts on records of its own area: its own and those of offices below it."""
    return owner in reach


@dataclass(frozen=True, slots=True)
class Remit:
    """Whether a centre may act, and what failed when it may not."""

    allowed: bool
    failed: tuple[str, ...]


@rule(article=5)
def centre_remit(
    *,
    product: str,
    area: str,
    day: date,
    products: Iterable[str],
    areas: Iterable[str],
    valid_from: date,
    valid_until: date,
) -> Remit:
    """A centre acts only on designated products, in the designated area and period.

    ``products`` are commodity-code prefixes and ``areas`` customs district codes or prefixes (``xx00`` = the whole
    district); an empty list means all. ``failed`` holds ``"product"``, ``"area"``, ``"period"``.
    """
    products, areas = list(products), list(areas)
    failed = []
    if products and not any(product.startswith(p) for p in products):
        failed.append("product")
    if areas and not any(area == a or (a.endswith("00") and area[:2] == a[:2]) for a in areas):
        failed.append("area")
    if not valid_from <= day <= valid_until:
        failed.append("period")
    return Remit(not failed, tuple(failed))


traceability_duty = table(
    "traceability_duty", "What a traceability statement names: one step up, one step down, and the lots between.",
    ("lots", "批次", "lots"), ("supplier", "上一环节", "one step up"), ("customers", "下一环节", "one step down"),
    ("records", "记录保存", "records kept"),
    article=7,
)
platform = table(
    "platform", "What the platform does.",
    ("collect", "收集", "collect"), ("publish", "发布", "publish"),
    article=6,
)
