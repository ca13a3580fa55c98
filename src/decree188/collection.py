"""Where risk information comes from, who must report it, and that it is verified before entry (chapter two)."""

from __future__ import annotations

from datetime import datetime, timedelta

from decree188.calendar import WorkCalendar, shanghai_date
from decree188.registry import rule, table

source_kinds = table(
    "source_kinds", "The seventeen kinds of source; the last is open and needs words.",
    ("inspection", "进出口检验监管信息", "inspection and supervision"),
    ("certification", "进出口认证监管信息", "certification supervision"),
    ("testing_body", "检验检测机构提供的信息", "testing and inspection bodies"),
    ("foreign_recall", "境外通报召回信息", "recalls and alerts abroad"),
    ("returned_export", "出口退运信息", "returned exports"),
    ("random_inspection", "抽查检验信息", "random inspection"),
    ("government_association", "各级政府部门及行业协会通报信息", "government departments and associations"),
    ("foreign_government", "境外政府部门通报信息", "foreign governments"),
    ("hospital_injury", "医院伤害报告信息", "hospital injury reports"),
    ("traffic_accident", "交通事故信息", "traffic accidents"),
    ("fire", "消防事故信息", "fires"),
    ("product_accident", "产品安全事故信息", "product safety accidents"),
    ("regulation_standard", "技术法规标准信息", "technical regulations and standards"),
    ("media", "媒体舆情信息", "media"),
    ("operator_report", "生产经营者报告信息", "operator reports"),
    ("consumer_complaint", "消费者投诉信息", "consumer complaints"),
    ("other", "其它风险信息", "other"),
    article=8,
)


@rule(article=9)
def real_name_reports(name: str, proof: str) -> tuple[str, ...]:
    """What a report under one's own name still lacks: ``"name"``, ``"proof"`` (of identity)."""
    return tuple(part for part, value in (("name", name), ("proof", proof)) if not value.strip())


@rule(article=10)
def operator_must_report(
    first_known: datetime, reported: datetime, *, severe: bool, hours: int, working_days: int, calendar: WorkCalendar
) -> bool:
    """Whether an operator's report came in time; the limits are policy, the law says only "promptly".

    A severe one (death, serious injury, recall abroad) counts in hours, others in working days after first
    knowledge. Both moments must carry a time zone; a report before knowledge is a contradiction.
    """
    if reported < first_known:
        raise ValueError("the report is older than the knowledge")
    if severe:
        return reported - first_known <= timedelta(hours=hours)
    return shanghai_date(reported) <= calendar.add_working_days(shanghai_date(first_known), working_days)


@rule(article=10, paragraph=2)
def testing_body_must_report(report_number: str, qualification: str) -> tuple[str, ...]:
    """What a testing body's report lacks: its own report number, a qualification valid that day."""
    rows = (("report_number", report_number), ("qualification", qualification))
    return tuple(part for part, value in rows if not value.strip())


@rule(article=11)
def verify_then_enter(verified: bool, *, verifier: int, approver: int) -> bool:
    """Information is entered only once verified, and verified by one person and approved by another."""
    return verified and verifier != approver
