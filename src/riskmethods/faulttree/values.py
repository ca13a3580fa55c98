"""The numbers of a diagram: probabilities upward, weights of reaching a node downward; exact, or in floats.

Exact numbers are carried as whole numbers over a common denominator for each event, so that no fraction is
reduced before the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from operator import mul
from typing import Any

from riskmethods.faulttree.bdd import TRUE, Diagram

# Whole numbers of this many bits in all are still quick (about a second) and fit the memory (50 MB).
MOST_BITS = 400_000_000


def fits_exact(diagram: Diagram, chances: Sequence[Fraction]) -> bool:
    """Whether exact numbers stay within bounds."""
    return len(diagram.nodes) * sum(p.denominator.bit_length() for p in chances) <= MOST_BITS


@dataclass(frozen=True)
class Parts:
    """Each event's probability as ``share`` of ``whole``: whole numbers, or floats (or arrays of them) of 1."""

    share: Sequence[Any]
    whole: Sequence[int]

    @classmethod
    def exact(cls, chances: Sequence[Fraction]) -> Parts:
        """Whole numbers over their denominators."""
        return cls([p.numerator for p in chances], [p.denominator for p in chances])

    @classmethod
    def rounded(cls, chances: Sequence[Any]) -> Parts:
        """Floats, or arrays with one draw in each place."""
        return cls(chances, [1] * len(chances))

    def result(self, value: Any, whole: int) -> Any:
        """A share of a whole as a fraction, or the float itself."""
        return Fraction(value, whole) if isinstance(value, int) else value


class Valuation:
    """The probability of every node: ``value[n]`` over the product of the wholes from the node's event on."""

    def __init__(self, diagram: Diagram, parts: Parts) -> None:
        self.diagram, self.parts = diagram, parts
        self.whole_from = [*accumulate(reversed(parts.whole), mul, initial=1)][::-1]
        self.value: list[Any] = [0, 1]
        for event, low, high in diagram.nodes[2:]:
            share, whole = parts.share[event], parts.whole[event]
            self.value.append(share * self._over(high, event + 1) + (whole - share) * self._over(low, event + 1))

    def _over(self, node: int, event: int) -> Any:
        """A node's value over the wholes from ``event`` on, which lies at or before the node's own event."""
        value, own = self.value[node], self.diagram.nodes[node][0]
        wanted, had = self.whole_from[event], self.whole_from[own]
        return value if wanted == had else value * (wanted // had)

    @property
    def root(self) -> Any:
        """The probability that the diagram ends in TRUE."""
        return self.parts.result(self._over(self.diagram.root, 0), self.whole_from[0])

    def slopes(self) -> list[Any]:
        """For each event, how the root's probability moves with the event's own: its partial derivative."""
        whole_before = [*accumulate(self.parts.whole, mul, initial=1)]
        reach: list[Any] = [0] * len(self.diagram.nodes)
        reach[self.diagram.root] = whole_before[self.diagram.nodes[self.diagram.root][0]]
        slopes: list[Any] = [0] * len(self.diagram.names)
        for n in range(len(self.diagram.nodes) - 1, TRUE, -1):
            event, low, high = self.diagram.nodes[n]
            slopes[event] += reach[n] * (self._over(high, event + 1) - self._over(low, event + 1))
            for below, share in ((high, self.parts.share[event]),
                                 (low, self.parts.whole[event] - self.parts.share[event])):  # fmt: skip
                skipped = whole_before[self.diagram.nodes[below][0]] // whole_before[event + 1]
                reach[below] += reach[n] * share * skipped
        rest = [whole_before[event] * self.whole_from[event + 1] for event in range(len(slopes))]
        return [self.parts.result(slope, whole) for slope, whole in zip(slopes, rest, strict=True)]


def total_of_sets(family: Diagram, parts: Parts) -> Any:
    """The sum, over the sets of a family, of the product of their events' probabilities: the rare-event bound."""
    whole_from = [*accumulate(reversed(parts.whole), mul, initial=1)][::-1]
    events = [event for event, _, _ in family.nodes]
    total: list[Any] = [0, 1]
    for event, low, high in family.nodes[2:]:
        lifted = total[high] * (whole_from[event + 1] // whole_from[events[high]])
        kept = total[low] * (whole_from[event + 1] // whole_from[events[low]])
        total.append(parts.share[event] * lifted + parts.whole[event] * kept)
    return parts.result(total[family.root] * (whole_from[0] // whole_from[events[family.root]]), whole_from[0])
