"""Whoever stays out of a case stays out of all of it: on every surface, in its information, in what it was merged with."""

import pytest
from django.test import Client
from django.urls import reverse

from riskwatch.assessment import actions as assessment
from riskwatch.case import actions as case
from riskwatch.case import desk, transfers
from riskwatch.case.lifecycle import advance, posts_of
from riskwatch.case.models import Sheet
from riskwatch.collection import actions as collection
from riskwatch.collection import identities
from riskwatch.decision import actions as decision
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.parties.actions import issue_token, name_deputy
from riskwatch.refusals import Refusal
from riskwatch.verification import actions as verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(cast, at, told):
    """A case whose officer, registrar, verifier and approver stay out."""
    made = walk(cast, told[0], upto="accepted", at=at)
    for role in ("case_officer", "registrar", "verifier", "approver"):
        case.recuse(made.folder, cast[f"sh-{role}"], by=cast[f"sh-{role}"], at=at, reason="亲属关系")
    return made


SURFACES = {
    "move": lambda d, c, at: advance(d.assessment, "supersede", by=c["sh-approver"], at=at),
    "begin": lambda d, c, at: decision.judge(d.folder, deliberation="d", options="o", by=c["sh-case_officer"], at=at),
    "reassess": lambda d, c, at: assessment.reassess(
        d.assessment, trigger="spread", trigger_words="w", by=c["sh-case_officer"], at=at
    ),
    "enclose": lambda d, c, at: case.enclose(d.folder, [d.information], by=c["sh-case_officer"], at=at),
    "take out": lambda d, c, at: case.take_out(d.folder, d.information, by=c["sh-case_officer"], at=at, reason="r"),
    "close": lambda d, c, at: case.close(d.folder, by=c["sh-case_officer"], at=at, summary="s"),
    "open another with its information": lambda d, c, at: case.open_folder(
        title="t", owner=c.orgs["sh"], direction="", sheets=[d.information], by=c["sh-case_officer"], at=at
    ),
    "transfer": lambda d, c, at: transfers.propose(
        d.folder, mode="transfer", to=c.orgs["sz"], reason="r", by=c["sh-case_officer"], at=at
    ),
    "information: take charge": lambda d, c, at: collection.take_charge(d.information, by=c["sh-registrar"], at=at),
    "information: amend": lambda d, c, at: collection.amend(
        d.information, brand="x", reason="r", by=c["sh-registrar"], at=at
    ),
    "information: add": lambda d, c, at: collection.add_to(d.information, text="t", by=c["sh-registrar"], at=at),
    "information: answer": lambda d, c, at: collection.answer(d.information, text="t", by=c["sh-registrar"], at=at),
    "information: verify again": lambda d, c, at: verification.begin_verification(
        _at_stage(d.information, "refuted"), task="t", by=c["sh-verifier"], at=at
    ),
    "verification": lambda d, c, at: verification.report(
        _at_stage(d.information.effects.get(kind="verification"), "assigned"), method="m", evidence="e", result="verified",
        reasons="r", by=c["sh-verifier"], at=at,
    ),
    "batch": lambda d, c, at: verification.verify_batch(
        [_at_stage(d.information, "received").pk], c.orgs["sh"], result="verified", method="m", sample="s",
        by=c["sh-approver"], at=at,
    ),
}  # fmt: skip


def _at_stage(sheet, stage):
    Sheet.objects.filter(pk=sheet.pk).update(stage=stage)
    sheet.refresh_from_db()
    return sheet


@pytest.mark.parametrize("surface", SURFACES)
def test_a_recused_person_is_refused_on_every_surface(surface, done, cast, at):
    with pytest.raises(Refusal) as refused:
        SURFACES[surface](done, cast, at)
    assert (refused.value.code, refused.value.status) == ("recused", 403)


def test_a_recused_handler_cannot_open_the_reporters_identity(cast, at):
    from riskwatch.doors.portal.ports import hand_in

    number, _secret = hand_in(cast.orgs["sh"], title="t", facts={"product": "p", "text": "x"},
                              who={"name": "张三丰", "proof": "360426199101010071"}, files=[], at=at)  # fmt: skip
    sheet = Sheet.objects.get(number=number)
    collection.take_charge(sheet, by=cast["sh-registrar"], at=at)
    folder = case.open_folder(
        title="t", owner=cast.orgs["sh"], direction="", sheets=[sheet], by=cast["sh-case_officer"], at=at
    )
    case.recuse(folder, cast["sh-registrar"], by=cast["sh-registrar"], at=at, reason="r")
    with pytest.raises(Refusal) as refused:
        identities.reveal(sheet, reason="r", by=cast["sh-registrar"], at=at)
    assert refused.value.code == "recused"


def test_no_button_is_shown_and_page_and_api_refuse(done, cast, at):
    from django.utils import timezone

    officer = cast["sh-case_officer"]
    for subject in (done.folder, done.information, done.assessment):
        assert desk.offered(subject, posts_of(officer, at), at) == []
    browser = Client()
    browser.force_login(officer)
    answer = browser.post(
        reverse("office:act", args=[done.information.pk, "information-amend"]), {"brand": "x", "reason": "r"}
    )
    assert answer.status_code == 403
    key = issue_token(officer, name="t", days=1, by=officer, at=timezone.now())
    answer = Client().post(
        f"/api/folders/{done.folder.pk}/folder-close",
        {"fields": {"summary": "s"}},
        content_type="application/json",
        headers={"authorization": f"Bearer {key}"},
    )
    assert (answer.status_code, answer.json()["title"]) == (403, "recused")


def test_a_colleague_who_is_not_recused_acts(done, cast, at):
    decision.judge(done.folder, deliberation="d", options="o", by=cast["hq-case_officer"], at=at)


def test_a_deputy_of_a_recused_person_is_refused_in_that_post(done, cast, at):
    today = at.date()
    name_deputy(cast["sh-case_officer"], cast["sh-releaser"], since=today, until=today, reason="休假",
                by=cast["sh-case_officer"], at=at)  # fmt: skip
    with pytest.raises(Refusal) as refused:
        case.close(done.folder, by=cast["sh-releaser"], at=at, summary="s")
    assert refused.value.code == "recused"
    with pytest.raises(Refusal) as refused:
        decision.judge(done.folder, deliberation="d", options="o", by=cast["sh-releaser"], at=at)
    assert refused.value.code == "recused"


def test_recusal_holds_in_the_case_that_it_was_merged_into(done, cast, at, told):
    other = walk(cast, told[1], upto="accepted", at=at)
    case.merge(done.folder, other.folder, by=cast["hq-case_officer"], at=at, reason="同一产品")
    with pytest.raises(Refusal) as refused:
        decision.judge(other.folder, deliberation="d", options="o", by=cast["sh-case_officer"], at=at)
    assert refused.value.code == "recused"
    case.unmerge(done.folder, by=cast["hq-case_officer"], at=at, reason="不是同一产品")
    decision.judge(other.folder, deliberation="d", options="o", by=cast["sh-case_officer"], at=at)


def test_recusal_from_one_case_leaves_another_with_the_same_information_alone(done, cast, at):
    other = case.open_folder(
        title="另案", owner=cast.orgs["sh"], direction="", sheets=[done.information], by=cast["hq-case_officer"], at=at
    )
    case.close(other, by=cast["sh-case_officer"], at=at, summary="只在另案中办理")
