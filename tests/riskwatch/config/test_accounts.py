"""A changed password ends what the old one could do."""

import pytest
from django.test import Client
from django.utils import timezone

from riskwatch.journal.models import Entry
from riskwatch.parties.actions import issue_token

pytestmark = pytest.mark.django_db
OLD, NEW = "Riskwatch-demo-1", "Another-pass-991"


def test_a_changed_password_ends_the_persons_keys_and_other_sessions(cast):
    person = cast["firm-manager"]
    header = {"authorization": "Bearer " + issue_token(person, name="t", days=9, by=person, at=timezone.now())}
    assert Client().get("/api/inbox", headers=header).status_code == 200
    here, elsewhere = Client(), Client()
    here.force_login(person)
    elsewhere.force_login(person)
    answer = here.post("/accounts/password/change/", {"oldpassword": OLD, "password1": NEW, "password2": NEW})
    assert answer.status_code == 302, answer.content.decode()
    assert Client().get("/api/inbox", headers=header).status_code == 401
    assert elsewhere.get("/counter/inbox/").status_code == 302
    assert Entry.objects.filter(act="person.change_password", actor=person).exists()


def test_a_wrong_old_password_ends_nothing(cast):
    person = cast["firm-manager"]
    header = {"authorization": "Bearer " + issue_token(person, name="t", days=9, by=person, at=timezone.now())}
    here = Client()
    here.force_login(person)
    here.post("/accounts/password/change/", {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    assert Client().get("/api/inbox", headers=header).status_code == 200
