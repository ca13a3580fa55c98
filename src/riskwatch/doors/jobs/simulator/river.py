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
from riskwatch.doors.jobs.simulator.stories import Story
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
    story: Story
    folder: Folder | None = None
    assessment: Sheet | None = None
    decision: Sheet | None = None
    measure: Sheet | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How a walk goes: in which office, to what measure, against which firm, who assesses, and how fully that is told.

    In full, the report is the product's own story, at its own level; else it is one of high risk that names the product.
    """

    office: str = "sh"
    kind: str = "notice"
    firm: str = "firm"
    assessor: str = "tech"
    conclusion: str = "measures"
    in_full: bool = False


WRITERS = {"tech": "tech-assessor", "panel": "panel-chair", "centre": "centre-verifier"}


def walk(
    cast: Cast,
    event: Event,
    *,
    upto: str,
    at: datetime,
    office: str = "sh",
    kind: str = "notice",
    way: Way | None = None,
) -> Walk:
    """Walk one event from its registration up to a stage; an hour passes between steps."""
    way = way or Way(office=office, kind=kind)
    office = way.office
    far = STAGES.index(upto)
    hour = timedelta(hours=1)
    sheet = collection.register(
        cast.orgs[office], title=event.title, facts=event.facts, by=cast[f"{office}-registrar"], at=at
    )
    done = Walk(sheet, event.story)
    if far >= 1:
        task = verification.begin_verification(
            sheet,
            task=f"核对报关单、到货现场查验并抽样检测：{event.story.check}",
            by=cast[f"{office}-verifier"],
            at=at + hour,
        )
    if far >= 2:
        verification.report(task, method=f"现场查验与实验室检测（{event.story.check}）", evidence="检测报告与现场照片",
                            result="verified", reasons=f"抽样检测证实：{event.story.harm}",
                            by=cast[f"{office}-verifier"], at=at + 2 * hour)  # fmt: skip
    if far >= 3:
        verification.approve(task, by=cast[f"{office}-approver"], at=at + 3 * hour)
        sheet.refresh_from_db()
    if far >= 4:
        collection.enter(sheet, aspects=["safety"], spread="regional", spread_reason="同批次在多地销售", in_scope=True, reason="属于工业品",
                         by=cast[f"{office}-registrar"], at=at + 4 * hour)  # fmt: skip
    if far >= 5:
        _assess(cast, done, far, at + 5 * hour, way)
    if far >= 10:
        _decide(cast, done, far, at + 12 * hour, way)
    if far >= 13:
        _impose(cast, done, far, at + 20 * hour, way)
    return done


def _assess(cast: Cast, done: Walk, far: int, at: datetime, way: Way) -> None:
    hour = timedelta(hours=1)
    officer, writer = cast[f"{way.office}-case_officer"], cast[WRITERS[way.assessor]]
    done.folder = case.open_folder(title=done.information.title[:200], owner=cast.orgs[way.office], direction="import",
                                   sheets=[done.information], by=officer, at=at)  # fmt: skip
    if far >= 6:
        question = f"评估该批{done.story.product}“{done.story.harm}”对使用者的风险等级，并提出消减建议"
        done.assessment = assessment.commission(
            done.folder, assessor=cast.orgs[way.assessor], question=question, by=officer, at=at + hour
        )
    if far >= 7 and done.assessment:
        assessment.take_up(done.assessment, has_interest=False, by=writer, at=at + 2 * hour)
    if far >= 8 and done.assessment:
        plain = assessed(f"{done.story.product}{done.story.harm}")
        document = done.story.document() if way.in_full else plain
        reporting.submit(done.assessment, document=document, by=writer, at=at + 3 * hour)
    if far >= 9 and done.assessment:
        assessment.accept(done.assessment, by=cast[f"{way.office}-approver"], at=at + 4 * hour)


def _decide(cast: Cast, done: Walk, far: int, at: datetime, way: Way) -> None:
    hour = timedelta(hours=1)
    assert done.folder is not None
    officer, story = cast[f"{way.office}-case_officer"], done.story
    options = f"一、不采取措施；二、要求进口商：{story.required}；三、向社会公告"
    thought = f"评估报告认定{story.product}{story.harm}，已在多地销售"
    done.decision = decision.judge(done.folder, deliberation=thought, options=options, by=officer, at=at)
    if far >= 11:
        chosen = story.required if way.conclusion == "measures" else ""
        grounds = "评估报告认定的风险等级" if chosen else "涉及批次已全部退运，没有进入销售"
        decision.propose(done.decision, deliberation=thought, options=options, conclusion=way.conclusion, measures=chosen,
                         grounds=grounds, conflict_checked=True, by=officer, at=at + hour)  # fmt: skip
    if far >= 12:
        decision.decide(done.decision, by=cast[f"{way.office}-decider"], at=at + 2 * hour)


def _impose(cast: Cast, done: Walk, far: int, at: datetime, way: Way) -> None:
    hour = timedelta(hours=1)
    assert done.decision is not None
    title, kind = done.information.title, way.kind
    texts = done.story.texts(title) | {"perform_by": shanghai_date(at) + timedelta(days=20)}
    named = kind in ("notice", "order")
    addressees = (
        [cast.orgs[way.firm]]
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
        done.decision, kind, title=title[:80], texts=wanted, addressees=addressees, lines=lines,
        ends_on=None if kind in ("order", "joint_handling") else shanghai_date(at) + timedelta(days=90), by=cast[f"{way.office}-case_officer"],
        at=at,
    )  # fmt: skip
    if far >= 14:
        measures.review(done.measure, secrecy_reviewed=True, by=cast[f"{way.office}-approver"], at=at + hour)
    if far >= 15:
        measures.issue(done.measure, by=cast[f"{way.office}-issuer"], at=at + 2 * hour)
