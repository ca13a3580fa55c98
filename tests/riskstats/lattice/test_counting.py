"""The iceberg count against counting everything the slow way, in Python and in SQL; week by week and all at once."""

from __future__ import annotations

from collections import Counter
from unittest import mock

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskstats.inputs import InputError
from riskstats.lattice import Dimension, EventStore, Floors, Lattice, Plan, Schema, counting
from riskstats.trees import Tree

GOODS = Tree.from_parents({"*": None, "85": "*", "95": "*", "8516": "85", "8517": "85", "9503": "95"})
HAZARDS = Tree.from_parents({"any": None, "heat": "any", "shock": "any", "burn": "heat", "fire": "heat"})
PORTS = Tree.from_parents({"cn": None, "east": "cn", "south": "cn", "sha": "east", "ngb": "east", "szx": "south"})
MAKERS = Tree.flat(["m1", "m2", "m3"])
SCHEMA = Schema(
    (Dimension("product", GOODS), Dimension("hazard", HAZARDS), Dimension("port", PORTS), Dimension("maker", MAKERS))
)
SOURCES = ("inspection", "complaint")
ROLLUPS = [
    (1, 0, 0, 0),
    (2, 1, 0, 0),
    (2, 2, 0, 0),
    (0, 1, 1, 0),
    (2, 2, 2, 0),
    (2, 2, 2, 1),
    (0, 0, 0, 1),
    (2, 0, 1, 1),
]
PLAN = Plan.of(SCHEMA, ROLLUPS)
FLOORS = Floors("hazard", default=3, special={"fire": 1, "shock": 2})
ROW = st.tuples(
    st.integers(0, len(GOODS) - 1), st.integers(0, len(HAZARDS) - 1), st.integers(0, len(PORTS) - 1),
    st.integers(0, len(MAKERS) - 1), st.integers(0, 1), st.integers(0, 11), st.integers(0, 25),
)  # product, hazard, port, maker, source, week, item  # fmt: skip
BATCHES = st.lists(st.lists(ROW, min_size=1, max_size=40), min_size=1, max_size=5)


def put(store, rows, *, items=True):
    columns = [np.array(c) for c in zip(*rows, strict=True)]
    return store.add(columns[:4], source=columns[4], week=columns[5], item=columns[6] if items else None)


def kept(batches):
    """Items by the rules: the first batch wins, in it the first source; its rows; its earliest week there."""
    items = {}
    for rows in batches:
        batch = {}
        for *codes, source, week, item in rows:
            batch.setdefault(item, []).append((source, week, tuple(codes)))
        for item, found in batch.items():
            if item not in items:
                source = min(s for s, _, _ in found)
                mine = [(w, c) for s, w, c in found if s == source]
                items[item] = (source, min(w for w, _ in mine), {c for _, c in mine})
    return items


def slow(batches, first, now, window, floors=FLOORS):
    """Every cell of every roll-up with its weekly items, then the floors."""
    cells = {}
    for item, (source, week, rows) in kept(batches).items():
        for codes in rows:
            for g, levels in enumerate(PLAN.rollups):
                trees = [d.tree for d in SCHEMA.dimensions]
                if any(t.depth[c] < level for t, c, level in zip(trees, codes, levels, strict=True)):
                    continue
                cell = tuple(t.path(c)[level] for t, c, level in zip(trees, codes, levels, strict=True))
                if first <= week <= now:
                    cells.setdefault((source, g, cell), set()).add((item, week))
    out = {}
    for (source, g, cell), found in cells.items():
        recent = sum(week > now - window for _, week in found)
        if recent >= floors.special.get(HAZARDS.names[cell[1]], floors.default):
            weeks = Counter(week for _, week in found)
            out[SOURCES[source], g, cell] = [weeks[w] for w in range(first, now + 1)]
    return out


def shown(counts):
    out = {}
    for name, one in counts.items():
        nodes = list(zip(*SCHEMA.unpack(one.key), strict=True))
        for g, cell, series, recent in zip(one.rollup, nodes, one.series(), one.recent, strict=True):
            out[name, int(g), tuple(int(n) for n in cell)] = series.tolist()
            assert series[-4:].sum() == recent or len(series) < 4
    return out


@pytest.fixture(params=[0, 4096], ids=["nothing tracked whole", "small roll-ups tracked whole"], scope="module")
def small(request):
    """The size up to which roll-ups are tracked whole: with 0 every cell must be counted back when it comes up."""
    with mock.patch.object(counting, "_SMALL", request.param):
        yield request.param


def test_many_items_of_several_rows_count_once_in_each_cell():
    """Long enough that rows of one product and hazard lie apart unless the store sorts them."""
    rng = np.random.default_rng(4)
    sizes = [len(d.tree) for d in SCHEMA.dimensions]
    rows = [(*(int(rng.integers(0, n)) for n in sizes), int(rng.integers(0, 2)), int(rng.integers(0, 12)),
             int(rng.integers(0, 700))) for _ in range(2000)]  # fmt: skip
    store = EventStore(SCHEMA, SOURCES)
    put(store, rows)
    assert any(chunk.group is not None and len(chunk.packed) > 300 for chunk in store.chunks(0))
    assert shown(Lattice(store, PLAN, FLOORS).count(11, first=0)) == slow([rows], 0, 11, 4)


@given(BATCHES, st.sampled_from([1, 2]))
def test_candidates_and_their_series_are_those_of_the_slow_count(batches, threads):
    store = EventStore(SCHEMA, SOURCES)
    for rows in batches:
        put(store, rows)
    lattice = Lattice(store, PLAN, FLOORS, threads=threads)
    assert shown(lattice.count(11, first=0)) == slow(batches, 0, 11, 4)
    assert shown(lattice.count(8, first=3)) == slow(batches, 3, 8, 4)


@pytest.mark.parametrize("keep", [0, 2, 26])
@given(BATCHES, st.lists(st.integers(0, 4), min_size=5, max_size=5))
def test_going_on_week_by_week_equals_a_full_recount(small, keep, batches, steps):
    store, now, told = EventStore(SCHEMA, SOURCES), 3, batches[:1]
    put(store, batches[0])
    lattice = Lattice(store, PLAN, FLOORS, keep=keep)
    lattice.count(now, first=0)
    for rows, step in zip(batches[1:], steps, strict=False):
        now += step  # batches bring late records, and records of weeks to come
        told = [*told, rows]
        counts = lattice.advance(now, [put(store, rows)])
        assert shown(counts) == slow(told, 0, now, 4)
        assert shown(counts) == shown(Lattice(store, PLAN, FLOORS).count(now, first=0))


@pytest.mark.parametrize("batches", [1, 12])
def test_ten_thousand_records_give_what_sql_gives(small, batches):
    rng = np.random.default_rng(7)
    size = 10_000
    shares = [rng.dirichlet(np.ones(len(d.tree))) for d in SCHEMA.dimensions]
    codes = [rng.choice(len(s), size, p=s) for s in shares]
    source, week = rng.integers(0, 2, size), rng.integers(0, 60, size)
    store = EventStore(SCHEMA, SOURCES)
    for rows in np.array_split(np.arange(size), batches):
        store.add([c[rows] for c in codes], source=source[rows], week=week[rows])
    ours = Lattice(store, PLAN, Floors("hazard", default=8)).count(59)
    columns = {f"d{d}": c for d, c in enumerate(codes)} | {"source": source, "week": week}
    for g, levels in enumerate(PLAN.rollups):
        for d, (dimension, level) in enumerate(zip(SCHEMA.dimensions, levels, strict=True)):
            tree = dimension.tree
            code = (
                np.where(tree.depth >= level, tree.ancestors_at(level), -1) if level else np.zeros(len(tree), dtype=int)
            )
            columns[f"k{g}_{d}"] = code[codes[d]]
    base = duckdb.connect()
    base.execute(f"CREATE TABLE r ({', '.join(f'{c} INTEGER' for c in columns)})")
    table = np.stack([np.asarray(c) for c in columns.values()], axis=1)
    base.register("given", pa.table({c: table[:, i] for i, c in enumerate(columns)}))
    base.execute("INSERT INTO r SELECT * FROM given")
    theirs = {}
    for g in range(len(PLAN)):
        k = ", ".join(f"k{g}_{d}" for d in range(4))
        known = " AND ".join(f"k{g}_{d} >= 0" for d in range(4))
        found = base.execute(f"""
            WITH hot AS (SELECT source, {k} FROM r WHERE week > 55 AND {known} GROUP BY ALL HAVING count(*) >= 8)
            SELECT source, {k}, week, count(*) FROM r SEMI JOIN hot USING (source, {k}) GROUP BY ALL""").fetchall()
        for s, *cell, w, n in found:
            theirs.setdefault((SOURCES[s], g, tuple(cell)), [0] * 60)[w] = n
    assert shown(ours) == theirs
    assert len(theirs) > 30


@settings(max_examples=5)
@given(st.integers(0, 10_000))
def test_long_runs_of_one_product_and_hazard_count_alike(seed):
    rng = np.random.default_rng(seed)
    rows = [(4, 3, int(p), int(m), 0, int(w), i) for i, (p, m, w) in enumerate(rng.integers(0, [6, 4, 12], (3000, 3)))]
    store = EventStore(SCHEMA, SOURCES)
    put(store, rows, items=False)
    assert shown(Lattice(store, PLAN, FLOORS).count(11, first=0)) == slow([rows], 0, 11, 4)


def test_cells_long_gone_are_let_go_and_come_back_whole(small):
    rng = np.random.default_rng(1)
    store = EventStore(SCHEMA, SOURCES)
    # Cells without product and of few values are tracked whole; these change makers, products and ports every ten weeks.
    rows = [
        (3 + w // 10 % 3, 3, 3 + w // 10 % 3, 1 + w // 10 % 3, 0, w, i) for i, w in enumerate(rng.integers(0, 60, 4000))
    ]
    put(store, rows)
    lattice, most = Lattice(store, PLAN, FLOORS, keep=3), 0
    lattice.count(9, first=0)
    for now in range(10, 60):
        counts = shown(lattice.advance(now, []))
        assert counts == shown(Lattice(store, PLAN, FLOORS).count(now, first=0))
        held = len(lattice._tracked[0].key)
        most = max(most, held)
    assert len(counts) > 0
    assert (held < most) == (small == 0)  # something was let go


def test_a_severe_hazard_is_a_candidate_though_nothing_above_it_is():
    store = EventStore(SCHEMA, SOURCES)
    put(store, [(4, HAZARDS.index("fire"), 4, 1, 0, 9, 1)])
    found = shown(Lattice(store, PLAN, FLOORS).count(9))
    fires = {key for key in found if key[2][1] == HAZARDS.index("fire")}
    assert {PLAN.rollups[g] for _, g, _ in fires} == {(2, 2, 0, 0), (2, 2, 2, 0), (2, 2, 2, 1)}
    assert set(found) == fires


def test_what_cannot_be_counted_is_refused():
    store = EventStore(SCHEMA, SOURCES)
    put(store, [(4, 1, 1, 1, 0, 5, 1)])
    with pytest.raises(InputError, match="lies before the first"):
        Lattice(store, PLAN, FLOORS).count(3)
    lattice = Lattice(store, PLAN, FLOORS)
    with pytest.raises(InputError, match="count first"):
        lattice.advance(6, [])
    lattice.count(6)
    with pytest.raises(InputError, match="cannot follow"):
        lattice.advance(5, [])
    with pytest.raises(InputError, match="floor is 1 or more"):
        Lattice(store, PLAN, Floors("hazard", default=0))
    with pytest.raises(InputError, match="no such node"):
        Lattice(store, PLAN, Floors("hazard", special={"gravity": 1}))
    with pytest.raises(InputError, match="a week or more"):
        Lattice(store, PLAN, FLOORS, window=0)
