"""Who took a step may not take the one that must be another's, wherever the first stands in the chain."""

import io
from datetime import date, timedelta

import pytest

from riskwatch.case.lifecycle import possible, posts_of
from riskwatch.collection import bulk
from riskwatch.collection.models import Information
from riskwatch.connectors import intake
from riskwatch.decision import actions as decision
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.parties.models import Membership
from riskwatch.refusals import Refusal
from riskwatch.verification import actions as verification

pytestmark = pytest.mark.django_db


def _also(cast, name, role):
    Membership.objects.create(person=cast[name], organisation=cast.orgs["sh"], role=role, since=date(2020, 1, 1))


def test_who_verified_the_information_does_not_decide_on_it(cast, at, told):
    _also(cast, "sh-verifier", "decider")
    done = walk(cast, told[0], upto="proposed", at=at)
    later = at + timedelta(days=2)
    with pytest.raises(Refusal) as refused:
        decision.decide(done.decision, by=cast["sh-verifier"], at=later)
    assert refused.value.code == "same_hand"
    assert "decide" not in {s.name for s in possible(done.decision, posts_of(cast["sh-verifier"], later))}
    decision.decide(done.decision, by=cast["sh-decider"], at=later)


def test_who_collected_a_file_does_not_approve_what_a_colleague_found(cast, at):
    _also(cast, "sh-registrar", "approver")
    body = "来源,标题,内容,商品编码\n媒体舆情信息,甲,内容,950300\n".encode()
    bulk.collect(io.BytesIO(body), "x.csv", bulk.Batch(intake.SOURCE, cast.orgs["sh"], cast["sh-registrar"], at))
    sheet = Information.objects.select_related("sheet").get().sheet
    task = verification.begin_verification(sheet, task="t", by=cast["sh-verifier"], at=at)
    verification.report(task, method="m", evidence="e", result="verified", reasons="r", by=cast["sh-verifier"], at=at)
    with pytest.raises(Refusal) as refused:
        verification.approve(task, by=cast["sh-registrar"], at=at)
    assert refused.value.code == "same_hand"
    assert "approve" not in {s.name for s in possible(task, posts_of(cast["sh-registrar"], at))}
    verification.approve(task, by=cast["sh-approver"], at=at)
