"""Data squashing: cells with one count and nearly one expected count become a point that weighs as many.

Source: DuMouchel & Pregibon, Empirical Bayes screening for multi-item associations, KDD 2001, 67-76, section 3.

>>> points = squash([1, 1, 1, 1, 2], [0.1, 0.3, 0.2, 5.0, 1.0], n=1, size=2, keep=1)
>>> points.n.tolist(), points.expected.round(2).tolist(), points.weight.tolist()
([1, 1, 1, 2], [0.15, 0.3, 5.0, 1.0], [2.0, 1.0, 1.0, 1.0])
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from riskstats.inputs import Floats, Ints, counts, positive, refuse, same_length


@dataclass(frozen=True, eq=False)
class Points:
    """Weighted points of a table: count, expected count, how many cells each stands for."""

    n: Ints
    expected: Floats
    weight: Floats


def squash(n_cells: ArrayLike, expected: ArrayLike, *, n: int, size: int, keep: int) -> Points:
    """Bin the cells whose count is ``n``, ``size`` neighbours by expected count to a bin.

    Parameters
    ----------
    n_cells, expected : array_like, shape (cells,)
    n : int
        The count whose cells are binned; all others stay as they are.
    size : int
        Cells to a bin; the bin's expected count is their mean.
    keep : int
        So many cells, those with the greatest expected counts, stay by themselves. The last bin may be smaller.

    Returns
    -------
    Points
        Sorted by count and expected count.
    """
    return squash_points(Points(counts(n_cells, place="n_cells"), positive(expected, place="expected"),
                                np.ones(np.shape(np.asarray(expected)))), n=n, size=size, keep=keep)  # fmt: skip


def squash_points(points: Points, *, n: int, size: int, keep: int) -> Points:
    """As :func:`squash`, on points: squash the ones, then the twos, and so on.

    Raises
    ------
    InputError
        Rule ``bins`` for a size below 1 or a negative ``keep``.
    """
    same_length("n, expected, weight", points.n, points.expected, points.weight)
    if size < 1 or keep < 0:
        refuse(
            "size, keep",
            "bins",
            "箱的大小须至少为1，保留数不得为负",
            f"size={size}, keep={keep}: at least 1 and 0 are needed",
        )
    order = np.lexsort((points.expected, points.n))
    count, e, w = points.n[order], points.expected[order], points.weight[order]
    low, high = np.searchsorted(count, n), np.searchsorted(count, n, side="right")
    end = max(low, high - keep)
    edges = np.arange(low, end, size)
    weight = np.add.reduceat(w, edges)[: len(edges)] if len(edges) else np.zeros(0)
    if len(edges):
        weight[-1] = w[edges[-1] : end].sum()
    mass = np.concatenate([[0.0], np.cumsum((e * w)[low:end])])
    mean = np.diff(mass[np.append(edges - low, end - low)]) / weight
    return Points(
        np.concatenate([count[:low], np.full(len(edges), n), count[end:]]),
        np.concatenate([e[:low], mean, e[end:]]),
        np.concatenate([w[:low], weight, w[end:]]),
    )


def coarsen(n: Ints, expected: Floats, weight: Floats, *, step: float = 0.1) -> Points:
    """Points of equal count and expected count within a factor ``1 + step``: a close, quick picture for first fits."""
    level = np.floor(np.log(expected) / np.log1p(step)).astype(np.int64)
    level -= level.min()
    key, where = np.unique(n * (int(level.max()) + 1) + level, return_inverse=True)
    where = where.reshape(-1)
    mass: Floats = np.bincount(where, weights=weight).astype(np.float64)
    mean = np.bincount(where, weights=weight * expected) / mass
    return Points(key // (int(level.max()) + 1), mean, mass)
