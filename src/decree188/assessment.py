"""Who assesses, in what time, what the report holds, and when it is done again (chapter three)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from decree188.registry import Term, rule, table

who_may_assess = table(
    "who_may_assess", "Who may be entrusted with an assessment.",
    ("technical_body", "技术机构", "technical body"), ("panel", "专家小组", "expert panel"),
    ("centre", "国家监测中心", "national monitoring centre"),
    article=12,
)
report_contents = table(
    "report_contents", "The seven parts without which a report cannot be submitted.",
    ("method", "评估方法", "method"), ("category", "风险类别", "risk category"), ("level", "风险等级", "risk level"),
    ("hazard", "危害", "hazard"), ("extent", "范围", "scope"), ("residual", "残余风险", "residual risk"),
    ("proposal", "处置建议", "disposal proposal"),
    article=13, paragraph=2,
)


def missing_parts(report: Mapping[str, object]) -> tuple[Term[object], ...]:
    """The statutory parts that a report leaves empty."""
    return tuple(t for code, t in report_contents.items() if not str(report.get(code) or "").strip())


@rule(article=13)
def in_set_time(due: date, submitted: date) -> bool:
    """Whether a report came within the set time; its last day still counts."""
    return submitted <= due


reassess_on_change = table(
    "reassess_on_change", "Changes that call the same assessor to work again.",
    ("new_death_or_injury", "新的死亡或伤害", "new death or injury"), ("new_batch", "新的批次", "new batch"),
    ("foreign_recall", "境外召回", "recall abroad"), ("standard_changed", "标准变化", "changed standard"),
    ("spread", "影响扩大", "spread"), ("measure_ending", "措施将到期", "measure ending"),
    ("other", "其他重大变化", "other major change"),
    article=14,
)
