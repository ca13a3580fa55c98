"""The four duties: opened once, with their cause; figures that add up; requests answered or refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from riskwatch.collection import actions as collection
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.followup import actions as followup
from riskwatch.followup.cooperation import unanswered
from riskwatch.measures import served
from riskwatch.measures.models import Line
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DONE = {"measures_taken": "召回", "results": "已召回"}


@pytest.fixture
def order(cast, at, told):
    made = walk(cast, told[0], upto="issued", at=at, kind="order").measure
    served.acknowledge(made, by=cast["firm-staff"], at=at + 2 * DAY)
    return made


def duty(order, kind):
    return next(d for d in order.effects.filter(kind="duty") if followup.duty_on(d).kind == kind)


def figures(*rows):
    return [(batch, *(Decimal(n) for n in numbers), reason) for batch, *numbers, reason in rows]


GOOD = figures(("B2601", 0, 200, 1000, 0, 0, ""), ("B2602", 0, 0, 250, 0, 40, "十件下落不明"))


@pytest.mark.parametrize(
    ("said", "code"),
    [([], "batch_missing"), (GOOD[:1], "batch_missing"), (figures(("B2601", 0, 200, 900, 0, 0, ""), *[]) + GOOD[1:], "unbalanced"),
     (figures(("B2601", 0, 900, 900, 0, 0, "")) + GOOD[1:], "too_many"), (figures(("B2601", -1, 0, 0, 0, 0, "x")) + GOOD[1:], "negative"),
     ([*GOOD, GOOD[0]], "unknown_batch"), ([*GOOD, *figures(("B77", 0, 0, 0, 0, 0, "x"))], "unknown_batch")],
)  # fmt: skip
def test_figures_that_do_not_add_up_are_refused(said, code, order, cast, at):
    sheet = duty(order, "report")
    with pytest.raises(Refusal) as refused:
        followup.report(sheet, figures=said, by=cast["firm-staff"], at=at + 3 * DAY, **DONE)
    assert refused.value.code == code
    sheet.refresh_from_db()
    assert sheet.stage == "open"
    assert not followup.duty_on(sheet).figures.exists()


def test_customs_confirms_reported_figures_into_the_batches(order, cast, at):
    sheet = duty(order, "report")
    followup.report(sheet, figures=GOOD, by=cast["firm-staff"], at=at + 3 * DAY, **DONE)
    with pytest.raises(Refusal) as stranger:
        followup.verify_duty(sheet, customs_note="x", confirm_figures=True, by=cast["sz-case_officer"], at=at + 4 * DAY)
    assert stranger.value.status == 403
    followup.verify_duty(sheet, customs_note="属实", confirm_figures=True, by=cast["sh-case_officer"], at=at + 4 * DAY)
    first, second = Line.objects.filter(measure=order.pk).order_by("pk")
    assert (first.destroyed, first.recalled, first.remaining) == (200, 1000, 0)
    assert (second.recalled, second.unaccounted_reason) == (250, "十件下落不明")


def test_figures_are_reported_on_the_counters_form_which_starts_from_the_batches(order, cast, at):
    sheet = duty(order, "report")
    browser = Client()
    browser.force_login(cast["firm-staff"])
    address = reverse("counter:act", args=[sheet.pk, "duty-report"])
    assert "B2601,0,0,0,0,1200," in browser.get(address).content.decode()
    wrong = browser.post(address, DONE | {"figures": "B2601,多少", "version": sheet.version})
    assert wrong.status_code == 422
    answer = browser.post(
        address, DONE | {"figures": "B2601,0,200,1000,0,0\nB2602,300,0,0,0,0", "version": sheet.version}
    )
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    sheet.refresh_from_db()
    assert sheet.stage == "done"


def test_requests_are_asked_answered_or_refused_and_keep_the_duty_open(order, cast, at):
    sheet, officer, now = duty(order, "cooperate"), cast["sh-case_officer"], at + 3 * DAY
    asked = {"kind": "inquiry", "asked_on": now.date(), "what": "提供销售台账", "answer_by": (now + 5 * DAY).date()}
    for stranger in ("sz-case_officer", "firm-staff"):
        with pytest.raises(Refusal) as refused:
            followup.ask(sheet, by=cast[stranger], at=now, **asked)
        assert refused.value.status == 403
    followup.ask(sheet, by=officer, at=now, **asked)
    followup.ask(sheet, by=officer, at=now, **asked | {"kind": "visit", "what": "核查仓库"})
    first, second = unanswered(sheet)
    followup.report(sheet, results="已配合", by=cast["firm-staff"], at=now)
    with pytest.raises(Refusal) as waiting:
        followup.verify_duty(sheet, customs_note="x", by=officer, at=now)
    assert waiting.value.code == "unanswered"
    with pytest.raises(Refusal) as rival:
        followup.answer(sheet, visit=first, text="x", by=cast["rival-manager"], at=now)
    assert rival.value.status == 403
    followup.answer(sheet, visit=first, text="台账见附件", by=cast["firm-staff"], at=now)
    with pytest.raises(Refusal):
        followup.answer(sheet, visit=first, text="又答", by=cast["firm-staff"], at=now)
    followup.note_refusal(sheet, visit=second, refusal="拒绝开仓", refused_on=now.date(), by=officer, at=now)
    followup.verify_duty(sheet, customs_note="记录在案", by=officer, at=now)
    from riskwatch.case import desk

    shown = next(f.value for f in desk.facts(sheet, "own") if f.label == "调查要求、核查和答复")
    assert "台账见附件" in shown
    assert "拒绝开仓" in shown


def test_only_the_fourth_duty_takes_requests(order, cast, at):
    with pytest.raises(Refusal) as refused:
        followup.ask(duty(order, "reduce"), kind="visit", asked_on=at.date(), what="x", answer_by=(at + DAY).date(),
                     by=cast["sh-case_officer"], at=at)  # fmt: skip
    assert refused.value.code == "not_here"


def test_own_knowledge_opens_one_set_a_product_and_points_to_the_report(cast, at):
    report = collection.report_as_organisation(
        cast.orgs["firm"], cast.orgs["sh"], title="电芯缺陷", facts={"product": "充电宝", "text": "冒烟"}, first_known_at=at - DAY, severe=False,
        by=cast["firm-staff"], at=at,
    )  # fmt: skip
    said = {"office": cast.orgs["sh"], "known_at": at - DAY, "at": at}
    made = followup.know(product="充电宝 X1", report=report, by=cast["firm-staff"], **said)
    assert {tuple(d.causes.all()) for d in made} == {(report,)}
    with pytest.raises(Refusal) as twice:
        followup.know(product="充电宝x1", by=cast["firm-manager"], **said)
    assert twice.value.code == "already_open"
    assert made[0].number in twice.value.reason
    assert followup.know(product="充电宝x1", by=cast["rival-manager"], **said)
    with pytest.raises(Refusal) as foreign:
        followup.know(product="别的", report=report, by=cast["rival-manager"], **said)
    assert foreign.value.status == 404
