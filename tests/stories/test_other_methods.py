"""An assessor uses the other methods on the workbench: a fault tree and test data feed steps, AHP and FMEA go into the report."""

from __future__ import annotations

import os

import pytest

from riskwatch.doors.jobs.simulator.events import events
from riskwatch.doors.jobs.simulator.river import walk

pytestmark = pytest.mark.django_db(transaction=True)


def _shot(page, name):
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def bench(visit, house, at):
    """The workbench as the assessor who took the work up sees it, with the hammer from the library."""
    done = walk(house, next(iter(events(7, 1))), upto="working", at=at)

    def open_bench(width=1400):
        page = visit("tech-assessor", width=width)
        page.goto(page.home + f"/counter/assessments/{done.assessment.pk}/")
        page.click("[data-template='hammer']")
        page.wait_for_selector("#bench-level:has-text('高风险')")
        return page

    return open_bench


def _add(page, code):
    page.get_by_label("选择方法").select_option(code)
    page.click("[data-do='add-annex']")
    return page.locator("#bench-annexes .card").last


def test_tests_and_a_fault_tree_feed_steps_and_ahp_stands_beside(bench):
    page = bench()
    # Two defective of fifty tested, used for the first step.
    card = _add(page, "defect_share")
    card.get_by_label("不合格数").fill("2")
    card.get_by_label("检测数").fill("50")
    card.get_by_label("证据等级").select_option("A")
    card.get_by_label("来源").fill("检测报告T-2026-7")
    card.locator(".bench-found:has-text('4.9 %')").wait_for()
    card.get_by_label("用作哪一步的概率").select_option("0.0")
    card.locator("[data-do='use-annex']").click()
    first = page.locator(".bench-step").first
    assert first.locator(".bench-shape select").input_value() == "beta"
    assert "附A1" in first.get_by_label("来源").input_value()

    # More defective than tested: refused at its field, and what was typed stays.
    card = page.locator("[data-place='annexes[0]']")
    card.get_by_label("不合格数").fill("60")
    page.locator("#bench-faults li:has-text('A1 · 不合格率'):has-text('0到50')").wait_for()
    assert card.get_by_label("不合格数").input_value() == "60"
    card.get_by_label("不合格数").fill("2")
    card.locator(".bench-found:has-text('4.9 %')").wait_for()

    # A fault tree as rows, a circle in it refused by name.
    tree = _add(page, "fault_tree")
    tree.get_by_label("顶事件（门的名称）").fill("失效")
    tree.get_by_label("门 1 名称").fill("失效")
    tree.get_by_label("门 1 类型").select_option("or")
    tree.get_by_label("门 1 输入（逗号分隔）").fill("裂纹，失效")
    tree.get_by_label("基本事件 1 名称").fill("裂纹")
    tree.get_by_label("基本事件 1 概率").fill("1/100")
    page.locator("#bench-faults li:has-text('A2 · 故障树')").first.wait_for()
    _shot(page, "annex-circle")
    tree.get_by_label("门 1 输入（逗号分隔）").fill("裂纹，过载")
    tree.get_by_label("基本事件 2 名称").fill("过载")
    tree.get_by_label("基本事件 2 概率").fill("1/200")
    tree.locator(".bench-found:has-text('最小割集')").wait_for()
    tree.get_by_label("用作哪一步的概率").select_option("0.1")
    tree.locator("[data-do='use-annex']").click()
    assert page.locator(".bench-step").nth(1).locator(".bench-p").first.input_value() == "299/20000"

    # AHP: inconsistent judgements are refused with the triad that disagrees most.
    ahp = _add(page, "ahp")
    ahp.get_by_label("要素（逗号分隔，至多十个）").fill("甲，乙，丙")
    for n, (one, other, times) in enumerate((("甲", "乙", "3"), ("乙", "丙", "3"), ("甲", "丙", "1/5")), 1):
        ahp.get_by_label(f"两两比较：前者是后者的几倍（1/9–9） {n} 前者").fill(one)
        ahp.get_by_label(f"两两比较：前者是后者的几倍（1/9–9） {n} 后者").fill(other)
        ahp.get_by_label(f"两两比较：前者是后者的几倍（1/9–9） {n} 倍数").fill(times)
    page.locator("#bench-faults li:has-text('CR=')").wait_for()
    ahp.get_by_label("两两比较：前者是后者的几倍（1/9–9） 3 倍数").fill("9")
    ahp.locator(".bench-found:has-text('权重')").wait_for()
    _shot(page, "annexes")

    page.click("[data-bench='save']")
    page.wait_for_selector("#bench-said:has-text('已保存为草稿')")
    page.click("text=报告预览")
    said = page.inner_text("article")
    for words in ("A1 不合格率", "A2 故障树", "最小割集", "A3 层次分析法", "一致性比率CR", "输入指纹"):
        assert words in said, words
    _shot(page, "annex-preview")


def test_a_steps_own_fault_tree_is_typed_in_rows(bench):
    page = bench()
    page.locator(".bench-step").first.locator(".bench-shape select").select_option("tree")
    step = page.locator(".bench-step").first
    step.get_by_label("基本事件 1 概率").fill("1/3")
    step.get_by_label("门 1 类型").select_option("and")
    page.wait_for_selector("#bench-table")
    page.click("[data-bench='save']")
    page.wait_for_selector("#bench-said:has-text('已保存为草稿')")
    from riskwatch.assessment.models import Draft

    tree = Draft.objects.latest("pk").document["scenarios"][0]["steps"][0]["quantity"]["fault_tree"]
    assert tree["gates"]["T"]["type"] == "and"
    assert tree["events"]["A"] == "1/3"


WRONG = (("0", "大于0"), ("1.5", "不大于1"), ("NaN", ""), ("约一半", ""), ("-1/2", ""), ("1/0", ""))


@pytest.mark.parametrize("width", [1400, 390])
def test_bad_input_is_named_with_its_place_in_chinese_and_stays(bench, width):
    page = bench(width)
    box = page.locator(".bench-step").nth(1).locator(".bench-p")
    for typed, said in WRONG:
        box.fill(typed)
        page.locator("#bench-faults li:has-text('情景1第2步：')").filter(has_text=said).wait_for()
        assert box.input_value() == typed
    _shot(page, f"bad-{width}")
    box.fill("1/10")
    page.wait_for_selector("#bench-level:has-text('高风险')")
    # A step without words, six steps, a scenario without any.
    words = page.locator(".bench-step").nth(0).get_by_label("这一步发生什么")
    words.fill("")
    page.locator("#bench-faults li:has-text('情景1第1步：')").wait_for()
    words.fill("锤头碎裂")
    for _n in range(2):
        page.click("[data-do='add-step']")
    page.locator("#bench-faults li:has-text('至多5个，现有6个')").wait_for()
    page.click("[data-do='add-scenario']")
    page.locator("#bench-faults li:has-text('情景2第1步：')").first.wait_for()
    # A press on a fault of the other scenario opens that scenario.
    page.locator("#bench-faults li:has-text('现有6个') button").click()
    page.wait_for_selector(".bench-tabs [aria-selected=true]:has-text('1.')")
    for _n in range(2):
        page.locator(".bench-step").last.get_by_label("删除这一步").click()
    # Text where a number belongs.
    page.locator(".bench-step").first.locator(".bench-shape select").select_option("beta")
    page.locator(".bench-step").first.locator("input[inputmode=decimal]").first.fill("几个")
    page.locator("#bench-faults li:has-text('情景1第1步：')").wait_for()
    assert page.locator(".bench-step").first.locator("input[inputmode=decimal]").first.input_value() == "几个"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
