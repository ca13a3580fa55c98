"""Who answers for what (chapter six)."""

from __future__ import annotations

from decimal import Decimal

from decree188.registry import rule, table

MAX_FINE = Decimal("30000")
breaches = table(
    "breaches", "What an operator may be ordered to correct.",
    ("not_reported", "未报告、瞒报、漏报", "not reported, concealed or omitted"),
    ("not_cooperating", "不配合", "not cooperating"), ("late_reduction", "消减不及时或不当", "late or ineffective reduction"),
    ("parties_not_told", "未通报利益相关方", "parties not told"),
    article=27,
)
breach_reporting = table("breach_reporting", "Three findings with their own proof.", ("late", "未主动报告", "not reported"),
                         ("concealed", "瞒报", "concealed"), ("omitted", "漏报", "omitted"), article=27, item=1)
breach_cooperation = table("breach_cooperation", "Two ways of not cooperating.", ("measures", "措施", "with measures"),
                           ("supervision", "监督", "with supervision"), article=27, item=2)
breach_reduction = table("breach_reduction", "Two ways of failing to reduce.", ("late", "不及时", "late"),
                         ("ineffective", "措施不当", "ineffective"), article=27, item=3)
breach_telling = table("breach_telling", "What was not told.", ("truth", "真实情况", "the truth"),
                       ("measures", "消减措施", "the measures"), article=27, item=4)


@rule(article=27)
def may_fine(*, order_served: bool, term_over: bool, refused: bool, serious: bool, amount: Decimal) -> tuple[str, ...]:
    """What a fine lacks: a served order, its term over, refusal **and** serious consequence, a lawful amount."""
    rows = (
        ("order_served", order_served), ("term_over", term_over), ("refusal", refused), ("consequence", serious),
        ("amount", Decimal(0) < amount <= MAX_FINE),
    )
    return tuple(part for part, holds in rows if not holds)


assessors_true_reports = table("assessors_true_reports", "What a report must be.", ("objective", "客观", "objective"),
                               ("true", "真实", "true"), ("accurate", "准确", "accurate"), article=28)
testing_bodies_true_reports = table("testing_bodies_true_reports", "What a testing report must be.",
                                    ("true", "真实", "true"), ("objective", "客观", "objective"), article=29)
officers = table("officers", "What an officer must not do.", ("abuse", "滥用职权", "abuse of office"),
                 ("neglect", "玩忽职守", "neglect"), ("favour", "徇私舞弊", "favouritism"), article=30)


@rule(article=30, source="《进出口商品检验法》第三十条|Import and Export Commodity Inspection Law, article 30")
def separation_of_duties(first: int, second: int) -> bool:
    """Two steps that check each other are taken by two people."""
    return first != second
