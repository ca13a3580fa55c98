"""The cells that a lattice follows from week to week, and what it hands out of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskstats.inputs import Ints
from riskstats.lattice.kernels import SIEVE, fill, fill_sieve, look_up
from riskstats.lattice.schema import LEAD, Plan

_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class CellCounts:
    """One source's candidates and their weekly counts.

    Attributes
    ----------
    rollup, key : ndarray of int64, shape (candidates,)
        Roll-up index in the plan and cell key; sorted.
    recent : ndarray of int64
        Records of the window.
    first, last : int
        The weeks of the first and the last column of ``series()``.

    Notes
    -----
    Series are read from the lattice's own tables: take them before the lattice goes on.
    """

    rollup: Ints
    key: Ints
    recent: Ints
    first: int
    last: int
    _blocks: tuple[NDArray[np.int32], ...]
    _row: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.key)

    def series(self, chosen: NDArray[np.intp] | slice = slice(None)) -> NDArray[np.int32]:
        """Counts, shape (candidates, weeks), of all or of chosen candidates."""
        rows, span = self._row[chosen], self.last - self.first + 1
        out = np.zeros((len(rows), span), dtype=np.int32)
        at = 0
        for block in self._blocks:
            here = (rows >= at) & (rows < at + len(block))
            out[here] = block[rows[here] - at, :span]
            at += len(block)
        return out


class Tracked:
    """One source's tracked cells and their weekly counts, in blocks of those that were taken up together."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rollup, self.key = _NONE, _NONE
        self.blocks: list[NDArray[np.int32]] = []
        self.tables: tuple[Any, Any, Any] | None = None
        self.active, self.lasting = _NONE, np.zeros(0, dtype=bool)

    def retire(self, before: int) -> None:
        """Let go of cells that were last candidates before a week, once they are one in three; small roll-ups stay."""
        stay = (self.active >= before) | self.lasting
        if stay.mean() > 2 / 3 if len(stay) else True:
            return
        ends = np.cumsum([0, *(len(block) for block in self.blocks)])
        self.blocks = [block[stay[a:b]] for block, a, b in zip(self.blocks, ends[:-1], ends[1:], strict=True)]
        self.rollup, self.key, self.active, self.lasting = (
            v[stay] for v in (self.rollup, self.key, self.active, self.lasting)
        )
        self.tables = tables_of(self.plan, self.rollup, self.key)

    def row_of(self, rollup: Ints, key: Ints) -> NDArray[np.intp]:
        """The row of each cell, -1 where untracked."""
        if self.tables is None:
            return np.full(len(key), -1, dtype=np.intp)
        return np.asarray(look_up(self.tables[0], rollup, key))

    def take_up(self, rollup: Ints, key: Ints, weeks: int, lasting: NDArray[np.bool_]) -> tuple[Any, Any, Any]:
        """Begin to track cells, some for good; returns hash tables of them alone, their rows numbered in their own block."""
        start = len(self.key)
        self.rollup, self.key = np.concatenate([self.rollup, rollup]), np.concatenate([self.key, key])
        self.active = np.concatenate([self.active, np.full(len(key), np.iinfo(np.int64).max)])
        self.lasting = np.concatenate([self.lasting, lasting])
        self.blocks.append(np.zeros((len(key), weeks), dtype=np.int32))
        only = tables_of(self.plan, rollup, key)
        self.tables = only if start == 0 else tables_of(self.plan, self.rollup, self.key)
        return only

    def lengthen(self, weeks: int) -> None:
        for i, block in enumerate(self.blocks):
            if block.shape[1] < weeks:
                self.blocks[i] = np.zeros((len(block), weeks + 52), dtype=np.int32)
                self.blocks[i][:, : block.shape[1]] = block

    def add(self, columns: NDArray[Any], counts: NDArray[np.int32]) -> None:
        """Add counts (all tracked cells by the given week columns)."""
        at = 0
        for block in self.blocks:
            block[:, columns] += counts[at : at + len(block)]
            at += len(block)


def tables_of(plan: Plan, rollup: Ints, key: Ints) -> tuple[Any, Any, Any]:
    """Hash tables of cells by roll-up, rows numbered in the order given, and of their first dimensions."""
    rows = [np.flatnonzero(rollup == g) for g in range(len(plan))]
    leads = [np.unique(plan.lead(key[r])) for r in rows]
    table, base, bits = _hash([key[r] for r in rows], rows)
    size = np.where(bits > 0, 1 << np.maximum(bits + SIEVE - 3, 0), 0)
    sieve, place = np.zeros(int(size.sum()), dtype=np.uint8), np.cumsum(size) - size
    for g, r in enumerate(rows):
        if len(r):
            fill_sieve(sieve, place[g], bits[g], key[r])
    return (table, base, bits, sieve, place), _hash(leads, [np.arange(len(k)) for k in leads]), _marks(plan, leads)


def _marks(plan: Plan, leads: list[Ints]) -> tuple[Ints, Ints]:
    """For each node of the first two dimensions, as bits, the roll-ups that have cells with it or with a node above it."""
    marks = []
    for d, (dimension, shift, bit) in enumerate(
        list(zip(plan.schema.dimensions, plan.schema.shifts, plan.schema.bits, strict=True))[:LEAD]
    ):
        tree = dimension.tree
        mark = np.zeros(1 << bit, dtype=np.int64)
        for g, keys in enumerate(leads):
            level = plan.rollups[g][d]
            held = np.zeros(len(tree), dtype=bool)
            held[(keys >> shift) & ((1 << bit) - 1)] = True
            mark[: len(tree)] |= np.where(held[tree.ancestors_at(level)], 1 << g, 0)
        marks.append(mark)
    return (marks[0], marks[1]) if len(marks) == LEAD else (marks[0], np.full(1, -1, dtype=np.int64))


def _hash(keys: list[Ints], ids: list[Ints]) -> tuple[Any, Any, Any]:
    bits = np.array([(2 * len(k) + 1).bit_length() if len(k) else 0 for k in keys], dtype=np.int64)
    base = np.concatenate([[0], np.cumsum(1 << bits)]).astype(np.int64)
    table = np.full(2 * int(base[-1]), -1, dtype=np.int64)
    for g, (cells, mark) in enumerate(zip(keys, ids, strict=True)):
        if len(cells):
            fill(table, base[g], bits[g], cells, mark)
    return table, base[:-1], bits
