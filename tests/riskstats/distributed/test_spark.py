"""Spark with separate worker processes against one machine: counts, p-values, flags and their ranks, to the last digit."""

from __future__ import annotations

import os

import numpy as np
import pytest

from riskstats.decide import RecentExcess, decide
from riskstats.decide.deciding import Rules
from riskstats.decide.evidence import Evidence
from riskstats.distributed import SparkLattice, SparkScorer
from riskstats.inputs import InputError
from riskstats.lattice import Dimension, EventStore, Floors, Lattice, Plan, Schema
from riskstats.trees import Tree

GOODS = Tree.from_parents({"*": None, "85": "*", "95": "*", "8516": "85", "8517": "85", "9503": "95"})
HAZARDS = Tree.from_parents({"any": None, "heat": "any", "burn": "heat", "fire": "heat"})
PORTS = Tree.from_parents({"cn": None, "east": "cn", "south": "cn", "sha": "east", "ngb": "east", "szx": "south"})
SCHEMA = Schema((Dimension("product", GOODS), Dimension("hazard", HAZARDS), Dimension("port", PORTS)))
PLAN = Plan.of(SCHEMA, [(1, 0, 0), (2, 0, 0), (0, 2, 0), (2, 2, 0), (2, 0, 1), (2, 2, 2)])
FLOORS = Floors("hazard", default=3, special={"fire": 1})
SOURCES = ("inspection", "complaint", "silent")
RULES = Rules(spread=(("port", 1),))
NOW = 70


@pytest.fixture(scope="module")
def store():
    """Two sources, a third without records; items with several rows; a rise of fires of one product at the end."""
    rng = np.random.default_rng(20261125)
    size, rise = 6000, 60
    codes = [rng.integers(0, len(d.tree), size) for d in SCHEMA.dimensions]
    made = EventStore(SCHEMA, SOURCES)
    made.add(
        codes, source=rng.integers(0, 2, size), week=rng.integers(0, NOW + 1, size), item=rng.integers(0, 4500, size)
    )
    fire = [np.full(rise, GOODS.index("8516")), np.full(rise, HAZARDS.index("fire")), rng.integers(3, 6, rise)]
    made.add(fire, source=[1] * rise, week=[NOW] * rise)
    return made


@pytest.fixture(scope="module")
def folder(store, tmp_path_factory):
    place = tmp_path_factory.mktemp("archive")
    store.write(place)
    return str(place)


@pytest.fixture(scope="module")
def here(store):
    return Lattice(store, PLAN, FLOORS).count(NOW)


@pytest.fixture(scope="module")
def there(spark, folder):
    return SparkLattice(spark, folder, PLAN, FLOORS, SOURCES).count(NOW)


def test_the_workers_are_other_processes(spark):
    seen = set(spark.sparkContext.parallelize(range(8), 8).map(lambda _n: os.getppid()).collect())
    assert os.getpid() not in seen
    assert len(seen) == 2


def test_counts_are_identical(store, here, there):
    assert any(chunk.group is not None for chunk in store.chunks(0))
    assert len(here["complaint"]) > 10
    assert list(here) == list(there)
    for name in SOURCES:
        for part in ("rollup", "key", "recent"):
            assert np.array_equal(getattr(here[name], part), getattr(there[name], part))
        assert np.array_equal(here[name].series(), there[name].series())


def test_a_later_first_week_leaves_out_what_came_before(spark, store, folder):
    one = Lattice(store, PLAN, FLOORS).count(NOW - 2, first=40)
    other = SparkLattice(spark, folder, PLAN, FLOORS, SOURCES).count(NOW - 2, first=40)
    for name in SOURCES:
        assert np.array_equal(one[name].key, other[name].key)
        assert np.array_equal(one[name].series(), other[name].series())


def test_flags_and_ranks_are_identical(spark, store, here, there):
    one = decide(Evidence.gather(store, PLAN, here), RULES)
    other = decide(Evidence.gather(store, PLAN, there), RULES, score=SparkScorer(spark, RecentExcess(), block=7))
    assert one.flags
    assert [(f.cell, f.rank, f.p) for f in one.flags] == [(f.cell, f.rank, f.p) for f in other.flags]
    assert one.flags == other.flags


def test_scores_of_blocks_are_those_of_the_whole(spark):
    rng = np.random.default_rng(1)
    counts, exposure = rng.poisson(2.5, (1000, 108)), rng.uniform(50, 60, (1000, 108))
    for given in (None, exposure):
        assert np.array_equal(
            SparkScorer(spark, RecentExcess(), block=64)(counts, given), RecentExcess()(counts, given)
        )
    assert SparkScorer(spark, RecentExcess())(counts[:0], None).shape == (0,)


def test_what_is_refused(spark, folder, tmp_path):
    lattice = SparkLattice(spark, folder, PLAN, FLOORS, SOURCES)
    for act, rule in (
        (lambda: lattice.count(-1), "week"),
        (lambda: SparkLattice(spark, folder, PLAN, FLOORS, SOURCES, window=0), "window"),
        (lambda: SparkLattice(spark, folder, PLAN, FLOORS, ("one",)), "unknown_source"),
        (lambda: SparkLattice(spark, str(tmp_path), PLAN, FLOORS, SOURCES), "empty"),
        (lambda: SparkScorer(spark, RecentExcess(), block=0)(np.ones((2, 9), dtype=int), None), "block"),
    ):
        with pytest.raises(InputError) as refused:
            act()
        assert refused.value.rule == rule
