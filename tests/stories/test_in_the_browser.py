"""The chain, an importer's and a citizen's story, clicked through in a real browser."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from riskwatch.doors.jobs.simulator.river import assessed

pytestmark = pytest.mark.django_db(transaction=True)


def _take(page, act, fill=(), checks=(), selects=()):
    """Press an act's button, fill its form, send it."""
    page.click(f"[data-act='{act}']")
    for name, words in dict(fill).items():
        page.fill(f"main [name={name}]", words)
    for name, value in dict(checks).items():
        page.check(f"main [name={name}][value='{value}']" if value is not True else f"main [name={name}]")
    for name, label in dict(selects).items():
        page.select_option(f"main select[name={name}]", label=label)
    page.click("main form button.btn-primary")
    page.wait_for_selector(".alert-success")


def _find(page, door, words):
    """Search, and open the first record found."""
    page.goto(f"{page.home}/{door}/{'search' if door == 'office' else 'records'}/?q={words}")
    page.click("main table tbody a >> nth=0")


def test_the_chain_from_registration_to_a_served_notice_and_its_answer(visit, house):
    registrar = visit("sh-registrar")
    registrar.goto(registrar.home + "/office/register/")
    registrar.fill("[name=title]", "星河磁力积木小零件脱落")
    registrar.fill("[name=text]", "抽检发现小磁铁脱落")
    registrar.fill("[name=product]", "磁力积木")
    registrar.fill("[name=commodity_code]", "9503")
    registrar.click("main form button.btn-primary")
    registrar.wait_for_selector(".alert-success")
    number = registrar.inner_text(".heading .small").split("·")[1].strip()
    assert number.startswith("RI-2200-")

    verifier = visit("sh-verifier")
    _find(verifier, "office", number)
    _take(verifier, "information-begin", {"task": "到货现场查验"})
    _take(
        verifier,
        "verification-report",
        {"method": "现场查验", "evidence": "照片", "reasons": "与实物一致"},
        {"result": "verified"},
    )
    assert verifier.locator("[data-act='verification-approve']").count() == 0

    approver = visit("sh-approver")
    approver.goto(approver.home + "/office/inbox/")
    approver.click("text=" + number + "-H1")
    _take(approver, "verification-approve")

    _find(registrar, "office", number)
    _take(registrar, "information-enter", {"spread_reason": "多地销售"}, {"aspects": "safety"})

    officer = visit("sh-case_officer")
    _find(officer, "office", number)
    _take(officer, "folder-open")
    folder = officer.url
    _take(officer, "assessment-commission", {"question": "评估风险"}, selects={"assessor": "东海产品安全技术中心"})

    assessor = visit("tech-assessor")
    assessor.goto(assessor.home + "/counter/inbox/")
    assessor.click("text=RA-2200-")
    _take(assessor, "assessment-take_up", checks={"has_interest": "no"})
    assessor.goto(assessor.url + "assessment-submit/")
    assessor.fill("[name=document]", json.dumps(assessed(), ensure_ascii=False))
    assessor.click("main form button.btn-primary")
    assessor.wait_for_selector(".alert-success")
    assert "高" in assessor.inner_text("main")

    approver.goto(approver.home + "/office/inbox/?kind=assessment")
    approver.click("text=RA-2200-")
    _take(approver, "assessment-accept")

    officer.goto(folder)
    _take(officer, "decision-judge", {"deliberation": "风险高", "options": "通告或公告"})
    _take(
        officer,
        "decision-propose",
        {"measures": "通告进口商", "grounds": "评估等级高"},
        {"conclusion": "measures", "conflict_checked": True},
    )
    decider = visit("sh-decider")
    decider.goto(decider.home + "/office/inbox/")
    decider.click("text=RD-2200-")
    _take(decider, "decision-decide")
    decision = decider.url

    officer.goto(decision)
    _take(officer, "notice-draft", {"title": "关于磁力积木的通告", "product": "磁力积木", "risk": "误吞", "required_actions": "停止销售并召回",
                                    "ends_on": str(timezone.localdate() + timedelta(days=60))}, selects={"addressees": "晨星玩具（上海）进出口有限公司"})  # fmt: skip
    notice = officer.url
    approver.goto(notice)
    _take(approver, "notice-review", checks={"secrecy_reviewed": True})
    issuer = visit("sh-issuer")
    issuer.goto(notice)
    _take(issuer, "notice-issue")
    assert "上海关预警通告" in issuer.inner_text("main")

    firm = visit("firm-manager")
    firm.goto(firm.home + "/counter/inbox/")
    firm.click("text=关于磁力积木的通告")
    _take(firm, "notice-acknowledge")
    firm.goto(firm.home + "/counter/inbox/")
    assert firm.locator("text=实施风险消减措施").count() >= 1
    firm.click("text=关于磁力积木的通告 >> nth=-1")
    _take(firm, "lift_application-apply", {"report": "已召回并改进设计，检测合格"})
    assert "已收到" in firm.inner_text(".heading")

    rival = visit("rival-manager")
    response = rival.goto(notice.replace("/office/", "/counter/"))
    assert response.status == 404

    officer.goto(folder)
    officer.click("[data-act='folder-close']")
    officer.fill("[name=summary]", "x")
    officer.click("main form button.btn-primary")
    assert "未办结" in officer.inner_text(".refused")


def test_a_citizen_reports_without_an_account_and_reads_the_answer_with_the_receipt(visit, house):

    from riskwatch.doors.jobs.round import run

    citizen = visit(width=390)
    citizen.goto(citizen.home + "/report/")
    citizen.select_option("[name=office]", label="上海海关")
    for name, words in {
        "product": "电热水壶",
        "text": "壶体漏电",
        "name": "某某某",
        "proof": "360426199101010071",
        "phone": "13800000000",
    }.items():
        citizen.fill(f"[name={name}]", words)
    citizen.click("main form button.btn-primary")
    assert (
        "不能为空" in citizen.inner_text("main")
        or "必填" in citizen.inner_text("main")
        or citizen.locator(".invalid-feedback").count()
    )
    citizen.select_option("[name=office]", label="上海海关")
    citizen.check("[name=consent]")
    citizen.click("main form button.btn-primary")
    number, secret = citizen.inner_text("#receipt-number"), citizen.inner_text("#receipt-secret")

    officer = visit("sh-registrar")
    _find(officer, "office", number)
    assert "某某某" not in officer.content()
    _take(officer, "information-take_charge")
    _take(officer, "information-answer", {"text": "正在核实，谢谢"})
    run(at=timezone.now())

    citizen.goto(citizen.home + "/receipt/")
    citizen.fill("[name=number]", number)
    citizen.fill("[name=secret]", "WRONGCODE123")
    citizen.click("main form button.btn-primary")
    assert "不对" in citizen.inner_text(".alert-danger")
    citizen.fill("[name=number]", number)
    citizen.fill("[name=secret]", secret)
    citizen.click("main form button.btn-primary")
    assert "已收到" in citizen.inner_text(".alert-success")
    assert "正在核实，谢谢" in citizen.inner_text(".alert-success")
    citizen.click("summary:has-text('补充情况或照片')")
    citizen.fill("[name=text]", "又烫伤一人")
    citizen.click("button[value=add]")
    assert "已补充" in citizen.inner_text("main")
    officer.reload()
    assert "又烫伤一人" in officer.inner_text("main")


def test_an_importer_reports_late_and_customs_answers(visit, house):
    firm = visit("firm-staff")
    firm.goto(firm.home + "/counter/report/")
    firm.select_option("[name=office]", label="上海海关")
    firm.fill("[name=title]", "玩具绳带过长")
    firm.fill("main [name=text]", "自检发现")
    firm.fill("[name=first_known_at]", "2026-01-05T09:00")
    firm.click("main form button.btn-primary")
    firm.wait_for_selector(".alert-success")
    assert "迟报" in firm.inner_text("main")
    number = firm.inner_text(".heading .small").split("·")[1].strip()
    officer = visit("sh-registrar")
    _find(officer, "office", number)
    _take(officer, "information-answer", {"text": "收到，请提供批次清单"})
    firm.goto(firm.home + "/counter/messages/")
    assert "请提供批次清单" in firm.inner_text("main")


def test_pages_speak_chinese_first_and_english_on_a_switch(visit, house):
    page = visit()
    page.goto(page.home + "/")
    assert "报告风险" in page.inner_text("main")
    page.click("text=English")
    assert "Report a risk" in page.inner_text("main")
