"""What people read on a record: Shanghai days, no due day on what is finished, reckoned days marked, facts beside a form."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from decree188.calendar import SHANGHAI
from riskwatch.case import deadlines, desk
from riskwatch.case.lifecycle import advance
from riskwatch.case.models import Sheet, WorkYear
from riskwatch.case.policy import upload_year
from riskwatch.case.standing import is_late, is_settled, settled_on
from riskwatch.case.views import dress
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.measures import served
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_half_past_seven_in_shanghai_is_that_day_not_the_day_before(cast, at, told):
    notice = walk(cast, told[0], upto="issued", at=at).measure
    early = datetime(2026, 3, 13, 7, 30, tzinfo=SHANGHAI)
    served.acknowledge(notice, by=cast["firm-staff"], at=early)
    shown = {f.label: f.value for f in desk.facts(notice, "full")}
    assert "2026-03-13" in shown["送达与签收"]
    assert "2026-03-12" not in shown["送达与签收"]


def test_who_lost_a_race_is_told_the_shanghai_minute(cast, at, told):
    from riskwatch.measures import actions as measures

    notice = walk(cast, told[0], upto="issued", at=at).measure
    measures.lift(notice, reason="r", by=cast["sh-issuer"], at=datetime(2026, 3, 13, 7, 30, tzinfo=SHANGHAI))
    with pytest.raises(Refusal) as moved:
        advance(notice, "lift", by=cast["sh-issuer"], at=at + 5 * DAY)
    assert "2026-03-13 07:30" in moved.value.reason


def test_finished_work_has_no_due_day_and_is_never_overdue(cast, at, told):
    info = walk(cast, told[1], upto="verified", at=at).information
    task = info.effects.get(kind="verification")
    late = (at + 90 * DAY).date()
    assert task.due_on < late
    assert [(r["due"], r["late"]) for r in dress([info, task], late)] == [(None, False)] * 2
    browser = Client()
    browser.force_login(cast["sh-case_officer"])
    assert "办理期限" not in browser.get(reverse("office:sheet", args=[task.pk])).content.decode()


def test_settled_is_one_rule_in_python_and_sql(cast, at, told):
    walk(cast, told[0], upto="issued", at=at)
    walk(cast, told[1], upto="reported", at=at)
    walk(cast, told[2], upto="submitted", at=at)
    for today in (at.date(), (at + 300 * DAY).date()):
        in_sql = set(Sheet.objects.filter(settled_on(today)).values_list("pk", flat=True))
        assert in_sql == {s.pk for s in Sheet.objects.all() if is_settled(s, today)}
        assert not any(is_late(s, today) for s in Sheet.objects.filter(pk__in=in_sql))
    assert in_sql
    assert in_sql != set(Sheet.objects.values_list("pk", flat=True))


def test_a_due_day_counted_without_an_official_calendar_is_marked_even_after_one_came(cast, at, told):
    winter = datetime(2026, 12, 29, 9, 0, tzinfo=SHANGHAI)
    info = walk(cast, told[1], upto="received", at=winter).information
    known = walk(cast, told[2], upto="received", at=at).information
    assert info.due_on.year == 2027
    assert deadlines.reckoned([info, known]) == {info.pk}
    browser = Client()
    browser.force_login(cast["sh-case_officer"])
    address = reverse("office:sheet", args=[info.pk])
    assert "按推算的工作日" in browser.get(address).content.decode()
    upload_year(2027, {date(2027, 1, 1): False}, source="国办", by=cast["hq-policy"], at=winter + DAY)
    assert deadlines.reckoned([info]) == {info.pk}
    later = walk(cast, told[3], upto="received", at=winter + 2 * DAY).information
    assert deadlines.reckoned([later]) == set()


def test_an_earlier_calendar_stays_as_a_version(cast, at):
    first, second = {date(2027, 1, 4): False}, {date(2027, 1, 4): True, date(2027, 1, 5): False}
    upload_year(2027, first, source="初稿", by=cast["hq-policy"], at=at)
    upload_year(2027, second, source="定稿", by=cast["hq-policy"], at=at + DAY)
    assert deadlines.calendar().is_working_day(date(2027, 1, 4))
    rows = list(WorkYear.objects.order_by("uploaded_at", "day").values_list("source", "day", "replaced_at"))
    assert rows[0] == ("初稿", date(2027, 1, 4), at + DAY)
    assert [r[2] for r in rows[1:]] == [None, None]


def test_nobody_decides_or_issues_blind(cast, at, told):
    proposed = walk(cast, told[0], upto="proposed", at=at).decision
    reviewed = walk(cast, told[1], upto="reviewed", at=at, kind="order").measure
    for sheet, key, who, words in ((proposed, "decision-decide", "sh-decider", f"评估报告认定{told[0].story.product}"),
                                   (reviewed, "order-issue", "sh-issuer", "B2601")):  # fmt: skip
        browser = Client()
        browser.force_login(cast[who])
        text = browser.get(reverse("office:act", args=[sheet.pk, key])).content.decode()
        assert words in text
        address = reverse("office:preview", args=[sheet.pk, key])
        assert address in text
        answer = browser.get(address)
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
        for stranger in ("sz-issuer", "sh-registrar", "firm-manager"):
            other = Client()
            other.force_login(cast[stranger])
            assert other.get(address).status_code == 404, stranger
    from riskwatch.documents.models import Paper

    assert not Paper.objects.filter(sheet_id__in=[proposed.pk, reviewed.pk]).exists()
