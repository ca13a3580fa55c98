"""What pages of their own do, done over the API: cases opened, batches verified, rules set, an assessment written and drawn."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from riskwatch.case.models import Folder, Sheet
from riskwatch.doors.jobs.simulator.river import assessed, walk
from riskwatch.parties.actions import issue_token
from riskwatch.parties.models import Organisation, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(cast):
    keys = {}

    def send(who, path, body=None, want=200):
        person = cast[who]
        if who not in keys:
            keys[who] = {
                "authorization": f"Bearer {issue_token(person, name='t', days=1, by=person, at=timezone.now())}"
            }
        if body is None:
            answer = Client().get(f"/api{path}", headers=keys[who])
        else:
            answer = Client().post(f"/api{path}", body, content_type="application/json", headers=keys[who])
        assert answer.status_code == want, (path, answer.status_code, answer.content.decode()[:600])
        if want >= 400:
            assert answer["Content-Type"] == "application/problem+json"
            assert answer.json()["detail"]
            assert answer.json()["remedy"], path
        return answer.json() if "json" in answer["Content-Type"] else answer.content

    return send


def test_a_case_is_opened_with_many_pieces_and_more_are_put_in(cast, at, told, call):
    pieces = [walk(cast, event, upto="entered", at=at).information.pk for event in told[:3]]
    said = {"sheets": pieces[:2], "title": "三起起火", "owner": "2200", "direction": "import"}
    call("sh-registrar", "/folders", said, want=422)  # no case officer: that office is not theirs to open in
    call("sz-case_officer", "/folders", said, want=404)  # not there for Shenzhen
    made = call("sh-case_officer", "/folders", said)
    folder = Folder.objects.get(pk=made["id"])
    assert made["version"] == 1
    again = call("sh-case_officer", "/folders", said, want=422)
    assert "again" in again["fields"]
    call("sh-case_officer", f"/folders/{folder.pk}/enclosures", {"sheets": [pieces[2]]})
    call("sz-case_officer", f"/folders/{folder.pk}/enclosures", {"sheets": [pieces[2]]}, want=404)
    whole = call("sh-case_officer", f"/folders/{folder.pk}")
    assert {s["id"] for s in whole["sheets"]} >= set(pieces)
    assert "folder-close" in whole["acts"]
    assert [e["act"] for e in call("sh-case_officer", f"/folders/{folder.pk}/course?limit=200") if e["sheet"] is None] == [
        "folder.open", "folder.enclose"]  # fmt: skip


def test_many_pieces_are_begun_together_and_each_refusal_is_told(cast, at, told, call):
    fresh, done = (
        walk(cast, told[n], upto=stage, at=at).information for n, stage in ((0, "received"), (1, "verified"))
    )
    body = {"sheets": [fresh.pk, done.pk], "fields": {"task": "核对报关单"}}
    said = call("sh-verifier", "/information/together/information-begin", body)
    assert said["done"] == [fresh.pk]
    assert [(r["sheet"], bool(r["reason"]), bool(r["remedy"])) for r in said["refused"]] == [(done.pk, True, True)]
    call("sz-verifier", "/information/together/information-begin", body, want=404)


def test_a_batch_is_verified_over_the_api_by_the_post_alone(cast, at, told, call):
    piece = walk(cast, told[0], upto="received", at=at).information
    body = {"sheets": [piece.pk], "office": "2200", "result": "verified", "method": "核对", "sample": "全查"}
    call("sh-case_officer", "/verification-batches", body, want=403)
    assert call("sh-approver", "/verification-batches", body) == {"done": 1}
    piece.refresh_from_db()
    assert piece.stage == "verified"


def test_rules_are_set_by_their_keeper_and_the_journal_is_checked_by_the_auditor(cast, call):
    today = timezone.localdate()
    shown = call("hq-policy", "/policy")
    said = {
        "key": "duty",
        "amount": 7,
        "unit": "working_days",
        "valid_from": str(today),
        "reason": "r",
        "version": shown["version"],
    }
    call("sh-decider", "/policy", said, want=403)
    now = call("hq-policy", "/policy", said)
    assert next(row for row in now["limits"] if row["key"] == "duty")["length"] == 7
    call("hq-policy", "/policy", said | {"key": "nothing"}, want=422)
    call("hq-policy", "/policy", said | {"key": "seizure_term"} | {"version": now["version"]}, want=422)
    days = {f"{today.year + 5}-01-01": False}
    calendar = {"year": today.year + 5, "source": "国办", "days": days}
    call("hq-policy", "/calendars", calendar | {"version": shown["version"]}, want=409)
    call("hq-policy", "/calendars", calendar | {"version": now["version"]})
    assert call("hq-audit", "/journal/verify", {})["holds"] is True
    call("hq-policy", "/journal/verify", {}, want=403)
    assert call("hq-audit", "/journal?kind=policy")[0]["act"] == "policy.set"


def test_a_firms_manager_adds_a_colleague_and_files_how_risks_are_reported(cast, call):
    firm = cast.orgs["firm"]
    said = {
        "fields": {
            "username": "firm-second",
            "name_zh": "新同事",
            "role": "operator_staff",
            "password": "Another-Day-77x",
        }
    }
    call("rival-manager", f"/organisations/{firm.pk}/colleague-add", said, want=404)
    call("firm-staff", f"/organisations/{firm.pk}/colleague-add", said, want=403)
    call("firm-manager", f"/organisations/{firm.pk}/colleague-add", said)
    assert Person.objects.get(username="firm-second").memberships.get().organisation == firm
    shown = call("firm-manager", f"/organisations/{firm.pk}")
    assert "firm-second" in {m["username"] for m in shown["members"]}
    body = {"fields": {"reporting_system": "一小时内报质量部"}, "version": shown["version"]}
    call("firm-manager", f"/organisations/{firm.pk}/reporting-system", body)
    assert Organisation.objects.get(pk=firm.pk).reporting_system == "一小时内报质量部"
    call("firm-manager", f"/organisations/{firm.pk}/reporting-system", body, want=409)


def test_an_assessment_is_written_scored_compared_and_drawn_over_the_api(cast, at, told, call):
    sheet = walk(cast, told[0], upto="working", at=at).assessment
    here, document = f"/assessments/{sheet.pk}", assessed()
    assert call("tech-assessor", here)["editable"] is True
    scored = call("tech-assessor", f"{here}/score", {"document": document})
    assert scored["result"]["level"]
    kept = call("tech-assessor", f"{here}/drafts", {"document": document, "after": 0})
    assert kept["number"] == 1
    call("sh-case_officer", f"{here}/drafts", {"document": document}, want=403)
    call("rival-manager", f"{here}/drafts", {"document": document}, want=404)
    changed = assessed(p="1/5")
    call("tech-assessor", f"{here}/drafts", {"document": changed, "after": 1})
    assert call("tech-assessor", f"{here}/compare?before=d1&after=d2")["changes"]
    assert call("tech-assessor", f"{here}/versions/d2")["scenarios"]
    assert call("tech-assessor", f"{here}/preview.pdf?version=d2")[:5] == b"%PDF-"
    body = {"fields": {"document": changed}, "version": call("tech-assessor", f"/sheets/{sheet.pk}")["version"]}
    assert call("tech-assessor", f"/sheets/{sheet.pk}/assessment-submit", body)["stage"] == "submitted"


def test_a_panel_is_asked_answers_and_is_closed_over_the_api(cast, at, told, call):
    from riskwatch.assessment import actions as assessment
    from riskwatch.assessment import reporting
    from riskwatch.doors.jobs.simulator.river import Way

    now = timezone.now() - timedelta(days=1)
    sheet = walk(cast, told[0], upto="working", at=now, way=Way(assessor="panel")).assessment
    for expert in ("panel-2", "panel-3"):
        assessment.state(sheet, has_interest=False, by=cast[expert], at=now + timedelta(hours=20))
    reporting.save_draft(sheet, document=assessed(), by=cast["panel-chair"], at=now + timedelta(hours=20))
    here = f"/assessments/{sheet.pk}/panel"
    question = next(q["key"] for q in call("panel-chair", here)["askable"] if q["kind"] == "probability")
    call("panel-2", f"{here}/rounds", {"questions": [question]}, want=403)
    assert call("panel-chair", f"{here}/rounds", {"questions": [question]})["open_round"] == 1
    for who, best in (("panel-2", "1/10"), ("panel-3", "1/20"), ("panel-chair", "1/15")):
        said = {"lowest": "1/100", "best": best, "highest": "1/2", "confidence": "80%"}
        assert call(who, f"{here}/answers", {"answers": {question: said}}) == {"kept": 1}
    open_one = call("panel-2", here)
    assert open_one["closed"] == []
    assert [q["answer"]["best"] for q in open_one["questions"]] == ["1/10"]
    closed = call("panel-chair", f"{here}/close", {})["closed"]
    pools = closed[0]["told"][0]["pools"]
    assert call("panel-chair", f"{here}/adopt", {"question": question, "pool": "median"})["number"] == 2
    assert "median" in pools
    assert Sheet.objects.get(pk=sheet.pk).stage == "working"


def test_messages_are_read_and_marked(cast, at, told, call):
    walk(cast, told[0], upto="issued", at=at)
    rows = call("firm-staff", "/messages")
    assert rows[0]["unread"] is True
    assert call("firm-staff", "/messages/read", {"messages": [rows[0]["id"]]}) == {"done": 1}
    assert call("firm-staff", "/messages")[0]["unread"] is False
