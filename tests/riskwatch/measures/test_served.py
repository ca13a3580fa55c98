"""What an addressee gets: its own batches, papers and files, its days; and nobody else's."""

import base64
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from riskwatch.case import clock, deadlines, desk, sharing
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Message
from riskwatch.case.sheets import attach
from riskwatch.documents.models import Paper
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.measures import actions as measures
from riskwatch.measures import served
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def order(cast, at, told):
    """One order to two rivals: a batch each, and one that concerns both."""
    decided = walk(cast, told[0], upto="decided", at=at).decision
    firm, rival = cast.orgs["firm"], cast.orgs["rival"]
    lines = [
        ("FIRM-1", Decimal(10), "件", firm.name_zh),
        ("RIVAL-1", Decimal(20), "件", rival.code),
        ("BOTH-1", Decimal(5), "件", ""),
    ]
    texts = {
        "order_kind": "recall",
        "product": "p",
        "grounds": "g",
        "required_actions": "a",
        "perform_by": (at + 20 * DAY).date(),
    }
    made = measures.draft(decided, "order", title="责令召回", texts=texts, addressees=[firm, rival], lines=lines,
                          by=cast["sh-case_officer"], at=at + DAY)  # fmt: skip
    measures.review(made, secrecy_reviewed=True, by=cast["sh-approver"], at=at + DAY)
    measures.issue(made, by=cast["sh-issuer"], at=at + DAY)
    return made


def page(person, sheet):
    browser = Client()
    browser.force_login(person)
    return browser, browser.get(reverse("counter:sheet", args=[sheet.pk])).content.decode()


def test_a_rival_addressee_reads_neither_batches_nor_papers_of_another(order, cast, at):
    browser, text = page(cast["rival-manager"], order)
    assert "RIVAL-1" in text
    assert "BOTH-1" in text
    assert "全体主送对象" in text
    assert "FIRM-1" not in text
    assert cast.orgs["firm"].name_zh not in text
    papers = {p.addressee_id: p for p in Paper.objects.filter(sheet_id=order.pk)}
    assert set(papers) == {None, cast.orgs["firm"].pk, cast.orgs["rival"].pk}
    seen = {whose: browser.get(reverse("counter:paper", args=[p.pk])).status_code for whose, p in papers.items()}
    assert seen == {None: 404, cast.orgs["firm"].pk: 404, cast.orgs["rival"].pk: 200}
    mine = papers[cast.orgs["rival"].pk].content
    assert mine["addressees"] == [cast.orgs["rival"].name_zh]
    assert "FIRM-1" not in str(mine)


def test_a_rival_addressee_reads_no_file_that_was_not_put_for_it(order, cast, at):
    attach(order, [SimpleUploadedFile("firm.png", PNG)], by=cast["firm-staff"], at=at + DAY)
    attach(order, [SimpleUploadedFile("office.png", PNG)], by=cast["sh-case_officer"], at=at + DAY)
    firms, offices = order.files.order_by("pk")
    addresses = {
        name: reverse("counter:file", args=[order.pk, row.pk]) for name, row in (("firm", firms), ("office", offices))
    }
    rival, text = page(cast["rival-manager"], order)
    own, _text = page(cast["firm-manager"], order)
    assert "firm.png" not in text
    assert [rival.get(a).status_code for a in addresses.values()] == [404, 404]
    assert [own.get(a).status_code for a in addresses.values()] == [200, 404]
    with pytest.raises(Refusal):
        sharing.share(order, [offices], by=cast["firm-staff"], at=at + DAY)
    with pytest.raises(Refusal):
        sharing.share(order, [offices], by=cast["sz-case_officer"], at=at + DAY)
    sharing.share(order, [offices], by=cast["sh-case_officer"], at=at + DAY)
    assert [rival.get(a).status_code for a in addresses.values()] == [404, 200]


def test_performance_is_due_once_served_and_not_before(order, cast, at):
    order.refresh_from_db()
    assert order.due_on == deadlines.due_on("acknowledge", (at + DAY).date())
    clock.walk(by=cast["clock-service"], at=at + 10 * DAY)
    order.refresh_from_db()
    assert order.escalated_on == (at + 10 * DAY).date()
    served.record_service(order, organisation=cast.orgs["firm"], served_on=(at + 10 * DAY).date(), service="direct", proof="回证",
                          by=cast["sh-case_officer"], at=at + 10 * DAY)  # fmt: skip
    order.refresh_from_db()
    assert (order.due_on, order.escalated_on) == ((at + 20 * DAY).date(), None)
    clock.walk(by=cast["clock-service"], at=at + 30 * DAY)
    order.refresh_from_db()
    assert order.escalated_on == (at + 30 * DAY).date()


def test_a_commission_nobody_answers_is_told_once(cast, at, told):
    asked = walk(cast, told[1], upto="commissioned", at=at).assessment
    for _twice in range(2):
        clock.walk(by=cast["clock-service"], at=at + 10 * DAY)
    rows = Message.objects.filter(sheet=asked, once_key__startswith="take_up:")
    assert set(rows.values_list("to_organisation", flat=True)) == {cast.orgs["sh"].pk, cast.orgs["tech"].pk}
    assert rows.count() == 2


def test_the_firms_inbox_names_what_it_has_not_acknowledged_with_its_days(order, cast, at, monkeypatch):
    from riskwatch.doors.counter import views

    monkeypatch.setattr(views.timezone, "now", lambda: at + 2 * DAY)
    browser = Client()
    browser.force_login(cast["firm-manager"])
    text = browser.get(reverse("counter:inbox")).content.decode()
    assert "未签收" in text
    assert str(deadlines.due_on("acknowledge", (at + DAY).date())) in text
    assert str((at + DAY).date()) in text
    served.acknowledge(order, by=cast["firm-staff"], at=at + 2 * DAY)
    assert "未签收" not in browser.get(reverse("counter:inbox")).content.decode()


def test_acknowledging_is_offered_to_who_is_addressed_and_has_not_done_it(order, cast, at):
    def offered(name, sheet):
        return f"{sheet.kind}-acknowledge" in {a.key for a in desk.offered(sheet, posts_of(cast[name], at), at)}

    served.acknowledge(order, by=cast["firm-staff"], at=at + 2 * DAY)
    assert not offered("sh-case_officer", order)
    assert not offered("firm-staff", order)
    assert offered("rival-manager", order)


def test_an_office_that_is_not_addressed_is_not_asked_to_acknowledge(cast, at, told):
    circular = walk(cast, told[2], upto="issued", at=at, kind="circular").measure
    seen = {
        n: {a.key for a in desk.offered(circular, posts_of(cast[n], at), at)} for n in ("sh-registrar", "pj-registrar")
    }
    assert "circular-acknowledge" not in seen["sh-registrar"]
    assert "circular-acknowledge" in seen["pj-registrar"]
