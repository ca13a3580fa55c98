"""Every document reader against hostile values in every place: a refusal with place and rule, or a result, nothing else."""

from __future__ import annotations

import copy

import pytest

from riskmethods import ahp, fmea
from riskmethods.errors import MethodError
from riskmethods.faulttree import analyse, step
from riskmethods.faulttree import from_json as tree_from_json
from riskmethods.matrices import from_json as grid_from_json
from riskmethods.matrices import grid
from riskmethods.panels import agreement, calibrated, elicitation

HOSTILE = [
    None, True, -1, 3.5, float("nan"), float("inf"), 1e-320, 10**400, "", "x", "1/0", "0", "1e999", "1e-999", "１/２", "\x00",
    [], {}, [[]], {"a": 1}, b"x", {1: 2}, "a" * 3_000, 1e-90, "1e90",
]  # fmt: skip


def run_tree(document):
    tree = tree_from_json(document)
    if analyse(tree).probability:
        step(tree)


def run_round(document):
    one = elicitation.from_json(document)
    one.pooled(), one.feedback(), one.dissent()


DOCUMENTS = {
    "fault tree": (run_tree, {
        "top": "T",
        "gates": {"T": {"type": "k_of_n", "k": 2, "inputs": ["A", "B", "G"]}, "G": {"type": "or", "inputs": ["A", "B"], "text": "x"}},
        "events": {"A": "1/10", "B": {"quantity": {"low": "1/100", "high": "0.1"}, "text": "b"}},
    }),
    "pairwise": (ahp.from_json, {"items": ["a", "b", "c"], "matrix": [[1, 3, 5], ["1/3", 1, 2], ["1/5", "1/2", 1]]}),
    "group": (ahp.from_json, {"items": ["a", "b"], "judges": {"x": [[1, 3], ["1/3", 1]]}, "voice": {"x": 2}}),
    "fmea": (lambda d: fmea.from_json(d).ranked(), {"form": "F", "modes": [
        {"id": "m", "severity": 9, "occurrence": 2, "detection": 1, "text": "t", "after": {"severity": 9, "occurrence": 1, "detection": 1}}
    ]}),
    "priorities": (fmea.priority_table, {
        "source": "s", "status": "verified", "cells": [["H"], ["L"]],
        "bands": {"severity": [[6, 10], [1, 5]], "occurrence": [[1, 10]], "detection": [[1, 10]]},
    }),
    "round": (run_round, {"question": "q", "number": 1, "scale": "log10", "confidence": 0.8, "answers": [
        {"expert": "E", "lowest": "0.01", "best": "0.1", "highest": "0.2", "confidence": "80 %", "reason": "r", "dissent": "d"}
    ]}),
    "calibrated": (lambda d: calibrated.from_json(d).decide(), {
        "seeds": [{"name": "s", "truth": 4, "scale": "uniform", "answers": {"A": [0, 5, 10], "B": [1, 5, 9]}}],
        "targets": [{"name": "t", "scale": "log", "answers": {"A": [1, 2, 3], "B": [1, 2, 4]}}],
    }),
    "codings": (agreement.from_json, {"scale": "ordinal", "codings": [[1, 2, None], [1, 3, 2]], "resamples": 20, "seed": 1, "level": 0.9}),
    "matrix": (grid_from_json, grid("mil-std-882e").as_json()),
}  # fmt: skip


def places(document, path=()):
    yield path
    inside = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in inside:
        yield from places(value, (*path, key))


def put(document, path, value):
    if not path:
        return value
    changed = copy.deepcopy(document)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return changed


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_value_is_refused_by_name_or_taken(name):
    run, document = DOCUMENTS[name]
    run(document)
    refusals = 0
    for path in places(document):
        for value in HOSTILE:
            try:
                run(put(document, path, value))
            except MethodError as refused:
                refusals += bool(refused.rule and refused.zh)
            except Exception as escaped:  # so that the failing place is named
                raise AssertionError(f"{path} = {value!r}: {escaped!r}") from escaped
    assert refusals > len(HOSTILE) / 2
