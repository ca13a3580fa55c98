"""Pools: exact where they can be, ordered as they must be, refused where they mean nothing."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmethods.errors import MethodError
from riskmethods.panels.pooling import extremised, pools, severity_votes

PROBABILITY = st.fractions(Fraction(1, 10**6), Fraction(999, 1000))


@given(st.lists(PROBABILITY, min_size=1, max_size=8))
def test_every_pool_lies_within_the_answers_and_one_answer_is_every_pool(answers):
    found = pools(answers)
    assert found.linear == sum(answers) / len(answers)
    for pool in (found.linear, found.logarithmic, found.median):
        assert float(min(answers)) * (1 - 1e-9) <= pool <= float(max(answers)) * (1 + 1e-9)
    assert pools(answers[:1]).ratio == pytest.approx(1)


@given(st.lists(st.tuples(PROBABILITY, st.integers(1, 5)), min_size=1, max_size=6))
def test_a_weight_of_two_is_two_experts(weighted):
    answers, weights = zip(*weighted, strict=True)
    found = pools(answers, weights=weights)
    spread = pools([p for p, w in weighted for _ in range(w)])
    assert found.linear == spread.linear
    assert found.logarithmic == pytest.approx(spread.logarithmic)


def test_the_logarithmic_pool_is_the_geometric_mean_of_odds():
    assert pools(["1/2", "1/5"]).logarithmic == pytest.approx(1 / (1 + math.sqrt(1 * 4)))
    assert pools(["1", "1/1000"]).logarithmic == 1
    assert pools(["1", "1/2"], weights=[0, 1]).logarithmic == pytest.approx(0.5)


def test_the_choice_of_pool_can_move_the_level():
    found = pools(["1/10", "1/1000", "1/1000"])
    assert len(set(found.levels("eu-2024-3173", severity=2).values())) == 3
    assert set(found.levels("eu-2024-3173", severity=4, rest="1/1000000").values()) == {"low"}


def test_extremising_needs_its_validation():
    assert extremised("1/2", power=3, validation="tested") == pytest.approx(0.5)
    for power, validation, rule in ((2, "", "empty"), (0.5, "tested", "out_of_range")):
        with pytest.raises(MethodError) as refused:
            extremised("1/10", power=power, validation=validation)
        assert refused.value.rule == rule


def test_severity_votes_have_no_mean():
    votes = severity_votes([1, 4, 4])
    assert (votes.counts, votes.median, votes.highest) == ({1: 1, 2: 0, 3: 0, 4: 2}, (4, 4), 4)
    assert severity_votes([1, 4]).median == (1, 4)
    assert not hasattr(votes, "mean")


@pytest.mark.parametrize(
    ("call", "place", "rule"),
    [
        (lambda: pools([]), "answers", "empty"), (lambda: pools(["0"]), "answers[0]", "probability"),
        (lambda: pools(["0.1", "1.1"]), "answers[1]", "probability"), (lambda: pools([float("nan")]), "answers[0]", "not_a_number"),
        (lambda: pools(["1e-200"]), "answers[0]", "probability"),
        (lambda: pools(["0.1"], weights=[1, 2]), "weights", "shape"), (lambda: pools(["0.1"], weights=[0]), "weights", "out_of_range"),
        (lambda: pools(["0.1"], weights=[-1]), "weights[0]", "out_of_range"), (lambda: severity_votes([]), "votes", "empty"),
        (lambda: severity_votes([5]), "votes[0]", "out_of_range"), (lambda: severity_votes([2.5]), "votes[0]", "not_a_count"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused(call, place, rule):
    with pytest.raises(MethodError) as refused:
        call()
    assert (refused.value.place, refused.value.rule) == (place, rule)
