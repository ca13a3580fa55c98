"""Sampling agrees with what is known without it."""

from __future__ import annotations

import pytest

from riskmethods.errors import MethodError
from riskmethods.faulttree import analyse, from_json, sample

SHARED = {
    "top": "T",
    "gates": {"T": {"type": "and", "inputs": ["L", "R"]}, "L": {"type": "or", "inputs": ["A", "C"]},
              "R": {"type": "or", "inputs": ["B", "C"]}},
    "events": {"A": {"dist": "beta", "a": 2, "b": 8}, "B": {"dist": "beta", "a": 3, "b": 7}, "C": {"low": "1/100", "high": "1/10"}},
}  # fmt: skip


def test_the_sampled_mean_is_the_value_at_the_means():
    tree = from_json(SHARED)
    drawn = sample(tree, draws=200_000)
    found = analyse(tree)
    assert not found.exact
    assert drawn.mean == pytest.approx(found.probability, rel=0.01)
    assert drawn.quantile(0.05) < found.probability < drawn.quantile(0.95)


def test_the_seed_repeats_the_draws_and_points_do_not_spread():
    tree = from_json(SHARED)
    assert sample(tree, draws=500).quantile(0.3) == sample(tree, draws=500).quantile(0.3)
    assert sample(tree, draws=500).quantile(0.3) != sample(tree, draws=500, seed=1).quantile(0.3)
    point = from_json(SHARED | {"events": {"A": "0.1", "B": "0.2", "C": "0.05"}})
    assert sample(point, draws=100).quantile(0.01) == pytest.approx(analyse(point).probability)


@pytest.mark.parametrize(("draws", "seed"), [(0, 1), (1.5, 1), (1_000, -1)])
def test_senseless_runs_are_refused(draws, seed):
    with pytest.raises(MethodError):
        sample(from_json(SHARED), draws=draws, seed=seed)
