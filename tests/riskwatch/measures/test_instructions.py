"""Inspection control in all its moods: late, forgetful, answering twice, refusing; and what comes back."""

from datetime import timedelta

import pytest

from riskwatch.case import clock, desk
from riskwatch.case.models import Message
from riskwatch.connectors.eciq import twin
from riskwatch.connectors.eciq.models import TwinInstruction
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.measures import actions as measures
from riskwatch.measures import instructions
from riskwatch.measures.models import Instruction
from riskwatch.measures.ports import Finding, PartnerRefusal, PartnerTrouble

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def change(cast, at, told):
    return walk(cast, told[0], upto="issued", at=at, kind="regime_change").measure


class Refuses(twin.Twin):
    calls = 0

    def send(self, key, body):
        self.calls += 1
        raise PartnerRefusal("scope too wide")


class Down(twin.Twin):
    def send(self, key, body):
        raise PartnerTrouble("gateway timeout")

    def results(self):
        raise PartnerTrouble("gateway timeout")


@pytest.mark.parametrize("mood", [0, 1, 2, 3])
def test_in_every_mood_of_the_partner_an_instruction_arrives_once(mood, change, cast, at):
    row = Instruction.objects.get(measure=change.pk, action="start")
    keys = (f"{n}:start" for n in range(100_000))
    key = next(k for k in keys if twin.sha256(k.encode()).digest()[0] % 4 == mood and k not in twin._FIRST)
    Instruction.objects.filter(pk=row.pk).update(key=key)
    for _round in range(3):
        instructions.send_waiting(twin.Twin(), at=at + DAY)
    row.refresh_from_db()
    assert row.receipt == TwinInstruction.objects.get(key=key).receipt
    assert (row.problem, row.tries) == ("", 2 if mood in (0, 1) else 1)


def test_a_refusal_stops_and_is_told_to_the_owner_with_a_remedy(change, cast, at):
    partner = Refuses()
    for _round in range(4):
        instructions.send_waiting(partner, at=at + DAY)
    assert partner.calls == 1
    rows = Message.objects.filter(sheet=change, once_key__startswith="partner:")
    assert sorted(rows.values_list("role", flat=True)) == ["case_officer", "issuer"]
    assert "scope too wide" in rows[0].body
    assert "调整" in rows[0].body
    shown = {f.label: f for f in desk.facts(change, "full")}
    assert shown["布控被拒"].alert
    measures.adjust(change, reason="范围缩小", scope="同型号", by=cast["sh-issuer"], at=at + 2 * DAY)
    instructions.send_waiting(twin.Twin(), at=at + 2 * DAY)
    instructions.send_waiting(twin.Twin(), at=at + 2 * DAY)
    assert Instruction.objects.get(measure=change.pk, action="v2").receipt


def test_a_partner_that_stays_away_is_told_of_and_tried_no_more(change, cast, at):
    for _round in range(instructions.MOST_TRIES + 3):
        instructions.send_waiting(Down(), at=at + DAY)
    row = Instruction.objects.get(measure=change.pk)
    assert (row.tries, row.refused_at) == (instructions.MOST_TRIES, None)
    assert Message.objects.filter(sheet=change, once_key__startswith="partner:").count() == 2


def test_adjusting_extending_lifting_and_lapsing_are_all_sent(change, cast, at, told):
    issuer = cast["sh-issuer"]
    measures.adjust(change, reason="r", scope="同型号", by=issuer, at=at + 2 * DAY)
    measures.extend(change, reason="r", ends_on=change.ends_on + 10 * DAY, by=issuer, at=at + 3 * DAY)
    measures.lift(change, reason="r", by=issuer, at=at + 4 * DAY)
    assert list(Instruction.objects.filter(measure=change.pk).order_by("pk").values_list("action", flat=True)) == [
        "start",
        "v2",
        "v3",
        "stop",
    ]
    other = walk(cast, told[1], upto="issued", at=at, kind="regime_change").measure
    late = at + 200 * DAY
    clock.walk(by=cast["clock-service"], at=late)
    for _twice in range(2):
        instructions.send_waiting(twin.Twin(), at=late)
    assert list(Instruction.objects.filter(measure=other.pk).order_by("pk").values_list("action", flat=True)) == [
        "start",
        "stop",
    ]
    instructions.send_waiting(twin.Twin(), at=late)
    assert not Instruction.objects.filter(received_at=None).exists()


def test_what_came_back_is_shown_and_counted_once(change, cast, at):
    class Answers(twin.Twin):
        def results(self):
            return [Finding(f"{change.pk}:start", 7, 2)] * 2 + [Finding("unknown", 9, 9)]

    assert instructions.keep_results(Answers()) == 1
    assert instructions.keep_results(Answers()) == 0
    assert instructions.keep_results(Down()) == 0
    shown = {f.label: f.value for f in desk.facts(change, "full")}
    assert shown["布控反馈"] == "查验7批，不合格2批"
