"""How many people a risk reaches: expected cases, before and after a recall, beside the individual probability.

The two answers are kept apart: a low level for one user may still be many cases, and many cases do not raise a level.

>>> from riskmethods.uncertain import from_json
>>> reached = expected_cases(from_json("1/6000"), units=30_000, exposed=2, retrieved="60 %")
>>> reached.individual.best, reached.before.best, reached.after.best
(Fraction(1, 6000), Fraction(10, 1), Fraction(4, 1))
>>> round(reached.any_after, 4)
0.9817
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from riskmethods import numbers
from riskmethods.inputs import exact
from riskmethods.uncertain import Interval, Point, Uncertain, quantile


@dataclass(frozen=True, slots=True)
class Range:
    """Lowest, best and highest value; ``best`` is None where only an interval is claimed.

    For a distribution these are the 5th percentile, the mean and the 95th percentile.
    """

    low: Fraction
    best: Fraction | None
    high: Fraction

    def times(self, factor: Fraction) -> Range:
        """The range scaled."""
        return Range(self.low * factor, None if self.best is None else self.best * factor, self.high * factor)

    def as_json(self) -> dict[str, str | None]:
        """Six digits each."""
        best = None if self.best is None else numbers.decimal(self.best)
        return {"low": numbers.decimal(self.low), "best": best, "high": numbers.decimal(self.high)}


@dataclass(frozen=True, slots=True)
class Reach:
    """Individual probability over the lifetime, expected cases before and after retrieval, and the units behind them."""

    individual: Range
    before: Range
    after: Range
    units: Fraction
    retrieved: Fraction

    @property
    def any_after(self) -> float:
        """Probability of at least one case after retrieval, cases taken as Poisson: at the best value, else the highest."""
        return -math.expm1(-float(self.after.high if self.after.best is None else self.after.best))

    def as_json(self) -> dict[str, Any]:
        """The two outputs side by side."""
        return {"individual": self.individual.as_json(), "before": self.before.as_json(), "after": self.after.as_json(),
                "units": numbers.decimal(self.units), "retrieved": numbers.percent(self.retrieved)}  # fmt: skip


def expected_cases(probability: Uncertain, *, units: object, exposed: object = 1, retrieved: object = 0) -> Reach:
    """Expected cases N = P * units * exposed, and N * (1 - r) after a recall.

    Parameters
    ----------
    probability : Uncertain
        P for one exposed person over the product's lifetime.
    units : number
        Units in use.
    exposed : number
        Exposed persons per unit; may be below one.
    retrieved : share
        r, the share of units that the recall gets back, 0 to 1.

    Raises
    ------
    MethodError
        Rules ``out_of_range``, ``not_a_number``, ``probability``.
    """
    there, each = exact(units, "units"), exact(exposed, "exposed")
    back = numbers.parse(retrieved, place="retrieved", zero=True)
    individual = _range(probability)
    before = individual.times(there * each)
    return Reach(individual, before, before.times(1 - back), there, back)


def _range(probability: Uncertain) -> Range:
    if isinstance(probability, Point):
        return Range(probability.p, probability.p, probability.p)
    if isinstance(probability, Interval):
        return Range(probability.low, None, probability.high)
    low, best, high = (
        Fraction(repr(v)) for v in (quantile(probability, 0.05), probability.mean, quantile(probability, 0.95))
    )
    return Range(low, best, high)
