"""Incidents counted after a report: a contradiction is put before the case officer, anything else is only kept."""

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from riskwatch.assessment import incidents
from riskwatch.assessment.desk import facts
from riskwatch.assessment.models import Assessment, IncidentCheck, ReassessmentDue
from riskwatch.case.models import Sheet
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.journal.models import Entry
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(cast, at, told):
    return walk(cast, told[0], upto="accepted", at=at)


def said(sheet, cast, at, name="sh-case_officer", source="口岸通报汇总", **observed):
    (scenario, _words), *_more = incidents.scenarios(sheet)
    return incidents.check(
        sheet, scenario=scenario, observed={"incidents": 0, "units": 10} | observed, source=source, by=cast[name], at=at
    )


def test_as_many_as_predicted_are_kept_and_nothing_is_asked(done, cast, at):
    assert said(done.assessment, cast, at).pk == done.assessment.pk
    check = IncidentCheck.objects.get()
    assert (check.result["contradicts"], check.result["observed"]) == ("", 0)
    assert not ReassessmentDue.objects.exists()
    assert Entry.objects.filter(act="assessment.check_incidents").count() == 1
    done.assessment.refresh_from_db()
    assert any("不矛盾" in str(f.value) for f in facts(done.assessment, "full"))
    with pytest.raises(DatabaseError), transaction.atomic():
        IncidentCheck.objects.update(source="x")


def test_far_more_than_predicted_are_put_before_the_officer(done, cast, at):
    due = said(done.assessment, cast, at, incidents=400, units=1000)
    row = ReassessmentDue.objects.get(pk=due.pk)
    assert (row.trigger, row.assessment_id) == ("new_death_or_injury", done.assessment.pk)
    assert "400" in row.trigger_words
    assert "口岸通报汇总" in row.trigger_words
    again = said(done.assessment, cast, at, incidents=450, units=1000)
    assert again.pk != due.pk  # newer figures are a newer change


def test_far_fewer_are_another_change(done, cast, at):
    due = said(done.assessment, cast, at, incidents=0, units=10_000_000)
    assert ReassessmentDue.objects.get(pk=due.pk).trigger == "other"


@pytest.mark.parametrize(
    ("field", "value"),
    [("units", 0.0), ("exposed", -1.0), ("life_observed", 2.0), ("reporting", 0.0), ("incidents", -1)],
)
def test_a_number_that_cannot_be_taken_names_its_field(field, value, done, cast, at):
    with pytest.raises(Refusal) as refused:
        said(done.assessment, cast, at, **{field: value})
    assert field in refused.value.fields
    assert not IncidentCheck.objects.exists()


def test_only_an_accepted_report_is_checked_with_its_source(done, cast, at, told):
    working = walk(cast, told[1], upto="working", at=at).assessment
    with pytest.raises(Refusal) as refused:
        incidents.check(
            working,
            scenario="S1",
            observed={"incidents": 1, "units": 10},
            source="x",
            by=cast["sh-case_officer"],
            at=at,
        )
    assert refused.value.code == "not_accepted"
    with pytest.raises(Refusal):
        said(done.assessment, cast, at, source=" ")
    with pytest.raises(Refusal) as refused:
        incidents.check(
            done.assessment,
            scenario="none",
            observed={"incidents": 1, "units": 10},
            source="x",
            by=cast["sh-case_officer"],
            at=at,
        )
    assert refused.value.code == "unknown_scenario"


def test_through_the_page_and_by_whom(done, cast):
    browser = Client()
    address = reverse("office:act", args=[done.assessment.pk, "assessment-check_incidents"])
    browser.force_login(cast["sh-case_officer"])
    (scenario, _words), *_more = incidents.scenarios(done.assessment)
    fields = {
        "scenario": scenario,
        "incidents": 400,
        "units": 1000,
        "source": "通报",
        "version": Sheet.objects.get(pk=done.assessment.pk).version,
    }
    assert browser.get(address).status_code == 200
    wrong = browser.post(address, fields | {"life_observed": "3"}).content.decode()
    assert "通报" in wrong
    assert not ReassessmentDue.objects.exists()
    browser.post(address, fields)
    assert ReassessmentDue.objects.filter(assessment=Assessment.objects.get(pk=done.assessment.pk)).count() == 1
    for name in ("firm-manager", "sh-registrar", "hq-system"):
        browser.force_login(cast[name])
        assert browser.post(address, fields).status_code in (403, 404), name
