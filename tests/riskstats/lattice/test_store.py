"""The store: items once, whatever their copies; Parquet and back; what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from riskstats.inputs import InputError
from riskstats.lattice import Dimension, EventStore, Floors, Lattice, Plan, Schema
from riskstats.trees import Tree

SCHEMA = Schema((Dimension("product", Tree.flat(["a", "b", "c"])), Dimension("hazard", Tree.flat(["x", "y"]))))
SOURCES = ("inspection", "complaint")


def filled():
    store = EventStore(SCHEMA, SOURCES)
    store.add([[1, 1, 2], [1, 2, 1]], source=[0, 0, 1], week=[7, 8, 7], item=[100, 100, 101])
    store.add([[3, 3], [1, 1]], source=[1, 1], week=[9, 9])
    return store


def test_copies_in_later_batches_and_other_sources_are_dropped():
    store = filled()
    again = store.add([[1, 2, 3], [1, 1, 2]], source=[1, 1, 1], week=[9, 9, 9], item=[100, 101, 102])
    assert (again.kept, again.copies) == (1, 2)
    both = store.add([[2, 1], [1, 1]], source=[1, 0], week=[9, 9], item=[200, 200])
    assert (both.kept, both.copies) == (1, 1)
    assert both.chunks[0].source == 0  # the source that stands first


def test_an_item_of_two_hazards_counts_once_for_its_product():
    plan = Plan.of(SCHEMA, [(1, 0), (1, 1)])
    counts = Lattice(filled(), plan, Floors("hazard", default=1)).count(9)["inspection"]
    cells = {
        tuple(plan.cell_names(g, k).items()): s.tolist()
        for g, k, s in zip(counts.rollup, counts.key, counts.series(), strict=True)
    }
    assert cells == {
        (("product", "a"),): [1, 0, 0],  # in the week of its first row
        (("product", "a"), ("hazard", "x")): [1, 0, 0],
        (("product", "a"), ("hazard", "y")): [1, 0, 0],
    }


def test_parquet_brings_back_the_same_store(tmp_path):
    store = filled()
    store.write(tmp_path)
    again = EventStore.read(tmp_path, SCHEMA, SOURCES)
    plan = Plan.of(SCHEMA, [(1, 0), (1, 1)])
    one, two = (Lattice(s, plan, Floors("hazard", default=1)).count(9) for s in (store, again))
    for source in SOURCES:
        np.testing.assert_array_equal(one[source].key, two[source].key)
        np.testing.assert_array_equal(one[source].series(), two[source].series())
    assert again.add([[1], [1]], source=[0], week=[9], item=[101]).copies == 1


def test_many_batches_are_few_runs_and_forget_no_item():
    store = EventStore(SCHEMA, SOURCES)
    for b in range(40):
        store.add([[1 + b % 3] * 10, [1] * 10], source=[0] * 10, week=[b] * 10, item=range(10 * b, 10 * b + 10))
    assert len(store) == 400
    assert len(store.chunks(0)) < 5
    assert (np.diff(store.chunks(0)[0].packed) >= 0).all()
    assert store.add([[1] * 400, [1] * 400], source=[0] * 400, week=[50] * 400, item=range(400)).copies == 400


@pytest.mark.parametrize(("changed", "rule"), [
    ({"codes": [[9], [1]]}, "unknown_node"),
    ({"codes": [[-1], [1]]}, "unknown_node"),
    ({"codes": [[1]]}, "shape"),
    ({"source": [2]}, "unknown_source"),
    ({"week": [1, 2]}, "shape"),
    ({"week": [1.5]}, "not_a_number"),
    ({"item": [-5]}, "not_a_number"),
])  # fmt: skip
def test_bad_batches_are_refused(changed, rule):
    arguments = {"codes": [[1], [1]], "source": [0], "week": [1], "item": [1]} | changed
    store = EventStore(SCHEMA, SOURCES)
    with pytest.raises(InputError) as refused:
        store.add(arguments.pop("codes"), **arguments)
    assert refused.value.rule == rule
    assert len(store) == 0


def test_schemas_and_plans_that_cannot_be_are_refused(tmp_path):
    with pytest.raises(InputError, match="bits are needed"):
        Schema(tuple(Dimension(str(i), Tree.flat([str(n) for n in range(2000)])) for i in range(6)))
    with pytest.raises(InputError, match="one root"):
        Dimension("d", Tree(("a", "b"), np.array([-1, -1])))
    with pytest.raises(InputError, match="do not fit"):
        Plan.of(SCHEMA, [(2, 0)])
    with pytest.raises(InputError, match="different roll-ups"):
        Plan.of(SCHEMA, [(1, 0), (1, 0)])
    with pytest.raises(InputError, match="no Parquet files"):
        EventStore.read(tmp_path, SCHEMA, SOURCES)
    with pytest.raises(InputError, match="no records"):
        EventStore(SCHEMA, SOURCES).weeks()


def test_cells_are_found_by_name_and_named_again():
    plan = Plan.of(SCHEMA, [(1, 0), (1, 1)])
    key = plan.key_of(1, {"product": "b", "hazard": "y"})
    assert plan.cell_names(1, key) == {"product": "b", "hazard": "y"}
    with pytest.raises(InputError, match="levels"):
        plan.key_of(0, {"product": "b", "hazard": "y"})
    with pytest.raises(InputError, match="there are product, hazard"):
        plan.key_of(1, {"port": "b"})
