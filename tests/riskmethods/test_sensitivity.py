"""Flips: checked by walking to them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmethods.editions import LEVELS, edition
from riskmethods.reading import read
from riskmethods.sensitivity import examine, flips, product_flips, weakest_step
from tests.riskmethods.documents import POINTS, chair, hammer, scenarios

EU = edition("eu-2024-3173")
A_HAIR = Fraction(10**9 + 1, 10**9)


def scenario(record):
    document, faults = read(record)
    assert not faults
    return document.scenarios[0]


@given(
    st.fractions(min_value=0, max_value=1, max_denominator=10**7).filter(lambda p: p > 0), st.sampled_from((1, 2, 3, 4))
)
def test_a_flip_is_the_nearest_change_of_level(p, severity):
    up, down = flips(EU, p, severity)
    level = EU.level(p, severity)
    if up:
        assert EU.level(p * up.factor, severity) == level != up.level == EU.level(p * up.factor * A_HAIR, severity)
    else:
        assert EU.level(Fraction(1), severity) == level
    if down:
        assert (
            EU.level(p / down.factor, severity) == down.level != level == EU.level(p / down.factor * A_HAIR, severity)
        )
    else:
        assert EU.level(Fraction(1, 10**9), severity) == level


@given(scenarios(POINTS))
def test_a_single_step_flips_the_level_just_where_it_says(record):
    one = scenario({"scenarios": [record]})
    severity, level = one.severity.worst, EU.level(one.probability, one.severity.worst)
    for step, found in zip(one.steps, examine(EU, one).steps, strict=True):
        rest = one.probability / step.central
        if found.raise_above is None:
            assert EU.level(rest, severity) == level  # even certainty does not raise it
        else:
            assert found.raise_above < 1
            assert EU.level(rest * found.raise_above, severity) == level
            assert LEVELS.index(EU.level(rest * found.raise_above * A_HAIR, severity)) > LEVELS.index(level)
        if found.lower_to is not None:
            assert LEVELS.index(EU.level(rest * found.lower_to, severity)) < LEVELS.index(level)
            assert EU.level(rest * found.lower_to * A_HAIR, severity) == level


def test_the_hammer_in_full():
    found = examine(EU, scenario(hammer()))
    assert (found.up.factor, found.up.level) == (Fraction(6), "serious")
    assert (found.down.factor, found.down.level) == (Fraction(10_000, 6_000), "medium")
    assert [step.raise_above for step in found.steps] == [Fraction(6, 10), Fraction(6, 10), None, Fraction(6, 20)]
    assert (found.severity_lower, found.severity_higher) == ("medium", "serious")
    assert (found.ten_up, found.ten_down) == ("serious", "medium")
    assert found.stated == ("high",)
    assert not found.flips_as_stated


def test_the_weakest_evidence_is_dropped():
    record = hammer()
    grades = ("A", "E", "B", "E")
    for step, grade in zip(record["scenarios"][0]["steps"], grades, strict=True):
        step["evidence"] = grade
    one = scenario(record)
    assert weakest_step(one).id == "4"  # the smaller of the two assumptions
    assert examine(EU, one).without_weakest == EU.level(Fraction(1, 300), 3) == "serious"


def test_a_level_that_changes_within_the_stated_range_is_told():
    record = chair()
    record["scenarios"][0]["steps"][2]["quantity"] = {"low": "1/100", "high": "1"}
    found = examine(EU, scenario(record))
    assert found.stated == ("low", "medium")
    assert found.flips_as_stated
    assert (found.steps[2].low_level, found.steps[2].high_level, found.steps[2].span) == ("low", "medium", "stated")


def test_off_the_ends_of_the_severity_scale_there_is_nothing():
    assert examine(EU, scenario(chair())).severity_lower is None


@pytest.mark.parametrize(
    ("second", "expected"),
    [("low", {("eye", "up"), ("eye", "down"), ("b", "up")}), ("high", {("eye", "up"), ("b", "up")})],
)
def test_the_product_falls_only_by_the_one_scenario_that_holds_it(second, expected):
    record = hammer()
    other = {"id": "b", "severity": 2, "steps": [{"text": "x", "quantity": "1/500" if second == "high" else "1/50000"}]}
    record["scenarios"].append(other)
    document, _ = read(record)
    pairs = [(s, s.probability) for s in document.scenarios]
    found = product_flips(EU, pairs)
    assert {(flip.scenario, flip.direction) for flip in found} == expected
    for flip in found:
        moved = {s.id: p for s, p in pairs}
        moved[flip.scenario] = (
            moved[flip.scenario] * flip.factor * A_HAIR
            if flip.direction == "up"
            else moved[flip.scenario] / flip.factor
        )
        now = max((EU.level(moved[s.id], s.severity.worst) for s, _ in pairs), key=LEVELS.index)
        assert now == ("serious" if flip.direction == "up" else "medium")
