"""Somebody leaves: open cases and unfinished records go to a fit successor, who is told; without one it is refused."""

import pytest
from django.test import Client

from riskwatch.case.handover import folders_of, leave, sheets_of
from riskwatch.case.models import Folder, Message, Sheet
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.journal.models import Entry
from riskwatch.parties.models import Membership, Person
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaver(cast, at, told):
    walk(cast, told[0], upto="issued", at=at)
    officer = cast["sh-case_officer"]
    assert folders_of(officer).exists()
    return officer


@pytest.fixture
def successor(cast):
    person = Person.objects.create(username="sh-second", name_zh="接手人")
    Membership.objects.create(person=person, organisation=cast.orgs["sh"], role="case_officer", since="2020-01-01")
    return person


def test_without_a_successor_it_is_refused_and_nothing_changes(leaver, cast, at):
    with pytest.raises(Refusal) as refused:
        leave(leaver, hand_over_to=None, by=cast["hq-system"], at=at)
    assert refused.value.code == "successor_missing"
    assert refused.value.remedy
    leaver.refresh_from_db()
    assert leaver.is_active


def test_a_successor_without_the_post_is_refused(leaver, cast, at):
    with pytest.raises(Refusal) as refused:
        leave(leaver, hand_over_to=cast["sz-case_officer"], by=cast["hq-system"], at=at)
    assert refused.value.code == "wrong_successor"


def test_cases_and_records_go_to_the_successor_who_is_told(leaver, successor, cast, at):
    folders = set(folders_of(leaver).values_list("pk", flat=True))
    sheets = {s.pk for s in sheets_of(leaver)}
    closed = Folder.objects.create(
        number="RC-old", title="旧案", owner=cast.orgs["sh"], officer=leaver, state="closed", opened_at=at
    )
    page = Client()
    page.force_login(cast["hq-system"])
    shown = page.get(f"/office/people/{leaver.pk}/leave/").content.decode()
    assert "sh-second" in shown
    assert page.post(f"/office/people/{leaver.pk}/leave/", {"hand_over_to": ""}).status_code == 422
    assert page.post(f"/office/people/{leaver.pk}/leave/", {"hand_over_to": "sh-second"}).status_code == 302
    leaver.refresh_from_db()
    assert not leaver.is_active
    assert set(folders_of(successor).values_list("pk", flat=True)) == folders
    assert set(Sheet.objects.filter(handler=successor).values_list("pk", flat=True)) == sheets
    closed.refresh_from_db()
    assert closed.officer == leaver
    message = Message.objects.get(to_person=successor)
    assert Folder.objects.get(pk=min(folders)).number in message.body
    entries = Entry.objects.filter(act="folder.hand_over")
    assert entries.count() == len(folders)


def test_a_registrars_unfinished_information_goes_along(cast, at):
    from riskwatch.collection.actions import register

    made = register(
        cast.orgs["sh"], title="x", facts={"source_kind": "media", "text": "x"}, by=cast["sh-registrar"], at=at
    )
    Sheet.objects.filter(pk=made.pk).update(handler=cast["sh-registrar"])
    leave(cast["sh-registrar"], hand_over_to=cast["sh-verifier"], by=cast["hq-system"], at=at)
    made.refresh_from_db()
    assert made.handler == cast["sh-verifier"]


def test_strangers_close_nobodys_account(cast, successor, at):
    for name in ("sh-decider", "rival-manager", "hq-security"):
        with pytest.raises(Refusal) as refused:
            leave(cast["firm-staff"], hand_over_to=None, by=cast[name], at=at)
        assert refused.value.status == 403
