"""One scenario's level, its flags, and the highest of many."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmethods.editions import LEVELS, edition
from riskmethods.errors import MethodError
from riskmethods.scenario import by_interest, highest, judge

EU = edition("eu-2024-3173")
PROBABILITIES = st.fractions(min_value=0, max_value=1, max_denominator=10**7).filter(lambda p: p > 0)


@pytest.mark.parametrize(
    ("p", "severity", "edge", "other"),
    [
        ("1/100", 1, "on", "medium"),  # exactly on: the band above would be medium
        ("1/95", 1, "near", "low"),
        ("1/105", 1, "near", "medium"),
        ("1/50", 1, "", "medium"),
        ("1/100", 4, "on", "serious"),  # the edge does not matter
        ("1", 1, "", "high"),
        ("1/1000000", 4, "on", "medium"),
    ],
)
def test_an_edge_is_told_with_the_level_across_it(p, severity, edge, other):
    found = judge(EU, Fraction(p), severity)
    assert (found.edge, found.other_level) == (edge, other)
    assert [flag.code for flag in found.flags] == ([f"{edge}_edge"] if edge else [])


def test_exactly_one_half_says_that_the_sources_differ():
    found = judge(EU, Fraction(1, 2), 1)
    assert found.level == "medium"
    assert {flag.code for flag in found.flags} == {"on_edge", "sources_differ"}


@pytest.mark.parametrize(
    ("p", "severity", "rule"),
    [("0", 1, "probability"), ("2", 1, "probability"), ("1", 0, "severity"), ("1", 5, "severity")],
)
def test_what_is_off_the_grid_is_refused(p, severity, rule):
    with pytest.raises(MethodError) as refused:
        judge(EU, Fraction(p), severity)
    assert refused.value.rule == rule


@given(PROBABILITIES, PROBABILITIES, st.sampled_from((1, 2, 3, 4)))
def test_a_step_added_never_raises_the_level(p, step, severity):
    assert LEVELS.index(judge(EU, p * step, severity).level) <= LEVELS.index(judge(EU, p, severity).level)


@given(st.lists(st.sampled_from(LEVELS), min_size=1))
def test_the_product_has_its_highest_scenario(levels):
    assert highest(levels) in levels
    assert all(LEVELS.index(level) <= LEVELS.index(highest(levels)) for level in levels)


def test_no_scenario_has_no_level():
    with pytest.raises(MethodError) as refused:
        highest([])
    assert refused.value.rule == "no_scenario"


def test_interests_stand_side_by_side():
    many = [("environment", "low")] * 9 + [("environment", "serious"), ("security", "low")]
    assert by_interest(many) == {"environment": "serious", "security": "low"}
