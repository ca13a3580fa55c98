"""An agent acts in its principal's name while its mandate lasts; after that it keeps what it filed, and nothing later."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from riskwatch.case import desk
from riskwatch.case.access import depth
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Message, Sheet
from riskwatch.collection import actions as collection
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.followup import actions as followup
from riskwatch.measures.models import Measure
from riskwatch.parties import mandates
from riskwatch.parties.actions import issue_token
from riskwatch.parties.models import Mandate, Membership, Person
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
KNOWN = {"direction": "import", "commodity_code": "9503001000"}


@pytest.fixture
def broker(cast):
    person = Person.objects.create(username="agent-manager", name_zh="报关员 齐通")
    Membership.objects.create(
        person=person, organisation=cast.orgs["agent"], role="operator_manager", since="2020-01-01"
    )
    return person


@pytest.fixture
def mandate(cast, broker):
    today = timezone.localdate()
    return Mandate.objects.create(
        agent=cast.orgs["agent"], principal=cast.orgs["firm"], direction="both", scope="", since=today - timedelta(400),
        until=today + timedelta(30), proof=uuid4(), filed_by=broker, confirmed_by=cast["sh-case_officer"], confirmed_on=today,
    )  # fmt: skip


def report(cast, broker, **more):
    now = timezone.now()
    facts = {"text": "拉手脱落", "product": "拉杆玩具", "direction": "import", "commodity_code": "9503001000"} | more
    return collection.report_as_organisation(
        cast.orgs["agent"], cast.orgs["sh"], title="拉手脱落", facts=facts, first_known_at=now - timedelta(hours=1), severe=False,
        on_behalf=cast.orgs["firm"], by=broker, at=now,
    )  # fmt: skip


def page(person, sheet):
    browser = Client()
    browser.force_login(person)
    return browser.get(f"/counter/sheets/{sheet.pk}/").content.decode()


def api(person, path, body=None):
    key = issue_token(person, name="t", days=1, by=person, at=timezone.now())
    send = Client().get if body is None else Client().post
    more = {} if body is None else {"data": body, "content_type": "application/json"}
    return send(f"/api{path}", headers={"authorization": f"Bearer {key}"}, **more)


def end(mandate, cast):
    mandates.revoke_mandate(mandate, reason="换代理", by=cast["firm-manager"], at=timezone.now())


def test_after_the_mandate_the_agent_reads_what_it_reported_and_nothing_later(mandate, broker, cast):
    sheet = report(cast, broker)
    now = timezone.now()
    collection.answer(sheet, text="海关已立案查办", by=cast["sh-registrar"], at=now)
    collection.amend(sheet, reason="录错", product="学步车", by=cast["sh-registrar"], at=now)
    collection.add_to(sheet, text="委托人后来补充的话", by=cast["firm-manager"], at=now)
    assert depth(sheet, to=broker, at=now) == "own"
    assert "海关已立案查办" in page(broker, sheet)
    end(mandate, cast)
    assert depth(sheet, to=broker, at=now) == "filed"
    shown = page(broker, sheet)
    assert "拉杆玩具" in shown
    for later in ("海关已立案查办", "学步车", "委托人后来补充的话", "已收到"):
        assert later not in shown, later
    said = api(broker, f"/sheets/{sheet.pk}").json()
    assert (said["depth"], said["stage"], said["due_on"], said["acts"]) == ("filed", "", None, [])
    assert "海关已立案查办" not in str(said)
    listed = api(broker, "/sheets").json()
    assert [(row["id"], row["stage"]) for row in listed] == [(sheet.pk, "")]
    assert "海关已立案查办" in page(cast["firm-manager"], sheet)
    assert depth(sheet, to=cast["firm-manager"], at=now) == "own"


def test_what_the_principal_files_after_the_mandate_the_agent_never_sees(mandate, broker, cast):
    end(mandate, cast)
    now = timezone.now()
    made = collection.report_as_organisation(
        cast.orgs["firm"], cast.orgs["sh"], title="自己报告", facts={"text": "x"}, first_known_at=now, severe=False,
        by=cast["firm-manager"], at=now,
    )  # fmt: skip
    assert depth(made, to=broker, at=now) is None
    assert api(broker, f"/sheets/{made.pk}").status_code == 404


def test_statement_and_duty_keep_the_agents_own_words_only(mandate, broker, cast):
    now = timezone.now()
    office, firm = cast.orgs["sh"], cast.orgs["firm"]
    statement = followup.file_traceability(
        office=office, product="玩具", lots="代理写的批次", supplier="B", customers="C", records="D", on_behalf=firm, by=broker, at=now, **KNOWN
    )  # fmt: skip
    duties = followup.know(office=office, product="玩具", known_at=now, on_behalf=firm, by=broker, at=now, **KNOWN)
    followup.report(duties[0], plan="代理写的方案", measures_taken="停售", by=broker, at=now)
    assert Message.objects.filter(sheet=duties[0], to_organisation=firm, subject__contains="以贵单位名义报告").exists()
    end(mandate, cast)
    followup.judge_traceability(statement, "send_back", note="海关要求补正", by=cast["sh-registrar"], at=now)
    statement.refresh_from_db()
    followup.refile_traceability(
        statement, lots="委托人改的批次", supplier="B", customers="C", records="D", by=cast["firm-staff"], at=now
    )
    followup.return_duty(duties[0], reason="说明不足", by=cast["sh-case_officer"], at=now)
    followup.report(duties[0], plan="委托人改的方案", measures_taken="召回", by=cast["firm-staff"], at=now)
    for sheet, own, later in (
        (statement, "代理写的批次", ("委托人改的批次", "海关要求补正")),
        (duties[0], "代理写的方案", ("委托人改的方案", "说明不足", "召回")),
    ):
        shown = page(broker, sheet)
        assert own in shown
        assert not [words for words in later if words in shown]
    with pytest.raises(Refusal):
        followup.report(duties[1], told_whom="a", told_on=now.date(), told_text="c", proof="d", by=broker, at=now)


def test_an_agent_adds_to_the_report_it_filed_and_answers_customs_while_mandated(mandate, broker, cast):
    now = timezone.now()
    sheet = report(cast, broker)
    collection.add_to(sheet, text="代理补充", by=broker, at=now)
    duties = followup.know(
        office=cast.orgs["sh"], product="玩具", known_at=now, on_behalf=cast.orgs["firm"], by=broker, at=now, **KNOWN
    )
    followup.ask(
        duties[3],
        kind="inquiry",
        asked_on=now.date(),
        what="出货记录",
        answer_by=now.date(),
        by=cast["sh-case_officer"],
        at=now,
    )
    visit = duties[3].pk and followup.duty_on(duties[3]).visits.get()
    assert "duty-answer" in {a.key for a in desk.offered(duties[3], posts_of(broker, now), now)}
    followup.answer(duties[3], visit=visit, text="附出货单", by=broker, at=now)
    visit.refresh_from_db()
    assert visit.answer == "附出货单"
    assert Message.objects.filter(
        sheet=duties[3], to_organisation=cast.orgs["firm"], subject__contains="答复了海关"
    ).exists()
    end(mandate, cast)
    with pytest.raises(Refusal):
        collection.add_to(sheet, text="x", by=broker, at=now)
    assert desk.offered(sheet, posts_of(broker, now), now) == []


def test_an_agent_objects_in_its_principals_name_by_page_and_api(mandate, broker, cast, at, told):
    measure = walk(cast, told[0], upto="issued", at=at).measure
    Measure.objects.filter(pk=measure.pk).update(commodity_code="9503001000")
    browser = Client()
    browser.force_login(broker)
    said = {"on_behalf": cast.orgs["firm"].pk, "number": measure.number, "grounds": "检测方法有误"}
    assert browser.post("/counter/objection/", said | {"number": "没有"}).status_code == 422
    answer = browser.post("/counter/objection/", said)
    assert answer.status_code == 302, answer.content.decode()
    made = Sheet.objects.get(kind="objection")
    parts = {(c.organisation, c.part) for c in made.concerns.all()}
    assert parts == {(cast.orgs["firm"], "addressee"), (cast.orgs["agent"], "agent")}
    assert depth(made, to=broker, at=timezone.now()) == "own"
    body = {"on_behalf": cast.orgs["firm"].code, "number": measure.number, "grounds": "再次异议"}
    assert api(broker, "/objections", body).status_code == 200
    assert api(broker, "/objections", body | {"on_behalf": cast.orgs["rival"].code}).status_code == 404
    end(mandate, cast)
    assert depth(made, to=broker, at=timezone.now()) == "filed"
    assert "检测方法有误" in page(broker, made)
    assert api(broker, "/objections", body).status_code == 404
    assert browser.get("/counter/objection/").status_code == 403
    assert Message.objects.filter(
        to_organisation=cast.orgs["firm"], sheet=made, subject__contains="以贵单位名义"
    ).exists()


def test_a_measure_that_is_over_is_not_objected_to(cast, at, told):
    from riskwatch.measures import actions as measures

    measure = walk(cast, told[0], upto="issued", at=at).measure
    measures.lift(measure, reason="r", by=cast["sh-issuer"], at=at + timedelta(days=1))
    with pytest.raises(Refusal) as refused:
        followup.object_to(measure, grounds="g", by=cast["firm-staff"], at=at + timedelta(days=2))
    assert refused.value.code == "not_in_force"
