"""Minimal cut sets: the smallest sets of basic events that bring the top event about, kept as one diagram of sets.

Source: Rauzy, "New algorithms for fault trees analysis", Reliability Engineering & System Safety 40 (1993); sets in
the zero-suppressed form of Minato (1993). The rule holds for trees without negation, and others are not read.
"""

from __future__ import annotations

from collections.abc import Callable

from riskmethods.errors import raise_at
from riskmethods.faulttree.bdd import FALSE, TRUE, Diagram, Forest, Rule, diagram

MOST_SETS = 10_000


class Families:
    """Families of sets over the events of one decision forest, and the way back from a family to a decision."""

    def __init__(self, decisions: Forest) -> None:
        self.decisions = decisions
        self.sets = Forest(decisions.event[FALSE], sets=True)
        self.rules: dict[str, Callable[..., Rule]] = {
            "least": self._least, "without": self._without, "with": self._with, "union": self._union,
        }  # fmt: skip

    def minimal(self, node: int) -> int:
        """The family of minimal cut sets of a decision."""
        return self.sets.solve(("least", node), self.rules)

    def holding(self, family: int, event: int) -> int:
        """Those sets of a family that hold an event."""
        return self.sets.solve(("with", family, event), self.rules)

    def decision(self, family: int) -> int:
        """ "At least one of these sets happens in full", as a decision."""
        return self.decisions.solve(("union", family), {"union": self._union, "or": self.decisions._or})

    def _least(self, f: int) -> Rule:
        if f in (FALSE, TRUE):
            return f
        low = yield ("least", self.decisions.low[f])
        high = yield ("least", self.decisions.high[f])
        rest = yield ("without", high, low)
        return self.sets.node(self.decisions.event[f], low, rest)

    def _without(self, f: int, g: int) -> Rule:
        """The sets of ``f`` that hold no set of ``g``."""
        if f == FALSE or g == FALSE:
            return f
        if g == TRUE:
            return FALSE
        asks, lead = self.sets.event[f], self.sets.event[g]
        if asks > lead:
            return (yield ("without", f, self.sets.low[g]))
        lesser = self.sets.low[g] if asks == lead else g
        low = yield ("without", self.sets.low[f], lesser)
        high = yield ("without", self.sets.high[f], lesser)
        if asks == lead:
            high = yield ("without", high, self.sets.high[g])
        return self.sets.node(asks, low, high)

    def _with(self, f: int, event: int) -> Rule:
        if self.sets.event[f] > event:
            return FALSE
        if self.sets.event[f] == event:
            return self.sets.node(event, FALSE, self.sets.high[f])
        low = yield ("with", self.sets.low[f], event)
        high = yield ("with", self.sets.high[f], event)
        return self.sets.node(self.sets.event[f], low, high)

    def _union(self, f: int) -> Rule:
        if f in (FALSE, TRUE):
            return f
        low = yield ("union", self.sets.low[f])
        high = yield ("union", self.sets.high[f])
        either = yield ("or", min(low, high), max(low, high))
        return self.decisions.node(self.sets.event[f], low, either)


def number_of_sets(family: Diagram) -> int:
    """How many sets a family has, without listing them."""
    counted = [0, 1]
    for _, low, high in family.nodes[2:]:
        counted.append(counted[low] + counted[high])
    return counted[family.root]


def every_set(family: Diagram, *, most: int = MOST_SETS) -> tuple[tuple[str, ...], ...]:
    """The sets of a family, the smallest first, each in the order of its diagram.

    Raises
    ------
    MethodError
        Rule ``too_many_cut_sets``: there are more than ``most``.
    """
    if (there := number_of_sets(family)) > most:
        raise_at("", "too_many_cut_sets", f"最小割集有{there}个，超过{most}个；请拆分故障树",
                 f"there are {there} minimal cut sets, more than {most}; split the tree")  # fmt: skip
    found: list[tuple[int, ...]] = []
    waiting: list[tuple[int, tuple[int, ...]]] = [(family.root, ())]
    while waiting:
        n, held = waiting.pop()
        if n == TRUE:
            found.append(held)
        elif n != FALSE:
            event, low, high = family.nodes[n]
            waiting += [(low, held), (high, (*held, event))]
    found.sort(key=lambda events: (len(events), events))
    return tuple(tuple(family.names[event] for event in events) for events in found)


def family_diagram(names: tuple[str, ...], families: Families, family: int) -> Diagram:
    """A family as a finished diagram."""
    return diagram(names, families.sets, family)
