"""An agent acts for its principal: filed with proof, confirmed by customs, inside direction, scope and term; never else."""

import base64
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Message, Sheet
from riskwatch.case.queries import inbox
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.parties import mandates, queries
from riskwatch.parties.actions import issue_token
from riskwatch.parties.models import Mandate, Membership, Person
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def browser(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def broker(cast):
    person = Person.objects.create(username="agent-manager", name_zh="报关员 齐通")
    Membership.objects.create(
        person=person, organisation=cast.orgs["agent"], role="operator_manager", since="2020-01-01"
    )
    return person


@pytest.fixture
def mandate(cast, broker):
    """A mandate for imports of toys, good today, filed and confirmed on screen."""
    today = timezone.localdate()
    agent = cast.orgs["agent"]
    said = {"principal": cast.orgs["firm"].code, "direction": "import", "scope": "9503", "since": today, "until": today + timedelta(30),
            "proof": SimpleUploadedFile("委托书.png", PNG, "image/png")}  # fmt: skip
    assert browser(broker).post(f"/counter/organisations/{agent.pk}/mandate-file/", said).status_code == 302
    row = Mandate.objects.get(agent=agent)
    assert not queries.principals(broker, today).exists()
    officer = browser(cast["sh-case_officer"])
    page = officer.get(f"/office/organisations/{agent.pk}/").content.decode()
    assert "待海关确认" in page
    shown = officer.get(f"/office/organisations/{agent.pk}/mandates/{row.pk}/")
    assert (shown.status_code, shown["Content-Type"], shown["X-Content-Type-Options"]) == (200, "image/png", "nosniff")
    assert officer.post(f"/office/organisations/{agent.pk}/mandate-confirm/", {"mandate": row.pk}).status_code == 302
    row.refresh_from_db()
    return row


def report(broker, cast, **change):
    now = timezone.localtime() - timedelta(hours=1)
    said = {"office": cast.orgs["sh"].pk, "title": "玩具小零件", "text": "脱落", "first_known_at": f"{now:%Y-%m-%dT%H:%M}", "product": "玩具",
            "on_behalf": cast.orgs["firm"].pk, "direction": "import", "commodity_code": "9503001000", "role_in_case": "consignee"}  # fmt: skip
    return browser(broker).post("/counter/report/", said | change)


def test_a_report_in_the_principals_name_names_both(mandate, broker, cast):
    answer = report(broker, cast)
    assert answer.status_code == 302, answer.content.decode()
    sheet = Sheet.objects.get(title="玩具小零件")
    assert {(c.organisation, c.part) for c in sheet.concerns.all()} == {
        (cast.orgs["firm"], "reporter"),
        (cast.orgs["agent"], "agent"),
    }
    assert browser(cast["firm-manager"]).get(f"/counter/sheets/{sheet.pk}/").status_code == 200
    assert browser(broker).get(f"/counter/sheets/{sheet.pk}/").status_code == 200
    assert browser(cast["rival-manager"]).get(f"/counter/sheets/{sheet.pk}/").status_code == 404
    assert Message.objects.filter(to_organisation=cast.orgs["firm"], subject__contains="以贵单位名义").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [({"direction": "export"}, "方向"), ({"direction": ""}, "方向"), ({"commodity_code": "8507600090"}, "商品编码"),
     ({"commodity_code": ""}, "商品编码")],
)  # fmt: skip
def test_outside_the_mandate_it_is_refused_and_says_why(change, words, mandate, broker, cast):
    answer = report(broker, cast, **change)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Sheet.objects.filter(title="玩具小零件").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [({"until": date(2026, 1, 1)}, "有效期"), ({"revoked_on": date(2026, 1, 1)}, "撤销"), ({"confirmed_by": None}, "尚未经海关确认"),
     ({"since": date(2099, 1, 1), "until": date(2099, 2, 1)}, "有效期")],
)  # fmt: skip
def test_out_of_date_revoked_or_unconfirmed_nothing_is_offered_and_the_action_refuses(
    change, words, mandate, broker, cast, at
):
    Mandate.objects.filter(pk=mandate.pk).update(**change)
    page = browser(broker).get("/counter/report/").content.decode()
    assert 'name="on_behalf"' not in page
    with pytest.raises(Refusal) as refused:
        mandates.acting_for(broker, timezone.now(), on_behalf=cast.orgs["firm"], direction="import", code="9503001000")
    assert words in refused.value.reason
    assert refused.value.remedy


def test_whoever_has_no_mandate_acts_for_nobody(mandate, cast, at):
    with pytest.raises(Refusal) as refused:
        mandates.acting_for(
            cast["rival-manager"], timezone.now(), on_behalf=cast.orgs["firm"], direction="import", code="9503"
        )
    assert refused.value.code == "no_mandate"
    assert queries.acts_for(cast["rival-manager"], timezone.localdate(), "import", "9503") == []


def test_knowledge_and_traceability_in_the_principals_name(mandate, broker, cast):
    me = browser(broker)
    behalf = {
        "on_behalf": cast.orgs["firm"].pk,
        "direction": "import",
        "commodity_code": "9503001000",
        "office": cast.orgs["sh"].pk,
    }
    now = timezone.localtime() - timedelta(hours=1)
    assert (
        me.post("/counter/knowledge/", behalf | {"product": "玩具", "known_at": f"{now:%Y-%m-%dT%H:%M}"}).status_code
        == 302
    )
    duties = Sheet.objects.filter(kind="duty", concerns__organisation=cast.orgs["firm"], concerns__part="addressee")
    assert duties.count() == 4
    trace = {"product": "玩具", "lots": "A", "supplier": "B", "customers": "C", "records": "D"}
    assert me.post("/counter/traceability/", behalf | trace).status_code == 302
    assert (
        Sheet.objects.get(kind="traceability").concerns.filter(organisation=cast.orgs["firm"], part="reporter").exists()
    )
    work = set(inbox(posts_of(broker, timezone.now()), at=timezone.now()).values_list("kind", flat=True))
    assert "duty" in work
    duty = duties.order_by("pk").last()
    assert me.post(f"/counter/sheets/{duty.pk}/duty-report/", {"results": "已配合"}).status_code == 302
    mandates.revoke_mandate(mandate, reason="终止委托", by=cast["firm-manager"], at=timezone.now())
    assert not inbox(posts_of(broker, timezone.now()), at=timezone.now()).exists()
    first = duties.order_by("pk").first()
    answer = me.post(f"/counter/sheets/{first.pk}/duty-report/", {"plan": "x", "measures_taken": "y"})
    assert answer.status_code == 403


def test_an_agent_applies_to_lift_by_number_and_sees_no_other_measure(mandate, broker, cast, at, told):
    done = walk(cast, told[0], upto="issued", at=at)
    measure = done.measure
    assert measure.concerns.filter(organisation=cast.orgs["firm"], part="addressee").exists()
    type(measure.folder).objects.filter(pk=measure.folder_id).update(direction="import")
    from riskwatch.measures.models import Measure

    Measure.objects.filter(pk=measure.pk).update(commodity_code="9503001000")
    me = browser(broker)
    assert me.get(f"/counter/sheets/{measure.pk}/").status_code == 404
    said = {"on_behalf": cast.orgs["firm"].pk, "number": measure.number, "report": "已整改"}
    assert me.post("/counter/lift/", said | {"number": "没有"}).status_code == 422
    answer = me.post("/counter/lift/", said)
    assert answer.status_code == 302, answer.content.decode()
    made = Sheet.objects.get(kind="lift_application")
    assert made.concerns.filter(organisation=cast.orgs["firm"], part="addressee").exists()
    assert me.get(f"/counter/sheets/{made.pk}/").status_code == 200
    assert browser(cast["rival-manager"]).get("/counter/lift/").status_code == 403


def test_a_report_over_the_api_for_a_principal(mandate, broker, cast):
    key = issue_token(broker, name="t", days=1, by=broker, at=timezone.now())
    body = {"office": "2200", "title": "接口代报", "text": "x", "first_known_at": "2026-03-01T10:00:00", "on_behalf": cast.orgs["firm"].code,
            "facts": {"product": "玩具", "direction": "import", "commodity_code": "9503001000"}}  # fmt: skip
    header = {"authorization": f"Bearer {key}"}
    assert Client().post("/api/reports", body, content_type="application/json", headers=header).status_code == 200
    body["facts"]["direction"] = "export"
    answer = Client().post("/api/reports", body, content_type="application/json", headers=header)
    assert (answer.status_code, answer.json()["title"]) == (403, "no_mandate")


def test_strangers_neither_file_confirm_revoke_nor_read_the_proof(mandate, broker, cast, at):
    agent, firm = cast.orgs["agent"], cast.orgs["firm"]
    for who in ("rival-manager", "firm-staff"):
        with pytest.raises(Refusal) as refused:
            mandates.file_mandate(agent, firm, direction="both", scope="", since=at.date(), until=at.date(), proof=mandate.proof,
                                  by=cast[who], at=at)  # fmt: skip
        assert refused.value.status == 403
    for who in ("rival-manager", "centre-registrar", "sh-decider"):
        with pytest.raises(Refusal):
            mandates.confirm_mandate(mandate, by=cast[who], at=at)
        with pytest.raises(Refusal):
            mandates.revoke_mandate(mandate, reason="x", by=cast[who], at=at)
    assert (
        browser(cast["rival-manager"]).get(f"/counter/organisations/{agent.pk}/mandates/{mandate.pk}/").status_code
        == 404
    )
