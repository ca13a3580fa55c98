"""An emergency measure while the assessment runs: headquarters alone, its reasons, its review day, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskwatch.doors.jobs.round import run
from riskwatch.doors.jobs.simulator.river import walk
from tests.stories.verbs import PRESS, acts, fill, follow, go, open_, refused, said, send, shot, take

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
WHY = {"urgent_reason": "境外已有儿童死亡", "unknowns": "缺陷批次范围未明", "practice": "欧盟、美国已召回", "measures": "公告并停止进口",
       "grounds": "风险严重且不确定"}  # fmt: skip
TEXTS = {
    "title": "关于磁力玩具的紧急公告",
    "product": "磁力玩具",
    "risk": "误吞致死",
    "compulsory": "停止进口",
    "basis": "紧急决定",
    "advice": "立即停用",
}


def test_an_emergency_measure_while_the_assessment_runs(visit, house, clock, told, at):
    case = walk(house, told[2], upto="working", at=clock(at)).folder
    now = clock(at + DAY)
    office, decider, issuer = visit("sh-decider"), visit("hq-decider"), visit("hq-issuer")

    # An office is told who may, and by which rule.
    open_(office, case)
    assert "decision-decide_emergency" not in acts(office)
    said_no = go(office, f"folders/{case.pk}/decision-decide_emergency/")
    assert "须由海关总署的决策岗办理" in said_no
    assert "报请海关总署办理" in said_no
    assert "第十八条" in said_no
    shot(office, "emergency-refused")

    # Headquarters gives its reasons; a review day is compulsory, and not beyond the limit.
    open_(decider, case)
    decider.click("[data-act='decision-decide_emergency']")
    fill(decider, WHY)
    decider.click(PRESS)
    assert decider.locator(".invalid-feedback").count() == 1
    assert "复核日期应在" in refused(decider, words={"review_on": (now + 400 * DAY).date()})
    fill(decider, {"review_on": (now + 10 * DAY).date()})
    send(decider)
    for words in WHY.values():
        assert words in said(decider)
    decision = decider.url

    measure = _announce(visit, decision, now)
    assert "评估中" in open_(issuer, case)  # the assessment goes on meanwhile
    review = _review_of(decider, decision)

    # Nobody reviews it in time: headquarters' decider reads it in red, in the inbox, on the dashboard, in a message.
    now = clock(now + 15 * DAY)
    assert _overdue(decider) == 1  # even before the clock went round
    run(at=now)
    assert _overdue(decider) == 1
    assert "逾期" in go(decider, "messages/")
    assert "逾期" in go(decider, "inbox/")
    shot(decider, "emergency-overdue")
    decider.goto(review)
    take(decider, "emergency_review-confirm", {"findings": "仍有新增伤害", "next_review_on": (now + 20 * DAY).date()})
    assert _overdue(decider) == 0

    # At the next review the risk is gone: first the measure is lifted, then the decision.
    clock(now + 5 * DAY)
    review = _review_of(decider, decision)
    no = refused(decider, "emergency_review-lift", {"findings": "批次已全部召回"})
    assert "先解除依据本决定采取的措施" in no
    issuer.goto(measure)
    take(issuer, "announcement-lift", {"reason": "批次已全部召回"})
    decider.goto(review)
    take(decider, "emergency_review-lift", {"findings": "批次已全部召回"})
    visit("hq-case_officer").goto(decision)
    assert "announcement-draft" not in acts(visit("hq-case_officer"))


def _announce(visit, decision, now):
    """Headquarters drafts, reviews and issues an announcement under a decision; its address."""
    officer = visit("hq-case_officer")
    officer.goto(decision)
    take(officer, "announcement-draft", TEXTS | {"ends_on": (now + 60 * DAY).date()})
    for who, act, checks in (("approver", "review", {"secrecy_reviewed": True}), ("issuer", "issue", {})):
        page = visit(f"hq-{who}")
        page.goto(officer.url)
        take(page, f"announcement-{act}", checks=checks)
    assert "执行中" in page.inner_text(".heading")
    return page.url


def _review_of(page, decision):
    """Open the review of a decision that stands open; its address."""
    page.goto(decision)
    follow(page, ".chain li:has-text('待复核') a")
    return page.url


def _overdue(page):
    """What the dashboard counts as overdue."""
    go(page, "dashboard/")
    return int(page.inner_text(".card-link:has-text('逾期事项') .h1"))
