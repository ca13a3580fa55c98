"""Centres, bodies, panels and departments come into being on screen; each act has its post and its stranger."""

import pytest
from django.test import Client
from django.utils import timezone

from riskwatch.journal.models import Entry
from riskwatch.parties import organisations, queries
from riskwatch.parties.actions import issue_token
from riskwatch.parties.models import Designation, Interest, Membership, Organisation, Qualification
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def make(cast, kind, code, **more):
    data = {"kind": kind, "code": code, "name_zh": f"新{code}", **more}
    return browser(cast["hq-system"]).post("/office/house/organisation-make/", data, follow=True)


@pytest.mark.parametrize("kind", ["centre", "technical_body", "testing_body", "panel", "department"])
def test_the_system_administrator_makes_every_kind_on_screen(kind, cast):
    page = make(cast, kind, f"X-{kind}")
    made = Organisation.objects.get(code=f"X-{kind}")
    assert made.kind == kind
    assert str(made) in page.content.decode()
    listed = browser(cast["sh-case_officer"]).get("/office/organisations/", {"kind": kind, "q": f"新X-{kind}"})
    assert made.code in listed.content.decode()


def test_a_technical_body_becomes_fit_to_assess_by_screen_alone(cast):
    make(cast, "technical_body", "TB-9")
    body = Organisation.objects.get(code="TB-9")
    today = timezone.localdate()
    assert not queries.qualified(body, today)
    keeper = browser(cast["hq-policy"])
    assert "qualification-add" in keeper.get(f"/office/organisations/{body.pk}/").content.decode()
    said = {
        "kind": "CNAS",
        "number": "L9",
        "products": "9503 8507",
        "valid_from": "2020-01-01",
        "valid_until": "2099-01-01",
    }
    assert keeper.post(f"/office/organisations/{body.pk}/qualification-add/", said).status_code == 302
    assert queries.qualified(body, today, product="9503001000")
    assert not queries.qualified(body, today, product="6403")
    row = Qualification.objects.get(organisation=body)
    gone = keeper.post(
        f"/office/organisations/{body.pk}/qualification-withdraw/", {"qualification": row.pk, "reason": "吊销"}
    )
    assert gone.status_code == 302
    assert not queries.qualified(body, today)
    assert {"qualification.add", "qualification.withdraw"} <= set(Entry.objects.values_list("act", flat=True))


def test_headquarters_designates_a_centre_and_ends_it_on_screen(cast):
    centre = cast.orgs["centre"]
    said = {
        "number": "指定〔2026〕9号",
        "products": "8507",
        "areas": "2200",
        "valid_from": "2026-01-01",
        "valid_until": "2030-01-01",
    }
    head = browser(cast["hq-decider"])
    assert head.post(f"/office/organisations/{centre.pk}/designate/", said).status_code == 302
    row = Designation.objects.get(number="指定〔2026〕9号")
    assert (row.products, row.areas, row.designated_by) == (["8507"], ["2200"], cast["hq-decider"])
    head.post(f"/office/organisations/{centre.pk}/designation-end/", {"designation": row.pk, "reason": "到期"})
    row.refresh_from_db()
    assert row.withdrawn_on == timezone.localdate()
    bad = head.post(f"/office/organisations/{centre.pk}/designate/", said | {"number": "二", "areas": "9999"})
    assert bad.status_code == 422


def test_a_panel_is_seated_on_screen_with_one_chair(cast):
    make(cast, "panel", "EP-9")
    panel = Organisation.objects.get(code="EP-9")
    security = browser(cast["hq-security"])
    for name, chair in (("panel-chair", "on"), ("panel-2", ""), ("panel-3", "")):
        said = {"person": name, "since": "2026-01-01"} | ({"chair": chair} if chair else {})
        assert security.post(f"/office/organisations/{panel.pk}/seat/", said).status_code == 302
    assert queries.holders(panel.pk, "panel_chair", timezone.localdate()).get() == cast["panel-chair"]
    second = security.post(
        f"/office/organisations/{panel.pk}/seat/", {"person": "tech-head", "since": "2026-01-01", "chair": "on"}
    )
    assert "已有组长" in second.content.decode()
    post = Membership.objects.get(organisation=panel, person=cast["panel-2"])
    security.post(f"/office/organisations/{panel.pk}/post-end/", {"post": post.pk})
    assert cast["panel-2"] not in queries.holders(panel.pk, "panellist", timezone.localdate())


def test_a_body_declares_its_tie_and_another_ends_it(cast):
    tech, firm = cast.orgs["tech"], cast.orgs["firm"]
    said = {"operator": firm.code, "nature": "持股百分之五", "since": "2026-01-01"}
    assert (
        browser(cast["tech-head"]).post(f"/counter/organisations/{tech.pk}/interest-declare/", said).status_code == 302
    )
    row = Interest.objects.get(organisation=tech, operator=firm)
    watcher = browser(cast["sh-supervisor"])
    assert "持股百分之五" in watcher.get(f"/office/organisations/{firm.pk}/").content.decode()
    assert (
        "持股百分之五" not in browser(cast["firm-manager"]).get(f"/counter/organisations/{firm.pk}/").content.decode()
    )
    watcher.post(f"/office/organisations/{firm.pk}/interest-end/", {"interest": row.pk, "reason": "已转让"})
    row.refresh_from_db()
    assert row.ended_by == cast["sh-supervisor"]


def test_nobody_ends_their_own_tie(cast, at):
    row = organisations.declare_interest(cast.orgs["firm"], nature="配偶任职", since=at.date(), person=cast["sh-supervisor"],
                                         by=cast["sh-supervisor"], at=at)  # fmt: skip
    with pytest.raises(Refusal) as refused:
        organisations.end_interest(row, reason="没有了", by=cast["sh-supervisor"], at=at)
    assert (refused.value.code, bool(refused.value.rule)) == ("own_tie", True)


@pytest.mark.parametrize(
    ("act", "subject", "stranger"),
    [("qualification-add", "tech", "sh-decider"), ("qualification-withdraw", "tech", "hq-system"), ("designate", "centre", "sh-decider"),
     ("designation-end", "centre", "hq-case_officer"), ("seat", "panel", "hq-system"), ("amend", "tech", "hq-security"),
     ("close", "tech", "hq-policy"), ("interest-declare", "tech", "sh-decider"), ("interest-end", "tech", "sh-case_officer"),
     ("mandate-file", "agent", "sh-case_officer"), ("mandate-confirm", "agent", "sh-decider"), ("post-end", "tech", "hq-system")],
)  # fmt: skip
def test_every_act_on_an_organisation_has_its_stranger(act, subject, stranger, cast):
    place = cast.orgs[subject]
    assert browser(cast[stranger]).post(f"/office/organisations/{place.pk}/{act}/", {}).status_code == 403
    assert browser(cast["rival-manager"]).post(f"/counter/organisations/{place.pk}/{act}/", {}).status_code in (
        403,
        404,
    )
    assert Client().post(f"/office/organisations/{place.pk}/{act}/", {}).status_code == 302


def test_the_action_itself_refuses_whoever_comes_by_another_way(cast, at):
    with pytest.raises(Refusal):
        organisations.make_organisation(kind="panel", code="P", name_zh="x", by=cast["sh-decider"], at=at)
    with pytest.raises(Refusal) as refused:
        organisations.designate(cast.orgs["centre"], number="x", products=[], areas=[], valid_from=at.date(), valid_until=at.date(),
                                by=cast["sh-decider"], at=at)  # fmt: skip
    assert refused.value.status == 403
    with pytest.raises(Refusal) as refused:
        organisations.make_organisation(kind="office", code="P", name_zh="x", by=cast["hq-system"], at=at)
    assert "kind" in refused.value.fields


def test_the_same_acts_over_the_api(cast):
    key = issue_token(cast["hq-policy"], name="t", days=1, by=cast["hq-policy"], at=timezone.now())
    header = {"authorization": f"Bearer {key}"}
    tech = cast.orgs["tech"]
    fields = {
        "kind": "CNAS",
        "number": "L7",
        "products": "9503",
        "valid_from": "2026-01-01",
        "valid_until": "2030-01-01",
    }
    path = f"/api/organisations/{tech.pk}/qualification-add"
    assert Client().post(path, {"fields": fields}, content_type="application/json", headers=header).status_code == 200
    full = Client().get(f"/api/organisations/{tech.pk}", headers=header).json()
    assert "L7" in [q["number"] for q in full["qualifications"]]
    assert "qualification-add" in full["acts"]
    fields["number"] = "L8"
    own = issue_token(cast["rival-manager"], name="t", days=1, by=cast["rival-manager"], at=timezone.now())
    answer = Client().post(
        path, {"fields": fields}, content_type="application/json", headers={"authorization": f"Bearer {own}"}
    )
    assert answer.status_code == 404


def test_a_house_without_the_demo_gets_an_assessor_by_screen_alone(cast, at, told):
    """Body, account, post and qualification are made by three administrators' clicks; then a case is entrusted to it."""
    from riskwatch.assessment.actions import commission
    from riskwatch.doors.jobs.simulator.river import walk
    from riskwatch.parties.models import Person

    make(cast, "technical_body", "TB-77")
    body = Organisation.objects.get(code="TB-77")
    account = {"username": "new-assessor", "name_zh": "评估员", "password": "Riskwatch-new-9"}
    assert browser(cast["hq-system"]).post("/office/house/person-make/", account).status_code == 302
    person = Person.objects.get(username="new-assessor")
    assert person.one_time_password
    post = {"organisation": "TB-77", "role": "assessor", "since": "2020-01-01"}
    assert browser(cast["hq-security"]).post(f"/office/people/{person.pk}/post-grant/", post).status_code == 302
    said = {"kind": "CMA", "number": "M77", "valid_from": "2020-01-01", "valid_until": "2099-01-01"}
    browser(cast["hq-policy"]).post(f"/office/organisations/{body.pk}/qualification-add/", said)
    folder = walk(cast, told[0], upto="issued", at=at).measure.folder
    made = commission(folder, assessor=body, question="风险多大", by=cast["sh-case_officer"], at=at)
    assert made.stage == "commissioned"
