"""Evaluating effects and calling to account (chapter five, first part)."""

from __future__ import annotations

from decree188.registry import rule, table

evaluate_measures = table(
    "evaluate_measures", "What may be evaluated.", ("customs", "海关措施", "customs' measures"),
    ("operator", "企业措施", "the operator's measures"), article=23,
)
evaluate_customs = table("evaluate_customs", "An evaluator did not choose the measure.",
                         ("independent", "独立", "independent"), article=23, item=1)
evaluate_operator = table("evaluate_operator", "An evaluator has no tie to the operator.",
                          ("independent", "独立", "independent"), article=23, item=2)


@rule(article=24)
def talk_with_operator(*, open_late_duty: bool, head_or_responsible: bool) -> tuple[str, ...]:
    """What a talk lacks: an open and late duty, and the right person."""
    rows = (("late_duty", open_late_duty), ("person", head_or_responsible))
    return tuple(part for part, holds in rows if not holds)


@rule(article=24, paragraph=2)
def talk_with_customs_head(*, from_above: bool, ground: str) -> tuple[str, ...]:
    """A talk with the head of an office comes from above, for late discovery or late removal."""
    rows = (("from_above", from_above), ("ground", ground in ("late_discovery", "late_removal")))
    return tuple(part for part, holds in rows if not holds)
