"""Draws of uncertain steps, fast and alike on every run: each step's inverse distribution as one table of cells.

A step's curve is cut into 16,384 cells of equal probability; a draw picks a cell by fourteen random bits and takes the
logarithm of the probability at the cell's middle. The cut moves a level's share by less than 1/16,384 per step, a
twentieth of the Monte Carlo error of 100,000 draws.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from riskmethods.uncertain import Draws, Uncertain

Cells: TypeAlias = NDArray[np.uint16]
CELLS = 1 << 14
_SPARE_BITS = 2  # of each sixteen random bits
_NODES = 441
_REACH = 4.1  # standard scores; the outermost cells' middles lie at 4.01
_BINS = 1 << 14

_SCORES = special.ndtri((np.arange(CELLS) + 0.5) / CELLS)
_NODE_SCORES = np.linspace(-_REACH, _REACH, _NODES)
_NODE_SHARES = special.ndtr(_NODE_SCORES)
_AT = (_SCORES + _REACH) * ((_NODES - 1) / (2 * _REACH))
_LEFT = np.minimum(_AT.astype(np.int64), _NODES - 2)
_RIGHT_WEIGHT = _AT - _LEFT


@lru_cache(maxsize=128)
def table(quantity: Uncertain) -> Draws:
    """Natural logarithm of the probability at the middle of each cell, rising; interpolated between exact quantiles.

    >>> from fractions import Fraction
    >>> from riskmethods.uncertain import LogUniform
    >>> middle = table(LogUniform(Fraction(1, 10_000), Fraction(1, 100)))[CELLS // 2]
    >>> round(float(np.exp(middle)), 6)
    0.001
    """
    nodes = np.log(quantity.sample(_NODE_SHARES))
    low = nodes[_LEFT]
    cells: Draws = low + (nodes[_LEFT + 1] - low) * _RIGHT_WEIGHT
    cells.setflags(write=False)
    return cells


def pick(seed: Sequence[int], n: int) -> Cells:
    """``n`` cells at random, the same for the same seed on every machine.

    >>> pick((188, 0, 0), 3).tolist() == pick((188, 0, 0), 4).tolist()[:3]
    True
    """
    raw = np.random.SFC64(np.random.SeedSequence(list(seed))).random_raw((n + 3) // 4)
    cells: Cells = np.asarray(raw).astype("<u8", copy=False).view("<u2")[:n]
    return np.right_shift(cells, _SPARE_BITS)


class Scratch:
    """A run's buffers, made once: an array of this size made anew costs more in memory pages than the sum in it.

    ``logs`` holds the running sum of one scenario; it is overwritten by the next.
    """

    __slots__ = ("_index", "_ranks", "_values", "logs")

    def __init__(self, n: int) -> None:
        self.logs: Draws = np.zeros(n)
        self._values: Draws = np.empty(n)
        self._ranks: Draws = np.empty(n)
        self._index = np.empty(n, np.intp)

    def add(self, cells: Cells, values: Draws) -> None:
        """Add the table's value for each picked cell (``clip`` spares the bounds check: a cell is always within)."""
        np.copyto(self._index, cells)
        np.take(values, self._index, mode="clip", out=self._values)
        self.logs += self._values

    def bins(self, bins: int) -> NDArray[np.uint16]:
        """The logs' bins, as many equal ones from the smallest to the largest."""
        low, high = float(self.logs.min()), float(self.logs.max())
        np.subtract(self.logs, low, out=self._values)
        self._values *= (bins - 1) / (high - low) if high > low else 0.0
        return self._values.astype(np.uint16)

    def look_up(self, bins: NDArray[np.uint16], values: Draws) -> Draws:
        """The value of each number's bin; overwritten by the next look-up."""
        np.copyto(self._index, bins)
        return np.take(values, self._index, mode="clip", out=self._ranks)

    def rank_correlation(self, ranks: Draws, cells: Cells) -> float:
        """Spearman's coefficient of a step with the product: the step's cell number is its rank.

        ``ranks`` have mean 0 and sum of squares 1.
        """
        np.copyto(self._values, cells)
        self._values -= self._values.mean()
        return _inner(self._values, ranks) / math.sqrt(_inner(self._values, self._values))


class Order:
    """Order statistics and ranks of a run's logs in linear time: counted into 16,384 bins, exact within a bin."""

    __slots__ = ("_bins", "_scratch", "_upto", "_values")

    def __init__(self, scratch: Scratch) -> None:
        self._scratch, self._values = scratch, scratch.logs
        self._bins = scratch.bins(_BINS)
        self._upto = np.cumsum(np.bincount(self._bins, minlength=_BINS))

    def quantile(self, q: float) -> float:
        """The smallest number with at least the share ``q`` at or below it.

        >>> scratch = Scratch(4)
        >>> scratch.logs[:] = [3.0, 1.0, 2.0, 4.0]
        >>> Order(scratch).quantile(0.5)
        2.0
        """
        k = max(0, int(np.ceil(q * len(self._values))) - 1)
        found = int(np.searchsorted(self._upto, k, side="right"))
        before = int(self._upto[found - 1]) if found else 0
        return float(np.sort(self._values[self._bins == found])[k - before])

    def ranks(self) -> Draws:
        """Each number's rank, shared by all in a bin, with mean 0 and sum of squares 1; in the run's scratch."""
        middle = self._upto - np.diff(self._upto, prepend=0) / 2
        ranks = self._scratch.look_up(self._bins, middle)
        ranks -= ranks.mean()
        ranks /= math.sqrt(_inner(ranks, ranks)) or 1.0
        return ranks


def _inner(left: Draws, right: Draws) -> float:
    """The sum of products in one thread: numpy's ``dot`` splits it among cores, which is slower here and may differ."""
    return float(np.einsum("i,i->", left, right))
