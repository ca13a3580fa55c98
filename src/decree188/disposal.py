"""Judging, deciding, warning, responding, filing, adjusting and ending (chapter four)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from decree188.registry import rule, table


@rule(article=15)
def judge_then_decide(*, judged: bool, accepted_report: bool, assessor: int | None, decider: int) -> tuple[str, ...]:
    """What a decision lacks: ``"judgement"``, ``"report"``, ``"other_decider"`` (the assessor may not decide)."""
    rows = (("judgement", judged), ("report", accepted_report), ("other_decider", assessor != decider))
    return tuple(part for part, holds in rows if not holds)


warning_kinds = table(
    "warning_kinds", "The three warnings.",
    ("circular", "风险警示通报", "warning circular"), ("notice", "风险警示通告", "warning notice"),
    ("announcement", "风险警示公告", "public announcement"),
    article=16,
)
circular = table("circular_rule", "A circular's audience.", ("offices", "相关海关", "customs offices"), article=16, item=1)
notice = table(
    "notice_rule", "A notice's audience.", ("operators", "生产经营者", "operators"), ("bodies", "相关机构", "bodies"),
    article=16, item=2,
)
announcement = table(
    "announcement_rule", "What an announcement says.", ("compulsory", "强制性措施", "compulsory measures"),
    ("advice", "消费提示", "advice to consumers and users"), article=16, item=3,
)
rapid_responses = table(
    "rapid_responses", "The five rapid responses.",
    ("regime_change", "调整检验监管模式", "change of inspection regime"), ("order", "责令处置", "order"),
    ("seizure", "查封扣押", "sealing or detention"), ("survey", "专项调查", "survey"),
    ("joint_handling", "通报协同", "joint handling"),
    article=17,
)
regime_change = table(
    "regime_change_rule", "What a change of regime fixes.", ("from", "原模式", "from"), ("to", "新模式", "to"),
    ("scope", "范围", "scope"), article=17, item=1,
)
order_kinds = table(
    "order_kinds", "What an order may command.",
    ("return_shipment", "退运", "return shipment"), ("destruction", "销毁", "destruction"),
    ("stop_trade", "停止进出口", "stop of import or export"), ("stop_sale_use", "停止销售和使用", "stop of sale and use"),
    ("recall", "召回", "recall"),
    article=17, item=2,
)
seizure_kinds = table(
    "seizure_kinds", "Sealing and detention, with every formality of the coercion law.",
    ("sealing", "查封", "sealing"), ("detention", "扣押", "detention"), article=17, item=3,
)
survey_scopes = table(
    "survey_scopes", "What a survey looks into, in a period.", ("products", "同类产品", "like products"),
    ("trade", "相关行业", "related trade"), ("area", "关联区域", "related area"), article=17, item=4,
)
joint_contents = table(
    "joint_contents", "What a letter to a department holds.", ("facts", "通报内容", "facts"),
    ("proposal", "协同处置建议", "proposal of joint handling"), article=17, item=5,
)


@rule(article=18)
def emergency(
    *, is_headquarters: bool, urgent_reason: str, unknowns: str, practice: str, review_on: date | None
) -> tuple[str, ...]:
    """What an emergency decision lacks; only headquarters may take one, and a review day is compulsory."""
    rows: tuple[tuple[str, object], ...] = (
        ("headquarters", is_headquarters), ("urgent_reason", urgent_reason.strip()), ("unknowns", unknowns.strip()),
        ("practice", practice.strip()), ("review_on", review_on),
    )
    return tuple(part for part, value in rows if not value)


@rule(article=19)
def adjust(fresh_grounds: str) -> bool:
    """A measure is adjusted, or extended, only on fresh grounds."""
    return bool(fresh_grounds.strip())


@rule(article=20)
def file_upward(offices_above: Sequence[int]) -> int | None:
    """The office to file with: the next higher one, and no other; None for headquarters."""
    return offices_above[0] if offices_above else None


@rule(article=21)
def lapses(ends_on: date | None, today: date) -> bool:
    """A measure with a term ends by itself once its last day is over; one without a term never does.

    >>> lapses(date(2027, 3, 31), date(2027, 3, 31)), lapses(date(2027, 3, 31), date(2027, 4, 1))
    (False, True)
    """
    return ends_on is not None and today > ends_on


lift_when_gone = table(
    "lift_when_gone", "Why an office lifts a measure before its end.", ("gone", "风险已不存在", "the risk is gone"),
    ("low", "风险已降至适当程度", "the risk is low enough"), article=21, paragraph=2,
)


@rule(article=21, paragraph=3)
def lift_application(*, report: bool, authenticity: bool | None, conformity: bool | None) -> tuple[str, ...]:
    """What an application to lift lacks before it can be granted: report, and both judgements passed."""
    rows = (("report", report), ("authenticity", authenticity), ("conformity", conformity))
    return tuple(part for part, value in rows if not value)


operator_duties = table(
    "operator_duties", "The four duties of an operator that knows.",
    ("reduce", "实施风险消减措施", "reduce the risk"), ("tell_parties", "通报利益相关方", "tell interested parties"),
    ("report", "报告措施及结果", "report measures and results"), ("cooperate", "配合调查和监督", "cooperate"),
    article=22,
)
duty_reduce = table("duty_reduce", "What the plan holds.", ("plan", "方案", "plan"), ("measures", "措施", "measures"),
                    article=22, item=1)
duty_tell = table("duty_tell", "What a telling records.", ("whom", "对象", "whom"), ("when", "时间", "when"),
                  ("text", "内容", "text"), ("proof", "凭证", "proof"), article=22, item=2)
duty_report = table("duty_report", "What the report holds: measures and results.", ("measures", "措施", "measures"),
                    ("results", "结果", "results"), article=22, item=3)
duty_cooperate = table("duty_cooperate", "What is recorded of cooperation.", ("requests", "要求", "requests"),
                       ("visits", "核查", "visits"), ("refusals", "拒绝", "refusals"), article=22, item=4)
