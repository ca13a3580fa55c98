"""What a week's decision rests on: candidates with their series, and the records behind them, under one fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from riskstats.inputs import Floats, Ints, refuse
from riskstats.lattice import CellCounts, EventStore, Plan


@dataclass(frozen=True, eq=False)
class SourceEvidence:
    """One source's part.

    Attributes
    ----------
    name : str
    rollup, key : ndarray, shape (candidates,)
    series : ndarray, shape (candidates, weeks)
        Weekly counts, the current week last.
    exposure : ndarray or None
        Denominators of the same shape, above 0.
    packed, week : ndarray, shape (records,)
        The records of the last ``span`` weeks, sorted.
    """

    name: str
    rollup: Ints
    key: Ints
    series: NDArray[np.int32]
    exposure: Floats | None
    packed: Ints
    week: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Evidence:
    """All sources' parts of one week.

    Attributes
    ----------
    plan : Plan
    now : int
        The current week.
    span : int
        Weeks of records that are at hand.
    sources : tuple of SourceEvidence
    """

    plan: Plan
    now: int
    span: int
    sources: tuple[SourceEvidence, ...]

    @classmethod
    def gather(
        cls, store: EventStore, plan: Plan, counts: Mapping[str, CellCounts], *, history: int = 108, span: int = 56,
        exposure: Mapping[str, Floats] | None = None,
    ) -> Evidence:  # fmt: skip
        """Take what a decision needs from a store and its counts.

        Parameters
        ----------
        history : int
            Weeks of the series, the current one included.
        span : int
            Weeks of records, for overlaps and for the spread test.
        exposure : mapping of str to ndarray, optional
            Denominators by source, shape (candidates, weeks counted).

        Raises
        ------
        InputError
            Rule ``empty`` without counts, ``shape`` where an exposure does not fit.
        """
        if not counts:
            refuse("counts", "empty", "没有计数", "no counts")
        now = next(iter(counts.values())).last
        parts = []
        for name, one in counts.items():
            series = one.series()
            given = None if exposure is None else exposure.get(name)
            if given is not None and given.shape != series.shape:
                refuse(f"exposure of {name!r}", "shape", "与计数不同形", f"{given.shape}: {series.shape} is needed")
            source = store.sources.index(name)
            records = [(c.packed[kept], c.week[kept]) for c in store.chunks(source)
                       for kept in [(c.week > now - span) & (c.week <= now)]]  # fmt: skip
            packed = np.concatenate([np.zeros(0, dtype=np.int64), *(p for p, _ in records)])
            week = np.concatenate([np.zeros(0, dtype=np.int32), *(w for _, w in records)])
            order = np.lexsort((week, packed))
            parts.append(SourceEvidence(name, one.rollup, one.key, np.ascontiguousarray(series[:, -history:]),
                                        None if given is None else np.ascontiguousarray(given[:, -history:]),
                                        packed[order], week[order]))  # fmt: skip
        return cls(plan, now, span, tuple(parts))

    @cached_property
    def sha256(self) -> str:
        """The fingerprint of everything here, trees and roll-ups included."""
        digest = hashlib.sha256(repr((self.plan.rollups, self.now, self.span)).encode())
        for dimension in self.plan.schema.dimensions:
            digest.update(repr((dimension.name, dimension.tree.names)).encode())
            digest.update(dimension.tree.parents.tobytes())
        for one in self.sources:
            digest.update(one.name.encode())
            for array in (one.rollup, one.key, one.series, one.exposure, one.packed, one.week):
                if array is not None:
                    digest.update(repr((array.dtype.str, array.shape)).encode())
                    digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def records_of(self, source: int, rollup: int, key: int) -> tuple[Ints, NDArray[np.int32]]:
        """The records at hand that lie in a cell: packed, week."""
        one, plan = self.sources[source], self.plan
        shift = plan.schema.shifts[0]
        tree, level = plan.schema.dimensions[0].tree, plan.rollups[rollup][0]
        node = key >> shift
        beneath = np.flatnonzero((tree.ancestors_at(level) == node) & (tree.depth >= level)) if level else None
        if beneath is None:
            inside = np.arange(len(one.packed))
        else:
            low = np.searchsorted(one.packed, beneath.astype(np.int64) << shift)
            high = np.searchsorted(one.packed, (beneath.astype(np.int64) + 1) << shift)
            inside = np.concatenate([np.arange(a, b) for a, b in zip(low, high, strict=True)])
        inside = inside[plan.keys(rollup, one.packed[inside]) == key]
        return one.packed[inside], one.week[inside]
