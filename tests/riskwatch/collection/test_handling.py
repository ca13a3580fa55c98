"""One handler at a time: a second taker is told who and when; only a supervisor reassigns; only the handler opens an identity."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from riskwatch.case.models import Sheet
from riskwatch.collection import actions as collection
from riskwatch.collection import identities
from riskwatch.doors.portal.ports import hand_in
from riskwatch.journal.queries import course_of_sheet
from riskwatch.refusals import Refusal
from riskwatch.verification import actions as verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def reported(cast, at):
    number, _secret = hand_in(cast.orgs["sh"], title="t", facts={"product": "p", "text": "x"},
                              who={"name": "张三丰", "proof": "360426199101010071", "phone": "1"}, files=[], at=at)  # fmt: skip
    return Sheet.objects.get(number=number)


def test_of_two_takers_the_second_is_told_who_and_when_and_sees_no_identity(reported, cast, at):
    collection.take_charge(reported, by=cast["sh-registrar"], at=at)
    with pytest.raises(Refusal) as second:
        collection.take_charge(reported, by=cast["sh-verifier"], at=at + timedelta(days=1))
    assert second.value.code == "handled"
    assert str(cast["sh-registrar"]) in second.value.reason
    assert "2026-03-10" in second.value.reason
    with pytest.raises(Refusal) as closed:
        identities.reveal(reported, reason="r", by=cast["sh-verifier"], at=at)
    assert closed.value.code == "not_handler"


@pytest.mark.parametrize(
    "name", ["hq-registrar", "hq-case_officer", "pj-registrar", "sz-registrar", "sh-approver", "firm-staff"]
)
def test_only_the_owning_offices_desk_takes_charge(name, reported, cast, at):
    with pytest.raises(Refusal) as refused:
        collection.take_charge(reported, by=cast[name], at=at)
    assert refused.value.status == 403


def test_beginning_to_verify_does_not_take_the_piece_from_its_handler(reported, cast, at):
    collection.take_charge(reported, by=cast["sh-registrar"], at=at)
    verification.begin_verification(reported, task="t", by=cast["sh-verifier"], at=at)
    reported.refresh_from_db()
    assert reported.handler == cast["sh-registrar"]


def test_a_supervisor_reassigns_with_a_reason_and_the_identity_follows(reported, cast, at):
    collection.take_charge(reported, by=cast["sh-registrar"], at=at)
    for who, to, reason in (("sh-registrar", "sh-verifier", "r"), ("sz-supervisor", "sh-verifier", "r"), ("sh-supervisor", "sh-verifier", " "),
                            ("sh-supervisor", "sz-verifier", "r"), ("sh-supervisor", "sh-decider", "r")):  # fmt: skip
        with pytest.raises(Refusal):
            collection.reassign(reported, to=cast[to], reason=reason, by=cast[who], at=at)
    collection.reassign(reported, to=cast["sh-verifier"], reason="原承办人休假", by=cast["sh-supervisor"], at=at)
    with pytest.raises(Refusal):
        identities.reveal(reported, reason="r", by=cast["sh-registrar"], at=at)
    assert identities.reveal(reported, reason="核实", by=cast["sh-verifier"], at=at)["name"] == "张三丰"
    acts = list(course_of_sheet(reported.pk).values_list("act", flat=True))
    assert acts[-2:] == ["information.reassign", "information.reveal_identity"]


def test_take_charge_and_reassign_are_on_screen_where_they_may_be_taken(reported, cast):
    browser = Client()
    browser.force_login(cast["sh-registrar"])
    page = reverse("office:sheet", args=[reported.pk])
    assert "information-take_charge" in browser.get(page).content.decode()
    assert (
        browser.post(reverse("office:act", args=[reported.pk, "information-take_charge"]), {"remark": ""}).status_code
        == 302
    )
    assert "information-take_charge" not in browser.get(page).content.decode()
    browser.force_login(cast["sh-supervisor"])
    assert "information-reassign" in browser.get(page).content.decode()
    said = {"to": cast["sh-case_officer"].pk, "reason": "改派"}
    assert browser.post(reverse("office:act", args=[reported.pk, "information-reassign"]), said).status_code == 302
    reported.refresh_from_db()
    assert reported.handler == cast["sh-case_officer"]
