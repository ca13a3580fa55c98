"""Whatever a screen offers, the API offers too: pages, acts and their fields, with the same people let in."""

import re

import pytest
from django import forms
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from riskwatch.case import desk
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.taking import version_of
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.parties import desk as parties
from riskwatch.parties.actions import issue_token

pytestmark = pytest.mark.django_db

# Every page of office and counter -> the operations that give the same. What has none says why.
SAME = {
    "inbox": "GET /inbox", "dashboard": "GET /statistics, GET /stages", "information": "GET /information", "groups": "GET /information/groups",
    "enclose": "POST /folders/{pk}/enclosures", "act_on_many": "POST /information/together/information-begin",
    "folders": "GET /folders", "open_folder": "POST /folders", "folder": "GET /folders/{pk}, GET /folders/{pk}/course",
    "folder_act": "POST /folders/{pk}/folder-close", "measures": "GET /measures", "filings": "GET /filings", "search": "GET /sheets, GET /folders",
    "archive": "GET /archive, GET /statistics", "statistics_csv": "GET /statistics.csv", "statistics_xlsx": "GET /statistics.xlsx",
    "archive_package": "GET /sheets/{pk}/package.zip", "lawmap": "GET /lawmap", "messages": "GET /messages, POST /messages/read",
    "collect": "POST /files, GET /files", "template": "GET /files/template.csv", "collected": "GET /files/{pk}", "register": "POST /information",
    "verify_batch": "POST /verification-batches", "sheet": "GET /sheets/{pk}, GET /sheets/{pk}/course", "file": "GET /sheets/{pk}/files/{number}",
    "act": "POST /sheets/{pk}/information-begin", "preview": "GET /sheets/{pk}/{key}/preview.pdf", "paper": "GET /papers/{pk}",
    "people": "GET /people", "person": "GET /people/{pk}", "organisations": "GET /organisations", "house_act": "POST /house/organisation-make",
    "signups": "GET /sign-ups, POST /sign-ups/{pk}/decide", "sign_up_proof": "GET /sign-ups/{pk}/proof",
    "policy": "GET /policy, POST /policy, POST /calendars", "journal": "GET /journal, POST /journal/verify",
    "account": "GET /me, GET /people/{pk}", "account_act": "POST /people/{pk}/deputy-name", "party": "GET /organisations/{pk}",
    "party_act": "POST /organisations/{pk}/amend", "mandate_proof": "GET /organisations/{pk}/mandates/{number}/proof",
    "person_act": "POST /people/{pk}/leave", "records": "GET /sheets", "report": "POST /reports", "knowledge": "POST /knowledge",
    "traceability": "POST /traceability", "lift": "POST /lift-applications", "objection": "POST /objections",
    "organisation": "GET /organisations/{pk}, POST /organisations/{pk}/colleague-add, POST /organisations/{pk}/reporting-system",
    "propose": "GET /information, POST /sheets/{pk}/proposal-deliver",
    "assessment_workbench": "GET /assessments/{pk}", "assessment_score": "POST /assessments/{pk}/score", "assessment_save": "POST /assessments/{pk}/drafts",
    "assessment_submit": "POST /sheets/{pk}/assessment-submit", "assessment_versions": "GET /assessments/{pk}/versions/{key}, GET /assessments/{pk}/compare",
    "assessment_preview": "GET /assessments/{pk}/preview.pdf", "assessment_panel": "GET /assessments/{pk}/panel",
    "assessment_panel_ask": "POST /assessments/{pk}/panel/rounds", "assessment_panel_answer": "POST /assessments/{pk}/panel/answers",
    "assessment_policy": "GET /assessment-policy", "assessment_policy_new": "POST /assessment-policy",
    "assessment_policy_edition": "GET /assessment-policy/{pk}, POST /assessment-policy/{pk}/publish, POST /assessment-policy/{pk}/reject, POST /assessment-policy/{pk}/withdraw",
    "assessment_policy_data": "GET /assessment-policy/{pk}", "assessment_rescore": "POST /assessment-policy/rescore",
    "overdue": "GET /overdue", "signals": "GET /signals", "signal": "GET /signals/{pk}", "signal_replay": "POST /signals/{pk}/replay",
    "signal_act": "POST /signals/{pk}/accept, POST /signals/{pk}/dismiss, POST /signals/{pk}/watch, POST /signals/{pk}/refer",
    "signals_dismiss": "POST /signals/{pk}/dismiss", "watches": "GET /watches, GET /runs", "make_watch": "POST /watches",
    "end_watch": "POST /watches/{pk}/end", "back_test": "GET /back-test",
    "assessment_panel_close": "POST /assessments/{pk}/panel/close", "assessment_panel_adopt": "POST /assessments/{pk}/panel/adopt",
}  # fmt: skip
SCREEN_ONLY = {
    "home": "leads to the inbox",
    "reveal": "a reporter's identity is shown to the person who handles the report and asked for it, and to no program",
}
# Acts of people and organisations that programs may not do.
BY_PEOPLE_ALONE = {("person", "token-issue"): "a token makes no tokens"}


def schema():
    return Client().get("/api/openapi.json").json()


def operations():
    return {f"{how.upper()} {path.removeprefix('/api')}" for path, ways in schema()["paths"].items() for how in ways}


def pages():
    return {p.name for door in ("office", "counter") for p in get_resolver(f"riskwatch.doors.{door}.urls").url_patterns}


def test_every_page_has_its_operations():
    known, there = pages(), operations()
    assert known == {*SAME, *SCREEN_ONLY}, "say of every page which operations give the same"
    missing = {name: want for name, wants in SAME.items() for want in wants.split(", ") if want not in there}
    assert not missing


def body_fields(said, path):
    shape = said["paths"][f"/api{path}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    body = said["components"]["schemas"][shape["$ref"].rsplit("/", 1)[-1]]
    inner = body["properties"]["fields"]
    ref = inner.get("$ref") or inner["allOf"][0]["$ref"]
    return set(said["components"]["schemas"][ref.rsplit("/", 1)[-1]].get("properties", {})), set(body["properties"])


def typed(form):
    return {name for name, field in form.base_fields.items() if not isinstance(field, forms.FileField)}


def test_every_act_on_a_record_or_case_takes_the_fields_of_its_form_a_version_and_files():
    said, there = schema(), operations()
    for one in desk.acts():
        places = [w for w in ("sheets", "folders") if f"POST /{w}/{{pk}}/{one.key}" in there]
        begins_in_case = one.kind == "folder" or "folder" in one.begins_on
        on_record = one.kind != "folder" and one.begins_on != ("folder",)
        assert places == [w for w, yes in (("sheets", on_record), ("folders", begins_in_case)) if yes], one.key
        for place in places:
            fields, body = body_fields(said, f"/{place}/{{pk}}/{one.key}")
            assert fields == typed(one.form), one.key
            assert "version" in body, one.key
            assert ("files" in body) == (one.kind != "folder"), one.key


def test_every_act_on_people_organisations_and_the_house_takes_the_fields_of_its_form():
    said, there = schema(), operations()
    for one in parties.acts():
        where = {"house": "/house", "organisation": "/organisations/{pk}", "person": "/people/{pk}"}[one.on]
        offered = f"POST {where}/{one.key}" in there
        assert offered == ((one.on, one.key) not in BY_PEOPLE_ALONE), one.key
        if offered:
            assert body_fields(said, f"{where}/{one.key}")[0] == typed(one.form), one.key


def test_an_act_forgotten_over_the_api_would_be_noticed(monkeypatch):
    """A planted act without an operation breaks the walk above."""
    planted = desk.Act(
        "information", "planted", desk.PlainForm, lambda sheet, **said: sheet, begins_on=("information",)
    )
    monkeypatch.setitem(desk._ACTS, planted.key, planted)
    with pytest.raises(AssertionError):
        test_every_act_on_a_record_or_case_takes_the_fields_of_its_form_a_version_and_files()


def header(person):
    return {"authorization": f"Bearer {issue_token(person, name='t', days=1, by=person, at=timezone.now())}"}


PEOPLE = ("sh-registrar", "sh-approver", "sh-case_officer", "sh-issuer", "hq-decider", "sz-case_officer", "tech-assessor", "firm-staff",
          "hq-security")  # fmt: skip


@pytest.fixture
def world(cast, at, told):
    walk(cast, told[0], upto="issued", at=at)
    walk(cast, told[1], upto="issued", at=at, kind="order")
    walk(cast, told[2], upto="reported", at=at)
    walk(cast, told[3], upto="proposed", at=at)


def test_the_api_offers_everybody_the_same_acts_as_the_page(cast, world):
    """One record of each kind and stage, and every case, before people of every sort."""
    one_each = {(s.kind, s.stage): s.pk for s in Sheet.objects.order_by("pk")}
    offered = 0
    for name in PEOPLE:
        browser, key = Client(), header(cast[name])
        browser.force_login(cast[name])
        door = "office" if name[:3] in ("sh-", "hq-", "pj-", "sz-") else "counter"
        subjects = [("sheets", pk) for pk in one_each.values()]
        subjects += [("folders", f.pk) for f in Folder.objects.order_by("pk")] if door == "office" else []
        for where, pk in subjects:
            page, answer = browser.get(f"/{door}/{where}/{pk}/"), Client().get(f"/api/{where}/{pk}", headers=key)
            assert (page.status_code == 200) == (answer.status_code == 200), (name, where, pk)
            if page.status_code == 200:
                shown = re.findall(r'data-act="([^"]+)"', page.content.decode())
                assert sorted(answer.json()["acts"]) == sorted(set(shown)), (name, where, pk)
                offered += len(shown)
    assert offered > 50


def test_the_version_that_the_api_shows_is_the_one_that_is_compared(cast, world):
    folder = Folder.objects.first()
    key = header(cast["sh-case_officer"])
    shown = Client().get(f"/api/folders/{folder.pk}", headers=key).json()["version"]
    assert shown == version_of(folder)
    body = {"fields": {"reason": "本人回避", "person": "sh-issuer"}, "version": shown}
    address = f"/api/folders/{folder.pk}/folder-recuse"
    send = {"content_type": "application/json", "headers": header(cast["sh-supervisor"])}
    assert Client().post(address, body, **send).status_code == 200
    again = Client().post(address, body | {"fields": {"reason": "x", "person": "sh-decider"}}, **send)
    assert (again.status_code, again.json()["title"]) == (409, "moved")
    assert str(cast["sh-supervisor"]) in again.json()["detail"]


def test_every_address_and_act_in_the_docs_is_there():
    """The worked examples name real operations, so that nobody copies what is not there."""
    from pathlib import Path

    text = (Path(__file__).parents[4] / "docs" / "api.md").read_text(encoding="utf-8")
    there = {re.sub(r"\{\w+\}", "*", path) for path in (op.split(" ", 1)[1] for op in operations())}
    said = set(re.findall(r"\$B(/[\w./*-]+)", text))
    assert len(said) > 8
    for path in said:
        pattern = re.sub(r"/0b9c|/\d+", "/*", path)
        assert pattern in there, path
