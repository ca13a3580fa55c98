"""Messages reach those who see cases, and are read by each person for themselves."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from riskwatch.case import outbox, queries
from riskwatch.case.models import Message, MessageRead
from riskwatch.look.words import sentence
from riskwatch.parties.models import Membership

pytestmark = pytest.mark.django_db
WORDS = "充电宝案的通知"


@pytest.fixture
def told_offices(cast):
    now = timezone.now()
    outbox.tell([cast.orgs["hq"], cast.orgs["sh"]], subject=WORDS, at=now, body="内部内容")
    return now


def browse(person, door="office"):
    browser = Client()
    browser.force_login(person)
    return browser, browser.get(f"/{door}/messages/").content.decode()


@pytest.mark.parametrize("who", ["hq-system", "hq-security", "hq-audit", "hq-policy"])
def test_administrators_and_rule_keepers_read_no_case_content(cast, told_offices, who):
    assert WORDS not in browse(cast[who])[1]
    assert not queries.messages(cast[who], at=told_offices).exists()


def test_a_person_who_also_works_on_cases_still_reads_them(cast, told_offices):
    Membership.objects.create(
        person=cast["hq-policy"], organisation=cast.orgs["hq"], role="case_officer", since=date(2020, 1, 1)
    )
    assert WORDS in browse(cast["hq-policy"])[1]


def test_a_message_to_an_administrator_in_person_is_read(cast):
    outbox.tell_person(cast["hq-audit"], subject="给您本人", at=timezone.now())
    assert "给您本人" in browse(cast["hq-audit"])[1]


def test_looking_marks_nothing_and_a_mark_counts_for_one_person(cast, told_offices):
    reader, colleague = cast["sh-registrar"], cast["sh-verifier"]
    browser, page = browse(reader)
    assert WORDS in page
    assert not MessageRead.objects.exists()
    key = queries.unread(reader, at=told_offices).get().pk
    assert browser.post("/office/messages/", {"message": key}).status_code == 302
    assert not queries.unread(reader, at=told_offices).exists()
    assert queries.unread(colleague, at=told_offices).count() == 1
    browser.post("/office/messages/", {"message": key})
    assert MessageRead.objects.count() == 1


def test_a_stranger_marks_nobody_elses_message(cast, told_offices):
    key = queries.messages(cast["sh-registrar"], at=told_offices).first().pk
    browser, _page = browse(cast["firm-manager"], "counter")
    assert browser.post("/counter/messages/", {"message": [key, "²", "x", "9" * 40]}).status_code == 302
    assert not MessageRead.objects.exists()


def test_each_reader_reads_a_message_in_their_own_language_whoever_caused_it(cast):
    now = timezone.now()
    with override("en"):
        words = sentence("%(office)s报请发布：%(title)s", office=cast.orgs["sh"], title="充电宝案")
        outbox.tell([cast.orgs["hq"]], subject=words, body=sentence("不必再办理"), at=now)
    kept = Message.objects.get()
    assert (kept.subject, kept.body) == (f"{cast.orgs['sh'].name_zh}报请发布：充电宝案", "不必再办理")
    browser, page = browse(cast["hq-decider"])
    assert kept.subject in page
    browser.cookies["django_language"] = "en"
    page = browser.get("/office/messages/").content.decode()
    assert cast.orgs["sh"].name_en in page
    assert "报请发布" not in page
    assert "Nothing more to do" in page
