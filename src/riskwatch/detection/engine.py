"""Where counting and scoring run: on this machine, or on Spark as the setting ``RISKWATCH_SPARK`` names. The numbers are the same.

The engine stands on no run, since it changes none of its figures: a run made on one is replayed on the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

from riskstats.decide.scoring import Scorer
from riskstats.lattice import CellCounts, EventStore, Floors, Lattice, Plan


def counted(
    store: EventStore, plan: Plan, floors: Floors, *, window: int, now: int, first: int
) -> Mapping[str, CellCounts]:
    """The candidates of a store with their series; parameters as of :class:`riskstats.lattice.Lattice`."""
    if not settings.SPARK:
        return Lattice(store, plan, floors, window=window).count(now, first=first)
    from riskstats.distributed import SparkLattice

    shared = Path(settings.SPARK_FOLDER)
    shared.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=shared) as folder:
        store.write(Path(folder))
        return SparkLattice(_session(), folder, plan, floors, store.sources, window=window).count(now, first=first)


def scorer(own: Scorer) -> Scorer:
    """A scorer that does its work where the setting says."""
    if not settings.SPARK:
        return own
    from riskstats.distributed import SparkScorer

    return SparkScorer(_session(), own)


def _session() -> Any:
    from riskstats.distributed import session

    return session(settings.SPARK, name="riskwatch")
