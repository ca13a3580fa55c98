"""The first administrators of a new house: three persons, one-time passwords, once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from riskwatch.journal.models import Entry
from riskwatch.parties.models import Membership, Person

pytestmark = pytest.mark.django_db
THREE = {"system": "w.min:王敏", "security": "l.na:李娜", "audit": "z.wei:张伟"}


@pytest.fixture
def new_house(cast):
    Membership.objects.filter(role__endswith="_admin").update(until="2020-01-01")


def run(**change):
    out = StringIO()
    call_command("first_admins", **(THREE | change), stdout=out)
    return out.getvalue()


def test_three_persons_with_passwords_that_must_be_changed(new_house, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    said = run()
    lines = dict(line.split() for line in said.splitlines()[1:])
    assert set(lines) == {"w.min", "l.na", "z.wei"}
    held = Membership.objects.filter(person__username__in=lines, until=None).values_list("person__username", "role")
    assert dict(held) == {"w.min": "system_admin", "l.na": "security_admin", "z.wei": "audit_admin"}
    assert Entry.objects.filter(act="person.first_administrators").exists()
    client = Client()
    client.post("/accounts/login/", {"login": "w.min", "password": lines["w.min"]})
    assert client.get("/office/people/")["Location"] == "/accounts/password/change/"
    new = {"oldpassword": lines["w.min"], "password1": "Riskwatch-own-77", "password2": "Riskwatch-own-77"}
    client.post("/accounts/password/change/", new)
    assert not Person.objects.get(username="w.min").one_time_password
    assert client.get("/office/people/").status_code == 200


def test_where_there_is_an_administrator_it_is_refused(cast):
    with pytest.raises(CommandError, match="已有管理员"):
        run()
    assert not Person.objects.filter(username="w.min").exists()


@pytest.mark.parametrize("change", [{"audit": "w.min:王敏"}, {"audit": "nobody"}, {"audit": ":x"}])
def test_two_persons_or_half_a_name_are_refused_and_leave_nothing(change, new_house):
    with pytest.raises(CommandError):
        run(**change)
    assert not Person.objects.filter(username="l.na").exists()


def test_the_command_line_knows_it_with_a_dash(monkeypatch):
    from django.core import management

    from riskwatch import __main__ as command

    called = []
    monkeypatch.setattr(management, "execute_from_command_line", called.append)
    for given in (["first-admins", "--audit", "a:b"], ["--version"], ["db", "backup", "a-b"]):
        monkeypatch.setattr("sys.argv", ["riskwatch", *given])
        command.main()
    assert called == [
        ["riskwatch", "first_admins", "--audit", "a:b"],
        ["riskwatch", "--version"],
        ["riskwatch", "db", "backup", "a-b"],
    ]
