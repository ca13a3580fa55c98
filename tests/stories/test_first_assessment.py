"""An assessor who has never seen the method finishes a first assessment of a folding chair; `docs/first_assessment.md` tells it."""

from __future__ import annotations

import os

import pytest

from riskwatch.doors.jobs.simulator.events import events
from riskwatch.doors.jobs.simulator.river import walk

pytestmark = pytest.mark.django_db(transaction=True)


def _shot(page, name):
    """A picture for whoever wants to look, in the folder that SHOTS names."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def commissioned(house, at):
    done = walk(house, next(iter(events(7, 1))), upto="commissioned", at=at)
    return done.assessment


def test_a_first_assessment_of_a_folding_chair(visit, commissioned):
    from riskwatch.assessment.models import Draft, Report

    page = visit("tech-assessor")
    page.goto(page.home + "/counter/inbox/")
    page.click(f"text={commissioned.number}")
    page.click("[data-act='assessment-take_up']")
    page.check("input[name=has_interest][value=no]")
    page.click("main form button.btn-primary")
    page.wait_for_selector(".alert-success")

    page.click("text=评估工作台")
    page.wait_for_selector("#bench-level:has-text('尚不能评定')")
    _shot(page, "bench-empty")
    page.click("[data-template='folding_chair']")
    page.wait_for_selector("#bench-level:has-text('低风险')")
    assert page.inner_text("#bench-table").count("500") >= 1
    _shot(page, "bench-template")

    # A typing slip is told where it is, and nothing is lost.
    first = page.locator(".bench-step").nth(1)
    first.locator(".bench-p").fill("0")
    page.wait_for_selector("#bench-level:has-text('尚不能评定')")
    page.wait_for_selector(".bench-step:nth-of-type(2) .bench-fault .text-danger")
    _shot(page, "bench-fault")
    first.locator(".bench-p").fill("1/50")
    page.wait_for_selector("#bench-level:has-text('低风险')")

    # Graver injury, then back: the level follows at once.
    page.click("[data-severity='3']")
    page.wait_for_selector("#bench-level:has-text('严重风险')")
    page.click("[data-severity='1']")
    page.wait_for_selector("#bench-level:has-text('低风险')")

    # The slider by keyboard: one notch changes number and words together.
    slider = page.locator(".bench-step").nth(2).locator("input[type=range]")
    before = page.locator(".bench-step").nth(2).locator(".bench-p").input_value()
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".bench-step").nth(2).locator(".bench-p").input_value() != before
    page.keyboard.press("ArrowLeft")
    assert page.locator(".bench-step").nth(2).locator(".bench-p").input_value() == before

    # What is uncertain is drawn as a cloud.
    page.locator(".bench-step").nth(1).locator(".bench-shape select").select_option("pert")
    page.locator("#bench-grid circle").nth(100).wait_for(state="attached")
    _shot(page, "bench-cloud")

    # Steps change places by keyboard buttons as well as by dragging; the product of steps does not depend on the order.
    page.locator(".bench-step").nth(1).get_by_label("下移").click()
    page.locator(".bench-step").nth(2).get_by_label("上移").click()

    for step in range(4):
        card = page.locator(".bench-step").nth(step)
        card.get_by_label("证据等级").select_option("C")
        card.get_by_label("来源").fill("同类折叠椅伤害案例与本机构试验")
    severity = page.locator("[data-place='scenarios[0].severity']").locator("xpath=..")
    severity.get_by_label("证据等级").select_option("C")
    severity.get_by_label("来源").fill("伤害表：轻微夹伤")

    page.click("[data-do='add-measure']")
    measure = page.locator("[data-place='residual.measures[0]']")
    measure.get_by_label("措施", exact=True).or_(measure.locator("input").first).first.fill("加装铰链护罩")
    measure.get_by_label("证据等级").select_option("D")
    measure.get_by_label("来源").fill("设计评审")
    page.wait_for_selector("#bench-residual:has-text('措施前')")

    for part in ("hazard", "extent", "residual", "proposal"):
        page.click(f"[data-fill='{part}']")
    page.wait_for_selector("#bench-gaps:has-text('已填齐')")
    _shot(page, "bench-complete")

    page.click("[data-bench='save']")
    page.wait_for_selector("#bench-said:has-text('已保存为草稿')")
    assert Draft.objects.filter(assessment=commissioned.pk).count() == 1

    page.on("dialog", lambda d: d.accept())
    page.click("[data-bench='submit']")
    page.wait_for_url(lambda url: f"/sheets/{commissioned.pk}/" in url)
    _shot(page, "bench-submitted")
    report = Report.objects.get(assessment=commissioned.pk)
    assert (report.level, report.basis) == ("low", "computed")
    assert report.result["inputs_sha256"] == report.inputs_sha256
    assert len(report.document["scenarios"][0]["steps"]) == 4

    # Versions, comparison and the report in both languages.
    page.goto(page.home + f"/counter/assessments/{commissioned.pk}/versions/?from=d1&to=r1")
    assert "等级不变" in page.inner_text("main")
    _shot(page, "bench-versions")
    for lang, word in (("zh", "残余风险"), ("en", "residual risk")):
        page.goto(page.home + f"/counter/assessments/{commissioned.pk}/preview/?version=r1&lang={lang}")
        assert word in page.inner_text("main")
        assert page.locator("article svg").count() == 4
        _shot(page, f"bench-preview-{lang}")
    pdf = page.request.get(page.home + f"/counter/assessments/{commissioned.pk}/preview/?version=r1&pdf=1")
    assert pdf.body()[:5] == b"%PDF-"


def test_the_workbench_on_a_narrow_screen_in_english(visit, commissioned):
    page = visit("tech-assessor", width=390)
    page.goto(page.home + "/counter/inbox/")
    page.click("text=English")
    page.goto(page.home + f"/counter/assessments/{commissioned.pk}/")
    page.wait_for_selector("#bench-level")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    _shot(page, "bench-narrow")


def test_a_rival_and_a_stranger_do_not_come_in(visit, commissioned):
    page = visit("rival-manager")
    for path in ("", "versions/", "preview/"):
        answer = page.goto(page.home + f"/counter/assessments/{commissioned.pk}/{path}")
        assert answer.status == 404
    stranger = visit()
    stranger.goto(stranger.home + f"/counter/assessments/{commissioned.pk}/")
    assert "login" in stranger.url
