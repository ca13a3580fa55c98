"""The iceberg count: only cells with enough recent records get a history, and each new week costs little.

1. Recent records (the last ``window`` weeks) are counted over all roll-ups, coarse to fine: a cell can only reach its
   floor if every coarser cell around it did.
2. Cells at or above their floor are candidates; hazards may have floors of their own (severe ones: 1 to 3).
3. One pass over history adds only to candidates. The cube is never made.

A week later only new records are added; cells that became candidates are counted back through history once, and
remain tracked. The result equals a full recount, whatever came late. Sources are counted apart.

>>> schema = Schema((Dimension("product", Tree.flat(["a", "b"])), Dimension("port", Tree.flat(["p", "q"]))))
>>> store = EventStore(schema, ("complaint",))
>>> _ = store.add([[1, 1, 1, 2], [1, 1, 2, 1]], source=[0] * 4, week=[1, 9, 9, 9])
>>> lattice = Lattice(store, Plan.of(schema, [(1, 0), (1, 1)]), Floors("product", default=2))
>>> counts = lattice.count(9)["complaint"]
>>> [(lattice.plan.cell_names(g, k), n.tolist()) for g, k, n in zip(counts.rollup, counts.key, counts.series().T)]
[({'product': 'a'}, [1, 0, 0, 0, 0, 0, 0, 0, 2])]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from riskstats.inputs import Ints, refuse
from riskstats.lattice.kernels import add_records, count_recent, fill
from riskstats.lattice.schema import Dimension, Plan, Schema
from riskstats.lattice.store import Added, Chunk, EventStore
from riskstats.trees import Tree

__all__ = ["CellCounts", "Dimension", "EventStore", "Floors", "Lattice", "Plan", "Schema", "Tree"]
_BLOCK = 16  # weeks that one task adds
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Floors:
    """The least number of recent records that makes a cell a candidate.

    Attributes
    ----------
    dimension : str
        The dimension whose nodes may have floors of their own, usually the hazard.
    default : int
        For all other nodes.
    special : mapping of str to int
        Node name to floor; it holds for that node alone.
    """

    dimension: str
    default: int = 5
    special: Mapping[str, int] = field(default_factory=dict)

    def arrays(self, schema: Schema) -> tuple[Any, Any]:
        """For the kernels: floors by node, and the least floor at or beneath each node.

        Raises
        ------
        InputError
            Rule ``floor`` below 1, ``unknown_node``, ``unknown_dimension``.
        """
        d = schema.position(self.dimension)
        tree = schema.dimensions[d].tree
        floor = np.full(len(tree), self.default, dtype=np.int64)
        for name, least in self.special.items():
            floor[tree.index(name)] = least
        if floor.min() < 1:
            refuse("floors", "floor", "下限须至少为1", f"{floor.min()}: a floor is 1 or more")
        below = floor.copy()
        for node in tree.upward:
            if tree.parents[node] >= 0:
                below[tree.parents[node]] = min(below[tree.parents[node]], below[node])
        place = (schema.shifts[d], (1 << schema.bits[d]) - 1)
        return (*place, floor), (*place, below)


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
        The weeks of the first and the last row of ``series()``.
    """

    rollup: Ints
    key: Ints
    recent: Ints
    first: int
    last: int
    _table: NDArray[np.int32]
    _column: NDArray[np.intp]

    def series(self, chosen: NDArray[np.intp] | slice = slice(None)) -> NDArray[np.int32]:
        """Counts, shape (weeks, candidates), of all or of chosen candidates."""
        return self._table[: self.last - self.first + 1, self._column[chosen]]


class _Tracked:
    """One source's tracked cells: sorted keys by roll-up, columns, and the table of weekly counts."""

    def __init__(self, weeks: int) -> None:
        self.rollup, self.key = _NONE, _NONE
        self.table = np.zeros((weeks, 0), dtype=np.int32)
        self.hash: tuple[Any, Any, Any] = (_NONE, _NONE, _NONE)

    def column_of(self, plan: Plan, rollup: Ints, key: Ints) -> NDArray[np.intp]:
        """The column of each cell, -1 where untracked."""
        out = np.full(len(key), -1, dtype=np.intp)
        for g in range(len(plan)):
            mine = np.flatnonzero(self.rollup == g)
            asked = np.flatnonzero(rollup == g)
            if len(mine) and len(asked):
                order = mine[np.argsort(self.key[mine], kind="stable")]
                at = np.minimum(np.searchsorted(self.key[order], key[asked]), len(order) - 1)
                out[asked] = np.where(self.key[order[at]] == key[asked], order[at], -1)
        return out

    def widen(self, rollup: Ints, key: Ints) -> None:
        self.rollup, self.key = np.concatenate([self.rollup, rollup]), np.concatenate([self.key, key])
        if len(self.key) > self.table.shape[1]:
            wider = np.zeros((self.table.shape[0], int(len(self.key) * 1.3) + 64), dtype=np.int32)
            wider[:, : self.table.shape[1]] = self.table
            self.table = wider

    def lengthen(self, weeks: int) -> None:
        if weeks > self.table.shape[0]:
            longer = np.zeros((weeks + 52, self.table.shape[1]), dtype=np.int32)
            longer[: self.table.shape[0]] = self.table
            self.table = longer


class Lattice:
    """Counts of a store's cells, week by week.

    Parameters
    ----------
    store : EventStore
    plan : Plan
    floors : Floors
    window : int
        Weeks that count as recent.
    threads : int, optional
        As many as numba uses by default; results do not depend on it.
    """

    def __init__(
        self, store: EventStore, plan: Plan, floors: Floors, *, window: int = 4, threads: int | None = None
    ) -> None:
        if window < 1:
            refuse("window", "window", "窗口须至少1周", f"{window}: a week or more")
        if plan.schema is not store.schema and plan.schema != store.schema:
            refuse("plan", "schema", "计划与库的维度不同", "the plan's dimensions are not the store's")
        self.store, self.plan, self.window = store, plan, window
        self._floors, self._least = floors.arrays(store.schema)
        self._threads = threads or int(numba.get_num_threads())
        self._tracked: list[_Tracked] = []
        self._first, self._now = 0, -1
        self._skips: dict[int, tuple[Chunk, Ints]] = {}

    def count(self, now: int, *, first: int | None = None) -> dict[str, CellCounts]:
        """Count from nothing.

        Parameters
        ----------
        now : int
            The current week, the last that is counted.
        first : int, optional
            The first week counted; the store's first by default. Earlier records are left out.

        Raises
        ------
        InputError
            Rule ``week`` where ``now`` lies before ``first``, ``empty``.
        """
        self._first = self.store.weeks()[0] if first is None else first
        if now < self._first:
            refuse("now", "week", "当前周早于首周", f"week {now} lies before the first, {self._first}")
        self._now = now
        span = now - self._first + 1
        self._tracked = [_Tracked(span + 52) for _ in self.store.sources]
        recent = self._recent()
        self._track(recent)
        return self._results(recent)

    def advance(self, now: int, batches: Iterable[Added]) -> dict[str, CellCounts]:
        """Count on: what :meth:`EventStore.add` returned since the last count, late records included.

        Raises
        ------
        InputError
            Rule ``week`` where ``now`` lies before the last count, or nothing was counted before.
        """
        if not self._tracked or now < self._now:
            refuse(
                "now",
                "week",
                "须先全量计数，且周次不得倒退",
                f"week {now} cannot follow {self._now}: count first, then go on",
            )
        before, self._now = self._now, now
        fresh: dict[int, list[Chunk]] = {}
        for batch in batches:
            for chunk in batch.chunks:
                if self._first <= chunk.week <= before:
                    fresh.setdefault(chunk.source, []).append(chunk)
        for source, tracked in enumerate(self._tracked):
            tracked.lengthen(now - self._first + 1)
            late = fresh.get(source, [])
            newer = list(self.store.chunks(source, before + 1, now)) if now > before else []
            self._add(tracked.hash, tracked.table, [*late, *newer])
        recent = self._recent()
        self._track(recent)
        return self._results(recent)

    def _map(self, task: Callable[[Any], Any], over: Iterable[Any]) -> list[Any]:
        if self._threads == 1:
            return [task(one) for one in over]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(task, over))

    def _recent(self) -> list[NDArray[np.int64]]:
        """Candidates by source: rows of roll-up, key, recent count, sorted."""
        layout, needs = self.plan.layout, self.plan.needs

        def of(source: int) -> NDArray[np.int64]:
            chunks = list(self.store.chunks(source, max(self._first, self._now - self.window + 1), self._now))
            packed = np.concatenate([_NONE, *(c.packed for c in chunks)])
            skip = _NONE
            if any(c.group is not None for c in chunks):
                skips = [np.zeros(len(c.packed), dtype=np.int64) if c.group is None else self._skip(c) for c in chunks]
                skip = np.concatenate([_NONE, *skips])
            found = count_recent(packed, skip, layout, needs, self._floors, self._least)
            return np.asarray(found[:, np.lexsort((found[1], found[0]))])

        return self._map(of, range(len(self.store.sources)))

    def _skip(self, chunk: Chunk) -> Ints:
        """For each record of items with several rows: the roll-ups in which another row of the item counts already."""
        if id(chunk) not in self._skips:
            assert chunk.group is not None
            bits = np.zeros(len(chunk.packed), dtype=np.int64)
            for g in range(len(self.plan)):
                key = self.plan.keys(g, chunk.packed)
                order = np.lexsort((key, chunk.group))
                again = (np.diff(chunk.group[order]) == 0) & (np.diff(key[order]) == 0)
                bits[order[1:][again]] |= 1 << g
            self._skips[id(chunk)] = (chunk, bits)
        return self._skips[id(chunk)][1]

    def _track(self, recent: list[NDArray[np.int64]]) -> None:
        """Count back the candidates that are not tracked yet, and enter them for the weeks to come."""
        work: list[tuple[Any, NDArray[np.int32], list[Chunk]]] = []
        for source, (tracked, found) in enumerate(zip(self._tracked, recent, strict=True)):
            new = tracked.column_of(self.plan, found[0], found[1]) < 0
            if not new.any():
                continue
            start = len(tracked.key)
            tracked.widen(found[0][new], found[1][new])
            ids = np.arange(start, len(tracked.key))
            only_new = self._hash(tracked.rollup[start:], tracked.key[start:], ids)
            chunks = list(self.store.chunks(source, self._first, self._now))
            work += [(only_new, tracked.table, block) for block in _by_weeks(chunks)]
            tracked.hash = (
                only_new if start == 0 else self._hash(tracked.rollup, tracked.key, np.arange(len(tracked.key)))
            )
        self._map(lambda job: self._add(*job), work)

    def _hash(self, rollup: Ints, key: Ints, ids: Ints) -> tuple[Any, Any, Any]:
        """A hash table of cells by roll-up, with the coarser cells above them so that looking may start there."""
        keys = [key[rollup == g] for g in range(len(self.plan))]
        marks = [ids[rollup == g] for g in range(len(self.plan))]
        for g in reversed(range(len(self.plan))):
            for parent in self.plan.parents[g]:
                above = np.unique(self.plan.keys(parent, keys[g]))
                above = above[~np.isin(above, keys[parent])]
                keys[parent] = np.concatenate([keys[parent], above])
                marks[parent] = np.concatenate([marks[parent], np.full(len(above), -1)])
        bits = np.array([max(3, (2 * len(k) + 1).bit_length()) for k in keys], dtype=np.int64)
        base = np.concatenate([[0], np.cumsum(1 << bits)]).astype(np.int64)
        table = np.full(2 * int(base[-1]), -1, dtype=np.int64)
        for g, (cells, mark) in enumerate(zip(keys, marks, strict=True)):
            fill(table, base[g], bits[g], cells, mark)
        return table, base[:-1], bits

    def _add(self, hashed: tuple[Any, Any, Any], table: NDArray[np.int32], chunks: list[Chunk]) -> None:
        if len(hashed[1]) == 0:
            return
        for chunk in chunks:
            skip = _NONE if chunk.group is None else self._skip(chunk)
            row = table[chunk.week - self._first]
            add_records(chunk.packed, skip, self.plan.layout, self.plan.needs, *hashed, row)

    def _results(self, recent: list[NDArray[np.int64]]) -> dict[str, CellCounts]:
        out = {}
        for name, tracked, found in zip(self.store.sources, self._tracked, recent, strict=True):
            column = tracked.column_of(self.plan, found[0], found[1])
            out[name] = CellCounts(found[0], found[1], found[2], self._first, self._now, tracked.table, column)
        return out


def _by_weeks(chunks: list[Chunk]) -> list[list[Chunk]]:
    """Chunks in blocks of weeks, so that no two tasks write to one week."""
    blocks: dict[int, list[Chunk]] = {}
    for chunk in chunks:
        blocks.setdefault(chunk.week // _BLOCK, []).append(chunk)
    return list(blocks.values())
