"""The iceberg count on Spark with separate worker processes, beside one machine on the same archive; results must agree.

Usage: ``PYTHONPATH=src .venv/bin/python benchmarks/distributed.py [--millions 5] [--master local-cluster[2,1,2048]]``
On one machine Spark costs more than it gives: its worth is that records may lie on many.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from lattice import ROLLUPS, SOURCES, WEEKS, Lap, build, schema

from riskstats.distributed import SparkLattice, session
from riskstats.lattice import EventStore, Floors, Lattice, Plan


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--millions", type=float, default=5.0)
    asked.add_argument("--master", default="local-cluster[2,1,2048]")
    given = asked.parse_args()
    shape = schema()
    plan, floors = Plan.of(shape, ROLLUPS), Floors("hazard")
    with tempfile.TemporaryDirectory() as folder:
        build(shape, given.millions, np.random.default_rng(3)).write(Path(folder))
        with Lap(f"{given.millions:g}M records, one machine: read the archive"):
            store = EventStore.read(Path(folder), shape, SOURCES)
        with Lap("one machine: count from nothing"):
            here = Lattice(store, plan, floors).count(WEEKS - 1)
        with Lap(f"Spark {given.master}: begin"):
            spark = session(given.master)
        for run in ("first (workers start and load their kernels)", "again"):
            with Lap(f"Spark: read and count from nothing, {run}"):
                there = SparkLattice(spark, folder, plan, floors, SOURCES).count(WEEKS - 1)
        spark.stop()
    same = all(np.array_equal(here[s].series(), there[s].series()) for s in SOURCES)
    print(f"    {sum(len(c) for c in here.values()):,} candidates, counts {'identical' if same else 'DIFFERENT'}")


if __name__ == "__main__":
    main()
