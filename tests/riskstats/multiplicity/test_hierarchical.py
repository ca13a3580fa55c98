"""Hierarchical procedures against slow definitions, and the rates they promise by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from riskstats.inputs import InputError
from riskstats.multiplicity import benjamini_hochberg, lattice_fdr, layers, tree_fdr
from riskstats.trees import Tree


@st.composite
def forests(draw):
    size = draw(st.integers(1, 25))
    parents = [draw(st.integers(-1, i - 1)) for i in range(size)]
    p = draw(st.lists(st.sampled_from([0.0, 0.001, 0.01, 0.02, 0.04, 0.2, 0.9]), min_size=size, max_size=size))
    return Tree(tuple(f"n{i}" for i in range(size)), np.array(parents)), np.array(p)


@st.composite
def graphs(draw):
    size = draw(st.integers(1, 14))
    parents = [sorted(draw(st.sets(st.integers(0, i - 1), max_size=3))) if i else [] for i in range(size)]
    p = draw(st.lists(st.sampled_from([0.0, 0.001, 0.004, 0.01, 0.03, 0.2, 0.9]), min_size=size, max_size=size))
    return parents, np.array(p)


@pytest.mark.parametrize("procedure", ["yekutieli", "selective"])
@given(forests())
def test_a_family_is_tested_under_a_rejected_parent_only(procedure, case):
    tree, p = case
    ours = tree_fdr(tree, p, level=0.05, procedure=procedure)

    def descend(family, alpha):
        kept = benjamini_hochberg(p[family]) <= alpha
        for node, keep in zip(family, kept, strict=True):
            assert ours.tested[node]
            assert ours.rejected[node] == keep
            children = np.flatnonzero(tree.parents == node)
            if keep and len(children):
                descend(children, alpha * kept.mean() if procedure == "selective" else alpha)
            elif len(children):
                assert not ours.tested[children].any()

    descend(np.flatnonzero(tree.parents == -1), 0.05)


def slow_dagger(parents, p, level):
    """The definition: in each layer the greatest r with at least r nodes below their threshold at r."""
    layer = layers(parents)
    size = len(parents)
    children = [[c for c in range(size) if n in parents[c]] for n in range(size)]

    def leaves(n):
        return 1.0 if not children[n] else sum(leaves(c) / len(parents[c]) for c in children[n])

    def nodes(n):
        return 1.0 + sum(nodes(c) / len(parents[c]) for c in children[n])

    total = sum(leaves(n) for n in range(size) if not parents[n])
    rejected = set()
    for depth in range(max(layer) + 1):
        here = [n for n in range(size) if layer[n] == depth and set(parents[n]) <= rejected]
        before = len(rejected)

        def passing(r, here=here, before=before):
            return [
                n
                for n in here
                if p[n] <= level * leaves(n) / total * (nodes(n) + r + before - 1) / nodes(n) * (1 + 1e-9)
            ]

        r = max((r for r in range(len(here) + 1) if len(passing(r)) >= r), default=0)
        rejected |= set(passing(r)) if r else set()
    return rejected


@given(graphs())
def test_the_lattice_procedure_is_its_definition(case):
    parents, p = case
    ours = lattice_fdr(parents, p, level=0.05)
    assert set(np.flatnonzero(ours.rejected)) == slow_dagger(parents, p, 0.05)
    for node in np.flatnonzero(ours.rejected):
        assert all(ours.rejected[a] for a in parents[node])


def noisy(rng, tree, hot, effect):
    """P-values of nodes whose statistic sums their leaves' noise: positively dependent along the tree, as counts are."""
    z = np.zeros(len(tree))
    leaf = tree.is_leaf
    z[leaf] = rng.normal(size=leaf.sum()) + effect * hot[leaf]
    sums, size = np.where(leaf, z, 0.0), leaf.astype(float)
    for node in tree.upward:
        if tree.parents[node] >= 0:
            sums[tree.parents[node]] += sums[node]
            size[tree.parents[node]] += size[node]
    return ndtr(-sums / np.sqrt(size))


def regular(fan=(8, 5)):
    parents = [-1]
    for a in range(fan[0]):
        top = len(parents)
        parents.append(0)
        parents += [top] * fan[1]
        assert a >= 0
    return Tree(tuple(f"n{i}" for i in range(len(parents))), np.array(parents))


@pytest.mark.parametrize("procedure", ["yekutieli", "selective", "lattice"])
def test_the_promised_rate_holds_in_simulation(procedure):
    rng = np.random.default_rng(12)
    tree = regular()
    hot = np.zeros(len(tree), dtype=bool)
    hot[[2, 3, 8, 20]] = True
    false_node = hot.copy()
    for node in tree.upward:
        if false_node[node] and tree.parents[node] >= 0:
            false_node[tree.parents[node]] = True
    parents = [[int(a)] if a >= 0 else [] for a in tree.parents]
    shares, found = [], 0
    for _ in range(600):
        p = noisy(rng, tree, hot, 4.0)
        ours = (
            lattice_fdr(parents, p, level=0.1)
            if procedure == "lattice"
            else tree_fdr(tree, p, level=0.1, procedure=procedure)
        )
        shares.append((ours.rejected & ~false_node).sum() / max(1, ours.rejected.sum()))
        found += (ours.rejected & hot).sum()
    assert np.mean(shares) < 0.1 * 1.2
    assert found > 600  # more than one in four of the hot leaves


def test_the_bound_for_the_whole_tree_divides_the_level():
    tree = Tree.from_parents({"a": None})
    assert tree_fdr(tree, [0.02], level=0.05).rejected[0]
    assert not tree_fdr(tree, [0.02], level=0.05, whole=True).rejected[0]


def test_a_cycle_an_unknown_parent_and_a_wrong_shape_are_refused():
    with pytest.raises(InputError, match="cycle"):
        lattice_fdr([[1], [0], []], [0.1, 0.1, 0.1])
    with pytest.raises(InputError, match="no node 5"):
        lattice_fdr([[], [5]], [0.1, 0.1])
    with pytest.raises(InputError, match="3 p-values"):
        lattice_fdr([[], [0], [0]], [0.1, 0.1])
    with pytest.raises(InputError, match="cycle"):
        tree_fdr(Tree.from_parents({"a": "b", "b": "a"}), [0.1, 0.1])


def test_no_nodes_are_no_rejections():
    assert lattice_fdr([], []).rejected.shape == (0,)
    assert tree_fdr(Tree((), np.zeros(0, dtype=np.int32)), []).rejected.shape == (0,)
