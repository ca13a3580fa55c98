"""Information withdrawn while it is verified ends its verification by rule; whoever verifies is told."""

from datetime import timedelta

import pytest

from riskwatch.case.lifecycle import is_unfinished
from riskwatch.case.models import Message
from riskwatch.collection import actions as collection
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.journal.queries import course_of_sheet
from riskwatch.refusals import Refusal
from riskwatch.verification import actions as verification

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("upto", ["verifying", "reported"])
def test_the_verification_falls_away_with_its_information(upto, cast, at, told):
    sheet = walk(cast, told[0], upto=upto, at=at).information
    task = sheet.effects.get(kind="verification")
    collection.withdraw(sheet, reason="报告人弄错了", by=cast["sh-registrar"], at=at + timedelta(hours=5))
    task.refresh_from_db()
    assert (task.stage, is_unfinished(task), task.moved_by) == ("cancelled", False, cast["sh-registrar"])
    entry = course_of_sheet(task.pk).last()
    assert (entry.act, entry.payload.content["reason"]) == ("verification.fall_away", "报告人弄错了")
    assert Message.objects.filter(sheet=task, to_organisation=cast.orgs["sh"], role="verifier").count() == 1
    with pytest.raises(Refusal) as refused:
        verification.report(
            task,
            method="m",
            evidence="e",
            result="verified",
            reasons="r",
            by=cast["sh-verifier"],
            at=at + timedelta(hours=6),
        )
    assert refused.value.code == "moved"
    assert str(cast["sh-registrar"]) in refused.value.reason


def test_a_commissioned_body_is_told_and_an_approved_verification_stays(cast, at, told):
    sheet = walk(cast, told[0], upto="received", at=at).information
    task = verification.begin_verification(
        sheet, task="t", commissioned=cast.orgs["tech"], by=cast["sh-verifier"], at=at
    )
    collection.withdraw(sheet, reason="r", by=cast["sh-registrar"], at=at + timedelta(hours=1))
    assert Message.objects.filter(sheet=task, to_organisation=cast.orgs["tech"], subject__contains="核实终止").exists()
    done = walk(cast, told[1], upto="verified", at=at).information
    with pytest.raises(Refusal):
        collection.withdraw(done, reason="r", by=cast["sh-registrar"], at=at + timedelta(hours=9))
    assert done.effects.get(kind="verification").stage == "approved"


def test_nobody_lets_a_verification_fall_away_by_hand(cast, at, told):
    from riskwatch.case import lifecycle

    task = walk(cast, told[0], upto="verifying", at=at).information.effects.get(kind="verification")
    for who in ("sh-registrar", "sh-verifier", "hq-decider"):
        with pytest.raises(Refusal):
            lifecycle.advance(task, "fall_away", by=cast[who], at=at)
