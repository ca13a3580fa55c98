"""The demo service: work waiting at every stage, for every role."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from riskwatch.assessment import reporting
from riskwatch.case.models import Folder, Sheet
from riskwatch.disclosure import actions as disclosure
from riskwatch.doors.jobs.round import run
from riskwatch.doors.jobs.simulator import cast as standing
from riskwatch.doors.jobs.simulator import history, waiting
from riskwatch.doors.jobs.simulator.cast import PASSWORD, Cast
from riskwatch.doors.jobs.simulator.events import events
from riskwatch.doors.jobs.simulator.river import STAGES, Walk, Way, walk
from riskwatch.doors.jobs.tasks import every_night
from riskwatch.doors.portal.ports import hand_in
from riskwatch.followup import actions as followup
from riskwatch.measures import filing, served

SEED = 188
LOGINS = (
    ("信息岗 registrar", "sh-registrar"), ("核实岗 verifier", "sh-verifier"), ("审核岗 approver", "sh-approver"),
    ("经办岗 case officer", "sh-case_officer"), ("决策岗 decider", "sh-decider"), ("签发岗 issuer", "sh-issuer"),
    ("公开审核岗 releaser", "sh-releaser"), ("档案岗 archivist", "sh-archivist"), ("监督岗 supervisor", "sh-supervisor"),
    ("总署经办 headquarters officer", "hq-case_officer"), ("总署决策 headquarters decider", "hq-decider"), ("总署分析 analyst", "hq-analyst"),
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
        told = history.fill(cast, timezone.now(), seed=SEED)
    run(at=timezone.now())
    app.configure_task(every_night.name).defer(
        timestamp=0
    )  # the watches find the rise at the history's end; the worker runs them
    return f"{count} cases and single pieces, {told} complaints"


def _cases(cast: Cast) -> int:
    now = timezone.now()
    told = list(events(SEED, 80))
    for number, stage in enumerate((*STAGES, *STAGES[:9], "received", "received")):
        at = now - timedelta(days=9 - number % 6, hours=number)
        office = ("sh", "pj", "sh", "sz")[number // 16 % 4] if number >= 16 else "sh"
        _draft(cast, walk(cast, told[number], upto=stage, at=at, way=Way(office, in_full=True)), at)
    kinds = ("notice", "circular", "order", "regime_change", "survey", "joint_handling")
    walks = [
        walk(cast, told[40 + n], upto="issued", at=now - timedelta(days=6), way=Way(kind=k, in_full=True))
        for n, k in enumerate(kinds)
    ]
    magnets = next(events(SEED, 1, product="磁力积木玩具"))
    public = walk(cast, magnets, upto="issued", at=now - timedelta(days=6), way=Way("hq", "announcement", in_full=True))
    _follow(cast, walks[0], walks[2].measure, now)
    _publish(cast, public, now)
    waiting.fill(cast, told[50:], now)
    hand_in(cast.orgs["sh"], title="积木磁铁脱落", facts={"product": "磁力积木", "text": "孩子玩时磁铁掉了出来"},
            who={"name": "演示人", "proof": "110105199001011232", "phone": "13800000000"}, files=[], at=now - timedelta(hours=3))  # fmt: skip
    return Folder.objects.count() + Sheet.objects.filter(kind="information", enclosures=None).count()


def _draft(cast: Cast, done: Walk, at: datetime) -> None:
    """An assessment that was taken up and not yet submitted has a draft in the workbench."""
    if done.assessment is not None and done.assessment.stage == "working":
        unfinished = done.story.document() | {"report": {"hazard": f"{done.story.product}{done.story.harm}"}}
        reporting.save_draft(done.assessment, document=unfinished, by=cast["tech-assessor"], at=at + timedelta(hours=9))


def _follow(cast: Cast, noticed: Walk, order: Any, now: datetime) -> None:
    day = timedelta(days=1)
    notice, story = noticed.measure, noticed.story
    assert notice is not None
    served.acknowledge(notice, by=cast["firm-staff"], at=now - 3 * day)
    duties = list(notice.effects.filter(kind="duty").order_by("pk"))
    followup.report(
        duties[0], plan=story.required, measures_taken="已下架并通知经销商", by=cast["firm-staff"], at=now - day
    )
    followup.apply_to_lift(
        notice, report=f"已整改并经第三方检测合格（{story.check}）", by=cast["firm-manager"], at=now - day
    )
    first = notice.effects.get(kind="filing")
    filing.send(first, summary="已向进口商发布通告", by=cast["sh-case_officer"], at=now - 2 * day)
    followup.object_to(order, grounds="涉及数量与实际不符", by=cast["firm-manager"], at=now - day)


def _publish(cast: Cast, public: Walk, now: datetime) -> None:
    day = timedelta(days=1)
    story = public.story
    assert public.measure is not None
    asked = disclosure.request(public.measure, title=f"关于部分{story.product}的风险警示公告", body=f"部分{story.product}{story.harm}。\n\n{story.advice}。",
                               left_out="企业内部检测数据，属商业秘密", by=cast["hq-case_officer"], at=now - 4 * day)  # fmt: skip
    disclosure.publish(asked, redacted=True, by=cast["hq-releaser"], at=now - 3 * day)
