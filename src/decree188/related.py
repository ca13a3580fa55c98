"""What other laws fix, and the policy values that stand where the law gives no number; each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

Unit = Literal["calendar_days", "working_days", "months", "years", "hours"]
Mark = Literal["statutory", "policy", "unverified"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit.

    Attributes
    ----------
    starts : str
        What it is counted from.
    basis : str
        The law and article, or ``policy``.
    rolls : bool
        Whether a last day on a rest day moves to the next working day.
    """

    key: str
    zh: str
    length: int
    unit: Unit
    starts: str
    basis: str
    mark: Mark
    rolls: bool = True
    valid_from: date = date(2017, 4, 1)

    def with_length(self, length: int, unit: str) -> Deadline:
        """The same limit with another policy value; a statutory one cannot be changed."""
        if self.mark == "statutory":
            raise ValueError(f"{self.key} is fixed by {self.basis}")
        if unit not in ("calendar_days", "working_days", "months", "years", "hours") or length <= 0:
            raise ValueError(f"{length} {unit} is no time limit")
        return replace(self, length=length, unit=unit)  # type: ignore[arg-type]


_S: Mark = "statutory"
_P: Mark = "policy"
_ROWS: tuple[Deadline, ...] = (
    Deadline("seizure_term", "查封扣押期限", 30, "calendar_days", "查封扣押日", "行政强制法第25条", _S, rolls=False),
    Deadline("seizure_extension", "查封扣押延长", 30, "calendar_days", "首期届满", "行政强制法第25条", _S, rolls=False),
    Deadline("urgent_seizure_report", "当场强制补办", 24, "hours", "当场实施", "行政强制法第19条", _S, rolls=False),
    Deadline("evidence_registration", "先行登记处理", 7, "working_days", "登记", "行政处罚法第56条", _S),
    Deadline("hearing_request", "要求听证", 5, "working_days", "告知书送达", "行政处罚法第64条", _S),
    Deadline("hearing_notice", "听证通知", 7, "working_days", "听证前", "行政处罚法第64条", _S),
    Deadline("penalty_decision", "处罚决定", 90, "calendar_days", "立案", "行政处罚法第60条", _S),
    Deadline("penalty_service", "处罚送达", 7, "working_days", "决定", "行政处罚法第61条", _S),
    Deadline("fine_payment", "缴纳罚款", 15, "calendar_days", "送达", "行政处罚法第67条", _S),
    Deadline("public_notice_service", "公告送达", 30, "calendar_days", "公告发出", "民事诉讼法第95条", _S),
    Deadline("review_application", "申请复议", 60, "calendar_days", "知道行为", "行政复议法第20条", _S),
    Deadline("suit_direct", "直接起诉", 6, "months", "知道行为", "行政诉讼法第46条", _S),
    Deadline("suit_after_review", "复议后起诉", 15, "calendar_days", "收到复议决定", "行政诉讼法第45条", _S),
    Deadline("court_enforcement", "申请强制执行", 3, "months", "复议、起诉期满", "行政强制法第53条", _S),
    Deadline("disclosure", "主动公开", 20, "working_days", "信息形成", "政府信息公开条例第26条", _S),
    Deadline("disclosure_withdrawal", "撤回公开", 3, "working_days", "处罚变更撤销", "行政处罚法第48条", _S),
    Deadline("archive_retention", "一般档案保存", 3, "years", "结案", "本办法档案规定", _S, rolls=False),
    Deadline("archive_long_term", "长期档案保存", 30, "years", "结案", "policy", _P, rolls=False),
    Deadline("log_retention", "网络日志", 6, "months", "记录", "网络安全法第21条", _S, rolls=False),
    Deadline("operator_report_severe", "严重风险报告", 24, "hours", "知悉", "policy", _P, rolls=False),
    Deadline("operator_report", "一般风险报告", 2, "working_days", "知悉", "policy", _P),
    Deadline("verification", "核实", 10, "working_days", "开始核实", "policy", _P),
    Deadline("handling", "登记后处理", 5, "working_days", "收到", "policy", _P),
    Deadline("assessment", "评估", 30, "calendar_days", "委托", "policy", _P),
    Deadline("reassessment", "答复重新评估提示", 5, "working_days", "出现重大变化", "policy", _P),
    Deadline("measure_ending", "措施到期前提示", 30, "calendar_days", "到期前", "policy", _P, rolls=False),
    Deadline("take_up", "答复委托", 3, "working_days", "委托", "policy", _P),
    Deadline("decision", "研判决定", 10, "working_days", "开始研判", "policy", _P),
    Deadline("filing_upward", "措施备案", 3, "working_days", "签发", "policy", _P),
    Deadline("filing_upward_urgent", "召回扣押等备案", 1, "working_days", "签发", "policy", _P),
    Deadline("provisional_review", "紧急措施复核", 30, "calendar_days", "紧急决定", "policy", _P, rolls=False),
    Deadline("lifting_answer", "解除申请答复", 20, "working_days", "收到申请", "policy", _P),
    Deadline("acknowledge", "签收", 3, "working_days", "送达", "policy", _P),
    Deadline("duty", "履行义务", 10, "working_days", "送达或知悉", "policy", _P),
    Deadline("objection_answer", "异议答复", 10, "working_days", "收到异议", "policy", _P),
    Deadline("proposal_answer", "处置建议答复", 10, "working_days", "收到建议", "policy", _P),
    Deadline("transfer_answer", "移送答复", 3, "working_days", "提出移送", "policy", _P),
    Deadline("correction_answer", "更正答复", 10, "working_days", "收到请求", "policy", _P),
    Deadline("recall_report", "召回报告", 2, "working_days", "知悉", "消费品召回管理暂行规定", "unverified"),
    Deadline("recall_plan", "召回计划", 10, "working_days", "发现或通知", "消费品召回管理暂行规定", "unverified"),
)
DEADLINES: Mapping[str, Deadline] = {d.key: d for d in _ROWS}

FINE_GRADES: tuple[tuple[str, str, Decimal, Decimal], ...] = (
    ("lighter", "从轻", Decimal(0), Decimal("0.3")),
    ("ordinary", "一般", Decimal("0.3"), Decimal("0.5")),
    ("heavier", "从重", Decimal("0.5"), Decimal(1)),
)


def fine_grade(amount: Decimal, maximum: Decimal) -> str:
    """The discretion grade of a fine with no lower bound (inspection cases, from 2024).

    Raises
    ------
    ValueError
        The amount is negative or above the maximum.

    >>> fine_grade(Decimal("8999.99"), Decimal(30000)), fine_grade(Decimal(15000), Decimal(30000))
    ('lighter', 'heavier')
    """
    if not 0 <= amount <= maximum:
        raise ValueError(f"{amount} is outside 0 to {maximum}")
    for code, _, low, high in FINE_GRADES[:-1]:
        if maximum * low <= amount < maximum * high:
            return code
    return FINE_GRADES[-1][0]
