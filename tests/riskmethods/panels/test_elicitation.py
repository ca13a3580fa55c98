"""Private rounds: standardised intervals, feedback without names, dissent that is kept."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from riskmethods.errors import MethodError
from riskmethods.panels.elicitation import from_json


def answer(expert="E1", lowest="1/1000", best="1/100", highest="1/10", confidence="80 %", **more):
    return {"expert": expert, "lowest": lowest, "best": best, "highest": highest, "confidence": confidence} | more


def a_round(*answers, **more):
    return {"question": "P(step)", "number": 1, "answers": list(answers)} | more


def test_intervals_are_brought_to_one_confidence_in_log10():
    one = from_json(a_round(answer(confidence="40 %"))).standardised()[0]
    assert (one.low, one.best, one.high, one.clipped) == (pytest.approx(1e-4), 0.01, pytest.approx(1), False)
    sure = from_json(a_round(answer(confidence="100 %"))).standardised()[0]
    assert sure.low == pytest.approx(10**-2.8)
    cut = from_json(a_round(answer(highest="1/2", confidence="10 %"))).standardised()[0]
    assert (cut.high, cut.clipped) == (1, True)


def test_on_the_linear_scale_the_formula_is_the_published_one():
    linear = from_json(
        a_round(answer(lowest="0.2", best="0.3", highest="0.5", confidence="50 %"), scale="linear")
    ).standardised()[0]
    assert (linear.low, linear.high) == (pytest.approx(0.3 - 0.1 * 0.8 / 0.5), pytest.approx(0.3 + 0.2 * 0.8 / 0.5))
    floor = from_json(
        a_round(answer(lowest="0.01", best="0.3", highest="0.5", confidence="50 %"), scale="linear")
    ).standardised()[0]
    assert (floor.low, floor.clipped) == (0, True)


def test_every_expert_counts_alike_in_the_pool():
    pooled = from_json(a_round(answer(), answer("E2", "1/10", "1/10", "1/10"))).pooled()
    assert (pooled.low, pooled.best, pooled.high) == (
        pytest.approx(10**-2),
        pytest.approx(10**-1.5),
        pytest.approx(0.1),
    )
    assert (pooled.confidence, pooled.experts) == (0.8, 2)


def test_feedback_carries_reasons_and_no_names():
    asked = from_json(a_round(answer("Zhang", best="1/50", reason="lab"), answer("Wang", reason="field")))
    shown = json.dumps(asked.feedback())
    assert "lab" in shown
    assert "field" in shown
    assert "Zhang" not in shown
    assert "Wang" not in shown
    assert [line["best"] for line in asked.feedback()] == ["0.01", "0.02"]


def test_dissent_is_kept_when_declared_or_when_the_interval_misses_the_panels_median():
    calm = [answer(f"E{n}", "1/2000", "1/1000", "1/500") for n in range(5)]
    asked = from_json(
        a_round(
            *calm, answer("E9", "1/4", "1/2", "3/4", reason="seen it"), answer("E8", dissent="the test is too mild")
        )
    )
    kept = {d.expert: d for d in asked.dissent()}
    assert (kept["E9"].outside, kept["E9"].best, kept["E9"].reason) == (True, Fraction(1, 2), "seen it")
    assert kept["E8"].declared == "the test is too mild"
    assert "E0" not in kept


@pytest.mark.parametrize(
    ("document", "place", "rule"),
    [
        (a_round(), "answers", "empty"),
        (a_round(answer(), answer()), "answers[1]", "duplicate"),
        (a_round(answer(lowest="1/5")), "answers[0]", "order"),
        (a_round(answer(lowest="0")), "answers[0].lowest", "probability"),
        (a_round(answer(highest="1.5")), "answers[0].highest", "probability"),
        (a_round(answer(best=float("nan"))), "answers[0].best", "not_a_number"),
        (a_round(answer(confidence="0")), "answers[0].confidence", "probability"),
        (a_round(answer(), scale="ln"), "scale", "unknown_code"),
        (a_round(answer(), confidence=1), "confidence", "out_of_range"),
        (a_round(answer(expert="")), "answers[0].expert", "empty"),
        (a_round(answer(), number=0), "number", "out_of_range"),
        ({"question": "P", "number": 1}, "answers", "missing"),
    ],
)
def test_a_faulty_round_is_refused(document, place, rule):
    with pytest.raises(MethodError) as refused:
        from_json(document)
    assert (refused.value.place, refused.value.rule) == (place, rule)


def test_only_members_who_declared_their_interests_may_answer():
    assert from_json(a_round(answer()), members=["E1"]).answers
    with pytest.raises(MethodError) as refused:
        from_json(a_round(answer()), members=["E2"])
    assert (refused.value.place, refused.value.rule) == ("answers[0].expert", "not_a_member")
