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
>>> [(lattice.plan.cell_names(g, k), n.tolist()) for g, k, n in zip(counts.rollup, counts.key, counts.series())]
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
from riskstats.lattice.kernels import add_records, count_recent, spread
from riskstats.lattice.schema import LEAD, Dimension, Plan, Schema
from riskstats.lattice.store import Added, Chunk, EventStore
from riskstats.lattice.tracking import CellCounts, Tracked
from riskstats.trees import Tree

__all__ = ["CellCounts", "Dimension", "EventStore", "Floors", "Lattice", "Plan", "Schema", "Tree"]
_NONE = np.zeros(0, dtype=np.int64)
_SMALL = 4096  # cells: a roll-up with no more is tracked whole


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


class Lattice:
    """Counts of a store's cells, week by week.

    Parameters
    ----------
    store : EventStore
    plan : Plan
    floors : Floors
    window : int
        Weeks that count as recent.
    keep : int
        Weeks for which a cell that is no candidate any more stays tracked; if it comes back later it is counted anew.
    threads : int, optional
        As many as numba uses by default; sources are shared among them, and results do not depend on it.
    """

    def __init__(
        self,
        store: EventStore,
        plan: Plan,
        floors: Floors,
        *,
        window: int = 4,
        keep: int = 26,
        threads: int | None = None,
    ) -> None:
        if window < 1 or keep < 0:
            refuse("window", "window", "窗口须至少1周", f"{window}, keep {keep}: a week or more, and 0 or more")
        if plan.schema is not store.schema and plan.schema != store.schema:
            refuse("plan", "schema", "计划与库的维度不同", "the plan's dimensions are not the store's")
        self.store, self.plan, self.window, self.keep = store, plan, window, keep
        self._floors, self._least = floors.arrays(store.schema)
        self._threads = threads or int(numba.get_num_threads())
        self._tracked: list[Tracked] = []
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
        self._tracked = [Tracked(self.plan) for _ in self.store.sources]
        return self._finish()

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
        fresh: list[list[Chunk]] = [[] for _ in self.store.sources]
        for batch in batches:
            for chunk in batch.chunks:
                fresh[chunk.source].append(chunk)

        def bring(source: int) -> None:
            tracked = self._tracked[source]
            tracked.lengthen(now - self._first + 1)
            parts = [(c.within(self._first, before), c) for c in fresh[source]]
            if now > before:
                parts += [(c.within(before + 1, now), c) for c in self.store.chunks(source)]
            for rows, chunk in parts:
                if tracked.tables is not None and (rows is None or len(rows)):
                    taken = chunk.week if rows is None else chunk.week[rows]
                    columns, week = np.unique(taken - self._first, return_inverse=True)
                    counts = np.zeros((len(tracked.key), len(columns)), dtype=np.int32)
                    self._add(
                        chunk, rows, (week.astype(np.int32), 0), (tracked.rollup, tracked.key), tracked.tables, counts
                    )
                    tracked.add(columns, counts)

        self._map(bring)
        return self._finish()

    def _map(self, task: Callable[[int], Any]) -> list[Any]:
        """A task for each source, shared among threads."""
        over = range(len(self.store.sources))
        if self._threads == 1:
            return [task(source) for source in over]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(task, over))

    def _add(
        self, chunk: Chunk, rows: NDArray[np.intp] | None, weeks: tuple[NDArray[np.int32], int],
        cells: tuple[Ints, Ints], tables: tuple[Any, Any, Any], counts: NDArray[np.int32],
    ) -> None:  # fmt: skip
        """Add a chunk's records, or some rows of it, to counts; ``weeks`` are its weeks and the first column's."""
        skip = _NONE if chunk.group is None else self._skip(chunk)
        packed = chunk.packed
        if rows is not None:
            packed, skip = packed[rows], skip if chunk.group is None else skip[rows]
        dense = self._dense(cells, tables, len(packed) // 4)
        add_records(packed, *weeks, skip, self.plan.layout, *tables, dense, counts)

    def _dense(self, cells: tuple[Ints, Ints], tables: tuple[Any, Any, Any], room: int) -> tuple[Any, ...]:
        """Rows of candidates by node, for roll-ups with one further dimension, where they cost little against the pass."""
        plan, leads = self.plan, tables[1]
        size = len(plan)
        base, nodes, shift, mask, place = np.full(size, -1), *(np.zeros(size, dtype=np.int64) for _ in range(4))
        ancestors, total, at = [_NONE], 0, 0
        for g, (rollup, bits) in enumerate(zip(plan.rollups, leads[2], strict=True)):
            more = [d for d, level in enumerate(rollup) if level and d >= LEAD]
            if len(more) != 1 or bits == 0:
                continue
            tree = plan.schema.dimensions[more[0]].tree
            needed = (1 << int(bits)) * len(tree)
            if total + needed > room:
                continue
            nodes[g], shift[g] = len(tree), plan.schema.shifts[more[0]]
            mask[g], place[g], base[g] = (1 << plan.schema.bits[more[0]]) - 1, at, total
            level = rollup[more[0]]
            ancestors.append(np.where(tree.depth >= level, tree.ancestors_at(level), -1).astype(np.int64))
            at, total = at + len(tree), total + needed
        dense = (np.full(total, -1, dtype=np.int32), base, nodes, shift, mask)
        spread(*cells, leads, plan.layout, dense, (place, np.concatenate(ancestors)))
        return dense

    def _finish(self) -> dict[str, CellCounts]:
        """Find this week's candidates, take up the new ones with their history, and hand all over."""
        found = self._map(self._bring_up)
        return dict(zip(self.store.sources, found, strict=True))

    def _bring_up(self, source: int) -> CellCounts:
        tracked = self._tracked[source]
        rollup, key, number = self._recent(source)
        new = tracked.row_of(rollup, key) < 0
        if new.any():
            cells = rollup[new], key[new]
            if tracked.tables is None:
                cells = self._with_small(*cells)
            lasting = np.arange(len(cells[0])) >= new.sum()
            only = tracked.take_up(*cells, self._now - self._first + 1 + 52, lasting)
            for chunk in self.store.chunks(source):
                rows = chunk.within(self._first, self._now)
                week = chunk.week if rows is None else chunk.week[rows]
                self._add(chunk, rows, (week, self._first), cells, only, tracked.blocks[-1])
        tracked.active = np.minimum(tracked.active, self._now - 1)
        tracked.active[tracked.row_of(rollup, key)] = self._now
        tracked.retire(self._now - self.keep)
        row = tracked.row_of(rollup, key)
        return CellCounts(rollup, key, number, self._first, self._now, tuple(tracked.blocks), row)

    def _with_small(self, rollup: Ints, key: Ints) -> tuple[Ints, Ints]:
        """The cells, and all cells of small roll-ups: to track them from the start is cheaper than to count them back."""
        for g, levels in enumerate(self.plan.rollups):
            every = np.zeros(1, dtype=np.int64)
            for dimension, shift, level in zip(
                self.plan.schema.dimensions, self.plan.schema.shifts, levels, strict=True
            ):
                if level and len(every) <= _SMALL:
                    nodes = np.flatnonzero(dimension.tree.depth == level).astype(np.int64) << shift
                    every = (every[:, None] | nodes).reshape(-1)
            if len(every) <= _SMALL:
                missing = every[~np.isin(every, key[rollup == g])]
                rollup, key = np.concatenate([rollup, np.full(len(missing), g)]), np.concatenate([key, missing])
        return rollup, key

    def _recent(self, source: int) -> tuple[Ints, Ints, Ints]:
        """One source's candidates: roll-ups, keys, recent counts, sorted."""
        packed, skips = [_NONE], [_NONE]
        for chunk in self.store.chunks(source):
            rows = chunk.within(max(self._first, self._now - self.window + 1), self._now)
            here = slice(None) if rows is None else rows
            packed.append(chunk.packed[here])
            skips.append(np.zeros(len(packed[-1]), dtype=np.int64) if chunk.group is None else self._skip(chunk)[here])
        return candidates(self.plan, (self._floors, self._least), np.concatenate(packed), np.concatenate(skips))

    def _skip(self, chunk: Chunk) -> Ints:
        """For each record of items with several rows: the roll-ups in which another row of the item counts already."""
        if id(chunk) not in self._skips:
            assert chunk.group is not None
            self._skips[id(chunk)] = (chunk, repeats(self.plan, chunk.packed, chunk.group))
        return self._skips[id(chunk)][1]


def candidates(plan: Plan, floors: tuple[Any, Any], packed: Ints, skip: Ints) -> tuple[Ints, Ints, Ints]:
    """The cells that reach their floor in some recent records: roll-ups, keys, counts, sorted.

    ``floors`` is what :meth:`Floors.arrays` gives; ``skip`` holds by record, as bits, the roll-ups that it does not count in.
    """
    order = np.argsort(packed)
    skip = skip[order] if skip.any() else _NONE
    found = count_recent(packed[order], skip, plan.layout[:3], plan.needs, *floors)
    found = found[:, np.lexsort((found[1], found[0]))]
    return found[0], found[1], found[2]


def repeats(plan: Plan, packed: Ints, group: Ints) -> Ints:
    """For each record of items with several rows, as bits: the roll-ups in which another row of the item counts already."""
    bits = np.zeros(len(packed), dtype=np.int64)
    for g in range(len(plan)):
        key = plan.keys(g, packed)
        order = np.lexsort((key, group))
        again = (np.diff(group[order]) == 0) & (np.diff(key[order]) == 0)
        bits[order[1:][again]] |= 1 << g
    return bits
