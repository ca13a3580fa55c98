"""An emergency decision is reviewed by its day: confirmed, adjusted with something adjusted, or lifted for good."""

from datetime import timedelta

import pytest

from riskwatch.case import clock
from riskwatch.case.models import Message
from riskwatch.case.queries import messages
from riskwatch.decision import actions as decision
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.measures import actions as measures
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WHY = {
    "urgent_reason": "已有死亡",
    "unknowns": "原因未明",
    "practice": "境外已召回",
    "measures": "公告",
    "grounds": "g",
}
TEXTS = {"product": "p", "risk": "r", "compulsory": "停止进口", "basis": "b", "advice": "停用"}


@pytest.fixture
def urgent(cast, at, told):
    done = walk(cast, told[0], upto="working", at=at)
    return decision.decide_emergency(
        done.folder, review_on=(at + 10 * DAY).date(), by=cast["hq-decider"], at=at + DAY, **WHY
    )


def draft(urgent, cast, at):
    return measures.draft(
        urgent, "announcement", title="紧急公告", ends_on=(at + 60 * DAY).date(), texts=TEXTS,
        by=cast["hq-case_officer"], at=at,
    )  # fmt: skip


@pytest.fixture
def announcement(urgent, cast, at):
    made = draft(urgent, cast, at + DAY)
    measures.review(made, secrecy_reviewed=True, by=cast["hq-approver"], at=at + DAY)
    measures.issue(made, by=cast["hq-issuer"], at=at + DAY)
    return made


def test_adjusted_needs_a_changed_measure_and_a_next_review_day(urgent, announcement, cast, at):
    review = urgent.effects.get(kind="emergency_review")
    soon = (at + 20 * DAY).date()
    say = {"findings": "f", "by": cast["hq-decider"], "at": at + 5 * DAY}
    with pytest.raises(Refusal) as nothing:
        decision.review(review, "adjust", next_review_on=soon, **say)
    assert nothing.value.code == "nothing_adjusted"
    assert nothing.value.remedy
    measures.adjust(announcement, reason="范围缩小", compulsory="停止进口该批", by=cast["hq-issuer"], at=at + 4 * DAY)
    with pytest.raises(Refusal) as no_day:
        decision.review(review, "adjust", **say)
    assert no_day.value.code == "review_day"
    decision.review(review, "adjust", next_review_on=soon, **say)
    assert urgent.effects.get(kind="emergency_review", stage="open").due_on == soon


def test_after_lifting_nothing_is_drafted_or_issued_under_the_decision(urgent, cast, at):
    waiting = draft(urgent, cast, at + DAY)
    measures.review(waiting, secrecy_reviewed=True, by=cast["hq-approver"], at=at + DAY)
    review = urgent.effects.get(kind="emergency_review")
    decision.review(review, "lift", findings="风险排除", by=cast["hq-decider"], at=at + 2 * DAY)
    with pytest.raises(Refusal) as drafted:
        draft(urgent, cast, at + 3 * DAY)
    with pytest.raises(Refusal) as issued:
        measures.issue(waiting, by=cast["hq-issuer"], at=at + 3 * DAY)
    assert {drafted.value.code, issued.value.code} == {"decision_lifted"}
    waiting.refresh_from_db()
    assert (waiting.stage, waiting.number) == ("reviewed", "")


def test_an_overdue_review_is_told_to_headquarters_deciders_and_supervisors_once(urgent, cast, at):
    for _twice in range(2):
        clock.walk(by=cast["clock-service"], at=at + 15 * DAY)
    review = urgent.effects.get(kind="emergency_review")
    rows = Message.objects.filter(sheet=review, once_key__startswith="late:")
    assert sorted(rows.values_list("role", flat=True)) == ["decider", "supervisor"]
    for name, count in (("hq-decider", 1), ("hq-supervisor", 1), ("hq-registrar", 0), ("sh-decider", 0)):
        assert messages(cast[name], at=at + 15 * DAY).filter(sheet=review).count() == count, name


def test_a_stranger_reviews_nothing(urgent, cast, at):
    review = urgent.effects.get(kind="emergency_review")
    with pytest.raises(Refusal) as refused:
        decision.review(review, "lift", findings="f", by=cast["sh-decider"], at=at + 2 * DAY)
    assert refused.value.status == 403
