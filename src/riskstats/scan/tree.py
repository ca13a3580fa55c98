"""Tree-based scan: every branch of a code tree, or of two crossed trees, searched for too many cases in one test.

With two trees (commodities x hazards) a node is a pair of branches, and all pairs are searched together. The null
distribution keeps the number of cases: multinomial over the leaves by expected count (Poisson), or hypergeometric
by the number of items (Bernoulli: which of a leaf's inspected items failed).
Source: Kulldorff, Fang & Walsh, Biometrics 59 (2003) 323-331; Kulldorff et al., Pharmacoepidemiology and Drug Safety
22 (2013) 517-523.

>>> hs = Tree.from_parents({"all": None, "85": "all", "8516": "85", "8517": "85", "95": "all"})
>>> scan = tree_scan([hs], [["8516"], ["8517"], ["95"]], cases=[30, 9, 11], expected=[10, 20, 20], replicates=199)
>>> [(hit.names, hit.cases, round(hit.ratio, 3), hit.p) for hit in scan.hits(alpha=0.05)]
[(('8516',), 30, 19.095, 0.005), (('85',), 39, 3.656, 0.01)]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskstats.inputs import Floats, Ints, counts, positive, refuse, same_length
from riskstats.kernels import kernel, parallel_kernel
from riskstats.scan.model import adjusted, alias_table, bernoulli_ratio, poisson_ratio, replicates_of, split_mix
from riskstats.trees import Tree

Model = Literal["poisson", "bernoulli"]
_FEWEST = 2


@dataclass(frozen=True)
class Hit:
    """One branch with too many cases: its names (one per tree), cases, expected cases, relative risk, ratio, p-value."""

    names: tuple[str, ...]
    cases: int
    expected: float
    relative_risk: float
    ratio: float
    p: float


@dataclass(frozen=True, eq=False)
class TreeScan:
    """A tree scan's result, one row per branch (pair of branches) that holds a leaf with an expectation.

    Attributes
    ----------
    nodes : ndarray of int, shape (branches, trees)
        Node indices in each tree.
    cases, expected, ratio, p : ndarray, shape (branches,)
        Observed and expected cases, log likelihood ratio, adjusted p-value.
    greatest : ndarray, shape (replicates,)
        The replicates' greatest ratios: the null distribution.
    total : int
        All cases.
    """

    trees: tuple[Tree, ...]
    nodes: NDArray[np.int32]
    cases: Ints
    expected: Floats
    ratio: Floats
    p: Floats
    greatest: Floats
    total: int

    def hits(self, alpha: float = 0.05) -> list[Hit]:
        """Branches with p <= alpha, the least likely first."""
        found = np.flatnonzero((self.p <= alpha) & (self.ratio > 0))
        return [self._hit(int(i)) for i in found[np.argsort(-self.ratio[found], kind="stable")]]

    def _hit(self, i: int) -> Hit:
        c, e = int(self.cases[i]), float(self.expected[i])
        outside = (self.total - c) / (self.total - e) if self.total > e else 0.0
        risk = (c / e) / outside if outside > 0 else float("inf")
        names = tuple(tree.names[node] for tree, node in zip(self.trees, self.nodes[i], strict=True))
        return Hit(names, c, e, risk, float(self.ratio[i]), float(self.p[i]))


def tree_scan(
    trees: Sequence[Tree], leaves: Sequence[Sequence[str]] | NDArray[np.integer[Any]], *, cases: ArrayLike,
    expected: ArrayLike, model: Model = "poisson", replicates: int = 999, seed: int = 20_260_101, fewest: int = _FEWEST,
) -> TreeScan:  # fmt: skip
    """Scan all branches of the trees, crossed.

    Parameters
    ----------
    trees : sequence of Tree
    leaves : shape (cells, trees)
        Where each cell lies: node names, or node indices as an integer array. Inner nodes are allowed.
    cases : array_like of int, shape (cells,)
    expected : array_like, shape (cells,)
        Poisson: expected counts, or denominators such as declarations, above 0; they are scaled to the number of cases.
        Bernoulli: the number of items, whole, no fewer than the cases.
    model : {"poisson", "bernoulli"}
    replicates : int
        Monte Carlo data sets; the least p-value is ``1 / (replicates + 1)``.
    seed : int
        Fixes the replicates; results do not depend on the number of cores.
    fewest : int
        Branches with fewer cases are not considered.

    Raises
    ------
    InputError
        Rule ``unknown_node``, ``count``, ``positive``, ``shape``, ``empty``, ``cases``, ``model`` or ``replicates``.
    """
    where = _where(trees, leaves)
    number = counts(cases, place="cases")
    if model == "bernoulli":
        weight = counts(expected, place="expected").astype(np.float64)
        positive(weight, place="expected")
    elif model == "poisson":
        weight = positive(expected, place="expected")
    else:
        refuse("model", "model", "模型未知", f"{model!r} is neither 'poisson' nor 'bernoulli'")
    same_length("leaves, cases, expected", where[:, 0], number, weight)
    total = int(number.sum())
    if total == 0:
        refuse("cases", "empty", "没有病例", "no cases")
    if model == "bernoulli" and (number > weight).any():
        refuse(f"cases[{int(np.flatnonzero(number > weight)[0])}]", "cases", "病例多于总数", "more cases than items")
    nodes, start, branch = _branches(trees, where)
    setting = (
        start,
        branch,
        len(nodes),
        weight,
        float(total),
        float(weight.sum()),
        model == "bernoulli",
        float(fewest),
    )
    observed, mass, ratio = _observe(number, setting)
    greatest = _replicate(setting, number, replicates, seed)
    share = total / float(weight.sum())
    return TreeScan(
        tuple(trees), nodes, observed.astype(np.int64), mass * share, ratio, adjusted(ratio, greatest), greatest, total
    )


def _where(trees: Sequence[Tree], leaves: Any) -> NDArray[np.int32]:
    if isinstance(leaves, np.ndarray) and leaves.dtype.kind in "iu":
        where = np.asarray(leaves, dtype=np.int32)
        if where.ndim != 2 or where.shape[1] != len(trees):
            refuse("leaves", "shape", "叶子与树的数目不符", f"shape (cells, {len(trees)}) is needed, not {where.shape}")
        for t, tree in enumerate(trees):
            bad = np.flatnonzero((where[:, t] < 0) | (where[:, t] >= len(tree)))
            if len(bad):
                refuse(
                    f"leaves[{bad[0]}, {t}]", "unknown_node", "没有此节点", f"no node {where[bad[0], t]} in the tree"
                )
        return where
    rows = [tuple(tree.index(name) for tree, name in zip(trees, cell, strict=True)) for cell in leaves]
    return np.array(rows, dtype=np.int32).reshape(len(rows), len(trees))


def _branches(trees: Sequence[Tree], where: NDArray[np.int32]) -> tuple[NDArray[np.int32], Ints, NDArray[np.int32]]:
    """The branches above any cell, and for each cell the branches it counts in (start offsets, branch indices)."""
    cells = np.arange(len(where))
    key = np.zeros(len(where), dtype=np.int64)
    for t, tree in enumerate(trees):
        at = where[cells, t].astype(np.int64)
        owner, key_up, node_up = [cells], [key], [at]
        for _ in range(tree.height):
            on = tree.parents[at] >= 0
            cells, key, at = cells[on], key[on], tree.parents[at[on]].astype(np.int64)
            owner.append(cells)
            key_up.append(key)
            node_up.append(at)
        cells = np.concatenate(owner)
        key = np.concatenate(key_up) * len(tree) + np.concatenate(node_up)
    found, branch = np.unique(key, return_inverse=True)
    order = np.argsort(cells, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(cells, minlength=len(where)))])
    nodes = np.empty((len(found), len(trees)), dtype=np.int32)
    for t in reversed(range(len(trees))):
        nodes[:, t] = found % len(trees[t])
        found = found // len(trees[t])
    return nodes, start.astype(np.int64), branch.reshape(-1)[order].astype(np.int32)


def _observe(number: Ints, setting: Any) -> tuple[Floats, Floats, Floats]:
    start, branch, size, weight, total, mass, bernoulli, fewest = setting
    owner = np.repeat(np.arange(len(number)), np.diff(start))
    observed: Floats = np.bincount(branch, weights=number[owner], minlength=size).astype(np.float64)
    inside: Floats = np.bincount(branch, weights=weight[owner], minlength=size).astype(np.float64)
    ratio = _ratios(observed, inside, total, mass, bernoulli, fewest)
    return observed, inside, np.asarray(ratio)


@kernel
def _ratio(c: float, inside: float, total: float, mass: float, bernoulli: bool, fewest: float) -> float:
    if c < fewest:
        return 0.0
    if bernoulli:
        return float(bernoulli_ratio(c, inside, total, mass))
    return float(poisson_ratio(c, inside / mass * total, total))


@kernel
def _ratios(c: Any, inside: Any, total: float, mass: float, bernoulli: bool, fewest: float) -> Any:
    out = np.empty(len(c))
    for i in range(len(c)):
        out[i] = _ratio(c[i], inside[i], total, mass, bernoulli, fewest)
    return out


def _replicate(setting: Any, number: Ints, replicates: int, seed: int) -> Floats:
    """The greatest ratio of each replicate."""
    start, branch, size, weight, total, mass, bernoulli, fewest = setting
    stream = replicates_of(replicates, seed)
    owner = np.repeat(np.arange(len(weight)), np.diff(start))
    inside = np.bincount(branch, weights=weight[owner], minlength=size)
    facts = (start, branch, inside, total, mass, fewest)
    if not bernoulli and total <= 8 * len(weight):
        keep, other = alias_table(weight)
        seeds = stream.integers(0, 2**63, replicates, dtype=np.uint64)
        return np.asarray(_by_case(seeds, keep, other, facts, int(total)))
    greatest = np.empty(replicates)
    step = max(1, 2_000_000 // len(weight))
    for at in range(0, replicates, step):
        rows = min(step, replicates - at)
        if bernoulli:
            drawn = stream.multivariate_hypergeometric(
                weight.astype(np.int64), int(total), size=rows, method="marginals"
            )
        else:
            drawn = stream.multinomial(int(total), weight / mass, size=rows)
        greatest[at : at + rows] = _by_cell(drawn, facts, bernoulli)
    return greatest


@kernel
def _greatest(cell_cases: Any, facts: Any, bernoulli: bool, score: Any) -> float:
    """Sum a replicate's cells into branches; the greatest ratio."""
    start, branch, inside, total, mass, fewest = facts
    score[:] = 0.0
    for i in range(len(cell_cases)):
        c = cell_cases[i]
        if c:
            for j in range(start[i], start[i + 1]):
                score[branch[j]] += c
    best = 0.0
    for i in range(len(inside)):
        c = score[i]
        if c >= fewest and c * mass > inside[i] * total:
            best = max(best, _ratio(c, inside[i], total, mass, bernoulli, fewest))
    return best


@parallel_kernel
def _by_cell(drawn: Any, facts: Any, bernoulli: bool) -> Any:
    greatest = np.empty(len(drawn))
    for r in numba.prange(len(drawn)):
        greatest[r] = _greatest(drawn[r], facts, bernoulli, np.empty(len(facts[2])))
    return greatest


@parallel_kernel
def _by_case(seeds: Any, keep: Any, other: Any, facts: Any, total: int) -> Any:
    """Cases drawn one by one: quicker than cell by cell where cases are few."""
    greatest = np.empty(len(seeds))
    cells = np.uint64(len(keep))
    for r in numba.prange(len(seeds)):
        state = np.empty(1, dtype=np.uint64)
        state[0] = seeds[r]
        drawn = np.zeros(len(keep), dtype=np.int64)
        for _ in range(total):
            bits = split_mix(state)
            i = np.int64((bits >> np.uint64(32)) * cells >> np.uint64(32))
            if (bits & np.uint64(0xFFFFFFFF)) * 2.3283064365386963e-10 >= keep[i]:
                i = other[i]
            drawn[i] += 1
        greatest[r] = _greatest(drawn, facts, False, np.empty(len(facts[2])))
    return greatest
