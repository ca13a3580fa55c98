"""An importer's and a citizen's story, clicked through in a real browser."""

from __future__ import annotations

import pytest
from django.utils import timezone

from riskwatch.doors.jobs.round import run
from tests.stories.verbs import PRESS, acts, fill, find, number, said, send, shot, take

pytestmark = pytest.mark.django_db(transaction=True)


def _report(citizen, **words):
    """A citizen reports in Shanghai; the number and the secret of the receipt, when one is given."""
    citizen.goto(citizen.home + "/report/")
    who = {"name": "某某某", "proof": "360426199101010071", "phone": "13800000000"}
    fill(citizen, words | who, selects={"office": "上海海关"})
    citizen.click(PRESS)
    assert citizen.locator(".invalid-feedback").count() == 1  # the consent is missing, and nothing typed is lost
    fill(citizen, checks={"consent": True})
    citizen.click(PRESS)
    return citizen.inner_text("#receipt-number"), citizen.inner_text("#receipt-secret")


def _receipt(citizen, found, secret):
    """What the receipt says, once the clock has gone round."""
    run(at=timezone.now())
    citizen.goto(citizen.home + "/receipt/")
    fill(citizen, {"number": found, "secret": secret})
    citizen.click(PRESS)
    return said(citizen)


def test_a_citizen_reports_without_an_account_and_reads_the_answer_with_the_receipt(visit):
    citizen = visit(width=390)
    found, secret = _report(citizen, product="电热水壶", text="壶体漏电")
    officer = visit("sh-registrar")
    find(officer, found)
    assert "某某某" not in officer.content()
    take(officer, "information-take_charge")
    take(officer, "information-answer", {"text": "正在核实，谢谢"})
    assert "不对" in _receipt(citizen, found, "WRONGCODE123")
    answer = _receipt(citizen, found, secret)
    assert "已收到" in answer
    assert "正在核实，谢谢" in answer
    citizen.click("summary:has-text('补充情况或照片')")
    citizen.fill("[name=text]", "又烫伤一人")
    citizen.click("button[value=add]")
    assert "已补充" in said(citizen)
    officer.reload()
    assert "又烫伤一人" in said(officer)


def test_a_citizen_who_reports_food_reads_why_not_here_and_where_to_go(visit):
    citizen = visit(width=390)
    found, secret = _report(citizen, product="进口奶酪", text="有异味，吃后腹泻")
    officer = visit("sh-registrar")
    find(officer, found)
    officer.click("[data-act='information-refuse_scope']")
    fill(officer, {"reason": "奶酪是食品，不是工业品"})
    officer.click(PRESS)
    assert officer.locator(".invalid-feedback").count() == 1  # a refusal says where to go instead
    fill(officer, {"elsewhere": "市场监督管理部门，电话12315"})
    send(officer)
    assert "不属适用范围" in officer.inner_text(".heading")
    answer = _receipt(citizen, found, secret)
    for words in ("不属于本平台受理范围", "奶酪是食品，不是工业品", "市场监督管理部门，电话12315"):
        assert words in answer
    assert citizen.locator("button[value=add]").count() == 0  # nothing more can be said to it
    shot(citizen, "receipt-out-of-scope")
    # Nobody opens a case on it; it may still be sent on, and the receipt says where.
    find(visit("sh-case_officer"), found)
    assert "folder-open" not in acts(visit("sh-case_officer"))
    take(officer, "information-transfer_out", {"elsewhere": "浦东新区市场监督管理局"})
    answer = _receipt(citizen, found, secret)
    assert "已移送其他部门" in answer
    assert "浦东新区市场监督管理局" in answer


def test_an_importer_reports_late_and_customs_answers(visit):
    firm = visit("firm-staff")
    firm.goto(firm.home + "/counter/report/")
    firm.select_option("[name=office]", label="上海海关")
    firm.fill("[name=title]", "玩具绳带过长")
    firm.fill("main [name=text]", "自检发现")
    firm.fill("[name=first_known_at]", "2026-01-05T09:00")
    firm.click("main form button.btn-primary")
    firm.wait_for_selector(".alert-success")
    assert "迟报" in firm.inner_text("main")
    found = number(firm)
    officer = visit("sh-registrar")
    find(officer, found)
    take(officer, "information-answer", {"text": "收到，请提供批次清单"})
    firm.goto(firm.home + "/counter/messages/")
    assert "请提供批次清单" in firm.inner_text("main")


def test_pages_speak_chinese_first_and_english_on_a_switch(visit):
    page = visit()
    page.goto(page.home + "/")
    assert "报告风险" in page.inner_text("main")
    page.click("text=English")
    assert "Report a risk" in page.inner_text("main")
