"""A new injury calls for a reassessment: the same assessor is asked, and what changed since last time is shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskwatch.doors.jobs.simulator.river import walk
from tests.stories.verbs import acts, fill, find, follow, go, number, open_, said, send, shot, take

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_new_injury_report_brings_the_same_assessor_back_and_shows_the_difference(visit, house, clock, told, at):
    done = walk(house, told[1], upto="accepted", at=clock(at))
    clock(at + timedelta(days=3))
    registrar, officer, assessor, approver = (
        visit(n) for n in ("sh-registrar", "sh-case_officer", "tech-assessor", "sh-approver")
    )
    go(registrar, "register/")
    fill(registrar, {"title": "又一例儿童受伤", "text": "医院报告一名四岁儿童手术取出磁铁", "product": done.story.product,
                     "commodity_code": done.story.code, "injured": 1, "injuries": "肠穿孔"},
         selects={"source_kind": "医院伤害报告信息"})  # fmt: skip
    send(registrar)
    found = number(registrar)

    open_(officer, done.folder)
    take(officer, "folder-enclose", {"number": found})
    assert "待决定是否重新评估" in said(officer)
    go(officer, "inbox/?kind=assessment")
    assert "肠穿孔" in follow(officer, "text=-C1")
    shot(officer, "reassessment-due")
    take(officer, "reassessment_due-reassess")
    again = number(officer)
    assert done.assessment.number != again
    assert "东海产品安全技术中心" in said(officer)

    # The same body finds it; the panel that was not asked does not.
    assert again not in go(visit("panel-chair"), "inbox/")
    go(assessor, "inbox/")
    assert "肠穿孔" in follow(assessor, f"text={again}")
    take(assessor, "assessment-take_up", checks={"has_interest": "no"})
    _worse(assessor)
    find(officer, again)
    for page in (assessor, officer):
        assert "与上次的差异" in said(page)
        assert "高风险 → 严重风险" in said(page)
    shot(assessor, "difference")
    find(approver, again)
    take(approver, "assessment-accept")
    assert "已被新评估替代" in open_(officer, done.assessment)
    assert "reassess" not in " ".join(acts(officer))


def _worse(page):
    """In the workbench, which opens with the last report: the event is far likelier than was thought."""
    page.click("text=评估工作台")
    page.wait_for_selector("#bench-level:has-text('高风险')")
    page.locator(".bench-step").nth(1).locator(".bench-p").fill("1/2")
    page.wait_for_selector("#bench-level:has-text('严重风险')")
    page.once("dialog", lambda d: d.accept())
    page.click("[data-bench='submit']")
    page.wait_for_url(lambda url: "/sheets/" in url)
