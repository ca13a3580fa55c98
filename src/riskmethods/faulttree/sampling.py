"""The top event's spread when basic events are uncertain: many draws through the same exact diagram."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmethods.errors import raise_at
from riskmethods.faulttree.bdd import compiled, diagram
from riskmethods.faulttree.tree import Tree
from riskmethods.faulttree.values import Parts, Valuation
from riskmethods.inputs import count

DRAWS = 20_000
SEED = 188
_MOST_WORK = 4_000_000_000  # nodes times draws: about half a minute
_AT_ONCE = 4_000_000  # floats held at a time


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """Draws of the top event's probability, rising, with the seed that repeats them."""

    draws: NDArray[np.float64]
    seed: int

    def quantile(self, q: float) -> float:
        """The value that the top event's probability stays below with credence ``q``."""
        return float(np.quantile(self.draws, q))

    @property
    def mean(self) -> float:
        """The draws' mean; the analysis states the mean without drawing."""
        return float(self.draws.mean())


def sample(tree: Tree, *, draws: int = DRAWS, seed: int = SEED) -> Sampled:
    """Draw every basic event once a run, independently, and follow each run through the diagram.

    Raises
    ------
    MethodError
        Rule ``too_large``: more nodes times draws than half a minute allows.
    """
    count(draws, "draws", least=100, most=10_000_000)
    forest, root = compiled(tree)
    shape = diagram(tree.basic, forest, root)
    if len(shape.nodes) * draws > _MOST_WORK:
        raise_at("draws", "too_large", "节点与抽样次数之积过大；请减少抽样或拆分故障树",
                 "too many nodes times draws; draw less often or split the tree")  # fmt: skip
    random = np.random.default_rng(count(seed, "seed"))
    quantities = [tree.events[name].quantity for name in tree.basic]
    held = max(100, _AT_ONCE // len(shape.nodes))
    tops = []
    for start in range(0, draws, held):
        runs = min(held, draws - start)
        chances = [quantity.sample(random.random(runs)) for quantity in quantities]
        tops.append(np.broadcast_to(np.asarray(Valuation(shape, Parts.rounded(chances)).root, dtype=float), (runs,)))
    return Sampled(np.sort(np.concatenate(tops)), seed)
