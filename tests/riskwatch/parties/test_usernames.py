"""Nobody locks anybody out by taking their user name in another spelling."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from riskwatch.parties import actions, signups
from riskwatch.parties.models import Person, SignUp
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
PASSWORD = "Zx9!kkq-77aa"


def colleague(cast, at, username):
    return actions.make_colleague(
        username=username, name_zh="新同事", password=PASSWORD, role="operator_staff", by=cast["firm-manager"], at=at
    )


@pytest.mark.parametrize("spelling", ["SH-Decider", "sh-decider", "ｓｈ－ｄｅｃｉｄｅｒ", " SH-DECIDER "])
def test_a_manager_cannot_take_somebodys_name_in_another_spelling(cast, at, spelling):
    with pytest.raises(Refusal) as refused:
        colleague(cast, at, spelling)
    assert refused.value.code == "taken"
    answer = Client().post("/accounts/login/", {"login": "sh-decider", "password": "Riskwatch-demo-1"})
    assert answer.status_code == 302
    assert answer["Location"] != "/accounts/login/"


@pytest.mark.parametrize("username", ["sh-decıder", "张三", "a b", "", "x" * 61, "name\x00", "аdmin"])
def test_a_name_of_other_letters_is_refused(cast, at, username):
    with pytest.raises(Refusal) as refused:
        colleague(cast, at, username)
    assert refused.value.fields["username"]


def test_a_full_width_name_is_kept_plain(cast, at):
    assert colleague(cast, at, "ｗａｎｇ．ｍｉｎ").username == "wang.min"


def test_the_administrator_is_held_to_the_same(cast, at):
    with pytest.raises(Refusal):
        actions.make_person(username="SH-DECIDER", name_zh="某人", password=PASSWORD, by=cast["hq-system"], at=at)


def test_the_database_refuses_it_too(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create_user("SH-Decider", PASSWORD, name_zh="某人")


def test_a_sign_up_whose_name_was_taken_meanwhile_is_refused_not_broken(cast, at):
    asked = SignUp.objects.create(
        uscc="91310115MA1TESTQ00", name_zh="新企业", legal_representative="某人", region_office=cast.orgs["sh"],
        applicant_name="某人", applicant_phone="1", applicant_email="a@b.cn", username="Firm-Manager", password="x",
        proof="00000000-0000-0000-0000-000000000000", asked_at=at,
    )  # fmt: skip
    with pytest.raises(Refusal) as refused:
        signups.decide_sign_up(asked, approve=True, reason="", by=cast["sh-registrar"], at=at)
    assert refused.value.code == "taken"
