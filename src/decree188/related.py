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

    def words(self, language: str = "zh") -> str:
        """What is limited."""
        return _ENGLISH[self.key][0] if language.startswith("en") else self.zh

    def starts_words(self, language: str = "zh") -> str:
        """What it is counted from."""
        return _ENGLISH[self.key][1] if language.startswith("en") else self.starts

    def cite(self, language: str = "zh") -> str:
        """The law and its article.

        >>> DEADLINES["seizure_term"].cite("en")
        'Administrative Compulsion Law, article 25'
        """
        if not language.startswith("en"):
            return self.basis
        law, _, article = self.basis.partition("第")
        return _LAWS[law] + (f", article {article.removesuffix('条')}" if article else "")

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

# What each limit is and what it counts from.
_ENGLISH: Mapping[str, tuple[str, str]] = {
    "seizure_term": ("term of sealing or detention", "day of sealing or detention"),
    "seizure_extension": ("extension of sealing or detention", "end of the first term"),
    "urgent_seizure_report": ("approval after compulsion on the spot", "compulsion on the spot"),
    "evidence_registration": ("handling of evidence registered in advance", "registration"),
    "hearing_request": ("request for a hearing", "service of the notice"),
    "hearing_notice": ("notice of a hearing", "before the hearing"),
    "penalty_decision": ("decision on a penalty", "opening of the case"),
    "penalty_service": ("service of a penalty", "decision"),
    "fine_payment": ("payment of a fine", "service"),
    "public_notice_service": ("service by public notice", "publication of the notice"),
    "review_application": ("application for administrative review", "knowledge of the act"),
    "suit_direct": ("direct suit", "knowledge of the act"),
    "suit_after_review": ("suit after review", "receipt of the review decision"),
    "court_enforcement": ("application for enforcement by a court", "end of the time for review and suit"),
    "disclosure": ("release on own initiative", "making of the information"),
    "disclosure_withdrawal": ("withdrawal of what was released", "change or annulment of the penalty"),
    "archive_retention": ("retention of an ordinary file", "closing of the case"),
    "archive_long_term": ("retention of a long-term file", "closing of the case"),
    "log_retention": ("network logs", "record"),
    "operator_report_severe": ("report of a serious risk", "knowledge"),
    "operator_report": ("report of an ordinary risk", "knowledge"),
    "verification": ("verification", "beginning of verification"),
    "handling": ("handling after registration", "receipt"),
    "assessment": ("assessment", "commission"),
    "reassessment": ("answer to a prompt to reassess", "substantial change"),
    "measure_ending": ("notice before a measure ends", "before its end"),
    "take_up": ("answer to a commission", "commission"),
    "decision": ("judgement and decision", "beginning of judgement"),
    "filing_upward": ("filing of a measure", "issue"),
    "filing_upward_urgent": ("filing of a recall, detention or the like", "issue"),
    "provisional_review": ("review of an emergency measure", "emergency decision"),
    "lifting_answer": ("answer to an application to lift", "receipt of the application"),
    "acknowledge": ("acknowledgement", "service"),
    "duty": ("performance of a duty", "service or knowledge"),
    "objection_answer": ("answer to an objection", "receipt of the objection"),
    "proposal_answer": ("answer to a disposal proposal", "receipt of the proposal"),
    "transfer_answer": ("answer to a transfer", "proposal of the transfer"),
    "correction_answer": ("answer to a correction request", "receipt of the request"),
    "recall_report": ("report of a recall", "knowledge"),
    "recall_plan": ("recall plan", "discovery or notice"),
}
_LAWS: Mapping[str, str] = {
    "行政强制法": "Administrative Compulsion Law",
    "行政处罚法": "Administrative Penalty Law",
    "民事诉讼法": "Civil Procedure Law",
    "行政复议法": "Administrative Review Law",
    "行政诉讼法": "Administrative Litigation Law",
    "政府信息公开条例": "Regulations on Open Government Information",
    "网络安全法": "Cybersecurity Law",
    "本办法档案规定": "this regulation, on archives",
    "消费品召回管理暂行规定": "Interim Provisions on the Recall of Consumer Products",
    "policy": "policy",
}

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
