"""The demo service: work waiting at every stage, for every role."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from riskwatch.case.models import Folder
from riskwatch.disclosure import actions as disclosure
from riskwatch.doors.jobs.round import run
from riskwatch.doors.jobs.simulator import cast as standing
from riskwatch.doors.jobs.simulator.cast import PASSWORD, Cast
from riskwatch.doors.jobs.simulator.events import events
from riskwatch.doors.jobs.simulator.river import STAGES, walk
from riskwatch.doors.portal.ports import hand_in
from riskwatch.followup import actions as followup
from riskwatch.measures import filing, served

SEED = 188
LOGINS = (
    ("信息岗 registrar", "sh-registrar"), ("核实岗 verifier", "sh-verifier"), ("审核岗 approver", "sh-approver"),
    ("经办岗 case officer", "sh-case_officer"), ("决策岗 decider", "sh-decider"), ("签发岗 issuer", "sh-issuer"),
    ("公开审核岗 releaser", "sh-releaser"), ("档案岗 archivist", "sh-archivist"), ("监督岗 supervisor", "sh-supervisor"),
    ("总署经办 headquarters officer", "hq-case_officer"), ("总署决策 headquarters decider", "hq-decider"),
    ("规则岗 rule keeper", "hq-policy"), ("系统管理员 system admin", "hq-system"), ("安全管理员 security admin", "hq-security"),
    ("审计管理员 audit admin", "hq-audit"), ("技术机构 technical body", "tech-assessor"), ("专家组长 panel chair", "panel-chair"),
    ("检测机构 testing body", "lab-tester"), ("监测中心 monitoring centre", "centre-registrar"),
    ("监测中心审核 centre approver", "centre-approver"), ("企业 operator", "firm-manager"), ("另一企业 another operator", "rival-manager"),
)  # fmt: skip


def logins() -> str:
    """One login per role, as text."""
    lines = [f"  {words:<34}{username}" for words, username in LOGINS]
    return "演示账号 demo logins (password for all: " + PASSWORD + ")\n" + "\n".join(lines) + "\n"


def load() -> str:
    """Load the demo once; a loaded one is kept as it is."""
    if Folder.objects.exists():
        return "已有 kept"
    with transaction.atomic():
        cast = standing.make()
        count = _cases(cast)
    run(at=timezone.now())
    return f"{count} cases and pieces"


def _cases(cast: Cast) -> int:
    now = timezone.now()
    told = list(events(SEED, 60))
    made = 0
    for number, stage in enumerate((*STAGES, *STAGES[:9], "received", "received")):
        at = now - timedelta(days=9 - number % 6, hours=number)
        office = ("sh", "pj", "sh", "sz")[number // 16 % 4] if number >= 16 else "sh"
        walk(cast, told[number], upto=stage, at=at, office=office)
        made += 1
    kinds = ("notice", "circular", "order", "regime_change", "survey", "joint_handling")
    walks = [walk(cast, told[40 + n], upto="issued", at=now - timedelta(days=6), kind=k) for n, k in enumerate(kinds)]
    public = walk(cast, told[50], upto="issued", at=now - timedelta(days=6), office="hq", kind="announcement")
    _follow(cast, walks[0].measure, walks[2].measure, now)
    _publish(cast, public.measure, now)
    hand_in(cast.orgs["sh"], title="积木磁铁脱落", facts={"product": "磁力积木", "text": "孩子玩时磁铁掉了出来"},
            who={"name": "演示人", "proof": "110105199001011232", "phone": "13800000000"}, files=[], at=now - timedelta(hours=3))  # fmt: skip
    return made + len(walks) + 2


def _follow(cast: Cast, notice: Any, order: Any, now: datetime) -> None:
    day = timedelta(days=1)
    served.acknowledge(notice, by=cast["firm-staff"], at=now - 3 * day)
    duties = list(notice.effects.filter(kind="duty").order_by("pk"))
    followup.report(duties[0], plan="停止销售并召回", measures_taken="已下架", by=cast["firm-staff"], at=now - day)
    followup.apply_to_lift(notice, report="已更换磁铁固定方式，第三方检测合格", by=cast["firm-manager"], at=now - day)
    first = notice.effects.filter(kind="filing").first()
    filing.send(first, summary="已向进口商发布通告", by=cast["sh-case_officer"], at=now - 2 * day)
    followup.object_to(order, grounds="涉及数量与实际不符", by=cast["firm-manager"], at=now - day)


def _publish(cast: Cast, measure: Any, now: datetime) -> None:
    day = timedelta(days=1)
    asked = disclosure.request(measure, title="关于部分磁力玩具的风险警示公告", body="部分磁力玩具的小磁铁可能松脱，被儿童误吞会造成严重伤害。\n\n请消费者立即停止使用，并联系销售者退货。",
                               left_out="企业内部检测数据，属商业秘密", by=cast["hq-case_officer"], at=now - 4 * day)  # fmt: skip
    disclosure.publish(asked, redacted=True, by=cast["hq-releaser"], at=now - 3 * day)
