"""Trees: levels and ancestors, and what is no tree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskstats.inputs import InputError
from riskstats.trees import Tree


@given(st.lists(st.integers(-1, 30), min_size=1, max_size=30))
def test_ancestors_follow_parents(raw):
    parents = np.array([-1 if p >= i else p for i, p in enumerate(raw)])
    tree = Tree(tuple(f"n{i}" for i in range(len(raw))), parents)
    for node in range(len(tree)):
        path = tree.path(node)
        assert len(path) == tree.depth[node] + 1
        for level in range(tree.height + 1):
            assert tree.ancestors_at(level)[node] == path[min(level, len(path) - 1)]
    seen: set[int] = set()
    for node in tree.upward:
        assert int(tree.parents[node]) not in seen
        seen.add(int(node))


@pytest.mark.parametrize(
    ("parents", "rule", "message"),
    [
        ({"a": "b", "b": "c", "c": "a"}, "cycle", "a cycle: a < b < c < a"),
        ({"a": "a"}, "cycle", "a cycle: a < a"),
        ({"a": None, "b": "z"}, "unknown_node", "parent of 'b': no node 'z'"),
    ],
)
def test_what_is_no_tree_is_refused(parents, rule, message):
    with pytest.raises(InputError, match=message) as refused:
        Tree.from_parents(parents)
    assert refused.value.rule == rule


def test_unknown_nodes_and_double_names_are_refused():
    with pytest.raises(InputError, match="no such node"):
        Tree.flat(["a"]).index("b")
    with pytest.raises(InputError, match="named twice"):
        Tree(("a", "a"), np.array([-1, -1]))
    with pytest.raises(InputError, match="no such node"):
        Tree(("a", "b"), np.array([-1, 7]))
