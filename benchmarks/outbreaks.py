"""Planted outbreaks in a lattice with delays and duplicates: recall and precision within 20 flags a week, depth, delay.

Usage: ``PYTHONPATH=src .venv/bin/python benchmarks/outbreaks.py [--seeds 3] [--budget 20] [--level 0.05]``
Each world: 500 commodities in three levels, 30 hazards in two, 40 ports in 10 districts, 30 origins, 400 makers, four
sources, 4,000 items a week at Zipf rates with season, 130 weeks; every item reported 0 to 6 weeks late, one in six
also by another source or again. In the last 26 weeks 24 outbreaks of three kinds begin, six weeks each, with 2 to 12
items a week over all sources. Denominators are all reports of a source. Beside the
decision runs a plain list: the 20 cells of least combined p-value a week, uncollapsed.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np

from riskstats.decide import Evidence, RecentExcess, Rules, combine, decide
from riskstats.lattice import CellCounts, Dimension, EventStore, Floors, Lattice, Plan, Schema
from riskstats.trees import Tree

SOURCES = ("inspection", "injury", "complaint", "media")
VOLUME = (0.35, 0.1, 0.4, 0.15)
WEEKS, WATCHED, PER_WEEK, LASTS = 130, 26, 4_000, 6
ROLLUPS = [
    (1, 0, 0, 0, 0), (2, 0, 0, 0, 0), (3, 0, 0, 0, 0), (0, 2, 0, 0, 0), (1, 1, 0, 0, 0), (1, 2, 0, 0, 0), (2, 1, 0, 0, 0),
    (2, 2, 0, 0, 0), (3, 1, 0, 0, 0), (3, 2, 0, 0, 0), (1, 2, 1, 0, 0), (2, 2, 1, 0, 0), (3, 2, 1, 0, 0), (3, 2, 2, 0, 0),
    (2, 2, 0, 1, 0), (3, 2, 0, 1, 0), (3, 2, 0, 0, 1), (2, 2, 0, 0, 1), (2, 0, 0, 0, 1), (3, 0, 0, 0, 1),
]  # product, hazard, port, origin, maker  # fmt: skip


def layered(letter: str, *fan: int) -> Tree:
    names, parents, level = [letter], [-1], [0]
    for size in fan:
        start = len(names)
        for node in level:
            names += [f"{names[node]}.{i}" for i in range(size)]
            parents += [node] * size
        level = list(range(start, len(names)))
    return Tree(tuple(names), np.array(parents))


SCHEMA = Schema((
    Dimension("product", layered("g", 10, 10, 5)), Dimension("hazard", layered("h", 5, 6)),
    Dimension("port", layered("p", 10, 4)), Dimension("origin", layered("o", 30)), Dimension("maker", layered("m", 400)),
))  # fmt: skip
PLAN = Plan.of(SCHEMA, ROLLUPS)


@dataclass
class Outbreak:
    kind: str
    cell: tuple[int, ...]  # node by dimension, 0 for any
    start: int
    weekly: int


def leaves_under(d: int, node: int) -> np.ndarray:
    tree = SCHEMA.dimensions[d].tree
    under = tree.ancestors_at(int(tree.depth[node])) == node
    return np.flatnonzero(under & tree.is_leaf)


class World:
    """Items: five codes, source, week of the event, week of the report, item number, outbreak (-1 none)."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = np.random.default_rng(seed)
        self.share = []
        for d in SCHEMA.dimensions:
            leaves = np.flatnonzero(d.tree.is_leaf)
            weight = 1.0 / np.arange(1, len(leaves) + 1) ** 0.8
            self.share.append((rng.permutation(leaves), weight / weight.sum()))
        season = 1 + 0.25 * np.sin(2 * np.pi * np.arange(WEEKS) / 52)
        sizes = rng.negative_binomial(400, 400 / (400 + PER_WEEK * season))
        week = np.repeat(np.arange(WEEKS), sizes)
        codes = [rng.choice(leaves, len(week), p=p) for leaves, p in self.share]
        self.parts = [self._items(codes, week, -1)]
        self.outbreaks = [self._outbreak(i) for i in range(24)]
        self.table = np.concatenate(self.parts, axis=1)
        self.table[8] = np.arange(self.table.shape[1])

    def _items(self, codes: list[np.ndarray], week: np.ndarray, outbreak: int) -> np.ndarray:
        source = self.rng.choice(len(SOURCES), len(week), p=VOLUME)
        late = np.minimum(self.rng.geometric(0.6, len(week)) - 1, 6)
        return np.stack(
            [*codes, source, week, week + late, np.zeros(len(week), dtype=int), np.full(len(week), outbreak)]
        )

    def _outbreak(self, number: int) -> Outbreak:
        rng, kind = self.rng, ("systemic", "regional", "maker")[number % 3]
        depth = 2 if kind == "systemic" and number % 2 else 3
        leaf = int(rng.choice(self.share[0][0][:250]))
        product = SCHEMA.dimensions[0].tree.path(leaf)[depth]
        cell = [product, int(rng.choice(self.share[1][0])), 0, 0, 0]
        if kind == "regional":
            cell[2] = SCHEMA.dimensions[2].tree.path(int(rng.choice(self.share[2][0])))[1]
        if kind == "maker":
            cell[4] = int(rng.choice(self.share[4][0]))
        start, weekly = int(rng.integers(WEEKS - WATCHED + 2, WEEKS - LASTS)), int(rng.integers(2, 13))
        size = rng.poisson(weekly, LASTS)
        week = np.repeat(start + np.arange(LASTS), size)
        codes = []
        for d, node in enumerate(cell):
            if node == 0:
                leaves, p = self.share[d]
                codes.append(rng.choice(leaves, len(week), p=p))
            else:
                codes.append(rng.choice(leaves_under(d, node), len(week)))
        self.parts.append(self._items(codes, week, number))
        return Outbreak(kind, tuple(cell), start, weekly)

    def batch(self, week_low: int, week: int) -> np.ndarray:
        """The reports of some weeks, copies among them; a copy keeps its item number and carries another source."""
        new = self.table[:, (self.table[7] >= week_low) & (self.table[7] <= week)]
        copies = new[:, self.rng.random(new.shape[1]) < 1 / 6].copy()
        copies[5] = self.rng.integers(0, len(SOURCES), copies.shape[1])
        return np.concatenate([new, copies], axis=1)


def cell_nodes(names: dict[str, str]) -> tuple[int, ...]:
    return tuple(d.tree.index(names[d.name]) if d.name in names else 0 for d in SCHEMA.dimensions)


def related(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether in every dimension one node lies on the other's path."""
    pairs = zip(SCHEMA.dimensions, one, other, strict=True)
    return all(a in d.tree.path(b) or b in d.tree.path(a) for d, a, b in pairs)


def depth_error(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    pairs = zip(SCHEMA.dimensions, one, other, strict=True)
    return sum(abs(int(d.tree.depth[a]) - int(d.tree.depth[b])) for d, a, b in pairs)


class Tally:
    """What a list of flags achieved."""

    def __init__(self, world: World) -> None:
        self.world, self.right, self.flags, self.first, self.error, self.extent = world, 0, 0, {}, [], []
        self.double = 0

    def week(self, now: int, flags: list[tuple[tuple[int, ...], str]]) -> None:
        seen: set[int] = set()
        for cell, extent in flags:
            self.flags += 1
            number = self._cause(now, cell)
            if number is None:
                continue
            self.right += 1
            self.double += number in seen
            seen.add(number)
            outbreak = self.world.outbreaks[number]
            if number not in self.first:
                self.first[number] = now - outbreak.start
                self.error.append(depth_error(cell, outbreak.cell))
                if extent and outbreak.kind != "maker":
                    self.extent.append(extent == outbreak.kind)

    def _cause(self, now: int, cell: tuple[int, ...]) -> int | None:
        """The outbreak that makes up most of the recent records behind a flag's excess: a third of all records at least."""
        table = self.world.table
        recent = table[:, (table[7] > now - 4) & (table[7] <= now)]
        inside = np.ones(recent.shape[1], dtype=bool)
        for d, node in enumerate(cell):
            if node:
                tree = SCHEMA.dimensions[d].tree
                inside &= tree.ancestors_at(int(tree.depth[node]))[recent[d]] == node
        marks = recent[9, inside]
        found = np.bincount(marks[marks >= 0], minlength=1)
        best = int(found.argmax())
        good = found[best] >= 0.3 * inside.sum() and related(cell, self.world.outbreaks[best].cell)
        return best if good else None

    def line(self, name: str) -> str:
        by_kind = {
            k: [i for i, o in enumerate(self.world.outbreaks) if o.kind == k] for k in ("systemic", "regional", "maker")
        }
        recall = {k: f"{sum(i in self.first for i in v)}/{len(v)}" for k, v in by_kind.items()}
        delay = float(np.mean(list(self.first.values()))) if self.first else float("nan")
        share = self.right / max(1, self.flags)
        extent = f", extent right {np.mean(self.extent):.2f}" if self.extent else ""
        return (f"{name:28s} recall {len(self.first)}/{len(self.world.outbreaks)} {recall}, precision {share:.2f} of {self.flags} flags, "
                f"repeats in a week {self.double}, depth error {np.mean(self.error or [np.nan]):.2f}, delay {delay:.1f} weeks{extent}")  # fmt: skip


def plain_list(evidence: Evidence, budget: int, score: RecentExcess) -> list[tuple[tuple[int, ...], str]]:
    """The cells of least p-value, as a list without the lattice would be."""
    table: dict[tuple[int, int], list[float]] = {}
    for s, one in enumerate(evidence.sources):
        for g, k, p in zip(
            one.rollup.tolist(), one.key.tolist(), score(one.series, one.exposure).tolist(), strict=True
        ):
            table.setdefault((g, k), [np.nan] * len(SOURCES))[s] = p
    p = combine(list(table.values()))
    best = np.argsort(p)[:budget]
    cells = list(table)
    return [(cell_nodes(PLAN.cell_names(*cells[i])), "") for i in best if p[i] <= 1e-4]


def totals(store: EventStore, counts: dict[str, CellCounts]) -> dict[str, np.ndarray]:
    """All reports of the source that week, as the denominator: season and growth of reporting cancel."""
    out = {}
    for s, (name, one) in enumerate(counts.items()):
        week = np.concatenate([c.week for c in store.chunks(s)]) - one.first
        span = one.last - one.first + 1
        total = np.bincount(week[(week >= 0) & (week < span)], minlength=span) + 1.0
        out[name] = np.broadcast_to(total, (len(one), span))
    return out


def run(seed: int, budget: int, level: float) -> tuple[Tally, Tally, float]:
    world = World(seed)
    store = EventStore(SCHEMA, SOURCES)
    lattice = Lattice(store, PLAN, Floors("hazard", default=5, special={"h.0.0": 2}))
    start = WEEKS - WATCHED
    rows = world.batch(0, start - 1)
    store.add(rows[:5], source=rows[5], week=rows[7], item=rows[8])
    lattice.count(start - 1)
    ours, plain, spent = Tally(world), Tally(world), 0.0
    rules = Rules(budget=budget, level=level)
    for now in range(start, WEEKS):
        rows = world.batch(now, now)
        began = time.perf_counter()
        batch = store.add(rows[:5], source=rows[5], week=rows[7], item=rows[8])
        counts = lattice.advance(now, [batch])
        evidence = Evidence.gather(store, PLAN, counts, exposure=totals(store, counts))
        decision = decide(evidence, rules)
        spent += time.perf_counter() - began
        ours.week(now, [(cell_nodes(f.cell), f.extent) for f in decision.flags])
        plain.week(now, plain_list(evidence, budget, rules.baseline))
    return ours, plain, spent / WATCHED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--budget", type=int, default=20)
    parser.add_argument("--level", type=float, default=0.05)
    asked = parser.parse_args()
    for seed in range(asked.seeds):
        ours, plain, week = run(seed, asked.budget, asked.level)
        print(f"world {seed}: {week:.2f} s a week, store to decision")
        print(ours.line("  decision"))
        print(plain.line("  plain list of least p"), flush=True)


if __name__ == "__main__":
    main()
