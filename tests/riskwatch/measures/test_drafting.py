"""A draft until its issue: who may issue it, to whom, on what days; sent back, mended, sent up."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from riskwatch.case import desk, queries
from riskwatch.case.access import depth
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Message
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.measures import actions as measures
from riskwatch.measures.models import Measure
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TEXTS = {"product": "磁力玩具", "risk": "误吞", "required_actions": "停售"}
ORDER = {"order_kind": "recall", "product": "p", "grounds": "g", "required_actions": "召回"}


def keys(sheet, person, at):
    return {a.key for a in desk.offered(sheet, posts_of(person, at), at)}


@pytest.fixture
def decided(cast, at, told):
    return walk(cast, told[0], upto="decided", at=at).decision


def order(decided, cast, at, **more):
    said = {"title": "t", "texts": ORDER | {"perform_by": (at + 20 * DAY).date()}, "addressees": [cast.orgs["firm"]],
            "lines": [("B1", Decimal(10), "件")], "by": cast["sh-case_officer"], "at": at}  # fmt: skip
    return measures.draft(decided, "order", **said | more)


def test_a_regional_announcement_goes_up_and_headquarters_issues_it(cast, at, told):
    reviewed = walk(cast, told[0], upto="reviewed", at=at, kind="announcement").measure
    later = at + 2 * DAY
    assert "announcement-issue" not in keys(reviewed, cast["sh-issuer"], later)
    with pytest.raises(Refusal) as low:
        measures.issue(reviewed, by=cast["sh-issuer"], at=later)
    assert (low.value.code, bool(low.value.remedy)) == ("level", True)
    with pytest.raises(Refusal) as stranger:
        measures.send_up(reviewed, by=cast["sz-case_officer"], at=later)
    assert stranger.value.status == 403
    assert "announcement-send_up" in keys(reviewed, cast["sh-case_officer"], later)
    measures.send_up(reviewed, by=cast["sh-case_officer"], at=later)
    assert (reviewed.owner, reviewed.folder.owner) == (cast.orgs["hq"], cast.orgs["sh"])
    assert reviewed in queries.inbox(posts_of(cast["hq-issuer"], later), at=later)
    assert depth(reviewed, to=cast["sh-case_officer"], at=later) == "full"
    assert depth(reviewed, to=cast["sz-case_officer"], at=later) is None
    with pytest.raises(Refusal):
        measures.send_up(reviewed, by=cast["hq-case_officer"], at=later)
    measures.issue(reviewed, by=cast["hq-issuer"], at=later)
    assert reviewed.stage == "in_force"
    assert reviewed.number.startswith("署")


def test_headquarters_returns_what_was_sent_up_to_its_office(cast, at, told):
    reviewed = walk(cast, told[0], upto="reviewed", at=at, kind="announcement").measure
    measures.send_up(reviewed, by=cast["sh-case_officer"], at=at + 2 * DAY)
    measures.send_back(reviewed, reason="补充依据", by=cast["hq-issuer"], at=at + 2 * DAY)
    assert (reviewed.owner, reviewed.stage) == (cast.orgs["sh"], "drafted")
    assert Message.objects.filter(sheet=reviewed, to_organisation=cast.orgs["sh"], role="case_officer").exists()


def test_a_returned_draft_is_mended_on_the_desk_and_issued(cast, at, told):
    done = walk(cast, told[0], upto="reviewed", at=at, kind="order")
    sheet, officer, later = done.measure, cast["sh-case_officer"], at + 2 * DAY
    measures.send_back(sheet, reason="数量有误", by=cast["sh-issuer"], at=later)
    browser = Client()
    browser.force_login(officer)
    address = reverse("office:act", args=[sheet.pk, "order-redraft"])
    page = browser.get(address).content.decode()
    assert "B2601,1200,件" in page
    assert "数量有误" in page
    sheet.refresh_from_db()
    said = {"title": "责令召回", "order_kind": "recall", "product": "p", "grounds": "g", "required_actions": "召回", "commodity_code": "",
            "addressees": [cast.orgs["firm"].pk, cast.orgs["rival"].pk], "lines": f"B2601,1000,件,{cast.orgs['firm'].name_zh}\nB9,5,箱",
            "perform_by": "2036-01-01", "role_in_case": "consignee", "ends_on": ""}  # fmt: skip
    answer = browser.post(address, said | {"version": sheet.version})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    row = Measure.objects.get(pk=sheet.pk)
    assert [(x.batch, x.organisation_id) for x in row.lines.order_by("pk")] == [
        ("B2601", cast.orgs["firm"].pk),
        ("B9", None),
    ]
    assert set(sheet.concerns.values_list("role_in_case", flat=True)) == {"consignee"}
    sheet.refresh_from_db()
    assert set(sheet.readers) == {cast.orgs["firm"].pk, cast.orgs["rival"].pk}
    measures.review(sheet, secrecy_reviewed=True, by=cast["sh-approver"], at=later)
    with pytest.raises(Refusal) as reviewed:
        measures.redraft(sheet, title="t", by=officer, at=later)
    assert reviewed.value.code == "moved"
    measures.issue(sheet, by=cast["sh-issuer"], at=later)
    assert sheet.stage == "in_force"


def test_a_stranger_mends_no_draft_and_who_mended_it_does_not_review_it(cast, at, told):
    from riskwatch.doors.jobs.simulator.cast import SINCE
    from riskwatch.parties.models import Membership

    sheet = walk(cast, told[0], upto="drafted", at=at).measure
    with pytest.raises(Refusal) as stranger:
        measures.redraft(sheet, title="t", by=cast["sz-case_officer"], at=at + 2 * DAY)
    assert stranger.value.status == 403
    Membership.objects.create(
        person=cast["sh-approver"], organisation=cast.orgs["sh"], role="case_officer", since=SINCE
    )
    measures.redraft(sheet, title="改过", risk="更重", by=cast["sh-approver"], at=at + 2 * DAY)
    with pytest.raises(Refusal) as same_hand:
        measures.review(sheet, secrecy_reviewed=True, by=cast["sh-approver"], at=at + 2 * DAY)
    assert same_hand.value.code == "same_hand"


@pytest.mark.parametrize(("day", "code"), [(date(2020, 1, 1), "past"), (date(2026, 3, 10), None)])
def test_performance_in_the_past_is_not_drafted(day, code, decided, cast, at):
    at = at.replace(hour=23)
    if code is None:
        assert order(decided, cast, at, texts=ORDER | {"perform_by": day}).stage == "drafted"
        return
    with pytest.raises(Refusal) as past:
        order(decided, cast, at, texts=ORDER | {"perform_by": day})
    assert (past.value.code, list(past.value.fields)) == (code, ["perform_by"])


def test_dates_are_checked_again_at_issue(decided, cast, at):
    sheet = order(decided, cast, at + DAY)
    measures.review(sheet, secrecy_reviewed=True, by=cast["sh-approver"], at=at + DAY)
    for when, starts in ((at + DAY, at.date()), (at + DAY, (at + 40 * DAY).date()), (at + 30 * DAY, None)):
        with pytest.raises(Refusal) as refused:
            measures.issue(sheet, starts_on=starts, by=cast["sh-issuer"], at=when)
        assert refused.value.code == "past"
    sheet.refresh_from_db()
    assert (sheet.stage, sheet.starts_on, sheet.number) == ("reviewed", None, "")


@pytest.mark.parametrize("wrong", ["police", "pj", "tech"])
def test_orders_go_to_operators_only(wrong, decided, cast, at):
    with pytest.raises(Refusal) as refused:
        order(decided, cast, at, addressees=[cast.orgs["firm"], cast.orgs[wrong]])
    assert refused.value.code == "wrong_addressee"
    form = desk.act("order-draft").form
    assert not form.base_fields["addressees"].queryset.filter(pk=cast.orgs[wrong].pk).exists()


def test_a_batch_names_an_addressee_or_nobody(decided, cast, at):
    with pytest.raises(Refusal) as refused:
        order(decided, cast, at, lines=[("B1", Decimal(10), "件", cast.orgs["rival"].name_zh)])
    assert refused.value.fields == {"lines": cast.orgs["rival"].name_zh}


def test_nobody_orders_a_return_shipment_by_not_choosing(decided, cast, at):
    field = desk.act("order-draft").form.base_fields["order_kind"]
    assert field.choices[0][0] == ""
    assert field.required


def test_everything_the_rule_book_wants_of_a_kind_may_be_adjusted():
    from decree188.measure_rules import MEASURE_RULES

    for kind, rules in MEASURE_RULES.items():
        wanted = {n for n in rules.needs if n not in ("addressees", "lines")} | {"reason"}
        assert set(desk.act(f"{kind}-adjust").form.base_fields) == wanted, kind


def test_an_operators_role_is_asked_shown_and_set_one_by_one(cast, at, told):
    decided = walk(cast, told[1], upto="decided", at=at).decision
    sheet = measures.draft(decided, "notice", title="t", texts=TEXTS, addressees=[cast.orgs["firm"], cast.orgs["agent"]],
                           role_in_case="consignee", by=cast["sh-case_officer"], at=at + DAY)  # fmt: skip
    measures.set_role(
        sheet, organisation=cast.orgs["agent"], role_in_case="agent", by=cast["sh-case_officer"], at=at + DAY
    )
    shown = next(f.value for f in desk.facts(sheet, "full") if f.label == "送达与签收")
    assert "（收货人）" in shown
    assert "（代理人）" in shown
    with pytest.raises(Refusal):
        measures.set_role(
            sheet, organisation=cast.orgs["firm"], role_in_case="maker", by=cast["sz-case_officer"], at=at
        )
