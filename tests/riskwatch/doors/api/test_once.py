"""A call that comes twice under one key is done once, and answered twice alike."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from riskwatch.case.models import Sheet
from riskwatch.doors.api.models import Answer
from riskwatch.parties.actions import issue_token

pytestmark = pytest.mark.django_db
TITLE = "充电宝冒烟"


def body(cast, **more):
    return {"office": cast.orgs["sh"].code, "title": TITLE, "source_kind": "media", "text": "冒烟", **more}


@pytest.fixture
def post(cast):
    keys = {}

    def send(said, key="k-1", who="sh-registrar"):
        person = cast[who]
        if who not in keys:
            keys[who] = issue_token(person, name="t", days=1, by=person, at=timezone.now())
        headers = {"authorization": f"Bearer {keys[who]}"} | ({"idempotency-key": key} if key else {})
        return Client().post("/api/information", said, content_type="application/json", headers=headers)

    return send


def count():
    return Sheet.objects.filter(title=TITLE).count()


def test_the_same_call_again_makes_nothing_and_gets_the_same_answer(post, cast):
    first, again = post(body(cast)), post(body(cast))
    assert (first.status_code, again.status_code, count()) == (200, 200, 1)
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"


def test_without_a_key_or_under_another_it_is_another_call(post, cast):
    post(body(cast), key="")
    post(body(cast), key="")
    post(body(cast), key="a")
    post(body(cast), key="b")
    assert count() == 4


def test_a_key_is_one_persons(post, cast):
    post(body(cast))
    other = post(body(cast), who="sz-registrar")  # may not register for Shanghai, and gets nobody else's answer
    assert (other.status_code, count(), Answer.objects.count()) == (403, 1, 1)
    assert post(body(cast, office=cast.orgs["sz"].code), who="sz-registrar").status_code == 200


def test_a_key_that_comes_back_with_another_body_is_refused(post, cast):
    post(body(cast))
    answer = post(body(cast, text="另一件事"))
    assert (answer.status_code, answer.json()["title"], count()) == (422, "key_reused", 1)
    assert answer.json()["remedy"]
    assert answer["Content-Type"] == "application/problem+json"


def test_a_refusal_is_not_kept_so_that_it_can_be_mended_and_sent_again(post, cast):
    wrong = post(body(cast, office="nowhere"))
    assert (wrong.status_code, Answer.objects.count()) == (422, 0)
    assert post(body(cast)).status_code == 200


def test_a_key_is_forgotten_after_a_week_and_a_long_one_is_refused(post, cast):
    post(body(cast))
    Answer.objects.update(at=timezone.now() - timedelta(days=8))
    post(body(cast))
    assert count() == 2
    assert post(body(cast), key="x" * 81).status_code == 422


def test_who_has_no_token_gets_no_kept_answer(post, cast):
    post(body(cast))
    answer = Client().post(
        "/api/information", body(cast), content_type="application/json", headers={"idempotency-key": "k-1"}
    )
    assert answer.status_code == 401


def test_a_program_says_its_language_itself(post, cast):
    person = cast["sh-registrar"]
    key = issue_token(person, name="t", days=1, by=person, at=timezone.now())
    for language, words in (("en-GB", "not found"), ("zh-CN", "没有找到"), ("", "没有找到")):
        said = Client().get("/api/sheets/0", headers={"authorization": f"Bearer {key}", "accept-language": language})
        assert words in said.json()["detail"].lower(), language
