"""Headquarters changes a grade on screen, sees what it would do, a second person publishes it; keyboard and phone included."""

from __future__ import annotations

import os

import pytest

from riskwatch.doors.jobs.simulator.events import events
from riskwatch.doors.jobs.simulator.river import walk

pytestmark = pytest.mark.django_db(transaction=True)


def _shot(page, name):
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_an_edition_from_draft_to_force(visit, house, at):
    walk(house, next(iter(events(7, 1))), upto="accepted", at=at)
    author = visit("hq-policy")
    author.goto(author.home + "/office/policy/")
    author.click("text=评估政策")
    assert "系统初始版" in author.inner_text("main")
    _shot(author, "policy-now")
    author.click("text=起草新版")
    author.locator("[name='row-1-grade']").select_option("high")
    author.locator("[name='security.levels.0.zh']").fill("单个事项受影响")
    author.fill("[name=reason]", "按新文件收紧")
    author.click("[name=do][value=try]")
    assert "单个事项受影响" in author.inner_text("#told")
    assert "试算1份" in author.inner_text("#effect")
    _shot(author, "policy-tried")
    author.locator("[name='row-0-grade']").select_option("low")
    author.click("[name=do][value=propose]")
    assert "不得下降" in author.inner_text("[role=alert]")
    assert author.input_value("[name=reason]") == "按新文件收紧"
    _shot(author, "policy-refused")
    author.locator("[name='row-0-grade']").select_option("high")
    author.click("[name=do][value=propose]")
    author.wait_for_selector("text=等待另一位有规则岗或决定岗的同事审核")
    address = author.url

    second = visit("hq-decider", width=390)
    second.goto(address)
    assert "中高" in second.inner_text("#told")
    assert second.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    _shot(second, "policy-narrow")
    second.locator("[name=do][value=publish]").focus()
    second.keyboard.press("Enter")
    second.wait_for_selector("text=已办理")
    second.goto(second.home + "/office/assessment-policy/")
    assert "现行：第1版" in second.inner_text("main")
    second.goto(second.home + "/office/assessment-policy/rescore/")
    second.select_option("[name=method]", "uk-prism-2")
    second.click("main form button.btn-primary")
    assert "0份结果会不同" in second.inner_text("#effect")
    second.goto(second.home + "/office/assessment-policy/new/")
    assert "规则岗" in second.inner_text("main")
