"""Cases between offices: what moves with a case and what stays, joint handling with its end, splitting."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from riskwatch.assessment import actions as assessment
from riskwatch.case import actions as case
from riskwatch.case import desk, queries, transfers
from riskwatch.case.access import visible
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Folder, JointOffice, Sheet
from riskwatch.collection import actions as collection
from riskwatch.decision import actions as decision
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.measures import actions as measures
from riskwatch.refusals import Refusal
from riskwatch.verification import actions as verification

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
URGENT = {
    "urgent_reason": "已有死亡",
    "unknowns": "原因未明",
    "practice": "欧盟已召回",
    "measures": "公告",
    "grounds": "g",
}


def _hand_to(cast, folder, to, at, mode="transfer", taken=()):
    sheet = transfers.propose(
        folder, mode=mode, to=cast.orgs[to], reason="属其辖区", taken=taken, by=cast["sh-case_officer"], at=at
    )
    transfers.accept(sheet, by=cast[f"{to}-case_officer"], at=at)
    folder.refresh_from_db()
    return sheet


def _emergency(cast, folder, at):
    urgent = decision.decide_emergency(folder, review_on=(at + 10 * DAY).date(), by=cast["hq-decider"], at=at, **URGENT)
    made = measures.draft(urgent, "announcement", title="紧急公告", ends_on=(at + 60 * DAY).date(), by=cast["hq-case_officer"], at=at,
                          texts={"product": "p", "risk": "r", "compulsory": "停止进口", "basis": "b", "advice": "停用"})  # fmt: skip
    measures.review(made, secrecy_reviewed=True, by=cast["hq-approver"], at=at)
    measures.issue(made, by=cast["hq-issuer"], at=at)
    return urgent.effects.get(kind="emergency_review"), made


def test_what_headquarters_began_in_a_case_stays_its_own_when_the_case_moves(cast, at, told):
    done = walk(cast, told[0], upto="working", at=at)
    review, announcement = _emergency(cast, done.folder, at + DAY)
    _hand_to(cast, done.folder, "sz", at + 2 * DAY)
    for sheet in (review, announcement):
        assert Sheet.objects.get(pk=sheet.pk).owner == cast.orgs["hq"]
    assert Sheet.objects.get(pk=done.assessment.pk).owner == cast.orgs["sz"]
    assert done.folder.owner == cast.orgs["sz"]
    assert done.folder.officer == cast["sz-case_officer"]


def test_the_new_office_can_act_on_the_information_and_its_open_verification(cast, at, told):
    info = walk(cast, told[0], upto="verifying", at=at).information
    task = info.effects.get(kind="verification")
    assert info.handler == cast["sh-registrar"]
    folder = case.open_folder(
        title="t", owner=cast.orgs["sh"], direction="", sheets=[info], by=cast["sh-case_officer"], at=at + DAY
    )
    _hand_to(cast, folder, "sz", at + DAY)
    info.refresh_from_db()
    assert (info.owner, info.handler) == (cast.orgs["sz"], None)
    verification.report(
        task, method="m", evidence="e", result="verified", reasons="r", by=cast["sz-verifier"], at=at + DAY
    )
    verification.approve(task, by=cast["sz-approver"], at=at + DAY)
    info.refresh_from_db()
    assert info.stage == "verified"
    with pytest.raises(Refusal):
        collection.enter(
            info, aspects=["safety"], spread="regional", spread_reason="x", by=cast["sh-registrar"], at=at + DAY
        )


def test_information_that_lies_in_another_case_stays_with_its_office(cast, at, told):
    done = walk(cast, told[0], upto="opened", at=at)
    case.open_folder(
        title="另案", owner=cast.orgs["sh"], direction="", sheets=[done.information], by=cast["sh-case_officer"], at=at
    )
    _hand_to(cast, done.folder, "sz", at + DAY)
    assert Sheet.objects.get(pk=done.information.pk).owner == cast.orgs["sh"]
    assert done.information in visible(Sheet.objects.all(), to=cast["sz-case_officer"], at=at + DAY)


def test_a_split_takes_its_information_along_and_leaves_the_rest(cast, at, told):
    one, two = (walk(cast, told[n], upto="entered", at=at).information for n in (0, 1))
    folder = case.open_folder(
        title="t", owner=cast.orgs["sh"], direction="", sheets=[one, two], by=cast["sh-case_officer"], at=at
    )
    _hand_to(cast, folder, "sz", at + DAY, mode="split", taken=[one])
    made = Folder.objects.get(split_from=folder)
    assert made.owner == cast.orgs["sz"]
    assert Sheet.objects.get(pk=one.pk).owner == cast.orgs["sz"]
    assert Sheet.objects.get(pk=two.pk).owner == cast.orgs["sh"]
    assert set(queries.of_folder(folder).filter(kind="information")) == {two}


def _keys(subject, person, at):
    return {a.key for a in desk.offered(subject, posts_of(person, at), at)}


@pytest.fixture
def joint(cast, at, told):
    done = walk(cast, told[0], upto="opened", at=at)
    _hand_to(cast, done.folder, "sz", at, mode="joint")
    return done


def test_a_partner_acts_on_a_joint_case_and_its_sheets_and_a_stranger_does_not(joint, cast, at, told):
    partner, stranger = cast["sz-case_officer"], cast["pj-case_officer"]
    assert {"folder-enclose", "folder-end_joint", "assessment-commission"} <= _keys(joint.folder, partner, at)
    assert not {"folder-close", "folder-merge", "transfer-propose"} & _keys(joint.folder, partner, at)
    assert _keys(joint.folder, stranger, at) == set()
    another = walk(cast, told[1], upto="entered", at=at).information
    with pytest.raises(Refusal):
        case.enclose(joint.folder, [another], by=stranger, at=at)
    case.enclose(joint.folder, [another], by=partner, at=at)
    made = assessment.commission(joint.folder, assessor=cast.orgs["tech"], question="q", by=partner, at=at)
    assert made.owner == cast.orgs["sh"]
    assert "assessment-cancel" in _keys(made, partner, at)
    with pytest.raises(Refusal) as refused:
        assessment.cancel(made, reason="r", by=stranger, at=at)
    assert refused.value.code == "no_post"
    with pytest.raises(Refusal):
        case.close(joint.folder, by=partner, at=at, summary="s")


def test_a_partner_sees_and_works_on_the_enclosed_information_and_finds_it_in_the_inbox(joint, cast, at):
    partner, stranger = cast["sz-case_officer"], cast["pj-case_officer"]
    assert joint.information in visible(Sheet.objects.all(), to=partner, at=at)
    collection.amend(joint.information, brand="另一品牌", reason="笔误", by=partner, at=at)
    with pytest.raises(Refusal):
        collection.amend(joint.information, brand="再一品牌", reason="笔误", by=stranger, at=at)
    made = assessment.commission(joint.folder, assessor=cast.orgs["tech"], question="q", by=partner, at=at)
    assessment.take_up(made, has_interest=False, by=cast["tech-assessor"], at=at)
    from riskwatch.assessment import reporting
    from riskwatch.doors.jobs.simulator.river import assessed

    reporting.submit(made, document=assessed(), by=cast["tech-assessor"], at=at)
    assert made in queries.inbox(posts_of(cast["sz-approver"], at), at=at)
    assert made not in queries.inbox(posts_of(cast["pj-approver"], at), at=at)


def test_joint_handling_ends_on_screen_and_the_partner_is_a_stranger_again(joint, cast, at):
    with pytest.raises(Refusal):
        case.end_joint(joint.folder, cast.orgs["sz"], by=cast["pj-case_officer"], at=at, reason="r")
    with pytest.raises(Refusal):
        case.end_joint(joint.folder, cast.orgs["sz"], by=cast["sz-registrar"], at=at, reason="r")
    with pytest.raises(Refusal):
        case.end_joint(joint.folder, cast.orgs["pj"], by=cast["sh-case_officer"], at=at, reason="r")
    browser = Client()
    browser.force_login(cast["sh-case_officer"])
    address = reverse("office:folder_act", args=[joint.folder.pk, "folder-end_joint"])
    assert "共同办理的海关" in browser.get(address).content.decode()
    said = {"office": cast.orgs["sz"].pk, "reason": "已查清"}
    assert browser.post(address, said).status_code == 302
    assert JointOffice.objects.get(folder=joint.folder).until is not None
    folder = Folder.objects.get(pk=joint.folder.pk)
    assert _keys(folder, cast["sz-case_officer"], at) == set()
    assert joint.information not in visible(Sheet.objects.all(), to=cast["sz-case_officer"], at=at)


def test_a_partner_may_leave_by_itself(joint, cast, at):
    case.end_joint(joint.folder, cast.orgs["sz"], by=cast["sz-case_officer"], at=at, reason="无管辖")
    assert not JointOffice.objects.filter(folder=joint.folder, until=None).exists()
