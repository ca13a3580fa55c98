"""Coded words of an assessment: hazards, users, protected interests, evidence grades, clauses, customs' own grades.

Ids are stable: a stored assessment names them for ever. Hazard is the cause, injury (:mod:`riskmethods.injuries`) the
effect; they are two fields. Hazard families follow the product-safety guides' groups (from memory, unverified).

>>> term("hazards", "mechanical.gap").en
'gap that traps a body part'
>>> term("users", "robot")
Traceback (most recent call last):
riskmethods.errors.MethodError: users: no code 'robot'
"""

from __future__ import annotations

from dataclasses import dataclass

from riskmethods.errors import raise_at


@dataclass(frozen=True, slots=True)
class Term:
    """A code with its words; ``within`` is the family's code, ``note`` says where it comes from or how to use it."""

    code: str
    zh: str
    en: str
    within: str = ""
    note: str = ""

    def as_json(self) -> dict[str, str]:
        """As a page's choice list reads it."""
        return {"code": self.code, "zh": self.zh, "en": self.en, "within": self.within, "note": self.note}


def _family(code: str, zh: str, en: str, *members: tuple[str, str, str]) -> tuple[Term, ...]:
    return (Term(code, zh, en), *(Term(f"{code}.{c}", z, e, within=code) for c, z, e in members))


HAZARDS = (
    *_family("mechanical", "机械", "mechanical", ("small_parts", "小零件", "small parts"),
             ("sharp", "锐边尖端", "sharp edges and points"), ("gap", "夹伤间隙", "gap that traps a body part"),
             ("slippery", "湿滑表面", "slippery surface"), ("rough", "粗糙表面", "rough surface"),
             ("stability", "稳定性不足", "instability"), ("strength", "机械强度不足", "insufficient strength"),
             ("height", "高处", "height"), ("spring", "弹性元件", "stored spring energy"),
             ("pressure", "受压气体或液体", "pressurised gas or liquid"), ("moving_parts", "运动部件", "moving parts"),
             ("rotating_parts", "旋转部件", "rotating parts"), ("moving_product", "移动的产品", "moving product"),
             ("projectile", "飞出物", "projectiles")),
    *_family("electrical", "电气", "electrical", ("shock", "触电", "electric shock"),
             ("insulation", "绝缘不足", "insufficient insulation"), ("creepage", "爬电距离不足", "insufficient creepage"),
             ("heat", "电气发热", "electrically caused heat")),
    *_family("fire", "燃烧", "fire", ("battery", "电池热失控", "battery thermal runaway"),
             ("flammable", "易燃材料", "flammable material"), ("ignition", "点火源", "ignition source"),
             ("overheating", "过热", "overheating")),
    *_family("thermal", "热", "thermal", ("hot_surface", "热表面", "hot surface"), ("cold_surface", "冷表面", "cold surface"),
             ("hot_liquid", "热液体", "hot liquid"), ("hot_gas", "热气体", "hot gas"), ("flame", "明火", "open flame")),
    *_family("chemical", "化学", "chemical", ("heavy_metal", "重金属", "heavy metals"),
             ("plasticiser", "增塑剂", "plasticisers"), ("vapour", "挥发物", "vapours"), ("toxic", "有毒", "toxic substance"),
             ("sensitising", "致敏", "sensitising substance"), ("corrosive", "刺激腐蚀", "irritant or corrosive substance"),
             ("cmr", "致癌致突变生殖毒性", "carcinogen, mutagen or toxic to reproduction")),
    *_family("biological", "生物", "biological", ("contamination", "微生物污染", "microbial contamination")),
    *_family("radiation", "辐射", "radiation", ("ultraviolet", "紫外线", "ultraviolet"), ("laser", "激光", "laser"),
             ("emf", "电磁场", "electromagnetic field")),
    *_family("noise_vibration", "噪声振动", "noise and vibration", ("noise", "噪声", "noise"),
             ("vibration", "振动", "vibration")),
    *_family("asphyxia", "窒息", "asphyxia", ("strangulation", "勒颈", "strangulation"),
             ("suffocation", "闷堵", "suffocation"), ("choking", "哽噎", "choking"),
             ("impermeable", "不透气材料", "material impermeable to air"), ("drowning", "溺水", "drowning")),
    *_family("explosion", "爆炸", "explosion", ("mixture", "爆炸性混合物", "explosive mixture")),
    *_family("ergonomic", "人机工效", "ergonomic", ("posture", "不良姿势", "unhealthy posture"),
             ("overexertion", "用力过度", "overexertion")),
    *_family("operating", "操作", "operating", ("inadvertent", "误启动", "inadvertent activation"),
             ("failure_to_stop", "无法停止", "failure to stop"), ("unexpected_start", "意外启动", "unexpected start"),
             ("missing_guard", "缺少防护", "missing guard or protection")),
    Term("software", "软件与网络", "software and cyber"), Term("vehicle_control", "车辆操控", "vehicle control"),
    Term("labelling", "标识", "labelling and warning"), Term("environment", "环保排放", "environmental emission"),
    Term("fraud", "欺诈", "fraud"), Term("trade_rights", "贸易权益", "trade-party interest"),
)  # fmt: skip
USERS = (
    Term("very_vulnerable.infant", "0至36个月婴幼儿", "child of 0 to 36 months", "very_vulnerable"),
    Term(
        "very_vulnerable.disability",
        "重度或复合残障者",
        "person with extensive or complex disability",
        "very_vulnerable",
    ),
    Term("vulnerable.child_3_8", "3至8岁儿童", "child over 3 and under 8 years", "vulnerable"),
    Term("vulnerable.child_8_14", "8至14岁儿童", "child of 8 to 14 years", "vulnerable"),
    Term(
        "vulnerable.reduced",
        "能力减退者（含老年人）",
        "person of reduced capability, the elderly among them",
        "vulnerable",
    ),
    Term("vulnerable.inexperienced", "无经验者", "person without experience", "vulnerable"),
    Term("consumer", "其他消费者", "other consumer"),
    Term("professional", "专业最终用户", "professional end user"),
    Term("bystander", "旁人", "bystander"),
    Term(
        "not_a_person",
        "非人身（动植物、环境、安全、权益）",
        "no person: animals, plants, environment, security, rights",
    ),
)
INTERESTS = (
    Term("health", "人类健康和安全", "human health and safety"),
    Term("animals_plants", "动植物生命和健康", "animal and plant life and health"),
    Term("environment", "环境保护", "environment"),
    Term("security", "国家安全", "national security"),
    Term("trade_rights", "贸易各方合法权益", "lawful interests of trading parties"),
)
CATEGORIES = (
    Term("health_safety", "健康安全", "health and safety"), Term("animals_plants", "动植物", "animals and plants"),
    Term("environment", "环境", "environment"), Term("security", "国家安全", "security"),
    Term("fraud_economic", "欺诈与经济利益", "fraud and economic"),
)  # fmt: skip
# From the strongest to the weakest. The grades are ours: no source fixes them; a step's grade decides what is dropped.
EVIDENCE = (
    Term("A", "检测或实测数据", "measured or tested on this product"), Term("B", "统计或伤害监测数据", "statistics, injury surveillance"),
    Term("C", "文献或同类产品数据", "literature or like products"), Term("D", "专家判断", "expert judgement"),
    Term("E", "假设，尚无证据", "assumption without evidence"),
)  # fmt: skip
_EU = "eu-2024-3173 Annex II 4.1"
PRESUMPTIONS = (
    Term(
        "a",
        "可能造成3至4级伤害，使用者无法自我防护或未被告知，且为危害固有",
        "probable harm of severity 3 or 4 from which users cannot protect themselves or of which they were not told, inherent to the hazard",
        note=_EU,
    ),
    Term("b", "经营者或平台自行声明为严重", "the operator or marketplace itself declared it serious", note=_EU),
    Term("c", "已自愿召回、撤回或下架", "already recalled, withdrawn or taken down voluntarily", note=_EU),
    Term("d", "含禁用物质或超过统一限值", "a banned substance, or above a harmonised limit", note=_EU),
    Term(
        "e.small_parts",
        "36个月以下儿童玩具或用品含小零件",
        "small parts in toys or childcare articles for children under 36 months",
        "e",
        _EU,
    ),
    Term("e.costume", "儿童装扮服高度易燃", "highly flammable children's costume", "e", _EU),
    Term("e.nightwear", "儿童睡衣或面料高度易燃", "highly flammable children's nightwear or fabric", "e", _EU),
    Term("e.drowning", "儿童用品有溺水风险", "childcare article with a risk of drowning", "e", _EU),
    Term(
        "e.drawstring",
        "幼儿服装头颈上胸部有抽绳",
        "drawstring at head, neck or upper chest of a young child's garment",
        "e",
        _EU,
    ),
    Term(
        "e.electrical",
        "电气产品缺陷部件可致触电或起火",
        "electrical product whose defective part can shock or ignite",
        "e",
        _EU,
    ),
    Term(
        "uk.prohibited",
        "化学物质禁用或超限（可反驳）",
        "chemical prohibited or above its limit (rebuttable)",
        note="uk-prism-2",
    ),
    Term(
        "uk.ppe3",
        "第三类个体防护装备不合格（可反驳）",
        "any non-compliance of Category III PPE (rebuttable)",
        note="uk-prism-2",
    ),
    Term(
        "uk.listed",
        "主管机关清单所列产品与危害（可反驳）",
        "a product-hazard pair on the authority's list (rebuttable)",
        note="uk-prism-2",
    ),
)
DEPENDENCE = (
    Term("independent", "相互独立", "independent"), Term("perfect", "完全秩相关", "perfect rank correlation"),
)  # fmt: skip
MEASURE_KINDS = (
    Term("design", "本质安全设计", "inherently safe design"), Term("guard", "防护装置", "guard or protective device"),
    Term("warning", "警示说明", "warning or instruction"), Term("removal", "召回、退运、销毁", "recall, return, destruction"),
    Term("control", "检验监管", "inspection or control"), Term("other", "其他", "other"),
)  # fmt: skip
GRADES = (
    Term("low", "低", "low"), Term("medium_low", "中低", "medium low"), Term("medium", "中", "medium"),
    Term("medium_high", "中高", "medium high"), Term("high", "高", "high"),
)  # fmt: skip
RESPONSES = (
    Term("circular", "风险警示通报", "warning circular"), Term("notice", "风险警示通告", "warning notice"),
    Term("announcement", "风险警示公告", "public announcement"),
    Term("regime_change", "调整检验监管模式", "change of inspection regime"), Term("order", "责令处置", "order"),
    Term("seizure", "查封扣押", "sealing and detention"), Term("survey", "专项调查", "survey"),
    Term("joint_handling", "协同处置", "joint handling"),
)  # fmt: skip
CONSIDERATIONS = (
    Term("uncertainty", "不确定性说明", "statement of uncertainty"), Term("units", "在用数量", "units in use"),
    Term("users", "使用人数", "people who use it"), Term("vulnerable_groups", "弱势群体", "vulnerable groups"),
    Term("several_casualties", "一次多人受害", "several casualties at once"),
    Term("unequal_spread", "风险分布不均", "unequal spread of the risk"),
    Term("psychological_harm", "心理伤害", "psychological harm"),
)  # fmt: skip
TABLES: dict[str, tuple[Term, ...]] = {
    "hazards": HAZARDS, "users": USERS, "interests": INTERESTS, "categories": CATEGORIES, "evidence": EVIDENCE,
    "presumptions": PRESUMPTIONS, "dependence": DEPENDENCE, "measure_kinds": MEASURE_KINDS,
    "grades": GRADES, "responses": RESPONSES, "considerations": CONSIDERATIONS,
}  # fmt: skip
_INDEX = {name: {t.code: t for t in terms} for name, terms in TABLES.items()}


def term(table: str, code: object, *, place: str = "") -> Term:
    """The term of a code.

    Raises
    ------
    MethodError
        Rule ``unknown_code``.
    """
    found = _INDEX[table].get(code) if isinstance(code, str) else None
    if found is None:
        raise_at(place or table, "unknown_code", f"没有代码“{code}”", f"no code {code!r}")
    return found


def codes(table: str) -> tuple[str, ...]:
    """A table's codes in order."""
    return tuple(_INDEX[table])
