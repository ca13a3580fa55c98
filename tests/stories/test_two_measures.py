"""Two measures in one case: one lapses by itself, the other is lifted on the operator's application; only then is the case closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskwatch.doors.jobs.round import run
from riskwatch.doors.jobs.simulator.river import walk
from tests.stories.verbs import acts, follow, go, open_, refused, said, shot, take

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def test_two_measures_one_lapses_and_one_is_lifted_before_the_case_can_be_closed(visit, house, clock, told, at):
    done = walk(house, told[3], upto="issued", at=clock(at))
    notice, case = done.measure, done.folder
    officer, issuer, firm, above = (
        visit("sh-case_officer"),
        visit("sh-issuer"),
        visit("firm-manager"),
        visit("hq-registrar"),
    )
    now = clock(at + 2 * DAY)
    circular = _circular(visit, done.decision, ends_on=(now + 3 * DAY).date())
    for filing in (1, 2):
        open_(officer, case)
        follow(officer, "a:has-text('待报送')")
        take(officer, "filing-file", {"summary": f"措施概要{filing}"})
        above.goto(officer.url)
        take(above, "filing-receipt")

    now = clock(now + 4 * DAY)
    run(at=now)
    issuer.goto(circular)
    assert "期满解除" in issuer.inner_text(".heading")
    assert not acts(issuer) & {"circular-lift", "circular-extend", "circular-adjust"}
    open_(officer, case)
    no = refused(officer, "folder-close", {"summary": "风险已消减"})
    assert notice.number in no
    assert "先办结这些事项再结案" in no
    shot(officer, "close-refused")

    # A first report does not convince: conformity failed, so lifting is refused; after a new evaluation it is granted.
    open_(firm, notice)
    take(firm, "lift_application-apply", {"report": "已召回1,500件并改进设计，第三方检测合格"})
    go(officer, "inbox/")
    officer.click("text=LA-2200-")
    take(officer, "lift_application-evaluate", checks={"authentic": "yes", "conforms": "no"}, rest="检测报告缺页")
    issuer.goto(officer.url)
    assert "符合性" in refused(issuer, "lift_application-grant", {"answer": "同意"})
    issuer.goto(officer.url)
    take(issuer, "lift_application-reevaluate", {"reason": "企业已补交检测报告"})
    officer.reload()
    take(officer, "lift_application-evaluate", checks={"authentic": "yes", "conforms": "yes"}, rest="补交的报告合格")
    issuer.goto(officer.url)
    take(issuer, "lift_application-grant", {"answer": "风险已降至适当程度"})
    open_(firm, notice)
    assert "已解除" in firm.inner_text(".heading")
    assert "风险已降至适当程度" in go(firm, "messages/")

    open_(officer, case)
    assert "结案前还须办结" not in said(officer)
    take(officer, "folder-close", {"summary": "通告已解除，通报期满"})
    assert "已结案" in officer.inner_text(".heading")


def _circular(visit, decision, *, ends_on):
    """The second measure of the decision: a circular to the lower office; its address."""
    officer = visit("sh-case_officer")
    open_(officer, decision)
    words = {"title": "关于加强查验的通报", "text": "对同类产品加强查验", "ends_on": ends_on}
    take(officer, "circular-draft", words, selects={"addressees": "浦江海关"})
    for who, act, checks in (("approver", "review", {"secrecy_reviewed": True}), ("issuer", "issue", {})):
        page = visit(f"sh-{who}")
        page.goto(officer.url)
        take(page, f"circular-{act}", checks=checks)
    return page.url
