"""Scoring stored results again gives what assessing again would."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmethods import MethodError, assess, edition, regrade, rescore
from riskmethods.editions import filled
from tests.riskmethods.documents import chair, documents, full, hammer, step, toy

OTHER = filled(
    "gb-22760-2020", ("SSSS", "SSSS", "HSSS", "MHSS", "LMHS", "LLMH", "LLLM", "LLLL"), source="made up for tests"
)


@given(documents(), st.sampled_from((OTHER, edition("uk-prism-2"))))
@settings(max_examples=40)
def test_a_result_scored_again_is_what_assessing_again_gives(record, new):
    stored, again = assess(record), assess(record, under=new)
    found = next(rescore([stored.as_json()], new))
    assert (found.before, found.after, found.basis) == (stored.level, again.level, again.basis)
    assert [(name, after) for name, _, after in found.scenarios] == [
        (s["id"], s["level"]) for s in again.data["scenarios"]
    ]
    assert found.p95 == again.data["uncertainty"]["level_at_p95"]
    assert found.interests == {k: v for k, v in again.data["interests"].items() if v}


def test_presumption_and_precaution_stay():
    found = list(rescore([assess(toy()).data, assess(full()).data], edition("eu-2024-3173")))
    assert [(one.after, one.basis, one.changed) for one in found] == [
        ("serious", "presumed", False),
        ("serious", "precautionary", False),
    ]


def test_what_the_new_edition_refuses_is_told():
    long = chair() | {"method": "uk-prism-2"}
    long["scenarios"][0]["steps"] += [step("a", "1/2"), step("b", "1/2")]
    found = list(rescore([assess(long).as_json(), assess(toy()).as_json()], edition("eu-2024-3173")))
    assert found[0].refused.rule == "too_many_steps"
    assert (found[0].after, found[0].changed, found[1].refused) == ("", True, None)
    assert next(rescore([assess(toy()).data], edition("uk-prism-2"))).refused.rule == "foreign_clause"


def test_it_keeps_the_fingerprint():
    stored = assess(hammer())
    assert next(rescore([stored.as_json()], OTHER)).inputs_sha256 == stored.data["inputs_sha256"]


def test_a_record_that_is_no_result_is_refused():
    with pytest.raises(MethodError) as refused:
        list(rescore([json.dumps(hammer())], OTHER))
    assert (refused.value.place, refused.value.rule) == ("results[0]", "format")
    with pytest.raises(MethodError, match="no readable grid"):
        list(rescore([], edition("gb-22760-2020")))


def test_another_policy_moves_grades_and_leaves_levels():
    from riskmethods.policy import DEFAULT, from_json

    rows = [
        row | {"grade": "high"} if row["level"] == "high" else row for row in DEFAULT.as_json()["tables"][0]["rows"]
    ]
    new = from_json({"tables": [*DEFAULT.as_json()["tables"], {"id": "n", "valid_from": "2027-01-01", "rows": rows}]})
    stored = assess(hammer()).as_json()
    (before,), (after,) = (list(regrade([stored], new, day=day)) for day in ("2026-12-31", "2027-01-01"))
    assert (before.level, before.changed, after.level) == ("high", False, "high")
    assert (after.before, after.after, after.changed) == ("medium_high", "high", True)
    (none,) = regrade([stored], new, day="2000-01-01")
    assert (none.after, none.measures_after) == (None, None)
