"""Goods outside the regulation are refused at every door; a mixed chapter needs a person's word with the reason."""

import pytest
from django.test import Client
from django.urls import reverse

from riskwatch.assessment import actions as assessment
from riskwatch.case import actions as case
from riskwatch.collection import actions as collection
from riskwatch.collection.models import Information
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.refusals import Refusal
from riskwatch.verification import actions as verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def registered(cast, at):
    def make(code):
        facts = {"source_kind": "media", "text": "t", "product": "p", "commodity_code": code}
        return collection.register(cast.orgs["sh"], title="t", facts=facts, by=cast["sh-registrar"], at=at)

    return make


def _open(cast, at, sheet):
    return case.open_folder(
        title="t", owner=cast.orgs["sh"], direction="", sheets=[sheet], by=cast["sh-case_officer"], at=at
    )


def _begin(cast, at, sheet, **more):
    return verification.begin_verification(sheet, task="t", by=cast["sh-verifier"], at=at, **more)


@pytest.mark.parametrize("door", [_open, _begin])
def test_a_piece_coded_as_food_is_refused_at_each_door(door, registered, cast, at):
    with pytest.raises(Refusal) as refused:
        door(cast, at, registered("0406"))
    assert refused.value.code == "out_of_scope"
    assert refused.value.remedy
    assert "第二条" in refused.value.rule.cite("zh")


@pytest.mark.parametrize("door", [_open, _begin])
def test_a_mixed_chapter_passes_each_door_only_after_a_persons_reason(door, registered, cast, at):
    sheet = registered("3402")
    with pytest.raises(Refusal) as refused:
        door(cast, at, sheet)
    assert refused.value.code == "mixed_scope"
    with pytest.raises(Refusal):
        collection.confirm(sheet, reason=" ", by=cast["sh-registrar"], at=at)
    with pytest.raises(Refusal) as stranger:
        collection.confirm(sheet, reason="工业清洗剂", by=cast["sz-registrar"], at=at)
    assert stranger.value.status == 403
    collection.confirm(sheet, reason="工业清洗剂", by=cast["sh-registrar"], at=at)
    assert Information.objects.get(pk=sheet.pk).scope_reason == "工业清洗剂"
    door(cast, at, sheet)


def test_the_reason_may_be_given_with_the_first_step(registered, cast, at):
    sheet = registered("3402")
    _begin(cast, at, sheet, scope_reason="工业清洗剂")
    assert Information.objects.get(pk=sheet.pk).scope == "in"


def test_a_piece_whose_code_nobody_knows_yet_may_be_looked_into(registered, cast, at):
    assert _begin(cast, at, registered("")).stage == "assigned"


def test_an_assessment_needs_entered_information_inside_the_regulation(cast, at, told):
    done = walk(cast, told[0], upto="verified", at=at)
    folder = _open(cast, at, done.information)
    entrust = {"assessor": cast.orgs["tech"], "question": "q", "by": cast["sh-case_officer"], "at": at}
    with pytest.raises(Refusal) as unentered:
        assessment.commission(folder, **entrust)
    assert unentered.value.code == "unverified"
    entered = walk(cast, told[1], upto="opened", at=at)
    Information.objects.filter(pk=entered.information.pk).update(commodity_code="0406", scope="out")
    with pytest.raises(Refusal) as outside:
        assessment.commission(entered.folder, **entrust)
    assert outside.value.code == "out_of_scope"


def test_the_word_on_a_mixed_chapter_is_given_on_screen(registered, cast):
    sheet = registered("3402")
    browser = Client()
    browser.force_login(cast["sh-registrar"])
    assert "information-confirm_scope" in browser.get(reverse("office:sheet", args=[sheet.pk])).content.decode()
    said = browser.post(reverse("office:act", args=[sheet.pk, "information-confirm_scope"]), {"reason": "工业清洗剂"})
    assert said.status_code == 302
    assert Information.objects.get(pk=sheet.pk).scope == "in"
