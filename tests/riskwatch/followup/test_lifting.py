"""Who may apply to lift, and an evaluation that is sent back to be made again."""

from datetime import timedelta

import pytest

from riskwatch.case import desk, queries
from riskwatch.case.lifecycle import posts_of
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.followup import actions as followup
from riskwatch.measures import actions as measures
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YES = {"authentic": True, "authentic_why": "a", "conforms": True, "conforms_why": "c"}


def test_an_evaluation_goes_back_and_is_made_again(cast, at, told):
    notice = walk(cast, told[0], upto="issued", at=at).measure
    asked = followup.apply_to_lift(notice, report="整改", by=cast["firm-manager"], at=at + 2 * DAY)
    followup.evaluate(asked, **YES | {"conforms": False}, by=cast["sh-case_officer"], at=at + 3 * DAY)
    with pytest.raises(Refusal) as refused:
        followup.grant(asked, answer="x", by=cast["sh-issuer"], at=at + 4 * DAY)
    assert "重新评估" in refused.value.remedy
    assert "lift_application-reevaluate" in {a.key for a in desk.offered(asked, posts_of(cast["sh-issuer"], at), at)}
    for stranger in ("sh-case_officer", "sz-issuer", "firm-manager"):
        with pytest.raises(Refusal) as no:
            followup.reevaluate(asked, reason="检测漏项", by=cast[stranger], at=at + 4 * DAY)
        assert no.value.status == 403
    followup.reevaluate(asked, reason="检测漏项", by=cast["sh-issuer"], at=at + 4 * DAY)
    assert asked.stage == "received"
    assert asked in queries.inbox(posts_of(cast["sh-case_officer"], at + 4 * DAY), at=at + 4 * DAY)
    followup.evaluate(asked, **YES, by=cast["sh-case_officer"], at=at + 5 * DAY)
    followup.grant(asked, answer="同意", by=cast["sh-issuer"], at=at + 6 * DAY)
    notice.refresh_from_db()
    assert notice.stage == "lifted"


def test_operators_hit_by_a_change_of_regime_apply_and_others_do_not(cast, at, told):
    decided = walk(cast, told[1], upto="decided", at=at).decision
    texts = {"product": "p", "regime_from": "抽批", "regime_to": "逐批", "scope": "全部"}
    change = measures.draft(decided, "regime_change", title="t", texts=texts, measured=[cast.orgs["firm"]], role_in_case="consignee",
                            ends_on=(at + 90 * DAY).date(), by=cast["sh-case_officer"], at=at + DAY)  # fmt: skip
    measures.review(change, secrecy_reviewed=True, by=cast["sh-approver"], at=at + DAY)
    measures.issue(change, by=cast["sh-issuer"], at=at + DAY)
    for kind in ("lift_application-apply", "objection-raise"):
        assert kind in {a.key for a in desk.offered(change, posts_of(cast["firm-manager"], at), at)}
    with pytest.raises(Refusal) as rival:
        followup.apply_to_lift(change, report="r", by=cast["rival-manager"], at=at + 2 * DAY)
    assert rival.value.status == 403
    asked = followup.apply_to_lift(change, report="整改", by=cast["firm-manager"], at=at + 2 * DAY)
    followup.evaluate(asked, **YES, by=cast["sh-case_officer"], at=at + 3 * DAY)
    followup.grant(asked, answer="同意", by=cast["sh-issuer"], at=at + 4 * DAY)
    change.refresh_from_db()
    assert change.stage == "lifted"
    assert change.effects.get(kind="lift_application").stage == "granted"


def test_the_button_says_what_it_does():
    from riskwatch.case.lifecycle import step

    assert str(step("lift_application", "evaluate").zh) == "提交评估意见"
