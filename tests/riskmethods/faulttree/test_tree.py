"""A faulty fault tree is refused with the place and the rule."""

from __future__ import annotations

import pytest

from riskmethods.errors import MethodError
from riskmethods.faulttree import from_json


def tree(**changes):
    return {
        "top": "T",
        "gates": {"T": {"type": "or", "inputs": ["A", "B"]}},
        "events": {"A": "0.1", "B": "0.2"},
    } | changes


def gate(**changes):
    return tree(gates={"T": {"type": "or", "inputs": ["A", "B"]} | changes})


@pytest.mark.parametrize(
    ("document", "place", "rule"),
    [
        ([], "", "not_an_object"),
        ({"top": "T"}, "events", "missing"),
        (tree(more=1), "more", "unknown_key"),
        (tree(top="X"), "top", "unknown_event"),
        (tree(top=1), "top", "not_a_text"),
        (gate(inputs=["A", "X"]), "gates.T.inputs[1]", "unknown_event"),
        (gate(inputs=["A", "A"]), "gates.T.inputs[1]", "duplicate"),
        (gate(inputs=[]), "gates.T.inputs", "empty"),
        (gate(inputs="AB"), "gates.T.inputs", "not_a_list"),
        (gate(inputs=[f"e{n}" for n in range(201)]), "gates.T.inputs", "too_large"),
        (gate(inputs=["A", "T"]), "gates.T.inputs[1]", "cycle"),
        (gate(type="not"), "gates.T.type", "unknown_code"),
        (gate(type="k_of_n"), "gates.T.k", "missing"),
        (gate(type="k_of_n", k=3), "gates.T.k", "out_of_range"),
        (gate(type="k_of_n", k=True), "gates.T.k", "not_a_count"),
        (gate(k=1), "gates.T.k", "unknown_key"),
        (tree(events={"A": "0.1", "B": "1.2"}), "events.B", "probability"),
        (tree(events={"A": "0.1", "B": -0.1}), "events.B", "probability"),
        (tree(events={"A": "0.1", "B": float("nan")}), "events.B", "not_a_number"),
        (tree(events={"A": "0.1", "B": {"low": "0.2", "high": "0.1"}}), "events.B", "order"),
        (tree(events={"A": "0.1", "B": {"quantity": "x"}}), "events.B.quantity", "not_a_number"),
        (tree(events={"A": "0.1", "B": "0.1", "T": "0.1"}), "events.T", "duplicate"),
        (tree(events={f"e{n}": "0.1" for n in range(1001)}), "events", "too_large"),
    ],
)
def test_a_faulty_tree_is_refused(document, place, rule):
    with pytest.raises(MethodError) as refused:
        from_json(document)
    assert (refused.value.place, refused.value.rule) == (place, rule)
    assert refused.value.zh
    with pytest.raises(MethodError) as inside:
        from_json(document, place="trees[3]")
    assert inside.value.place == (f"trees[3].{place}" if place else "trees[3]")


def test_a_circle_is_named_in_full():
    document = tree(gates={"T": {"type": "or", "inputs": ["A", "U"]}, "U": {"type": "and", "inputs": ["B", "V"]},
                           "V": {"type": "or", "inputs": ["A", "U"]}})  # fmt: skip
    with pytest.raises(MethodError, match="U > V > U"):
        from_json(document)


def test_what_the_top_does_not_reach_is_listed_and_a_lone_event_is_a_tree():
    read = from_json(tree(top="A"))
    assert (read.basic, read.bottom_up, read.unused) == (("A",), (), ("T", "B"))
