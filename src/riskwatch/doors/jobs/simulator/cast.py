"""The standing cast: people in posts at headquarters, Shanghai, Pujiang and Shenzhen, bodies, a panel, a centre, firms."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.hashers import make_password

from riskwatch.doors.jobs.services import make_services
from riskwatch.parties.loading import sort_key
from riskwatch.parties.models import Designation, Membership, Organisation, Person, Qualification

PASSWORD = "Riskwatch-demo-1"  # noqa: S105 - the demo's, printed at its start
SINCE = date(2020, 1, 1)
OFFICE_ROLES = (
    "registrar",
    "verifier",
    "approver",
    "case_officer",
    "decider",
    "issuer",
    "releaser",
    "archivist",
    "supervisor",
)
WORDS = {"registrar": "信息", "verifier": "核实", "approver": "审核", "case_officer": "经办", "decider": "决策", "issuer": "签发",
         "releaser": "公开", "archivist": "档案", "supervisor": "监督"}  # fmt: skip
OFFICES = {"hq": ("0000", "总署"), "sh": ("2200", "上海"), "pj": ("2201", "浦江"), "sz": ("5300", "深圳")}


@dataclass
class Cast:
    """Everybody by short name, organisations by short name."""

    people: dict[str, Person] = field(default_factory=dict)
    orgs: dict[str, Organisation] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]


def _uscc(base: str) -> str:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(base))
    return base + alphabet[(31 - total % 31) % 31]


FIRMS = {
    "firm": (
        "晨星玩具（上海）进出口有限公司",
        "Morning Star Toys Import & Export (Shanghai)",
        "91310115MA1TESTX0"[:17],
    ),
    "rival": ("海桥电器贸易有限公司", "Seabridge Electrical Trading", "91310115MA1TESTY0"[:17]),
    "agent": ("通达报关代理有限公司", "Tongda Customs Brokers", "91310115MA1TESTZ0"[:17]),
}
BODIES = {
    "tech": ("technical_body", "TB-001", "东海产品安全技术中心", "East Sea Product Safety Centre"),
    "lab": ("testing_body", "LB-001", "申测检验检测有限公司", "Shence Testing"),
    "panel": ("panel", "EP-001", "儿童用品风险评估专家小组", "Panel on children's products"),
    "centre": ("centre", "NC-001", "玩具国家监测中心", "National Monitoring Centre for Toys"),
}
STAFF = (
    ("tech-assessor", "评估员 陈测", "tech", ("assessor",)), ("tech-head", "中心主任 高林", "tech", ("body_head", "verifier")),
    ("lab-tester", "检测员 孙验", "lab", ("tester", "body_head")),
    ("panel-chair", "组长 吴专", "panel", ("panel_chair",)), ("panel-2", "专家 郑明", "panel", ("panellist",)),
    ("panel-3", "专家 冯远", "panel", ("panellist",)),
    ("centre-registrar", "监测员 何采", "centre", ("registrar",)), ("centre-verifier", "核实员 吕实", "centre", ("verifier", "assessor")),
    ("centre-approver", "审核员 施审", "centre", ("approver",)), ("centre-analyst", "分析员 曹析", "centre", ("analyst",)),
    ("hq-analyst", "分析员 魏观", "hq", ("analyst", "case_officer")),
    ("firm-manager", "经理 沈星", "firm", ("operator_manager",)), ("firm-staff", "经办 韩晨", "firm", ("operator_staff",)),
    ("rival-manager", "经理 杨桥", "rival", ("operator_manager",)),
)  # fmt: skip


ADMINISTRATORS = (("hq-policy", "policy"), ("hq-system", "system_admin"), ("hq-security", "security_admin"), ("hq-audit", "audit_admin"))  # fmt: skip


def usernames() -> list[str]:
    """The user names of everybody in the cast who can log in."""
    officials = [f"{short}-{role}" for short in OFFICES for role in OFFICE_ROLES]
    return [*officials, *(row[0] for row in STAFF), *(name for name, _role in ADMINISTRATORS)]


def make(password: str = PASSWORD) -> Cast:
    """Make the cast; making it again finds it. The office tree must be loaded."""
    make_services()
    cast = Cast()
    secret = make_password(password)
    _offices(cast, secret)
    _bodies(cast)
    for username, name, place, roles in STAFF:
        _person(cast, username, name, cast.orgs[place], roles, secret)
    for username, role in ADMINISTRATORS:
        _person(cast, username, {"policy": "规则岗 方圆", "system_admin": "系统管理员 任机", "security_admin": "安全管理员 严密", "audit_admin": "审计管理员 史鉴"}[role],
                cast.orgs["hq"], (role,), secret)  # fmt: skip
    for service in ("clock-service", "portal-service", "collector-service", "detector-service"):
        cast.people[service] = Person.objects.get(username=service)
    return cast


def _offices(cast: Cast, secret: str) -> None:
    for short, (code, place) in OFFICES.items():
        cast.orgs[short] = Organisation.objects.get(code=code)
        for role in OFFICE_ROLES:
            _person(cast, f"{short}-{role}", f"{place}{WORDS[role]}岗", cast.orgs[short], (role,), secret)


def _person(cast: Cast, username: str, name: str, place: Organisation, roles: tuple[str, ...], secret: str) -> None:
    person, _made = Person.objects.get_or_create(username=username, defaults={"name_zh": name, "password": secret})
    for role in roles:
        Membership.objects.get_or_create(
            person=person, organisation=place, role=role, until=None, defaults={"since": SINCE}
        )
    cast.people[username] = person


def _bodies(cast: Cast) -> None:
    for short, (kind, code, zh, en) in BODIES.items():
        cast.orgs[short], _made = Organisation.objects.get_or_create(
            code=code, defaults={"kind": kind, "name_zh": zh, "name_en": en, "sort_key": sort_key(zh)}
        )
    for short, (zh, en, base) in FIRMS.items():
        uscc = _uscc(base.replace("S", "5").replace("I", "1").replace("O", "0").replace("Z", "2"))
        cast.orgs[short], _made = Organisation.objects.get_or_create(
            code=uscc, defaults={"kind": "operator", "uscc": uscc, "name_zh": zh, "name_en": en, "sort_key": sort_key(zh),
                                 "legal_representative": "沈星"},
        )  # fmt: skip
    cast.orgs["police"], _made = Organisation.objects.get_or_create(
        code="DP-001",
        defaults={
            "kind": "department",
            "name_zh": "市场监管部门",
            "name_en": "Market regulator",
            "sort_key": "shi chang",
        },
    )
    for short in ("tech", "lab"):
        Qualification.objects.get_or_create(
            organisation=cast.orgs[short],
            number=f"Q-{short}",
            defaults={"kind": "CMA", "valid_from": SINCE, "valid_until": date(2035, 12, 31)},
        )
    clerk, _made = Person.objects.get_or_create(
        username="hq-policy", defaults={"name_zh": "规则岗 方圆", "password": make_password(PASSWORD)}
    )
    Designation.objects.get_or_create(
        number="监测指定〔2026〕1号",
        defaults={"centre": cast.orgs["centre"], "products": ["9503"], "areas": [], "valid_from": SINCE, "valid_until": date(2035, 12, 31),
                  "designated_by": clerk},
    )  # fmt: skip
