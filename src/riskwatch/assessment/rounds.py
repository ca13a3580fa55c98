"""What a closed round says, without names: each answer, the pools side by side, whether to stop, agreement, dissent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from riskmethods import MethodError, numbers
from riskmethods.panels import calibrated, delphi, elicitation
from riskmethods.panels.agreement import agreement
from riskmethods.panels.cooke import Decision
from riskmethods.panels.pooling import pools, severity_votes
from riskwatch.assessment import charts
from riskwatch.assessment.models import Assessment, PanelRound
from riskwatch.assessment.scoring import faults

NINETY = 0.9  # Cooke's outer percentiles are the 5th and the 95th


def told(row: Assessment, asked: PanelRound, lang: str) -> list[dict[str, Any]]:
    """The results of a closed round, a question each."""
    answers, decision = _by_question(asked), decided(asked)[0]
    found = []
    for q in asked.questions:
        if q["kind"] == "severity":
            found.append(_severity(q, answers.get(q["key"], [])))
            continue
        one = _probability(row, q, answers.get(q["key"], []), lang)
        if decision and one["answers"] and q["key"] in decision.quantities:
            one["pools"]["cooke"] = _written(min(1.0, decision.quantities[q["key"]][1]))
        found.append(one)
    return found


def decided(asked: PanelRound) -> tuple[Decision | None, str]:
    """Weights by performance on the seed questions, or none; with why where the answers do not allow them."""
    try:
        panel = weighed(asked)
        return (panel.decide() if panel else None), ""
    except MethodError as error:
        return None, faults(error)[0]["why"]


def _by_question(asked: PanelRound) -> dict[str, list[tuple[int, dict[str, str]]]]:
    found: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for person, question, said in asked.answers.order_by("pk").values_list("person", "question", "answer"):
        found.setdefault(question, []).append((person, said))
    return found


def _round(
    question: Mapping[str, Any], number: int, answers: Sequence[tuple[int, Mapping[str, str]]], **more: Any
) -> elicitation.Round:
    lines = [{"expert": str(person), **said} for person, said in answers]
    return elicitation.from_json({"question": question["words"] or "?", "number": number, "answers": lines, **more})


def _probability(row: Assessment, question: Mapping[str, Any], answers: Any, lang: str) -> dict[str, Any]:
    if not answers:
        return {"question": question, "answers": []}
    one = _round(question, 1, answers)
    pooled, three = one.pooled(), pools([a.best for a in one.answers])
    values = {"linear": numbers.decimal(three.linear), "logarithmic": _written(three.logarithmic), "median": numbers.decimal(three.median),
              "idea": _written(pooled.best)}  # fmt: skip
    return {
        "question": question, "answers": one.feedback(), "pools": values, "ratio": three.ratio,
        "pooled": {"low": _written(pooled.low), "best": _written(pooled.best), "high": _written(pooled.high)},
        "dissent": [{"best": numbers.decimal(d.best), "reason": d.reason, "declared": d.declared, "outside": d.outside} for d in one.dissent()],
        "stop": _stop(row, question), "chart": charts.answers(one, pooled, lang),
    }  # fmt: skip


def _written(value: float) -> str:
    """A computed probability as it is shown and adopted: six significant digits."""
    return numbers.decimal(Fraction(repr(value)))


def _stop(row: Assessment, question: Mapping[str, Any]) -> dict[str, Any]:
    """Whether another round is worth asking, by the rounds so far."""
    so_far = []
    for one in row.rounds.exclude(closed_at=None).order_by("number"):
        given = _by_question(one).get(question["key"], [])
        if given:
            so_far.append([float(a.best) for a in _round(question, one.number, given).answers])
    decision = delphi.decide(so_far)
    return {"stop": decision.stop, "reasons": decision.reasons}


def _severity(question: Mapping[str, Any], answers: Any) -> dict[str, Any]:
    if not answers:
        return {"question": question, "answers": []}
    votes = severity_votes([int(said["severity"]) for _person, said in answers])
    lines = sorted(
        ({"severity": said["severity"], "reason": said["reason"], "dissent": said["dissent"]} for _p, said in answers),
        key=lambda x: x["severity"],
    )
    return {
        "question": question,
        "answers": lines,
        "votes": votes.counts,
        "median": votes.median,
        "highest": votes.highest,
    }


def agreed(asked: PanelRound) -> dict[str, Any] | None:
    """Krippendorff's alpha over the severities (ordinal) and over log10 of the best probabilities (interval)."""
    answers = _by_question(asked)
    people = sorted({person for rows in answers.values() for person, _said in rows})
    found = {}
    for kind, scale in (("severity", "ordinal"), ("probability", "interval")):
        keys = [q["key"] for q in asked.questions if q["kind"] == kind]
        rows = [[_value(dict(answers.get(k, [])).get(person), kind) for k in keys] for person in people]
        try:
            found[kind] = agreement(rows, scale=scale)
        except MethodError:
            continue  # fewer than two values on every question: nothing can be told
    return found or None


def _value(said: Mapping[str, str] | None, kind: str) -> float | None:
    if said is None:
        return None
    return float(said["severity"]) if kind == "severity" else charts.log10(numbers.parse(said["best"]))


def weighed(asked: PanelRound) -> calibrated.Panel | None:
    """The panel by Cooke's model, where seed questions with a known truth were asked and everybody answered everything."""
    answers = _by_question(asked)
    people = (
        set.intersection(
            *({p for p, _s in answers.get(q["key"], [])} for q in asked.questions if q["kind"] != "severity")
        )
        if asked.questions
        else set()
    )
    if not people or not any(q["kind"] == "seed" for q in asked.questions):
        return None
    return calibrated.from_json({
        "seeds": [_item(q, answers, people) | {"truth": q["truth"]} for q in asked.questions if q["kind"] == "seed"],
        "targets": [_item(q, answers, people) for q in asked.questions if q["kind"] == "probability"],
    })  # fmt: skip


def _item(question: Mapping[str, Any], answers: Mapping[str, Any], people: set[int]) -> dict[str, Any]:
    given = [(p, s) for p, s in answers[question["key"]] if p in people]
    lines = _round(question, 1, given, confidence=NINETY).standardised()
    return {"name": question["key"], "scale": "log", "answers": {s.expert: [s.low, s.best, s.high] for s in lines}}
