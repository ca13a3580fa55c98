"""What a piece says is mended visibly: at once before verification, by two persons afterwards; first knowledge never."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from riskwatch.case.models import Sheet
from riskwatch.case.queries import search
from riskwatch.collection import actions as collection
from riskwatch.collection import amending
from riskwatch.collection.models import Amendment, Information, Report
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.journal.queries import course_of_sheet
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
EVERY = {"title": "新标题", "text": "新内容", "quantity": "9件", "occurred_on": date(2026, 1, 2), "published_on": date(2026, 1, 3), "deaths": 1,
         "injured": 2, "injuries": "伤", "origin": "越南", "port": "洋山", "direction": "export", "importer": "乙", "maker": "甲", "batch": "B9",
         "hazard_text": "窒息", "source_kind": "fire", "disposition": "退运", "reference": "文1", "url": "https://a.b"}  # fmt: skip


def test_every_fact_may_be_mended_before_verification_and_old_and_new_stand_in_the_journal(cast, at, told):
    sheet = walk(cast, told[0], upto="received", at=at).information
    before = sheet.title
    assert collection.amend(sheet, reason="笔误", by=cast["sh-registrar"], at=at, **EVERY) == sheet
    info = Information.objects.select_related("sheet").get(pk=sheet.pk)
    assert {k: getattr(info, k) for k in EVERY if k != "title"} == {k: v for k, v in EVERY.items() if k != "title"}
    assert info.sheet.title == "新标题"
    changes = course_of_sheet(sheet.pk).last().payload.content["changes"]
    assert set(changes) == set(EVERY)
    assert changes["title"] == {"from": before, "to": "新标题"}
    assert sheet in search("窒息", to=cast["sh-verifier"], at=at)


def test_a_field_is_emptied_only_when_named(cast, at, told):
    sheet = walk(cast, told[0], upto="received", at=at).information
    collection.amend(sheet, reason="r", brand="", clear=["quantity"], by=cast["sh-registrar"], at=at)
    info = Information.objects.get(pk=sheet.pk)
    assert (info.quantity, bool(info.brand)) == ("", True)
    for name in ("text", "sheet", "first_known_at"):
        with pytest.raises(Refusal):
            collection.amend(sheet, reason="r", clear=[name], by=cast["sh-registrar"], at=at)


def test_after_verification_a_change_of_substance_is_proposed_and_another_person_approves(cast, at, told):
    done = walk(cast, told[0], upto="issued", at=at)
    sheet, later = done.information, at + timedelta(days=3)
    asked = collection.amend(
        sheet, reason="编码有误", product="另一产品", commodity_code="950490", by=cast["sh-registrar"], at=later
    )
    assert (asked.kind, asked.stage) == ("amendment", "proposed")
    assert Information.objects.get(pk=sheet.pk).commodity_code != "950490"
    with pytest.raises(Refusal):
        collection.amend(sheet, reason="再改", brand="x", by=cast["sh-registrar"], at=later)
    for stranger in ("sh-registrar", "sz-approver", "firm-staff"):
        with pytest.raises(Refusal) as refused:
            amending.approve(asked, by=cast[stranger], at=later)
        assert refused.value.status == 403
    amending.approve(asked, answer="属实", by=cast["sh-approver"], at=later)
    info = Information.objects.get(pk=sheet.pk)
    assert (info.product, info.commodity_code) == ("另一产品", "950490")
    entry = course_of_sheet(sheet.pk).filter(act="information.amend").last()
    assert entry.actor == cast["sh-approver"]
    assert str(cast["sh-registrar"]) in entry.payload.content["reason"]


def test_one_person_in_two_posts_is_still_one_person(cast, at, told):
    from riskwatch.parties.models import Membership

    Membership.objects.create(
        person=cast["sh-registrar"], organisation=cast.orgs["sh"], role="approver", since=date(2020, 1, 1)
    )
    sheet = walk(cast, told[0], upto="entered", at=at).information
    asked = collection.amend(sheet, reason="r", brand="新", by=cast["sh-registrar"], at=at + timedelta(days=1))
    with pytest.raises(Refusal) as refused:
        amending.approve(asked, by=cast["sh-registrar"], at=at + timedelta(days=1))
    assert refused.value.code == "same_hand"


def test_a_verified_code_is_not_changed_while_entering(cast, at, told):
    sheet = walk(cast, told[0], upto="verified", at=at).information
    with pytest.raises(Refusal) as refused:
        collection.enter(sheet, commodity_code="950490", aspects=["safety"], spread="regional", spread_reason="r",
                         by=cast["sh-registrar"], at=at + timedelta(days=1))  # fmt: skip
    assert refused.value.code == "verified_code"


def test_a_new_code_is_asked_for_its_scope_again(cast, at, told):
    sheet = walk(cast, told[0], upto="entered", at=at).information
    asked = collection.amend(sheet, reason="实为奶酪", commodity_code="0406", by=cast["sh-registrar"], at=at)
    amending.approve(asked, by=cast["sh-approver"], at=at)
    assert Information.objects.get(pk=sheet.pk).scope == "out"


def test_where_it_came_from_is_mended_by_one_person(cast, at, told):
    sheet = walk(cast, told[0], upto="entered", at=at).information
    assert collection.amend(sheet, reason="r", reference="文号2", by=cast["sh-registrar"], at=at).kind == "information"


def test_a_refused_proposal_and_one_overtaken_change_nothing(cast, at, told):
    sheet = walk(cast, told[0], upto="entered", at=at).information
    first = collection.amend(sheet, reason="r", brand="新", by=cast["sh-registrar"], at=at)
    amending.refuse(first, answer="没有依据", by=cast["sh-approver"], at=at)
    second = collection.amend(sheet, reason="r", brand="新", by=cast["sh-registrar"], at=at)
    Information.objects.filter(pk=sheet.pk).update(brand="别的")
    with pytest.raises(Refusal) as overtaken:
        amending.approve(second, by=cast["sh-approver"], at=at)
    assert overtaken.value.code == "moved"
    assert Information.objects.get(pk=sheet.pk).brand == "别的"


def test_the_whole_course_is_on_screen(cast, at, told):
    sheet = walk(cast, told[0], upto="entered", at=at).information
    browser = Client()
    browser.force_login(cast["sh-registrar"])
    address = reverse("office:act", args=[sheet.pk, "information-amend"])
    said = browser.get(address).context["form"].initial
    kept = {k: v for k, v in said.items() if v not in (None, "", [])}
    assert browser.post(address, kept | {"reason": "r"}).status_code == 409
    assert browser.post(address, kept | {"reason": "笔误", "brand": "改后"}).status_code == 302
    asked = Amendment.objects.get(information=sheet.pk).sheet
    browser.force_login(cast["sh-approver"])
    assert asked.number in browser.get(reverse("office:inbox")).content.decode()
    assert "改后" in browser.get(reverse("office:sheet", args=[asked.pk])).content.decode()
    assert browser.post(reverse("office:act", args=[asked.pk, "amendment-approve"]), {"answer": ""}).status_code == 302
    assert Information.objects.get(pk=sheet.pk).brand == "改后"


@pytest.mark.parametrize("column", ["first_known_at", "reported_at"])
def test_first_knowledge_cannot_be_changed_even_in_the_database(column, cast, at):
    sheet = collection.report_as_organisation(cast.orgs["firm"], cast.orgs["sh"], title="t", facts={"text": "x"}, first_known_at=at,
                                              severe=False, by=cast["firm-staff"], at=at)  # fmt: skip
    with pytest.raises(DatabaseError, match="first-known"), transaction.atomic():
        Report.objects.filter(information=sheet.pk).update(**{column: at - timedelta(days=1)})
    assert getattr(Report.objects.get(information=sheet.pk), column) == at
    assert Sheet.objects.get(pk=sheet.pk).stage == "received"
