"""Whatever is typed into an address never breaks the server: pages, counter, portal and API."""

import itertools
import os
import random
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskwatch.case.models import Sheet
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.parties.actions import issue_token

pytestmark = pytest.mark.django_db
PARAMETERS = ("q", "kind", "stage", "state", "page", "sheet", "version", "all", "offset", "limit")
ODD = ("\x00", "²", "9" * 30, "9" * 5000, "-1", "' OR 1=1 --", "\\%", "\ud7ff\ufffd\u202e")
OFFICE = ("inbox/", "dashboard/", "information/", "folders/", "folders/open/", "measures/", "filings/", "search/", "archive/",
          "archive/statistics.csv", "lawmap/", "messages/", "organisations/", "account/", "collect/", "register/", "verify-batch/")  # fmt: skip
COUNTER = ("inbox/", "records/", "report/", "knowledge/", "traceability/", "organisation/", "account/", "messages/")
PORTAL = ("", "announcements/", "announcements.json", "announcements/x/", "report/", "receipt/", "sign-up/")
API = ("inbox", "sheets", "folders", "announcements", "openapi.json", "docs")
PLACES = [
    *(("sh-registrar", f"/office/{p}") for p in OFFICE),
    *(("sh-case_officer", f"/office/{p}") for p in ("inbox/", "search/", "folders/open/")),
    ("hq-system", "/office/people/"), ("hq-audit", "/office/journal/"), ("hq-policy", "/office/policy/"),
    *(("firm-manager", f"/counter/{p}") for p in COUNTER), ("centre-registrar", "/counter/register/"),
    *(("", f"/{p}") for p in PORTAL), *(("sh-registrar", f"/api/{p}") for p in API),
    *(("sh-registrar", p.format(n="9" * 30)) for p in (
        "/office/sheets/{n}/", "/office/sheets/{n}/files/{n}/", "/office/folders/{n}/", "/office/collect/{n}/", "/api/sheets/{n}")),
]  # fmt: skip


@pytest.fixture
def door(cast, at, told):
    """``door(who, address)`` opens an address as somebody; a key is carried to the API."""
    walk(cast, told[0], upto="issued", at=at)
    browsers, keys = {}, {}

    def go(who, address, **more):
        if who not in browsers:
            browsers[who] = Client(raise_request_exception=False)
            if who:
                browsers[who].force_login(cast[who])
        if address.startswith("/api/"):
            if who not in keys:
                keys[who] = issue_token(cast[who], name="t", days=1, by=cast[who], at=timezone.now())
            more["headers"] = {"authorization": f"Bearer {keys[who]}"}
        return browsers[who].get(address, **more)

    return go


def asked(said):
    return "?" + "&".join(f"{quote(k)}={quote(v)}" for k, v in said.items())


def test_the_places_are_all_that_take_questions(door):
    for who, address in PLACES:
        # A case is not opened on nothing: that page says so.
        expected = (422,) if address.endswith("/folders/open/") else (200, 404, 302)
        assert door(who, address).status_code in expected, (who, address)


def test_an_odd_value_in_every_parameter_of_every_page(door):
    for odd, (who, address) in itertools.product(ODD, PLACES):
        answer = door(who, address + asked(dict.fromkeys(PARAMETERS, odd)))
        assert answer.status_code < 500, (who, address, odd[:20])
        if answer.status_code >= 400 and address.startswith("/api/"):
            assert answer["Content-Type"] == "application/problem+json"


@settings(max_examples=int(os.environ.get("ODD_EXAMPLES", "80")), suppress_health_check=list(HealthCheck))
@given(
    place=st.sampled_from(PLACES),
    said=st.dictionaries(
        st.sampled_from(PARAMETERS), st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=1
    ),
)
def test_any_value_in_any_parameter(door, place, said):
    assert door(place[0], place[1] + asked(said)).status_code < 500


@pytest.mark.parametrize("cookie", ["sessionid", "django_language", "csrftoken"])
def test_a_nul_in_a_cookie_is_turned_away(cookie):
    browser = Client(raise_request_exception=False)
    browser.cookies[cookie] = "a\x00b"
    answer = browser.get("/")
    assert answer.status_code == 400
    assert "请求有误" in answer.content.decode()


def test_a_nul_in_a_form_is_turned_away(cast):
    browser = Client(raise_request_exception=False)
    browser.force_login(cast["sh-registrar"])
    assert browser.post("/office/signups/", {"request": "1", "reason": "\x00"}).status_code == 400
    assert browser.post("/office/search/%00").status_code == 400


@pytest.mark.parametrize("odd", ["x", "²", "9" * 30, "9" * 5000, "", "-1"])
def test_a_number_that_is_none_is_not_found_or_left_out(cast, at, told, odd):
    done = walk(cast, told[0], upto="entered", at=at)

    def post(who, address, said):
        browser = Client(raise_request_exception=False)
        browser.force_login(cast[who])
        return browser.post(address, said).status_code

    assert post("sh-registrar", "/office/signups/", {"request": odd}) == 404
    assert post("sh-approver", "/office/verify-batch/", {"sheet": [odd]}) == 200
    assert post("sh-case_officer", "/office/folders/open/", {"sheet": [odd]}) == 422
    assert (
        post("sh-registrar", f"/office/sheets/{done.information.pk}/information-add/", {"text": "x", "version": odd})
        < 500
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [({"facts": {"deaths": -5}}, "deaths"), ({"facts": {"deaths": 2**31}}, "deaths"), ({"facts": {"injured": 2**70}}, "injured"),
     ({"facts": {"occurred_on": "0001-01-01"}}, "occurred_on"), ({"text": "a\x00b"}, "text"), ({"text": "a\ud800"}, "text"),
     ({"facts": {"product": "\x00"}}, "product"), ({"title": "\x00"}, "title"), ({"office": "\x00"}, "office")],
)  # fmt: skip
def test_the_api_names_the_field_that_no_database_could_keep(cast, change, field):
    person = cast["sh-registrar"]
    header = {"authorization": "Bearer " + issue_token(person, name="t", days=1, by=person, at=timezone.now())}
    body = {
        "office": cast.orgs["sh"].code,
        "title": "充电宝冒烟",
        "source_kind": "media",
        "text": "充电时冒烟",
    } | change
    answer = Client(raise_request_exception=False).post(
        "/api/information", body, content_type="application/json", headers=header
    )
    assert answer.status_code == 422, answer.content
    assert any(key.endswith(field) for key in answer.json()["fields"]), answer.json()
    assert not Sheet.objects.filter(title="充电宝冒烟").exists()


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_moment_that_cannot_be_meant_is_refused_on_the_page_and_over_the_api(cast, year):
    person = cast["firm-staff"]
    header = {"authorization": "Bearer " + issue_token(person, name="t", days=1, by=person, at=timezone.now())}
    body = {"office": cast.orgs["sh"].code, "product": "玩具", "known_at": f"{year}-01-01T00:00:00"}
    answer = Client(raise_request_exception=False).post(
        "/api/knowledge", body, content_type="application/json", headers=header
    )
    assert answer.status_code == 422
    browser = Client(raise_request_exception=False)
    browser.force_login(person)
    said = {"office": cast.orgs["sh"].pk, "product": "玩具", "known_at": f"{year}-01-01T00:00"}
    assert browser.post("/counter/knowledge/", said).status_code == 422


def test_the_schema_says_the_forms_bounds():
    schema = Client().get("/api/openapi.json").json()["components"]["schemas"]
    assert "100000" in str(schema["Facts"]["properties"]["deaths"])


def test_our_own_fault_is_told_without_details_and_logged(cast, monkeypatch, caplog):
    from riskwatch.doors.api import records

    def fail(*args, **more):
        raise RuntimeError("the secret is 42")

    monkeypatch.setattr(records.queries, "inbox", fail)
    person = cast["sh-registrar"]
    header = {"authorization": "Bearer " + issue_token(person, name="t", days=1, by=person, at=timezone.now())}
    answer = Client().get("/api/inbox", headers=header)
    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert "42" not in answer.content.decode()
    assert "the secret is 42" in caplog.text


def test_a_body_that_is_too_large_is_said_so(cast, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    person = cast["sh-registrar"]
    header = {"authorization": "Bearer " + issue_token(person, name="t", days=1, by=person, at=timezone.now())}
    body = {"text": "".join(random.choices("abc", k=2000))}
    answer = Client(raise_request_exception=False).post(
        "/api/information", body, content_type="application/json", headers=header
    )
    assert answer.status_code == 413
