"""Drafts stay as they were saved, a report follows from its document alone, and nobody else may write it."""

import json

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskmethods import assess
from riskwatch.assessment import actions, reporting
from riskwatch.assessment.models import Draft, Report
from riskwatch.doors.jobs.simulator.river import assessed, walk
from riskwatch.parties.actions import issue_token
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast, at, told):
    """An assessment that the technical body has taken up."""
    return walk(cast, told[0], upto="working", at=at).assessment


def test_a_draft_may_be_faulty_is_kept_once_and_never_edited(order, cast, at):
    faulty = {"scenarios": [{"steps": [{"text": "", "quantity": "2"}]}]}
    first = reporting.save_draft(order, document=faulty, by=cast["tech-assessor"], at=at)
    assert reporting.save_draft(order, document=faulty, by=cast["tech-assessor"], at=at).pk == first.pk
    second = reporting.save_draft(order, document=assessed(), by=cast["tech-assessor"], at=at)
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(DatabaseError), transaction.atomic():
        Draft.objects.filter(pk=first.pk).update(document={})


def test_nobody_but_the_commissioned_assessor_saves(order, cast, at):
    for name in ("sh-case_officer", "hq-supervisor", "firm-manager", "lab-tester", "centre-approver"):
        with pytest.raises(Refusal) as refused:
            reporting.save_draft(order, document=assessed(), by=cast[name], at=at)
        assert refused.value.status == 403, name
        assert not reporting.may_write(order, by=cast[name], at=at)


def test_a_document_beyond_every_bound_is_refused(order, cast, at):
    deep = {}
    for _n in range(100):
        deep = {"product": deep}
    for document in (deep, {"report": {"hazard": "长" * 3_000_000}}):
        with pytest.raises(Refusal):
            reporting.save_draft(order, document=document, by=cast["tech-assessor"], at=at)
    assert not Draft.objects.filter(assessment=order.pk).exists()


def test_a_report_follows_from_its_document(order, cast, at):
    reporting.submit(order, document=assessed(), by=cast["tech-assessor"], at=at)
    report = Report.objects.get(assessment=order.pk)
    again = assess(report.document)
    assert (again.level, again.data["inputs_sha256"]) == (report.level, report.inputs_sha256)
    assert json.loads(again.as_json()) == report.result
    assert report.degree == 3
    assert report.interests == ["health"]
    assert {s["author"] for s in report.result["scenarios"][0]["steps"]} == {str(cast["tech-assessor"])}


@pytest.mark.parametrize("part", ["hazard", "extent", "residual", "proposal"])
def test_each_written_part_is_demanded(part, order, cast, at):
    with pytest.raises(Refusal) as refused:
        reporting.submit(order, document=assessed(**{part: "　"}), by=cast["tech-assessor"], at=at)
    assert list(refused.value.fields) == [f"report.{part}"]


def test_category_and_every_numbers_grounds_are_demanded(order, cast, at):
    document = assessed()
    del document["category"]
    with pytest.raises(Refusal) as refused:
        reporting.submit(order, document=document, by=cast["tech-assessor"], at=at)
    assert "category" in refused.value.fields
    document = assessed()
    del document["scenarios"][0]["steps"][1]["source"]
    with pytest.raises(Refusal) as refused:
        reporting.submit(order, document=document, by=cast["tech-assessor"], at=at)
    assert list(refused.value.fields) == ["scenarios[0].steps[1].source"]


def test_faults_are_named_with_their_place_and_nothing_is_stored(order, cast, at):
    document = assessed()
    document["scenarios"][0]["steps"][2]["quantity"] = {"p": "1.5"}
    with pytest.raises(Refusal) as refused:
        reporting.submit(order, document=document, by=cast["tech-assessor"], at=at)
    assert list(refused.value.fields) == ["scenarios[0].steps[2].quantity.p"]
    order.refresh_from_db()
    assert order.stage == "working"


def test_a_presumed_risk_has_a_clause_and_no_probability(order, cast, at):
    document = assessed() | {
        "scenarios": [],
        "presumption": {
            "clause": "e.small_parts",
            "facts": "供36个月以下儿童使用，小零件脱落",
            "evidence": "A",
            "source": "检测报告T-1",
        },
    }
    reporting.submit(order, document=document, by=cast["tech-assessor"], at=at)
    report = Report.objects.get(assessment=order.pk)
    assert (report.level, report.basis, report.degree) == ("serious", "presumed", None)
    assert report.result["scenarios"] == []
    actions.accept(order, by=cast["sh-approver"], at=at)  # it prints, too


def test_a_returned_report_is_told_apart_from_its_next_version(order, cast, at):
    reporting.submit(order, document=assessed(), by=cast["tech-assessor"], at=at)
    actions.send_back(order, reason="概率依据不足", by=cast["sh-approver"], at=at)
    reporting.submit(order, document=assessed(p="1/2"), by=cast["tech-assessor"], at=at)
    first, second = Report.objects.filter(assessment=order.pk).order_by("version")
    assert first.difference == ""
    assert "高风险 → 严重风险" in second.difference
    assert "1/20 → 1/2" in second.difference


def test_the_api_takes_a_document_and_names_its_faults(order, cast):
    key = issue_token(cast["tech-assessor"], name="t", days=1, by=cast["tech-assessor"], at=timezone.now())

    def post(document):
        return Client().post(f"/api/sheets/{order.pk}/assessment-submit", {"fields": {"document": document}},
                             content_type="application/json", headers={"authorization": f"Bearer {key}"})  # fmt: skip

    bad = assessed()
    bad["scenarios"][0]["severity"] = 9
    assert "scenarios[0].severity" in post(bad).json()["fields"]
    assert post(assessed()).status_code == 200
    assert Report.objects.get(assessment=order.pk).level == "high"


@pytest.mark.parametrize("page", ["score", "save", "submit"])
def test_strangers_reach_no_endpoint_of_the_workbench(page, order, cast):
    browser = Client()
    address = reverse(f"counter:assessment_{page}", args=[order.pk])
    assert browser.post(address, "{}", content_type="application/json").status_code == 302
    for name in ("firm-manager", "lab-tester", "hq-system"):
        browser.force_login(cast[name])
        assert browser.post(address, "{}", content_type="application/json").status_code == 404, name


def test_a_reader_scores_but_cannot_save(order, cast):
    browser = Client()
    browser.force_login(cast["sh-case_officer"])
    body = json.dumps(assessed())
    scored = browser.post(reverse("office:assessment_score", args=[order.pk]), body, content_type="application/json")
    assert scored.json()["result"]["level"] == "high"
    assert set(scored.json()["charts"]) == {"grid", "shares", "flips", "tornado"}
    saved = browser.post(reverse("office:assessment_save", args=[order.pk]), body, content_type="application/json")
    assert saved.status_code == 403
    assert saved.json()["refused"]


def test_texts_of_a_document_cannot_break_out_of_the_chart(order, cast):
    document = assessed()
    document["scenarios"][0]["steps"][0]["text"] = "<script>alert(1)</script>"
    browser = Client()
    browser.force_login(cast["tech-assessor"])
    answer = browser.post(
        reverse("counter:assessment_score", args=[order.pk]), json.dumps(document), content_type="application/json"
    )
    assert "<script>" not in answer.json()["charts"]["tornado"]
