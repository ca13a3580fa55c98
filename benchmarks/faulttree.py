"""Fault trees: the exact top event by diagram beside the bare limit, walking through every outcome; then larger trees.

Run: ``PYTHONPATH=src .venv/bin/python benchmarks/faulttree.py``. Trees are random, repeated by their seed.
"""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from time import perf_counter

from riskmethods.errors import MethodError
from riskmethods.faulttree import Tree, analyse, from_json, top_event


def random_tree(events: int, gates: int, seed: int) -> Tree:
    """A tree whose gates take two to five inputs from events and lower gates; the top is an OR of what is left over."""
    chance = random.Random(seed)
    basic = {f"e{n}": f"{chance.randint(1, 99)}/1000" for n in range(events)}
    loose, made = [], {}
    for n in range(gates):
        taken = chance.randint(0, 2)
        inputs = chance.sample(list(basic), chance.randint(2, 4)) + loose[:taken]
        loose = [*loose[taken:], f"g{n}"]
        kind = chance.choice(["and", "or", "or", "k_of_n"]) if len(inputs) > 2 else chance.choice(["and", "or"])
        made[f"g{n}"] = {"type": kind, "inputs": inputs} | ({"k": 2} if kind == "k_of_n" else {})
    made["top"] = {"type": "or", "inputs": loose}
    return from_json({"top": "top", "gates": made, "events": basic})


def enumerated(tree: Tree) -> Fraction:
    """The bare limit: every outcome of the basic events, gates evaluated bottom up."""
    total = Fraction(0)
    for pattern in product((False, True), repeat=len(tree.basic)):
        state = dict(zip(tree.basic, pattern, strict=True))
        for name in tree.bottom_up:
            gate = tree.gates[name]
            state[name] = sum(state[below] for below in gate.inputs) >= gate.k
        if state[tree.top]:
            chance = Fraction(1)
            for name in tree.basic:
                p = tree.events[name].quantity.p
                chance *= p if state[name] else 1 - p
            total += chance
    return total


def main() -> None:
    print("events  diagram (s)  every outcome (s)")
    for events in (8, 12, 15):
        tree = random_tree(events, 8, seed=events)
        start = perf_counter()
        exact = top_event(tree)
        middle = perf_counter()
        assert enumerated(tree) == exact
        print(f"{len(tree.basic):6}  {middle - start:11.4f}  {perf_counter() - middle:17.3f}")
    print("\nevents  gates  top event (s)  everything (s)  cut sets  TOP")
    for events, gates in ((50, 30), (100, 60), (200, 100), (400, 200)):
        tree = random_tree(events, gates, seed=events)
        start = perf_counter()
        try:
            top = top_event(tree)
            middle = perf_counter()
            found = analyse(tree, most_sets=100_000)
            rest = f"{perf_counter() - middle:14.3f}  {len(found.cut_sets):8}"
        except MethodError as refused:
            print(
                f"{len(tree.basic):6}  {len(tree.bottom_up):5}  refused after {perf_counter() - start:.2f} s: {refused}"
            )
            continue
        print(f"{len(tree.basic):6}  {len(tree.bottom_up):5}  {middle - start:13.3f}  {rest}  {float(top):.4g}")


if __name__ == "__main__":
    main()
