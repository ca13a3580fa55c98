"""The analytic hierarchy process: consistent matrices exactly, inconsistent ones named."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmethods.ahp import MOST_ITEMS, RANDOM_INDEX, accepted, from_json, hierarchy, joined, weigh
from riskmethods.errors import MethodError


def consistent(weights):
    return [[Fraction(a, b) for b in weights] for a in weights]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=10))
def test_a_consistent_matrix_gives_back_its_weights(weights):
    found = weigh([f"c{n}" for n in range(len(weights))], consistent(weights))
    assert found.weights == pytest.approx([w / sum(weights) for w in weights])
    assert found.lambda_max == pytest.approx(len(weights))
    assert found.cr == pytest.approx(0, abs=1e-9)
    assert found.consistent
    assert found.worst is None


@given(st.data(), st.integers(3, 6))
def test_three_by_three_and_beyond_the_eigenvector_equation_holds(data, n):
    scale = st.sampled_from([Fraction(1, k) for k in range(9, 1, -1)] + [Fraction(k) for k in range(1, 10)])
    matrix = [[Fraction(1)] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1, n):
            matrix[i][j] = data.draw(scale)
            matrix[j][i] = 1 / matrix[i][j]
    found = weigh([str(i) for i in range(n)], matrix)
    a, w = np.array(matrix, dtype=float), np.array(found.weights)
    assert a @ w == pytest.approx(found.lambda_max * w, rel=1e-6, abs=1e-9)
    assert (w > 0).all()
    assert found.ci == pytest.approx((found.lambda_max - n) / (n - 1))
    assert found.cr == pytest.approx(found.ci / RANDOM_INDEX[n - 1])
    if n == 3:
        geometric = [math.prod(row) ** (1 / 3) for row in a]
        assert w == pytest.approx([g / sum(geometric) for g in geometric])


def test_the_worst_triad_is_the_one_that_was_spoilt():
    matrix = consistent([8, 4, 2, 1])
    matrix[1][3], matrix[3][1] = Fraction(1, 4), Fraction(4)
    found = weigh(["a", "b", "c", "d"], matrix)
    assert not found.consistent
    assert found.worst.items in {("a", "b", "d"), ("b", "c", "d")}
    with pytest.raises(MethodError) as refused:
        accepted(found)
    assert refused.value.rule == "inconsistent"
    assert "b/" in str(refused.value)


def test_a_group_is_joined_by_the_geometric_mean_and_by_voice():
    judges = {"E1": [[1, 9], ["1/9", 1]], "E2": [[1, 1], [1, 1]]}
    assert joined(["a", "b"], judges).weights == pytest.approx([0.75, 0.25])
    assert joined(["a", "b"], judges, voice={"E1": 3}).weights[0] == pytest.approx(9**0.75 / (9**0.75 + 1))
    assert from_json({"items": ["a", "b"], "judges": judges}).weights[0] == pytest.approx(0.75)


def test_a_hierarchy_multiplies_and_scores():
    goal = weigh(["harm", "chance"], consistent([3, 1]))
    whole = hierarchy(goal, {"harm": weigh(["death", "injury"], consistent([2, 1]))})
    assert whole.weights == pytest.approx({"death": 0.5, "injury": 0.25, "chance": 0.25})
    assert whole.score({"death": 4, "injury": 2, "chance": 1}) == pytest.approx(2.75)
    assert whole.cr == 0
    with pytest.raises(MethodError, match="is missing"):
        whole.score({"death": 4, "injury": 2})


@pytest.mark.parametrize(
    ("document", "place", "rule"),
    [
        ({"items": ["a", "b"]}, "matrix", "missing"),
        ({"items": [], "matrix": []}, "items", "empty"),
        ({"items": ["a", "a"], "matrix": [[1, 1], [1, 1]]}, "items[1]", "duplicate"),
        ({"items": ["a", "b"], "matrix": [[1, 2]]}, "matrix", "shape"),
        ({"items": ["a", "b"], "matrix": [[1, 2], ["1/3", 1]]}, "matrix[0][1]", "reciprocal"),
        ({"items": ["a", "b"], "matrix": [[1, 3], ["0.33", 1]]}, "matrix[0][1]", "reciprocal"),
        ({"items": ["a", "b"], "matrix": [[2, 2], ["1/2", 1]]}, "matrix[0][0]", "diagonal"),
        ({"items": ["a", "b"], "matrix": [[1, 10], ["1/10", 1]]}, "matrix[0][1]", "scale"),
        ({"items": ["a", "b"], "matrix": [[1, float("nan")], [1, 1]]}, "matrix[0][1]", "not_a_number"),
        ({"items": ["a", "b"], "matrix": [[1, -2], ["-1/2", 1]]}, "matrix[0][1]", "out_of_range"),
        ({"items": [str(n) for n in range(MOST_ITEMS + 1)], "matrix": []}, "items", "too_large"),
        ({"items": ["a"], "judges": {}}, "judges", "empty"),
        ({"items": ["a"], "judges": []}, "judges", "not_an_object"),
        ({"items": ["a", "b"], "judges": {"E1": [[1, 2], [2, 1]]}}, "judges.E1[0][1]", "reciprocal"),
        ({"items": ["a"], "judges": {"E1": [[1]]}, "voice": {"E1": 0}}, "voice.E1", "out_of_range"),
        ({"items": list("abc"), "matrix": [[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]]}, "matrix", "inconsistent"),
    ],
)
def test_faulty_judgements_are_refused(document, place, rule):
    with pytest.raises(MethodError) as refused:
        from_json(document)
    assert (refused.value.place, refused.value.rule) == (place, rule)


def test_a_hierarchy_refuses_strangers_repeats_and_contradictions():
    goal = weigh(["harm", "chance"], consistent([3, 1]))
    spoilt = weigh(list("abc"), [[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]])
    for branches, rule in (
        ({"x": goal}, "unknown_code"), ({"harm": weigh(["chance"], [[1]])}, "duplicate"), ({"harm": spoilt}, "inconsistent"),
    ):  # fmt: skip
        with pytest.raises(MethodError) as refused:
            hierarchy(goal, branches)
        assert refused.value.rule == rule
