"""What the side of the page offers a person, by the posts they hold."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decree188.calendar import shanghai_date
from riskwatch.case import queries as case
from riskwatch.look.words import listed
from riskwatch.parties import queries as parties
from riskwatch.parties import roles

OFFICE = (
    ("office:inbox", _("待办"), "inbox", None),
    ("office:dashboard", _("总览"), "chart-bar", None),
    ("office:signals", _("预警信号"), "activity", None),
    ("office:information", _("风险信息"), "alert-triangle", None),
    ("office:folders", _("案卷"), "folder", None),
    ("office:measures", _("措施"), "shield", None),
    ("office:search", _("搜索"), "search", None),
    ("office:collect", _("批量采集"), "upload", ("registrar",)),
    ("office:register", _("登记信息"), "pencil", ("registrar",)),
    ("office:filings", _("备案"), "stack", None),
    ("office:archive", _("档案与统计"), "archive", ("archivist", "supervisor", "decider", "case_officer")),
    ("office:people", _("人员与岗位"), "users", ("system_admin", "security_admin")),
    ("office:organisations", _("单位与资质"), "building", (*roles.OFFICIAL_WORK, *roles.ADMINISTRATORS)),
    ("office:signups", _("企业注册审核"), "building", ("registrar", "case_officer")),
    ("office:policy", _("规则与期限"), "adjustments", ("policy",)),
    ("office:assessment_policy", _("评估政策"), "scale", ("policy", "decider")),
    ("office:journal", _("日志核验"), "lock", ("audit_admin",)),
    ("office:lawmap", _("法规对照"), "book", None),
)
COUNTER = (
    ("counter:inbox", _("待办"), "inbox", None),
    ("counter:signals", _("预警信号"), "activity", ("analyst", "registrar", "approver")),
    ("counter:register", _("登记监测信息"), "pencil", ("registrar",)),
    ("counter:collect", _("批量采集"), "upload", ("registrar",)),
    ("counter:archive", _("档案与统计"), "archive", ("registrar", "verifier", "approver", "archivist")),
    ("counter:records", _("我的记录"), "folder", None),
    ("counter:report", _("报告风险"), "alert-triangle", ("operator_staff", "operator_manager", "tester")),
    ("counter:knowledge", _("知悉风险，主动履责"), "shield", ("operator_staff", "operator_manager")),
    ("counter:traceability", _("追溯备案"), "stack", ("operator_staff", "operator_manager")),
    ("counter:organisation", _("本单位"), "building", None),
    ("counter:propose", _("报送监测建议"), "send", ("approver",)),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Links, unread messages and the person's posts for the page frame."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {"navigation": []}
    now = timezone.now()
    posts = parties.posts(person, shanghai_date(now))
    held = {p.role for p in posts}
    officials = any(p.kind == "office" for p in posts)
    rows = OFFICE if officials else COUNTER
    only_admin = officials and held <= {*roles.ADMINISTRATORS, "policy"}
    links = [
        {"url": reverse(name), "words": words, "icon": icon, "name": name}
        for name, words, icon, wanted in rows
        if (wanted is None and not only_admin) or (wanted and held & set(wanted)) or name == "office:lawmap"
    ]
    names = sorted({str(roles.BY_CODE[p.role].name) for p in posts})
    return {
        "navigation": links,
        "my_roles": listed(names),
        "home": "office:inbox" if officials else "counter:inbox",
        "unread": case.unread(person, at=now).count(),
    }
