"""Whoever has a declared tie to an operator of the case verifies, approves, decides and issues nothing in it."""

import pytest
from django.test import Client
from django.utils import timezone

from riskwatch.case.lifecycle import advance, operators_of, possible, posts_of
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.parties.models import Interest
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db


def declare(person, firm):
    client = Client()
    client.force_login(person)
    said = {"operator": firm.code, "nature": "配偶任该企业高管", "since": "2020-01-01"}
    assert client.post("/office/account/interest-declare/", said).status_code == 302
    assert "配偶任该企业高管" in client.get("/office/account/").content.decode()
    return Interest.objects.get(person=person)


@pytest.fixture
def reviewed(cast, at, told):
    done = walk(cast, told[0], upto="reviewed", at=at)
    assert cast.orgs["firm"].pk in operators_of(done.measure)
    return done.measure


def test_a_tied_issuer_is_refused_with_reason_remedy_and_rule_and_is_offered_nothing(reviewed, cast, at):
    assert [s.name for s in possible(reviewed, posts_of(cast["sh-issuer"], at)) if s.name == "issue"]
    declare(cast["sh-issuer"], cast.orgs["firm"])
    with pytest.raises(Refusal) as refused:
        advance(reviewed, "issue", by=cast["sh-issuer"], at=at)
    assert (refused.value.code, refused.value.status) == ("tied", 403)
    assert "配偶" in refused.value.reason
    assert refused.value.remedy
    assert refused.value.rule
    assert not [s.name for s in possible(reviewed, posts_of(cast["sh-issuer"], at)) if s.name == "issue"]


def test_a_tie_to_another_firm_or_one_that_is_over_hinders_nobody(reviewed, cast, at):
    row = declare(cast["sh-issuer"], cast.orgs["rival"])
    Interest.objects.create(person=cast["sh-issuer"], operator=cast.orgs["firm"], nature="旧", since="2019-01-01", until="2020-01-01",
                            declared_by=cast["sh-issuer"])  # fmt: skip
    assert row.until is None
    assert [s.name for s in possible(reviewed, posts_of(cast["sh-issuer"], at)) if s.name == "issue"]


def test_a_tie_of_the_absent_binds_the_deputy(reviewed, cast, at):
    from riskwatch.parties.models import Deputy

    Deputy.objects.create(absent=cast["sh-issuer"], deputy=cast["sh-archivist"], since="2020-01-01", until="2099-01-01", reason="x",
                          named_by=cast["sh-issuer"])  # fmt: skip
    declare(cast["sh-issuer"], cast.orgs["firm"])
    with pytest.raises(Refusal) as refused:
        advance(reviewed, "issue", by=cast["sh-archivist"], at=at)
    assert refused.value.code == "tied"


@pytest.mark.parametrize(
    ("kind", "stage", "step", "who"),
    [("verification", "reported", "approve", "sh-approver"), ("decision", "proposed", "decide", "sh-decider")],
)
def test_verification_and_decision_too(kind, stage, step, who, cast, at):
    from riskwatch.case.models import Concern, Sheet
    from riskwatch.case.sheets import Plan, put

    sheet = put(Plan(kind=kind, title="x", owner=cast.orgs["sh"]), stage=stage, by=cast["sh-registrar"], at=at)
    Concern.objects.create(sheet=sheet, organisation=cast.orgs["firm"], part="reporter")
    declare(cast[who], cast.orgs["firm"])
    with pytest.raises(Refusal) as refused:
        advance(Sheet.objects.get(pk=sheet.pk), step, by=cast[who], at=at)
    assert refused.value.code == "tied"


def test_a_stranger_declares_nothing_for_another(cast):
    client = Client()
    client.force_login(cast["sh-decider"])
    said = {"operator": cast.orgs["firm"].code, "nature": "x", "since": "2020-01-01"}
    assert client.post(f"/office/people/{cast['sh-issuer'].pk}/interest-declare/", said).status_code == 404
    assert not Interest.objects.filter(operator=cast.orgs["firm"], since__gte=timezone.localdate()).exists()
