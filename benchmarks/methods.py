"""How fast the scenario methods are, beside the bare numpy limit of the same work in the same run.

    .venv/bin/python benchmarks/methods.py draws      100,000 draws of ten scenarios of five steps, four of them uncertain
    .venv/bin/python benchmarks/methods.py rescore    10,000 stored assessments of three scenarios under a new edition
    .venv/bin/python benchmarks/methods.py            both

Wall and processor time: on a busy machine read the second.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

import numpy as np

from riskmethods import assess, rescore
from riskmethods.editions import edition, filled
from riskmethods.propagation import propagate
from riskmethods.reading import read
from riskmethods.records import DRAWS

SCENARIOS, STORED, TIMES = 10, 10_000, 9
STRICTER = ("SSSS", "SSSS", "HSSS", "HHSS", "MHSS", "LMHS", "LLMH", "LLLM")


def document(n: int = 0) -> dict:
    """Ten scenarios of five steps: a point, a lognormal, a beta, a PERT, an interval."""
    origin = {"evidence": "D", "source": "benchmark", "author": "nobody"}
    return {"product": {"name": f"product {n}"}, "scenarios": [
        {"id": f"s{i}", "hazard": "mechanical.gap", "user": "consumer", "injury": "laceration", "severity": 1 + i % 4, "steps": [
            {"text": text, "quantity": quantity, **origin} for text, quantity in (
                ("defect", "1/2"), ("contact", {"dist": "lognormal", "median": f"1/{50 + i}", "ef": 3}),
                ("force", {"dist": "beta", "a": 2 + i, "b": 30}),
                ("reach", {"dist": "pert", "min": "1/100", "mode": "1/20", "max": "1/5"}),
                ("harm", {"low": "1/10", "high": "1/2"}))]}
        for i in range(SCENARIOS)]}  # fmt: skip


def timed(work: Callable[[], object], times: int = TIMES) -> str:
    """Median and least wall time, least processor time."""
    walls, processors = [], []
    for _ in range(times):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        walls.append((time.perf_counter() - wall) * 1000)
        processors.append((time.process_time() - processor) * 1000)
    return (
        f"median {statistics.median(walls):,.1f} ms, least {min(walls):,.1f} ms (processor {min(processors):,.1f} ms)"
    )


def bare_draws() -> np.ndarray:
    """The least that numpy can do: draw every uncertain step, multiply, find the row."""
    rng, edges = np.random.default_rng(188), np.array([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.5])
    counts = np.zeros(8, int)
    for i in range(SCENARIOS):
        p = 0.5 * np.exp(rng.normal(np.log(1 / (50 + i)), np.log(3) / 1.645, DRAWS)) * rng.beta(2 + i, 30, DRAWS)
        p *= 0.01 + 0.19 * rng.beta(1.84, 4.16, DRAWS)
        p *= np.exp(rng.uniform(np.log(0.1), np.log(0.5), DRAWS))
        counts += np.bincount(np.searchsorted(edges, p), minlength=8)
    return counts


def draws() -> None:
    """Monte Carlo, and the whole assessment around it."""
    from riskmethods.chains import Chain

    read_, faults = read(document())
    assert not faults
    chains = [Chain(tuple(step.quantity for step in s.steps), dict(s.severity.weights)) for s in read_.scenarios]
    eu = edition("eu-2024-3173")
    print(f"{DRAWS:,} draws of {SCENARIOS} scenarios, 4 uncertain steps each")
    print("  first run (tables built):", timed(lambda: propagate(chains, eu), 1))
    print("  propagate:", timed(lambda: propagate(chains, eu)))
    print("  assess, document to canonical bytes:", timed(lambda: assess(document()).as_json()))
    print("  bare numpy, draws and rows only:", timed(bare_draws))


def rescored() -> None:
    """Stored bytes to new levels; the bare limit only looks the rows up."""
    small = document()
    small["scenarios"] = small["scenarios"][:3]
    small["draws"] = 10_000
    kinds = []
    for n in range(100):  # a hundred different ones, each stored a hundred times: every one is parsed anew
        small["scenarios"][0]["steps"][0]["quantity"] = f"1/{n + 2}"
        kinds.append(assess(small).as_json())
    stored = kinds * (STORED // len(kinds))
    new = filled("gb-22760-2020", STRICTER, source="made up for this benchmark")
    print(f"{STORED:,} stored assessments of 3 scenarios ({len(stored[0]):,} bytes each) under a new edition")
    changed = sum(one.changed for one in rescore(stored, new))
    print(f"  rescore: {timed(lambda: sum(1 for _ in rescore(stored, new)), 3)}; {changed:,} levels change")
    p, edges = np.random.default_rng(1).random(3 * STORED), np.array([float(b) for b in reversed(new.bands)])
    grid = np.array([["LMHS".index(letter) for letter in row] for row in new.grid[::-1]])
    print(
        "  bare numpy, rows and highest of 3 only:",
        timed(lambda: grid[np.searchsorted(edges, p), 1].reshape(-1, 3).max(axis=1)),
    )


if __name__ == "__main__":
    asked = sys.argv[1:] or ["draws", "rescore"]
    for name in asked:
        {"draws": draws, "rescore": rescored}[name]()
