"""Tree scans against a search written the slow way, and against exact null distributions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskstats.inputs import InputError
from riskstats.scan import tree_scan
from riskstats.trees import Tree

GOODS = Tree.from_parents({"*": None, "85": "*", "8516": "85", "8517": "85", "95": "*", "9503": "95"})
HAZARDS = Tree.from_parents({"any": None, "shock": "any", "burn": "any"})
CELLS = [(g, h) for g in ("8516", "8517", "9503") for h in ("shock", "burn")]
SIX = st.lists(st.integers(0, 30), min_size=6, max_size=6)


def slow_ratio(c, inside, cases, mass, model):
    """Kulldorff's ratios, straight from the binomial and Poisson likelihoods."""

    def log(x, y):
        return x * np.log(y) if x else 0.0

    if model == "poisson":
        e = inside / mass * cases
        return log(c, c / e) + log(cases - c, (cases - c) / (cases - e) if cases > e else 1) if c > e else 0.0
    if inside == mass or c / inside <= (cases - c) / (mass - inside):
        return 0.0
    q, r, z = c / inside, (cases - c) / (mass - inside), cases / mass
    return (log(c, q) + log(inside - c, 1 - q) + log(cases - c, r) + log(mass - inside - cases + c, 1 - r)
            - log(cases, z) - log(mass - cases, 1 - z))  # fmt: skip


def slow_scan(cases, mass, model):
    found = {}
    for g, h in itertools.product(range(len(GOODS)), range(len(HAZARDS))):
        inside = [
            i
            for i, (a, b) in enumerate(CELLS)
            if g in GOODS.path(GOODS.index(a)) and h in HAZARDS.path(HAZARDS.index(b))
        ]
        c, m = sum(cases[i] for i in inside), sum(mass[i] for i in inside)
        if m:
            found[GOODS.names[g], HAZARDS.names[h]] = slow_ratio(c, m, sum(cases), sum(mass), model) if c >= 2 else 0.0
    return found


@pytest.mark.parametrize("model", ["poisson", "bernoulli"])
@given(cases=SIX.filter(any), more=st.lists(st.integers(1, 40), min_size=6, max_size=6))
def test_every_crossed_branch_has_its_ratio(model, cases, more):
    mass = [c + m for c, m in zip(cases, more, strict=True)] if model == "bernoulli" else more
    scan = tree_scan([GOODS, HAZARDS], CELLS, cases=cases, expected=mass, model=model, replicates=1)
    slow = slow_scan(cases, mass, model)
    assert len(scan.nodes) == len(slow)
    for (g, h), ratio in zip(scan.nodes, scan.ratio, strict=True):
        assert ratio == pytest.approx(slow[GOODS.names[g], HAZARDS.names[h]], abs=1e-8)


@pytest.mark.parametrize(("cases", "mass", "model"), [
    ([5, 0, 2, 1, 0, 0], [2.0, 1, 1, 2, 1, 1], "poisson"),
    ([3, 0, 1, 0, 0, 0], [4, 3, 3, 4, 3, 3], "bernoulli"),
])  # fmt: skip
def test_p_values_are_those_of_the_whole_null_distribution(cases, mass, model):
    total = sum(cases)
    weight, best = [], []
    for draw in (
        itertools.product(range(6), repeat=total)
        if model == "poisson"
        else itertools.combinations(range(sum(mass)), total)
    ):
        if model == "poisson":
            table = np.bincount(draw, minlength=6)
            weight.append(np.prod([mass[i] for i in draw]))
        else:
            table = np.bincount(np.repeat(range(6), mass)[list(draw)], minlength=6)
            weight.append(1.0)
        best.append(tuple(table))
    tables = {}
    for w, table in zip(weight, best, strict=True):
        tables[table] = tables.get(table, 0.0) + w
    top = {table: max(slow_scan(table, mass, model).values()) for table in tables}
    observed = max(slow_scan(cases, mass, model).values())
    exact = sum(w for t, w in tables.items() if top[t] >= observed - 1e-9) / sum(tables.values())
    scan = tree_scan([GOODS, HAZARDS], CELLS, cases=cases, expected=mass, model=model, replicates=20_000)
    assert scan.p.min() == pytest.approx(exact, abs=5 * np.sqrt(exact * (1 - exact) / 20_000) + 1e-4)


def test_the_two_ways_of_drawing_agree():
    rng = np.random.default_rng(1)
    mass = rng.gamma(2.0, 1.0, 6)
    few = tree_scan([GOODS, HAZARDS], CELLS, cases=[8] * 6, expected=mass, replicates=9_999).greatest
    many = tree_scan([GOODS, HAZARDS], CELLS, cases=[80] * 6, expected=mass, replicates=9_999).greatest
    # The ratio's null distribution hardly depends on the number of cases.
    assert np.quantile(few, [0.5, 0.9]) == pytest.approx(np.quantile(many, [0.5, 0.9]), rel=0.08)


def test_a_seed_fixes_the_result():
    def scan(seed):
        return tree_scan(
            [GOODS, HAZARDS], CELLS, cases=[9, 1, 2, 3, 1, 2], expected=[3] * 6, replicates=99, seed=seed
        ).greatest

    np.testing.assert_array_equal(scan(1), scan(1))
    assert (scan(1) != scan(2)).any()


def test_under_the_null_one_scan_in_twenty_alarms():
    rng = np.random.default_rng(8)
    alarms = 0
    for s in range(400):
        cases = rng.multinomial(60, np.array([1, 2, 3, 3, 2, 1]) / 12)
        scan = tree_scan([GOODS, HAZARDS], CELLS, cases=cases, expected=[1, 2, 3, 3, 2, 1], replicates=99, seed=s)
        alarms += scan.p.min() <= 0.05
    assert 8 <= alarms <= 36  # 20 expected; beyond 3.7 standard deviations something is wrong


@pytest.mark.parametrize(("changed", "rule"), [
    ({"cases": [-1, 0, 0, 0, 0, 0]}, "count"),
    ({"cases": [0] * 6}, "empty"),
    ({"expected": [0.0, 1, 1, 1, 1, 1]}, "positive"),
    ({"expected": [np.inf, 1, 1, 1, 1, 1]}, "positive"),
    ({"expected": [1] * 5}, "shape"),
    ({"expected": [1] * 6, "model": "bernoulli"}, "cases"),
    ({"model": "normal"}, "model"),
    ({"replicates": 0}, "replicates"),
    ({"leaves": [("8516", "x")] * 6}, "unknown_node"),
    ({"leaves": np.full((6, 2), 99)}, "unknown_node"),
])  # fmt: skip
def test_bad_input_is_refused(changed, rule):
    given_ = {"leaves": CELLS, "cases": [2] * 6, "expected": [1.0] * 6} | changed
    with pytest.raises(InputError) as refused:
        tree_scan([GOODS, HAZARDS], given_.pop("leaves"), **given_)
    assert refused.value.rule == rule
