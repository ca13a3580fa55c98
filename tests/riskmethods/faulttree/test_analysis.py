"""Fault trees against brute force: every outcome of every random tree is walked through."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmethods.errors import MethodError
from riskmethods.faulttree import analyse, from_json, step, top_event
from riskmethods.uncertain import Interval, Lognormal, Point


def happens(tree, name, holding):
    """Whether an event happens when exactly ``holding`` do, straight from the gates' meaning."""
    if name in tree.events:
        return name in holding
    gate = tree.gates[name]
    met = [happens(tree, below, holding) for below in gate.inputs]
    return {"and": all(met), "or": any(met), "k_of_n": sum(met) >= gate.k}[gate.kind]


def outcomes(tree):
    for pattern in product((True, False), repeat=len(tree.basic)):
        holding = frozenset(name for name, met in zip(tree.basic, pattern, strict=True) if met)
        chance = prod(
            (tree.events[n].quantity.p if n in holding else 1 - tree.events[n].quantity.p for n in tree.basic),
            start=Fraction(1),
        )
        yield holding, chance


def brute(tree, sure=frozenset(), never=frozenset()):
    """The top event's probability by enumeration, with some events taken as certain or as excluded."""
    return sum((c for held, c in outcomes(tree) if happens(tree, tree.top, (held | sure) - never)), Fraction(0))


@st.composite
def trees(draw):
    """Random acyclic trees of up to six events whose gates share inputs freely."""
    events = {f"e{n}": str(Fraction(draw(st.integers(0, 12)), 12)) for n in range(draw(st.integers(1, 6)))}
    names, gates = list(events), {}
    for n in range(draw(st.integers(1, 6))):
        inputs = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
        gates[f"g{n}"] = {"type": draw(st.sampled_from(["and", "or", "k_of_n"])), "inputs": inputs}
        if gates[f"g{n}"]["type"] == "k_of_n":
            gates[f"g{n}"]["k"] = draw(st.integers(1, len(inputs)))
        names.append(f"g{n}")
    return from_json({"top": f"g{len(gates) - 1}", "gates": gates, "events": events})


@settings(max_examples=200, deadline=None)
@given(trees())
def test_the_top_event_and_its_importance_equal_enumeration(tree):
    found, top = analyse(tree), brute(tree)
    assert found.exact
    assert found.probability == top == top_event(tree)
    for one in found.importance:
        name = frozenset({one.event})
        sure, without = brute(tree, sure=name), brute(tree, never=name)
        assert one.birnbaum == sure - without
        assert one.criticality == (sure - without) * one.probability / top
        assert one.raw == sure / top
        assert one.rrw == (top / without if without else None)
        cuts = [frozenset(c) for c in found.cut_sets if one.event in c]
        through = sum((c for held, c in outcomes(tree) if any(cut <= held for cut in cuts)), Fraction(0))
        assert one.fussell_vesely == through / top
    assert len(found.importance) == (len(tree.basic) if top else 0)


@settings(max_examples=200, deadline=None)
@given(trees())
def test_minimal_cut_sets_are_all_the_smallest_sets_that_bring_the_top_about(tree):
    found = analyse(tree)
    bringing = [
        frozenset(c)
        for r in range(len(tree.basic) + 1)
        for c in combinations(tree.basic, r)
        if happens(tree, tree.top, frozenset(c))
    ]
    smallest = {c for c in bringing if not any(other < c for other in bringing)}
    assert {frozenset(c) for c in found.cut_sets} == smallest
    assert len(found.cut_sets) == len(smallest)
    chances = [prod((tree.events[n].quantity.p for n in c), start=Fraction(1)) for c in smallest]
    assert found.rare_event == sum(chances)
    assert found.upper_bound == 1 - prod((1 - c for c in chances), start=Fraction(1))
    assert found.probability <= found.upper_bound <= found.rare_event


@settings(max_examples=100, deadline=None)
@given(trees(), st.data())
def test_a_likelier_event_never_makes_the_top_less_likely(tree, data):
    name = data.draw(st.sampled_from(tree.basic))
    raised = {n: str(e.quantity.p) for n, e in tree.events.items()}
    raised[name] = "1"
    gates = {
        n: {"type": g.kind, "inputs": list(g.inputs)} | ({"k": g.k} if g.kind == "k_of_n" else {})
        for n, g in tree.gates.items()
    }
    assert top_event(from_json({"top": tree.top, "gates": gates, "events": raised})) >= top_event(tree)


def two(quantity):
    return from_json(
        {"top": "T", "gates": {"T": {"type": "and", "inputs": ["A", "B"]}}, "events": {"A": quantity, "B": "1/2"}}
    )


def test_a_tree_becomes_a_step_as_sure_as_what_it_was_made_of():
    assert step(two("1/3")) == Point(Fraction(1, 6))
    assert step(two({"low": "1/10", "high": "1/5"})) == Interval(Fraction(1, 20), Fraction(1, 10))
    spread = step(two({"dist": "lognormal", "median": "1/1000", "ef": 3}))
    assert isinstance(spread, Lognormal)
    assert float(spread.median) == pytest.approx(5e-4, rel=0.05)
    assert spread.ef == pytest.approx(3, rel=0.05)


def test_a_top_event_that_cannot_happen_is_no_step_and_has_no_importance():
    with pytest.raises(MethodError) as refused:
        step(two("0"), place="scenarios[0].steps[1]")
    assert (refused.value.place, refused.value.rule) == ("scenarios[0].steps[1]", "probability")
    assert analyse(two("0")).importance == ()


def test_a_deep_chain_costs_no_python_stack():
    gates = {f"g{n}": {"type": "or" if n % 2 else "and", "inputs": [f"g{n + 1}", f"e{n}"]} for n in range(900)}
    gates["g899"]["inputs"] = ["e899", "e900"]
    tree = from_json({"top": "g0", "gates": gates, "events": {f"e{n}": "0.1" for n in range(901)}})
    by_hand = Fraction(1, 10)
    for n in range(899, -1, -1):
        by_hand = 1 - (1 - by_hand) * Fraction(9, 10) if n % 2 else by_hand / 10
    assert top_event(tree) == by_hand


def test_too_many_cut_sets_are_refused_and_the_top_event_still_given():
    gates = {"T": {"type": "and", "inputs": [f"g{n}" for n in range(12)]}}
    gates |= {f"g{n}": {"type": "or", "inputs": [f"e{n}.{m}" for m in range(3)]} for n in range(12)}
    tree = from_json({"top": "T", "gates": gates, "events": {f"e{n}.{m}": "1/4" for n in range(12) for m in range(3)}})
    with pytest.raises(MethodError, match="531441 minimal cut sets"):
        analyse(tree)
    assert top_event(tree) == (1 - Fraction(3, 4) ** 3) ** 12


def test_a_tree_that_unfolds_too_far_is_refused():
    pairs = [f"p{n}" for n in range(40)]
    gates = {p: {"type": "and", "inputs": [f"a{n}", f"b{n}"]} for n, p in enumerate(pairs)}
    order = {"type": "k_of_n", "k": 20, "inputs": [f"a{n}" for n in range(40)]}
    tree = {"top": "T", "gates": gates | {"first": order, "T": {"type": "and", "inputs": ["first", "any"]},
            "any": {"type": "or", "inputs": pairs}}, "events": {f"{x}{n}": "1/2" for x in "ab" for n in range(40)}}  # fmt: skip
    with pytest.raises(MethodError) as refused:
        top_event(from_json(tree))
    assert refused.value.rule == "too_large"
