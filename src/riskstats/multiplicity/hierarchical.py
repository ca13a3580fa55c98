"""False discovery rates on trees and lattices: a node is tested only where what stands above it was rejected.

``tree_fdr`` walks a tree. ``"yekutieli"``: each rejected node's children are one family, tested by Benjamini-Hochberg
at one level; over the whole tree the rate is at most 2.88 times that level, and close to it in practice.
``"selective"``: a family is tested at its parent's level times the share of the parent's family that was rejected, so
that the average rate over the *selected* families is kept at every depth.
``lattice_fdr`` walks any directed graph without cycles, where a node may have several parents (a product-hazard-port
cell lies under product-hazard and under hazard-port) and is tested only if all of them were rejected.
Sources: Yekutieli, JASA 103 (2008) 309-316; Benjamini & Bogomolov, JRSS B 76 (2014) 297-318; Bogomolov, Peterson,
Benjamini & Sabatti, Biometrika 108 (2021) 575-590; Ramdas, Chen, Wainwright & Jordan, Biometrika 106 (2019) 69-86.

>>> tree = Tree.from_parents({"all": None, "85": "all", "95": "all", "8516": "85", "8517": "85", "9503": "95"})
>>> p = [0.001, 0.002, 0.4, 0.01, 0.6, 0.001]
>>> [tree.names[i] for i in np.flatnonzero(tree_fdr(tree, p, level=0.05).rejected)]
['all', '85', '8516']
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskstats.inputs import Floats, probabilities, refuse, share
from riskstats.multiplicity.flat import benjamini_hochberg, benjamini_yekutieli
from riskstats.trees import Tree

Procedure = Literal["yekutieli", "selective"]
FULL_TREE = 2 * 1.44  # Yekutieli's bound on the whole tree's rate, in levels


@dataclass(frozen=True, eq=False)
class Tested:
    """What was tested and rejected.

    Attributes
    ----------
    tested, rejected : ndarray of bool, shape (nodes,)
    threshold : ndarray, shape (nodes,)
        The level at which a tested node's family (its layer, in a lattice) was tested; NaN where untested.
    level : float
    """

    tested: NDArray[np.bool_]
    rejected: NDArray[np.bool_]
    threshold: Floats
    level: float


def tree_fdr(
    tree: Tree, p: ArrayLike, *, level: float = 0.05, procedure: Procedure = "yekutieli", whole: bool = False,
    dependent: bool = False,
) -> Tested:  # fmt: skip
    """Test a tree from its roots down.

    Parameters
    ----------
    tree : Tree
        The roots are the first family.
    p : array_like, shape (nodes,)
    level : float
    procedure : {"yekutieli", "selective"}
    whole : bool
        Divide the level by 2.88, so that Yekutieli's bound holds for the whole tree.
    dependent : bool
        Benjamini-Yekutieli inside the families instead of Benjamini-Hochberg.

    Raises
    ------
    InputError
        Rule ``probability``, ``shape``, ``share`` or ``procedure``.
    """
    values = _values(p, len(tree))
    start = share(level, place="level") / (FULL_TREE if whole else 1.0)
    if procedure not in ("yekutieli", "selective"):
        refuse("procedure", "procedure", "方法未知", f"{procedure!r} is neither 'yekutieli' nor 'selective'")
    adjust = benjamini_yekutieli if dependent else benjamini_hochberg
    children: dict[int, list[int]] = {}
    for node, parent in enumerate(tree.parents.tolist()):
        children.setdefault(parent, []).append(node)
    rejected, threshold = np.zeros(len(tree), dtype=bool), np.full(len(tree), np.nan)
    waiting = [(np.array(children.get(-1, []), dtype=np.int64), start)]
    while waiting:
        family, alpha = waiting.pop()
        kept = adjust(values[family]) <= alpha
        threshold[family] = alpha
        rejected[family] = kept
        below = alpha * kept.mean() if procedure == "selective" and len(family) else alpha
        waiting += [(np.array(children[n]), below) for n in family[kept].tolist() if n in children]
    return Tested(~np.isnan(threshold), rejected, threshold, level)


def _values(p: ArrayLike, size: int) -> Floats:
    values = probabilities(p, place="p")
    if values.shape != (size,):
        refuse("p", "shape", "须每节点一个p值", f"{size} p-values are needed, one a node, not shape {values.shape}")
    return values


def layers(parents: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Each node's layer: the longest way down to it.

    Raises
    ------
    InputError
        Rule ``cycle`` or ``unknown_node``.

    >>> layers([[], [0], [0], [1, 2], [0, 3]]).tolist()
    [0, 1, 1, 2, 3]
    """
    size = len(parents)
    children: list[list[int]] = [[] for _ in parents]
    missing = np.array([len(above) for above in parents], dtype=np.int64)
    for node, above in enumerate(parents):
        for parent in above:
            if not 0 <= parent < size:
                refuse(f"parents[{node}]", "unknown_node", f"没有节点{parent}", f"no node {parent}")
            children[parent].append(node)
    layer = np.zeros(size, dtype=np.int64)
    ready = np.flatnonzero(missing == 0).tolist()
    done = 0
    while ready:
        node = ready.pop()
        done += 1
        for child in children[node]:
            layer[child] = max(layer[child], layer[node] + 1)
            missing[child] -= 1
            if missing[child] == 0:
                ready.append(child)
    if done < size:
        stuck = int(np.flatnonzero(missing > 0)[0])
        refuse(f"parents[{stuck}]", "cycle", "图中有环", f"node {stuck} lies on or under a cycle")
    return layer


def lattice_fdr(
    parents: Sequence[Sequence[int]], p: ArrayLike, *, level: float = 0.05, dependent: bool = False
) -> Tested:
    """Test a lattice layer by layer (the DAGGER procedure).

    Parameters
    ----------
    parents : sequence of sequences of int
        Each node's parents; a node is true whenever one of its parents is (no excess above, none below).
    p : array_like, shape (nodes,)
    level : float
        The false discovery rate over the whole lattice, for independent or positively dependent p-values.
    dependent : bool
        Reshape the thresholds (Benjamini-Yekutieli) for any dependence.

    Raises
    ------
    InputError
        Rule ``cycle``, ``unknown_node``, ``probability``, ``shape`` or ``share``.
    """
    share(level, place="level")
    layer = layers(parents)
    values = _values(p, len(layer))
    leaves, nodes = _effective(parents, layer)
    total = float(leaves[np.array([len(above) == 0 for above in parents], dtype=bool)].sum())
    rejected, threshold = np.zeros(len(layer), dtype=bool), np.full(len(layer), np.nan)
    so_far = 0
    for depth in range(int(layer.max()) + 1 if len(layer) else 0):
        here = [n for n in np.flatnonzero(layer == depth).tolist() if all(rejected[a] for a in parents[n])]
        if not here:
            break
        at = np.array(here)
        scale = level * leaves[at] / (total * nodes[at])
        if dependent:
            scale = scale / (1.0 / np.arange(1, int((layer == depth).sum()) + so_far + 1)).sum()
        # A node passes with r rejections in its layer if p <= scale * (nodes + r + so_far - 1): the least such r.
        needed = np.ceil(values[at] / scale - nodes[at] - so_far + 1 - 1e-9)
        ranked = np.sort(needed)
        fits = np.flatnonzero(ranked <= np.arange(1, len(ranked) + 1))
        r = int(fits[-1]) + 1 if len(fits) else 0
        threshold[at] = scale * (nodes[at] + r + so_far - 1)
        rejected[at] = needed <= r if r else False
        so_far += int(rejected[at].sum())
    return Tested(~np.isnan(threshold), rejected, threshold, level)


def _effective(parents: Sequence[Sequence[int]], layer: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Effective numbers of leaves and of nodes under each node: what has several parents is shared among them."""
    leaves, nodes = np.zeros(len(layer)), np.ones(len(layer))
    for node in np.argsort(-layer, kind="stable").tolist():
        if leaves[node] == 0:
            leaves[node] = 1.0
        for parent in parents[node]:
            leaves[parent] += leaves[node] / len(parents[node])
            nodes[parent] += nodes[node] / len(parents[node])
    return leaves, nodes
