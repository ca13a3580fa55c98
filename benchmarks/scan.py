"""Tree scan over 10,000 nodes and space-time scan over 300 places, 999 replicates each, beside the bare draws.

Usage: ``PYTHONPATH=src .venv/bin/python benchmarks/scan.py``
The bare limit is what drawing the replicates alone costs with NumPy's multinomial; free scan software was not
installable here, so no peer runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from riskstats.scan import space_time_scan, tree_scan
from riskstats.trees import Tree


def lap(name: str, task: Callable[[], object], times: int = 3) -> None:
    task()
    laps = []
    for _ in range(times):
        cpu, wall = time.process_time(), time.perf_counter()
        task()
        laps.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = sorted(laps)[len(laps) // 2]
    print(f"{name:66s} {wall:7.3f} s wall {cpu:7.3f} s CPU")


def commodity_tree() -> Tree:
    parents: dict[str, str | None] = {"*": None}
    for a in range(20):
        parents[f"{a}"] = "*"
        for b in range(10):
            parents[f"{a}.{b}"] = f"{a}"
            for c in range(7):
                parents[f"{a}.{b}.{c}"] = f"{a}.{b}"
                parents |= {f"{a}.{b}.{c}.{d}": f"{a}.{b}.{c}" for d in range(6)}
    return Tree.from_parents(parents)


def main() -> None:
    rng = np.random.default_rng(0)
    tree = commodity_tree()
    leaves = np.flatnonzero(tree.is_leaf)[:, None]
    mass = rng.gamma(0.5, 1.0, len(leaves)) + 0.01
    for cases in (5_000, 50_000, 500_000):
        number = rng.multinomial(cases, mass / mass.sum())
        lap(
            f"tree scan, {len(tree):,} nodes, {cases:,} cases, Poisson",
            lambda n=number: tree_scan([tree], leaves, cases=n, expected=mass),
        )
        draw = np.random.default_rng(1)
        lap(
            "  bare limit: the multinomial draws", lambda d=draw, c=cases: d.multinomial(c, mass / mass.sum(), size=999)
        )
    items = rng.integers(1, 200, len(leaves))
    number = rng.binomial(items, 0.02)
    lap("tree scan, Bernoulli", lambda: tree_scan([tree], leaves, cases=number, expected=items, model="bernoulli"))
    hazards = Tree.flat([f"h{i}" for i in range(10)])
    crossed = np.array([(g, h) for g in leaves[::8, 0] for h in range(1, 11)])
    weight = rng.gamma(0.5, 1.0, len(crossed)) + 0.01
    both = rng.multinomial(20_000, weight / weight.sum())
    branches = len(tree_scan([tree, hazards], crossed, cases=both, expected=weight, replicates=1).nodes)
    lap(f"tree scan, crossed with 10 hazards, {branches:,} branches, 20,000 cases",
        lambda: tree_scan([tree, hazards], crossed, cases=both, expected=weight))  # fmt: skip
    places = np.stack([rng.uniform(20, 45, 300), rng.uniform(100, 125, 300)], axis=1)
    table = rng.poisson(2.0, (300, 12))
    lap("space-time scan, 300 places, 12 weeks, prospective, permutation", lambda: space_time_scan(places, table))


if __name__ == "__main__":
    main()
