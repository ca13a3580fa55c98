"""What is work and what is not: a measure in force rests until something on it is due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from riskwatch.case import queries
from riskwatch.case.lifecycle import posts_of
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.followup import actions as followup
from riskwatch.measures import served
from riskwatch.measures.models import Addressee
from riskwatch.parties.models import Membership

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def inbox(cast, who, at):
    return set(queries.inbox(posts_of(cast[who], at), at=at).values_list("pk", flat=True))


def page(cast, who, path):
    client = Client()
    client.force_login(cast[who])
    return client.get(path).content.decode()


def test_a_measure_in_force_is_no_work_until_its_day(cast, told, at):
    survey = walk(cast, told[0], upto="issued", at=at, kind="survey").measure
    order = walk(cast, told[1], upto="issued", at=at, kind="order").measure
    survey.refresh_from_db()
    order.refresh_from_db()
    assert order.due_on is not None
    assert survey.pk in inbox(cast, "sh-case_officer", at + DAY)  # nobody has acknowledged it yet
    for row in Addressee.objects.filter(measure=survey.pk).select_related("organisation"):
        officer = Membership.objects.filter(organisation=row.organisation).first().person
        served.acknowledge(survey, by=officer, at=at + DAY)
    soon, past = at + 3 * DAY, at + 120 * DAY
    assert survey.pk not in inbox(cast, "sh-case_officer", soon)
    assert survey.pk in inbox(cast, "sh-case_officer", past)
    assert order.pk in inbox(cast, "sh-case_officer", soon)


def test_objections_and_applications_stand_at_their_stage_of_the_river(cast, told, at):
    done = walk(cast, told[0], upto="issued", at=at)
    now = at + 5 * DAY
    objection = followup.object_to(done.measure, grounds="数量不符", by=cast["firm-manager"], at=now)
    said = page(cast, "sh-case_officer", f"/office/folders/{done.folder.pk}/")
    measures = said.split("5. 措施")[1].split("6. 备案")[0]
    assert objection.number in measures
    assert "其他记录" not in said


def test_the_course_is_told_by_record_or_by_time(cast, told, at):
    done = walk(cast, told[0], upto="decided", at=at)
    path = f"/office/folders/{done.folder.pk}/"
    grouped, plain = page(cast, "sh-case_officer", path), page(cast, "sh-case_officer", path + "?course=time")
    assert grouped.count("course-group") == 5  # case, information, verification, assessment, decision
    assert "course-group" not in plain
    assert grouped.index("现在可以办理") < grouped.index("办理经过")


def test_a_search_is_narrowed_by_kind_and_day_and_told_how_much_it_found(cast, told, at):
    done = walk(cast, told[0], upto="accepted", at=at)
    brand = told[0].facts["brand"]
    everything = page(cast, "sh-case_officer", f"/office/search/?q={brand}")
    assert "找到 3 条记录" in everything  # the piece, its verification, the assessment
    assert "找到 1 条记录" in page(cast, "sh-case_officer", f"/office/search/?q={brand}&kind=assessment")
    assert "找到 0 条记录" in page(cast, "sh-case_officer", f"/office/search/?q={brand}&until=2020-01-01")
    assert done.folder.number in page(cast, "sh-case_officer", f"/office/search/?q={done.folder.title[:8]}")
    assert "找到 0 条记录" in page(cast, "sz-case_officer", f"/office/search/?q={brand}")
