"""Duties from an operator's own knowledge belong to the case on its product: it does not close beside them."""

import pytest
from django.test import Client
from django.urls import reverse

from riskwatch.case import actions as case
from riskwatch.case import queries
from riskwatch.case.models import Sheet
from riskwatch.collection import actions as collection
from riskwatch.followup import actions as followup
from riskwatch.refusals import Refusal
from riskwatch.verification.actions import verify_batch

pytestmark = pytest.mark.django_db
SAID = {"reduce": {"plan": "p", "measures_taken": "m"}, "report": {"measures_taken": "m", "results": "r"}, "cooperate": {"results": "r"},
        "tell_parties": {"told_whom": "w", "told_text": "t", "proof": "p"}}  # fmt: skip


@pytest.fixture
def report(cast, at):
    """The firm's own report of a kettle, verified, in a case."""
    facts = {"product": "电热水壶", "text": "漏电"}
    sheet = collection.report_as_organisation(
        cast.orgs["firm"], cast.orgs["sh"], title="电热水壶漏电", facts=facts, first_known_at=at, severe=False,
        by=cast["firm-staff"], at=at,
    )  # fmt: skip
    verify_batch([sheet.pk], cast.orgs["sh"], result="verified", method="m", sample="s", by=cast["sh-approver"], at=at)
    sheet.refresh_from_db()
    return sheet


@pytest.fixture
def folder(report, cast, at):
    return case.open_folder(
        title="水壶", owner=cast.orgs["sh"], direction="import", sheets=[report], by=cast["sh-case_officer"], at=at
    )


def _close(folder, cast, at):
    return case.close(folder, by=cast["sh-case_officer"], at=at, summary="s")


def _know(cast, at, who="firm-staff", product="电热水壶", **more):
    return followup.know(office=cast.orgs["sh"], product=product, known_at=at, by=cast[who], at=at, **more)


def _fulfil(duties, cast, at):
    for sheet in duties:
        kind = followup.duty_on(sheet).kind
        more = {"told_on": at.date()} if kind == "tell_parties" else {}
        followup.report(sheet, **SAID[kind], **more, by=cast["firm-staff"], at=at)
        followup.verify_duty(sheet, customs_note="属实", by=cast["sh-case_officer"], at=at)


@pytest.mark.parametrize("named", [True, False], ids=["naming its report", "by operator and product"])
def test_a_case_does_not_close_beside_its_operators_open_duties(named, report, folder, cast, at):
    duties = _know(cast, at, report=report) if named else _know(cast, at)
    with pytest.raises(Refusal) as refused:
        _close(folder, cast, at)
    assert refused.value.code == "unfinished"
    assert {left.sheet for left in queries.keeps_open(folder, at=at)} == set(duties)
    _fulfil(duties, cast, at)
    assert _close(folder, cast, at).state == "closed"


def test_duties_of_others_or_on_other_products_do_not_hold_a_case(folder, cast, at):
    _know(cast, at, who="rival-manager")
    _know(cast, at, product="儿童雨衣")
    assert _close(folder, cast, at).state == "closed"


def test_a_duty_put_into_a_case_on_screen_holds_that_case_and_shows_in_it(folder, cast, at, told):
    from riskwatch.doors.jobs.simulator.river import walk

    duty = _know(cast, at, product="儿童雨衣")[0]
    other = walk(cast, told[0], upto="opened", at=at).folder
    browser = Client()
    browser.force_login(cast["sh-case_officer"])
    answer = browser.post(reverse("office:folder_act", args=[other.pk, "folder-enclose"]), {"number": duty.number})
    assert answer.status_code == 302
    assert duty in queries.of_folder(other)
    with pytest.raises(Refusal):
        _close(other, cast, at)
    assert _close(folder, cast, at).state == "closed"


def test_a_duty_under_a_measure_or_another_record_cannot_be_put_into_a_case(folder, cast, at, told):
    from riskwatch.doors.jobs.simulator.river import walk
    from riskwatch.measures import served

    done = walk(cast, told[0], upto="issued", at=at)
    served.acknowledge(done.measure, by=cast["firm-staff"], at=at.replace(day=12))
    for sheet in (Sheet.objects.filter(kind="duty", folder=done.folder).first(), done.assessment):
        with pytest.raises(Refusal) as refused:
            case.enclose(folder, [sheet], by=cast["sh-case_officer"], at=at)
        assert refused.value.code == "not_information"


def test_only_ones_own_report_can_be_named(report, cast, at):
    with pytest.raises(Refusal) as refused:
        _know(cast, at, who="rival-manager", report=report)
    assert refused.value.status == 404


def test_the_counter_offers_the_report(report, folder, cast, at):
    browser = Client()
    browser.force_login(cast["firm-staff"])
    said = {"office": cast.orgs["sh"].pk, "product": "x", "known_at": "2026-03-01T08:00", "report": report.pk}
    assert browser.post(reverse("counter:knowledge"), said).status_code == 302
    assert report.effects.filter(kind="duty").count() == 4
