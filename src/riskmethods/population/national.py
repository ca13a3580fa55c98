"""National estimates from weighted hospital cases, with the reporting system's own rule for what is too unstable.

Each case carries the number of cases that it stands for; the estimate is the sum. Its variance comes from the
hospitals, the units that were drawn: within each stratum, how their totals differ, as if drawn with replacement.

Sources: US CPSC, explanation of NEISS estimates (an estimate is unstable below 1 200, from fewer than 20 cases, or
with a CV above 33 %); ultimate clusters after Kalton, SRMI, and Wolter, "Introduction to Variance Estimation" (2007).

>>> four = national_estimate([80.0, 90.0, 15.0, 16.0], strata=["S", "S", "V", "V"], hospitals=[1, 2, 3, 4],
...                          drawn={"S": 3, "V": 4})
>>> four.estimate, round(four.se, 2), four.unstable
(201.0, 87.3, ('estimate', 'cases', 'cv'))
>>> [round(end) for end in judged(2_500, cases=40, cv=0.2).interval]
[1520, 3480]
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmethods.errors import raise_at
from riskmethods.inputs import count, zero_or_more

LEAST_ESTIMATE, LEAST_CASES, MOST_CV = 1_200, 20, 0.33
_Z = 1.96
MOST_CASES = 50_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A weighted estimate.

    Attributes
    ----------
    estimate, cases, cv : float, int, float
        Sum of weights, number of cases, coefficient of variation (standard error over estimate).
    interval : (low, high)
        Estimate times (1 -+ 1.96 CV), not below 0.
    unstable : tuple of str
        Which of ``estimate``, ``cases``, ``cv`` break the rule; empty when it may be published.
    warnings : tuple of str
        ``hospitals_assumed``: the numbers drawn were not given, so hospitals without a case are not counted.
    """

    estimate: float
    cases: int
    cv: float
    interval: tuple[float, float]
    unstable: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def se(self) -> float:
        """Standard error."""
        return self.cv * self.estimate


def judged(estimate: object, *, cases: int, cv: object, warnings: tuple[str, ...] = ()) -> Estimate:
    """An estimate with its interval and its standing, from published figures.

    Raises
    ------
    MethodError
        Rules ``out_of_range``, ``not_a_number``, ``not_a_count``.
    """
    total, spread = float(zero_or_more(estimate, "estimate")), float(zero_or_more(cv, "cv"))
    n = count(cases, "cases")
    broken = {"estimate": total < LEAST_ESTIMATE, "cases": n < LEAST_CASES, "cv": spread > MOST_CV}
    interval = (max(0.0, total * (1 - _Z * spread)), total * (1 + _Z * spread))
    return Estimate(total, n, spread, interval, tuple(name for name, is_so in broken.items() if is_so), warnings)


def national_estimate(
    weights: ArrayLike, *, strata: Sequence[Any], hospitals: Sequence[Any], drawn: Mapping[Any, int] | None = None
) -> Estimate:
    """The estimate from the cases themselves.

    Parameters
    ----------
    weights : array of float, one per case
        Cases in the country that each case stands for, above 0.
    strata, hospitals : sequences, one entry per case
        Stratum, and hospital (primary sampling unit) within it.
    drawn : mapping, optional
        Hospitals drawn in each stratum, those without a case included.

    Raises
    ------
    MethodError
        Rules ``empty``, ``shape``, ``out_of_range`` (a weight not above 0, NaN, infinite), ``one_hospital``.
    """
    w = _weights(weights)
    layer_names, layers = np.unique(np.asarray(strata), return_inverse=True)
    unit_names, units = np.unique(np.asarray(hospitals), return_inverse=True)
    for place, column in (("strata", layers), ("hospitals", units)):
        if column.shape != w.shape:
            raise_at(place, "shape", "与权重个数不同", f"{column.size} entries for {w.size} weights")
    clusters, of_cluster = np.unique(layers * len(unit_names) + units, return_inverse=True)
    totals, layer_of = np.bincount(of_cluster, weights=w), clusters // len(unit_names)
    variance = sum(
        _between(totals[layer_of == n], str(name), None if drawn is None else drawn.get(name, 0))
        for n, name in enumerate(layer_names.tolist())
    )
    estimate = float(w.sum())
    warnings = ("hospitals_assumed",) if drawn is None else ()
    return judged(estimate, cases=int(w.size), cv=math.sqrt(variance) / estimate, warnings=warnings)


def _weights(given: ArrayLike) -> NDArray[np.float64]:
    try:
        w = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise_at("weights", "not_a_number", "权重须是数", "the weights must be numbers")
    if w.ndim != 1 or not 0 < w.size <= MOST_CASES:
        raise_at("weights", "empty", "至少需要一个案例", f"one weight per case is needed, from 1 to {MOST_CASES} cases")
    for n in np.flatnonzero(~(np.isfinite(w) & (w > 0)))[:1]:
        raise_at(f"weights[{n}]", "out_of_range", f"权重须大于0，不能是{w[n]}", f"a weight is above 0, not {w[n]}")
    return w


def _between(totals: NDArray[np.float64], stratum: str, drawn: int | None) -> float:
    n = len(totals) if drawn is None else count(drawn, f"drawn.{stratum}", least=len(totals))
    if n < 2:
        raise_at(f"drawn.{stratum}", "one_hospital", "该层只有一家医院，无法估计误差；请合并层",
                 "one hospital in a stratum leaves the spread unknown; join strata")  # fmt: skip
    mean = float(totals.sum()) / n
    squares = float(((totals - mean) ** 2).sum()) + (n - len(totals)) * mean**2
    return n / (n - 1) * squares
