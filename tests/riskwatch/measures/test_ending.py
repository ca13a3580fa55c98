"""Batches are lifted by the office too, under the same checks; with the last one the measure itself is."""

from datetime import timedelta

import pytest

from riskwatch.case import desk
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Message, Sheet
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.journal.models import Entry
from riskwatch.measures import actions as measures
from riskwatch.measures import served
from riskwatch.measures.models import Line
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def order(cast, at, told):
    return walk(cast, told[0], upto="issued", at=at, kind="order").measure


def test_the_issuer_lifts_batches_from_the_desk(order, cast, at):
    first, last = Line.objects.filter(measure=order.pk).order_by("pk")
    offered = {a.key for a in desk.offered(order, posts_of(cast["sh-issuer"], at), at)}
    assert "order-lift_lines" in offered
    form = desk.act("order-lift_lines").bind(
        {"lines": [first.pk], "reason": "已整改"}, subject=order, by=cast["sh-issuer"], at=at + 3 * DAY
    )
    assert form.is_valid(), form.errors
    desk.take(
        desk.act("order-lift_lines"), order, form=form, by=cast["sh-issuer"], at=at + 3 * DAY, expected_version=None
    )
    order.refresh_from_db()
    first.refresh_from_db()
    assert (order.stage, first.lifted_on, Line.objects.get(pk=last.pk).lifted_on) == (
        "in_force",
        (at + 3 * DAY).date(),
        None,
    )
    assert (
        Message.objects.filter(sheet=order, to_organisation=cast.orgs["firm"], subject__startswith="部分批次").count()
        == 1
    )
    with pytest.raises(Refusal) as again:
        measures.lift_lines(order, [first], reason="r", by=cast["sh-issuer"], at=at + 4 * DAY)
    assert again.value.code == "not_open"
    measures.lift_lines(order, [last], reason="已整改", by=cast["sh-issuer"], at=at + 4 * DAY)
    order.refresh_from_db()
    assert (order.stage, order.lifted_on) == ("lifted", (at + 4 * DAY).date())
    assert list(
        Entry.objects.filter(sheet_id=order.pk, act__contains="lift").order_by("pk").values_list("act", flat=True)
    ) == [
        "order.lift_lines",
        "order.lift_lines",
        "order.lift",
    ]


@pytest.mark.parametrize("who", ["sh-case_officer", "sz-issuer", "firm-manager"])
def test_others_lift_no_batches(who, order, cast, at):
    line = Line.objects.filter(measure=order.pk).first()
    with pytest.raises(Refusal) as refused:
        measures.lift_lines(order, [line], reason="r", by=cast[who], at=at + 3 * DAY)
    assert refused.value.status == 403
    line.refresh_from_db()
    assert line.lifted_on is None


def test_a_lapsed_measure_lifts_no_batches(order, cast, at):
    Sheet.objects.filter(pk=order.pk).update(ends_on=at.date() + 5 * DAY, ends_by_itself=True)
    line = Line.objects.filter(measure=order.pk).first()
    with pytest.raises(Refusal) as lapsed:
        measures.lift_lines(order, [line], reason="r", by=cast["sh-issuer"], at=at + 9 * DAY)
    assert lapsed.value.code == "lapsed"


def test_lifting_may_release_the_duties_that_are_still_open(order, cast, at):
    served.acknowledge(order, by=cast["firm-staff"], at=at + 2 * DAY)
    measures.lift(order, reason="风险消失", release_duties=True, by=cast["sh-issuer"], at=at + 3 * DAY)
    assert set(order.effects.filter(kind="duty").values_list("stage", flat=True)) == {"released"}
