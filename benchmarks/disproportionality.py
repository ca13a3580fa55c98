"""EBGM with two quantiles: 100 thousand and 10 million cells, beside vigipy where it is installed.

Usage: ``PYTHONPATH=src .venv/bin/python benchmarks/disproportionality.py [--peer PYTHON] [--cells 10000000]``
``--peer`` names the interpreter of a throw-away environment that has vigipy; it scores the same table in this run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from riskstats.disproportionality import (
    GammaMixture,
    fit_prior,
    from_counts,
    information_component,
    negative_log_likelihood,
    reporting_ratios,
    shrink,
)

PEER = """
import json, sys, time, warnings
import numpy as np, pandas as pd
warnings.simplefilter("ignore")
from vigipy import convert, gps
t = np.load(sys.argv[1])
frame = pd.DataFrame({"name": t["product"], "AE": t["hazard"], "count": t["n"]})
start = time.perf_counter(); box = convert(frame); made = time.perf_counter()
laps = []
for _ in range(3):
    c = time.process_time(); s = time.perf_counter()
    found = gps(box, min_events=1)
    laps.append((time.perf_counter() - s, time.process_time() - c))
wall, cpu = sorted(laps)[1]
print(json.dumps({"convert": made - start, "wall": wall, "cpu": cpu, "prior": [float(v) for v in found.param["prior_param"]]}))
"""


def lap(task: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """Median wall and processor seconds."""
    laps = []
    for _ in range(times):
        cpu, wall = time.process_time(), time.perf_counter()
        task()
        laps.append((time.perf_counter() - wall, time.process_time() - cpu))
    return sorted(laps)[len(laps) // 2]


def table(cells: int, seed: int = 7) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A table of non-zero cells with Zipf margins and one cell in twenty reported at several times its expectation."""
    rng = np.random.default_rng(seed)
    side = int(np.sqrt(cells) * 1.9)
    share = 1.0 / np.arange(1, side + 1) ** 0.7
    share /= share.sum()
    product, hazard = (i.reshape(-1) for i in np.indices((side, side)))
    mean = share[product] * share[hazard] * cells * 5
    high = rng.random(len(mean)) < 0.05
    n = rng.poisson(mean * np.where(high, rng.gamma(1.0, 4.0, len(mean)), rng.gamma(3.0, 0.33, len(mean))))
    kept = np.flatnonzero(n)[:cells]
    return product[kept], hazard[kept], n[kept]


def show(name: str, laps: tuple[float, float]) -> None:
    print(f"{name:58s} {laps[0]:8.3f} s wall {laps[1]:8.3f} s CPU")


def ours(product: np.ndarray, hazard: np.ndarray, n: np.ndarray, times: int) -> None:
    cells = from_counts(product, hazard, n)
    print(f"-- {len(cells):,} cells, counts up to {cells.n.max():,}")
    fit = fit_prior(cells.n, cells.expected)
    shrink(cells.n, cells.expected, fit.prior)
    show("margins and expected counts", lap(lambda: from_counts(product, hazard, n), times))
    show("prior, component truncation, 4 starts", lap(lambda: fit_prior(cells.n, cells.expected), times))
    show(
        "prior, mixture truncation, 4 starts",
        lap(lambda: fit_prior(cells.n, cells.expected, truncation="mixture"), times),
    )
    show("EBGM, EB05, EB95 at a prior", lap(lambda: shrink(cells.n, cells.expected, fit.prior), times))

    def whole() -> None:
        shrink(cells.n, cells.expected, fit_prior(cells.n, cells.expected, truncation="mixture").prior)

    show("prior + EBGM, EB05, EB95 (mixture)", lap(whole, times))
    show("information component with interval", lap(lambda: information_component(cells.n, cells.expected), times))
    margins = (cells.n, cells.product_total, cells.hazard_total, cells.total)
    show("PRR, ROR, chi-square with intervals", lap(lambda: reporting_ratios(*margins), times))
    print("   ", fit.prior, f"{fit.agreeing} of {len(fit.reached)} starts agree")


def peer(python: str, product: np.ndarray, hazard: np.ndarray, n: np.ndarray) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.npz"
        np.savez(path, product=product.astype(str), hazard=hazard.astype(str), n=n)
        done = subprocess.run([python, "-c", PEER, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        print("vigipy did not run:", done.stderr.strip().splitlines()[-1])
        return
    found = json.loads(done.stdout.strip().splitlines()[-1])
    show("vigipy: convert", (found["convert"], found["convert"]))
    show("vigipy: gps (prior + EBGM, EB05, EB95, FDR)", (found["wall"], found["cpu"]))
    cells, prior = from_counts(product, hazard, n), GammaMixture(*found["prior"])
    print("    vigipy prior", [round(v, 4) for v in found["prior"]], "of mixture likelihood",
          round(negative_log_likelihood(prior, cells.n, cells.expected, truncation="mixture"), 3), "against ours",
          round(fit_prior(cells.n, cells.expected, truncation="mixture").negative_log_likelihood, 3))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer")
    parser.add_argument("--cells", type=int, default=10_000_000)
    asked = parser.parse_args()
    small = table(100_000)
    ours(*small, times=5)
    if asked.peer:
        peer(asked.peer, *small)
    if asked.cells:
        ours(*table(asked.cells), times=1)


if __name__ == "__main__":
    main()
