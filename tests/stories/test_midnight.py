"""A term ends at midnight in Shanghai: on every page, over the API and in public, whenever the clock's job runs, or never."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from decree188.calendar import SHANGHAI
from riskwatch.disclosure import actions as disclosure
from riskwatch.doors.jobs.round import run
from riskwatch.doors.jobs.simulator.river import Way, walk
from riskwatch.parties.actions import issue_token
from tests.stories.verbs import go, open_, said, shot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def announcement(house, told, at, clock):
    """A public announcement in force, and its last day."""
    made = walk(house, told[0], upto="issued", at=clock(at), way=Way("hq", "announcement")).measure
    disclosure.publish(
        made.effects.get(kind="release"), redacted=True, by=house["hq-releaser"], at=at + timedelta(days=2)
    )
    return made


@pytest.fixture
def asked(announcement, house, at):
    """``asked()``: what each surface answers now, whether the measure holds, and the words that the public reads of it."""
    officer, pk = Client(), announcement.pk
    officer.force_login(house["sh-case_officer"])
    key = issue_token(house["sh-case_officer"], name="t", days=300, by=house["sh-case_officer"], at=at)
    header = {"authorization": f"Bearer {key}"}

    def read(address, **more):
        answer = officer.get(address, **more)
        assert answer.status_code == 200, address
        return answer

    def answers():
        public = read(f"/announcements/p{pk}/").content.decode()
        feed = read("/announcements.json").json()["announcements"]
        record = read(f"/api/sheets/{pk}", headers=header).json()
        holds = {
            "record": "执行中" in read(f"/office/sheets/{pk}/").content.decode().split("</h1>")[0].split("<h1>")[1],
            "measures in force": f"/office/sheets/{pk}/" in read("/office/measures/").content.decode(),
            "api": record["standing"] == "in_force",
            "api words": record["stage_words"] == "执行中",
            "public page": "本公告已结束" not in public,
            "public list": "执行中" in read("/announcements/").content.decode(),
            "public data": not feed[0]["ended"],
            "public api": not read("/api/announcements").json()[0]["ended"],
        }
        return set(holds.values()), " ".join(public.partition("本公告已结束")[2][:60].split())

    return answers


def _moment(day, time):
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=SHANGHAI)


def test_one_answer_at_midnight_whether_the_job_ran_once_twice_late_or_never(announcement, asked, clock):
    last = announcement.ends_on
    now = clock(_moment(last, "23:59:59"))
    assert asked() == ({True}, "")
    run(at=now)
    run(at=now)
    assert asked() == ({True}, "")

    clock(_moment(last + timedelta(days=1), "00:00:00"))
    holds, words = never = asked()
    assert holds == {False}
    assert f"{last} 期满自动解除" in words
    now = clock(_moment(last + timedelta(days=3), "09:00:00"))
    assert asked() == never
    for _late_then_twice in range(2):
        run(at=now)
        assert asked() == never


def test_the_browser_shows_the_end_at_midnight(announcement, visit, clock):
    officer, public = visit("sh-case_officer"), visit(width=390)
    last = announcement.ends_on
    for moment, words in (
        (_moment(last, "23:59:59"), "执行中"),
        (_moment(last + timedelta(days=1), "00:00:00"), "期满解除"),
    ):
        clock(moment)
        open_(officer, announcement)
        assert words in officer.inner_text(".heading")
        public.goto(public.home + f"/announcements/p{announcement.pk}/")
        assert ("本公告已结束" in said(public)) == (words == "期满解除")
    shot(public, "ended")
    assert "没有记录" in go(officer, "measures/")
