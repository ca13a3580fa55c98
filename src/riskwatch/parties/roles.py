"""The posts that people hold, each with what it allows in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Role:
    """A post: where it may be held, and what it allows."""

    code: str
    name: Any
    kinds: tuple[str, ...]
    allows: Any


OFFICE = ("office",)
ROLES: tuple[Role, ...] = (
    Role("registrar", _("信息岗"), ("office", "centre"), _("收集、登记、受理、移送和录入风险信息")),
    Role("verifier", _("核实岗"), ("office", "centre", "technical_body"), _("调查核实风险信息并提出核实结论")),
    Role("approver", _("审核岗"), ("office", "centre"), _("审核核实结论、评估报告和措施文稿")),
    Role("case_officer", _("经办岗"), OFFICE, _("立案、委托评估、研判、拟制措施并跟踪落实")),
    Role("decider", _("决策岗"), OFFICE, _("对评估报告作出风险处置决定")),
    Role("issuer", _("签发岗"), OFFICE, _("签发、调整和解除措施")),
    Role("releaser", _("公开审核岗"), OFFICE, _("审核并批准对外公开的内容")),
    Role("archivist", _("档案岗"), ("office", "centre"), _("归档、鉴定和提出销毁")),
    Role("supervisor", _("监督岗"), OFFICE, _("查看延误、催办、裁定移送争议、监督执行")),
    Role("analyst", _("监测分析岗"), ("office", "centre"), _("设立监测计划，研判预警信号：关注、排除或报送")),
    Role("policy", _("规则岗"), OFFICE, _("维护期限、节假日、代码表、监测中心指定、机构资质")),
    Role("system_admin", _("系统管理员"), OFFICE, _("建立机构和账号、停用账号")),
    Role("security_admin", _("安全管理员"), OFFICE, _("授予和收回岗位、令牌")),
    Role("audit_admin", _("审计管理员"), OFFICE, _("查看和核验全部日志")),
    Role("assessor", _("评估员"), ("technical_body", "centre"), _("承担受托评估并提交报告")),
    Role("body_head", _("机构负责人"), ("technical_body", "testing_body"), _("接受或谢绝委托、签署报告")),
    Role("panel_chair", _("专家组长"), ("panel",), _("主持评估并提交报告")),
    Role("panellist", _("专家"), ("panel",), _("参加评估、声明利害关系、提出意见")),
    Role("tester", _("检测员"), ("testing_body",), _("报告检测中发现的风险")),
    Role("operator_manager", _("企业负责人"), ("operator",), _("管理本企业账号，申请解除措施")),
    Role("operator_staff", _("企业经办人"), ("operator",), _("报告风险、签收、履行义务、备案追溯")),
    Role("collector", _("采集程序"), ("office", "centre"), _("由程序采集信息的服务账号")),
)
BY_CODE = {role.code: role for role in ROLES}

# Three administrators that no one person may combine, and none of whom sees cases.
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
OFFICIAL_WORK = tuple(r.code for r in ROLES if "office" in r.kinds and r.code not in (*ADMINISTRATORS, "collector"))


def choices() -> list[tuple[str, str]]:
    """Role codes with their names, for forms."""
    return [(role.code, role.name) for role in ROLES]
