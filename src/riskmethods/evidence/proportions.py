"""A share from tests: ``k`` defective of ``n``; Bayesian and exact classical statements side by side.

Sources: Jeffreys prior after Brown, Cai and DasGupta, "Interval estimation for a binomial proportion", Statistical
Science 16 (2001); Clopper and Pearson, Biometrika 26 (1934); zero events after Hanley and Lippman-Hand, JAMA 249 (1983).

>>> tested = defect_share(2, 50)
>>> round(tested.mean, 4), [round(end, 4) for end in tested.interval(0.95)]
(0.049, [0.0084, 0.1222])
>>> [round(end, 4) for end in clopper_pearson(2, 50)]
[0.0049, 0.1371]
>>> round(zero_event_bound(300), 6), rule_of_three(300)
(0.009936, 0.01)
>>> tested.quantity()
{'dist': 'beta', 'a': 2.5, 'b': 48.5}
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from scipy import special

from riskmethods.inputs import count, positive, share

JEFFREYS = (0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Share:
    """A beta distribution over a share: ``a`` and ``b`` are prior plus counted."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    def quantile(self, q: float) -> float:
        """The share that is stayed below with credence ``q``."""
        return float(special.betaincinv(self.a, self.b, share(q, "q")))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The equal-tailed credible interval."""
        tail = (1 - share(level, "level")) / 2
        return self.quantile(tail), self.quantile(1 - tail)

    def quantity(self) -> dict[str, Any]:
        """A scenario step's JSON quantity."""
        return {"dist": "beta", "a": self.a, "b": self.b}


def defect_share(defective: int, tested: int, *, prior: tuple[float, float] = JEFFREYS) -> Share:
    """The share of defective items after testing: ``Beta(k + a, n - k + b)``.

    Raises
    ------
    MethodError
        Rules ``not_a_count``, ``out_of_range``: more defective than tested, none tested, a prior not above 0.
    """
    k, n = _counts(defective, tested)
    return Share(k + positive(prior[0], "prior.a"), n - k + positive(prior[1], "prior.b"))


def clopper_pearson(defective: int, tested: int, *, level: float = 0.95) -> tuple[float, float]:
    """The exact confidence interval: it covers the true share at least as often as ``level`` says."""
    k, n = _counts(defective, tested)
    tail = (1 - share(level, "level")) / 2
    low = float(special.betaincinv(k, n - k + 1, tail)) if k else 0.0
    high = float(special.betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
    return low, high


def zero_event_bound(tested: int, *, level: float = 0.95) -> float:
    """The exact one-sided upper bound when nothing was found: ``1 - (1 - level)^(1/n)``."""
    return -math.expm1(math.log1p(-share(level, "level")) / count(tested, "tested", least=1))


def rule_of_three(tested: int) -> float:
    """The rule of thumb beside it for 95 %: 3/n, at most 1."""
    return min(1.0, 3 / count(tested, "tested", least=1))


def _counts(defective: int, tested: int) -> tuple[int, int]:
    n = count(tested, "tested", least=1)
    return count(defective, "defective", most=n), n
