"""The event store: records of a source and a week, packed and sorted, each item counted once however often it came.

Append-only. An item (one incident, one failed lot) may reach the house through several sources and several times: the
first batch that brings it wins; within a batch the source that stands first in ``sources``. All later rows of it are
copies and are dropped. An item with several rows in its batch (two hazards, say) keeps them all, and counts once in
each cell that holds any of them.

>>> schema = Schema((Dimension("product", Tree.flat(["a", "b"])), Dimension("hazard", Tree.flat(["x", "y"]))))
>>> store = EventStore(schema, ("inspection", "complaint"))
>>> store.add([[1, 1, 2], [1, 2, 1]], source=[0, 0, 1], week=[7, 7, 7], item=[100, 100, 101]).kept
3
>>> store.add([[1], [1]], source=[1], week=[8], item=[100])  # the same incident, now as a complaint
Added(kept=0, copies=1, chunks=())
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from numpy.typing import ArrayLike, NDArray

from riskstats.inputs import Ints, refuse, same_length
from riskstats.lattice.schema import Dimension, Schema
from riskstats.trees import Tree

__all__ = ["Added", "Chunk", "Dimension", "EventStore", "Schema", "Tree"]
_ALONE = -1


@dataclass(frozen=True, eq=False)
class Chunk:
    """Records of one source.

    Attributes
    ----------
    source : int
    packed : ndarray of int64
        Records, sorted.
    week : ndarray of int32
        The week of each record.
    group : ndarray of int64 or None
        None where every record is its item's only one; else a number per item.
    item : ndarray of int64
        The item of each record, -1 where a record has none.
    """

    source: int
    packed: Ints
    week: NDArray[np.int32]
    group: Ints | None
    item: Ints

    @cached_property
    def weeks(self) -> tuple[int, int]:
        """The first and the last week in it."""
        return int(self.week.min()), int(self.week.max())

    def within(self, first: int, last: int) -> NDArray[np.intp] | None:
        """The records of some weeks, by position; None for all."""
        low, high = self.weeks
        if first <= low and high <= last:
            return None
        if last < low or high < first:
            return np.zeros(0, dtype=np.intp)
        return np.flatnonzero((self.week >= first) & (self.week <= last))

    def merge(self, other: Chunk) -> Chunk:
        """Both chunks' records in one order; for records that are their items' only ones."""
        packed = np.concatenate([self.packed, other.packed])
        order = np.argsort(packed, kind="stable")  # two sorted runs: one merge
        return Chunk(self.source, packed[order], np.concatenate([self.week, other.week])[order], None,
                     np.concatenate([self.item, other.item])[order])  # fmt: skip


@dataclass(frozen=True)
class Added:
    """What a batch brought: records kept, copies dropped, and the new chunks."""

    kept: int
    copies: int
    chunks: tuple[Chunk, ...] = field(repr=True, default=())


class _Seen:
    """Item numbers seen, as a few sorted runs; each new run merges with those not much longer than itself."""

    def __init__(self) -> None:
        self.runs: list[Ints] = []

    def holds(self, items: Ints) -> NDArray[np.bool_]:
        found = np.zeros(len(items), dtype=bool)
        for run in self.runs:
            at = np.minimum(np.searchsorted(run, items), len(run) - 1)
            found |= run[at] == items
        return found

    def add(self, items: Ints) -> None:
        new = np.sort(items)
        while self.runs and len(self.runs[-1]) <= 4 * len(new):
            new = np.sort(np.concatenate([self.runs.pop(), new]), kind="stable")
        if len(new):
            self.runs.append(new)


class EventStore:
    """Records by source and week.

    Parameters
    ----------
    schema : Schema
    sources : tuple of str
        In order of precedence for items that several of them report.
    """

    def __init__(self, schema: Schema, sources: tuple[str, ...]) -> None:
        if not sources or len(set(sources)) < len(sources):
            refuse("sources", "sources", "来源须非空且互异", "one or more different sources are needed")
        self.schema, self.sources = schema, sources
        self._single: list[list[Chunk]] = [[] for _ in sources]
        self._grouped: list[list[Chunk]] = [[] for _ in sources]
        self._weeks: tuple[int, int] | None = None
        self._seen = _Seen()

    def __len__(self) -> int:
        return sum(len(chunk.packed) for source in range(len(self.sources)) for chunk in self.chunks(source))

    def chunks(self, source: int) -> list[Chunk]:
        """A source's records."""
        return self._single[source] + self._grouped[source]

    def weeks(self) -> tuple[int, int]:
        """The first and the last week with records.

        Raises
        ------
        InputError
            Rule ``empty``.
        """
        if self._weeks is None:
            refuse("store", "empty", "库中没有记录", "no records")
        return self._weeks

    def add(
        self, codes: Iterable[ArrayLike], *, source: ArrayLike, week: ArrayLike, item: ArrayLike | None = None
    ) -> Added:
        """Append a batch.

        Parameters
        ----------
        codes : iterable of array_like of int
            One column of node indices per dimension.
        source : array_like of int
            Index into ``sources``.
        week : array_like of int
            Weeks on one running count (not 1 to 53).
        item : array_like of int, optional
            Item numbers from 0 up; without them every record is an item of its own and cannot be known again.

        Raises
        ------
        InputError
            Rule ``shape``, ``unknown_node``, ``unknown_source`` or ``not_a_number``.
        """
        packed = self.schema.pack(codes)
        src, at = _whole(source, "source"), _whole(week, "week")
        same_length("codes, source, week", packed, src, at)
        bad = np.flatnonzero((src < 0) | (src >= len(self.sources)))
        if len(bad):
            refuse(
                f"source[{bad[0]}]",
                "unknown_source",
                "没有此来源",
                f"no source {src[bad[0]]}; 0 to {len(self.sources) - 1} are",
            )
        if item is None:
            return self._file(packed, src, at, None, None, 0)
        items = _whole(item, "item")
        same_length("codes, item", packed, items)
        if len(items) and items.min() < 0:
            refuse("item", "not_a_number", "编号不得为负", "item numbers are 0 or more")
        kept, at, group = self._first(packed, src, at, items)
        copies = len(packed) - len(kept)
        return self._file(packed[kept], src[kept], at[kept], items[kept], group, copies)

    def _first(self, packed: Ints, src: Ints, week: Ints, item: Ints) -> tuple[NDArray[np.intp], Ints, Ints]:
        """The rows that count, their item's week, and a group number for items of several rows."""
        order = np.lexsort((packed, week, src, item))
        order = order[~self._seen.holds(item[order])]
        i, s, p = item[order], src[order], packed[order]
        head = np.ones(len(order), dtype=bool)
        head[1:] = i[1:] != i[:-1]
        owner = np.flatnonzero(head)[np.cumsum(head) - 1] if len(order) else np.zeros(0, dtype=np.int64)
        mine = s == s[owner]
        week = week.copy()
        week[order] = week[order][owner]
        order, owner, p = order[mine], owner[mine], p[mine]
        again = np.lexsort((p, owner))  # one item's rows may lie apart by week: sort out those that say the same
        order, owner, p = order[again], owner[again], p[again]
        same = np.zeros(len(order), dtype=bool)
        same[1:] = (owner[1:] == owner[:-1]) & (p[1:] == p[:-1])
        order, owner = order[~same], owner[~same]
        number = np.bincount(owner, minlength=1)
        group = np.where(number[owner] > 1, owner, _ALONE)
        self._seen.add(np.unique(item[order]))
        return order, week, group

    def _file(self, packed: Ints, src: Ints, week: Ints, item: Ints | None, group: Ints | None, copies: int) -> Added:
        chunks: list[Chunk] = []
        if len(week):
            low, high = self._weeks or (int(week.min()), int(week.max()))
            self._weeks = (min(low, int(week.min())), max(high, int(week.max())))
        for source in range(len(self.sources)):
            mine = src == source
            single = np.flatnonzero(mine if group is None else mine & (group == _ALONE))
            several = np.flatnonzero(mine & (group != _ALONE)) if group is not None else single[:0]
            if len(single):
                chunks.append(self._chunk(source, single[np.argsort(packed[single])], packed, week, item, None))
                self._merge(self._single[source], chunks[-1])
            if len(several):
                chunks.append(self._chunk(source, several[np.argsort(packed[several])], packed, week, item, group))
                self._grouped[source].append(chunks[-1])
        return Added(len(packed), copies, tuple(chunks))

    @staticmethod
    def _chunk(
        source: int, rows: NDArray[np.intp], packed: Ints, week: Ints, item: Ints | None, group: Ints | None
    ) -> Chunk:
        # An item number that is always -1 takes no room: one number, seen as often as there are records.
        items = np.broadcast_to(np.int64(-1), len(rows)) if item is None else item[rows]
        return Chunk(source, packed[rows], week[rows].astype(np.int32), None if group is None else group[rows], items)

    @staticmethod
    def _merge(runs: list[Chunk], new: Chunk) -> None:
        """Append a run; runs not much longer than the newest merge with it, so that there are only a few."""
        while runs and len(runs[-1].packed) <= 4 * len(new.packed):
            new = runs.pop().merge(new)
        runs.append(new)

    def write(self, folder: Path) -> None:
        """Write the store as Parquet, one folder per source and week; columns are node indices, the item, and
        whether the item has several rows."""
        for source in range(len(self.sources)):
            chunks = self.chunks(source)
            if not chunks:
                continue
            packed, week, item = (np.concatenate([getattr(c, n) for c in chunks]) for n in ("packed", "week", "item"))
            several = np.concatenate([np.full(len(c.packed), c.group is not None) for c in chunks])
            order = np.argsort(week, kind="stable")
            ends = np.flatnonzero(np.diff(week[order], append=week.max() + 1)) + 1
            for rows in np.split(order, ends[:-1]):
                place = folder / f"source={source}" / f"week={week[rows[0]]}"
                place.mkdir(parents=True, exist_ok=True)
                nodes = zip(self.schema.names, self.schema.unpack(packed[rows]), strict=True)
                table = pa.table(
                    {n: c.astype(np.int32) for n, c in nodes} | {"item": item[rows], "several": several[rows]}
                )
                pq.write_table(table, place / "part.parquet", compression="zstd")

    @classmethod
    def read(cls, folder: Path, schema: Schema, sources: tuple[str, ...]) -> EventStore:
        """Read what :meth:`write` wrote.

        Raises
        ------
        InputError
            Rule ``empty`` where the folder holds no Parquet file, ``unknown_dimension`` where a column is missing.
        """
        if not any(folder.rglob("*.parquet")):
            refuse(str(folder), "empty", "没有Parquet文件", "no Parquet files")
        table = ds.dataset(folder, format="parquet", partitioning="hive").to_table()
        for name in schema.names:
            if name not in table.column_names:
                refuse(f"column {name!r}", "unknown_dimension", "缺少此列", "is missing")
        column = {name: table.column(name).to_numpy() for name in (*schema.names, "source", "week", "item")}
        store = cls(schema, sources)
        for numbered in (True, False):
            rows = np.flatnonzero((column["item"] >= 0) == numbered)
            if len(rows):
                store.add([column[n][rows] for n in schema.names], source=column["source"][rows],
                          week=column["week"][rows], item=column["item"][rows] if numbered else None)  # fmt: skip
        return store


def _whole(values: ArrayLike, place: str) -> Ints:
    array = np.asarray(values)
    if array.dtype.kind not in "iu" and len(array):
        refuse(place, "not_a_number", "须为整数", f"whole numbers are needed, not {array.dtype}")
    return array.astype(np.int64)
