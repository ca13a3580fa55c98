"""The iceberg count: records x 20 roll-ups from nothing, then one new week, beside a bare pass and DuckDB.

Usage: ``PYTHONPATH=src .venv/bin/python benchmarks/lattice.py [--millions 100] [--duckdb 5]``
Synthetic records: 5,000 commodities in three levels, 60 hazards in two, 200 origins in 7 regions, 300 ports in 42
districts, 20,000 makers, 8 sources, 520 weeks, Zipf rates. ``--duckdb`` runs the same plan as SQL on so many millions.
"""

from __future__ import annotations

import argparse
import time

import duckdb
import numpy as np

from riskstats.lattice import Dimension, EventStore, Floors, Lattice, Plan, Schema
from riskstats.trees import Tree

SOURCES = ("inspection", "complaint", "recall", "injury", "return", "media", "accident", "authority")
WEEKS, NEW = 520, 200_000
ROLLUPS = [
    (1, 0, 0, 0, 0), (2, 0, 0, 0, 0), (3, 0, 0, 0, 0), (0, 2, 0, 0, 0), (1, 1, 0, 0, 0), (1, 2, 0, 0, 0),
    (2, 1, 0, 0, 0), (2, 2, 0, 0, 0), (3, 1, 0, 0, 0), (3, 2, 0, 0, 0), (0, 2, 1, 0, 0), (0, 2, 0, 1, 0),
    (1, 2, 2, 0, 0), (2, 2, 2, 0, 0), (3, 2, 2, 0, 0), (2, 2, 0, 1, 0), (3, 2, 0, 2, 0), (3, 2, 0, 0, 1),
    (2, 0, 0, 0, 1), (3, 2, 2, 2, 0),
]  # product, hazard, origin, port, maker  # fmt: skip


def layered(*fan: int) -> Tree:
    """A tree with so many children at each level."""
    parents, level = [-1], [0]
    for size in fan:
        start = len(parents)
        parents += [node for node in level for _ in range(size)]
        level = list(range(start, len(parents)))
    return Tree(tuple(str(i) for i in range(len(parents))), np.array(parents))


def schema() -> Schema:
    return Schema((Dimension("product", layered(20, 25, 10)), Dimension("hazard", layered(10, 6)),
                   Dimension("origin", layered(7, 29)), Dimension("port", layered(42, 7)),
                   Dimension("maker", layered(20_000))))  # fmt: skip


def draw(rng: np.random.Generator, tree: Tree, size: int, power: float = 0.9) -> np.ndarray:
    leaves = np.flatnonzero(tree.is_leaf).astype(np.int32)
    share = 1.0 / np.arange(1, len(leaves) + 1) ** power
    shuffled = np.random.default_rng(len(leaves)).permutation(leaves)
    ends = np.cumsum(share / share.sum())
    return shuffled[np.minimum(np.searchsorted(ends, rng.random(size, dtype=np.float32)), len(leaves) - 1)]


def records(rng: np.random.Generator, shape: Schema, size: int, first: int, last: int) -> tuple:
    codes = [draw(rng, d.tree, size) for d in shape.dimensions]
    return (
        codes,
        rng.integers(0, len(SOURCES), size).astype(np.int8),
        rng.integers(first, last + 1, size).astype(np.int16),
    )


class Lap:
    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        print(
            f"{self.name:62s} {time.perf_counter() - self.wall:8.2f} s wall {time.process_time() - self.cpu:8.2f} s CPU",
            flush=True,
        )


def build(shape: Schema, millions: float, rng: np.random.Generator) -> EventStore:
    store = EventStore(shape, SOURCES)
    size, years = int(millions * 1e6), 10
    per = WEEKS // years
    for y in range(years):  # as an archive fills: year by year
        codes, source, week = records(rng, shape, size // years, y * per, (y + 1) * per - 1)
        store.add(codes, source=source, week=week)
    return store


def sql(lattice: Lattice, table: object, now: int) -> int:
    """The same plan as SQL; returns the sum of all added counts."""
    base = duckdb.connect()
    base.execute("SET threads=2")
    base.register("records", table)
    total = 0
    for g in range(len(lattice.plan)):
        base.execute(f"""
            CREATE OR REPLACE TEMP TABLE hot AS SELECT source, k{g} AS k FROM records
            WHERE week > {now - 4} AND week <= {now} AND k{g} >= 0 GROUP BY ALL HAVING count(*) >= 5""")
        total += base.execute(f"""
            SELECT coalesce(sum(n), 0) FROM (SELECT r.source, r.k{g}, r.week, count(*) AS n FROM records r
            JOIN hot h ON r.source = h.source AND r.k{g} = h.k GROUP BY ALL)""").fetchone()[0]
    return int(total)


def against_duckdb(shape: Schema, plan: Plan, millions: float) -> None:
    import pyarrow as pa

    store = build(shape, millions, np.random.default_rng(3))
    lattice = Lattice(store, plan, Floors("hazard"))
    with Lap(f"{millions:g}M records, ours, from nothing"):
        counts = lattice.count(WEEKS - 1)
    ours = sum(int(c.series().sum()) for c in counts.values())
    chunks = [c for s in range(len(SOURCES)) for c in store.chunks(s)]
    packed = np.concatenate([c.packed for c in chunks])
    columns = {f"k{g}": plan.keys(g, packed) for g in range(len(plan))}
    columns["source"] = np.concatenate([np.full(len(c.packed), c.source) for c in chunks])
    columns["week"] = np.concatenate([c.week for c in chunks])
    table = pa.table(columns)
    with Lap(f"{millions:g}M records, DuckDB, same plan, keys given"):
        theirs = sql(lattice, table, WEEKS - 1)
    print(f"    counts added: ours {ours:,}, DuckDB {theirs:,}, {'identical' if ours == theirs else 'DIFFERENT'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=float, default=100)
    parser.add_argument("--duckdb", type=float, default=5)
    asked = parser.parse_args()
    shape = schema()
    plan = Plan.of(shape, ROLLUPS)
    warm = Lattice(build(shape, 0.1, np.random.default_rng(1)), plan, Floors("hazard"))
    warm.count(WEEKS - 1)
    rng = np.random.default_rng(2)
    with Lap(f"{asked.millions:g}M records into the store (drawing included)"):
        store = build(shape, asked.millions, rng)
    lattice = Lattice(store, plan, Floors("hazard", special={"11": 2}))
    with Lap("bare limit: one pass over the packed records (sum)"):
        sum(int(c.packed.sum()) & 1 for s in range(len(SOURCES)) for c in store.chunks(s))
    for again in range(2):
        with Lap(f"20 roll-ups from nothing, run {again + 1}"):
            counts = lattice.count(WEEKS - 1)
    cells = sum(len(c.key) for c in counts.values())
    added = sum(int(c.series().sum(dtype=np.int64)) for c in counts.values())
    print(f"    {cells:,} candidates, {added:,} counts added")
    for week in range(WEEKS, WEEKS + 3):
        codes, source, at = records(rng, shape, NEW, week, week)
        with Lap(f"one new week, {NEW:,} records: store"):
            batch = store.add(codes, source=source, week=at, item=np.arange(NEW) + NEW * week)
        with Lap("one new week: count"):
            counts = lattice.advance(week, [batch])
        print(f"    {sum(len(c.key) for c in counts.values()):,} candidates")
    if asked.duckdb:
        against_duckdb(shape, plan, asked.duckdb)


if __name__ == "__main__":
    main()
