"""A small world of products, hazards, ports, origins and makers, with outbreaks planted where a test wants them."""

from __future__ import annotations

import numpy as np

from riskstats.decide import Evidence
from riskstats.lattice import Dimension, EventStore, Floors, Lattice, Plan, Schema
from riskstats.trees import Tree


def layered(letter: str, *fan: int) -> Tree:
    parents: dict[str, str | None] = {letter: None}
    level = [letter]
    for size in fan:
        level = [
            child
            for node in level
            for child in [f"{node}{i}" for i in range(size)]
            if not parents.update({child: node})
        ]
    return Tree.from_parents(parents)


SCHEMA = Schema((
    Dimension("product", layered("g", 4, 5)), Dimension("hazard", layered("h", 3, 3)), Dimension("port", layered("p", 6, 2)),
    Dimension("origin", layered("o", 5)), Dimension("maker", layered("m", 30)),
))  # fmt: skip
SOURCES = ("inspection", "complaint")
ROLLUPS = [
    (1, 0, 0, 0, 0), (1, 1, 0, 0, 0), (1, 2, 0, 0, 0), (2, 0, 0, 0, 0), (2, 1, 0, 0, 0), (2, 2, 0, 0, 0), (0, 2, 0, 0, 0),
    (2, 2, 1, 0, 0), (2, 2, 0, 1, 0), (2, 2, 0, 0, 1), (2, 0, 0, 0, 1), (1, 2, 1, 0, 0), (0, 2, 1, 0, 0),
]  # fmt: skip
PLAN = Plan.of(SCHEMA, ROLLUPS)
WEEKS, PER_WEEK = 80, 250


class World:
    """Records of ``WEEKS`` weeks; :meth:`plant` adds an outbreak's, :meth:`evidence` closes the books."""

    def __init__(self, seed: int = 1) -> None:
        self.rng = np.random.default_rng(seed)
        self.rows: list[np.ndarray] = []
        self.item = 0
        self.put({}, WEEKS * PER_WEEK, 0, WEEKS - 1)

    def put(self, fixed: dict[str, str], size: int, first: int, last: int) -> np.ndarray:
        columns = []
        for d in SCHEMA.dimensions:
            node = d.tree.index(fixed[d.name]) if d.name in fixed else 0
            leaves = [i for i in np.flatnonzero(d.tree.is_leaf) if node in d.tree.path(int(i))]
            columns.append(self.rng.choice(leaves, size))
        source, week = self.rng.integers(0, 2, size), self.rng.integers(first, last + 1, size)
        items = np.arange(self.item, self.item + size)
        self.item += size
        self.rows.append(np.stack([*columns, source, week, items]))
        return self.rows[-1]

    def plant(self, cell: dict[str, str], size: int) -> None:
        self.put(cell, size, WEEKS - 4, WEEKS - 1)

    def evidence(self, **options: object) -> Evidence:
        table = np.concatenate(self.rows, axis=1)
        store = EventStore(SCHEMA, SOURCES)
        store.add(table[:5], source=table[5], week=table[6], item=table[7])
        counts = Lattice(store, PLAN, Floors("hazard", default=3)).count(WEEKS - 1)
        return Evidence.gather(store, PLAN, counts, **options)
