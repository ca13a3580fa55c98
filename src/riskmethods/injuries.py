"""How grave an injury is: the injury table, severities for harm other than to people, and our own policy scales.

The injury rows are condensed from the guides' table (from memory, unverified row by row; the four levels themselves
were read in the regulation). ``None`` is a cell that the table leaves empty.

>>> cells("fracture")[2].en
'ankle, leg, hip, skull, minor spine, several ribs'
>>> severities_of("drowning")
(4,)
>>> scale("security").policy, scale("environment").policy
(True, False)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from riskmethods.errors import raise_at
from riskmethods.vocabulary import codes


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Injury:
    """An injury with what it looks like at each severity 1 to 4."""

    code: str
    zh: str
    en: str
    cells: tuple[Words | None, Words | None, Words | None, Words | None]


@dataclass(frozen=True, slots=True)
class Scale:
    """What severity 1 to 4 means for one protected interest; ``policy`` marks a scale of our own, to be edited.

    ``likelihood`` is empty, or what each of a grid's eight rows of probability means for this interest, the most
    probable first; it words a row and moves no edge.
    """

    interest: str
    levels: tuple[Words, Words, Words, Words]
    source: str
    policy: bool = False
    likelihood: tuple[Words, ...] = ()

    def as_json(self) -> dict[str, Any]:
        rows = {"likelihood": [w.as_json() for w in self.likelihood]} if self.likelihood else {}
        return {"interest": self.interest, "levels": [w.as_json() for w in self.levels], "source": self.source,
                "policy": self.policy, **rows}  # fmt: skip


def _row(code: str, zh: str, en: str, *four: str) -> Injury:
    split = [Words(*(part.strip() for part in cell.split("|"))) if cell else None for cell in four]
    return Injury(code, zh, en, (split[0], split[1], split[2], split[3]))


INJURIES = (
    _row("laceration", "割裂伤", "laceration, cut", "浅表|superficial",
         "深（体表>10 cm，面部>5 cm），需缝合；肌腱；眼白|deep (over 10 cm on the body, 5 cm on the face), stitches; tendon; white of the eye",
         "视神经、颈动脉、气管、内脏|optic nerve, neck artery, trachea, internal organ",
         "主动脉、支气管、食管、高位脊髓、脑|aorta, bronchi, oesophagus, high spinal cord, brain"),
    _row("bruise", "挫伤", "bruise", "面部≤25 cm²，体表≤50 cm²|up to 25 cm² on the face, 50 cm² on the body", "更大面积|larger",
         "气管、次要脏器、心、脑、胸腔积血积气|trachea, minor organ, heart, brain, lung with blood or air in the chest",
         "脑干、脊髓致瘫痪|brain stem, spinal cord with paralysis"),
    _row("concussion", "脑震荡", "concussion", "", "昏迷数分钟|unconscious for minutes", "长时间昏迷|long unconsciousness", "昏迷不醒|coma"),
    _row("pinch", "夹伤", "entrapment, pinch", "轻微夹伤|minor pinch", "", "按最终结果（挤压、骨折、截断）评定|use the final outcome: crush, fracture, amputation",
         "按窒息评定|as for suffocation"),
    _row("sprain", "扭伤拉伤", "sprain, strain", "四肢、关节、脊柱|extremities, joints, spine", "膝韧带|knee ligament",
         "韧带肌腱断裂、挥鞭伤|rupture or tear, whiplash", ""),
    _row("dislocation", "脱位", "dislocation", "", "指、趾、肘、颌，牙松动|finger, toe, elbow, jaw, loose tooth",
         "踝、腕、肩、髋、膝、脊|ankle, wrist, shoulder, hip, knee, spine", "脊柱|spinal column"),
    _row("fracture", "骨折", "fracture", "", "指、趾、手、足、腕、臂、肋、鼻、牙|finger, toe, hand, foot, wrist, arm, rib, nose, tooth",
         "踝、腿、髋、颅、轻度脊柱、多根肋骨|ankle, leg, hip, skull, minor spine, several ribs", "颈、脊柱|neck, spinal column"),
    _row("crushing", "挤压伤", "crushing", "", "", "四肢、喉、骨盆|extremities, larynx, pelvis",
         "脊髓、胸部（大面积）、脑干|spinal cord, chest (massive), brain stem"),
    _row("amputation", "截断", "amputation", "", "", "指、趾、手、足、部分肢体、眼|finger, toe, hand, foot, part of a limb, eye",
         "双侧肢体|both extremities"),
    _row("piercing", "刺穿", "piercing", "仅皮肤|skin only", "深于皮肤，腹壁|deeper than the skin, abdominal wall",
         "眼、脏器、胸壁|eye, organ, chest wall", "主动脉、心、深部脏器|aorta, heart, deep organ"),
    _row("suffocation", "气道阻塞、窒息、勒颈", "blocked airway, suffocation, strangulation", "", "",
         "缺氧，无永久影响|oxygen cut off without permanent effect", "永久影响或致命|permanent effect, or fatal"),
    _row("drowning", "溺水", "drowning", "", "", "", "致命|fatal"),
    _row("burn", "烧烫伤", "burn, scald", "一度；二度<6%体表|first degree; second degree under 6 % of the body",
         "二度6–15%|second degree, 6 to 15 %", "二度16–35%或三度≤35%；吸入性烧伤|second degree 16 to 35 %, or third degree up to 35 %; inhalation burn",
         ">35%；吸入性烧伤需通气|over 35 %; inhalation burn with ventilation"),
    _row("electric_shock", "电击", "electric shock", "局部作用、痉挛|local effect, cramp", "", "", "电击致死|electrocution"),
    _row("eye", "眼伤害", "eye", "暂时疼痛|passing pain", "暂时失明|passing loss of sight", "部分失明或单眼|partial loss, or one eye", "双眼|both eyes"),
    _row("ear", "耳伤害", "ear", "暂时疼痛|passing pain", "暂时听力下降|passing impairment", "部分失聪或单耳|partial loss, or one ear", "双耳|both ears"),
    _row("poisoning", "中毒", "poisoning", "呕吐、局部症状|vomiting, local effect", "可逆脏器损害|reversible organ damage",
         "不可逆脏器、可逆神经损害|irreversible organ or reversible nerve damage", "不可逆神经损害、致命|irreversible nerve damage, fatal"),
    _row("irritation", "刺激、腐蚀", "irritation, corrosion", "轻微局部|slight, local", "可逆眼损害或全身|reversible eye damage or systemic",
         "呼吸系统、不可逆全身、部分失明|respiratory, irreversible systemic, partial sight", "需通气、窒息|ventilation needed, asphyxia"),
    _row("allergy", "过敏", "allergy", "轻度局部|mild, local", "广泛性皮炎|widespread dermatitis", "多物质强致敏|strong sensitisation to several substances",
         "过敏性休克|anaphylaxis"),
    _row("long_term", "长期接触", "long-term exposure", "局部|local", "可逆脏器|reversible organ", "神经系统、不可逆脏器|nervous system, irreversible organ",
         "癌症、生殖、后代|cancer, reproduction, offspring"),
    _row("infection", "感染", "infection", "", "可逆|reversible", "不可逆|irreversible", "迁延、耐药、致命|prolonged, resistant, fatal"),
)  # fmt: skip
_INDEX = {one.code: one for one in INJURIES}
LIKELIHOOD_ROWS = 8
_EU = "Delegated Regulation (EU) 2024/3173, Annex II 3.3.3"


def _four(*cells_: str) -> tuple[Words, Words, Words, Words]:
    a, b, c, d = (Words(*(part.strip() for part in cell.split("|"))) for cell in cells_)
    return a, b, c, d


_OTHER = _four(
    "通常很快完全可逆，无需专业人员|usually fully reversible soon, without a specialist",
    "一段时间内可逆，需专业人员|reversible within a period, a specialist needed",
    "影响显著，须专业力量大力恢复，否则不可逆|significant; reversed only by great specialist effort, else irreversible",
    "影响巨大，多方面不可逆|large, irreversible in several respects",
)
SCALES = (
    Scale("health", _four(
        "急救或基本处理，基本不影响功能，通常完全可逆|first aid or basic treatment; function hardly hampered, usually fully reversible",
        "可能就医，一般不住院；功能受影响不超过六个月，大体恢复|a hospital visit may be needed, generally no stay; function affected up to six months, more or less full recovery",
        "通常住院且功能受影响超过六个月，或永久丧失功能|normally a hospital stay and function affected over six months, or a permanent loss",
        "致命或可能致命，影响生殖或后代，严重丧失肢体或功能（约10%以上残疾）|is or could be fatal, affects reproduction or offspring, severe loss of limb or function (over about 10 % disability)",
    ), _EU),
    Scale("animals_plants", _OTHER, _EU), Scale("environment", _OTHER, _EU),
    Scale("security", _four(
        "个别事项受影响，主管机关可自行消除|a single matter, removed by the office in charge itself",
        "局部影响，须多个部门配合消除|local; several authorities together remove it",
        "影响重要领域或关键设施，恢复困难|an important field or critical facility, hard to restore",
        "影响国家重大安全利益，后果难以挽回|a major security interest of the state, hardly reversible",
    ), "our own policy, to be edited by headquarters", policy=True),
    Scale("trade_rights", _four(
        "个别交易方的小额损失，可协商弥补|a small loss of single parties, made good by agreement",
        "多个交易方的损失，经行政或司法途径可弥补|losses of several parties, made good by administrative or legal means",
        "大量交易方的重大损失，或系统性欺诈|heavy losses of many parties, or systematic fraud",
        "行业或市场秩序受到难以恢复的破坏|lasting damage to a trade or to market order",
    ), "our own policy, to be edited by headquarters", policy=True),
)  # fmt: skip
_SCALES = {one.interest: one for one in SCALES}


def injury(code: object, *, place: str = "injury") -> Injury:
    """The injury of a code.

    Raises
    ------
    MethodError
        Rule ``unknown_code``.
    """
    found = _INDEX.get(code) if isinstance(code, str) else None
    if found is None:
        raise_at(place, "unknown_code", f"没有伤害代码“{code}”", f"no injury {code!r}")
    return found


def cells(code: str) -> tuple[Words | None, ...]:
    """What an injury looks like at severity 1 to 4."""
    return injury(code).cells


def severities_of(code: str) -> tuple[int, ...]:
    """The severities that the table knows for an injury; another one calls for a written reason."""
    return tuple(n for n, cell in enumerate(injury(code).cells, 1) if cell is not None)


def scale(interest: str) -> Scale:
    """What severity means for a protected interest.

    Raises
    ------
    MethodError
        Rule ``unknown_code``.
    """
    if interest not in _SCALES:
        raise_at("interest", "unknown_code", f"没有利益代码“{interest}”", f"no interest {interest!r}")
    return _SCALES[interest]


def scale_from_json(record: Mapping[str, Any], *, place: str = "scale") -> Scale:
    """A scale as headquarters edits it: four levels in both languages, and eight rows of likelihood or none.

    It stays marked as policy.

    Raises
    ------
    MethodError
        Rule ``bad_scale``: not four levels with words in both languages, likelihood that is neither empty nor eight
        rows in both languages, or an unknown interest.
    """
    levels = record.get("levels") if isinstance(record, Mapping) else None
    if not _worded(levels, 4) or record.get("interest") not in codes("interests"):
        raise_at(
            place,
            "bad_scale",
            "须有利益代码和四级中英文说明",
            "an interest and four levels in both languages are needed",
        )
    rows = record.get("likelihood") or []
    if rows and not _worded(rows, LIKELIHOOD_ROWS):
        raise_at(f"{place}.likelihood", "bad_scale", f"可能性须写满{LIKELIHOOD_ROWS}行中英文说明，或全部留空",
                 f"likelihood has {LIKELIHOOD_ROWS} rows in both languages, or none")  # fmt: skip
    assert levels is not None
    a, b, c, d = _pairs(levels)
    return Scale(str(record["interest"]), (a, b, c, d), str(record.get("source", "")), True, tuple(_pairs(rows)))


def _worded(rows: Any, count: int) -> bool:
    """Whether these are so many texts in both languages."""
    return isinstance(rows, list) and len(rows) == count and all(
        isinstance(w, Mapping) and all(isinstance(w.get(k), str) and w[k].strip() for k in ("zh", "en")) for w in rows)  # fmt: skip


def _pairs(rows: Any) -> list[Words]:
    return [Words(w["zh"].strip(), w["en"].strip()) for w in rows]
