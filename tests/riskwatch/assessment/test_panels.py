"""A panel's rounds: private until closed, unnamed afterwards, pools side by side, what the chair adopts is on record."""

import pytest
from django.test import Client
from django.urls import reverse

from riskmethods.panels.pooling import pools
from riskwatch.assessment import actions, panels, reporting, rounds
from riskwatch.assessment.models import Assessment, PanelAnswer
from riskwatch.doors.jobs.simulator.river import assessed, walk
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
PANEL = ("panel-chair", "panel-2", "panel-3")
SAID = {
    "panel-chair": {"lowest": "1/100", "best": "1/20", "highest": "1/10", "confidence": "80 %", "reason": "同类产品数据"},
    "panel-2": {"lowest": "1/200", "best": "1/50", "highest": "1/10", "confidence": "80 %", "reason": "试验结果"},
    "panel-3": {"lowest": "1/10", "best": "1/2", "highest": "0.9", "confidence": "90 %", "reason": "现场所见", "dissent": "实际更高"},
}  # fmt: skip


@pytest.fixture
def order(cast, at, told):
    """A case entrusted to the panel, taken up, with a draft."""
    done = walk(cast, told[0], upto="opened", at=at)
    sheet = actions.commission(
        done.folder, assessor=cast.orgs["panel"], question="概率", by=cast["sh-case_officer"], at=at
    )
    for name in PANEL[1:]:
        actions.state(sheet, has_interest=False, by=cast[name], at=at)
    actions.take_up(sheet, has_interest=False, by=cast["panel-chair"], at=at)
    sheet.refresh_from_db()
    reporting.save_draft(sheet, document=assessed(), by=cast["panel-chair"], at=at)
    return sheet


def _asked(order):
    row = Assessment.objects.get(pk=order.pk)
    return [q for q in panels.askable(reporting.starting_document(row)) if q["key"] in ("p-1-2", "s-1")]


def _answered(order, cast, at, names=PANEL):
    for name in names:
        panels.answer(order, given={"p-1-2": SAID[name], "s-1": {"severity": "3"}}, by=cast[name], at=at)


def test_a_round_from_question_to_pools(order, cast, at):
    panels.open_round(order, asked=_asked(order), by=cast["panel-chair"], at=at)
    _answered(order, cast, at)
    closed = panels.close_round(order, by=cast["panel-chair"], at=at)
    row = Assessment.objects.get(pk=order.pk)
    told = {t["question"]["key"]: t for t in rounds.told(row, closed, "zh")}
    step = told["p-1-2"]
    three = pools(["1/20", "1/50", "1/2"])
    assert step["pools"]["median"] == "0.05" == str(float(three.median))
    assert float(step["pools"]["linear"]) == pytest.approx(float(three.linear), rel=1e-5)
    assert float(step["pools"]["logarithmic"]) == pytest.approx(three.logarithmic, rel=1e-5)
    assert [a["best"] for a in step["answers"]] == ["0.02", "0.05", "0.5"]
    assert not any(name in str(step) for name in ("吴专", "郑明", "冯远"))
    assert step["dissent"][0]["declared"] == "实际更高"
    assert told["s-1"]["votes"] == {1: 0, 2: 0, 3: 3, 4: 0}


def test_the_chair_adopts_a_pool_and_the_dissent_stays_with_it(order, cast, at):
    panels.open_round(order, asked=_asked(order), by=cast["panel-chair"], at=at)
    _answered(order, cast, at)
    panels.close_round(order, by=cast["panel-chair"], at=at)
    draft = panels.adopt(
        order,
        question="p-1-2",
        value="0.05",
        words="中位数",
        by=cast["panel-chair"],
        at=at,
        record={"dissent": ["实际更高"]},
    )
    step = draft.document["scenarios"][0]["steps"][1]
    assert step["quantity"] == {"p": "0.05"}
    assert step["evidence"] == "D"
    assert draft.document["panel"]["1/2"]["dissent"] == ["实际更高"]
    reporting.submit(order, document=draft.document, by=cast["panel-chair"], at=at)


def test_answers_are_private_until_the_round_is_closed(order, cast, at):
    panels.open_round(order, asked=_asked(order), by=cast["panel-chair"], at=at)
    _answered(order, cast, at)
    address = reverse("counter:assessment_panel", args=[order.pk])
    for name in PANEL:
        browser = Client()
        browser.force_login(cast[name])
        page = browser.get(address).content.decode()
        for other in PANEL:
            assert (SAID[other]["reason"] in page) == (other == name), (name, other)
    officer = Client()
    officer.force_login(cast["sh-case_officer"])
    page = officer.get(reverse("office:assessment_panel", args=[order.pk])).content.decode()
    assert not any(SAID[other]["reason"] in page for other in PANEL)
    panels.close_round(order, by=cast["panel-chair"], at=at)
    page = officer.get(reverse("office:assessment_panel", args=[order.pk])).content.decode()
    assert all(SAID[other]["reason"] in page for other in PANEL)


def test_only_the_chair_asks_closes_and_adopts(order, cast, at):
    for name in ("panel-2", "sh-case_officer", "tech-assessor", "firm-manager"):
        with pytest.raises(Refusal) as refused:
            panels.open_round(order, asked=_asked(order), by=cast[name], at=at)
        assert refused.value.status == 403, name
    panels.open_round(order, asked=_asked(order), by=cast["panel-chair"], at=at)
    for name in ("sh-case_officer", "tech-assessor", "rival-manager"):
        with pytest.raises(Refusal) as refused:
            panels.answer(order, given={"s-1": {"severity": "2"}}, by=cast[name], at=at)
        assert refused.value.status == 403, name
    with pytest.raises(Refusal):
        panels.close_round(order, by=cast["panel-2"], at=at)


def test_a_round_is_not_closed_over_silent_members_without_a_reason(order, cast, at):
    panels.open_round(order, asked=_asked(order), by=cast["panel-chair"], at=at)
    _answered(order, cast, at, names=PANEL[:1])
    with pytest.raises(Refusal) as few:
        panels.close_round(order, by=cast["panel-chair"], at=at, reason="急")
    assert few.value.code == "too_few"
    _answered(order, cast, at, names=PANEL[1:2])
    with pytest.raises(Refusal) as silent:
        panels.close_round(order, by=cast["panel-chair"], at=at)
    assert silent.value.code == "silent"
    assert panels.close_round(order, by=cast["panel-chair"], at=at, reason="专家三出差").closed_early == "专家三出差"


@pytest.mark.parametrize(
    ("field", "value"), [("lowest", "0"), ("highest", "2"), ("best", "NaN"), ("confidence", "0"), ("lowest", "1/2")]
)
def test_a_faulty_answer_is_refused_and_the_others_stay(field, value, order, cast, at):
    panels.open_round(order, asked=_asked(order), by=cast["panel-chair"], at=at)
    _answered(order, cast, at, names=("panel-2",))
    with pytest.raises(Refusal) as refused:
        panels.answer(order, given={"p-1-2": SAID["panel-2"] | {field: value}}, by=cast["panel-2"], at=at)
    assert "p-1-2" in refused.value.fields
    assert PanelAnswer.objects.get(question="p-1-2").answer["best"] == "1/50"


def test_a_closed_round_takes_no_answer_and_four_rounds_are_too_many(order, cast, at):
    for _n in range(3):
        panels.open_round(order, asked=_asked(order), by=cast["panel-chair"], at=at)
        with pytest.raises(Refusal):
            panels.open_round(order, asked=_asked(order), by=cast["panel-chair"], at=at)
        _answered(order, cast, at)
        panels.close_round(order, by=cast["panel-chair"], at=at)
        with pytest.raises(Refusal):
            _answered(order, cast, at)
    with pytest.raises(Refusal) as refused:
        panels.open_round(order, asked=_asked(order), by=cast["panel-chair"], at=at)
    assert refused.value.code == "too_many_rounds"


def test_seed_questions_weigh_the_experts(order, cast, at):
    seeds = [
        {"key": f"k-{n}", "kind": "seed", "words": f"校准{n}", "truth": 0.05, "scenario": "", "step": ""}
        for n in range(1, 11)
    ]
    panels.open_round(order, asked=[*_asked(order), *seeds], by=cast["panel-chair"], at=at)
    for name in PANEL:
        given = {s["key"]: SAID[name] for s in seeds} | {"p-1-2": SAID[name], "s-1": {"severity": "3"}}
        panels.answer(order, given=given, by=cast[name], at=at)
    closed = panels.close_round(order, by=cast["panel-chair"], at=at)
    weighed = rounds.weighed(closed)
    assert weighed is not None
    weights = weighed.decide().weights
    assert sum(weights.values()) == pytest.approx(1)


def test_strangers_find_no_panel(order, cast):
    for name in ("firm-manager", "tech-assessor", "hq-audit"):
        browser = Client()
        browser.force_login(cast[name])
        assert browser.get(reverse("counter:assessment_panel", args=[order.pk])).status_code == 404, name
        for act in ("ask", "answer", "close", "adopt"):
            assert browser.post(reverse(f"counter:assessment_panel_{act}", args=[order.pk])).status_code == 404, (
                name,
                act,
            )
