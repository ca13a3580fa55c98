"""Keys for machines: made on the page, shown once, used, taken back; service accounts have no other way in."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from riskwatch.journal.models import Entry
from riskwatch.parties.actions import issue_token, person_of_token
from riskwatch.parties.models import Person, Token
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def key_on(response):
    return re.search(r"rw_[\w-]+", response.content.decode()).group()


def inbox(key):
    return Client().get("/api/inbox", headers={"authorization": f"Bearer {key}"}).status_code


@pytest.mark.parametrize(("door", "who"), [("office", "sh-case_officer"), ("counter", "firm-manager")])
def test_a_key_is_made_on_ones_own_page_used_and_taken_back(door, who, cast):
    me = browser(cast[who])
    made = me.post(f"/{door}/account/token-issue/", {"name": "夜间报表", "days": 30})
    assert made["Cache-Control"] == "no-store"
    key = key_on(made)
    assert inbox(key) == 200
    page = me.get(f"/{door}/account/").content.decode()
    assert "夜间报表" in page
    assert key not in page
    token = Token.objects.get(person=cast[who])
    assert token.last_used_at is not None
    me.post(f"/{door}/account/token-revoke/", {"token": token.pk})
    assert inbox(key) == 401
    assert [e.act for e in Entry.objects.order_by("pk")][-2:] == ["token.issue", "token.revoke"]


def test_a_service_account_is_made_given_a_post_and_a_key_and_cannot_log_in(cast):
    page = browser(cast["hq-system"]).post(
        "/office/house/service-make/",
        {"username": "night-batch", "name_zh": "夜间批处理", "answered_by": "sh-registrar"},
        follow=True,
    )
    service = Person.objects.get(username="night-batch")
    assert "夜间批处理" in page.content.decode()
    assert not service.has_usable_password()
    security = browser(cast["hq-security"])
    granted = security.post(
        f"/office/people/{service.pk}/post-grant/",
        {"organisation": "2200", "role": "collector", "since": "2020-01-01"},
    )
    assert granted.status_code == 302
    key = key_on(security.post(f"/office/people/{service.pk}/token-issue/", {"name": "批", "days": 10}))
    assert inbox(key) == 200
    Client().post("/accounts/login/", {"login": "night-batch", "password": ""})
    assert Client().login(username="night-batch", password="") is False


def test_nobody_makes_a_key_for_another_human(cast):
    with pytest.raises(Refusal) as refused:
        issue_token(cast["sh-decider"], name="x", days=1, by=cast["hq-security"], at=timezone.now())
    assert refused.value.code == "not_own"
    assert refused.value.remedy
    assert browser(cast["hq-security"]).get(f"/office/people/{cast['sh-decider'].pk}/token-issue/").status_code == 403


def test_a_stranger_neither_sees_nor_takes_back_anothers_key(cast, at):
    issue_token(cast["sh-decider"], name="x", days=1, by=cast["sh-decider"], at=timezone.now())
    token = Token.objects.get()
    stranger = browser(cast["rival-manager"])
    assert (
        stranger.post(f"/counter/people/{cast['sh-decider'].pk}/token-revoke/", {"token": token.pk}).status_code == 404
    )
    assert stranger.post("/counter/account/token-revoke/", {"token": token.pk}).status_code == 422
    assert Token.objects.get().revoked_at is None


def test_a_key_makes_no_key(cast):
    schema = Client().get("/api/openapi.json").json()
    assert not [path for path in schema["paths"] if "token-issue" in path]
    assert "/api/people/{pk}/token-revoke" in schema["paths"]


def test_a_leaver_takes_no_key_along(cast, at):
    from riskwatch.case.handover import leave

    key = issue_token(cast["firm-staff"], name="x", days=9, by=cast["firm-staff"], at=timezone.now())
    leave(cast["firm-staff"], hand_over_to=None, by=cast["firm-manager"], at=timezone.now())
    assert person_of_token(key, at=timezone.now()) is None
