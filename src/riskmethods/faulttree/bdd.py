"""Binary decision diagrams: the exact form of a fault tree in which a shared event is decided only once.

A node asks one basic event; ``high`` is what remains when it happens, ``low`` when it does not. Equal nodes are one
node, so that a diagram stays small where the list of outcomes would not.

Sources: Bryant, "Graph-based algorithms for Boolean function manipulation", IEEE Trans. Computers C-35 (1986);
Rauzy, "New algorithms for fault trees analysis", Reliability Engineering & System Safety 40 (1993).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, TypeAlias

from riskmethods.errors import raise_at
from riskmethods.faulttree.tree import Tree

FALSE, TRUE = 0, 1
MOST_NODES = 200_000
Key: TypeAlias = tuple[Any, ...]
Rule: TypeAlias = Generator[Key, int, int]


class Forest:
    """Nodes shared by all diagrams over one order of events, with the operations between them.

    ``sets`` chooses what a node with nothing to say looks like: a decision diagram drops a node whose branches are
    equal, a diagram of sets (zero-suppressed) one whose ``high`` branch is empty.
    """

    def __init__(self, events: int, *, sets: bool = False) -> None:
        self.sets = sets
        self.event = [events, events]  # the two ends ask after all events
        self.low, self.high = [FALSE, TRUE], [FALSE, TRUE]
        self.known: dict[tuple[int, int, int], int] = {}
        self.solved: dict[Key, int] = {}

    def node(self, event: int, low: int, high: int) -> int:
        """The one node that asks ``event`` and goes on as told."""
        if high == FALSE if self.sets else low == high:
            return low
        key = (event, low, high)
        if key not in self.known:
            if len(self.event) >= MOST_NODES:
                raise_at("", "too_large", f"故障树展开超过{MOST_NODES}个节点；请拆成几棵",
                         f"the tree unfolds to more than {MOST_NODES} nodes; split it")  # fmt: skip
            self.known[key] = len(self.event)
            self.event.append(event)
            self.low.append(low)
            self.high.append(high)
        return self.known[key]

    def solve(self, key: Key, rules: dict[str, Callable[..., Rule]]) -> int:
        """Follow a rule that yields the parts it needs and returns its node; depth costs no Python stack."""
        waiting = [(key, rules[key[0]](*key[1:]))]
        answer: int | None = None
        while waiting:
            current, steps = waiting[-1]
            try:
                wanted = steps.send(answer) if answer is not None else next(steps)
            except StopIteration as ended:
                answer = self.solved[current] = ended.value
                waiting.pop()
                continue
            answer = self.solved.get(wanted)
            if answer is None:
                waiting.append((wanted, rules[wanted[0]](*wanted[1:])))
        assert answer is not None
        return answer

    def either(self, f: int, g: int) -> int:
        """OR."""
        return self.solve(("or", min(f, g), max(f, g)), {"or": self._or})

    def both(self, f: int, g: int) -> int:
        """AND."""
        return self.solve(("and", min(f, g), max(f, g)), {"and": self._and})

    def _or(self, f: int, g: int) -> Rule:
        if f in (g, FALSE):
            return g
        if f == TRUE or g == TRUE:
            return TRUE
        return (yield from self._branch("or", f, g))

    def _and(self, f: int, g: int) -> Rule:
        if f in (g, TRUE):
            return g
        if f == FALSE:
            return FALSE
        return (yield from self._branch("and", f, g))

    def _branch(self, operation: str, f: int, g: int) -> Rule:
        event = min(self.event[f], self.event[g])
        f0, f1 = (self.low[f], self.high[f]) if self.event[f] == event else (f, f)
        g0, g1 = (self.low[g], self.high[g]) if self.event[g] == event else (g, g)
        low = yield (operation, min(f0, g0), max(f0, g0))
        high = yield (operation, min(f1, g1), max(f1, g1))
        return self.node(event, low, high)


@dataclass(frozen=True)
class Diagram:
    """A finished diagram: nodes from the ends upward, so that every branch leads to an earlier node.

    Attributes
    ----------
    names : tuple of str
        The basic events, in the order in which they are asked.
    nodes : tuple of (event, low, high)
        The first two are the ends FALSE and TRUE, which ask event ``len(names)``, that is none.
    root : int
        Where to start.
    """

    names: tuple[str, ...]
    nodes: tuple[tuple[int, int, int], ...]
    root: int


def compiled(tree: Tree) -> tuple[Forest, int]:
    """The tree's top event as a node of a fresh forest, its events in the order of ``tree.basic``."""
    forest = Forest(len(tree.basic))
    made = {name: forest.node(n, FALSE, TRUE) for n, name in enumerate(tree.basic)}
    for name in tree.bottom_up:
        gate = tree.gates[name]
        inputs = [made[below] for below in gate.inputs]
        if gate.k in (1, len(inputs)):
            operation = forest.either if gate.k == 1 and len(inputs) > 1 else forest.both
            *_, made[name] = accumulate(inputs, operation)
        else:
            made[name] = _at_least(forest, gate.k, inputs)
    return forest, made[tree.top]


def _at_least(forest: Forest, k: int, inputs: list[int]) -> int:
    """``reached[j]``: at least j of the inputs seen so far happen."""
    reached = [TRUE] + [FALSE] * k
    for one in inputs:
        for j in range(k, 0, -1):
            reached[j] = forest.either(reached[j], forest.both(reached[j - 1], one))
    return reached[k]


def diagram(names: tuple[str, ...], forest: Forest, root: int) -> Diagram:
    """What of the forest hangs under a node, renumbered without gaps."""
    seen, waiting = {FALSE, TRUE}, [root]
    while waiting:
        n = waiting.pop()
        if n not in seen:
            seen.add(n)
            waiting += [forest.low[n], forest.high[n]]
    kept = sorted(seen)
    new = {old: n for n, old in enumerate(kept)}
    nodes = tuple((forest.event[n], new[forest.low[n]], new[forest.high[n]]) for n in kept)
    return Diagram(names, nodes, new[root])
