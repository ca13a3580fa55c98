"""The table of steps: which record moves from where to where, by whom, apart from whom, by which rule.

Read a row as a sentence: *a ``kind`` in ``leaves`` may ``name`` into ``enters`` by a ``roles`` holder
``at`` that organisation, who did none of ``apart_from``; ``rule`` says so.*
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NEW = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table.

    ``at`` names where the role must be held: ``owner`` (the owning office, one above it, or one that handles the case
    jointly), ``lead`` (the same without the joint offices), ``only_owner``, ``superior`` (strictly above),
    ``headquarters``, or a part in the sheet (``commissioned``, ``addressee``, ``reporter``). Parts are joined with ``|``.
    ``ends`` names a step (``"verification.fall_away"``) that is taken along on every sheet that rests on this one and stands
    where that step leaves.
    """

    kind: str
    name: str
    leaves: tuple[str, ...]
    enters: str
    roles: tuple[str, ...]
    zh: str | Promise
    at: str = "owner"
    apart_from: tuple[str, ...] = ()
    rule: str = ""
    final: bool = False
    ends: str = ""

    @property
    def act(self) -> str:
        """The journal's word for it, for example ``assessment.accept``."""
        return f"{self.kind}.{self.name}"


OFFICER = ("case_officer",)
APPROVER = ("approver",)
DECIDER = ("decider",)
ISSUER = ("issuer",)
DESK = ("registrar", "case_officer")
BODY = ("assessor", "body_head", "panel_chair")
FIRM = ("operator_staff", "operator_manager")
CLOCK = ("clock",)

INFORMATION = (
    Step("information", "receive", (NEW,), "received", ("registrar", "collector"), _("登记"), rule="source_kinds"),
    Step("information", "submit", (NEW,), "received", (*FIRM, "tester", "body_head"), _("报告"), at="reporter",
         rule="operator_must_report"),
    Step("information", "refuse_scope", ("received", "verified"), "out_of_scope", ("registrar",), _("不予受理"),
         rule="excluded_products"),
    Step("information", "transfer_out", ("received", "verified", "out_of_scope"), "transferred", ("registrar",), _("移送其他部门"),
         rule="excluded_products"),
    Step("information", "begin", ("received", "refuted", "unverifiable"), "verifying", ("registrar", "verifier"),
         _("开始核实"), rule="verify_then_enter"),
    Step("information", "verify", ("verifying", "received"), "verified", APPROVER, _("核实属实"),
         apart_from=("verification.report", "information.receive"), rule="verify_then_enter"),
    Step("information", "refute", ("verifying", "received"), "refuted", APPROVER, _("核实不属实"),
         apart_from=("verification.report", "information.receive"), rule="verify_then_enter"),
    Step("information", "leave_open", ("verifying", "received"), "unverifiable", APPROVER, _("无法核实"),
         apart_from=("verification.report", "information.receive"), rule="verify_then_enter"),
    Step("information", "enter", ("verified",), "entered", ("registrar",), _("录入平台"), rule="verify_then_enter"),
    Step("information", "withdraw", ("received", "verifying"), "withdrawn", (*FIRM, "tester", "body_head", "registrar"),
         _("撤回"), at="owner|reporter", ends="verification.fall_away"),
    Step("information", "withdraw_by_receipt", ("received", "verifying"), "withdrawn", ("collector",), _("报告人凭回执撤回"),
         at="headquarters", ends="verification.fall_away"),
)
AMENDMENT = (
    Step("amendment", "propose", (NEW,), "proposed", ("registrar", "case_officer"), _("提出更正"),
         rule="separation_of_duties"),
    Step("amendment", "approve", ("proposed",), "approved", APPROVER, _("同意更正"), apart_from=("amendment.propose",),
         rule="separation_of_duties", final=True),
    Step("amendment", "refuse", ("proposed",), "refused", APPROVER, _("不同意更正"), apart_from=("amendment.propose",),
         rule="separation_of_duties", final=True),
)
VERIFICATION = (
    Step("verification", "assign", (NEW,), "assigned", ("registrar", "verifier"), _("安排核实"),
         rule="verify_then_enter"),
    Step("verification", "report", ("assigned",), "reported", ("verifier", "assessor", "body_head"), _("提交核实结论"),
         at="owner|commissioned", rule="verify_then_enter"),
    Step("verification", "approve", ("reported",), "approved", APPROVER, _("审核通过"),
         apart_from=("verification.report", "information.receive"), rule="verify_then_enter", final=True),
    Step("verification", "return", ("reported",), "assigned", APPROVER, _("退回补充"),
         apart_from=("verification.report",)),
    Step("verification", "fall_away", ("assigned", "reported"), "cancelled", CLOCK, _("信息撤回，核实终止"), at="clock",
         rule="verify_then_enter", final=True),
    Step("verification", "cancel", ("assigned",), "cancelled", ("registrar", "verifier"), _("取消核实"), final=True),
)
TRANSFER = (
    Step("transfer", "propose", (NEW,), "proposed", OFFICER, _("提出移送"), at="lead", rule="own_area"),
    Step("transfer", "accept", ("proposed",), "accepted", OFFICER, _("接收"), at="addressee", rule="own_area", final=True),
    Step("transfer", "refuse", ("proposed",), "refused", OFFICER, _("不予接收"), at="addressee", rule="own_area"),
    Step("transfer", "withdraw", ("proposed", "refused"), "withdrawn", OFFICER, _("撤回移送"), at="lead", final=True),
    Step("transfer", "rule_accept", ("refused",), "accepted", ("supervisor", "decider"), _("裁定接收"), at="superior",
         rule="own_area", final=True),
    Step("transfer", "rule_refuse", ("refused",), "ruled_out", ("supervisor", "decider"), _("裁定不移送"), at="superior",
         rule="own_area", final=True),
)
PROPOSAL = (
    Step("proposal", "deliver", (NEW,), "delivered", ("approver",), _("报送处置建议"), at="only_owner", rule="centre_remit"),
    Step("proposal", "adopt", ("delivered",), "adopted", (*OFFICER, *DECIDER), _("采纳"), at="headquarters",
         rule="centre_remit", final=True),
    Step("proposal", "decline", ("delivered",), "declined", (*OFFICER, *DECIDER), _("不采纳"), at="headquarters",
         rule="centre_remit", final=True),
)
ASSESSMENT = (
    Step("assessment", "commission", (NEW,), "commissioned", OFFICER, _("委托评估"), rule="who_may_assess"),
    Step("assessment", "take_up", ("commissioned",), "working", BODY, _("接受委托"), at="commissioned",
         rule="who_may_assess"),
    Step("assessment", "decline", ("commissioned",), "declined", BODY, _("谢绝委托"), at="commissioned", final=True),
    Step("assessment", "submit", ("working",), "submitted", BODY, _("提交评估报告"), at="commissioned",
         rule="report_contents"),
    Step("assessment", "accept", ("submitted",), "accepted", APPROVER, _("接受报告"),
         apart_from=("assessment.submit", "assessment.take_up"), rule="report_contents", final=True),
    Step("assessment", "return", ("submitted",), "working", APPROVER, _("退回修改"),
         apart_from=("assessment.submit",), rule="report_contents"),
    Step("assessment", "supersede", ("accepted",), "superseded", APPROVER, _("由新评估替代"), rule="reassess_on_change",
         final=True),
    Step("assessment", "cancel", ("commissioned", "working"), "cancelled", OFFICER, _("撤销委托"), final=True),
)
REASSESSMENT = (
    Step("reassessment_due", "reassess", ("open",), "begun", OFFICER, _("重新评估"), rule="reassess_on_change", final=True),
    Step("reassessment_due", "decline", ("open",), "declined", OFFICER, _("不重新评估"), rule="reassess_on_change",
         final=True),
)
DECISION = (
    Step("decision", "judge", (NEW,), "judging", OFFICER, _("开始研判"), rule="judge_then_decide"),
    Step("decision", "propose", ("judging",), "proposed", OFFICER, _("提请决定"), rule="judge_then_decide"),
    Step("decision", "return", ("proposed",), "judging", DECIDER, _("退回研判"), apart_from=("decision.propose",)),
    Step("decision", "decide", ("proposed",), "decided", DECIDER, _("作出决定"),
         apart_from=("decision.propose", "assessment.submit", "verification.report"), rule="judge_then_decide",
         final=True),
    Step("decision", "decide_emergency", (NEW,), "decided", DECIDER, _("紧急决定"), at="headquarters", rule="emergency", final=True),
    Step("decision", "void", ("judging", "proposed"), "void", OFFICER, _("终止研判"), final=True),
    Step("emergency_review", "confirm", ("open",), "confirmed", DECIDER, _("确认继续"), at="headquarters", rule="emergency", final=True),
    Step("emergency_review", "adjust", ("open",), "adjusted", DECIDER, _("复核后调整"), at="headquarters",
         rule="emergency", final=True),
    Step("emergency_review", "lift", ("open",), "lifted", DECIDER, _("复核后解除"), at="headquarters", rule="emergency",
         final=True),
)

WARNINGS = ("circular", "notice", "announcement")
RESPONSES = ("regime_change", "order", "seizure", "survey", "joint_handling")
MEASURES = (*WARNINGS, *RESPONSES)
_RULES = dict.fromkeys(WARNINGS, "warning_kinds") | dict.fromkeys(RESPONSES, "rapid_responses")


def _measure(kind: str) -> tuple[Step, ...]:
    rule = _RULES[kind]
    done = () if kind in WARNINGS or kind == "regime_change" else (
        Step(kind, "fulfil", ("in_force",), "fulfilled", (*OFFICER, "verifier"), _("核实执行完毕"), rule=rule, final=True),
    )
    wrote = (f"{kind}.draft", f"{kind}.redraft")
    up = (
        Step(kind, "send_up", ("reviewed",), "reviewed", OFFICER, _("报请总署发布"), rule=rule),
    ) if kind == "announcement" else ()
    return (
        Step(kind, "draft", (NEW,), "drafted", OFFICER, _("拟制"), rule=rule),
        Step(kind, "redraft", ("drafted",), "drafted", OFFICER, _("修改文稿"), rule=rule),
        Step(kind, "review", ("drafted",), "reviewed", APPROVER, _("审核"), apart_from=wrote, rule=rule),
        *up,
        Step(kind, "send_back", ("drafted", "reviewed"), "drafted", (*APPROVER, *ISSUER), _("退回修改"), apart_from=wrote),
        Step(kind, "issue", ("reviewed",), "in_force", ISSUER, _("签发"), apart_from=wrote,
             rule=rule),
        Step(kind, "adjust", ("in_force",), "in_force", ISSUER, _("调整"), rule="adjust"),
        Step(kind, "extend", ("in_force",), "in_force", ISSUER, _("延期"), rule="adjust"),
        Step(kind, "lift_lines", ("in_force",), "in_force", ISSUER, _("解除部分批次"), rule="lift_when_gone"),
        Step(kind, "lift", ("in_force",), "lifted", ISSUER, _("解除"), rule="lift_when_gone", final=True),
        Step(kind, "lapse", ("in_force",), "lapsed", CLOCK, _("期满自动解除"), at="clock", rule="lapses", final=True),
        Step(kind, "cancel", ("drafted", "reviewed"), "cancelled", OFFICER, _("撤销文稿"), final=True),
        *done,
    )


FILING = (
    Step("filing", "file", ("pending", "returned"), "filed", OFFICER, _("报送备案"), rule="file_upward"),
    Step("filing", "receipt", ("filed",), "receipted", DESK, _("备案回执"), at="superior", rule="file_upward", final=True),
    Step("filing", "send_back", ("filed",), "returned", DESK, _("退回补正"), at="superior", rule="file_upward"),
)
FOLLOWUP = (
    Step("duty", "know", (NEW,), "open", FIRM, _("主动报告知悉风险"), at="addressee", rule="operator_duties"),
    Step("duty", "impose", (NEW,), "open", OFFICER, _("确定义务"), rule="operator_duties"),
    Step("duty", "report", ("open",), "done", FIRM, _("报告履行情况"), at="addressee", rule="operator_duties"),
    Step("duty", "record", ("open",), "done", OFFICER, _("登记书面报告"), rule="operator_duties"),
    Step("duty", "verify", ("done",), "verified", (*OFFICER, "verifier"), _("核实履行"),
         apart_from=("duty.record",), rule="operator_duties", final=True),
    Step("duty", "return", ("done",), "open", (*OFFICER, "verifier"), _("退回重报"), rule="operator_duties"),
    Step("duty", "release", ("open", "done"), "released", (*OFFICER, *ISSUER), _("免除"), rule="lift_when_gone", final=True),
    Step("objection", "raise", (NEW,), "raised", FIRM, _("提出异议"), at="addressee"),
    Step("objection", "uphold", ("raised",), "upheld", DECIDER, _("异议成立"), final=True),
    Step("objection", "reject", ("raised",), "rejected", DECIDER, _("异议不成立"), final=True),
    Step("lift_application", "apply", (NEW,), "received", FIRM, _("申请解除"), at="addressee", rule="lift_application"),
    Step("lift_application", "evaluate", ("received",), "evaluating", OFFICER, _("提交评估意见"), rule="lift_application"),
    Step("lift_application", "reevaluate", ("evaluating",), "received", ISSUER, _("退回重新评估"), rule="lift_application"),
    Step("lift_application", "grant", ("evaluating",), "granted", ISSUER, _("同意解除"),
         apart_from=("lift_application.evaluate",), rule="lift_application", final=True),
    Step("lift_application", "refuse", ("evaluating",), "refused", ISSUER, _("不同意解除"),
         apart_from=("lift_application.evaluate",), rule="lift_application", final=True),
    Step("lift_application", "withdraw", ("received", "evaluating"), "withdrawn", FIRM, _("撤回申请"), at="addressee",
         final=True),
    Step("traceability", "file", (NEW,), "filed", FIRM, _("备案追溯声明"), at="reporter", rule="traceability_duty"),
    Step("traceability", "check", ("filed",), "checked", ("registrar", "case_officer", "verifier"), _("核对"),
         rule="traceability_duty", final=True),
    Step("traceability", "send_back", ("filed",), "returned", ("registrar", "case_officer", "verifier"), _("退回补正"),
         rule="traceability_duty"),
    Step("traceability", "refile", ("returned",), "filed", FIRM, _("补正后再报"), at="reporter", rule="traceability_duty"),
)
DISCLOSURE = (
    Step("release", "request", (NEW,), "requested", OFFICER, _("申请公开"), rule="publish_by_rule"),
    Step("release", "publish", ("requested",), "published", ("releaser",), _("批准并公布"),
         apart_from=("release.request",), rule="publish_by_rule", final=True),
    Step("release", "refuse", ("requested",), "refused", ("releaser",), _("不予公开"),
         apart_from=("release.request",), rule="secrecy", final=True),
    Step("release", "end", ("published",), "ended", ("releaser",), _("标注已结束"), rule="publish_by_rule", final=True),
    Step("correction", "ask", (NEW,), "received", ("collector", "registrar", *FIRM), _("更正请求"), at="owner|reporter"),
    Step("correction", "mend", ("received", "drafted"), "drafted", ("releaser",), _("拟更正稿"), rule="publish_by_rule"),
    Step("correction", "publish", ("drafted",), "mended", ("releaser",), _("批准更正并公布"), apart_from=("correction.mend",),
         rule="publish_by_rule", final=True),
    Step("correction", "send_back", ("drafted",), "received", ("releaser",), _("退回重拟"), apart_from=("correction.mend",),
         rule="publish_by_rule"),
    Step("correction", "decline", ("received", "drafted"), "declined", ("releaser",), _("不予更正"), rule="publish_by_rule", final=True),
)
ARCHIVE = (
    Step("archive_item", "file", (NEW,), "kept", ("archivist",), _("归档"), at="lead", rule="classify_archive_count"),
    Step("archive_item", "appraise_keep", ("kept",), "kept", ("archivist",), _("鉴定续存"), rule="retention"),
    Step("archive_item", "appraise_destroy", ("kept",), "condemned", ("archivist",), _("鉴定拟销毁"), rule="retention"),
    Step("archive_item", "approve_destroy", ("condemned",), "approved", ("approver", "decider"), _("第一人批准销毁"),
         apart_from=("archive_item.appraise_destroy",), rule="retention"),
    Step("archive_item", "destroy", ("approved",), "destroyed", ("approver", "decider"), _("第二人批准并销毁"),
         apart_from=("archive_item.appraise_destroy", "archive_item.approve_destroy"), rule="retention", final=True),
    Step("archive_item", "spare", ("condemned", "approved"), "kept", ("archivist", "decider"), _("不予销毁"),
         rule="retention"),
)

STEPS: tuple[Step, ...] = (
    *INFORMATION, *AMENDMENT, *VERIFICATION, *TRANSFER, *PROPOSAL, *ASSESSMENT, *REASSESSMENT, *DECISION,
    *(step for kind in MEASURES for step in _measure(kind)),
    *FILING, *FOLLOWUP, *DISCLOSURE, *ARCHIVE,
)
