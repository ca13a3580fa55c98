"""Every address against strangers, and the access table's own promises; the table itself is walked in `test_access_table`."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from riskwatch.case.access import depth, readers_of, visible
from riskwatch.case.models import Sheet
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.measures import served
from riskwatch.parties.actions import issue_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheets(cast, at, told):
    notice = walk(cast, told[0], upto="issued", at=at)
    served.acknowledge(notice.measure, by=cast["firm-staff"], at=at.replace(day=12))
    circular = walk(cast, told[1], upto="issued", at=at, kind="circular")
    order = walk(cast, told[2], upto="issued", at=at, kind="order")
    return {
        "information": notice.information, "verification": notice.information.effects.get(kind="verification"), "assessment": notice.assessment,
        "decision": notice.decision, "notice": notice.measure, "circular": circular.measure, "order": order.measure,
        "filing": notice.measure.effects.filter(kind="filing").first(), "duty": notice.measure.effects.get(kind="duty", title__startswith="实施风险消减"),
    }  # fmt: skip


def test_a_stranger_without_login_is_sent_to_the_login_from_every_inner_address():
    for door in ("office", "counter"):
        for pattern in get_resolver(f"riskwatch.doors.{door}.urls").url_patterns:
            made = {"pk": 1, "key": "x", "number": 1}
            values = [
                ("00000000-0000-0000-0000-000000000000" if "uuid" in str(pattern.pattern) else made[n])
                for n in pattern.pattern.converters
            ]
            address = reverse(f"{door}:{pattern.name}", args=values)
            response = Client().get(address, follow=True)
            assert response.status_code in (200, 405), address
            if response.status_code == 200:
                assert response.request["PATH_INFO"] == "/accounts/login/", address


def test_outsiders_are_refused_at_every_office_page(cast):
    browser = Client()
    browser.force_login(cast["firm-manager"])
    for name in ("inbox", "dashboard", "information", "folders", "measures", "filings", "search", "archive", "lawmap", "collect", "register",
                 "people", "signups", "policy", "journal"):  # fmt: skip
        assert browser.get(reverse(f"office:{name}")).status_code == 403, name


@pytest.mark.parametrize("page", ["people", "journal"])
def test_officials_without_the_post_are_refused_at_administration(page, cast):
    browser = Client()
    browser.force_login(cast["sh-case_officer"])
    assert browser.get(reverse(f"office:{page}")).status_code == 403


def test_administrators_see_no_case(sheets, cast, at):
    for name in ("hq-system", "hq-security", "hq-audit"):
        assert not visible(Sheet.objects.all(), to=cast[name], at=at).exists()


def test_readers_are_what_the_concerns_say(sheets):
    for sheet in Sheet.objects.all():
        assert sorted(sheet.readers) == readers_of(sheet)


def test_the_offices_that_are_to_carry_a_survey_out_can_read_it(cast, at, told):
    made = walk(cast, told[0], upto="issued", at=at, kind="survey").measure
    for name in ("pj-case_officer", "sz-case_officer"):
        assert depth(made, to=cast[name], at=at) == "full"
    assert depth(made, to=cast["rival-manager"], at=at) is None


def test_every_audience_of_the_table_is_one_that_somebody_can_be():
    from riskwatch.case.access import ACCESS

    parts = {"owner", "lower", "reporter", "addressee", "commissioned", "measured", "agent"}
    assert {audience for row in ACCESS.values() for audience in row} == parts


def test_a_draft_is_nobodys_but_the_owners(cast, at, told):
    done = walk(cast, told[3], upto="reviewed", at=at)
    assert depth(done.measure, to=cast["firm-staff"], at=at) is None
    assert depth(done.measure, to=cast["sh-case_officer"], at=at) == "full"


def test_the_api_refuses_without_a_key_and_with_a_wrong_one():
    assert Client().get("/api/inbox").status_code == 401
    assert Client().get("/api/inbox", headers={"authorization": "Bearer rw_wrong"}).status_code == 401


def test_an_act_over_the_api_obeys_the_same_rules(sheets, cast):
    from django.utils import timezone

    key = issue_token(cast["firm-staff"], name="t", days=1, by=cast["firm-staff"], at=timezone.now())
    header = {"authorization": f"Bearer {key}"}
    response = Client().post(
        f"/api/sheets/{sheets['order'].pk}/order-lift",
        {"fields": {"why": "low", "reason": "x"}},
        content_type="application/json",
        headers=header,
    )
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["rule"]
    address = f"/api/sheets/{sheets['duty'].pk}/duty-report"
    another = {"fields": {"plan": "p", "measures_taken": "m", "told_whom": "x"}}
    misplaced = Client().post(address, another, content_type="application/json", headers=header)
    assert misplaced.status_code == 422
    assert list(misplaced.json()["fields"]) == ["told_whom"]
    done = Client().post(
        f"/api/sheets/{sheets['duty'].pk}/duty-report",
        {"fields": {"plan": "p", "measures_taken": "m"}},
        content_type="application/json",
        headers=header,
    )
    assert done.status_code == 200
    assert done.json()["stage"] == "done"
