"""Walking a case down the river through the house's own actions, as far as asked; every step by the right person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from decree188.calendar import shanghai_date
from riskwatch.assessment import actions as assessment
from riskwatch.assessment import reporting
from riskwatch.case import actions as case
from riskwatch.case.models import Folder, Sheet
from riskwatch.collection import actions as collection
from riskwatch.decision import actions as decision
from riskwatch.doors.jobs.simulator.cast import Cast
from riskwatch.doors.jobs.simulator.events import Event
from riskwatch.measures import actions as measures
from riskwatch.verification import actions as verification

STAGES = ("received", "verifying", "reported", "verified", "entered", "opened", "commissioned", "working", "submitted", "accepted", "judging",
          "proposed", "decided", "drafted", "reviewed", "issued")  # fmt: skip


def assessed(hazard: str = "儿童吞食小磁铁造成肠道损伤", p: str = "1/20", **report: str) -> dict[str, Any]:
    """An assessment document as a technical body writes it, every number with evidence and source."""
    origin = {"evidence": "B", "source": "本机构检测与国内外伤害监测资料"}
    steps = [("产品存在所述缺陷", "1/10"), ("可预见使用中发生危险状况", p), ("使用者受到伤害", "1/10")]
    written = {
        "hazard": hazard,
        "extent": "本批次，全国销售",
        "residual": "召回前仍有部分产品在消费者手中",
        "proposal": "通告进口商停止销售并召回",
    }
    return {
        "method": "eu-2024-3173", "category": "health_safety", "product": {"name": hazard[:40]}, "report": written | report,
        "scenarios": [{
            "id": "1", "title": hazard, "hazard": "mechanical", "injury": "piercing", "user": "consumer",
            "severity": {"level": 3, **origin}, "steps": [{"text": text, "quantity": {"p": value}, **origin} for text, value in steps],
        }],
    }  # fmt: skip


@dataclass
class Walk:
    """Where a walk has come: the records it made."""

    information: Sheet
    folder: Folder | None = None
    assessment: Sheet | None = None
    decision: Sheet | None = None
    measure: Sheet | None = None


def walk(cast: Cast, event: Event, *, upto: str, at: datetime, office: str = "sh", kind: str = "notice") -> Walk:
    """Walk one event from its registration up to a stage; an hour passes between steps."""
    far = STAGES.index(upto)
    hour = timedelta(hours=1)
    sheet = collection.register(
        cast.orgs[office], title=event.title, facts=event.facts, by=cast[f"{office}-registrar"], at=at
    )
    done = Walk(sheet)
    if far >= 1:
        task = verification.begin_verification(
            sheet, task="核对报关单、到货现场查验并抽样检测", by=cast[f"{office}-verifier"], at=at + hour
        )
    if far >= 2:
        verification.report(task, method="现场查验与实验室检测", evidence="检测报告与现场照片", result="verified", reasons="检测结果与信息一致",
                            by=cast[f"{office}-verifier"], at=at + 2 * hour)  # fmt: skip
    if far >= 3:
        verification.approve(task, by=cast[f"{office}-approver"], at=at + 3 * hour)
        sheet.refresh_from_db()
    if far >= 4:
        collection.enter(sheet, aspects=["safety"], spread="regional", spread_reason="同批次在多地销售", in_scope=True, reason="属于工业品",
                         by=cast[f"{office}-registrar"], at=at + 4 * hour)  # fmt: skip
    if far >= 5:
        _assess(cast, done, far, at + 5 * hour, office)
    if far >= 10:
        _decide(cast, done, far, at + 12 * hour, office)
    if far >= 13:
        _impose(cast, done, far, at + 20 * hour, office, kind)
    return done


def _assess(cast: Cast, done: Walk, far: int, at: datetime, office: str) -> None:
    hour = timedelta(hours=1)
    officer = cast[f"{office}-case_officer"]
    done.folder = case.open_folder(title=done.information.title[:200], owner=cast.orgs[office], direction="import",
                                   sheets=[done.information], by=officer, at=at)  # fmt: skip
    if far >= 6:
        done.assessment = assessment.commission(
            done.folder, assessor=cast.orgs["tech"], question="评估该产品的质量安全风险", by=officer, at=at + hour
        )
    if far >= 7 and done.assessment:
        assessment.take_up(done.assessment, has_interest=False, by=cast["tech-assessor"], at=at + 2 * hour)
    if far >= 8 and done.assessment:
        reporting.submit(done.assessment, document=assessed(), by=cast["tech-assessor"], at=at + 3 * hour)
    if far >= 9 and done.assessment:
        assessment.accept(done.assessment, by=cast[f"{office}-approver"], at=at + 4 * hour)


def _decide(cast: Cast, done: Walk, far: int, at: datetime, office: str) -> None:
    hour = timedelta(hours=1)
    assert done.folder is not None
    officer = cast[f"{office}-case_officer"]
    done.decision = decision.judge(
        done.folder,
        deliberation="风险等级高，销售面广",
        options="一、不采取措施；二、通告进口商；三、公告",
        by=officer,
        at=at,
    )
    if far >= 11:
        decision.propose(done.decision, deliberation="风险等级高，销售面广", options="一、不采取措施；二、通告进口商；三、公告", conclusion="measures",
                         measures="向进口商发布风险警示通告", grounds="评估报告认定风险等级高", conflict_checked=True, by=officer, at=at + hour)  # fmt: skip
    if far >= 12:
        decision.decide(done.decision, by=cast[f"{office}-decider"], at=at + 2 * hour)


def _impose(cast: Cast, done: Walk, far: int, at: datetime, office: str, kind: str) -> None:
    hour = timedelta(hours=1)
    assert done.decision is not None
    facts = done.information.title
    texts = {"product": facts[:80], "risk": "儿童误吞小磁铁可造成严重伤害", "required_actions": "立即停止销售，召回已售产品，三日内报告进展", "text": "请加强查验",
             "compulsory": "停止进口该批次产品", "basis": "风险处置决定", "advice": "请立即停止使用，并联系销售者", "grounds": "评估报告认定风险等级高",
             "order_kind": "recall", "perform_by": shanghai_date(at) + timedelta(days=20), "regime_from": "抽批检验", "regime_to": "逐批检验",
             "scope": "同品牌同型号全部批次", "plan": "各海关抽样三批", "facts": "通报内容", "proposal": "建议同步排查"}  # fmt: skip
    named = kind in ("notice", "order")
    addressees = (
        [cast.orgs["firm"]]
        if named
        else []
        if kind in ("announcement", "regime_change")
        else [cast.orgs["police"]]
        if kind == "joint_handling"
        else [cast.orgs["pj"], cast.orgs["sz"]]
    )
    lines = [("B2601", Decimal(1200), "件"), ("B2602", Decimal(300), "件")] if kind == "order" else []
    wanted = {k: v for k, v in texts.items() if k in measures.rule_book(kind).needs}
    done.measure = measures.draft(
        done.decision, kind, title=facts[:80], texts=wanted, addressees=addressees, lines=lines,
        ends_on=None if kind in ("order", "joint_handling") else shanghai_date(at) + timedelta(days=90), by=cast[f"{office}-case_officer"], at=at,
    )  # fmt: skip
    if far >= 14:
        measures.review(done.measure, secrecy_reviewed=True, by=cast[f"{office}-approver"], at=at + hour)
    if far >= 15:
        measures.issue(done.measure, by=cast[f"{office}-issuer"], at=at + 2 * hour)
