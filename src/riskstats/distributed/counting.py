"""The iceberg count on Spark: records stay where they lie, candidates travel to them, counts come back.

1. The driver reads the recent weeks and finds the candidates, with the kernel that one machine uses.
2. The candidates' tables go to every worker. A task is some weeks of one source: it reads them and adds them to the
   candidates by the same kernel.
3. Each week of a source is counted by one task, an item's rows lie in one week: nothing has to be brought together, and
   the result is that of :class:`~riskstats.lattice.Lattice` to the last count.

The driver holds the recent records (8 bytes each) and the candidates' series (4 bytes a week).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.fs as fs
import pyarrow.parquet as pq

from riskstats.inputs import Ints, refuse
from riskstats.lattice.counting import Floors, candidates, repeats
from riskstats.lattice.kernels import add_records
from riskstats.lattice.schema import Plan
from riskstats.lattice.tracking import CellCounts, tables_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_NONE = np.zeros(0, dtype=np.int64)
_PLACE = re.compile(r"source=(\d+)/week=(-?\d+)/[^/]+\.parquet$")
_TASKS = 8  # tasks per core: small enough that none holds up the rest


@dataclass(frozen=True, order=True)
class _File:
    source: int
    week: int
    path: str


class SparkLattice:
    """Counts of the cells of an archive that :meth:`~riskstats.lattice.EventStore.write` wrote.

    Parameters
    ----------
    session : SparkSession
    folder : str
        An address that pyarrow reads on every host: an absolute path that all share, ``hdfs://…``, ``s3://…``, ``gs://…``.
    plan : Plan
    floors : Floors
    sources : tuple of str
        In the order in which the archive was written.
    window : int
        Weeks that count as recent.

    Raises
    ------
    InputError
        Rule ``window``; ``empty`` where the folder holds no records.
    """

    def __init__(
        self,
        session: SparkSession,
        folder: str,
        plan: Plan,
        floors: Floors,
        sources: tuple[str, ...],
        *,
        window: int = 4,
    ) -> None:
        if window < 1:
            refuse("window", "window", "窗口须至少1周", f"{window}: a week or more")
        self.session, self.folder, self.plan, self.sources, self.window = session, folder, plan, sources, window
        self._floors = floors.arrays(plan.schema)
        self._files = _listed(folder, len(sources))
        if not self._files:
            refuse(folder, "empty", "库中没有记录", "no records")

    def count(self, now: int, *, first: int | None = None) -> dict[str, CellCounts]:
        """Count from nothing; parameters, result and errors as of :meth:`riskstats.lattice.Lattice.count`."""
        first = min(f.week for f in self._files) if first is None else first
        if now < first:
            refuse("now", "week", "当前周早于首周", f"week {now} lies before the first, {first}")
        files = [f for f in self._files if first <= f.week <= now]
        found = [self._candidates([f for f in files if f.source == s], now) for s in range(len(self.sources))]
        blocks = [np.zeros((len(key), now - first + 1), dtype=np.int32) for _, key, _ in found]
        for source, cell, week, n in self._counted(files, found):
            blocks[source][cell, week - first] = n
        return {
            name: CellCounts(rollup, key, recent, first, now, (block,), np.arange(len(key)))
            for name, (rollup, key, recent), block in zip(self.sources, found, blocks, strict=True)
        }

    def _candidates(self, files: list[_File], now: int) -> tuple[Ints, Ints, Ints]:
        read = [_records(self.folder, self.plan, f.path) for f in files if f.week > now - self.window]
        packed, skip = (np.concatenate([_NONE, *(part[i] for part in read)]) for i in (0, 1))
        return candidates(self.plan, self._floors, packed, skip)

    def _counted(
        self, files: list[_File], found: list[tuple[Ints, Ints, Ints]]
    ) -> Iterator[tuple[int, Ints, int, Ints]]:
        wanted = {s: tables_of(self.plan, rollup, key) for s, (rollup, key, _) in enumerate(found) if len(key)}
        size = {s: len(key) for s, (_, key, _) in enumerate(found)}
        weeks = [list(week) for _, week in groupby(sorted(files), key=lambda f: (f.source, f.week))]
        weeks = [week for week in weeks if week[0].source in wanted]
        if not weeks:
            return
        context = self.session.sparkContext
        told = context.broadcast((self.folder, self.plan, wanted, size))
        parted = context.parallelize(weeks, min(len(weeks), _TASKS * context.defaultParallelism))
        yield from parted.map(_adder(told)).toLocalIterator(prefetchPartitions=True)
        told.unpersist()


def _adder(told: Any) -> Callable[[list[_File]], tuple[int, Ints, int, Ints]]:
    """What a worker does with a week of a source: the candidates that have records in it, and how many."""

    def add(week: list[_File]) -> tuple[int, Ints, int, Ints]:
        folder, plan, wanted, size = told.value
        source, at = week[0].source, week[0].week
        counts = np.zeros((size[source], 1), dtype=np.int32)
        for file in week:
            packed, skip = _records(folder, plan, file.path)
            order = np.argsort(packed, kind="stable")
            some = skip[order] if skip.any() else _NONE
            columns = np.zeros(len(packed), dtype=np.int32)
            add_records(packed[order], columns, 0, some, plan.layout, *wanted[source], _no_dense(plan), counts)
        cell = np.flatnonzero(counts[:, 0])
        return source, cell, at, counts[cell, 0]

    return add


def _listed(folder: str, sources: int) -> list[_File]:
    system, root = fs.FileSystem.from_uri(folder)
    found = (_PLACE.search(info.path) for info in system.get_file_info(fs.FileSelector(root, recursive=True)))
    files = sorted(_File(int(m[1]), int(m[2]), m.string) for m in found if m)
    unknown = [f for f in files if f.source >= sources]
    if unknown:
        refuse(
            unknown[0].path, "unknown_source", "没有此来源", f"no source {unknown[0].source}; 0 to {sources - 1} are"
        )
    return files


def _records(folder: str, plan: Plan, path: str) -> tuple[Ints, Ints]:
    """A file's records, packed, and as bits the roll-ups that each does not count in."""
    system, _ = fs.FileSystem.from_uri(folder)
    names = [*plan.schema.names, "item", "several"]
    table = pq.read_table(path, columns=names, filesystem=system, partitioning=None)
    column = {name: table.column(name).to_numpy() for name in names}
    packed = plan.schema.pack([column[name] for name in plan.schema.names])
    skip = np.zeros(len(packed), dtype=np.int64)
    rows = np.flatnonzero(column["several"])
    skip[rows] = repeats(plan, packed[rows], column["item"][rows])
    return packed, skip


def _no_dense(plan: Plan) -> tuple[Any, ...]:
    """No dense rows: they pay for long runs only."""
    empty = [np.zeros(len(plan), dtype=np.int64) for _ in range(3)]
    return np.zeros(0, dtype=np.int32), np.full(len(plan), -1, dtype=np.int64), *empty
