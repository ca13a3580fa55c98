"""Who comes second is told who was first, and when: over every step, every act on a case, and every plain form."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from decree188.calendar import SHANGHAI
from riskwatch.case import desk, lifecycle, policy, taking
from riskwatch.case.models import Policy, Sheet
from riskwatch.case.steps import NEW, STEPS
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.parties import desk as parties
from riskwatch.parties.models import Membership, Organisation
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 3, 11, 14, 5, tzinfo=SHANGHAI)
WHEN = "2026-03-11 14:05"


@pytest.fixture
def sheet_at(cast, at):
    """A bare record of a kind at a stage, last moved by headquarters' decider at a known minute."""

    def make(kind, stage):
        return Sheet.objects.create(
            kind=kind, owner=cast.orgs["sh"], stage=stage, title="t", version=5, made_by=cast["sh-registrar"], made_at=at,
            moved_by=cast["hq-decider"], moved_at=FIRST,
        )  # fmt: skip

    return make


def refused(job):
    with pytest.raises(Refusal) as found, transaction.atomic():
        job()
    return found.value


class Filled:
    cleaned_data: dict = {}


def test_every_act_on_a_record_compares_the_version_that_its_page_showed(cast, at, sheet_at):
    tried = 0
    for one in desk.acts():
        kinds = one.begins_on if one.row is None or NEW in one.row.leaves else (one.kind,)
        for kind in kinds:
            if kind == "folder":
                continue
            stage = one.row.leaves[0] if one.row and NEW not in one.row.leaves else "in_force"
            sheet = sheet_at(kind, stage)
            late = refused(
                lambda one=one, sheet=sheet: desk.take(
                    one, sheet, form=Filled(), by=cast["sh-decider"], at=at, expected_version=4
                )
            )
            assert late.code == "moved", one.key
            assert str(cast["hq-decider"]) in late.reason, one.key
            assert WHEN in late.reason, one.key
            assert late.remedy
            tried += 1
    assert tried > 120


def test_every_step_taken_from_a_stage_that_is_gone_names_who_and_when(cast, at, sheet_at):
    for step in STEPS:
        if NEW in step.leaves:
            continue
        gone = next(s.enters for s in lifecycle.OF_KIND[step.kind] if s.enters not in step.leaves)
        late = refused(
            lambda step=step, gone=gone: lifecycle.advance(
                sheet_at(step.kind, gone), step.name, by=cast["sh-decider"], at=at
            )
        )
        assert late.code == "moved", step.act
        assert str(cast["hq-decider"]) in late.reason, step.act
        assert WHEN in late.reason, step.act


def test_an_act_that_moves_nothing_makes_the_version_rise_too(cast, at, told):
    from riskwatch.collection.desk import AddForm

    sheet = walk(cast, told[0], upto="received", at=at).information
    one, before = desk.act("information-add"), sheet.version
    form = AddForm({"text": "补充"}, subject=sheet, by=cast["sh-registrar"], at=at)
    assert form.is_valid()
    desk.take(one, sheet, form=form, by=cast["sh-registrar"], at=at + timedelta(hours=1), expected_version=before)
    sheet.refresh_from_db()
    assert sheet.version == before + 1
    late = refused(lambda: desk.take(one, sheet, form=form, by=cast["sh-verifier"], at=at, expected_version=before))
    assert str(cast["sh-registrar"]) in late.reason
    assert "2026-03-10 10:00" in late.reason


def test_every_act_on_a_case_compares_what_its_page_showed(cast, at, told):
    folder = walk(cast, told[0], upto="opened", at=at).folder
    stale = taking.version_of(folder) - 1
    acts = [one for one in desk.acts() if "folder" in one.begins_on]
    assert len(acts) > 10
    for one in acts:
        late = refused(
            lambda one=one: desk.take(one, folder, form=Filled(), by=cast["sh-decider"], at=at, expected_version=stale)
        )
        assert (late.code, str(cast["sh-case_officer"]) in late.reason) == ("moved", True), one.key
    page = Client()
    page.force_login(cast["sh-case_officer"])
    shown = page.get(reverse("office:folder_act", args=[folder.pk, "folder-close"])).content.decode()
    assert f'name="version" value="{stale + 1}"' in shown


def test_two_rule_keepers_do_not_pass_each_other_over(cast):
    second = cast["hq-decider"]
    Membership.objects.create(person=second, organisation=cast.orgs["hq"], role="policy", since="2020-01-01")
    browsers = [Client(), Client()]
    said = []
    for browser, person in zip(browsers, (cast["hq-policy"], second), strict=True):
        browser.force_login(person)
        shown = browser.get("/office/policy/").content.decode()
        said.append(re.search(r'name="version" value="(\d+)"', shown)[1])
    form = {"do": "policy", "key": "duty", "unit": "working_days", "valid_from": timezone.localdate(), "reason": "r"}
    assert browsers[0].post("/office/policy/", form | {"amount": 5, "version": said[0]}).status_code == 302
    answer = browsers[1].post("/office/policy/", form | {"amount": 9, "version": said[1]})
    assert answer.status_code == 409
    assert str(cast["hq-policy"]) in answer.content.decode()
    assert int(Policy.objects.get(key="duty").amount) == 5
    days = {timezone.localdate().replace(year=2031): False}
    late = refused(lambda: policy.upload_year(2031, days, source="s", by=second, at=timezone.now(), seen=int(said[1])))
    assert late.code == "moved"
    assert browsers[1].post("/office/policy/", form | {"amount": 9, "version": policy.version()}).status_code == 302


def test_two_administrators_do_not_undo_each_others_amendment(cast):
    firm = cast.orgs["firm"]
    pages = [Client(), Client()]
    other = cast["hq-decider"]
    Membership.objects.create(person=other, organisation=cast.orgs["hq"], role="system_admin", since="2020-01-01")
    address = reverse("office:party_act", args=[firm.pk, "amend"])
    seen = []
    for page, person in zip(pages, (cast["hq-system"], other), strict=True):
        page.force_login(person)
        seen.append(re.search(r'name="version" value="(\w+)"', page.get(address).content.decode())[1])
    said = {"name_zh": firm.name_zh, "contact": "甲改的"}
    assert pages[0].post(address, said | {"version": seen[0]}).status_code == 302
    late = pages[1].post(address, said | {"contact": "乙改的", "version": seen[1]})
    assert late.status_code == 409
    assert str(cast["hq-system"]) in late.content.decode()
    assert Organisation.objects.get(pk=firm.pk).contact == "甲改的"


def test_every_act_on_people_and_organisations_compares_what_its_page_showed(cast, at):
    subjects = {"organisation": cast.orgs["firm"], "person": cast["firm-staff"]}
    for one in parties.acts():
        if one.on == "house":
            continue
        late = refused(
            lambda one=one: parties.take(
                one, subjects[one.on], {}, by=cast["hq-system"], at=at, seen="0123456789abcdef"
            )
        )
        assert late.code == "moved", one.key
        assert late.remedy


def test_a_draft_that_somebody_kept_meanwhile_is_not_passed_over(cast, at, told):
    from riskwatch.assessment import reporting
    from riskwatch.doors.jobs.simulator.river import assessed

    sheet = walk(cast, told[0], upto="working", at=at).assessment
    Membership.objects.create(
        person=cast["tech-head"], organisation=cast.orgs["tech"], role="assessor", since="2020-01-01"
    )
    first = reporting.save_draft(sheet, document=assessed("甲稿"), after=0, by=cast["tech-assessor"], at=FIRST)
    late = refused(lambda: reporting.save_draft(sheet, document=assessed("乙稿"), after=0, by=cast["tech-head"], at=at))
    assert (late.code, str(cast["tech-assessor"]) in late.reason, WHEN in late.reason) == ("moved", True, True)
    reporting.save_draft(sheet, document=assessed("合稿"), after=first.number, by=cast["tech-head"], at=FIRST)
