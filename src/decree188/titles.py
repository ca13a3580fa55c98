"""What each rule is called, for pages: a short title in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from decree188.measure_rules import MEASURE_RULES

TITLES: Mapping[str, tuple[str, str]] = {
    "who_may_assess": ("谁可以受托评估", "who may assess"),
    "report_contents": ("评估报告七项内容", "seven parts of a report"),
    "in_set_time": ("是否按时提交报告", "report in time"),
    "reassess_on_change": ("应当重新评估的变化", "changes that call for reassessment"),
    "source_kinds": ("十七类信息来源", "seventeen kinds of source"),
    "real_name_reports": ("实名报告所需内容", "what a named report needs"),
    "operator_must_report": ("企业报告是否及时", "operator's report in time"),
    "testing_body_must_report": ("检测机构报告所需内容", "what a testing body's report needs"),
    "verify_then_enter": ("先核实后录入，核实与审核分开", "verified by one, approved by another, then entered"),
    "judge_then_decide": ("先研判后决定", "judged, then decided"),
    "warning_kinds": ("三种预警措施", "three warnings"),
    "circular_rule": ("通报发给谁", "a circular's audience"),
    "notice_rule": ("通告发给谁", "a notice's audience"),
    "announcement_rule": ("公告的内容", "contents of an announcement"),
    "rapid_responses": ("五种快速反应措施", "five rapid responses"),
    "regime_change_rule": ("监管方式调整的内容", "what a change of regime fixes"),
    "order_kinds": ("可以责令的事项", "what may be ordered"),
    "seizure_kinds": ("查封和扣押", "sealing and detention"),
    "survey_scopes": ("专项调查的范围", "scope of a survey"),
    "joint_contents": ("通报有关部门的内容", "what a letter to a department holds"),
    "emergency": ("紧急决定的条件", "conditions of an emergency decision"),
    "adjust": ("凭新情况调整或延期", "adjusting on fresh grounds"),
    "file_upward": ("向上一级备案", "filing one level up"),
    "lapses": ("期满自动解除", "ending with its term"),
    "lift_when_gone": ("解除措施的原因", "reasons to lift"),
    "lift_application": ("申请解除所需条件", "what an application to lift needs"),
    "operator_duties": ("企业四项义务", "four duties of an operator"),
    "duty_reduce": ("消减风险的计划", "plan to reduce the risk"),
    "duty_tell": ("通报利益相关方", "telling those concerned"),
    "duty_report": ("报告措施和结果", "reporting measures and results"),
    "duty_cooperate": ("配合调查", "cooperation"),
    "in_force": ("办法自何日起适用", "from when the regulation binds"),
    "breaches": ("可责令改正的违法行为", "breaches to be corrected"),
    "breach_reporting": ("不报、瞒报、漏报", "not reporting, concealing, omitting"),
    "breach_cooperation": ("不配合", "not cooperating"),
    "breach_reduction": ("消减不及时或不当", "reducing late or badly"),
    "breach_telling": ("未如实通报", "not telling truthfully"),
    "may_fine": ("可以罚款的条件", "conditions of a fine"),
    "assessors_true_reports": ("评估报告应客观真实", "true assessment reports"),
    "testing_bodies_true_reports": ("检测报告应真实", "true testing reports"),
    "officers": ("工作人员不得有的行为", "what officers must not do"),
    "separation_of_duties": ("互相监督的步骤由两人办理", "two people for steps that check each other"),
    "secrecy": ("保密等级", "grades of secrecy"),
    "publish_by_rule": ("公开须另一人审核并去除不应公开的内容", "release by a second person, redacted"),
    "classify_archive_count": ("分类、归档、统计", "classify, archive, count"),
    "retention_classes": ("档案保存类别", "retention classes"),
    "retention": ("档案保存到何日", "how long a file is kept"),
    "interests": ("五类受保护的利益", "five protected interests"),
    "aspects": ("风险信息五个方面", "five aspects of information"),
    "spreads": ("影响范围", "how far harm reaches"),
    "operator_roles": ("生产经营者的身份", "parts of an operator"),
    "tasks": ("适用的工作", "work covered"),
    "excluded_products": ("不适用的产品", "products outside"),
    "nationwide": ("总署统管全国", "headquarters nationwide"),
    "own_area": ("主管海关管本辖区", "a customs in its own area"),
    "centre_remit": ("监测中心的指定范围", "a centre's designation"),
    "traceability_duty": ("追溯声明的内容", "contents of a traceability statement"),
    "platform": ("平台的功能", "what the platform does"),
    "evaluate_measures": ("可评估的措施", "measures that may be evaluated"),
    "evaluate_customs": ("评估人未参与选定措施", "an evaluator who did not choose the measure"),
    "evaluate_operator": ("评估人与企业无利害关系", "an evaluator without ties"),
    "talk_with_operator": ("约谈企业的条件", "conditions of a talk with an operator"),
    "talk_with_customs_head": ("上级约谈海关负责人的条件", "conditions of a talk with a head of customs"),
}


def title(name: str, language: str = "zh") -> str:
    """A rule's title.

    >>> title("lapses"), title("measure_rules.notice", "en")
    ('期满自动解除', 'rule book: warning notice')
    """
    english = language.startswith("en")
    if name.startswith("measure_rules."):
        row = MEASURE_RULES[name.removeprefix("measure_rules.")]
        return f"rule book: {row.en}" if english else f"{row.zh}的要件"
    return TITLES[name][1 if english else 0]
